"""How alleles are carried on X: the whole cross product of karyotype, form of the genotype and share of reads."""

from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest

from foxp3_annot.errors import ResourceError
from foxp3_annot.genotype import Genotype, Sex, Zygosity
from foxp3_annot.interpretation import (
    Conclusion,
    Weight,
    conclude,
    finding_conclusions,
    sample_conclusions,
)
from foxp3_annot.patient import Karyotype, Material, PriorHsct, Transplant, copies_counted_as
from foxp3_annot.report.rules import with_tables
from foxp3_annot.rules import RuleTable
from foxp3_annot.x_state import (
    DISAGREEING,
    GenotypeForm,
    ShareBand,
    XState,
    attribution,
    attributions,
    state_codes,
    x_state,
    x_states,
)

TEXTS = {
    GenotypeForm.SINGLE: "1",
    GenotypeForm.DOUBLE: "1/1",
    GenotypeForm.WITH_REFERENCE: "0/1",
    GenotypeForm.WITH_OTHER: "1/2",
    GenotypeForm.ALL_OF_MANY: "1/1/1",
    GenotypeForm.SOME_OF_MANY: "0/1/1",
    GenotypeForm.PARTIAL: "./1",
    GenotypeForm.NOT_CALLED: "./.",
    GenotypeForm.NOT_CARRIED: "0/0",
}
TOLD = tuple(ShareBand)[1:]
"""The bands of a share that is told, from the least to the greatest."""


def state(form: GenotypeForm, karyotype: Karyotype, share: ShareBand = ShareBand.UNTOLD) -> XState:
    genotype = Genotype.parse(TEXTS[form]) if form in TEXTS else None
    return x_state(genotype, 1, karyotype, share)


def told(record: Callable[[str, object], None], what: str, defined: int, tested: int) -> None:
    """Have the summary of the run say how much of a table was tested."""
    record("cells", f"rules on {what}: {defined} combinations defined, {tested} tested")


CELLS = list(product(GenotypeForm, Karyotype, ShareBand))


Record = Callable[[str, object], None]


def test_every_cell_has_a_state(record_property: Record) -> None:
    assert len(CELLS) == 10 * 7 * 6 == len(x_states().cells)
    reached = {state(*cell).code for cell in CELLS}
    assert {*reached, DISAGREEING.code} == set(state_codes()), "no row is out of reach"
    assert all(state(*cell).sentence for cell in CELLS)
    told(record_property, "how an allele is carried", len(x_states().cells), len(CELLS))


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: "-".join(one.name for one in cell))
def test_a_person_has_as_many_copies_as_x_chromosomes(cell: tuple[GenotypeForm, Karyotype, ShareBand]) -> None:
    """What follows from counting alone, whatever the table says."""
    form, karyotype, _ = cell
    found = state(*cell).zygosity
    if form is GenotypeForm.NOT_CARRIED:
        assert found is Zygosity.ABSENT
    elif form is GenotypeForm.NOT_CALLED:
        assert found is Zygosity.NO_CALL
    elif form is GenotypeForm.PARTIAL:
        assert found is Zygosity.PARTIAL
    elif form is GenotypeForm.NOT_GENOTYPED:
        assert found is Zygosity.NOT_GENOTYPED
    elif karyotype.copies == 1:
        assert found in (Zygosity.HEMIZYGOUS, Zygosity.DISCORDANT)
    elif karyotype.copies:
        assert found in (Zygosity.HOMOZYGOUS, Zygosity.HETEROZYGOUS, Zygosity.DISCORDANT)
        if form is GenotypeForm.SINGLE:
            assert found is Zygosity.DISCORDANT
        if form is GenotypeForm.WITH_REFERENCE:
            assert found is Zygosity.HETEROZYGOUS


def test_karyotypes_with_as_many_copies_are_alike() -> None:
    for form, share in product(GenotypeForm, ShareBand):
        assert len({state(form, one, share) for one in (Karyotype.XY, Karyotype.X, Karyotype.XYY)}) == 1
        assert len({state(form, one, share) for one in (Karyotype.XX, Karyotype.XXY)}) == 1


