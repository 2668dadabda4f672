"""Positions on the chromosome or on LRG_62: columns of a VCF, SPDI, and HGVS g. names."""

import re
from collections.abc import Iterator
from dataclasses import replace

from foxp3_annot.assembly import UNVERSIONED_X_NAMES, Assembly, assembly_of_contig
from foxp3_annot.description.changes import Ruler, applied, parse_change
from foxp3_annot.description.reading import Alternative, Question, UnfitError
from foxp3_annot.errors import DescriptionError
from foxp3_annot.gene import GeneModel
from foxp3_annot.lift import lift
from foxp3_annot.reference import reverse_complement
from foxp3_annot.transcript import Strand
from foxp3_annot.variant import Variant

GENE_SEQUENCES = ("LRG_62", "NG_007392.1", "NG_007392")
"""The RefSeqGene: exactly the window of GRCh37, on the gene's strand."""

_SEQUENCE = r"(?:N[A-Z]_[0-9]+(?:\.[0-9]+)?|LRG_62|[A-Za-z0-9]+(?:\.[0-9]+)?)"
_SPDI = re.compile(
    r"(?P<sequence>NC_[0-9]+(?:\.[0-9]+)?|NG_007392(?:\.1)?|LRG_62)"
    r":(?P<position>[0-9]{1,9}):(?P<ref>[ACGT]*|[0-9]{1,4}):(?P<alt>[ACGT]*)",
    re.I,
)
_VCF_LIKE = re.compile(
    rf"(?P<sequence>{_SEQUENCE})[:\-\s_|,]+(?P<position>[0-9]{{1,9}}|[0-9]{{1,3}}(?:,[0-9]{{3}})+)"
    r"(?:[\-\s]+(?P<end>[0-9]{4,9}))?(?:\s+(?:\.|rs[0-9]+))?[:\-\s_|]*"
    r"(?P<ref>[ACGT]+)[:>\-\s/_|]+(?P<alt>[ACGT]+(?:,[ACGT]+)*|-)",
    re.I,
)


def columns(text: str, question: Question) -> tuple[Alternative, ...]:
    """SPDI or the columns of a VCF, nothing for other text.

    After an NC_ accession and with colons both look alike: such a text is SPDI, which counts from 0, unless
    only the other reading fits the reference.
    """
    spdi, vcf = _SPDI.fullmatch(text), _VCF_LIKE.fullmatch(text)
    if not spdi:
        return tuple(_vcf(vcf, question)) if vcf else ()
    if not vcf:
        return (_spdi(spdi, question),)
    try:
        alternative = _spdi(spdi, question)
    except UnfitError as unfit:
        try:
            (other,) = _vcf(vcf, question)
        except UnfitError:
            raise unfit from None
        return (replace(other, note="counted from 1 as in a VCF; as SPDI, which counts from 0, it does not fit"),)
    try:
        tuple(_vcf(vcf, question))
    except UnfitError:
        return (alternative,)
    return (replace(alternative, note="read as SPDI, which counts from 0; counted from 1 it would fit as well"),)


def genomic(sequence: str | None, words: str, question: Question) -> Alternative:
    """A g. name on a chromosome (`sequence` may be missing) or on LRG_62."""
    change = parse_change(words)
    if change is None:
        raise question.refused(
            f"the change '{words}' is not understood; write it like 49251480C>T or 49255492_49255494del"
        )
    if not all(place.isdigit() for place in change.places):
        raise question.refused("a genomic position is a plain number")
    ruler, question = _ruler(sequence, int(change.first), 1, question)
    try:
        return _on_stated_build(applied(change, ruler, question), question)
    except UnfitError as unfit:
        try:
            applied(change.complemented(), ruler, question)
        except DescriptionError:
            raise unfit from None
        raise _hint_at_strand(unfit, ruler) from None


def _spdi(found: re.Match[str], question: Question) -> Alternative:
    ruler, question = _ruler(found["sequence"], int(found["position"]) + 1, 0, question)
    start = ruler.index(found["position"])
    ref, alt = found["ref"].upper(), found["alt"].upper()
    if ref.isdigit():
        ref = ruler.bases[start : start + int(ref)]
    return _on_stated_build(_replaced(ruler, question, start, ref, alt), question)


