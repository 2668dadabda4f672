"""The declared sex held against the data; and the explanations of two alleles in a male."""

import json
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pysam
import pytest
from jsonschema import Draft202012Validator

from foxp3_annot.assembly import Assembly
from foxp3_annot.discordance import ExplanationKind, Weight, explanations, fisher
from foxp3_annot.gene import Gene
from foxp3_annot.genotype import Genotype, Sex
from foxp3_annot.knowledge import Knowledge
from foxp3_annot.observation import Evidence, Observation, Observed
from foxp3_annot.patient import Karyotype
from foxp3_annot.pipeline import Job, report_jobs
from foxp3_annot.readers.sex import read_depths, sex_evidence_of_calls
from foxp3_annot.report.html import sample_page
from foxp3_annot.report.replay import replayed
from foxp3_annot.resources import schema_path
from foxp3_annot.sex_evidence import (
    PSEUDOAUTOSOMAL,
    ContigReads,
    ReadDepths,
    SexCheck,
    SexEvidence,
    SexStatus,
    SexVerdict,
    XGenotypes,
    verdict,
)
from foxp3_annot.variant import Variant, substitution
from foxp3_annot.writers.tables import summary_table

SCHEMA = Draft202012Validator(json.loads(schema_path("report.schema.json").read_text(encoding="utf-8")))
X_LENGTH, Y_LENGTH = 156_040_895, 57_227_415


# --- the verdict -----------------------------------------------------------------------------------------


@pytest.mark.cases("sex_evidence.tsv")
def test_verdicts(case: dict[str, str]) -> None:
    reads = genotypes = None
    if case["x_ratio"]:
        x, y = float(case["x_ratio"]), float(case["y_ratio"]) if case["y_ratio"] else None
        x_reads = round(x * X_LENGTH / 10)
        y_reads = None if y is None else round(y * Y_LENGTH / 10)
        reads = ReadDepths(22, 280_000_000, x_reads, y_reads, float(case["spread"]), x, y)
    if int(case["carried"]):
        genotypes = XGenotypes(int(case["carried"]), int(case["heterozygous"]), 0, True)
    assert verdict(SexEvidence(reads, genotypes)).code == case["verdict"]


def test_the_table_covers_every_verdict(cases) -> None:  # type: ignore[no-untyped-def]
    assert {row["verdict"] for row in cases("sex_evidence.tsv")} == {one.code for one in SexVerdict}


def contigs(x: int, y: int, autosomal: int = 5_000, names: int = 22, prefix: str = "chr") -> list[ContigReads]:
    found = [ContigReads(f"{prefix}{n}", 10_000_000, autosomal) for n in range(1, names + 1)]
    return [*found, ContigReads(f"{prefix}X", 10_000_000, x), ContigReads(f"{prefix}Y", 10_000_000, y)]


def test_ratios_are_of_depths_by_length() -> None:
    depths = ReadDepths.of(
        [*contigs(2_500, 1_100), ContigReads("chrUn_1", 1000, 10**6), ContigReads("chrM", 16_569, 9)]
    )
    assert (depths.autosomes, depths.autosomal_reads, depths.x_ratio, depths.y_ratio) == (22, 110_000, 0.5, 0.22)
    assert verdict(SexEvidence(depths)) is SexVerdict.XY


@pytest.mark.parametrize("names", [4, 0])
def test_a_panel_abstains(names: int) -> None:
    assert verdict(SexEvidence(ReadDepths.of(contigs(2_500, 0, 10_000, names)))) is SexVerdict.NOT_TOLD


def test_few_reads_abstain() -> None:
    assert verdict(SexEvidence(ReadDepths.of(contigs(250, 110, 500)))) is SexVerdict.NOT_TOLD


def test_contigs_by_accession_and_without_prefix() -> None:
    assert [ContigReads(name, 1, 1).chromosome for name in ("NC_000001.11", "NC_000023.10", "NC_000024.9", "Y")] == [
        "1",
        "X",
        "Y",
        "Y",
    ]
    assert ContigReads("chrY_random", 1, 1).chromosome == ""


def test_pseudoautosomal_regions_are_those_of_ensembl_and_ucsc() -> None:
    """Ensembl, human PARs (GRCh38); the UCSC gateway of hg19, as quoted in the help of Ion Reporter (GRCh37)."""
    assert PSEUDOAUTOSOMAL[Assembly.GRCH38] == ((10_001, 2_781_479), (155_701_383, 156_030_895))
    assert PSEUDOAUTOSOMAL[Assembly.GRCH37] == ((60_001, 2_699_520), (154_931_044, 155_260_560))


