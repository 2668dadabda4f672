"""What a genotype means on chromosome X: from sex chromosomes, what is written and the share of reads to one state.

FOXP3 lies outside the pseudoautosomal regions: a person has as many copies of it as X chromosomes. The states are a
table of data (`resources/rules/x_states.tsv`) with a row for every combination.
"""

import enum
from dataclasses import dataclass
from functools import cache

from foxp3_annot.genotype import MISSING, Genotype, Zygosity
from foxp3_annot.patient import Karyotype, Material, PriorHsct, Transplant
from foxp3_annot.resources import read_table, resource_root
from foxp3_annot.rules import RuleTable


class GenotypeForm(enum.Enum):
    """How a genotype is written, as far as one of its alleles is concerned; phase makes no difference."""

    SINGLE = "single"
    DOUBLE = "double"
    WITH_REFERENCE = "with_reference"
    WITH_OTHER = "with_other"
    ALL_OF_MANY = "all_of_many"
    SOME_OF_MANY = "some_of_many"
    PARTIAL = "partial"
    NOT_GENOTYPED = "not_genotyped"
    NOT_CALLED = "not_called"
    NOT_CARRIED = "not_carried"

    @classmethod
    def of(cls, genotype: Genotype | None, allele: int) -> "GenotypeForm":
        """The form of a genotype for an allele, by its number; `None` is a record without a genotype.

        >>> GenotypeForm.of(Genotype((1, 0)), 1), GenotypeForm.of(Genotype((1, 2)), 1)
        (<GenotypeForm.WITH_REFERENCE: 'with_reference'>, <GenotypeForm.WITH_OTHER: 'with_other'>)
        """
        if genotype is None:
            return cls.NOT_GENOTYPED
        copies, ploidy = genotype.copies(allele), len(genotype.alleles)
        if not copies:
            return cls.NOT_CALLED if MISSING in genotype.alleles else cls.NOT_CARRIED
        if MISSING in genotype.alleles:
            return cls.PARTIAL
        if ploidy > 2:
            return cls.ALL_OF_MANY if copies == ploidy else cls.SOME_OF_MANY
        if copies == ploidy:
            return cls.SINGLE if ploidy == 1 else cls.DOUBLE
        return cls.WITH_REFERENCE if 0 in genotype.alleles else cls.WITH_OTHER


class ShareBand(enum.Enum):
    """The share of the reads that carry an allele; its bounds are in `resources/rules/share_bands.tsv`."""

    UNTOLD = "untold"
    TRACE = "trace"
    MINOR = "minor"
    HALF = "half"
    MAJOR = "major"
    ALL = "all"

    @classmethod
    def of(cls, share: float | None, reads: int | None) -> "ShareBand":
        """Of a share (0 to 1) of so many reads; untold where either is not given, or they are few.

        >>> ShareBand.of(0.5, 30), ShareBand.of(0.5, 6)
        (<ShareBand.HALF: 'half'>, <ShareBand.UNTOLD: 'untold'>)
        """
        if share is None or reads is None or reads < _least_reads():
            return cls.UNTOLD
        return next(band for band, until in _bounds() if share < until or band is cls.ALL)


@cache
def _bands() -> tuple[dict[str, str], ...]:
    return tuple(read_table(resource_root() / "rules" / "share_bands.tsv"))


@cache
def _bounds() -> tuple[tuple[ShareBand, float], ...]:
    """Each band with the share from which the next begins, in order."""
    return tuple((ShareBand(row["band"]), float(row["below"])) for row in _bands() if row["below"])


@cache
def _least_reads() -> int:
    return int(next(row["reads"] for row in _bands() if row["band"] == ShareBand.UNTOLD.value))


@dataclass(frozen=True, slots=True)
class XState:
    """How a person carries an allele: a code of its own, the zygosity that it amounts to, and a sentence."""

    code: str
    zygosity: Zygosity
    sentence: str


DISAGREEING = XState(
    "records_disagree", Zygosity.DISCORDANT, "discordant: the records of this allele do not agree with each other"
)
"""The state of an allele whose records give different zygosities."""


@cache
def x_states() -> RuleTable:
    """The table of states."""
    return RuleTable.read(
        "x_states",
        {
            "karyotypes": [one.code for one in Karyotype],
            "form": [one.value for one in GenotypeForm],
            "shares": [one.value for one in ShareBand],
        },
    )


@cache
def _states() -> dict[str, XState]:
    return {row["code"]: XState(row["code"], Zygosity(row["zygosity"]), row["sentence"]) for row in x_states().rows}


def state_codes(*, carried: bool = False) -> tuple[str, ...]:
    """The codes of all states; with `carried` without those of an allele that was not seen."""
    unseen = (Zygosity.ABSENT, Zygosity.NO_CALL)
    codes = [one.code for one in _states().values() if not carried or one.zygosity not in unseen]
    return (*codes, DISAGREEING.code)


def x_state(genotype: Genotype | None, allele: int, karyotype: Karyotype, share: ShareBand) -> XState:
    """The state of one alternate allele, by its number in the record.

    >>> x_state(Genotype((0, 1)), 1, Karyotype.XY, ShareBand.ALL).code
    'hemizygous_by_reads'
    """
    form = GenotypeForm.of(genotype, allele)
    return _states()[x_states().row(karyotype.code, form.value, share.value)["code"]]


# --- whose DNA it is -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Attribution:
    """Whose what is found is: `is_patients` where it is taken for the patient's, `negative` where finding nothing can
    say something of the patient. `sentence` is empty where nothing need be said."""

    code: str
    is_patients: bool
    negative: bool
    sentence: str


@cache
def attributions() -> RuleTable:
    """The table of attributions."""
    return RuleTable.read("attribution", {"prior_hsct": [one.value for one in PriorHsct], "holds_blood": ("yes", "no")})


def attribution(transplant: Transplant, material: Material) -> Attribution:
    """Whose DNA the sample holds, by what is told of a transplant and of the material.

    >>> attribution(Transplant(PriorHsct.YES), Material.BLOOD).negative
    False
    """
    row = attributions().row(transplant.prior.value, "yes" if material.holds_blood else "no")
    return Attribution(row["code"], row["is_patients"] == "yes", row["negative"] == "yes", row["sentence"])
