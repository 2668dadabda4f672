"""The words for a change (`>`, del, dup, ins, inv, `=`, repeats), and the variant they make on a sequence."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from foxp3_annot.description.reading import Alternative, Question
from foxp3_annot.gene import GeneModel
from foxp3_annot.reference import reverse_complement
from foxp3_annot.transcript import Strand
from foxp3_annot.variant import Variant

MOST_REPEATED = 50_000
PLACE = r"[-*]?[0-9]{1,9}(?:[+-][0-9]{1,9})?"
_CHANGE = re.compile(
    rf"(?P<first>{PLACE})(?:_(?P<last>{PLACE}))?(?:"
    r"(?P<ref>[ACGT]+)>(?P<alt>[ACGT]+)"
    r"|(?P<same>[ACGT]*)="
    r"|del(?P<deleted>[ACGT]*|[0-9]{1,5})(?P<ins>/?ins(?P<inserted>[ACGT]*))?"
    r"|dup(?P<doubled>[ACGT]*|[0-9]{1,5})"
    r"|ins(?P<added>[ACGT]*)"
    r"|inv(?P<turned>[ACGT]*|[0-9]{1,5})"
    r"|(?P<unit>[ACGT]*)\[(?P<copies>[0-9]{1,4})\])",
    re.I,
)
_ANNOVAR = re.compile(r"(?P<ref>[ACGT])(?P<place>[0-9]{1,9})(?P<alt>[ACGT])", re.I)


@dataclass(frozen=True, slots=True)
class Change:
    """A change as written, its bases on the strand of the text.

    `stated` are the bases said to be there and `length` their number where only that is said; `new` the
    bases that come instead; `copies` belongs to a repeat of `stated`.
    """

    first: str
    last: str
    kind: str
    stated: str = ""
    length: int | None = None
    new: str = ""
    copies: int = 0

    @property
    def places(self) -> tuple[str, ...]:
        return (self.first, self.last) if self.last else (self.first,)

    @property
    def states_bases(self) -> bool:
        return bool(self.stated)

    def complemented(self) -> "Change":
        """The same words with the bases of the other strand, in their own order."""
        stated, new = (reverse_complement(bases) for bases in (self.stated, self.new))
        return replace(self, stated=stated, new=new)


def parse_change(words: str) -> Change | None:
    """The change in words such as `751_753delGAG`; None for anything else.

    >>> parse_change("1117_1118delTTinsGC").new
    'GC'
    """
    swapped = _ANNOVAR.fullmatch(words)
    if swapped:
        words = f"{swapped['place']}{swapped['ref']}>{swapped['alt']}"
    found = _CHANGE.fullmatch(words)
    if not found:
        return None
    first, last = found["first"], found["last"] or ""
    if found["ref"]:
        return Change(first, last, "sub", found["ref"].upper(), new=found["alt"].upper())
    if found["same"] is not None:
        return Change(first, last, "same", found["same"].upper())
    if found["copies"]:
        return Change(first, last, "repeat", found["unit"].upper(), copies=int(found["copies"]))
    if found["added"] is not None:
        return Change(first, last, "ins", new=found["added"].upper())
    kind, stated = next(
        (kind, found[group])
        for kind, group in (("del", "deleted"), ("dup", "doubled"), ("inv", "turned"))
        if found[group] is not None
    )
    if found["ins"]:
        kind = "delins"
    bases, length = ("", int(stated)) if stated.isdigit() else (stated.upper(), None)
    return Change(first, last, kind, bases, length, (found["inserted"] or "").upper())


@dataclass(frozen=True, slots=True)
class Ruler:
    """A way to count along one strand of a build; `index` leads from a place as written to an index of `bases`."""

    model: GeneModel
    strand: Strand
    index: Callable[[str], int]

    @property
    def bases(self) -> str:
        if self.strand is Strand.PLUS:
            return self.model.reference.bases
        return self.model.transcript.bases

    def position(self, index: int) -> int:
        """Plus-strand position."""
        if self.strand is Strand.PLUS:
            return index + self.model.window.start
        return self.model.transcript.position(index)

    def variant(self, start: int, ref: str, alt: str) -> Variant:
        """`ref` at an index gives way to `alt`; an empty `ref` puts `alt` before it."""
        if self.strand is Strand.PLUS:
            return Variant.of(self.model.reference, self.position(start), ref, alt)
        last = self.position(start + len(ref) - 1)
        return Variant.of(self.model.reference, last, reverse_complement(ref), reverse_complement(alt))


def applied(change: Change, ruler: Ruler, question: Question) -> Alternative:
    """The variant that the words make, all that they state checked against the reference."""
    first = ruler.index(change.first)
    last = ruler.index(change.last) if change.last else first
    note = ""
    if last < first:
        raise question.refused("the positions are not in order")
    if change.kind == "ins":
        return _inserted(change, first, last, ruler, question)
    if change.kind == "repeat":
        return _repeated(change, first, last, ruler, question)
    length = len(change.stated) or change.length or 1
    if not change.last and length > 1:
        last = first + length - 1
        note = "" if change.kind == "sub" else f"counted {length} bases from the one position named"
    if (change.stated or change.length) and length != last - first + 1:
        told = change.stated or f"{length} bases"
        raise question.refused(f"{told} does not fill the positions named, which are {last - first + 1} bases")
    there = _there(first, last, ruler, question)
    if change.stated and change.stated != there:
        raise question.unfit(_mismatch(ruler, first, last, there, change.stated))
    return Alternative(_made(ruler, question, first, there, _new_bases(change, there, question)), note)


def _new_bases(change: Change, there: str, question: Question) -> str:
    if change.kind == "delins" and not change.new:
        raise question.refused("delins must be followed by the inserted bases")
    return {"same": there, "dup": there + there, "inv": reverse_complement(there)}.get(change.kind, change.new)


def _inserted(change: Change, first: int, last: int, ruler: Ruler, question: Question) -> Alternative:
    if last != first + 1 or not change.new:
        raise question.refused(
            "an insertion names two neighbouring positions and the bases between them, as in c.1210_1211insC"
        )
    _there(first, last, ruler, question)
    return Alternative(ruler.variant(last, "", change.new))


def _repeated(change: Change, first: int, last: int, ruler: Ruler, question: Question) -> Alternative:
    """A number of copies in place of those there; the place named is the first copy or the whole repeat."""
    unit = change.stated or _there(first, last, ruler, question)
    there = ruler.bases[first : first + len(unit)]
    if there != unit:
        raise question.unfit(_mismatch(ruler, first, first + len(unit) - 1, there, unit))
    if ruler.bases[max(first - len(unit), 0) : first] == unit:
        raise question.refused(f"the repeat of {unit} starts before {change.first}; name its first base")
    copies = 0
    while ruler.bases.startswith(unit, first + copies * len(unit)):
        copies += 1
    if change.last and last - first + 1 not in (len(unit), copies * len(unit)):
        raise question.refused(f"the reference has {unit} {copies} times there, which the positions do not cover")
    if change.copies == copies:
        raise question.refused(f"equals the reference, which has {unit} {copies} times there")
    if len(unit) * change.copies > MOST_REPEATED:
        raise question.refused(f"a repeat of more than {MOST_REPEATED} bases cannot be looked up")
    made = _made(ruler, question, first, unit * copies, unit * change.copies)
    return Alternative(made, f"{change.copies} copies of {unit} instead of {copies}")


def _made(ruler: Ruler, question: Question, first: int, ref: str, alt: str) -> Variant:
    if ref == alt:
        raise question.refused(
            f"equals the reference, which has {_short(ref)} there ({_where(ruler, first, first + len(ref) - 1)}); "
            f"there is no variant to describe{_base_of_other_build(ruler, question, first, ref)}"
        )
    return ruler.variant(first, ref, alt)


def _base_of_other_build(ruler: Ruler, question: Question, first: int, base: str) -> str:
    """A word where the builds differ, so that one base is the reference of this build and a variant of the other."""
    here = ruler.model.assembly
    position = question.gene.block_map.lift(here, ruler.position(first)) if len(base) == 1 else None
    if position is None:
        return ""
    plus = question.gene.on(here.other).reference.fetch(position, position)
    there = plus if ruler.strand is Strand.PLUS else reverse_complement(plus)
    return "" if there == base else f", but {here.other} has {there} there (--assembly {here.other})"


def _there(first: int, last: int, ruler: Ruler, question: Question) -> str:
    if first < 0 or last >= len(ruler.bases):
        raise question.refused(f"lies outside the FOXP3 window {ruler.model.window}")
    return ruler.bases[first : last + 1]


def _mismatch(ruler: Ruler, first: int, last: int, there: str, stated: str) -> str:
    return f"the reference has {_short(there)} there ({_where(ruler, first, last)}), not {_short(stated)}"


def _where(ruler: Ruler, first: int, last: int) -> str:
    one, two = sorted((ruler.position(first), ruler.position(last)))
    place = str(one) if one == two else f"{one}-{two}"
    return f"chrX:{place}, {ruler.model.assembly}"


def _short(bases: str) -> str:
    return bases if len(bases) <= 30 else f"{bases[:30]}... ({len(bases)} bases)"
