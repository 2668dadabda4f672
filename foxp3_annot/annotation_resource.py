"""Annotation resources of the user's own: what each of them says of a variant, or that it says nothing."""

import enum
import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from foxp3_annot.annotation import Annotation
from foxp3_annot.assembly import Assembly
from foxp3_annot.variant import Variant

Value = int | float | str
Row = tuple[Value | None, ...]
"""The values of one record for one allele, in the order of the resource's kinds; None where it gives none."""


class Role(enum.Enum):
    """What a value is, and with that what text it may be."""

    ALLELE_FREQUENCY = ("allele_frequency", "a number from 0 to 1")
    ALLELE_COUNT = ("allele_count", "a whole number, zero or more")
    ALLELE_NUMBER = ("allele_number", "a whole number, zero or more")
    HEMIZYGOTES = ("hemizygotes", "a whole number, zero or more")
    HOMOZYGOTES = ("homozygotes", "a whole number, zero or more")
    SCORE = ("score", "a number")
    REVEL = ("revel", "a number from 0 to 1")
    SPLICEAI = ("spliceai", "a number from 0 to 1")
    TEXT = ("text", "text")

    def __init__(self, code: str, demand: str) -> None:
        self.code = code
        self.demand = demand

    @classmethod
    def parse(cls, code: str) -> "Role":
        return next(role for role in cls if role.code == code)

    def read(self, text: str) -> Value:
        """The value that a text states; ValueError where it is not what the role demands.

        >>> Role.ALLELE_FREQUENCY.read("2.5e-05")
        2.5e-05
        """
        if self is Role.TEXT:
            return text
        number = float(text) if text.isascii() and "_" not in text else math.nan
        if not math.isfinite(number):
            raise ValueError(text)
        if self is Role.SCORE:
            return number
        if self in _SHARES:
            if 0 <= number <= 1:
                return number
        elif number >= 0 and number.is_integer():
            return int(number)
        raise ValueError(text)


_SHARES = (Role.ALLELE_FREQUENCY, Role.REVEL, Role.SPLICEAI)
"""Roles whose values lie from 0 to 1."""


@dataclass(frozen=True, slots=True)
class ValueKind:
    """One value that a resource gives: its name in outputs, what it is, and what it means in a sentence."""

    name: str
    role: Role
    meaning: str


FILTER = ValueKind("filter", Role.TEXT, "Filters that the record fails in the resource; empty where it passed")
"""The kind that every VCF resource has beside the declared ones."""


@dataclass(frozen=True, slots=True)
class AlleleTable:
    """Rows by allele."""

    rows: Mapping[Variant, tuple[Row, ...]]

    def find(self, variant: Variant) -> tuple[Row, ...]:
        return self.rows.get(variant, ())


@dataclass(frozen=True, slots=True, order=True)
class Region:
    """A row that holds for each base from start to end (1-based, both included)."""

    start: int
    end: int
    row: Row = field(compare=False)


@dataclass(frozen=True)
class RegionTable:
    """Rows by place. A variant meets a region where one of its bases, placed leftmost, lies in it; an insertion
    where a base beside it does. `regions` are sorted by start."""

    regions: tuple[Region, ...]

    @cached_property
    def _starts(self) -> list[int]:
        return [region.start for region in self.regions]

    @cached_property
    def _longest(self) -> int:
        return max((region.end - region.start for region in self.regions), default=0)

    def find(self, variant: Variant) -> tuple[Row, ...]:
        placed = variant.leftmost()
        first, last = min(placed.start, placed.end), max(placed.start, placed.end)
        low = bisect_left(self._starts, first - self._longest)
        high = bisect_right(self._starts, last)
        return tuple(region.row for region in self.regions[low:high] if region.end >= first)


@dataclass(frozen=True, slots=True)
class ResourceFile:
    """The file behind a resource: its name, size in bytes, and number and digest of the records of the locus."""

    name: str
    size: int
    records: int
    records_sha256: str


@dataclass(frozen=True)
class Resource:
    """A named version of a resource, as far as the locus goes."""

    name: str
    version: str
    assembly: Assembly
    kinds: tuple[ValueKind, ...]
    file: ResourceFile
    table: AlleleTable | RegionTable = field(repr=False)

    @property
    def title(self) -> str:
        return f"{self.name} {self.version}"

    def of(self, annotation: Annotation) -> "AnnotationValues":
        """What the resource says of a variant; one of the other build is looked up where it lies on this one."""
        variant: Variant | None = annotation.variant
        matched = ""
        if annotation.variant.assembly is not self.assembly:
            variant, matched = annotation.other_build.variant, f", matched on {self.assembly}"
        if variant is None:
            reason = f"which is on {self.assembly}: {annotation.other_build.reason}"
            return AnnotationValues(self, Presence.NOT_COMPARABLE, f"not looked up in {self.title}, {reason}")
        rows = self.table.find(variant)
        if not rows:
            return AnnotationValues(self, Presence.ABSENT, f"not in {self.title}{matched}")
        return AnnotationValues(self, Presence.FOUND, f"in {self.title}{matched}", rows)


class Presence(enum.Enum):
    """Whether a resource knows a variant. Absence is silence: it is no frequency of zero."""

    FOUND = "found"
    ABSENT = "absent"
    NOT_COMPARABLE = "not_comparable"


@dataclass(frozen=True, slots=True)
class AnnotationValues:
    """What one resource says of one variant. `rows` holds each record that names it; none where it is not found."""

    resource: Resource
    presence: Presence
    sentence: str
    rows: tuple[Row, ...] = ()

    def distinct(self, kind: ValueKind) -> tuple[Value, ...]:
        """The different values of a kind, in the order of the records."""
        index = self.resource.kinds.index(kind)
        return tuple(dict.fromkeys(value for row in self.rows if (value := row[index]) is not None))

    def values(self) -> dict[str, Value | None]:
        """By name, the value of each kind; several joined by `|`; None where there is none."""
        return {kind.name: _joined(self.distinct(kind)) for kind in self.resource.kinds}


def _joined(values: tuple[Value, ...]) -> Value | None:
    if len(values) < 2:
        return values[0] if values else None
    return "|".join(str(value) for value in values)


@dataclass(frozen=True)
class AnnotationResources:
    """All resources of a run, in the order of their declaration, and the name of the file that declares them."""

    declaration: str = ""
    resources: tuple[Resource, ...] = ()

    def of(self, annotation: Annotation) -> tuple[AnnotationValues, ...]:
        """What each resource says of a variant."""
        return tuple(resource.of(annotation) for resource in self.resources)


NO_RESOURCES = AnnotationResources()


def notes_of(found: Iterable[AnnotationValues]) -> Iterator[str]:
    """Sentences that a reader must see beside a finding: that others carry the allele on their only copy."""
    for one in found:
        for kind in one.resource.kinds:
            counts = one.distinct(kind)
            if kind.role is Role.HEMIZYGOTES and any(isinstance(count, int) and count >= 1 for count in counts):
                people = "person" if counts == (1,) else "people"
                yield (
                    f"Seen in {' or '.join(map(str, counts))} hemizygous {people} of {one.resource.title}"
                    f"{_filtered(one)}; a fully penetrant cause of IPEX would not be expected in healthy adult males."
                )


def _filtered(one: AnnotationValues) -> str:
    """That the resource itself doubts the record."""
    filters = one.distinct(FILTER) if FILTER in one.resource.kinds else ()
    return f", whose record fails a filter there ({'|'.join(map(str, filters))})" if filters else ""
