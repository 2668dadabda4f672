"""Deletions and duplications in reads, from the file to the report and back."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from benchmarks.simulation import Capture, Gain, Haplotype, Loss, simulate
from foxp3_annot.assembly import Assembly
from foxp3_annot.cli import main
from foxp3_annot.gene import Gene
from foxp3_annot.genotype import Sex
from foxp3_annot.knowledge import Knowledge
from foxp3_annot.report.json import report_json
from foxp3_annot.report.replay import replayed

UPSTREAM = Loss(49263362, 49264746)
EXONS_5_AND_6 = Loss(49256700, 49257200)


def sequenced(
    folder: Path, gene: Gene, name: str, *edits: Loss | Gain, sex: Sex = Sex.MALE, exome: bool = False, seed: int = 7
) -> Path:
    return simulate(
        folder / f"{name}.bam",
        gene,
        Assembly.GRCH38,
        haplotypes=[Haplotype(edits), Haplotype()][: 1 if sex is Sex.MALE else 2],
        sex=sex,
        depth=(40 if exome and sex is Sex.MALE else 80 if exome else 30),
        seed=seed,
        sample=name,
        capture=Capture.of_exons(gene.on(Assembly.GRCH38)) if exome else None,
    )


def reports(folder: Path, *words: str | Path) -> dict[str, dict[str, Any]]:
    result = CliRunner().invoke(main, ["run", *map(str, words), "-o", str(folder)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    found = [json.loads(path.read_text()) for path in (folder / "reports").glob("*.json")]
    return {one["sample"]["id"]: one for one in found}


def states(report: dict[str, Any]) -> dict[str, str]:
    return {one["name"]: one["state"]["code"] for one in report["copy_number"]["stretches"]}


def test_the_upstream_deletion_of_a_boy_is_found_and_concluded_from(gene: Gene, tmp_path: Path) -> None:
    one = reports(tmp_path / "out", sequenced(tmp_path, gene, "BOY", UPSTREAM), "--sex", "BOY=male")["BOY"]
    (lesion,) = one["structural_findings"]
    assert lesion["curated"]["id"] == "FS0001"
    assert lesion["match"] == {"level": "same_lesion", "near": []}
    assert lesion["zygosity"]["code"] == "hemizygous"
    assert lesion["evidence"][0]["copies"] == 0
    assert lesion["evidence"][0]["split_reads"] > 3
    assert one["conclusion"]["code"] == "consistent_with_ipex"
    assert [structure["verdict"] for structure in one["callability"]["structures"]] == ["found"]
    assert states(one)["exon 1"] == "zero"
    assert "zero" not in {state for name, state in states(one).items() if name != "exon 1"}
    page = (tmp_path / "out" / "reports" / "BOY.html").read_text()
    assert "Copies of each exon" in page
    assert "<strong>no copy</strong>" in page
    rows = (tmp_path / "out" / "reports" / "BOY.callability.tsv").read_text().splitlines()
    assert sum(row.startswith("BOY\tcopies\t") for row in rows) == 13


@pytest.mark.parametrize(
    ("sex", "edit", "state", "copies", "genotype"),
    [
        (Sex.MALE, EXONS_5_AND_6, "zero", 0, "1"),
        (Sex.FEMALE, EXONS_5_AND_6, "one", 1, "0/1"),
        (Sex.MALE, Gain(49256700, 49257200), "two", 2, "1"),
        (Sex.FEMALE, Gain(49256700, 49257200), "three", 3, "0/1"),
    ],
)
def test_lost_and_doubled_exons_are_concluded_from(
    gene: Gene, tmp_path: Path, sex: Sex, edit: Loss | Gain, state: str, copies: int, genotype: str
) -> None:
    path = sequenced(tmp_path, gene, "S", edit, sex=sex)
    one = reports(tmp_path / "out", path, "--sex", f"S={sex.value}")["S"]
    (lesion,) = one["structural_findings"]
    assert lesion["whole_exons"] == ["exon 5", "exon 6"]
    assert (lesion["evidence"][0]["copies"], lesion["evidence"][0]["genotype"]) == (copies, genotype)
    lost_whole = sex is Sex.MALE and isinstance(edit, Loss)  # a null allele by the rules (PVS1) on the only copy
    assert one["conclusion"]["code"] == ("likely" if lost_whole else "review_needed")
    assert {states(one)[name] for name in ("exon 5", "exon 6")} == {state}
    assert state not in {found for name, found in states(one).items() if name not in ("exon 5", "exon 6")}


def test_a_clear_boy_has_his_copies_counted(gene: Gene, tmp_path: Path) -> None:
    one = reports(tmp_path / "out", sequenced(tmp_path, gene, "BOY", seed=3), "--sex", "BOY=male")["BOY"]
    assert one["conclusion"]["code"] == "nothing_found"
    assert set(states(one).values()) <= {"one", "unclear"}
    assert one["structural_findings"] == []
    assert [structure["verdict"] for structure in one["callability"]["structures"]] == ["excluded"]
    assert "structural lesions that leave the depth of exons as it is" in one["conclusion"]["sentence"]
    assert "1388-base" not in one["conclusion"]["sentence"]


def test_without_the_sex_no_copies_are_counted(gene: Gene, tmp_path: Path) -> None:
    one = reports(tmp_path / "out", sequenced(tmp_path, gene, "S", UPSTREAM))["S"]
    assert set(states(one).values()) == {"not_assessable"}
    assert one["copy_number"]["usual"] is None
    open_ = [entry for entry in one["not_assessed"] if entry["code"] == "copy_number_open"]
    assert "exon 1, exon 2" in open_[0]["sentence"]
    assert "was not stated" in open_[0]["sentence"]


def test_captured_reads_are_held_beside_others_of_the_run(gene: Gene, tmp_path: Path) -> None:
    normal = [sequenced(tmp_path, gene, f"N{n}", exome=True, seed=n) for n in range(1, 5)]
    lost = sequenced(tmp_path, gene, "LOST", EXONS_5_AND_6, exome=True)
    sexes = [word for n in range(1, 5) for word in ("--sex", f"N{n}=male")]
    together = reports(tmp_path / "all", lost, *normal, *sexes, "--sex", "LOST=male")
    assert (states(together["LOST"])["exon 5"], states(together["LOST"])["exon 7"]) == ("zero", "one")
    assert together["LOST"]["copy_number"]["companions"] == ["N1.bam", "N2.bam", "N3.bam", "N4.bam"]
    assert together["LOST"]["conclusion"]["code"] == "likely"
    assert together["LOST"]["structural_findings"][0]["evidence"][0]["copies"] == 0
    assert together["N1"]["structural_findings"] == []
    assert "zero" not in states(together["N1"]).values(), "a companion that has lost an exon does not count there"

    beside = [word for path in normal for word in ("--beside", str(path))]
    apart = reports(tmp_path / "one", lost, *beside, *sexes, "--sex", "LOST=male")
    assert list(apart) == ["LOST"]
    assert apart["LOST"]["copy_number"] == together["LOST"]["copy_number"]
    assert "--beside N1.bam --beside N2.bam" in apart["LOST"]["provenance"]["command"]

    alone = reports(tmp_path / "alone", lost, "--sex", "LOST=male")["LOST"]
    assert states(alone)["exon 7"] == "not_assessable"
    assert alone["copy_number"]["companions"] == []


def test_depth_is_not_counted_in_records(tmp_path: Path) -> None:
    words = ["run", str(tmp_path / "a.vcf"), "--beside", str(tmp_path / "b.vcf"), "-o", str(tmp_path / "out")]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 2
    assert "--beside" in result.stderr
    assert "name a BAM or CRAM" in result.stderr


def test_what_was_counted_is_replayed(gene: Gene, tmp_path: Path) -> None:
    knowledge = Knowledge.shipped()
    files = [
        sequenced(tmp_path, gene, "A", UPSTREAM),
        sequenced(tmp_path, gene, "B", EXONS_5_AND_6, sex=Sex.FEMALE),
        sequenced(tmp_path, gene, "C", EXONS_5_AND_6, exome=True),
    ]
    for one in reports(tmp_path / "out", *files, "--sex", "A=male", "--sex", "B=female").values():
        assert report_json(replayed(one, knowledge)) == report_json(one)


def test_counts_of_structural_callers_are_told(tmp_path: Path) -> None:
    """As Manta (PR and SR: reads of each allele), Delly (DV, RV) and LUMPY (PE, SR) write them."""
    head = (
        "##fileformat=VCFv4.2\n##contig=<ID=chrX,length=156040895>\n"
        '##INFO=<ID=END,Number=1,Type=Integer,Description="e">\n##FORMAT=<ID=GT,Number=1,Type=String,Description="g">\n'
    )
    for keys, cell in (("PR:SR", "3,10:0,7"), ("DV:RV", "10:7"), ("PE:SR", "10:7")):
        formats = "".join(f'##FORMAT=<ID={key},Number=.,Type=Integer,Description="r">\n' for key in keys.split(":"))
        path = tmp_path / "S.vcf"
        path.write_text(
            f"{head}{formats}#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS\n"
            f"chrX\t49256699\t.\tC\t<DEL>\t.\tPASS\tEND=49257200\tGT:{keys}\t1:{cell}\n"
        )
        (lesion,) = reports(tmp_path / keys.replace(":", ""), path, "--sex", "S=male")["S"]["structural_findings"]
        assert (lesion["evidence"][0]["split_reads"], lesion["evidence"][0]["read_pairs"]) == (7, 10)


def test_another_deletion_of_exon_1_is_near_the_reported_one(tmp_path: Path) -> None:
    head = (
        "##fileformat=VCFv4.2\n##contig=<ID=chrX,length=156040895>\n"
        '##INFO=<ID=END,Number=1,Type=Integer,Description="e">\n'
        '##FORMAT=<ID=GT,Number=1,Type=String,Description="g">\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS\n'
    )
    path = tmp_path / "S.vcf"
    for start, end, alt, level, near in (
        (49264500, 49265300, "DEL", "same_exon", ["FS0001"]),
        (49264500, 49265300, "DUP", "none", []),
        (49256699, 49257200, "DEL", "none", []),
        (49260000, 49260900, "DEL", "none", []),
    ):
        path.write_text(f"{head}chrX\t{start}\t.\tN\t<{alt}>\t.\tPASS\tEND={end}\tGT\t1\n")
        (lesion,) = reports(tmp_path / f"{start}{alt}", path, "--sex", "S=male", "--assembly", "GRCh38")["S"][
            "structural_findings"
        ]
        assert (lesion["match"]["level"], [one["id"] for one in lesion["match"]["near"]]) == (level, near)
