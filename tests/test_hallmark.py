"""Hallmarks, each case with the reason why it must be there."""

import csv
from pathlib import Path

import pytest

from foxp3_annot.annotation import annotate
from foxp3_annot.description import read_description
from foxp3_annot.gene import foxp3
from foxp3_annot.hallmark import HallmarkKind, hallmarks_of

CASES = Path(__file__).parent / "cases" / "hallmarks.tsv"


def cases() -> list[dict[str, str]]:
    with CASES.open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["variant"])
def test_hallmarks(case: dict[str, str]) -> None:
    (variant,) = read_description(case["variant"], foxp3()).variants
    found = hallmarks_of(annotate(variant, foxp3()), foxp3())
    assert ";".join(hallmark.kind.value for hallmark in found) == case["hallmarks"]
    assert all(hallmark.sentence.endswith(".") for hallmark in found)


def test_every_kind_has_a_case() -> None:
    shown = {kind for case in cases() for kind in case["hallmarks"].split(";") if kind}
    assert shown == {kind.value for kind in HallmarkKind}