def test_pseudoautosomal_regions_are_as_long_on_x_as_on_y() -> None:
    """The assemblies hold one sequence for both chromosomes. On Y: 10,001-2,781,479 and 56,887,903-57,217,415 (GRCh38,
    Ensembl), 10,001-2,649,520 and 59,034,050-59,363,566 (GRCh37, as above)."""
    on_y = {
        Assembly.GRCH38: ((10_001, 2_781_479), (56_887_903, 57_217_415)),
        Assembly.GRCH37: ((10_001, 2_649_520), (59_034_050, 59_363_566)),
    }
    for assembly, regions in on_y.items():
        lengths = [end - start for start, end in PSEUDOAUTOSOMAL[assembly]]
        assert lengths == [end - start for start, end in regions]


# --- the check -------------------------------------------------------------------------------------------

XX = SexEvidence(ReadDepths(22, 10**8, 10**7, 10**4, 0.08, 1.0, 0.01))
XY = SexEvidence(ReadDepths(22, 10**8, 10**7, 10**6, 0.08, 0.5, 0.22))
XXY = SexEvidence(ReadDepths(22, 10**8, 10**7, 10**6, 0.08, 1.0, 0.22))


@pytest.mark.parametrize(
    ("declared", "evidence", "status"),
    [
        (Sex.MALE, XX, SexStatus.CONFLICT),
        (Sex.FEMALE, XY, SexStatus.CONFLICT),
        (Sex.MALE, XY, SexStatus.AGREES),
        (Sex.FEMALE, XX, SexStatus.AGREES),
        (Sex.MALE, XXY, SexStatus.UNUSUAL),
        (Sex.FEMALE, XXY, SexStatus.CONFLICT),
        (Sex.UNKNOWN, XXY, SexStatus.UNUSUAL),
        (Sex.UNKNOWN, XY, SexStatus.NOT_DECLARED),
        (Sex.MALE, None, SexStatus.NOT_TOLD),
        (Sex.MALE, SexEvidence(), SexStatus.NOT_TOLD),
    ],
)
def test_status(declared: Sex, evidence: SexEvidence | None, status: SexStatus) -> None:
    check = SexCheck.of(declared, evidence)
    assert (check.declared, check.status) == (declared, status)
    assert bool(check.warning) == (status in (SexStatus.CONFLICT, SexStatus.UNUSUAL))
    assert check.sentence
    if status is SexStatus.CONFLICT:
        assert "transplant" in check.warning and "donor" in check.warning


# --- reading ---------------------------------------------------------------------------------------------


def calls_vcf(path: Path, genotypes: list[str], start: int = 10_000_000, samples: str = "S") -> Path:
    header = (
        "##fileformat=VCFv4.2\n##contig=<ID=chrX,length=156040895>\n"
        '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">\n'
        '##FILTER=<ID=Low,Description="Low">\n'
        f"#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t{samples}\n"
    )
    rows = [f"chrX\t{start + 1000 * i}\t.\tA\tG\t50\tPASS\t.\tGT\t{one}" for i, one in enumerate(genotypes)]
    path.write_text(header + "\n".join(rows) + "\n")
    return path


def indexed(path: Path) -> Path:
    packed = path.with_suffix(".vcf.gz")
    pysam.tabix_compress(str(path), str(packed), force=True)
    pysam.tabix_index(str(packed), preset="vcf", force=True)
    return packed


@pytest.mark.parametrize("with_index", [True, False])
def test_genotypes_of_x_are_counted(tmp_path: Path, with_index: bool) -> None:
    path = calls_vcf(tmp_path / "calls.vcf", ["0/1"] * 60 + ["1/1"] * 40 + ["0/0"] * 7 + ["./1"] * 5 + ["1"] * 3)
    path = indexed(path) if with_index else path
    (found,) = sex_evidence_of_calls(path, Assembly.GRCH38, indexed=with_index).values()
    assert found.genotypes == XGenotypes(carried=100, heterozygous=60, single=3, complete=True)
    assert verdict(found) is SexVerdict.SEVERAL_X


def test_pseudoautosomal_filtered_and_longer_alleles_do_not_count(tmp_path: Path) -> None:
    path = calls_vcf(tmp_path / "calls.vcf", ["0/1"] * 60, start=1_000_000)
    text = path.read_text()
    text += "chrX\t5000000\t.\tA\tG\t5\tLow\t.\tGT\t0/1\nchrX\t5000100\t.\tA\tAG\t50\tPASS\t.\tGT\t0/1\n"
    path.write_text(
        text + "chrX\t5000200\t.\tA\tG\t50\tPASS\t.\tGT\t0/1\nchrX\t155800000\t.\tA\tG\t50\tPASS\t.\tGT\t0/1\n"
    )
    for one, with_index in ((path, False), (indexed(path), True)):
        (found,) = sex_evidence_of_calls(one, Assembly.GRCH38, indexed=with_index).values()
        assert found.genotypes and found.genotypes.carried == 1


