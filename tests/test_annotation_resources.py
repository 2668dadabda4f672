"""Annotation resources of the user's own: every format, both builds, every output, and how bad ones are refused.

Positions: GRCh38 49251480 C>T is c.1150G>A, GRCh37 49107941 C>T the same; GRCh38 49255494 CCTT>C is c.748_750del,
which 49255496 TTCT>T writes at the right end of the repeat; GRCh38 49261784 has G where GRCh37 49118241 has T.
"""

import csv
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cyvcf2
import pysam
import pysam.bcftools
import pytest
import yaml
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from foxp3_annot.annotation_resource import Role
from foxp3_annot.cli import main
from foxp3_annot.knowledge import Knowledge
from foxp3_annot.report.json import report_json
from foxp3_annot.report.replay import replayed

ROOT = Path(__file__).parents[1]
SCHEMA = json.loads((ROOT / "resources" / "schemas" / "report.schema.json").read_text())
DECLARATION_SCHEMA = json.loads((ROOT / "workflow" / "schemas" / "annotations.schema.json").read_text())
VCF_HEADER = """##fileformat=VCFv4.2
##FILTER=<ID=AC0,Description="No allele left after filters">
##INFO=<ID=AC,Number=A,Type=Integer,Description="Count">
##INFO=<ID=AN,Number=1,Type=Integer,Description="Number">
##INFO=<ID=AF,Number=A,Type=Float,Description="Frequency">
##INFO=<ID=AC_XY,Number=A,Type=Integer,Description="Count in XY">
##INFO=<ID=AD,Number=R,Type=Integer,Description="Reads">
##INFO=<ID=GC,Number=G,Type=Integer,Description="Genotypes">
##INFO=<ID=LCR,Number=0,Type=Flag,Description="Low complexity">
##INFO=<ID=TXT,Number=1,Type=String,Description="Text">
##INFO=<ID=SpliceAI,Number=.,Type=String,Description="Scores. Format: ALLELE|SYMBOL|DS_AG|DS_AL">
##contig=<ID={contig},length={length}>
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO
"""
LENGTHS = {"GRCh37": 155_270_560, "GRCh38": 156_040_895}
SAMPLE = (
    "##fileformat=VCFv4.2\n"
    '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">\n'
    "##contig=<ID=chrX,length={length}>\n"
    "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS\n"
)
AF = {"column": "AF", "as": "AF", "role": "allele_frequency", "meaning": "share of alleles in all people"}


def vcf(folder: Path, *records: str, contig: str = "chrX", assembly: str = "GRCh38", name: str = "own.vcf.bgz") -> str:
    """A tabix-indexed VCF of records `POS REF ALT FILTER INFO`, separated by blanks."""
    lines = []
    for record in records:
        pos, ref, alt, filters, info = record.split(" ")
        lines.append("\t".join((contig, pos, ".", ref, alt, ".", filters, info)))
    text = VCF_HEADER.format(contig=contig, length=LENGTHS[assembly]) + "".join(f"{line}\n" for line in lines)
    return packed(folder, name, text, preset="vcf")


def tsv(folder: Path, *rows: str, header: str = "#chrom pos ref alt score", name: str = "own.tsv.gz") -> str:
    """A tabix-indexed table; cells are separated by blanks."""
    text = "".join(line.replace(" ", "\t") + "\n" for line in ("# a comment", header, *rows))
    skipped = 0 if header.startswith("#") else 2
    return packed(folder, name, text, seq_col=0, start_col=1, end_col=1, line_skip=skipped)


def bed(folder: Path, *rows: str, header: str = "", name: str = "own.bed.gz") -> str:
    text = "".join(line.replace(" ", "\t") + "\n" for line in ([header] if header else []) + list(rows))
    return packed(folder, name, text, preset="bed")


def packed(folder: Path, name: str, text: str, **index: Any) -> str:
    """Compress with bgzip and index with tabix."""
    plain = folder / f"{name}.plain"
    plain.write_text(text)
    pysam.tabix_compress(str(plain), str(folder / name), force=True)
    plain.unlink()
    pysam.tabix_index(str(folder / name), force=True, **index)
    return name


def declared(folder: Path, *resources: dict[str, Any]) -> Path:
    """A declaration file (JSON is YAML too); each resource states only what the case is about."""
    common = {"name": "own", "version": "4.10", "assembly": "GRCh38", "values": [AF]}
    path = folder / "annotations.yaml"
    path.write_text(json.dumps({"annotations": [common | one for one in resources]}))
    return path


def call(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words], catch_exceptions=False)


