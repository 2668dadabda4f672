"""What is told of the person beside the sequencing: by the sample sheet or a phenopacket, never by calls or reads."""

import enum
from dataclasses import dataclass

from foxp3_annot.family import FamilyRecord
from foxp3_annot.genotype import Sex
from foxp3_annot.phenotype import ClinicalPicture


class Karyotype(enum.Enum):
    """Sex chromosomes as declared; the words are those of GA4GH Phenopackets v2 (`KaryotypicSex`) where it has them."""

    XX = ("XX", 2, Sex.FEMALE)
    XY = ("XY", 1, Sex.MALE)
    X = ("XO", 1, Sex.FEMALE)
    XXY = ("XXY", 2, Sex.MALE)
    XYY = ("XYY", 1, Sex.MALE)
    XXX = ("XXX", 3, Sex.FEMALE)
    UNKNOWN = ("UNKNOWN_KARYOTYPE", None, Sex.UNKNOWN)

    def __init__(self, phenopacket: str, copies: int | None, sex: Sex) -> None:
        self.phenopacket = phenopacket
        self.copies = copies
        """Copies of chromosome X, so of FOXP3; None where not known."""
        self.sex = sex

    @property
    def code(self) -> str:
        """As the sample sheet writes it."""
        return "unknown" if self is Karyotype.UNKNOWN else self.name

    @property
    def counted_as(self) -> Sex:
        """The sex that usually has as many copies of chromosome X, by which reads are called and copies counted; three
        are called as two."""
        return {None: Sex.UNKNOWN, 1: Sex.MALE}.get(self.copies, Sex.FEMALE)

    @classmethod
    def parse(cls, text: str) -> "Karyotype":
        """From the code; KeyError for another text."""
        return {one.code: one for one in cls}[text]

    @classmethod
    def of_sex(cls, sex: Sex) -> "Karyotype":
        """The usual one of a declared sex."""
        return {Sex.MALE: cls.XY, Sex.FEMALE: cls.XX}.get(sex, cls.UNKNOWN)


def copies_counted_as(karyotype: Karyotype) -> Sex:
    """The sex by which copies of exons are counted from depth; unknown where three copies are usual, which is not
    provided for."""
    return Sex.UNKNOWN if karyotype.copies == 3 else karyotype.counted_as


class PriorHsct(enum.Enum):
    """Whether a transplant of haematopoietic stem cells was done before the sample was taken."""

    NONE = "none"
    YES = "yes"
    UNKNOWN = "unknown"


class Material(enum.Enum):
    """What the DNA was taken from. After a transplant blood and bone marrow are the donor's; saliva and buccal swabs
    hold blood cells of the donor as well."""

    BLOOD = ("blood", True)
    BONE_MARROW = ("bone_marrow", True)
    SALIVA = ("saliva", True)
    BUCCAL = ("buccal", True)
    FIBROBLASTS = ("fibroblasts", False)
    HAIR = ("hair", False)
    OTHER = ("other", False)
    UNKNOWN = ("unknown", True)

    def __init__(self, code: str, holds_blood: bool) -> None:
        self.code = code
        self.holds_blood = holds_blood

    @classmethod
    def parse(cls, text: str) -> "Material":
        """From the code; KeyError for another text."""
        return {one.code: one for one in cls}[text]


@dataclass(frozen=True, slots=True)
class Transplant:
    """What is told of a transplant. `donor` is the name of the donor's sample in the sheet; empty where none is."""

    prior: PriorHsct = PriorHsct.UNKNOWN
    donor_sex: Sex = Sex.UNKNOWN
    donor: str = ""


@dataclass(frozen=True, slots=True)
class Patient:
    """The person as the sample sheet describes him or her; every field may be unknown.

    `phenotype` is None where nothing is told of the clinical picture.
    """

    karyotype: Karyotype | None = None
    transplant: Transplant = Transplant()
    material: Material = Material.UNKNOWN
    family: FamilyRecord | None = None

    @property
    def may_be_donor(self) -> bool:
        """Whether DNA of the sample may be that of a donor."""
        return self.transplant.prior is PriorHsct.YES and self.material.holds_blood

    phenotype: ClinicalPicture | None = None


NOBODY = Patient()
"""A person of whom nothing is told."""
