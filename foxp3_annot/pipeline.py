"""The road from input files to reports, composed from the steps; every command takes it."""

import shlex
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from foxp3_annot.annotation_resource import NO_RESOURCES, AnnotationResources
from foxp3_annot.assembly import Assembly
from foxp3_annot.callset import CallSet, Record
from foxp3_annot.coverage import Coverage
from foxp3_annot.errors import InputError
from foxp3_annot.gene import Gene
from foxp3_annot.genotype import Sex
from foxp3_annot.interpretation import Described, assess, describe
from foxp3_annot.knowledge import Knowledge
from foxp3_annot.readers.alignments import ReadSettings, SampleReads, is_alignment_file, read_locus, workspace
from foxp3_annot.readers.callable_regions import read_callable_regions
from foxp3_annot.readers.calling import call_sample, write_calls
from foxp3_annot.readers.reference_blocks import held_against
from foxp3_annot.readers.samples import AUTO, SampleRow, SampleSheet
from foxp3_annot.readers.sex import read_depths, sex_evidence_of_calls
from foxp3_annot.readers.vcf import extracted, raw_records, read_call_set
from foxp3_annot.report.html import sample_page
from foxp3_annot.report.json import report_json
from foxp3_annot.report.provenance import Settings
from foxp3_annot.report.sample import Subject, sample_report
from foxp3_annot.sex_evidence import SexEvidence
from foxp3_annot.variant import Variant
from foxp3_annot.writers.files import copy_file, safe_name, write_text
from foxp3_annot.writers.tables import callability_table, sample_table
from foxp3_annot.writers.vcf import write_annotated_vcf

Progress = Callable[[str], None]

_RESERVED = ".callability"
CALLABILITY_ENDING = f"{_RESERVED}.tsv"
"""The end of the name of the table of callability, which no report of another sample may share."""


@dataclass(frozen=True)
class Job:
    """One input file, its name, the build where it is stated, and what the sheet says of its samples.

    With `only_listed` samples that no row names get no report. `callable_regions` is the BED file that holds for
    samples whose row names none.
    """

    path: Path
    name: str
    assembly: Assembly | None = None
    rows: tuple[SampleRow, ...] = ()
    only_listed: bool = False
    callable_regions: Path | None = None
    settings: ReadSettings = field(default_factory=ReadSettings)

    @property
    def is_alignment(self) -> bool:
        """Whether the file holds reads."""
        return is_alignment_file(self.path)


@dataclass(frozen=True)
class Outcome:
    """What came of one job: the call set, its described alleles, a report for each sample, and the resources asked.

    `alignments` holds, for each sample whose reads are kept, the name of its report and the BAM of the locus.
    """

    job: Job
    extract: Path
    call_set: CallSet
    described: dict[Variant, Described]
    reports: tuple[dict[str, Any], ...]
    resources: AnnotationResources = NO_RESOURCES
    alignments: tuple[tuple[str, Path], ...] = ()


def jobs_of(
    names: Mapping[Path, str],
    sheet: SampleSheet,
    assembly: Assembly | None,
    *,
    only_listed: bool = False,
    callable_regions: Path | None = None,
    settings: ReadSettings | None = None,
    listed_as: Path | None = None,
) -> list[Job]:
    """A job for each file. A build stated in a row counts for its file; rows of one file must not differ.

    With `listed_as` the rows are those of another file, from which this one was made.
    """
    jobs = []
    for path, name in names.items():
        rows = sheet.of_file(listed_as or path)
        stated = {row.assembly for row in rows if row.assembly and row.vcf}
        if len(stated) > 1:
            raise InputError(f"{path}: the rows of the sample sheet state different builds for this file; keep one")
        build = next(iter(stated), assembly)
        jobs.append(Job(path, name, build, rows, only_listed, callable_regions, settings or ReadSettings()))
    return jobs


