"""The command line: what it prints, what it writes, and how it fails."""

import csv
import json
from pathlib import Path

import cyvcf2
import pandas
import pytest
from click.testing import CliRunner, Result

from foxp3_annot.cli import main

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "resources" / "example"
VCF = """##fileformat=VCFv4.2
##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">
##contig=<ID=chrX,length=156040895>
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS
"""


def call(*words: str | Path) -> Result:
    """Run the program; an unexpected exception fails the test with its traceback."""
    return CliRunner().invoke(main, [str(word) for word in words], catch_exceptions=False)


def fails(*words: str | Path, saying: str, status: int = 2) -> None:
    """The program must refuse in one sentence."""
    result = call(*words)
    assert result.exit_code == status, result.output
    assert saying in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert result.stdout == ""


# --- lookup -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "chrX:49251480:C:T",
        "X:49251480:C:T",
        "chrX:49107941:C:T",
        "chrX-49251480-C-T",
        "c.1150G>A",
        "NM_014009.4:c.1150G>A",
        "NM_014009.3:c.1150G>A",
        "NC_000023.11:g.49251480C>T",
        "NC_000023.10:g.49107941C>T",
        "p.Ala384Thr",
        "p.(Ala384Thr)",
        "A384T",
        "NP_054728.2:p.Ala384Thr",
    ],
)
def test_lookup_reads_every_spelling(text: str) -> None:
    answer = json.loads(call("lookup", text, "--json").stdout)
    (variant,) = answer["variants"]
    assert variant["hgvs_c"] == "NM_014009.4:c.1150G>A"
    assert variant["hgvs_p"] == "p.(Ala384Thr)"
    assert variant["match"]["curated"][0]["clinvar"] == "VCV000011410"


def test_lookup_says_why_a_text_can_mean_two_variants() -> None:
    """IVS9+4A>G of PMID:11120765: papers' intron 9 is intron 10 of NM_014009, and both bases are A."""
    result = call("lookup", "IVS9+4A>G")
    assert result.exit_code == 0
    assert result.stdout.count("read as") == 2
    assert "c.1044+4A>G" in result.stdout
    assert "c.967+4A>G" in result.stdout


def test_lookup_for_a_person() -> None:
    result = call("lookup", "c.1150G>A")
    assert result.exit_code == 0
    for words in ("NC_000023.11:g.49251480C>T", "NC_000023.10:g.49107941C>T", "exon 11 in papers", "pathogenic"):
        assert words in result.stdout


def test_lookup_lists_what_a_protein_name_can_mean() -> None:
    answer = json.loads(call("lookup", "p.Phe367Leu", "--json").stdout)
    # TTC to CTC, TTA or TTG: all code for leucine
    assert {v["hgvs_c"].split(":")[1] for v in answer["variants"]} == {"c.1099T>C", "c.1101C>A", "c.1101C>G"}


def test_an_intronic_name_counts_on_the_build_that_is_named() -> None:
    on38 = json.loads(call("lookup", "c.-23+2877C>A", "--json").stdout)["variants"][0]
    on37 = json.loads(call("lookup", "c.-23+2882A>C", "--assembly", "GRCh37", "--json").stdout)["variants"][0]
    # rs3761548: GRCh38 49261784 G>T, GRCh37 49118241 T>G (the references carry different alleles)
    assert (on38["vcf"]["pos"], on37["vcf"]["pos"]) == (49261784, 49118241)
    assert on38["match"]["level"] == on37["match"]["level"] == "same_allele"


@pytest.mark.parametrize(
    ("text", "saying"),
    [
        ("hello", "is not understood"),
        ("c.1150C>A", "has G there"),
        ("chrX:49251480:A:T", "has C there"),
        ("chrX:100:A:T", "outside the FOXP3 window"),
        ("chr7:49251480:C:T", "not chromosome X"),
        ("NM_000059.4:c.1150G>A", "not known"),
        ("c.1300A>T", "not a position"),
        ("c.1150+3A>T", "not the border of an exon"),
        ("p.Gly384Thr", "residue 384 is Ala"),
        ("c.1150delins", "delins must be followed"),
        ("c.1150G>G", "equals the reference"),
    ],
)
def test_lookup_says_what_is_wrong(text: str, saying: str) -> None:
    fails("lookup", text, saying=saying)


