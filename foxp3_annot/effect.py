"""The effect of one edit on one transcript: consequence terms and the predicted protein change."""

from collections.abc import Sequence
from dataclasses import dataclass

from foxp3_annot import protein as proteins
from foxp3_annot.consequence import Consequence, by_severity
from foxp3_annot.protein import STOP, ProteinChange, translate, translate_until_stop
from foxp3_annot.transcript import Transcript
from foxp3_annot.variant import Edit

NEAR_GENE = 5000
"""Distance in bases within which a variant counts as upstream or downstream (the habit of Ensembl VEP)."""

START = "ATG"
"""A coding sequence that does not begin with it has lost its first codons, so that no start codon can be lost."""


@dataclass(frozen=True, slots=True)
class Effect:
    """Consequence terms, the most severe first, and the protein change.

    `protein_change` is None both where the protein cannot change and where it cannot be predicted;
    `unpredictable` tells the second, which HGVS writes `p.?`.
    """

    consequences: tuple[Consequence, ...]
    protein_change: ProteinChange | None = None
    unpredictable: bool = False

    @property
    def hgvs_p(self) -> str:
        """The protein description with its predicted parentheses; empty where no change is expected."""
        if self.unpredictable:
            return "p.?"
        return self.protein_change.hgvs if self.protein_change else ""


def effect_of(transcript: Transcript, edit: Edit) -> Effect:
    """What an edit on the gene's strand (`Transcript.edit_of`) does, judged where `judged_at` says."""
    edit = judged_at(transcript, edit)
    stretch = _Stretch(edit.start, edit.start + len(edit.ref))
    outside = _outside(transcript, stretch)
    if outside:
        return Effect((outside,))
    splicing = _splicing(transcript, stretch)
    exonic = _exonic(transcript, stretch)
    if not _within_one_exon(transcript, stretch):
        lost = bool((splicing | exonic) & _UNPREDICTABLE)
        return Effect(by_severity(splicing | exonic), unpredictable=lost)
    if Consequence.CODING_SEQUENCE not in exonic:
        return Effect(by_severity(splicing | exonic))
    terms, change = _coding(transcript, (edit,))
    return Effect(by_severity(splicing | (exonic - {Consequence.CODING_SEQUENCE}) | terms), change)


def judged_at(transcript: Transcript, edit: Edit) -> Edit:
    """Where an edit's effect is judged: an insertion that can be written at several places is taken at the most
    3' of them that leaves the two bases of every splice site whole, since the sequence that it makes has them.

    A deletion is judged at its most 3' place, which is the cautious answer where it meets a splice site.
    """
    place = edit
    while not place.ref and _breaks_splice_site(transcript, place):
        if not place.start or transcript.bases[place.start - 1] != place.alt[-1]:
            return edit
        place = Edit(place.start - 1, "", place.alt[-1] + place.alt[:-1])
    return place


def _breaks_splice_site(transcript: Transcript, edit: Edit) -> bool:
    stretch = _Stretch(edit.start, edit.start + len(edit.ref))
    return any(
        stretch.overlaps(start, start + 2) or stretch.overlaps(end - 2, end) for start, end in transcript.introns
    )