def test_reading_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("foxp3_annot.readers.sex.MOST_RECORDS", 30)
    path = calls_vcf(tmp_path / "calls.vcf", ["0/1"] * 500)
    for one, with_index in ((path, False), (indexed(path), True)):
        (found,) = sex_evidence_of_calls(one, Assembly.GRCH38, indexed=with_index).values()
        assert found.genotypes and not found.genotypes.complete and found.genotypes.carried <= 30
    monkeypatch.setattr("foxp3_annot.readers.sex.LARGEST_WITHOUT_INDEX", 10)
    assert sex_evidence_of_calls(path, Assembly.GRCH38, indexed=False) == {}


def test_reads_by_contig_come_from_the_index(tmp_path: Path) -> None:
    lengths = {**{f"chr{n}": 100_000 for n in range(1, 23)}, "chrX": 100_000, "chrY": 100_000}
    header = {"HD": {"VN": "1.6", "SO": "coordinate"}, "SQ": [{"SN": n, "LN": size} for n, size in lengths.items()]}
    path = tmp_path / "reads.bam"
    with pysam.AlignmentFile(str(path), "wb", header=header) as out:
        for index, name in enumerate(lengths):
            for number in range({"chrX": 1000, "chrY": 440}.get(name, 2000)):
                read = pysam.AlignedSegment(out.header)
                read.query_name, read.query_sequence = f"{name}.{number}", "ACGT"
                read.reference_id, read.reference_start, read.cigarstring = index, number, "4M"
                out.write(read)
    assert read_depths(path) is None, "an index that is not there was needed"
    pysam.index(str(path))
    depths = read_depths(path)
    assert depths and (depths.autosomes, depths.x_ratio, depths.y_ratio) == (22, 0.5, 0.22)
    assert verdict(SexEvidence(depths)) is SexVerdict.XY


# --- in the report ---------------------------------------------------------------------------------------


def report_of(path: Path, sex: Sex) -> dict:  # type: ignore[type-arg]
    with ExitStack() as stack:
        (outcome,) = report_jobs([Job(path, "calls")], {"S": sex}, Knowledge.shipped(), None, stack, lambda _: None)
        return outcome.reports[0]


def test_a_conflict_is_told_everywhere_and_replayed(tmp_path: Path) -> None:
    path = indexed(calls_vcf(tmp_path / "calls.vcf", ["0/1"] * 60 + ["1/1"] * 40))
    report = report_of(path, Sex.MALE)
    SCHEMA.validate(report)
    assert report["sample"]["sex"] == "male", "a declaration is never overwritten"
    assert (report["sex_check"]["status"], report["sex_check"]["verdict"]["code"]) == ("conflict", "several_x")
    assert report["sex_check"]["evidence"]["genotypes"]["carried"] == 100
    assert "declared sex" in report["conclusion"]["sentence"]
    assert "Sex check:" in sample_page(report) and 'role="alert"' in sample_page(report)
    header, row = (line.split("\t") for line in summary_table([report]).splitlines())
    assert row[header.index("sex_check")] == "conflict (several_x)"
    assert replayed(report, Knowledge.shipped()) == report


def test_agreement_is_told_without_alarm(tmp_path: Path) -> None:
    report = report_of(indexed(calls_vcf(tmp_path / "calls.vcf", ["0/1"] * 60 + ["1/1"] * 40)), Sex.FEMALE)
    assert report["sex_check"]["status"] == "agrees" and not report["sex_check"]["warning"]
    assert 'role="alert"' not in sample_page(report)


# --- explanations ----------------------------------------------------------------------------------------


def evidence(reads: int, depth: int, **more) -> Evidence:  # type: ignore[no-untyped-def]
    given = {
        "contig": "chrX",
        "position": 1,
        "id": "",
        "ref": "A",
        "alt": "G",
        "allele_number": 1,
        "filters": (),
        "quality": 50.0,
        "genotype": Genotype((0, 1)),
        "phase_set": "",
        "depth": depth,
        "allele_depth": reads,
        "allele_fraction": round(reads / depth, 4),
        "genotype_quality": 50,
    }
    return Evidence(**given | more)


