"""Carrier probabilities: textbook families in closed form, and every genotype of random families counted one by one."""

import math
import random
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path

import pytest

from foxp3_annot.carrier_risk import (
    Assumptions,
    Impossible,
    TooLarge,
    carrier_probabilities,
    next_child,
    rules,
)
from foxp3_annot.errors import InputError
from foxp3_annot.family import AlleleState
from foxp3_annot.genotype import Sex
from foxp3_annot.pedigree import Affected, Pedigree, Person

M, F = Sex.MALE, Sex.FEMALE
ILL, WELL = Affected.YES, Affected.NO
BOY = Person("boy", M, "father", "mother", ILL)
MOTHER = Person("mother", F, "grandfather", "grandmother")


def figures(*people: Person, states: Mapping[str, AlleleState] | None = None, **settings: str) -> dict[str, Fraction]:
    return carrier_probabilities(Pedigree.of("F", people), states or {}, Assumptions.of(tuple(settings.items())))


def sons(count: int, mother: str, affected: Affected = WELL) -> list[Person]:
    return [Person(f"son {number} of {mother}", M, "", mother, affected) for number in range(count)]


# --- closed forms, derived by hand from Bayes' theorem ------------------------------------------------------


def test_the_mother_of_an_isolated_case() -> None:
    """Haldane 1935: a third of the cases of a lethal gene are new mutations."""
    found = figures(BOY, Person("sister", F, "father", "mother"))
    assert found == {"boy": 1, "sister": Fraction(1, 3), "father": 0, "mother": Fraction(2, 3)}


@pytest.mark.parametrize("count", range(8))
def test_unaffected_sons_speak_against_the_mother(count: int) -> None:
    """Carrier: 2/3 x (1/2)^n, no carrier: 1/3; so 2 / (2 + 2^n). One unaffected brother: 1/2."""
    assert figures(BOY, *sons(count, "mother"))["mother"] == Fraction(2, 2 + 2**count)


@pytest.mark.parametrize("brothers", range(4))
@pytest.mark.parametrize("count", range(4))
def test_unaffected_sons_and_brothers_of_the_mother(brothers: int, count: int) -> None:
    """In units of new mutations the mother carries with 2 from her own mother, 2 x (1/2)^b as those are unaffected, and
    2 arisen anew; times 1/2 for the boy and (1/2)^n. She does not with 1: (2^b + 1) / (2^b + 1 + 2^(b + n))."""
    uncles = [Person(f"uncle {n}", M, "grandfather", "grandmother", WELL) for n in range(brothers)]
    found = figures(BOY, MOTHER, *uncles, *sons(count, "mother"))
    assert found["mother"] == Fraction(2**brothers + 1, 2**brothers + 1 + 2 ** (brothers + count))


def test_two_affected_sons_make_the_mother_an_obligate_carrier() -> None:
    found = figures(BOY, *sons(1, "mother", ILL), MOTHER, Person("aunt", F, "grandfather", "grandmother"))
    assert found["mother"] == 1
    assert found["grandmother"] == Fraction(1, 2)  # 2 of 4 new mutations came from her, 2 arose in the next generation
    assert found["aunt"] == Fraction(1, 4)


def test_an_affected_uncle_makes_mother_and_grandmother_obligate_carriers() -> None:
    found = figures(BOY, MOTHER, Person("uncle", M, "grandfather", "grandmother", ILL))
    assert found["mother"] == found["grandmother"] == 1


def test_an_affected_uncle_alone() -> None:
    """The mother is a sister of an isolated case: 2/3 x 1/2; a daughter of hers half of it."""
    daughter = Person("girl", F, "father", "mother")
    found = figures(daughter, MOTHER, Person("uncle", M, "grandfather", "grandmother", ILL))
    assert found["mother"] == Fraction(1, 3)
    assert found["girl"] == Fraction(1, 6)


@pytest.mark.parametrize(("uncles", "figure"), [(0, Fraction(1, 6)), (1, Fraction(1, 10))])
def test_the_aunt_of_an_isolated_case(uncles: int, figure: Fraction) -> None:
    """Without uncles 2 of 6 parts of the mother's 2/3 come from the grandmother: 1/3, and half of that."""
    told = [Person(f"uncle {n}", M, "grandfather", "grandmother", WELL) for n in range(uncles)]
    found = figures(BOY, MOTHER, Person("aunt", F, "grandfather", "grandmother"), *told)
    assert found["aunt"] == figure


