"""Tab-separated views: one row a finding for a sample, one row a sample for a run, one row an allele for a file."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from foxp3_annot.annotation_resource import NO_RESOURCES, AnnotationResources
from foxp3_annot.callset import CallSet, Record
from foxp3_annot.gene import GeneModel
from foxp3_annot.hgvs import hgvs_unchanged
from foxp3_annot.interpretation import Described
from foxp3_annot.report.annotation_resources import annotation_values, resource_values
from foxp3_annot.variant import Variant

SAMPLE_COLUMNS = (
    "sample",
    "sex",
    "conclusion",
    "gene",
    "hgvs_c",
    "hgvs_p",
    "hgvs_g",
    "assembly",
    "other_build",
    "consequence",
    "feature",
    "feature_in_papers",
    "domain",
    "hallmarks",
    "vrs_id",
    "zygosity",
    "genotype",
    "depth",
    "allele_depth",
    "allele_fraction",
    "filter",
    "classification",
    "classified_by",
    "match_level",
    "matched",
    "rsid",
    "clinvar",
    "citations",
    "notes",
    "explanations",
)

SUMMARY_COLUMNS = (
    "sample",
    "call_set",
    "file",
    "assembly",
    "sex",
    "sex_check",
    "conclusion",
    "hgvs_c",
    "hgvs_p",
    "zygosity",
    "classification",
    "findings",
    "records_in_locus",
    "callable_share",
    "excluded",
    "sentence",
)

CALLABILITY_COLUMNS = (
    "sample",
    "what",
    "id",
    "name",
    "region",
    "verdict",
    "reason",
    "start",
    "end",
    "needed",
    "callable_bases",
    "bases",
    "least_depth",
    "median_depth",
    "classification",
    "reported_in_ipex",
    "seen_reads",
    "seen_depth",
    "p_miss_hemizygous",
    "p_miss_heterozygous",
    "p_miss_mosaic",
    "copies",
    "mean_depth",
    "expected_depth",
    "log10_likelihood_ratio",
)

DESCRIBED_COLUMNS = (
    "hgvs_g",
    "hgvs_c",
    "hgvs_p",
    "consequence",
    "feature",
    "domain",
    "other_build",
    "classification",
    "match_level",
    "matched",
)
"""What is said of a variant in every table of alleles."""

ALLELE_COLUMNS = (
    "chrom",
    "pos",
    "id",
    "ref",
    "alt",
    "normal_pos",
    "normal_ref",
    "normal_alt",
    "spdi",
    "assembly",
    *DESCRIBED_COLUMNS,
    "note",
)

_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
_FORMULA = re.compile(r"^[=@+]|^-(?![\d.])")


def cell(value: object) -> str:
    """A cell that cannot break the table, nor be taken for a formula by a spreadsheet."""
    text = _CONTROL.sub(" ", "" if value is None else str(value))
    return f"'{text}" if _FORMULA.match(text) else text


def table(columns: Sequence[str], rows: Iterable[dict[str, Any]]) -> str:
    """Rows under a header line."""
    lines = ["\t".join(columns)]
    lines += ["\t".join(cell(row.get(column)) for column in columns) for row in rows]
    return "\n".join(lines) + "\n"


def sample_table(report: dict[str, Any]) -> str:
    """One row a finding; a report without findings has one row that says its conclusion."""
    common = {
        "sample": report["sample"]["id"],
        "sex": report["sample"]["sex"],
        "conclusion": report["conclusion"]["code"],
        "gene": report["gene"],
    }
    rows = [common | _finding_row(finding) for finding in report["findings"]]
    rows += [common | _structural_row(one, report) for one in report["structural_findings"]]
    columns = (*SAMPLE_COLUMNS, *resource_columns(report["provenance"]["annotations"]))
    return table(columns, rows or [common | {"notes": report["conclusion"]["sentence"]}])


def resource_columns(resources: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Columns of the user's own resources: for each whether it knows the variant, and its values.

    The dot in their names keeps them apart from all other columns.
    """
    for one in resources:
        yield f"{one['name']}.presence"
        yield from (f"{one['name']}.{value['name']}" for value in one["values"])


def _resource_cells(said: Iterable[dict[str, Any]]) -> dict[str, Any]:
    cells: dict[str, Any] = {}
    for one in said:
        cells[f"{one['name']}.presence"] = one["sentence"]
        cells |= {f"{one['name']}.{name}": value for name, value in one["values"].items()}
    return cells


