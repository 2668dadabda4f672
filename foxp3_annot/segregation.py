"""How an allele goes through a family on chromosome X: whence it came, with whom the disease goes, who may carry it."""

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from foxp3_annot.carrier_risk import (
    Assumptions,
    Expectation,
    Impossible,
    NextChild,
    Origins,
    TooLarge,
    Weight,
    carrier_probabilities,
    fits,
    lots_of,
    next_child,
)
from foxp3_annot.family import AlleleState, SeenIn
from foxp3_annot.genotype import Sex
from foxp3_annot.pedigree import Affected, Pedigree, Person

States = Mapping[str, AlleleState]


class Origin(enum.Enum):
    """Whence a person has an allele."""

    MATERNAL = "maternal"
    PATERNAL = "paternal"
    EITHER_PARENT = "either_parent"
    BOTH_PARENTS = "both_parents"
    DE_NOVO_ASSUMED = "de_novo_assumed"
    DE_NOVO_CONFIRMED = "de_novo_confirmed"
    NOT_TOLD = "not_told"
    INCONSISTENT = "inconsistent"
    NOT_CARRIED = "not_carried"


@dataclass(frozen=True, slots=True)
class Inherited:
    """The verdict on where an allele comes from, with the sentence for the reader and the keys of its sources."""

    origin: Origin
    sentence: str
    sources: tuple[str, ...] = ()


_NO_FATHER_TO_SON = "A father gives a son his Y chromosome, so his copy of FOXP3 cannot be the source."
_PARENTAGE = {
    False: " Parentage was not tested.",
    True: " Maternity and paternity are stated as proven.",
}


_NOT_CARRIED = {
    AlleleState.ABSENT: "This person does not have it.",
    AlleleState.SILENT: "Nothing is recorded of it in this person, which is no negative.",
    AlleleState.UNCLEAR: "Whether this person has it is not clear.",
    AlleleState.NOT_ATTRIBUTABLE: "What was seen in this sample may be a donor's.",
    AlleleState.NOT_TESTED: "This person has no sample in the run.",
}


def inherited(person: str, pedigree: Pedigree, states: States, *, parentage_tested: bool = False) -> Inherited:
    """Whence a person has an allele, as far as the states of the parents tell; silence of a parent tells nothing.

    A son is judged by his mother. De novo is confirmed where both parents were called or excluded as reference, and
    assumed where that holds of the one who must have given it and the other is not known.
    """
    one, mine = pedigree.by_id[person], states.get(person, AlleleState.NOT_TESTED)
    mother = states.get(one.mother, AlleleState.NOT_TESTED)
    father = states.get(one.father, AlleleState.NOT_TESTED)
    clash = _clash(one, mine, mother, father)
    if clash:
        return Inherited(Origin.INCONSISTENT, f"{clash} Check samples, sex and parentage first.", ("genereviews_ipex",))
    if not mine.is_carried:
        return Inherited(Origin.NOT_CARRIED, _NOT_CARRIED[mine])
    if not one.parents:
        return Inherited(Origin.NOT_TOLD, "Not told: no parent stands in the pedigree.")
    ending = _PARENTAGE[parentage_tested]
    if one.sex is Sex.MALE:
        return _of_son(mother, father, ending)
    if mine is AlleleState.HOMOZYGOUS:
        return _of_homozygous(mother, father)
    return _of_daughter(mother, father, pedigree.father(person), ending)


def _clash(one: Person, mine: AlleleState, mother: AlleleState, father: AlleleState) -> str:
    """What of the states cannot be on chromosome X; empty where all fits."""
    if mine is AlleleState.ABSENT and mother is AlleleState.HOMOZYGOUS:
        return "The mother has the allele on both copies, yet it is not in this child."
    if mine is AlleleState.ABSENT and one.sex is Sex.FEMALE and father is AlleleState.HEMIZYGOUS:
        return "The father has the allele on his only copy, which every daughter gets, yet it is not in this one."
    if one.sex is Sex.MALE and mine.is_carried and father.is_carried and mother is AlleleState.ABSENT:
        return f"Son and father have the allele and the mother does not. {_NO_FATHER_TO_SON}"
    if one.sex is Sex.FEMALE and mine is AlleleState.HOMOZYGOUS and father is AlleleState.ABSENT:
        return "The allele is called on both copies, yet the father does not have it; a deletion on the other copy, a "\
            "single X chromosome or both copies from the mother give the same picture."  # fmt: skip
    return ""


