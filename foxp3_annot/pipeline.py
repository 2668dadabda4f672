"""The road from input files to reports, composed from the steps; every command takes it."""

import shlex
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from foxp3_annot.alignment_run import CalledReads, Companion, call_reads, call_set_of, companions_in
from foxp3_annot.annotation_resource import NO_RESOURCES, AnnotationResources
from foxp3_annot.assembly import Assembly
from foxp3_annot.callset import CallSet, Record
from foxp3_annot.copy_number import wants_companions
from foxp3_annot.coverage import Coverage, CoverageSource
from foxp3_annot.errors import InputError
from foxp3_annot.family import FamilyRecord
from foxp3_annot.family_states import Member, with_states
from foxp3_annot.gene import Gene
from foxp3_annot.genotype import Sex
from foxp3_annot.interpretation import Assessment, Described, assess, describe
from foxp3_annot.job import Job
from foxp3_annot.knowledge import Knowledge
from foxp3_annot.patient import Patient
from foxp3_annot.readers.alignments import ReadSettings, SampleReads
from foxp3_annot.readers.callable_regions import read_callable_regions
from foxp3_annot.readers.reference_blocks import held_against
from foxp3_annot.readers.samples import AUTO
from foxp3_annot.readers.sex import sex_evidence_of_calls
from foxp3_annot.readers.vcf import extracted, raw_records, read_call_set
from foxp3_annot.report.family import familial
from foxp3_annot.report.html import sample_page
from foxp3_annot.report.json import report_json
from foxp3_annot.report.provenance import Settings
from foxp3_annot.report.sample import Subject, sample_report
from foxp3_annot.variant import Variant
from foxp3_annot.writers.files import copy_file, safe_name, write_text
from foxp3_annot.writers.tables import callability_table, sample_table
from foxp3_annot.writers.vcf import write_annotated_vcf

Progress = Callable[[str], None]

_RESERVED = ".callability"
CALLABILITY_ENDING = f"{_RESERVED}.tsv"
"""The end of the name of the table of callability, which no report of another sample may share."""


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


def read_and_describe(
    job: Job, knowledge: Knowledge, stack: ExitStack, resources: AnnotationResources = NO_RESOURCES
) -> tuple[Path, CallSet, dict[Variant, Described]]:
    """Read a VCF or BCF file and describe each of its alleles once; the extract lives as long as the stack."""
    extract, call_set = _read_records(job, knowledge.gene, stack)
    return extract, call_set, describe(call_set.variants(), knowledge.gene, knowledge.matcher, resources)


def _read_records(job: Job, gene: Gene, stack: ExitStack) -> tuple[Path, CallSet]:
    extract = stack.enter_context(extracted(job.path, gene))
    call_set = read_call_set(job.path, extract, job.name, gene, job.assembly)
    evidence = sex_evidence_of_calls(job.path, call_set.assembly, indexed=call_set.seen.indexed)
    return extract, replace(call_set, sex_evidence=evidence)


@dataclass(frozen=True)
class Read:
    """A job with what its file says; `reads` are those of each sample of an alignment file, by its index."""

    job: Job
    extract: Path
    call_set: CallSet
    reads: Mapping[int, SampleReads]


def read_jobs(
    jobs: Iterable[Job],
    sexes: Mapping[str, Sex],
    gene: Gene,
    stack: ExitStack,
    progress: Progress,
    beside: Iterable[Job] = (),
) -> tuple[list[Read], frozenset[str] | None]:
    """Read every file. The depth of captured reads is compared with the other samples that were read, and with those
    of the files `beside`, which are read for this alone where captured reads are among the jobs. The names of their
    samples come second; None where they were not read."""
    read: dict[Path, tuple[Path, CallSet]] = {}
    called: dict[Path, CalledReads] = {}
    jobs = list(jobs)
    for job in jobs:
        progress(f"reading {job.path.name}")
        if job.is_alignment:
            called[job.path] = call_reads(job, gene, sexes, stack)
        else:
            read[job.path] = _read_records(job, gene, stack)
    added: list[Companion] = []
    wanted = any(
        wants_companions(sample.depth, gene.on(one.locus.assembly)) for one in called.values() for sample in one.samples
    )
    others = [job for job in beside if job.path not in called]
    for job in others:
        if wanted:
            progress(f"counting depth in {job.path.name}")
            added += companions_in(job, gene, sexes)
    for path, one in called.items():
        near = [sample.companion for other in called.values() if other is not one for sample in other.samples]
        read[path] = call_set_of(one, gene, [*near, *added])
    reads = {path: dict(enumerate(sample.reads for sample in one.samples)) for path, one in called.items()}
    compared = None if others and not wanted else frozenset(name for one in added for name in one.names)
    return [Read(job, *read[job.path], reads.get(job.path, {})) for job in jobs], compared


