"""A stored report made again from its JSON is the report of a full run; and what differs between two is told."""

import copy
import csv
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from foxp3_annot.assembly import Assembly
from foxp3_annot.catalogue import load_catalogue
from foxp3_annot.errors import InputError
from foxp3_annot.gene import foxp3
from foxp3_annot.genotype import Sex
from foxp3_annot.interpretation import describe, interpret
from foxp3_annot.knowledge import Knowledge
from foxp3_annot.observation import Observed, observe
from foxp3_annot.pipeline import Job, Outcome, report_jobs
from foxp3_annot.report.changes import Aspect, ReportChange, changes_between
from foxp3_annot.report.json import report_json
from foxp3_annot.report.replay import replayed, stored
from foxp3_annot.report.sample import SCHEMA_VERSION
from foxp3_annot.resources import resource_root, schema_path

EXAMPLE = Path(__file__).parents[1] / "resources" / "example"
EXAMPLE_FILES = sorted(path for path in EXAMPLE.iterdir() if path.name.endswith((".vcf", ".vcf.gz", ".bcf")))
EXAMPLE_SEXES = {
    "trio_boy": Sex.MALE,
    "trio_mother": Sex.FEMALE,
    "trio_father": Sex.MALE,
    "haploid_boy": Sex.MALE,
    "polya_boy": Sex.MALE,
    "001": Sex.MALE,
    "refuted_boy": Sex.MALE,
    "mixed_boy": Sex.MALE,
    "silent_boy": Sex.MALE,
}

SCHEMA = Draft202012Validator(json.loads(schema_path("report.schema.json").read_text(encoding="utf-8")))
HEADER = (
    "##fileformat=VCFv4.2\n"
    '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">\n'
    '##FORMAT=<ID=AD,Number=R,Type=Integer,Description="Reads">\n'
    '##FORMAT=<ID=DP,Number=1,Type=Integer,Description="Reads">\n'
    '##FORMAT=<ID=GQ,Number=1,Type=Integer,Description="Quality">\n'
    '##FORMAT=<ID=PS,Number=1,Type=String,Description="Phase set">\n'
    '##FILTER=<ID=LowQual,Description="Low">\n'
    '##FILTER=<ID=Strand,Description="Bias">\n'
    '##INFO=<ID=CIPOS,Number=2,Type=Integer,Description="Uncertainty of POS">\n'
    '##INFO=<ID=CIEND,Number=2,Type=Integer,Description="Uncertainty of END">\n'
    '##INFO=<ID=END,Number=1,Type=Integer,Description="End">\n'
    "##contig=<ID=chrX,length=156040895>\n"
    "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"
)

A384T = "chrX\t49251480\trs1\tC\tT\t50\tPASS\t."
F373V = "chrX\t49251693\t.\tA\tC\t31.415927\tPASS\t."
F373S = "chrX\t49251692\t.\tA\tG\t.\tLowQual;Strand\t."
"""c.1117T>G and c.1118T>C; on one copy they are c.1117_1118delinsGC, p.(Phe373Ala) (ClinVar VCV000011415)."""
DELETION = "chrX\t49251700\t.\tN\t<DEL>\t50\tPASS\tEND=49255600"
UNSURE = "chrX\t49251700\t.\tN\t<DEL>\t50\tPASS\tEND=49255600;CIPOS=-10,20;CIEND=-5,5"


@pytest.fixture(scope="module")
def shipped() -> Knowledge:
    return Knowledge.shipped()


