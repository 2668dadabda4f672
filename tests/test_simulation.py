"""The simulated reads are what they claim to be."""

from collections import Counter
from pathlib import Path

import pysam
import pytest

from benchmarks.simulation import Capture, ErrorModel, Gain, Haplotype, Loss, exon_stretches, simulate
from foxp3_annot.assembly import Assembly
from foxp3_annot.gene import Gene
from foxp3_annot.genotype import Sex
from foxp3_annot.variant import Variant, substitution

G38 = Assembly.GRCH38


def _lines(path: Path) -> list[pysam.AlignedSegment]:
    with pysam.AlignmentFile(str(path)) as reads:
        return list(reads.fetch(until_eof=True))


def _mean_depth(path: Path, start: int, end: int) -> float:
    with pysam.AlignmentFile(str(path)) as reads:
        counts = reads.count_coverage("chrX", start - 1, end, quality_threshold=0)
    return sum(sum(one) for one in counts) / (end - start + 1)


def test_the_depth_is_the_one_asked_for(tmp_path: Path, gene: Gene) -> None:
    for sex in (Sex.MALE, Sex.FEMALE):
        path = simulate(tmp_path / f"{sex.value}.bam", gene, G38, sex=sex, depth=40, seed=3)
        window = gene.on(G38).window
        assert _mean_depth(path, window.start, window.end) == pytest.approx(40, rel=0.06)


@pytest.mark.parametrize("assembly", list(Assembly))
def test_every_base_agrees_with_its_haplotype(tmp_path: Path, gene: Gene, assembly: Assembly) -> None:
    """Without errors, matched bases are those of the reference except at the variant; gaps are those planted."""
    reference = gene.on(assembly).reference
    at = reference.window.start + 8000
    snv = substitution(reference, at, "A" if reference.fetch(at, at) != "A" else "C")
    lost = Variant.of(
        reference, at + 2000, reference.fetch(at + 2000, at + 2006), reference.fetch(at + 2000, at + 2000)
    )
    gained = Variant.of(reference, at + 4000, "", "ACGTTGCAA")
    haplotype = Haplotype.of(snv, lost, gained, Loss(at + 5001, at + 6000))
    path = simulate(
        tmp_path / "one.bam",
        gene,
        assembly,
        haplotypes=[haplotype],
        sex=Sex.MALE,
        depth=60,
        errors=ErrorModel((60,), (1.0,), (1.0,)),
        contig_name="X",
        unevenness=0,
    )
    gaps: Counter[tuple[int, int, int]] = Counter()
    seen = Counter[str]()
    for line in _lines(path):
        there, position = 0, line.reference_start + 1
        for op, n in line.cigartuples or ():
            if op in (1, 2):
                gaps[position, op, n] += 1
            if op == 0 and position >= reference.window.start and position + n - 1 <= reference.window.end:
                bases = (line.query_sequence or "")[there : there + n]
                for i, (mine, other) in enumerate(zip(bases, reference.fetch(position, position + n - 1), strict=True)):
                    if position + i == at:
                        seen[mine] += 1
                    elif mine != other:
                        seen["other"] += 1
            there += n if op in (0, 1, 4) else 0
            position += n if op in (0, 2) else 0
    assert set(seen) - {"other"} == {snv.alt}
    assert seen["other"] < 60, "short overhangs only"
    assert {key for key, count in gaps.items() if count > 5} == {
        (lost.leftmost().start, 2, 6),
        (gained.leftmost().start, 1, 9),
    }


def test_shares_are_the_fractions_of_alleles(tmp_path: Path, gene: Gene) -> None:
    reference = gene.on(G38).reference
    edits = [
        substitution(reference, at, "T") for at in range(49255001, 49265001, 500) if reference.fetch(at, at) != "T"
    ]
    path = simulate(
        tmp_path / "mosaic.bam",
        gene,
        G38,
        haplotypes=[Haplotype(), Haplotype(tuple(edits))],
        sex=Sex.MALE,
        shares=[0.8, 0.2],
        depth=100,
    )
    mine = total = 0
    with pysam.AlignmentFile(str(path)) as reads:
        for edit in edits:
            counts = reads.count_coverage("chrX", edit.start - 1, edit.start, quality_threshold=0)
            mine, total = mine + counts[3][0], total + sum(one[0] for one in counts)
    assert mine / total == pytest.approx(0.2, abs=0.025)


