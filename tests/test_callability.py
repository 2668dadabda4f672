"""What depth excludes: chances against exact fractions, every verdict, every dialect of a gVCF, stated regions."""

import gzip
import json
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from html.parser import HTMLParser
from math import comb
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from foxp3_annot.assembly import Assembly
from foxp3_annot.callability import (
    THRESHOLDS,
    AlleleCallability,
    AlleleVerdict,
    Callability,
    Misses,
    RegionKind,
    Verdict,
    allele_callability,
    callability,
    chance_below,
    regions_of,
)
from foxp3_annot.catalogue import CuratedVariant, shipped_catalogue
from foxp3_annot.cli import main
from foxp3_annot.coverage import Coverage, CoverageSource, ReadFilters, RegionsFile, Run, SeenAllele
from foxp3_annot.errors import InputError
from foxp3_annot.gene import foxp3
from foxp3_annot.genotype import Sex
from foxp3_annot.knowledge import Knowledge
from foxp3_annot.pack.vocabulary import Side
from foxp3_annot.pipeline import StatedRegions
from foxp3_annot.readers.callable_regions import read_callable_regions
from foxp3_annot.readers.reference_blocks import lesser_depths
from foxp3_annot.readers.samples import read_sample_sheet
from foxp3_annot.readers.vcf import extracted, read_call_set
from foxp3_annot.report.changes import changes_between
from foxp3_annot.report.html import sample_page
from foxp3_annot.report.json import report_json
from foxp3_annot.report.replay import replayed, stored
from foxp3_annot.resources import schema_path
from foxp3_annot.variant import Variant
from foxp3_annot.writers.tables import callability_table, summary_table

GENE = foxp3()
MODEL = GENE.on(Assembly.GRCH38)
WINDOW = MODEL.window
CATALOGUE = shipped_catalogue()
REPORTED = [one for one in CATALOGUE.variants if one.classification.side is Side.DISEASE]
SCHEMA = Draft202012Validator(json.loads(schema_path("report.schema.json").read_text(encoding="utf-8")))
FILTERS = ReadFilters(20, 15)


def deep(
    depth: int | None,
    *,
    source: CoverageSource = CoverageSource.READS,
    read_length: int | None = 150,
    seen: tuple[SeenAllele, ...] = (),
    over: tuple[Run, ...] = (),
) -> Coverage:
    """The window at one depth; `over` are runs that lower it at places."""
    runs = tuple(lesser_depths([Run(WINDOW.start, WINDOW.end, depth), *over]))
    return Coverage(Assembly.GRCH38, source, runs, FILTERS, read_length, seen)


def curated(name: str) -> CuratedVariant:
    return next(one for one in CATALOGUE.variants if one.hgvs_c == name)


def judged(name: str, coverage: Coverage, sex: Sex = Sex.MALE, found: tuple[Variant, ...] = ()) -> AlleleCallability:
    return allele_callability(curated(name), coverage, found, sex, MODEL, THRESHOLDS)


def sample(coverage: Coverage, sex: Sex = Sex.MALE, found: tuple[Variant, ...] = ()) -> Callability:
    return callability(coverage, found, sex, MODEL, CATALOGUE, THRESHOLDS)


def place(name: str) -> Variant:
    return curated(name).alleles[Assembly.GRCH38]


# --- chances ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("least", "trials", "share", "chance"),
    [
        (1, 4, 0.5, 1 / 16),  # no head in four throws
        (3, 5, 0.5, 16 / 32),  # (1 + 5 + 10) / 32
        (2, 3, 0.25, 54 / 64),  # (27 + 27) / 64
        (3, 3, 0.9, 1 - 0.729),
        (3, 2, 0.9, 1.0),  # two reads are never three
        (3, 0, 0.5, 1.0),
        (0, 7, 0.5, 0.0),
        (3, 10, 1.0, 0.0),
        (3, 10, 0.0, 1.0),
    ],
)
def test_chances_by_hand(least: int, trials: int, share: float, chance: float) -> None:
    assert chance_below(least, trials, share) == pytest.approx(chance, rel=1e-9, abs=0)


@given(st.integers(0, 12), st.integers(0, 300), st.integers(0, 1000))
def test_chances_are_those_of_exact_fractions(least: int, trials: int, thousandths: int) -> None:
    p = Fraction(thousandths, 1000)
    exact = sum(comb(trials, k) * p**k * (1 - p) ** (trials - k) for k in range(min(least, trials + 1)))
    assert chance_below(least, trials, thousandths / 1000) == pytest.approx(float(exact), rel=1e-8, abs=1e-300)


def test_the_least_depths_are_what_their_reason_says() -> None:
    error = 10**-1.5
    at = {reads: Misses.of(reads, error, THRESHOLDS) for reads in (4, 5, 10, 18, 20)}
    assert at[4].hemizygous > THRESHOLDS.greatest_miss > at[5].hemizygous == 0.000301
    assert at[18].heterozygous == 0.00102
    assert at[20].heterozygous == 0.000333
    assert at[THRESHOLDS.hemizygous_depth].hemizygous < THRESHOLDS.greatest_miss
    assert at[THRESHOLDS.heterozygous_depth].heterozygous < THRESHOLDS.greatest_miss


def test_enormous_depths_do_not_overflow() -> None:
    assert chance_below(3, 10**7, 0.5) == 0.0
    assert chance_below(5000, 10**7, 0.001) == 0.0
    assert chance_below(20_000, 10**7, 0.001) == pytest.approx(1.0)


# --- bases and regions --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("run", "verdict"),
    [
        (Run(1, 1, 10), Verdict.CALLABLE),
        (Run(1, 1, 9), Verdict.LOW_DEPTH),
        (Run(1, 1, 0), Verdict.UNCOVERED),
        (Run(1, 1, None), Verdict.CALLABLE),
        (Run(1, 1, 90, True), Verdict.LOW_DEPTH),
        (Run(1, 1, None, True), Verdict.LOW_DEPTH),
        (Run(1, 1, 0, True), Verdict.UNCOVERED),
    ],
)
def test_the_verdict_on_a_base(run: Run, verdict: Verdict) -> None:
    assert Verdict.of(run, 10) is verdict


