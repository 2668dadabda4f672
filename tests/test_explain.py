"""Why a report says what it says: gates with their figures, and an account of every record."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from benchmarks.simulation import simulate
from foxp3_annot.assembly import Assembly
from foxp3_annot.cli import main
from foxp3_annot.gene import Gene
from foxp3_annot.genotype import Sex
from foxp3_annot.resources import resource_root

EXAMPLE = resource_root() / "example"
HEAD = (
    "##fileformat=VCFv4.2\n##contig=<ID=chrX,length=156040895>\n"
    '##INFO=<ID=END,Number=1,Type=Integer,Description="e">\n'
    '##FORMAT=<ID=GT,Number=1,Type=String,Description="g">\n##FORMAT=<ID=AD,Number=R,Type=Integer,Description="a">\n'
    '##FILTER=<ID=q10,Description="low">\n'
    "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS\n"
)


def report(folder: Path, file: Path, *words: str) -> Path:
    result = CliRunner().invoke(main, ["run", str(file), "-o", str(folder), *words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return next((folder / "reports").glob("*.json"))


def vcf(folder: Path, *records: str) -> Path:
    path = folder / "S.vcf"
    path.write_text(HEAD + "".join(f"{one}\n" for one in records))
    return path


def gates(path: Path, *words: str) -> dict[str, dict[str, Any]]:
    result = CliRunner().invoke(main, ["explain", str(path), *words, "--json"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    (one,) = json.loads(result.output)["variants"]
    return {gate["question"]: gate for gate in one["gates"]}


def test_a_hemizygous_mutation_passes_every_gate(tmp_path: Path) -> None:
    path = report(tmp_path, vcf(tmp_path, "chrX\t49251480\t.\tC\tT\t.\tPASS\t.\tGT:AD\t1:0,34"), "--sex", "S=male")
    found = gates(path, "c.1150G>A")
    assert found["Is it in a record?"]["because"].startswith("chrX:49251480 C>T, genotype 1")
    assert "100.0% of the reads" in found["Is it in a record?"]["because"]
    assert found["Did the record pass the caller's filters?"]["passed"] == "yes"
    assert "XY" in found["Does the genotype fit the sex chromosomes?"]["because"]
    assert found["Is it in the curated table?"]["because"].startswith("the same allele: ")
    assert found["What does it amount to?"]["because"].startswith("consistent_with_ipex: ")
    assert {"Is PS4 met?", "Is PM1 met?"} <= set(found)


@pytest.mark.parametrize(
    ("record", "sex", "question", "passed", "because"),
    [
        ("C\tT\t.\tq10\t.\tGT:AD\t1:0,34", "male", "Did the record pass the caller's filters?", "no", "q10"),
        (
            "C\tT\t.\tPASS\t.\tGT:AD\t0/1:17,17",
            "male",
            "Does the genotype fit the sex chromosomes?",
            "no",
            "about half of the reads",
        ),
        ("C\tT\t.\tPASS\t.\tGT:AD\t0/1:1,33", "male", "What does it amount to?", "yes", "likely: "),
        ("C\tT\t.\tPASS\t.\tGT:AD\t0/1:17,17", "female", "What does it amount to?", "yes", "carrier: "),
    ],
)
def test_the_gate_that_stopped_it_is_named(
    tmp_path: Path, record: str, sex: str, question: str, passed: str, because: str
) -> None:
    path = report(tmp_path, vcf(tmp_path, f"chrX\t49251480\t.\t{record}"), "--sex", f"S={sex}")
    gate = gates(path, "c.1150G>A")[question]
    assert gate["passed"] == passed
    assert because in gate["because"]


def test_what_was_not_found_is_excluded_or_open(gene: Gene, tmp_path: Path) -> None:
    bam = simulate(tmp_path / "S.bam", gene, Assembly.GRCH38, sex=Sex.MALE, depth=30, seed=3, sample="S")
    clear = report(tmp_path / "clear", bam, "--sex", "S=male")
    assert gates(clear, "c.1150G>A")["Is it excluded?"]["passed"] == "yes"
    assert "probability of missing it" in gates(clear, "c.1150G>A")["Is it excluded?"]["because"]
    assert gates(clear, "c.1156C>G")["Could it have been seen?"]["passed"] == "yes"
    silent = report(tmp_path / "silent", vcf(tmp_path, "chrX\t49251480\t.\tC\tT\t.\tPASS\t.\tGT:AD\t1:0,34"))
    assert gates(silent, "c.1061C>T")["Could it have been seen?"]["passed"] == "open"


def test_it_is_printed_for_people_and_other_builds_are_lifted(tmp_path: Path) -> None:
    path = report(tmp_path, vcf(tmp_path, "chrX\t49251480\t.\tC\tT\t.\tPASS\t.\tGT:AD\t1:0,34"), "--sex", "S=male")
    result = CliRunner().invoke(main, ["explain", str(path), "NC_000023.10:g.49107941C>T"])
    assert result.exit_code == 0, result.output
    assert result.output.startswith("S: c.1150G>A p.(Ala384Thr) (NC_000023.11:g.49251480C>T)\n")
    assert "Is it in a record?" in result.output


@pytest.mark.parametrize("name", ["missing.json", "broken.json"])
def test_a_file_that_is_no_report_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / "broken.json").write_text("{}")
    result = CliRunner().invoke(main, ["explain", str(tmp_path / name), "c.1150G>A"])
    assert result.exit_code == 2
    assert name in result.stderr


# --- every record is accounted for ---

RECORDS = {
    "reported": "chrX\t49251480\t.\tC\tT\t.\tPASS\t.\tGT\t1",
    "reference": "chrX\t49251485\t.\tG\tA\t.\tPASS\t.\tGT\t0",
    "reference_block": "chrX\t49251490\t.\tG\t<NON_REF>\t.\t.\tEND=49251500\tGT\t0",
    "not_called": "chrX\t49251692\t.\tA\tG\t.\tPASS\t.\tGT\t.",
    "not_named": "chrX\t49261784\t.\tG\tR\t.\tPASS\t.\tGT\t1",
}


def verified(records: dict[str, str], gene: Gene) -> dict[str, str]:
    """The records with the bases of the reference."""
    reference = gene.on(Assembly.GRCH38).reference
    found = {}
    for fate, text in records.items():
        cells = text.split("\t")
        base = reference.fetch(int(cells[1]), int(cells[1]))
        alt = cells[4] if cells[4] not in "ACGT" else next(one for one in "ACGT" if one != base)
        found[fate] = "\t".join([*cells[:3], base, alt if fate != "reported" else cells[4], *cells[5:]])
    return found


@pytest.mark.parametrize("fate", RECORDS)
def test_each_kind_of_record_has_its_fate(gene: Gene, tmp_path: Path, fate: str) -> None:
    one = json.loads(report(tmp_path, vcf(tmp_path, verified(RECORDS, gene)[fate]), "--assembly", "GRCh38").read_text())
    assert {entry["code"]: entry["count"] for entry in one["records"]["fates"]} == {
        code: int(code == fate) for code in RECORDS
    }
    assert one["records"]["read"] == 1


def test_all_records_of_the_example_are_accounted_for(tmp_path: Path) -> None:
    for file in ("joint_trio.vcf.gz", "grch37_boys.vcf.gz", "mixed_boy.vcf", "haploid_boys.bcf"):
        result = CliRunner().invoke(main, ["run", str(EXAMPLE / file), "-o", str(tmp_path / file)])
        assert result.exit_code == 0, result.output
        for path in (tmp_path / file / "reports").glob("*.json"):
            one = json.loads(path.read_text())
            fates = {entry["code"]: entry["count"] for entry in one["records"]["fates"]}
            assert sum(fates.values()) == one["records"]["read"] == one["call_set"]["records_in_locus"]
            shown = {
                (piece["position"], piece["ref"])
                for finding in (*one["findings"], *one["structural_findings"])
                for piece in finding["evidence"]
            }
            assert len(shown) == fates["reported"]


def test_an_account_that_does_not_add_up_is_a_damaged_report(tmp_path: Path) -> None:
    path = report(tmp_path, vcf(tmp_path, "chrX\t49251480\t.\tC\tT\t.\tPASS\t.\tGT:AD\t1:0,34"), "--sex", "S=male")
    one = json.loads(path.read_text())
    one["records"]["fates"][0]["count"] += 1
    path.write_text(json.dumps(one))
    result = CliRunner().invoke(main, ["explain", str(path), "c.1150G>A"])
    assert result.exit_code == 2
    assert "do not add up" in result.stderr