def _finding_row(finding: dict[str, Any]) -> dict[str, Any]:
    curated = finding["match"]["curated"]
    same = curated[0] if finding["match"]["level"] == "same_allele" else None
    return (
        _evidence_cells(finding["evidence"])
        | _resource_cells(finding["resources"])
        | {
            "hgvs_c": finding["hgvs_c"],
            "hgvs_p": finding["hgvs_p"],
            "hgvs_g": finding["hgvs_g"],
            "assembly": finding["assembly"],
            "other_build": finding["other_build"]["hgvs_g"] or finding["other_build"]["reason"],
            "consequence": "&".join(term["term"] for term in finding["consequences"]),
            "feature": ", ".join(feature["name"] for feature in finding["features"]),
            "feature_in_papers": ", ".join(feature["name_in_papers"] for feature in finding["features"]),
            "domain": ", ".join([*finding["domains"], *finding["landmarks"]]),
            "hallmarks": ";".join(one["code"] for one in finding["hallmarks"]),
            "vrs_id": finding["vrs_id"],
            "zygosity": finding["zygosity"]["code"],
            "classification": same["classification"]["code"] if same else "",
            "classified_by": "; ".join(f"{s['assigner']}: {s['stated_as']}" for s in same["statements"])
            if same
            else "",
            "match_level": finding["match"]["level"],
            "matched": "; ".join(f"{one['id']} {one['name']}" for one in curated),
            "rsid": same["rsid"] if same else "",
            "clinvar": same["clinvar"] if same else "",
            "citations": ";".join(sorted({k for one in curated for s in one["statements"] for k in s["citations"]})),
            "notes": " ".join(finding["notes"]),
            "explanations": "; ".join(f"{one['label']} ({one['weight']['label']})" for one in finding["explanations"]),
        }
    )


def _structural_row(finding: dict[str, Any], report: dict[str, Any]) -> dict[str, Any]:
    return _evidence_cells(finding["evidence"]) | {
        "assembly": report["call_set"]["assembly"],
        "hgvs_g": finding["hgvs_g"],
        "hgvs_c": finding["hgvs_c"],
        "consequence": "&".join(finding["consequences"]) or finding["type"],
        "feature": ", ".join([*finding["exons"], *finding["landmarks"]]),
        "zygosity": finding["zygosity"]["code"],
        "match_level": "none",
        "notes": f"{finding['type']} from {finding['start']} to {finding['end']}. {finding['sentence']}".strip(),
    }


def _evidence_cells(evidence: list[dict[str, Any]]) -> dict[str, str]:
    def joined(key: str) -> str:
        return ";".join("" if one[key] is None else str(one[key]) for one in evidence)

    return {
        "genotype": joined("genotype"),
        "depth": joined("depth"),
        "allele_depth": joined("allele_depth"),
        "allele_fraction": joined("allele_fraction"),
        "filter": ";".join(",".join(one["filters"]) or "PASS" for one in evidence),
    }


def summary_table(reports: Iterable[dict[str, Any]]) -> str:
    """One row a sample, in order of sample name, with its gravest finding."""
    rows = sorted((_summary_row(report) for report in reports), key=lambda row: (row["sample"], row["call_set"]))
    return table(SUMMARY_COLUMNS, rows)


def _summary_row(report: dict[str, Any]) -> dict[str, Any]:
    grave = report["findings"][0] if report["findings"] else None
    curated = grave["match"]["curated"] if grave and grave["match"]["level"] == "same_allele" else []
    return {
        "sample": report["sample"]["id"],
        "call_set": report["call_set"]["id"],
        "file": report["call_set"]["file"],
        "assembly": report["call_set"]["assembly"],
        "sex": report["sample"]["sex"],
        "sex_check": _sex_cell(report["sex_check"]),
        "conclusion": report["conclusion"]["code"],
        "hgvs_c": grave["hgvs_c"] if grave else "",
        "hgvs_p": grave["hgvs_p"] if grave else "",
        "zygosity": grave["zygosity"]["code"] if grave else "",
        "classification": curated[0]["classification"]["code"] if curated else "",
        "findings": len(report["findings"]) + len(report["structural_findings"]),
        "records_in_locus": report["call_set"]["records_in_locus"],
        **_callability_cells(report["callability"]),
        "sentence": report["conclusion"]["sentence"],
    }


def _sex_cell(check: dict[str, Any]) -> str:
    """The status, and what the data fit where they tell anything."""
    return check["status"] if check["status"] == "not_told" else f"{check['status']} ({check['verdict']['code']})"


def _callability_cells(seen: dict[str, Any] | None) -> dict[str, str]:
    """Shares as `60 of 69`, which no spreadsheet takes for a date; empty where nothing tells what was seen."""
    if seen is None:
        return {}
    summary = seen["summary"]
    return {
        "callable_share": f"{summary['needed_bases_callable']} of {summary['needed_bases']}",
        "excluded": f"{summary['alleles']['excluded']} of {summary['alleles_reported']}",
    }