def said(declaration: Path, text: str = "chrX:49251480:C:T") -> dict[str, Any]:
    """What `lookup` says of one variant from the only resource."""
    result = call("lookup", text, "--annotations", declaration, "--json")
    assert result.exit_code == 0, result.output
    (variant,) = json.loads(result.stdout)["variants"]
    (one,) = variant["resources"]
    return dict(one)


def values(declaration: Path, text: str = "chrX:49251480:C:T") -> dict[str, Any]:
    return dict(said(declaration, text)["values"])


def refused(declaration: Path, *saying: str) -> None:
    """Each sentence in its turn, one a line, status 2, nothing printed."""
    result = call("lookup", "chrX:49251480:C:T", "--annotations", declaration)
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    told = result.stderr.splitlines()
    assert len(told) == len(saying), result.stderr
    for words, line in zip(saying, told, strict=True):
        assert words in line


def value(column: str, role: str = "text", name: str = "v") -> dict[str, str]:
    return {"column": column, "as": name, "role": role, "meaning": "a value"}


# --- formats ------------------------------------------------------------------------------------------


def test_a_vcf(tmp_path: Path) -> None:
    file = vcf(tmp_path, "49251480 C T PASS AC=2;AN=1000;AF=2.5e-05")
    one = said(declared(tmp_path, {"path": file, "values": [AF, value("AN", "allele_number", "AN")]}))
    assert one == {
        "name": "own",
        "version": "4.10",
        "assembly": "GRCh38",
        "presence": "found",
        "sentence": "in own 4.10",
        "values": {"AF": 2.5e-05, "AN": 1000, "filter": None},
        "records": [[2.5e-05, 1000, None]],
    }


def test_a_bcf(tmp_path: Path) -> None:
    name = vcf(tmp_path, "49251480 C T PASS AF=0.25")
    pysam.bcftools.view("-Ob", "-o", str(tmp_path / "own.bcf"), str(tmp_path / name), catch_stdout=False)
    pysam.bcftools.index(str(tmp_path / "own.bcf"))
    assert values(declared(tmp_path, {"path": "own.bcf"})) == {"AF": 0.25, "filter": None}


def test_a_vcf_with_a_csi_index(tmp_path: Path) -> None:
    name = vcf(tmp_path, "49251480 C T PASS AF=0.25")
    (tmp_path / f"{name}.tbi").unlink()
    pysam.tabix_index(str(tmp_path / name), preset="vcf", csi=True, force=True)
    assert values(declared(tmp_path, {"path": name}))["AF"] == 0.25


KEY = {"chrom": "chrom", "pos": "pos", "ref": "ref", "alt": "alt"}


@pytest.mark.parametrize("header", ["#chrom pos ref alt score", "chrom pos ref alt score", "## pos score"])
def test_a_table_with_any_header_line(header: str, tmp_path: Path) -> None:
    file = tsv(tmp_path, "X 49251480 C T 0.9", header=header)
    by_number = "ref" not in header
    key = dict(zip(KEY, "1234", strict=True)) if by_number else KEY
    column = "5" if by_number else "score"
    assert values(declared(tmp_path, {"path": file, "key": key, "values": [value(column, "score")]})) == {"v": 0.9}


def test_a_bed_file(tmp_path: Path) -> None:
    """BED starts at 0 and leaves out the end: 49251479 to 49251480 is the base 49251480 alone."""
    rows = ("chrX 49251478 49251479 before", "chrX 49251479 49251480 it", "chrX 49251480 49251481 after")
    file = bed(tmp_path, *rows)
    assert values(declared(tmp_path, {"path": file, "values": [value("name")]})) == {"v": "it"}
    assert values(declared(tmp_path, {"path": file, "values": [value("4")]})) == {"v": "it"}
    named = bed(tmp_path, *rows, header="#chrom start end region", name="named.bed.gz")
    assert values(declared(tmp_path, {"path": named, "values": [value("region")]})) == {"v": "it"}


def test_a_bed_file_without_values_and_regions_in_one_another(tmp_path: Path) -> None:
    file = bed(tmp_path, "chrX 49250000 49260000 wide", "chrX 49251000 49251001 far", "chrX 49251470 49251490 near")
    overlap = {"as": "v", "meaning": "in a region"}
    assert values(declared(tmp_path, {"path": file, "values": [overlap]})) == {"v": "yes"}
    assert values(declared(tmp_path, {"path": file, "values": [value("name")]})) == {"v": "wide|near"}
    assert said(declared(tmp_path, {"path": file, "values": [overlap]}), "chrX:49261784:G:T")["presence"] == "absent"


