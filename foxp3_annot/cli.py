"""The command line: the only place that prints and exits."""

from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click

from foxp3_annot import __version__
from foxp3_annot.assembly import Assembly
from foxp3_annot.challenge_command import challenge
from foxp3_annot.console import progress, told
from foxp3_annot.curation.commands import knowledge as knowledge_commands
from foxp3_annot.errors import InputError
from foxp3_annot.explain_command import explain
from foxp3_annot.genotype import Sex

ASSEMBLY = click.option(
    "--assembly",
    type=click.Choice(["auto", "GRCh37", "GRCh38"]),
    default="auto",
    show_default=True,
    help="Genome build; auto reads it from the file.",
)


ANNOTATIONS = click.option(
    "--annotations", type=click.Path(path_type=Path), help="Declaration (YAML) of annotation resources of your own."
)


KNOWLEDGE = click.option(
    "--knowledge",
    "packs",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Pack of knowledge tables of your own, beside the shipped ones; may be given several times.",
)


GENOME = click.option(
    "--genome",
    type=click.Path(path_type=Path),
    metavar="FASTA",
    help="Genome that reads were aligned to; needed by most CRAM files. Never fetched from a network.",
)

_READ_OPTIONS = (
    GENOME,
    click.option(
        "--beside",
        multiple=True,
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="BAM or CRAM of other samples of the same run and kit, beside whose depth lost and doubled exons show in "
        "captured reads; not reported. Their sex must be stated. May be given several times.",
    ),
    click.option(
        "--mapping-quality",
        type=click.IntRange(0, 254),
        default=20,
        show_default=True,
        help="Reads of BAM and CRAM files count from this mapping quality (Phred) on.",
    ),
    click.option(
        "--base-quality",
        type=click.IntRange(0, 93),
        default=15,
        show_default=True,
        help="Bases of reads count from this quality (Phred) on; long reads are given a lower one.",
    ),
    click.option(
        "--low-fraction-reads",
        type=click.IntRange(1),
        default=4,
        show_default=True,
        help="An allele that was not called is told from this many reads on.",
    ),
    click.option(
        "--low-fraction",
        type=click.FloatRange(0, 1),
        default=0.05,
        show_default=True,
        help="An allele that was not called is told from this share of the reads on.",
    ),
    click.option(
        "--mini-bam/--no-mini-bam", default=True, show_default=True, help="Write the reads of the locus of each sample."
    ),
)


def read_options(command: Any) -> Any:
    """The options that bear on BAM and CRAM files."""
    for option in reversed(_READ_OPTIONS):
        command = option(command)
    return command


def _read_settings(
    genome: Path | None,
    mapping_quality: int,
    base_quality: int,
    low_fraction_reads: int,
    low_fraction: float,
    mini_bam: bool,
) -> Any:
    from foxp3_annot.alignment import LowFraction
    from foxp3_annot.coverage import ReadFilters
    from foxp3_annot.readers.alignments import ReadSettings

    low = LowFraction(low_fraction_reads, low_fraction)
    return ReadSettings(ReadFilters(mapping_quality, base_quality), low, genome, mini_bam)


CALLABLE = click.option(
    "--callable",
    "regions",
    type=click.Path(path_type=Path),
    metavar="FILE.bed",
    help="Regions in which the samples were seen deeply enough to be called (BED, plain or compressed); not the "
    "targets of a kit.",
)


PED = click.option(
    "--ped",
    type=click.Path(path_type=Path),
    metavar="FILE.ped",
    help="Pedigrees (PED or FAM, six columns); people are named as in the sample sheet or in the file of calls.",
)

ASSUME = click.option(
    "--assume",
    "assumed",
    multiple=True,
    metavar="NAME=VALUE",
    help="Another value for an assumption on families, such as penetrance=0.9; may be given several times.",
)


