"""What is told of the clinical picture, from cell and phenopacket to report and page."""

import copy
import csv
import json
import re
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from foxp3_annot.cases import Age, Phenotype
from foxp3_annot.catalogue import Catalogue
from foxp3_annot.cli import main
from foxp3_annot.errors import InputError, ResourceError
from foxp3_annot.genotype import Sex
from foxp3_annot.interpretation import Conclusion
from foxp3_annot.knowledge import Knowledge
from foxp3_annot.next_steps import case_rules, next_steps
from foxp3_annot.pack.vocabulary import Situation
from foxp3_annot.patient import Karyotype, Patient, PriorHsct, Transplant
from foxp3_annot.phenotype import (
    Analyte,
    ClinicalPicture,
    Measurement,
    PhenotypeFit,
    PhenotypeRules,
    implied,
    judged,
    laboratory_result,
    likelihood,
    present_ids,
)
from foxp3_annot.phenotype_rules import TABLES, load_phenotype_rules, phenotype_rules
from foxp3_annot.readers.phenopackets import read_phenopacket, with_phenopackets
from foxp3_annot.readers.samples import SampleSheet, read_sample_sheet
from foxp3_annot.report.changes import changes_between
from foxp3_annot.report.html import sample_page
from foxp3_annot.report.json import report_json
from foxp3_annot.report.phenotype import judged_picture, picture_of, picture_values, published_people, steps_of
from foxp3_annot.report.replay import replayed
from foxp3_annot.resources import read_table, resource_root, schema_path