@pytest.mark.parametrize("assembly", Assembly)
def test_the_regions_are_those_of_the_gene(assembly: Assembly) -> None:
    model = GENE.on(assembly)
    regions = regions_of(model)
    kinds = [region.kind for region in regions]
    assert [kinds.count(kind) for kind in RegionKind] == [11, 12, 22, 4]
    assert len({region.name for region in regions}) == len(regions)
    coding = [region for region in regions if region.kind is RegionKind.CODING]
    assert sum(len(region) - 16 for region in coding) == 1296  # 431 codons and the stop (NP_054728.2)
    for region in regions:
        assert region.start in model.window
        assert region.end in model.window
    for region in (one for one in regions if one.kind is RegionKind.SPLICE_SITE):
        # on the minus strand a donor GT reads AC on the plus strand, an acceptor AG reads CT
        assert model.reference.fetch(region.start, region.end) == ("AC" if "donor" in region.name else "CT")


def test_every_reported_allele_lies_in_a_region_that_is_told() -> None:
    for one in REPORTED:
        regions = [r for r in regions_of(MODEL) if r.meets(one.alleles[Assembly.GRCH38])]
        assert regions, one.name


def test_what_a_region_says_of_itself() -> None:
    exon = next(one for one in regions_of(MODEL) if one.name.startswith("exon 12"))
    runs = (
        Run(exon.start, exon.start + 9, 4),
        Run(exon.start + 10, exon.start + 14, 0),
        Run(exon.start + 20, exon.end, 30),
    )
    coverage = Coverage(Assembly.GRCH38, CoverageSource.READS, runs, FILTERS, 150)
    (region,) = [one for one in sample(coverage).regions if one.region == exon]
    assert [region.bases[verdict] for verdict in Verdict] == [len(exon) - 20, 10, 5, 5]
    assert (region.least_depth, region.median_depth, region.verdict) == (0, 30, Verdict.NOT_ASSESSED)
    empty = sample(replace(coverage, runs=())).regions[0]
    assert (empty.least_depth, empty.median_depth, empty.callable_bases) == (None, None, 0)


# --- alleles ------------------------------------------------------------------------------------------------

A384T = "c.1150G>A"


@pytest.mark.parametrize(
    ("depth", "sex", "verdict"),
    [
        (10, Sex.MALE, AlleleVerdict.EXCLUDED),
        (9, Sex.MALE, AlleleVerdict.NOT_EXCLUDED),
        (19, Sex.FEMALE, AlleleVerdict.NOT_EXCLUDED),
        (20, Sex.FEMALE, AlleleVerdict.EXCLUDED),
        (19, Sex.UNKNOWN, AlleleVerdict.NOT_EXCLUDED),
        (20, Sex.UNKNOWN, AlleleVerdict.EXCLUDED),
        (0, Sex.MALE, AlleleVerdict.NOT_EXCLUDED),
        (None, Sex.FEMALE, AlleleVerdict.EXCLUDED),
    ],
)
def test_depth_decides_by_sex(depth: int | None, sex: Sex, verdict: AlleleVerdict) -> None:
    one = judged(A384T, deep(depth), sex)
    assert one.verdict is verdict
    assert (one.misses is None) == (depth is None)
    assert bool(one.reason) == (verdict is not AlleleVerdict.EXCLUDED)


def test_an_allele_found_is_found_however_shallow() -> None:
    for depth in (0, 1, 30):
        assert judged(A384T, deep(depth), found=(place(A384T),)).verdict is AlleleVerdict.FOUND


@pytest.mark.parametrize(
    ("reads", "depth", "verdict"),
    [
        (1, 30, AlleleVerdict.EXCLUDED),  # 0.03: an error of sequencing explains one read of 30
        (2, 30, AlleleVerdict.SEEN),  # 0.0004
        (2, 100, AlleleVerdict.EXCLUDED),  # 0.0046
        (3, 100, AlleleVerdict.SEEN),  # 0.00015
        (30, 30, AlleleVerdict.SEEN),
    ],
)
def test_reads_with_the_allele_are_never_passed_over(reads: int, depth: int, verdict: AlleleVerdict) -> None:
    one = judged(A384T, deep(depth, seen=(SeenAllele(place(A384T), reads, depth),)))
    assert (one.verdict, one.seen_reads, one.seen_depth) == (verdict, reads, depth)


def test_an_allele_is_judged_with_a_base_on_each_side() -> None:
    at = place(A384T).start
    for offset, verdict in (
        (-2, "excluded"),
        (-1, "not_excluded"),
        (0, "not_excluded"),
        (1, "not_excluded"),
        (2, "excluded"),
    ):
        one = judged(A384T, deep(30, over=(Run(at + offset, at + offset, 3),)))
        assert one.verdict.code == verdict, offset
        doubted = judged(A384T, deep(30, over=(Run(at + offset, at + offset, 30, True),)))
        assert doubted.verdict.code == verdict, offset


def test_silence_excludes_nothing() -> None:
    at = place(A384T).start
    gap = Coverage(
        Assembly.GRCH38, CoverageSource.READS, (Run(WINDOW.start, at, 50), Run(at + 2, WINDOW.end, 50)), FILTERS, 150
    )
    one = judged(A384T, gap)
    assert (one.verdict, one.depth, one.misses) == (AlleleVerdict.NOT_ASSESSABLE, None, None)
    assert sample(replace(gap, runs=())).count(AlleleVerdict.NOT_ASSESSABLE) == len(REPORTED)


def of_allele(start: int, ref: str, alt: str) -> CuratedVariant:
    """A curated row with another allele."""
    return replace(curated(A384T), alleles={Assembly.GRCH38: Variant.of(MODEL.reference, start, ref, alt)})


def test_an_allele_longer_than_a_read_is_not_excluded() -> None:
    ref = MODEL.reference.fetch(49251000, 49251119)
    long_ = of_allele(49251000, ref, ref[:1])
    span = len(long_.alleles[Assembly.GRCH38].ref)
    by_length = {
        length: allele_callability(long_, deep(40, read_length=length), (), Sex.MALE, MODEL, THRESHOLDS)
        for length in (100, span + 1, span + 2, 1000, None)
    }
    assert by_length[100].misses == Misses(1.0, 1.0, 1.0)
    assert by_length[span + 1].misses == Misses(1.0, 1.0, 1.0)
    assert by_length[span + 2].verdict is AlleleVerdict.NOT_EXCLUDED
    assert by_length[1000].verdict is AlleleVerdict.EXCLUDED
    assert by_length[None].verdict is AlleleVerdict.NOT_EXCLUDED  # 100 where it is not told
    assert by_length[100].reason == "too few reads span it to be sure"


@pytest.mark.parametrize("edge", ["first", "last"])
def test_alleles_at_the_edges_of_the_window(edge: str) -> None:
    at = WINDOW.start if edge == "first" else WINDOW.end
    base = MODEL.reference.fetch(at, at)
    for alt in ("ACGT".replace(base, "")[0], f"{base}{'ACGT'.replace(base, '')}"):
        one = allele_callability(of_allele(at, base, alt), deep(30), (), Sex.MALE, MODEL, THRESHOLDS)
        assert one.verdict is AlleleVerdict.EXCLUDED