def _assumed(pairs: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    found: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name or name in found:
            raise InputError(f"--assume {pair}: write NAME=VALUE, each name once")
        found[name] = value
    return tuple(sorted(found.items()))


def _resources(declaration: Path | None, gene: Any) -> Any:
    """The resources that a file declares; nothing is loaded or read where none is given."""
    from foxp3_annot.annotation_resource import NO_RESOURCES

    if declaration is None:
        return NO_RESOURCES
    from foxp3_annot.readers.annotation_resources import read_annotation_resources

    return read_annotation_resources(declaration, gene)


def _assembly(text: str) -> Assembly | None:
    return None if text == "auto" else Assembly.parse(text)


def _sexes(pairs: tuple[str, ...]) -> dict[str, Sex]:
    found: dict[str, Sex] = {}
    for pair in pairs:
        name, equals, sex = pair.rpartition("=")
        if not equals or not name:
            raise InputError(f"--sex {pair}: write SAMPLE=male, SAMPLE=female or SAMPLE=unknown")
        if found.setdefault(name, Sex.parse(sex)) is not Sex.parse(sex):
            raise InputError(f"--sex names sample '{name}' twice, with different sexes")
    return found


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="foxp3-annot")
def main() -> None:
    """FOXP3 variants from sequencing output, named and matched to the mutations reported in IPEX.

    \b
    Examples:
      foxp3-annot run trio.vcf.gz -o results --sex BOY=male --sex MOTHER=female
      foxp3-annot annotate calls.bcf -o calls.tsv
      foxp3-annot lookup "c.1150G>A"
      foxp3-annot knowledge stats
    """


@main.command()
@click.argument("inputs", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="INPUT...")
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="Folder for the results.")
@click.option("--samples", type=click.Path(path_type=Path), help="Sample sheet (tab or comma separated).")
@click.option("--sex", multiple=True, metavar="SAMPLE=SEX", help="Sex of a sample: male, female or unknown.")
@click.option(
    "--phenopackets",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE|DIR",
    help="GA4GH phenopackets (version 2, JSON), found by the id of their subject; may be given several times.",
)
@ASSEMBLY
@KNOWLEDGE
@ANNOTATIONS
@CALLABLE
@PED
@ASSUME
@read_options
@told
def run(
    inputs: tuple[Path, ...],
    output: Path,
    samples: Path | None,
    sex: tuple[str, ...],
    phenopackets: tuple[Path, ...],
    assembly: str,
    packs: tuple[Path, ...],
    annotations: Path | None,
    regions: Path | None,
    ped: Path | None,
    assumed: tuple[str, ...],
    beside: tuple[Path, ...],
    **reads: Any,
) -> None:
    """Report every sample of a few VCF, BCF, BAM or CRAM files, in one process.

    \b
    Writes, under the output folder:
      reports/SAMPLE.html, .json, .tsv    the report of each sample
      reports/SAMPLE.callability.tsv      what was seen deeply enough, and what is excluded
      annotated/FILE.vcf.gz               the records of the locus, annotated and indexed
      alignments/SAMPLE.bam               the reads of the locus, where the input holds reads
      summary.tsv                         one row a sample

    \b
    Example:
      foxp3-annot run trio.vcf.gz other.bcf -o results --samples samples.tsv
      foxp3-annot run boy.bam mother.cram -o results --sex BOY=male --genome GRCh38.fa
      foxp3-annot run trio.vcf.gz -o results --annotations annotations.yaml
      foxp3-annot run trio.vcf.gz -o results --knowledge our-pack
      foxp3-annot run boy.vcf.gz -o results --sex BOY=male --callable covered.bed
      foxp3-annot run trio.vcf.gz -o results --ped family.ped
      foxp3-annot run exome1.bam exome2.bam exome3.bam exome4.bam -o results --samples samples.tsv
      foxp3-annot run boy.vcf.gz -o results --phenopackets boy.json
    """
    from foxp3_annot.job import jobs_beside, jobs_of
    from foxp3_annot.knowledge import Knowledge
    from foxp3_annot.pipeline import report_jobs, write_outcome
    from foxp3_annot.readers.families import with_families
    from foxp3_annot.readers.phenopackets import with_phenopackets
    from foxp3_annot.readers.samples import SampleSheet, call_set_names, read_sample_sheet
    from foxp3_annot.writers.files import write_text
    from foxp3_annot.writers.tables import summary_table

    sheet = read_sample_sheet(samples) if samples else SampleSheet()
    sheet = with_phenopackets(sheet, phenopackets, _sexes(sex))
    stated = _assembly(assembly)
    settings = _read_settings(**reads)
    sexes = _sexes(sex)
    people = with_families(sheet, ped, _assumed(assumed), sexes, add=True)
    names = call_set_names(inputs)
    jobs = jobs_of(names, people, stated, settings=settings, callable_regions=regions, pedigree=ped)
    others = jobs_beside(beside, people, stated, settings)
    knowledge = Knowledge.with_packs(packs)
    resources = _resources(annotations, knowledge.gene)
    with ExitStack() as stack:
        outcomes = report_jobs(jobs, sexes, knowledge, stated, stack, progress, resources, others)
        reports = [report for outcome in outcomes for report in outcome.reports]
        _refuse_unused_rows(sheet, reports, samples, beside)
        pages = [page for outcome in outcomes for page in write_outcome(outcome, output)]
    write_text(output / "summary.tsv", summary_table(reports))
    for report, page in zip(reports, pages, strict=True):
        click.echo(f"{report['sample']['id']}: {report['conclusion']['sentence']}\n    {page}")