@pytest.mark.parametrize("count", range(6))
def test_the_daughter_of_an_obligate_carrier_who_has_unaffected_sons(count: int) -> None:
    """1/2 before her sons are counted: (1/2)^n / ((1/2)^n + 1) = 1 / (1 + 2^n)."""
    obligate = Person("grandmother", F)
    told = [Person("uncle 1", M, "", "grandmother", ILL), Person("uncle 2", M, "", "grandmother", ILL)]
    found = figures(obligate, *told, Person("woman", F, "", "grandmother"), *sons(count, "woman"))
    assert found["woman"] == Fraction(1, 1 + 2**count)


def test_every_daughter_of_an_affected_male_and_none_of_his_sons() -> None:
    children = [Person("daughter", F, "man", "wife"), Person("son", M, "man", "wife")]
    found = figures(Person("man", M, affected=ILL), Person("wife", F), *children)
    assert found["daughter"] == 1
    assert found["son"] == found["wife"] == 0


def test_a_mother_without_the_variant() -> None:
    states = {"boy": AlleleState.HEMIZYGOUS, "mother": AlleleState.ABSENT}
    sister = Person("sister", F, "father", "mother")
    assert figures(BOY, sister, states=states)["mother"] == 0
    assert figures(BOY, sister, states=states)["sister"] == 0
    found = figures(BOY, sister, states=states, sensitivity="0.9")  # 2/3 x 1/10 beside 1/3
    assert (found["mother"], found["sister"]) == (Fraction(1, 6), Fraction(1, 12))


def test_a_mother_who_carries_it() -> None:
    states = {"boy": AlleleState.HEMIZYGOUS, "mother": AlleleState.HETEROZYGOUS}
    found = figures(BOY, MOTHER, Person("sister", F, "father", "mother"), states=states)
    assert (found["mother"], found["sister"], found["grandmother"]) == (1, Fraction(1, 2), Fraction(1, 2))


def test_gonadal_mosaicism_after_a_new_mutation() -> None:
    """Where a tenth of the new mutations are early and then in half of the germ cells, a twentieth recur."""
    states = {"boy": AlleleState.HEMIZYGOUS, "mother": AlleleState.ABSENT}
    pedigree = Pedigree.of("F", (BOY,))
    nothing = next_child(pedigree, states, Assumptions.of(), "father", "mother")
    assert nothing.son == nothing.daughter == 0
    given = Assumptions.of((("mosaic_share", "0.1"),))
    again = next_child(pedigree, states, given, "father", "mother")
    assert (again.son, again.daughter) == (Fraction(1, 20), Fraction(1, 20))
    # without a test: 2/3 x 1/2 as before, and 1/3 x 1/20
    untested = next_child(pedigree, {}, given, "father", "mother")
    assert untested.son == Fraction(1, 3) + Fraction(1, 60)


def test_next_children() -> None:
    pedigree = Pedigree.of("F", (BOY,))
    assert next_child(pedigree, {}, Assumptions.of(), "father", "mother").son == Fraction(1, 3)
    own = next_child(pedigree, {}, Assumptions.of(), "boy", "")
    assert own.son == 0
    assert own.daughter == 1


def test_mutations_in_sperm_alone_leave_no_new_mutation_in_boys() -> None:
    """With k in sperm for 1 in egg cells the mother carries with (1 + k) / (2 + k)."""
    for ratio in (0, 1, 3, 9):
        assert figures(BOY, mutation_ratio=str(ratio))["mother"] == Fraction(1 + ratio, 2 + ratio)


def test_a_tested_brother_who_is_well_and_hemizygous() -> None:
    """What the test shows goes before what the penetrance allows."""
    states = {"boy": AlleleState.HEMIZYGOUS, "son 0 of mother": AlleleState.HEMIZYGOUS}
    assert figures(BOY, *sons(1, "mother"), states=states)["mother"] == 1


def test_with_incomplete_penetrance_an_unaffected_son_says_less() -> None:
    less, more = (figures(BOY, *sons(1, "mother"), penetrance=one)["mother"] for one in ("0.5", "1"))
    assert less > more


