"""Reading a variant from text: VCF-like, HGVS g., c. and p., back into normal form."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from foxp3_annot.assembly import UNVERSIONED_X_NAMES, Assembly, assembly_of_contig
from foxp3_annot.effect import effect_of
from foxp3_annot.errors import DescriptionError, OutOfWindowError
from foxp3_annot.gene import Gene, GeneModel
from foxp3_annot.protein import three_letter
from foxp3_annot.reference import reverse_complement
from foxp3_annot.transcript import Strand, Transcript
from foxp3_annot.variant import Variant, substitution

_VCF_LIKE = re.compile(
    r"(?P<contig>[\w.]+)[:\-\s](?P<position>[\d,]+)[:\-\s]+(?P<ref>[ACGT]+)[:>\-\s/]+(?P<alt>[ACGT]+)", re.I
)
_GENOMIC = re.compile(r"(?:(?P<accession>[\w.]+)(?:\([^)]*\))?:)?g\.(?P<rest>\S+)")
_CODING = re.compile(r"(?:(?P<accession>[\w.]+)(?:\([^)]*\))?:)?c\.(?P<rest>\S+)")
_PROTEIN = re.compile(
    r"(?:(?P<accession>[\w.]+)(?:\([^)]*\))?:)?(?:p\.)?\(?(?P<rest>[A-Z][a-z]{0,2}\d+(?:[A-Z*=][a-z]{0,2}|=|\?))\)?"
)
_PLACE = r"[-*]?\d+(?:[+-]\d+)?"
_CHANGE = re.compile(
    rf"(?P<first>{_PLACE})(?:_(?P<last>{_PLACE}))?"
    r"(?:(?P<ref>[ACGT]+)>(?P<alt>[ACGT]+)|(?P<kind>delins|del|dup|ins|inv)(?P<bases>[ACGT]*)(?:ins(?P<inserted>[ACGT]+))?)",
    re.I,
)
_CODING_PLACE = re.compile(r"(?P<zone>[-*]?)(?P<number>\d+)(?:(?P<sign>[+-])(?P<offset>\d+))?")
_RESIDUE = re.compile(r"(?P<before>[A-Z][a-z]{0,2})(?P<number>\d+)(?P<after>[A-Z*=?][a-z]{0,2})")

_SYNONYMS = {"LRG_62t1": "NM_014009.3", "FOXP3": "NM_014009.4"}

EXAMPLES = "chrX:49251480:C:T, NC_000023.11:g.49251480C>T, c.1150G>A, NM_014009.4:c.1150G>A, p.Ala384Thr"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text can mean: one variant, or for a protein change every substitution that makes it."""

    text: str
    variants: tuple[Variant, ...]


def read_description(text: str, gene: Gene, assembly: Assembly | None = None) -> Reading:
    """The variants that `text` can mean; `assembly` is needed only where the text does not tell the build.

    A coding name counts on GRCh38 unless a build is given. Raises DescriptionError for text that cannot be
    read or does not fit the reference.
    """
    cleaned = text.strip()
    for pattern, reader in ((_VCF_LIKE, _vcf_like), (_GENOMIC, _genomic), (_CODING, _coding), (_PROTEIN, _protein)):
        found = pattern.fullmatch(cleaned)
        if found:
            try:
                return Reading(cleaned, tuple(reader(found, gene, assembly)))
            except OutOfWindowError as error:
                raise DescriptionError(f"'{cleaned}': {error}") from error
    raise DescriptionError(f"'{cleaned}' is not understood; write a variant like one of {EXAMPLES}")


# --- genomic ------------------------------------------------------------------------------------------


def _vcf_like(found: re.Match[str], gene: Gene, assembly: Assembly | None) -> Iterable[Variant]:
    contig, position = found["contig"], int(found["position"].replace(",", ""))
    if contig not in UNVERSIONED_X_NAMES and assembly_of_contig(contig) is None:
        raise DescriptionError(f"'{found[0]}': {contig} is not chromosome X; FOXP3 lies on chrX")
    model = _model_at(gene, position, assembly_of_contig(contig) or assembly, found[0])
    ref, alt = found["ref"].upper(), found["alt"].upper()
    yield _checked(model, position, ref, alt, found[0])


