"""The window of chromosome X that holds FOXP3 on each build, and the map between the builds."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from foxp3_annot.assembly import Assembly, Contig
from foxp3_annot.errors import OutOfWindowError


@dataclass(frozen=True, slots=True)
class Interval:
    """A stretch of chromosome X on one build: 1-based, both ends included, plus strand."""

    assembly: Assembly | Contig
    start: int
    end: int

    def __contains__(self, position: int) -> bool:
        return self.start <= position <= self.end

    def __len__(self) -> int:
        return self.end - self.start + 1

    def __str__(self) -> str:
        return f"chrX:{self.start}-{self.end} ({self.assembly})"

    @property
    def bounds(self) -> tuple[int, int]:
        return self.start, self.end

    def overlaps(self, start: int, end: int) -> bool:
        """Whether the stretch from start to end (both included) shares a base with this one."""
        return start <= self.end and end >= self.start


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch that has the same length on both builds."""

    grch37: Interval
    grch38: Interval

    def on(self, assembly: Assembly) -> Interval:
        return self.grch37 if assembly is Assembly.GRCH37 else self.grch38


@dataclass(frozen=True)
class BlockMap:
    """The blocks of the window in order; the bases between two blocks exist on one build only."""

    blocks: tuple[Block, ...]

    @classmethod
    def of(cls, rows: Sequence[tuple[int, int, int, int]]) -> "BlockMap":
        """Blocks from rows of GRCh37 start and end, GRCh38 start and end."""
        return cls(
            tuple(
                Block(Interval(Assembly.GRCH37, a, b), Interval(Assembly.GRCH38, c, d)) for a, b, c, d in sorted(rows)
            )
        )

    def window(self, assembly: Assembly) -> Interval:
        """The whole window on a build, from the first block to the last."""
        return self._windows[assembly]

    @cached_property
    def _windows(self) -> dict[Assembly, Interval]:
        first, last = self.blocks[0], self.blocks[-1]
        return {one: Interval(one, first.on(one).start, last.on(one).end) for one in Assembly}

    def block_of(self, assembly: Assembly, start: int, end: int) -> Block | None:
        """The block that holds the whole stretch, or None where it touches a gap.

        Raises OutOfWindowError for a stretch that leaves the window.
        """
        window = self.window(assembly)
        if start not in window or end not in window:
            raise OutOfWindowError(f"chrX:{start}-{end} lies outside the FOXP3 window {window}")
        for block in self.blocks:
            if start in block.on(assembly) and end in block.on(assembly):
                return block
        return None

    def lift(self, assembly: Assembly, position: int) -> int | None:
        """The position on the other build; None where the position exists on this build only."""
        block = self.block_of(assembly, position, position)
        if block is None:
            return None
        return position - block.on(assembly).start + block.on(assembly.other).start