def _vcf(found: re.Match[str], question: Question) -> Iterator[Alternative]:
    position, ref = int(found["position"].replace(",", "")), found["ref"].upper()
    if found["end"] and int(found["end"]) != position + len(ref) - 1:
        raise question.refused(f"{ref} does not reach from {position} to {found['end']}")
    ruler, question = _ruler(found["sequence"], position, 1, question)
    for alt in found["alt"].upper().split(","):
        bases = "" if alt == "-" else alt
        one = _replaced(ruler, question, ruler.index(str(position)), ref, bases)
        yield _on_stated_build(one, question)


def _replaced(ruler: Ruler, question: Question, start: int, ref: str, alt: str) -> Alternative:
    there = ruler.bases[start : start + len(ref)]
    where = f"chrX:{ruler.position(start)}, {ruler.model.assembly}"
    if len(there) < len(ref):
        raise question.refused(f"the bases leave the FOXP3 window {ruler.model.window}")
    if there != ref:
        unfit = question.unfit(f"the reference has {there} there ({where}), not {ref}")
        raise _hint_at_strand(unfit, ruler) if there == reverse_complement(ref) else unfit
    if ref == alt:
        raise question.refused(f"equals the reference of {ruler.model.assembly}; there is no variant to describe")
    return Alternative(ruler.variant(start, ref, alt))


def _hint_at_strand(unfit: UnfitError, ruler: Ruler) -> UnfitError:
    """The refusal of a text whose bases would fit if they were of the other strand."""
    other, here = ("gene's", "plus") if ruler.strand is Strand.PLUS else ("plus", "gene's")
    return UnfitError(f"{unfit}; these are bases of the {other} strand, while the text counts on the {here} strand")


def is_sequence(name: str) -> bool:
    """Whether a name is one of chromosome X or of LRG_62."""
    return is_gene_sequence(name) or _contig(name) is not None


def is_gene_sequence(name: str) -> bool:
    return name.upper() in GENE_SEQUENCES


def assembly_named(name: str) -> Assembly | None:
    """The build on which positions of a sequence count, where its name tells that."""
    return Assembly.GRCH37 if is_gene_sequence(name) else assembly_of_contig(name.upper())


def _contig(name: str) -> str | None:
    """The usual spelling of a name of chromosome X."""
    known = {one.lower(): one for one in (*UNVERSIONED_X_NAMES, "NC_000023", *(a.accession for a in Assembly))}
    return known.get(name.lower())


def _ruler(sequence: str | None, position: int, first: int, question: Question) -> tuple[Ruler, Question]:
    """How a sequence counts, its first base being `first`, and the question on the build that this settles."""
    if sequence and is_gene_sequence(sequence):
        model = question.gene.on(Assembly.GRCH37)
        if not 1 <= position <= len(model.window):
            raise question.unfit(f"{sequence} has {len(model.window)} bases, there is none {position}")
        return Ruler(model, Strand.MINUS, lambda place: int(place) - first), question
    contig = _contig(sequence) if sequence else "chrX"
    if contig is None:
        raise question.refused(
            f"{sequence} is not chromosome X, where FOXP3 lies; use chrX, NC_000023.10, NC_000023.11 or LRG_62"
        )
    question = question.on(assembly_of_contig(contig), contig)
    model = _model_at(position, question)
    return Ruler(model, Strand.PLUS, lambda place: int(place) - model.window.start + 1 - first), question


def _model_at(position: int, question: Question) -> GeneModel:
    """The build on which a position lies in the window; the windows of the builds do not overlap."""
    inside = [model for model in question.gene.models.values() if position in model.window]
    for model in inside:
        if question.assembly in (None, model.assembly):
            return model
    models = question.gene.models.values()
    windows = " and ".join(str(m.window) for m in models if question.assembly in (None, m.assembly))
    hint = f"; it lies in that of {inside[0].assembly}" if inside else ""
    raise question.unfit(f"position {position} lies outside the FOXP3 window, {windows}{hint}")


def _on_stated_build(one: Alternative, question: Question) -> Alternative:
    """A name on LRG_62 is read on GRCh37, and moved to GRCh38 where that was asked for."""
    return replace(one, variant=moved(one.variant, question))


def moved(variant: Variant, question: Question) -> Variant:
    """The variant on the build that was stated, if one was."""
    wanted, gene = question.assembly, question.gene
    if wanted is None or variant.assembly is wanted:
        return variant
    lifted = lift(variant, gene.on(wanted.other).reference, gene.on(wanted).reference, gene.block_map)
    if lifted.variant is None:
        raise question.refused(f"{lifted.reason}; leave out the build to see it on {wanted.other}")
    return lifted.variant