def test_qualities_tell_the_rate_of_errors(tmp_path: Path, gene: Gene) -> None:
    reference = gene.on(G38).reference
    path = simulate(tmp_path / "errors.bam", gene, G38, sex=Sex.MALE, depth=100, flank=0)
    bases, wrong = Counter[int](), Counter[int]()
    for line in _lines(path):
        expected = reference.fetch(line.reference_start + 1, line.reference_end or 0)
        for mine, true, quality in zip(line.query_sequence or "", expected, line.query_qualities or (), strict=True):
            bases[quality] += 1
            wrong[quality] += mine != true
    for quality, rel in ((37, 0.25), (25, 0.15), (12, 0.1)):
        assert wrong[quality] / bases[quality] == pytest.approx(10 ** (-quality / 10), rel=rel)


def test_a_deletion_shows_as_split_reads_and_long_pairs(tmp_path: Path, gene: Gene) -> None:
    path = simulate(tmp_path / "del.bam", gene, G38, haplotypes=[Haplotype.of(Loss(49255001, 49257000))], sex=Sex.MALE)
    lines = _lines(path)
    assert _mean_depth(path, 49255100, 49256900) == 0
    split = [line for line in lines if line.has_tag("SA")]
    assert len(split) > 10
    assert any(line.is_supplementary for line in split)
    assert sum(line.template_length > 2000 and not line.is_proper_pair for line in lines) > 5


def test_a_duplication_shows_as_pairs_that_look_outward(tmp_path: Path, gene: Gene) -> None:
    path = simulate(tmp_path / "dup.bam", gene, G38, haplotypes=[Haplotype.of(Gain(49255001, 49257000))], sex=Sex.MALE)
    assert _mean_depth(path, 49255300, 49256700) > 1.6 * _mean_depth(path, 49258000, 49262000)
    outward = [
        line
        for line in _lines(path)
        if line.is_reverse and line.template_length > 0 and not line.is_proper_pair and not line.is_supplementary
    ]
    assert len(outward) > 5


def test_an_exome_is_deep_at_exons(tmp_path: Path, gene: Gene) -> None:
    model = gene.on(G38)
    path = simulate(tmp_path / "exome.bam", gene, G38, depth=80, capture=Capture.of_exons(model))
    depths = [_mean_depth(path, *stretch) for stretch in exon_stretches(model)]
    assert min(depths) > 15
    assert _mean_depth(path, 49260000, 49263000) < 3


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path, gene: Gene) -> None:
    paths = [simulate(tmp_path / f"{i}.bam", gene, G38, depth=10, seed=s) for i, s in enumerate((5, 5, 6))]
    first, again, other = (path.read_bytes() for path in paths)
    assert first == again
    assert first != other


def test_samtools_accepts_it(tmp_path: Path, gene: Gene) -> None:
    path = simulate(
        tmp_path / "a.bam",
        gene,
        G38,
        depth=20,
        duplicates=0.1,
        elsewhere={"1": 100, "Y": 5},
        haplotypes=[Haplotype.of(Loss(49255001, 49257000))],
    )
    pysam.samtools.quickcheck(str(path))
    figures = dict(
        line.split("\t")[1:3] for line in str(pysam.samtools.stats(str(path))).splitlines() if line.startswith("SN")
    )
    assert figures["is sorted:"] == "1"
    assert int(figures["reads duplicated:"]) > 100
    assert float(figures["insert size average:"]) == pytest.approx(350, rel=0.1)
    with pysam.AlignmentFile(str(path)) as reads:
        assert reads.get_reference_length("chrX") == G38.x_length
        assert {one.contig: one.mapped for one in reads.get_index_statistics()}["chr1"] == 200


def test_minimap2_places_the_same_reads(tmp_path: Path, gene: Gene) -> None:
    pytest.importorskip("mappy")
    path = simulate(
        tmp_path / "m.bam",
        gene,
        G38,
        haplotypes=[Haplotype.of(Loss(49255001, 49257000))],
        sex=Sex.MALE,
        aligner="mappy",
    )
    pysam.samtools.quickcheck(str(path))
    assert _mean_depth(path, 49255100, 49256900) == 0
    assert _mean_depth(path, 49258000, 49262000) == pytest.approx(30, rel=0.15)
