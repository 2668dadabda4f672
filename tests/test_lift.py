"""The same allele on the other build."""

from collections.abc import Iterator

import pytest

from foxp3_annot.assembly import Assembly
from foxp3_annot.gene import Gene
from foxp3_annot.lift import Lifted, lift
from foxp3_annot.variant import Variant, substitution

BUILDS = pytest.mark.parametrize("assembly", list(Assembly), ids=str)

MISMATCHES = {Assembly.GRCH37: (49_118_241, 49_121_310), Assembly.GRCH38: (49_261_784, 49_264_848)}
"""The two positions at which the builds have different bases (LRG_62 mapping)."""

GAP_EDGES = {
    Assembly.GRCH37: (49_112_681, 49_119_631, 49_120_967, 49_123_021),
    Assembly.GRCH38: (49_256_221, 49_263_173, 49_264_507, 49_266_558),
}
"""A position in or beside each place where one build has bases that the other lacks."""


def lifted(variant: Variant, gene: Gene) -> Lifted:
    here, there = (gene.on(assembly).reference for assembly in (variant.assembly, variant.assembly.other))
    return lift(variant, here, there, gene.block_map)


def small_edits(gene: Gene, assembly: Assembly, around: int) -> Iterator[Variant]:
    """Every deletion of up to three bases and insertion of up to two within ten bases, and every substitution."""
    reference = gene.on(assembly).reference
    inserted = [*"ACGT", *(a + b for a in "ACGT" for b in "ACGT")]
    for position in range(around - 10, around + 11):
        for size in (1, 2, 3):
            yield Variant.of(reference, position, reference.fetch(position, position + size - 1), "")
        for bases in inserted:
            yield Variant.of(reference, position, "", bases)
        there = reference.fetch(position, position)
        yield from (substitution(reference, position, base) for base in "ACGT" if base != there)


def changed(gene: Gene, variant: Variant, start: int, end: int) -> str:
    """The bases from start to end of the variant's build once the variant is made."""
    reference, edit = gene.on(variant.assembly).reference, variant.leftmost()
    assert start <= edit.start
    assert edit.end <= end
    return reference.fetch(start, edit.start - 1) + edit.alt + reference.fetch(edit.end + 1, end)


@BUILDS
def test_every_substitution_lifts_by_the_block_map(assembly: Assembly, gene: Gene) -> None:
    """Wrong answers of all substitutions of the window; those beside a gap have no equivalent."""
    reference, window = gene.on(assembly).reference, gene.on(assembly).window
    wrong, without = [], 0
    for position in range(window.start, window.end + 1):
        there = gene.block_map.lift(assembly, position)
        for base in "ACGT".replace(reference.fetch(position, position), ""):
            found = lifted(substitution(reference, position, base), gene)
            if found.variant is None and not found.is_reference:
                without += 1
            elif there is None:
                wrong.append((position, base))
            elif found.is_reference:
                wrong += [] if gene.on(assembly.other).reference.fetch(there, there) == base else [(position, base)]
            elif found.variant != substitution(gene.on(assembly.other).reference, there, base):
                wrong.append((position, base))
    assert wrong == []
    in_gaps = {Assembly.GRCH37: 6, Assembly.GRCH38: 4}[assembly]
    beside_gaps = 2 * 4
    assert without == 3 * (in_gaps + beside_gaps)


@BUILDS
@pytest.mark.parametrize("index", [0, 1], ids=["rs3761548", "second"])
def test_where_the_references_differ_the_allele_may_be_the_reference(
    assembly: Assembly, index: int, gene: Gene
) -> None:
    position, there = MISMATCHES[assembly][index], MISMATCHES[assembly.other][index]
    other_base = gene.on(assembly.other).reference.fetch(there, there)
    found = lifted(substitution(gene.on(assembly).reference, position, other_base), gene)
    assert found.is_reference
    assert found.variant is None
    assert str(assembly.other) in found.reason


@BUILDS
def test_lifted_alleles_give_the_same_bases(assembly: Assembly, gene: Gene) -> None:
    """Every small edit around the mismatches and gaps and at the start codon reads alike on both builds.

    Compared is the whole stretch over which the allele can be placed on either build.
    """
    codon = {Assembly.GRCH37: 49_114_961, Assembly.GRCH38: 49_258_504}[assembly]
    wrong, compared = [], 0
    for around in (codon, *MISMATCHES[assembly], *GAP_EDGES[assembly]):
        for variant in small_edits(gene, assembly, around):
            there = lifted(variant, gene).variant
            lifted_start = gene.block_map.lift(assembly, variant.start)
            if there is None or lifted_start is None:
                continue
            compared += 1
            shift = lifted_start - variant.start
            start, end = min(variant.start, there.start - shift), max(variant.end, there.end - shift)
            if changed(gene, variant, start, end) != changed(gene, there, start + shift, end + shift):
                wrong.append((variant, there))
    assert wrong == []
    assert compared > 500


@BUILDS
def test_lifting_back_gives_the_same_variant(assembly: Assembly, gene: Gene) -> None:
    """An allele that would come back as another one must not be lifted at all."""
    wrong = []
    for around in (*GAP_EDGES[assembly], *MISMATCHES[assembly]):
        for variant in small_edits(gene, assembly, around):
            there = lifted(variant, gene).variant
            if there is not None and lifted(there, gene).variant != variant:
                wrong.append((variant, there))
    assert wrong == []


@BUILDS
def test_an_allele_that_touches_a_gap_has_no_equivalent(assembly: Assembly, gene: Gene) -> None:
    """A unit of the (CT)n repeat of intron 6: where it is missing cannot be told between the builds."""
    start = {Assembly.GRCH37: 49_112_690, Assembly.GRCH38: 49_256_233}[assembly]
    reference = gene.on(assembly).reference
    variant = Variant.of(reference, start, reference.fetch(start, start + 1), "")
    found = lifted(variant, gene)
    assert found.variant is None
    assert not found.is_reference
    assert "differ in length" in found.reason