def read_and_describe(
    job: Job,
    knowledge: Knowledge,
    stack: ExitStack,
    resources: AnnotationResources = NO_RESOURCES,
    sexes: Mapping[str, Sex] | None = None,
) -> tuple[Path, CallSet, dict[Variant, Described], Mapping[int, SampleReads]]:
    """Read a file and describe each of its alleles once; the extract lives as long as the stack.

    The reads of each sample of an alignment file come last, by its index; `sexes` tells with how many copies to call.
    """
    reads: Mapping[int, SampleReads] = {}
    if job.is_alignment:
        extract, call_set, reads = _read_alignments(job, knowledge.gene, stack, sexes or {})
    else:
        extract = stack.enter_context(extracted(job.path, knowledge.gene))
        call_set = read_call_set(job.path, extract, job.name, knowledge.gene, job.assembly)
        evidence = sex_evidence_of_calls(job.path, call_set.assembly, indexed=call_set.seen.indexed)
        call_set = replace(call_set, sex_evidence=evidence)
    return extract, call_set, describe(call_set.variants(), knowledge.gene, knowledge.matcher, resources), reads


def _read_alignments(
    job: Job, gene: Gene, stack: ExitStack, sexes: Mapping[str, Sex]
) -> tuple[Path, CallSet, Mapping[int, SampleReads]]:
    """The calls of a BAM or CRAM file as VCF and as a call set with depths, and the reads behind them."""
    folder = stack.enter_context(workspace())
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
    calls = []
    for number, sample in enumerate(locus.samples):
        place = folder / f"calling{number}"
        place.mkdir()
        sex = _sex_in_file(job, rows.get(sample.name), sample.name, sexes)
        reference = gene.on(locus.assembly).reference
        calls.append(call_sample(sample, locus.contig, reference, sex, job.settings, place))
    extract = folder / "calls.vcf"
    write_calls(extract, locus, tuple(calls))
    call_set = read_call_set(job.path, extract, job.name, gene, locus.assembly)
    call_set = replace(
        call_set,
        assembly_basis=locus.basis,
        seen=replace(call_set.seen, indexed=locus.indexed, records_on_x=None),
        coverage={index: one.coverage for index, one in enumerate(calls)},
        sex_evidence=_sex_evidence(job.path, locus.indexed, len(calls)),
        favoured_copies={index: one.favoured for index, one in enumerate(calls) if one.favoured},
    )
    return extract, call_set, dict(enumerate(locus.samples))


def _sex_evidence(path: Path, indexed: bool, samples: int) -> dict[int, SexEvidence]:
    """What the index counts by chromosome; it does not tell the samples of one file apart."""
    depths = read_depths(path) if indexed and samples == 1 else None
    return {0: SexEvidence(reads=depths)} if depths else {}


def _sex_in_file(job: Job, row: SampleRow | None, name: str, sexes: Mapping[str, Sex]) -> Sex:
    """The sex of a sample before it has a report: from the command line by any of its names, else from the sheet."""
    id_ = row.sample if row else name
    for key in (f"{job.name}.{id_}", id_):
        if key in sexes:
            return sexes[key]
    return row.sex if row else Sex.UNKNOWN


