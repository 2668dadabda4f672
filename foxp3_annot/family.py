"""What is told of a person's family, and what was seen in its people in the same run."""

import enum
from dataclasses import dataclass

from foxp3_annot.genotype import Zygosity
from foxp3_annot.pedigree import Pedigree


class AlleleState(enum.Enum):
    """How an allele stands in one person. Only ABSENT is a negative: called or excluded, never mere silence."""

    HEMIZYGOUS = ("hemizygous", "hemizygous")
    HETEROZYGOUS = ("heterozygous", "carrier (heterozygous)")
    HOMOZYGOUS = ("homozygous", "homozygous")
    ABSENT = ("absent", "without it")
    SILENT = ("silent", "nothing recorded, which is no negative")
    UNCLEAR = ("unclear", "unclear")
    NOT_ATTRIBUTABLE = ("not_attributable", "seen after a transplant: may be the donor's")
    NOT_TESTED = ("not_tested", "not in this run")

    def __init__(self, code: str, label: str) -> None:
        self.code = code
        self.label = label

    @property
    def is_carried(self) -> bool:
        return self in (AlleleState.HEMIZYGOUS, AlleleState.HETEROZYGOUS, AlleleState.HOMOZYGOUS)

    @property
    def is_clear(self) -> bool:
        """Whether the allele is known to be there in one dose, or not to be there."""
        return self.is_carried or self is AlleleState.ABSENT

    @classmethod
    def parse(cls, code: str) -> "AlleleState":
        """From its code; KeyError for another text."""
        return {one.code: one for one in cls}[code]

    @classmethod
    def of(cls, state: Zygosity) -> "AlleleState":
        """From the genotype of a record that holds the allele."""
        return _OF_ZYGOSITY.get(state, cls.UNCLEAR)


_OF_ZYGOSITY = {
    Zygosity.HEMIZYGOUS: AlleleState.HEMIZYGOUS,
    Zygosity.HETEROZYGOUS: AlleleState.HETEROZYGOUS,
    Zygosity.HOMOZYGOUS: AlleleState.HOMOZYGOUS,
    Zygosity.ABSENT: AlleleState.ABSENT,
}


class Basis(enum.Enum):
    """How a state is known."""

    GENOTYPE = ("genotype", "genotype called in a record of the allele")
    REFERENCE = ("reference", "called as reference in a record of the allele")
    DEPTH = ("depth", "no record of the allele, and depth excludes it")
    OPEN_GENOTYPE = ("open_genotype", "a genotype that is missing, partial or at odds with the sex")
    FILTERED = ("filtered", "a record that the caller filtered")
    NO_RECORD = ("no_record", "no record of the allele, and depth does not exclude it")
    OTHER_BUILD = ("other_build", "the allele has no equivalent on the build of this person's file")
    SAMPLES_DIFFER = ("samples_differ", "samples of this person differ")
    TRANSPLANT = ("transplant", "material that holds blood, after a transplant")
    NO_SAMPLE = ("no_sample", "no sample of this run")

    def __init__(self, code: str, label: str) -> None:
        self.code = code
        self.label = label

    @classmethod
    def parse(cls, code: str) -> "Basis":
        """From its code; KeyError for another text."""
        return {one.code: one for one in cls}[code]


@dataclass(frozen=True, slots=True)
class SeenIn:
    """The state of one allele in one person, and how it is known."""

    person: str
    state: AlleleState
    basis: Basis


@dataclass(frozen=True, slots=True)
class FamilyRecord:
    """A person's place in a pedigree, and what was seen in its people, all of it told or observed.

    `seen` holds, by SPDI on the build of the person's own file, every small allele that someone of the family in the
    run carries; people without a sample are left out. `settings` are the values, by name, that the user gave for the
    assumptions of `carrier_risk`, as text.
    """

    pedigree: Pedigree
    person: str
    seen: tuple[tuple[str, tuple[SeenIn, ...]], ...] = ()
    settings: tuple[tuple[str, str], ...] = ()

    def states_of(self, spdi: str) -> dict[str, SeenIn]:
        """The state of an allele in everyone of the pedigree, in its order."""
        seen = {one.person: one for one in dict(self.seen).get(spdi, ())}
        untested = AlleleState.NOT_TESTED, Basis.NO_SAMPLE
        return {one.id: seen.get(one.id, SeenIn(one.id, *untested)) for one in self.pedigree.people}


def agreed(person: str, found: list[SeenIn]) -> SeenIn:
    """What several samples of one person say together: a clear state counts before silence."""
    states = {one.state for one in found} - {AlleleState.SILENT}
    if len(states) > 1:
        return SeenIn(person, AlleleState.UNCLEAR, Basis.SAMPLES_DIFFER)
    return next((one for one in found if one.state in states), found[0])