def _genomic(found: re.Match[str], gene: Gene, assembly: Assembly | None) -> Iterable[Variant]:
    named = assembly_of_contig(found["accession"] or "")
    if found["accession"] and named is None and found["accession"] not in UNVERSIONED_X_NAMES:
        raise DescriptionError(f"'{found[0]}': {found['accession']} is not supported; use NC_000023.10 or NC_000023.11")
    change = _change(found["rest"], found[0])
    if not change["first"].isdigit() or not (change["last"] or "0").isdigit():
        raise DescriptionError(f"'{found[0]}': a genomic position is a plain number")
    first = int(change["first"])
    model = _model_at(gene, first, named or assembly, found[0])
    yield _changed(model, first, int(change["last"] or first), change, found[0], Strand.PLUS)


def _model_at(gene: Gene, position: int, assembly: Assembly | None, text: str) -> GeneModel:
    """The build on which a position lies in the window; the windows of the builds do not overlap."""
    for model in gene.models.values():
        if position in model.window and assembly in (None, model.assembly):
            return model
    windows = " and ".join(str(m.window) for m in gene.models.values() if assembly in (None, m.assembly))
    raise DescriptionError(f"'{text}': position {position} lies outside the FOXP3 window, {windows}")


# --- coding -------------------------------------------------------------------------------------------


def _coding(found: re.Match[str], gene: Gene, assembly: Assembly | None) -> Iterable[Variant]:
    model = gene.on(assembly or Assembly.GRCH38)
    transcript = _transcript(model, found["accession"], found[0])
    change = _change(found["rest"], found[0])
    first = _offset(transcript, change["first"], found[0])
    last = _offset(transcript, change["last"], found[0]) if change["last"] else first
    if last < first:
        raise DescriptionError(f"'{found[0]}': the positions are not in order")
    places = sorted((transcript.position(first), transcript.position(last)))
    yield _changed(model, places[0], places[1], change, found[0], transcript.strand)


def _transcript(model: GeneModel, accession: str | None, text: str) -> Transcript:
    if accession is None:
        return model.transcript
    wanted = _SYNONYMS.get(accession, accession)
    for transcript in model.transcripts:
        if wanted in (transcript.accession, transcript.accession.split(".")[0]):
            return transcript
    known = ", ".join(transcript.accession for transcript in model.transcripts)
    raise DescriptionError(f"'{text}': transcript {accession} is not known; use one of {known}")


def _offset(transcript: Transcript, place: str, text: str) -> int:
    """Offset of a c. position; DescriptionError where the transcript has no such position."""
    found = _CODING_PLACE.fullmatch(place)
    if not found:
        raise DescriptionError(f"'{text}': '{place}' is not a c. position")
    start, end = transcript.coding_mrna
    number = int(found["number"])
    index = {"-": start - number, "*": end + number - 1, "": start + number - 1}[found["zone"]]
    outside = not 0 <= index < len(transcript.mrna) or number == 0 or (not found["zone"] and index >= end)
    if outside:
        raise DescriptionError(f"'{text}': c.{place} is not a position of {transcript.accession}")
    anchor = _offset_of_mrna(transcript, index)
    if not found["sign"]:
        return anchor
    distance = int(found["offset"])
    offset = anchor + distance if found["sign"] == "+" else anchor - distance
    for one, two in zip(transcript.exons, transcript.exons[1:], strict=False):
        at_border = anchor == (one.end - 1 if found["sign"] == "+" else two.start)
        if at_border and one.end <= offset < two.start:
            return offset
    raise DescriptionError(
        f"'{text}': c.{place} does not lie in an intron of {transcript.accession}: c.{found['zone']}{number} is not "
        f"the border of an exon, or the intron is shorter"
    )


def _offset_of_mrna(transcript: Transcript, index: int) -> int:
    for exon in transcript.exons:
        if index < len(exon):
            return exon.start + index
        index -= len(exon)
    raise AssertionError("the index was checked against the length of the mRNA")


# --- changes ------------------------------------------------------------------------------------------


def _change(rest: str, text: str) -> dict[str, str]:
    found = _CHANGE.fullmatch(rest)
    if not found:
        raise DescriptionError(f"'{text}': the change '{rest}' is not understood; write a variant like {EXAMPLES}")
    return {key: value or "" for key, value in found.groupdict().items()}


