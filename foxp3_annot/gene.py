"""FOXP3 on one build, and on both: references, transcripts, domains and landmarks, loaded and verified."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from foxp3_annot.assembly import Assembly
from foxp3_annot.errors import ResourceError
from foxp3_annot.locus import BlockMap, Interval
from foxp3_annot.protein import Domain
from foxp3_annot.reference import Reference
from foxp3_annot.resources import read_fasta, read_table, resource_root, sha256, verify_digests
from foxp3_annot.transcript import Strand, Transcript

MANE_SELECT = "NM_014009.4"


@dataclass(frozen=True, slots=True)
class Landmark:
    """A named site outside the coding sequence in which a change is damaging in kind."""

    name: str
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
        return self.reference.assembly

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
    except (KeyError, ValueError) as error:
        raise ResourceError(f"{folder}: a table lacks a column or holds a bad number ({error})") from error
    _verify(folder, models)
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
        Landmark(r["name"], Interval(assembly, int(r[f"{build}_start"]), int(r[f"{build}_end"])), r["source"])
        for r in read_table(folder / "landmarks.tsv")
    )
    return GeneModel(reference, transcripts, domains, landmarks)


def _verify(folder: Path, models: dict[Assembly, GeneModel]) -> None:
    proteins = read_fasta(folder / "proteins.fa")
    for model in models.values():
        if model.transcript.accession != MANE_SELECT:
            raise ResourceError(f"{folder / 'transcripts.tsv'}: the first transcript must be {MANE_SELECT}")
        for transcript in model.transcripts:
            for fault in transcript.faults(proteins[transcript.protein_accession]):
                raise ResourceError(
                    f"{folder}: {transcript.accession} on {model.assembly}: {fault}; reinstall foxp3-annot"
                )
