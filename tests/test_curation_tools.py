"""Figures on people, comparison of versions, replay, import from ClinVar, and the accounts of the tables."""

import csv
import gzip
import json
import math
import re
import shutil
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from itertools import pairwise, permutations
from pathlib import Path
from typing import Any

import pysam
import pytest
from click.testing import CliRunner, Result

from foxp3_annot.assembly import Assembly
from foxp3_annot.cases import Age, Case, Phenotype, Proportion, reported_range
from foxp3_annot.catalogue import Catalogue, load_catalogue
from foxp3_annot.cli import main
from foxp3_annot.curation.compare import Change, ChangeKind, compare, compare_rows
from foxp3_annot.curation.statistics import statistics, statistics_text
from foxp3_annot.gene import Gene, foxp3
from foxp3_annot.genotype import Sex
from foxp3_annot.knowledge import Knowledge
from foxp3_annot.pack.folder import read_pack
from foxp3_annot.pack.vocabulary import Answer, CaseLevel, CaseSex, CaseZygosity, Inheritance, Outcome
from foxp3_annot.pipeline import Job, report_jobs
from foxp3_annot.report.json import report_json
from foxp3_annot.resources import resource_root

Row = dict[str, str]
HERE = Path(__file__).parent
SMALL = HERE / "cases" / "small_pack"
EXAMPLE = HERE.parent / "resources" / "example"


def call(*words: str | Path) -> Result:
    """Run the program; an unexpected exception fails the test with its traceback."""
    return CliRunner().invoke(main, [str(word) for word in words], catch_exceptions=False)


def rows_of(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def write_rows(path: Path, rows: list[Row]) -> None:
    lines = ["\t".join(rows[0]), *("\t".join(row.values()) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="")


@pytest.fixture
def full_copy(knowledge_copy: Path) -> Path:
    """A copy of the shipped tables with the small invented ones among them."""
    for path in sorted(SMALL.glob("*.tsv")):
        target = knowledge_copy / path.name
        added = rows_of(path)
        first = next(iter(added[0]))
        found = rows_of(target) if target.exists() else []
        keys = {row[first] for row in found} if path.stem not in ("assertions", "functional") else set()
        write_rows(target, found + [row for row in added if row[first] not in keys])
    call("knowledge", "check", knowledge_copy, "--fix")
    return knowledge_copy


# --- ages -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("P0D", "birth"),
        ("P1D", "1 day"),
        ("P21D", "21 days"),
        ("P2W", "2 weeks"),
        ("P1M", "1 month"),
        ("P1Y", "1 year"),
        ("P2Y6M", "2 years 6 months"),
        ("P1Y2M3W4D", "1 year 2 months 3 weeks 4 days"),
        ("P0Y3M", "3 months"),
    ],
)
def test_an_age_in_words(text: str, words: str) -> None:
    assert Age(text).words == words


def test_ages_are_in_order() -> None:
    """As a calendar has them: a month is longer than four weeks, and shorter than five."""
    texts = [
        "P0D",
        "P1D",
        "P6D",
        "P1W",
        "P8D",
        "P4W",
        "P1M",
        "P5W",
        "P2M",
        "P11M",
        "P1Y",
        "P1Y1D",
        "P18M",
        "P2Y",
        "P99Y",
    ]
    ages = [Age(text) for text in texts]
    assert all(one < two and two > one and one <= two and one != two for one, two in pairwise(ages))
    assert sorted(sorted(ages, key=lambda age: age.text)) == ages
    assert max(ages).text == "P99Y"


def test_equal_lengths_have_one_order() -> None:
    """A year and twelve months: neither order is wrong, but it must not depend on who comes first."""
    one, two = Age("P1Y"), Age("P12M")
    assert one.days == pytest.approx(two.days)
    assert sorted([one, two]) == sorted([two, one])


# --- proportions ------------------------------------------------------------------------------------------

Z = 1.959963984540054
"""The 97.5 % point of the normal distribution."""


def score_bounds(count: int, total: int) -> tuple[float, float]:
    """Where the score test stops to reject: |count/total - p| = z sqrt(p (1 - p) / total), found by halving."""

    def rejects(p: float) -> bool:
        return abs(count / total - p) > Z * math.sqrt(p * (1 - p) / total)

    def edge(outside: float, inside: float) -> float:
        for _ in range(80):
            middle = (outside + inside) / 2
            outside, inside = (middle, inside) if rejects(middle) else (outside, middle)
        return (outside + inside) / 2

    share = count / total
    return (edge(0.0, share) if count else 0.0), (edge(1.0, share) if count < total else 1.0)


@pytest.mark.parametrize("total", [1, 2, 3, 7, 10, 29, 66, 96, 148])
def test_the_interval_solves_the_score_equation(total: int) -> None:
    for count in range(total + 1):
        assert Proportion(count, total).interval == pytest.approx(score_bounds(count, total), abs=1e-5)


