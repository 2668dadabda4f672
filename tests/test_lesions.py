"""Lesions in simulated reads, their records, and reported lesions recognised."""

from pathlib import Path

import pysam
import pytest

from benchmarks.lesions import SETTINGS, Setting, is_found, lesions_of
from benchmarks.simulation import Gain, Haplotype, Loss, simulate
from foxp3_annot.alignment import Platform
from foxp3_annot.assembly import Assembly
from foxp3_annot.callset import StructuralAllele
from foxp3_annot.catalogue import Catalogue
from foxp3_annot.coverage import Coverage, ReadFilters
from foxp3_annot.gene import Gene
from foxp3_annot.genotype import Sex
from foxp3_annot.lesion import Lesion
from foxp3_annot.matching import same_lesion
from foxp3_annot.readers.alignments import LocusReads
from foxp3_annot.readers.calling import SampleCalls
from foxp3_annot.readers.calls_vcf import write_calls
from foxp3_annot.readers.lesions import read_junctions

G38 = Assembly.GRCH38
MALE, FEMALE = SETTINGS[1], SETTINGS[2]
UPSTREAM = Loss(49263362, 49264746)


@pytest.mark.parametrize("setting", [MALE, FEMALE], ids=lambda one: one.sex.value)
@pytest.mark.parametrize(
    "edit",
    [UPSTREAM, Loss(49256700, 49257200), Loss(49250200, 49265300), Gain(49258000, 49259000)],
    ids=["upstream", "exon 5", "gene", "duplication"],
)
def test_it_is_found_to_the_base(setting: Setting, edit: Loss | Gain) -> None:
    (found,) = lesions_of(setting, [edit], 11)
    assert is_found([found], edit)
    assert found.end - found.start == edit.end - edit.start
    assert found.start <= edit.start <= found.start + found.homology
    assert found.split_reads >= 3
    usual = 1 if setting.sex is Sex.MALE else 2
    assert found.copies == usual + (1 if isinstance(edit, Gain) else -1)


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda one: one.name)
def test_normal_samples_have_none(setting: Setting) -> None:
    assert [lesions_of(setting, [], seed) for seed in (21, 22)] == [(), ()]


def test_a_lost_exon_is_found_in_exomes() -> None:
    for setting in SETTINGS[3:]:
        edit = Loss(49256700, 49257200)
        assert is_found(lesions_of(setting, [edit], 5), edit), setting


def test_clipped_ends_without_supplementary_alignments_count(gene: Gene, tmp_path: Path) -> None:
    path = simulate(tmp_path / "a.bam", gene, G38, haplotypes=[Haplotype.of(UPSTREAM)], sex=Sex.MALE)
    bare = tmp_path / "bare.bam"
    with pysam.AlignmentFile(str(path)) as reads, pysam.AlignmentFile(str(bare), "wb", template=reads) as out:
        for line in reads:
            if not line.is_supplementary:
                line.set_tag("SA", None)
                out.write(line)
    pysam.index(str(bare))
    with pysam.AlignmentFile(str(bare)) as reads:
        (junction,) = read_junctions(reads, "chrX", gene.on(G38).reference, ReadFilters())
    assert junction.type == "DEL"
    assert junction.start <= UPSTREAM.start <= junction.start + junction.homology
    assert junction.end - junction.start == UPSTREAM.end - UPSTREAM.start
    assert junction.split_reads > 5
    assert junction.pairs > 5


def test_records_are_those_of_a_vcf(gene: Gene, tmp_path: Path) -> None:
    reference = gene.on(G38).reference
    lesions = (
        Lesion("DEL", 49255001, 49256000, None, None, 9, 4, 12.5, 0, 3),
        Lesion("DUP", 49257001, 49258000, (49256900, 49257100), (49257900, 49258100), 0, 0, 7.0, 2),
    )
    path = tmp_path / "a.vcf"
    locus = LocusReads(G38, "stated", "chrX", True, ())
    depths = Coverage.of_depths(G38, reference.window.start, [20] * len(reference.window), ReadFilters(), 150)
    calls = [SampleCalls(name, Platform.ILLUMINA, 2 - male, None, (), depths) for name, male in (("S", 1), ("T", 0))]
    write_calls(path, locus, calls, reference, [lesions, lesions[:1]], [Sex.MALE, Sex.FEMALE])
    with pysam.VariantFile(str(path)) as records:
        lost, doubled = records
    assert (lost.pos, lost.ref, lost.stop, lost.info["SVLEN"]) == (
        49255000, reference.fetch(49255000, 49255000), 49256000, (-1000,),
    )  # fmt: skip
    assert "IMPRECISE" not in lost.info
    assert lost.samples["S"]["GT"] == (1,)
    assert (doubled.info["CIPOS"], doubled.info["CIEND"]) == ((-101, 99), (-100, 100))
    assert doubled.samples["S"]["CN"] == 2
    assert (lost.samples["S"]["SR"], lost.samples["S"]["PE"]) == (9, 4)
    assert lost.samples["T"]["GT"] == (1, 1), "no copy is left"
    assert doubled.samples["T"]["GT"] == (0, 0), "read, and not doubled"


@pytest.mark.parametrize(
    ("type_", "start", "end", "ranges", "same"),
    [
        ("DEL", 49263362, 49264747, None, True),
        ("DEL", 49263363, 49264746, None, True),
        ("DUP", 49263362, 49264747, None, False),
        ("DEL", 49263462, 49264747, None, False),
        ("DEL", 49263362, 49264847, None, False),
        ("DEL", 49263390, 49264720, 40, True),
        ("DEL", 49263390, 49264720, 400, False),
        ("DEL", 49250000, 49265000, None, False),
    ],
)
def test_the_reported_deletion_is_recognised(
    gene: Gene, catalogue: Catalogue, type_: str, start: int, end: int, ranges: int | None, same: bool
) -> None:
    """The ends are those of the table (FS0001); one of them is not known to the base."""
    allele = StructuralAllele(
        type_, start, end,
        (start - ranges, start + ranges) if ranges else None, (end - ranges, end + ranges) if ranges else None,
    )  # fmt: skip
    (structure,) = (one for one in catalogue.structures if one.id == "FS0001")
    assert same_lesion(structure, allele, gene.on(G38).reference) is same
