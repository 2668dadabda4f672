"""Sound tables spoilt in every way that a slip of the pen takes: the check must tell each, at its place.

The tables are the shipped ones, thinned, with the invented rows of `cases/small_pack` among them, so that every
table and every kind of cell is there. What no check of the tables alone could notice stands in
`cases/undetectable_corruptions.tsv`, and is proven to go unnoticed, so that the list stays true.
"""

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from foxp3_annot.assembly import Assembly
from foxp3_annot.curation.check import check
from foxp3_annot.gene import Gene
from foxp3_annot.pack.folder import Problem, read_pack

Row = dict[str, str]
Tables = dict[str, list[Row]]

HERE = Path(__file__).parent
SMALL = HERE / "cases" / "small_pack"
TABLES = (
    "variants",
    "structures",
    "unplaced",
    "assertions",
    "functional",
    "cases",
    "phenotypes",
    "cohort_statistics",
    "management",
    "differential",
    "population",
    "citations",
)
KEY = {"phenotypes": "hpo_id", "differential": "gene", "citations": "key"} | dict.fromkeys(
    ("variants", "structures", "unplaced", "cases", "cohort_statistics", "management", "population"), "id"
)
MOST = 2
"""How many rows of a table are spoilt in one way."""


# --- sound tables -----------------------------------------------------------------------------------------


def read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def text_of(rows: list[Row]) -> str:
    return "\n".join(["\t".join(rows[0]), *("\t".join(row.values()) for row in rows)]) + "\n"


def order(table: str) -> Callable[[Row], tuple[object, ...]]:
    """The order of rows, as the guide to the tables gives it."""
    if table == "variants":
        return lambda row: (int(row["grch38"].split(":")[0]), *row["grch38"].split(":")[1:], row["id"])
    if table in ("assertions", "functional"):
        what = "assigner" if table == "assertions" else "assay"
        return lambda row: (row["variant_id"], row[what], row["date"], row["citations"])
    return lambda row: (row[KEY[table]],)


def thinned(shipped: Tables) -> Tables:
    """About forty alleles, all that is said of them, and everything that is not about alleles."""
    special = [row for row in shipped["variants"] if len(row["grch38"].split(":")[1]) > 1][:10]
    special += [row for row in shipped["variants"] if row["id"] in ("FX0001", "FX0031", "FX0292")]
    special += [row for row in shipped["variants"] if disputed(row["id"], shipped)][:4]
    chosen = {row["id"] for row in [*special, *Random(1).sample(shipped["variants"], 30)]}
    chosen |= {row["id"] for name in ("structures", "unplaced") for row in shipped.get(name, [])}
    return {
        name: [row for row in rows if row.get("variant_id", row["id"] if name == "variants" else "") in {"", *chosen}]
        for name, rows in shipped.items()
    }


SIDES = {"pathogenic": 1, "likely_pathogenic": 1, "disease_associated": 1, "benign": -1, "likely_benign": -1}


def disputed(id_: str, tables: Tables) -> bool:
    """Whether statements point both ways, without a refutation."""
    said = {row["classification"] for row in tables["assertions"] if row["variant_id"] == id_}
    return {SIDES.get(one, 0) for one in said} >= {1, -1} and "refuted" not in said


@pytest.fixture(scope="session")
def sound(knowledge_folder: Path) -> Tables:
    shipped = {
        name: read(knowledge_folder / f"{name}.tsv") for name in TABLES if (knowledge_folder / f"{name}.tsv").exists()
    }
    tables = {name: thinned(shipped).get(name, []) for name in TABLES}
    for name in TABLES:
        key, rows = KEY.get(name), tables[name]
        added = read(SMALL / f"{name}.tsv") if (SMALL / f"{name}.tsv").exists() else []
        known = {row[key] for row in rows} if key else set()
        rows += [row for row in added if not key or row[key] not in known]
        rows.sort(key=order(name))
    labels = {row["hpo_id"]: row["label"] for row in tables["phenotypes"]}
    for row in tables["cases"]:
        for column in ("hpo_present", "hpo_denied"):
            terms = [term.split(" ")[0].strip() for term in row[column].split(";") if term]
            row[column] = ";".join(f"{term} {labels[term]}" for term in terms)
    return tables


@pytest.fixture
def problems_of(knowledge_folder: Path, gene: Gene, tmp_path: Path) -> Callable[[Tables], tuple[Problem, ...]]:
    """What the check says of tables."""

    def told(tables: Tables, spoilt: Mapping[str, bytes] = {}) -> tuple[Problem, ...]:
        (tmp_path / "datapackage.json").write_bytes((knowledge_folder / "datapackage.json").read_bytes())
        for name, rows in tables.items():
            (tmp_path / f"{name}.tsv").write_bytes(spoilt.get(name, text_of(rows).encode()))
        return check(read_pack(tmp_path), gene, None)

    return told


def test_the_unchanged_tables_are_sound(sound: Tables, problems_of: Callable[[Tables], tuple[Problem, ...]]) -> None:
    assert all(sound[name] for name in TABLES)
    assert problems_of(sound) == ()


def test_the_shipped_tables_are_sound(knowledge_folder: Path, gene: Gene) -> None:
    assert check(read_pack(knowledge_folder), gene, None) == ()


# --- ways to spoil a row ----------------------------------------------------------------------------------

Change = Callable[[Row, Tables, Random], Mapping[str, str] | None]


@dataclass(frozen=True)
class Kind:
    """A way to spoil a row of a table: its new cells, or None where the row has nothing to spoil in this way.

    `told` are the columns at any of which a problem of this row must be told; of rows that then share a value
    (`shared`) it may be the other one.
    """

    name: str
    table: str
    told: tuple[str, ...]
    change: Change
    shared: bool = False

    def __str__(self) -> str:
        return f"{self.table} {self.name} [{','.join(self.told)}]"


def setting(column: str, value: str) -> Change:
    """A fixed value for a cell that holds something else."""
    return lambda row, _, __: {column: value} if row[column] != value else None


def filled(column: str, change: Callable[[str], str]) -> Change:
    """A cell that holds something, changed."""
    return lambda row, _, __: {column: change(row[column])} if row[column] else None


def other_base(base: str) -> str:
    return {"A": "G", "G": "A", "C": "T", "T": "C"}[base]


def parts(allele: str) -> tuple[int, str, str]:
    position, ref, alt = allele.split(":")
    return int(position), ref, alt