def test_phase_and_the_number_of_the_allele_make_no_difference() -> None:
    pairs = (("0/1", "1|0"), ("0/1", "0|1"), ("1/1", "1|1"), ("1/2", "2|1"), ("./1", "1|."), ("0/1/1", "1/0/1"))
    for (one, two), karyotype, share in product(pairs, Karyotype, ShareBand):
        first, second = (x_state(Genotype.parse(text), 1, karyotype, share) for text in (one, two))
        assert first == second
    for text, karyotype, share in product(("1", "0/1", "1/1", "1/2", "./1"), Karyotype, ShareBand):
        swapped = text.translate(str.maketrans("12", "21"))
        assert x_state(Genotype.parse(text), 1, karyotype, share) == x_state(
            Genotype.parse(swapped), 2, karyotype, share
        )


def test_more_reads_never_speak_for_fewer_copies() -> None:
    """On one copy: once the share is great enough for the only copy to carry it, a greater one is too."""
    for form in (GenotypeForm.SINGLE, GenotypeForm.DOUBLE, GenotypeForm.WITH_REFERENCE):
        found = [state(form, Karyotype.XY, share).zygosity is Zygosity.HEMIZYGOUS for share in TOLD]
        assert found == sorted(found)
        assert found[-1]
        assert not found[0]
    for karyotype in (Karyotype.XX, Karyotype.XXX):
        found = [state(GenotypeForm.DOUBLE, karyotype, share).zygosity is Zygosity.HOMOZYGOUS for share in TOLD]
        assert found == sorted(found)


@pytest.mark.parametrize(
    ("share", "reads", "band"),
    [
        (None, 30, "untold"),
        (0.5, None, "untold"),
        (0.5, 9, "untold"),
        (0.5, 10, "half"),
        (0.0, 10, "trace"),
        (0.0999, 100, "trace"),
        (0.10, 100, "minor"),
        (0.35, 100, "half"),
        (0.65, 100, "major"),
        (0.85, 100, "all"),
        (1.0, 100, "all"),
    ],
)
def test_bands_of_shares(share: float | None, reads: int | None, band: str) -> None:
    assert ShareBand.of(share, reads).value == band


def test_what_callers_write_for_a_boy() -> None:
    """`1`, `1/1` and even `0/1` with all reads mean one and the same."""
    for form in (GenotypeForm.SINGLE, GenotypeForm.DOUBLE, GenotypeForm.WITH_REFERENCE):
        assert state(form, Karyotype.XY, ShareBand.ALL).zygosity is Zygosity.HEMIZYGOUS
    assert state(GenotypeForm.WITH_REFERENCE, Karyotype.XXY, ShareBand.HALF).zygosity is Zygosity.HETEROZYGOUS


# --- conclusions ---

CARRIED = [
    *{state(*cell) for cell in CELLS if state(*cell).zygosity not in (Zygosity.ABSENT, Zygosity.NO_CALL)},
    DISAGREEING,
]


def test_every_finding_has_a_conclusion(record_property: Record) -> None:
    cells = finding_conclusions().cells
    reached = [
        conclude(weight, one, filtered=filtered, is_patients=mine)
        for weight, one, filtered, mine in product(Weight, CARRIED, (False, True), (False, True))
    ]
    told(record_property, "what a variant amounts to", len(cells), len(reached))
    assert len(reached) == len(cells)
    assert len(cells) == len(Weight) * len(state_codes(carried=True)) * 4
    rows = {id(row) for row in cells.values()}
    assert len(rows) == len(finding_conclusions().rows), "no row is out of reach"


def test_only_one_copy_and_a_report_of_it_are_consistent_with_ipex() -> None:
    for weight, one, filtered, mine in product(Weight, {state(*cell) for cell in CELLS}, (0, 1), (0, 1)):
        if one.zygosity in (Zygosity.ABSENT, Zygosity.NO_CALL):
            continue
        found = conclude(weight, one, filtered=bool(filtered), is_patients=bool(mine))
        if found is Conclusion.CONSISTENT_WITH_IPEX:
            assert (weight, one.zygosity, filtered, mine) == (Weight.DISEASE, Zygosity.HEMIZYGOUS, 0, 1)
        if found is Conclusion.CARRIER:
            assert (weight, one.zygosity, filtered, mine) == (Weight.DISEASE, Zygosity.HETEROZYGOUS, 0, 1)
        if one.zygosity is Zygosity.DISCORDANT:
            assert found is Conclusion.REVIEW_NEEDED
        if not mine:
            assert found in (Conclusion.REVIEW_NEEDED, Conclusion.UNCERTAIN, Conclusion.INCONCLUSIVE)


