"""Alleles planted in simulated reads, taken the whole way; the campaign itself is `python -m benchmarks.truth`."""

import random
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pysam
import pytest

from benchmarks.reads import _bins, depths_told
from benchmarks.truth import (
    APART,
    KINDS,
    STATES,
    Sample,
    State,
    Told,
    answer,
    curated_samples,
    drawn,
    excluded,
    kind_of,
    not_found,
)
from foxp3_annot.assembly import Assembly
from foxp3_annot.callability import AlleleVerdict
from foxp3_annot.catalogue import Catalogue
from foxp3_annot.gene import Gene
from foxp3_annot.readers.calling import _differences
from foxp3_annot.variant import Variant

G38 = Assembly.GRCH38
MALE, FEMALE, MOSAIC = STATES[0], STATES[1], STATES[2]
PLACES = (49_249_000, 49_253_000, 49_257_000, 49_261_000, 49_265_000)


def planted(gene: Gene) -> tuple[Variant, ...]:
    """A substitution, a deletion of 40 bases and of 2, an insertion of 20 bases and of 3."""
    reference = gene.on(G38).reference
    one, two, three, four, five = PLACES
    return (
        Variant.of(reference, one, reference.fetch(one, one), "A" if reference.fetch(one, one) != "A" else "G"),
        Variant.of(reference, two, reference.fetch(two, two + 39), ""),
        Variant.of(reference, three, reference.fetch(three, three + 1), ""),
        Variant.of(reference, four, "", "ACGTTGCATGCATCGATTAC"),
        Variant.of(reference, five, "", "CAT"),
    )


@pytest.mark.parametrize("state", [MALE, FEMALE], ids=lambda state: state.name)
def test_what_is_planted_is_called_with_its_copies(state: State, gene: Gene) -> None:
    """A read that ends beside a long deletion or insertion is no read without it: a boy has one copy of it."""
    one = answer(Sample(state, 40, planted(gene), 3), G38)
    assert [fate.told for fate in one.fates] == [Told.NAMED] * 5
    assert [fate.copies_right for fate in one.fates] == [True] * 5
    assert one.false_calls == ()


def test_a_long_deletion_in_part_of_a_males_cells_is_told_with_both_alleles(gene: Gene) -> None:
    most = State("mosaic 60 %", MALE.sex, 0.6, MOSAIC.zygosity, excludes=False)
    one = answer(Sample(most, 60, planted(gene), 5), G38)
    assert [fate.told for fate in one.fates] == [Told.NAMED] * 5
    assert [fate.copies_right for fate in one.fates] == [True] * 5


def test_a_sample_without_alleles_has_none() -> None:
    one = answer(Sample(FEMALE, 30, (), 7), G38)
    assert (one.fates, one.false_calls) == ((), ())


def test_an_insertion_too_long_for_the_reads_is_never_excluded(gene: Gene) -> None:
    """Bases on both sides cannot outweigh a gap of 50 in a read of 150, so that no read shows it."""
    long_ = Variant.of(gene.on(G38).reference, PLACES[0], "", "ACGTTGCATGCATCGATTACGGATCTAAGCCTTGACATCGAGTCAATCGT")
    (fate,) = answer(Sample(MALE, 60, (long_,), 9), G38).fates
    assert fate.verdict is AlleleVerdict.NOT_EXCLUDED
    assert fate.miss == 1.0


def test_curated_alleles_are_found_and_none_is_excluded(gene: Gene) -> None:
    few = curated_samples(gene.on(G38), 1, ("FX0001", "FX0002", "FX0003", "FX0004"))
    answers = [answer(one, G38) for one in few]
    assert sum(len(one.fates) for one in answers) == 4
    assert not_found(answers) == {}
    assert excluded(answers) == []


def test_every_curated_allele_is_planted_once(gene: Gene, catalogue: Catalogue) -> None:
    alleles = [allele for one in curated_samples(gene.on(G38), 1) for allele in one.alleles]
    assert len(alleles) == len(catalogue.variants)
    assert set(alleles) == {one.alleles[G38] for one in catalogue.variants}


def test_alleles_of_a_sample_lie_apart(gene: Gene) -> None:
    alleles = drawn(gene.on(G38), random.Random(1), ())
    assert len(alleles) > 30
    assert {kind_of(one) for one in alleles} <= set(KINDS)
    assert all(two.start - one.end > APART for one, two in pairwise(alleles))


@pytest.mark.parametrize(
    ("qualities", "cigar", "quality"),
    [
        ([30] * 10 + [5] + [30] * 19, [(0, 10), (1, 10), (0, 10)], 15),  # (0.316 + 9 * 0.001) / 10 = 0.0325
        ([30] * 9 + [5] + [30] * 20, [(0, 10), (1, 10), (0, 10)], 5),
        ([30] * 20 + [5] + [30] * 9, [(0, 10), (1, 10), (0, 10)], 5),
        ([30] * 10 + [5] + [30] * 9, [(0, 10), (1, 1), (0, 9)], 5),
        ([30] * 10 + [5] + [30] * 9, [(0, 10), (2, 3), (0, 10)], 5),
        ([30] * 11 + [5] + [30] * 8, [(0, 10), (2, 3), (0, 10)], 30),
    ],
)
def test_the_quality_of_a_gap(qualities: Sequence[int], cigar: list[tuple[int, int]], quality: int) -> None:
    read = pysam.AlignedSegment()
    read.reference_start, read.cigartuples = 0, cigar
    read.query_sequence = "".join("C" if op == 1 else "A" for op, n in cigar for _ in range(n) if op != 2)
    read.query_qualities = pysam.qualitystring_to_array("".join(chr(one + 33) for one in qualities))
    assert [found[3] for found in _differences(read, "A" * 40)] == [quality]


def test_the_bins_of_the_index() -> None:
    """Those that htslib gives the same reads."""
    starts = [0, 16_383 - 150, 16_300, 131_000, 1_048_500, 8_388_600, 67_108_800, 49_250_000]
    theirs = []
    for start in starts:
        read = pysam.AlignedSegment()
        read.reference_start, read.cigarstring = start, "150M"
        theirs.append(read.bin)
    assert _bins(np.array(starts)).tolist() == theirs


def test_depths_are_read_from_a_report() -> None:
    report = {"callability": {"depths": [{"start": 5, "runs": "3x2 0 12"}, {"start": 11, "runs": "7"}]}}
    assert depths_told(report) == [3, 3, 0, 12, 7]