def _of_son(mother: AlleleState, father: AlleleState, ending: str) -> Inherited:
    told = f" {_NO_FATHER_TO_SON}" if father.is_carried else ""
    if mother.is_carried:
        return Inherited(Origin.MATERNAL, f"From the mother, who carries it.{told}", ("genereviews_ipex",))
    if mother is not AlleleState.ABSENT:
        return Inherited(
            Origin.NOT_TOLD,
            f"Not told: of the mother, from whom a son has his X chromosome, there is {_said(mother)}.{told}",
            ("genereviews_ipex",),
        )
    if father is AlleleState.ABSENT:
        return Inherited(
            Origin.DE_NOVO_CONFIRMED,
            f"De novo: neither parent has it in the cells examined.{ending}",
            ("richards2015",),
        )
    return Inherited(
        Origin.DE_NOVO_ASSUMED,
        f"De novo as far as known: the mother does not have it; of the father, who gives a son no X chromosome, there "
        f"is {_said(father)}.{ending}",
        ("richards2015",),
    )


def _of_homozygous(mother: AlleleState, father: AlleleState) -> Inherited:
    if mother.is_carried and father.is_carried:
        return Inherited(Origin.BOTH_PARENTS, "One copy from each parent.")
    return Inherited(
        Origin.NOT_TOLD,
        "Not told: both copies carry it, and not both parents are known to. A deletion on the other copy or a single X "
        "chromosome gives the same picture.",
    )


def _of_daughter(mother: AlleleState, father: AlleleState, man: Person | None, ending: str) -> Inherited:
    if mother.is_carried and father.is_carried:
        return Inherited(Origin.EITHER_PARENT, "From one of the parents; both have it.")
    if father.is_carried:
        return Inherited(Origin.PATERNAL, "From the father, who gives his X chromosome to every daughter.")
    if mother.is_carried:
        return Inherited(Origin.MATERNAL, "From the mother, who carries it.", ("genereviews_ipex",))
    if mother is father is AlleleState.ABSENT:
        return Inherited(
            Origin.DE_NOVO_CONFIRMED,
            f"De novo: neither parent has it in the cells examined.{ending}",
            ("richards2015",),
        )
    if mother is AlleleState.ABSENT and man and man.affected is Affected.NO:
        return Inherited(
            Origin.DE_NOVO_ASSUMED,
            f"De novo as far as known: the mother does not have it; of the father, who is not affected, there is "
            f"{_said(father)}.{ending}",
            ("richards2015",),
        )
    return Inherited(
        Origin.NOT_TOLD, f"Not told: of the mother there is {_said(mother)}, of the father {_said(father)}."
    )


def _said(state: AlleleState) -> str:
    """What there is of a parent, as part of a sentence."""
    return {
        AlleleState.SILENT: "no record of the allele, which is no negative",
        AlleleState.UNCLEAR: "an unclear result",
        AlleleState.NOT_ATTRIBUTABLE: "a sample that may be a donor's",
        AlleleState.ABSENT: "a result without it",
    }.get(state, "no sample")


# --- with whom the disease goes ---------------------------------------------------------------------------


COUNTING_RULE = (
    "Meioses are counted from the first affected male who has the allele: they are the powers of one half in the "
    "probability that an allele without effect would be in each further affected male, and in none of the unaffected "
    "males tested, given what tests show in everyone else. A father gives his X chromosome to every daughter and to "
    "no son, so those steps count nothing; whether females are affected is not used."
)


@dataclass(frozen=True, slots=True)
class Segregation:
    """How disease and allele go together in males. `meioses` is whole, rounded down; `chance` is the probability that
    stands behind it, None where nothing can be counted.

    `affected_without` speaks against the allele, `unaffected_with` against it or for incomplete penetrance.
    """

    meioses: int
    chance: Fraction | None
    together: tuple[str, ...]
    affected_without: tuple[str, ...]
    unaffected_with: tuple[str, ...]
    sentence: str


