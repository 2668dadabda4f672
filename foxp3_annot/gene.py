"""FOXP3 on one build, and on both: references, transcripts, domains and landmarks, loaded and verified."""

import enum
import hashlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from foxp3_annot.assembly import Assembly, build_of
from foxp3_annot.errors import OutOfWindowError, ResourceError
from foxp3_annot.locus import BlockMap, Interval
from foxp3_annot.protein import Domain
from foxp3_annot.reference import Reference
from foxp3_annot.resources import read_fasta, read_table, resource_root, sha256, verify_digests
from foxp3_annot.transcript import Strand, Transcript

MANE_SELECT = "NM_014009.4"

DIFFERING_BASES = 2
"""Single bases of the window in which the builds differ (LRG_62: at GRCh38 49261784 and 49264848)."""


class LandmarkKind(enum.Enum):
    """What a site outside the coding sequence does."""

    POLYA_SIGNAL = "polya_signal"
    EXON1_DONOR = "exon1_donor"
    ENHANCER = "enhancer"
    PROMOTER = "promoter"

    @property
    def is_vital(self) -> bool:
        """Whether a change there is damaging in kind: mutations of IPEX are known in it."""
        return self in (LandmarkKind.POLYA_SIGNAL, LandmarkKind.EXON1_DONOR)


@dataclass(frozen=True, slots=True)
class Landmark:
    """A named site outside the coding sequence."""

    name: str
    kind: LandmarkKind
    interval: Interval
    source: str


@dataclass(frozen=True)
class GeneModel:
    """The gene on one build. The first transcript is the one that reports name variants on."""

    reference: Reference
    transcripts: tuple[Transcript, ...]
    domains: tuple[Domain, ...]
    landmarks: tuple[Landmark, ...]

    @property
    def assembly(self) -> Assembly:
        return build_of(self.reference.assembly)

    @property
    def window(self) -> Interval:
        return self.reference.window

    @property
    def transcript(self) -> Transcript:
        return self.transcripts[0]

    def domains_of(self, first: int, last: int) -> tuple[Domain, ...]:
        """Domains that share a residue with first to last."""
        return tuple(d for d in self.domains if d.first <= last and d.last >= first)

    def landmarks_of(self, start: int, end: int) -> tuple[Landmark, ...]:
        """Landmarks that share a base with start to end (plus strand, both included)."""
        return tuple(mark for mark in self.landmarks if mark.interval.overlaps(start, end))


@dataclass(frozen=True)
class Gene:
    """FOXP3 on both builds, and the map between them."""

    models: dict[Assembly, GeneModel]
    block_map: BlockMap
    digest: str

    def on(self, assembly: Assembly) -> GeneModel:
        return self.models[assembly]


@cache
def foxp3() -> Gene:
    """The embedded gene. Raises ResourceError where a file or what it says is unsound."""
    return load_gene(resource_root() / "reference")


def load_gene(folder: Path) -> Gene:
    """The gene from a folder in the form of `resources/reference`, verified."""
    verify_digests(folder)
    try:
        block_map = BlockMap.of(
            [
                (int(r["grch37_start"]), int(r["grch37_end"]), int(r["grch38_start"]), int(r["grch38_end"]))
                for r in read_table(folder / "blocks.tsv")
            ]
        )
        models = {assembly: _load_model(folder, assembly, block_map) for assembly in Assembly}
        _verify(folder, models, block_map)
    except (KeyError, ValueError, IndexError, OutOfWindowError) as error:
        raise ResourceError(f"{folder}: its tables do not fit together ({error}); reinstall foxp3-annot") from error
    return Gene(models, block_map, sha256(folder / "SHA256SUMS"))


def _load_model(folder: Path, assembly: Assembly, block_map: BlockMap) -> GeneModel:
    build = assembly.label.lower()
    (bases,) = read_fasta(folder / f"window.{assembly}.fa").values()
    reference = Reference(block_map.window(assembly), bases)
    exons: dict[str, list[tuple[int, int, int, int]]] = defaultdict(list)
    for row in read_table(folder / "exons.tsv"):
        numbers = (int(row["exon"]), int(row["gene_exon"]), int(row[f"{build}_start"]), int(row[f"{build}_end"]))
        exons[row["transcript"]].append(numbers)
    transcripts = tuple(
        Transcript.of(
            row["transcript"],
            row["protein"],
            Strand.MINUS,
            reference,
            exons[row["transcript"]],
            int(row[f"{build}_first_coding"]),
            int(row[f"{build}_last_coding"]),
        )
        for row in read_table(folder / "transcripts.tsv")
    )
    domains = tuple(
        Domain(r["name"], int(r["first"]), int(r["last"]), r["source"]) for r in read_table(folder / "domains.tsv")
    )
    landmarks = tuple(
        Landmark(
            r["name"],
            LandmarkKind(r["kind"]),
            Interval(assembly, int(r[f"{build}_start"]), int(r[f"{build}_end"])),
            r["source"],
        )
        for r in read_table(folder / "landmarks.tsv")
    )
    return GeneModel(reference, transcripts, domains, landmarks)


def _verify(folder: Path, models: dict[Assembly, GeneModel], block_map: BlockMap) -> None:
    """Hold every part against another: digests, block map, splice sites, proteins."""
    for fault in (
        *_window_faults(folder, models),
        *_block_faults(models, block_map),
        *_transcript_faults(folder, models),
    ):
        raise ResourceError(f"{folder}: {fault}; reinstall foxp3-annot")


def _window_faults(folder: Path, models: dict[Assembly, GeneModel]) -> Iterator[str]:
    rows = {row["assembly"]: row for row in read_table(folder / "windows.tsv")}
    for assembly, model in models.items():
        row = rows[assembly.label]
        if (int(row["start"]), int(row["end"])) != (model.window.start, model.window.end):
            yield f"the block map does not span the window of {assembly}"
        if _md5(model.reference.bases) != row["md5"]:
            yield f"the bases of the window on {assembly} are not those of {assembly.accession}"


def _block_faults(models: dict[Assembly, GeneModel], block_map: BlockMap) -> Iterator[str]:
    differing = 0
    for block in block_map.blocks:
        stretches = [models[assembly].reference.fetch(*block.on(assembly).bounds) for assembly in Assembly]
        if len(stretches[0]) != len(stretches[1]):
            yield f"the block {block.grch38} has another length on GRCh37"
        differing += sum(one != two for one, two in zip(*stretches, strict=False))
    if differing != DIFFERING_BASES:
        yield f"the blocks differ in {differing} bases between the builds instead of {DIFFERING_BASES}"


def _transcript_faults(folder: Path, models: dict[Assembly, GeneModel]) -> Iterator[str]:
    proteins = read_fasta(folder / "proteins.fa")
    digests = {row["transcript"]: row["mrna_md5"] for row in read_table(folder / "transcripts.tsv")}
    for assembly, model in models.items():
        if model.transcript.accession != MANE_SELECT:
            yield f"the first transcript must be {MANE_SELECT}"
        for transcript in model.transcripts:
            if _md5(transcript.mrna) != digests[transcript.accession]:
                yield f"{transcript.accession} on {assembly} does not splice to its mRNA"
            for fault in transcript.faults(proteins[transcript.protein_accession]):
                yield f"{transcript.accession} on {assembly}: {fault}"


def _md5(bases: str) -> str:
    return hashlib.md5(bases.encode("ascii"), usedforsecurity=False).hexdigest()