EXAMPLE = Path(__file__).parents[1] / "resources" / "example"
RULES = resource_root() / "rules"
SCHEMA = Draft202012Validator(json.loads(schema_path("report.schema.json").read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def rules() -> PhenotypeRules:
    return phenotype_rules()


def call(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def picture(
    present: str = "", denied: str = "", age: str = "", onset: str = "", **values: str
) -> ClinicalPicture | None:
    """What cells of a sheet tell."""
    rules = phenotype_rules()
    return ClinicalPicture.of(
        [rules.hierarchy.term(one) for one in present.split(";") if one],
        [rules.hierarchy.term(one) for one in denied.split(";") if one],
        Age(onset) if onset else None,
        Age(age) if age else None,
        [Measurement.parse(Analyte.parse(code), text, rules.units) for code, text in values.items()],
        (),
        rules.hierarchy,
    )


def fit(catalogue: Catalogue, told: ClinicalPicture | None) -> PhenotypeFit:
    return judged_picture(Patient(phenotype=told), catalogue).fit


# --- values and limits ------------------------------------------------------------------------------------


@pytest.mark.cases("laboratory.tsv")
def test_a_value_against_its_limit(case: dict[str, str], rules: PhenotypeRules) -> None:
    age = Age(case["age"]) if case["age"] else None
    one = Measurement.parse(Analyte.parse(case["analyte"]), case["text"], rules.units, age)
    result = laboratory_result(one, rules.limits)
    verdict = {True: "outside", False: "within", None: "open"}[result.outside]
    assert (one.shown, verdict) == (case["value"], case["verdict"])
    assert case["text"] in result.sentence


def test_every_limit_has_a_source_and_ages_do_not_overlap(rules: PhenotypeRules) -> None:
    for analyte in Analyte:
        own = sorted((one for one in rules.limits if one.analyte is analyte), key=lambda one: one.start.days)
        for one, two in pairwise(own):
            assert one.end is not None
            assert one.end.days <= two.start.days
        assert all(one.source.reference and one.source.url.startswith("http") for one in own)
    assert {one.analyte for one in rules.limits} == {Analyte.IGE, Analyte.EOSINOPHILS}


@pytest.mark.parametrize(
    "text", ["4000 IU/L", "abc", "12", "-3 kU/L", "1e5 kU/L", "kU/L", "3 kU/L 4 kU/L", "", "nan kU/L"]
)
def test_a_value_that_cannot_be_read(text: str, rules: PhenotypeRules) -> None:
    with pytest.raises(ValueError, match="IgE"):
        Measurement.parse(Analyte.IGE, text, rules.units)


def test_a_share_is_at_most_all(rules: PhenotypeRules) -> None:
    with pytest.raises(ValueError, match="more than all"):
        Measurement.parse(Analyte.TREG, "101 %", rules.units)


def test_units_are_told_without_regard_to_capitals(rules: PhenotypeRules) -> None:
    values = {Measurement.parse(Analyte.EOSINOPHILS, f"2 {u}", rules.units).value for u in ("G/L", "g/l", "10^9/L")}
    assert values == {Fraction(2000)}
    for micro in ("\u00b5", "\u03bc"):
        assert Measurement.parse(Analyte.EOSINOPHILS, f"5 cells/{micro}L", rules.units).value == 5


# --- terms ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("HP:123", "no term of HPO"),
        ("hp:0002014", "no term of HPO"),
        ("Diarrhea", "no term of HPO"),
        ("HP:00020144", "no term of HPO"),
        ("HP:0000004", "obsolete in HPO; write HP:0012823"),
    ],
)
def test_a_term_that_cannot_be_used(text: str, told: str, rules: PhenotypeRules) -> None:
    with pytest.raises(ValueError, match=told):
        rules.hierarchy.term(text)


def test_no_term_of_the_table_is_obsolete(catalogue: Catalogue, rules: PhenotypeRules) -> None:
    assert not {term.id for term in catalogue.clinical.terms} & set(rules.hierarchy.replaced)


@pytest.mark.parametrize(
    ("present", "denied", "told"),
    [
        ("HP:0002014", "HP:0002014", "as present and as denied"),
        ("HP:0100651", "HP:0000819", "which is wider, as denied"),
    ],
)
def test_a_contradiction_is_refused(present: str, denied: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        picture(present, denied)


def test_onset_after_the_age_is_refused() -> None:
    with pytest.raises(ValueError, match="comes after"):
        picture(age="P1M", onset="P1Y")


def test_a_wider_term_may_be_present_where_a_narrower_is_denied() -> None:
    assert picture("HP:0000819", "HP:0100651")


def test_what_a_term_implies(catalogue: Catalogue, rules: PhenotypeRules) -> None:
    """Parents as in HPO 2025-01-16; a very wide term is implied within its category only."""
    clinical = catalogue.clinical
    assert "HP:0500093" in set(implied("HP:0100327", clinical, rules))  # cow milk allergy is a food allergy
    assert "HP:0001871" in set(implied("HP:0001890", clinical, rules))  # haemolytic anaemia is a disease of blood
    assert "HP:0001871" not in set(implied("HP:0003212", clinical, rules))  # raised IgE is none
    assert set(implied("HP:9999999", clinical, rules)) == {"HP:9999999"}


def test_a_term_that_is_not_in_the_table_is_kept(catalogue: Catalogue) -> None:
    found = judged_picture(Patient(phenotype=picture("HP:0001166 Arachnodactyly")), catalogue)
    (feature,) = found.present
    assert (feature.row, feature.term.label, feature.is_reported) == (None, "Arachnodactyly", False)
    assert found.fit is PhenotypeFit.DOES_NOT_SPEAK_FOR


# --- the fit ----------------------------------------------------------------------------------------------


@pytest.mark.cases("phenotype_fit.tsv")
def test_the_fit_of_published_cases(case: dict[str, str], catalogue: Catalogue) -> None:
    every = [one for variant in catalogue.variants for one in variant.cases]
    every += [one for said in catalogue.said_elsewhere for one in said.cases]
    (row,) = [one for one in every if one.id == case["case"]]
    cells = ";".join(f"{term.id} {term.label}" for term in row.present), ";".join(map(str, row.denied))
    told = picture(*cells, onset=row.onset.text if row.onset else "")
    assert fit(catalogue, told).value == case["fit"]


def test_every_published_case_has_an_expectation(cases: Any) -> None:
    with (resource_root() / "knowledge" / "cases.tsv").open(encoding="utf-8") as lines:
        ids = {row["id"] for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)}
    assert {row["case"] for row in cases("phenotype_fit.tsv")} == ids


@pytest.mark.parametrize(
    ("present", "denied", "values", "expected"),
    [
        ("", "", {}, PhenotypeFit.NOT_TOLD),
        ("HP:0002014", "", {}, PhenotypeFit.FITS),
        ("HP:0002014", "HP:0000819", {}, PhenotypeFit.FITS),
        ("HP:0001250", "", {}, PhenotypeFit.DOES_NOT_SPEAK_FOR),
        ("HP:0001250", "HP:0002014", {}, PhenotypeFit.DENIED_CORE),
        ("", "HP:0002014", {}, PhenotypeFit.DENIED_CORE),
        ("HP:0003212", "", {}, PhenotypeFit.DOES_NOT_SPEAK_FOR),
        ("", "HP:0003212", {}, PhenotypeFit.DOES_NOT_SPEAK_FOR),
        ("", "", {"ige": "9000 kU/L"}, PhenotypeFit.DOES_NOT_SPEAK_FOR),
        ("", "", {"ige": "2 kU/L"}, PhenotypeFit.DOES_NOT_SPEAK_FOR),
        ("HP:0000857", "", {"ige": "2.3 IU/mL"}, PhenotypeFit.FITS),
        ("", "", {"treg": "1 %"}, PhenotypeFit.NOT_TOLD),
    ],
)
def test_the_rule(
    present: str, denied: str, values: dict[str, str], expected: PhenotypeFit, catalogue: Catalogue
) -> None:
    assert fit(catalogue, picture(present, denied, age="P0D", **values)) is expected


def test_nothing_but_the_rules_predicts(catalogue: Catalogue, rules: PhenotypeRules) -> None:
    assert {rule.fit for rule in rules.fits} == set(PhenotypeFit)
    for rule in rules.fits:
        assert set(rule.citations) <= set(catalogue.citations)
        assert not re.search("severe|mild", rule.sentence)


def test_what_is_stated_goes_before_what_is_measured(catalogue: Catalogue) -> None:
    found = judged_picture(Patient(phenotype=picture("", "HP:0003212", age="P1Y", ige="500 kU/L")), catalogue)
    assert [one.term.id for one in found.denied] == ["HP:0003212"]
    assert not found.present
    assert "the statement counts" in found.notes[0]
    other = judged_picture(Patient(phenotype=picture("HP:0003212", age="P1Y", ige="5 kU/L")), catalogue)
    assert not other.denied
    assert "within the limit" in other.notes[0]


def test_features_are_counted_among_published_people(catalogue: Catalogue) -> None:
    """The only one of the table without diabetes and skin disease is the boy of fped2017."""
    people = published_people(catalogue)
    found = judged_picture(Patient(phenotype=picture("HP:0002041", "HP:0000819;HP:0011123")), catalogue)
    denied = {one.term.id: one for one in found.denied}
    assert denied["HP:0000819"].denied_in == 1
    assert denied["HP:0011123"].denied_in == 1
    (diarrhoea,) = found.present
    own = sum(any(term.id == "HP:0002041" for term in case.present) for case in people)
    assert (diarrhoea.reported.count, diarrhoea.reported.total) == (own, len(people))
    assert "HP:0002041" not in {term.id for term in found.not_assessed}


# --- likelihood -------------------------------------------------------------------------------------------


def test_ratios_come_from_rows_that_hold_both_shares(catalogue: Catalogue, rules: PhenotypeRules) -> None:
    """Food allergy: 36 % of 88 with a mutation, 11 % of IPEX-like (Gambineri 2018); absent 64 % against 89 %."""
    rows = {one.id: one for one in catalogue.clinical.statistics}
    allergy = next(one for one in rows.values() if one.metric == "food allergy" and one.cohort == "Gambineri 2018")
    assert allergy.id in rules.likelihood
    assert likelihood(allergy, present=True).ratio == round(36 / 11, 2)
    assert likelihood(allergy, present=False).ratio == round(64 / 89, 2)
    for id_ in rules.likelihood:
        assert likelihood(rows[id_], present=True).sentence
    eosinophilia = next(one for one in rows.values() if one.metric == "eosinophilia")
    assert likelihood(eosinophilia, present=False).ratio is None
    with pytest.raises(ValueError, match="both groups"):
        likelihood(rows["FT0001"], present=True)


def test_every_row_with_both_shares_is_decided(catalogue: Catalogue) -> None:
    decided = {row["statistic"]: row["use"] for row in read_table(RULES / "phenotype_likelihood.tsv")}
    able = {
        one.id
        for one in catalogue.clinical.statistics
        if one.hpo_id and re.match(r"IPEX-like [0-9]", one.comparison) and re.fullmatch(r"[0-9.]+%", one.printed)
    }
    assert set(decided) == able
    assert set(decided.values()) <= {"yes", "no"}


# --- organ involvement ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("present", "denied", "least", "most"),
    [
        ("HP:0002041", "", 1, 5),
        ("HP:0002041;HP:0004395;HP:0012115;HP:0002093;HP:0000100", "", 5, 5),
        ("HP:0000123", "HP:0002014;HP:0004395;HP:0001392;HP:0002086", 1, 1),
        ("", "HP:0000077", 0, 4),
        ("HP:0002099", "", 0, 5),
    ],
)
def test_the_organ_involvement_score(
    present: str, denied: str, least: int, most: int, catalogue: Catalogue, rules: PhenotypeRules
) -> None:
    organs = judged(picture(present, denied), catalogue.clinical, (), rules).organs
    assert (organs.least, organs.most) == (least, most)
    assert len(organs.items) == 5