def test_parts_of_a_field(tmp_path: Path) -> None:
    """Two genes have an item each; of a record with two ALTs each has the items that name it."""
    info = "SpliceAI=T|FOXP3|0.10|0.90,T|CCDC22|0.20|0.90,G|FOXP3|0.30|0.00"
    file = vcf(tmp_path, f"49251480 C T,G PASS {info}")
    parts = [value("SpliceAI", "score", name) | {"part": name} for name in ("DS_AG", "DS_AL")]
    declaration = declared(
        tmp_path, {"path": file, "values": [*parts, value("SpliceAI", name="gene") | {"part": "SYMBOL"}]}
    )
    assert values(declaration) == {"DS_AG": "0.1|0.2", "DS_AL": 0.9, "gene": "FOXP3|CCDC22", "filter": None}
    assert values(declaration, "chrX:49251480:C:G")["DS_AG"] == 0.3


# --- which allele -------------------------------------------------------------------------------------


def test_each_alt_of_a_record_gets_its_own_value(tmp_path: Path) -> None:
    info = "AF=0.1,0.2;AC=1,2;AN=10;AD=7,8,9;GC=0,1,2,3,4,5;LCR"
    file = vcf(tmp_path, f"49251480 C T,G PASS {info}")
    columns = [value(name, name=name) for name in ("AF", "AC", "AN", "AD", "GC", "LCR")]
    declaration = declared(tmp_path, {"path": file, "values": columns})
    # Number=G lists 00 01 11 02 12 22: the genotype of the allele alone is 11 for the first ALT, 22 for the second
    first = {"AF": "0.1", "AC": "1", "AN": "10", "AD": "8", "GC": "2", "LCR": "yes", "filter": None}
    second = {"AF": "0.2", "AC": "2", "AN": "10", "AD": "9", "GC": "5", "LCR": "yes", "filter": None}
    assert values(declaration) == first
    assert values(declaration, "chrX:49251480:C:G") == second


def test_haploid_genotype_counts(tmp_path: Path) -> None:
    file = vcf(tmp_path, "49251480 C T,G PASS GC=5,6,7")
    assert values(declared(tmp_path, {"path": file, "values": [value("GC")]}))["v"] == "6"


@pytest.mark.parametrize("record", ["49255494 CCTT C", "49255496 TTCT T", "49255496 TTCTC TC"])
@pytest.mark.parametrize("asked", ["chrX:49255494:CCTT:C", "chrX:49255496:TTCT:T", "c.748_750del"])
def test_an_indel_is_matched_however_it_is_written(record: str, asked: str, tmp_path: Path) -> None:
    file = vcf(tmp_path, f"{record} PASS AF=0.5")
    assert values(declared(tmp_path, {"path": file}), asked)["AF"] == 0.5


def test_another_allele_at_the_place_is_another_allele(tmp_path: Path) -> None:
    file = vcf(tmp_path, "49251480 C G PASS AF=0.5")
    one = said(declared(tmp_path, {"path": file}))
    assert one["presence"] == "absent"
    assert one["sentence"] == "not in own 4.10"
    assert one["values"] == {"AF": None, "filter": None}


@pytest.mark.parametrize("contig", ["X", "chrX", "23", "NC_000023.11"])
def test_every_spelling_of_the_contig(contig: str, tmp_path: Path) -> None:
    assert values(declared(tmp_path, {"path": vcf(tmp_path, "49251480 C T PASS AF=0.5", contig=contig)}))["AF"] == 0.5


def test_a_resource_on_the_other_build(tmp_path: Path) -> None:
    file = vcf(tmp_path, "49107941 C T PASS AF=0.5", "49118241 T G PASS AF=0.1", contig="X", assembly="GRCh37")
    declaration = declared(tmp_path, {"path": file, "assembly": "GRCh37"})
    one = said(declaration)
    assert one["values"]["AF"] == 0.5
    assert one["sentence"] == "in own 4.10, matched on GRCh37"
    assert said(declaration, "chrX:49251480:C:G")["sentence"] == "not in own 4.10, matched on GRCh37"
    swapped = said(declaration, "chrX:49261784:G:T")
    assert swapped["presence"] == "not_comparable"
    assert "which is on GRCh37: the reference of GRCh37 carries this allele" in swapped["sentence"]
    assert said(declaration, "NC_000023.10:g.49107941C>T")["sentence"] == "in own 4.10"


def test_several_records_of_one_allele(tmp_path: Path) -> None:
    """Different values are kept, equal ones told once, also where they are written otherwise."""
    file = vcf(
        tmp_path,
        "49251480 C T PASS AF=0.10;AN=10",
        "49251480 C T AC0 AF=0.1;AN=20",
        "49251480 CG TG PASS AF=.;AN=20",
    )
    declaration = declared(tmp_path, {"path": file, "values": [AF, value("AN", "allele_number", "AN")]})
    assert values(declaration) == {"AF": 0.1, "AN": "10|20", "filter": "AC0"}