def _refuse_unused_rows(sheet: Any, reports: list[dict[str, Any]], path: Path | None, beside: tuple[Path, ...]) -> None:
    """A row that names no sample of any input is a slip of the pen; a silent one would hide a missing report."""
    compared = {row for other in beside for row in sheet.of_file(other) if row.vcf is not None}
    reported = {report["sample"]["id"] for report in reports}
    reported |= {one["sample"]["id"].removeprefix(f"{one['call_set']['id']}.") for one in reports}
    unused = [row.sample for row in sheet.rows if row.sample not in reported and row not in compared]
    if unused:
        where = path or "--phenopackets"
        raise InputError(f"{where}: sample '{unused[0]}' is in none of the inputs; correct the name or add its file")


@main.command()
@click.argument("input_file", type=click.Path(path_type=Path), metavar="INPUT")
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="OUT.tsv or OUT.vcf.gz.")
@ASSEMBLY
@KNOWLEDGE
@ANNOTATIONS
@told
def annotate(input_file: Path, output: Path, assembly: str, packs: tuple[Path, ...], annotations: Path | None) -> None:
    """Describe the alleles of one VCF or BCF file, without looking at its samples.

    \b
    Examples:
      foxp3-annot annotate calls.vcf.gz -o calls.tsv
      foxp3-annot annotate calls.vcf -o calls.foxp3.vcf.gz --assembly GRCh37
    """
    from foxp3_annot.job import Job
    from foxp3_annot.knowledge import Knowledge
    from foxp3_annot.pipeline import read_and_describe
    from foxp3_annot.writers.files import write_text
    from foxp3_annot.writers.tables import allele_table
    from foxp3_annot.writers.vcf import write_annotated_vcf

    if not output.name.endswith((".tsv", ".vcf.gz")):
        raise InputError(f"{output}: the name must end in .tsv or .vcf.gz, which tells the format")
    job = Job(input_file, input_file.name, _assembly(assembly))
    if job.is_alignment:
        raise InputError(f"{input_file}: holds reads; `annotate` describes the records of VCF and BCF files, use `run`")
    knowledge = Knowledge.with_packs(packs)
    resources = _resources(annotations, knowledge.gene)
    with ExitStack() as stack:
        extract, call_set, described = read_and_describe(job, knowledge, stack, resources)
        if output.name.endswith(".tsv"):
            write_text(output, allele_table(call_set, described, knowledge.gene.on(call_set.assembly), resources))
        else:
            write_annotated_vcf(output, extract, call_set, described, resources)
    click.echo(f"{output}: {len(described)} distinct alleles in {len(call_set.records)} records ({call_set.assembly})")


