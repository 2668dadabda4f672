"""What is asked, what the answer looks like, and how a question is refused."""

import enum
from collections.abc import Iterable
from dataclasses import dataclass, replace

from foxp3_annot.assembly import Assembly
from foxp3_annot.catalogue import Catalogue
from foxp3_annot.errors import DescriptionError
from foxp3_annot.gene import Gene, GeneModel
from foxp3_annot.variant import Variant


class Numbering(enum.Enum):
    """How a text counts, with what leads from its numbers to those of NM_014009 and its protein.

    Papers before about 2005 count the mRNA from its first base (c.1 of NM_014009.3 is base 189), or number
    by JM2, a 381-residue protein that starts at residue 51.
    """

    HGVS = ("hgvs", "HGVS numbering", 0, 0)
    MRNA = ("mrna", "mRNA numbering", -188, 0)
    JM2 = ("jm2", "JM2 numbering", 150, 50)

    def __init__(self, code: str, label: str, base_shift: int, residue_shift: int) -> None:
        self.code = code
        self.label = label
        self.base_shift = base_shift
        self.residue_shift = residue_shift

    @property
    def option(self) -> str:
        return f"--numbering {self.code}"

    @classmethod
    def parse(cls, code: str) -> "Numbering":
        return next(member for member in cls if member.code == code)


@dataclass(frozen=True, slots=True)
class Alternative:
    """One variant that the text can mean, and why; the note is empty where nothing needs saying."""

    variant: Variant
    note: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text can mean: at least one variant, each once, in an order that depends on the text alone."""

    text: str
    alternatives: tuple[Alternative, ...]

    @property
    def variants(self) -> tuple[Variant, ...]:
        return tuple(alternative.variant for alternative in self.alternatives)

    @property
    def notes(self) -> dict[Variant, str]:
        """The note on each variant that has one."""
        return {one.variant: one.note for one in self.alternatives if one.note}


class UnfitError(DescriptionError):
    """The text is understood but does not fit the sequence: another base stands there, or no such place exists."""


@dataclass(frozen=True, slots=True)
class Question:
    """A text with all that its reading depends on. `assembly` and `numbering` are None where nobody stated them."""

    text: str
    gene: Gene
    assembly: Assembly | None = None
    numbering: Numbering | None = None
    catalogue: Catalogue | None = None

    @property
    def model(self) -> GeneModel:
        """The stated build, else GRCh38."""
        return self.gene.on(self.assembly or Assembly.GRCH38)

    @property
    def opening(self) -> str:
        """How every refusal starts."""
        return f"'{self.text}': "

    def refused(self, reason: str) -> DescriptionError:
        return DescriptionError(f"{self.opening}{reason}")

    def unfit(self, reason: str) -> UnfitError:
        return UnfitError(f"{self.opening}{reason}")

    def on(self, assembly: Assembly | None, named: str) -> "Question":
        """The question on the build that the text itself states as `named`."""
        if assembly and self.assembly and assembly is not self.assembly:
            raise self.refused(f"{named} is {assembly}, but {self.assembly} was stated; correct one of the two")
        return replace(self, assembly=assembly or self.assembly)

    def counted(self, numbering: Numbering | None) -> "Question":
        return replace(self, numbering=numbering)


def joined(alternatives: Iterable[Alternative]) -> tuple[Alternative, ...]:
    """Each variant once, in order of first mention, with all notes on it."""
    notes: dict[Variant, dict[str, None]] = {}
    for one in alternatives:
        notes.setdefault(one.variant, {})[one.note] = None
    return tuple(Alternative(variant, "; ".join(filter(None, said))) for variant, said in notes.items())