# --- annotate -----------------------------------------------------------------------------------------


def test_annotate_writes_one_row_an_alt(tmp_path: Path) -> None:
    source, target = tmp_path / "in.vcf", tmp_path / "out.tsv"
    source.write_text(
        VCF + "chrX\t49255496\trs9\tTTCT\tT,TTCTTCT\t.\t.\t.\tGT\t1/2\nchrX\t49258394\t.\tC\t*\t.\t.\t.\tGT\t1\n"
    )
    assert call("annotate", source, "-o", target).exit_code == 0
    table = pandas.read_csv(target, sep="\t", dtype=str, keep_default_na=False)
    assert list(table.columns[:5]) == ["chrom", "pos", "id", "ref", "alt"]
    assert {"assembly", "hgvs_g", "hgvs_c", "hgvs_p", "consequence", "classification", "match_level"} <= set(table)
    assert list(table["alt"]) == ["T", "TTCTTCT", "*"]
    # K250del, written at the right end of the repeat; left-aligned it is 49255494 CCTT>C
    assert list(table.loc[0, ["normal_pos", "normal_ref", "normal_alt", "hgvs_c"]]) == [
        "49255494",
        "CCTT",
        "C",
        "NM_014009.4:c.748_750del",
    ]
    assert table.loc[0, "match_level"] == "same_allele"
    assert table.loc[2, "note"] == "spanning deletion"


def test_the_annotated_vcf_is_read_by_another_library(tmp_path: Path) -> None:
    source, target = tmp_path / "in.vcf", tmp_path / "out.vcf.gz"
    source.write_text(
        VCF
        + "chrX\t49258394\t.\tC\tA\t.\t.\t.\tGT\t1\nchrX\t49251480\t.\tC\tT,G\t.\t.\t.\tGT\t1/2\n"
        + "chrX\t49256855\t.\tG\tA\t.\t.\t.\tGT\t0/1\n"
    )
    assert call("annotate", source, "-o", target).exit_code == 0
    records = list(cyvcf2.VCF(str(target)))
    assert [record.POS for record in records] == [49251480, 49256855, 49258394]
    assert records[0].INFO["FOXP3_HGVSC"] == "NM_014009.4:c.1150G>A,NM_014009.4:c.1150G>C"
    assert records[0].INFO["FOXP3_HGVSP"] == "p.(Ala384Thr),p.(Ala384Pro)"
    assert records[1].INFO["FOXP3_HGVSP"] == "p.(Ser181%3D)"
    assert records[1].INFO["FOXP3_CLASS"] == "refuted"
    assert len(list(cyvcf2.VCF(str(target))("chrX:49258394-49258394"))) == 1


def test_annotate_refuses_an_unknown_ending(tmp_path: Path) -> None:
    fails("annotate", EXAMPLE / "mixed_boy.vcf", "-o", tmp_path / "out.csv", saying=".tsv or .vcf.gz")


# --- run ----------------------------------------------------------------------------------------------


def test_run_on_the_example(tmp_path: Path) -> None:
    files = [p for p in sorted(EXAMPLE.iterdir()) if p.name.endswith((".vcf", ".vcf.gz", ".bcf"))]
    result = call("run", *files, "-o", tmp_path, "--sex", "trio_boy=male", "--sex", "trio_mother=female")
    assert result.exit_code == 0, result.output
    with (tmp_path / "summary.tsv").open() as lines:
        conclusions = {row["sample"]: row["conclusion"] for row in csv.DictReader(lines, delimiter="\t")}
    assert conclusions["trio_boy"] == "consistent_with_ipex"
    assert conclusions["trio_mother"] == "carrier"
    assert "001" in conclusions
    assert len(conclusions) == 9
    for name in conclusions:
        assert f"{name}: " in result.stdout
        for ending in ("html", "json", "tsv"):
            assert (tmp_path / "reports" / f"{name}.{ending}").is_file()
    assert (
        len(list((tmp_path / "annotated").glob("*.vcf.gz"))) == len(list((tmp_path / "annotated").glob("*.tbi"))) == 5
    )


