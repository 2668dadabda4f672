"""What the tables hold, in numbers."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from foxp3_annot.annotation import annotate
from foxp3_annot.assembly import Assembly
from foxp3_annot.cases import Case, range_lines, reported_range
from foxp3_annot.catalogue import Catalogue, CuratedVariant, RowsAbout, count_by_classification
from foxp3_annot.consequence import Consequence
from foxp3_annot.gene import Gene
from foxp3_annot.pack.vocabulary import Reading, Side, SourceKind


def statistics(catalogue: Catalogue, gene: Gene) -> dict[str, Any]:
    """Counts by class, by what was read, by kind of source, by consequence, and of people."""
    variants = catalogue.variants
    disease = [one for one in variants if one.classification.side is Side.DISEASE]
    said: tuple[CuratedVariant | RowsAbout, ...] = (*variants, *catalogue.said_elsewhere)
    cases = [case for one in said for case in one.cases]
    statements = [a for one in said for a in one.assertions]
    people = reported_range(cases)
    return {
        "packs": [f"{manifest.name} {manifest.version}" for manifest, _ in catalogue.packs],
        "alleles": len(variants),
        "structural_lesions": len(catalogue.structures),
        "mutations_without_a_place": len(catalogue.unplaced),
        "alleles_reported_in_ipex": len(disease),
        "alleles_in_conflict": sum(one.is_in_conflict for one in variants),
        "by_classification": {c.label: n for c, n in count_by_classification(variants).items()},
        "by_evidence_status": _counted((one.evidence_status.label for one in variants), [r.label for r in Reading]),
        "reported_in_ipex_by_evidence_status": _counted(
            (one.evidence_status.label for one in disease), [r.label for r in Reading]
        ),
        "reported_in_ipex_by_consequence": _by_consequence(disease, gene),
        "statements": len(statements),
        "statements_by_reading": _counted((a.read.label for a in statements), [r.label for r in Reading]),
        "functional_results": sum(len(one.functional) for one in said),
        "sources": len(catalogue.citations),
        "sources_by_kind": _counted(
            (citation.kind.label for citation in catalogue.citations.values()), [k.label for k in SourceKind]
        ),
        "sources_by_reading": _counted(
            (citation.read.label for citation in catalogue.citations.values()), [r.label for r in Reading]
        ),
        "people_described_one_by_one": people.individuals,
        "people_in_families_and_groups": people.people_in_groups,
        "carriers_described_one_by_one": people.carriers,
        "reported_range_by_consequence": {
            kind.term: "; ".join(range_lines(reported_range(found), features=0))
            for kind, found in sorted(cases_by_consequence(catalogue, gene).items(), key=lambda item: item[0].term)
            if any(case.is_individual for case in found)
        },
    }


def cases_by_consequence(catalogue: Catalogue, gene: Gene) -> dict[Consequence, list[Case]]:
    """The published people by the kind of their variant; only of variants reported in IPEX and not in conflict."""
    found: dict[Consequence, list[Case]] = {}
    for one in catalogue.variants:
        if one.cases and one.classification.side is Side.DISEASE:
            kind = annotate(one.alleles[Assembly.GRCH38], gene).most_severe
            found.setdefault(kind, []).extend(one.cases)
    return found


def _counted(found: Any, order: list[str]) -> dict[str, int]:
    counts = Counter(found)
    return {label: counts[label] for label in order if counts[label]}


def _by_consequence(variants: list[CuratedVariant], gene: Gene) -> dict[str, int]:
    counts = Counter(annotate(one.alleles[Assembly.GRCH38], gene).most_severe.term for one in variants)
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _line(label: str, entry: int | str) -> str:
    return f"  {entry:>5}  {label}" if isinstance(entry, int) else f"  {label}: {entry}"


def statistics_text(values: Mapping[str, Any]) -> str:
    """The counts for a person at a terminal."""
    lines: list[str] = []
    for name, value in values.items():
        title = name.replace("_", " ").replace("ipex", "IPEX")
        if isinstance(value, dict):
            lines += ["", title, *(_line(label, entry) for label, entry in value.items())]
        elif isinstance(value, list):
            lines += [f"{title}: {', '.join(value)}"]
        else:
            lines += [f"{title}: {value}"]
    return "\n".join(lines) + "\n"
