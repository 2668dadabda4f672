"""Published people, run as samples, get the conclusion that their papers call for.

What is expected stands in `cases/published_cases.tsv`, written from what the papers report: a boy with an allele that
is reported as a cause of IPEX on his only copy is consistent with IPEX however he fares, a woman with one of two copies
is a carrier whatever signs she has, and where sex or allele is not told, or the cells may be a donor's, a person must
look. A row of a family or group is run as one of its people. `run` is `stand_in` where the paper does not name the
allele and another one is written in its place, and `no` where that cannot be done; `why` then says why.
"""

import csv
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from foxp3_annot.assembly import Assembly
from foxp3_annot.cli import main
from foxp3_annot.gene import Gene
from foxp3_annot.resources import resource_root

EXPECTED = "published_cases.tsv"
KNOWLEDGE = resource_root() / "knowledge"
UNITS_OF_IGE = ("kU/L", "IU/mL", "ng/mL")
HEADER = (
    "##fileformat=VCFv4.2\n"
    '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">\n'
    '##FORMAT=<ID=DP,Number=1,Type=Integer,Description="Reads">\n'
    '##FORMAT=<ID=GQ,Number=1,Type=Integer,Description="Genotype quality">\n'
    '##INFO=<ID=END,Number=1,Type=Integer,Description="End">\n'
    '##ALT=<ID=DEL,Description="Deletion">\n'
    "##contig=<ID=chrX,length=156040895>\n"
    "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT"
)
COLUMNS = ["sample", "vcf", "sex", "prior_hsct", "material", "hpo_present", "hpo_denied", "onset", "age", "ige"]

Row = dict[str, str]


@dataclass(frozen=True)
class Told:
    """What a run wrote of one sample."""

    report: dict[str, Any]
    page: str

    @property
    def findings(self) -> list[dict[str, Any]]:
        """Small and large alleles that the sample carries."""
        return [*self.report["findings"], *self.report["structural_findings"]]


def curated_of(found: dict[str, Any]) -> dict[str, Any]:
    """The curated row that a finding is, empty where it is none."""
    if "curated" in found:
        return found["curated"] or {}
    same = found["match"]["level"] == "same_allele"
    return found["match"]["curated"][0] if same else {}


