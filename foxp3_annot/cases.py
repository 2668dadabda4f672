"""Published individuals, and what they say together of a variant: how many, of how many."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import total_ordering
from math import sqrt
from statistics import median_low

from foxp3_annot.pack.vocabulary import Answer, CaseLevel, CaseSex, CaseZygosity, Inheritance, Outcome

SMALL = 10
"""Below this denominator no percentage is printed, only the counts and the interval."""

_PARTS = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?")
_DAYS = (365.25, 30.4375, 7.0, 1.0)
_UNITS = ("year", "month", "week", "day")


@total_ordering
@dataclass(frozen=True, slots=True)
class Age:
    """An age as an ISO 8601 duration, ordered by its length in days (a month counts a twelfth of 365.25 days).

    >>> Age("P1Y3M").words, Age("P6W") < Age("P2M")
    ('1 year 3 months', True)
    """

    text: str

    @property
    def _numbers(self) -> tuple[int, ...]:
        found = _PARTS.fullmatch(self.text)
        return tuple(int(part or 0) for part in found.groups()) if found else (0, 0, 0, 0)

    @property
    def days(self) -> float:
        return sum(number * length for number, length in zip(self._numbers, _DAYS, strict=True))

    @property
    def words(self) -> str:
        parts = [
            f"{number} {unit}{'s' * (number != 1)}"
            for number, unit in zip(self._numbers, _UNITS, strict=True)
            if number
        ]
        return " ".join(parts) or "birth"

    def __lt__(self, other: "Age") -> bool:
        return (self.days, self.text) < (other.days, other.text)


@dataclass(frozen=True, slots=True)
class Proportion:
    """How many of how many, with the 95 % score interval of Wilson (1927, J Am Stat Assoc 22:209)."""

    count: int
    total: int

    @property
    def interval(self) -> tuple[float, float]:
        """Lower and upper bound as shares from 0 to 1; all of it where nobody was looked at.

        >>> [round(bound, 3) for bound in Proportion(3, 7).interval]
        [0.158, 0.75]
        """
        if self.total == 0:
            return 0.0, 1.0
        z, n, share = 1.959964, self.total, self.count / self.total
        middle = (share + z * z / (2 * n)) / (1 + z * z / n)
        half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
        return max(0.0, middle - half), min(1.0, middle + half)

    @property
    def sentence(self) -> str:
        """The counts and the interval; a percentage only where enough people stand behind it.

        >>> Proportion(3, 7).sentence, Proportion(30, 40).sentence
        ('3 of 7 (95 % interval 16 to 75 %)', '30 of 40, 75 % (95 % interval 60 to 86 %)')
        """
        if self.total == 0:
            return "nobody looked at"
        low, high = (round(100 * bound) for bound in self.interval)
        share = f", {round(100 * self.count / self.total)} %" if self.total >= SMALL else ""
        return f"{self.count} of {self.total}{share} (95 % interval {low} to {high} %)"


@dataclass(frozen=True, slots=True)
class Phenotype:
    """A term of the Human Phenotype Ontology, with its label."""

    id: str
    label: str

    @classmethod
    def parse(cls, text: str) -> "Phenotype":
        """From `HP:0002014 Diarrhea`."""
        id_, _, label = text.partition(" ")
        return cls(id_, label.strip())

    def __str__(self) -> str:
        return f"{self.id} {self.label}"


@dataclass(frozen=True, slots=True)
class Case:
    """A row of the case table. `origin` is the name of its pack; `people` how many it stands for."""

    id: str
    origin: str
    level: CaseLevel
    people: int
    label: str
    family: str
    sex: CaseSex
    zygosity: CaseZygosity
    onset: Age | None
    onset_text: str
    present: tuple[Phenotype, ...]
    denied: tuple[Phenotype, ...]
    clinical_text: str
    immunology: tuple[str, ...]
    treatment: str
    transplanted: Answer
    outcome: Outcome
    age_last: Age | None
    outcome_text: str
    inheritance: Inheritance
    date: str
    citations: tuple[str, ...]
    read: str
    remark: str

    @property
    def is_individual(self) -> bool:
        return self.level is CaseLevel.INDIVIDUAL

    @property
    def is_carrier(self) -> bool:
        """Whether a second, normal copy is there, as in the mother of a patient."""
        return self.zygosity is CaseZygosity.HETEROZYGOUS


@dataclass(frozen=True, slots=True)
class FeatureCount:
    """A phenotype among individuals: in how many it is stated, in how many denied; the others are silent on it."""

    phenotype: Phenotype
    present: Proportion
    denied: int


@dataclass(frozen=True, slots=True)
class ReportedRange:
    """What individuals with a variant, or a class of variants, were reported with.

    Only rows for single people are counted, and female carriers apart from all others; `people_in_groups` are those
    known through figures on a family
    or group, and `families` how many families the individuals come from at most (two sources may describe
    the same one without saying so). Ages are None where no source gives one.
    """

    individuals: int
    carriers: int
    people_in_groups: int
    families: int
    males: int
    onset_known: int
    onset_first: Age | None
    onset_middle: Age | None
    onset_last: Age | None
    dead: Proportion
    transplanted: int
    oldest_alive: Age | None
    features: tuple[FeatureCount, ...]

    @property
    def onset_sentence(self) -> str:
        if self.onset_first is None or self.onset_middle is None or self.onset_last is None:
            return "age at onset not given"
        if self.onset_known == 1:
            return f"onset at {self.onset_first.words} in the one whose age is given"
        return (
            f"onset from {self.onset_first.words} to {self.onset_last.words}, middle {self.onset_middle.words} "
            f"({self.onset_known} with a known age)"
        )


def range_lines(reported: ReportedRange, features: int = 8) -> list[str]:
    """The range in sentences, the commonest phenotypes last; nothing where nobody was described."""
    if not reported.individuals:
        return []
    lines = [
        f"{reported.individuals} described one by one, of at most {reported.families} families; "
        f"{reported.carriers} carriers and {reported.people_in_groups} people of families or groups apart",
        reported.onset_sentence,
        f"dead, where the outcome is told: {reported.dead.sentence}; given a transplant: {reported.transplanted}",
    ]
    for one in reported.features[:features]:
        denied = f", denied in {one.denied}" if one.denied else ""
        lines.append(f"{one.phenotype.label}: stated in {one.present.sentence}{denied}")
    return lines


def reported_range(cases: Iterable[Case]) -> ReportedRange:
    """Sum up cases. The order of the cases does not matter."""
    rows = sorted(cases, key=lambda case: (case.origin, case.id))
    people = [case for case in rows if case.is_individual and not case.is_carrier]
    onsets = sorted(case.onset for case in people if case.onset)
    known = [case for case in people if case.outcome is not Outcome.UNKNOWN]
    living = [case.age_last for case in people if case.outcome is Outcome.ALIVE and case.age_last]
    return ReportedRange(
        individuals=len(people),
        carriers=sum(case.is_individual and case.is_carrier for case in rows),
        people_in_groups=sum(case.people for case in rows if not case.is_individual),
        families=len({case.family or f"{case.origin} {case.id}" for case in people}),
        males=sum(case.sex is CaseSex.MALE for case in people),
        onset_known=len(onsets),
        onset_first=onsets[0] if onsets else None,
        onset_middle=median_low(onsets) if onsets else None,
        onset_last=onsets[-1] if onsets else None,
        dead=Proportion(sum(case.outcome is not Outcome.ALIVE for case in known), len(known)),
        transplanted=sum(case.transplanted is Answer.YES for case in people),
        oldest_alive=max(living, default=None),
        features=_features(people),
    )


def _features(people: Sequence[Case]) -> tuple[FeatureCount, ...]:
    """Each phenotype that someone has or is said not to have, the commonest first."""
    terms = {term.id: term for case in people for term in (*case.present, *case.denied)}
    counts = [
        FeatureCount(
            term,
            Proportion(sum(any(t.id == term.id for t in case.present) for case in people), len(people)),
            sum(any(t.id == term.id for t in case.denied) for case in people),
        )
        for term in terms.values()
    ]
    return tuple(sorted(counts, key=lambda one: (-one.present.count, one.denied, one.phenotype.id)))