def report_jobs(
    jobs: Iterable[Job],
    sexes: Mapping[str, Sex],
    knowledge: Knowledge,
    assembly: Assembly | None,
    stack: ExitStack,
    progress: Progress,
    resources: AnnotationResources = NO_RESOURCES,
    beside: Iterable[Job] = (),
) -> list[Outcome]:
    """Reports of every sample of every job, nothing written yet; `beside` as in `read_jobs`.

    A sample name that stands in several files is told apart by the name of the file. Raises InputError where
    two reports would still share a name, and where `sexes` names a sample that is in no file.
    """
    files, compared = read_jobs(jobs, sexes, knowledge.gene, stack, progress, beside)
    read = [(one, list(_subjects(one.job, one.call_set))) for one in files]
    known = [subject for _, subjects in read for _, subject in subjects]
    _refuse_unknown(sexes, known, compared)
    shared = {id_ for id_, count in Counter(subject.id for subject in known).items() if count > 1}
    tables = {
        one.job.path: describe(one.call_set.variants(), knowledge.gene, knowledge.matcher, resources) for one in files
    }
    made: dict[Path, list[_Made]] = {one.job.path: [] for one in files}
    for each in _made(_assessed(read, shared, sexes, knowledge, assembly, resources, tables), knowledge):
        made[each.of.read.job.path].append(each)
    return [
        Outcome(
            one.job,
            one.extract,
            one.call_set,
            tables[one.job.path],
            tuple(each.report for each in made[one.job.path]),
            resources,
            tuple(each.of.kept for each in made[one.job.path] if each.of.kept),
        )
        for one in files
    ]


@dataclass(frozen=True)
class _Assessed:
    """One sample with what its file says of it; `seen` holds callable regions that were stated, too."""

    read: Read
    seen: CallSet
    index: int | None
    subject: Subject
    described: Mapping[Variant, Described]
    settings: Settings
    resources: AnnotationResources

    def assessed(self, patient: Patient, knowledge: Knowledge) -> Assessment:
        """What the sample says; the family of `patient` may hold what its other people show."""
        return assess(
            self.seen,
            self.index,
            self.subject.sex,
            self.described,
            knowledge.gene,
            knowledge.matcher,
            self.resources,
            patient=patient,
        )

    @property
    def kept(self) -> tuple[str, Path] | None:
        """Name of the report and BAM of the locus, where its reads are kept."""
        keeps = self.read.job.settings.mini_bam and self.index is not None and self.index in self.read.reads
        return (self.subject.id, self.read.reads[self.index].path) if keeps and self.index is not None else None


def _assessed(
    read: Iterable[tuple[Read, list[tuple[int | None, Subject]]]],
    shared: Container[str],
    sexes: Mapping[str, Sex],
    knowledge: Knowledge,
    assembly: Assembly | None,
    resources: AnnotationResources,
    tables: Mapping[Path, Mapping[Variant, Described]],
) -> Iterator[_Assessed]:
    """Each sample of each file; names in `shared` get that of the file before them."""
    owners, stated = dict[str, Path](), StatedRegions(knowledge)
    for one, subjects in read:
        job, call_set = one.job, one.call_set
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
            seen = stated.added(job.path, one.extract, call_set, index, regions) if regions else call_set
            described = tables[job.path]
            copies = seen.copy_numbers.get(index) if index is not None else None
            settings = settings_of(job, subject, assembly, resources, regions, copies.companions if copies else ())
            yield _Assessed(one, seen, index, subject, described, settings, resources)


@dataclass(frozen=True)
class _Of:
    """What of a sample is needed once its report is made."""

    read: Read
    kept: tuple[str, Path] | None


