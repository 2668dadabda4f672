"""The workflow from end to end, in a folder of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pandas
import pytest
from click.testing import CliRunner

from foxp3_annot.cli import main

ROOT = Path(__file__).parents[1]


def snakemake(folder: Path, sheet: str, *words: str, config: str = "") -> subprocess.CompletedProcess[str]:
    """Run the workflow in `folder` on a sheet; rules find the program of this environment."""
    (folder / "config").mkdir(exist_ok=True)
    (folder / "config" / "samples.tsv").write_text(sheet)
    (folder / "config" / "config.yaml").write_text(f"samples: config/samples.tsv\nassembly: auto\n{config}")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile"), "--cores", "2", *words]
    return subprocess.run(command, cwd=folder, env=os.environ | {"PATH": path}, capture_output=True, text=True)


def example_sheet() -> pandas.DataFrame:
    sheet = pandas.read_csv(ROOT / "config" / "samples.tsv", sep="\t", dtype=str)
    sheet["vcf"] = [str(ROOT / path) for path in sheet["vcf"]]
    return sheet


def test_the_workflow_makes_what_one_process_makes(tmp_path: Path) -> None:
    sheet = example_sheet()
    done = snakemake(tmp_path, sheet.to_csv(sep="\t", index=False))
    assert done.returncode == 0, done.stderr
    files = list(dict.fromkeys(sheet["vcf"]))
    words = ["run", *files, "-o", str(tmp_path / "one"), "--samples", str(tmp_path / "config" / "samples.tsv")]
    assert CliRunner().invoke(main, words, catch_exceptions=False).exit_code == 0
    made = sorted(p.relative_to(tmp_path / "one") for p in (tmp_path / "one").rglob("*") if p.is_file())
    assert made == sorted(p.relative_to(tmp_path / "results") for p in (tmp_path / "results").rglob("*") if p.is_file())
    for name in made:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "results" / name).read_bytes(), name
    again = snakemake(tmp_path, sheet.to_csv(sep="\t", index=False))
    assert "Nothing to be done" in again.stderr + again.stdout


def test_callable_regions_of_the_sheet_are_inputs(tmp_path: Path) -> None:
    (tmp_path / "whole x.bed").write_text("chrX\t49248435\t49269825\n")
    vcf = ROOT / "resources" / "example" / "joint_trio.vcf.gz"
    sheet = f"sample\tvcf\tsex\tcallable\ntrio_boy\t{vcf}\tmale\ntrio_father\t{vcf}\tmale\twhole x.bed\n"
    done = snakemake(tmp_path, sheet)
    assert done.returncode == 0, done.stderr
    tables = [tmp_path / "results" / "reports" / f"trio_{who}.callability.tsv" for who in ("boy", "father")]
    assert [len(table.read_text().splitlines()) > 300 for table in tables] == [False, True]
    (tmp_path / "whole x.bed").write_text("chrX\t0\t1\n")
    renewed = snakemake(tmp_path, sheet)
    assert "report_1" in renewed.stderr + renewed.stdout
    assert "\texcluded\t" not in tables[1].read_text()


@pytest.mark.parametrize(
    ("sheet", "config", "saying"),
    [
        ("sample\tvcf\tsex\nA\ta.vcf\tboy\nA\ta.vcf\tmale\n", "", ("column `sex` holds 'boy'", "stands already")),
        ("sample\tsex\nA\tmale\n", "", ("column `vcf` is empty",)),
        ("sample\tvcf\nA\ta.vcf\n", "speed: fast\n", ("speed",)),
        ("sample\tvcf\nA\tabsent.vcf\n", "", ("absent.vcf",)),
    ],
)
def test_bad_input_stops_before_a_job_starts(sheet: str, config: str, saying: tuple[str, ...], tmp_path: Path) -> None:
    done = snakemake(tmp_path, sheet, config=config)
    assert done.returncode != 0
    for words in saying:
        assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "results").exists()


@pytest.mark.parametrize(
    ("caller", "word"), [("deepvariant", "--haploid_contigs chrX"), ("gatk", "--sample-ploidy 1 -ERC GVCF")]
)
def test_another_caller_takes_over_the_files_of_reads(caller: str, word: str, tmp_path: Path) -> None:
    sheet = example_sheet()
    boy = sheet[sheet["sample"].isin(["reads_boy", "trio_boy"])].to_csv(sep="\t", index=False)
    (tmp_path / "genome.fa").write_text(">chrX\nA\n")
    config = f"caller: {caller}\ngenome: genome.fa\n"
    done = snakemake(tmp_path, boy, "--dry-run", "--printshellcmds", config=config)
    assert done.returncode == 0, done.stderr
    assert word in done.stdout
    assert "-L chrX:49247436-49270825" in done.stdout or "--regions=chrX:49247436-49270825" in done.stdout
    assert "--listed-as" in done.stdout
    without = snakemake(tmp_path, boy, "--dry-run", config=f"caller: {caller}\n")
    assert without.returncode != 0
    assert "needs the genome" in without.stdout + without.stderr


def test_settings_of_reads_reach_the_program(tmp_path: Path) -> None:
    sheet = example_sheet()
    boy = sheet[sheet["sample"] == "reads_boy"].to_csv(sep="\t", index=False)
    config = "mini_bam: false\nreads:\n  mapping_quality: 30\n  low_fraction: 0.2\n"
    done = snakemake(tmp_path, boy, config=config)
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "results" / "alignments").exists()
    report = json.loads((tmp_path / "results" / "reports" / "reads_boy.json").read_text())
    assert "--mapping-quality 30" in report["provenance"]["command"]
    assert report["provenance"]["configuration"]["low_fraction"] == "0.2"


def test_a_failing_job_says_why_in_its_log(tmp_path: Path) -> None:
    (tmp_path / "a b.vcf").write_text("nonsense\n")
    done = snakemake(tmp_path, "sample,vcf\nA,a b.vcf\n")
    assert done.returncode != 0
    (log,) = (tmp_path / "logs").rglob("*.log")
    assert "cannot be read as VCF or BCF" in log.read_text()
    assert not list((tmp_path / "results").rglob("*.json"))


def test_the_files_of_a_family_are_read_together(tmp_path: Path) -> None:
    """A boy and his mother in two files: each report tells what the other's file shows."""
    header = (
        "##fileformat=VCFv4.2\n##contig=<ID=chrX,length=156040895>\n"
        '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">\n'
        "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t"
    )
    for name, genotype in (("boy", "1"), ("mother", "0/1")):
        record = f"chrX\t49251480\t.\tC\tT\t50\tPASS\t.\tGT\t{genotype}\n"
        (tmp_path / f"{name}.vcf").write_text(f"{header}{name}\n{record}")
    (tmp_path / "family.ped").write_text("F boy 0 mother 1 2\nF mother 0 0 2 1\n")
    sheet = "sample,vcf\nboy,boy.vcf\nmother,mother.vcf\n"
    done = snakemake(tmp_path, sheet, config="ped: family.ped\nassume:\n  sensitivity: 0.99\n")
    assert done.returncode == 0, done.stderr
    for name in ("boy", "mother"):
        report = json.loads((tmp_path / "results" / "reports" / f"{name}.json").read_text())
        (allele,) = report["family"]["alleles"]
        assert [one["state"]["code"] for one in allele["people"]] == ["hemizygous", "heterozygous"]
        assert report["provenance"]["configuration"]["sensitivity"] == "0.99"
        assert "--ped family.ped" in report["provenance"]["command"]


def test_a_pedigree_that_contradicts_the_sheet_stops_before_any_job(tmp_path: Path) -> None:
    (tmp_path / "family.ped").write_text("F boy 0 mother 1 2\n")
    done = snakemake(tmp_path, "sample,vcf,sex\nboy,boy.vcf,female\n", config="ped: family.ped\n")
    assert done.returncode != 0
    assert "'boy' is male in the pedigree and female in the sample sheet" in done.stdout + done.stderr