def test_the_same_sample_name_in_two_files(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.vcf").write_text(VCF + "chrX\t49251480\t.\tC\tT\t.\t.\t.\tGT\t1\n")
    result = call("run", tmp_path / "one.vcf", tmp_path / "two.vcf", "-o", tmp_path / "out", "--sex", "S=male")
    assert result.exit_code == 0
    assert {p.stem for p in (tmp_path / "out" / "reports").glob("*.json")} == {"one.S", "two.S"}


def test_files_of_one_name_in_two_folders(tmp_path: Path) -> None:
    for folder, sample in (("a", "S"), ("b", "T")):
        (tmp_path / folder).mkdir()
        text = VCF.replace("FORMAT\tS", f"FORMAT\t{sample}")
        (tmp_path / folder / "calls.vcf").write_text(text + "chrX\t49251480\t.\tC\tT\t.\t.\t.\tGT\t1\n")
    result = call("run", tmp_path / "a" / "calls.vcf", tmp_path / "b" / "calls.vcf", "-o", tmp_path / "out")
    assert result.exit_code == 0
    assert {p.name for p in (tmp_path / "out" / "annotated").glob("*.gz")} == {"a.calls.vcf.gz", "b.calls.vcf.gz"}


@pytest.mark.parametrize(
    ("words", "saying"),
    [
        (("--sex", "nobody=male"), "which is in no input"),
        (("--sex", "mixed_boy=boy"), "is not a sex"),
        (("--sex", "mixed_boy"), "write SAMPLE=male"),
        (("--sex", "mixed_boy=male", "--sex", "mixed_boy=female"), "twice"),
        (("--assembly", "GRCh37"), "correct one of the two"),
    ],
)
def test_run_refuses_in_one_sentence_and_writes_nothing(words: tuple[str, ...], saying: str, tmp_path: Path) -> None:
    fails("run", EXAMPLE / "mixed_boy.vcf", "-o", tmp_path / "out", *words, saying=saying)
    assert not (tmp_path / "out").exists()


def test_a_file_where_the_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    fails("run", EXAMPLE / "mixed_boy.vcf", "-o", tmp_path / "out", saying="cannot be written")


# --- sample sheets ------------------------------------------------------------------------------------


def sheet(folder: Path, text: str) -> Path:
    path = folder / "samples.tsv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "text", ["sample\tsex\n001\tmale\nrefuted_boy\tmale\n", "\ufeffsample,sex\n001,male\nrefuted_boy,male\n"]
)
def test_a_sheet_with_tabs_or_commas(text: str, tmp_path: Path) -> None:
    result = call("run", EXAMPLE / "grch37_boys.vcf.gz", "-o", tmp_path / "out", "--samples", sheet(tmp_path, text))
    assert result.exit_code == 0, result.output
    report = json.loads((tmp_path / "out" / "reports" / "001.json").read_text())
    assert report["sample"] == {"id": "001", "name_in_file": "001", "sex": "male", "sex_source": "declared"}


def test_a_sheet_renames_a_sample(tmp_path: Path) -> None:
    path = EXAMPLE / "mixed_boy.vcf"
    text = f"sample\tvcf\tname_in_file\tsex\nFAM-1\t{path}\tmixed_boy\tmale\n"
    assert call("run", path, "-o", tmp_path / "out", "--samples", sheet(tmp_path, text)).exit_code == 0
    assert (tmp_path / "out" / "reports" / "FAM-1.html").is_file()


def test_all_problems_of_a_sheet_are_told_at_once(tmp_path: Path) -> None:
    text = "sample\tsex\tcolour\nmixed_boy\tboy\t\nmixed_boy\tmale\tblue\n../x\tmale\t\n\tmale\t\n"
    result = call("run", EXAMPLE / "mixed_boy.vcf", "-o", tmp_path / "out", "--samples", sheet(tmp_path, text))
    assert result.exit_code == 2
    told = result.stderr.splitlines()
    assert len(told) == 5
    for words in (
        "line 2: column `sex` holds 'boy'",
        "column 'colour' is not known",
        "stands already in line 2",
        "'../x'",
    ):
        assert words in result.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("text", "saying"),
    [
        ("", "is empty"),
        ("sample\tsex\n", "no sample"),
        ("sample\tsex\nsomebody\tmale\n", "is in none of the inputs"),
    ],
)
def test_a_sheet_that_fits_nothing(text: str, saying: str, tmp_path: Path) -> None:
    fails("run", EXAMPLE / "mixed_boy.vcf", "-o", tmp_path / "out", "--samples", sheet(tmp_path, text), saying=saying)