_UNPREDICTABLE = {Consequence.SPLICE_ACCEPTOR, Consequence.SPLICE_DONOR, Consequence.CODING_SEQUENCE}
"""What an edit across the border of an exon must touch for the protein to be in doubt."""


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Replaced bases as half-open offsets; empty for an insertion, which lies before `start`."""

    start: int
    end: int

    @property
    def is_insertion(self) -> bool:
        return self.start == self.end

    def overlaps(self, start: int, end: int) -> bool:
        """Whether a base in [start, end) is replaced, or an insertion lies between two of its bases."""
        return self.start < end and self.end > start and (not self.is_insertion or self.start > start)

    def inserts_at(self, *borders: int) -> bool:
        return self.is_insertion and self.start in borders


def _outside(transcript: Transcript, stretch: _Stretch) -> Consequence | None:
    if stretch.end <= transcript.start:
        near = transcript.start - stretch.end < NEAR_GENE
        return Consequence.UPSTREAM if near else Consequence.INTERGENIC
    if stretch.start >= transcript.end:
        near = stretch.start - transcript.end < NEAR_GENE
        return Consequence.DOWNSTREAM if near else Consequence.INTERGENIC
    return None


def _splicing(transcript: Transcript, stretch: _Stretch) -> set[Consequence]:
    """Splice and intron terms, with the distances that Ensembl VEP uses."""
    found: set[Consequence] = set()
    for start, end in transcript.introns:
        if not stretch.overlaps(start - 3, end + 3):
            continue
        if stretch.overlaps(start, start + 2):
            found.add(Consequence.SPLICE_DONOR)
        if stretch.overlaps(end - 2, end):
            found.add(Consequence.SPLICE_ACCEPTOR)
        if stretch.overlaps(start + 4, start + 5):
            found.add(Consequence.SPLICE_DONOR_5TH_BASE)
        if stretch.overlaps(start + 2, start + 6):
            found.add(Consequence.SPLICE_DONOR_REGION)
        if stretch.overlaps(end - 17, end - 2):
            found.add(Consequence.SPLICE_POLYPYRIMIDINE_TRACT)
        if stretch.overlaps(start + 2, end - 2) or stretch.inserts_at(start + 2, end - 2):
            found.add(Consequence.INTRON)
        if _near_splice_site(stretch, start, end):
            found.add(Consequence.SPLICE_REGION)
    if found & {Consequence.SPLICE_ACCEPTOR, Consequence.SPLICE_DONOR}:
        found.discard(Consequence.SPLICE_REGION)
    return found


def destroyed_sites(transcript: Transcript, edit: Edit) -> tuple[int, ...]:
    """Numbers (of the gene) of the exons that lose a canonical splice site through an edit, each once, in order."""
    edit = judged_at(transcript, edit)
    stretch = _Stretch(edit.start, edit.start + len(edit.ref))
    found: dict[int, None] = {}
    for number, (start, end) in enumerate(transcript.introns):
        if stretch.overlaps(start, start + 2):
            found.setdefault(transcript.exons[number].gene_number)
        if stretch.overlaps(end - 2, end):
            found.setdefault(transcript.exons[number + 1].gene_number)
    return tuple(sorted(found))


def distance_to_exon(transcript: Transcript, edit: Edit) -> tuple[int, int] | None:
    """For an edit within one intron, how far its first base lies behind the exon before and its last base in front
    of the exon after, as `+` and `-` of a c. name count; None elsewhere. An insertion counts from the bases beside it.
    """
    first, last = edit.start, max(edit.start + len(edit.ref) - 1, edit.start)
    if not edit.ref:
        first, last = edit.start - 1, edit.start
    for start, end in transcript.introns:
        if start <= first and last < end:
            return first - start + 1, end - last
    return None


def _near_splice_site(stretch: _Stretch, start: int, end: int) -> bool:
    """Within three bases of the exon or bases three to eight of the intron (SO:0001630)."""
    return (
        stretch.overlaps(start - 3, start)
        or stretch.overlaps(start + 2, start + 8)
        or stretch.overlaps(end - 8, end - 2)
        or stretch.overlaps(end, end + 3)
        or stretch.inserts_at(start, end, start + 2, end - 2)
    )


def _exonic(transcript: Transcript, stretch: _Stretch) -> set[Consequence]:
    """Which exonic parts are touched; an insertion at the border of an exon counts as in the exon."""
    found = set()
    for exon in transcript.exons:
        start, end = max(stretch.start, exon.start), min(stretch.end, exon.end)
        if start > end or (start == end and not stretch.is_insertion):
            continue
        if stretch.is_insertion:
            found.add(_part_of_insertion(transcript, stretch.start))
            continue
        if start < transcript.coding_start:
            found.add(Consequence.FIVE_PRIME_UTR)
        if end > transcript.coding_end:
            found.add(Consequence.THREE_PRIME_UTR)
        if start < transcript.coding_end and end > transcript.coding_start:
            found.add(Consequence.CODING_SEQUENCE)
    return found


def _part_of_insertion(transcript: Transcript, place: int) -> Consequence:
    if place <= transcript.coding_start:
        return Consequence.FIVE_PRIME_UTR
    if place >= transcript.coding_end:
        return Consequence.THREE_PRIME_UTR
    return Consequence.CODING_SEQUENCE


def _within_one_exon(transcript: Transcript, stretch: _Stretch) -> bool:
    return any(exon.start <= stretch.start and stretch.end <= exon.end for exon in transcript.exons)


def _mrna_start(transcript: Transcript, stretch_start: int) -> int:
    """Index in the mRNA before which the edit starts; an insertion after the last base of an exon included."""
    if transcript.is_exonic(stretch_start):
        return transcript.mrna_index(stretch_start)
    return transcript.mrna_index(stretch_start - 1) + 1


def effect_of_haplotype(transcript: Transcript, edits: Sequence[Edit]) -> Effect:
    """What several edits do together on one copy of the gene; each lies within an exon and touches the coding part.

    `edits` are on the gene's strand (`Transcript.edit_of`) and do not overlap.
    """
    terms, change = _coding(transcript, sorted(judged_at(transcript, edit) for edit in edits))
    return Effect(by_severity(terms), change)


def touches_coding(transcript: Transcript, edit: Edit) -> bool:
    """Whether an edit lies within one exon and changes coding bases, so that its codons are known."""
    edit = judged_at(transcript, edit)
    stretch = _Stretch(edit.start, edit.start + len(edit.ref))
    if _outside(transcript, stretch) or not _within_one_exon(transcript, stretch):
        return False
    return Consequence.CODING_SEQUENCE in _exonic(transcript, stretch)


def codons_of(transcript: Transcript, edit: Edit) -> tuple[int, int]:
    """First and last codon (0-based) that an edit within the coding sequence touches."""
    edit = judged_at(transcript, edit)
    start = _mrna_start(transcript, edit.start) - transcript.coding_mrna[0]
    return start // 3, (start + max(len(edit.ref), 1) - 1) // 3


def _coding(transcript: Transcript, edits: Sequence[Edit]) -> tuple[set[Consequence], ProteinChange | None]:
    """Terms and protein change of edits in order, each within one exon and touching the coding sequence."""
    start = _mrna_start(transcript, edits[0].start)
    end = _mrna_start(transcript, edits[-1].start) + len(edits[-1].ref)
    gain = sum(len(edit.alt) - len(edit.ref) for edit in edits)
    coding_start, coding_end = transcript.coding_mrna
    mutant_mrna = _mutant(transcript, edits)
    new_start = coding_start if start >= coding_start else coding_start + gain
    touches_start = start < coding_start + 3 and transcript.cds.startswith(START)
    touches_stop = end > coding_end - 3 and transcript.protein.endswith(STOP)
    if touches_start and (new_start < 0 or mutant_mrna[new_start : new_start + 3] != START):
        return {Consequence.START_LOST}, proteins.start_lost()
    terms = {Consequence.START_RETAINED} if touches_start else set()
    protein = transcript.protein
    first, last = max(start - coding_start, 0) // 3, (min(end, coding_end) - coding_start + 2) // 3
    removed = protein[first:last]
    added = translate(mutant_mrna[new_start + 3 * first : new_start + 3 * last + gain])
    in_frame = not gain % 3 and end <= coding_end
    made = protein[:first] + _until_stop(added)
    if in_frame and (_until_stop(removed) == _until_stop(added) or made == protein):
        terms.add(_silent(touches_start=touches_start, touches_stop=touches_stop))
        return terms, proteins.unchanged(protein, first + 1, max(last, first + 1))
    if in_frame and (STOP not in removed or STOP in added):
        stops_early = STOP in added and STOP not in removed and len(made) < len(protein)
        kind = _in_frame_terms(edits, stops_early=stops_early)
        return terms | kind, proteins.in_frame(protein, first, removed, added)
    mutant = protein[:first] + translate_until_stop(mutant_mrna, new_start + 3 * first)
    if mutant == protein:
        terms.add(_silent(touches_start=touches_start, touches_stop=touches_stop))
        return terms, proteins.unchanged(protein, first + 1, max(last, first + 1))
    if in_frame:
        return terms | {Consequence.STOP_LOST}, proteins.frameshift(protein, mutant, first)
    shifted = _shifted(gain, protein, mutant, touches_stop=touches_stop)
    return terms | shifted, proteins.frameshift(protein, mutant, first)


def _until_stop(residues: str) -> str:
    """The residues that are made: those before the first stop, and the stop."""
    return residues.partition(STOP)[0] + STOP if STOP in residues else residues


def _mutant(transcript: Transcript, edits: Sequence[Edit]) -> str:
    """The mRNA with every edit made."""
    parts, done = [], 0
    for edit in edits:
        start = _mrna_start(transcript, edit.start)
        parts += [transcript.mrna[done:start], edit.alt]
        done = start + len(edit.ref)
    return "".join((*parts, transcript.mrna[done:]))


def _silent(*, touches_start: bool, touches_stop: bool) -> Consequence:
    if touches_stop:
        return Consequence.STOP_RETAINED
    return Consequence.START_RETAINED if touches_start else Consequence.SYNONYMOUS


def _shifted(gain: int, protein: str, mutant: str, *, touches_stop: bool) -> set[Consequence]:
    terms = set()
    if gain % 3:
        terms.add(Consequence.FRAMESHIFT)
    if touches_stop:
        terms.add(Consequence.STOP_LOST)
    elif mutant.endswith(STOP) and protein.startswith(mutant[:-1]):
        terms.add(Consequence.STOP_GAINED)
    return terms


def _in_frame_terms(edits: Sequence[Edit], *, stops_early: bool) -> set[Consequence]:
    terms = set()
    lost, gained = sum(len(edit.ref) for edit in edits), sum(len(edit.alt) for edit in edits)
    if stops_early:
        terms.add(Consequence.STOP_GAINED)
    if not lost:
        terms.add(Consequence.INFRAME_INSERTION)
    elif not gained:
        terms.add(Consequence.INFRAME_DELETION)
    elif lost != gained:
        terms.add(Consequence.PROTEIN_ALTERING)
    elif Consequence.STOP_GAINED not in terms:
        terms.add(Consequence.MISSENSE)
    return terms
