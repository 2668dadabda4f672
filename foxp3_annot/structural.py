"""Names and reach of large alleles that a file gives only by type and extent."""

from collections.abc import Iterator
from dataclasses import dataclass

from foxp3_annot.assembly import build_of
from foxp3_annot.callset import StructuralAllele
from foxp3_annot.gene import GeneModel
from foxp3_annot.transcript import Exon, Transcript

_WORDS = {"DEL": "del", "DUP": "dup", "INV": "inv"}


@dataclass(frozen=True, slots=True)
class StructuralAnnotation:
    """A structural allele described on the gene.

    `hgvs_g` and `hgvs_c` are empty for types that HGVS names only with bases or partners that the file does
    not give (INS, BND, CNV); `hgvs_c` also where an end lies outside the transcript. `exons` are those met,
    `whole_exons` those covered whole, by number in NM_014009; `terms` are Sequence Ontology terms.
    """

    hgvs_g: str
    hgvs_c: str
    exons: tuple[int, ...]
    whole_exons: tuple[int, ...]
    landmarks: tuple[str, ...]
    terms: tuple[str, ...]
    sentence: str


def annotate_structural(allele: StructuralAllele, model: GeneModel) -> StructuralAnnotation:
    """Describe a structural allele on NM_014009.4."""
    transcript = model.transcript
    met = [exon for exon in transcript.exons if _meets(transcript, exon, allele)]
    whole = [exon for exon in met if _covers(transcript, exon, allele)]
    return StructuralAnnotation(
        hgvs_g=_hgvs_g(allele, build_of(model.assembly).accession),
        hgvs_c=_hgvs_c(allele, transcript),
        exons=tuple(exon.gene_number for exon in met),
        whole_exons=tuple(exon.gene_number for exon in whole),
        landmarks=tuple(mark.name for mark in model.landmarks_of(allele.start, allele.end)),
        terms=tuple(_terms(allele, transcript, met, whole)),
        sentence=_frame_sentence(allele, transcript, met, whole),
    )


def _bounds(transcript: Transcript, exon: Exon) -> tuple[int, int]:
    """First and last base of an exon on the plus strand."""
    first, last = sorted((transcript.position(exon.start), transcript.position(exon.end - 1)))
    return first, last


def _meets(transcript: Transcript, exon: Exon, allele: StructuralAllele) -> bool:
    first, last = _bounds(transcript, exon)
    return first <= allele.end and last >= allele.start


def _covers(transcript: Transcript, exon: Exon, allele: StructuralAllele) -> bool:
    first, last = _bounds(transcript, exon)
    return allele.start <= first and last <= allele.end


def _word(allele: StructuralAllele) -> str:
    return _WORDS.get(allele.type.split(":")[0], "")


def _hgvs_g(allele: StructuralAllele, accession: str) -> str:
    """With breakpoints in parentheses where the caller is unsure of them."""
    if not _word(allele):
        return ""
    start, end = _uncertain(allele.start_range, allele.start), _uncertain(allele.end_range, allele.end)
    return f"{accession}:g.{start}_{end}{_word(allele)}"


def _uncertain(bounds: tuple[int, int] | None, position: int) -> str:
    return f"({bounds[0]}_{bounds[1]})" if bounds else str(position)


def _hgvs_c(allele: StructuralAllele, transcript: Transcript) -> str:
    ends = [(allele.start, allele.start_range), (allele.end, allele.end_range)]
    named = [_coding_end(transcript, position, bounds) for position, bounds in ends]
    if not _word(allele) or not all(named):
        return ""
    first, last = named if transcript.offset(allele.start) <= transcript.offset(allele.end) else reversed(named)
    return f"{transcript.accession}:c.{first}_{last}{_word(allele)}"


def _coding_end(transcript: Transcript, position: int, bounds: tuple[int, int] | None) -> str:
    places = sorted(transcript.offset(one) for one in (bounds or (position,)))
    names = [transcript.coding_position(place) for place in places]
    if not all(names):
        return ""
    return f"({names[0]}_{names[1]})" if bounds else str(names[0])


def _terms(allele: StructuralAllele, transcript: Transcript, met: list[Exon], whole: list[Exon]) -> Iterator[str]:
    everything = len(whole) == len(transcript.exons)
    if _word(allele) == "del" and everything:
        yield "transcript_ablation"
    elif _word(allele) == "dup" and everything:
        yield "transcript_amplification"
    elif _word(allele) == "del" and whole:
        yield "exon_loss_variant"
    elif met:
        coding = any(_is_coding(transcript, exon) for exon in met)
        yield "coding_sequence_variant" if coding else "5_prime_UTR_variant"
    elif transcript.start <= transcript.offset(allele.start) < transcript.end:
        yield "intron_variant"


def _is_coding(transcript: Transcript, exon: Exon) -> bool:
    return exon.start < transcript.coding_end and exon.end > transcript.coding_start


def _frame_sentence(allele: StructuralAllele, transcript: Transcript, met: list[Exon], whole: list[Exon]) -> str:
    """What the loss of whole exons means for the reading frame; empty where that is not the question."""
    if _word(allele) != "del" or not whole or met != whole or len(whole) == len(transcript.exons):
        return ""
    if any(exon.start <= transcript.coding_start < exon.end for exon in whole):
        return "The exon with the start codon is lost."
    if whole[-1] is transcript.exons[-1]:
        return "The last exon, with stop codon and poly(A) signal, is lost."
    coding = sum(
        max(min(exon.end, transcript.coding_end) - max(exon.start, transcript.coding_start), 0) for exon in whole
    )
    if not coding:
        return "No coding sequence is lost; the start of the message is."
    if coding % 3:
        return f"{coding} coding bases are lost and the reading frame with them."
    return f"{coding // 3} residues are lost; the reading frame is kept."