def test_a_filter_or_a_donor_never_makes_a_finding_graver_nor_hides_it() -> None:
    order = [Conclusion.INCONCLUSIVE, Conclusion.UNCERTAIN, Conclusion.REVIEW_NEEDED]
    for weight, one in product(Weight, {state(*cell) for cell in CELLS}):
        if one.zygosity in (Zygosity.ABSENT, Zygosity.NO_CALL):
            continue
        plain = conclude(weight, one)
        for changed in (conclude(weight, one, filtered=True), conclude(weight, one, is_patients=False)):
            assert changed is (plain if plain in order else Conclusion.REVIEW_NEEDED)


def test_the_answer_of_a_report_is_total_and_negative_only_where_all_was_seen(record_property: Record) -> None:
    table = sample_conclusions()
    told(record_property, "the answer of a report", len(table.cells), len(table.cells))
    assert len(table.cells) == 6 * 3 * 3
    for (strongest, sample, seen), row in table.cells.items():
        assert (row["conclusion"] == "as_found") == (strongest != "none")
        if row["conclusion"] == Conclusion.NOTHING_FOUND.value:
            assert (sample, seen) == ("usable", "all")
        if strongest == "none" and sample != "usable":
            assert row["conclusion"] == Conclusion.NOT_INTERPRETABLE.value


# --- whose DNA ---


def test_blood_after_a_transplant_says_nothing_negative(record_property: Record) -> None:
    told(record_property, "whose DNA it is", len(attributions().cells), 6)
    for prior, material in product(PriorHsct, Material):
        found = attribution(Transplant(prior), material)
        after = prior is PriorHsct.YES and material.holds_blood
        assert (not found.negative, not found.is_patients) == (after, after)
        assert bool(found.sentence) == (prior is not PriorHsct.NONE)
    assert len(attributions().cells) == 6


def test_unknown_material_counts_as_blood() -> None:
    assert not attribution(Transplant(PriorHsct.YES), Material.UNKNOWN).negative


def test_copies_are_called_and_counted_by_the_sex_chromosomes() -> None:
    assert [one.counted_as for one in (Karyotype.XY, Karyotype.X, Karyotype.XYY)] == [Sex.MALE] * 3
    assert [one.counted_as for one in (Karyotype.XX, Karyotype.XXY, Karyotype.XXX)] == [Sex.FEMALE] * 3
    assert copies_counted_as(Karyotype.XXX) is Sex.UNKNOWN
    assert Karyotype.UNKNOWN.counted_as is Sex.UNKNOWN


# --- tables ---


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("a\tx\nb\ty\n", ""),
        ("a\tx\n", "has no row for b"),
        ("any\tx\nb\ty\n", "gives a second answer for b"),
        ("a;b;c\tx\n", "'c' is no answer to question"),
    ],
)
def test_a_table_is_total_and_gives_one_answer(tmp_path: Path, rows: str, message: str) -> None:
    (tmp_path / "t.tsv").write_text(f"question\tanswer\n{rows}")
    if not message:
        assert RuleTable.read("t", {"question": "ab"}, tmp_path).row("b")["answer"] == "y"
        return
    with pytest.raises(ResourceError, match=message):
        RuleTable.read("t", {"question": "ab"}, tmp_path)


def test_the_tables_of_the_documentation_are_those_of_the_rules() -> None:
    """`python -c "from foxp3_annot.report.rules import with_tables"` renews the page."""
    page = (Path(__file__).parent.parent / "docs" / "interpretation.md").read_text(encoding="utf-8")
    assert with_tables(page) == page
    assert page.count("<!-- ") == 5
    assert "| hemizygous_by_reads |" in page
