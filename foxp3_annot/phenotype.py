"""What is told of a patient's clinical picture, and how far it is the picture of IPEX.

A term is present, denied or not told; silence is neither. A narrower term that is present implies the wider one (a very
wide one only where the table has both in one category), and a wider one that is denied denies the narrower. Nothing
here predicts a course, and no picture alone shows IPEX.
"""

import enum
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from foxp3_annot.cases import Age, Case, Phenotype, Proportion
from foxp3_annot.clinical import Clinical, Statistic, TermRow


class Analyte(enum.Enum):
    """What the laboratory measured, with the unit in which limits stand."""

    IGE = ("ige", "IgE", "kU/L")
    EOSINOPHILS = ("eosinophils", "eosinophils", "cells/µL")
    TREG = ("treg", "regulatory T cells", "% of CD4")

    def __init__(self, code: str, label: str, unit: str) -> None:
        self.code = code
        self.label = label
        self.unit = unit

    @classmethod
    def parse(cls, text: str) -> "Analyte":
        """From the code; KeyError for another text."""
        return {one.code: one for one in cls}[text]


# --- the ontology, as far as it is shipped -----------------------------------------------------------------

_HPO_ID = re.compile(r"HP:[0-9]{7}")


@dataclass(frozen=True)
class Hierarchy:
    """Parents of terms in one release of the Human Phenotype Ontology, and ids that are no longer used there."""

    parents: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    replaced: Mapping[str, str] = field(default_factory=dict)

    def up(self, id_: str) -> frozenset[str]:
        """The term and every wider one; the term alone where the hierarchy does not know it."""
        found, open_ = {id_}, [id_]
        while open_:
            for parent in self.parents.get(open_.pop(), ()):
                if parent not in found:
                    found.add(parent)
                    open_.append(parent)
        return frozenset(found)

    def term(self, text: str) -> Phenotype:
        """The term that a cell names, as `HP:0002014` or `HP:0002014 Diarrhea`; the label is kept as given.

        Raises ValueError with a sentence for a text that is no id and for an id that is no longer used.
        """
        id_, _, label = text.strip().partition(" ")
        if not _HPO_ID.fullmatch(id_):
            raise ValueError(f"'{text[:40]}' is no term of HPO; write HP: and seven digits, as HP:0002014")
        if id_ in self.replaced:
            instead = self.replaced[id_]
            raise ValueError(f"{id_} is obsolete in HPO; " + (f"write {instead}" if instead else "choose another term"))
        return Phenotype(id_, label.strip())


# --- what is told ------------------------------------------------------------------------------------------

_VALUE = re.compile(r"([<>]?)\s*([0-9]{1,9}(?:\.[0-9]{1,6})?)(?![0-9.])\s*(\S.*)")