def test_line_ends_and_terminal_codes_in_values_become_blanks(tmp_path: Path) -> None:
    file = vcf(tmp_path, "49251480 C T PASS TXT=a%0Ab\x1b[31mc%09")
    assert values(declared(tmp_path, {"path": file, "values": [value("TXT")]}))["v"] == "a b [31mc"


def test_what_is_no_allele_is_passed_over(tmp_path: Path) -> None:
    file = vcf(
        tmp_path, "49251480 C <DEL>,*,T PASS AF=0.1,0.2,0.3", "49251480 C . PASS AF=.", "49251481 G N PASS AF=0.1"
    )
    assert values(declared(tmp_path, {"path": file}))["AF"] == 0.3


# --- bad input ----------------------------------------------------------------------------------------


def row(cells: str = "X 49251480 C T 0.9", role: str = "score", **changes: Any) -> Callable[[Path], Path]:
    """A table of one row, and changes of its declaration."""
    return lambda folder: declared(
        folder, {"path": tsv(folder, cells), "key": KEY, "values": [value("score", role)]} | changes
    )


def record(text: str, column: str = "AF", role: str = "text", **changes: Any) -> Callable[[Path], Path]:
    return lambda folder: declared(folder, {"path": vcf(folder, text), "values": [value(column, role)]} | changes)


@pytest.mark.parametrize(
    ("build", "saying"),
    [
        (row(path="absent.tsv.gz"), "annotations[1].path: "),
        (row("X 49251480 G T 0.9"), "states REF G, but GRCh38 has C there; correct `assembly`"),
        (row("X 49251480 C T high"), "`v` holds 'high', which is not a number"),
        (row("X 49251480 C T nAn_1"), "which is not a number"),
        (row("X 49251480 C T 1_0"), "which is not a number"),
        (row("X 49251480 C T inf"), "which is not a number"),
        (row("X 49251480 C T 1.5", "allele_frequency"), "which is not a number from 0 to 1"),
        (row("X 49251480 C T 1.5", "hemizygotes"), "which is not a whole number, zero or more"),
        (row("X 49251480 C T -1", "allele_count"), "which is not a whole number, zero or more"),
        (row("X 49251480 C T"), "has 4 cells where the header has 5"),
        (row("X 49251480 C -  0.9"), "has an empty allele"),
        (row("X 49251480 C B 0.9"), "states ALT 'B', which is no sequence"),
        (row("X 49251480 U T 0.9"), "states REF 'U', which is no sequence"),
        (row("7 49251480 C T 0.9"), "names no chromosome X"),
        (row("NC_000023.10 49251480 C T 0.9"), "is on GRCh37 (contig NC_000023.10)"),
        (
            row(values=[value("sc")]),
            "has no column sc, which the declaration of own names; it has alt, chrom, pos, ref",
        ),
        (row(key=KEY | {"pos": "start"}), "has no column start"),
        (row(key=KEY | {"pos": "score"}), "'0.9' is not a position"),
        (record("49251480 C T PASS AF=1", "AFF"), "has no INFO field AFF"),
        (record("49251480 C T,G PASS AF=1"), "has 1 items in `AF`, which is declared Number=A, for 2 ALTs"),
        (record("49251480 G T PASS AF=1"), "states REF G, but GRCh38 has C there"),
        (record("49251480 C T PASS AF=1", assembly="GRCh37"), "its header speaks for GRCh38"),
        (record("49251480 C T PASS .", values=[value("SpliceAI") | {"part": "DS"}]), "has no part DS"),
        (record("49251480 C T PASS .", values=[value("TXT") | {"part": "DS"}]), "has no part DS"),
        (lambda folder: declared(folder, {"path": bed(folder, "chrX 49251479 49251480")}), "has no column AF"),
    ],
)
def test_a_bad_resource_is_refused_in_one_sentence(build: Callable[[Path], Path], saying: str, tmp_path: Path) -> None:
    refused(build(tmp_path), saying)


