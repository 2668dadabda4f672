"""Translation, protein domains, and the predicted change of a protein in HGVS words."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from Bio.Data.CodonTable import standard_dna_table
from Bio.Data.IUPACData import protein_letters_1to3_extended

STOP = "*"
_CODONS: dict[str, str] = dict(standard_dna_table.forward_table) | dict.fromkeys(standard_dna_table.stop_codons, STOP)
_THREE: dict[str, str] = dict(protein_letters_1to3_extended) | {STOP: "Ter"}


def translate(bases: str) -> str:
    """Residues of whole codons in one-letter code, `*` for stop; goes on past a stop; a rest is left out.

    >>> translate("ATGCCCTGAAA")
    'MP*'
    """
    return "".join([_CODONS.get(bases[i : i + 3], "X") for i in range(0, len(bases) - 2, 3)])


def translate_until_stop(bases: str, start: int) -> str:
    """Residues from `start` (0-based) to the first stop, which is included; to the end where there is none."""
    residues = []
    for index in range(start, len(bases) - 2, 3):
        residue = _CODONS.get(bases[index : index + 3], "X")
        residues.append(residue)
        if residue == STOP:
            break
    return "".join(residues)


def three_letter(residues: Iterable[str]) -> str:
    """Residues in three-letter code, stop as `Ter`."""
    return "".join(_THREE[residue] for residue in residues)


def one_letter(description: str) -> str:
    """A protein description in one-letter code, stop as `*`.

    >>> one_letter("p.(Glu362ArgfsTer28)")
    'p.(E362Rfs*28)'
    """
    return _THREE_LETTER_CODE.sub(lambda found: _ONE[found[0]], description)


_ONE = {three: one for one, three in _THREE.items()}
_THREE_LETTER_CODE = re.compile("|".join(_ONE))


@dataclass(frozen=True, slots=True)
class Domain:
    """A named stretch of residues of the 431-residue isoform; first and last are included."""

    name: str
    first: int
    last: int
    source: str


@dataclass(frozen=True, slots=True)
class ProteinChange:
    """A predicted change: the first affected residue, the last, and the HGVS description without `p.(...)`.

    `stop` is the number that the stop codon has in the changed protein where the change brings it nearer or
    moves the frame; None where it stays where it is or none is reached.
    """

    first: int
    last: int
    description: str
    stop: int | None = None

    @property
    def hgvs(self) -> str:
        return f"p.({self.description})"


def unchanged(protein: str, first: int, last: int) -> ProteinChange:
    """Codons first to last (1-based) are written otherwise but encode the same residues."""
    name = _place(protein, first)
    if last > first:
        name += f"_{_place(protein, last)}"
    return ProteinChange(first, last, f"{name}=")


def start_lost() -> ProteinChange:
    """The start codon is gone; whether and where translation starts is not predicted."""
    return ProteinChange(1, 1, "Met1?")


def frameshift(protein: str, mutant: str, same: int = 0) -> ProteinChange:
    """The reading frame moves, or the stop codon is lost.

    Both proteins in one-letter code from the first residue: `protein` with its final `*`, `mutant` up to
    its first `*` or, where no stop is reached, to the end of the transcript. They must differ; `same` is a
    number of residues from the first that are known not to.

    >>> frameshift("MPNPR*", "MPTRG*").hgvs
    'p.(Asn3ThrfsTer4)'
    """
    start = next(i for i in range(same, len(protein)) if mutant[i : i + 1] != protein[i])
    place, last = _place(protein, start + 1), len(protein) - 1
    new, rest = mutant[start : start + 1], _until_stop(mutant, start)
    if protein[start] == STOP:
        ordinal = rest if rest == "?" else str(int(rest) - 1)
        return ProteinChange(start + 1, start + 1, f"{place}{three_letter(new)}extTer{ordinal}")
    if new == STOP:
        return ProteinChange(start + 1, last, f"{place}Ter", start + 1)
    stop = None if rest == "?" else start + int(rest)
    return ProteinChange(start + 1, last, f"{place}{three_letter(new)}fsTer{rest}", stop)


def in_frame(protein: str, start: int, removed: str, added: str) -> ProteinChange:
    """Whole residues `removed` at index `start` of `protein` (0-based) give way to `added`.

    `added` may hold a stop, after which nothing is translated; the two must differ.

    >>> in_frame("MKKEL*", 1, "K", "").hgvs
    'p.(Lys3del)'
    """
    if STOP in added and STOP not in removed:
        removed = _replaced_before_stop(removed, added)
    if STOP in added:
        added = added[: added.index(STOP) + 1]
    if removed.endswith(STOP) and added.endswith(STOP):
        removed, added = removed[:-1], added[:-1]
    head = _shared(removed, added)
    start, removed, added = start + head, removed[head:], added[head:]
    if added.endswith(STOP):
        return _early_stop(protein, start, removed, added)
    tail = _shared(removed[::-1], added[::-1])
    removed, added = removed[: len(removed) - tail], added[: len(added) - tail]
    if not removed:
        return _insertion(protein, start, added)
    first, last = start + 1, start + len(removed)
    if not added:
        first, last = _most_c_terminal(protein, first, last)
        return ProteinChange(first, last, f"{_range(protein, first, last)}del")
    if len(removed) == len(added) == 1:
        return ProteinChange(first, first, f"{_place(protein, first)}{three_letter(added)}")
    return ProteinChange(first, last, f"{_range(protein, first, last)}delins{three_letter(added)}")


def _place(protein: str, position: int) -> str:
    return f"{_THREE[protein[position - 1]]}{position}"


def _range(protein: str, first: int, last: int) -> str:
    return _place(protein, first) if first == last else f"{_place(protein, first)}_{_place(protein, last)}"


def _shared(one: str, two: str) -> int:
    """Length of the common start."""
    limit = min(len(one), len(two))
    return next((i for i in range(limit) if one[i] != two[i]), limit)


def _until_stop(mutant: str, start: int) -> str:
    """Ordinal of the new stop counted from the first changed residue; `?` where there is none."""
    stop = mutant.find(STOP, start)
    return str(stop - start + 1) if stop >= 0 else "?"


def _replaced_before_stop(removed: str, added: str) -> str:
    """What is replaced where a new stop comes early: residues that stand again behind the stop are not."""
    tail = _shared(removed[::-1], added[::-1])
    return removed[: len(removed) - tail] if len(removed) - tail <= added.index(STOP) else removed


def _early_stop(protein: str, start: int, removed: str, added: str) -> ProteinChange:
    last, stop = len(protein) - 1, start + len(added)
    if added == STOP:
        return ProteinChange(start + 1, last, f"{_place(protein, start + 1)}Ter", stop)
    if not removed:
        while added[0] == protein[start]:
            start, added = start + 1, added[1:]
        new = three_letter(added)
        if added == STOP:
            return ProteinChange(start + 1, last, f"{_place(protein, start + 1)}{new}", stop)
        return ProteinChange(start, last, f"{_range(protein, start, start + 1)}ins{new}", stop)
    new = three_letter(added)
    return ProteinChange(start + 1, last, f"{_range(protein, start + 1, start + len(removed))}delins{new}", stop)


def _most_c_terminal(protein: str, first: int, last: int) -> tuple[int, int]:
    """A deleted stretch moved as far to the C terminus as the sequence allows."""
    while last < len(protein) - 1 and protein[first - 1] == protein[last]:
        first, last = first + 1, last + 1
    return first, last


def _insertion(protein: str, start: int, added: str) -> ProteinChange:
    """Residues that go in before index `start`, moved as far to the C terminus as they can."""
    while protein[start] == added[0]:
        added = added[1:] + added[0]
        start += 1
    size = len(added)
    if protein[max(start - size, 0) : start] == added:
        return ProteinChange(start - size + 1, start, f"{_range(protein, start - size + 1, start)}dup")
    return ProteinChange(start, start + 1, f"{_range(protein, start, start + 1)}ins{three_letter(added)}")
