"""Pedigrees, how an allele goes through them, pedigree files, and families from the files of a run to their reports."""

import copy
import itertools
import json
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from foxp3_annot.carrier_risk import Assumptions
from foxp3_annot.cli import main
from foxp3_annot.errors import InputError
from foxp3_annot.family import AlleleState, Basis, SeenIn, agreed
from foxp3_annot.genotype import Sex
from foxp3_annot.knowledge import Knowledge
from foxp3_annot.pedigree import Affected, Pedigree, Person
from foxp3_annot.readers.families import with_families
from foxp3_annot.readers.ped import read_pedigrees
from foxp3_annot.readers.samples import read_sample_sheet
from foxp3_annot.report.changes import changes_between
from foxp3_annot.report.json import report_json
from foxp3_annot.report.replay import replayed
from foxp3_annot.resources import schema_path
from foxp3_annot.segregation import Origin, Role, family_counts, inherited, judged, segregation

EXAMPLE = Path(__file__).parents[1] / "resources" / "example"
A384T_SPDI = "NC_000023.11:49251479:C:T"
TRIO = EXAMPLE / "joint_trio.vcf.gz"
M, F = Sex.MALE, Sex.FEMALE


HAS, CARRIES, TWICE, LACKS = (
    AlleleState.HEMIZYGOUS,
    AlleleState.HETEROZYGOUS,
    AlleleState.HOMOZYGOUS,
    AlleleState.ABSENT,
)
SILENT, UNTESTED = AlleleState.SILENT, AlleleState.NOT_TESTED
ILL, WELL = Affected.YES, Affected.NO

# --- pedigrees --------------------------------------------------------------------------------------------


LARGE = Pedigree.of(
    "F",
    [
        Person("boy", M, "father", "mother"),
        Person("sister", F, "father", "mother"),
        Person("half", M, "second", "mother"),
        Person("mother", F, "mf", "mm"),
        Person("father", M, "ff", "fm"),
        Person("aunt", F, "mf", "mm"),
        Person("uncle", M, "ff", "fm"),
        Person("cousin", M, "", "aunt"),
        Person("mm", F, "", "great"),
        Person("great-aunt", F, "", "great"),
        Person("wife", F),
        Person("girl", F, "boy", "wife"),
        Person("niece", F, "", "sister"),
        Person("second cousin", F, "", "far"),
        Person("far", F, "", "great-aunt"),
        Person("child", Sex.UNKNOWN, "father", "mother"),
    ],
)


@pytest.mark.parametrize(
    ("person", "word"),
    [
        ("boy", "self"),
        ("mother", "mother"),
        ("father", "father"),
        ("sister", "sister"),
        ("child", "sibling"),
        ("half", "maternal half-brother"),
        ("aunt", "maternal aunt"),
        ("uncle", "paternal uncle"),
        ("cousin", "maternal cousin"),
        ("mm", "maternal grandmother"),
        ("ff", "paternal grandfather"),
        ("great", "maternal great-grandmother"),
        ("great-aunt", "maternal great-aunt"),
        ("wife", "partner"),
        ("girl", "daughter"),
        ("niece", "niece"),
        ("second cousin", "relative"),
        ("second", "relative"),
    ],
)
def test_relations(person: str, word: str) -> None:
    assert LARGE.relation(person, "boy") == word


def test_relations_the_other_way() -> None:
    assert LARGE.relation("boy", "aunt") == "nephew"
    assert LARGE.relation("boy", "mm") == "grandson"
    assert LARGE.relation("father", "mother") == "partner"


