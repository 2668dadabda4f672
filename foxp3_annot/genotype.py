"""Sex, genotype, and the zygosity that follows from the two together on the X chromosome."""

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


def zygosity(genotype: Genotype | None, allele: int, sex: Sex) -> Zygosity:
    """The zygosity of one alternate allele (its number in the record) outside the pseudoautosomal regions.

    A male has one copy: `1` and `1/1` are both hemizygous, and a mixture is discordant with his sex. A
    single called copy is hemizygous where the sex is unknown and discordant in a female. `None` is a
    record without a genotype.

    >>> zygosity(Genotype((0, 1)), 1, Sex.MALE).value
    'discordant'
    """
    if genotype is None:
        return Zygosity.NOT_GENOTYPED
    if genotype.is_missing:
        return Zygosity.NO_CALL
    copies, ploidy = genotype.copies(allele), len(genotype.alleles)
    if not copies:
        return Zygosity.NO_CALL if MISSING in genotype.alleles else Zygosity.ABSENT
    if MISSING in genotype.alleles:
        return Zygosity.PARTIAL
    return _dose(copies, ploidy, sex)


def _dose(copies: int, ploidy: int, sex: Sex) -> Zygosity:
    """Zygosity of an allele that is carried, every copy called."""
    if ploidy > 2:
        return Zygosity.DISCORDANT
    if sex is Sex.MALE:
        return Zygosity.HEMIZYGOUS if copies == ploidy else Zygosity.DISCORDANT
    if ploidy == 1:
        return Zygosity.HEMIZYGOUS if sex is Sex.UNKNOWN else Zygosity.DISCORDANT
    return Zygosity.HOMOZYGOUS if copies == 2 else Zygosity.HETEROZYGOUS
