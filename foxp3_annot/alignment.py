"""Reads as evidence: which machine made them, what they show at each place, and what is more than error.

Nothing here knows a file. An allele that a caller passes over is not lost: where more reads show it than errors
explain, it is told with its reads (a mosaic, a carrier's mixture, a contamination), whatever the genotype says.
"""

import enum
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from foxp3_annot.coverage import ReadFilters
from foxp3_annot.errors import InputError
from foxp3_annot.genotype import Sex
from foxp3_annot.variant import Variant

LONG_READ = 1000
"""Bases above which a read cannot be a short one."""


class Platform(enum.Enum):
    """A kind of sequencer: its words in `@RG PL` (SAM specification 1.3), the preset of `bcftools mpileup` for it, the
    highest limit of base quality that leaves its bases in, and the lowest share of errors to reckon with at a base
    and at an insertion or deletion outside repeats."""

    ILLUMINA = ("illumina", "short reads", ("ILLUMINA", "DNBSEQ", "ELEMENT", "SOLID", "CAPILLARY"), "", 93, 1e-3, 1e-3)
    ULTIMA = ("ultima", "flow-based short reads", ("ULTIMA",), "ultima", 93, 1e-3, 5e-3)
    ION = ("iontorrent", "flow-based short reads", ("IONTORRENT", "LS454"), "", 15, 3e-3, 2e-2)
    PACBIO = ("pacbio", "long HiFi reads", ("PACBIO",), "pacbio-ccs", 15, 2e-3, 1e-2)
    ONT = ("ont", "long nanopore reads", ("ONT", "NANOPORE"), "ont-sup", 7, 2e-2, 5e-2)

    def __init__(
        self,
        code: str,
        label: str,
        words: tuple[str, ...],
        preset: str,
        base_quality_limit: int,
        base_error: float,
        indel_error: float,
    ) -> None:
        self.code = code
        self.label = label
        self.words = words
        self.preset = preset
        self.base_quality_limit = base_quality_limit
        self.base_error = base_error
        self.indel_error = indel_error

    @classmethod
    def parse(cls, text: str) -> "Platform":
        """The platform by its code or by a word of `PL`.

        >>> Platform.parse("NANOPORE").code
        'ont'
        """
        for platform in cls:
            if text.strip().lower() == platform.code or text.strip().upper() in platform.words:
                return platform
        known = ", ".join(platform.code for platform in cls)
        raise InputError(f"'{text}' is not a known platform; use one of {known}")

    @classmethod
    def of_read_groups(cls, words: Iterable[str]) -> "Platform | None":
        """The platform that read groups name; None where they name none or one that is not known."""
        for word in words:
            for platform in cls:
                if word.strip().upper() in platform.words:
                    return platform
        return None

    @classmethod
    def of_length(cls, longest: int) -> "Platform":
        """What reads of this length usually are, where nothing else is known."""
        return cls.PACBIO if longest > LONG_READ else cls.ILLUMINA

    def filters(self, wanted: ReadFilters) -> ReadFilters:
        """The limits that are applied: those wanted, with a base quality that this platform reaches."""
        return ReadFilters(wanted.mapping_quality, min(wanted.base_quality, self.base_quality_limit))


@dataclass(frozen=True, slots=True)
class LowFraction:
    """From when on an allele that was not called is told all the same: reads, and share of the reads there."""

    reads: int = 4
    fraction: float = 0.05


CHANCE = 1e-6
"""How unlikely it must be that errors alone gave as many reads of an allele."""

MIXED_INDEL_FRACTION = 0.25
"""Share of reads without a called insertion or deletion from which a single copy counts as mixed. Below it reads that
end within the repeat of the indel, and are aligned without it, are the likely reason."""

HAPLOID_ERROR = 0.02
"""Share of stray reads at a place that a single copy explains."""


@dataclass(slots=True)
class Support:
    """The reads that show one allele: a template counts once. `starts` holds first base and strand of each read."""

    templates: set[str] = field(default_factory=set)
    forward: int = 0
    reverse: int = 0
    starts: set[tuple[int, bool]] = field(default_factory=set)
    error: float = 0.0

    def add(self, template: str, start: int, *, reverse: bool, quality: int) -> None:
        """Count a read, unless its mate was counted for the same allele."""
        if template in self.templates:
            return
        self.templates.add(template)
        self.starts.add((start, reverse))
        self.reverse += reverse
        self.forward += not reverse
        self.error += 10 ** (-min(quality, 60) / 10)

    @property
    def reads(self) -> int:
        return self.forward + self.reverse

    @property
    def mean_error(self) -> float:
        return self.error / self.reads


def is_more_than_error(
    variant: Variant, support: Support, depth: int, starts_there: int, platform: Platform, limits: LowFraction
) -> bool:
    """Whether so many reads of an allele, of `depth` at its place, are too many for errors.

    They must begin at two places or on two strands, unless all reads at the place begin alike (`starts_there` is 1),
    as those of an amplicon do.
    """
    depth = max(depth, support.reads)
    if support.reads < limits.reads or support.reads < limits.fraction * depth:
        return False
    if len(support.starts) < min(2, starts_there):
        return False
    return log_chance(support.reads, depth, error_rate(variant, support.mean_error, platform)) < math.log(CHANCE)


def error_rate(variant: Variant, stated: float, platform: Platform) -> float:
    """The share of reads in which errors give this allele: what qualities state, but no less than the platform makes.

    Repeats slip: from five bases of room on, each further one doubles the rate of an insertion or deletion, up to 0.3.
    """
    if not variant.length_change:
        return max(stated, platform.base_error)
    room = min(len(variant.ref), len(variant.alt))
    return float(min(max(stated, platform.indel_error) * 2.0 ** max(room - 4, 0), 0.3))


def log_chance(count: int, total: int, rate: float) -> float:
    """Natural logarithm of the chance of `count` or more out of `total` at this rate (upper end of the binomial).

    >>> round(math.exp(log_chance(2, 2, 0.5)), 6)
    0.25
    """
    if count <= 0:
        return 0.0
    logs = [_log_binomial(one, total, rate) for one in range(count, total + 1)]
    top = max(logs)
    return min(top + math.log(sum(math.exp(one - top) for one in logs)), 0.0)


def _log_binomial(count: int, total: int, rate: float) -> float:
    ways = math.lgamma(total + 1) - math.lgamma(count + 1) - math.lgamma(total - count + 1)
    return ways + count * math.log(rate) + (total - count) * math.log1p(-rate)


def copies_in(sex: Sex) -> int:
    """Copies of FOXP3 to call with: one in a male, two in a female, and two where the sex is not known."""
    return 1 if sex is Sex.MALE else 2


def favoured_copies(counts: Mapping[Variant, tuple[int, int]]) -> int | None:
    """How many copies explain the reads better, 1 or 2; None where they say the same.

    `counts` holds, for each allele, its reads and all reads at its place. With one copy an allele is in all reads or
    in none, with two also in half of them; each is compared at its best.
    """
    one = two = 0.0
    for reads, depth in counts.values():
        single = max(_log_likelihood(reads, depth, HAPLOID_ERROR), _log_likelihood(reads, depth, 1 - HAPLOID_ERROR))
        one += single
        two += max(single, _log_likelihood(reads, depth, 0.5))
    if two - one < math.log(1000):
        return 1 if counts else None
    return 2


def _log_likelihood(reads: int, depth: int, rate: float) -> float:
    return reads * math.log(rate) + max(depth - reads, 0) * math.log1p(-rate)
