"""From concern and zygosity to a conclusion: every cell of the table is written down."""

import csv
from pathlib import Path

import pytest

from foxp3_annot.genotype import Genotype, Sex, Zygosity
from foxp3_annot.interpretation import Concern, Conclusion, Weight, conclude
from foxp3_annot.patient import Karyotype
from foxp3_annot.x_state import ShareBand, XState, x_state

CASES = Path(__file__).parent / "cases" / "conclusions.tsv"


def cases() -> list[dict[str, str]]:
    with CASES.open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


BY_THE_READS = {"hemizygous_by_reads", "heterozygous_few_reads", "heterozygous_all_reads"}
"""States that the share of reads makes differ from what the genotype alone would conclude."""


def states(sex: Sex, zygosity: Zygosity) -> list[XState]:
    """The states of a zygosity that the usual sex chromosomes of a sex can give, by what the genotype says."""
    karyotype = Karyotype.of_sex(sex)
    texts = ("1", "1/1", "0/1", "1/2", "1/1/1", "0/0/1", "./1")
    genotypes = [Genotype.parse(text) for text in texts]
    found = {x_state(one, 1, karyotype, share) for one in (*genotypes, None) for share in ShareBand}
    return [one for one in found if one.zygosity is zygosity and one.code not in BY_THE_READS]


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case['concern']}-{case['zygosity']}-{case['sex']}")
def test_conclusion(case: dict[str, str]) -> None:
    concerns = [c for c in Concern if case["concern"] in ("any", c.name.lower())]
    assert concerns
    for concern in concerns:
        for sex in Sex if case["sex"] == "any" else (Sex(case["sex"]),):
            for state in states(sex, Zygosity(case["zygosity"])):
                found = conclude(Weight.of(concern), state, filtered=case["filtered"] == "yes")
                assert found is Conclusion(case["conclusion"]), (concern, sex, state)


def test_every_carried_state_of_every_concern_is_in_the_table() -> None:
    rows = cases()
    for concern in Concern:
        for state in Zygosity:
            if state in (Zygosity.ABSENT, Zygosity.NO_CALL):
                continue
            for sex in Sex:
                matching = [
                    row
                    for row in rows
                    if row["concern"] in ("any", concern.name.lower())
                    and row["zygosity"] == state.value
                    and row["sex"] in ("any", sex.value)
                ]
                assert matching, (concern, state, sex)


def test_no_variant_ever_says_that_nothing_is_there() -> None:
    """A file of variants cannot prove absence, so no variant concludes it; what may stands in test_callability.py."""
    for concern in Concern:
        for state in Zygosity:
            for sex in Sex:
                for one in states(sex, state):
                    for filtered in (False, True):
                        found = conclude(Weight.of(concern), one, filtered=filtered)
                        assert found not in (Conclusion.NOTHING_FOUND, Conclusion.NOT_ASSESSABLE)
