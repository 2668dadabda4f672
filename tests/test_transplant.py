"""After a stem-cell transplant: whose cells a sample holds, and what the donor carries."""

import json
import math
import random
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from benchmarks.simulation import Haplotype, simulate
from foxp3_annot.assembly import Assembly
from foxp3_annot.chimerism import InformativeAllele, expected_share, host_fraction
from foxp3_annot.cli import main
from foxp3_annot.gene import Gene
from foxp3_annot.genotype import Sex
from foxp3_annot.knowledge import Knowledge
from foxp3_annot.report.json import report_json
from foxp3_annot.report.replay import replayed
from foxp3_annot.variant import Variant

HEADER = "sample\tvcf\tsex\tprior_hsct\tdonor_sex\tdonor\tmaterial\tfamilial_variant\n"


def a384t(gene: Gene) -> Variant:
    return Variant.of(gene.on(Assembly.GRCH38).reference, 49251480, "C", "T")


def allele(reads: int, depth: int, host: float = 1, donor: float = 0) -> InformativeAllele:
    return InformativeAllele("x", "x", reads, depth, host, donor)


@pytest.mark.parametrize(
    ("host", "carried", "copies", "share"),
    [
        (0.3, (1, 0), (1, 1), 0.3),  # a boy and a man: the share of cells itself
        (0.5, (1, 0), (1, 2), 1 / 3),  # one copy in half of the cells, two without it in the others
        (0.5, (1, 0.5), (1, 2), 2 / 3),  # a sister who carries it: one of hers and one of his, of three
        (0.0, (1, 0.5), (1, 2), 0.5),
        (1.0, (0.5, 0), (2, 1), 0.5),
        (0.25, (0, 1), (1, 1), 0.75),
    ],
)
def test_shares_follow_from_counting_copies(
    host: float, carried: tuple[float, float], copies: tuple[int, int], share: float
) -> None:
    assert math.isclose(expected_share(host, allele(0, 1, *carried), *copies), share)


def test_the_estimate_for_equal_copies_is_the_share_of_reads_and_its_interval_that_of_wilks() -> None:
    """For one binomial count the interval is where 2 (log L max - log L) is at most 3.84."""
    found = host_fraction([allele(30, 100)], 1, 1)
    assert found
    assert found.estimate == 0.3

    def deviance(p: float) -> float:
        return 2 * (30 * math.log(0.3 / p) + 70 * math.log(0.7 / (1 - p)))

    low, high = found.interval
    assert deviance(low) <= 3.84 < deviance(low - 0.001)
    assert deviance(high) <= 3.84 < deviance(high + 0.001)


def test_the_interval_covers_the_truth_nineteen_times_of_twenty() -> None:
    chance, covered = random.Random(5), 0
    for _ in range(200):
        truth = chance.uniform(0.05, 0.95)
        depth = 120
        alleles = []
        for host, donor in ((1.0, 0.0), (0.0, 1.0)):
            share = expected_share(truth, allele(0, 1, host, donor), 1, 2)
            alleles.append(allele(sum(chance.random() < share for _ in range(depth)), depth, host, donor))
        found = host_fraction(alleles, 1, 2)
        assert found
        low, high = found.interval
        covered += low <= truth <= high
    assert covered >= 180, "180 of 200 or fewer would happen once in a thousand times"


def test_nothing_is_told_by_what_both_have() -> None:
    assert host_fraction([allele(10, 20, 1, 1)], 1, 1) is None
    assert host_fraction([allele(0, 0)], 1, 1) is None
    assert host_fraction([], 1, None) is None


def test_an_unknown_sex_of_the_donor_widens_the_interval() -> None:
    known = [host_fraction([allele(40, 100)], 1, copies) for copies in (1, 2)]
    both = host_fraction([allele(40, 100)], 1, None)
    assert both
    for one in known:
        assert one
        assert both.interval[0] <= one.interval[0]
        assert one.interval[1] <= both.interval[1]


# --- in reports ---


