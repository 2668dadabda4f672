"""Reads that span the ends of lesions, from an alignment file; and lesions as records of a VCF."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median

import pysam

from foxp3_annot.coverage import ReadFilters
from foxp3_annot.lesion import SHORTEST, Junction
from foxp3_annot.reference import Reference

WORD = 18
"""Clipped ends are looked up by so many bases next to the clip; shorter ends are left."""

SHORTEST_CLIP = 12
"""An alignment with a clip at least this long is asked where its clipped part lies."""

FEWEST_PAIRS = 5
"""A lesion that pairs alone show needs so many of them."""

_CIGAR = re.compile(r"(\d+)([MIDNSHP=X])")


@dataclass(frozen=True, slots=True)
class InsertSize:
    """The usual outer distance of the reads of a pair: middle and spread (from the median absolute deviation)."""

    mean: float
    spread: float

    @property
    def longest(self) -> float:
        return self.mean + 5 * max(self.spread, 10.0)


@dataclass(frozen=True, slots=True)
class _Part:
    """One alignment of a read: its stretch of the reference (1-based, both included) and of the read (half-open, in
    the direction of the plus strand)."""

    start: int
    end: int
    first: int
    last: int
    reverse: bool


@dataclass(frozen=True, slots=True)
class _Pair:
    """A pair in an unusual place: the reads that run to the right and to the left, as stretches."""

    forward: tuple[int, int]
    backward: tuple[int, int]


def read_junctions(
    alignments: pysam.AlignmentFile,
    contig: str,
    reference: Reference,
    filters: ReadFilters,
    read_groups: frozenset[str] | None = None,
) -> tuple[Junction, ...]:
    """The breakpoints that split reads and pairs show within the window, in order of place.

    `contig` is the name of chromosome X in the file, `read_groups` the ids of those of the sample (None: all reads).
    Duplicates, failed and secondary reads, and those below the mapping quality do not count; a read counts once for a
    junction. Base qualities are not asked: a clipped end must agree with the reference over 18 bases.
    """
    window = reference.window
    words = _unique_words(reference)
    names: dict[tuple[str, int, int], set[str]] = defaultdict(set)
    pairs: list[_Pair] = []
    inserts: list[int] = []
    for line in alignments.fetch(contig, window.start - 1, window.end):
        if not _counts(line, filters, read_groups):
            continue
        for kind, start, end in _junctions_of(line, contig, reference, words):
            names[(kind, *_leftmost(reference, start, end))].add(line.query_name or "")
        if _is_first_of_pair(line, contig):
            if line.is_proper_pair and 0 < line.template_length < 2000:
                inserts.append(line.template_length)
            pairs.append(_pair(line))
    if inserts:
        middle = median(inserts)
        usual = InsertSize(middle, 1.4826 * median(abs(one - middle) for one in inserts))
        odd = [one for one in pairs if _is_odd(one, usual)]
    else:
        usual, odd = InsertSize(0, 0), []
    found = _merged(names)
    junctions = [_with_pairs(key, reference, readers, odd, usual) for key, readers in found.items()]
    left = [one for one in odd if not any(_spans(one, j.type, j.start, j.end, usual) for j in junctions)]
    junctions += _of_pairs(left, usual)
    return tuple(sorted(junctions, key=lambda one: (one.start, one.end, one.type)))


def _counts(line: pysam.AlignedSegment, filters: ReadFilters, groups: frozenset[str] | None) -> bool:
    if line.is_unmapped or line.is_secondary or line.is_duplicate or line.is_qcfail:
        return False
    if line.mapping_quality < filters.mapping_quality:
        return False
    return groups is None or (line.has_tag("RG") and line.get_tag("RG") in groups)


# --- split reads ---


def _part(start: int, cigar: str, reverse: bool) -> _Part:
    """From a 1-based start and CIGAR; hard clips count as bases of the read."""
    operations = [(int(n), op) for n, op in _CIGAR.findall(cigar)]
    before = operations[0][0] if operations and operations[0][1] in "SH" else 0
    if len(operations) > 1 and operations[0][1] == "H" and operations[1][1] == "S":
        before += operations[1][0]
    on_read = sum(n for n, op in operations if op in "MI=X")
    on_reference = sum(n for n, op in operations if op in "MDN=X")
    return _Part(start, start + on_reference - 1, before, before + on_read, reverse)


def _junctions_of(
    line: pysam.AlignedSegment, contig: str, reference: Reference, words: dict[str, int]
) -> Iterator[tuple[str, int, int]]:
    """Type and ends of what a read says is joined: by its supplementary alignment, else by its clipped end."""
    own = _part(line.reference_start + 1, line.cigarstring or "", line.is_reverse)
    others = list(_supplementary(line, contig, own)) if line.has_tag("SA") else []
    for other in others:
        first, second = sorted((own, other), key=lambda one: (one.first, one.last))
        yield from _joined(first, second, reference)
    if not others and not line.is_supplementary:
        yield from _clipped(line, own, reference, words)


def _supplementary(line: pysam.AlignedSegment, contig: str, own: _Part) -> Iterator[_Part]:
    """Further alignments of the read on the same strand of chromosome X."""
    for text in str(line.get_tag("SA")).split(";"):
        fields = text.split(",")
        if len(fields) >= 4 and fields[0] == contig and fields[1].isdecimal():
            other = _part(int(fields[1]), fields[3], fields[2] == "-")
            if other.reverse == own.reverse:
                yield other


def _joined(first: _Part, second: _Part, reference: Reference) -> Iterator[tuple[str, int, int]]:
    """What lies between two alignments that follow each other in a read; bases aligned twice go to the second."""
    overlap = first.last - second.first
    if overlap < -2:  # bases between them that are on neither side
        return
    last = first.end - max(overlap, 0)
    start, end = (last + 1, second.start - 1) if second.start > last else (second.start, last)
    kind = "DEL" if second.start > last else "DUP"
    if end - start + 1 >= SHORTEST and start in reference.window and end in reference.window:
        yield kind, start, end


def _clipped(
    line: pysam.AlignedSegment, own: _Part, reference: Reference, words: dict[str, int]
) -> Iterator[tuple[str, int, int]]:
    """Where a clipped end lies by its bases next to the clip, if that is one place."""
    bases = line.query_sequence or ""
    operations = line.cigartuples or []
    if not operations:
        return
    last_op, last_n = operations[-1]
    if last_op == 4 and last_n >= max(SHORTEST_CLIP, WORD):
        clip = bases[len(bases) - last_n :]
        place = words.get(clip[:WORD])
        if place is not None:
            there = _Part(place, place + last_n - 1, own.last, own.last + last_n, own.reverse)
            yield from _joined(own, there, reference)
    first_op, first_n = operations[0]
    if first_op == 4 and first_n >= max(SHORTEST_CLIP, WORD):
        clip = bases[:first_n]
        place = words.get(clip[first_n - WORD :])
        if place is not None:
            end = place + WORD - 1
            there = _Part(end - first_n + 1, end, own.first - first_n, own.first, own.reverse)
            yield from _joined(there, own, reference)


def _unique_words(reference: Reference) -> dict[str, int]:
    """Place of every word of the window that stands there once."""
    places: dict[str, int] = {}
    bases, origin = reference.bases, reference.window.start
    for offset in range(len(bases) - WORD + 1):
        word = bases[offset : offset + WORD]
        places[word] = -1 if word in places else origin + offset
    return {word: place for word, place in places.items() if place >= 0}


def _leftmost(reference: Reference, start: int, end: int) -> tuple[int, int]:
    """A deletion or tandem duplication moved to the left as far as it stays the same."""
    moved = 0
    while start - moved > reference.window.start and (
        reference.fetch(start - moved - 1, start - moved - 1) == reference.fetch(end - moved, end - moved)
    ):
        moved += 1
    return start - moved, end - moved


def homology(reference: Reference, start: int, end: int) -> int:
    """By how many bases a deletion or tandem duplication can move to the right and stay the same."""
    moved = 0
    while end + moved < reference.window.end and (
        reference.fetch(start + moved, start + moved) == reference.fetch(end + moved + 1, end + moved + 1)
    ):
        moved += 1
    return moved


def _merged(names: dict[tuple[str, int, int], set[str]]) -> dict[tuple[str, int, int], set[str]]:
    """Junctions by their best supported ends: those a few bases away are the same, misread."""
    merged: dict[tuple[str, int, int], set[str]] = {}
    for key, readers in sorted(names.items(), key=lambda item: (-len(item[1]), item[0])):
        kind, start, end = key
        near = next((k for k in merged if k[0] == kind and abs(k[1] - start) <= 10 and abs(k[2] - end) <= 10), None)
        if near:
            merged[near] |= readers
        else:
            merged[key] = set(readers)
    return merged


# --- pairs ---


def _is_first_of_pair(line: pysam.AlignedSegment, contig: str) -> bool:
    """Whether this is the left line of a pair on chromosome X whose reads face each other or away."""
    if not line.is_paired or line.mate_is_unmapped or line.is_supplementary or line.next_reference_name != contig:
        return False
    return line.template_length > 0 and line.is_reverse != line.mate_is_reverse


def _pair(line: pysam.AlignedSegment) -> _Pair:
    own = (line.reference_start + 1, line.reference_end or line.reference_start + 1)
    start = line.next_reference_start + 1
    end = line.reference_start + line.template_length
    mate = (start, max(end, start))
    return _Pair(mate, own) if line.is_reverse else _Pair(own, mate)


def _is_odd(pair: _Pair, usual: InsertSize) -> bool:
    """Whether its reads lie too far apart, or look away from each other without sharing a base."""
    if pair.backward[1] >= pair.forward[0] and pair.backward[0] >= pair.forward[0]:
        return pair.backward[1] - pair.forward[0] + 1 > usual.longest
    return pair.backward[1] < pair.forward[0]


def _spans(pair: _Pair, kind: str, start: int, end: int, usual: InsertSize) -> bool:
    """Whether a pair is of usual length once the lesion is taken into account."""
    slack = 10
    outer = pair.backward[1] - pair.forward[0] + 1
    if kind == "DEL":
        lies = pair.forward[1] <= start + slack and pair.backward[0] >= end - slack
        length = outer - (end - start + 1)
    else:
        lies = pair.forward[1] <= end + slack and pair.backward[0] >= start - slack and outer < 0
        length = outer + (end - start + 1)
    return lies and 0 < length <= usual.longest


def _with_pairs(
    key: tuple[str, int, int], reference: Reference, readers: set[str], odd: Sequence[_Pair], usual: InsertSize
) -> Junction:
    kind, start, end = key
    pairs = sum(_spans(one, kind, start, end, usual) for one in odd)
    return Junction(kind, start, end, homology(reference, start, end), len(readers), pairs)


def _of_pairs(pairs: Iterable[_Pair], usual: InsertSize) -> Iterator[Junction]:
    """Lesions that pairs alone agree on: their ends lie between the innermost reads and those a fragment away."""
    clusters: list[list[_Pair]] = []
    for pair in sorted(pairs, key=lambda one: (one.forward, one.backward)):
        reach = usual.longest
        for cluster in clusters:
            first = cluster[0]
            near = abs(first.forward[1] - pair.forward[1]) < reach and abs(first.backward[0] - pair.backward[0]) < reach
            if near and _outward(first) == _outward(pair):
                cluster.append(pair)
                break
        else:
            clusters.append([pair])
    for cluster in clusters:
        if len(cluster) >= FEWEST_PAIRS:
            yield _of_cluster(cluster, usual)


def _outward(pair: _Pair) -> bool:
    return pair.backward[1] < pair.forward[0]


def _of_cluster(cluster: Sequence[_Pair], usual: InsertSize) -> Junction:
    reach = int(usual.longest)
    right = max(one.forward[1] for one in cluster)
    left = min(one.backward[0] for one in cluster)
    if _outward(cluster[0]):
        ends = (right, max(right, min(one.forward[0] for one in cluster) + reach))
        starts = (min(left, max(one.backward[1] for one in cluster) - reach), left)
        return Junction("DUP", starts[1], ends[0], 0, 0, len(cluster), starts, ends)
    starts = (right + 1, max(right + 1, min(one.forward[0] for one in cluster) + reach))
    ends = (min(left - 1, max(one.backward[1] for one in cluster) - reach), left - 1)
    return Junction("DEL", starts[0], ends[1], 0, 0, len(cluster), starts, ends)