def test_a_called_variant_that_may_hold_the_allele_keeps_it_open() -> None:
    """c.1117T>G and c.1118T>C unphased may be c.1117_1118delinsGC; a block of both holds each."""
    one, both = place("c.1117T>G"), place("c.1117_1118delinsGC")
    two = Variant.of(MODEL.reference, 49251692, "A", "G")
    assert judged("c.1117_1118delinsGC", deep(40), Sex.FEMALE, (one, two)).verdict is AlleleVerdict.NOT_EXCLUDED
    assert judged("c.1117T>G", deep(40), Sex.FEMALE, (both,)).verdict is AlleleVerdict.NOT_EXCLUDED
    assert judged("c.1117T>G", deep(40), Sex.FEMALE, (two,)).verdict is AlleleVerdict.EXCLUDED


@pytest.mark.parametrize("sex", Sex)
@pytest.mark.parametrize("assembly", Assembly)
def test_no_curated_allele_that_is_called_or_seen_is_ever_excluded(assembly: Assembly, sex: Sex) -> None:
    model = GENE.on(assembly)
    for one in CATALOGUE.variants:
        allele = one.alleles[assembly]
        for depth in (None, 0, 5, 30, 5000):
            runs = (Run(model.window.start, model.window.end, depth),)
            coverage = Coverage(assembly, CoverageSource.READS, runs, FILTERS, 150)
            called = allele_callability(one, coverage, (allele,), sex, model, THRESHOLDS)
            assert called.verdict is AlleleVerdict.FOUND
            seen = replace(coverage, seen=(SeenAllele(allele, 40, max(depth or 0, 40)),))
            assert allele_callability(one, seen, (), sex, model, THRESHOLDS).verdict is AlleleVerdict.SEEN


ORDER = [AlleleVerdict.NOT_ASSESSABLE, AlleleVerdict.NOT_EXCLUDED, AlleleVerdict.EXCLUDED]


@given(
    st.sampled_from(CATALOGUE.variants),
    st.integers(0, 200),
    st.integers(0, 200),
    st.sampled_from(Sex),
    st.integers(2, 300) | st.none(),
)
def test_more_reads_never_exclude_less(
    one: CuratedVariant, depth: int, more: int, sex: Sex, read_length: int | None
) -> None:
    shallow, deeper = (
        allele_callability(one, deep(reads, read_length=read_length), (), sex, MODEL, THRESHOLDS)
        for reads in (depth, depth + more)
    )
    assert ORDER.index(shallow.verdict) <= ORDER.index(deeper.verdict)
    assert shallow.misses
    assert deeper.misses
    assert deeper.misses.asked(sex) <= shallow.misses.asked(sex)
    assert deeper.misses.hemizygous <= deeper.misses.heterozygous <= deeper.misses.mosaic


@given(st.integers(0, 40), st.sampled_from(REPORTED))
def test_without_the_sex_both_models_must_exclude(depth: int, one: CuratedVariant) -> None:
    verdicts = {
        sex: allele_callability(one, deep(depth), (), sex, MODEL, THRESHOLDS).verdict is AlleleVerdict.EXCLUDED
        for sex in Sex
    }
    assert verdicts[Sex.UNKNOWN] == (verdicts[Sex.MALE] and verdicts[Sex.FEMALE])


# --- the sample ---------------------------------------------------------------------------------------------


def test_the_counts_add_up() -> None:
    at = place(A384T).start
    one = sample(deep(30, over=(Run(at - 5, at + 5, 2),)))
    assert sum(one.count(verdict) for verdict in AlleleVerdict) == len(REPORTED) == len(one.reported)
    assert len(one.alleles) == len(CATALOGUE.variants)
    assert {left.curated.name for left in one.remaining} >= {A384T}
    assert one.needed == (one.needed[1] - 11, one.needed[1])
    assert (
        f"Of {len(REPORTED)} alleles reported in IPEX, {one.count(AlleleVerdict.EXCLUDED)} are excluded" in one.sentence
    )
    assert f"{len(one.remaining)} in exon 12" in one.sentence
    assert [structure.verdict for structure in one.structures] == [AlleleVerdict.EXCLUDED]


def test_a_reported_lesion_is_judged_by_the_depth_of_its_stretch() -> None:
    (lesion,) = CATALOGUE.structures
    start, end = lesion.outer[Assembly.GRCH38]
    lost = deep(30, over=(Run(start, end, 0),))
    known = {"structures": {lesion.id}, "stretches": {(start, end)}}
    for coverage, sex, found, verdict in (
        (deep(30), Sex.MALE, {}, AlleleVerdict.EXCLUDED),
        (deep(30), Sex.FEMALE, {}, AlleleVerdict.EXCLUDED),
        (deep(30), Sex.UNKNOWN, {}, AlleleVerdict.NOT_ASSESSABLE),
        (deep(5), Sex.MALE, {}, AlleleVerdict.NOT_ASSESSABLE),
        (deep(30, source=CoverageSource.BLOCKS), Sex.MALE, {}, AlleleVerdict.NOT_ASSESSABLE),
        (lost, Sex.MALE, {}, AlleleVerdict.NOT_EXCLUDED),
        (lost, Sex.MALE, known, AlleleVerdict.FOUND),
        (deep(30), Sex.MALE, {"stretches": {(end, end + 500)}}, AlleleVerdict.NOT_EXCLUDED),
    ):
        (one,) = callability(coverage, (), sex, MODEL, CATALOGUE, THRESHOLDS, **found).structures
        assert one.verdict is verdict, one


def test_published_people_are_counted_once() -> None:
    one = sample(deep(30))
    people = sum(len([c for c in v.cases if c.is_individual and not c.is_carrier]) for v in REPORTED)
    assert f"{people} of the {people} published individuals" in one.sentence


# --- gVCF ---------------------------------------------------------------------------------------------------

HEADER = (
    "##fileformat=VCFv4.2\n"
    '##INFO=<ID=END,Number=1,Type=Integer,Description="End">\n'
    '##INFO=<ID=MIN_DP,Number=1,Type=Integer,Description="Least depth">\n'
    '##FILTER=<ID=RefCall,Description="Reference">\n'
    '##FILTER=<ID=LowDepth,Description="Low">\n'
    + "".join(
        f'##FORMAT=<ID={key},Number={number},Type={kind},Description="x">\n'
        for key, number, kind in (
            ("GT", "1", "String"),
            ("AD", "R", "Integer"),
            ("DP", "1", "Integer"),
            ("MIN_DP", "1", "Integer"),
            ("GQ", "1", "Integer"),
            ("GQX", "1", "Integer"),
            ("RGQ", "1", "Integer"),
        )
    )
    + "##contig=<ID=chrX,length=156040895>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"
)