def report_jobs(
    jobs: Iterable[Job],
    sexes: Mapping[str, Sex],
    knowledge: Knowledge,
    assembly: Assembly | None,
    stack: ExitStack,
    progress: Progress,
    resources: AnnotationResources = NO_RESOURCES,
) -> list[Outcome]:
    """Reports of every sample of every job, nothing written yet.

    A sample name that stands in several files is told apart by the name of the file. Raises InputError where
    two reports would still share a name, and where `sexes` names a sample that is in no file.
    """
    read = []
    for job in jobs:
        progress(f"reading {job.path.name}")
        extract, call_set, described, reads = read_and_describe(job, knowledge, stack, resources, sexes)
        read.append((job, extract, call_set, described, reads, list(_subjects(job, call_set))))
    known = [subject for *_, subjects in read for _, subject in subjects]
    _refuse_unknown(sexes, known)
    shared = {id_ for id_, count in Counter(subject.id for subject in known).items() if count > 1}
    outcomes, owners, stated = [], dict[str, Path](), _StatedRegions(knowledge)
    for job, extract, call_set, described, reads, subjects in read:
        reports, kept = [], []
        for index, given in subjects:
            subject = _with_sex(_renamed(given, job) if given.id in shared else given, given.id, sexes)
            if subject.id.endswith(_RESERVED):
                raise InputError(
                    f"{job.path}: a sample cannot be called '{subject.id}': reports end in {_RESERVED}.tsv"
                )
            if subject.id in owners:
                raise InputError(f"{job.path}: '{subject.id}' would also name a report of {owners[subject.id]}")
            owners[subject.id] = job.path
            regions = _regions_of(job, given.name_in_file)
            seen = stated.added(job.path, extract, call_set, index, regions) if regions else call_set
            assessment = assess(seen, index, subject.sex, described, knowledge.gene, knowledge.matcher, resources)
            settings = settings_of(job, subject, assembly, resources, regions)
            if index is not None and index in reads and job.settings.mini_bam:
                kept.append((subject.id, reads[index].path))
            reports.append(sample_report(subject, call_set, assessment, knowledge.gene, knowledge.catalogue, settings))
        outcomes.append(Outcome(job, extract, call_set, described, tuple(reports), resources, tuple(kept)))
    return outcomes


def _regions_of(job: Job, name_in_file: str | None) -> Path | None:
    """The file of callable regions that holds for a sample: that of its row, else that of the job."""
    rows = [row for row in job.rows if row.name_in_file == name_in_file or name_in_file is None]
    return next((row.callable_regions for row in rows if row.callable_regions), job.callable_regions)


class _StatedRegions:
    """Files of callable regions, and the records that are held against them, each read once."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._gene = knowledge.gene
        self._regions: dict[tuple[Path, Assembly], Coverage] = {}
        self._records: dict[Path, list[tuple[Record, Any]]] = {}

    def added(self, path: Path, extract: Path, call_set: CallSet, sample: int | None, regions: Path) -> CallSet:
        """The call set with what regions state of a sample, which goes before what the file at `path` tells.

        They count for nothing where the file has no record on chromosome X at all: it may have been removed.
        """
        if sample is None:
            raise InputError(f"{path}: has no sample column, so callable regions ({regions}) can be stated of nobody")
        if call_set.seen.records_on_x == 0:
            return call_set
        key, window = (regions, call_set.assembly), self._gene.on(call_set.assembly).window
        if key not in self._regions:
            self._regions[key] = read_callable_regions(regions, window)
        if extract not in self._records:
            self._records[extract] = raw_records(path, extract, call_set)
        coverage = held_against(self._regions[key], self._records[extract], sample, window)
        return replace(call_set, coverage={**call_set.coverage, sample: coverage})


def _renamed(subject: Subject, job: Job) -> Subject:
    return replace(subject, id=f"{job.name}.{subject.id}")


def _with_sex(subject: Subject, name: str, sexes: Mapping[str, Sex]) -> Subject:
    """The sex given on the command line for this report or for the sample's name, if any."""
    sex = sexes.get(subject.id, sexes.get(name))
    return replace(subject, sex=sex, sex_declared=True) if sex else subject


def _refuse_unknown(sexes: Mapping[str, Sex], known: list[Subject]) -> None:
    names = {subject.id for subject in known}
    unknown = sorted(set(sexes) - names)
    if unknown:
        raise InputError(f"--sex names sample '{unknown[0]}', which is in no input; the samples are {_listed(names)}")