def segregation(pedigree: Pedigree, states: States, given: Assumptions) -> Segregation:
    """Counted in males: they show whether they have the allele, females do not."""
    males = [one for one in pedigree.people if one.sex is Sex.MALE]
    ill = [one.id for one in males if one.affected is Affected.YES]
    well = [one.id for one in males if one.affected is Affected.NO]
    has = [one for one in ill if states.get(one) is AlleleState.HEMIZYGOUS]
    free = [one for one in well if states.get(one) is AlleleState.ABSENT] if given.penetrance == 1 else []
    against = tuple(one for one in ill if states.get(one) is AlleleState.ABSENT)
    healthy = tuple(one for one in well if states.get(one) is AlleleState.HEMIZYGOUS)
    told = [f"{_listed(against)}: affected, without the allele; it does not explain the disease there."] * bool(against)
    told += [
        f"{_listed(healthy)}: hemizygous, not affected; penetrance is not complete, the disease is yet to come, or the "
        "allele is not the cause."
    ] * bool(healthy)
    if not has:
        told.append("No meiosis is counted: no male with the allele is told to be affected.")
        return Segregation(0, None, (), against, healthy, " ".join(told))
    free = [one for one in free if _chance(pedigree, states, [*has[1:], *free], [one], given) != 1]
    telling = [*has[1:], *free]
    chance = _chance(pedigree, states, telling, telling, given)
    together = tuple(telling)
    if not together:
        told.append(f"No meiosis is counted: beside {has[0]} no male tells more.")
    elif chance is None:
        told.append("No meiosis is counted: the males who tell more share no known carrier.")
    meioses = _halves(chance) if chance else 0
    if together and chance is not None:
        said = f"{meioses} meios{'i' if meioses == 1 else 'e'}s in {_listed(together)} beside {has[0]}"
        told.append(f"{said} (by chance 1 in {float(1 / chance):.3g}).")
    return Segregation(meioses, chance, together, against, healthy, " ".join(told))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)


def _halves(chance: Fraction) -> int:
    """The greatest power of one half that is not below a probability.

    >>> _halves(Fraction(1, 4)), _halves(Fraction(3, 4)), _halves(Fraction(1, 5))
    (2, 0, 2)
    """
    count = 0
    while chance * 2 ** (count + 1) <= 1:
        count += 1
    return count


def _chance(
    pedigree: Pedigree, states: States, telling: list[str], asked: list[str], given: Assumptions
) -> Fraction | None:
    """The probability that a neutral allele is in the males asked as it was seen, given what was seen in all but the
    telling ones; None where it cannot come into the family but more than once, or the family is too large."""
    if not asked or len(pedigree.people) > given.largest_pedigree:
        return None

    def weight(known: set[str]) -> Weight | None:
        likelihood = {
            one.id: {lot: fits(states[one.id], lot, Fraction(1)) for lot in lots_of(one.sex)}
            for one in pedigree.people
            if one.id in known
        }
        return Expectation(pedigree, Origins.neutral(), likelihood).total()

    known = {id_ for id_, state in states.items() if state.is_clear} - set(telling)
    basis, all_ = weight(known), weight(known | set(asked))
    if basis is None or all_ is None or basis.order != all_.order:
        return None
    return all_.value / basis.value


# --- who carries it, and who may --------------------------------------------------------------------------


class Role(enum.Enum):
    """How a person stands to the allele."""

    TESTED_CARRIER = ("tested_carrier", "carries it, as tested")
    OBLIGATE_CARRIER = ("obligate_carrier", "must carry it, by the pedigree")
    AT_RISK = ("at_risk", "may carry it")
    TESTED_WITHOUT = ("tested_without", "does not carry it, as tested")
    NOT_AT_RISK = ("not_at_risk", "not at risk, by the pedigree")
    OPEN = ("open", "cannot be told")

    def __init__(self, code: str, label: str) -> None:
        self.code = code
        self.label = label

    @property
    def is_to_be_tested(self) -> bool:
        """Whether a test would tell more: also where the pedigree alone says that someone carries it."""
        return self in (Role.OBLIGATE_CARRIER, Role.AT_RISK)


