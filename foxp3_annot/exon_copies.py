"""How many copies of a stretch were counted: the answer, its figures, and what they were compared with."""

import enum
from dataclasses import dataclass

from foxp3_annot.genotype import Sex


class CopyState(enum.Enum):
    """The answer for a stretch."""

    ZERO = ("zero", "no copy", 0)
    ONE = ("one", "one copy", 1)
    TWO = ("two", "two copies", 2)
    THREE = ("three", "three copies", 3)
    UNCLEAR = ("unclear", "unclear", None)
    NOT_ASSESSABLE = ("not_assessable", "not assessable", None)

    def __init__(self, code: str, label: str, copies: int | None) -> None:
        self.code = code
        self.label = label
        self.copies = copies

    @classmethod
    def of_copies(cls, copies: int) -> "CopyState":
        return next(state for state in cls if state.copies == copies)


def usual_copies(sex: Sex) -> int | None:
    """How many copies of FOXP3 a person of this sex has; None where the sex is not known."""
    return {Sex.MALE: 1, Sex.FEMALE: 2}.get(sex)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch with a name (1-based, both ends included, plus strand); `exon` is its number in NM_014009.4."""

    name: str
    start: int
    end: int
    exon: int | None = None

    def __len__(self) -> int:
        return self.end - self.start + 1


@dataclass(frozen=True, slots=True)
class ExonCopyNumber:
    """What the depth of one exon, or other stretch, says.

    `observed` and `expected` are mean depths, the latter for the usual number of copies; None where it is not known.
    The log10 likelihood ratio sets the best other number of copies (`other_copies`) against the usual one; both are
    None where not assessed.
    """

    exon: Stretch
    state: CopyState
    other_copies: int | None
    log10_likelihood_ratio: float | None
    observed: float
    expected: float | None
    sentence: str


@dataclass(frozen=True, slots=True)
class CopyNumbers:
    """What depth says of every exon and of the promoter in one sample of a sex.

    `companions` are the files, by name and in order, of the other samples that the depth was compared with; empty
    where it was compared with the rest of the sample's own locus.
    """

    sex: Sex
    stretches: tuple[ExonCopyNumber, ...]
    companions: tuple[str, ...] = ()

    @property
    def other_than_usual(self) -> tuple[ExonCopyNumber, ...]:
        """The stretches whose depth speaks for another number of copies."""
        usual = usual_copies(self.sex)
        return tuple(one for one in self.stretches if one.state.copies not in (None, usual))

    @property
    def open(self) -> tuple[ExonCopyNumber, ...]:
        """The stretches of which the number of copies is not known."""
        return tuple(one for one in self.stretches if one.state.copies is None)