def wrong_ref(build: str) -> Change:
    def change(row: Row, _: Tables, __: Random) -> Row:
        position, ref, alt = parts(row[build])
        new = other_base(ref[0]) + ref[1:]
        return {build: f"{position}:{new}:{alt if new != alt else 'ACGT'}"}

    return change


def wrong_alt(*builds: str) -> Change:
    """Another alternate base of a substitution."""

    def change(row: Row, _: Tables, __: Random) -> Row | None:
        cells = {}
        for build in builds:
            position, ref, alt = parts(row[build])
            if len(ref + alt) > 2:
                return None
            (new, *_rest) = sorted(set("ACGT") - {ref, alt})
            cells[build] = f"{position}:{ref}:{new}"
        return cells

    return change


def shifted(by: int, *builds: str) -> Change:
    def change(row: Row, _: Tables, __: Random) -> Row:
        return {build: f"{int(p) + by}:{rest}" for build in builds for p, rest in [row[build].split(":", 1)]}

    return change


def named(change: Change) -> Change:
    """Only for alleles that have a c. name; what lies before the gene has nothing but its place."""
    return lambda row, tables, rng: change(row, tables, rng) if row["hgvs_c"] else None


def swapped(one: str, two: str) -> Change:
    return lambda row, _, __: {one: row[two], two: row[one]} if row[one] != row[two] else None


def unlike(column: str, values: tuple[str, ...]) -> Change:
    """The first of some values that the cell does not hold."""
    return lambda row, _, __: {column: next(value for value in values if value != row[column])}


def of_another_row(column: str, apart: int = 0) -> Change:
    """The value that another row has in this column; `apart` asks for that many bases between the two."""

    def change(row: Row, tables: Tables, rng: Random) -> Row | None:
        table = next(name for name in TABLES if any(one is row for one in tables[name]))
        others = [one for one in tables[table] if one is not row and one[column] and one[column] != row[column]]
        if apart:
            here = parts(row["grch38"])[0]
            others = [one for one in others if abs(parts(one["grch38"])[0] - here) >= apart]
        return {column: rng.choice(others)[column]} if others else None

    return change


ONE_RESIDUE = {"Ala": "Gly", "Gly": "Ala", "Arg": "Lys", "Leu": "Val", "Val": "Leu", "Thr": "Ser", "Ser": "Thr"}


def other_residue(row: Row, _: Tables, __: Random) -> Row | None:
    found = re.search(r"([0-9]+)([A-Z][a-z]{2})\)$", row["hgvs_p"])
    if not found:
        return None
    new = ONE_RESIDUE.get(found[2], "Ala")
    return {"hgvs_p": row["hgvs_p"].replace(found[0], f"{found[1]}{new})")}


def next_number(column: str) -> Change:
    """The first number of a cell, one more."""
    return lambda row, _, __: (
        {column: re.sub(r"[0-9]+", lambda m: str(int(m[0]) + 1), row[column], count=1)}
        if re.search("[0-9]", row[column])
        else None
    )


def other_class(row: Row, _: Tables, __: Random) -> Row | None:
    words = {
        "pathogenic": "benign",
        "likely pathogenic": "uncertain",
        "uncertain significance": "likely_pathogenic",
        "likely benign": "likely_pathogenic",
        "benign": "pathogenic",
    }
    new = words.get(row["stated_as"].casefold())
    return {"classification": new} if new else None


BEST_FIRST = ("full_text", "abstract", "database", "secondary", "web_page", "citation_only", "identifier_only")


def read_too_well(row: Row, tables: Tables, _: Random) -> Row | None:
    """More read for the row than of any of its sources."""
    reading = {one["key"]: one["read"] for one in tables["citations"]}
    best = min(BEST_FIRST.index(reading[key.strip()]) for key in row["citations"].split(";"))
    return {"read": "full_text"} if best > 0 and row["read"] != "full_text" else None


def another_status(row: Row, _: Tables, __: Random) -> Row:
    return {"evidence_status": "abstract" if row["evidence_status"] == "full_text" else "full_text"}


def remark_lost(row: Row, tables: Tables, _: Random) -> Row | None:
    return {"remark": ""} if disputed(row["id"], tables) and row["remark"] else None


def padded(gene: Gene) -> Change:
    """The same allele with a base more at its end, on both builds."""

    def change(row: Row, _: Tables, __: Random) -> Row | None:
        cells = {}
        for build in ("grch38", "grch37"):
            position, ref, alt = parts(row[build])
            after = position + len(ref)
            base = gene.on(Assembly.parse(build)).reference.fetch(after, after)
            cells[build] = f"{position}:{ref}{base}:{alt}{base}"
        return cells

    return change


def both(one: str, two: str) -> Change:
    """A term that is present stands among the denied ones too."""
    return lambda row, _, __: {two: ";".join(filter(None, [row[two], row[one].split(";")[0]]))} if row[one] else None


def where(condition: Callable[[Row], bool], **cells: str) -> Change:
    return lambda row, _, __: cells if condition(row) and any(row[c] != v for c, v in cells.items()) else None


def boy(row: Row) -> bool:
    return row["sex"] == "male"


def girl(row: Row) -> bool:
    return row["sex"] == "female"


def counted(row: Row) -> bool:
    return bool(row["numerator"] and row["denominator"])


