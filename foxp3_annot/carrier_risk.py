"""Who of a family carries a variant of the X chromosome, and with what probability: exact sums over all genotypes.

Probabilities are those of the limit in which new mutations are very rare: each is the ratio of the terms with the
fewest mutations, so that no rate needs to be known, and each is an exact fraction. People without parents are drawn
from the balance of mutation and selection (Haldane 1935).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from enum import Enum
from fractions import Fraction
from functools import cache
from itertools import product
from typing import NamedTuple

from foxp3_annot.errors import InputError, ResourceError
from foxp3_annot.family import AlleleState
from foxp3_annot.genotype import Sex
from foxp3_annot.pedigree import Affected, Pedigree, Person
from foxp3_annot.resources import read_table, resource_root


class Impossible(ValueError):
    """No transmission on chromosome X gives what was seen in the family."""


class TooLarge(ValueError):
    """The family has more people than are computed."""


# --- assumptions ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rule:
    """One assumption: its name, the value unless another is given, its bounds, what it means, and its sources."""

    name: str
    value: Fraction
    least: Fraction
    most: Fraction
    meaning: str
    sources: tuple[str, ...]


@cache
def rules() -> dict[str, Rule]:
    """The table of assumptions by name, in its order."""
    found = {}
    for row in read_table(resource_root() / "rules" / "carrier_risk.tsv"):
        try:
            value, least, most = (Fraction(row[key]) for key in ("value", "least", "most"))
        except ValueError as error:
            raise ResourceError(f"carrier_risk.tsv: {row['name']} has a value that is not a number") from error
        found[row["name"]] = Rule(row["name"], value, least, most, row["meaning"], tuple(row["sources"].split(";")))
    return found


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What the figures rest on; each field is a row of the table, and means what the table says."""

    penetrance: Fraction
    sensitivity: Fraction
    mutation_ratio: Fraction
    mosaic_share: Fraction
    mosaic_transmission: Fraction
    largest_pedigree: Fraction
    parentage_tested: Fraction

    @classmethod
    def of(cls, settings: Iterable[tuple[str, str]] = ()) -> "Assumptions":
        """The table, with the values that the user gave; InputError for another name or a value out of bounds."""
        values = {name: rule.value for name, rule in rules().items()}
        for name, text in settings:
            rule = rules().get(name)
            if rule is None:
                raise InputError(f"'{name}' is no assumption on a family; the names are {', '.join(rules())}")
            try:
                number = Fraction(text)
            except (ValueError, ZeroDivisionError) as error:
                raise InputError(f"'{text}' is not a number; {name} is one, {_bounds(rule)}") from error
            if not rule.least <= number <= rule.most:
                raise InputError(f"{name} cannot be {text}; it lies {_bounds(rule)}")
            values[name] = number
        return cls(**{field.name: values[field.name] for field in fields(cls)})

    @property
    def carriers(self) -> Fraction:
        """Carrier females for one new mutation in an egg cell, at the balance of mutation and selection.

        Hemizygous males have children as far as they are not affected. 4 for Haldane's case.
        """
        fit = 1 - self.penetrance
        return 2 * (1 + fit + self.mutation_ratio) / (1 - fit)


def _bounds(rule: Rule) -> str:
    return f"from {float(rule.least):g} to {float(rule.most):g}"


# --- weights ----------------------------------------------------------------------------------------------


class Weight(NamedTuple):
    """The leading term of a probability: `value` times the mutation rate to the power of `order`."""

    order: int
    value: Fraction


_ONE, _HALF = Weight(0, Fraction(1)), Weight(0, Fraction(1, 2))


def _times(a: Weight, b: Weight) -> Weight:
    return Weight(a.order + b.order, a.value * b.value)


def _plus(a: Weight | None, b: Weight) -> Weight:
    """The sum, of which only the terms with the fewest mutations are kept."""
    if a is None or b.order < a.order:
        return b
    return a if a.order < b.order else Weight(a.order, a.value + b.value)


# --- one person -------------------------------------------------------------------------------------------


class Dose(Enum):
    """Copies that carry the variant in every cell; MOSAIC is none, but many germ cells have it."""

    NONE = 0
    MOSAIC = -1
    ONE = 1
    TWO = 2


Lot = tuple[Sex, Dose]
"""What a person can be: a sex and a dose."""


