"""A laboratory's own reads, challenged: would its data and this program show each published allele, had it been there?

Each allele is written into a copy of the reads, in all molecules or in a share of them, the copy is analysed like any
sample, and what was found is counted by kind, place and depth.
"""

import enum
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from foxp3_annot.annotation import Annotation, annotate
from foxp3_annot.assembly import Assembly
from foxp3_annot.cases import Proportion
from foxp3_annot.catalogue import Catalogue
from foxp3_annot.gene import Gene
from foxp3_annot.genotype import Sex
from foxp3_annot.variant import Variant

LONGEST = 50
"""Bases; a longer insertion or deletion is a structural lesion, which reads of a piece do not show by themselves."""

WIDEST_GAP = 2000
"""Bases between alleles of one copy that suffice whatever the length of the molecules: each is chosen anew."""

DEPTHS = ((1, 9), (10, 19), (20, 29), (30, 49), (50, 99), (100, None))
"""Classes of depth, in molecules; the last one is open."""


class VariantClass(enum.Enum):
    """What kind of change a small allele is."""

    SUBSTITUTION = "single base"
    INSERTION = "insertion"
    DELETION = "deletion"
    REPLACEMENT = "several bases replaced"

    @classmethod
    def of(cls, variant: Variant) -> "VariantClass":
        edit = variant.leftmost()
        if len(edit.ref) == len(edit.alt) == 1:
            return cls.SUBSTITUTION
        if edit.ref and edit.alt:
            return cls.REPLACEMENT
        return cls.INSERTION if edit.alt else cls.DELETION


@dataclass(frozen=True, slots=True)
class Allele:
    """A curated allele that is to be written. `place` is the first exon or intron it touches."""

    id: str
    name: str
    variant: Variant
    kind: VariantClass
    place: str


def alleles_of(catalogue: Catalogue, gene: Gene, assembly: Assembly) -> tuple[Allele, ...]:
    """Every curated allele of this build, in the order of place."""
    found = []
    for row in catalogue.variants:
        annotation = annotate(row.alleles[assembly], gene)
        variant = annotation.variant
        found.append(Allele(row.id, annotation.name, variant, VariantClass.of(variant), _place_of(annotation)))
    return tuple(sorted(found, key=lambda one: one.variant.key))


def _place_of(annotation: Annotation) -> str:
    return str(annotation.features[0]) if annotation.features else "beside the gene"


# --- what cannot be written -----------------------------------------------------------------------------


class SkipReason(enum.Enum):
    """Why an allele was not written."""

    CARRIED = "the sample carries it already"
    BESIDE = "the sample carries another allele there"
    TOO_LONG = f"it is longer than {LONGEST} bases"


@dataclass(frozen=True, slots=True)
class Skipped:
    """An allele that was not written, and why."""

    allele: Allele
    reason: SkipReason


def sorted_out(alleles: Iterable[Allele], carried: Iterable[Variant]) -> tuple[list[Allele], list[Skipped]]:
    """The alleles that can be written into the reads of a sample that carries these, and the others."""
    there = tuple(carried)
    taken, skipped = [], []
    for allele in alleles:
        reason = _reason(allele.variant, there)
        if reason:
            skipped.append(Skipped(allele, reason))
        else:
            taken.append(allele)
    return taken, skipped


def _reason(variant: Variant, carried: Sequence[Variant]) -> SkipReason | None:
    if variant in carried:
        return SkipReason.CARRIED
    if any(one.start <= variant.end + 1 and one.end >= variant.start - 1 for one in carried):
        return SkipReason.BESIDE
    edit = variant.leftmost()
    return SkipReason.TOO_LONG if max(len(edit.ref), len(edit.alt)) > LONGEST else None


def in_copies(alleles: Iterable[Allele], gap: int) -> tuple[tuple[Allele, ...], ...]:
    """The alleles put into as few copies as will do, those of one copy at least `gap` bases apart."""
    copies: list[list[Allele]] = []
    for allele in sorted(alleles, key=lambda one: one.variant.key):
        room = (copy for copy in copies if copy[-1].variant.end + gap < allele.variant.start)
        chosen = next(room, None)
        if chosen is None:
            copies.append([allele])
        else:
            chosen.append(allele)
    return tuple(map(tuple, copies))


# --- what came of it ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Level:
    """In which share of the molecules an allele is written, and the sex with which the copy is analysed."""

    share: float
    label: str
    sex: Sex

    @classmethod
    def of(cls, share: float, sex: Sex) -> "Level":
        """All molecules: the only copy, or both. Half of them: a carrier, analysed as a female whoever gave the reads.

        Any other share is a mosaic or a mixture in the sample as it is.
        """
        if share == 1:
            return cls(share, "hemizygous" if sex is Sex.MALE else "every copy", sex)
        if share == 0.5:
            return cls(share, "carrier", Sex.FEMALE)
        return cls(share, f"{share:.0%} of the reads", sex)

    @property
    def is_a_copy(self) -> bool:
        """Whether a whole copy of the gene carries the allele, of one or of two."""
        return self.share >= 0.5


@dataclass(frozen=True, slots=True)
class Written:
    """How many molecules lie over the place of an allele, as filters count them, and in how many it was written."""

    depth: int
    molecules: int