VARIANT_KINDS = [
    *(
        Kind(f"wrong reference base on {b}", t, ("grch38",), wrong_ref(b))
        for t in ("variants", "population")
        for b in ("grch38", "grch37")
    ),
    *(
        Kind(f"wrong alternate base on {b}", t, ("grch38",), wrong_alt(b))
        for t in ("variants", "population")
        for b in ("grch38", "grch37")
    ),
    *(
        Kind("wrong alternate base on both builds", t, ("hgvs_c",), wrong_alt("grch38", "grch37"))
        for t in ("variants", "population")
    ),
    *(
        Kind(f"position on {b} shifted by {by}", t, ("grch38",), shifted(by, b))
        for t in ("variants", "population")
        for b in ("grch38", "grch37")
        for by in (1, -1000)
    ),
    Kind(
        "position shifted by 50 on both builds",
        "variants",
        ("grch38", "hgvs_c"),
        named(shifted(50, "grch38", "grch37")),
    ),
    *(Kind("builds swapped", t, ("grch38",), swapped("grch38", "grch37")) for t in ("variants", "population")),
    Kind("0-based position", "variants", ("grch38", "hgvs_c"), shifted(-1, "grch38", "grch37")),
    Kind("bases in small letters", "variants", ("grch38",), filled("grch38", str.lower)),
    Kind("written with >", "variants", ("grch37",), filled("grch37", lambda cell: ">".join(cell.rsplit(":", 1)))),
    Kind("other residue", "variants", ("hgvs_p",), other_residue),
    Kind("p. name of another row", "variants", ("hgvs_p",), of_another_row("hgvs_p")),
    Kind(
        "p. name without brackets",
        "variants",
        ("hgvs_p",),
        filled("hgvs_p", lambda cell: cell.replace("(", "").replace(")", "") if "(" in cell else "p.(?)"),
    ),
    Kind("p. name removed", "variants", ("hgvs_p",), filled("hgvs_p", lambda _: "")),
    Kind("c. name shifted", "variants", ("hgvs_c",), next_number("hgvs_c")),
    Kind("c. name of another row", "variants", ("hgvs_c",), of_another_row("hgvs_c")),
    Kind("c. name with accession", "variants", ("hgvs_c",), filled("hgvs_c", lambda cell: f"NM_014009.4:{cell}")),
    Kind("c. name shifted", "population", ("hgvs_c",), next_number("hgvs_c")),
    Kind("wrong exon or intron", "variants", ("feature",), next_number("feature")),
    Kind("wrong domain", "variants", ("domain",), unlike("domain", ("zinc finger", "leucine zipper"))),
    Kind("domain removed", "variants", ("domain",), filled("domain", lambda _: "")),
    Kind("wrong consequence", "variants", ("consequence",), unlike("consequence", ("missense_variant", "stop_gained"))),
    Kind(
        "consequence added",
        "variants",
        ("consequence",),
        filled("consequence", lambda cell: f"{cell};NMD_transcript_variant"),
    ),
    Kind("rs number of another place", "variants", ("rsid",), of_another_row("rsid", apart=50), shared=True),
    Kind("rs number of another place", "population", ("rsid",), of_another_row("rsid", apart=50), shared=True),
    Kind("ClinVar record of another row", "variants", ("clinvar_vcv",), of_another_row("clinvar_vcv"), shared=True),
    Kind("rs number without rs", "variants", ("rsid",), filled("rsid", lambda cell: cell[2:])),
    Kind(
        "ClinVar record with too few digits",
        "variants",
        ("clinvar_vcv",),
        filled("clinvar_vcv", lambda cell: cell[:-1]),
    ),
    Kind("ClinVar record with version", "variants", ("clinvar_vcv",), filled("clinvar_vcv", lambda cell: f"{cell}.7")),
    *(
        Kind("evidence status of no statement", t, ("evidence_status",), another_status)
        for t in ("variants", "structures", "unplaced")
    ),
    Kind("remark on a dispute removed", "structures", ("remark",), remark_lost),
]

STATEMENT_KINDS = [
    *(
        Kind("about an id that is nowhere", t, ("variant_id",), setting("variant_id", "FX9999"))
        for t in ("assertions", "functional", "cases")
    ),
    Kind("class against the words of the source", "assertions", ("classification",), other_class),
    Kind(
        "more families than patients",
        "assertions",
        ("families",),
        lambda row, _, __: {"families": str(int(row["patients"]) + 1)} if row["patients"] else None,
    ),
    *(
        Kind(f"count written as {value!r}", "assertions", (column,), setting(column, value))
        for column in ("families", "patients")
        for value in ("-1", "1.5", "two", "01")
    ),
    *(
        Kind("read better than its source", t, ("read",), read_too_well)
        for t in ("assertions", "functional", "cases", "cohort_statistics", "management", "differential", "population")
    ),
]

CITATION_KINDS = [
    Kind("PMID of another source", "citations", ("pmid",), of_another_row("pmid"), shared=True),
    Kind("DOI of another source", "citations", ("doi",), of_another_row("doi"), shared=True),
    Kind(
        "DOI of another source in capitals",
        "citations",
        ("doi", "url"),
        lambda row, tables, rng: (
            {"doi": (of_another_row("doi")(row, tables, rng) or {})["doi"].upper()} if row["doi"] else None
        ),
    ),
    Kind("PMID with a letter", "citations", ("pmid",), filled("pmid", lambda cell: f"PMID{cell}")),
    Kind("DOI as address", "citations", ("doi",), filled("doi", lambda cell: f"https://doi.org/{cell}")),
    Kind(
        "address of another DOI",
        "citations",
        ("url",),
        lambda row, _, __: {"url": "https://doi.org/10.1038/000"} if row["doi"] else None,
    ),
    Kind(
        "address of another PubMed record",
        "citations",
        ("url",),
        lambda row, _, __: {"url": "https://pubmed.ncbi.nlm.nih.gov/1/"} if row["pmid"] else None,
    ),
    Kind("address without scheme", "citations", ("url",), filled("url", lambda cell: cell.split("//")[1])),
    Kind(
        "year of the reference",
        "citations",
        ("reference",),
        lambda row, _, __: (
            {"reference": re.sub(r"(19|20)[0-9]{2}", "1999", row["reference"])}
            if re.search(r"20[0-9]{2}", row["key"])
            else None
        ),
    ),
    Kind("key in capitals", "citations", ("key",), filled("key", str.upper)),
    Kind(
        "only an identifier, and none given",
        "citations",
        ("read",),
        where(lambda row: not (row["pmid"] or row["doi"]), read="identifier_only"),
    ),
]

