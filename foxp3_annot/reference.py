"""The bases of the embedded window of one build."""

from dataclasses import dataclass

from foxp3_annot.assembly import Assembly, Contig
from foxp3_annot.errors import OutOfWindowError
from foxp3_annot.locus import Interval

_COMPLEMENT = str.maketrans("ACGTNacgtn", "TGCANtgcan")


def reverse_complement(bases: str) -> str:
    """The other strand, read in its own direction.

    >>> reverse_complement("AAC")
    'GTT'
    """
    return bases.translate(_COMPLEMENT)[::-1]


@dataclass(frozen=True, slots=True)
class Reference:
    """The plus-strand bases of a window of one chromosome, upper case."""

    window: Interval
    bases: str

    def __post_init__(self) -> None:
        if len(self.bases) != len(self.window):
            raise OutOfWindowError(f"{len(self.bases)} bases were given for the window {self.window}")

    @property
    def assembly(self) -> Assembly | Contig:
        return self.window.assembly

    def fetch(self, start: int, end: int) -> str:
        """Bases from start to end, 1-based, both included; `end == start - 1` gives none.

        Raises OutOfWindowError where a base lies outside the window.
        """
        if start < self.window.start or end > self.window.end or end < start - 1:
            raise OutOfWindowError(f"chrX:{start}-{end} lies outside the FOXP3 window {self.window}")
        return self.bases[start - self.window.start : end - self.window.start + 1]
