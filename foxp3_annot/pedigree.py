"""A family: who is whose child, who is affected, and what people of it are to one another."""

import enum
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from foxp3_annot.genotype import Sex


class Affected(enum.Enum):
    """Whether a person has IPEX, as told."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Person:
    """One person of a family. `father` and `mother` are ids; empty where a parent is not known."""

    id: str
    sex: Sex = Sex.UNKNOWN
    father: str = ""
    mother: str = ""
    affected: Affected = Affected.UNKNOWN

    @property
    def parents(self) -> tuple[str, ...]:
        """The ids of the parents that are known, the father's first."""
        return tuple(parent for parent in (self.father, self.mother) if parent)


@dataclass(frozen=True)
class Pedigree:
    """A family whose people fit together: each id once, parents of the right sex, nobody his own ancestor.

    Make one with `Pedigree.of`; people keep their order.
    """

    id: str
    people: tuple[Person, ...]

    @classmethod
    def of(cls, id_: str, people: Iterable[Person]) -> "Pedigree":
        """A sound family. A parent who is named but not described is added, of the sex that the place tells.

        Raises ValueError with every problem, one a line; `problems_of` tells them one by one.
        """
        told = tuple(people)
        problems = list(problems_of(told))
        if problems:
            raise ValueError("\n".join(problems))
        known = {one.id for one in told}
        named = ((one.father, Sex.MALE) for one in told), ((one.mother, Sex.FEMALE) for one in told)
        added = {name: sex for parents in named for name, sex in parents if name and name not in known}
        return cls(id_, (*told, *(Person(name, sex) for name, sex in added.items())))

    @cached_property
    def by_id(self) -> Mapping[str, Person]:
        return {one.id: one for one in self.people}

    def father(self, id_: str) -> Person | None:
        """The father, where known; None for a founder."""
        return self.by_id.get(self.by_id[id_].father)

    def mother(self, id_: str) -> Person | None:
        """The mother, where known; None for a founder."""
        return self.by_id.get(self.by_id[id_].mother)

    def children(self, id_: str) -> tuple[Person, ...]:
        """In the order of the pedigree."""
        return tuple(one for one in self.people if id_ in one.parents)

    def couples(self) -> tuple[tuple[str, str], ...]:
        """Each (father, mother) that has children; one of them may be empty."""
        return tuple(dict.fromkeys((one.father, one.mother) for one in self.people if one.parents))

    def relation(self, id_: str, to: str) -> str:
        """What a person is to another, such as "mother" or "maternal aunt"; "relative" where no short word says it.

        >>> family = Pedigree.of("F", [Person("boy", Sex.MALE, mother="m"), Person("m", Sex.FEMALE, mother="g")])
        >>> family.relation("g", "boy"), family.relation("boy", "g")
        ('maternal grandmother', 'grandson')
        """
        if id_ == to:
            return "self"
        ways = ((steps, one) for steps, one in self._ways_up(to) if self._depth_below(one, id_) is not None)
        found = sorted({self._word(id_, to, steps, one) for steps, one in ways}, key=_rank)
        if found:
            return found[0][1]
        partners = {parent for child in self.children(to) for parent in child.parents}
        if id_ in partners:
            return "partner"
        return "relative" if self.by_id[id_].parents or self.children(id_) else "no relation told"

    def _ways_up(self, id_: str) -> Iterator[tuple[str, str]]:
        """Each ancestor with the way to it ("m" to a mother, "f" to a father), nearest first; oneself by no step."""
        level = [("", id_)]
        while level:
            yield from level
            level = [
                (steps + letter, parent)
                for steps, one in level
                for letter, parent in (("f", self.by_id[one].father), ("m", self.by_id[one].mother))
                if parent
            ]

    def _depth_below(self, ancestor: str, id_: str) -> int | None:
        """Generations from an ancestor down to a person, the shortest way; None where he is no ancestor."""
        return min((len(steps) for steps, one in self._ways_up(id_) if one == ancestor), default=None)

    def _word(self, id_: str, to: str, steps: str, shared: str) -> tuple[int, str]:
        """Distance and word for the way over one shared ancestor."""
        up, down = len(steps), self._depth_below(shared, id_) or 0
        side = "" if up < 2 else {"m": "maternal ", "f": "paternal "}[steps[0]]
        word = _WORDS.get((up, down))
        if word is None:
            return up + down, "relative"
        if (up, down) == (1, 1) and not self._same_parents(id_, to):
            side = {"m": "maternal half-", "f": "paternal half-"}[steps[0]]
        return up + down, side + word[list(Sex).index(self.by_id[id_].sex)]

    def _same_parents(self, one: str, other: str) -> bool:
        """Whether two siblings share both parents, or share one and the other parent of one of them is not told."""
        pairs = [(self.by_id[id_].father, self.by_id[id_].mother) for id_ in (one, other)]
        return all(not a or not b or a == b for a, b in zip(*pairs, strict=True))


def _rank(found: tuple[int, str]) -> tuple[int, bool, str]:
    """Nearest first; full siblings share two ancestors, and either way gives the same word."""
    return found[0], found[1] == "relative", found[1]


_WORDS = {
    (1, 0): ("father", "mother", "parent"),
    (2, 0): ("grandfather", "grandmother", "grandparent"),
    (3, 0): ("great-grandfather", "great-grandmother", "great-grandparent"),
    (0, 1): ("son", "daughter", "child"),
    (0, 2): ("grandson", "granddaughter", "grandchild"),
    (0, 3): ("great-grandson", "great-granddaughter", "great-grandchild"),
    (1, 1): ("brother", "sister", "sibling"),
    (2, 1): ("uncle", "aunt", "parent's sibling"),
    (3, 1): ("great-uncle", "great-aunt", "grandparent's sibling"),
    (1, 2): ("nephew", "niece", "sibling's child"),
    (1, 3): ("great-nephew", "great-niece", "sibling's grandchild"),
    (2, 2): ("cousin", "cousin", "cousin"),
}
"""Words for male, female and unknown sex, by generations up to the shared ancestor and down again."""


def problems_of(people: tuple[Person, ...]) -> Iterator[str]:
    """Each reason why people do not make a family, as a sentence without its end."""
    by_id = {one.id: one for one in people}
    for id_ in dict.fromkeys(one.id for one in people if sum(other.id == one.id for other in people) > 1):
        yield f"'{id_}' stands there more than once; each person needs one line"
    fathers, mothers = {one.father for one in people} - {""}, {one.mother for one in people} - {""}
    for id_ in sorted(fathers & mothers):
        yield f"'{id_}' is named both as a father and as a mother"
    for one in people:
        for word, parent, sex in (("father", one.father, Sex.MALE), ("mother", one.mother, Sex.FEMALE)):
            known = by_id.get(parent)
            if parent == one.id:
                yield f"'{one.id}' is named as {word} of himself or herself"
            elif known and known.sex is not sex:
                yield f"'{parent}', {word} of '{one.id}', is of sex {known.sex.value}; a {word} must be {sex.value}"
    yield from _circles(by_id)


def _circles(by_id: Mapping[str, Person]) -> Iterator[str]:
    """Those who would be their own ancestors; oneself as parent is told elsewhere."""
    left = {id_: {parent for parent in one.parents if parent in by_id} - {id_} for id_, one in by_id.items()}
    while left:
        free = [id_ for id_, parents in left.items() if not parents & set(left)]
        if not free:
            yield f"{', '.join(repr(id_) for id_ in sorted(left))} cannot be ordered: someone is his own ancestor"
            return
        for id_ in free:
            del left[id_]
