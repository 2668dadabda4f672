"""From concern and zygosity to a conclusion: every cell of the table is written down."""

import csv
from pathlib import Path

import pytest

from foxp3_annot.genotype import Sex, Zygosity
from foxp3_annot.interpretation import Concern, Conclusion, conclude

CASES = Path(__file__).parent / "cases" / "conclusions.tsv"


def cases() -> list[dict[str, str]]:
    with CASES.open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case['concern']}-{case['zygosity']}-{case['sex']}")
def test_conclusion(case: dict[str, str]) -> None:
    concerns = [c for c in Concern if case["concern"] in ("any", c.name.lower())]
    assert concerns
    for concern in concerns:
        for sex in Sex if case["sex"] == "any" else (Sex(case["sex"]),):
            found = conclude(concern, Zygosity(case["zygosity"]), sex, filtered=case["filtered"] == "yes")
            assert found is Conclusion(case["conclusion"]), (concern, sex)


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
                for filtered in (False, True):
                    assert conclude(concern, state, sex, filtered=filtered) is not Conclusion.NOTHING_FOUND
