"""Protein changes, and the changes of DNA that make them: many can, and all that are looked for are listed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from foxp3_annot.description.reading import Alternative, Numbering, Question, UnfitError, joined
from foxp3_annot.effect import effect_of
from foxp3_annot.gene import GeneModel
from foxp3_annot.protein import STOP, in_frame, three_letter, translate
from foxp3_annot.reference import reverse_complement
from foxp3_annot.transcript import Transcript
from foxp3_annot.variant import Variant

SYNONYMS = ("NP_054728", "NP_054728.2", "LRG_62P1", "Q9BZS1", "Q9BZS1-1")

CODONS_SEARCHED = 5
"""A frameshift may leave the first residues behind it as they were: it is looked for from this many codons before."""

_LETTERS = {three_letter(one): one for one in "ACDEFGHIKLMNPQRSTVWY"} | {
    "Ter": STOP,
    "Stop": STOP,
    "X": STOP,
    STOP: STOP,
}
_RESIDUE = rf"(?:{'|'.join(three_letter(one) for one in 'ACDEFGHIKLMNPQRSTVWY')}|Ter|Stop|[ACDEFGHIKLMNPQRSTVWYX*])"
_STOP = r"(?:Ter|Stop|X|\*)"
_PLACE = rf"(?P<before>{_RESIDUE})(?P<number>[0-9]{{1,5}})(?:_(?P<last_before>{_RESIDUE})(?P<last>[0-9]{{1,5}}))?"
_CHANGE = re.compile(
    rf"(?:{_PLACE}(?:"
    rf"(?P<shifted>{_RESIDUE})?(?P<fs>fs)(?:{_STOP}?(?P<stop>[0-9]{{1,5}}|\?)?|{_STOP})"
    rf"|(?P<extended>{_RESIDUE})ext(?:{_STOP}?(?P<extension>[0-9]{{1,5}}|\?)?)"
    rf"|(?P<gone>del)(?:ins(?P<instead>{_RESIDUE}++))?"
    r"|(?P<doubled>dup)"
    rf"|ins(?P<added>{_RESIDUE}++)"
    r"|(?P<same>=)|(?P<lost>\?)"
    rf"|(?P<after>{_RESIDUE}))"
    rf"|del(?P<gone_before>{_RESIDUE})(?P<gone_number>[0-9]{{1,5}}))",
    re.I,
)


@dataclass(frozen=True, slots=True)
class ProteinName:
    """A protein change as written, in one-letter code: residues `before` at `first` and `last`.

    `kind` is one of sub, same, lost (start), fs, ext, del, dup, ins, delins; `after` are the new residues;
    `stop` is where the new frame ends, as written. What the text leaves out is empty.
    """

    before: str
    first: int
    last_before: str
    last: int
    kind: str
    after: str = ""
    stop: str = ""

    def fits(self, other: "ProteinName") -> bool:
        """Whether a complete name says all that this one says."""
        if self.kind == "sub" and other.kind == "lost":
            return self.first == other.first == 1
        if self.kind == "sub" and self.before == STOP and other.kind == "ext":
            return self.after == other.after
        return (
            (self.before, self.first, self.last, self.kind) == (other.before, other.first, other.last, other.kind)
            and self.after in ("", other.after)
            and self.stop in ("", other.stop)
        )


def parse_protein(words: str) -> ProteinName | None:
    """The protein change in words such as `(Ala384Thr)`, `A384T` or `F102HfsX103`; None for anything else.

    >>> parse_protein("F102HfsX103").stop
    '103'
    """
    found = _CHANGE.fullmatch(words.strip("()[]"))
    if not found:
        return None
    if found["gone_before"]:
        before, number = _letters(found["gone_before"]), int(found["gone_number"])
        return ProteinName(before, number, before, number, "del")
    before, number = _letters(found["before"]), int(found["number"])
    last_before, last = _letters(found["last_before"] or found["before"]), int(found["last"] or number)
    kind, after, stop = "sub", _letters(found["after"] or ""), ""
    if found["fs"]:
        kind, after, stop = "fs", _letters(found["shifted"] or ""), found["stop"] or ""
    elif found["extended"]:
        kind, after, stop = "ext", _letters(found["extended"]), found["extension"] or ""
    elif found["gone"]:
        kind, after = ("delins" if found["instead"] else "del"), _letters(found["instead"] or "")
    elif found["doubled"]:
        kind = "dup"
    elif found["added"]:
        kind, after = "ins", _letters(found["added"])
    elif found["same"] or after == before:
        kind, after = "same", ""
    elif found["lost"]:
        kind = "lost"
    return ProteinName(before, number, last_before, last, kind, after, stop)


def protein(name: ProteinName, question: Question) -> tuple[Alternative, ...]:
    """Every variant found to make the change, along the gene; refused where there is none."""
    if question.numbering:
        shift = question.numbering.residue_shift
        name = replace(name, first=name.first + shift, last=name.last + shift)
    model = question.model
    _check_residues(name, model.transcript, question)
    wanted = _three_prime(name, model.transcript.protein)
    found = [
        Alternative(variant, note)
        for variant, note in _candidates(wanted, model)
        if _makes(wanted, variant, model.transcript)
    ]
    found += _curated(wanted, question)
    if not found:
        raise question.refused(_nothing_found(wanted))
    order = {one.variant: model.transcript.edit_of(one.variant) for one in found}
    return joined(sorted(found, key=lambda one: order[one.variant]))


def _letters(residues: str) -> str:
    """One-letter code of residues in either code, upper or lower case."""
    parts = re.findall(_RESIDUE, residues, re.I)
    return "".join(_LETTERS.get(part.capitalize() if len(part) > 1 else part.upper(), part.upper()) for part in parts)


def _check_residues(name: ProteinName, transcript: Transcript, question: Question) -> None:
    residues = transcript.protein
    for letter, number in ((name.before, name.first), (name.last_before, name.last)):
        is_there = 1 <= number <= len(residues)
        if is_there and residues[number - 1] == letter:
            continue
        if is_there:
            reason = f"residue {number} is {_shown(residues[number - 1])}, not {_shown(letter)}"
        else:
            reason = f"FOXP3 has {len(residues) - 1} residues, there is none {number}"
        raise _with_hints(question.unfit(reason), name, question)
    if name.last < name.first:
        raise question.refused("the residues are not in order")


def _with_hints(unfit: UnfitError, name: ProteinName, question: Question) -> UnfitError:
    """The refusal, with the numberings by which the residues would fit."""
    residues = question.model.transcript.protein
    hints = []

    def fits(shift: int) -> bool:
        places = ((name.before, name.first + shift), (name.last_before, name.last + shift))
        return all(1 <= n <= len(residues) and residues[n - 1] == letter for letter, n in places)

    jm2 = Numbering.JM2
    if question.numbering is not jm2 and fits(jm2.residue_shift):
        hints.append(
            f"by {jm2.label}, that of a 381-residue protein, it is residue {name.first + jm2.residue_shift} "
            f"(add {jm2.residue_shift}; {jm2.option})"
        )
    if question.numbering is jm2 and fits(-jm2.residue_shift):
        hints.append(f"it fits without {jm2.option}")
    lost = _residues_lost_in_isoform_b(question)
    if question.numbering is None and fits(lost):
        hints.append(f"by the numbers of isoform b, which lacks {lost} residues, it is residue {name.first + lost}")
    swapped = re.fullmatch(r"([ACGT])([0-9]+)([ACGT])", question.text)
    if swapped and question.model.transcript.cds[int(swapped[2]) - 1 : int(swapped[2])] == swapped[1]:
        hints.append(f"a change of DNA is written c.{swapped[2]}{swapped[1]}>{swapped[3]}")
    return UnfitError("; ".join([str(unfit), *hints]))


def _residues_lost_in_isoform_b(question: Question) -> int:
    lengths = [len(transcript.protein) for transcript in question.model.transcripts]
    return max(lengths) - min(lengths)


def _shown(letter: str) -> str:
    return three_letter(letter)


def _three_prime(name: ProteinName, residues: str) -> ProteinName:
    """A deletion or duplication as far to the C terminus as it goes, where descriptions have it."""
    stretch = residues[name.first - 1 : name.last]
    if name.kind == "del" and STOP not in stretch:
        described = in_frame(residues, name.first - 1, stretch, "").description
    elif name.kind == "dup" and STOP not in stretch:
        described = in_frame(residues, name.last, "", stretch).description
    else:
        return name
    return parse_protein(described) or name


def _makes(name: ProteinName, variant: Variant, transcript: Transcript) -> bool:
    hgvs_p = effect_of(transcript, transcript.edit_of(variant)).hgvs_p
    return agrees(name, hgvs_p)


def agrees(name: ProteinName, hgvs_p: str) -> bool:
    """Whether a protein name in full, such as `p.(Ala384Thr)`, says all that `name` says."""
    full = parse_protein(hgvs_p.removeprefix("p."))
    return full is not None and name.fits(full)


# --- candidates -----------------------------------------------------------------------------------------


def _candidates(name: ProteinName, model: GeneModel) -> Iterator[tuple[Variant, str]]:
    """Changes of DNA that may make the change, with a word on each."""
    match name.kind:
        case "sub" | "same" | "lost" | "ext":
            yield from _substitutions(name, model)
        case "fs":
            yield from _frameshifts(name, model)
        case "del":
            yield from _deletions(name, model)
        case "dup":
            stretch = _coding(model.transcript, 3 * (name.first - 1), 3 * name.last)
            if stretch:
                yield _edit(model, stretch[1], "", model.transcript.bases[slice(*stretch)]), "the codons twice"


def _substitutions(name: ProteinName, model: GeneModel) -> Iterator[tuple[Variant, str]]:
    """Every change of one base in the codon."""
    transcript = model.transcript
    first = 3 * (name.first - 1)
    codon = transcript.cds[first : first + 3]
    for index in range(3):
        for base in "ACGT":
            new = f"{codon[:index]}{base}{codon[index + 1 :]}"
            if new == codon or (name.kind == "sub" and translate(new) != name.after):
                continue
            stretch = _coding(transcript, first + index, first + index + 1)
            assert stretch, "one base has no intron inside"
            yield _edit(model, stretch[0], codon[index], base), f"codon {name.first} {codon} to {new}"


def _deletions(name: ProteinName, model: GeneModel) -> Iterator[tuple[Variant, str]]:
    """The deletion of the codons, and those of as many bases that start up to two bases beside them."""
    first, last = 3 * (name.first - 1), 3 * name.last
    for shift in range(-2, 3):
        stretch = _coding(model.transcript, first + shift, last + shift)
        if stretch:
            yield (
                _edit(model, stretch[0], model.transcript.bases[slice(*stretch)], ""),
                f"deletion of {last - first} bases",
            )


def _frameshifts(name: ProteinName, model: GeneModel) -> Iterator[tuple[Variant, str]]:
    """Deletions of one and two bases and duplications of one, in the codon and the few before it."""
    bases = model.transcript.bases
    for index in range(max(3 * (name.first - 1 - CODONS_SEARCHED), 0), 3 * name.first):
        for length in (1, 2):
            stretch = _coding(model.transcript, index, index + length)
            if stretch:
                gone = bases[slice(*stretch)]
                yield _edit(model, stretch[0], gone, ""), f"deletion of {'one base' if length == 1 else 'two bases'}"
                if length == 1:
                    yield _edit(model, stretch[1], "", gone), "duplication of one base"


def _coding(transcript: Transcript, first: int, last: int) -> tuple[int, int] | None:
    """Offsets of bases [first, last) of the coding sequence; None where an intron lies inside or they do not exist."""
    start, end = transcript.coding_mrna
    if first < 0 or last > end - start:
        return None
    index = start + first
    for exon in transcript.exons:
        if index < len(exon):
            stretch = (exon.start + index, exon.start + index + last - first)
            return stretch if stretch[1] <= exon.end else None
        index -= len(exon)
    return None


def _edit(model: GeneModel, offset: int, ref: str, alt: str) -> Variant:
    position = model.transcript.position(offset + len(ref) - 1)
    return Variant.of(model.reference, position, reverse_complement(ref), reverse_complement(alt))


def _curated(name: ProteinName, question: Question) -> Iterator[Alternative]:
    """Curated variants whose protein change this is, however they make it."""
    if name.kind == "sub" and name.first == 1:
        return  # every loss of the start is p.(Met1?), which does not tell the new residue
    for curated in question.catalogue.variants if question.catalogue else ():
        if agrees(name, curated.hgvs_p):
            yield Alternative(curated.alleles[question.model.assembly], f"curated as {curated.id}")


def _nothing_found(name: ProteinName) -> str:
    looked_for = {
        "sub": "no substitution of one base makes this change, and no curated variant does",
        "fs": "no deletion of one or two bases and no duplication of one base makes exactly this frameshift",
        "del": "no deletion within one exon makes this change",
        "dup": "no duplication within one exon makes this change",
        "ins": "many changes of DNA can make an insertion of residues",
        "delins": "many changes of DNA can make such a replacement",
    }
    return f"{looked_for.get(name.kind, 'no substitution of one base makes this change')}; give the c. name"