@pytest.mark.parametrize(
    ("count", "total", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_as_published(count: int, total: int, low: float, high: float) -> None:
    """Newcombe 1998, Stat Med 17:857, table I, score method without continuity correction."""
    assert Proportion(count, total).interval == pytest.approx((low, high), abs=5e-5)


def test_a_percentage_stands_only_where_ten_were_looked_at() -> None:
    """Without the bracket of the interval no percent sign is left below ten, and one is from ten on."""
    for total in range(1, 40):
        for count in range(total + 1):
            sentence = Proportion(count, total).sentence
            assert sentence.startswith(f"{count} of {total}")
            outside, bracket = sentence.split("(", 1)
            assert ("%" in outside) is (total >= 10)
            assert re.fullmatch(r"95 % interval [0-9]+ to [0-9]+ %\)", bracket)
    assert "%" not in Proportion(0, 0).sentence


# --- what people had --------------------------------------------------------------------------------------

DIARRHOEA, ECZEMA, DIABETES = (
    Phenotype(*one)
    for one in (("HP:0002014", "Diarrhea"), ("HP:0000964", "Eczematoid dermatitis"), ("HP:0000819", "D"))
)
NOBODY = Case(
    *("C0", "pack", CaseLevel.INDIVIDUAL, 1, "", "", CaseSex.MALE, CaseZygosity.HEMIZYGOUS, None, ""),
    *((), (), "", (), "", Answer.UNKNOWN, Outcome.UNKNOWN, None, "", Inheritance.UNKNOWN, "", (), "abstract", ""),
)


def case(id_: str, **known: Any) -> Case:
    return replace(NOBODY, id=id_, **known)


PEOPLE = [
    case("C1", onset=Age("P2M"), present=(DIARRHOEA, ECZEMA), denied=(DIABETES,), outcome=Outcome.DEAD, family="a"),
    case("C2", onset=Age("P3D"), present=(DIARRHOEA,), outcome=Outcome.ALIVE, age_last=Age("P6Y"), family="a"),
    case("C3", denied=(DIARRHOEA,), outcome=Outcome.ALIVE, age_last=Age("P80M"), transplanted=Answer.YES),
    case("C4", onset=Age("P1Y"), sex=CaseSex.FEMALE, zygosity=CaseZygosity.HETEROZYGOUS),
    case("C5", outcome=Outcome.FETAL_DEATH),
    case("C6", level=CaseLevel.GROUP, people=12, present=(DIABETES, DIARRHOEA), onset=Age("P0D"), outcome=Outcome.DEAD),
    case("C7", level=CaseLevel.FAMILY, people=3, present=(ECZEMA,), transplanted=Answer.YES, family="a"),
]


def test_people_are_summed_up() -> None:
    """Counted by hand: two of one family and two alone; the carrier, the group and the family stand apart."""
    found = reported_range(PEOPLE)
    assert (found.individuals, found.carriers, found.people_in_groups) == (4, 1, 15)
    assert (found.families, found.males) == (3, 4)
    assert (found.onset_known, found.onset_first, found.onset_middle, found.onset_last) == (
        2,
        Age("P3D"),
        Age("P3D"),
        Age("P2M"),
    )
    assert found.dead == Proportion(2, 4)
    assert found.transplanted == 1
    assert found.oldest_alive == Age("P80M")
    features = {one.phenotype: (one.present.count, one.present.total, one.denied) for one in found.features}
    assert features == {DIARRHOEA: (2, 4, 1), ECZEMA: (1, 4, 0), DIABETES: (0, 4, 1)}
    assert [one.phenotype for one in found.features] == [DIARRHOEA, ECZEMA, DIABETES]


def test_what_nobody_mentions_is_not_denied() -> None:
    """Silent, denying and affected people are three different counts."""
    silent, denying, affected = case("C1"), case("C2", denied=(ECZEMA,)), case("C3", present=(ECZEMA,))
    assert reported_range([silent]).features == ()
    (only,) = reported_range([silent, denying]).features
    assert (only.present.count, only.denied) == (0, 1)
    (both,) = reported_range([silent, silent, denying, affected]).features
    assert (both.present.count, both.denied) == (1, 1)


def test_the_order_of_people_does_not_matter() -> None:
    expected = reported_range(PEOPLE)
    assert all(reported_range(order) == expected for order in permutations(PEOPLE, len(PEOPLE)))


def test_nobody() -> None:
    found = reported_range([])
    assert (found.individuals, found.dead, found.features, found.oldest_alive) == (0, Proportion(0, 0), (), None)
    assert found.onset_sentence == "age at onset not given"


def test_groups_alone_give_no_figures() -> None:
    found = reported_range(PEOPLE[-2:])
    assert (found.individuals, found.people_in_groups, found.onset_known, found.features) == (0, 15, 0, ())


# --- statistics -------------------------------------------------------------------------------------------


def counts_of(folder: Path) -> dict[str, int]:
    """The rows of the tables, counted without the package."""
    tables = {path.stem: rows_of(path) for path in folder.glob("*.tsv")}
    people = tables.get("cases", [])
    return {
        "alleles": len(tables["variants"]),
        "structural_lesions": len(tables.get("structures", [])),
        "mutations_without_a_place": len(tables.get("unplaced", [])),
        "statements": len(tables["assertions"]),
        "functional_results": len(tables["functional"]),
        "sources": len(tables["citations"]),
        "people_described_one_by_one": sum(
            row["level"] == "individual" and row["zygosity"] != "heterozygous" for row in people
        ),
        "people_in_families_and_groups": sum(int(row["people"]) for row in people if row["level"] != "individual"),
    }


@pytest.mark.parametrize("which", ["knowledge_folder", "full_copy"])
def test_statistics_count_the_rows(which: str, gene: Gene, request: pytest.FixtureRequest) -> None:
    folder: Path = request.getfixturevalue(which)
    values = statistics(load_catalogue(folder, gene), gene)
    assert {name: values[name] for name in counts_of(folder)} == counts_of(folder)
    for name, total in (
        ("by_classification", "alleles"),
        ("by_evidence_status", "alleles"),
        ("sources_by_kind", "sources"),
    ):
        assert sum(values[name].values()) == values[total], name
    assert sum(values["statements_by_reading"].values()) == values["statements"]
    assert sum(values["reported_in_ipex_by_consequence"].values()) == values["alleles_reported_in_ipex"]
    text = statistics_text(values)
    assert f"alleles: {values['alleles']}\n" in text


def test_statistics_command(knowledge_folder: Path) -> None:
    values = json.loads(call("knowledge", "stats", "--json").stdout)
    assert values["alleles"] == len(rows_of(knowledge_folder / "variants.tsv"))
    assert values["packs"][0].startswith("foxp3-annot-knowledge ")
    assert f"sources: {values['sources']}" in call("knowledge", "stats").stdout


# --- comparison -------------------------------------------------------------------------------------------

Tables = dict[str, list[Row]]


def removed(tables: Tables) -> None:
    tables["variants"] = [row for row in tables["variants"] if row["id"] != "FX0001"]
    for name in ("assertions", "functional", "cases"):
        tables[name] = [row for row in tables.get(name, []) if row["variant_id"] != "FX0001"]


def reclassified(tables: Tables) -> None:
    for row in tables["assertions"]:
        if row["variant_id"] == "FX0032":
            row |= {"classification": "uncertain", "stated_as": "Uncertain significance"}


def cell(table: str, id_: str, column: str, value: str) -> Callable[[Tables], None]:
    def edit(tables: Tables) -> None:
        row = next(row for row in tables[table] if next(iter(row.values())) == id_)
        assert row[column] != value
        row[column] = value

    return edit


def statement_added(tables: Tables) -> None:
    said = next(row for row in tables["assertions"] if row["variant_id"] == "FX0031")
    tables["assertions"].append(said | {"assigner": "Another laboratory", "date": "2025"})


CHANGES: dict[str, tuple[Callable[[Tables], None], str, dict[ChangeKind, int]]] = {
    "removed": (removed, "FX0001", {ChangeKind.REMOVED: 1}),
    "reclassified": (
        reclassified,
        "FX0032",
        {ChangeKind.RECLASSIFIED: 1, ChangeKind.STATEMENT_REMOVED: 1, ChangeKind.STATEMENT_ADDED: 1},
    ),
    "renamed": (cell("variants", "FX0031", "hgvs_p", "p.(Ala384Ser)"), "FX0031", {ChangeKind.RENAMED: 1}),
    "statement added": (statement_added, "FX0031", {ChangeKind.STATEMENT_ADDED: 1}),
    "experiment changed": (
        cell("functional", "FX0031", "direction", "increased"),
        "FX0031",
        {ChangeKind.EXPERIMENTS_CHANGED: 1},
    ),
    "remark changed": (cell("variants", "FX0031", "remark", "Beware."), "FX0031", {ChangeKind.REMARK_CHANGED: 1}),
    "rs number changed": (cell("variants", "FX0031", "rsid", "rs1"), "FX0031", {ChangeKind.IDENTIFIER_CHANGED: 1}),
    "older name changed": (
        cell("variants", "FX0031", "legacy_names", "A384X"),
        "FX0031",
        {ChangeKind.IDENTIFIER_CHANGED: 1},
    ),
    "nothing": (lambda _: None, "", {}),
}
TURNED = {
    ChangeKind.REMOVED: ChangeKind.ADDED,
    ChangeKind.STATEMENT_ADDED: ChangeKind.STATEMENT_REMOVED,
    ChangeKind.STATEMENT_REMOVED: ChangeKind.STATEMENT_ADDED,
}


@pytest.mark.parametrize("how", CHANGES)
def test_a_change_of_the_tables_is_told_both_ways(
    how: str, knowledge_copy: Path, gene: Gene, catalogue: Catalogue
) -> None:
    edit, id_, kinds = CHANGES[how]
    tables = {path.stem: rows_of(path) for path in knowledge_copy.glob("*.tsv")}
    edit(tables)
    for name, rows in tables.items():
        if rows:
            write_rows(knowledge_copy / f"{name}.tsv", rows)
    new = load_catalogue(knowledge_copy, gene)
    there, back = compare(catalogue, new), compare(new, catalogue)
    assert Counter(one.kind for one in there) == kinds
    assert {one.id for one in there} <= {id_}
    turned = Counter((TURNED.get(one.kind, one.kind), one.after, one.before) for one in there)
    assert Counter((one.kind, one.before, one.after) for one in back) == turned
    assert [list(ChangeKind).index(one.kind) for one in there] == sorted(list(ChangeKind).index(o.kind) for o in there)


def test_people_that_were_added_are_told(full_copy: Path, gene: Gene, catalogue: Catalogue) -> None:
    told = compare(catalogue, load_catalogue(full_copy, gene))
    changed = {one.id for one in told if one.kind is ChangeKind.CASES_CHANGED}
    assert changed == {row["variant_id"] for row in rows_of(SMALL / "cases.tsv") if row["variant_id"].startswith("FX")}


def test_the_words_of_a_change() -> None:
    change = Change(ChangeKind.RECLASSIFIED, "FX0001", "c.1A>G", "benign", "pathogenic")
    assert str(change) == "reclassified: FX0001 c.1A>G: benign -> pathogenic"
    assert str(replace(change, kind=ChangeKind.ADDED, before="")) == "added: FX0001 c.1A>G: (none) -> pathogenic"


def test_diff_command(knowledge_folder: Path, knowledge_copy: Path) -> None:
    assert call("knowledge", "diff", knowledge_folder, knowledge_copy).stdout == "no difference\n"
    rows = rows_of(knowledge_copy / "assertions.tsv")
    reclassified({"assertions": rows})
    write_rows(knowledge_copy / "assertions.tsv", rows)
    result = call("knowledge", "diff", knowledge_folder, knowledge_copy)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == "reclassified: FX0032 c.1149C>T: benign -> uncertain significance"


# --- replay -----------------------------------------------------------------------------------------------

SEXES = {
    "trio_boy": "male",
    "trio_mother": "female",
    "trio_father": "male",
    "haploid_boy": "male",
    "polya_boy": "male",
    "001": "male",
    "refuted_boy": "male",
    "mixed_boy": "male",
    "silent_boy": "male",
}
FILES = sorted(path for path in EXAMPLE.iterdir() if path.name.endswith((".vcf", ".vcf.gz", ".bcf")))


def run_example(out: Path, *packs: Path) -> list[Path]:
    """The reports of everybody in the bundled example."""
    words: list[str | Path] = ["run", *FILES, "-o", out]
    words += [f"--sex={name}={sex}" for name, sex in SEXES.items()]
    for pack in packs:
        words += ["--knowledge", pack]
    result = call(*words)
    assert result.exit_code == 0, result.output
    reports = sorted((out / "reports").glob("*.json"))
    assert len(reports) == len(SEXES)
    return reports


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A laboratory's pack that disputes one shipped row, confirms another, and has an allele of its own."""
    folder = tmp_path / "our-pack"
    call("knowledge", "new", folder, "--prefix", "UTR-", "--created", "2026-11-21")
    source = {"key": "our_lab", "kind": "own_observation", "reference": "ours", "read": "full_text", "licence": "ours"}
    said = {"stated_as": "seen by us", "assigner": "Our laboratory", "citations": "our_lab", "read": "full_text"}
    put(folder, "citations", [source])
    put(folder, "variants", [{"hgvs_c": "c.4C>G"}])
    statements = [
        said | {"variant_id": "FX0031", "classification": "benign"},
        said | {"variant_id": "FX0001", "classification": "pathogenic"},
        said | {"variant_id": "UTR-X0001", "classification": "likely_pathogenic"},
    ]
    put(folder, "assertions", statements)
    call("knowledge", "check", folder, "--fix")
    assert call("knowledge", "check", folder, "--fix").exit_code == 0
    return folder


def put(folder: Path, table: str, rows: list[Row]) -> None:
    path = folder / f"{table}.tsv"
    header = path.read_text(encoding="utf-8").split("\n", 1)[0].split("\t")
    write_rows(path, [{name: row.get(name, "") for name in header} for row in rows])


def test_replay_with_a_pack_is_a_full_run(pack: Path, knowledge_folder: Path, tmp_path: Path) -> None:
    before, after = run_example(tmp_path / "before"), run_example(tmp_path / "after", pack)
    result = call("knowledge", "replay", knowledge_folder, pack, *before, "-o", tmp_path / "replayed")
    assert result.exit_code == 0, result.output
    changed = 0
    for old, new in zip(before, after, strict=True):
        assert (tmp_path / "replayed" / new.name).read_bytes() == new.read_bytes(), new.name
        changed += json.loads(old.read_text())["conclusion"] != json.loads(new.read_text())["conclusion"]
    assert changed > 0
    assert result.stderr.splitlines() == [f"{told(result)} of {len(SEXES)} reports change"]
    table = list(csv.DictReader(result.stdout.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))
    assert sum(row["what"] == "conclusion" for row in table) == changed
    back = call("knowledge", "replay", pack, knowledge_folder, *after, "-o", tmp_path / "back")
    assert back.exit_code == 0
    assert all((tmp_path / "back" / old.name).read_bytes() == old.read_bytes() for old in before)


def told(result: Result) -> int:
    """How many reports the table names."""
    return len({line.split("\t")[0] for line in result.stdout.splitlines()[1:]})


def edited(folder: Path) -> Path:
    """The tables with c.1150G>A (FX0031) of uncertain significance to everybody, and a next version."""
    rows = rows_of(folder / "assertions.tsv")
    for row in rows:
        if row["variant_id"] == "FX0031":
            row |= {"classification": "uncertain", "stated_as": "Uncertain significance"}
    write_rows(folder / "assertions.tsv", rows)
    descriptor = json.loads((folder / "datapackage.json").read_text())
    (folder / "datapackage.json").write_text(json.dumps(descriptor | {"version": "99.0.0"}))
    assert call("knowledge", "check", folder).exit_code == 0
    return folder


def test_replay_with_edited_tables_is_a_full_run(knowledge_folder: Path, knowledge_copy: Path, tmp_path: Path) -> None:
    before = run_example(tmp_path / "before")
    new = Knowledge.of_folder(edited(knowledge_copy))
    with ExitStack() as stack:
        jobs = [Job(path, path.name.split(".")[0]) for path in FILES]
        sexes = {name: Sex(sex) for name, sex in SEXES.items()}
        outcomes = report_jobs(jobs, sexes, new, None, stack, lambda _: None)
        expected = {one["sample"]["id"]: report_json(one) for outcome in outcomes for one in outcome.reports}
    result = call("knowledge", "replay", knowledge_folder, knowledge_copy, *before, "-o", tmp_path / "replayed")
    assert result.exit_code == 0, result.output
    assert len(expected) == len(SEXES)
    for path in before:
        name = json.loads(path.read_text())["sample"]["id"]
        assert (tmp_path / "replayed" / path.name).read_text() == expected[name], name
    assert "trio_boy.json\ttrio_boy\t\tconclusion\tconsistent_with_ipex\tuncertain" in result.stdout


def test_replay_without_a_change_says_so(knowledge_folder: Path, knowledge_copy: Path, tmp_path: Path) -> None:
    before = run_example(tmp_path / "before")
    result = call("knowledge", "replay", knowledge_folder, knowledge_copy, *before)
    assert result.stdout == "report\tsample\tvariant\twhat\tbefore\tafter\n"
    assert result.stderr == f"0 of {len(SEXES)} reports change\n"


def test_reports_made_with_other_knowledge_are_named(pack: Path, knowledge_folder: Path, tmp_path: Path) -> None:
    """Those that OLD does not give back, and no others."""
    before, after = run_example(tmp_path / "before"), run_example(tmp_path / "after", pack)
    differ = []
    for old, new in zip(before, after, strict=True):
        values = [json.loads(path.read_text()) for path in (old, new)]
        for one in values:
            del one["provenance"]
        differ += [new] if values[0] != values[1] else []
    assert 0 < len(differ) < len(after)
    result = call("knowledge", "replay", knowledge_folder, knowledge_folder, *after)
    assert result.exit_code == 0
    named = [line.split(": differs")[0] for line in result.stderr.splitlines() if "made with other knowledge" in line]
    assert named == [str(path) for path in differ]
    assert result.stderr.splitlines()[-1] == f"0 of {len(SEXES)} reports change"


def test_replay_refuses_what_it_cannot_do(knowledge_folder: Path, tmp_path: Path) -> None:
    (one, *_) = run_example(tmp_path / "before")
    twin = Path(shutil.copytree(one.parent, tmp_path / "twin")) / one.name
    (tmp_path / "text.json").write_text("{}")
    for words, said in (
        ([knowledge_folder, knowledge_folder, one, twin], "same file name"),
        ([knowledge_folder, knowledge_folder, tmp_path / "text.json"], "not a sample report"),
        ([knowledge_folder, tmp_path / "nowhere", one], "is not a folder"),
        ([knowledge_folder, knowledge_folder, tmp_path / "nowhere.json"], "nowhere.json"),
    ):
        result = call("knowledge", "replay", *words, "-o", tmp_path / "out")
        assert (result.exit_code, len(result.stderr.splitlines())) == (2, 1), result.output
        assert said in result.stderr
        assert not (tmp_path / "out").exists()


# --- ClinVar ----------------------------------------------------------------------------------------------

STARS = "criteria provided, single submitter"
IMPORTED = {
    # variation: allele on GRCh38, on GRCh37, significance, verdict in comparison.md, whether it is proposed
    "800001": ("49258502:G:T", "49114959:G:T", "Likely benign", "allele not in the table", True),
    "900001": ("49258502:G:C", "49114959:G:C", "Uncertain significance", "allele not in the table", True),
    "11410": ("49251480:C:T", "49107941:C:T", "Pathogenic/Likely pathogenic", "as in the table", False),
    "900032": ("49251481:G:A", "49107942:G:A", "Likely benign", "another class than the table has from ClinVar", True),
    "900002": ("49250458:T:C", "49106919:T:C", "Benign", "disagrees with other statements", True),
    # c.751_753del (FX0134) as no aligner would write it: one base further right, with a base of each side
    "11413": (
        "49255493:TCCT:T",
        "49111954:TCCT:T",
        "Pathogenic",
        "allele in the table, without a statement of ClinVar",
        True,
    ),
    "900007": ("49251352:G:T", "49107813:G:T", "not provided", "without a class that the table has a word for", False),
    "900014": (
        "49251389:C:T",
        "49107850:C:T",
        "Pathogenic|risk factor",
        "another class than the table has from ClinVar",
        True,
    ),
}
"""Rows of ClinVar as they might be. The alleles are those of FX0031, FX0032, FX0002, FX0134, FX0007 and FX0014, and
c.4C>G and c.4C>A, which are in no table. The table has Benign from ClinVar for FX0032, papers alone for FX0002."""


def clinvar_vcf(path: Path, build: str) -> Path:
    length = {"GRCh38": 156040895, "GRCh37": 155270560}[build]
    lines = [
        "##fileformat=VCFv4.1",
        "##fileDate=2026-11-01",
        "##source=ClinVar",
        f"##reference={build}",
        f"##contig=<ID=X,length={length}>",
        '##INFO=<ID=ALLELEID,Number=1,Type=Integer,Description="the ClinVar Allele ID">',
        '##INFO=<ID=CLNHGVS,Number=.,Type=String,Description="Top-level HGVS expression">',
        '##INFO=<ID=CLNREVSTAT,Number=.,Type=String,Description="Review status">',
        '##INFO=<ID=CLNSIG,Number=.,Type=String,Description="Aggregate germline classification">',
        '##INFO=<ID=GENEINFO,Number=1,Type=String,Description="Gene(s) for the variant">',
        '##INFO=<ID=RS,Number=.,Type=String,Description="dbSNP ID">',
        "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO",
    ]
    records = []
    for number, (on38, on37, significance, *_) in IMPORTED.items():
        position, ref, alt = (on38 if build == "GRCh38" else on37).split(":")
        said = f"CLNREVSTAT={STARS.replace(' ', '_')};CLNSIG={significance.replace(' ', '_')}"
        info = f"ALLELEID=7{number};CLNHGVS=NC_000023:g.{position};{said};GENEINFO=FOXP3:50943;RS=9{number}"
        records.append((int(position), f"X\t{position}\t{number}\t{ref}\t{alt}\t.\t.\t{info}"))
    # a record without a class, as ClinVar keeps those that are only part of a haplotype
    somatic = ("49251400", "G") if build == "GRCh38" else ("49107861", "G")
    base = foxp3().on(Assembly.parse(build)).reference.fetch(int(somatic[0]), int(somatic[0]))
    alt = next(one for one in "ACGT" if one != base)
    records.append((int(somatic[0]), f"X\t{somatic[0]}\t900099\t{base}\t{alt}\t.\t.\tALLELEID=1;GENEINFO=FOXP3:50943"))
    path.write_text("\n".join([*lines, *(line for _, line in sorted(records))]) + "\n")
    return path


SUMMARY = (
    (
        "#AlleleID Type Name GeneID GeneSymbol HGNC_ID ClinicalSignificance ClinSigSimple LastEvaluated RS#_(dbSNP) "
        "nsv/esv_(dbVar) RCVaccession PhenotypeIDS PhenotypeList Origin OriginSimple Assembly ChromosomeAccession "
        "Chromosome Start Stop ReferenceAllele AlternateAllele Cytogenetic ReviewStatus NumberSubmitters Guidelines "
        "TestedInGTR OtherIDs SubmitterCategories VariationID PositionVCF ReferenceAlleleVCF AlternateAlleleVCF "
        "SomaticClinicalImpact SomaticClinicalImpactLastEvaluated ReviewStatusClinicalImpact Oncogenicity "
        "OncogenicityLastEvaluated ReviewStatusOncogenicity SCVsForAggregateGermlineClassification"
    )
    .replace("RS#_", "RS# ")
    .replace("esv_", "esv ")
)
"""The columns of ClinVar's variant_summary.txt in their order."""


def summary_header() -> list[str]:
    text = SUMMARY.replace("RS# (dbSNP)", "RS#~(dbSNP)").replace("nsv/esv (dbVar)", "nsv/esv~(dbVar)")
    return [name.replace("~", " ") for name in text.split(" ")]


def summary_row(number: str, allele: str, build: str, significance: str, **more: str) -> str:
    position, ref, alt = allele.split(":")
    cells = dict.fromkeys(summary_header(), "-") | {
        "#AlleleID": f"7{number}",
        "Type": "single nucleotide variant",
        "Name": f"NM_014009.4(FOXP3):c.{number}",
        "GeneID": "50943",
        "GeneSymbol": "FOXP3",
        "ClinicalSignificance": significance,
        "LastEvaluated": "Feb 04, 2026",
        "RS# (dbSNP)": f"9{number}",
        "Assembly": build,
        "Chromosome": "X",
        "ReviewStatus": STARS,
        "VariationID": number,
        "PositionVCF": position,
        "ReferenceAlleleVCF": ref,
        "AlternateAlleleVCF": alt,
    }
    return "\t".join((cells | more).values())


def clinvar_summary(path: Path) -> Path:
    lines = ["\t".join(summary_header())]
    for number, (on38, on37, significance, *_) in IMPORTED.items():
        lines += [summary_row(number, on37, "GRCh37", significance), summary_row(number, on38, "GRCh38", significance)]
    lines += [
        summary_row("900100", "-1:na:na", "GRCh38", "Pathogenic", Type="copy number loss"),
        summary_row("900101", "5227002:T:A", "GRCh38", "Pathogenic", GeneSymbol="HBB", Chromosome="11"),
        summary_row("900102", "49258502:G:C", "NCBI36", "Benign"),
        summary_row("900103", "1:A:C", "GRCh38", "Benign", GeneSymbol="PPP1R3F;OTHER", Name="FOXP3 in the name alone"),
    ]
    path.write_text("\n".join(lines) + "\n")
    return path


def as_given(how: str, folder: Path) -> Path:
    """A file of ClinVar in one of the forms in which it is given out."""
    if how.startswith("summary"):
        path = clinvar_summary(folder / "variant_summary.txt")
        if how == "summary":
            return path
        path.with_name("variant_summary.txt.gz").write_bytes(gzip.compress(path.read_bytes()))
        return path.with_name("variant_summary.txt.gz")
    path = clinvar_vcf(folder / "clinvar.vcf", how.split()[0])
    if how.endswith("bgzipped"):
        pysam.tabix_compress(str(path), f"{path}.gz")
        return path.with_name("clinvar.vcf.gz")
    return path


FORMS = ["GRCh38", "GRCh37", "GRCh38 bgzipped", "GRCh37 bgzipped", "summary", "summary.gz"]


@pytest.mark.parametrize("how", FORMS)
def test_clinvar_is_compared_and_proposed(how: str, knowledge_folder: Path, tmp_path: Path) -> None:
    result = call("knowledge", "import", "clinvar", as_given(how, tmp_path), "-o", tmp_path / "proposal")
    assert result.exit_code == 0, result.output
    page = (tmp_path / "proposal" / "comparison.md").read_text()
    verdicts = {int(found[2]): found[1] for found in re.finditer(r"^\| ([^|]+) \| VCV([0-9]{9}) ", page, re.MULTILINE)}
    expected = {int(number): verdict for number, (*_, verdict, _proposed) in IMPORTED.items()}
    if how.startswith("summary"):
        expected[900100] = "without an allele that can be placed"
    assert verdicts == expected
    assert result.stdout.startswith(f"{len(expected)} records: ")
    assert all(f"{count} {what}" in result.stdout for what, count in Counter(expected.values()).items())
    check = call("knowledge", "check", tmp_path / "proposal")
    assert check.exit_code == 0, check.output
    # the proposed rows
    ids = {row["grch38"]: row["id"] for row in rows_of(knowledge_folder / "variants.tsv")}
    ids |= {"49258502:G:T": "CLINVAR-X0001", "49258502:G:C": "CLINVAR-X0002", "49255493:TCCT:T": ids["49255491:TCTC:T"]}
    statements = rows_of(tmp_path / "proposal" / "assertions.tsv")
    assert sorted((row["variant_id"], row["stated_as"]) for row in statements) == sorted(
        (ids[on38], significance) for on38, _, significance, _, proposed in IMPORTED.values() if proposed
    )
    day = "2026-02-04" if how.startswith("summary") else "2026-11-01"
    assert {(row["assigner"], row["read"], row["review_status"], row["date"]) for row in statements} == {
        ("ClinVar (aggregate)", "database", STARS, day)
    }
    columns = ("id", "hgvs_c", "hgvs_p", "grch38", "grch37", "rsid", "clinvar_vcv")
    new = [tuple(row[name] for name in columns) for row in rows_of(tmp_path / "proposal" / "variants.tsv")]
    assert new == [
        ("CLINVAR-X0002", "c.4C>G", "p.(Pro2Ala)", "49258502:G:C", "49114959:G:C", "rs9900001", "VCV000900001"),
        ("CLINVAR-X0001", "c.4C>A", "p.(Pro2Thr)", "49258502:G:T", "49114959:G:T", "rs9800001", "VCV000800001"),
    ]


def test_records_that_the_file_lacks_are_named(knowledge_folder: Path, tmp_path: Path) -> None:
    call("knowledge", "import", "clinvar", clinvar_vcf(tmp_path / "clinvar.vcf", "GRCh38"), "-o", tmp_path / "proposal")
    page = (tmp_path / "proposal" / "comparison.md").read_text()
    lacking = set(re.findall(r"^- (VCV[0-9]{9}) of ", page.split("## Records that the table names")[1], re.MULTILINE))
    named = {row["clinvar_vcv"] for row in rows_of(knowledge_folder / "variants.tsv")} - {""}
    assert lacking == named - {f"VCV{int(number):09d}" for number in IMPORTED}


def test_the_disagreeing_stand_first_with_what_they_disagree_with(tmp_path: Path) -> None:
    call("knowledge", "import", "clinvar", clinvar_vcf(tmp_path / "clinvar.vcf", "GRCh38"), "-o", tmp_path / "proposal")
    rows = [line for line in (tmp_path / "proposal" / "comparison.md").read_text().splitlines() if "| VCV" in line]
    assert rows[0].startswith("| disagrees with other statements | VCV000900002 ")
    assert "Bennett 2001 (Immunogenetics)" in rows[0]
    assert "FX0002 c.876" not in rows[0]
    assert "FX0002 c.*876A>G" in rows[0]


def test_what_was_imported_is_then_known(tmp_path: Path) -> None:
    """Compared again with the proposal beside the tables, nothing is left to propose."""
    path = clinvar_vcf(tmp_path / "clinvar.vcf", "GRCh38")
    call("knowledge", "import", "clinvar", path, "-o", tmp_path / "proposal")
    again = call("knowledge", "import", "clinvar", path, "-o", tmp_path / "again", "--knowledge", tmp_path / "proposal")
    assert again.exit_code == 0, again.output
    assert rows_of(tmp_path / "again" / "assertions.tsv") == []
    assert rows_of(tmp_path / "again" / "variants.tsv") == []


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    path = clinvar_vcf(tmp_path / "clinvar.vcf", "GRCh38")
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "mine.txt").write_text("mine")
    result = call("knowledge", "import", "clinvar", path, "-o", tmp_path / "there")
    assert result.exit_code == 2
    assert "exists" in result.stderr
    assert [one.name for one in (tmp_path / "there").iterdir()] == ["mine.txt"]


def cut(path: Path, share: float) -> bytes:
    content = path.read_bytes()
    return content[: int(len(content) * share)]


def long_summary(folder: Path) -> Path:
    """So long that reading it stops far from its start; the numbers make it hard to compress."""
    path = clinvar_summary(folder / "long.txt")
    rows = "".join(
        summary_row(str(n * 7919 % 999983), "5:A:C", "GRCh38", "Benign", GeneSymbol="HBB") + "\n" for n in range(3000)
    )
    path.write_text(path.read_text() + rows)
    path.with_name("long.txt.gz").write_bytes(gzip.compress(path.read_bytes()))
    return path.with_name("long.txt.gz")


def damaged(path: Path) -> bytes:
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 64] = b"\xff" * 64
    return bytes(content)