# --- next steps -------------------------------------------------------------------------------------------


REPORTS = [one for one in Conclusion if one is not Conclusion.INCONCLUSIVE]
"""What a report can conclude; INCONCLUSIVE is said of findings alone."""


def test_every_conclusion_has_a_rule() -> None:
    assert set(case_rules()) == {one.value for one in REPORTS}


def statements(conclusion: str, catalogue: Catalogue, patient: Patient) -> dict[str, tuple[str, ...]]:
    steps = steps_of(conclusion, patient, catalogue)
    return {step.care.id: step.terms for step in steps.steps}


def test_statements_that_apply(catalogue: Catalogue) -> None:
    """Read from management.tsv: FM0048 needs diabetes, FM0001 nothing, FM0084 is for carriers, FM0012 is background."""
    nobody = statements("consistent_with_ipex", catalogue, Patient())
    assert "FM0001" in nobody
    assert not {"FM0048", "FM0084", "FM0012", "FM0077"} & set(nobody)
    diabetic = statements("consistent_with_ipex", catalogue, Patient(phenotype=picture("HP:0100651")))
    assert diabetic["FM0048"] == ("HP:0100651",)
    carrier = statements("carrier", catalogue, Patient())
    assert "FM0084" in carrier
    assert "FM0001" not in carrier
    transplanted = Patient(transplant=Transplant(PriorHsct.YES))
    assert "FM0077" in statements("consistent_with_ipex", catalogue, transplanted)
    assert "FM0098" in statements("nothing_found", catalogue, Patient())