@dataclass(frozen=True, slots=True)
class Origins:
    """Where an allele comes from. `founder` is the weight of each dose in people without parents, `mutation` that of
    a new mutation in the cell that a parent of either sex gives, `mosaic` that of gonadal mosaicism in someone without
    the variant, and `handed_on` the share of germ cells that hold it then."""

    founder: Mapping[Lot, Weight]
    mutation: Mapping[Sex, Weight]
    mosaic: Mapping[Sex, Weight]
    handed_on: Fraction

    @classmethod
    def under_selection(cls, given: Assumptions) -> "Origins":
        """An allele that keeps males who are affected by it from having children."""
        in_sex = {Sex.FEMALE: Fraction(1), Sex.MALE: given.mutation_ratio}
        from_mother = given.carriers / 2 + 1
        from_father = given.carriers - from_mother
        founder = {
            (Sex.MALE, Dose.ONE): Weight(1, from_mother),
            (Sex.FEMALE, Dose.ONE): Weight(1, given.carriers),
            (Sex.FEMALE, Dose.TWO): Weight(2, from_mother * from_father),
        }
        share = given.mosaic_share
        mosaic = {sex: Weight(1, rate * share / given.mosaic_transmission) for sex, rate in in_sex.items()}
        mutation = {sex: Weight(1, rate * (1 - share)) for sex, rate in in_sex.items()}
        return cls(founder, mutation, mosaic, given.mosaic_transmission)

    @classmethod
    def neutral(cls) -> "Origins":
        """A rare allele without effect, which came into the family once and never arises in it."""
        founder = {
            (Sex.MALE, Dose.ONE): Weight(1, Fraction(1)),
            (Sex.FEMALE, Dose.ONE): Weight(1, Fraction(2)),
            (Sex.FEMALE, Dose.TWO): Weight(2, Fraction(1)),
        }
        none = {sex: Weight(0, Fraction(0)) for sex in (Sex.FEMALE, Sex.MALE)}
        return cls(founder, none, none, Fraction(0))

    def given(self, parent: Lot) -> Weight:
        """The weight with which a parent's X chromosome that a child gets holds the variant."""
        sex, dose = parent
        if dose is Dose.NONE:
            return self.mutation[sex]
        if dose is Dose.MOSAIC:
            return Weight(0, self.handed_on)
        return _HALF if (sex, dose) == (Sex.FEMALE, Dose.ONE) else _ONE

    def withheld(self, parent: Lot) -> Weight:
        """The weight with which it does not hold it; the variant never reverts."""
        given = self.given(parent)
        return _ONE if given.order else Weight(0, 1 - given.value)


def lots_of(sex: Sex) -> tuple[Lot, ...]:
    """All that a person of this sex can be."""
    if sex is Sex.UNKNOWN:
        return (*lots_of(Sex.MALE), *lots_of(Sex.FEMALE))
    doses = (Dose.NONE, Dose.MOSAIC, Dose.ONE) + ((Dose.TWO,) if sex is Sex.FEMALE else ())
    return tuple((sex, dose) for dose in doses)


# --- tables over several people, and their elimination ----------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Table:
    """Weights of what several people are together; what has none is left out."""

    people: tuple[str, ...]
    weights: Mapping[tuple[Lot, ...], Weight]

    def times(self, other: "_Table") -> "_Table":
        shared = [one for one in other.people if one in self.people]
        rest = [index for index, one in enumerate(other.people) if one not in self.people]
        mine, theirs = [self.people.index(one) for one in shared], [other.people.index(one) for one in shared]
        by_shared: dict[tuple[Lot, ...], list[tuple[tuple[Lot, ...], Weight]]] = {}
        for lots, weight in other.weights.items():
            key = tuple(lots[index] for index in theirs)
            by_shared.setdefault(key, []).append((tuple(lots[index] for index in rest), weight))
        weights = {
            (*lots, *added): _times(weight, more)
            for lots, weight in self.weights.items()
            for added, more in by_shared.get(tuple(lots[index] for index in mine), ())
        }
        return _Table((*self.people, *(other.people[index] for index in rest)), weights)

    def without(self, person: str) -> "_Table":
        """Summed over what a person can be."""
        index, weights = self.people.index(person), dict[tuple[Lot, ...], Weight]()
        for lots, weight in self.weights.items():
            key = lots[:index] + lots[index + 1 :]
            weights[key] = _plus(weights.get(key), weight)
        return _Table(self.people[:index] + self.people[index + 1 :], weights)


