"""Callability as plain values of a report, and the coverage read back from them.

The depth of each base and each allele seen stand there in short texts, so that a report of 30 reads a base stays small
and can be made again exactly.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from typing import Any

from foxp3_annot.assembly import Assembly
from foxp3_annot.callability import (
    AlleleCallability,
    AlleleVerdict,
    Callability,
    RegionCallability,
    StructureCallability,
    Thresholds,
    Verdict,
)
from foxp3_annot.coverage import Coverage, CoverageSource, ReadFilters, RegionsFile, Run, SeenAllele
from foxp3_annot.exon_copies import CopyNumbers, CopyState, ExonCopyNumber, Stretch, usual_copies
from foxp3_annot.genotype import Sex
from foxp3_annot.locus import Interval
from foxp3_annot.variant import Variant

_RUN = re.compile(r"(\d{1,9}|\.)(!?)(?:x(\d{1,9}))?")
_SEEN = re.compile(r"(\d{1,9}:[ACGT]*:[ACGT]*) (\d{1,9})/(\d{1,9})")


def callability_values(one: Callability) -> dict[str, Any]:
    """The block of a report. What of it was observed, `coverage_of` reads back."""
    coverage = one.coverage
    callable_, needed = one.needed
    return {
        "source": {
            "code": coverage.source.code,
            "label": coverage.stated,
            "file": coverage.regions_file.name if coverage.regions_file else None,
            "sha256": coverage.regions_file.sha256 if coverage.regions_file else None,
        },
        "filters": asdict(coverage.filters) if coverage.filters else None,
        "read_length": coverage.read_length,
        "depths": list(_stretches(coverage.runs)),
        "seen": [_seen_text(seen) for seen in coverage.seen],
        "thresholds": asdict(one.thresholds) | {"least_depth": one.thresholds.least_depth(one.sex)},
        "summary": {
            "sentence": one.sentence,
            "needed_bases": needed,
            "needed_bases_callable": callable_,
            "alleles_reported": len(one.reported),
            "alleles": {verdict.code: one.count(verdict) for verdict in AlleleVerdict},
            "remaining": list(_remaining(one)),
        },
        "regions": [_region(region) for region in one.regions],
        "alleles": [_allele(allele) for allele in one.alleles],
        "structures": [_structure(structure) for structure in one.structures],
    }


def _stretches(runs: Iterable[Run]) -> Iterator[dict[str, Any]]:
    """Runs that follow each other without a gap, as one text: depth, `!` where doubted, `x` and the length."""
    start, end, words = 0, 0, list[str]()
    for run in runs:
        if words and run.start != end + 1:
            yield {"start": start, "runs": " ".join(words)}
            words = []
        if not words:
            start = run.start
        words.append(_run_text(run))
        end = run.end
    if words:
        yield {"start": start, "runs": " ".join(words)}


def _run_text(run: Run) -> str:
    length = run.end - run.start + 1
    depth = "." if run.depth is None else str(run.depth)
    return f"{depth}{'!' * run.doubted}{f'x{length}' if length > 1 else ''}"


def _seen_text(seen: SeenAllele) -> str:
    return f"{seen.variant.spdi().partition(':')[2]} {seen.reads}/{seen.depth}"


def _remaining(one: Callability) -> Iterator[dict[str, Any]]:
    """The alleles that remain, by the part of the gene, along the gene."""
    for part in dict.fromkeys(allele.region for allele in one.remaining):
        names = [allele.curated.name for allele in one.remaining if allele.region == part]
        yield {"region": part, "alleles": names}


def _region(one: RegionCallability) -> dict[str, Any]:
    return {
        "name": one.region.name,
        "kind": one.region.kind.value,
        "needed": one.region.is_needed,
        "start": one.region.start,
        "end": one.region.end,
        "verdict": one.verdict.code,
        "bases": len(one.region),
        **{verdict.code: one.bases[verdict] for verdict in Verdict},
        "least_depth": one.least_depth,
        "median_depth": one.median_depth,
    }


def _allele(one: AlleleCallability) -> dict[str, Any]:
    return {
        "id": one.curated.id,
        "name": one.curated.name,
        "classification": one.curated.classification.code,
        "reported_in_ipex": one.is_reported_in_ipex,
        "region": one.region,
        "verdict": one.verdict.code,
        "reason": one.reason,
        "depth": one.depth,
        "seen_reads": one.seen_reads,
        "seen_depth": one.seen_depth,
        "p_miss": asdict(one.misses) if one.misses else None,
    }


def _structure(one: StructureCallability) -> dict[str, Any]:
    return {
        "id": one.structure.id,
        "name": one.structure.described_as,
        "verdict": one.verdict.code,
        "reason": one.reason,
    }


def copy_number_values(one: CopyNumbers) -> dict[str, Any]:
    """The copies that were counted, stretch by stretch; `copy_numbers_of_values` reads them back."""
    return {
        "usual": usual_copies(one.sex),
        "companions": list(one.companions),
        "stretches": [
            {
                "name": stretch.exon.name,
                "exon": stretch.exon.exon,
                "start": stretch.exon.start,
                "end": stretch.exon.end,
                "state": {"code": stretch.state.code, "label": stretch.state.label},
                "other_copies": stretch.other_copies,
                "log10_likelihood_ratio": stretch.log10_likelihood_ratio,
                "observed": stretch.observed,
                "expected": stretch.expected,
                "sentence": stretch.sentence,
            }
            for stretch in one.stretches
        ],
    }


# --- and back -------------------------------------------------------------------------------------------


def coverage_of(
    values: dict[str, Any], assembly: Assembly, window: Interval, variant_of: Callable[[str], Variant]
) -> Coverage:
    """The coverage that a block of a report holds; ValueError where it holds none that could be.

    `variant_of` makes a variant from its SPDI, raising an error of its own.
    """
    source = next(one for one in CoverageSource if one.code == values["source"]["code"])
    file, digest = values["source"]["file"], values["source"]["sha256"]
    if {file is not None, digest is not None} != {source is CoverageSource.REGIONS}:
        raise ValueError("a file of callable regions must be named where it is the source, and only there")
    return Coverage(
        assembly=assembly,
        source=source,
        runs=tuple(_runs(values["depths"], window)),
        filters=ReadFilters(**values["filters"]) if values["filters"] else None,
        read_length=values["read_length"],
        seen=tuple(_seen(text, assembly, variant_of) for text in values["seen"]),
        regions_file=RegionsFile(file, digest) if file is not None else None,
    )


def copy_numbers_of_values(values: dict[str, Any], sex: Sex) -> CopyNumbers:
    """The copies that a block of a report holds."""
    states = {state.code: state for state in CopyState}
    return CopyNumbers(
        sex,
        tuple(
            ExonCopyNumber(
                exon=Stretch(one["name"], one["start"], one["end"], one["exon"]),
                state=states[one["state"]["code"]],
                other_copies=one["other_copies"],
                log10_likelihood_ratio=_float(one["log10_likelihood_ratio"]),
                observed=float(one["observed"]),
                expected=_float(one["expected"]),
                sentence=one["sentence"],
            )
            for one in values["stretches"]
        ),
        tuple(values["companions"]),
    )


def _float(number: float | None) -> float | None:
    return None if number is None else float(number)


def thresholds_of(values: dict[str, Any]) -> Thresholds:
    """The thresholds that a block of a report names."""
    return Thresholds(**{name: number for name, number in values["thresholds"].items() if name != "least_depth"})


def _runs(stretches: Iterable[dict[str, Any]], window: Interval) -> Iterator[Run]:
    place = window.start
    for stretch in stretches:
        if stretch["start"] < place:
            raise ValueError("the stretches of its depths are not in order, or leave the window")
        place = stretch["start"]
        for word in stretch["runs"].split(" "):
            found = _RUN.fullmatch(word)
            length = int(found[3] or 1) if found else 0
            if not found or not length or place + length - 1 > window.end:
                raise ValueError(f"'{word[:20]}' at {place} is no depth within the window")
            yield Run(place, place + length - 1, None if found[1] == "." else int(found[1]), bool(found[2]))
            place += length


def _seen(text: str, assembly: Assembly, variant_of: Callable[[str], Variant]) -> SeenAllele:
    found = _SEEN.fullmatch(text)
    if not found:
        raise ValueError(f"'{text[:40]}' is no allele seen")
    return SeenAllele(variant_of(f"{assembly.accession}:{found[1]}"), int(found[2]), int(found[3]))