@pytest.mark.parametrize(
    ("people", "said"),
    [
        ([Person("a", M), Person("a", M)], "'a' stands there more than once"),
        ([Person("a", M, "b"), Person("b", F)], "'b', father of 'a', is of sex female; a father must be male"),
        ([Person("a", M, "", "b"), Person("b")], "'b', mother of 'a', is of sex unknown; a mother must be female"),
        ([Person("a", M, "a")], "'a' is named as father of himself or herself"),
        ([Person("a", M, "b"), Person("b", M, "a")], "cannot be ordered: someone is his own ancestor"),
        ([Person("a", M, "b"), Person("c", M, "", "b")], "'b' is named both as a father and as a mother"),
    ],
)
def test_people_who_make_no_family(people: list[Person], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Pedigree.of("F", people)


# --- whence an allele comes -------------------------------------------------------------------------------


SON = Pedigree.of("F", [Person("x", M, "father", "mother", ILL)])
DAUGHTER = Pedigree.of("F", [Person("x", F, "father", "mother"), Person("father", M, affected=WELL)])


@pytest.mark.parametrize(
    ("family", "mine", "mother", "father", "origin"),
    [
        (SON, HAS, CARRIES, LACKS, Origin.MATERNAL),
        (SON, HAS, CARRIES, HAS, Origin.MATERNAL),
        (SON, HAS, TWICE, UNTESTED, Origin.MATERNAL),
        (SON, HAS, LACKS, LACKS, Origin.DE_NOVO_CONFIRMED),
        (SON, HAS, LACKS, SILENT, Origin.DE_NOVO_ASSUMED),
        (SON, HAS, LACKS, UNTESTED, Origin.DE_NOVO_ASSUMED),
        (SON, HAS, SILENT, LACKS, Origin.NOT_TOLD),
        (SON, HAS, UNTESTED, UNTESTED, Origin.NOT_TOLD),
        (SON, HAS, AlleleState.NOT_ATTRIBUTABLE, LACKS, Origin.NOT_TOLD),
        (SON, HAS, LACKS, HAS, Origin.INCONSISTENT),
        (SON, HAS, UNTESTED, HAS, Origin.NOT_TOLD),
        (SON, LACKS, TWICE, UNTESTED, Origin.INCONSISTENT),
        (SON, LACKS, CARRIES, UNTESTED, Origin.NOT_CARRIED),
        (SON, SILENT, CARRIES, UNTESTED, Origin.NOT_CARRIED),
        (DAUGHTER, CARRIES, CARRIES, LACKS, Origin.MATERNAL),
        (DAUGHTER, CARRIES, UNTESTED, HAS, Origin.PATERNAL),
        (DAUGHTER, CARRIES, CARRIES, HAS, Origin.EITHER_PARENT),
        (DAUGHTER, CARRIES, LACKS, LACKS, Origin.DE_NOVO_CONFIRMED),
        (DAUGHTER, CARRIES, LACKS, SILENT, Origin.DE_NOVO_ASSUMED),
        (DAUGHTER, CARRIES, SILENT, LACKS, Origin.NOT_TOLD),
        (DAUGHTER, LACKS, UNTESTED, HAS, Origin.INCONSISTENT),
        (DAUGHTER, TWICE, CARRIES, HAS, Origin.BOTH_PARENTS),
        (DAUGHTER, TWICE, CARRIES, LACKS, Origin.INCONSISTENT),
        (DAUGHTER, TWICE, CARRIES, UNTESTED, Origin.NOT_TOLD),
    ],
)
def test_whence(family: Pedigree, mine: AlleleState, mother: AlleleState, father: AlleleState, origin: Origin) -> None:
    found = inherited("x", family, {"x": mine, "mother": mother, "father": father})
    assert found.origin is origin
    assert found.sentence.endswith(".")


def test_every_state_of_three_people_has_a_verdict() -> None:
    """Mere silence of the mother never makes an allele de novo, and a verdict never leaves out the reason."""
    for family, mine, mother, father in itertools.product((SON, DAUGHTER), AlleleState, AlleleState, AlleleState):
        found = inherited("x", family, {"x": mine, "mother": mother, "father": father})
        assert found.sentence
        if found.origin in (Origin.DE_NOVO_ASSUMED, Origin.DE_NOVO_CONFIRMED):
            assert mother is LACKS
            assert "Parentage was not tested." in found.sentence
        if found.origin is Origin.DE_NOVO_CONFIRMED:
            assert father is LACKS


# --- with whom the disease goes ---------------------------------------------------------------------------


BOY = Person("boy", M, "father", "mother", ILL)
MOTHER = Person("mother", F, "mf", "mm")
BROTHER = Person("brother", M, "father", "mother", ILL)
WELL_BROTHER = Person("brother", M, "father", "mother", WELL)


def counted(people: list[Person], states: dict[str, AlleleState], **settings: str) -> Any:
    family = Pedigree.of("F", people)
    every = {one.id: states.get(one.id, UNTESTED) for one in family.people}
    return segregation(family, every, Assumptions.of(tuple(settings.items())))


@pytest.mark.parametrize(
    ("people", "states", "chance", "meioses"),
    [
        ([BOY, BROTHER], {"boy": HAS, "brother": HAS}, "1/2", 1),
        ([BOY, WELL_BROTHER], {"boy": HAS, "brother": LACKS}, "1/2", 1),
        ([BOY, BROTHER], {"boy": HAS, "brother": HAS, "mother": CARRIES}, "1/2", 1),
        # up from the mother to hers, 1/2, and down to the uncle, 1/2
        ([BOY, MOTHER, Person("uncle", M, "mf", "mm", ILL)], {"boy": HAS, "uncle": HAS}, "1/4", 2),
        # not from the uncle's mother, or from her and not handed on
        ([BOY, MOTHER, Person("uncle", M, "mf", "mm", WELL)], {"boy": HAS, "uncle": LACKS}, "3/4", 0),
        ([BOY, MOTHER, Person("uncle", M, "mf", "mm", WELL)], {"boy": HAS, "uncle": LACKS, "mm": CARRIES}, "1/2", 1),
        # from the mother up to her father; his step down to her is certain
        ([BOY, MOTHER, Person("mf", M, affected=ILL)], {"boy": HAS, "mf": HAS}, "1/2", 1),
        # sisters who are carriers, each with an affected son: up 1/2, down 1/2, down 1/2
        (
            [BOY, MOTHER, Person("aunt", F, "mf", "mm"), Person("cousin", M, "", "aunt", ILL)],
            {"boy": HAS, "cousin": HAS},
            "3/8",  # by the grandmother 1/2 x 1/4, by the grandfather 1/2 x 1 x 1/2
            1,
        ),
    ],
)
def test_meioses(people: list[Person], states: dict[str, AlleleState], chance: str, meioses: int) -> None:
    found = counted(people, states)
    assert (found.chance, found.meioses) == (Fraction(chance), meioses)


def test_what_speaks_against() -> None:
    assert counted([BOY, BROTHER], {"boy": HAS, "brother": LACKS}).affected_without == ("brother",)
    asymptomatic = counted([BOY, WELL_BROTHER], {"boy": HAS, "brother": HAS})
    assert asymptomatic.unaffected_with == ("brother",)
    assert "penetrance is not complete" in asymptomatic.sentence
    assert asymptomatic.meioses == 0


def test_what_is_not_counted() -> None:
    assert counted([BOY, WELL_BROTHER], {"boy": HAS, "brother": SILENT}).together == ()
    assert counted([BOY, WELL_BROTHER], {"boy": HAS, "brother": LACKS}, penetrance="0.9").meioses == 0
    assert counted([BOY], {"boy": HAS, "father": LACKS}).together == ()  # a father shows nothing of his son
    unrelated = counted([BOY, Person("other", M, affected=ILL)], {"boy": HAS, "other": HAS})
    assert unrelated.chance is None
    assert "share no known carrier" in unrelated.sentence


def everyone(family: Pedigree, states: dict[str, AlleleState]) -> dict[str, SeenIn]:
    return {one.id: SeenIn(one.id, states.get(one.id, UNTESTED), Basis.GENOTYPE) for one in family.people}


def test_counts_for_the_criteria() -> None:
    family = Pedigree.of("F", [BOY, BROTHER])
    seen = everyone(family, {"boy": HAS, "brother": LACKS, "mother": LACKS, "father": LACKS})
    judgement = judged("boy", family, seen, Assumptions.of())
    untested, tested = (family_counts(judgement, parentage_tested=one) for one in (False, True))
    assert (untested.de_novo, tested.de_novo) == ("assumed", "confirmed")
    assert (untested.cosegregating_meioses, untested.non_segregating) == (0, 1)
    silent = judged("boy", family, everyone(family, {"boy": HAS, "mother": SILENT}), Assumptions.of())
    assert family_counts(silent).de_novo == "none"


def test_who_is_at_risk() -> None:
    family = Pedigree.of("F", [BOY, MOTHER, Person("sister", F, "father", "mother"), BROTHER])
    judgement = judged("boy", family, everyone(family, {"boy": HAS}), Assumptions.of())
    roles = {one.person: one.role for one in judgement.risks}
    assert roles["boy"] is Role.TESTED_CARRIER
    assert roles["mother"] is roles["brother"] is Role.OBLIGATE_CARRIER
    assert roles["sister"] is roles["mm"] is Role.AT_RISK
    assert roles["father"] is Role.NOT_AT_RISK
    assert judgement.to_be_tested == ("mother", "sister", "brother", "mm")


def test_no_figures_where_they_would_mislead() -> None:
    family = Pedigree.of("F", [BOY, BROTHER])
    states = everyone(family, {"boy": HAS})
    assert "not known to cause IPEX" in judged("boy", family, states, Assumptions.of(), explains=False).no_figures
    other = everyone(family, {"boy": HAS, "brother": LACKS})
    assert "affected male does not have" in judged("boy", family, other, Assumptions.of()).no_figures
    daughter = Pedigree.of("F", [Person("girl", F, "man", "")])
    clash = judged("girl", daughter, everyone(daughter, {"girl": LACKS, "man": HAS}), Assumptions.of())
    assert "no transmission of chromosome X" in clash.no_figures
    assert {one.probability for one in clash.risks} == {None}


def test_samples_of_one_person() -> None:
    clear, silent = SeenIn("x", HAS, Basis.GENOTYPE), SeenIn("x", SILENT, Basis.NO_RECORD)
    assert agreed("x", [silent, clear]) == clear
    assert agreed("x", [silent]) == silent
    assert agreed("x", [clear, SeenIn("x", LACKS, Basis.DEPTH)]).state is AlleleState.UNCLEAR


# --- pedigree files ---------------------------------------------------------------------------------------


GOOD = "T\tboy\tfather\tmother\t1\t2\nT\tmother\t0\t0\t2\t1\nT\tfather\t0\t-9\t1\t-9\n"


def ped(folder: Path, text: str, name: str = "family.ped") -> Path:
    path = folder / name
    path.write_bytes(text.encode())
    return path


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        GOOD.replace("\t", "  "),
        GOOD.replace("\n", "\r\n"),
        f"# a comment\n\nFamily\tPerson\tFather\tMother\tSex\tAffected\n{GOOD}\n",
        f"#FID IID PAT MAT SEX PHENO\n{GOOD}",
        GOOD.replace("\t2\n", "\t2\tA\tG\n"),
        f"\ufeff{GOOD}",
    ],
)
def test_spellings_of_a_pedigree_file(text: str, tmp_path: Path) -> None:
    (family,) = read_pedigrees(ped(tmp_path, text))
    assert family == Pedigree(
        "T",
        (
            Person("boy", M, "father", "mother", ILL),
            Person("mother", F, "", "", WELL),
            Person("father", M, "", "", Affected.UNKNOWN),
        ),
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("boy\tfather", "boy\tboy", "line 1: family 'T': 'boy' is named as father of himself"),
        ("\tmother\t1\t2\n", "\tfather\t1\t2\n", "'father' is named both as a father and as a mother"),
        ("mother\t0\t0\t2", "mother\t0\t0\t1", "line 2: family 'T': 'mother', mother of 'boy', is of sex male"),
        ("father\t0\t-9\t1", "father\t0\t-9\tother", "is of sex unknown; a father must be male"),
        ("\t1\t2\n", "\t1\tyes\n", "line 1: 'yes' does not tell whether 'boy' is affected"),
        ("\t1\t2\n", "\t1\t3\n", "line 1: '3' does not tell"),
        ("\t1\t2\n", "\n", "line 1: has 4 columns; six are needed"),
        ("T\tmother", "T\tboy", "'boy' stands there more than once"),
        ("T\tmother", "T\t0", "line 2: '0' stands for an unknown parent"),
        ("T\tmother", "T\t", "line 2: has an empty cell"),
        ("father\t0\t-9", "father\tboy\t-9", "someone is his own ancestor"),
        (GOOD, "# nobody\n", "names nobody; each line needs six columns"),
        (GOOD, "", "names nobody"),
    ],
)
def test_a_damaged_pedigree_file(old: str, new: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        read_pedigrees(ped(tmp_path, GOOD.replace(old, new, 1)))
    assert said in str(error.value)
    assert all(line.startswith(str(tmp_path)) for line in str(error.value).splitlines())


def test_a_pedigree_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be opened"):
        read_pedigrees(tmp_path / "none.ped")
    (tmp_path / "latin.ped").write_bytes(b"T\tJos\xe9\t0\t0\t1\t2\n")
    with pytest.raises(InputError, match="not UTF-8"):
        read_pedigrees(tmp_path / "latin.ped")


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        read_pedigrees(ped(tmp_path, "T a 0 0 1 9\nT b c\nU d d 0 2 1\n"))
    assert len(str(error.value).splitlines()) == 3  # phenotype, columns, own father


# --- the sample sheet -------------------------------------------------------------------------------------


def sheet(folder: Path, *rows: str) -> Path:
    path = folder / "samples.tsv"
    header = "sample\tname_in_file\tsex\tfamily\tfather\tmother\taffected"
    path.write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")
    return path


ROWS = (
    "boy\tLIB1\tmale\tT\tfather\tmother\tyes",
    "mother\tLIB2\tfemale\tT\t\t\tno",
    "father\tLIB3\tmale\tT\t\t\t",
    "stranger\tLIB4\tmale\t\t\t\t",
)


def families_of(path: Path, file: Path | None = None, **more: Any) -> dict[str, Any]:
    return {row.sample: row for row in with_families(read_sample_sheet(path), file, **more).rows}


def test_families_of_the_sheet(tmp_path: Path) -> None:
    rows = families_of(sheet(tmp_path, *ROWS))
    record = rows["boy"].patient.family
    assert record.person == "boy"
    assert [one.id for one in record.pedigree.people] == ["boy", "mother", "father"]
    assert record.pedigree.by_id["boy"] == Person("boy", M, "father", "mother", ILL)
    assert rows["stranger"].patient.family is None


def test_sheet_and_pedigree_file_agree(tmp_path: Path) -> None:
    rows = families_of(sheet(tmp_path, *ROWS), ped(tmp_path, GOOD))
    assert rows["mother"].patient.family.pedigree.by_id["boy"].affected is ILL


def test_a_pedigree_file_names_samples_as_the_file_does_and_tells_their_sex(tmp_path: Path) -> None:
    path = sheet(tmp_path, "001\tboy\t\t\t\t\t")
    row = families_of(path, ped(tmp_path, GOOD))["001"]
    assert (row.sex, row.sex_declared, row.patient.family.person) == (M, True, "boy")
    added = families_of(path, ped(tmp_path, GOOD), add=True)
    assert {name for name, one in added.items() if one.vcf is None} == {"001", "mother", "father"}
    assert added["mother"].sex is F


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("boy\t\tfemale\tT\tfather\tmother\tyes", "'boy' is male in the pedigree and female in the sample sheet"),
        ("boy\t\tmale\tU\tfather\tmother\tyes", "column `family` holds 'U', and"),
        ("boy\t\tmale\tT\tother\tmother\tyes", "column `father` holds 'other', and"),
        ("boy\t\tmale\tT\tfather\tmother\tno", "column `affected` holds 'no', and"),
        ("girl\t\tfemale\tT\tfather\tmother\tno", "sample 'girl' has a family in the sample sheet and is not in"),
    ],
)
def test_sheet_and_pedigree_file_contradict_each_other(row: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=said):
        families_of(sheet(tmp_path, row), ped(tmp_path, GOOD))


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (["boy\t\tmale\t\tfather\t\t"], "`father`, `mother` and `affected` need the name of a `family`"),
        (["boy\t\tmale\tT\tman\t\t", "man\t\tfemale\tT\t\t\t"], "family 'T': 'man', father of 'boy', is of sex female"),
        (["boy\t\tmale\tT\tman\t\t", "man\t\tmale\tU\t\t\t"], "'man', a parent of 'boy', belongs to family 'U'"),
        (["boy\t\tmale\tT\t\t\tmaybe"], "column `affected` holds 'maybe'; write yes, no or unknown"),
    ],
)
def test_families_of_the_sheet_that_do_not_fit(rows: list[str], said: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=said):
        families_of(sheet(tmp_path, *rows))