def settings_of(
    job: Job,
    subject: Subject,
    assembly: Assembly | None,
    resources: AnnotationResources = NO_RESOURCES,
    regions: Path | None = None,
) -> Settings:
    """A command that repeats this report, and the settings that bear on it; the same however it was called."""
    stated = job.assembly or assembly or AUTO
    words = ["foxp3-annot", "run", job.path.name, "--assembly", str(stated)]
    if subject.sex_declared and subject.name_in_file is not None:
        words += ["--sex", f"{subject.name_in_file}={subject.sex.value}"]
    configuration = {"assembly": str(stated), "sex": subject.sex.value}
    if job.is_alignment:
        for option, value in _read_options(job.settings).items():
            words += [option, value]
            configuration[option.removeprefix("--").replace("-", "_")] = value
    if resources.declaration:
        words += ["--annotations", resources.declaration]
        configuration["annotations"] = resources.declaration
    if regions:
        words += ["--callable", regions.name]
        configuration["callable"] = regions.name
    return Settings(shlex.join(words), configuration, resources)


def _read_options(settings: ReadSettings) -> dict[str, str]:
    """The options that bear on reads, with their values."""
    genome = {"--genome": settings.genome.name} if settings.genome else {}
    return genome | {
        "--mapping-quality": str(settings.filters.mapping_quality),
        "--base-quality": str(settings.filters.base_quality),
        "--low-fraction-reads": str(settings.low.reads),
        "--low-fraction": f"{settings.low.fraction:g}",
    }


def _subjects(job: Job, call_set: CallSet) -> Iterator[tuple[int | None, Subject]]:
    """Whom the reports of a file are about; a file without samples is reported as itself."""
    named = [row for row in job.rows if row.vcf is not None]
    if not call_set.samples:
        if len(named) > 1:
            raise InputError(
                f"{job.path}: has no sample column, but the sample sheet names {len(named)} samples for it"
            )
        row = named[0] if named else None
        declared = Subject(row.sample, None, row.sex, row.sex_declared) if row else None
        yield None, declared or Subject(job.name, None, Sex.UNKNOWN, False)
        return
    by_name = {name: index for index, name in enumerate(call_set.samples)}
    rows = {row.name_in_file: row for row in job.rows if row.name_in_file in by_name or row.vcf is not None}
    for name in sorted(set(rows) - set(by_name)):
        raise InputError(
            f"{job.path}: has no sample '{name}', which the sample sheet names; it has {_listed(call_set.samples)}"
        )
    for name, index in by_name.items():
        row = rows.get(name)
        if row is None and job.only_listed:
            continue
        subject = Subject(
            row.sample if row else name, name, row.sex if row else Sex.UNKNOWN, row.sex_declared if row else False
        )
        yield index, subject


def _listed(names: Iterable[str]) -> str:
    known = sorted(names)
    return ", ".join(known[:10]) + (f" and {len(known) - 10} more" if len(known) > 10 else "") or "none"


def write_outcome(outcome: Outcome, folder: Path) -> list[Path]:
    """Write the annotated VCF and each report; the pages are returned in the order of the samples."""
    target = folder / "annotated" / f"{safe_name(outcome.call_set.name)}.vcf.gz"
    write_annotated_vcf(target, outcome.extract, outcome.call_set, outcome.described, outcome.resources)
    for name, reads in outcome.alignments:
        bam = folder / "alignments" / f"{safe_name(name)}.bam"
        copy_file(reads, bam)
        copy_file(Path(f"{reads}.bai"), Path(f"{bam}.bai"))
    pages = []
    for report in outcome.reports:
        stem = folder / "reports" / safe_name(report["sample"]["id"])
        write_text(stem.with_name(f"{stem.name}.json"), report_json(report))
        write_text(stem.with_name(f"{stem.name}.tsv"), sample_table(report))
        write_text(stem.with_name(f"{stem.name}{CALLABILITY_ENDING}"), callability_table(report))
        page = stem.with_name(f"{stem.name}.html")
        write_text(page, sample_page(report))
        pages.append(page)
    return pages