@pytest.fixture(scope="module")
def altered(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    """The shipped table with c.1150G>A benign, c.543C>T gone, and c.1117_1118delinsAC said to cause IPEX."""
    folder = Path(shutil.copytree(resource_root() / "knowledge", tmp_path_factory.mktemp("altered") / "knowledge"))
    about = ("assertions", "functional", "cases", "population")
    rows = {
        name: read_rows(folder / f"{name}.tsv") for name in ("variants", *about) if (folder / f"{name}.tsv").exists()
    }
    by_name = {row["hgvs_c"]: row["id"] for row in rows["variants"]}
    benign, gone = by_name["c.1150G>A"], by_name["c.543C>T"]
    template = next(row for row in rows["assertions"] if row["variant_id"] == benign)
    rows["variants"] = [row for row in rows["variants"] if row["id"] != gone]
    for name in about:
        rows[name] = [row for row in rows.get(name, []) if row.get("variant_id") != gone]
    rows["assertions"] = [row for row in rows["assertions"] if row["variant_id"] != benign]
    rows["assertions"].append(template | {"classification": "benign", "stated_as": "Benign"})
    combined = next(row for row in rows["variants"] if row["hgvs_c"] == "c.1117_1118delinsGC")
    rows["variants"].append(
        combined
        | {
            "id": "FX9999",
            "hgvs_c": "c.1117_1118delinsAC",
            "hgvs_p": "p.(Phe373Thr)",
            "grch38": combined["grch38"].replace("GC", "GT"),
            "grch37": combined["grch37"].replace("GC", "GT"),
        }
    )
    rows["assertions"].append(template | {"variant_id": "FX9999", "classification": "pathogenic"})
    for name, found in rows.items():
        if found:
            write_rows(folder / f"{name}.tsv", found)
    return Knowledge(foxp3(), load_catalogue(folder, foxp3()))


def read_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def write_rows(path: Path, rows: list[dict[str, str]]) -> None:
    lines = ["\t".join(rows[0]), *("\t".join(row.values()) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def run(paths: list[Path], sexes: dict[str, Sex], knowledge: Knowledge) -> list[Outcome]:
    """What a full run over the files gives."""
    with ExitStack() as stack:
        jobs = [Job(path, path.name.split(".")[0]) for path in paths]
        return report_jobs(jobs, sexes, knowledge, None, stack, lambda _: None)


def reports_of(paths: list[Path], sexes: dict[str, Sex], knowledge: Knowledge) -> dict[str, dict[str, Any]]:
    reports = [report for outcome in run(paths, sexes, knowledge) for report in outcome.reports]
    for report in reports:
        SCHEMA.validate(report)
    return {report["sample"]["id"]: report for report in reports}


def write_vcf(folder: Path, records: list[str], samples: list[str]) -> Path:
    """A file of records, each from CHROM to its sample columns."""
    path = folder / "input.vcf"
    columns = "".join(f"\t{name}" for name in ["FORMAT", *samples]) if samples else ""
    path.write_text("\n".join((HEADER + columns, *records)) + "\n")
    return path


def again(report: dict[str, Any], knowledge: Knowledge) -> str:
    """The text of a report that was written, read back and made again."""
    new = replayed(json.loads(report_json(report)), knowledge)
    SCHEMA.validate(new)
    return report_json(new)


# --- replaying is running again ---------------------------------------------------------------------------


def test_every_person_of_the_example_comes_back(shipped: Knowledge, altered: Knowledge) -> None:
    old = reports_of(EXAMPLE_FILES, EXAMPLE_SEXES, shipped)
    new = reports_of(EXAMPLE_FILES, EXAMPLE_SEXES, altered)
    assert sorted(old) == sorted(EXAMPLE_SEXES)
    for name, report in old.items():
        assert again(report, shipped) == report_json(report), name
        assert again(report, altered) == report_json(new[name]), name
        assert again(new[name], shipped) == report_json(report), name
    assert old["trio_boy"]["conclusion"] != new["trio_boy"]["conclusion"]


CALLS = {
    "a boy, one copy": ([f"{A384T}\tGT:AD:DP:GQ\t1:0,33:33:99"], ["S"]),
    "a boy, written as two copies": ([f"{A384T}\tGT:AD:DP\t1/1:1,33:34"], ["S"]),
    "a mixed boy": ([f"{A384T}\tGT:AD:DP\t0/1:20,10:30"], ["S"]),
    "two of one codon": ([f"{F373S}\tGT\t1", f"{F373V}\tGT\t1"], ["S"]),
    "two of one codon, in no table": (
        [f"{F373S}\tGT\t1", "chrX\t49251693\t.\tA\tT\t9\tPASS\t.\tGT\t1", f"{A384T}\tGT\t1"],
        ["S"],
    ),
    "phased on one copy": ([f"{F373S}\tGT:PS\t0|1:7", f"{F373V}\tGT:PS\t0|1:7"], ["S"]),
    "phased on two copies": ([f"{F373S}\tGT:PS\t0|1:7", f"{F373V}\tGT:PS\t1|0:7"], ["S"]),
    "phased in two sets": ([f"{F373S}\tGT:PS\t0|1:7", f"{F373V}\tGT:PS\t0|1:8"], ["S"]),
    "phased without a set": ([f"{F373S}\tGT\t1|0", f"{F373V}\tGT\t1|0", f"{A384T}\tGT\t1|0"], ["S"]),
    "not phased": ([f"{F373S}\tGT\t0/1", f"{F373V}\tGT\t0/1"], ["S"]),
    "on both copies": ([f"{F373S}\tGT\t1|1", f"{F373V}\tGT\t1/1"], ["S"]),
    "several ALT": (
        ["chrX\t49251692\t.\tA\tG,C,*,<NON_REF>\t9\t.\t.\tGT:AD:PS\t1|2:1,5,7,0,0:a", f"{F373V}\tGT:PS\t0|1:a"],
        ["S"],
    ),
    "whole and parts": (
        [f"{F373S}\tGT:PS\t0|1:7", "chrX\t49251692\t.\tAA\tGC\t9\t.\t.\tGT:PS\t1|0:7", f"{F373V}\tGT:PS\t0|1:7"],
        ["S"],
    ),
    "twice, alike": ([f"{A384T}\tGT\t0/1", f"{A384T}\tGT\t0/1"], ["S"]),
    "twice, differing": ([f"{A384T}\tGT:AD:DP\t1/1:0,30:30", f"{A384T}\tGT:AD:DP\t0/1:10,20:30"], ["S"]),
    "filtered": ([f"{A384T}\tGT\t1".replace("PASS", "LowQual")], ["S"]),
    "filtered once of twice": ([f"{A384T}\tGT\t1", f"{A384T}\tGT\t1".replace("PASS", "LowQual")], ["S"]),
    "no call, half call, ambiguous": (
        [f"{A384T}\tGT\t./.", f"{F373V}\tGT\t./0", f"{F373S}\tGT\t./1", "chrX\t49258394\t.\tC\tR\t5\t.\t.\tGT\t1"],
        ["S"],
    ),
    "spanning deletion": (["chrX\t49258394\t.\tC\tA,*\t5\t.\t.\tGT\t1/2"], ["S"]),
    "three copies": ([f"{A384T}\tGT\t0/0/1"], ["S"]),
    "structural": (
        [f"{DELETION}\tGT\t1", f"{UNSURE}\tGT\t0/1", "chrX\t49258000\t.\tN\tN[chr1:1000[\t.\t.\t.\tGT\t1"],
        ["S"],
    ),
    "a reported lesion": (["chrX\t49263361\t.\tN\t<DEL>\t50\tPASS\tEND=49264747\tGT\t1"], ["S"]),
    "structural beside a mutation": ([f"{DELETION}\tGT\t0/1", f"{A384T}\tGT\t0/1"], ["S"]),
    "beyond the window": (["chrX\t49200000\t.\tN\t<DUP:TANDEM>\t.\t.\tEND=49300000\tGT\t1"], ["S"]),
    "without samples": ([A384T, F373V, DELETION], []),
    "without genotypes": ([f"{A384T}\tDP\t30"], ["S"]),
    "gVCF": (
        [
            "chrX\t49251000\t.\tN\t<NON_REF>\t.\t.\tEND=49251479\tGT:DP\t0/0:31",
            "chrX\t49251480\t.\tC\tT,<NON_REF>\t40\t.\t.\tGT:AD:DP\t0/1:15,15,0:30",
            "chrX\t49251481\t.\tN\t<NON_REF>\t.\t.\tEND=49251690\tGT:DP\t./.:0",
        ],
        ["S"],
    ),
    "nothing in the locus": (["chrX\t60000000\t.\tA\tG\t9\tPASS\t.\tGT\t1"], ["S"]),
    "several people": ([f"{A384T}\tGT:AD\t1:0,9\t0/1:5,5\t0:9,0\t./.:."], ["S", "mother", "father", "sister"]),
    "words of another alphabet": ([f"{A384T}\tGT\t1".replace("rs1", "«é\"\\»")], ["Ana María"]),
    "reads below none": ([f"{A384T}\tGT:AD:DP\t1:-5,10:5"], ["S"]),
    "odd numbers": ([f"{A384T}\tGT:AD:DP:GQ\t1:.,33:.:.".replace("\t50\t", "\tinf\t")], ["S"]),
}  # fmt: skip


@pytest.mark.parametrize("sex", Sex)
@pytest.mark.parametrize("calls", CALLS)
def test_every_kind_of_call_comes_back(
    calls: str, sex: Sex, shipped: Knowledge, altered: Knowledge, tmp_path: Path
) -> None:
    records, samples = CALLS[calls]
    path, sexes = write_vcf(tmp_path, records, samples), dict.fromkeys(samples, sex)
    old, new = reports_of([path], sexes, shipped), reports_of([path], sexes, altered)
    for name, report in old.items():
        assert again(report, shipped) == report_json(report)
        assert again(report, altered) == report_json(new[name])
        assert bool(changes_between(report, new[name])) == (
            {**report, "provenance": None} != {**new[name], "provenance": None}
        )


REFERENCE = foxp3().on(Assembly.GRCH38).reference


@st.composite
def records_of_one(draw: st.DrawFn) -> list[str]:
    """Records in codons of the table and beside them, with whatever genotype a caller may write."""
    records = []
    for _ in range(draw(st.integers(0, 6))):
        position = draw(st.sampled_from([49251480, 49251692, 49251693, 49251694, 49258394, 49250460]))
        ref = REFERENCE.fetch(position, position)
        other = [*(base for base in "ACGT" if base != ref), f"{ref}G", "*"]
        alts = draw(st.lists(st.sampled_from(other), min_size=1, max_size=2, unique=True))
        alleles = [".", *map(str, range(len(alts) + 1))]
        genotype = draw(st.sampled_from("|/")).join(draw(st.lists(st.sampled_from(alleles), min_size=1, max_size=3)))
        quality = draw(st.sampled_from([".", "0", "12.3456", "1e9"]))
        filters = draw(st.sampled_from([".", "PASS", "LowQual", "LowQual;Strand"]))
        phase_set = draw(st.sampled_from([".", "7", "8"]))
        written = ["chrX", str(position), ".", ref, ",".join(alts), quality, filters, ".", "GT:PS"]
        records.append("\t".join([*written, f"{genotype}:{phase_set}"]))
    return records + draw(st.sampled_from([[], [f"{UNSURE}\tGT\t0/1"], [f"{DELETION}\tGT\t1", f"{UNSURE}\tGT\t1"]]))


@given(records=records_of_one(), sex=st.sampled_from(Sex))
def test_whatever_was_called_comes_back(
    request: pytest.FixtureRequest, records: list[str], sex: Sex, tmp_path_factory: pytest.TempPathFactory
) -> None:
    shipped, altered = request.getfixturevalue("shipped"), request.getfixturevalue("altered")
    path = write_vcf(tmp_path_factory.mktemp("calls"), records, ["S"])
    (outcome,) = run([path], {"S": sex}, shipped)
    (report,) = outcome.reports
    assert observed_of(report) == observe(outcome.call_set, 0, sex)
    assert again(report, shipped) == report_json(report)
    (other,) = run([path], {"S": sex}, altered)[0].reports
    assert again(report, altered) == report_json(other)


def observed_of(report: dict[str, Any]) -> Observed:
    return stored(json.loads(report_json(report)), foxp3()).observed


def test_interpreting_asks_for_nothing_but_what_was_observed(shipped: Knowledge, tmp_path: Path) -> None:
    path = write_vcf(tmp_path, [f"{F373S}\tGT\t1", f"{F373V}\tGT\t1"], ["S"])
    (outcome,) = run([path], {"S": Sex.MALE}, shipped)
    one = stored(outcome.reports[0], shipped.gene)
    assert [seen.allele for seen in one.observed.variants] == list(outcome.call_set.variants())
    described = describe((seen.allele for seen in one.observed.variants), shipped.gene, shipped.matcher)
    assessment = interpret(one.observed, one.call_set, described, shipped.gene, shipped.matcher)
    assert [bool(finding.members) for finding in assessment.findings] == [False, False, True]


def test_a_report_is_not_changed_by_being_replayed(shipped: Knowledge, altered: Knowledge, tmp_path: Path) -> None:
    (report,) = reports_of([write_vcf(tmp_path, [f"{A384T}\tGT\t1"], ["S"])], {"S": Sex.MALE}, shipped).values()
    before = copy.deepcopy(report)
    replayed(report, altered)
    assert report == before


# --- reports that cannot be replayed ----------------------------------------------------------------------


@pytest.fixture
def rich(shipped: Knowledge, tmp_path: Path) -> dict[str, Any]:
    """A report in which every list has something."""
    records = [
        f"{F373S}\tGT:AD:DP:GQ:PS\t0|1:9,9:18:50:7",
        f"{F373V}\tGT:PS\t0|1:7",
        f"{A384T}\tGT\t0/1",
        f"{UNSURE}\tGT\t0/1",
        "chrX\t49258394\t.\tC\tA\t5\t.\t.\tGT\t./.",
        "chrX\t49251484\t.\tN\t<NON_REF>\t.\t.\tEND=49251490\tGT:DP\t0/0:30",
    ]
    (report,) = reports_of([write_vcf(tmp_path, records, ["S"])], {"S": Sex.FEMALE}, shipped).values()
    found: dict[str, Any] = json.loads(report_json(report))
    return found


@pytest.mark.parametrize("version", ["1.0.0", "1.1.0", "0.9.0", "1.999.0"])
def test_an_older_report_must_be_made_again(version: str, rich: dict[str, Any], shipped: Knowledge) -> None:
    with pytest.raises(InputError, match=f"schema version {version}.*from the raw data"):
        replayed(rich | {"schema_version": version}, shipped)


@pytest.mark.parametrize("version", ["2.999.0", "3.0.0", "10.0.0"])
def test_a_newer_report_is_refused(version: str, rich: dict[str, Any], shipped: Knowledge) -> None:
    with pytest.raises(InputError, match=f"schema version {version}.*update foxp3-annot.*from the raw data"):
        replayed(rich | {"schema_version": version}, shipped)


@pytest.mark.parametrize("version", ["", "1", "1.2", "one", None, "1.2.0.0", "1.2.٣"])
def test_a_version_that_is_none(version: Any, rich: dict[str, Any], shipped: Knowledge) -> None:
    with pytest.raises(InputError, match="schema version"):
        replayed(rich | {"schema_version": version}, shipped)


@pytest.mark.parametrize("other", [{}, [], "report", None, {"report": "lookup", "schema_version": SCHEMA_VERSION}])
def test_something_else_is_refused(other: Any, shipped: Knowledge) -> None:
    with pytest.raises(InputError, match="not a sample report"):
        replayed(other, shipped)


Path_ = tuple[str | int, ...]


def places(value: Any, path: Path_ = (), *, entries: int = 2) -> Iterator[Path_]:
    """The way to every value within a value, of lists only to their first entries."""
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value[:entries]) if isinstance(value, list) else ()
    for key, one in items:
        yield from places(one, (*path, key), entries=entries)


def altered_at(report: dict[str, Any], path: Path_, change: Callable[[Any, str | int], None]) -> dict[str, Any]:
    found = copy.deepcopy(report)
    holder: Any = found
    for key in path[:-1]:
        holder = holder[key]
    change(holder, path[-1])
    return found


WRONG = [None, -1, 10**400, 1.5, float("nan"), "", "\ud800", "NC_000023.11:5:A:C", [1], {"?": 1}, True]
AT_EACH = 4
"""Wrong values that are put at each place; which, goes on from place to place, so that all come up everywhere near."""


@pytest.mark.parametrize("part", range(4))
def test_a_damaged_report_is_one_sentence(rich: dict[str, Any], shipped: Knowledge, part: int) -> None:
    """Every value taken away or put into wrong types: a sentence, or a report where it did not matter."""
    refused = tried = 0
    for number, path in enumerate(places(rich, entries=1)):
        if number % 4 != part:
            continue
        chosen = [WRONG[(number // 4 * AT_EACH + one) % len(WRONG)] for one in range(AT_EACH)]
        changes: list[Callable[[Any, str | int], None]] = [
            lambda holder, key, value=value: holder.__setitem__(key, value) for value in chosen
        ]
        for change in (*changes, lambda holder, key: holder.__delitem__(key)):
            tried += 1
            try:
                replayed(altered_at(rich, path, change), shipped)
            except InputError as error:
                refused += 1
                assert "\n" not in str(error)
                assert len(str(error)) < 600
    assert refused > 0.8 * tried


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("findings", 0, "spdi"), "NC_000023.11:49251479:A:T", "is not an allele of GRCh38"),
        (("findings", 0, "spdi"), "NC_000023.10:49107940:C:T", "is not an allele of GRCh38"),
        (("findings", 0, "spdi"), "NC_000023.11:49251478:CC:CT", "GRCh38"),
        (("findings", 0, "spdi"), "NC_000023.11:49251479:C:t", "GRCh38"),
        (("findings", 0, "spdi"), "NC_000023.11:5:C:T", "is not an allele of GRCh38"),
        (("findings", 0, "evidence", 0, "genotype"), "0/0", "does not hold allele 1"),
        (("findings", 0, "evidence", 0, "genotype"), "./.", "does not hold allele 1"),
        (("findings", 0, "evidence", 0, "genotype"), "0/1" + "0" * 10, "genotype"),
        (("findings", 0, "evidence"), [], "evidence"),
        (("structural_findings", 0, "evidence"), [], "evidence"),
        (("call_set", "locus"), "chrX:1-2", "looks at chrX:1-2"),
        (("not_assessed", 1, "code"), "something_new", "something_new"),
    ],
)
def test_what_does_not_fit_together_is_named(
    path: Path_, value: Any, said: str, rich: dict[str, Any], shipped: Knowledge
) -> None:
    with pytest.raises(InputError, match=said):
        replayed(altered_at(rich, path, lambda holder, key: holder.__setitem__(key, value)), shipped)


@pytest.mark.parametrize("key", ["findings", "structural_findings", "not_assessed"])
def test_nothing_stands_twice(key: str, rich: dict[str, Any], shipped: Knowledge) -> None:
    doubled = [entry for entry in rich[key] for _ in range(2)]
    with pytest.raises(InputError, match="twice"):
        replayed(rich | {key: doubled}, shipped)


# --- what differs -----------------------------------------------------------------------------------------


def test_a_reclassified_variant_is_told(shipped: Knowledge, altered: Knowledge, tmp_path: Path) -> None:
    path = write_vcf(tmp_path, [f"{A384T}\tGT\t1"], ["S"])
    (old,) = reports_of([path], {"S": Sex.MALE}, shipped).values()
    changes = changes_between(old, replayed(old, altered))
    name = "NM_014009.4:c.1150G>A"
    told = {(one.hgvs_c, one.what): (one.before, one.after) for one in changes if not one.what.several}
    assert {one.sample for one in changes} == {"S"}
    assert changes[0] == ReportChange("S", "", Aspect.CONCLUSION, "consistent_with_ipex", "not_assessable")
    assert told[name, Aspect.CLASSIFICATION] == ("pathogenic", "benign")
    assert told[name, Aspect.FINDING_CONCLUSION] == ("consistent_with_ipex", "inconclusive")
    assert told[name, Aspect.CONCERN] == ("reported as a cause of IPEX", "reported as benign or likely benign")
    statements = [one for one in changes if one.what is Aspect.STATEMENT]
    lost, gained = ([one for one in statements if one.after == ""], [one for one in statements if one.before == ""])
    assert len(lost) == len(old["findings"][0]["match"]["curated"][0]["statements"])
    assert len(gained) == 1
    assert "Benign" in gained[0].after
    family = [one for one in changes if one.what is Aspect.FAMILY]
    assert len(family) == len(old["inheritance"])
    assert all(one.before and not one.after for one in family)


def test_a_removed_row_is_told(shipped: Knowledge, altered: Knowledge, tmp_path: Path) -> None:
    path = write_vcf(tmp_path, ["chrX\t49256855\t.\tG\tA\t50\tPASS\t.\tGT\t1"], ["S"])  # c.543C>T
    (old,) = reports_of([path], {"S": Sex.MALE}, shipped).values()
    told = {(one.what): (one.before, one.after) for one in changes_between(old, replayed(old, altered))}
    assert told[Aspect.MATCH_LEVEL] == ("same_allele", "none")
    assert told[Aspect.CLASSIFICATION][1] == ""
    assert told[Aspect.CLASSIFICATION][0].startswith("refuted")


def test_a_combined_allele_that_enters_the_table_is_told(
    shipped: Knowledge, altered: Knowledge, tmp_path: Path
) -> None:
    records = [f"{F373S}\tGT\t1", "chrX\t49251693\t.\tA\tT\t9\tPASS\t.\tGT\t1"]
    (old,) = reports_of([write_vcf(tmp_path, records, ["S"])], {"S": Sex.MALE}, shipped).values()
    told = {(one.hgvs_c, one.what): (one.before, one.after) for one in changes_between(old, replayed(old, altered))}
    assert told["NM_014009.4:c.1117_1118delinsAC", Aspect.MATCH_LEVEL][1] == "same_allele"
    assert told["NM_014009.4:c.1117_1118delinsAC", Aspect.CLASSIFICATION] == ("", "pathogenic")


def test_a_finding_gained_or_lost_is_one_change(rich: dict[str, Any]) -> None:
    for key in ("findings", "structural_findings"):
        finding = rich[key][-1]
        without = rich | {key: rich[key][:-1]}
        name = finding["hgvs_c"] or finding["hgvs_g"]
        assert changes_between(rich, without) == (ReportChange("S", name, Aspect.FINDING, finding["conclusion"], ""),)
        assert changes_between(without, rich) == (ReportChange("S", name, Aspect.FINDING, "", finding["conclusion"]),)


def test_no_difference_goes_untold(rich: dict[str, Any]) -> None:
    """Every text and number of a report, changed by itself, is told, but for what goes with a code and provenance."""
    silent = {"schema_version", "report", "gene", "provenance"}
    explained = {("zygosity", "sentence"), ("concern", "code"), ("classification", "code")}
    assert changes_between(rich, copy.deepcopy(rich)) == ()
    for path in places({key: value for key, value in rich.items() if key not in silent}):
        holder: Any = rich
        for key in path:
            holder = holder[key]
        if isinstance(holder, (dict, list)) or path[-2:] in explained:
            continue
        value = not holder if isinstance(holder, bool) else f"{holder} changed"
        other = altered_at(rich, path, lambda where, key, value=value: where.__setitem__(key, value))
        assert changes_between(rich, other), path
