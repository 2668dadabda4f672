"""A read as it would have been, had its molecule carried an allele: bases, alignment and place, qualities kept.

What a sequencer does stays: its errors, the qualities of its cycles, the length of the read and the end at which it
began. What the aligner would have done is followed by the default scores of BWA-MEM (match 1, mismatch -4, gap -6 and
-1 a base, clipping -5): near the end of a read an insertion or deletion is laid out as mismatches or clipped.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from foxp3_annot.errors import OutOfWindowError
from foxp3_annot.reference import Reference
from foxp3_annot.variant import Edit

_MATCH, _MISMATCH, _OPEN, _EXTEND, _CLIP = 1, -4, -6, -1, -5
_CONSUMES_READ = "MIS"
_CONSUMES_REFERENCE = "MDN"


@dataclass(frozen=True, slots=True)
class AlignedRead:
    """A mapped read: its first aligned base (1-based), CIGAR and bases. `reverse` reads began at their right end.

    In `cigar` = and X are written M; hard clips and padding are kept at the ends.
    """

    start: int
    cigar: tuple[tuple[str, int], ...]
    bases: str
    reverse: bool

    @property
    def end(self) -> int:
        """The last aligned base of the reference."""
        return self.start + sum(length for operation, length in self.cigar if operation in _CONSUMES_REFERENCE) - 1


@dataclass(frozen=True, slots=True)
class _Column:
    """One step of an alignment: M, I, D, N or S, with its place on the reference and its base, where it has them.

    A column that was inserted or that lies at the gap of the edit is `new`.
    """

    operation: str
    place: int | None
    base: str


def chosen(name: str, seed: str, share: float) -> bool:
    """Whether a molecule, by the name of its reads, carries the allele: the same for both mates and in every run."""
    digest = hashlib.sha256(f"{seed}\t{name}".encode()).digest()
    return int.from_bytes(digest[:8], "big") < share * 2**64


def with_edit(read: AlignedRead, edit: Edit, reference: Reference) -> AlignedRead | None:
    """The read with an edit of the reference in it; None where the read does not show the difference.

    `edit` must be the shortest one at its lowest coordinate. A base that the sequencer misread stays misread. A read
    that would need bases from outside the window is given back as None as well.
    """
    columns = _columns(read)
    same_length = len(edit.ref) == len(edit.alt)
    edited = _substituted(columns, edit) if same_length else _with_gap(columns, edit, read, reference)
    if edited is None or edited == columns:
        return None
    return _read_of(edited, read)


# --- columns ---------------------------------------------------------------------------------------------


def _columns(read: AlignedRead) -> list[_Column]:
    columns, place, at = [], read.start, 0
    for operation, length in read.cigar:
        for _ in range(length):
            if operation in "HP":
                continue
            on_reference = operation in _CONSUMES_REFERENCE
            in_read = operation in _CONSUMES_READ
            columns.append(_Column(operation, place if on_reference else None, read.bases[at] if in_read else ""))
            place += on_reference
            at += in_read
    return columns


def _read_of(columns: Sequence[_Column], read: AlignedRead) -> AlignedRead | None:
    """The read that columns spell; None where nothing of it would be aligned."""
    start = next((one.place for one in columns if one.operation == "M"), None)
    if start is None:
        return None
    cigar = [(operation, len(list(group))) for operation, group in groupby(one.operation for one in columns)]
    if read.cigar[0][0] == "H":
        cigar.insert(0, read.cigar[0])
    if read.cigar[-1][0] == "H":
        cigar.append(read.cigar[-1])
    return replace(read, start=start, cigar=tuple(cigar), bases="".join(one.base for one in columns))


# --- the edit --------------------------------------------------------------------------------------------


def _substituted(columns: list[_Column], edit: Edit) -> list[_Column]:
    """Bases in place of others, where the read shows those of the reference."""
    new = dict(enumerate(edit.alt, start=edit.start))
    old = dict(enumerate(edit.ref, start=edit.start))
    return [
        replace(one, base=new[one.place])
        if one.operation == "M" and one.place in new and one.base == old[one.place]
        else one
        for one in columns
    ]


def _with_gap(columns: list[_Column], edit: Edit, read: AlignedRead, reference: Reference) -> list[_Column] | None:
    """An insertion, a deletion, or both, with the read kept at its length from the end at which it began."""
    left = [i for i, one in enumerate(columns) if one.operation == "M" and _place(one) < edit.start]
    right = [i for i, one in enumerate(columns) if one.operation == "M" and _place(one) > edit.end]
    inside = any(one.operation == "M" and edit.start <= _place(one) <= edit.end for one in columns)
    if not (left and right) and not (inside and (left or right)):
        return None
    before = columns[: left[-1] + 1] if left else [one for one in columns[: right[0]] if one.operation == "S"]
    after = columns[right[0] :] if right else [one for one in columns[left[-1] + 1 :] if one.operation == "S"]
    began_outside = bool(right) if read.reverse else bool(left)
    middle = _middle(edit) if began_outside else []
    try:
        if read.reverse:
            kept = _of_length([*before, *middle, *after][::-1], len(read.bases), edit, reference, -1)[::-1]
        else:
            kept = _of_length([*before, *middle, *after], len(read.bases), edit, reference, 1)
    except OutOfWindowError:
        return None
    return _as_aligned(kept, edit, reference)


def _place(column: _Column) -> int:
    return column.place if column.place is not None else -1


def _middle(edit: Edit) -> list[_Column]:
    """What stands between the two sides: replaced bases, then inserted or deleted ones."""
    shared = min(len(edit.ref), len(edit.alt))
    replaced = [_Column("M", edit.start + i, base) for i, base in enumerate(edit.alt[:shared])]
    inserted = [_Column("I", None, base) for base in edit.alt[shared:]]
    deleted = [_Column("D", edit.start + shared + i, "") for i in range(len(edit.ref) - shared)]
    return [*replaced, *inserted, *deleted]


def _of_length(columns: list[_Column], length: int, edit: Edit, reference: Reference, step: int) -> list[_Column]:
    """Columns, in the order in which they were read, cut or lengthened by the reference to so many bases."""
    kept, count = [], 0
    for one in columns:
        if count == length:
            break
        kept.append(one)
        count += bool(one.base)
    clip: list[_Column] = []
    while kept and kept[-1].operation == "S":
        clip.insert(0, kept.pop())
    last = next((one.place for one in reversed(kept) if one.place is not None), None)
    if last is None:  # all that was aligned lay in what is deleted
        last = edit.end if step > 0 else edit.start
    while count < length:
        last += step
        kept.append(_Column("M", last, reference.fetch(last, last)))
        count += 1
    while kept and kept[-1].operation in "DN":
        kept.pop()
    return [*kept, *clip]


# --- what an aligner would have made of it ---------------------------------------------------------------


def _as_aligned(columns: list[_Column], edit: Edit, reference: Reference) -> list[_Column]:
    """The columns with the shorter side of the gap laid out as an aligner would: with the gap, without, or clipped."""
    gap = [i for i, one in enumerate(columns) if one.operation in "ID" and _is_at(columns, i, edit)]
    if not gap:
        return columns
    aligned = [i for i, one in enumerate(columns) if one.operation == "M"]
    on_left = sum(i < gap[0] for i in aligned)
    on_right = sum(i > gap[-1] for i in aligned)
    if on_left < on_right:
        turned = _best_end(columns[::-1], len(columns) - 1 - gap[-1], len(columns) - 1 - gap[0], reference, -1)
        return turned[::-1]
    return _best_end(columns, gap[0], gap[-1], reference, 1)


def _is_at(columns: list[_Column], index: int, edit: Edit) -> bool:
    """Whether a gap is that of the edit, and not one that the read had before."""
    if columns[index].operation == "D":
        return edit.start <= _place(columns[index]) <= edit.end
    before = next((one.place for one in reversed(columns[:index]) if one.place is not None), None)
    shared = min(len(edit.ref), len(edit.alt))
    return before is None or before == edit.start + shared - 1


def _best_end(columns: list[_Column], first: int, last: int, reference: Reference, step: int) -> list[_Column]:
    """The end of the read behind the gap (columns first to last), as it scores best; `step` is the way it goes."""
    behind = columns[first:]
    clips = [one for one in behind if one.operation == "S"]
    gapped = [one for one in behind if one.operation != "S"]
    anchor = next(one.place for one in reversed(columns[:first]) if one.place is not None)
    spelt = [one for one in gapped if one.base]
    try:
        straight = [_Column("M", anchor + step * i, one.base) for i, one in enumerate(spelt, start=1)]
        ungapped = _score(straight, reference)
        with_gap = _score(gapped, reference) + _OPEN + _EXTEND * (last - first + 1)
    except OutOfWindowError:
        return columns
    clip = 0 if clips else _CLIP
    if with_gap > max(ungapped, clip):
        return columns
    if ungapped >= clip:
        return [*columns[:first], *straight, *clips]
    return [*columns[:first], *(_Column("S", None, one.base) for one in spelt), *clips]


def _score(columns: Sequence[_Column], reference: Reference) -> int:
    return sum(
        _MATCH if one.base == reference.fetch(_place(one), _place(one)) else _MISMATCH
        for one in columns
        if one.operation == "M"
    )