def run(folder: Path, sheet: str, *files: Path) -> dict[str, dict[str, Any]]:
    (folder / "samples.tsv").write_text(HEADER + sheet)
    words = ["run", *map(str, files), "-o", str(folder / "out"), "--samples", str(folder / "samples.tsv")]
    result = CliRunner().invoke(main, words, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    found = [json.loads(path.read_text()) for path in (folder / "out" / "reports").glob("*.json")]
    return {one["sample"]["id"]: one for one in found}


def mixed(folder: Path, gene: Gene, share: float, name: str = "PAT") -> Path:
    """Reads of a boy with A384T of whose blood only a share is his own."""
    return simulate(
        folder / f"{name}.bam",
        gene,
        Assembly.GRCH38,
        haplotypes=[Haplotype((a384t(gene),)), Haplotype()],
        shares=[share, 1 - share],
        sex=Sex.MALE,
        depth=150,
        seed=4,
        sample=name,
    )


def test_the_host_fraction_is_estimated_by_the_familial_variant(gene: Gene, tmp_path: Path) -> None:
    path = mixed(tmp_path, gene, 0.2)
    one = run(tmp_path, f"PAT\t{path}\tmale\tyes\tmale\t\tblood\tc.1150G>A\n", path)["PAT"]
    told = one["transplant"]
    low, high = told["host_fraction"]["interval"]
    assert low < 0.2 < high
    assert high - low < 0.15
    assert told["donor_supposed_without"]
    assert one["conclusion"]["code"] == "review_needed"
    assert any("may be the donor's" in note for note in one["findings"][0]["notes"])
    assert one["conclusion"]["sentence"].endswith("may be the donor's.")
    assert "Send material without blood cells" in " ".join(told["sentences"])
    page = (tmp_path / "out" / "reports" / "PAT.html").read_text()
    assert "After the stem-cell transplant" in page
    assert report_json(replayed(one, Knowledge.shipped())) == report_json(one)


@pytest.mark.parametrize(("sex", "carries"), [("male", False), ("female", True)])
def test_the_donors_own_sample_tells_whether_the_donor_carries_it(
    gene: Gene, tmp_path: Path, sex: str, carries: bool
) -> None:
    path = mixed(tmp_path, gene, 0.02)
    donor = simulate(
        tmp_path / "DON.bam",
        gene,
        Assembly.GRCH38,
        haplotypes=[Haplotype((a384t(gene),) if carries else ()), Haplotype()][: 2 if sex == "female" else 1],
        sex=Sex(sex),
        depth=60,
        seed=6,
        sample="DON",
    )
    sheet = f"PAT\t{path}\tmale\tyes\t{sex}\tDON\tblood\tc.1150G>A\nDON\t{donor}\t{sex}\tnone\t\t\tblood\t\n"
    found = run(tmp_path, sheet, path, donor)
    told = found["PAT"]["transplant"]
    assert told["donor_state"]["code"] == ("heterozygous" if carries else "absent")
    assert not told["donor_supposed_without"]
    assert (" carries the familial variant" in " ".join(told["sentences"])) == carries
    assert found["DON"]["transplant"] is None
    assert report_json(replayed(found["PAT"], Knowledge.shipped())) == report_json(found["PAT"])


def test_clear_blood_after_a_transplant_is_not_interpretable(gene: Gene, tmp_path: Path) -> None:
    path = simulate(tmp_path / "PAT.bam", gene, Assembly.GRCH38, sex=Sex.MALE, depth=40, seed=3, sample="PAT")
    for material, expected in (
        ("blood", "not_interpretable"),
        ("buccal", "not_interpretable"),
        ("hair", "nothing_found"),
    ):
        one = run(tmp_path, f"PAT\t{path}\tmale\tyes\tmale\t\t{material}\t\n", path)["PAT"]
        assert one["conclusion"]["code"] == expected
    one = run(tmp_path, f"PAT\t{path}\tmale\tnone\t\t\tblood\t\n", path)["PAT"]
    assert one["conclusion"]["code"] == "nothing_found"
    assert one["transplant"] is None
    assert "transplant" not in {entry["code"] for entry in one["not_assessed"]}


def test_hemizygous_alleles_after_a_transplant_are_not_put_on_one_copy(tmp_path: Path) -> None:
    """F373V and a change beside it in one codon make F373A on one copy; in a mixture of two people they need not."""
    path = tmp_path / "S.vcf"
    path.write_text(
        "##fileformat=VCFv4.2\n##contig=<ID=chrX,length=156040895>\n"
        '##FORMAT=<ID=GT,Number=1,Type=String,Description="g">\n'
        "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS\n"
        "chrX\t49251692\t.\tA\tG\t.\tPASS\t.\tGT\t1\nchrX\t49251693\t.\tA\tC\t.\tPASS\t.\tGT\t1\n"
    )
    for prior, wholes in (("none", 1), ("yes", 0)):
        one = run(tmp_path, f"S\t{path}\tmale\t{prior}\t\t\tblood\t\n", path)["S"]
        assert sum(bool(finding["members"]) for finding in one["findings"]) == wholes


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ("yes\tmale\tNOBODY\tblood\t", "names the donor 'NOBODY', who is no sample of this run"),
        ("yes\tmale\t\tblood\tc.9999G>A", "familial variant"),
        ("yes\tmale\t\tblood\tp.Arg347Xyz", ""),
        ("maybe\tmale\t\tblood\t", "write none, yes or unknown"),
        ("yes\tmale\t\tbrain\t", "write what the DNA is from"),
    ],
)
def test_what_cannot_be_is_told_in_a_sentence(tmp_path: Path, cells: str, message: str) -> None:
    path = tmp_path / "S.vcf"
    path.write_text(
        "##fileformat=VCFv4.2\n##contig=<ID=chrX,length=156040895>\n"
        '##FORMAT=<ID=GT,Number=1,Type=String,Description="g">\n'
        "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS\nchrX\t49251480\t.\tC\tT\t.\tPASS\t.\tGT\t1\n"
    )
    (tmp_path / "s.tsv").write_text(f"{HEADER}S\t{path}\tmale\t{cells}\n")
    words = ["run", str(path), "-o", str(tmp_path / "out"), "--samples", str(tmp_path / "s.tsv")]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 2, result.output
    assert message in result.stderr
    assert not (tmp_path / "out").exists()
