"""Copies of the reads of the locus with alleles written into them. The file they come from is only read."""

import copy
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import pysam
import pysam.samtools

from foxp3_annot.challenge import WIDEST_GAP, Written
from foxp3_annot.coverage import ReadFilters
from foxp3_annot.reference import Reference
from foxp3_annot.spike import AlignedRead, chosen, with_edit
from foxp3_annot.variant import Edit, Variant

_STALE_TAGS = ("NM", "MD", "AS", "XS", "MC", "UQ", "OC", "SA", "XA", "nM", "cs")
"""Tags that describe an alignment or that of the mate, and no longer hold once it was changed."""

_NOT_COUNTED = pysam.FUNMAP | pysam.FSECONDARY | pysam.FQCFAIL | pysam.FDUP
_NOT_PRIMARY = pysam.FSECONDARY | pysam.FSUPPLEMENTARY


@dataclass(frozen=True)
class SourceReads:
    """The reads of one sample in the locus, held in memory, with the header of their file and the name of X."""

    header: Any
    contig: str
    reads: tuple[Any, ...]

    @classmethod
    def of(cls, extract: Path, contig: str) -> "SourceReads":
        """From an indexed or sorted BAM of the locus."""
        with pysam.AlignmentFile(str(extract)) as source:
            return cls(source.header, contig, tuple(source.fetch(until_eof=True)))

    @property
    def gap(self) -> int:
        """Bases to keep between alleles of one copy: two molecules, so that none carries two of them."""
        lengths = [abs(read.template_length) for read in self.reads if read.is_proper_pair and read.template_length]
        lengths = lengths or [read.reference_length or 0 for read in self.reads if not read.is_unmapped]
        return min(2 * round(median(lengths)), WIDEST_GAP) if lengths else WIDEST_GAP


def write_spiked(
    target: Path,
    source: SourceReads,
    variants: Sequence[Variant],
    share: float,
    seed: str,
    reference: Reference,
    filters: ReadFilters,
) -> dict[Variant, Written]:
    """Write a sorted and indexed copy with the variants in a share of the molecules; what was written of each.

    Variants must lie apart. A molecule is chosen by its name, the variant and the seed, so that mates agree and the
    same call gives the same copy.
    """
    edits = sorted(((variant.leftmost(), variant) for variant in variants), key=lambda one: one[0])
    starts = [edit.start for edit, _ in edits]
    reach = max((len(edit.ref) for edit, _ in edits), default=0)
    seen: dict[Variant, set[str]] = defaultdict(set)
    written: dict[Variant, set[str]] = defaultdict(set)
    result, changed = [], set()
    for read in source.reads:
        spiked = read
        for edit, variant in reversed(list(_met(read, edits, starts, reach, source.contig))):
            counts = not read.flag & _NOT_COUNTED and read.mapping_quality >= filters.mapping_quality
            if counts and _lies_over(read, edit):
                seen[variant].add(read.query_name)
            if not chosen(read.query_name, f"{seed} {variant.spdi()}", share):
                continue
            edited = _edited(spiked, edit, reference)
            if edited is not None:
                spiked = edited
                changed.add(read.query_name)
                if counts and _lies_over(read, edit):
                    written[variant].add(read.query_name)
        result.append(spiked)
    _mend_mates(result, changed)
    _write(target, source.header, result)
    return {variant: Written(len(seen[variant]), len(written[variant])) for _, variant in edits}


def _met(
    read: Any, edits: Sequence[tuple[Edit, Variant]], starts: Sequence[int], reach: int, contig: str
) -> Iterator[tuple[Edit, Variant]]:
    """The edits that meet the aligned bases of a read."""
    if read.is_unmapped or read.reference_name != contig or not read.query_sequence or not read.cigartuples:
        return
    first, last = read.reference_start + 1, read.reference_end
    for edit, variant in edits[bisect_left(starts, first - reach) : bisect_right(starts, last)]:
        if edit.end >= first - 1:
            yield edit, variant


def _lies_over(read: Any, edit: Edit) -> bool:
    """Whether a read can show an edit: it has the base, or for an insertion those on both sides."""
    first, last = read.reference_start + 1, read.reference_end
    if not edit.ref:
        return bool(first < edit.start <= last)
    return bool(first <= edit.start <= last) if len(edit.ref) == len(edit.alt) else bool(first < edit.start <= last)


def _edited(read: Any, edit: Edit, reference: Reference) -> Any | None:
    """A copy of the read that carries the edit; None where it does not show it."""
    cigar = tuple((_LETTERS[operation], length) for operation, length in read.cigartuples)
    view = AlignedRead(read.reference_start + 1, cigar, read.query_sequence, bool(read.is_reverse))
    edited = with_edit(view, edit, reference)
    if edited is None:
        return None
    spiked = copy.copy(read)
    qualities = read.query_qualities
    spiked.query_sequence = edited.bases
    spiked.query_qualities = qualities
    spiked.cigartuples = [(_CODES[operation], length) for operation, length in edited.cigar]
    spiked.reference_start = edited.start - 1
    for tag in _STALE_TAGS:
        spiked.set_tag(tag, None)
    return spiked


_LETTERS = {0: "M", 1: "I", 2: "D", 3: "N", 4: "S", 5: "H", 6: "P", 7: "M", 8: "M"}
_CODES = {"M": 0, "I": 1, "D": 2, "N": 3, "S": 4, "H": 5, "P": 6}


def _mend_mates(reads: list[Any], changed: set[str]) -> None:
    """Let the mates of changed molecules point to each other again; what is altered is a copy."""
    pairs: dict[str, list[int]] = defaultdict(list)
    for index, read in enumerate(reads):
        mapped_pair = read.is_paired and not read.is_unmapped and not read.mate_is_unmapped
        if read.query_name in changed and mapped_pair and not read.flag & _NOT_PRIMARY:
            pairs[read.query_name].append(index)
    for indices in pairs.values():
        if len(indices) != 2:
            continue
        for index in indices:
            reads[index] = copy.copy(reads[index])
        one, two = sorted((reads[i] for i in indices), key=lambda read: (read.reference_start, not read.is_read1))
        one.next_reference_start, two.next_reference_start = two.reference_start, one.reference_start
        length = max(one.reference_end, two.reference_end) - one.reference_start
        one.template_length, two.template_length = length, -length
        for read in (one, two):
            read.set_tag("MC", None)


def _write(target: Path, header: Any, reads: Iterable[Any]) -> None:
    ordered = sorted(reads, key=lambda read: (read.reference_id < 0, read.reference_id, read.reference_start))
    with pysam.AlignmentFile(str(target), "wb", header=header) as out:
        for read in ordered:
            out.write(read)
    pysam.samtools.index(str(target), catch_stdout=False)