def test_ancestors_of_whom_nothing_is_told_change_nothing() -> None:
    """Founders are drawn from the balance at which each generation is like the last."""
    for penetrance, ratio in (("1", "1"), ("0.7", "1"), ("1", "4"), ("0.8", "3")):
        short = figures(BOY, *sons(1, "mother"), penetrance=penetrance, mutation_ratio=ratio)
        great = Person("grandmother", F, "great-grandfather", "great-grandmother")
        long = figures(BOY, *sons(1, "mother"), MOTHER, great, penetrance=penetrance, mutation_ratio=ratio)
        assert {id_: long[id_] for id_ in short} == short


# --- what is refused ----------------------------------------------------------------------------------------


def test_a_daughter_without_her_fathers_allele_is_impossible() -> None:
    states = {"man": AlleleState.HEMIZYGOUS, "daughter": AlleleState.ABSENT}
    with pytest.raises(Impossible, match="no transmission"):
        figures(Person("man", M), Person("daughter", F, "man", ""), states=states)


def test_families_up_to_25_people() -> None:
    most = [BOY, Person("mother", F), Person("father", M), *sons(22, "mother")]
    assert figures(*most)["mother"] == Fraction(2, 2 + 2**22)
    with pytest.raises(TooLarge, match="26 people"):
        figures(*most, Person("one more", F, "father", "mother"))


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("penetrance", "0", "penetrance cannot be 0; it lies from 0.01 to 1"),
        ("penetrance", "1.1", "cannot be 1.1"),
        ("sensitivity", "high", "'high' is not a number"),
        ("sensitivity", "1/0", "is not a number"),
        ("sensitivity", "nan", "is not a number"),
        ("prior", "0.5", "'prior' is no assumption on a family; the names are penetrance"),
    ],
)
def test_assumptions_are_checked(name: str, value: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        Assumptions.of(((name, value),))


def test_every_assumption_is_a_row_with_meaning_and_source() -> None:
    assert all(rule.meaning and rule.sources and rule.least <= rule.value <= rule.most for rule in rules().values())


def test_the_documentation_repeats_the_table() -> None:
    page = (Path(__file__).parents[1] / "docs" / "family.md").read_text(encoding="utf-8")
    assert all(f"| `{rule.name}` | {float(rule.value):g} | {rule.meaning} |" in page for rule in rules().values())


# --- every genotype of random families, one by one ----------------------------------------------------------


RATE = 1e-7
"""Figures are those of a rate near none; at this one they differ by about as much."""


class OneByOne:
    """The same family model by plain enumeration, with a rate of mutation and in floating point."""

    def __init__(self, people: list[Person], states: Mapping[str, AlleleState], values: Mapping[str, float]) -> None:
        self.people, self.states, self.values = people, states, values
        self.parents = {parent for one in people for parent in one.parents}
        self.rate = {"f": RATE, "m": RATE * values["mutation_ratio"]}
        self.mosaic = {
            sex: rate * values["mosaic_share"] / values["mosaic_transmission"] for sex, rate in self.rate.items()
        }
        carriers, males, fit = 0.0, 0.0, 1 - values["penetrance"]
        for _ in range(3000):  # generation after generation, until nothing changes
            males, carriers = (
                carriers / 2 + self.rate["f"],
                carriers / 2 + self.rate["f"] + fit * males + self.rate["m"],
            )
        self.males, self.carriers, self.fit = males, carriers, fit

    def passes(self, person: Person, dose: str) -> float:
        """The chance that a parent hands the variant on with his or her X chromosome."""
        fresh = self.rate["f" if person.sex is F else "m"] * (1 - self.values["mosaic_share"])
        full = {"0": fresh, "g": self.values["mosaic_transmission"], "2": 1.0}
        return {**full, "1": 0.5 if person.sex is F else 1.0}[dose]

    def born(self, one: Person, dose: str, known: Mapping[str, str], by_id: Mapping[str, Person]) -> float:
        sex = "f" if one.sex is F else "m"
        without = {"0": 1 - self.mosaic[sex], "g": self.mosaic[sex]}
        if not one.parents:
            egg, sperm = self.carriers / 2 + self.rate["f"], self.fit * self.males + self.rate["m"]
            if one.sex is M:
                return {"1": self.males}.get(dose, (1 - self.males) * without.get(dose, 0))
            return {"2": egg * sperm, "1": egg + sperm - 2 * egg * sperm}.get(
                dose, (1 - egg) * (1 - sperm) * without.get(dose, 0)
            )
        egg = self.passes(by_id[one.mother], known[one.mother])
        if one.sex is M:
            return {"1": egg}.get(dose, (1 - egg) * without.get(dose, 0))
        sperm = self.passes(by_id[one.father], known[one.father])
        return {"2": egg * sperm, "1": egg * (1 - sperm) + sperm * (1 - egg)}.get(
            dose, (1 - egg) * (1 - sperm) * without.get(dose, 0)
        )

    def fits(self, one: Person, dose: str) -> float:
        state = self.states.get(one.id)
        if state is AlleleState.ABSENT:
            return 1.0 if dose in "0g" else 1 - self.values["sensitivity"]
        if state in (AlleleState.HEMIZYGOUS, AlleleState.HETEROZYGOUS):
            return float(dose == "1")
        if state is AlleleState.HOMOZYGOUS:
            return float(dose == "2")
        if one.sex is F:
            return 1.0
        if one.affected is ILL:
            return self.values["penetrance"] if dose == "1" else 0.0
        if dose == "1" and (one.affected is WELL or one.id in self.parents):
            return self.fit
        return 1.0

    def total(self, wanted: str) -> tuple[float, float]:
        """The probability of what was seen, and of that together with the variant in one person."""
        by_id, sums = {one.id: one for one in self.people}, [0.0, 0.0]

        def walk(place: int, known: dict[str, str], weight: float) -> None:
            if place == len(self.people):
                sums[0] += weight
                sums[1] += weight * (known[wanted] in "12")
                return
            one = self.people[place]
            for dose in "0g12" if one.sex is F else "0g1":
                chance = self.born(one, dose, known, by_id) * self.fits(one, dose)
                if chance:
                    walk(place + 1, {**known, one.id: dose}, weight * chance)

        walk(0, {}, 1.0)
        return sums[0], sums[1]


def random_family(dice: random.Random) -> list[Person]:
    """Up to seven people, parents before children; some have children with relatives of theirs."""
    people = [Person("p0", F), Person("p1", M)]
    for number in range(2, dice.randint(3, 7)):
        id_, sex = f"p{number}", dice.choice((M, F))
        if dice.random() < 0.2:
            people.append(Person(id_, sex))
            continue
        mother = dice.choice([one.id for one in people if one.sex is F])
        father = dice.choice([one.id for one in people if one.sex is M])
        people.append(Person(id_, sex, father, mother))
    told = []
    for one in people:
        affected = dice.choices(list(Affected), (3, 3, 2))[0] if one.sex is M else Affected.UNKNOWN
        told.append(Person(one.id, one.sex, one.father, one.mother, affected))
    return told


def random_states(people: list[Person], dice: random.Random) -> dict[str, AlleleState]:
    states = {}
    for one in people:
        carried = AlleleState.HETEROZYGOUS if one.sex is F else AlleleState.HEMIZYGOUS
        silent = (AlleleState.SILENT, AlleleState.NOT_TESTED, AlleleState.UNCLEAR, AlleleState.NOT_ATTRIBUTABLE)
        states[one.id] = dice.choices((*silent, AlleleState.ABSENT, carried), (1, 4, 1, 1, 2, 1))[0]
    return states


def families(count: int) -> Iterator[tuple[int, list[Person], dict[str, AlleleState], dict[str, str]]]:
    for seed in range(count):
        dice = random.Random(seed)
        people = random_family(dice)
        settings = {
            "penetrance": dice.choice(("1", "1", "0.9", "0.5")),
            "sensitivity": dice.choice(("1", "0.95")),
            "mutation_ratio": dice.choice(("1", "1", "4")),
            "mosaic_share": dice.choice(("0", "0.2")),
            "mosaic_transmission": dice.choice(("0.5", "0.25")),
        }
        yield seed, people, random_states(people, dice), settings


def test_random_families_agree_with_the_enumeration() -> None:
    compared = impossible = 0
    for seed, people, states, settings in families(400):
        values = {name: float(rule.value) for name, rule in rules().items()}
        plain = OneByOne(people, states, values | {name: float(text) for name, text in settings.items()})
        try:
            found = carrier_probabilities(Pedigree.of("F", people), states, Assumptions.of(tuple(settings.items())))
        except Impossible:
            assert plain.total("p0")[0] == 0, seed
            impossible += 1
            continue
        for one in people:
            seen, carried = plain.total(one.id)
            assert math.isclose(carried / seen, float(found[one.id]), abs_tol=2e-5), (seed, one.id, settings)
            compared += 1
    assert compared > 1000
    assert impossible > 5
