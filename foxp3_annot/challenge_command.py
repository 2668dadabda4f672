"""The command that challenges a laboratory's own reads."""

import tempfile
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import click

from foxp3_annot.console import progress, told
from foxp3_annot.errors import InputError

if TYPE_CHECKING:
    from foxp3_annot.challenge_run import Caller
    from foxp3_annot.genotype import Sex
    from foxp3_annot.knowledge import Knowledge
    from foxp3_annot.readers.alignments import LocusReads, ReadSettings, SampleReads

DEFAULT_SHARES = "1,0.5,0.3,0.1"


@click.command()
@click.argument("input_file", type=click.Path(path_type=Path), metavar="BAM")
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="Folder for the results.")
@click.option(
    "--sex", type=click.Choice(["male", "female"]), default="male", show_default=True, help="Sex of who gave the reads."
)
@click.option("--sample", help="Sample of the file, where it holds several.")
@click.option("--genome", type=click.Path(path_type=Path), help="FASTA of the genome, for CRAM.")
@click.option(
    "--assembly",
    type=click.Choice(["auto", "GRCh37", "GRCh38"]),
    default="auto",
    show_default=True,
    help="Genome build; auto reads it from the file.",
)
@click.option(
    "--fractions",
    default=DEFAULT_SHARES,
    show_default=True,
    help="Shares of the molecules to write alleles into: 1 the only copy, 0.5 a carrier, less a mosaic.",
)
@click.option("--seed", default="1", show_default=True, help="Any word; another one chooses other molecules.")
@told
def challenge(
    input_file: Path,
    output: Path,
    sex: str,
    sample: str | None,
    genome: Path | None,
    assembly: str,
    fractions: str,
    seed: str,
) -> None:
    """Write every curated allele into copies of the laboratory's own reads, and count what is found.

    The file itself is only read, and nothing is written beside it. Use a sample whose DNA you know.

    \b
    Writes, under the output folder:
      challenge.html        what was found, by kind, place and depth: an appendix to a validation file
      challenge.txt         the same as text
      sensitivity.tsv       the same as a table, with 95 % intervals
      challenge.tsv         one row an allele and share

    \b
    Example:
      foxp3-annot challenge control.bam -o challenge --sex male
    """
    from foxp3_annot.assembly import Assembly
    from foxp3_annot.challenge_run import Challenged, fingerprint
    from foxp3_annot.challenge_run import challenge as challenged_with
    from foxp3_annot.genotype import Sex
    from foxp3_annot.knowledge import Knowledge
    from foxp3_annot.readers.alignments import ReadSettings, read_locus
    from foxp3_annot.report.challenge import allele_table, challenge_page, challenge_text, sensitivity_table
    from foxp3_annot.report.provenance import versions
    from foxp3_annot.writers.files import write_text
    from foxp3_annot.writers.spiked import SourceReads

    shares = shares_of(fractions)
    if not input_file.is_file():
        raise InputError(f"{input_file}: there is no such file")
    before, knowledge = fingerprint(input_file), Knowledge.shipped()
    settings = ReadSettings(genome=genome)
    stated = None if assembly == "auto" else Assembly.parse(assembly)
    with tempfile.TemporaryDirectory(prefix="foxp3-annot-") as name:
        extract, copies = Path(name) / "extract", Path(name) / "copies"
        extract.mkdir()
        copies.mkdir()
        locus = read_locus(input_file, knowledge.gene, input_file.stem, extract, stated, settings)
        chosen = _sample(input_file, locus, sample)
        given = Challenged(
            input_file,
            chosen.name,
            Sex(sex),
            locus.assembly,
            SourceReads.of(chosen.path, locus.contig),
            caller_of(locus, chosen, knowledge, settings, Path(name)),
            chosen.platform.filters(settings.filters),
        )
        result = challenged_with(given, knowledge, shares, seed, copies, progress, before, versions())
    text = challenge_text(result)
    write_text(output / "challenge.html", challenge_page(result))
    write_text(output / "challenge.txt", text)
    write_text(output / "sensitivity.tsv", sensitivity_table(result))
    write_text(output / "challenge.tsv", allele_table(result))
    click.echo(text, nl=False)
    if not result.is_unchanged:
        raise InputError(f"{input_file}: was changed by something else in the meantime; run the challenge again")


def shares_of(text: str) -> tuple[float, ...]:
    """The shares of a comma-separated list, the largest first; InputError for anything but shares above 0 up to 1."""
    try:
        shares = {float(one) for one in text.split(",")}
    except ValueError as error:
        raise InputError(f"--fractions {text}: write numbers with commas between, such as {DEFAULT_SHARES}") from error
    if not all(0 < share <= 1 for share in shares):
        raise InputError(f"--fractions {text}: shares lie above 0 and go up to 1")
    return tuple(sorted(shares, reverse=True))


def _sample(path: Path, locus: "LocusReads", name: str | None) -> "SampleReads":
    names = [one.name for one in locus.samples]
    if name is None and len(names) == 1:
        return locus.samples[0]
    if name in names:
        return locus.samples[names.index(name)]
    said = f"has no sample '{name}'" if name else "holds several samples"
    raise InputError(f"{path}: {said}; name one of {', '.join(names)} with --sample")


def caller_of(
    locus: "LocusReads", sample: "SampleReads", knowledge: "Knowledge", settings: "ReadSettings", folder: Path
) -> "Caller":
    """The analysis that any alignment file gets: reads to calls, calls to findings, depths to what is excluded.

    An allele is found where a finding names it, alone or put together from several calls of one copy.
    """
    from dataclasses import replace

    from foxp3_annot.callability import AlleleVerdict
    from foxp3_annot.challenge import Answer
    from foxp3_annot.interpretation import assess, describe
    from foxp3_annot.readers.calling import call_sample
    from foxp3_annot.readers.calls_vcf import write_calls
    from foxp3_annot.readers.vcf import read_call_set

    numbers = count()
    model = knowledge.gene.on(locus.assembly)

    def call(copy: Path, sex: "Sex") -> Answer:
        place = folder / f"calling{next(numbers)}"
        place.mkdir()
        calls = call_sample(replace(sample, path=copy), locus.contig, model.reference, sex, settings, place)
        vcf = place / "calls.vcf"
        write_calls(vcf, locus, (calls,), model.reference)
        call_set = read_call_set(vcf, vcf, sample.name, knowledge.gene, locus.assembly)
        call_set = replace(call_set, coverage={0: calls.coverage})
        described = describe(call_set.variants(), knowledge.gene, knowledge.matcher)
        assessment = assess(call_set, 0, sex, described, knowledge.gene, knowledge.matcher)
        found = frozenset(one.annotation.variant for one in assessment.findings)
        judged = assessment.callability.alleles if assessment.callability else ()
        excluded = frozenset(one.variant for one in judged if one.verdict is AlleleVerdict.EXCLUDED)
        shown = frozenset(one.variant for one in calls.coverage.seen)
        for leftover in place.iterdir():
            leftover.unlink()
        return Answer(found, shown, excluded.__contains__)

    return call