def test_one_person_belongs_to_one_family(tmp_path: Path) -> None:
    file = ped(tmp_path, f"{GOOD}U\tboy\t0\t0\t1\t2\n")
    with pytest.raises(InputError, match="'boy' stands in families T, U"):
        families_of(sheet(tmp_path, ROWS[3].replace("stranger", "boy")), file)


def test_the_command_line_must_not_contradict_the_pedigree(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="'boy' is male in the pedigree and female in --sex"):
        families_of(sheet(tmp_path, "other\t\t\t\t\t\t"), ped(tmp_path, GOOD), stated={"boy": F})


# --- from files to reports --------------------------------------------------------------------------------


TRIO_PED = (
    "T trio_boy trio_father trio_mother 1 2\nT trio_mother gf gm 2 1\nT trio_father 0 0 1 1\n"
    "T sister trio_father trio_mother 2 0\nT uncle gf gm 1 1\n"
)
SCHEMA = Draft202012Validator(json.loads(schema_path("report.schema.json").read_text(encoding="utf-8")))


def run(folder: Path, *arguments: str | Path) -> dict[str, dict[str, Any]]:
    """The reports of a run, by sample, each checked against the schema and made again from its JSON."""
    outcome = CliRunner().invoke(main, ["run", *map(str, arguments), "-o", str(folder)])
    assert outcome.exit_code == 0, outcome.output
    knowledge, found = Knowledge.shipped(), {}
    for path in sorted((folder / "reports").glob("*.json")):
        text = path.read_text(encoding="utf-8")
        report = json.loads(text)
        SCHEMA.validate(report)
        assert report_json(replayed(report, knowledge)) == text
        found[report["sample"]["id"]] = report
    return found