@cache
def table(name: str) -> tuple[Row, ...]:
    """The rows of a table of the knowledge."""
    with (KNOWLEDGE / f"{name}.tsv").open(encoding="utf-8", newline="") as lines:
        return tuple(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


@cache
def people() -> dict[str, Row]:
    return {row["id"]: row for row in table("cases")}


def ids(terms: str) -> str:
    """Ids alone, as a sample sheet has them."""
    return ";".join(term.partition(" ")[0] for term in terms.split(";") if term)


def ige_of(case: Row) -> str:
    """IgE where its unit is one that the sheet takes."""
    values = [one.removeprefix("IgE=") for one in case["immunology"].split(";") if one.startswith("IgE=")]
    return next((one for one in values if one.endswith(UNITS_OF_IGE)), "")


def record_of(row: Row) -> str:
    """Position to INFO of the record that a person carries: of the allele that stands in, or of the curated one."""
    variant = people()[row["case"]]["variant_id"]
    if variant.startswith("FS"):
        start, end = next(one["grch38_outer"] for one in table("structures") if one["id"] == variant).split("-")
        return f"{int(start) - 1}\t.\tN\t<DEL>\t.\tPASS\tEND={end}"
    allele = row["allele"] or next(one["grch38"] for one in table("variants") if one["id"] == variant)
    position, ref, alt = allele.split(":")
    return f"{position}\t.\t{ref}\t{alt}\t.\tPASS\t."


def sheet_row(row: Row, file: Path) -> str:
    case = people()[row["case"]]
    cells = (
        *(row["sample"], str(file), case["sex"], row["prior_hsct"], "blood"),
        *(ids(case["hpo_present"]), ids(case["hpo_denied"]), case["onset"], row["age"], ige_of(case)),
    )
    return "\t".join(cells)


def write_calls(path: Path, rows: list[Row]) -> None:
    """One file of variants, in which each person carries the own record alone."""
    records = sorted({record_of(row) for row in rows}, key=lambda record: int(record.partition("\t")[0]))
    lines = ["\t".join((HEADER, *(row["sample"] for row in rows)))]
    for record in records:
        reference = {row["sample"]: re.sub(r"\d", "0", row["genotype"]) for row in rows}
        cells = [row["genotype"] if record_of(row) == record else reference[row["sample"]] for row in rows]
        lines.append("\t".join(("chrX", record, "GT", *cells)))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_clear(path: Path, rows: list[Row], gene: Gene) -> None:
    """One file in which the whole window was seen deeply and is reference in everyone."""
    window = gene.on(Assembly.GRCH38).window
    cells = "\t".join("0:40:99" for _ in rows)
    base = gene.on(Assembly.GRCH38).reference.fetch(window.start, window.start)
    block = f"chrX\t{window.start}\t.\t{base}\t<NON_REF>\t.\t.\tEND={window.end}\tGT:DP:GQ\t{cells}"
    names = "\t".join(row["sample"] for row in rows)
    path.write_text(f"{HEADER}\t{names}\n{block}\n", encoding="utf-8")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, gene: Gene, cases: Callable[[str], list[Row]]) -> dict[str, Told]:
    """All people in one run, by the name of their sample; `NOT_TRANSPLANTED` has the clear file of the transplanted."""
    folder = tmp_path_factory.mktemp("published")
    rows = [row for row in cases(EXPECTED) if row["run"] != "no"]
    carrying, clear = ([row for row in rows if (row["genotype"] == "0") is none] for none in (False, True))
    clear = [*clear, *(row | {"sample": "NOT_TRANSPLANTED", "prior_hsct": "none"} for row in clear)]
    calls, blocks = folder / "calls.vcf", folder / "clear.g.vcf"
    write_calls(calls, carrying)
    write_clear(blocks, clear, gene)
    lines = ["\t".join(COLUMNS), *(sheet_row(row, calls) for row in carrying), *(sheet_row(r, blocks) for r in clear)]
    (folder / "samples.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    words = ["run", str(calls), str(blocks), "-o", str(folder / "out"), "--samples", str(folder / "samples.tsv")]
    result = CliRunner().invoke(main, words, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    reports = folder / "out" / "reports"
    return {
        path.stem: Told(json.loads(path.read_text()), path.with_suffix(".html").read_text())
        for path in sorted(reports.glob("*.json"))
    }


# --- the table of expectations ---


def test_each_published_person_is_run_or_left_out_for_a_reason(cases: Callable[[str], list[Row]]) -> None:
    placed = {one["id"] for name in ("variants", "structures") for one in table(name)}
    unplaced = {one["id"]: one["reason"] for one in table("unplaced")}
    rows = cases(EXPECTED)
    assert {row["case"] for row in rows} == set(people())
    assert len({row["sample"] for row in rows}) == len(rows)
    for row in rows:
        variant = people()[row["case"]]["variant_id"]
        assert (row["run"] == "yes") == (variant in placed), row["case"]
        assert (row["run"] == "stand_in") == bool(row["allele"]), row["case"]
        assert row["source"] in people()[row["case"]]["citations"].split(";"), row["case"]
        if row["run"] == "no":
            assert row["why"] == f"variant not placed: {unplaced[variant]}"


def test_expected_conclusions_keep_to_the_curated_classes(cases: Callable[[str], list[Row]]) -> None:
    """An allele that a source refutes is never expected to explain, one that none doubts never to explain nothing."""
    for row in cases(EXPECTED):
        about = [one for one in table("assertions") if one["variant_id"] == people()[row["case"]]["variant_id"]]
        classes = {one["classification"] for one in about}
        if row["run"] == "yes" and row["prior_hsct"] == "none":
            refuted = "refuted" in classes
            assert refuted == (row["conclusion"] == "not_assessable"), row["case"]
            if not refuted:
                assert classes <= {"pathogenic", "likely_pathogenic", "disease_associated"}, row["case"]


# --- every person ---


@pytest.mark.cases(EXPECTED)
def test_a_published_person_gets_the_conclusion_that_the_paper_calls_for(case: Row, told: dict[str, Told]) -> None:
    if case["run"] == "no":
        assert case["sample"] not in told
        return
    one = told[case["sample"]]
    assert one.report["conclusion"]["code"] == case["conclusion"]
    states = [(found["zygosity"]["code"], found["zygosity"]["state"]) for found in one.findings]
    assert states == ([] if case["zygosity"] == "none" else [(case["zygosity"], case["state"])])
    picture = one.report["phenotype"]
    assert (picture["fit"]["code"] if picture else "not_told") == case["fit"]
    if picture:
        stated = people()[case["case"]]
        for key, column in (("present", "hpo_present"), ("denied", "hpo_denied")):
            as_told = {term["id"] for term in picture[key] if term["origin"] == "stated"}
            assert as_told == set(filter(None, ids(stated[column]).split(";")))


# --- single people of whom more is to be said ---


def test_a_brother_without_symptoms_is_told_nothing_of_how_he_will_fare(told: dict[str, Told]) -> None:
    one = told["FC0027"]
    assert one.report["conclusion"]["code"] == "consistent_with_ipex"
    assert list(forecasts(one)) == []
    reported = curated_of(one.findings[0])["reported"]
    assert reported["oldest_alive"] == "P6Y"


def test_features_that_a_boy_lacks_are_listed_and_the_picture_fits_still(told: dict[str, Told]) -> None:
    picture = told["FC0003"].report["phenotype"]
    assert {"HP:0000819", "HP:0011123"} <= {term["id"] for term in picture["denied"]}
    assert picture["fit"]["code"] == "fits"
    assert "Diabetes mellitus" in told["FC0003"].page


def test_a_low_ige_gives_no_term(told: dict[str, Told]) -> None:
    picture = told["FC0008"].report["phenotype"]
    assert [(one["text"], one["outside"]) for one in picture["laboratory"]] == [("2.3 IU/mL", False)]
    assert "HP:0003212" not in {term["id"] for term in picture["present"]}


def test_the_upstream_deletion_is_the_reported_lesion(told: dict[str, Told]) -> None:
    one = told["FC0023"]
    assert one.report["findings"] == []
    assert [curated_of(found)["id"] for found in one.report["structural_findings"]] == ["FS0001"]


@pytest.mark.parametrize(("sample", "name"), [("FC0024", "c.*876A>G"), ("FC0025", "c.*878A>G")])
def test_both_alleles_of_the_polya_signal_are_known(told: dict[str, Told], sample: str, name: str) -> None:
    (found,) = told[sample].findings
    assert curated_of(found)["name"] == name
    assert curated_of(found)["classification"]["code"] == "disease_associated"


@pytest.mark.parametrize("sample", ["FC0014", "FC0064"])
def test_diabetes_of_a_carrier_is_not_read_as_ipex(told: dict[str, Told], sample: str) -> None:
    one = told[sample]
    assert one.report["conclusion"]["code"] == "carrier"
    assert {found["conclusion"] for found in one.findings} == {"carrier"}
    assert "cause of her" not in one.page
    (pp4,) = (row for row in one.findings[0]["acmg"]["criteria"] if row["code"] == "PP4")
    assert (pp4["state"]["code"], pp4["points"]) == ("not_applicable", 0)
    assert any("not read as IPEX" in note for note in one.report["phenotype"]["notes"])
    assert "an incomplete triad does not speak against IPEX" not in one.page


@pytest.mark.parametrize("sample", ["FC0003_after", "FC0004_after", "FC0005_after"])
def test_an_allele_in_blood_after_a_transplant_may_be_the_donors(told: dict[str, Told], sample: str) -> None:
    (found,) = told[sample].findings
    before = told[sample.removesuffix("_after")]
    assert curated_of(found)["id"] == curated_of(before.findings[0])["id"]
    assert any("may be the donor's" in note for note in found["notes"])
    assert not any("donor" in note for note in before.findings[0]["notes"])


def test_clear_blood_is_interpretable_only_without_a_transplant(told: dict[str, Told]) -> None:
    assert told["FC0004_clear"].report["conclusion"]["code"] == "not_interpretable"
    assert told["NOT_TRANSPLANTED"].report["conclusion"]["code"] != "not_interpretable"
    assert told["NOT_TRANSPLANTED"].report["transplant"] is None


# --- what no report says ---

FORECAST = re.compile(
    r"\b(mild(er|ly)?|sever(e|er|ely|ity)|prognos\w*|outlook|life expectancy|survival|"
    r"(is|are|be) (expected|likely) to|will (have|develop|die|survive|suffer|need|live|be)|"
    r"(poor|good|better|worse|favourable|benign) (course|outcome))\b",
    re.IGNORECASE,
)
ALLOWED = re.compile(
    r"predicts nothing|not a forecast|never predicted|must not be predicted|"
    r"the message is expected to decay|patients about to be transplanted, in whom .* went with better survival",
    re.IGNORECASE,
)
"""What says that there is no forecast, speaks of messenger RNA, or tells what was found in a cohort."""


@cache
def quotable() -> tuple[str, ...]:
    """The cells of all tables that hold words of a forecast, the longest first: sources may say what we may not."""
    cells: set[str] = set()
    for path in KNOWLEDGE.glob("*.tsv"):
        with path.open(encoding="utf-8", newline="") as lines:
            for row in csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
                cells.update(cell for cell in row if FORECAST.search(cell))
    labels = {cell.partition(" ")[2] for cell in ids_and_labels() if FORECAST.search(cell)}
    return tuple(sorted(cells | labels, key=len, reverse=True))


def ids_and_labels() -> Iterator[str]:
    for row in table("cases"):
        yield from (*row["hpo_present"].split(";"), *row["hpo_denied"].split(";"))


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for one in value.values():
            yield from texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from texts(one)
    elif isinstance(value, str):
        yield value


def shown(page: str) -> str:
    """What a reader of the page sees."""
    page = re.sub(r"<(style|script)\b.*?</\1>", " ", page, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def forecasts(one: Told) -> Iterator[str]:
    """Sentences of a report that speak of how ill someone will be and that no table holds."""
    for text in {*texts(one.report), shown(one.page)}:
        plain = " ".join(text.split())
        for cell in quotable():
            plain = plain.replace(" ".join(cell.split()), " ")
        for sentence in re.split(r"(?<=[.;!?]) ", plain):
            if FORECAST.search(sentence) and not ALLOWED.search(sentence):
                yield sentence


def test_no_report_predicts_how_ill_someone_will_be(told: dict[str, Told]) -> None:
    assert {sentence[:300] for one in told.values() for sentence in forecasts(one)} == set()


@pytest.mark.parametrize(
    "sentence", ["A severe course is expected.", "The prognosis is good.", "He will develop diabetes.", "Mild disease."]
)
def test_a_forecast_would_be_noticed(told: dict[str, Told], sentence: str) -> None:
    one = told["FC0001"]
    assert list(forecasts(Told(one.report | {"added": sentence}, one.page)))
    assert list(forecasts(Told(one.report, one.page.replace("</body>", f"<p>{sentence}</p></body>"))))


def proportions(value: Any) -> Iterator[dict[str, Any]]:
    """Every share with its interval, anywhere in a report."""
    if isinstance(value, dict):
        if {"count", "of", "interval", "sentence"} <= value.keys():
            yield value
        for one in value.values():
            yield from proportions(one)
    elif isinstance(value, list):
        for one in value:
            yield from proportions(one)


def test_every_reported_range_names_how_many_people_it_is_of(told: dict[str, Told]) -> None:
    ranges = 0
    for one in told.values():
        for share in proportions(one.report):
            words = f"{share['count']} of {share['of']}" if share["of"] else "nobody looked at"
            assert share["sentence"].startswith(words)
        for found in one.findings:
            reported = curated_of(found).get("reported")
            if not reported or not reported["individuals"]:
                continue
            ranges += 1
            onset, page = reported["onset"], shown(one.page)
            n = {0: "age at onset not given", 1: "in the one whose age is given"}
            assert n.get(onset["known"], f"({onset['known']} with a known age)") in onset["sentence"]
            assert f"{reported['individuals']} described one by one; {onset['sentence']}" in page
            assert f"dead where the outcome is told: {reported['dead']['sentence']}" in page
    assert ranges > 25