def test_raised_ige_is_no_cytopenia(catalogue: Catalogue) -> None:
    told = Patient(phenotype=picture(age="P1Y", ige="9000 kU/L"))
    found = statements("consistent_with_ipex", catalogue, told)
    assert "FM0035" in found  # dupilumab, for raised IgE among others
    assert "FM0058" not in found  # blood components, for cytopenias
    assert told.phenotype
    assert "HP:0003212" in present_ids(told.phenotype, catalogue.clinical, phenotype_rules())


def test_other_genes_where_nothing_is_found(catalogue: Catalogue) -> None:
    for conclusion in REPORTS:
        named = steps_of(conclusion.value, Patient(), catalogue).other_genes
        expected = conclusion in (Conclusion.NOTHING_FOUND, Conclusion.NOT_ASSESSABLE, Conclusion.UNCERTAIN)
        assert bool(named) is expected
        assert len(named) == (27 if expected else 0)


def test_each_statement_of_the_table_can_apply(catalogue: Catalogue) -> None:
    """Over all conclusions, with all terms and a transplant, everything but background is shown."""
    everything = frozenset(term.id for term in catalogue.clinical.terms)
    shown = {
        step.care.id
        for rule in case_rules().values()
        for step in next_steps(rule, catalogue.clinical.care, (), everything, after_transplant=True).steps
    }
    background = {one.id for one in catalogue.clinical.care if one.applies_to == (Situation.BACKGROUND,)}
    assert shown == {one.id for one in catalogue.clinical.care} - background


# --- sheet ------------------------------------------------------------------------------------------------

COLUMNS = ("sample", "vcf", "sex", "hpo_present", "hpo_denied", "onset", "age", "ige", "eosinophils", "treg")


def sheet_of(folder: Path, **cells: str) -> Path:
    path = folder / "samples.tsv"
    row = {"sample": "trio_boy", "vcf": str(EXAMPLE / "joint_trio.vcf.gz"), "sex": "male"} | cells
    columns = (*COLUMNS, "phenopacket")
    lines = ["\t".join(columns), "\t".join(row.get(column, "") for column in columns)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


TOLD = {
    "hpo_present": "HP:0002041 Intractable diarrhea; HP:0001508;HP:0001166 Arachno<b>dactyly",
    "hpo_denied": "HP:0000819;HP:0011123",
    "onset": "P1M",
    "age": "P6M",
    "ige": "4000 IU/mL;5 kU/L",
    "eosinophils": "1.2 10^9/L",
    "treg": "1.2 %",
}


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({"hpo_present": "HP:12"}, "column `hpo_present`: 'HP:12' is no term of HPO"),
        ({"hpo_denied": "HP:0000004"}, "column `hpo_denied`: HP:0000004 is obsolete"),
        ({"hpo_present": "HP:0002014", "hpo_denied": "HP:0002014"}, "HP:0002014 is stated as present and as denied"),
        ({"onset": "2 months"}, "column `onset`: '2 months' is no age"),
        ({"age": "P"}, "column `age`: 'P' is no age"),
        ({"age": "P1M", "onset": "P2M"}, "onset P2M comes after the age P1M"),
        ({"ige": "4000"}, "column `ige`: '4000' is no value with a unit"),
        ({"ige": "4000 IU/L"}, "column `ige`: 'IU/L' is no unit for IgE"),
        ({"eosinophils": "12 %"}, "column `eosinophils`: '%' is no unit"),
        ({"treg": "150 %"}, "column `treg`: '150 %' is more than all"),
        ({"phenopacket": "nowhere.json"}, "nowhere.json: the phenopacket cannot be opened"),
    ],
)
def test_a_cell_that_cannot_be_used(cells: dict[str, str], told: str, tmp_path: Path) -> None:
    path = sheet_of(tmp_path, **cells)
    result = call("run", EXAMPLE / "joint_trio.vcf.gz", "-o", tmp_path / "out", "--samples", path)
    assert result.exit_code == 2
    assert told in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "out").exists()