@pytest.fixture
def trio(tmp_path: Path) -> dict[str, dict[str, Any]]:
    return run(tmp_path / "out", TRIO, "--ped", ped(tmp_path, TRIO_PED))


def the_allele(report: dict[str, Any]) -> dict[str, Any]:
    (found,) = report["family"]["alleles"]
    return dict(found)


def states(report: dict[str, Any]) -> dict[str, str]:
    return {one["person"]: one["state"]["code"] for one in the_allele(report)["people"]}


def test_a_trio(trio: dict[str, dict[str, Any]]) -> None:
    assert set(trio) == {"trio_boy", "trio_mother", "trio_father"}
    boy = the_allele(trio["trio_boy"])
    assert boy["inheritance"]["code"] == "maternal"
    assert states(trio["trio_boy"]) == {
        "trio_boy": "hemizygous",
        "trio_mother": "heterozygous",
        "trio_father": "absent",
        "sister": "not_tested",
        "uncle": "not_tested",
        "gf": "not_tested",
        "gm": "not_tested",
    }
    # the grandmother: the mother's allele came from her or was new, 2 to 2, and her son is well: 1 to 2
    assert {one["person"]: one["probability"] for one in boy["people"]} == {
        "trio_boy": "1",
        "trio_mother": "1",
        "trio_father": "0",
        "sister": "1/2",
        "uncle": "0",
        "gf": "0",
        "gm": "1/3",
    }
    assert boy["to_be_tested"]["people"] == ["sister", "gm"]
    assert [(one["son"], one["daughter"]) for one in boy["next_children"]] == [("1/2", "1/2"), ("0", "1")]
    assert the_allele(trio["trio_father"])["inheritance"]["code"] == "not_carried"
    relations = {one["id"]: one["relation"] for one in trio["trio_mother"]["family"]["people"]}
    assert relations["trio_boy"] == "son"
    assert relations["uncle"] == "brother"