def test_an_unindexed_a_stale_and_a_damaged_file(tmp_path: Path) -> None:
    name = vcf(tmp_path, "49251480 C T PASS AF=0.5")
    declaration, file, index = declared(tmp_path, {"path": name}), tmp_path / name, tmp_path / f"{name}.tbi"
    os.utime(index, (1, 1))
    refused(declaration, "its index is older than it")
    os.utime(index)
    whole = file.read_bytes()
    file.write_bytes(whole[:-28])
    os.utime(index)
    refused(declaration, "is truncated or not compressed with bgzip")
    file.write_bytes(whole[:40] + bytes(len(whole) - 68) + whole[-28:])
    os.utime(index)
    refused(declaration, "cannot be read through its index")
    index.write_bytes(b"no index")
    refused(declaration, "cannot be read through its index")
    index.unlink()
    refused(declaration, "has no index beside it")
    file.unlink()
    refused(declaration, "there is no such file")


def whole(**changes: Any) -> str:
    """A declaration of one resource, as text."""
    common = {"name": "own", "version": "1", "path": "own.vcf.gz", "assembly": "GRCh38", "values": [AF]}
    return json.dumps({"annotations": [common | changes]})


@pytest.mark.parametrize(
    ("text", "saying"),
    [
        ("", ("`annotations` is missing",)),
        ("annotations: []", ("annotations: holds a list; a list of resources, at least one",)),
        ("annotations: [", ("is not YAML (line 1",)),
        ("annotations: &a [*a]", ("uses anchors or aliases",)),
        ("annotations: 1\nannotations: 2", ("line 2: 'annotations' stands twice",)),
        ("[" * 5000, ("is not YAML",)),
        ("- a", ("the declaration: holds a list",)),
        (
            "annotations:\n- {name: a b, versio: 1}",
            ("annotations[1]: key 'versio' is not known", "`version`", "`path`", "`assembly`", "`values`", ".name:"),
        ),
        ("#" * 300_000, ("has more than 262,144 bytes",)),
        ("a: \x00", ("is not YAML",)),
        (whole(name="own\n"), ("annotations[1].name: holds 'own\\n'",)),
        (whole(version='1"2'), ("annotations[1].version",)),
        (whole(version="\ud800"), ("annotations[1].version",)),
        (whole(path="a\x00b"), ("annotations[1].path",)),
        (whole(assembly="hg38"), ("annotations[1].assembly: holds 'hg38'; write GRCh37 or GRCh38",)),
        (whole(values=[AF | {"role": "frequency"}]), ("annotations[1].values[1].role: holds 'frequency'; write",)),
        (whole(values=[AF | {"meaning": "two\nlines"}]), ("annotations[1].values[1].meaning",)),
    ],
)
def test_a_bad_declaration(text: str, saying: tuple[str, ...], tmp_path: Path) -> None:
    path = tmp_path / "annotations.yaml"
    path.write_text(text)
    result = call("lookup", "c.1150G>A", "--annotations", path)
    assert result.exit_code == 2
    assert result.stdout == ""
    for words in saying:
        assert words in result.stderr
    assert all(str(path) in line for line in result.stderr.splitlines())
    assert len(result.stderr.splitlines()) == len(saying)


def test_all_problems_of_a_declaration_are_told_at_once(tmp_path: Path) -> None:
    file = vcf(tmp_path, "49251480 C T PASS AF=0.5")
    declaration = declared(
        tmp_path,
        {"path": file, "key": KEY, "values": [AF, AF, value("AF", name="filter")]},
        {"name": "OWN", "path": "own.tsv.gz"},
        {"name": "a", "path": file, "values": [value("AF", name="b_c")]},
        {"name": "a_b", "path": file, "values": [value("AF", name="c")]},
        {"name": "d", "path": "calls.txt"},
        {"name": "e", "path": ".", "format": "bed", "values": [AF | {"part": "x"}]},
    )
    refused(
        declaration,
        "annotations[1].values[2].as: 'AF' stands twice",
        "annotations[1].values[3].as: 'filter' is a name that the program gives",
        "annotations[1].key: is for tsv files",
        "annotations[2].name: 'OWN' stands already in annotations[1]",
        "annotations[2].key: is missing",
        "annotations[2].path: ",
        "annotations[4]: 'a_b_c' would name two fields",
        "annotations[5].format: is missing",
        "annotations[5].path: ",
        "annotations[6].values[1].part: is for INFO fields",
        "annotations[6].path: ",
    )


def test_the_schema_names_every_role() -> None:
    Draft202012Validator.check_schema(DECLARATION_SCHEMA)
    roles = DECLARATION_SCHEMA["$defs"]["value"]["properties"]["role"]["enum"]
    assert roles == [role.code for role in Role]


# --- outputs ------------------------------------------------------------------------------------------

