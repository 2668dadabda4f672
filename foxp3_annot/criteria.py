"""The 28 criteria of ACMG/AMP, how strong each speaks, and the class that points add up to."""

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


class Direction(enum.Enum):
    """Which way a criterion speaks; benign points count negative."""

    PATHOGENIC = 1
    BENIGN = -1


class Strength(enum.Enum):
    """How strongly a criterion speaks, the weakest first. STAND_ALONE settles the class whatever the points are."""

    SUPPORTING = ("supporting", "supporting")
    MODERATE = ("moderate", "moderate")
    STRONG = ("strong", "strong")
    VERY_STRONG = ("very_strong", "very strong")
    STAND_ALONE = ("stand_alone", "stand-alone")

    def __init__(self, code: str, label: str) -> None:
        self.code = code
        self.label = label

    def __hash__(self) -> int:
        return id(self)

    @classmethod
    def parse(cls, code: str) -> "Strength":
        """From the code; KeyError for another text."""
        return {one.code: one for one in cls}[code]

    @property
    def rank(self) -> int:
        """0 for the weakest."""
        return list(Strength).index(self)

    @property
    def weaker(self) -> "Strength":
        """One step less; supporting stays."""
        return list(Strength)[max(self.rank - 1, 0)]


class AcmgClass(enum.Enum):
    """The five classes, the most pathogenic first."""

    PATHOGENIC = ("pathogenic", "pathogenic")
    LIKELY_PATHOGENIC = ("likely_pathogenic", "likely pathogenic")
    UNCERTAIN = ("uncertain", "uncertain significance")
    LIKELY_BENIGN = ("likely_benign", "likely benign")
    BENIGN = ("benign", "benign")

    def __init__(self, code: str, label: str) -> None:
        self.code = code
        self.label = label


class Criterion(enum.Enum):
    """The criteria in the order in which ACMG/AMP 2015 lists them."""

    PVS1 = "null variant where loss of function is the mechanism"
    PS1 = "same change of a residue as an established missense variant"
    PS2 = "de novo, confirmed"
    PS3 = "experiments find a damaging effect"
    PS4 = "seen in unrelated patients"
    PM1 = "in a region where disease variants cluster"
    PM2 = "absent from or very rare in population data"
    PM3 = "in trans with a pathogenic variant (recessive)"
    PM4 = "the length of the protein changes"
    PM5 = "another change of a residue with an established missense variant"
    PM6 = "de novo, assumed"
    PP1 = "goes with the disease through a family"
    PP2 = "missense in a gene with few harmless ones"
    PP3 = "predicted to be damaging"
    PP4 = "the phenotype is specific"
    PP5 = "called pathogenic by others"
    BA1 = "common in population data"
    BS1 = "more frequent than the disease allows"
    BS2 = "seen in healthy adults"
    BS3 = "experiments find no damaging effect"
    BS4 = "does not go with the disease in a family"
    BP1 = "missense where only truncations cause disease"
    BP2 = "in cis with a pathogenic variant"
    BP3 = "in-frame change in a repeat"
    BP4 = "predicted to be harmless"
    BP5 = "another cause explains the disease"
    BP6 = "called benign by others"
    BP7 = "no change of the protein and none of splicing predicted"

    def __init__(self, label: str) -> None:
        self.label = label

    def __hash__(self) -> int:
        return id(self)

    @property
    def direction(self) -> Direction:
        return Direction.PATHOGENIC if self.name.startswith("P") else Direction.BENIGN


@dataclass(frozen=True)
class Scale:
    """What strengths count, and from how many points on a class holds; the last class has no lower end."""

    points: Mapping[Strength, int]
    least: Mapping[AcmgClass, int]

    def points_of(self, direction: Direction, strength: Strength) -> int:
        """Signed points of one criterion; a stand-alone one has none, since it settles the class by itself."""
        return direction.value * self.points.get(strength, 0)

    def class_of(self, points: int) -> AcmgClass:
        """The class of a sum of points; every whole number has one."""
        return next((one for one in AcmgClass if one in self.least and points >= self.least[one]), AcmgClass.BENIGN)

    def weighed(self, met: Iterable[tuple[Criterion, Strength]]) -> tuple[int, AcmgClass]:
        """The sum of criteria that are met, and the class; benign where one stands alone."""
        met = tuple(met)
        total = sum(self.points_of(criterion.direction, strength) for criterion, strength in met)
        alone = any(strength is Strength.STAND_ALONE for _, strength in met)
        return total, AcmgClass.BENIGN if alone else self.class_of(total)