_EMPTY = _Table((), {(): _ONE})


def _summed(tables: list[_Table], kept: str | None) -> _Table:
    """All tables multiplied and summed over everyone but one, always over the person that leaves the least behind."""
    tables = list(tables)
    left = {one for table in tables for one in table.people} - {kept}
    while left:
        near = {one: {p for table in tables if one in table.people for p in table.people} for one in left}
        person = min(left, key=lambda one: (len(near[one]), one))
        joined = _EMPTY
        for table in tables:
            if person in table.people:
                joined = joined.times(table)
        tables = [table for table in tables if person not in table.people] + [joined.without(person)]
        left.remove(person)
    joined = _EMPTY
    for table in tables:
        joined = joined.times(table)
    return joined


# --- the family -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Expectation:
    """What was seen in a family, to be summed over. `likelihood` says how well each dose fits a person."""

    pedigree: Pedigree
    origins: Origins
    likelihood: Mapping[str, Mapping[Lot, Fraction]]

    def total(self) -> Weight | None:
        """The weight of all that was seen; None where it cannot be."""
        return _summed(self._tables(), None).weights.get(())

    def of(self, person: str) -> dict[Lot, Fraction]:
        """The probability of each dose of a person; Impossible where what was seen cannot be."""
        weights = _summed(self._tables(), person).weights
        if not weights:
            raise Impossible("no transmission of chromosome X explains what was seen in this family")
        least = min(weight.order for weight in weights.values())
        kept = {lots[0]: weight.value for lots, weight in weights.items() if weight.order == least}
        total = sum(kept.values())
        return {lot: value / total for lot, value in kept.items()}

    def _tables(self) -> list[_Table]:
        family = _completed(self.pedigree)
        return [
            *(self._born(one, family) for one in family.people),
            *(_Table((id_,), {(lot,): Weight(0, value) for lot, value in fits.items() if value})
              for id_, fits in self.likelihood.items()),
        ]  # fmt: skip

    def _born(self, child: Person, family: Pedigree) -> _Table:
        """The weight of each dose of a person, given the parents where there are any."""
        has_children = bool(family.children(child.id))
        doses = [lot for lot in lots_of(child.sex) if has_children or lot[1] is not Dose.MOSAIC]
        if not child.parents:
            weights = {(lot,): self._founder(lot) for lot in doses}
            return _Table((child.id,), {lots: weight for lots, weight in weights.items() if weight.value})
        mother = family.by_id[child.mother]
        if child.sex is Sex.MALE:
            born = {(m, lot): self._son(m, lot) for m, lot in product(lots_of(mother.sex), doses)}
            return _Table((mother.id, child.id), {lots: one for lots, one in born.items() if one.value})
        father = family.by_id[child.father]
        of_both = {
            (m, f, lot): self._son(m, lot) if lot[0] is Sex.MALE else self._daughter(m, f, lot)
            for m, f, lot in product(lots_of(mother.sex), lots_of(father.sex), doses)
        }
        return _Table((mother.id, father.id, child.id), {lots: one for lots, one in of_both.items() if one.value})

    def _founder(self, lot: Lot) -> Weight:
        sex, dose = lot
        if dose is Dose.NONE:
            return _ONE
        return self.origins.mosaic[sex] if dose is Dose.MOSAIC else self.origins.founder[lot]

    def _son(self, mother: Lot, lot: Lot) -> Weight:
        """A son gets his X chromosome from his mother, whatever his father has."""
        if lot[1] is Dose.ONE:
            return self.origins.given(mother)
        return _times(self.origins.withheld(mother), self._unborn(lot))

    def _daughter(self, mother: Lot, father: Lot, lot: Lot) -> Weight:
        given, withheld = self.origins.given, self.origins.withheld
        if lot[1] is Dose.TWO:
            return _times(given(mother), given(father))
        if lot[1] is Dose.ONE:
            parts = _times(given(mother), withheld(father)), _times(withheld(mother), given(father))
            carried = [one for one in parts if one.value]
            return _plus(carried[0], carried[1]) if len(carried) > 1 else (carried or [parts[0]])[0]
        return _times(_times(withheld(mother), withheld(father)), self._unborn(lot))

    def _unborn(self, lot: Lot) -> Weight:
        """The weight of mosaicism, or of none, in someone who got no copy of the variant."""
        return self.origins.mosaic[lot[0]] if lot[1] is Dose.MOSAIC else _ONE