@main.command()
@click.argument("words", nargs=-1, required=True, metavar="TEXT...")
@ASSEMBLY
@click.option(
    "--numbering",
    type=click.Choice(["hgvs", "mrna", "jm2"]),
    help="How the text counts: HGVS, the mRNA from its first base, or the 381-residue JM2 protein.",
)
@KNOWLEDGE
@ANNOTATIONS
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@told
def lookup(
    words: tuple[str, ...],
    assembly: str,
    numbering: str | None,
    packs: tuple[Path, ...],
    annotations: Path | None,
    as_json: bool,
) -> None:
    """Describe one variant given as text, and say what is known of it.

    Text is an HGVS name (g., c., n. or p.) in its present or an older form, SPDI, columns of a VCF, an IVS name,
    an rs or ClinVar VCV number, or an id or older name of the curated table. Where it can mean several variants,
    all are shown. Put text that holds > into quotes.

    A c. name counts on GRCh38 unless --assembly says otherwise; this matters in introns 1 and 6.

    \b
    Examples:
      foxp3-annot lookup chrX:49251480:C:T
      foxp3-annot lookup "NM_014009.4:c.1150G>A" --json
      foxp3-annot lookup p.Ala384Thr
      foxp3-annot lookup "1338G>A" --numbering mrna
    """
    from foxp3_annot.description import Numbering, read_description
    from foxp3_annot.interpretation import describe
    from foxp3_annot.knowledge import Knowledge
    from foxp3_annot.report.json import report_json
    from foxp3_annot.report.lookup import lookup_report, lookup_text

    knowledge = Knowledge.with_packs(packs)
    reading = read_description(
        " ".join(words),
        knowledge.gene,
        _assembly(assembly),
        catalogue=knowledge.catalogue,
        numbering=Numbering.parse(numbering) if numbering else None,
    )
    resources = _resources(annotations, knowledge.gene)
    described = describe(reading.variants, knowledge.gene, knowledge.matcher, resources)
    answer = lookup_report(
        reading.text, list(described.values()), reading.notes, knowledge.gene, knowledge.matcher, resources
    )
    click.echo(report_json(answer) if as_json else lookup_text(answer), nl=False)


@main.command()
@told
def rules() -> None:
    """Print the rules by which evidence is weighed, as Markdown.

    \b
    Example:
      foxp3-annot rules
    """
    from foxp3_annot.report.evidence import rules_page

    click.echo(rules_page(), nl=False)


@main.command()
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="The table to write, OUT.tsv.gz.")
@click.option(
    "--assembly", type=click.Choice(["GRCh37", "GRCh38"]), default="GRCh38", show_default=True, help="Genome build."
)
@told
def atlas(output: Path, assembly: str) -> None:
    """Describe every small allele of FOXP3: all substitutions, and all short indels in and beside the exons.

    \b
    Example:
      foxp3-annot atlas -o atlas.GRCh38.tsv.gz
    """
    import gzip

    from foxp3_annot.atlas import atlas_variants
    from foxp3_annot.interpretation import describe_each
    from foxp3_annot.knowledge import Knowledge
    from foxp3_annot.writers.files import staged
    from foxp3_annot.writers.tables import atlas_lines

    knowledge = Knowledge.shipped()
    variants = atlas_variants(knowledge.gene.on(Assembly.parse(assembly)))
    count = -1
    with staged(output) as stage, stage.open("wb") as raw, gzip.GzipFile("", "wb", mtime=0, fileobj=raw) as stream:
        for count, line in enumerate(atlas_lines(describe_each(variants, knowledge.gene, knowledge.matcher))):
            stream.write(line.encode("utf-8"))
            if count % 20_000 == 0:
                progress(f"{count:,} alleles")
    click.echo(f"{output}: {count:,} alleles of {assembly}")


