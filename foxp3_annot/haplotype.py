"""Variants on one copy of the gene that are one: parts of a known allele that a caller wrote as several records,
variants of one codon, or one that restores the frame of another."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice, pairwise, product

from foxp3_annot.annotation import Annotation, annotate
from foxp3_annot.assembly import build_of
from foxp3_annot.effect import codons_of, effect_of_haplotype, touches_coding
from foxp3_annot.gene import Gene
from foxp3_annot.reference import Reference
from foxp3_annot.transcript import Transcript
from foxp3_annot.variant import Edit, Variant

NEAR = 20
"""Bases beyond a known allele within which a caller may have placed parts of it."""

MOST_PLACEMENTS = 1000
"""Ways to place several movable parts that are tried; the one that was written comes first."""


def as_written(position: int, ref: str, alt: str) -> Edit:
    """A record of a VCF without the bases that both sides share, at the place at which it stands.

    >>> as_written(10, "GAC", "G"), as_written(10, "A", "GT")
    (Edit(start=11, ref='AC', alt=''), Edit(start=10, ref='A', alt='GT'))
    """
    while ref and alt and ref[0] == alt[0]:
        position, ref, alt = position + 1, ref[1:], alt[1:]
    while ref and alt and ref[-1] == alt[-1]:
        ref, alt = ref[:-1], alt[:-1]
    return Edit(position, ref, alt)


def split_alleles(
    parts: Mapping[Variant, Edit], known: Iterable[Variant], reference: Reference
) -> Iterator[tuple[Variant, tuple[Variant, ...]]]:
    """Known alleles that variants of one copy make together, each with those variants in order of place.

    `parts` holds the variants with their edits as written. An insertion or deletion that can be moved is tried at its
    other places too, since a caller that puts records in normal form moves it past its neighbours. The whole must be
    the known allele and nothing else; a variant goes into one allele only, the one that takes the most of them.
    """
    ordered = sorted(parts, key=lambda one: (parts[one], one.key))
    found = [
        (allele, run)
        for allele in known
        if allele not in parts
        for run in _runs([one for one in ordered if _is_near(one, allele)], allele.length_change)
        if _makes(run, parts, allele, reference)
    ]
    taken: set[Variant] = set()
    for allele, run in sorted(found, key=lambda one: (-len(one[1]), one[0].key)):
        if taken.isdisjoint(run):
            taken.update(run)
            yield allele, run


def _is_near(variant: Variant, allele: Variant) -> bool:
    return variant.end >= allele.start - NEAR and variant.start <= allele.end + NEAR


def _runs(variants: Sequence[Variant], length_change: int) -> Iterator[tuple[Variant, ...]]:
    """Two or more variants in a row that together gain or lose so many bases."""
    for first in range(len(variants)):
        for last in range(first + 2, len(variants) + 1):
            run = tuple(variants[first:last])
            if sum(one.length_change for one in run) == length_change:
                yield run


def _makes(run: tuple[Variant, ...], parts: Mapping[Variant, Edit], allele: Variant, reference: Reference) -> bool:
    """Whether the variants make the allele at the places as written, or at others that they can have."""
    places = [dict.fromkeys((parts[one], *one.placements())) for one in run]
    return any(joined(edits, reference) == allele for edits in islice(product(*places), MOST_PLACEMENTS))


def joined(edits: Collection[Edit], reference: Reference) -> Variant | None:
    """One variant that makes all edits; None where they overlap, go in at one place, or undo each other."""
    ordered = sorted(edits)
    if any(
        one.end >= two.start or (not one.ref + two.ref and one.start == two.start) for one, two in pairwise(ordered)
    ):
        return None
    bases, done = [], ordered[0].start
    for edit in ordered:
        bases += [reference.fetch(done, edit.start - 1), edit.alt]
        done = edit.end + 1
    ref, alt = reference.fetch(ordered[0].start, done - 1), "".join(bases)
    return None if ref == alt else Variant.of(reference, ordered[0].start, ref, alt)


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


def combined(variants: Sequence[Variant], gene: Gene) -> Annotation | None:
    """The annotation of a group as one allele, named by HGVS both as one change and as an allele of several.

    Where the group lies in one exon the allele is one replacement; the effect is that of all edits together. None
    where the variants undo each other.
    """
    model = gene.on(build_of(variants[0].assembly))
    transcript = model.transcript
    whole = joined([variant.leftmost() for variant in variants], model.reference)
    if whole is None:
        return None
    annotation = annotate(whole, gene)
    if touches_coding(transcript, transcript.edit_of(annotation.variant)):
        return annotation
    effect = effect_of_haplotype(transcript, [transcript.edit_of(variant) for variant in variants])
    return replace(annotation, effect=effect, hgvs_c=allele_name(variants, gene))


def allele_name(variants: Sequence[Variant], gene: Gene) -> str:
    """HGVS for several variants on one copy: `NM_014009.4:c.[1117T>G;1118T>C]`."""
    names = [annotate(variant, gene).hgvs_c.split(":c.")[1] for variant in variants]
    transcript = gene.on(build_of(variants[0].assembly)).transcript
    return f"{transcript.accession}:c.[{';'.join(names)}]"
