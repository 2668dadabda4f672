"""Sex, genotype, and the words for zygosity; what a genotype means on chromosome X is decided in `x_state`."""

import enum
import re
from dataclasses import dataclass

from foxp3_annot.errors import InputError


class Sex(enum.Enum):
    """Sex as declared by the user; `unknown` is a valid declaration."""

    MALE = "male"
    FEMALE = "female"
    UNKNOWN = "unknown"

    @classmethod
    def parse(cls, text: str) -> "Sex":
        """Sex from the words of a sample sheet; empty means unknown."""
        found = _SEX_WORDS.get(text.strip().lower())
        if found is None:
            raise InputError(f"'{text}' is not a sex; use male, female or unknown")
        return found


_SEX_WORDS = {"male": Sex.MALE, "m": Sex.MALE, "female": Sex.FEMALE, "f": Sex.FEMALE} | dict.fromkeys(
    ("unknown", "u", ""), Sex.UNKNOWN
)

MISSING = -1
"""An allele that was not called (`.`)."""


@dataclass(frozen=True, slots=True)
class Genotype:
    """Alleles as called, in the order of the record: 0 is the reference, MISSING is no call.

    Ploidy and phase stay as the caller wrote them; a single copy is not phased. `alleles` is never empty.
    """

    alleles: tuple[int, ...]
    phased: bool = False

    @classmethod
    def parse(cls, text: str) -> "Genotype":
        """A genotype from its text; ValueError for anything else.

        >>> str(Genotype.parse("0|1")), Genotype.parse("./1").alleles
        ('0|1', (-1, 1))
        """
        alleles = re.split(r"[/|]", text)
        if not all(re.fullmatch(r"\.|[0-9]{1,9}", allele) for allele in alleles):
            raise ValueError(f"'{text}' is not a genotype")
        return cls(tuple(MISSING if allele == "." else int(allele) for allele in alleles), "|" in text)

    def __str__(self) -> str:
        bar = "|" if self.phased else "/"
        return bar.join("." if allele == MISSING else str(allele) for allele in self.alleles)

    @property
    def is_reference(self) -> bool:
        """Whether every copy was called as the reference."""
        return all(allele == 0 for allele in self.alleles)

    @property
    def is_missing(self) -> bool:
        """Whether no copy was called."""
        return all(allele == MISSING for allele in self.alleles)

    def copies(self, allele: int) -> int:
        return self.alleles.count(allele)


class Zygosity(enum.Enum):
    """How many copies of a variant a person carries, judged from genotype and sex together."""

    HEMIZYGOUS = "hemizygous"
    HOMOZYGOUS = "homozygous"
    HETEROZYGOUS = "heterozygous"
    DISCORDANT = "discordant"
    PARTIAL = "partial"
    NOT_GENOTYPED = "not_genotyped"
    NO_CALL = "no_call"
    ABSENT = "absent"

    @property
    def is_carried(self) -> bool:
        """Whether the variant was seen in the sample, in whatever dose."""
        return self in _CARRIED


_CARRIED = frozenset(
    {
        Zygosity.HEMIZYGOUS,
        Zygosity.HOMOZYGOUS,
        Zygosity.HETEROZYGOUS,
        Zygosity.DISCORDANT,
        Zygosity.PARTIAL,
    }
)