@dataclass(frozen=True)
class _Made:
    of: _Of
    report: dict[str, Any]


def _made(assessed: Iterable[_Assessed], knowledge: Knowledge) -> Iterator[_Made]:
    """The report of each sample in order within its file; of those with a family once all relatives were looked at."""
    found: list[_Made | _Assessed] = []
    for one in assessed:
        if one.subject.patient.family:
            found.append(one)
        else:
            found.append(_Made(_Of(one.read, one.kept), _report(one, None, knowledge)))
    waiting = [one for one in found if isinstance(one, _Assessed)]
    members = [
        Member(one.subject.patient, one.subject.sex, one.seen, one.index, one.assessed(one.subject.patient, knowledge))
        for one in waiting
    ]
    families = with_states(members, knowledge.gene)
    for each in found:
        if isinstance(each, _Assessed):
            yield _Made(_Of(each.read, each.kept), _report(each, next(families), knowledge))
        else:
            yield each


def _report(one: _Assessed, family: FamilyRecord | None, knowledge: Knowledge) -> dict[str, Any]:
    """The report of a sample, with what was seen in the relatives who are in the run."""
    gene, call_set = knowledge.gene, one.read.call_set
    subject = replace(one.subject, patient=replace(one.subject.patient, family=family))
    assessment = one.assessed(subject.patient, knowledge)
    described = familial(family, call_set.assembly, gene, knowledge.matcher)
    return sample_report(subject, call_set, assessment, gene, knowledge.catalogue, one.settings, described)


def _regions_of(job: Job, name_in_file: str | None) -> Path | None:
    """The file of callable regions that holds for a sample: that of its row, else that of the job."""
    rows = [row for row in job.rows if row.name_in_file == name_in_file or name_in_file is None]
    return next((row.callable_regions for row in rows if row.callable_regions), job.callable_regions)


class StatedRegions:
    """Files of callable regions, and the records that are held against them, each read once."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._gene = knowledge.gene
        self._regions: dict[tuple[Path, Assembly], Coverage] = {}
        self._records: dict[Path, list[tuple[Record, Any]]] = {}

    def added(self, path: Path, extract: Path, call_set: CallSet, sample: int | None, regions: Path) -> CallSet:
        """The call set with what regions state of a sample, which goes before the blocks of the file at `path`.

        InputError for one without samples, and for reads, whose counts nothing replaces. Regions
        count for nothing where the file has no record on chromosome X at all: it may have been removed.
        """
        if sample is None:
            raise InputError(f"{path}: has no sample column, so callable regions ({regions}) can be stated of nobody")
        own = call_set.coverage.get(sample)
        if own and own.source is CoverageSource.READS:
            raise InputError(f"{path}: its reads were counted, which goes before callable regions; leave out {regions}")
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


def _refuse_unknown(sexes: Mapping[str, Sex], known: list[Subject], compared: frozenset[str] | None) -> None:
    """InputError for a sex that is stated of a sample that is in no file, as far as all files were read."""
    names = {subject.id for subject in known}
    unknown = sorted(set(sexes) - names - compared) if compared is not None else []
    if unknown:
        raise InputError(f"--sex names sample '{unknown[0]}', which is in no input; the samples are {_listed(names)}")


def settings_of(
    job: Job,
    subject: Subject,
    assembly: Assembly | None,
    resources: AnnotationResources = NO_RESOURCES,
    regions: Path | None = None,
    companions: Iterable[str] = (),
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
    if subject.patient.family and job.pedigree:
        words += ["--ped", job.pedigree.name]
        configuration["ped"] = job.pedigree.name
    for name, value in subject.patient.family.settings if subject.patient.family else ():
        words += ["--assume", f"{name}={value}"]
        configuration[name] = value
    files = sorted(set(companions) - {job.path.name})
    if files:
        words += [word for name in files for word in ("--beside", name)]
        configuration["beside"] = ", ".join(files)
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
        declared = Subject(row.sample, None, row.sex, row.sex_declared, row.patient) if row else None
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
        if row:
            yield index, Subject(row.sample, name, row.sex, row.sex_declared, row.patient)
        else:
            yield index, Subject(name, name, Sex.UNKNOWN, False)


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