HOSTILE = "<script>alert(1)</script>%3Bx%3D1%2C=2&\"'"


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A run over three variants with a VCF that knows two of them and a table that knows one, hostile text in both."""
    known = vcf(
        tmp_path,
        f"49251480 C T AC0 AF=2.5e-05;AC_XY=3;TXT={HOSTILE}",
        "49255496 TTCT T PASS AF=0.5;AC_XY=0",
    )
    table = tsv(tmp_path, "X 49251480 C T =1+2;a,b%")
    declaration = declared(
        tmp_path,
        {
            "name": "gnomAD",
            "version": "4.1 <b>",
            "path": known,
            "values": [AF, value("AC_XY", "hemizygotes", "hemizygotes"), value("TXT", name="remark")],
        },
        {"name": "own", "path": table, "key": KEY, "values": [value("score", name="hgvs_c")]},
    )
    calls = tmp_path / "calls.vcf"
    calls.write_text(
        SAMPLE.format(length=LENGTHS["GRCh38"])
        + "".join(
            f"chrX\t{pos}\t.\t{ref}\t{alt}\t.\t.\t.\tGT\t1\n"
            for pos, ref, alt in (("49251480", "C", "T,G"), ("49255494", "CCTT", "C"), ("49261784", "G", "T"))
        )
    )
    result = call("run", calls, "-o", tmp_path / "out", "--sex", "S=male", "--annotations", declaration)
    assert result.exit_code == 0, result.output
    return tmp_path


def report_of(made: Path) -> dict[str, Any]:
    report: dict[str, Any] = json.loads((made / "out" / "reports" / "S.json").read_text())
    Draft202012Validator(SCHEMA).validate(report)
    return report


def test_the_report(made: Path) -> None:
    report = report_of(made)
    found = {one["hgvs_c"].split(":")[1]: one for one in report["findings"]}
    first, table = found["c.1150G>A"]["resources"]
    assert first["values"]["AF"] == 2.5e-05
    assert first["values"]["filter"] == "AC0"
    assert first["values"]["remark"] == "<script>alert(1)</script>;x=1,=2&\"'"
    assert table["values"] == {"hgvs_c": "=1+2;a,b%"}
    assert found["c.748_750del"]["resources"][0]["values"]["AF"] == 0.5
    assert found["c.748_750del"]["resources"][1]["sentence"] == "not in own 4.10"
    known, own = report["provenance"]["annotations"]
    assert (known["name"], known["version"], known["file"], known["locus_records"]) == (
        "gnomAD",
        "4.1 <b>",
        "own.vcf.bgz",
        2,
    )
    assert known["bytes"] == (made / "own.vcf.bgz").stat().st_size
    assert [one["name"] for one in known["values"]] == ["AF", "hemizygotes", "remark", "filter"]
    assert own["values"] == [{"name": "hgvs_c", "role": "text", "meaning": "a value"}]
    assert "--annotations annotations.yaml" in report["provenance"]["command"]
    assert report["provenance"]["configuration"]["annotations"] == "annotations.yaml"
    assert str(made) not in json.dumps(report)


def test_a_report_made_again_repeats_what_its_resources_said(made: Path) -> None:
    paths = sorted(made.rglob("reports/*.json"))
    assert paths
    for path in paths:
        report = json.loads(path.read_text(encoding="utf-8"))
        assert report["provenance"]["annotations"]
        assert report_json(replayed(report, Knowledge.shipped())) == path.read_text(encoding="utf-8")


def test_a_hemizygous_count_is_a_note_and_changes_no_conclusion(made: Path) -> None:
    report = report_of(made)
    found = {one["hgvs_c"].split(":")[1]: one for one in report["findings"]}
    note = (
        "Seen in 3 hemizygous people of gnomAD 4.1 <b>, whose record fails a filter there (AC0); a fully penetrant "
        "cause of IPEX would not be expected in healthy adult males."
    )
    assert note in found["c.1150G>A"]["notes"]
    assert not any("hemizygous people" in one for one in found["c.748_750del"]["notes"])
    call("run", made / "calls.vcf", "-o", made / "plain", "--sex", "S=male")
    plain = json.loads((made / "plain" / "reports" / "S.json").read_text())
    assert plain["conclusion"] == report["conclusion"]
    assert plain["provenance"]["annotations"] == []
    for one, other in zip(plain["findings"], report["findings"], strict=True):
        assert one["resources"] == []
        assert (one["concern"], one["conclusion"], one["match"]) == (
            other["concern"],
            other["conclusion"],
            other["match"],
        )


def test_the_page(made: Path) -> None:
    page = (made / "out" / "reports" / "S.html").read_text()
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "gnomAD 4.1 &lt;b&gt;" in page
    for words in ("share of alleles in all people", "2.5e-05", "not in own 4.10", "own.vcf.bgz"):
        assert words in page


def test_the_tables(made: Path) -> None:
    with (made / "out" / "reports" / "S.tsv").open(newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    found = {one["hgvs_c"].split(":")[1]: one for one in rows}
    known = found["c.1150G>A"]
    assert (known["gnomAD.presence"], known["gnomAD.AF"], known["gnomAD.hemizygotes"]) == (
        "in gnomAD 4.1 <b>",
        "2.5e-05",
        "3",
    )
    assert known["own.hgvs_c"] == "'=1+2;a,b%"
    assert (found["c.748_750del"]["own.presence"], found["c.748_750del"]["own.hgvs_c"]) == ("not in own 4.10", "")
    target = made / "alleles.tsv"
    assert call("annotate", made / "calls.vcf", "-o", target, "--annotations", made / "annotations.yaml").exit_code == 0
    with target.open(newline="") as lines:
        alleles = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    assert [one["gnomAD.AF"] for one in alleles] == ["2.5e-05", "", "0.5", ""]
    assert [one["own.presence"] for one in alleles] == ["in own 4.10"] + ["not in own 4.10"] * 3


@pytest.mark.parametrize("command", ["run", "annotate"])
def test_the_annotated_vcf(command: str, made: Path) -> None:
    target = made / "out" / "annotated" / "calls.vcf.gz"
    if command == "annotate":
        target = made / "alleles.vcf.gz"
        call("annotate", made / "calls.vcf", "-o", target, "--annotations", made / "annotations.yaml")
    read = cyvcf2.VCF(str(target))
    records = list(read)
    assert [str(one.INFO["FOXP3_gnomAD_AF"]) for one in records] == ["2.5e-05,.", "0.5", "."]
    assert [one.INFO["FOXP3_gnomAD_presence"] for one in records] == ["found,absent", "found", "absent"]
    assert records[0].INFO["FOXP3_own_hgvs_c"] == "%3D1+2%3Ba%2Cb%25,."
    assert records[0].INFO["FOXP3_gnomAD_remark"].startswith("<script>alert(1)</script>%3Bx%3D1%2C%3D2&")
    field = read.get_header_type("FOXP3_gnomAD_AF")
    assert (field["Number"], field["Type"]) == ("A", "String")
    assert "share of alleles in all people; from gnomAD 4.1 <b> on GRCh38" in field["Description"]


def test_an_annotated_vcf_that_is_annotated_again_names_the_new_version(tmp_path: Path) -> None:
    """The header lines of the earlier run used to stay, and with them the version of a resource not used any more."""
    file = vcf(tmp_path, "49251480 C T PASS AF=0.5", "49255496 TTCT T PASS AF=0.25")
    calls, once, twice = tmp_path / "calls.vcf", tmp_path / "once.vcf.gz", tmp_path / "twice.vcf.gz"
    calls.write_text(SAMPLE.format(length=LENGTHS["GRCh38"]) + "chrX\t49251480\t.\tC\tT\t.\t.\t.\tGT\t1\n")
    call("annotate", calls, "-o", once, "--annotations", declared(tmp_path, {"path": file}))
    again = declared(tmp_path, {"path": file, "version": "5", "values": [AF | {"as": "AN"}, AF]})
    assert call("annotate", once, "-o", twice, "--annotations", again).exit_code == 0
    read = cyvcf2.VCF(str(twice))
    assert "from own 5 on" in read.get_header_type("FOXP3_own_AF")["Description"]
    assert "4.10" not in read.raw_header
    (one,) = read
    assert (one.INFO["FOXP3_own_AF"], one.INFO["FOXP3_own_AN"]) == ("0.5", "0.5")
    assert one.INFO["FOXP3_HGVSC"] == "NM_014009.4:c.1150G>A"


def test_lookup_says_it_in_words(made: Path) -> None:
    text = call("lookup", "c.1150G>A", "--annotations", made / "annotations.yaml").stdout
    assert "resource     in gnomAD 4.1 <b>: AF 2.5e-05, hemizygotes 3, remark" in text
    assert "filter AC0" in text
    answer = json.loads(call("lookup", "c.1150G>A", "--annotations", made / "annotations.yaml", "--json").stdout)
    assert [one["name"] for one in answer["provenance"]["annotations"]] == ["gnomAD", "own"]


def test_variants_read_as_one_are_looked_up_as_one(tmp_path: Path) -> None:
    """GRCh38 49251479 and 49251480 lie in one codon (c.1150_1151); together they are another allele."""
    file = vcf(tmp_path, "49251479 GC AT PASS AF=0.5", "49251480 C T PASS AF=0.1")
    calls = tmp_path / "calls.vcf"
    calls.write_text(
        SAMPLE.format(length=LENGTHS["GRCh38"])
        + "chrX\t49251479\t.\tG\tA\t.\t.\t.\tGT\t1\nchrX\t49251480\t.\tC\tT\t.\t.\t.\tGT\t1\n"
    )
    declaration = declared(tmp_path, {"path": file})
    assert call("run", calls, "-o", tmp_path / "out", "--sex", "S=male", "--annotations", declaration).exit_code == 0
    found = {one["hgvs_c"].split(":")[1]: one for one in report_of(tmp_path)["findings"]}
    frequencies = {name: one["resources"][0]["values"]["AF"] for name, one in found.items()}
    assert frequencies == {"c.1150G>A": 0.1, "c.1151C>T": None, "c.1150_1151delinsAT": 0.5}


def test_without_a_declaration_nothing_is_loaded() -> None:
    code = (
        "import sys; from foxp3_annot.cli import main; main(['lookup', 'c.1150G>A'], standalone_mode=False); "
        "assert not {'pysam', 'foxp3_annot.readers.annotation_resources'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


# --- documents and workflow ---------------------------------------------------------------------------


def test_the_examples_of_the_guide_are_sound_declarations() -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / "annotation_resources.md").read_text(), re.DOTALL)
    whole = blocks[0] + "".join(blocks[1:])
    declaration = yaml.load(whole, Loader=yaml.BaseLoader)
    Draft202012Validator(DECLARATION_SCHEMA).validate(declaration)
    names = [one["name"] for one in declaration["annotations"]]
    assert names == ["gnomAD_exomes", "AlphaMissense", "CADD", "SpliceAI", "panel"]


def test_the_layouts_that_the_guide_names(tmp_path: Path) -> None:
    """Licence lines before the header of AlphaMissense, a line with ## before that of CADD."""
    header = "#CHROM POS REF ALT genome uniprot_id transcript_id protein_variant am_pathogenicity am_class"
    cells = "chrX 49251480 C T hg38 Q9BZS1 ENST00000376207.10 A384T 0.95 likely_pathogenic"
    file = tsv(tmp_path, cells, header=f"#\n# Licensed_under\n{header}", name="am.tsv.gz")
    key = {"chrom": "CHROM", "pos": "POS", "ref": "REF", "alt": "ALT"}
    kinds = [value("am_pathogenicity", "score", "score"), value("am_class", name="class")]
    found = values(declared(tmp_path, {"path": file, "key": key, "values": kinds}))
    assert found == {"score": 0.95, "class": "likely_pathogenic"}
    file = tsv(
        tmp_path, "X 49251480 C T 4.1 28.3", header="## CADD\n#Chrom Pos Ref Alt RawScore PHRED", name="c.tsv.gz"
    )
    key = {"chrom": "Chrom", "pos": "Pos", "ref": "Ref", "alt": "Alt"}
    found = values(declared(tmp_path, {"path": file, "key": key, "values": [value("PHRED", "score")]}))
    assert found == {"v": 28.3}


