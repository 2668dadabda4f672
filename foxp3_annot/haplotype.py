"""Variants that lie on one copy of the gene and act together: in one codon, or one restoring the frame of another."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from foxp3_annot.annotation import Annotation, annotate
from foxp3_annot.assembly import build_of
from foxp3_annot.effect import codons_of, effect_of_haplotype, touches_coding
from foxp3_annot.gene import Gene
from foxp3_annot.transcript import Transcript
from foxp3_annot.variant import Edit, Variant


def acting_together(variants: Sequence[Variant], transcript: Transcript) -> Iterator[tuple[Variant, ...]]:
    """Groups of two or more of the variants of one haplotype that must be read as one, in transcript order.

    Variants act together where they touch one codon, and where a shift of the reading frame is undone by a
    later one, with everything between. Variants that overlap each other are left alone.
    """
    placed = sorted(
        ((transcript.edit_of(variant), variant) for variant in variants), key=lambda item: (item[0], item[1].key)
    )
    coding = [(edit, variant) for edit, variant in placed if touches_coding(transcript, edit)]
    group: list[tuple[Edit, Variant]] = []
    for edit, variant in coding:
        if group and not _joins(group, edit, transcript):
            yield from _closed(group)
            group = []
        group.append((edit, variant))
    yield from _closed(group)


def _joins(group: list[tuple[Edit, Variant]], edit: Edit, transcript: Transcript) -> bool:
    shifted = sum(len(one.alt) - len(one.ref) for one, _ in group) % 3 != 0
    return shifted or codons_of(transcript, edit)[0] <= codons_of(transcript, group[-1][0])[1]


def _closed(group: list[tuple[Edit, Variant]]) -> Iterator[tuple[Variant, ...]]:
    """The group as far as it acts together: to the variant that restores the frame, or to the last of its codon."""
    edits = [edit for edit, _ in group]
    overlap = any(one.start + len(one.ref) > two.start for one, two in pairwise(edits))
    in_frame = sum(len(edit.alt) - len(edit.ref) for edit in edits) % 3 == 0
    one_codon = len(edits) > 1 and edits[-1].start - edits[0].start < 3
    if len(group) > 1 and not overlap and (in_frame or one_codon):
        yield tuple(variant for _, variant in group)


def combined(variants: Sequence[Variant], gene: Gene) -> Annotation:
    """The annotation of a group as one allele, named by HGVS both as one change and as an allele of several.

    Where the group lies in one exon the allele is one replacement; the effect is that of all edits together.
    """
    model = gene.on(build_of(variants[0].assembly))
    transcript = model.transcript
    annotation = annotate(spanning(variants, gene), gene)
    if touches_coding(transcript, transcript.edit_of(annotation.variant)):
        return annotation
    effect = effect_of_haplotype(transcript, [transcript.edit_of(variant) for variant in variants])
    return replace(annotation, effect=effect, hgvs_c=allele_name(variants, gene))


def allele_name(variants: Sequence[Variant], gene: Gene) -> str:
    """HGVS for several variants on one copy: `NM_014009.4:c.[1117T>G;1118T>C]`."""
    names = [annotate(variant, gene).hgvs_c.split(":c.")[1] for variant in variants]
    transcript = gene.on(build_of(variants[0].assembly)).transcript
    return f"{transcript.accession}:c.[{';'.join(names)}]"


def spanning(variants: Sequence[Variant], gene: Gene) -> Variant:
    """One variant that makes all changes: from the first changed base to the last."""
    reference = gene.on(build_of(variants[0].assembly)).reference
    edits = sorted(variant.leftmost() for variant in variants)
    bases, done = [], edits[0].start
    for edit in edits:
        bases += [reference.fetch(done, edit.start - 1), edit.alt]
        done = edit.end + 1
    return Variant.of(reference, edits[0].start, reference.fetch(edits[0].start, done - 1), "".join(bases))