@dataclass(frozen=True, slots=True)
class Risk:
    """How a person stands to an allele; `probability` of carrying it is None where no figure is given."""

    person: str
    role: Role
    probability: Fraction | None


@dataclass(frozen=True, slots=True)
class Judged:
    """All that a family says of one allele. `no_figures` says why there are none; it is empty where there are."""

    seen: Mapping[str, SeenIn]
    inherited: Inherited
    segregation: Segregation
    risks: tuple[Risk, ...]
    next_children: tuple[NextChild, ...]
    no_figures: str = ""

    @property
    def to_be_tested(self) -> tuple[str, ...]:
        """Who should be offered a test, in the order of the pedigree."""
        return tuple(one.person for one in self.risks if one.role.is_to_be_tested)


def judged(
    person: str,
    pedigree: Pedigree,
    seen: Mapping[str, SeenIn],
    given: Assumptions,
    *,
    explains: bool = True,
) -> Judged:
    """What a family says of an allele, for the report of one of its people.

    Figures are given only for an allele that `explains` the disease, and that someone carries.
    """
    states = {id_: one.state for id_, one in seen.items()}
    whence = inherited(person, pedigree, states, parentage_tested=given.parentage_tested == 1)
    counted = segregation(pedigree, states, given)
    reason, figures, couples = "", dict[str, Fraction](), tuple[NextChild, ...]()
    if not explains:
        reason = "No carrier probability is given: this variant is not known to cause IPEX."
    elif counted.affected_without:
        reason = "No carrier probability is given: an affected male does not have the variant."
    else:
        try:
            figures = carrier_probabilities(pedigree, states, given)
            couples = tuple(_couples(person, pedigree, states, given))
        except (Impossible, TooLarge) as error:
            reason = f"No carrier probability is given: {error}."
    risks = tuple(Risk(one.id, _role(states[one.id], figures.get(one.id)), figures.get(one.id))
                  for one in pedigree.people)  # fmt: skip
    return Judged(seen, whence, counted, risks, couples, reason)


def _role(state: AlleleState, probability: Fraction | None) -> Role:
    if state.is_carried:
        return Role.TESTED_CARRIER
    if state is AlleleState.ABSENT and not probability:
        return Role.TESTED_WITHOUT
    if probability is None:
        return Role.OPEN
    return Role.OBLIGATE_CARRIER if probability == 1 else Role.AT_RISK if probability else Role.NOT_AT_RISK


def _couples(person: str, pedigree: Pedigree, states: States, given: Assumptions) -> Iterable[NextChild]:
    """The next child of the person's parents, and the person's own; with anyone where no partner is told."""
    one = pedigree.by_id[person]
    asked = [(one.father, one.mother)] if one.mother else []
    asked += [pair for pair in pedigree.couples() if person in pair]
    if not any(person in pair for pair in asked) and one.sex is not Sex.UNKNOWN:
        asked.append((person, "") if one.sex is Sex.MALE else ("", person))
    for father, mother in asked:
        yield next_child(pedigree, states, given, father, mother)


# --- for the criteria of classification -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FamilyCounts:
    """What a family gives to the criteria PS2/PM6 (`de_novo`: none, assumed or confirmed), PP1 and BS4."""

    de_novo: str
    cosegregating_meioses: int
    non_segregating: int


def family_counts(judgement: Judged, *, parentage_tested: bool = False) -> FamilyCounts:
    """Counts for the criteria. De novo is `confirmed` only where maternity and paternity were proven, as PS2 asks; with
    both parents called as reference and parentage untested it is `assumed` (PM6). Non-segregating are affected males
    without the allele."""
    whence = judgement.inherited.origin
    de_novo = "none"
    if whence in (Origin.DE_NOVO_ASSUMED, Origin.DE_NOVO_CONFIRMED):
        de_novo = "confirmed" if whence is Origin.DE_NOVO_CONFIRMED and parentage_tested else "assumed"
    counted = judgement.segregation
    return FamilyCounts(de_novo, counted.meioses, len(counted.affected_without))