def test_the_page_shows_the_family(trio: dict[str, dict[str, Any]], tmp_path: Path) -> None:
    page = (tmp_path / "out" / "reports" / "trio_boy.html").read_text(encoding="utf-8")
    for words in ("maternal uncle", "From the mother, who carries it.", "33.3 % (1/3)", "Haldane JBS"):
        assert words in page
    told = {key for one in trio.values() for key in _cited(one["family"])}
    assert told <= {one["key"] for one in trio["trio_boy"]["citations"]}


def _cited(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value.get("citations", ())
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _cited(one)


def test_the_sheet_gives_the_same_family(trio: dict[str, dict[str, Any]], tmp_path: Path) -> None:
    rows = [
        "trio_boy\t\tmale\tT\ttrio_father\ttrio_mother\tyes",
        "trio_mother\t\tfemale\tT\t\t\tno",
        "trio_father\t\tmale\tT\t\t\tno",
    ]
    found = run(tmp_path / "sheet", TRIO, "--samples", sheet(tmp_path, *rows))
    assert the_allele(found["trio_boy"])["inheritance"] == the_allele(trio["trio_boy"])["inheritance"]


def test_assumptions_are_the_users(tmp_path: Path) -> None:
    found = run(tmp_path / "out", TRIO, "--ped", ped(tmp_path, TRIO_PED), "--assume", "penetrance=0.5")
    assert found["trio_boy"]["patient"]["family"]["assumed"] == [{"name": "penetrance", "value": "0.5"}]
    assert "--assume penetrance=0.5" in found["trio_boy"]["provenance"]["command"]
    uncle = next(one for one in the_allele(found["trio_boy"])["people"] if one["person"] == "uncle")
    assert uncle["role"]["code"] == "at_risk"


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("penetrance=2", "penetrance cannot be 2"),
        ("penetrance", "write NAME=VALUE"),
        ("luck=1", "'luck' is no assumption"),
    ],
)
def test_wrong_assumptions_are_one_sentence(option: str, said: str, tmp_path: Path) -> None:
    outcome = CliRunner().invoke(main, ["run", str(TRIO), "-o", str(tmp_path / "out"), "--assume", option])
    assert outcome.exit_code == 2
    assert said in outcome.output