def block(start: int, end: int, format_: str, *samples: str, alt: str = "<NON_REF>", filter_: str = ".") -> str:
    base = MODEL.reference.fetch(max(start, WINDOW.start), max(start, WINDOW.start)) if start in WINDOW else "N"
    return "\t".join(["chrX", str(start), ".", base, alt, ".", filter_, f"END={end}", format_, *samples])


def coverages(folder: Path, *records: str, samples: str = "S") -> dict[int, Coverage]:
    path = folder / "input.vcf"
    columns = f"\tFORMAT\t{samples}" if samples else ""
    path.write_text("\n".join((HEADER + columns, *records)) + "\n")
    with extracted(path, GENE) as extract:
        return dict(read_call_set(path, extract, "input", GENE).coverage)


S = 49251000


@pytest.mark.parametrize(
    ("format_", "values", "alt", "filter_", "depth", "doubted"),
    [
        ("GT:DP:GQ:MIN_DP", "0/0:34:60:28", "<NON_REF>", ".", 28, False),  # GATK
        ("GT:DP:GQ:MIN_DP", "0:34:60:28", "<NON_REF>", ".", 28, False),  # haploid
        ("GT:GQ:MIN_DP", "0/0:50:16", "<*>", ".", 16, False),  # DeepVariant
        ("GT:GQ:MIN_DP", "0/0:50:16", "<*>", "RefCall", 16, False),
        ("GT:GQ:MIN_DP", "./.:3:16", "<*>", ".", 16, True),  # DeepVariant where it is not sure
        ("GT:DP", "0/0:12", "<*>", "PASS", 12, False),  # bcftools
        ("DP", "12", "<*>", ".", 12, False),  # bcftools mpileup, not called
        ("GT:DP", "0/0:12", ".", "PASS", 12, False),  # monomorphic
        ("GT:GQX:DP", "0/0:30:12", ".", "LowDepth", 12, True),  # Strelka
        ("GT:GQX:GQ:DP", "0/0:9:30:12", ".", "PASS", 12, True),
        ("GT:DP:RGQ", "0/0:12:30", ".", ".", 12, False),  # GATK all sites
        ("GT:AD", "0/0:14,0", "<NON_REF>", ".", 14, False),
        ("GT:GQ", "0/0:20", "<NON_REF>", ".", None, False),
        ("GT:GQ", "0/0:19", "<NON_REF>", ".", None, True),
        ("GT:DP:GQ", "0/0:30:19", "<NON_REF>", ".", 30, True),
        ("GT:DP", "./.:0", "<NON_REF>", ".", 0, True),
        ("GT:DP", "./0:30", "<NON_REF>", ".", 30, True),
        ("GT:DP:GQ", "0/0:.:30", "<NON_REF>", ".", None, False),
        ("GT:DP", "0/0:-4", "<NON_REF>", ".", "nothing", False),
        ("GT:DP", "0/0:.", "<NON_REF>", ".", "nothing", False),
        ("GT", "0/0", "<NON_REF>", ".", "nothing", False),
        ("GT", "./.", "<NON_REF>", ".", "nothing", False),
    ],
)
def test_blocks_of_every_dialect(
    format_: str, values: str, alt: str, filter_: str, depth: int | str | None, doubted: bool, tmp_path: Path
) -> None:
    found = coverages(tmp_path, block(S, S + 99, format_, values, alt=alt, filter_=filter_))
    if depth == "nothing":
        assert found == {}
    else:
        assert found[0].runs == (Run(S, S + 99, depth, doubted),)  # type: ignore[arg-type]
        assert found[0].source is CoverageSource.BLOCKS


def test_info_of_bcftools_holds_for_each_sample(tmp_path: Path) -> None:
    record = block(S, S + 9, "GT", "0/0", "0/0").replace(f"END={S + 9}", f"END={S + 9};MIN_DP=7")
    found = coverages(tmp_path, record, samples="S\tT")
    assert {sample: one.runs for sample, one in found.items()} == dict.fromkeys((0, 1), (Run(S, S + 9, 7),))


def test_several_people_have_their_own_depths(tmp_path: Path) -> None:
    found = coverages(tmp_path, block(S, S + 9, "GT:DP", "0/0:30", "0:11", "0/0:."), samples="S\tT\tU")
    assert {sample: one.runs for sample, one in found.items()} == {0: (Run(S, S + 9, 30),), 1: (Run(S, S + 9, 11),)}


def test_blocks_that_overlap_count_with_the_lesser_depth(tmp_path: Path) -> None:
    found = coverages(
        tmp_path,
        block(S, S + 9, "GT:DP", "0/0:30"),
        block(S + 5, S + 14, "GT:DP", "0/0:20"),
        block(S + 5, S + 14, "GT:DP", "0/0:20"),
        block(S + 14, S + 16, "GT:DP:GQ", "0/0:40:5"),
    )
    assert found[0].runs == (
        Run(S, S + 4, 30),
        Run(S + 5, S + 13, 20),
        Run(S + 14, S + 14, 20, True),
        Run(S + 15, S + 16, 40, True),
    )


def test_blocks_that_reach_beyond_the_window_are_cut(tmp_path: Path) -> None:
    found = coverages(
        tmp_path,
        block(WINDOW.start - 500, WINDOW.start + 9, "GT:DP", "0/0:30"),
        block(WINDOW.end - 9, WINDOW.end + 500, "GT:DP", "0/0:31"),
    )
    assert found[0].runs == (Run(WINDOW.start, WINDOW.start + 9, 30), Run(WINDOW.end - 9, WINDOW.end, 31))


def test_variant_records_of_a_gvcf_count_with_their_depth_and_reads(tmp_path: Path) -> None:
    found = coverages(
        tmp_path,
        block(49251470, 49251479, "GT:AD:DP", "0/0:.:30"),
        "chrX\t49251480\t.\tC\tT,<NON_REF>\t.\t.\t.\tGT:AD:DP\t0/0:26,4,0:30",
        block(49251481, 49251490, "GT:AD:DP", "0/0:.:30"),
    )
    assert found[0].runs == (Run(49251470, 49251490, 30),)
    assert found[0].seen == (SeenAllele(place(A384T), 4, 30),)
    assert judged(A384T, found[0]).verdict is AlleleVerdict.SEEN