CASE_KINDS = [
    Kind(
        "onset after the last age",
        "cases",
        ("age_last",),
        lambda row, _, __: (
            {"onset": "P99Y"} if row["age_last"] and row["age_last"] < "P9" and row["level"] == "individual" else None
        ),
    ),
    Kind(
        "older than anybody",
        "cases",
        ("age_last",),
        where(lambda row: row["outcome"] != "fetal_death", age_last="P130Y"),
    ),
    *(
        Kind(f"onset written as {value!r}", "cases", ("onset",), setting("onset", value))
        for value in ("3 months", "P", "P1.5Y", "P1D2M", "p3m", "P3M-P5M")
    ),
    Kind("heterozygous male", "cases", ("zygosity",), where(boy, zygosity="heterozygous")),
    Kind("homozygous male", "cases", ("zygosity",), where(boy, zygosity="homozygous")),
    Kind("hemizygous female", "cases", ("zygosity",), where(girl, zygosity="hemizygous")),
    Kind("male with the allele of both parents", "cases", ("inheritance",), where(boy, inheritance="biparental")),
    Kind(
        "individual of several people",
        "cases",
        ("people",),
        where(lambda row: row["level"] == "individual", people="2"),
    ),
    Kind("individual of nobody", "cases", ("people",), where(lambda row: row["level"] == "individual", people="0")),
    Kind("group of one", "cases", ("people",), where(lambda row: row["level"] == "group", people="1")),
    Kind("family of nobody", "cases", ("people",), where(lambda row: row["level"] == "family", people="0")),
    Kind(
        "age after a death before birth",
        "cases",
        ("age_last",),
        where(lambda row: row["outcome"] == "fetal_death", age_last="P3D"),
    ),
    Kind("term present and denied", "cases", ("hpo_denied",), both("hpo_present", "hpo_denied")),
    Kind("term twice", "cases", ("hpo_present",), both("hpo_present", "hpo_present")),
    *(
        Kind(
            "HPO id that is in no table",
            "cases",
            (c,),
            filled(c, lambda cell: re.sub(r"HP:[0-9]{7}", "HP:9999999", cell, count=1)),
        )
        for c in ("hpo_present", "hpo_denied")
    ),
    *(
        Kind(
            "HPO id of another label",
            "cases",
            (c,),
            lambda row, tables, _, c=c: (
                {
                    c: re.sub(
                        r"HP:[0-9]{7}",
                        next(p["hpo_id"] for p in tables["phenotypes"] if p["hpo_id"] not in row[c]),
                        row[c],
                        count=1,
                    )
                }
                if row[c]
                else None
            ),
        )
        for c in ("hpo_present", "hpo_denied")
    ),
    *(
        Kind("wrong HPO label", "cases", (c,), filled(c, lambda cell: f"{cell}s"))
        for c in ("hpo_present", "hpo_denied")
    ),
    Kind(
        "HPO label in small letters",
        "cases",
        ("hpo_present",),
        filled("hpo_present", lambda cell: cell.lower().replace("hp:", "HP:")),
    ),
    Kind("HPO id with six digits", "cases", ("hpo_present",), filled("hpo_present", lambda cell: cell[:9] + cell[10:])),
    Kind("HPO id without label", "cases", ("hpo_present",), filled("hpo_present", lambda cell: cell[:10])),
    Kind(
        "unit of another measure",
        "cases",
        ("immunology",),
        where(lambda row: bool(row["immunology"]), immunology="IgE=4000 cells/uL"),
    ),
    Kind(
        "unit that is none",
        "cases",
        ("immunology",),
        where(lambda row: bool(row["immunology"]), immunology="IgE=4000 IU/mol"),
    ),
    Kind("no unit", "cases", ("immunology",), where(lambda row: bool(row["immunology"]), immunology="IgE=4000")),
    Kind(
        "measure that is none",
        "cases",
        ("immunology",),
        where(lambda row: bool(row["immunology"]), immunology="IgX=4 g/L"),
    ),
    Kind(
        "value with a decimal comma",
        "cases",
        ("immunology",),
        where(lambda row: bool(row["immunology"]), immunology="IgG=4,5 g/L"),
    ),
    Kind("family name with a blank", "cases", ("family",), setting("family", "family A")),
    Kind("people in words", "cases", ("people",), setting("people", "one")),
]

OTHER_KINDS = [
    Kind("HPO id of another term", "phenotypes", ("hpo_id",), of_another_row("hpo_id"), shared=True),
    Kind("label of another term", "phenotypes", ("label",), of_another_row("label")),
    Kind("HPO id with a blank", "phenotypes", ("hpo_id",), filled("hpo_id", lambda cell: cell.replace(":", ": "))),
    Kind(
        "other label is the label", "phenotypes", ("other_labels",), lambda row, _, __: {"other_labels": row["label"]}
    ),
    Kind("release that is no date", "phenotypes", ("hpo_release",), setting("hpo_release", "v2025-01")),
    Kind(
        "more with it than looked at",
        "cohort_statistics",
        ("numerator",),
        lambda row, _, __: {"numerator": str(int(row["denominator"]) + 1)} if counted(row) else None,
    ),
    Kind(
        "numerator and denominator swapped",
        "cohort_statistics",
        ("numerator",),
        lambda row, _, __: (
            {"numerator": row["denominator"], "denominator": row["numerator"]}
            if counted(row) and row["numerator"] != row["denominator"]
            else None
        ),
    ),
    Kind(
        "percent that the counts do not give",
        "cohort_statistics",
        ("printed",),
        lambda row, _, __: (
            {"printed": f"{(100 * int(row['numerator']) // int(row['denominator']) + 50) % 100} %"}
            if counted(row)
            else None
        ),
    ),
    Kind(
        "percent that is off by two",
        "cohort_statistics",
        ("printed",),
        lambda row, _, __: (
            {"printed": f"{100 * int(row['numerator']) // int(row['denominator']) + 3} %"} if counted(row) else None
        ),
    ),
    Kind("count that is a percent", "cohort_statistics", ("numerator",), setting("numerator", "41%")),
    Kind("HPO id that is in no table", "cohort_statistics", ("hpo_id",), setting("hpo_id", "HP:9999999")),
    Kind("HPO id that is in no table", "management", ("when_hpo",), setting("when_hpo", "HP:9999999")),
    Kind("HPO term with its label", "management", ("when_hpo",), setting("when_hpo", "HP:0002014 Diarrhea")),
    Kind("gene in small letters", "differential", ("gene",), filled("gene", str.lower)),
    Kind("gene of another row", "differential", ("gene",), of_another_row("gene"), shared=True),
    Kind("OMIM number with five digits", "differential", ("mim",), filled("mim", lambda cell: cell[:-1])),
    Kind("OMIM number with its sign", "differential", ("mim",), filled("mim", lambda cell: f"#{cell}")),
    Kind("mode of inheritance in words", "differential", ("inheritance",), setting("inheritance", "recessive")),
    Kind(
        "more alleles than chromosomes",
        "population",
        ("allele_count",),
        lambda row, _, __: (
            {"allele_count": str(int(row["allele_number"]) + 1)}
            if row["allele_number"] and row["allele_count"]
            else None
        ),
    ),
    Kind(
        "more males than alleles",
        "population",
        ("hemizygotes",),
        lambda row, _, __: {"hemizygotes": str(int(row["allele_count"]) + 1)} if row["allele_count"] else None,
    ),
    Kind("count with a thousands mark", "population", ("allele_number",), setting("allele_number", "2,000")),
    Kind(
        "inner stretch outside the outer one",
        "structures",
        ("grch38_inner",),
        lambda row, _, __: (
            {"grch38_inner": "49250000-{}".format(row["grch38_outer"].split("-")[1])}
            if row["grch38_inner"] and row["grch38_outer"] > "4925000"
            else None
        ),
    ),
    Kind(
        "stretch that ends before it starts",
        "structures",
        ("grch38_outer",),
        filled("grch38_outer", lambda cell: "-".join(reversed(cell.split("-")))),
    ),
    Kind("stretch with a colon", "structures", ("grch38_outer",), filled("grch38_outer", lambda cell: f"chrX:{cell}")),
    *(
        Kind(
            "end on the other build off by one",
            "structures",
            (c,),
            lambda row, _, __, c=c: (
                {c: "{}-{}".format(int(row[c].split("-")[0]) + 1, row[c].split("-")[1])}
                if row[c] and "49250438" < row[c.replace("37", "38")].split("-")[0] < "49264710"
                else None
            ),
        )
        for c in ("grch37_outer", "grch37_inner")
    ),
    Kind("stretch on one build alone", "structures", ("grch37_inner",), filled("grch37_inner", lambda _: "")),
    Kind("wrong exons", "structures", ("feature",), next_number("feature")),
    Kind(
        "ClinVar record of an allele",
        "structures",
        ("clinvar_vcv",),
        lambda _, tables, __: {"clinvar_vcv": next(v["clinvar_vcv"] for v in tables["variants"] if v["clinvar_vcv"])},
    ),
    Kind("candidate that is no c. name", "unplaced", ("candidates",), setting("candidates", "c.906del; D303fs")),
    Kind("candidates with a comma", "unplaced", ("candidates",), setting("candidates", "c.906del, c.907del")),
    Kind("protein change without p.", "unplaced", ("hgvs_p",), filled("hgvs_p", lambda cell: cell[2:])),
]