HEADER = (
    "##fileformat=VCFv4.2\n##contig=<ID={contig},length={length}>\n"
    '##FORMAT=<ID=GT,Number=1,Type=String,Description="G">\n##FORMAT=<ID=DP,Number=1,Type=Integer,Description="D">\n'
    '##FILTER=<ID=Low,Description="L">\n##INFO=<ID=END,Number=1,Type=Integer,Description="E">\n'
    "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t{samples}\n"
)


def calls(folder: Path, name: str, samples: str, *records: str, build: str = "38") -> Path:
    contig, length = ("chrX", 156040895) if build == "38" else ("X", 155270560)
    path = folder / f"{name}.vcf"
    text = HEADER.format(contig=contig, length=length, samples=samples) + "".join(f"{one}\n" for one in records)
    path.write_text(text, encoding="utf-8")
    return path


A384T = "chrX\t49251480\t.\tC\tT\t50\t{filter}\t.\tGT\t{genotype}"
A384T_37 = "X\t49107941\t.\tC\tT\t50\tPASS\t.\tGT\t{genotype}"  # the position that the program's own documents give
PAIR_PED = "P boy 0 mother 1 2\nP mother 0 0 2 1\n"


def pair(folder: Path, mother: Path, *more: str | Path) -> dict[str, dict[str, Any]]:
    boy = calls(folder, "of_boy", "boy", A384T.format(filter="PASS", genotype="1"))
    return run(folder / "out", boy, mother, "--ped", ped(folder, PAIR_PED), *more)


