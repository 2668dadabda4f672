"""Zygosity from genotype and sex together: a truth table for the X chromosome."""

from collections.abc import Callable

import pytest

from foxp3_annot.errors import InputError
from foxp3_annot.genotype import MISSING, Genotype, Sex, Zygosity
from foxp3_annot.patient import Karyotype
from foxp3_annot.x_state import ShareBand, x_state

Case = dict[str, str]


def zygosity(genotype: Genotype | None, allele: int, sex: Sex) -> Zygosity:
    """Where the share of reads is not told."""
    return x_state(genotype, allele, Karyotype.of_sex(sex), ShareBand.UNTOLD).zygosity


def genotype(text: str) -> Genotype | None:
    """A genotype as VCF writes it; `none` for a record without one."""
    if text == "none":
        return None
    alleles = text.replace("|", "/").split("/")
    return Genotype(tuple(MISSING if allele == "." else int(allele) for allele in alleles), "|" in text)


@pytest.mark.cases("zygosity.tsv")
def test_zygosity_of_the_first_alternate_allele(case: Case) -> None:
    assert zygosity(genotype(case["genotype"]), 1, Sex(case["sex"])) is Zygosity(case["zygosity"])


def test_the_truth_table_is_complete(cases: Callable[[str], list[Case]]) -> None:
    """Every genotype with every sex, once; every zygosity at least once."""
    rows = cases("zygosity.tsv")
    genotypes = {row["genotype"] for row in rows}
    assert len(genotypes) == 16
    pairs = [(row["genotype"], row["sex"]) for row in rows]
    assert sorted(pairs) == sorted((text, sex.value) for text in genotypes for sex in Sex)
    assert {row["zygosity"] for row in rows} == {state.value for state in Zygosity}


@pytest.mark.parametrize(
    ("text", "sex", "expected"),
    [
        ("1|2", Sex.FEMALE, Zygosity.HETEROZYGOUS),
        ("2/2", Sex.MALE, Zygosity.HEMIZYGOUS),
        ("2/2", Sex.FEMALE, Zygosity.HOMOZYGOUS),
        ("0/1", Sex.FEMALE, Zygosity.ABSENT),
        ("1", Sex.MALE, Zygosity.ABSENT),
        ("1/.", Sex.FEMALE, Zygosity.NO_CALL),
        ("./2", Sex.FEMALE, Zygosity.PARTIAL),
    ],
)
def test_zygosity_of_the_second_alternate_allele(text: str, sex: Sex, expected: Zygosity) -> None:
    assert zygosity(genotype(text), 2, sex) is expected


def test_what_counts_as_carried() -> None:
    """Absent, not called and not genotyped are three ways of not having been seen."""
    not_carried = {state for state in Zygosity if not state.is_carried}
    assert not_carried == {Zygosity.ABSENT, Zygosity.NO_CALL, Zygosity.NOT_GENOTYPED}


@pytest.mark.parametrize("text", ["0", "1", "0/1", "1|2", "./.", "0/0/1", "."])
def test_a_genotype_is_shown_as_it_was_written(text: str) -> None:
    assert str(genotype(text)) == text


def test_reference_and_missing() -> None:
    for text, is_reference, is_missing in (
        ("0", True, False), ("0|0", True, False), (".", False, True), ("./.", False, True),
        ("0/.", False, False), ("0/1", False, False),
    ):  # fmt: skip
        found = genotype(text)
        assert found is not None
        assert (found.is_reference, found.is_missing) == (is_reference, is_missing), text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("male", Sex.MALE),
        ("M", Sex.MALE),
        ("Female", Sex.FEMALE),
        (" f ", Sex.FEMALE),
        ("unknown", Sex.UNKNOWN),
        ("", Sex.UNKNOWN),
    ],
)
def test_words_for_sex(text: str, expected: Sex) -> None:
    assert Sex.parse(text) is expected


@pytest.mark.parametrize("text", ["boy", "1", "x", "mf"])
def test_other_words_for_sex_are_refused(text: str) -> None:
    with pytest.raises(InputError, match=f"'{text}'"):
        Sex.parse(text)
