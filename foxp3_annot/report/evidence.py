"""Evidence weighed by the rules, as plain values of the report, and the rules as a page of the documentation."""

from collections.abc import Iterable, Iterator
from typing import Any

from foxp3_annot.acmg_rules import AcmgRules, Rule, acmg_rules
from foxp3_annot.catalogue import Catalogue, Citation, shipped_catalogue
from foxp3_annot.criteria import AcmgClass, Criterion
from foxp3_annot.evidence import ClassChange, Comparator, Judged, PublishedClass, Weighing


def weighing_values(weighing: Weighing) -> dict[str, Any]:
    """The class by the rules, each criterion with why, what would change it, and what sources call the variant."""
    return {
        "class": {"code": weighing.cls.code, "label": weighing.cls.label},
        "points": weighing.points,
        "rules": acmg_rules().statement,
        "sources": list(acmg_rules().scale_sources),
        "criteria": [_judged(one) for one in weighing.criteria],
        "would_change": [_change(one) for one in weighing.would_change],
        "published": [_published(one) for one in weighing.published],
        "comparison": weighing.comparison,
    }


def _judged(one: Judged) -> dict[str, Any]:
    return {
        "code": one.criterion.name,
        "label": one.criterion.label,
        "scope": acmg_rules()[one.criterion].scope.code,
        "state": {"code": one.state.code, "label": one.state.label},
        "strength": {"code": one.strength.code, "label": one.strength.label} if one.strength else None,
        "points": one.points,
        "sentence": one.sentence,
        "numbers": dict(one.numbers),
        "comparator": _comparator(one.comparator) if one.comparator else None,
        "sources": list(one.sources),
    }


def _comparator(one: Comparator) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "hgvs_p": one.hgvs_p,
        "consequence": one.consequence,
        "classification": {"code": one.classification.code, "label": one.classification.label},
    }


def _change(one: ClassChange) -> dict[str, Any]:
    return {
        "code": one.criterion.name,
        "strength": {"code": one.strength.code, "label": one.strength.label},
        "points": one.points,
        "class": {"code": one.cls.code, "label": one.cls.label},
        "sentence": one.sentence,
    }


def _published(one: PublishedClass) -> dict[str, Any]:
    return {
        "classification": {"code": one.classification.code, "label": one.classification.label},
        "assigner": one.assigner,
        "stated_as": one.stated_as,
        "date": one.date,
        "citations": list(one.citations),
    }


def cited_in(weighings: Iterable[Weighing], catalogue: Catalogue) -> dict[str, Citation]:
    """Every source that a criterion or a published class names, by key."""
    keys = {key for weighing in weighings for one in weighing.criteria for key in one.sources}
    keys |= set(acmg_rules().scale_sources) if keys else set()
    return {key: _citation(key, catalogue) for key in sorted(keys)}


def _citation(key: str, catalogue: Catalogue) -> Citation:
    """From the rules, else from the tables in use, else from the shipped ones, which the rules may name."""
    return acmg_rules().sources.get(key) or catalogue.citations.get(key) or shipped_catalogue().citations[key]


def rules_values() -> dict[str, Any]:
    """The rules in use, for the provenance."""
    rules = acmg_rules()
    return {"name": "acmg.yaml", "version": rules.version, "sha256": rules.digest}


# --- the page of the documentation --------------------------------------------------------------------------


def rules_page() -> str:
    """The tables of docs/evidence.md, printed from the rules."""
    return "\n".join(_page(acmg_rules())) + "\n"


def _page(rules: AcmgRules) -> Iterator[str]:
    yield f"{rules.statement}"
    yield ""
    yield "| strength | points for | points against |"
    yield "|---|---|---|"
    for strength, points in rules.scale.points.items():
        yield f"| {strength.label} | {points} | {-points} |"
    yield "| stand-alone | | benign, whatever the points |"
    yield ""
    yield "| class | points |"
    yield "|---|---|"
    above: int | None = None
    for one in AcmgClass:
        least = rules.scale.least.get(one)
        yield f"| {one.label} | {_span(least, above)} |"
        above = least
    yield ""
    yield "| criterion | scope | rule | numbers | sources |"
    yield "|---|---|---|---|---|"
    for rule in rules.rules.values():
        sources = ", ".join(rule.sources)
        yield f"| {rule.criterion.name} | {rule.scope.code} | {rule.sentence} | {_numbers(rule)} | {sources} |"
    yield ""
    yield "| exon | when it is left out | splice site destroyed | whole exon lost | why | sources |"
    yield "|---|---|---|---|---|---|"
    for exon in rules.exons.values():
        yield (
            f"| {exon.exon} | {exon.outcome.value.replace('_', ' ')} | {exon.splice.label} | {exon.lost.label} | "
            f"{exon.why} | {', '.join(exon.sources)} |"
        )
    yield ""
    yield "| told of one variant | criterion | strength | why | sources |"
    yield "|---|---|---|---|---|"
    for criterion, table in ((Criterion.PVS1, rules.observed_rna), (Criterion.BS2, rules.healthy)):
        for told in table.values():
            counts = told.strength.label if told.strength else "does not count"
            yield f"| {told.variant} | {criterion.name} | {counts} | {told.why} | {', '.join(told.sources)} |"
    yield ""
    yield "| region of PM1 | residues | for | strength | sources |"
    yield "|---|---|---|---|---|"
    for region in rules.regions:
        kinds = ", ".join(kind.replace("_", " ") for kind in region.kinds)
        yield (
            f"| {region.name} | {region.first} to {region.last} | {kinds} | {region.strength.label} | "
            f"{', '.join(region.sources)} |"
        )
    yield ""
    yield "| source | reference | read |"
    yield "|---|---|---|"
    for source in rules.sources.values():
        yield f"| {source.key} | {source.reference} | {source.read.label} |"


def _span(least: int | None, above: int | None) -> str:
    if least is None:
        return f"at most {(above or 0) - 1}"
    return f"at least {least}" if above is None else f"{least} to {above - 1}"


def _numbers(rule: Rule) -> str:
    return "; ".join(f"{name.replace('_', ' ')} {_number(value)}" for name, value in rule.numbers.items())


def _number(value: Any) -> str:
    if isinstance(value, dict):
        return "(" + ", ".join(f"{name.replace('_', ' ')} {_number(one)}" for name, one in value.items()) + ")"
    return f"{value:g}" if isinstance(value, float) else str(value).replace("_", " ")
