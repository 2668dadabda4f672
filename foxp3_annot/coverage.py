"""How deep the window was seen: what callability, copy number and the certificate of absence are judged from.

Silence is no evidence. A base without a run was never looked at; a run of depth 0 was looked at and nothing was there.
"""

import enum
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby

from foxp3_annot.assembly import Assembly
from foxp3_annot.variant import Variant

LEAST_GENOTYPE_QUALITY = 20
"""Phred. A caller that gives the reference less than this is wrong more often than once in a hundred times."""


class CoverageSource(enum.Enum):
    """Where the depths come from."""

    READS = ("reads", "counted in the reads")
    BLOCKS = ("blocks", "stated by the reference blocks of a gVCF")
    REGIONS = ("regions", "stated by a file of callable regions, without depths")

    def __init__(self, code: str, label: str) -> None:
        self.code = code
        self.label = label


@dataclass(frozen=True, slots=True)
class ReadFilters:
    """Which reads and bases count: those of at least these qualities (Phred), without duplicates, failed and
    secondary reads."""

    mapping_quality: int = 20
    base_quality: int = 15


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of one depth (1-based, both ends included, plus strand); None: callable, the depth not told.

    `doubted` where the source itself doubts it, however many reads it counted: a genotype of low quality or none,
    a failed filter.
    """

    start: int
    end: int
    depth: int | None
    doubted: bool = False


@dataclass(frozen=True, slots=True)
class SeenAllele:
    """An allele other than the reference that reads show: how many, of how many at its place."""

    variant: Variant
    reads: int
    depth: int


@dataclass(frozen=True, slots=True)
class RegionsFile:
    """A file of callable regions: its name and SHA-256."""

    name: str
    sha256: str


@dataclass(frozen=True)
class Coverage:
    """The depth over the window for one sample, as runs in order of place.

    `read_length` is the usual length of a read in bases, which bounds how far one read can tell a longer allele from
    the reference; None where it is not known. `seen` holds every allele other than the reference that any counted
    read shows, called or not; it is empty where the source does not tell. `regions_file` is set where a file of
    callable regions is the source.
    """

    assembly: Assembly
    source: CoverageSource
    runs: tuple[Run, ...]
    filters: ReadFilters | None = None
    read_length: int | None = None
    seen: tuple[SeenAllele, ...] = field(default=(), repr=False)
    regions_file: RegionsFile | None = None

    @classmethod
    def of_depths(
        cls,
        assembly: Assembly,
        start: int,
        depths: Sequence[int],
        filters: ReadFilters,
        read_length: int,
        seen: Iterable[SeenAllele] = (),
    ) -> "Coverage":
        """From the depth at each base of a stretch that begins at `start`."""
        return cls(
            assembly,
            CoverageSource.READS,
            tuple(_runs(start, depths)),
            filters,
            read_length,
            tuple(sorted(seen, key=lambda one: one.variant.key)),
        )

    @property
    def stated(self) -> str:
        """Where the depths come from, in words."""
        if self.regions_file:
            return f"stated by the callable regions of {self.regions_file.name}"
        return self.source.label

    @cached_property
    def seen_as(self) -> dict[Variant, SeenAllele]:
        """The alleles seen, by what they are."""
        return {one.variant: one for one in self.seen}

    @cached_property
    def _starts(self) -> list[int]:
        return [run.start for run in self.runs]

    def over(self, start: int, end: int) -> tuple[Run, ...]:
        """The runs that meet a stretch, cut to it. Bases without a run were not looked at."""
        first = max(bisect_right(self._starts, start) - 1, 0)
        found = []
        for run in self.runs[first:]:
            if run.start > end:
                break
            if run.end >= start:
                found.append(Run(max(run.start, start), min(run.end, end), run.depth, run.doubted))
        return tuple(found)

    def depths(self, start: int, end: int) -> Iterator[int | None]:
        """The depth at each base of a stretch; None where it was not looked at or the depth is not told."""
        place = start
        for run in self.over(start, end):
            yield from (None for _ in range(run.start - place))
            yield from (run.depth for _ in range(run.end - run.start + 1))
            place = run.end + 1
        yield from (None for _ in range(end - place + 1))


def _runs(start: int, depths: Sequence[int]) -> Iterator[Run]:
    place = start
    for depth, group in groupby(depths):
        length = sum(1 for _ in group)
        yield Run(place, place + length - 1, int(depth))
        place += length