Units = Mapping[Analyte, Mapping[str, tuple[str, Fraction]]]
"""For each analyte its units, without regard to how they are written: as the table writes them, and the factor."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """A laboratory value as told, and in the unit of the analyte.

    `comparator` is `<` or `>` where the laboratory gives a bound only; `age` is that at which it was measured.
    """

    analyte: Analyte
    text: str
    comparator: str
    value: Fraction
    age: Age | None = None

    @classmethod
    def parse(cls, analyte: Analyte, text: str, units: Units, age: Age | None = None) -> "Measurement":
        """From a value with its unit, as `4000 IU/mL`. Raises ValueError with a sentence."""
        found = _VALUE.fullmatch(text.strip())
        if not found:
            raise ValueError(f"'{text[:40]}' is no value with a unit for {analyte.label}; write as 40 {analyte.unit}")
        comparator, number, unit = found.groups()
        known = units[analyte].get(_small(unit))
        if known is None:
            names = ", ".join(written for written, _ in units[analyte].values())
            raise ValueError(f"'{unit[:20]}' is no unit for {analyte.label} here; known are {names}")
        value = Fraction(number) * known[1]
        if analyte is Analyte.TREG and value > 100:
            raise ValueError(f"'{text[:40]}' is more than all of the CD4 cells")
        return cls(analyte, text.strip(), comparator, value, age)

    @property
    def shown(self) -> str:
        """The value in the unit of the analyte, to three digits behind the point at most."""
        return f"{self.comparator}{float(round(self.value, 3)):g} {self.analyte.unit}"


def _small(unit: str) -> str:
    """A unit without regard to capitals, blanks, or which of the two signs for micro was typed."""
    return " ".join(unit.replace("\N{MICRO SIGN}", "µ").replace("\N{GREEK SMALL LETTER MU}", "µ").lower().split())


def units_of(rows: Iterable[tuple[Analyte, str, Fraction]]) -> Units:
    """The table of units."""
    found: dict[Analyte, dict[str, tuple[str, Fraction]]] = {analyte: {} for analyte in Analyte}
    for analyte, written, factor in rows:
        found[analyte].setdefault(_small(written), (written, factor))
    return found


@dataclass(frozen=True, slots=True)
class ClinicalPicture:
    """What is told of a patient: terms present and denied, age at the first sign, age now, laboratory values.

    `unread` names assays of which nothing is known here. Made by `of`, which refuses contradictions.
    """

    present: tuple[Phenotype, ...] = ()
    denied: tuple[Phenotype, ...] = ()
    onset: Age | None = None
    age: Age | None = None
    measurements: tuple[Measurement, ...] = ()
    unread: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        present: Iterable[Phenotype],
        denied: Iterable[Phenotype],
        onset: Age | None,
        age: Age | None,
        measurements: Iterable[Measurement],
        unread: Iterable[str],
        hierarchy: Hierarchy,
    ) -> "ClinicalPicture | None":
        """The picture with each term once, in order of id; None where nothing is told.

        Raises ValueError where a term is present and denied, be it by a wider term, and where the first sign is
        told to come after the age now.
        """
        has, lacks = _once(present), _once(denied)
        for one in has:
            for other in lacks:
                if one.id == other.id:
                    raise ValueError(f"{one.id} is stated as present and as denied; keep one")
                if other.id in hierarchy.up(one.id):
                    raise ValueError(f"{one.id} is stated as present, but {other.id}, which is wider, as denied")
        if onset and age and age < onset:
            raise ValueError(f"onset {onset.text} comes after the age {age.text}")
        values = tuple(dict.fromkeys(replace(one, age=one.age or age) for one in measurements))
        picture = cls(has, lacks, onset, age, values, tuple(sorted(set(unread))))
        return picture if picture != cls() else None

    def joined_by(self, other: "ClinicalPicture", hierarchy: Hierarchy) -> "ClinicalPicture | None":
        """With what another source tells. Raises ValueError where they contradict each other."""
        for what, one, two in (("onset", self.onset, other.onset), ("age", self.age, other.age)):
            if one and two and one != two:
                raise ValueError(f"{what} is told as {one.text} and as {two.text}")
        return ClinicalPicture.of(
            (*self.present, *other.present),
            (*self.denied, *other.denied),
            self.onset or other.onset,
            self.age or other.age,
            (*self.measurements, *other.measurements),
            (*self.unread, *other.unread),
            hierarchy,
        )


def _once(terms: Iterable[Phenotype]) -> tuple[Phenotype, ...]:
    """Each id once, in order; the first label that is given stays."""
    found: dict[str, Phenotype] = {}
    for term in terms:
        known = found.get(term.id)
        found[term.id] = term if known is None or not known.label else known
    return tuple(found[id_] for id_ in sorted(found))


def age_of(text: str) -> Age:
    """An age as an ISO 8601 duration in whole years, months, weeks and days. Raises ValueError with a sentence."""
    if not re.fullmatch(r"P(?=\d)(?:\d{1,3}Y)?(?:\d{1,4}M)?(?:\d{1,4}W)?(?:\d{1,5}D)?", text):
        raise ValueError(
            f"'{text[:40]}' is no age; write it as P1Y3M for 1 year 3 months, P6W for 6 weeks, P0D for birth"
        )
    return Age(text)


# --- rules, as tables of data ------------------------------------------------------------------------------


class Side(enum.Enum):
    """On which side of the limit a value is abnormal."""

    ABOVE = "above"
    BELOW = "below"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a limit was read."""

    key: str
    reference: str
    url: str
    read: str


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit for ages from `start` on and below `end` (None: without end), in the unit of the analyte."""

    analyte: Analyte
    hpo_id: str
    side: Side
    start: Age
    end: Age | None
    limit: Fraction
    source: Source

    def holds_at(self, age: Age) -> bool:
        return self.start.days <= age.days and (self.end is None or age.days < self.end.days)


class PhenotypeFit(enum.Enum):
    """How far the picture that is told is that of IPEX. It never concludes by itself."""

    NOT_TOLD = "not_told"
    FITS = "fits"
    DOES_NOT_SPEAK_FOR = "does_not_speak_for"
    DENIED_CORE = "denied_core"


@dataclass(frozen=True, slots=True)
class FitRule:
    """What follows from whether anything is told, a core feature is present, and one is denied."""

    fit: PhenotypeFit
    told: bool
    core_present: bool
    core_denied: bool
    sentence: str
    reason: str
    citations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OrganItem:
    """One item of the organ involvement score: terms of which one is enough, and terms whose denial denies it."""

    item: str
    present: tuple[str, ...]
    denied: tuple[str, ...]
    citations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PhenotypeRules:
    """All tables by which a picture is judged.

    `wide` are terms that narrower ones imply only within a category, `uncounted` categories whose core features count
    nothing for the fit. `likelihood` names the figures of cohorts that hold one share of people with a FOXP3 mutation
    and one of IPEX-like people.
    """

    hierarchy: Hierarchy
    units: Units
    assays: Mapping[str, Analyte]
    limits: tuple[Limit, ...]
    wide: frozenset[str]
    uncounted: frozenset[str]
    fits: tuple[FitRule, ...]
    organs: tuple[OrganItem, ...]
    likelihood: frozenset[str]

    def fit_rule(self, told: bool, core_present: bool, core_denied: bool) -> FitRule:
        key = (told, core_present, core_denied)
        return next(rule for rule in self.fits if (rule.told, rule.core_present, rule.core_denied) == key)


# --- what follows ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LaboratoryResult:
    """A value beside its limit; `outside` is None where there is none, or a bound does not reach it."""

    measurement: Measurement
    limit: Limit | None
    outside: bool | None
    sentence: str


class Origin(enum.Enum):
    """Where a term comes from."""

    STATED = "stated"
    LABORATORY = "laboratory"


@dataclass(frozen=True, slots=True)
class Likelihood:
    """How much likelier a term is with a FOXP3 mutation than in IPEX-like disease without one, in one cohort.

    `ratio` is None where nobody of the comparison group stands on that side.
    """

    statistic: Statistic
    with_mutation: str
    without: str
    ratio: float | None
    sentence: str


@dataclass(frozen=True, slots=True)
class Feature:
    """A term that is present or denied. `row` is None for one that is not among the terms of the table.

    `reported` counts published individuals who have it, or a narrower one, among all who were described one by one;
    `denied_in` those of whom it is denied.
    """

    term: Phenotype
    row: TermRow | None
    origin: Origin
    reported: Proportion
    denied_in: int
    likelihoods: tuple[Likelihood, ...]

    @property
    def is_reported(self) -> bool:
        """Whether someone with a FOXP3 mutation was reported with it, one by one or in a source of the table."""
        return self.reported.count > 0 or bool(self.row and self.row.citations)


@dataclass(frozen=True, slots=True)
class OrganInvolvement:
    """The organ involvement score as far as it is told: from `least`, were all else absent, to `most`.

    `items` holds for each item whether it is present; None where it is not told.
    """

    items: tuple[tuple[OrganItem, bool | None], ...]

    @property
    def least(self) -> int:
        return sum(state is True for _, state in self.items)

    @property
    def most(self) -> int:
        return sum(state is not False for _, state in self.items)

    @property
    def is_told(self) -> bool:
        """Whether any item is present or denied."""
        return any(state is not None for _, state in self.items)

    @property
    def sentence(self) -> str:
        open_ = [item.item for item, state in self.items if state is None]
        if not open_:
            return f"Organ involvement score: {self.least} of {len(self.items)}."
        told = f"from {self.least} to {self.most} of {len(self.items)}"
        return f"Organ involvement score: {told}; not told: {', '.join(open_)}."


@dataclass(frozen=True, slots=True)
class Judged:
    """A picture, judged."""

    rule: FitRule
    present: tuple[Feature, ...]
    denied: tuple[Feature, ...]
    not_assessed: tuple[TermRow, ...]
    laboratory: tuple[LaboratoryResult, ...]
    organs: OrganInvolvement
    notes: tuple[str, ...]

    @property
    def fit(self) -> PhenotypeFit:
        return self.rule.fit


def judged(
    picture: ClinicalPicture | None, clinical: Clinical, people: Sequence[Case], rules: PhenotypeRules
) -> Judged:
    """What is to be thought of a picture; `people` are the published individuals to count among."""
    picture = picture or ClinicalPicture()
    laboratory = tuple(laboratory_result(one, rules.limits) for one in picture.measurements)
    present, denied, notes = _with_laboratory(picture, laboratory, clinical, rules.hierarchy)
    has = {id_ for term in present for id_ in implied(term.id, clinical, rules)}
    lacks = frozenset(term.id for term in denied)
    open_ = [term for term in clinical.core if term.id not in has]
    told = bool(present or denied)
    core_present = any(term.id in has and term.category not in rules.uncounted for term in clinical.core)
    core_denied = any(rules.hierarchy.up(term.id) & lacks and term.category not in rules.uncounted for term in open_)
    near = {id_ for term in present for id_ in rules.hierarchy.up(term.id)}
    return Judged(
        rules.fit_rule(told, core_present, core_denied),
        tuple(_feature(t, o, True, clinical, people, rules) for t, o in present.items()),
        tuple(_feature(t, o, False, clinical, people, rules) for t, o in denied.items()),
        tuple(
            term
            for term in open_
            if term.id not in near
            and not rules.hierarchy.up(term.id) & lacks
            and not any(one.id in rules.hierarchy.up(term.id) for one in present)
        ),
        laboratory,
        organ_involvement((term.id for term in present), lacks, rules),
        tuple(notes),
    )


def implied(id_: str, clinical: Clinical, rules: PhenotypeRules) -> Iterator[str]:
    """A term that is present, and the wider ones that it implies."""
    row = clinical.term(id_)
    for wider in rules.hierarchy.up(id_):
        above = clinical.term(wider)
        if wider == id_ or wider not in rules.wide or (row and above and row.category == above.category):
            yield wider


def present_ids(picture: ClinicalPicture, clinical: Clinical, rules: PhenotypeRules) -> frozenset[str]:
    """The terms that are present, stated, measured or implied by narrower ones."""
    laboratory = [laboratory_result(one, rules.limits) for one in picture.measurements]
    present, _, _ = _with_laboratory(picture, laboratory, clinical, rules.hierarchy)
    return frozenset(wider for term in present for wider in implied(term.id, clinical, rules))


def laboratory_result(measurement: Measurement, limits: Iterable[Limit]) -> LaboratoryResult:
    """A value held against the limit for its age."""
    shown = f"{measurement.analyte.label} {measurement.text}"
    if measurement.text != measurement.shown:
        shown += f" ({measurement.shown})"
    age = measurement.age
    own = [limit for limit in limits if limit.analyte is measurement.analyte]
    if not own:
        return LaboratoryResult(measurement, None, None, f"{shown}: no limit with a source for this value.")
    if age is None:
        return LaboratoryResult(measurement, None, None, f"{shown}: not judged, since the age is not told.")
    limit = next((one for one in own if one.holds_at(age)), None)
    if limit is None:
        return LaboratoryResult(
            measurement, None, None, f"{shown} at {age.words}: no limit with a source for this age."
        )
    outside = _is_outside(measurement, limit)
    words = {True: limit.side.value, False: "within", None: "not to be held against"}[outside]
    bound = f"{float(limit.limit):g} {measurement.analyte.unit}"
    return LaboratoryResult(measurement, limit, outside, f"{shown} at {age.words}: {words} the limit of {bound}.")


def _is_outside(measurement: Measurement, limit: Limit) -> bool | None:
    """Whether the value lies beyond the limit; None where it is a bound that leaves this open."""
    value, bound = measurement.value, limit.limit
    if measurement.comparator == ">":
        if limit.side is Side.ABOVE:
            return True if value >= bound else None
        return False if value >= bound else None
    if measurement.comparator == "<":
        if limit.side is Side.ABOVE:
            return False if value <= bound else None
        return True if value <= bound else None
    return value > bound if limit.side is Side.ABOVE else value < bound


_Origins = dict[Phenotype, Origin]


def _with_laboratory(
    picture: ClinicalPicture, laboratory: Sequence[LaboratoryResult], clinical: Clinical, hierarchy: Hierarchy
) -> tuple[_Origins, _Origins, list[str]]:
    """The terms of the picture and those that its values give. What is stated goes before what is measured."""
    present = dict.fromkeys(picture.present, Origin.STATED)
    denied = dict.fromkeys(picture.denied, Origin.STATED)
    has = {id_ for term in picture.present for id_ in hierarchy.up(term.id)}
    lacks = {term.id for term in picture.denied}
    notes = []
    found: dict[str, set[bool]] = {}
    for result in laboratory:
        if result.limit and result.outside is not None:
            found.setdefault(result.limit.hpo_id, set()).add(result.outside)
    for id_, sides in found.items():
        row = clinical.term(id_)
        term = Phenotype(id_, row.label if row else "")
        denies = bool(hierarchy.up(id_) & lacks)
        if True in sides and denies:
            notes.append(f"{term} is denied, but a value lies beyond the limit for the age; the statement counts.")
        elif True in sides:
            present |= {} if id_ in has else {term: Origin.LABORATORY}
        elif id_ in has:
            notes.append(
                f"{term} is stated, but the values given lie within the limit for the age; the statement counts."
            )
        elif not denies:
            denied[term] = Origin.LABORATORY
    return present, denied, notes


def _feature(
    term: Phenotype,
    origin: Origin,
    present: bool,
    clinical: Clinical,
    people: Sequence[Case],
    rules: PhenotypeRules,
) -> Feature:
    row, up = clinical.term(term.id), rules.hierarchy.up
    having = sum(any(term.id in implied(one.id, clinical, rules) for one in case.present) for case in people)
    lacking = sum(any(one.id in up(term.id) for one in case.denied) for case in people)
    return Feature(
        Phenotype(term.id, row.label if row else term.label),
        row,
        origin,
        Proportion(having, len(people)),
        lacking,
        tuple(_likelihoods(term.id, present, clinical, rules)),
    )


def _likelihoods(id_: str, present: bool, clinical: Clinical, rules: PhenotypeRules) -> Iterator[Likelihood]:
    """The ratios that figures of cohorts give for a term: present implies wider terms, denied the narrower ones."""
    own = frozenset(implied(id_, clinical, rules))
    for one in clinical.statistics:
        if one.id not in rules.likelihood:
            continue
        if one.hpo_id in own if present else id_ in rules.hierarchy.up(one.hpo_id):
            yield likelihood(one, present=present)


_SHARE = re.compile(r"([0-9]+(?:\.[0-9]+)?)%")
_IPEX_LIKE = re.compile(r"IPEX-like ([0-9]+(?:\.[0-9]+)?)%")


def likelihood(statistic: Statistic, *, present: bool) -> Likelihood:
    """The ratio that a figure gives for people who have the feature, or who do not.

    Raises ValueError where the figure does not hold both shares.
    """
    one, two = _SHARE.fullmatch(statistic.printed), _IPEX_LIKE.match(statistic.comparison)
    if not one or not two:
        raise ValueError(f"{statistic.id} does not hold a share of both groups")
    having, comparison = Fraction(one[1]), Fraction(two[1])
    if not present:
        having, comparison = 100 - having, 100 - comparison
    ratio = round(float(having / comparison), 2) if comparison else None
    word = "with" if present else "without"
    shares = f"{float(having):g} % of {statistic.group}, {float(comparison):g} % of IPEX-like people"
    end = f"likelihood ratio {ratio:g}" if ratio is not None else "no ratio, since the comparison group has nobody"
    sentence = f"{statistic.metric} ({statistic.cohort}): {word} it are {shares}; {end}."
    return Likelihood(statistic, f"{float(having):g} %", f"{float(comparison):g} %", ratio, sentence)


def organ_involvement(present: Iterable[str], denied: Iterable[str], rules: PhenotypeRules) -> OrganInvolvement:
    """The items of the score that the terms tell."""
    up = rules.hierarchy.up
    has = {wider for id_ in present for wider in up(id_)}
    lacks = frozenset(denied)

    def state(item: OrganItem) -> bool | None:
        if has & set(item.present):
            return True
        return False if any(up(id_) & lacks for id_ in item.denied) else None

    return OrganInvolvement(tuple((item, state(item)) for item in rules.organs))