WORDS = {
    "variants": ("evidence_status",),
    "structures": ("type", "evidence_status"),
    "unplaced": ("evidence_status",),
    "assertions": ("classification", "read"),
    "functional": ("direction", "read"),
    "cases": ("level", "sex", "zygosity", "transplanted", "outcome", "inheritance", "read"),
    "phenotypes": ("role",),
    "cohort_statistics": ("read",),
    "management": ("topic", "applies_to", "read"),
    "differential": ("read",),
    "population": ("read",),
    "citations": ("kind", "read"),
}
"""Columns of a closed vocabulary."""

NEEDED = {
    "variants": ("id", "grch38", "grch37", "evidence_status"),
    "structures": ("id", "type", "described_as", "grch38_outer", "grch37_outer", "evidence_status"),
    "unplaced": ("id", "reported_as", "reason", "evidence_status"),
    "assertions": ("variant_id", "classification", "stated_as", "assigner", "citations", "read"),
    "functional": ("variant_id", "assay", "direction", "result", "citations", "read"),
    "cases": (
        *("id", "variant_id", "level", "people", "label", "sex", "zygosity", "transplanted", "outcome"),
        *("inheritance", "citations", "read"),
    ),
    "phenotypes": ("hpo_id", "label", "hpo_release", "category", "role"),
    "cohort_statistics": ("id", "cohort", "group", "metric", "printed", "citations", "read"),
    "management": ("id", "topic", "statement", "applies_to", "citations", "read"),
    "differential": ("gene", "condition", "citations", "read"),
    "population": ("id", "grch38", "grch37", "population", "printed", "citations", "read"),
    "citations": ("key", "kind", "reference", "read", "licence"),
}
"""Cells that may not be empty."""

DATED = ("assertions", "functional", "cases", "cohort_statistics", "management", "differential", "population")
CITING = (*DATED, "phenotypes")
FREE_TEXT = {
    "variants": ("legacy_names", "remark"),
    "structures": ("described_as", "legacy_names"),
    "unplaced": ("reported_as", "reason"),
    "assertions": ("stated_as", "assigner", "citations"),
    "functional": ("assay", "result"),
    "cases": ("label", "hpo_present", "immunology"),
    "phenotypes": ("label", "category"),
    "cohort_statistics": ("cohort", "printed"),
    "management": ("statement", "citations"),
    "differential": ("condition",),
    "population": ("population", "printed"),
    "citations": ("reference", "licence"),
}


def everywhere() -> Iterator[Kind]:
    """Slips that any table can have."""
    for table, columns in WORDS.items():
        for c in columns:
            yield Kind("word with a letter lost", table, (c,), filled(c, lambda cell: cell[:-1]))
            yield Kind("word with a capital", table, (c,), filled(c, str.capitalize))
    for table, columns in NEEDED.items():
        for c in columns:
            told = ("grch38",) if c == "grch37" else (c,)
            yield Kind(f"needed {c} emptied", table, told, lambda row, _, __, c=c: {c: ""} if row[c] else None)
    for table in CITING:
        add = lambda key: filled("citations", lambda cell: f"{cell};{key}")  # noqa: E731
        yield Kind("source that is in no table", table, ("citations",), add("nobody1999"))
        again = filled("citations", lambda cell: f"{cell};{cell.split(';')[0]}")
        yield Kind("source twice", table, ("citations",), again)
        yield Kind("sources with a comma", table, ("citations",), filled("citations", lambda cell: f"{cell}, clinvar"))
    for table in DATED:
        for value in ("2031", "2099-01-01", "2018-13", "2018-02-30", "14/02/2018", "in 2018"):
            yield Kind(f"date {value}", table, ("date",), setting("date", value))
    for table, columns in FREE_TEXT.items():
        for c in columns:
            yield Kind("blank at the end", table, (c,), filled(c, lambda cell: f"{cell} "))
            yield Kind("blank at the start", table, (c,), filled(c, lambda cell: f" {cell}"))
            yield Kind(
                "character that cannot be seen", table, (c,), filled(c, lambda cell: f"{cell[0]}\u200b{cell[1:]}")
            )
            yield Kind("terminal code", table, (c,), filled(c, lambda cell: f"{cell}\x1b[31m!"))
    for table in ("variants", "structures", "unplaced", "cases", "cohort_statistics", "management", "population"):
        yield Kind("id of another pack", table, ("id",), filled("id", lambda cell: f"LAB-{cell[1:]}"))
        yield Kind("id without digits", table, ("id",), setting("id", "FX"))
        yield Kind("id of another row", table, ("id",), of_another_row("id"), shared=True)


