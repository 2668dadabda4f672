"""One alternate allele of the reference in normal form, and the views of it that formats want."""

from dataclasses import dataclass

from foxp3_annot.assembly import Assembly, Contig
from foxp3_annot.errors import OutOfWindowError
from foxp3_annot.reference import Reference


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Replace `ref` at `start` (1-based, plus strand) by `alt`; either may be empty, not both.

    With an empty `ref` the new bases go in before `start`.
    """

    start: int
    ref: str
    alt: str

    @property
    def end(self) -> int:
        """The last replaced base; `start - 1` for an insertion."""
        return self.start + len(self.ref) - 1


@dataclass(frozen=True, slots=True)
class Variant:
    """One alternate allele, fully justified: two spellings are the same allele if and only if they are equal.

    An insertion or deletion whose place is ambiguous covers the whole stretch over which it can move
    (the form of VRS and SPDI, NCBI's VOCA), so `start`, `ref` and `alt` do not depend on how it was
    written. Justification ends at the border of the embedded window. Make one with `Variant.of`.
    """

    assembly: Assembly | Contig
    start: int
    ref: str
    alt: str

    @classmethod
    def of(cls, reference: Reference, start: int, ref: str, alt: str) -> "Variant":
        """The normal form of `ref` replaced by `alt` at `start` (1-based; shared bases are allowed).

        `ref` must be the bases of the reference; OutOfWindowError where it leaves the window, ValueError
        where `ref` differs from the reference or from nothing (`ref == alt`).

        >>> from foxp3_annot.locus import Interval
        >>> reference = Reference(Interval(Assembly.GRCH38, 1, 8), "GACACATT")
        >>> Variant.of(reference, 3, "CA", "") == Variant.of(reference, 1, "GAC", "G")
        True
        """
        if reference.fetch(start, start + len(ref) - 1) != ref:
            raise ValueError(f"the reference at {start} is not {ref}")
        if ref == alt:
            raise ValueError("an allele that equals the reference is not a variant")
        edit = _trim(start, ref, alt)
        if edit.ref and edit.alt:
            return cls(reference.assembly, edit.start, edit.ref, edit.alt)
        left, right = _room(reference, edit)
        before = reference.fetch(edit.start - left, edit.start - 1)
        after = reference.fetch(edit.end + 1, edit.end + right)
        return cls(reference.assembly, edit.start - left, before + edit.ref + after, before + edit.alt + after)

    @property
    def end(self) -> int:
        return self.start + len(self.ref) - 1

    @property
    def key(self) -> tuple[str, int, str, str]:
        """A total order: build, place, bases."""
        return (self.assembly.label, self.start, self.ref, self.alt)

    @property
    def length_change(self) -> int:
        """Bases gained (positive) or lost (negative)."""
        return len(self.alt) - len(self.ref)

    def leftmost(self) -> Edit:
        """The shortest edit at its lowest coordinate."""
        if self.alt.startswith(self.ref):
            return Edit(self.start, "", self.alt[: self.length_change])
        if self.ref.startswith(self.alt):
            return Edit(self.start, self.ref[: -self.length_change], "")
        return Edit(self.start, self.ref, self.alt)

    def rightmost(self) -> Edit:
        """The shortest edit at its highest coordinate."""
        if self.alt.startswith(self.ref):
            return Edit(self.end + 1, "", self.alt[len(self.ref) :])
        if self.ref.startswith(self.alt):
            return Edit(self.start + len(self.alt), self.ref[len(self.alt) :], "")
        return Edit(self.start, self.ref, self.alt)

    def placements(self) -> tuple[Edit, ...]:
        """Every shortest edit that makes the allele, from the lowest coordinate to the highest."""
        moved, room = abs(self.length_change), min(len(self.ref), len(self.alt))
        if self.alt.startswith(self.ref):
            return tuple(Edit(self.start + k, "", self.alt[k : k + moved]) for k in range(room + 1))
        if self.ref.startswith(self.alt):
            return tuple(Edit(self.start + k, self.ref[k : k + moved], "") for k in range(room + 1))
        return (Edit(self.start, self.ref, self.alt),)

    def vcf(self, reference: Reference) -> Edit:
        """As a VCF record has it: leftmost, and with the base before it where a side would be empty.

        At the first base of the window the base after it is taken, as VCF prescribes for position 1.
        """
        edit = self.leftmost()
        if edit.ref and edit.alt:
            return edit
        if edit.start > reference.window.start:
            base = reference.fetch(edit.start - 1, edit.start - 1)
            return Edit(edit.start - 1, base + edit.ref, base + edit.alt)
        base = reference.fetch(edit.end + 1, edit.end + 1)
        return Edit(edit.start, edit.ref + base, edit.alt + base)

    def spdi(self) -> str:
        """Sequence, position (interbase), deleted and inserted bases, fully justified (NCBI SPDI)."""
        return f"{self.assembly.accession}:{self.start - 1}:{self.ref}:{self.alt}"


def _shared_prefix(one: str, two: str) -> int:
    limit = min(len(one), len(two))
    return next((i for i in range(limit) if one[i] != two[i]), limit)


def _trim(start: int, ref: str, alt: str) -> Edit:
    """Without shared bases: first those at the end, then those at the start, so that the edit lies leftmost."""
    if len(ref) == len(alt) == 1:
        return Edit(start, ref, alt)
    tail = _shared_prefix(ref[::-1], alt[::-1])
    ref, alt = ref[: len(ref) - tail], alt[: len(alt) - tail]
    head = _shared_prefix(ref, alt)
    return Edit(start + head, ref[head:], alt[head:])


def _room(reference: Reference, edit: Edit) -> tuple[int, int]:
    """How many bases an insertion or deletion can move to the left and to the right."""
    moved = edit.ref or edit.alt
    window, length = reference.window, len(moved)
    left = right = 0
    while edit.start - left > window.start:
        if reference.fetch(edit.start - left - 1, edit.start - left - 1) != moved[(-1 - left) % length]:
            break
        left += 1
    while edit.end + right < window.end:
        if reference.fetch(edit.end + right + 1, edit.end + right + 1) != moved[right % length]:
            break
        right += 1
    return left, right


def substitution(reference: Reference, position: int, alt: str) -> Variant:
    """The variant that puts one base in place of another."""
    return Variant.of(reference, position, reference.fetch(position, position), alt)


def within_window(reference: Reference, start: int, ref: str) -> bool:
    """Whether all bases that a record replaces lie in the window."""
    try:
        reference.fetch(start, start + len(ref) - 1)
    except OutOfWindowError:
        return False
    return True