def _changed(model: GeneModel, first: int, last: int, change: dict[str, str], text: str, strand: Strand) -> Variant:
    """The variant of a change over plus-strand positions first to last, its bases given on `strand`."""

    def plus(bases: str) -> str:
        return reverse_complement(bases.upper()) if strand is Strand.MINUS else bases.upper()

    there = model.reference.fetch(first, last)
    kind = change["kind"].lower()
    if not kind:
        if len(change["ref"]) != last - first + 1 and change["last"]:
            raise DescriptionError(f"'{text}': {change['ref']} does not fill the positions named")
        last = first + len(change["ref"]) - 1 if not change["last"] else last
        return _checked(model, first, plus(change["ref"]), plus(change["alt"]), text, plus)
    stated = change["bases"] if kind in ("del", "dup", "inv") else ""
    if stated and plus(stated) != there:
        raise DescriptionError(f"'{text}': the reference has {plus(there)} there, not {stated.upper()}")
    if kind == "ins":
        if last != first + 1 or not change["bases"]:
            raise DescriptionError(
                f"'{text}': an insertion names two neighbouring positions and the bases between them"
            )
        return _checked(model, last, "", plus(change["bases"]), text)
    new = {
        "del": plus(change["inserted"]),
        "delins": plus(change["bases"]),
        "dup": there + there,
        "inv": reverse_complement(there),
    }[kind]
    if kind == "delins" and not change["bases"]:
        raise DescriptionError(f"'{text}': delins must be followed by the inserted bases")
    return _checked(model, first, there, new, text)


def _checked(
    model: GeneModel, position: int, ref: str, alt: str, text: str, show: Callable[[str], str] = str
) -> Variant:
    """The variant, or a sentence that says what the reference has there; `show` gives bases the text's strand."""
    there = model.reference.fetch(position, position + len(ref) - 1)
    if there != ref:
        raise DescriptionError(
            f"'{text}': the reference has {show(there)} there (chrX:{position}, {model.assembly}), not {show(ref)}"
        )
    if ref == alt:
        raise DescriptionError(f"'{text}': equals the reference of {model.assembly}; there is no variant to describe")
    return Variant.of(model.reference, position, ref, alt)


# --- protein ------------------------------------------------------------------------------------------


def _protein(found: re.Match[str], gene: Gene, assembly: Assembly | None) -> Iterable[Variant]:
    """Every substitution of one base, and every change within the codon, that makes the protein change."""
    model = gene.on(assembly or Assembly.GRCH38)
    transcript = model.transcript
    parts = _RESIDUE.fullmatch(found["rest"])
    if not parts or parts["after"] in ("=", "?"):
        raise DescriptionError(f"'{found[0]}': only a substitution of a residue can be looked up by its protein name")
    number, before, after = int(parts["number"]), _long(parts["before"], found[0]), _long(parts["after"], found[0])
    if not 1 <= number < len(transcript.protein):
        raise DescriptionError(
            f"'{found[0]}': FOXP3 has {len(transcript.protein) - 1} residues, there is none {number}"
        )
    there = three_letter(transcript.protein[number - 1])
    if there != before:
        raise DescriptionError(
            f"'{found[0]}': residue {number} is {there}, not {before}; old papers number by the 381-residue protein "
            "(add 50)"
        )
    wanted = f"p.({before}{number}{after})"
    variants = [v for v in _codon_substitutions(model, number) if _protein_name(transcript, v) == wanted]
    if not variants:
        raise DescriptionError(f"'{found[0]}': no substitution of one base makes this change; give the c. name")
    return variants


def _codon_substitutions(model: GeneModel, number: int) -> Iterable[Variant]:
    transcript = model.transcript
    start = transcript.coding_mrna[0] + 3 * (number - 1)
    for index in range(start, start + 3):
        position = transcript.position(_offset_of_mrna(transcript, index))
        for base in "ACGT":
            if base != model.reference.fetch(position, position):
                yield substitution(model.reference, position, base)


def _protein_name(transcript: Transcript, variant: Variant) -> str:
    return effect_of(transcript, transcript.edit_of(variant)).hgvs_p


def _long(residue: str, text: str) -> str:
    """Three-letter code of a residue given in either code."""
    letters = {three_letter(one): one for one in "ACDEFGHIKLMNPQRSTVWY*"}
    if residue in letters:
        return residue
    if residue in letters.values():
        return three_letter(residue)
    if residue == "X":
        return "Ter"
    raise DescriptionError(f"'{text}': '{residue}' is not an amino acid")