KINDS = [*VARIANT_KINDS, *STATEMENT_KINDS, *CITATION_KINDS, *CASE_KINDS, *OTHER_KINDS, *everywhere()]


def spoilt(kind: Kind, tables: Tables) -> list[tuple[int, Row]]:
    """Rows of the table, each by its place, with its new cells: a few in a chance order that never changes."""
    rng = Random(str(kind))
    places = list(range(len(tables[kind.table])))
    rng.shuffle(places)
    found: list[tuple[int, Row]] = []
    for place in places:
        row = tables[kind.table][place]
        cells = kind.change(row, tables, rng)
        if cells is not None and any(row[column] != cell for column, cell in cells.items()):
            found.append((place, row | cells))
        if len(found) == MOST:
            break
    return found


def with_row(tables: Tables, table: str, place: int, row: Row) -> Tables:
    rows = list(tables[table])
    rows[place] = row
    return tables | {table: rows}


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_a_spoilt_row_is_told_at_its_place(
    kind: Kind, sound: Tables, problems_of: Callable[[Tables], tuple[Problem, ...]]
) -> None:
    found = spoilt(kind, sound)
    assert found, "no row of the tables can be spoilt in this way"
    for place, row in found:
        spoilt_tables = with_row(sound, kind.table, place, row)
        told = problems_of(spoilt_tables)
        lines = {place + 2}
        if kind.shared:
            lines |= {
                p + 2 for p, one in enumerate(spoilt_tables[kind.table]) if one[kind.told[0]] == row[kind.told[0]]
            }
        there = [one for one in told if one.file == f"{kind.table}.tsv" and one.line in lines]
        assert any(one.column in kind.told for one in there), (row, list(map(str, told)))
        assert all(one.remedy for one in told)


@pytest.mark.parametrize("table", ["variants", "population"])
def test_an_allele_that_is_not_minimal_is_told(
    table: str, sound: Tables, gene: Gene, problems_of: Callable[[Tables], tuple[Problem, ...]]
) -> None:
    for build in ("grch38", "grch37"):
        kind = Kind("a base too many at the end", table, (build,), padded(gene))
        found = spoilt(kind, sound)
        assert found
        for place, row in found:
            told = problems_of(with_row(sound, table, place, row))
            lines = {(one.file, one.line, one.column) for one in told}
            assert (f"{table}.tsv", place + 2, build) in lines


def test_the_corruptions_are_many_and_in_every_table(sound: Tables) -> None:
    """Several hundred, of well over twenty-five kinds; each must change a row."""
    counts = {str(kind): len(spoilt(kind, sound)) for kind in KINDS}
    assert len(counts) == len(KINDS), "two kinds have one name"
    assert sum(counts.values()) >= 600
    assert len({kind.name for kind in KINDS}) >= 100
    assert {kind.table for kind in KINDS} == set(TABLES)


# --- ways to spoil a whole table --------------------------------------------------------------------------

Edit = Callable[[Tables], tuple[str, int | None, str]]
"""Spoils tables in place and says where it must be told: table, line (None for any), column."""


def row_of(tables: Tables, table: str, key: str) -> Row:
    return next(row for row in tables[table] if next(iter(row.values())) == key)


def repeated(table: str, column: str, **changed: str) -> Edit:
    """The last row once more after itself, some cells changed."""

    def edit(tables: Tables) -> tuple[str, int | None, str]:
        tables[table].append(tables[table][-1] | changed)
        return table, len(tables[table]) + 1, column

    return edit


def other_spelling(tables: Tables) -> tuple[str, int | None, str]:
    """c.751_753del shifted by a base, under an id and with a statement of its own."""
    row = row_of(tables, "variants", "FX0134")
    new = row | {
        "id": "FX9999",
        "grch38": "49255492:CTCC:C",
        "grch37": "49111953:CTCC:C",
        "rsid": "",
        "clinvar_vcv": "",
    }
    place = tables["variants"].index(row) + 1
    tables["variants"].insert(place, new)
    said = next(one for one in tables["assertions"] if one["variant_id"] == "FX0134")
    tables["assertions"].append(said | {"variant_id": "FX9999"})
    return "variants", place + 2, "grch38"


def without_statement(table: str) -> Edit:
    def edit(tables: Tables) -> tuple[str, int | None, str]:
        id_ = tables[table][-1]["id"]
        tables["assertions"][:] = [row for row in tables["assertions"] if row["variant_id"] != id_]
        return table, len(tables[table]) + 1, "id"

    return edit


def source_removed(table: str) -> Edit:
    """A source that the first row of the table cites is gone."""

    def edit(tables: Tables) -> tuple[str, int | None, str]:
        place, row = next((p, row) for p, row in enumerate(tables[table]) if row["citations"])
        key = row["citations"].split(";")[0].strip()
        tables["citations"][:] = [one for one in tables["citations"] if one["key"] != key]
        return table, place + 2, "citations"

    return edit


def term_removed(tables: Tables) -> tuple[str, int | None, str]:
    place, row = next((p, row) for p, row in enumerate(tables["cases"]) if row["hpo_present"])
    tables["phenotypes"][:] = [one for one in tables["phenotypes"] if one["hpo_id"] != row["hpo_present"][:10]]
    return "cases", place + 2, "hpo_present"


def label_changed(tables: Tables) -> tuple[str, int | None, str]:
    """The table of terms says another label than the cases."""
    place, row = next((p, row) for p, row in enumerate(tables["cases"]) if row["hpo_present"])
    row_of(tables, "phenotypes", row["hpo_present"][:10])["label"] = "Something else"
    return "cases", place + 2, "hpo_present"


def source_read_less(tables: Tables) -> tuple[str, int | None, str]:
    """A source turns out not to have been read, while a row says that it was."""
    place, row = next((p, row) for p, row in enumerate(tables["functional"]) if ";" not in row["citations"])
    row_of(tables, "citations", row["citations"])["read"] = "not_verified"
    return "functional", place + 2, "read"


