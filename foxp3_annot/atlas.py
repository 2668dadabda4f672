"""Every small allele that FOXP3 can have where it matters, described once."""

from collections.abc import Iterator
from itertools import product

from foxp3_annot.gene import GeneModel
from foxp3_annot.variant import Variant, substitution

MARGIN = 20
"""Bases beside each exon in which every short insertion and deletion is listed."""

LONGEST = 3
"""Longest insertion, deletion and duplication listed, in bases."""

BASES = "ACGT"


def atlas_variants(model: GeneModel) -> Iterator[Variant]:
    """Every substitution of the window; every insertion, deletion and duplication of one to three bases in the
    exons and 20 bases beside them. Each allele once, in order of its place."""
    seen: set[Variant] = set()
    window = model.window
    for position in range(window.start, window.end + 1):
        found = list(_substitutions(model, position))
        if _near_exon(model, position):
            found += _short_indels(model, position)
        for variant in sorted(found, key=lambda one: one.key):
            if variant not in seen:
                seen.add(variant)
                yield variant


def _substitutions(model: GeneModel, position: int) -> Iterator[Variant]:
    here = model.reference.fetch(position, position)
    for base in BASES:
        if base != here:
            yield substitution(model.reference, position, base)


def _near_exon(model: GeneModel, position: int) -> bool:
    transcript = model.transcript
    offset = transcript.offset(position)
    return any(exon.start - MARGIN <= offset < exon.end + MARGIN for exon in transcript.exons)


def _short_indels(model: GeneModel, position: int) -> Iterator[Variant]:
    """Deletions and duplications that start at the position, insertions before it."""
    for size in range(1, LONGEST + 1):
        bases = model.reference.fetch(position, position + size - 1)
        yield Variant.of(model.reference, position, bases, "")
        yield Variant.of(model.reference, position, bases, bases * 2)
        for inserted in product(BASES, repeat=size):
            yield Variant.of(model.reference, position, "", "".join(inserted))
