"""Depths that a gVCF states by itself: its reference blocks and the depth of its variant records.

Dialects: blocks of GATK (`<NON_REF>`), bcftools and DeepVariant (`<*>`), and monomorphic records (ALT `.`), with END
for a stretch. The depth of a block is MIN_DP, else DP, else the sum of AD.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from foxp3_annot.assembly import build_of
from foxp3_annot.callset import AlleleKind, Record
from foxp3_annot.coverage import LEAST_GENOTYPE_QUALITY, Coverage, CoverageSource, Run, SeenAllele
from foxp3_annot.locus import Interval
from foxp3_annot.variant import Variant

_PASSED = frozenset(("PASS", "RefCall"))
"""Filters that are no failure: DeepVariant writes RefCall where it calls the reference."""

_POINT_KINDS = frozenset((AlleleKind.SEQUENCE, AlleleKind.UNSPECIFIED, AlleleKind.SPANNING_DELETION))
"""What the records can hold whose depth counts; a symbolic allele of kilobases says nothing of each base."""


def blocks_coverage(raw: Sequence[tuple[Record, Any]], samples: int, window: Interval) -> dict[int, Coverage]:
    """The coverage of each sample that reference blocks state a depth or quality of; `raw` pairs records with pysam's.

    Where records overlap, the lesser depth counts, and a doubt of any. A file without blocks states nothing: the
    depth at its variants says nothing of the bases between them.
    """
    counted = _counted(raw)
    if not any(record.is_reference_block for record, _ in counted):
        return {}
    found = {}
    for sample in range(samples):
        stated = [one for record, given in counted if (one := _stated(record, given, sample, window))]
        if any(one.is_block for one in stated):
            found[sample] = Coverage(
                build_of(window.assembly),
                CoverageSource.BLOCKS,
                tuple(lesser_depths([one.run for one in stated])),
                seen=tuple(_seen(counted, sample)),
            )
    return found


def held_against(regions: Coverage, raw: Sequence[tuple[Record, Any]], sample: int, window: Interval) -> Coverage:
    """Regions stated callable, with what the records of the file say of them: depths, doubts, and alleles seen.

    Bases in no region stay so, whatever the records say.
    """
    counted = _counted(raw)
    stated = [one.run for record, given in counted if (one := _stated(record, given, sample, window))]
    within = [
        Run(part.start, part.end, run.depth, run.doubted) for run in stated for part in regions.over(run.start, run.end)
    ]
    runs = tuple(lesser_depths([*regions.runs, *within]))
    return replace(regions, runs=runs, seen=tuple(_seen(counted, sample)))


def _counted(raw: Sequence[tuple[Record, Any]]) -> list[tuple[Record, Any]]:
    return [(record, one) for record, one in raw if all(a.kind in _POINT_KINDS for a in record.alleles)]


@dataclass(frozen=True, slots=True)
class _Stated:
    """What one record says of one sample; `is_block` for a reference block that tells a depth or a quality."""

    run: Run
    is_block: bool


def _stated(record: Record, given: Any, sample: int, window: Interval) -> _Stated | None:
    """None for a record outside the window, and for one that gives neither depth nor quality nor cause for doubt."""
    start, end = max(record.position, window.start), min(record.end, window.end)
    call = given.samples[sample]
    depth, quality = _depth(given, call), _quality(call)
    uncalled = "GT" in call and (not call.allele_indices or None in call.allele_indices)
    failed = bool(set(record.filters) - _PASSED)
    doubted = uncalled or failed or (quality is not None and quality < LEAST_GENOTYPE_QUALITY)
    is_told = depth is not None or quality is not None
    if start > end or not (is_told or doubted):
        return None
    return _Stated(Run(start, end, depth, doubted), is_told and record.is_reference_block)


def _depth(given: Any, call: Mapping[str, Any]) -> int | None:
    """Reads; None where none of the fields gives a number."""
    for value in (_number(call, "MIN_DP"), _number(call, "DP"), _total(call), _number(given.info, "MIN_DP")):
        if value is not None:
            return value
    return None


def _quality(call: Mapping[str, Any]) -> int | None:
    """The least of the genotype qualities given (Phred): GQ, RGQ of GATK's all-sites files, GQX of Strelka."""
    given = [value for key in ("GQ", "RGQ", "GQX") if (value := _number(call, key)) is not None]
    return min(given, default=None)


def _number(fields: Mapping[str, Any], key: str) -> int | None:
    """A field that holds one count; None where it is absent, missing, no number or negative."""
    try:
        value = fields.get(key)
        value = value[0] if isinstance(value, tuple) else value
        count = None if value in (None, ".") else int(float(value))
    except (ValueError, TypeError, OverflowError, KeyError, IndexError):
        return None
    return count if count is not None and count >= 0 else None


def _counts(call: Mapping[str, Any]) -> tuple[int, ...]:
    """AD, where all of it is told."""
    try:
        value = call.get("AD", ())
        counts = tuple(int(float(one)) for one in (value if isinstance(value, tuple) else (value,)))
    except (ValueError, TypeError, OverflowError, KeyError):
        return ()
    return counts if all(count >= 0 for count in counts) else ()


def _total(call: Mapping[str, Any]) -> int | None:
    counts = _counts(call)
    return sum(counts) if counts else None


def _seen(counted: Iterable[tuple[Record, Any]], sample: int) -> Iterator[SeenAllele]:
    """The alleles that records count reads of, called or not; the most reads where two records name one."""
    found: dict[Variant, SeenAllele] = {}
    for record, given in counted:
        counts = _counts(given.samples[sample])
        for allele in record.alleles:
            if allele.variant and allele.number < len(counts) and counts[allele.number]:
                one = SeenAllele(allele.variant, counts[allele.number], sum(counts))
                known = found.get(allele.variant)
                found[allele.variant] = one if known is None or known.reads < one.reads else known
    return iter(sorted(found.values(), key=lambda one: one.variant.key))


def lesser_depths(runs: Sequence[Run]) -> Iterator[Run]:
    """Runs in order that hold each base once: of several that hold it the lesser depth, and doubted if any is.

    A depth that is told goes before one that is not.
    """
    bounds = sorted({run.start for run in runs} | {run.end + 1 for run in runs})
    index = {bound: number for number, bound in enumerate(bounds)}
    pieces: list[tuple[int | None, bool] | None] = [None] * len(bounds)
    for run in runs:
        for number in range(index[run.start], index[run.end + 1]):
            pieces[number] = _lesser(pieces[number], run)
    last: Run | None = None
    for number, piece in enumerate(pieces):
        if piece is None:
            continue
        one = Run(bounds[number], bounds[number + 1] - 1, *piece)
        if last and last.end + 1 == one.start and (last.depth, last.doubted) == piece:
            last = Run(last.start, one.end, *piece)
            continue
        if last:
            yield last
        last = one
    if last:
        yield last


def _lesser(piece: tuple[int | None, bool] | None, run: Run) -> tuple[int | None, bool]:
    if piece is None:
        return run.depth, run.doubted
    told = [depth for depth in (piece[0], run.depth) if depth is not None]
    return min(told, default=None), piece[1] or run.doubted
