"""HGVS descriptions of the genome and of the transcript."""

from collections.abc import Callable

from foxp3_annot.reference import Reference, reverse_complement
from foxp3_annot.transcript import Transcript
from foxp3_annot.variant import Edit, Variant


def hgvs_g(variant: Variant, reference: Reference, *, long: bool = False) -> str:
    """The genomic description, moved to its highest coordinate (the 3' rule on the plus strand).

    The long form spells deleted and duplicated bases (`delAAG`), as older papers do.
    """
    edit = variant.rightmost()
    origin = reference.window.start
    placed = Edit(edit.start - origin, edit.ref, edit.alt)
    described = _describe(reference.bases, placed, lambda index: str(index + origin), long=long)
    return f"{variant.assembly.accession}:g.{described}"


def hgvs_c(variant: Variant, transcript: Transcript, *, long: bool = False) -> str:
    """The coding description, moved 3' on the gene's strand; empty where an end lies outside the transcript.

    The shift follows the genome, so it may cross the border between an exon and an intron (the habit of
    Ensembl VEP and ClinVar). Positions in introns 1 and 6 of FOXP3 count the bases of the variant's build.
    """
    edit = transcript.edit_of(variant)
    described = _describe(transcript.bases, edit, transcript.coding_position, long=long)
    return f"{transcript.accession}:c.{described}" if described else ""


def hgvs_unchanged(transcript: Transcript, start: int, end: int) -> tuple[str, str]:
    """Genomic and coding description of a stretch (plus strand, both ends included) that equals the reference.

    The coding one is empty where an end lies outside the transcript.
    """

    def equal(first: str, last: str) -> str:
        return f"{first}=" if first == last else f"{first}_{last}="

    accession = transcript.reference.assembly.accession
    places = sorted(transcript.offset(position) for position in (start, end))
    first, last = (transcript.coding_position(place) or "" for place in places)
    coding = f"{transcript.accession}:c.{equal(first, last)}" if first and last else ""
    return f"{accession}:g.{equal(str(start), str(end))}", coding


def hgvs_gene(variant: Variant, transcript: Transcript, accession: str) -> str:
    """The description on a gene sequence that is the transcript's reference on the gene's own strand.

    LRG_62 (= NG_007392.1) is exactly the window of GRCh37, read on the minus strand.
    """
    edit = transcript.edit_of(variant)
    return f"{accession}:g.{_describe(transcript.bases, edit, lambda offset: str(offset + 1), long=False)}"


def _describe(bases: str, edit: Edit, name: Callable[[int], str | None], *, long: bool) -> str:
    """The change in words of HGVS; `edit.start` is an index of `bases`, `name` gives a position its name."""
    ref, alt, start = edit.ref, edit.alt, edit.start
    spelled = ref if long else ""
    if len(ref) == len(alt) == 1:
        place = name(start)
        return f"{place}{ref}>{alt}" if place else ""
    if ref and not alt:
        return _ranged(name, start, start + len(ref) - 1, f"del{spelled}")
    if not ref:
        if bases[max(start - len(alt), 0) : start] == alt:
            return _ranged(name, start - len(alt), start - 1, f"dup{alt if long else ''}")
        return _ranged(name, start - 1, start, f"ins{alt}")
    if alt == reverse_complement(ref):
        return _ranged(name, start, start + len(ref) - 1, f"inv{spelled}")
    return _ranged(name, start, start + len(ref) - 1, f"del{spelled}ins{alt}")


def _ranged(name: Callable[[int], str | None], first: int, last: int, change: str) -> str:
    one, two = name(first), name(last)
    if not one or not two:
        return ""
    return f"{one}{change}" if first == last else f"{one}_{two}{change}"