def unsorted(table: str) -> Edit:
    def edit(tables: Tables) -> tuple[str, int | None, str]:
        rows = tables[table]
        rows.insert(0, rows.pop())
        return table, 3, ""

    return edit


def variant_removed(tables: Tables) -> tuple[str, int | None, str]:
    tables["variants"].remove(row_of(tables, "variants", "FX0031"))
    place = next(p for p, row in enumerate(tables["assertions"]) if row["variant_id"] == "FX0031")
    return "assertions", place + 2, "variant_id"


def id_of_a_lesion(tables: Tables) -> tuple[str, int | None, str]:
    """A lesion under the id of an allele."""
    row = tables["structures"][0]
    row["id"] = "FX0031"
    return "structures", 2, "id"


EDITS: dict[str, Edit] = {
    "the same allele in another spelling": other_spelling,
    "statement repeated": repeated("assertions", "variant_id"),
    "experiment repeated": repeated("functional", "variant_id"),
    "case repeated under a new id": repeated("cases", "variant_id", id="FC9999"),
    "source repeated under a new key": repeated("citations", "pmid", key="zzz", pmid="30443250", doi="", url=""),
    "phenotype repeated": repeated("phenotypes", "hpo_id", label="Another label"),
    "gene repeated": repeated("differential", "gene", condition="another"),
    "lesion under the id of an allele": id_of_a_lesion,
    "allele removed": variant_removed,
    "phenotype removed": term_removed,
    "label changed in the table of terms": label_changed,
    "source read less than its rows": source_read_less,
    **{f"id repeated in {name}": repeated(name, "id") for name in TABLES if KEY.get(name) == "id"},
    **{f"{name} without statement": without_statement(name) for name in ("variants", "structures", "unplaced")},
    **{f"source of {name} removed": source_removed(name) for name in CITING},
    **{f"{name} unsorted": unsorted(name) for name in TABLES},
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=list(EDITS))
def test_a_spoilt_table_is_told_at_its_place(
    edit: Edit, sound: Tables, problems_of: Callable[[Tables], tuple[Problem, ...]]
) -> None:
    tables = {name: [dict(row) for row in rows] for name, rows in sound.items()}
    table, line, column = edit(tables)
    told = [(one.file, one.line, one.column) for one in problems_of(tables)]
    assert (f"{table}.tsv", line, column) in told


BYTES: dict[str, tuple[Callable[[bytes], bytes], int, str]] = {
    "CRLF": (lambda text: text.replace(b"\n", b"\r\n"), 1, "carriage return"),
    "one CR": (lambda text: text[:-1] + b"\r\n", -1, "carriage return"),
    "byte order mark": (lambda text: b"\xef\xbb\xbf" + text, 1, "byte order mark"),
    "Latin-1": (
        lambda text: text[:-1].rsplit(b"\n", 1)[0] + b"\n\xe9" + text[:-1].rsplit(b"\n", 1)[1] + b"\n",
        -1,
        "UTF-8",
    ),
    "UTF-16": (lambda text: text.decode().encode("utf-16"), 1, "UTF-8"),
    "null": (lambda text: text.replace(b"\t", b"\0", 1), 0, "null"),
    "tab at the end": (lambda text: text[:-1] + b"\t\n", -1, "cells where the header has"),
    "tab for a blank": (lambda text: text[:-1].rsplit(b"\t", 1)[0] + b"\n", -1, "cells where the header has"),
    "empty line": (lambda text: text.replace(b"\n", b"\n\n", 1), 2, "cells where the header has"),
    "empty line at the end": (lambda text: text + b"\n", -2, "cells where the header has"),
    "comma separated": (lambda text: text.replace(b"\t", b","), 1, "is no column of this table"),
    "unknown column": (
        lambda text: text.replace(b"\n", b"\x00\n").replace(b"\x00", b"\tx").replace(b"\tx\n", b"\tcomment\n", 1),
        1,
        "is no column of this table",
    ),
    "column twice": (
        lambda text: b"\n".join(line.split(b"\t")[0] + b"\t" + line for line in text[:-1].split(b"\n")) + b"\n",
        1,
        "heads two columns",
    ),
    "header in capitals": (
        lambda text: text.split(b"\n", 1)[0].upper() + b"\n" + text.split(b"\n", 1)[1],
        1,
        "is no column of this table",
    ),
    "without header": (lambda text: text.split(b"\n", 1)[1], 1, "is no column of this table"),
    "nothing": (lambda _: b"", 1, "is no column of this table"),
}
"""Ways to spoil the bytes of a table; the line where it is told (from the end where negative), and words of it."""


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("how", BYTES)
def test_spoilt_bytes_are_told(
    how: str, table: str, sound: Tables, problems_of: Callable[..., tuple[Problem, ...]]
) -> None:
    spoil, line, words = BYTES[how]
    text = text_of(sound[table]).encode()
    lines = len(sound[table]) + 1
    expected = line if line >= 0 else lines + 1 + line if line == -1 else lines - line - 1
    told = problems_of(sound, {table: spoil(text)})
    there = [one for one in told if one.file == f"{table}.tsv" and words in one.remedy]
    assert there, list(map(str, told))[:3]
    assert expected in {one.line for one in there}


@pytest.mark.parametrize(("table", "column"), [(t, c) for t, columns in NEEDED.items() for c in columns])
def test_a_column_that_is_needed_is_missed(
    table: str, column: str, sound: Tables, problems_of: Callable[[Tables], tuple[Problem, ...]]
) -> None:
    """The header names it; for cells that are derived each row does."""
    without = [{name: cell for name, cell in row.items() if name != column} for row in sound[table]]
    told = problems_of(sound | {table: without})
    named = {one.column or one.value for one in told if one.file == f"{table}.tsv"}
    assert column in named or (column == "grch37" and "grch38" in named)


def test_a_table_of_another_name_is_told(sound: Tables, problems_of: Callable[[Tables], tuple[Problem, ...]]) -> None:
    told = problems_of(sound | {"variant": sound["variants"]})
    assert [(one.file, one.line) for one in told] == [("variant.tsv", 0)]
    assert "is no table of a pack" in told[0].remedy


# --- what cannot be noticed -------------------------------------------------------------------------------


def invented(row: Row) -> bool:
    return re.search(r"[A-Z]9[0-9]{3}$", next(iter(row.values()))) is not None or "nvented" in "".join(row.values())


def of_invented(change: Change) -> Change:
    return lambda row, tables, rng: change(row, tables, rng) if invented(row) else None


