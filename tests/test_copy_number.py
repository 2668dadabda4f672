"""Copies from depth alone: plain depths made by hand, so that the answer is known."""

import math

import pytest

from foxp3_annot.assembly import Assembly
from foxp3_annot.catalogue import Catalogue
from foxp3_annot.copy_number import (
    LocusDepth,
    copy_numbers,
    is_captured,
    log_probability,
    segments,
    stretches_of,
)
from foxp3_annot.coverage import Coverage, CoverageSource, ReadFilters, Run
from foxp3_annot.exon_copies import CopyState
from foxp3_annot.gene import Gene, GeneModel
from foxp3_annot.genotype import Sex

G38 = Assembly.GRCH38


@pytest.fixture(scope="module")
def model(gene: Gene) -> GeneModel:
    return gene.on(G38)


def _genome(model: GeneModel, sex: Sex, usual: int, *lesions: tuple[int, int, float]) -> LocusDepth:
    """A level depth with a wave of a few reads, and stretches at a share of it."""
    window = model.window
    depths = []
    for place in range(window.start, window.end + 1):
        share = next((share for start, end, share in lesions if start <= place <= end), 1.0)
        depths.append(round(share * (usual + usual**0.5 * math.sin(place / 90))))
    return LocusDepth(Coverage.of_depths(G38, window.start, depths, ReadFilters(), 150), sex)


def _exome(model: GeneModel, sex: Sex, usual: int, lost: dict[int, float], reads: int | None = None) -> LocusDepth:
    """Exons at about the usual depth, times a share by number of exon, and nothing between them."""
    window = model.window
    depths = [0] * len(window)
    for stretch in stretches_of(model):
        if stretch.exon:
            for place in range(stretch.start - 75, stretch.end + 76):
                depths[place - window.start] = round(lost.get(stretch.exon, 1.0) * (usual + stretch.exon))
    return LocusDepth(Coverage.of_depths(G38, window.start, depths, ReadFilters(), 150), sex, reads)


def _states(sample: LocusDepth, model: GeneModel, *companions: LocusDepth) -> dict[int, CopyState]:
    return {one.exon.exon: one.state for one in copy_numbers(sample, model, (), companions) if one.exon.exon}


@pytest.mark.parametrize(("count", "mean"), [(0, 3.0), (7, 3.0), (40, 40.0)])
def test_without_spread_the_distribution_is_that_of_poisson(count: int, mean: float) -> None:
    expected = math.log(mean**count * math.exp(-mean) / math.factorial(count))
    assert log_probability(count, mean, 0) == pytest.approx(expected)
    assert log_probability(count, mean, 1e-5) == pytest.approx(expected, abs=1e-2)


def test_the_distribution_sums_to_one() -> None:
    assert sum(math.exp(log_probability(n, 20, 0.1)) for n in range(400)) == pytest.approx(1)


@pytest.mark.parametrize(
    ("sex", "usual", "share", "state"),
    [
        (Sex.MALE, 30, 0.0, CopyState.ZERO),
        (Sex.MALE, 30, 2.0, CopyState.TWO),
        (Sex.FEMALE, 60, 0.5, CopyState.ONE),
        (Sex.FEMALE, 60, 0.0, CopyState.ZERO),
        (Sex.FEMALE, 60, 1.5, CopyState.THREE),
    ],
)
def test_an_exon_with_other_copies_is_told(
    model: GeneModel, sex: Sex, usual: int, share: float, state: CopyState
) -> None:
    exon = next(one for one in stretches_of(model) if one.exon == 2)
    sample = _genome(model, sex, usual, (exon.start - 300, exon.end + 300, share))
    states = _states(sample, model)
    assert states.pop(2) is state
    usual_state = CopyState.ONE if sex is Sex.MALE else CopyState.TWO
    assert set(states.values()) <= {usual_state, CopyState.UNCLEAR}
    (segment,) = segments(sample)
    assert segment.copies == state.copies
    assert abs(segment.start - exon.start + 300) <= 50
    assert abs(segment.end - exon.end - 300) <= 50


def test_the_reported_upstream_deletion_is_a_stretch_of_its_own(model: GeneModel, catalogue: Catalogue) -> None:
    sample = _genome(model, Sex.MALE, 20, (49263362, 49264747, 0.0))
    found = {one.exon.name: one for one in copy_numbers(sample, model, catalogue.structures)}
    assert found["FS0001"].state is CopyState.ZERO
    assert found["exon 1"].state is CopyState.ZERO
    assert found["exon 2"].state is CopyState.ONE


def test_level_depth_is_usual(model: GeneModel) -> None:
    sample = _genome(model, Sex.FEMALE, 80)
    states = list(_states(sample, model).values())
    assert set(states) <= {CopyState.TWO, CopyState.UNCLEAR}
    assert states.count(CopyState.TWO) >= 10
    assert segments(sample) == ()


def test_nothing_is_said_of_captured_data_alone_but_a_clean_loss(model: GeneModel) -> None:
    sample = _exome(model, Sex.MALE, 60, {1: 0.0, 2: 0.0, 9: 0.5})
    assert is_captured(sample, model)
    states = _states(sample, model)
    assert states.pop(2) is CopyState.ZERO
    assert set(states.values()) == {CopyState.NOT_ASSESSABLE}, "exon 1 is caught by few kits"


def test_captured_data_is_compared_with_the_run(model: GeneModel) -> None:
    others = [_exome(model, sex, depth, {}) for sex, depth in ((Sex.MALE, 50), (Sex.FEMALE, 110), (Sex.FEMALE, 90))]
    states = _states(_exome(model, Sex.FEMALE, 100, {4: 0.5, 12: 1.5}), model, *others)
    assert states[4] is CopyState.ONE
    assert states[12] is CopyState.THREE
    assert states[7] is CopyState.TWO


def test_a_lost_gene_is_seen_by_the_reads_elsewhere(model: GeneModel) -> None:
    others = [
        _exome(model, sex, depth, {}, 1000) for sex, depth in ((Sex.MALE, 60), (Sex.FEMALE, 120), (Sex.FEMALE, 120))
    ]
    everything = dict.fromkeys(range(1, 13), 0.5)
    assert set(_states(_exome(model, Sex.FEMALE, 120, everything, 1000), model, *others).values()) == {CopyState.ONE}


def test_it_abstains(model: GeneModel) -> None:
    blocks = Coverage(G38, CoverageSource.BLOCKS, (Run(model.window.start, model.window.end, 30),))
    for sample in (
        LocusDepth(blocks, Sex.MALE),
        _genome(model, Sex.MALE, 5),
        _genome(model, Sex.UNKNOWN, 30),
    ):
        found = copy_numbers(sample, model)
        assert {one.state for one in found} == {CopyState.NOT_ASSESSABLE}
        assert all(one.sentence for one in found)
