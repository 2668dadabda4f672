"""How close a variant comes to a curated one, by examples that a geneticist can check."""

from collections.abc import Callable

import pytest

from foxp3_annot.annotation import annotate
from foxp3_annot.assembly import Assembly
from foxp3_annot.catalogue import Catalogue
from foxp3_annot.description import read_description
from foxp3_annot.gene import Gene
from foxp3_annot.matching import Matcher, MatchLevel
from foxp3_annot.pack.vocabulary import Side

Case = dict[str, str]


@pytest.fixture(scope="module")
def matcher(catalogue: Catalogue, gene: Gene) -> Matcher:
    return Matcher.of(catalogue, gene)


@pytest.mark.parametrize("assembly", list(Assembly), ids=str)
@pytest.mark.cases("matching.tsv")
def test_match(case: Case, assembly: Assembly, gene: Gene, matcher: Matcher) -> None:
    (variant,) = read_description(case["variant"], gene, assembly).variants
    match = matcher.match(annotate(variant, gene))
    assert match.level is MatchLevel(case["level"])
    assert sorted(curated.name for curated in match.curated) == sorted(filter(None, case["curated"].split(";")))
    assert (match.same_allele is not None) == (case["level"] == "same_allele")


def test_the_table_shows_every_level(cases: Callable[[str], list[Case]]) -> None:
    assert {row["level"] for row in cases("matching.tsv")} == {level.value for level in MatchLevel}


@pytest.mark.parametrize("assembly", list(Assembly), ids=str)
def test_every_curated_allele_matches_itself(
    assembly: Assembly, gene: Gene, catalogue: Catalogue, matcher: Matcher
) -> None:
    for curated in catalogue.variants:
        match = matcher.match(annotate(curated.alleles[assembly], gene))
        assert match.same_allele is curated


def test_only_disease_side_variants_are_neighbours(matcher: Matcher) -> None:
    neighbours = [one for level in matcher.neighbours.values() for close in level.values() for one in close]
    assert {curated.classification.side for curated in neighbours} == {Side.DISEASE}
    assert len(neighbours) > 50