BAD: dict[str, tuple[str, Callable[[Path], bytes], str]] = {
    "no such file": ("clinvar.vcf", lambda _: b"", "there is no such file"),
    "a page": ("clinvar.vcf", lambda _: b"<html>not found</html>\n", "neither a VCF nor"),
    "nothing": ("clinvar.vcf", lambda _: b"", "neither a VCF nor"),
    "a picture": ("clinvar.vcf", lambda _: b"\x89PNG\r\n\x1a\n\x00\xff\xfe", "cannot be read as text"),
    "other columns": (
        "variant_summary.txt",
        lambda folder: clinvar_summary(folder / "a").read_bytes().replace(b"PositionVCF", b"Position", 1),
        "no column 'PositionVCF'",
    ),
    "a ragged line": (
        "variant_summary.txt",
        lambda folder: clinvar_summary(folder / "a").read_bytes().replace(b"\tsingle nucleotide variant", b"", 1),
        "line 2 has",
    ),
    "a number that is none": (
        "variant_summary.txt",
        lambda folder: clinvar_summary(folder / "a").read_bytes().replace(b"\t900001\t", b"\tVCV1\t"),
        "'VCV1' is no number",
    ),
    "a base that is not there": (
        "variant_summary.txt",
        lambda folder: clinvar_summary(folder / "a").read_bytes().replace(b"\t49258502\tG\tC", b"\t49258502\tA\tC"),
        "49258502",
    ),
    "a VCF of somebody else": (
        "clinvar.vcf",
        lambda folder: clinvar_vcf(folder / "a.vcf", "GRCh38").read_bytes().replace(b"\t900001\t", b"\trs1\t"),
        "no ClinVar variation number",
    ),
    "a VCF without ids": (
        "clinvar.vcf",
        lambda folder: clinvar_vcf(folder / "a.vcf", "GRCh38").read_bytes().replace(b"\t900001\t", b"\t.\t"),
        "no ClinVar variation number",
    ),
    "only another gene": (
        "variant_summary.txt",
        lambda folder: clinvar_summary(folder / "a").read_bytes().replace(b"FOXP3", b"HBB"),
        "no record in the FOXP3 window",
    ),
    "a cut summary": (
        "variant_summary.txt.gz",
        lambda folder: cut(as_given("summary.gz", folder), 0.5),
        "variant_summary.txt.gz",
    ),
    "a long cut summary": (
        "variant_summary.txt.gz",
        lambda folder: cut(long_summary(folder), 0.8),
        "cannot be read as text",
    ),
    "a long damaged summary": (
        "variant_summary.txt.gz",
        lambda folder: damaged(long_summary(folder)),
        "variant_summary.txt.gz",
    ),
    "a cut VCF": ("clinvar.vcf.gz", lambda folder: cut(as_given("GRCh38 bgzipped", folder), 0.5), "clinvar.vcf.gz"),
}


