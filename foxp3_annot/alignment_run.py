"""The road of an alignment file: reads, calls and depths of each sample, lesions beside other samples, a call set."""

from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import pysam

from foxp3_annot.alignment import Platform
from foxp3_annot.callset import CallSet
from foxp3_annot.copy_number import LocusDepth, copy_numbers_of
from foxp3_annot.exon_copies import CopyNumbers
from foxp3_annot.gene import Gene
from foxp3_annot.genotype import Sex
from foxp3_annot.job import Job
from foxp3_annot.lesion import Junction, Lesion, find_lesions, with_lesions
from foxp3_annot.patient import copies_counted_as
from foxp3_annot.readers.alignments import LocusReads, SampleReads, read_locus, workspace
from foxp3_annot.readers.calling import SampleCalls, call_sample, count_depths
from foxp3_annot.readers.calls_vcf import write_calls
from foxp3_annot.readers.lesions import read_junctions
from foxp3_annot.readers.sex import read_depths
from foxp3_annot.readers.vcf import read_call_set
from foxp3_annot.sex_evidence import ReadDepths, SexEvidence

FEWEST_ELSEWHERE = 1_000
"""Below this number of reads on other chromosomes samples are not scaled by them: an extract of the locus."""


@dataclass(frozen=True)
class Companion:
    """A sample whose depth others can be compared with; `names` are those under which its sex can be stated."""

    names: tuple[str, ...]
    platform: Platform
    depth: LocusDepth


@dataclass(frozen=True)
class CalledSample:
    """One sample of an alignment file: its reads, what was called in them, its depth, and what spans lesions."""

    reads: SampleReads
    calls: SampleCalls
    depth: LocusDepth
    junctions: tuple[Junction, ...]

    @property
    def companion(self) -> Companion:
        return Companion((), self.reads.platform, self.depth)


@dataclass(frozen=True)
class CalledReads:
    """One alignment file, called sample by sample. `folder` holds what was made of it."""

    job: Job
    locus: LocusReads
    samples: tuple[CalledSample, ...]
    read_depths: ReadDepths | None
    folder: Path


def call_reads(job: Job, gene: Gene, sexes: Mapping[str, Sex], stack: ExitStack) -> CalledReads:
    """Read and call an alignment file; `sexes` tells with how many copies. Raises InputError for one that cannot be
    used, AssemblyError where the build is not certain."""
    folder = stack.enter_context(workspace())
    locus, depths = _locus(job, gene, folder)
    reference = gene.on(locus.assembly).reference
    samples = []
    for number, sample in enumerate(locus.samples):
        place = folder / f"calling{number}"
        place.mkdir()
        karyotype = job.karyotype_of(sample.name, sexes)
        calls = call_sample(sample, locus.contig, reference, karyotype.counted_as, job.settings, place)
        depth = LocusDepth(calls.coverage, copies_counted_as(karyotype), _elsewhere(depths), job.path.name)
        filters = sample.platform.filters(job.settings.filters)
        with pysam.AlignmentFile(str(sample.path)) as reads:
            junctions = read_junctions(reads, locus.contig, reference, filters)
        samples.append(CalledSample(sample, calls, depth, junctions))
    return CalledReads(job, locus, tuple(samples), depths, folder)


def companions_in(job: Job, gene: Gene, sexes: Mapping[str, Sex]) -> tuple[Companion, ...]:
    """The samples of a file that serves for comparison alone; those of unknown sex cannot."""
    found = []
    with workspace() as folder:
        locus, depths = _locus(job, gene, folder)
        reference = gene.on(locus.assembly).reference
        for number, sample in enumerate(locus.samples):
            place = folder / f"counting{number}"
            place.mkdir()
            coverage = count_depths(sample, locus.contig, reference, job.settings, place)
            sex = copies_counted_as(job.karyotype_of(sample.name, sexes))
            depth = LocusDepth(coverage, sex, _elsewhere(depths), job.path.name)
            found.append(Companion(job.names_of(sample.name), sample.platform, depth))
    return tuple(found)


def _locus(job: Job, gene: Gene, folder: Path) -> tuple[LocusReads, ReadDepths | None]:
    """The reads of the locus, and what the index counts by chromosome: it does not tell samples of one file apart."""
    rows = {row.name_in_file: row for row in job.rows}
    named = [row for row in job.rows if row.vcf is not None]
    unnamed = named[0].name_in_file if len(named) == 1 and named[0].name_in_file == named[0].sample else job.name
    locus = read_locus(
        job.path,
        gene,
        unnamed,
        folder,
        job.assembly,
        job.settings,
        lambda name: rows[name].platform if name in rows else None,
    )
    return locus, read_depths(job.path) if locus.indexed and len(locus.samples) == 1 else None


def _elsewhere(depths: ReadDepths | None) -> int | None:
    """Reads on autosomes, where there are enough to scale by."""
    return depths.autosomal_reads if depths and depths.autosomal_reads >= FEWEST_ELSEWHERE else None


def call_set_of(called: CalledReads, gene: Gene, others: Iterable[Companion]) -> tuple[Path, CallSet]:
    """The calls of a file as VCF and as a call set with depths and copies; `others` are samples of other files."""
    job, locus = called.job, called.locus
    model, others = gene.on(locus.assembly), tuple(others)
    copies: dict[int, CopyNumbers] = {}
    lesions: list[tuple[Lesion, ...]] = []
    for index, sample in enumerate(called.samples):
        beside = [one.companion for one in called.samples if one is not sample]
        companions = [
            one.depth
            for one in (*beside, *others)
            if one.platform is sample.reads.platform and one.depth.coverage.assembly is locus.assembly
        ]
        counted = copy_numbers_of(sample.depth, model, companions)
        found = find_lesions(sample.depth, sample.junctions, model, companions, counted.stretches)
        copies[index] = with_lesions(counted, found)
        lesions.append(found)
    calls = tuple(sample.calls for sample in called.samples)
    extract = called.folder / "calls.vcf"
    write_calls(extract, locus, calls, model.reference, lesions, [one.depth.sex for one in called.samples])
    call_set = read_call_set(job.path, extract, job.name, gene, locus.assembly)
    evidence = {0: SexEvidence(reads=called.read_depths)} if called.read_depths else {}
    return extract, replace(
        call_set,
        assembly_basis=locus.basis,
        seen=replace(call_set.seen, indexed=locus.indexed, records_on_x=None),
        coverage={index: one.coverage for index, one in enumerate(calls)},
        sex_evidence=evidence,
        favoured_copies={index: one.favoured for index, one in enumerate(calls) if one.favoured},
        copy_numbers=copies,
    )