@pytest.mark.parametrize(
    "records",
    [
        ("chrX\t49251480\t.\tC\tT\t.\t.\t.\tGT:DP\t0/0:30",),
        (
            "chrX\t49251480\t.\tC\tT\t.\t.\t.\tGT:DP\t0/1:30",
            "chrX\t49251500\t.\tN\t<DEL>\t.\t.\tEND=49252000\tGT:DP\t0/0:30",
        ),
        (),
    ],
)
def test_a_file_of_variants_tells_no_depth(records: tuple[str, ...], tmp_path: Path) -> None:
    assert coverages(tmp_path, *records) == {}


def test_a_file_without_samples_tells_no_depth(tmp_path: Path) -> None:
    assert coverages(tmp_path, "chrX\t49251480\t.\tC\t<*>\t.\t.\tEND=49251490;MIN_DP=9", samples="") == {}


def test_a_symbolic_allele_says_nothing_of_each_base(tmp_path: Path) -> None:
    found = coverages(
        tmp_path,
        block(S, S + 9, "GT:DP", "0/0:30"),
        f"chrX\t{S + 20}\t.\tN\t<DEL>\t.\t.\tEND={S + 900}\tGT:DP\t0/1:30",
    )
    assert found[0].runs == (Run(S, S + 9, 30),)


# --- callable regions ---------------------------------------------------------------------------------------


def bed(folder: Path, content: str | bytes, name: str = "regions.bed") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def regions(path: Path) -> list[tuple[int, int, int | None, bool]]:
    return [(run.start, run.end, run.depth, run.doubted) for run in read_callable_regions(path, WINDOW).runs]


@pytest.mark.parametrize("contig", ["chrX", "X", "23", "chr23", "NC_000023.11"])
def test_regions_count_from_0_and_are_half_open(contig: str, tmp_path: Path) -> None:
    stretches = [(S, S + 10), (S + 10, S + 12), (S + 20, S + 20)]
    lines = ["track name=x", "#c", "", "chr1\t5\t9", *(f"{contig}\t{start}\t{end}" for start, end in stretches)]
    text = "\n".join(lines) + "\n"
    assert regions(bed(tmp_path, text)) == [(S + 1, S + 12, None, False)]
    assert regions(bed(tmp_path, gzip.compress(text.encode()), "r.bed.gz")) == [(S + 1, S + 12, None, False)]
    assert regions(bed(tmp_path, "\ufeff" + text.replace("\n", "\r\n"))) == [(S + 1, S + 12, None, False)]


def test_regions_are_cut_to_the_window_and_may_overlap(tmp_path: Path) -> None:
    text = f"chrX\t0\t{WINDOW.start + 4}\nchrX\t{S}\t{S + 9}\nchrX\t{S + 4}\t{S + 20}\nchrX 156040000 156040895\n"
    assert regions(bed(tmp_path, text)) == [(WINDOW.start, WINDOW.start + 4, None, False), (S + 1, S + 20, None, False)]
    assert regions(bed(tmp_path, "chr1\t0\t9\n")) == []


def test_what_a_file_lists_as_not_callable_is_not(tmp_path: Path) -> None:
    text = f"chrX\t{S}\t{S + 2}\tCALLABLE\nchrX\t{S + 2}\t{S + 4}\tLOW_COVERAGE\nchrX\t{S + 4}\t{S + 6}\tNO_COVERAGE\n"
    assert regions(bed(tmp_path, text)) == [
        (S + 1, S + 2, None, False),
        (S + 3, S + 4, None, True),
        (S + 5, S + 6, 0, False),
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("chrX\t5\n", "line 1: is no region"),
        ("chr1\t5\t9\nchrX\ta\tb\n", "line 2: start 'a' and end 'b'"),
        ("chrX\t-5\t9\n", "must be whole numbers"),
        ("chrX\t9\t5\n", "starts at 9 and ends before"),
        ("chrX\t٣\t٤\n", "must be whole numbers"),
        (f"chrX\t1\t{'9' * 5000}\n", "must be whole numbers"),
        ("chrX\t1\t156040896\n", "beyond the end of chromosome X on GRCh38"),
        ("NC_000023.10\t5\t9\n", "chromosome X of GRCh37, not of GRCh38"),
        (b"\xff\xfe\x00", "is not a BED file of text"),
        (b"\x1f\x8bnonsense", "cannot be read"),
        (gzip.compress(b"chrX\t1\t2\n" * 1000, mtime=0)[:-12], "cannot be read"),
    ],
)
def test_a_bad_line_is_one_sentence(content: str | bytes, said: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=said) as told:
        read_callable_regions(bed(tmp_path, content), WINDOW)
    assert "\n" not in str(told.value)
    assert len(str(told.value)) < 400


def test_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cannot be read.*No such file"):
        read_callable_regions(tmp_path / "absent.bed", WINDOW)


# --- the report ---------------------------------------------------------------------------------------------

WHOLE = block(WINDOW.start, WINDOW.end, "GT:DP:GQ", "0/0:30:60")