def report_of(tmp_path: Path, *more: object, **cells: str) -> dict[str, Any]:
    path = sheet_of(tmp_path, **cells)
    result = call("run", EXAMPLE / "joint_trio.vcf.gz", "-o", tmp_path / "out", "--samples", path, *more)
    assert result.exit_code == 0, result.stderr
    found: dict[str, Any] = json.loads((tmp_path / "out" / "reports" / "trio_boy.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def told_report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return report_of(tmp_path_factory.mktemp("told"), **TOLD)


def test_the_report_tells_the_picture(told_report: dict[str, Any]) -> None:
    SCHEMA.validate(told_report)
    block = told_report["phenotype"]
    assert block["fit"]["code"] == "fits"
    assert {one["id"]: one["origin"] for one in block["present"]} == {
        "HP:0001166": "stated",
        "HP:0001508": "stated",
        "HP:0001880": "laboratory",
        "HP:0002041": "stated",
        "HP:0003212": "laboratory",
    }
    assert [one["id"] for one in block["denied"]] == ["HP:0000819", "HP:0011123"]
    assert [one["outside"] for one in block["laboratory"]] == [True, False, True, None]
    assert (block["organ_involvement"]["least"], block["organ_involvement"]["most"]) == (1, 5)
    assert told_report["differential"] is None
    cited = {one["key"] for one in told_report["citations"]}
    assert {"barzaghi2018", "gambineri2018"} <= cited


def test_a_replay_has_the_same_bytes(told_report: dict[str, Any]) -> None:
    assert report_json(replayed(told_report, Knowledge.shipped())) == report_json(told_report)


def test_a_damaged_picture_is_not_replayed(told_report: dict[str, Any]) -> None:
    damaged = copy.deepcopy(told_report)
    damaged["patient"]["phenotype"]["denied"].append({"id": "HP:0002041", "label": ""})
    with pytest.raises(InputError, match="is damaged"):
        replayed(damaged, Knowledge.shipped())


def test_the_page_shows_it_and_escapes(told_report: dict[str, Any]) -> None:
    page = sample_page(told_report)
    for words in (
        "Clinical picture",
        "First sign at 1 month",
        "Arachno&lt;b&gt;dactyly",
        "not among the terms of the table",
        "above the limit of 34 kU/L",
        "no limit with a source for this value",
        "likelihood ratio 1.06",
        "It is not advice",
        "Against it, or limiting it:",
    ):
        assert words in page, words
    assert "<b>dactyly" not in page
    assert "Other genes to think of" not in page


def test_a_clear_sample_names_other_genes(tmp_path: Path) -> None:
    path = sheet_of(tmp_path, sample="trio_father")
    result = call("run", EXAMPLE / "joint_trio.vcf.gz", "-o", tmp_path / "out", "--samples", path)
    assert result.exit_code == 0, result.stderr
    report = json.loads((tmp_path / "out" / "reports" / "trio_father.json").read_text(encoding="utf-8"))
    SCHEMA.validate(report)
    assert report["phenotype"] is None
    assert "IL2RA" in {one["gene"] for one in report["differential"]["genes"]}
    page = sample_page(report)
    assert "Other genes to think of" in page
    assert "Clinical picture</h2>" not in page


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Any:
    if isinstance(value, dict):
        for key, one in value.items():
            yield from leaves(one, (*path, key))
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from leaves(one, (*path, number))
    else:
        yield path


def test_no_difference_of_the_picture_goes_untold(told_report: dict[str, Any]) -> None:
    blocks = {key: told_report[key] for key in ("phenotype", "next_steps", "differential")}
    blocks["patient"] = {"phenotype": told_report["patient"]["phenotype"]}
    for path in leaves(blocks):
        other = copy.deepcopy(told_report)
        holder: Any = other
        for key in path[:-1]:
            holder = holder[key]
        value = holder[path[-1]]
        holder[path[-1]] = not value if isinstance(value, bool) else f"{value} changed"
        assert changes_between(told_report, other), path


def test_nothing_told_is_nothing_said(tmp_path: Path) -> None:
    assert report_of(tmp_path)["patient"]["phenotype"] is None


def test_what_is_told_is_read_back(told_report: dict[str, Any]) -> None:
    values = told_report["patient"]["phenotype"]
    assert picture_values(picture_of(values)) == values


def test_no_term_reaches_the_log(tmp_path: Path) -> None:
    path = sheet_of(tmp_path, **TOLD)
    result = call("run", EXAMPLE / "joint_trio.vcf.gz", "-o", tmp_path / "out", "--samples", path)
    assert "HP:" not in result.stderr + result.stdout
    provenance = json.loads((tmp_path / "out" / "reports" / "trio_boy.json").read_text(encoding="utf-8"))["provenance"]
    assert "HP:" not in json.dumps(provenance)


# --- phenopackets -----------------------------------------------------------------------------------------


def packet(**changed: Any) -> dict[str, Any]:
    """A phenopacket as the schema, version 2.0, writes it in JSON."""
    return {
        "id": "packet-1",
        "subject": {
            "id": "trio_boy",
            "sex": "MALE",
            "karyotypicSex": "XY",
            "timeAtLastEncounter": {"age": {"iso8601duration": "P6M"}},
        },
        "phenotypicFeatures": [
            {
                "type": {"id": "HP:0002014", "label": "Diarrhea"},
                "onset": {"age": {"iso8601duration": "P6W"}},
            },
            {"type": {"id": "HP:0000964", "label": "Eczematoid dermatitis"}},
            {"type": {"id": "HP:0000819", "label": "Diabetes mellitus"}, "excluded": True},
        ],
        "measurements": [
            {
                "assay": {"id": "LOINC:19113-0", "label": "IgE"},
                "value": {"quantity": {"unit": {"id": "UCUM:[IU]/mL", "label": "IU/mL"}, "value": 4000}},
                "timeObserved": {"age": {"iso8601duration": "P3M"}},
            },
            {"assay": {"id": "LOINC:718-7", "label": "Hemoglobin"}, "value": {"quantity": {"value": 90}}},
        ],
        "metaData": {"phenopacketSchemaVersion": "2.0.0"},
    } | changed


def written(folder: Path, values: Any, name: str = "boy.json") -> Path:
    path = folder / name
    path.write_text(json.dumps(values), encoding="utf-8")
    return path


def test_a_phenopacket_is_read(tmp_path: Path) -> None:
    found = read_phenopacket(written(tmp_path, packet()))
    assert (found.subject, found.sex, found.karyotype) == ("trio_boy", Sex.MALE, Karyotype.XY)
    told = found.picture
    assert told is not None
    assert [one.id for one in told.present] == ["HP:0000964", "HP:0002014"]
    assert told.denied == (Phenotype("HP:0000819", "Diabetes mellitus"),)
    assert (told.onset, told.age) == (Age("P6W"), Age("P6M"))
    (ige,) = told.measurements
    assert (ige.analyte, ige.value, ige.age) == (Analyte.IGE, 4000, Age("P3M"))
    assert told.unread == ("LOINC:718-7 Hemoglobin",)


def test_names_of_the_schema_are_read_too(tmp_path: Path) -> None:
    values = packet()
    values["phenotypic_features"] = values.pop("phenotypicFeatures")
    values["subject"]["time_at_last_encounter"] = values["subject"].pop("timeAtLastEncounter")
    assert (
        read_phenopacket(written(tmp_path, values)).picture
        == read_phenopacket(written(tmp_path, packet(), "other.json")).picture
    )


def test_a_phenopacket_that_says_little(tmp_path: Path) -> None:
    found = read_phenopacket(written(tmp_path, {"id": "x", "subject": {"id": "S", "sex": "UNKNOWN_SEX"}}))
    assert (found.sex, found.karyotype, found.picture) == (None, None, None)


def changed_subject(**cells: Any) -> dict[str, Any]:
    return packet(subject={"id": "trio_boy"} | cells)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ([], "must hold one phenopacket"),
        ({"proband": {}}, "a family or a cohort"),
        ({"id": "x"}, "names no `subject`"),
        ({"subject": "trio_boy"}, "`subject` must be an object"),
        (changed_subject(sex="BOY"), "`sex` of the subject is 'BOY'"),
        (changed_subject(sex=[]), "`sex` of the subject"),
        (changed_subject(karyotypicSex="XZ"), "`karyotypicSex` is 'XZ'"),
        (changed_subject(karyotypicSex="XXYY"), "is not handled"),
        (changed_subject(timeAtLastEncounter={"age": {"iso8601duration": "6 months"}}), "'6 months' is no age"),
        (packet(phenotypicFeatures={}), "`phenotypicFeatures` must be a list"),
        (packet(phenotypicFeatures=[1]), "must hold objects"),
        (packet(phenotypicFeatures=[{}]), "has no `type`"),
        (packet(phenotypicFeatures=[{"type": {"id": "OMIM:1"}}]), "no term of HPO"),
        (packet(phenotypicFeatures=[{"type": {"id": "HP:0000004"}}]), "obsolete"),
        (packet(phenotypicFeatures=[{"type": {"id": "HP:0002014"}, "excluded": "yes"}]), "`excluded` must be true"),
        (
            packet(
                phenotypicFeatures=[
                    {"type": {"id": "HP:0002014"}},
                    {"type": {"id": "HP:0002014"}, "excluded": True},
                ]
            ),
            "as present and as denied",
        ),
        (packet(measurements=[{"assay": {"id": "LOINC:19113-0"}}]), "has no `value.quantity.value`"),
        (
            packet(
                measurements=[
                    {
                        "assay": {"id": "LOINC:19113-0"},
                        "value": {"quantity": {"unit": {"id": "UCUM:g/L"}, "value": 3}},
                    }
                ]
            ),
            "is no unit for IgE",
        ),
        (
            {"subject": {"id": "trio_boy"}, "metaData": {"phenopacketSchemaVersion": "1.0.0"}},
            "version 1 of the schema",
        ),
    ],
)
def test_a_phenopacket_that_cannot_be_used(values: Any, told: str, tmp_path: Path) -> None:
    path = written(tmp_path, values)
    result = call("run", EXAMPLE / "joint_trio.vcf.gz", "-o", tmp_path / "out", "--phenopackets", path)
    assert result.exit_code == 2
    assert told in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe", b"[" * 100_000])
def test_a_file_that_is_no_json(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(content)
    with pytest.raises(InputError, match="is not JSON"):
        read_phenopacket(path)


def test_a_phenopacket_alone_states_the_sex(tmp_path: Path) -> None:
    path = written(tmp_path, packet())
    result = call("run", EXAMPLE / "joint_trio.vcf.gz", "-o", tmp_path / "out", "--phenopackets", path)
    assert result.exit_code == 0, result.stderr
    report = json.loads((tmp_path / "out" / "reports" / "trio_boy.json").read_text(encoding="utf-8"))
    SCHEMA.validate(report)
    assert (report["sample"]["sex"], report["sample"]["sex_source"]) == ("male", "declared")
    assert report["patient"]["karyotype"] == "XY"
    assert report["conclusion"]["code"] == "consistent_with_ipex"
    assert report["phenotype"]["fit"]["code"] == "fits"
    assert "Values of a phenopacket that are not used: LOINC:718-7 Hemoglobin" in sample_page(report)
    assert report_json(replayed(report, Knowledge.shipped())) == report_json(report)


def test_sheet_and_phenopacket_join(tmp_path: Path) -> None:
    path = written(tmp_path, packet())
    report = report_of(tmp_path, hpo_present="HP:0001508", phenopacket=str(path))
    assert [one["id"] for one in report["patient"]["phenotype"]["present"]] == [
        "HP:0000964",
        "HP:0001508",
        "HP:0002014",
    ]
    folder = tmp_path / "packets"
    folder.mkdir()
    written(folder, packet())
    again = report_of(tmp_path, "--phenopackets", folder, hpo_present="HP:0001508")
    assert again["patient"] == report["patient"]


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({"sex": "female"}, "states sex male, the sample sheet female"),
        ({"hpo_denied": "HP:0002014"}, "contradict each other: HP:0002014 is stated as present and as denied"),
        ({"hpo_present": "HP:0100651"}, "contradict each other: HP:0100651 is stated as present, but HP:0000819"),
        ({"onset": "P1M"}, "contradict each other: onset is told as P1M and as P6W"),
        ({"sample": "trio_father"}, "is about 'trio_boy', but the sheet names it for 'trio_father'"),
    ],
)
def test_sheet_and_phenopacket_must_agree(cells: dict[str, str], told: str, tmp_path: Path) -> None:
    path = sheet_of(tmp_path, phenopacket=str(written(tmp_path, packet())), **cells)
    result = call("run", EXAMPLE / "joint_trio.vcf.gz", "-o", tmp_path / "out", "--samples", path)
    assert result.exit_code == 2
    assert told in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_command_line_and_phenopacket_must_agree(tmp_path: Path) -> None:
    path, vcf = written(tmp_path, packet()), EXAMPLE / "joint_trio.vcf.gz"
    result = call("run", vcf, "-o", tmp_path / "out", "--phenopackets", path, "--sex", "trio_boy=female")
    assert result.exit_code == 2
    assert "--sex female" in result.stderr