@main.command()
@click.argument("input_file", type=click.Path(path_type=Path), metavar="INPUT")
@click.option("--samples", required=True, type=click.Path(path_type=Path), help="Sample sheet of the run.")
@click.option("--call-set", required=True, help="Name of the input in the results.")
@click.option(
    "--listed-as",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="File of the sheet from which INPUT was called.",
)
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="Folder for the results.")
@ASSEMBLY
@KNOWLEDGE
@ANNOTATIONS
@CALLABLE
@PED
@ASSUME
@click.option(
    "--relatives",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Another file of the sheet with people of the same families, read for what they carry and not reported. May "
    "be given several times.",
)
@read_options
@told
def report(
    input_file: Path,
    samples: Path,
    call_set: str,
    listed_as: Path | None,
    output: Path,
    assembly: str,
    packs: tuple[Path, ...],
    annotations: Path | None,
    regions: Path | None,
    ped: Path | None,
    assumed: tuple[str, ...],
    relatives: tuple[Path, ...],
    beside: tuple[Path, ...],
    **reads: Any,
) -> None:
    """Report the samples that the sheet names in one file; a step of the workflow.

    \b
    Example:
      foxp3-annot report trio.vcf.gz --samples config/samples.tsv --call-set trio -o results
    """
    from foxp3_annot.job import jobs_beside, jobs_of
    from foxp3_annot.knowledge import Knowledge
    from foxp3_annot.pipeline import report_jobs, write_outcome
    from foxp3_annot.readers.families import with_families
    from foxp3_annot.readers.phenopackets import with_phenopackets
    from foxp3_annot.readers.samples import call_set_names, read_sample_sheet

    sheet = with_phenopackets(read_sample_sheet(samples, need_vcf=True))
    sheet = with_families(sheet, ped, _assumed(assumed))
    stated = _assembly(assembly)
    settings = _read_settings(**reads)
    names = {input_file: call_set}
    jobs = jobs_of(
        names,
        sheet,
        stated,
        only_listed=True,
        settings=settings,
        listed_as=listed_as,
        callable_regions=regions,
        pedigree=ped,
    )
    for path in relatives:
        if not any(row.vcf for row in sheet.of_file(path)):
            raise InputError(f"--relatives {path}: no row of {samples} names this file")
    kin = call_set_names(path for path in relatives if path != input_file)
    jobs += jobs_of(kin, sheet, stated, only_listed=True, settings=settings, pedigree=ped)
    others = jobs_beside(beside, sheet, stated, settings)
    knowledge = Knowledge.with_packs(packs)
    resources = _resources(annotations, knowledge.gene)
    with ExitStack() as stack:
        outcome, *_ = report_jobs(jobs, {}, knowledge, stated, stack, progress, resources, others)
        write_outcome(outcome, output)
    listed = {one["sample"]["name_in_file"] for one in outcome.reports}
    left_out = len(set(outcome.call_set.samples) - listed)
    click.echo(
        f"{input_file}: {len(outcome.reports)} reports from {len(outcome.call_set.records)} records of the locus"
        + (f"; {left_out} samples of the file are not in the sheet and were not reported" if left_out else "")
    )


@main.command()
@click.argument("reports", nargs=-1, type=click.Path(path_type=Path), metavar="[REPORT.json...]")
@click.option(
    "--samples", type=click.Path(path_type=Path), help="Sample sheet: take the report of each of its samples."
)
@click.option("--reports-dir", type=click.Path(path_type=Path), help="Folder of the reports that --samples names.")
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="The table to write.")
@told
def summarise(reports: tuple[Path, ...], samples: Path | None, reports_dir: Path | None, output: Path) -> None:
    """Put the reports of many samples into one table; a step of the workflow.

    \b
    Examples:
      foxp3-annot summarise results/reports/*.json -o results/summary.tsv
      foxp3-annot summarise --samples config/samples.tsv --reports-dir results/reports -o results/summary.tsv
    """
    from foxp3_annot.readers.samples import read_sample_sheet
    from foxp3_annot.report.json import read_report
    from foxp3_annot.writers.files import safe_name, write_text
    from foxp3_annot.writers.tables import summary_table

    if (samples is None) is not (reports_dir is None) or bool(samples) is bool(reports):
        raise InputError("summarise: name the reports, or give --samples together with --reports-dir")
    paths = list(reports)
    if samples and reports_dir:
        paths = [reports_dir / f"{safe_name(row.sample)}.json" for row in read_sample_sheet(samples).rows]
    write_text(output, summary_table(read_report(path) for path in paths))
    click.echo(f"{output}: {len(paths)} samples")


main.add_command(knowledge_commands)
main.add_command(challenge)
main.add_command(explain)