UNDETECTABLE: dict[tuple[str, str, str], Change] = {
    ("rs number replaced by one that no other row has", "variants", "rsid"): filled("rsid", lambda _: "rs999999999"),
    ("rs number removed", "variants", "rsid"): filled("rsid", lambda _: ""),
    ("ClinVar number replaced by one that no other row has", "variants", "clinvar_vcv"): filled(
        "clinvar_vcv", lambda _: "VCV999999999"
    ),
    ("allele before the gene moved to a like base", "variants", "grch38"): where(
        lambda row: row["id"] == "FX0292", grch38="49264766:G:A", grch37="49121228:G:A"
    ),
    ("older name misspelt", "variants", "legacy_names"): filled("legacy_names", lambda cell: f"{cell}x"),
    ("remark reworded", "variants", "remark"): filled("remark", lambda cell: f"{cell} Or not."),
    ("deletion called a duplication", "structures", "type"): where(
        lambda row: invented(row) and row["type"] == "deletion", type="duplication"
    ),
    ("ends moved alike on both builds", "structures", "grch38_inner"): where(
        lambda row: row["id"] == "FS9002", grch38_inner="49252801-49252850", grch37_inner="49109262-49109311"
    ),
    ("end moved beyond the window", "structures", "grch38_outer"): where(
        lambda row: row["id"] == "FS9003", grch38_outer="49100001-49400000"
    ),
    ("candidate of another place", "unplaced", "candidates"): where(
        lambda row: row["id"] == "FU9002", candidates="c.806del;c.907del"
    ),
    ("reason reworded", "unplaced", "reason"): of_invented(filled("reason", lambda cell: f"{cell}, or not")),
    ("one family more", "assertions", "families"): lambda row, _, __: (
        {"families": str(int(row["families"]) + 1)}
        if row["families"] and int(row["families"]) < int(row["patients"] or 9)
        else None
    ),
    ("one patient more", "assertions", "patients"): lambda row, _, __: (
        {"patients": str(int(row["patients"]) + 1)} if row["patients"] else None
    ),
    ("date moved back", "assertions", "date"): where(lambda row: row["variant_id"] == "FS9001", date="1999"),
    ("assigner misspelt", "assertions", "assigner"): where(
        lambda row: row["variant_id"] == "FS9001", assigner="Invented laboraty"
    ),
    ("class changed where the words are no tier", "assertions", "classification"): where(
        lambda row: row["variant_id"] == "FU9001", classification="pathogenic"
    ),
    ("phenotype reworded", "assertions", "phenotype"): filled("phenotype", lambda cell: f"no {cell}"),
    ("direction turned round", "functional", "direction"): unlike("direction", ("normal", "absent")),
    ("result reworded", "functional", "result"): of_invented(filled("result", lambda cell: f"not {cell}")),
    ("read less than it was", "functional", "read"): of_invented(setting("read", "citation_only")),
    ("another onset before the last age", "cases", "onset"): where(
        lambda row: row["id"] in ("FC9001", "FC9002"), onset="P1D"
    ),
    ("another term that the tables know", "cases", "hpo_present"): where(
        lambda row: row["id"] == "FC9006", hpo_present=""
    ),
    ("another value", "cases", "immunology"): where(lambda row: row["id"] == "FC9001", immunology="IgE=40 IU/mL"),
    ("maternal for new", "cases", "inheritance"): where(lambda row: row["id"] == "FC9001", inheritance="de_novo"),
    ("alive for dead", "cases", "outcome"): where(lambda row: row["id"] == "FC9002", outcome="alive"),
    ("variant of another row", "cases", "variant_id"): where(lambda row: row["id"] == "FC9001", variant_id="FX0134"),
    ("label of a term that no case has", "phenotypes", "label"): lambda row, tables, _: (
        {"label": "Something that is no term"}
        if not any(row["hpo_id"] in case[c] for case in tables["cases"] for c in ("hpo_present", "hpo_denied"))
        else None
    ),
    ("role of another kind", "phenotypes", "role"): unlike("role", ("support", "core")),
    ("percent cut or rounded", "cohort_statistics", "printed"): where(
        lambda row: row["id"] == "FF9001", printed="40 %"
    ),
    ("counts beside words", "cohort_statistics", "numerator"): where(
        lambda row: row["id"] == "FF9003", numerator="5", denominator="50"
    ),
    ("statement reworded", "management", "statement"): of_invented(filled("statement", lambda cell: f"Never. {cell}")),
    ("another situation", "management", "applies_to"): of_invented(setting("applies_to", "background")),
    ("OMIM number with another digit", "differential", "mim"): filled(
        "mim", lambda cell: cell[:-1] + str((int(cell[-1]) + 1) % 10)
    ),
    ("dominant for recessive", "differential", "inheritance"): unlike("inheritance", ("AD", "AR")),
    ("one carrier more", "population", "allele_count"): where(lambda row: row["id"] == "FP9001", allele_count="4"),
    ("PMID with another digit, not in the address", "citations", "pmid"): where(
        lambda row: row["key"] == "invented2019", pmid="99000009"
    ),
    ("DOI with another digit, not in the address", "citations", "doi"): where(
        lambda row: row["key"] == "invented2020", doi="10.99999/invented.2021"
    ),
    ("author misspelt", "citations", "reference"): filled("reference", lambda cell: f"{cell[1:]}"),
    ("terms of another licence", "citations", "licence"): setting("licence", "public domain"),
}


def test_the_list_of_what_cannot_be_noticed_is_complete(cases: Callable[[str], list[Row]]) -> None:
    rows = cases("undetectable_corruptions.tsv")
    assert [(row["kind"], row["table"], row["column"]) for row in rows] == list(UNDETECTABLE)
    assert all(len(row["reason"]) > 20 for row in rows)


@pytest.mark.cases("undetectable_corruptions.tsv")
def test_what_cannot_be_noticed_is_not(
    case: Row, sound: Tables, problems_of: Callable[[Tables], tuple[Problem, ...]]
) -> None:
    change = UNDETECTABLE[case["kind"], case["table"], case["column"]]
    found = spoilt(Kind(case["kind"], case["table"], (case["column"],), change), sound)
    assert found
    for place, row in found:
        assert row[case["column"]] != sound[case["table"]][place][case["column"]]
        assert problems_of(with_row(sound, case["table"], place, row)) == ()