def run(
    folder: Path, *records: str, sex: str = "male", samples: str = "S", words: tuple[str, ...] = ()
) -> dict[str, Any]:
    """The report of the first sample, checked against the schema and made again from itself."""
    path = folder / "input.vcf"
    path.write_text("\n".join((f"{HEADER}\tFORMAT\t{samples}", *records)) + "\n")
    command = ["run", str(path), "-o", str(folder / "out"), *words]
    command += ["--sex", f"S={sex}"] if sex else []
    result = CliRunner().invoke(main, command, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    text = (folder / "out" / "reports" / "S.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    SCHEMA.validate(found)
    assert report_json(replayed(found, Knowledge.shipped())) == text
    assert (folder / "out" / "reports" / "S.callability.tsv").read_text() == callability_table(found)
    return found


def around(*places: tuple[int, int, str]) -> list[str]:
    """Blocks over the window, with other values at places (start, end, values), in order."""
    found, last = [], WINDOW.start
    for start, end, values in places:
        found += [block(last, start - 1, "GT:DP:GQ", "0/0:30:60"), block(start, end, "GT:DP:GQ", values)]
        last = end + 1
    return [*found, block(last, WINDOW.end, "GT:DP:GQ", "0/0:30:60")]


@pytest.mark.parametrize("sex", ["male", "female", "unknown", ""])
def test_where_all_could_be_seen_nothing_is_found(sex: str, tmp_path: Path) -> None:
    one = run(tmp_path, WHOLE, sex=sex)
    assert one["conclusion"]["code"] == "nothing_found"
    for words in (
        "Nothing found in what could be assessed",
        "69 of 69",
        "Not excluded: structural lesions",
        "deep in introns",
    ):
        assert words in one["conclusion"]["sentence"]
    assert one["callability"]["summary"]["alleles"]["excluded"] == 69
    assert [structure["verdict"] for structure in one["callability"]["structures"]] == ["not_assessable"]


NEEDED = [(r.name, p) for r in regions_of(MODEL) if r.is_needed for p in (r.start, r.end)]


@pytest.mark.parametrize("position", [at for _, at in NEEDED], ids=[f"{name} at {at}" for name, at in NEEDED])
def test_each_needed_base_is_needed(position: int) -> None:
    """The first and last base of every needed region: too shallow, empty, doubted, not looked at."""
    assert sample(deep(30)).is_clear
    for run_ in (Run(position, position, 9), Run(position, position, 0), Run(position, position, 30, True)):
        assert not sample(deep(30, over=(run_,))).is_clear
    runs = tuple(run for run in (Run(WINDOW.start, position - 1, 30), Run(position + 1, WINDOW.end, 30)))
    assert not sample(Coverage(Assembly.GRCH38, CoverageSource.READS, runs, FILTERS, 150)).is_clear


def test_bases_deep_in_an_intron_are_not_needed() -> None:
    middle = (49258528 + 49264600) // 2
    assert sample(deep(30, over=(Run(middle - 1000, middle + 1000, 0),))).is_clear


def test_an_allele_seen_in_reads_stands_in_the_way() -> None:
    assert not sample(deep(30, seen=(SeenAllele(place(A384T), 2, 30),))).is_clear


AT_A384T = around((49251480, 49251480, "0/0:30:60"))
CARRIED = "chrX\t49251480\t.\tC\tT\t.\t.\t.\tGT:DP:GQ\t1:30:60"

OPEN = {
    "a shallow base": (around((49251480, 49251480, "0/0:9:60")), "not_assessable"),
    "a doubted base": (around((49251480, 49251480, "0/0:30:10")), "not_assessable"),
    "a base without a call": (around((49251480, 49251480, "./.:0:0")), "not_assessable"),
    "a mutation": ([*AT_A384T, CARRIED], "consistent_with_ipex"),
    "a change of its own": ([WHOLE, "chrX\t49251480\t.\tC\tA\t.\t.\t.\tGT:DP:GQ\t1:30:60"], "review_needed"),
    "half a call elsewhere": ([WHOLE, "chrX\t49261784\t.\tG\tT\t.\t.\t.\tGT\t./0"], "not_assessable"),
    "ambiguous bases": ([WHOLE, "chrX\t49261784\t.\tG\tR\t.\t.\t.\tGT\t1"], "not_assessable"),
    "a structural variant": ([WHOLE, "chrX\t49252000\t.\tN\t<DEL>\t.\t.\tEND=49252100\tGT\t1"], "review_needed"),
}  # fmt: skip


@pytest.mark.parametrize("case", OPEN)
def test_what_keeps_the_answer_open(case: str, tmp_path: Path) -> None:
    records, code = OPEN[case]
    one = run(tmp_path, *sorted(records, key=lambda line: int(line.split("\t")[1])))
    assert one["conclusion"]["code"] == code


def test_a_woman_needs_more_reads_than_a_boy(tmp_path: Path) -> None:
    fifteen = block(WINDOW.start, WINDOW.end, "GT:DP:GQ", "0/0:15:45")
    assert run(tmp_path, fifteen, sex="male")["conclusion"]["code"] == "nothing_found"
    for sex in ("female", "unknown"):
        one = run(tmp_path, fifteen, sex=sex)
        assert one["conclusion"]["code"] == "not_assessable"
        assert "0 of 69 alleles reported in IPEX are excluded" in one["conclusion"]["sentence"]


def test_a_file_of_variants_never_says_that_nothing_was_found(tmp_path: Path) -> None:
    one = run(tmp_path, "chrX\t49261784\t.\tG\tT\t50\tPASS\t.\tGT:DP\t1:40")
    assert one["callability"] is None
    assert one["conclusion"]["code"] == "not_assessable"
    assert "a variant file alone does not exclude IPEX" in one["conclusion"]["sentence"]
    assert callability_table(one).splitlines()[1].split("\t")[1:6] == ["sample", "", "", "", "not_assessable"]


def test_a_harmless_variant_does_not_stand_in_the_way(tmp_path: Path) -> None:
    records = sorted(
        [*around((49256855, 49256855, "0/0:30:60")), "chrX\t49256855\t.\tG\tA\t50\tPASS\t.\tGT:DP\t1:40"],
        key=lambda r: int(r.split("\t")[1]),
    )
    one = run(tmp_path, *records)
    assert one["conclusion"]["code"] == "nothing_found"
    assert "once published as a mutation and has been refuted" in one["conclusion"]["sentence"]


CALLS = {
    "reads of each base told": [block(p, p, "GT:DP:GQ", f"0/0:{20 + p % 7}:{15 + p % 9}") for p in range(S, S + 300)],
    "quality alone": [block(WINDOW.start, WINDOW.end, "GT:GQ", "0/0:30")],
    "gaps": [block(S + 10 * i, S + 10 * i + 4, "GT:DP", f"0/0:{i}") for i in range(40)],
    "alleles seen": [
        "chrX\t49251480\t.\tC\tT,<NON_REF>\t.\t.\t.\tGT:AD:DP\t0/0:26,4,0:30",
        block(49251481, 49251490, "GT:DP", "0/0:30"),
        "chrX\t49251692\t.\tAA\tA,AAAG,<NON_REF>\t.\t.\t.\tGT:AD:DP\t0/1:10,9,1,0:20",
    ],
}  # fmt: skip


@pytest.mark.parametrize("sex", ["male", "female", "unknown"])
@pytest.mark.parametrize("calls", CALLS)
def test_every_kind_of_depth_comes_back(calls: str, sex: str, tmp_path: Path) -> None:
    one = run(tmp_path, *CALLS[calls], sex=sex)
    assert stored(one, GENE).observed.coverage == coverages(tmp_path, *CALLS[calls])[0]
    assert changes_between(one, replayed(one, Knowledge.shipped())) == ()


runs_of_any = st.lists(
    st.tuples(st.integers(0, 3), st.integers(1, 50), st.none() | st.integers(0, 5000), st.booleans()), max_size=30
)


@given(runs_of_any, st.booleans())
def test_whatever_depth_is_written_is_read_back(pieces: list[tuple[int, int, int | None, bool]], stated: bool) -> None:
    from foxp3_annot.report.callability import callability_values, coverage_of, thresholds_of

    runs, at = [], WINDOW.start
    for gap, length, depth, doubted in pieces:
        runs.append(Run(at + gap, at + gap + length - 1, depth, doubted))
        at += gap + length
    file = RegionsFile("a «b».bed", "0" * 64) if stated else None
    coverage = replace(
        deep(1, seen=(SeenAllele(place(A384T), 1, 7), SeenAllele(place("c.1117_1118delinsGC"), 3, 4))),
        runs=tuple(runs),
        source=CoverageSource.REGIONS if stated else CoverageSource.READS,
        regions_file=file,
    )
    values = json.loads(json.dumps(callability_values(sample(coverage))))
    by_spdi = {seen.variant.spdi(): seen.variant for seen in coverage.seen}
    assert coverage_of(values, Assembly.GRCH38, WINDOW, by_spdi.__getitem__) == coverage
    assert thresholds_of(values) == THRESHOLDS


def damaged(change: Callable[[dict[str, Any]], None], report: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(report_json(report))
    change(found["callability"])
    return found


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda seen: seen["depths"][0].update(runs="30x99999999"), "is no depth within the window"),
        (lambda seen: seen["depths"][0].update(runs="30x0"), "is no depth within the window"),
        (lambda seen: seen["depths"][0].update(start=5), "not in order, or leave the window"),
        (lambda seen: seen["depths"].append({"start": WINDOW.start, "runs": "1"}), "not in order"),
        (lambda seen: seen["seen"].append("5:A:C 1/2"), "is not an allele of GRCh38"),
        (lambda seen: seen["seen"].append("five"), "seen"),
        (lambda seen: seen["source"].update(file="x.bed"), "callable regions must be named"),
        (lambda seen: seen["thresholds"].pop("noise"), "noise"),
    ],
)
def test_a_damaged_block_is_one_sentence(change: Callable[[dict[str, Any]], None], said: str, tmp_path: Path) -> None:
    one = run(tmp_path, WHOLE)
    with pytest.raises(InputError, match=said) as told:
        replayed(damaged(change, one), Knowledge.shipped())
    assert "\n" not in str(told.value)