@pytest.mark.parametrize("how", BAD)
def test_a_bad_file_is_refused_in_one_sentence(how: str, tmp_path: Path) -> None:
    name, content, said = BAD[how]
    (tmp_path / "made").mkdir()
    (tmp_path / "given").mkdir()
    path = tmp_path / "given" / name
    if how != "no such file":
        path.write_bytes(content(tmp_path / "made"))
    result = call("knowledge", "import", "clinvar", path, "-o", tmp_path / "proposal")
    assert result.exit_code == 2, result.output
    assert len(result.stderr.splitlines()) == 1
    assert said in result.stderr
    assert not (tmp_path / "proposal").exists()


# --- the accounts of the tables ---------------------------------------------------------------------------


def columns_in_use(knowledge_folder: Path) -> dict[str, list[str]]:
    """Every column of every table that is shipped or invented for tests."""
    found = {}
    for path in (*SMALL.glob("*.tsv"), *knowledge_folder.glob("*.tsv")):
        found[path.name] = path.read_text(encoding="utf-8").split("\n", 1)[0].split("\t")
    return found


def test_the_dictionary_names_every_column(knowledge_folder: Path) -> None:
    text = call("knowledge", "dictionary").stdout
    sections = dict(re.findall(r"^## (\S+\.tsv)\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL))
    used = columns_in_use(knowledge_folder)
    assert len(used) == 12
    assert set(sections) == set(used)
    for name, columns in used.items():
        rows = re.findall(r"^\| `([^`]+)` \| ([^|]+) \| ([^|]+) \|$", sections[name], re.MULTILINE)
        assert [column for column, *_ in rows] == columns
        assert all(meaning.strip() and written.strip() for _, meaning, written in rows)


def test_the_dictionary_explains_every_word_it_refers_to() -> None:
    text = call("knowledge", "dictionary").stdout
    referred = set(re.findall(r"\]\(#([a-z]+)\)", text))
    assert referred
    assert referred <= {heading.lower() for heading in re.findall(r"^### (\w+)$", text, re.MULTILINE)}


@pytest.mark.parametrize("which", ["knowledge_folder", "full_copy"])
def test_the_descriptor_describes_the_tables(which: str, request: pytest.FixtureRequest) -> None:
    """A plain reading of Data Package and Table Schema: names, fields, constraints and keys hold for every row."""
    folder: Path = request.getfixturevalue(which)
    package = json.loads((folder / "datapackage.json").read_text())
    resources = {one["name"]: one for one in package["resources"]}
    assert sorted(one["path"] for one in resources.values()) == sorted(path.name for path in folder.glob("*.tsv"))
    tables = {name: rows_of(folder / one["path"]) for name, one in resources.items()}
    for name, one in resources.items():
        header = (folder / one["path"]).read_text(encoding="utf-8").split("\n", 1)[0].split("\t")
        fields = one["schema"]["fields"]
        assert [field["name"] for field in fields] == header
        assert re.fullmatch(r"[-a-z0-9._/]+", name)
        for field in fields:
            for row in tables[name]:
                assert fits(row[field["name"]], field), (name, field["name"], row[field["name"]])
        key = one["schema"].get("primaryKey")
        assert key is None or len({row[key] for row in tables[name]}) == len(tables[name])
        for foreign in one["schema"].get("foreignKeys", []):
            target = foreign["reference"]
            known = {row[target["fields"]] for row in tables[target["resource"]]} | {""}
            assert {row[foreign["fields"]] for row in tables[name]} <= known


def fits(value: str, field: dict[str, Any]) -> bool:
    """Whether a cell is as a field of a Table Schema says; the empty text is the missing value."""
    constraints = field.get("constraints", {})
    if value == "":
        return not constraints.get("required", False)
    return (
        (field["type"] != "integer" or re.fullmatch(r"-?[0-9]+", value) is not None)
        and value in constraints.get("enum", [value])
        and re.fullmatch(constraints.get("pattern", ".*"), value) is not None
    )


def test_rows_of_the_other_tables_are_compared_by_key(tmp_path: Path) -> None:
    old, new = (Path(shutil.copytree(resource_root() / "knowledge", tmp_path / name)) for name in ("old", "new"))
    lines = (new / "citations.tsv").read_text(encoding="utf-8").splitlines()
    where = next(number for number, line in enumerate(lines) if line.startswith("chatila2000\t"))
    lines[where] = lines[where].replace("JCI 106", "J Clin Invest 106")
    (new / "citations.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    one, two = read_pack(old), read_pack(new)
    assert [str(change) for change in compare_rows(one, two)] == ["citations chatila2000: changed in reference"]
    assert compare_rows(one, one) == ()
    assert "citations chatila2000: changed in reference" in call("knowledge", "diff", old, new).stdout


def test_the_data_dictionary_is_as_printed() -> None:
    """`foxp3-annot knowledge dictionary > docs/data_dictionary.md` renews it."""
    page = Path(__file__).parents[1] / "docs" / "data_dictionary.md"
    assert page.read_text(encoding="utf-8") == call("knowledge", "dictionary").stdout


def test_the_shipped_tables_are_sound() -> None:
    assert call("knowledge", "check").exit_code == 0
