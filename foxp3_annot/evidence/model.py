"""What is said of the evidence on one variant: criteria, comparators, class, and what would change it."""

import enum
from dataclasses import dataclass

from foxp3_annot.criteria import AcmgClass, Criterion, Strength
from foxp3_annot.pack.vocabulary import Classification

Number = int | float | str


class State(enum.Enum):
    """Whether a criterion counts, and if not, for what reason."""

    MET = ("met", "met")
    NOT_MET = ("not_met", "looked at and not met")
    NOT_TOLD = ("not_told", "nothing told that would answer it")
    NOT_APPLICABLE = ("not_applicable", "does not apply")

    def __init__(self, code: str, label: str) -> None:
        self.code = code
        self.label = label


class DeNovo(enum.Enum):
    """Whether a variant is new in the child."""

    NOT_TOLD = "not_told"
    ASSUMED = "assumed"
    CONFIRMED = "confirmed"
    INHERITED = "inherited"


@dataclass(frozen=True, slots=True)
class FamilyEvidence:
    """What the family shows of one variant.

    `meioses` counts informative meioses in which it goes with the disease, `against` members who contradict that;
    None where the family was not looked at.
    """

    de_novo: DeNovo = DeNovo.NOT_TOLD
    meioses: int | None = None
    against: int | None = None


@dataclass(frozen=True, slots=True)
class PhenotypeEvidence:
    """What the person's phenotype says: whether it is that of IPEX, by which terms, and of other causes.

    None where it was not told; `other_cause` names one that was found. `of_carrier` is whether the person has a copy of
    the gene without the variant, so that the phenotype says nothing for it.
    """

    is_specific: bool | None = None
    terms: tuple[str, ...] = ()
    others_excluded: bool | None = None
    other_cause: str = ""
    of_carrier: bool = False


NO_FAMILY = FamilyEvidence()
NO_PHENOTYPE = PhenotypeEvidence()


@dataclass(frozen=True, slots=True)
class Comparator:
    """The curated variant by which a criterion is met, with what it is and does."""

    id: str
    name: str
    hgvs_p: str
    consequence: str
    classification: Classification


@dataclass(frozen=True, slots=True)
class Judged:
    """One criterion for one variant. `strength` and `points` are those with which it counts, None and 0 else.

    `numbers` are those that decided, by name; `sources` are keys of the rules or of the knowledge tables.
    """

    criterion: Criterion
    state: State
    sentence: str
    strength: Strength | None = None
    points: int = 0
    numbers: tuple[tuple[str, Number], ...] = ()
    comparator: Comparator | None = None
    sources: tuple[str, ...] = ()

    @property
    def is_met(self) -> bool:
        return self.state is State.MET


@dataclass(frozen=True, slots=True)
class PublishedClass:
    """What a source calls the variant. It is shown beside the class of the rules and never counted."""

    classification: Classification
    assigner: str
    stated_as: str
    date: str
    citations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClassChange:
    """One further fact that would give another class."""

    criterion: Criterion
    strength: Strength
    points: int
    cls: AcmgClass
    sentence: str


@dataclass(frozen=True, slots=True)
class Weighing:
    """All criteria of one variant, their sum and the class; what sources call it; and what would change the class."""

    criteria: tuple[Judged, ...]
    points: int
    cls: AcmgClass
    published: tuple[PublishedClass, ...]
    comparison: str
    would_change: tuple[ClassChange, ...]

    @property
    def met(self) -> tuple[Judged, ...]:
        return tuple(one for one in self.criteria if one.is_met)

    def of(self, criterion: Criterion) -> Judged:
        return next(one for one in self.criteria if one.criterion is criterion)