def test_a_mother_without_a_record_is_no_negative(tmp_path: Path) -> None:
    found = pair(tmp_path, calls(tmp_path, "of_mother", "mother", "chrX\t49258394\t.\tC\tA\t50\tPASS\t.\tGT\t0/1"))
    assert states(found["boy"]) == {"boy": "hemizygous", "mother": "silent"}
    allele = the_allele(found["boy"])
    assert allele["inheritance"]["code"] == "not_told"
    assert allele["people"][1]["probability"] == "2/3"
    assert states(found["mother"]) == states(found["boy"])


def test_a_mother_whose_depth_excludes_it(tmp_path: Path) -> None:
    block = "chrX\t49251000\t.\tN\t<NON_REF>\t.\t.\tEND=49252000\tGT:DP\t0/0:60"
    found = pair(tmp_path, calls(tmp_path, "of_mother", "mother", block))
    assert the_allele(found["boy"])["people"][1]["basis"]["code"] == "depth"
    assert the_allele(found["boy"])["inheritance"]["code"] == "de_novo_assumed"


@pytest.mark.parametrize(
    ("genotype", "written", "state"),
    [
        ("0/0", "PASS", "absent"),
        ("0/1", "PASS", "heterozygous"),
        ("1/1", "PASS", "homozygous"),
        ("./.", "PASS", "unclear"),
        ("./1", "PASS", "unclear"),
        ("0/.", "PASS", "unclear"),
        ("1", "PASS", "unclear"),
        ("0/0", "Low", "unclear"),
        ("0/1", "Low", "unclear"),
    ],
)
def test_every_genotype_of_a_relative(genotype: str, written: str, state: str, tmp_path: Path) -> None:
    found = pair(tmp_path, calls(tmp_path, "of_mother", "mother", A384T.format(filter=written, genotype=genotype)))
    assert states(found["boy"])["mother"] == state


def test_a_mother_on_the_other_build(tmp_path: Path) -> None:

    mother = calls(tmp_path, "of_mother", "mother", A384T_37.format(genotype="0/1"), build="37")
    found = pair(tmp_path, mother)
    assert found["mother"]["call_set"]["assembly"] == "GRCh37"
    assert states(found["boy"]) == states(found["mother"]) == {"boy": "hemizygous", "mother": "heterozygous"}
    assert the_allele(found["mother"])["spdi"].startswith("NC_000023.10:")


def test_a_transplanted_relative_shows_the_donor(tmp_path: Path) -> None:
    mother = calls(tmp_path, "of_mother", "mother", A384T.format(filter="PASS", genotype="0/1"))
    table = tmp_path / "samples.tsv"
    table.write_text("sample\tprior_hsct\tmaterial\nboy\tnone\tblood\nmother\tyes\tblood\n", encoding="utf-8")
    found = pair(tmp_path, mother, "--samples", table)
    assert states(found["boy"])["mother"] == "not_attributable"
    assert the_allele(found["boy"])["inheritance"]["code"] == "not_told"


