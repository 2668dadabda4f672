"""What is known of one variant, outside any sample."""

from collections.abc import Iterator, Mapping
from typing import Any

from foxp3_annot.annotation_resource import NO_RESOURCES, AnnotationResources
from foxp3_annot.evidence import weigh
from foxp3_annot.gene import Gene
from foxp3_annot.interpretation import Described
from foxp3_annot.matching import Matcher
from foxp3_annot.pack.folder import SHIPPED_NAME
from foxp3_annot.report.annotation_resources import annotation_values, resource_values, sentence_of
from foxp3_annot.report.evidence import cited_in, rules_values, weighing_values
from foxp3_annot.report.sample import SCHEMA_VERSION, citation_values, curated_values, description_values
from foxp3_annot.variant import Variant


def lookup_report(
    text: str,
    found: list[Described],
    notes: Mapping[Variant, str],
    gene: Gene,
    matcher: Matcher,
    resources: AnnotationResources = NO_RESOURCES,
) -> dict[str, Any]:
    """Each variant that the text can mean, with its names, consequence and curated statements.

    `notes` say why the text can mean a variant, where that needs saying.
    """
    weighings = [weigh(one.annotation, one.match, one.resources, gene, matcher) for one in found]
    cited = {c.key: c for one in found for curated in one.match.curated for c in curated.citations}
    cited |= cited_in(weighings, matcher.catalogue)
    return {
        "schema_version": SCHEMA_VERSION,
        "report": "lookup",
        "text": text,
        "variants": [
            {"note": notes.get(one.annotation.variant, "")} | _variant(one, gene) | {"acmg": weighing_values(weighing)}
            for one, weighing in zip(found, weighings, strict=True)
        ],
        "citations": [citation_values(cited[key]) for key in sorted(cited)],
        "provenance": {
            "reference": gene.digest,
            "knowledge": matcher.catalogue.digest,
            "rules": [rules_values()],
            "annotations": [resource_values(one) for one in resources.resources],
        },
    }


def _variant(one: Described, gene: Gene) -> dict[str, Any]:
    return description_values(one.annotation, gene) | {
        "concern": {"code": one.concern.name.lower(), "label": one.concern.value},
        "match": {
            "level": one.match.level.value,
            "curated": [curated_values(curated) for curated in one.match.curated],
        },
        "resources": [annotation_values(said) for said in one.resources],
    }


def lookup_text(answer: dict[str, Any]) -> str:
    """The answer for a person at a terminal."""
    count = len(answer["variants"])
    blocks = [] if count == 1 else [f"{answer['text']} can mean {count} variants\n"]
    references = {citation["key"]: citation["reference"] for citation in answer["citations"]}
    blocks += ["\n".join(_lines(variant, references)) + "\n" for variant in answer["variants"]]
    return "\n".join(blocks)


def _lines(variant: dict[str, Any], references: dict[str, str]) -> list[str]:
    vcf = variant["vcf"]
    other = variant["other_build"]
    place = ", ".join(f"{f['name']} ({f['name_in_papers']} in papers)" for f in variant["features"])
    rows = [
        ("read as", variant["note"]),
        ("coding", variant["hgvs_c"] or "outside NM_014009.4"),
        ("protein", variant["hgvs_p"] or "no change of the protein expected"),
        ("genomic", f"{variant['hgvs_g']} ({variant['assembly']})"),
        ("VCF", f"chrX {vcf['pos']} {vcf['ref']} {vcf['alt']} ({variant['assembly']})"),
        ("other build", f"{other['hgvs_g']} ({other['assembly']})" if other["hgvs_g"] else other["reason"]),
        ("", f"there {other['hgvs_c']}" if other["hgvs_c"] not in ("", variant["hgvs_c"]) else ""),
        ("consequence", ", ".join(term["term"] for term in variant["consequences"])),
        ("place", "; ".join(filter(None, [place, *variant["domains"], *variant["landmarks"]]))),
        ("isoforms", "; ".join(f"{t['hgvs_c']} {t['hgvs_p']}".strip() for t in variant["transcripts"] if t["hgvs_c"])),
        ("identifiers", "; ".join(filter(None, [variant["spdi"], variant["vrs_id"], variant["hgvs_lrg"]]))),
        ("for IPEX", variant["concern"]["label"]),
        *(("note", one["sentence"]) for one in variant["hallmarks"]),
        *(("resource", sentence_of(one)) for one in variant["resources"]),
        *_weighed(variant["acmg"]),
    ]
    lines = [f"{label:<12} {value}" for label, value in rows if value]
    for curated in variant["match"]["curated"]:
        level, label = variant["match"]["level"].replace("_", " "), curated["classification"]["label"]
        lines.append(f"{'matches':<12} {curated['id']} {curated['name']} ({level}): {label}")
        for one in curated["statements"]:
            sources = "; ".join(references[key] for key in one["citations"])
            origin = "" if one["origin"] == SHIPPED_NAME else f" (pack {one['origin']})"
            lines.append(f"{'':<12}   {one['assigner']}: {one['stated_as']} [{sources}]{origin}")
        if curated["remark"]:
            lines.append(f"{'':<12}   {curated['remark']}")
    return lines


def _weighed(acmg: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The class by the rules without a person, the criteria that count, and what would change the class."""
    yield "by the rules", f"{acmg['class']['label']}, {acmg['points']} points, without person and family"
    for one in acmg["criteria"]:
        if one["strength"]:
            yield "", f"{one['code']} {one['strength']['label']} ({one['points']:+d}): {one['sentence']}"
    yield "", acmg["comparison"]
    for one in acmg["would_change"]:
        yield "", one["sentence"]
    yield "", acmg["rules"]
