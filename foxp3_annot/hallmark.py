"""What matters of a FOXP3 variant beyond its Sequence Ontology terms: signals, splice context, decay, isoforms."""

import enum
from collections.abc import Iterator
from dataclasses import dataclass

from foxp3_annot.annotation import Annotation, on_other_transcripts
from foxp3_annot.assembly import build_of
from foxp3_annot.consequence import Consequence
from foxp3_annot.gene import Gene, GeneModel, Landmark, LandmarkKind
from foxp3_annot.reference import reverse_complement
from foxp3_annot.transcript import Exon, Transcript
from foxp3_annot.variant import Edit

NEAR_EXON = 20
"""Intronic bases beside an exon within which changes may disturb splicing; panels commonly read this far."""

NMD_DISTANCE = 50
"""A stop codon that ends at least so many bases before the last exon junction triggers decay (PMID:30192042)."""

ISOFORM_WITHOUT_EXON_3 = "NM_001114377.1"

_STRONG_SIGNALS = {"AATAAA"}
_WEAKER_SIGNALS = {"ATTAAA"}
"""The second most common signal of human genes, 12 % of 3' UTRs against 59 % with AATAAA (Genome Res 1998;8:524)."""


class HallmarkKind(enum.Enum):
    """Codes of the hallmarks, as reports carry them."""

    POLYA_SIGNAL_DESTROYED = "polya_signal_destroyed"
    POLYA_SIGNAL_WEAKENED = "polya_signal_weakened"
    EXON1_DONOR_REGION = "exon1_donor_region"
    ENHANCER = "enhancer"
    PROMOTER = "promoter"
    SPLICE_REGION_EXTENDED = "splice_region_extended"
    LAST_BASE_OF_EXON = "last_base_of_exon"
    NMD_PREDICTED = "nmd_predicted"
    NMD_ESCAPED = "nmd_escaped"
    EXON_SKIP_IN_FRAME = "exon_skip_in_frame"
    EXON_SKIP_OUT_OF_FRAME = "exon_skip_out_of_frame"
    ISOFORM_SPARED = "isoform_spared"


@dataclass(frozen=True, slots=True)
class Hallmark:
    """A code for machines and a sentence for people."""

    kind: HallmarkKind
    sentence: str


def hallmarks_of(annotation: Annotation, gene: Gene) -> tuple[Hallmark, ...]:
    """Every hallmark of a variant, in the order of `HallmarkKind`."""
    model = gene.on(build_of(annotation.variant.assembly))
    found = {
        hallmark.kind: hallmark
        for hallmark in (
            *_signals(annotation, model),
            *_splice_context(annotation, model.transcript),
            *_decay(annotation, model.transcript),
            *_skipping(annotation, model.transcript),
            *_isoforms(annotation, gene),
        )
    }
    return tuple(found[kind] for kind in HallmarkKind if kind in found)


# --- signals ------------------------------------------------------------------------------------------


def _signals(annotation: Annotation, model: GeneModel) -> Iterator[Hallmark]:
    for mark in annotation.landmarks:
        if mark.kind is LandmarkKind.POLYA_SIGNAL:
            yield _polya(annotation, model, mark)
        elif mark.kind is LandmarkKind.EXON1_DONOR:
            yield Hallmark(
                HallmarkKind.EXON1_DONOR_REGION,
                "In the donor site of non-coding exon 1 (c.-23+1 to c.-23+6): the message may be lost although the "
                "coding sequence is whole.",
            )
        elif mark.kind is LandmarkKind.ENHANCER:
            yield Hallmark(HallmarkKind.ENHANCER, f"In the {mark.name}; its effect cannot be told from the sequence.")
        else:
            yield Hallmark(HallmarkKind.PROMOTER, f"In the {mark.name}; its effect cannot be told from the sequence.")


def _polya(annotation: Annotation, model: GeneModel, mark: Landmark) -> Hallmark:
    """Whether a signal still stands at its place once the variant is made."""
    edit = annotation.variant.leftmost()
    size = len(mark.interval)
    before = model.reference.fetch(mark.interval.start - size, edit.start - 1)
    after = model.reference.fetch(edit.end + 1, mark.interval.end + size)
    message = reverse_complement(before + edit.alt + after)
    if any(signal in message for signal in _STRONG_SIGNALS):
        return Hallmark(
            HallmarkKind.POLYA_SIGNAL_WEAKENED, "Touches the poly(A) signal, but AATAAA still stands at its place."
        )
    if any(signal in message for signal in _WEAKER_SIGNALS):
        return Hallmark(
            HallmarkKind.POLYA_SIGNAL_WEAKENED, "Turns the poly(A) signal AATAAA into the weaker signal ATTAAA."
        )
    return Hallmark(HallmarkKind.POLYA_SIGNAL_DESTROYED, "Destroys the poly(A) signal AATAAA.")