def test_the_workflow_step_reads_relatives_in_other_files(tmp_path: Path) -> None:
    boy = calls(tmp_path, "of_boy", "boy", A384T.format(filter="PASS", genotype="1"))
    mother = calls(tmp_path, "of_mother", "mother", A384T.format(filter="PASS", genotype="0/1"))
    table = tmp_path / "samples.tsv"
    table.write_text(f"sample\tvcf\nboy\t{boy}\nmother\t{mother}\n", encoding="utf-8")
    family = ped(tmp_path, PAIR_PED)
    words = ["report", boy, "--samples", table, "--call-set", "of_boy", "--ped", family, "--relatives", mother]
    outcome = CliRunner().invoke(main, [*map(str, words), "-o", str(tmp_path / "out")])
    assert outcome.exit_code == 0, outcome.output
    (path,) = (tmp_path / "out" / "reports").glob("*.json")
    report = json.loads(path.read_text(encoding="utf-8"))
    assert states(report) == {"boy": "hemizygous", "mother": "heterozygous"}
    assert report == run(tmp_path / "both", boy, mother, "--ped", family)["boy"]
    outcome = CliRunner().invoke(main, [*map(str, words), "--relatives", str(TRIO), "-o", str(tmp_path / "out")])
    assert outcome.exit_code == 2
    assert "no row of" in outcome.output


# --- what is read back ------------------------------------------------------------------------------------


def test_every_change_of_a_family_is_told(trio: dict[str, dict[str, Any]]) -> None:
    report = trio["trio_boy"]
    for place in _places(report["family"], ("family",)):
        other, holder = copy.deepcopy(report), None
        holder = other
        for key in place[:-1]:
            holder = holder[key]
        if isinstance(holder[place[-1]], (dict, list)):
            continue
        holder[place[-1]] = f"{holder[place[-1]]} changed"
        assert changes_between(report, other), place


def _places(value: Any, path: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    for key, one in value.items() if isinstance(value, dict) else enumerate(value):
        yield (*path, key)
        if isinstance(one, (dict, list)):
            yield from _places(one, (*path, key))


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        (("person",), "nobody", "'nobody' is not in the pedigree"),
        (("people", 0, "father"), "trio_boy", "father of himself"),
        (("people", 0, "father"), "somebody", "a parent is not among the people"),
        (("people", 1, "sex"), "male", "must be female"),
        (("seen", 0, "spdi"), "NC_000023.11:5:C:T", "is not an allele of GRCh38"),
        (("seen", 0, "people", 0, "state"), "perhaps", "perhaps"),
        (("assumed",), [{"name": "luck", "value": "1"}], "luck"),
    ],
)
def test_a_damaged_family_is_one_sentence(
    place: tuple[Any, ...], value: Any, said: str, trio: dict[str, dict[str, Any]]
) -> None:
    report = copy.deepcopy(trio["trio_boy"])
    holder = report["patient"]["family"]
    for key in place[:-1]:
        holder = holder[key]
    holder[place[-1]] = value
    with pytest.raises(InputError, match=said) as error:
        replayed(report, Knowledge.shipped())
    assert "\n" not in str(error.value)


def test_a_family_of_25_people_is_quick(tmp_path: Path) -> None:
    """Cousins and their children, three generations below one couple."""
    people = ["F trio_boy trio_father trio_mother 1 2", "F trio_mother gf gm 2 1", "F trio_father 0 0 1 1"]
    people += [f"F aunt{n} gf gm 2 0" for n in range(6)] + [f"F uncle{n} gf gm 1 1" for n in range(4)]
    people += [f"F cousin{n} 0 aunt{n % 6} {1 + n % 2} 0" for n in range(10)]
    found = run(tmp_path / "out", TRIO, "--ped", ped(tmp_path, "\n".join(people)))
    assert len(found["trio_boy"]["family"]["people"]) == 25
    assert not the_allele(found["trio_boy"])["no_figures"]
    larger = [*people, "F more gf gm 1 0"]
    found = run(tmp_path / "more", TRIO, "--ped", ped(tmp_path, "\n".join(larger)))
    assert "26 people" in the_allele(found["trio_boy"])["no_figures"]