def test_the_step_commands_make_what_run_makes(tmp_path: Path) -> None:
    path = EXAMPLE / "mixed_boy.vcf"
    table = sheet(tmp_path, f"sample\tvcf\tsex\nmixed_boy\t{path}\tmale\n")
    one, two = tmp_path / "one", tmp_path / "two"
    assert call("run", path, "-o", one, "--samples", table).exit_code == 0
    assert call("report", path, "--samples", table, "--call-set", "mixed_boy", "-o", two).exit_code == 0
    assert call("summarise", two / "reports" / "mixed_boy.json", "-o", two / "summary.tsv").exit_code == 0
    files = sorted(p.relative_to(one) for p in one.rglob("*") if p.is_file())
    assert files == sorted(p.relative_to(two) for p in two.rglob("*") if p.is_file())
    for name in files:
        assert (one / name).read_bytes() == (two / name).read_bytes(), name


def test_summarise_takes_the_samples_of_a_sheet(tmp_path: Path) -> None:
    path = EXAMPLE / "grch37_boys.vcf.gz"
    assert call("run", path, "-o", tmp_path / "out").exit_code == 0
    table, target = sheet(tmp_path, "sample\n001\n"), tmp_path / "summary.tsv"
    result = call("summarise", "--samples", table, "--reports-dir", tmp_path / "out" / "reports", "-o", target)
    assert result.exit_code == 0
    assert list(pandas.read_csv(target, sep="\t", dtype=str)["sample"]) == ["001"]
    fails("summarise", "-o", target, saying="name the reports")


def test_summarise_refuses_what_is_no_report(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("{}")
    fails("summarise", tmp_path / "x.json", "-o", tmp_path / "out.tsv", saying="is not a sample report")


@pytest.mark.parametrize("command", ["run", "annotate", "lookup", "report", "summarise"])
def test_every_help_has_an_example(command: str) -> None:
    assert f"foxp3-annot {command} " in call(command, "--help").stdout


def test_annotate_names_what_stays_as_it_is(tmp_path: Path) -> None:
    source, target = tmp_path / "in.g.vcf", tmp_path / "out.tsv"
    info = '##INFO=<ID=END,Number=1,Type=Integer,Description="End">\n#CHROM'
    blocks = "chrX\t49251480\t.\tC\t<NON_REF>\t.\t.\tEND=49251483\tGT\t0\nchrX\t49251440\t.\tC\t.\t.\t.\t.\tGT\t0\n"
    source.write_text(VCF.replace("#CHROM", info) + blocks)
    assert call("annotate", source, "-o", target).exit_code == 0
    table = pandas.read_csv(target, sep="\t", dtype=str, keep_default_na=False)
    assert list(table["hgvs_g"]) == ["NC_000023.11:g.49251440=", "NC_000023.11:g.49251480_49251483="]
    assert list(table["hgvs_c"]) == ["NM_014009.4:c.1190=", "NM_014009.4:c.1147_1150="]


def test_deep_in_intron_1_the_other_build_names_it_otherwise() -> None:
    """rs2232365 (c.-22-902A>G) counts from exon 2 and is the same; behind exon 1 the builds come to differ."""
    same = json.loads(call("lookup", "c.-22-902A>G", "--json").stdout)["variants"][0]
    assert same["other_build"]["hgvs_c"] == same["hgvs_c"]
    # GRCh38 49264187 is c.-23+474 there and c.-23+477 on GRCh37 (ClinVar VCV004684525)
    other = json.loads(call("lookup", "c.-23+474C>G", "--json").stdout)["variants"][0]
    assert other["other_build"]["hgvs_c"] == "NM_014009.4:c.-23+477C>G"


def test_a_report_from_the_calls_of_another_program(tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.tsv"
    sheet.write_text("sample\tvcf\tname_in_file\tsex\nPETER\treads.bam\tmixed_boy\tmale\n")
    words = ("--samples", sheet, "--call-set", "reads", "--listed-as", "reads.bam", "-o", tmp_path / "out")
    assert call("report", EXAMPLE / "mixed_boy.vcf", *words).exit_code == 0
    assert (tmp_path / "out" / "reports" / "PETER.json").exists()
