"""The road of a challenge: reads, copies with alleles in them, analysis of each, and the count."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from foxp3_annot.assembly import Assembly
from foxp3_annot.challenge import (
    Allele,
    Answer,
    ChallengeResult,
    Fingerprint,
    Level,
    Skipped,
    Trial,
    alleles_of,
    in_copies,
    sorted_out,
)
from foxp3_annot.coverage import ReadFilters
from foxp3_annot.genotype import Sex
from foxp3_annot.knowledge import Knowledge
from foxp3_annot.resources import sha256
from foxp3_annot.variant import Variant
from foxp3_annot.writers.spiked import SourceReads, write_spiked

DIGEST_LIMIT = 1 << 30
"""Files up to this size (bytes) are compared by a checksum of the whole; larger ones by size and time of change."""

Caller = Callable[[Path, Sex], Answer]
"""Analyses a sorted and indexed BAM of the locus as a sample of this sex, as the program analyses any."""


@dataclass(frozen=True)
class Challenged:
    """The reads of one sample that is challenged, and how they are analysed.

    `path` is the user's file, of which nothing is changed; `reads` are those of the locus.
    """

    path: Path
    sample: str
    sex: Sex
    assembly: Assembly
    reads: SourceReads
    caller: Caller
    filters: ReadFilters


def fingerprint(path: Path) -> Fingerprint:
    """What tells whether a file was changed."""
    about = path.stat()
    digest = sha256(path) if about.st_size <= DIGEST_LIMIT else None
    return Fingerprint(about.st_size, about.st_mtime_ns, digest)


def challenge(
    challenged: Challenged,
    knowledge: Knowledge,
    shares: Iterable[float],
    seed: str,
    folder: Path,
    progress: Callable[[str], None],
    before: Fingerprint,
    versions: dict[str, str],
) -> ChallengeResult:
    """Write every curated allele into copies of the reads under `folder` and count what is found.

    `before` is the fingerprint of the user's file from before it was first opened.
    """
    alleles = alleles_of(knowledge.catalogue, knowledge.gene, challenged.assembly)
    taken, skipped = sorted_out(alleles, _carried(challenged, knowledge, folder))
    copies = in_copies(taken, challenged.reads.gap)
    trials = []
    for share in shares:
        level = Level.of(share, challenged.sex)
        for number, copy in enumerate(copies, start=1):
            progress(f"{level.label}: copy {number} of {len(copies)}")
            trials += _tried(challenged, knowledge, copy, level, seed, folder / "copy.bam")
    return ChallengeResult(
        file=challenged.path.name,
        sample=challenged.sample,
        sex=challenged.sex,
        assembly=challenged.assembly,
        seed=seed,
        gap=challenged.reads.gap,
        copies=len(copies),
        before=before,
        after=fingerprint(challenged.path),
        trials=tuple(sorted(trials, key=lambda one: (-one.level.share, one.allele.variant.key))),
        skipped=tuple(_in_order(skipped)),
        knowledge=tuple(f"{manifest.name} {manifest.version}" for manifest, _ in knowledge.catalogue.packs),
        versions=versions,
    )


def _in_order(skipped: Iterable[Skipped]) -> list[Skipped]:
    return sorted(skipped, key=lambda one: one.allele.variant.key)


def _carried(challenged: Challenged, knowledge: Knowledge, folder: Path) -> frozenset[Variant]:
    """What the sample itself is called with, as its sex and as a female."""
    copy = folder / "as_it_is.bam"
    reference = knowledge.gene.on(challenged.assembly).reference
    write_spiked(copy, challenged.reads, (), 0, "", reference, challenged.filters)
    sexes = dict.fromkeys((challenged.sex, Sex.FEMALE))
    return frozenset(variant for sex in sexes for variant in challenged.caller(copy, sex).called)


def _tried(
    challenged: Challenged, knowledge: Knowledge, alleles: Iterable[Allele], level: Level, seed: str, target: Path
) -> list[Trial]:
    by_variant = {one.variant: one for one in alleles}
    reference = knowledge.gene.on(challenged.assembly).reference
    written = write_spiked(target, challenged.reads, list(by_variant), level.share, seed, reference, challenged.filters)
    answer = challenged.caller(target, level.sex)
    return [Trial.of(allele, level, written[variant], answer) for variant, allele in by_variant.items()]