def callability_table(report: dict[str, Any]) -> str:
    """One row a region, one row a curated allele; a single row where nothing tells how deep the sample was seen."""
    seen, common = report["callability"], {"sample": report["sample"]["id"]}
    if seen is None:
        return table(CALLABILITY_COLUMNS, [common | {"what": "sample", "verdict": "not_assessable"}])
    rows = [{**one, "what": one["kind"], "callable_bases": one["callable"]} for one in seen["regions"]]
    rows += [{**one, "what": "allele", "least_depth": one["depth"]} | _miss_cells(one) for one in seen["alleles"]]
    rows += [{**one, "what": "structure"} for one in seen["structures"]]
    rows += [_copy_cells(one) for one in (report["copy_number"] or {"stretches": []})["stretches"]]
    return table(CALLABILITY_COLUMNS, [common | _words(row) for row in rows])


def _copy_cells(stretch: dict[str, Any]) -> dict[str, Any]:
    return {
        "what": "copies",
        **{key: stretch[key] for key in ("name", "start", "end", "log10_likelihood_ratio")},
        "copies": stretch["state"]["code"],
        "reason": stretch["sentence"],
        "mean_depth": stretch["observed"],
        "expected_depth": stretch["expected"],
    }


def _miss_cells(allele: dict[str, Any]) -> dict[str, Any]:
    return {f"p_miss_{state}": value for state, value in (allele["p_miss"] or {}).items()}


def _words(row: dict[str, Any]) -> dict[str, Any]:
    """Truth values as yes and no."""
    return {key: ("no", "yes")[value] if isinstance(value, bool) else value for key, value in row.items()}


ATLAS_COLUMNS = (
    "assembly",
    "pos",
    "ref",
    "alt",
    *DESCRIBED_COLUMNS,
)


def atlas_lines(described: Iterable[Described]) -> Iterator[str]:
    """The atlas line by line, each with its line end: the header, then one allele a line."""
    yield "\t".join(ATLAS_COLUMNS) + "\n"
    for one in described:
        cells = described_cells(one)
        row = cells | {
            "assembly": one.annotation.variant.assembly,
            "pos": cells["normal_pos"],
            "ref": cells["normal_ref"],
            "alt": cells["normal_alt"],
        }
        yield "\t".join(cell(row[column]) for column in ATLAS_COLUMNS) + "\n"


def allele_table(
    call_set: CallSet,
    described: dict[Variant, Described],
    model: GeneModel,
    resources: AnnotationResources = NO_RESOURCES,
) -> str:
    """One row an ALT of each record of the locus, as written and as understood.

    A record that names no alternate allele has one row with the description of what stays as it is.
    """
    columns = (*ALLELE_COLUMNS, *resource_columns(resource_values(one) for one in resources.resources))
    return table(columns, _allele_rows(call_set, described, model))


def _allele_rows(call_set: CallSet, described: dict[Variant, Described], model: GeneModel) -> Iterable[dict[str, Any]]:
    for record in call_set.records:
        written = {"chrom": record.contig, "pos": record.position, "id": record.id or ".", "ref": record.ref}
        if record.is_reference_block:
            yield written | _unchanged_cells(record, call_set, model)
            continue
        for allele in record.alleles:
            row = written | {"alt": allele.text, "assembly": call_set.assembly}
            if allele.variant:
                one = described[allele.variant]
                yield row | described_cells(one) | _resource_cells(map(annotation_values, one.resources))
            else:
                yield row | {"note": allele.kind.value}


def _unchanged_cells(record: Record, call_set: CallSet, model: GeneModel) -> dict[str, Any]:
    """A record without alternate allele, as far as it lies in the window."""
    start, end = max(record.position, model.window.start), min(record.end, model.window.end)
    genomic, coding = hgvs_unchanged(model.transcript, start, end)
    return {
        "alt": ",".join(allele.text for allele in record.alleles) or ".",
        "assembly": call_set.assembly,
        "hgvs_g": genomic,
        "hgvs_c": coding,
        "note": "no alternate allele",
    }


def described_cells(one: Described) -> dict[str, Any]:
    """The names, consequence and match of a variant as cells."""
    annotation = one.annotation
    same = one.match.same_allele
    return {
        "normal_pos": annotation.vcf.start,
        "normal_ref": annotation.vcf.ref,
        "normal_alt": annotation.vcf.alt,
        "spdi": annotation.variant.spdi(),
        "hgvs_g": annotation.hgvs_g,
        "hgvs_c": annotation.hgvs_c,
        "hgvs_p": annotation.hgvs_p,
        "consequence": "&".join(term.term for term in annotation.consequences),
        "feature": ", ".join(str(feature) for feature in annotation.features),
        "domain": ", ".join([d.name for d in annotation.domains] + [m.name for m in annotation.landmarks]),
        "other_build": annotation.other_hgvs_g or annotation.other_build.reason,
        "classification": same.classification.code if same else "",
        "match_level": one.match.level.value,
        "matched": "; ".join(f"{curated.id} {curated.name}" for curated in one.match.curated),
    }