@dataclass(frozen=True)
class Answer:
    """What the analysis of a copy gave: alleles in genotypes, alleles that any counted read shows, and of which
    alleles callability says that they are excluded (None: it was not judged)."""

    called: frozenset[Variant]
    seen: frozenset[Variant] = frozenset()
    is_excluded: Callable[[Variant], bool] | None = None


class Outcome(enum.Enum):
    """What came of one written allele."""

    FOUND = ("found", "found")
    ONLY_SEEN = ("only_seen", "seen in reads, but not called")
    MISSED = ("missed", "missed")
    NOT_ASSESSABLE = ("not_assessable", "no read lies over the place")

    def __init__(self, code: str, label: str) -> None:
        self.code = code
        self.label = label


@dataclass(frozen=True, slots=True)
class Trial:
    """One allele at one level. `excluded` is whether it was called excluded though it was written; None: not judged."""

    allele: Allele
    level: Level
    written: Written
    outcome: Outcome
    excluded: bool | None

    @classmethod
    def of(cls, allele: Allele, level: Level, written: Written, answer: Answer) -> "Trial":
        excluded = answer.is_excluded(allele.variant) if answer.is_excluded and written.molecules else None
        return cls(allele, level, written, _outcome(allele.variant, written, answer), excluded)


def _outcome(variant: Variant, written: Written, answer: Answer) -> Outcome:
    if not written.depth:
        return Outcome.NOT_ASSESSABLE
    if variant in answer.called:
        return Outcome.FOUND
    return Outcome.ONLY_SEEN if variant in answer.seen else Outcome.MISSED


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """A file as it was before and after: bytes, time of the last change (ns), and SHA-256, None where too large."""

    size: int
    changed: int
    sha256: str | None


@dataclass(frozen=True)
class ChallengeResult:
    """Everything that a challenge found. `gap` is the distance kept between alleles of one copy, in bases."""

    file: str
    sample: str
    sex: Sex
    assembly: Assembly
    seed: str
    gap: int
    copies: int
    before: Fingerprint
    after: Fingerprint
    trials: tuple[Trial, ...]
    skipped: tuple[Skipped, ...]
    knowledge: tuple[str, ...]
    versions: dict[str, str]

    @property
    def levels(self) -> tuple[Level, ...]:
        return tuple(dict.fromkeys(one.level for one in self.trials))

    @property
    def is_unchanged(self) -> bool:
        """Whether the user's file is as it was."""
        return self.before == self.after

    @property
    def falsely_excluded(self) -> tuple[Trial, ...]:
        """Alleles written into a whole copy of the gene and yet called excluded; there must be none."""
        return tuple(one for one in self.trials if one.excluded and one.level.is_a_copy)

    @property
    def excluded_below(self) -> tuple[Trial, ...]:
        """Alleles written into fewer molecules than a copy gives and called excluded, as a copy."""
        return tuple(one for one in self.trials if one.excluded and not one.level.is_a_copy)

    @property
    def exclusion_judged(self) -> int:
        """Alleles written into a whole copy of which it was judged whether they are excluded."""
        return sum(one.excluded is not None and one.level.is_a_copy for one in self.trials)


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """How many of the alleles of one group were found at one level; those without reads are counted apart."""

    level: Level
    grouping: str
    group: str
    found: Proportion
    not_assessable: int


def sensitivities(trials: Sequence[Trial]) -> Iterator[Sensitivity]:
    """By level: all together, then by kind, by exon or intron, and by depth, each in its natural order."""
    for level in dict.fromkeys(one.level for one in trials):
        here = [one for one in trials if one.level == level]
        yield _sensitivity(level, "all", "all", here)
        for grouping, group_of, order in _GROUPINGS:
            groups = sorted({group_of(one) for one in here}, key=order)
            for group in groups:
                yield _sensitivity(level, grouping, group, [one for one in here if group_of(one) == group])


def _sensitivity(level: Level, grouping: str, group: str, trials: Sequence[Trial]) -> Sensitivity:
    assessable = [one for one in trials if one.outcome is not Outcome.NOT_ASSESSABLE]
    found = Proportion(sum(one.outcome is Outcome.FOUND for one in assessable), len(assessable))
    return Sensitivity(level, grouping, group, found, len(trials) - len(assessable))


def depth_class(depth: int) -> str:
    """The class of a depth in words.

    >>> depth_class(0), depth_class(12), depth_class(500)
    ('0', '10 to 19', '100 or more')
    """
    for low, high in DEPTHS:
        if high is None or depth <= high:
            return "0" if depth < low else f"{low} to {high}" if high else f"{low} or more"
    return ""


def _place_order(place: str) -> tuple[float, str]:
    """Exons and introns in the order of the gene: exon 1, intron 1, exon 2."""
    word, _, number = place.rpartition(" ")
    return (int(number) + (0.5 if word == "intron" else 0), place) if number.isdigit() else (float("inf"), place)


_GROUPINGS: tuple[tuple[str, Callable[[Trial], str], Callable[[str], Any]], ...] = (
    ("kind", lambda one: one.allele.kind.value, lambda kind: [each.value for each in VariantClass].index(kind)),
    ("place", lambda one: one.allele.place, _place_order),
    ("depth", lambda one: depth_class(one.written.depth), lambda words: int(words.split()[0])),
)