# --- splicing -----------------------------------------------------------------------------------------


def _splice_context(annotation: Annotation, transcript: Transcript) -> Iterator[Hallmark]:
    edit = transcript.edit_of(annotation.variant)
    start, end = edit.start, edit.start + max(len(edit.ref), 1)
    for exon in transcript.exons[:-1]:
        if edit.ref and start <= exon.end - 1 < end:
            yield Hallmark(
                HallmarkKind.LAST_BASE_OF_EXON,
                f"Changes the last base of exon {exon.gene_number}, which is part of its donor site.",
            )
    near = any(
        _between(start, end, one, one + NEAR_EXON) or _between(start, end, two - NEAR_EXON, two)
        for one, two in transcript.introns
    )
    plain = {Consequence.INTRON, Consequence.SPLICE_POLYPYRIMIDINE_TRACT}
    if near and set(annotation.consequences) <= plain:
        yield Hallmark(
            HallmarkKind.SPLICE_REGION_EXTENDED,
            f"Within {NEAR_EXON} bases of an exon, outside the splice region proper: splicing may be affected.",
        )


def _between(start: int, end: int, first: int, last: int) -> bool:
    return start < last and end > first


def _skipping(annotation: Annotation, transcript: Transcript) -> Iterator[Hallmark]:
    """The frame of the message if the exon of a destroyed splice site is left out."""
    edit = transcript.edit_of(annotation.variant)
    for exon in _exons_at_risk(annotation, transcript, edit):
        coding = max(min(exon.end, transcript.coding_end) - max(exon.start, transcript.coding_start), 0)
        holds_start = exon.start <= transcript.coding_start < exon.end
        if not coding or holds_start or exon is transcript.exons[-1]:
            continue
        if coding % 3:
            yield Hallmark(
                HallmarkKind.EXON_SKIP_OUT_OF_FRAME,
                f"If exon {exon.gene_number} ({coding} coding bases) is skipped, the reading frame is lost.",
            )
        else:
            yield Hallmark(
                HallmarkKind.EXON_SKIP_IN_FRAME,
                f"If exon {exon.gene_number} is skipped, the frame is kept and {coding // 3} residues are lost.",
            )


def _exons_at_risk(annotation: Annotation, transcript: Transcript, edit: Edit) -> Iterator[Exon]:
    start, end = edit.start, edit.start + len(edit.ref)
    for before, after in zip(transcript.exons, transcript.exons[1:], strict=False):
        if Consequence.SPLICE_DONOR in annotation.consequences and _between(
            start - 1, end + 1, before.end, before.end + 2
        ):
            yield before
        if Consequence.SPLICE_ACCEPTOR in annotation.consequences and _between(
            start - 1, end + 1, after.start - 2, after.start
        ):
            yield after


# --- message and isoforms -----------------------------------------------------------------------------


def _decay(annotation: Annotation, transcript: Transcript) -> Iterator[Hallmark]:
    """Nonsense-mediated decay, from the place of the new stop codon against the last exon junction."""
    change = annotation.effect.protein_change
    truncates = {Consequence.STOP_GAINED, Consequence.FRAMESHIFT} & set(annotation.consequences)
    if not truncates or change is None or change.stop is None:
        return
    junction = transcript.mrna_index(transcript.exons[-1].start) - transcript.coding_mrna[0]
    if transcript.edit_of(annotation.variant).start < transcript.exons[-1].start:
        junction += annotation.variant.length_change
    distance = junction - 3 * change.stop
    if distance >= NMD_DISTANCE:
        yield Hallmark(
            HallmarkKind.NMD_PREDICTED,
            f"The new stop codon ends {distance} bases before the last exon junction: the message likely decays.",
        )
    else:
        yield Hallmark(
            HallmarkKind.NMD_ESCAPED,
            "The new stop codon lies in the last exon or within 50 bases before it: a changed protein may be made.",
        )


def _isoforms(annotation: Annotation, gene: Gene) -> Iterator[Hallmark]:
    if not annotation.most_severe.changes_protein:
        return
    for other in on_other_transcripts(annotation.variant, gene):
        if other.transcript == ISOFORM_WITHOUT_EXON_3 and not other.effect.consequences[0].changes_protein:
            yield Hallmark(
                HallmarkKind.ISOFORM_SPARED,
                f"Spares the isoform without exon 3 ({ISOFORM_WITHOUT_EXON_3}); IPEX was reported with frameshifts in "
                "exon 3 all the same (PMID:30443250).",
            )