def boy(variants: dict[Variant, Evidence], sex_evidence: SexEvidence | None = None) -> Observed:
    seen = [Observation.of(variant, [one], Karyotype.XY) for variant, one in variants.items()]
    return Observed.of(Sex.MALE, Karyotype.XY, seen, [], [], sex_evidence=sex_evidence)


@pytest.fixture
def snv(gene: Gene) -> Variant:
    """c.1150G>A, in no run of a base."""
    return substitution(gene.on(Assembly.GRCH38).reference, 49_251_480, "T")


def weights(observed: Observed, gene: Gene, variant: Variant) -> dict[ExplanationKind, Weight]:
    (seen,) = (one for one in observed.variants if one.allele == variant)
    found = explanations(seen, observed, gene.on(Assembly.GRCH38).reference)
    order = [list(Weight).index(one.weight) for one in found]
    assert order == sorted(order) and len(found) == len(ExplanationKind)
    return {one.kind: one.weight for one in found}


def test_half_of_the_reads_and_xxy(gene: Gene, snv: Variant) -> None:
    found = weights(boy({snv: evidence(20, 40)}, XXY), gene, snv)
    assert found[ExplanationKind.EXTRA_X] is Weight.FOR
    assert found[ExplanationKind.NOT_MALE] is Weight.AGAINST
    assert found[ExplanationKind.PLOIDY] is Weight.AGAINST


def test_nearly_all_reads_is_a_caller_that_assumed_two_copies(gene: Gene, snv: Variant) -> None:
    found = weights(boy({snv: evidence(58, 60)}, XY), gene, snv)
    assert found[ExplanationKind.PLOIDY] is Weight.FOR
    assert found[ExplanationKind.EXTRA_X] is Weight.AGAINST
    assert found[ExplanationKind.MOSAIC] is not Weight.FOR


def test_a_fifth_of_the_reads_alone_is_a_mosaic(gene: Gene, snv: Variant) -> None:
    found = weights(boy({snv: evidence(20, 100)}, XY), gene, snv)
    assert [kind for kind, weight in found.items() if weight is Weight.FOR] == [ExplanationKind.MOSAIC]


def test_several_in_one_share_are_another_persons_cells(gene: Gene, snv: Variant) -> None:
    reference = gene.on(Assembly.GRCH38).reference
    other = substitution(reference, 49_258_394, "T" if reference.fetch(49_258_394, 49_258_394) != "T" else "C")
    found = weights(boy({snv: evidence(20, 100), other: evidence(22, 100)}, XY), gene, snv)
    assert found[ExplanationKind.DONOR] is found[ExplanationKind.MIXTURE] is Weight.FOR
    assert found[ExplanationKind.MOSAIC] is Weight.AGAINST


@pytest.mark.parametrize("more", [{"filters": ("SnpGap",)}, {"strands": (20, 0, 30, 50)}])
def test_filter_and_strand_speak_for_an_artefact(gene: Gene, snv: Variant, more: dict) -> None:  # type: ignore[type-arg]
    assert weights(boy({snv: evidence(20, 100, **more)}), gene, snv)[ExplanationKind.ARTEFACT] is Weight.FOR


def test_a_sample_of_a_female_is_named(gene: Gene, snv: Variant) -> None:
    assert weights(boy({snv: evidence(20, 40)}, XX), gene, snv)[ExplanationKind.NOT_MALE] is Weight.FOR


def test_without_numbers_everything_stays_open(gene: Gene, snv: Variant) -> None:
    bare = replace(evidence(1, 1), depth=None, allele_depth=None, allele_fraction=None)
    assert set(weights(boy({snv: bare}), gene, snv).values()) == {Weight.OPEN}


def test_only_two_alleles_in_a_male_are_explained(gene: Gene, snv: Variant) -> None:
    reference = gene.on(Assembly.GRCH38).reference
    hemizygous = boy({snv: replace(evidence(40, 40), genotype=Genotype((1,)))})
    assert explanations(hemizygous.variants[0], hemizygous, reference) == ()
    seen = Observation.of(snv, [evidence(20, 40)], Karyotype.XX)
    assert explanations(seen, Observed.of(Sex.FEMALE, Karyotype.XX, [seen], [], []), reference) == ()


def test_fisher_agrees_with_the_tea_tasting_lady_and_stays_quick() -> None:
    """Fisher's example of eight cups: four right of four has the chance 1/70 on one side, 2/70 on both."""
    assert fisher(4, 0, 0, 4) == pytest.approx(2 / 70)
    assert fisher(0, 0, 0, 0) == pytest.approx(1)