def test_a_report_at_thirty_reads_stays_small(tmp_path: Path) -> None:
    each = [
        block(p, min(p + 2, WINDOW.end), "GT:DP", f"0/0:{24 + p % 13}") for p in range(WINDOW.start, WINDOW.end + 1, 3)
    ]
    run(tmp_path, *each)
    assert (tmp_path / "out" / "reports" / "S.json").stat().st_size < 300_000


def test_thresholds_of_a_report_are_kept(tmp_path: Path) -> None:
    one = damaged(lambda seen: seen["thresholds"].update(hemizygous_depth=31), run(tmp_path, WHOLE))
    again = replayed(one, Knowledge.shipped())
    assert again["conclusion"]["code"] == "not_assessable"
    assert again["callability"]["thresholds"]["least_depth"] == 31
    told = {change.what.name for change in changes_between(run(tmp_path, WHOLE), again)}
    assert {"CONCLUSION", "SENTENCE", "CALLABILITY", "REGION", "EXCLUSION"} <= told


def test_people_of_one_file_are_judged_each_by_their_own(tmp_path: Path) -> None:
    run(tmp_path, block(WINDOW.start, WINDOW.end, "GT:DP", "0/0:30", "0/0:4"), samples="S\tT")
    found = [json.loads((tmp_path / "out" / "reports" / f"{name}.json").read_text()) for name in "ST"]
    assert [one["conclusion"]["code"] for one in found] == ["nothing_found", "not_assessable"]
    header, *rows = [line.split("\t") for line in summary_table(found).splitlines()]
    cells = [dict(zip(header, row, strict=True)) for row in rows]
    needed = found[0]["callability"]["summary"]["needed_bases"]
    assert [cell["callable_share"] for cell in cells] == [f"{needed} of {needed}", f"0 of {needed}"]
    assert [cell["excluded"] for cell in cells] == ["69 of 69", "0 of 69"]


def exons_bed(folder: Path) -> Path:
    lines = [f"chrX\t{r.start - 1}\t{r.end}" for r in regions_of(MODEL)]
    return bed(folder, "\n".join(lines) + "\n", "covered <b>.bed")


PLAIN = "chrX\t49261784\t.\tG\tT\t50\tPASS\t.\tGT:DP\t1:40"


def test_stated_regions_exclude_without_chances(tmp_path: Path) -> None:
    one = run(tmp_path, PLAIN, words=("--callable", str(exons_bed(tmp_path))))
    assert one["conclusion"]["code"] == "nothing_found"
    assert "stated by the callable regions of covered <b>.bed" in one["conclusion"]["sentence"]
    assert all(allele["p_miss"] is None for allele in one["callability"]["alleles"])
    assert one["provenance"]["configuration"]["callable"] == "covered <b>.bed"
    assert one["provenance"]["command"].endswith("--callable 'covered <b>.bed'")


def test_what_a_source_does_not_show_is_told_of_that_source(tmp_path: Path) -> None:
    told = {}
    far = "chrX\t60000000\t.\tA\tG\t50\tPASS\t.\tGT:DP\t1:40"
    bed_words = ("--callable", str(exons_bed(tmp_path)))
    for name, record, words in (
        ("blocks", WHOLE, ()),
        ("regions", far, bed_words),
        ("variants", PLAIN, ()),
        ("empty", far, ()),
    ):
        (tmp_path / name).mkdir()
        found = run(tmp_path / name, record, words=words)["not_assessed"]
        told[name] = {one["code"]: one["sentence"] for one in found}
    ends = {
        "blocks": "by the blocks of a gVCF, which tell where variants could be called, not how many copies there are.",
        "regions": "by callable regions, which tell where variants could be called, not how many copies there are.",
        "variants": "by a file of small variants.",
        "empty": "by a file of small variants.",
    }
    for name, end in ends.items():
        assert told[name]["not_detectable"].endswith(f"are not excluded {end}")
    assert "no_record_in_locus" not in told["blocks"] and "no_record_in_locus" not in told["variants"]
    assert "no record in the FOXP3 locus. It has 1 records elsewhere" in told["regions"]["no_record_in_locus"]
    assert told["regions"]["no_record_in_locus"].endswith("stated by the callable regions of covered <b>.bed.")
    assert told["empty"]["no_record_in_locus"].endswith("This is not a negative result.")


