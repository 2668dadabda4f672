"""Packs of a laboratory: started, completed, checked, joined with the shipped tables, and shown with their origin."""

import csv
import io
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pysam
import pytest
from click.testing import CliRunner, Result

from foxp3_annot.catalogue import catalogue_of
from foxp3_annot.cli import main
from foxp3_annot.gene import Gene
from foxp3_annot.knowledge import Knowledge
from foxp3_annot.pack.folder import read_pack

SMALL = Path(__file__).parent / "cases" / "small_pack"
SHIPPED = "foxp3-annot-knowledge"
Row = dict[str, str]

NEW = {"hgvs_c": "c.4C>G", "hgvs_p": "p.(Pro2Ala)", "grch38": "49258502:G:C", "grch37": "49114959:G:C"}
"""An allele that nobody reported. Residue 2 is proline, CCC (UniProt Q9BZS1 starts with MPNPRPGKPS); GCC is alanine.
It lies 55 bases before c.59, at chrX:49258447 and 49114904 (ClinVar), on the minus strand."""
A384T = "49251480:C:T"
"""FX0031, c.1150G>A; pathogenic in ClinVar (VCV000011410)."""
REFUTED = "49256855:G:A"
"""c.543C>T, once published as a mutation; refuted by Gambineri 2018 (PMID:30443250)."""
BENIGN = "49251481:G:A"
"""FX0032, c.1149C>T; benign in ClinVar."""


def call(*words: str | Path) -> Result:
    """Run the program; an unexpected exception fails the test with its traceback."""
    return CliRunner().invoke(main, [str(word) for word in words], catch_exceptions=False)


def refused(*words: str | Path, status: int = 2) -> str:
    """What the program says on standard error when it refuses; each line is a sentence of its own."""
    result = call(*words)
    assert result.exit_code == status, result.output
    assert result.stdout == ""
    assert all(line.startswith("foxp3-annot: ") for line in result.stderr.splitlines())
    return result.stderr


def put(folder: Path, table: str, **cells: str) -> None:
    """Add a row to a table."""
    path = folder / f"{table}.tsv"
    text = path.read_text(encoding="utf-8")
    header = text.split("\n", 1)[0].split("\t")
    assert set(cells) <= set(header)
    path.write_text(text + "\t".join(cells.get(name, "") for name in header) + "\n", encoding="utf-8")