def test_the_workflow_takes_the_declaration(tmp_path: Path) -> None:
    """The same bytes as one process makes; a resource that is missing stops everything before a job starts."""
    file = vcf(tmp_path, "49107941 C T PASS AF=0.5", assembly="GRCh37")
    declared(tmp_path, {"path": file, "assembly": "GRCh37"})
    example = ROOT / "resources" / "example" / "joint_trio.vcf.gz"
    (tmp_path / "samples.tsv").write_text(f"sample\tvcf\tsex\ntrio_boy\t{example}\tmale\n")
    (tmp_path / "config").mkdir()
    config = "samples: samples.tsv\nassembly: auto\nannotations: annotations.yaml\n"
    (tmp_path / "config" / "config.yaml").write_text(config)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

    def snakemake(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile"), "--cores", "1", *words]
        return subprocess.run(command, cwd=tmp_path, env=os.environ | {"PATH": path}, capture_output=True, text=True)

    done = snakemake()
    assert done.returncode == 0, done.stderr
    report = json.loads((tmp_path / "results" / "reports" / "trio_boy.json").read_text())
    assert report["findings"][0]["resources"][0]["sentence"] == "in own 4.10, matched on GRCh37"
    assert "Nothing to be done" in (again := snakemake()).stderr + again.stdout
    declared(tmp_path, {"path": file, "assembly": "GRCh37", "version": "4.11"})
    assert "report_1" in snakemake("--dry-run").stdout
    (tmp_path / file).unlink()
    done = snakemake()
    assert done.returncode != 0
    assert "there is no such file" in done.stderr
    assert "Traceback" not in done.stderr