def test_a_record_without_a_call_stands_against_stated_regions(tmp_path: Path) -> None:
    one = run(tmp_path, "chrX\t49251480\t.\tC\tT\t.\t.\t.\tGT\t./.", words=("--callable", str(exons_bed(tmp_path))))
    (allele,) = [allele for allele in one["callability"]["alleles"] if allele["name"] == A384T]
    assert (allele["verdict"], allele["reason"]) == ("not_excluded", "the caller doubts one of its bases")
    assert one["conclusion"]["code"] == "not_assessable"


@pytest.mark.parametrize(
    ("format_", "values", "verdict"),
    [
        ("GT:AD", "0/0:27,3", "seen"),
        ("GT:DP", "0/0:4", "not_excluded"),
        ("GT:GQ", "0/0:12", "not_excluded"),
        ("GT:DP:GQ", "0/0:30:60", "excluded"),
        ("GT", "0/0", "excluded"),
    ],
)
def test_what_the_file_itself_says_is_held_against_stated_regions(
    format_: str, values: str, verdict: str, tmp_path: Path
) -> None:
    record = f"chrX\t49251480\t.\tC\tT\t.\t.\t.\t{format_}\t{values}"
    one = run(tmp_path, record, words=("--callable", str(exons_bed(tmp_path))))
    (allele,) = [allele for allele in one["callability"]["alleles"] if allele["name"] == A384T]
    assert allele["verdict"] == verdict
    assert (one["conclusion"]["code"] == "nothing_found") == (verdict == "excluded")


def test_records_outside_stated_regions_add_nothing_to_them(tmp_path: Path) -> None:
    words = ("--callable", str(bed(tmp_path, "chrX\t0\t1\n")))
    one = run(tmp_path, "chrX\t49251480\t.\tC\tT\t.\t.\t.\tGT:DP\t0/0:90", words=words)
    assert one["callability"]["depths"] == []


def test_regions_say_nothing_of_a_file_without_chromosome_x(tmp_path: Path) -> None:
    words = ("--callable", str(exons_bed(tmp_path)))
    one = run(tmp_path, "chr1\t5\t.\tC\tT\t.\t.\t.\tGT\t0/1", words=words)
    assert one["callability"] is None
    assert "IPEX is not excluded" in one["conclusion"]["sentence"]
    elsewhere = run(tmp_path, "chrX\t60000000\t.\tC\tT\t.\t.\t.\tGT\t0/1", words=words)
    assert elsewhere["conclusion"]["code"] == "nothing_found"


def test_nothing_replaces_counted_reads(tmp_path: Path) -> None:
    path = tmp_path / "input.vcf"
    path.write_text(f"{HEADER}\tFORMAT\tS\n{PLAIN}\n")
    with extracted(path, GENE) as extract:
        call_set = replace(read_call_set(path, extract, "input", GENE), coverage={0: deep(30)})
        with pytest.raises(InputError, match="its reads were counted"):
            StatedRegions(Knowledge.shipped()).added(path, extract, call_set, 0, exons_bed(tmp_path))


def test_a_row_of_the_sheet_names_its_own_regions(tmp_path: Path) -> None:
    file, other = exons_bed(tmp_path), bed(tmp_path, "chrX\t0\t1\n", "none.bed")
    path = tmp_path / "two.vcf"
    path.write_text(f"{HEADER}\tFORMAT\tS\tT\n{PLAIN}\t0:30\n")
    sheet = tmp_path / "sheet.tsv"
    sheet.write_text(f"sample\tvcf\tsex\tcallable\nS\t{path}\tmale\t{file}\nT\t{path}\tmale\t\n")
    assert [row.callable_regions for row in read_sample_sheet(sheet).rows] == [file, None]
    words = ["run", str(path), "-o", str(tmp_path / "out"), "--samples", str(sheet), "--callable", str(other)]
    assert CliRunner().invoke(main, words, catch_exceptions=False).exit_code == 0
    codes = {
        name: json.loads((tmp_path / "out" / "reports" / f"{name}.json").read_text())["conclusion"]["code"]
        for name in "ST"
    }
    assert codes == {"S": "nothing_found", "T": "not_assessable"}


def test_regions_can_be_stated_of_samples_only(tmp_path: Path) -> None:
    path = tmp_path / "sites.vcf"
    path.write_text(f"{HEADER}\n" + "\t".join(PLAIN.split("\t")[:8]) + "\n")
    words = ["run", str(path), "-o", str(tmp_path / "out"), "--callable", str(exons_bed(tmp_path))]
    result = CliRunner().invoke(main, words)
    assert result.exit_code != 0
    assert "has no sample column" in result.output


def test_a_sample_cannot_take_the_name_of_a_table(tmp_path: Path) -> None:
    path = tmp_path / "input.vcf"
    path.write_text(f"{HEADER}\tFORMAT\tS\tS.callability\n{PLAIN}\t0:3\n")
    result = CliRunner().invoke(main, ["run", str(path), "-o", str(tmp_path / "out")])
    assert result.exit_code != 0
    assert "S.callability" in result.output
    assert not (tmp_path / "out").exists()


class _Text(HTMLParser):
    """The text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_shows_it(tmp_path: Path) -> None:
    one = run(tmp_path, *around((49251470, 49251490, "0/0:3:60")))
    page = _Text()
    page.feed(sample_page(one))
    assert "What was excluded, and what could not be seen" in page.text
    assert one["callability"]["summary"]["sentence"] in page.text
    for region in one["callability"]["regions"]:
        is_told = region["kind"] != "splice_site" or region["verdict"] != "callable"
        assert (f"<td>{region['name']}</td>" in sample_page(one)) == is_told
    for part in one["callability"]["summary"]["remaining"]:
        assert f"{part['region']}: {', '.join(part['alleles'])}" in page.text
    clear = run(tmp_path, PLAIN, words=("--callable", str(exons_bed(tmp_path))))
    shown = sample_page(clear)
    assert "covered <b>.bed" not in shown
    assert "covered &lt;b&gt;.bed" in shown
    assert "Nothing found in what could be assessed" in shown
    assert "What was excluded" not in sample_page(run(tmp_path, PLAIN))


def test_the_table_has_a_row_for_each_region_and_allele(tmp_path: Path) -> None:
    one = run(tmp_path, WHOLE)
    header, *rows = [line.split("\t") for line in callability_table(one).splitlines()]
    cells = [dict(zip(header, row, strict=True)) for row in rows]
    assert len(cells) == len(regions_of(MODEL)) + len(CATALOGUE.variants) + len(CATALOGUE.structures)
    (allele,) = [cell for cell in cells if cell["name"] == A384T]
    assert (allele["what"], allele["verdict"], allele["least_depth"]) == ("allele", "excluded", "30")
    assert float(allele["p_miss_hemizygous"]) < 1e-20