def rows_of(folder: Path, table: str) -> list[Row]:
    with (folder / f"{table}.tsv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def describe_pack(folder: Path, **changed: Any) -> None:
    path = folder / "datapackage.json"
    values = json.loads(path.read_text()) | changed
    path.write_text(json.dumps({key: value for key, value in values.items() if value is not None}))


SOURCE = {
    "key": "our_lab",
    "kind": "own_observation",
    "reference": "Our laboratory, internal record",
    "read": "full_text",
    "licence": "ours",
}


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """A pack as `knowledge new` makes it."""
    folder = tmp_path / "our-pack"
    result = call(
        "knowledge", "new", folder, "--title", "Our laboratory", "--prefix", "UTR-", "--created", "2026-11-21"
    )
    assert result.exit_code == 0
    return folder


def state(folder: Path, variant: str, classification: str, **cells: str) -> None:
    """What the laboratory says of a variant."""
    put(
        folder,
        "assertions",
        **{
            "variant_id": variant,
            "classification": classification,
            "stated_as": classification.replace("_", " "),
            "assigner": "Our laboratory",
            "date": "2026",
            "citations": "our_lab",
            "read": "full_text",
        }
        | cells,
    )


@pytest.fixture
def pack(empty: Path) -> Path:
    """A sound pack with an allele of its own."""
    put(empty, "citations", **SOURCE)
    put(empty, "variants", hgvs_c="c.4C>G")
    state(empty, "UTR-X0001", "likely_pathogenic")
    call("knowledge", "check", empty, "--fix")
    result = call("knowledge", "check", empty, "--fix")
    assert result.exit_code == 0, result.output
    return empty


def pack_about(folder: Path, variant: str, classification: str, **cells: str) -> Path:
    """A pack that only says something of a shipped row."""
    put(folder, "citations", **SOURCE)
    state(folder, variant, classification, **cells)
    assert call("knowledge", "check", folder).exit_code == 0
    return folder


VCF = """##fileformat=VCFv4.2
##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">
##contig=<ID=chrX,length=156040895>
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tBOY
"""


def vcf(folder: Path, *alleles: str) -> Path:
    path = folder / "boy.vcf"
    split = sorted((allele.split(":") for allele in alleles), key=lambda parts: int(parts[0]))
    path.write_text(VCF + "".join(f"chrX\t{p}\t.\t{ref}\t{alt}\t50\tPASS\t.\tGT\t1\n" for p, ref, alt in split))
    return path


def ran(folder: Path, alleles: list[str], *packs: Path) -> dict[str, Any]:
    """The report of a boy with these alleles, under the shipped tables and packs."""
    given = [word for pack in packs for word in ("--knowledge", pack)]
    result = call("run", vcf(folder, *alleles), "-o", folder / "out", "--sex", "BOY=male", *given)
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads((folder / "out" / "reports" / "BOY.json").read_text())
    return found


def curated(report: dict[str, Any]) -> dict[str, Any]:
    """The one row that the one finding matches."""
    (finding,) = report["findings"]
    (row,) = finding["match"]["curated"]
    found: dict[str, Any] = row
    return found


# --- the descriptor ---------------------------------------------------------------------------------------

DESCRIPTORS: dict[str, tuple[dict[str, Any], str]] = {
    "name with a blank": ({"name": "Our pack"}, "name"),
    "name with a slash": ({"name": "../pack"}, "name"),
    "no name": ({"name": None}, "name"),
    "name that is no text": ({"name": ["our-pack"]}, "name"),
    "no title": ({"title": ""}, "title"),
    "title on two lines": ({"title": "Our\nlaboratory"}, "title"),
    "no version": ({"version": None}, "version"),
    "version of two numbers": ({"version": "1.0"}, "version"),
    "version that is a number": ({"version": 1}, "version"),
    "day written otherwise": ({"created": "21-11-2026"}, "created"),
    "month that is none": ({"created": "2026-13-01"}, "created"),
    "prefix in small letters": ({"id_prefix": "lab"}, "id_prefix"),
    "no prefix": ({"id_prefix": ""}, "id_prefix"),
    "prefix of the shipped tables": ({"id_prefix": "F"}, "id_prefix"),
    "no licence": ({"licenses": None}, "licenses"),
    "empty licences": ({"licenses": []}, "licenses"),
    "licence without name": ({"licenses": [{"path": "https://example.org"}]}, "licenses"),
    "licence as text": ({"licenses": "CC-BY-4.0"}, "licenses"),
}


@pytest.mark.parametrize(("changed", "named"), DESCRIPTORS.values(), ids=list(DESCRIPTORS))
def test_an_unsound_descriptor_is_told(changed: dict[str, Any], named: str, empty: Path) -> None:
    describe_pack(empty, **changed)
    result = call("knowledge", "check", empty)
    assert result.exit_code == 1
    (line,) = result.stdout.splitlines()
    assert line.startswith(f"{empty}/datapackage.json {named}: ")
    assert "1 problem in 0 rows" in result.stderr


@pytest.mark.parametrize("text", ["", "{", "[]", '"text"', "null", "\u00e9".encode("latin-1"), b"\xff\xfe{\x00}\x00"])
def test_a_descriptor_that_cannot_be_read(text: str | bytes, empty: Path) -> None:
    (empty / "datapackage.json").write_bytes(text.encode() if isinstance(text, str) else text)
    assert "datapackage.json" in refused("knowledge", "check", empty)


def test_a_folder_that_is_no_pack(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "holds no datapackage.json" in refused("knowledge", "check", tmp_path / "empty")
    assert "is not a folder" in refused("knowledge", "check", tmp_path / "nowhere")


def test_the_name_of_the_shipped_tables_is_theirs(pack: Path, tmp_path: Path) -> None:
    describe_pack(pack, name=SHIPPED)
    assert "is the name of the shipped tables" in refused(
        "run", vcf(tmp_path, A384T), "-o", tmp_path / "out", "--knowledge", pack
    )


# --- a first row, from the scaffold to the report ------------------------------------------------------------


def test_a_new_pack_is_sound_and_its_page_leads_on(empty: Path) -> None:
    assert call("knowledge", "check", empty).exit_code == 0
    assert {path.name for path in empty.iterdir()} >= {
        "datapackage.json",
        "README.md",
        "variants.tsv",
        "assertions.tsv",
    }
    assert "knowledge check" in (empty / "README.md").read_text()


@pytest.mark.parametrize(
    "options",
    [("--name", "Our Pack"), ("--prefix", "F"), ("--prefix", "lab"), ("--created", "today"), ("--licence", "")],
    ids=" ".join,
)
def test_a_new_pack_cannot_start_unsound(options: tuple[str, ...], tmp_path: Path) -> None:
    """Either it is refused, or what it makes is sound."""
    result = call("knowledge", "new", tmp_path / "pack", *options)
    if result.exit_code == 0:
        assert call("knowledge", "check", tmp_path / "pack").exit_code == 0
    else:
        assert result.exit_code == 2
        assert not (tmp_path / "pack").exists()


def test_a_new_pack_takes_the_place_of_nothing(pack: Path) -> None:
    before = {path.name: path.read_bytes() for path in pack.iterdir()}
    assert "exists" in refused("knowledge", "new", pack)
    assert {path.name: path.read_bytes() for path in pack.iterdir()} == before


@pytest.mark.parametrize(
    "text",
    [
        "c.4C>G",
        "NM_014009.4:c.4C>G",
        "NM_014009.3:c.4C>G",
        "NC_000023.11:g.49258502G>C",
        "NC_000023.10:g.49114959G>C",
        "chrX:49258502:G:C",
        "chrX-49114959-G-C",
    ],
)
def test_any_description_completes_the_row(text: str, empty: Path) -> None:
    put(empty, "citations", **SOURCE)
    put(empty, "variants", hgvs_c=text)
    assert call("knowledge", "check", empty, "--fix").exit_code == 1  # no statement yet
    (row,) = rows_of(empty, "variants")
    assert {name: row[name] for name in NEW} == NEW
    assert (row["id"], row["feature"], row["consequence"]) == ("UTR-X0001", "exon 2", "missense_variant")
    assert (row["legacy_names"], row["rsid"], row["remark"]) == ("", "", "")


@pytest.mark.parametrize("column", ["grch38", "grch37"])
def test_an_allele_on_one_build_completes_the_row(column: str, empty: Path) -> None:
    put(empty, "variants", **{column: NEW[column]})
    call("knowledge", "check", empty, "--fix")
    (row,) = rows_of(empty, "variants")
    assert {name: row[name] for name in NEW} == NEW


def test_the_row_is_shown_with_its_origin(pack: Path, tmp_path: Path) -> None:
    shown = call("lookup", "c.4C>G", "--knowledge", pack).stdout
    assert "UTR-X0001 c.4C>G (same allele): likely pathogenic" in shown
    assert "(pack our-pack)" in shown
    assert "UTR-X0001" not in call("lookup", "c.4C>G").stdout
    report = ran(tmp_path, [NEW["grch38"]], pack)
    row = curated(report)
    assert (row["id"], row["origins"], row["classification"]["code"]) == (
        "UTR-X0001",
        ["our-pack"],
        "likely_pathogenic",
    )
    assert [one["origin"] for one in row["statements"]] == ["our-pack"]
    assert report["conclusion"]["code"] == "consistent_with_ipex"
    assert [one["reference"] for one in report["citations"] if one["key"] == "our_lab"] == [SOURCE["reference"]]
    page = (tmp_path / "out" / "reports" / "BOY.html").read_text()
    assert "from the pack our-pack" in page
    with pysam.VariantFile(str(tmp_path / "out" / "annotated" / "boy.vcf.gz")) as file:
        (record,) = file
        assert (record.info["FOXP3_ID"], record.info["FOXP3_CLASS"]) == (("UTR-X0001",), ("likely_pathogenic",))


@pytest.mark.parametrize("text", ["UTR-X0001", "utr-x0001"])
def test_the_row_is_found_by_its_id(text: str, pack: Path) -> None:
    assert "c.4C>G (same allele)" in call("lookup", text, "--knowledge", pack).stdout
    assert call("knowledge", "show", text, "--knowledge", pack).exit_code == 0
    assert call("lookup", text).exit_code == 2


def test_on_grch37_too(pack: Path) -> None:
    result = call("lookup", "NC_000023.10:g.49114959G>C", "--json", "--knowledge", pack)
    (variant,) = json.loads(result.stdout)["variants"]
    assert [row["id"] for row in variant["match"]["curated"]] == ["UTR-X0001"]


@pytest.mark.usefixtures("pack")
def test_without_the_pack_nothing_of_it_is_known(tmp_path: Path) -> None:
    report = ran(tmp_path, [NEW["grch38"]])
    assert report["findings"][0]["match"]["level"] == "none"
    assert report["conclusion"]["code"] == "uncertain"
    assert [one["name"] for one in report["provenance"]["knowledge"]["packs"]] == [SHIPPED]


# --- beside the shipped tables ----------------------------------------------------------------------------


def test_a_confirmation_stands_beside_what_is_shipped(empty: Path, tmp_path: Path) -> None:
    (tmp_path / "without").mkdir()
    before = curated(ran(tmp_path / "without", [A384T]))
    report = ran(tmp_path, [A384T], pack_about(empty, "FX0031", "pathogenic"))
    row = curated(report)
    assert row["id"] == before["id"] == "FX0031"
    assert row["statements"][: len(before["statements"])] == before["statements"]
    assert [one["origin"] for one in row["statements"][len(before["statements"]) :]] == ["our-pack"]
    assert row["origins"] == [SHIPPED, "our-pack"]
    assert row["classification"]["code"] == "pathogenic"
    assert report["conclusion"]["code"] == "consistent_with_ipex"
    assert not any("disagree" in note for note in report["findings"][0]["notes"])


@pytest.mark.parametrize(
    ("allele", "id_", "said", "ours", "theirs"),
    [
        (A384T, "FX0031", "benign", "benign", "pathogenic"),
        (A384T, "FX0031", "likely_benign", "likely benign", "pathogenic"),
        (BENIGN, "FX0032", "pathogenic", "pathogenic", "benign"),
        (BENIGN, "FX0032", "disease_associated", "reported in IPEX, without an ACMG/AMP class", "benign"),
    ],
)
def test_a_contradiction_overrides_nothing_and_is_told(
    allele: str, id_: str, said: str, ours: str, theirs: str, empty: Path, tmp_path: Path
) -> None:
    report = ran(tmp_path, [allele], pack_about(empty, id_, said))
    row = curated(report)
    assert row["id"] == id_
    assert row["classification"]["code"] == "conflicting"
    assert {one["origin"] for one in row["statements"]} == {SHIPPED, "our-pack"}
    assert report["conclusion"]["code"] == report["findings"][0]["conclusion"] == "review_needed"
    (note,) = [note for note in report["findings"][0]["notes"] if "disagree" in note]
    assert f"{SHIPPED} says {theirs}" in note
    assert f"our-pack says {ours}" in note
    assert note in (tmp_path / "out" / "reports" / "BOY.html").read_text()
    assert note in (tmp_path / "out" / "reports" / "BOY.tsv").read_text()


@pytest.mark.parametrize(("allele", "said"), [(A384T, "refuted"), (REFUTED, "pathogenic")])
def test_a_refutation_settles_nothing_between_packs(
    allele: str, said: str, empty: Path, knowledge_folder: Path, tmp_path: Path
) -> None:
    """Among statements of one pack a refutation is heard first; of two packs neither overrides the other."""
    id_ = next(row["id"] for row in rows_of(knowledge_folder, "variants") if row["grch38"] == allele)
    report = ran(tmp_path, [allele], pack_about(empty, id_, said))
    assert {one["classification"]["code"] for one in curated(report)["statements"]} >= {"pathogenic", "refuted"}
    assert curated(report)["classification"]["code"] == "conflicting"
    assert any("disagree" in note for note in report["findings"][0]["notes"])
    assert not any("it does not explain IPEX" in note for note in report["findings"][0]["notes"])
    assert report["conclusion"]["code"] == "review_needed"


def test_an_uncertain_statement_is_no_silent_change(empty: Path, tmp_path: Path) -> None:
    report = ran(tmp_path, [A384T], pack_about(empty, "FX0031", "uncertain"))
    assert report["conclusion"]["code"] == "review_needed"
    assert any("disagree" in note for note in report["findings"][0]["notes"])


def test_a_row_of_the_same_allele_joins_the_shipped_one(empty: Path, tmp_path: Path) -> None:
    """The shipped id stays, the pack's becomes a further one."""
    put(empty, "citations", **SOURCE)
    put(empty, "variants", hgvs_c="c.1150G>A", remark="Seen by us.")
    state(empty, "UTR-X0001", "likely_pathogenic")
    call("knowledge", "check", empty, "--fix")
    assert call("knowledge", "check", empty, "--fix").exit_code == 0
    row = curated(ran(tmp_path, [A384T], empty))
    assert (row["id"], row["other_ids"], row["rsid"]) == ("FX0031", ["UTR-X0001"], "rs122467170")
    assert "[our-pack] Seen by us." in row["remark"]
    assert {one["origin"] for one in row["statements"]} == {SHIPPED, "our-pack"}


def test_shipped_sources_are_cited_by_their_key(empty: Path, tmp_path: Path) -> None:
    state(empty, "FX0031", "disease_associated", citations="gambineri2018;bindhuban2017")
    assert call("knowledge", "check", empty).exit_code == 0
    row = curated(ran(tmp_path, [A384T], empty))
    assert row["statements"][-1]["citations"] == ["gambineri2018", "bindhuban2017"]


@pytest.mark.parametrize(
    ("table", "cells", "told"),
    [
        ("citations", SOURCE | {"key": "gambineri2018"}, "is a key of the shipped tables"),
        (
            "citations",
            SOURCE | {"key": "mine2018", "reference": "2018", "pmid": "30443250"},
            "is given to gambineri2018",
        ),
        ("variants", NEW | {"id": "UTR-X0002", "clinvar_vcv": "VCV000011410"}, "is given to FX0031 too"),
        ("variants", NEW | {"id": "UTR-X0002", "rsid": "rs122467170"}, "is given to FX0031 too"),
        ("variants", NEW | {"id": "FX9000"}, "does not start with UTR-"),
        ("assertions", {"variant_id": "FX9999"}, "is no key of"),
        ("assertions", {"variant_id": "UTR-X0099"}, "is no key of"),
    ],
)
def test_what_is_at_odds_with_the_shipped_tables_is_told(table: str, cells: Row, told: str, empty: Path) -> None:
    put(empty, table, **cells)
    result = call("knowledge", "check", empty)
    assert result.exit_code == 1
    assert told in result.stdout


def test_a_pack_may_speak_of_a_shipped_lesion(empty: Path, knowledge_folder: Path, gene: Gene, tmp_path: Path) -> None:
    """The small invented tables stand for shipped ones with a lesion and a mutation without a place."""
    folder = Path(shutil.copytree(knowledge_folder, tmp_path / "shipped"))
    for path in SMALL.glob("*.tsv"):
        target = folder / path.name
        text = path.read_text(encoding="utf-8")
        with target.open("a", encoding="utf-8") as out:
            out.write(text.split("\n", 1)[1] if target.stat().st_size else text)
    put(empty, "citations", **SOURCE)
    for id_ in ("FS9001", "FU9001"):
        state(empty, id_, "pathogenic")
    joined = catalogue_of([read_pack(folder), read_pack(empty)], gene)
    by_id = {one.id: one.said for one in (*joined.structures, *joined.unplaced)}
    for id_ in ("FS9001", "FU9001"):
        assert [one.origin for one in by_id[id_].assertions][-1] == "our-pack"
        assert by_id[id_].assertions[0].origin == SHIPPED


# --- several packs ----------------------------------------------------------------------------------------


def second(pack: Path, name: str, prefix: str, key: str) -> Path:
    """A copy of the pack under another name, prefix and key of its source."""
    other = Path(shutil.copytree(pack, pack.parent / f"{name}-folder"))
    describe_pack(other, name=name, id_prefix=prefix)
    for path in other.glob("*.tsv"):
        path.write_text(path.read_text().replace("UTR-", prefix).replace("our_lab", key))
    return other


def test_two_packs_stand_side_by_side(pack: Path, tmp_path: Path) -> None:
    other = second(pack, "other", "OTH-", "their_lab")
    report = ran(tmp_path, [NEW["grch38"]], pack, other)
    row = curated(report)
    assert (row["id"], row["other_ids"], row["origins"]) == ("UTR-X0001", ["OTH-X0001"], ["our-pack", "other"])
    assert [one["name"] for one in report["provenance"]["knowledge"]["packs"]] == [SHIPPED, "our-pack", "other"]
    assert report["provenance"]["command"].endswith("--knowledge our-pack --knowledge other")


@pytest.mark.parametrize(
    ("name", "prefix", "key", "change", "told"),
    [
        ("our-pack", "OTH-", "their_lab", "", "is that of another pack"),
        ("other", "UTR-", "their_lab", "", "id_prefix 'UTR-'"),
        ("other", "OTH-", "our_lab", "Another laboratory", "source 'our_lab' is another one in pack our-pack"),
    ],
)
def test_two_packs_that_cannot_be_told_apart_are_refused(
    name: str, prefix: str, key: str, change: str, told: str, pack: Path
) -> None:
    other = second(pack, name, prefix, key)
    if change:
        path = other / "citations.tsv"
        path.write_text(path.read_text().replace("Our laboratory", change))
    assert told in refused("lookup", "c.4C>G", "--knowledge", pack, "--knowledge", other)


@pytest.mark.parametrize(
    "words", [("run",), ("annotate",), ("lookup", "c.4C>G"), ("knowledge", "stats"), ("knowledge", "show", "c.4C>G")]
)
def test_an_unsound_pack_is_refused(words: tuple[str, ...], pack: Path, tmp_path: Path) -> None:
    path = pack / "variants.tsv"
    path.write_text(path.read_text().replace("49258502:G:C", "49258502:G:T"))
    target = {"run": [vcf(tmp_path, A384T), "-o", tmp_path / "out"]}
    target["annotate"] = [vcf(tmp_path, A384T), "-o", tmp_path / "out.tsv"]
    told = refused(*words, *target.get(words[0], []), "--knowledge", pack)
    assert "variants.tsv line 2 grch38" in told
    assert "knowledge check" in told
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "out.tsv").exists()


# --- completing -------------------------------------------------------------------------------------------


def test_fix_changes_no_byte_of_what_is_complete(pack: Path) -> None:
    before = {path.name: path.read_bytes() for path in pack.iterdir()}
    assert call("knowledge", "check", pack, "--fix").exit_code == 0
    assert {path.name: path.read_bytes() for path in pack.iterdir()} == before


def test_fix_of_the_shipped_tables_changes_no_byte_of_them(knowledge_copy: Path) -> None:
    before = {path.name: path.read_bytes() for path in knowledge_copy.glob("*.tsv")}
    assert call("knowledge", "check", knowledge_copy, "--fix").exit_code == 0
    assert {path.name: path.read_bytes() for path in knowledge_copy.glob("*.tsv")} == before
    once = (knowledge_copy / "datapackage.json").read_bytes()
    call("knowledge", "check", knowledge_copy, "--fix")
    assert (knowledge_copy / "datapackage.json").read_bytes() == once


FILLED = {"hgvs_c": "c.5C>G", "hgvs_p": "p.(Pro2Arg)", "feature": "exon 3", "domain": "zinc finger"} | {
    "consequence": "stop_gained",
    "grch37": "49114959:G:T",
    "evidence_status": "database",
}
"""Wrong cells, but not empty ones."""


@pytest.mark.parametrize("column", FILLED)
def test_fix_never_changes_a_filled_cell(column: str, pack: Path) -> None:
    path = pack / "variants.tsv"
    (row,) = rows_of(pack, "variants")
    row[column] = FILLED[column]
    text = "\t".join(row) + "\n" + "\t".join(row.values()) + "\n"
    path.write_text(text)
    assert call("knowledge", "check", pack, "--fix").exit_code == 1
    assert path.read_text() == text


def test_fix_fills_every_cell_that_was_emptied(knowledge_copy: Path) -> None:
    """The shipped tables with their derived cells emptied come back, but for what a curator decided."""
    path = knowledge_copy / "variants.tsv"
    before = rows_of(knowledge_copy, "variants")
    emptied = [
        row | dict.fromkeys(("hgvs_p", "grch37", "feature", "domain", "consequence", "evidence_status"), "")
        for row in before
    ]
    path.write_text("\n".join("\t".join(line) for line in (before[0], *(row.values() for row in emptied))) + "\n")
    call("knowledge", "check", knowledge_copy, "--fix")
    for was, now in zip(before, rows_of(knowledge_copy, "variants"), strict=True):
        judged = was["hgvs_p"] == "p.?" and now["hgvs_p"] == ""
        two_sided = was["rsid"] == "rs3761548"  # the builds carry different alleles: given by hand
        assert now == was or judged or two_sided, was["id"]


def test_fix_gives_new_ids_and_keeps_old_ones(pack: Path) -> None:
    path = pack / "variants.tsv"
    path.write_text(path.read_text().replace("UTR-X0001", "UTR-X0007"))
    statements = pack / "assertions.tsv"
    statements.write_text(statements.read_text().replace("UTR-X0001", "UTR-X0007"))
    put(pack, "variants", hgvs_c="c.4C>A")
    put(pack, "variants", hgvs_c="c.4C>T")
    call("knowledge", "check", pack, "--fix")
    ids = {row["hgvs_c"]: row["id"] for row in rows_of(pack, "variants")}
    assert ids["c.4C>G"] == "UTR-X0007"
    assert {ids["c.4C>A"], ids["c.4C>T"]} == {"UTR-X0008", "UTR-X0009"}


def test_fix_labels_terms_and_sorts(pack: Path) -> None:
    shutil.copy(SMALL / "phenotypes.tsv", pack / "phenotypes.tsv")
    case = {"people": "1", "level": "individual", "sex": "male", "zygosity": "hemizygous", "transplanted": "no"}
    case |= {"variant_id": "UTR-X0001", "outcome": "alive", "inheritance": "maternal", "citations": "our_lab"}
    put(pack, "cases", **case, label="boy 2", read="full_text", id="UTR-C0002", hpo_present="HP:0000964; HP:0002014")
    put(pack, "cases", **case, label="boy 1", read="full_text", id="UTR-C0001", hpo_denied="HP:0002014")
    call("knowledge", "check", pack, "--fix")
    one, two = rows_of(pack, "cases")
    assert (one["id"], one["hpo_denied"]) == ("UTR-C0001", "HP:0002014 Diarrhea")
    assert two["hpo_present"] == "HP:0000964 Eczematoid dermatitis;HP:0002014 Diarrhea"


@pytest.mark.parametrize("how", ["a row with too many cells", "not UTF-8", "an unknown column", "a column twice"])
def test_fix_refuses_where_something_would_be_lost(how: str, pack: Path) -> None:
    path = pack / "assertions.tsv"
    text = path.read_bytes()
    changed = {
        "a row with too many cells": text[:-1] + b"\tmine\n",
        "not UTF-8": text[:-1] + b"\xe9\n",
        "an unknown column": text.replace(b"\n", b"\tcomment\n", 1)[:-1] + b"\tmine\n",
        "a column twice": text.replace(b"\n", b"\toutcome\n", 1)[:-1] + b"\tmine\n",
    }[how]
    path.write_bytes(changed)
    before = {one.name: one.read_bytes() for one in pack.iterdir()}
    assert "not changed" in refused("knowledge", "check", pack, "--fix")
    assert {one.name: one.read_bytes() for one in pack.iterdir()} == before


def test_fix_takes_line_ends_and_mark_of_a_spreadsheet(pack: Path) -> None:
    path = pack / "assertions.tsv"
    text = path.read_bytes()
    path.write_bytes(b"\xef\xbb\xbf" + text.replace(b"\n", b"\r\n"))
    assert call("knowledge", "check", pack).exit_code == 1
    assert call("knowledge", "check", pack, "--fix").exit_code == 0
    assert path.read_bytes() == text


@pytest.mark.parametrize(
    ("text", "candidates"),
    [
        # Phe324 is TTC: CTC, TTA and TTG are leucine
        ("p.Phe324Leu", ["c.970T>C", "c.972C>A", "c.972C>G"]),
        # called so in ClinVar (VCV000011412) and in the paper
        ("IVS9+4A>G", ["c.967+4A>G", "c.1044+4A>G"]),
    ],
)
def test_a_description_of_several_alleles_is_told_with_them(text: str, candidates: list[str], empty: Path) -> None:
    put(empty, "variants", hgvs_c=text)
    result = call("knowledge", "check", empty, "--fix")
    assert result.exit_code == 1
    (line,) = [line for line in result.stdout.splitlines() if "can mean" in line]
    assert f"line 2 hgvs_c: '{text}'" in line
    assert all(name in line for name in candidates)
    (row,) = rows_of(empty, "variants")
    assert (row["hgvs_c"], row["grch38"], row["grch37"]) == (text, "", "")


def test_an_allele_that_is_the_reference_of_the_other_build_is_told(empty: Path) -> None:
    """rs3761548: GRCh37 carries T, GRCh38 carries G, so c.-23+2877C>A has no change to name on GRCh37."""
    put(empty, "variants", hgvs_c="c.-23+2877C>A")
    result = call("knowledge", "check", empty, "--fix")
    assert result.exit_code == 1
    assert "has no place on GRCh37" in result.stdout
    assert rows_of(empty, "variants")[0]["grch38"] == ""


@pytest.mark.parametrize("text", ["c.4A>G", "c.99999G>A", "nothing", "p.Ala2Thr"])
def test_a_description_that_fits_nowhere_is_told(text: str, empty: Path) -> None:
    put(empty, "variants", hgvs_c=text)
    result = call("knowledge", "check", empty, "--fix")
    assert result.exit_code == 1
    assert f"variants.tsv line 2 hgvs_c: '{text}' cannot be completed" in result.stdout
    assert rows_of(empty, "variants")[0]["hgvs_c"] == text


@pytest.mark.parametrize(("status", "say"), [(0, "sound"), (1, "problem"), (2, "is not a folder")])
def test_exit_statuses(status: int, say: str, pack: Path) -> None:
    folder = {0: pack, 1: pack, 2: pack / "nowhere"}[status]
    if status == 1:
        put(pack, "citations", **SOURCE | {"key": "unused"})
    result = call("knowledge", "check", folder)
    assert result.exit_code == status
    assert say in result.output


# --- hostile text -----------------------------------------------------------------------------------------

HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(2)> {{ 7*7 }} & ; = , %0A'


def test_text_of_a_pack_is_only_text(empty: Path, tmp_path: Path) -> None:
    """Markup, formulas and separators in every free cell; none of them takes effect anywhere."""
    describe_pack(empty, licenses=[{"name": HOSTILE}], title=HOSTILE)
    put(empty, "citations", **SOURCE | {"reference": HOSTILE, "licence": HOSTILE, "url": "https://x.org/'onclick=1"})
    put(empty, "variants", hgvs_c="c.4C>G", remark=HOSTILE, legacy_names=HOSTILE.replace(";", ""))
    state(
        empty,
        "UTR-X0001",
        "pathogenic",
        stated_as=HOSTILE,
        assigner="=HYPERLINK(1)",
        counted=HOSTILE,
        phenotype=HOSTILE,
        outcome=HOSTILE,
        review_status=HOSTILE,
    )
    put(
        empty,
        "functional",
        **{"variant_id": "UTR-X0001", "assay": HOSTILE, "direction": "absent", "result": HOSTILE, "system": HOSTILE},
        citations="our_lab",
        read="full_text",
    )
    call("knowledge", "check", empty, "--fix")
    result = call("knowledge", "check", empty, "--fix")
    assert result.exit_code == 0, result.output
    report = ran(tmp_path, [NEW["grch38"]], empty)
    assert curated(report)["statements"][0]["stated_as"] == HOSTILE
    page = (tmp_path / "out" / "reports" / "BOY.html").read_text()
    assert "<script>alert" not in page
    assert "<img" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "{{ 7*7 }}" in page
    for path in (tmp_path / "out" / "reports" / "BOY.tsv", tmp_path / "out" / "summary.tsv"):
        (row,) = csv.DictReader(io.StringIO(path.read_text()), delimiter="\t", quoting=csv.QUOTE_NONE)
        assert None not in row
        assert not any((cell or "").startswith(("=", "+", "@")) for cell in row.values())
    with pysam.VariantFile(str(tmp_path / "out" / "annotated" / "boy.vcf.gz")) as file:
        (record,) = file
        assert (record.pos, record.info["FOXP3_ID"]) == (49258502, ("UTR-X0001",))
        assert "alert" not in str(file.header) + str(record)


# --- provenance -------------------------------------------------------------------------------------------


def test_provenance_names_pack_version_and_digest(pack: Path, tmp_path: Path) -> None:
    describe_pack(pack, version="4.5.6")
    report = ran(tmp_path, [A384T], pack)
    shipped, ours = report["provenance"]["knowledge"]["packs"]
    assert (shipped["name"], ours["name"], ours["version"], ours["created"]) == (
        SHIPPED,
        "our-pack",
        "4.5.6",
        "2026-11-21",
    )
    assert len(ours["sha256"]) == 64
    page = (tmp_path / "out" / "reports" / "BOY.html").read_text()
    assert f"our-pack 4.5.6 of 2026-11-21, not for redistribution, SHA-256 {ours['sha256']}" in page


@pytest.mark.parametrize("name", ["datapackage.json", "variants.tsv", "assertions.tsv", "citations.tsv", "cases.tsv"])
def test_the_digest_covers_every_byte(name: str, pack: Path) -> None:
    before = read_pack(pack).digest
    copy = Path(shutil.copytree(pack, pack.parent / "copy"))
    assert read_pack(copy).digest == before
    path = copy / name
    path.write_bytes(path.read_bytes() + b"\n")
    assert read_pack(copy).digest != before
    (copy / "README.md").write_text("other")
    path.write_bytes(path.read_bytes()[:-1])
    assert read_pack(copy).digest == before


def test_packs_do_not_change_what_others_know(pack: Path) -> None:
    """The shipped knowledge, read once and kept, is not touched by a pack that is joined to it."""
    before = Knowledge.shipped().catalogue
    kept = replace(before)
    joined = Knowledge.with_packs([pack]).catalogue
    assert Knowledge.shipped().catalogue == kept
    assert len(joined.variants) == len(kept.variants) + 1
    assert joined.variants[: len(kept.variants)] == kept.variants