def test_karyotypes_must_agree(tmp_path: Path) -> None:
    path = tmp_path / "s.tsv"
    path.write_text(f"sample\tkaryotype\tphenopacket\ntrio_boy\tXXY\t{written(tmp_path, packet())}\n", encoding="utf-8")
    with pytest.raises(InputError, match="karyotype XY, the sample sheet XXY"):
        with_phenopackets(read_sample_sheet(path))


def test_phenopackets_of_nobody(tmp_path: Path) -> None:
    path = written(tmp_path, packet(subject={"id": "somebody"}))
    result = call("run", EXAMPLE / "joint_trio.vcf.gz", "-o", tmp_path / "out", "--phenopackets", path)
    assert result.exit_code == 2
    assert "'somebody' is in none of the inputs" in result.stderr
    with pytest.raises(InputError, match=r"holds no \.json file"):
        with_phenopackets(SampleSheet(), [EXAMPLE])
    two = [written(tmp_path, packet(), "a.json"), written(tmp_path, packet(), "b.json")]
    with pytest.raises(InputError, match=r"keep one"):
        with_phenopackets(SampleSheet(), two)


# --- the tables of rules ----------------------------------------------------------------------------------


def test_the_tables_are_sound(catalogue: Catalogue, rules: PhenotypeRules) -> None:
    terms = {term.id for term in catalogue.clinical.terms}
    assert rules.wide <= terms
    assert {limit.hpo_id for limit in rules.limits} <= terms
    assert {id_ for item in rules.organs for id_ in item.present} <= terms
    assert {key for item in rules.organs for key in item.citations} <= set(catalogue.citations)
    assert rules.uncounted <= {term.category for term in catalogue.clinical.terms}
    for row in read_table(RULES / "wide_terms.tsv"):
        assert catalogue.clinical.term(row["hpo_id"]).label == row["label"]  # type: ignore[union-attr]
    sources = {row["key"] for row in read_table(RULES / "laboratory_sources.tsv")}
    for name in ("laboratory_units.tsv", "laboratory_assays.tsv", "laboratory_limits.tsv"):
        assert {row["source"] for row in read_table(RULES / name)} <= sources
    cited = {key for row in read_table(RULES / "phenotype_core.tsv") for key in row["citations"].split(";")}
    assert cited <= set(catalogue.citations)


def test_parents_lead_up_to_a_term_of_the_table(catalogue: Catalogue, rules: PhenotypeRules) -> None:
    terms = {term.id for term in catalogue.clinical.terms}
    for id_ in rules.hierarchy.parents:
        above = rules.hierarchy.up(id_)
        assert above & terms
        assert id_ not in {wider for parent in rules.hierarchy.parents[id_] for wider in rules.hierarchy.up(parent)}


def copied(folder: Path) -> Path:
    for name in TABLES:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((RULES / name).read_bytes())
    return folder


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("phenotype_fit.tsv", "denied_core\tyes", "denied_core\tno"),
        ("phenotype_fit.tsv", "not_told", "unheard_of"),
        ("laboratory_limits.tsv", "P6M", "6 months"),
        ("laboratory_limits.tsv", "kU/L", "g/L"),
        ("laboratory_limits.tsv", "mayo_ige", "nobody"),
        ("laboratory_units.tsv", "\t24\t", "\t0\t"),
        ("laboratory_assays.tsv", "ige", "igx"),
    ],
)
def test_an_unsound_rule_is_refused(name: str, old: str, new: str, tmp_path: Path) -> None:
    folder = copied(tmp_path)
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ResourceError):
        load_phenotype_rules(folder)
