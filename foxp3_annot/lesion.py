"""Deletions and duplications of part of the gene, from reads that span their ends and from depth."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from foxp3_annot.callset import StructuralAllele
from foxp3_annot.copy_number import (
    CALLED,
    REACH,
    SCANNED,
    LocusDepth,
    Segment,
    copy_numbers,
    is_captured,
    ratio_in_genome,
    ratio_of,
    segments,
)
from foxp3_annot.exon_copies import CopyNumbers, CopyState, ExonCopyNumber, usual_copies
from foxp3_annot.gene import GeneModel
from foxp3_annot.genotype import Sex

SHORTEST = 50
"""Shorter lesions are small variants, for callers of those."""

REPORTED = 3.0
"""A lesion with reads across its ends is reported from this log10 likelihood ratio on."""

STRAY_READS = 0.2
"""How many reads may seem to span a breakpoint where none is."""

MOST_FROM_READS = 12.0
"""What reads across the ends add to the log10 likelihood ratio at most."""


@dataclass(frozen=True, slots=True)
class Junction:
    """Ends that reads join: the bases from start to end are lost (DEL) or stand twice in tandem (DUP).

    Leftmost where the place is ambiguous; `homology` is by how many bases it can move to the right. The ranges hold
    ends that only pairs tell; None for ends read base by base. `split_reads` are reads aligned on both sides,
    `pairs` those whose reads lie on both sides.
    """

    type: str
    start: int
    end: int
    homology: int
    split_reads: int
    pairs: int
    start_range: tuple[int, int] | None = None
    end_range: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Lesion:
    """A deletion (DEL) or tandem duplication (DUP), 1-based, both ends included, plus strand.

    `copies` is the number of copies of the stretch that the sample has; None where the depth fits none, as in a
    mosaic. The log10 likelihood ratio sets it against the usual number, from the depth and the reads across the ends.
    """

    type: str
    start: int
    end: int
    start_range: tuple[int, int] | None
    end_range: tuple[int, int] | None
    split_reads: int
    pairs: int
    log10_likelihood_ratio: float
    copies: int | None
    homology: int = 0

    @property
    def allele(self) -> StructuralAllele:
        return StructuralAllele(self.type, self.start, self.end, self.start_range, self.end_range)


def find_lesions(
    sample: LocusDepth,
    junctions: Sequence[Junction],
    model: GeneModel,
    companions: Sequence[LocusDepth] = (),
    exons: Sequence[ExonCopyNumber] | None = None,
) -> tuple[Lesion, ...]:
    """The lesions of one sample, in order of place; empty where the sex is not known or nothing was read.

    `exons` are the copy numbers of the same sample, if they are at hand.
    """
    if usual_copies(sample.sex) is None or not sample.coverage.runs:
        return ()
    captured = is_captured(sample, model, companions)
    found_by_depth = () if captured else segments(sample)
    lesions = [_from_junction(one, sample, found_by_depth, captured) for one in junctions]
    counted = exons if exons is not None else copy_numbers(sample, model, companions=companions)
    found = [_counted(one, counted, sample.sex) if captured else one for one in lesions if one is not None]
    found += [_from_segment(one, sample.sex) for one in found_by_depth]
    found += [
        one
        for one in _from_exons(counted, model, sample.sex)
        if captured or not any(one.start <= other.end and other.start <= one.end for other in found)
    ]
    return _distinct(found)


def with_lesions(counted: CopyNumbers, lesions: Sequence[Lesion]) -> CopyNumbers:
    """The same with the copies of lesions that were found stated of the stretches within them, where the depth of a
    stretch by itself is unclear."""
    return replace(counted, stretches=tuple(_with_lesion(one, lesions) for one in counted.stretches))


def _with_lesion(one: ExonCopyNumber, lesions: Sequence[Lesion]) -> ExonCopyNumber:
    over = [x for x in lesions if x.copies is not None and x.start <= one.exon.start and one.exon.end <= x.end]
    if one.state is not CopyState.UNCLEAR or len(over) != 1:
        return one
    state = CopyState.of_copies(over[0].copies or 0)
    word = "deletion" if over[0].type == "DEL" else "duplication"
    sentence = f"{one.sentence} The {word} found over it leaves {state.label}."
    return replace(one, state=state, sentence=sentence)


def _type_of(copies: int, sex: Sex) -> str:
    return "DEL" if copies < (usual_copies(sex) or 2) else "DUP"


def _from_junction(junction: Junction, sample: LocusDepth, found: Sequence[Segment], captured: bool) -> Lesion | None:
    """A junction weighed with the depth between its ends; None where too little speaks for it."""
    usual = usual_copies(sample.sex) or 2
    if junction.end - junction.start + 1 < SHORTEST:
        return None
    elsewhere = [one for one in found if one.end < junction.start or one.start > junction.end]
    count, expected, spread, depth = ratio_in_genome(sample, junction.start, junction.end, elsewhere)
    reads = _from_reads(junction, depth)
    possible = [c for c in range(usual + 2) if c != usual and _type_of(c, sample.sex) == junction.type]
    if captured or expected < 1:
        ratio, copies = (0.0, None)
    else:
        ratio, copies = max((ratio_of(count, expected, c, usual, spread), c) for c in possible)
    if ratio < -1:  # the depth fits no whole number of copies
        ratio, copies = 0.0, None
    enough = junction.split_reads + junction.pairs >= (3 if copies is not None else 8)
    if not enough or reads + ratio < REPORTED:
        return None
    return Lesion(
        type=junction.type,
        start=junction.start,
        end=junction.end,
        start_range=junction.start_range,
        end_range=junction.end_range,
        split_reads=junction.split_reads,
        pairs=junction.pairs,
        log10_likelihood_ratio=round(reads + ratio, 2),
        copies=copies,
        homology=junction.homology,
    )


def _counted(lesion: Lesion, exons: Sequence[ExonCopyNumber], sex: Sex) -> Lesion:
    """With the copies of the exons within it, where their depth states one number that fits its type."""
    within = [one for one in exons if one.exon.exon and lesion.start <= one.exon.start and one.exon.end <= lesion.end]
    stated = {one.state.copies for one in within}
    copies = stated.pop() if len(stated) == 1 else None
    if lesion.copies is not None or copies in (None, usual_copies(sex)) or _type_of(copies or 0, sex) != lesion.type:
        return lesion
    return replace(lesion, copies=copies)


def _from_reads(junction: Junction, depth: float) -> float:
    """log10 likelihood ratio of so many reads across a junction that one copy in two has, to stray ones."""
    count = junction.split_reads + junction.pairs
    expected = max(depth / 3, 2 * STRAY_READS)
    ratio = count * math.log10(expected / STRAY_READS) - (expected - STRAY_READS) / math.log(10)
    return min(ratio, MOST_FROM_READS)


def _from_segment(segment: Segment, sex: Sex) -> Lesion:
    """A lesion that the depth alone shows: its ends are known to some 150 bases."""
    return Lesion(
        type=_type_of(segment.copies, sex),
        start=segment.start,
        end=segment.end,
        start_range=(segment.start - 150, segment.start + 150),
        end_range=(segment.end - 150, segment.end + 150),
        split_reads=0,
        pairs=0,
        log10_likelihood_ratio=round(segment.log10_likelihood_ratio, 2),
        copies=segment.copies,
    )


def _from_exons(counted: Sequence[ExonCopyNumber], model: GeneModel, sex: Sex) -> list[Lesion]:
    """Neighbouring exons whose depths together speak for another number of copies as one lesion, which ends
    somewhere between them and the next exons, or somewhere beyond the gene."""
    exons = sorted((one for one in counted if one.exon.exon), key=lambda one: one.exon.start)
    found: list[list[ExonCopyNumber]] = []
    for copies in (c for c in range(4) if c != usual_copies(sex)):
        left = [one for one in exons if one.log10_likelihood_ratio is not None]
        while group := _clearest_group(left, copies, sex):
            found.append(group)
            left = [one for one in left if one not in group]
    return [_of_group(group, exons, model, sex) for group in found]


def _clearest_group(exons: Sequence[ExonCopyNumber], copies: int, sex: Sex) -> list[ExonCopyNumber]:
    """The run of exons for which the likelihood ratios of a number of copies add up to the most; none where that is
    too little. An exon for which another number fits better ends a run."""
    best: tuple[float, list[ExonCopyNumber]] = (0.0, [])
    total, run = 0.0, list[ExonCopyNumber]()
    for one in exons:
        ratio = one.log10_likelihood_ratio or 0.0
        if run and one.exon.start - run[-1].exon.end <= 2 * REACH:
            ratio = min(ratio, ratio / 2)  # the two share reads
        if one.other_copies != copies or total + ratio < 0:
            total, run = 0.0, []
            continue
        total, run = total + ratio, [*run, one]
        if total > best[0]:
            best = (total, run)
    stated = any(one.state.copies == copies for one in best[1])
    if copies > (usual_copies(sex) or 2):  # half as much again is less of a difference than half
        return best[1] if best[0] >= SCANNED else []
    return best[1] if stated or best[0] >= CALLED else []


def _of_group(group: Sequence[ExonCopyNumber], exons: Sequence[ExonCopyNumber], model: GeneModel, sex: Sex) -> Lesion:
    start, end = group[0].exon.start, group[-1].exon.end
    usual = [one for one in exons if one not in group and one.state is not CopyState.NOT_ASSESSABLE]
    before = max((one.exon.end + 1 for one in usual if one.exon.end < start), default=model.window.start)
    after = min((one.exon.start - 1 for one in usual if one.exon.start > end), default=model.window.end)
    return Lesion(
        type=_type_of(group[0].other_copies or 0, sex),
        start=start,
        end=end,
        start_range=(before, start),
        end_range=(end, after),
        split_reads=0,
        pairs=0,
        log10_likelihood_ratio=round(sum(one.log10_likelihood_ratio or 0 for one in group), 2),
        copies=group[0].other_copies,
    )


def _distinct(found: Sequence[Lesion]) -> tuple[Lesion, ...]:
    """Each lesion once: of those that are largely the same, the one that reads bound comes first, then the clearest."""
    order = sorted(found, key=lambda one: (-(one.split_reads > 0), -one.log10_likelihood_ratio, one.start, one.end))
    kept: list[Lesion] = []
    for lesion in order:
        if not any(_largely_same(lesion, other) or _is_echo(lesion, other) for other in kept):
            kept.append(lesion)
    return tuple(sorted(kept, key=lambda one: (one.start, one.end, one.type)))


def _largely_same(one: Lesion, other: Lesion) -> bool:
    """Whether one lies mostly within the other; what is within a lesion is not told a second time."""
    shared = min(one.end, other.end) - max(one.start, other.start) + 1
    return shared > 0.5 * (one.end - one.start + 1)


def _is_echo(one: Lesion, other: Lesion) -> bool:
    """Whether a lesion that depth alone shows lies just beside one that reads bound: fragments caught on the far side
    of joined ends reach across and lift the depth there."""
    beside = max(one.start - other.end, other.start - one.end)
    return not one.split_reads and other.split_reads > 0 and beside < 400 and one.end - one.start < 500