def _completed(pedigree: Pedigree) -> Pedigree:
    """With a parent who is told put beside one who is not."""
    people = [
        replace(one, father=one.father or f"\0father of {one.id}", mother=one.mother or f"\0mother of {one.id}")
        if one.parents
        else one
        for one in pedigree.people
    ]
    return Pedigree.of(pedigree.id, people)


def fits(state: AlleleState, lot: Lot, sensitivity: Fraction) -> Fraction:
    """How well a test result fits a dose; a test never finds what is not there."""
    sex, dose = lot
    if state is AlleleState.ABSENT:
        return Fraction(1) if dose.value <= 0 else 1 - sensitivity
    wanted = {
        AlleleState.HEMIZYGOUS: {(Sex.MALE, Dose.ONE)},
        AlleleState.HETEROZYGOUS: {(Sex.FEMALE, Dose.ONE)},
        AlleleState.HOMOZYGOUS: {(Sex.FEMALE, Dose.TWO), (Sex.MALE, Dose.ONE)},
    }.get(state)
    return Fraction(wanted is None or (sex, dose) in wanted)


def _shows(person: Person, lot: Lot, has_children: bool, penetrance: Fraction) -> Fraction:
    """How well being affected or not fits a dose; in females neither says anything.

    A male who has children counts as unaffected where nothing is told.
    """
    sex, dose = lot
    if sex is not Sex.MALE:
        return Fraction(1)
    if person.affected is Affected.YES:
        return penetrance if dose is Dose.ONE else Fraction(0)
    if dose is Dose.ONE and (person.affected is Affected.NO or has_children):
        return 1 - penetrance
    return Fraction(1)


def expectation(pedigree: Pedigree, states: Mapping[str, AlleleState], given: Assumptions) -> Expectation:
    """What disease and tests say of a family. Where a test is clear it counts, and disease is left out.

    Raises TooLarge where the family has more people than are computed.
    """
    if len(pedigree.people) > given.largest_pedigree:
        raise TooLarge(
            f"the family has {len(pedigree.people)} people, and figures are computed up to {given.largest_pedigree}: "
            "leave out branches in which nobody is affected or tested"
        )
    likelihood = {}
    for one in _completed(pedigree).people:
        state = states.get(one.id, AlleleState.NOT_TESTED)
        parent = bool(pedigree.children(one.id)) or one.id not in pedigree.by_id
        likelihood[one.id] = {
            lot: fits(state, lot, given.sensitivity)
            * (1 if state.is_clear else _shows(one, lot, parent, given.penetrance))
            for lot in lots_of(one.sex)
        }
    return Expectation(pedigree, Origins.under_selection(given), likelihood)


def carries(doses: Mapping[Lot, Fraction]) -> Fraction:
    """The probability that a person carries the variant in every cell, on one copy or two."""
    return sum((value for (_, dose), value in doses.items() if dose.value > 0), Fraction(0))


def carrier_probabilities(
    pedigree: Pedigree, states: Mapping[str, AlleleState], given: Assumptions
) -> dict[str, Fraction]:
    """For everyone of the pedigree the probability of carrying the variant.

    Raises Impossible where no transmission explains what was seen, TooLarge where the family is too large.
    """
    expected = expectation(pedigree, states, given)
    return {one.id: carries(expected.of(one.id)) for one in pedigree.people}


@dataclass(frozen=True, slots=True)
class NextChild:
    """The next child of a couple: probabilities that a son is hemizygous and that a daughter carries the variant."""

    father: str
    mother: str
    son: Fraction
    daughter: Fraction


def next_child(
    pedigree: Pedigree, states: Mapping[str, AlleleState], given: Assumptions, father: str, mother: str
) -> NextChild:
    """What a further child of a couple of the pedigree may get; one parent may be empty."""
    found = {}
    for sex in (Sex.MALE, Sex.FEMALE):
        child = Person("\0next", sex, father, mother)
        larger = Pedigree.of(pedigree.id, (*pedigree.people, child))
        room = replace(given, largest_pedigree=Fraction(len(larger.people)))
        found[sex] = carries(expectation(larger, states, room).of(child.id))
    return NextChild(father, mother, found[Sex.MALE], found[Sex.FEMALE])
