"""Why a male can look heterozygous: every explanation, in the order in which the data speak for it."""

import enum
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import exp, lgamma

from foxp3_annot.cases import Proportion
from foxp3_annot.genotype import MISSING, Sex, Zygosity
from foxp3_annot.observation import Evidence, Observation, Observed
from foxp3_annot.reference import Reference
from foxp3_annot.sex_evidence import SexVerdict, verdict
from foxp3_annot.variant import Variant

NEAR = 10
"""Bases within which another carried insertion or deletion, or a long run of one base, makes an alignment doubtful."""
LONG_RUN = 6
ONE_SIDED = 0.01
"""Below this probability (exact test of Fisher) the reads of an allele lie too unevenly on the two strands."""
FEW = 10
"""Below this number of reads a fraction says little."""
ERROR_SHARE = 0.05
"""A share of reads that error, stray reads or a trace of other DNA can leave."""


class ExplanationKind(enum.Enum):
    """What can lie behind two alleles where a male has one copy."""

    PLOIDY = ("caller_assumed_two_copies", "The caller assumed two copies; in truth there is one allele")
    ARTEFACT = ("artefact", "An artefact of sequencing or alignment")
    EXTRA_X = ("extra_x", "A second X chromosome (XXY)")
    NOT_MALE = ("not_male", "The sample is not a male's: a mix-up or a wrong declaration")
    DONOR = ("donor_cells", "Cells of another person: a transplant, or maternal cells in a young infant")
    MIXTURE = ("mixture", "DNA of two samples mixed (contamination)")
    MOSAIC = ("mosaic", "A mosaic: some cells carry the variant")

    def __init__(self, code: str, label: str) -> None:
        self.code = code
        self.label = label


class Weight(enum.Enum):
    """How the data stand to an explanation; the best supported first."""

    FOR = ("for", "the data speak for it")
    OPEN = ("open", "the data leave it open")
    AGAINST = ("against", "the data speak against it")

    def __init__(self, code: str, label: str) -> None:
        self.code = code
        self.label = label


@dataclass(frozen=True, slots=True)
class Explanation:
    """One explanation, its weight in words, and the reason from the data."""

    kind: ExplanationKind
    weight: Weight
    because: str


@dataclass(frozen=True, slots=True)
class _Clues:
    """What bears on the question; `share` counts the reads of the allele, None where none are given."""

    share: Proportion | None
    filters: tuple[str, ...]
    one_sided: bool
    surroundings: str
    others: int
    alike: bool
    karyotype: SexVerdict

    @property
    def bounds(self) -> tuple[float, float]:
        return self.share.interval if self.share else (0.0, 1.0)

    @property
    def reads(self) -> str:
        """The share in words."""
        if not self.share:
            return "no reads are given"
        low, high = self.bounds
        return (
            f"{self.share.count} of {self.share.total} reads carry it "
            f"(95 % interval {100 * low:.0f} to {100 * high:.0f} %)"
        )

    @property
    def is_telling(self) -> bool:
        return self.share is not None and self.share.total >= FEW

    @property
    def fits_half(self) -> bool:
        return self.bounds[0] <= 0.5 <= self.bounds[1]


def is_two_alleles_in_male(observation: Observation[Variant], sex: Sex) -> bool:
    """Whether a male was called with two different alleles."""
    if sex is not Sex.MALE or observation.zygosity not in (Zygosity.DISCORDANT, Zygosity.HEMIZYGOUS):
        return False
    return any(one.genotype and len(set(one.genotype.alleles) - {MISSING}) > 1 for one in observation.evidence)


def explanations(
    observation: Observation[Variant], observed: Observed, reference: Reference
) -> tuple[Explanation, ...]:
    """Every explanation of two alleles in a male, the best supported first; none for any other observation."""
    if not is_two_alleles_in_male(observation, observed.sex):
        return ()
    clues = _clues(observation, observed, reference)
    found = [
        Explanation(kind, *judge(clues))
        for kind, judge in (
            (ExplanationKind.PLOIDY, _ploidy),
            (ExplanationKind.ARTEFACT, _artefact),
            (ExplanationKind.EXTRA_X, _extra_x),
            (ExplanationKind.NOT_MALE, _not_male),
            (ExplanationKind.DONOR, _other_cells),
            (ExplanationKind.MIXTURE, _other_cells),
            (ExplanationKind.MOSAIC, _mosaic),
        )
    ]
    return tuple(sorted(found, key=lambda one: list(Weight).index(one.weight)))


# --- the clues -------------------------------------------------------------------------------------------


def _clues(observation: Observation[Variant], observed: Observed, reference: Reference) -> _Clues:
    others = [
        other for other in observed.variants if other is not observation and is_two_alleles_in_male(other, observed.sex)
    ]
    share = _share(observation.evidence)
    return _Clues(
        share,
        tuple(sorted({name for one in observation.evidence for name in one.filters})),
        any(_one_sided(one) for one in observation.evidence),
        _surroundings(observation.allele, observed, reference),
        len(others),
        bool(others) and all(_overlap(share, _share(other.evidence)) for other in others),
        verdict(observed.sex_evidence),
    )


_MOST_READS = 10**9
"""No file counts more; a damaged report may."""


def _share(evidence: Iterable[Evidence]) -> Proportion | None:
    """The reads of the record with the most of them."""
    counts = []
    for one in evidence:
        if one.allele_depth is not None and 0 <= one.allele_depth <= _MOST_READS:
            total = round(one.allele_depth / one.allele_fraction) if one.allele_fraction else one.depth
            if total and one.allele_depth <= total <= _MOST_READS:
                counts.append(Proportion(one.allele_depth, total))
    return max(counts, key=lambda share: share.total, default=None)


def _overlap(one: Proportion | None, two: Proportion | None) -> bool:
    if one is None or two is None:
        return False
    return one.interval[0] <= two.interval[1] and two.interval[0] <= one.interval[1]


def _one_sided(evidence: Evidence) -> bool:
    """Counts beyond a hundred thousand are scaled down to it: the answer stays, and the time is bounded."""
    if evidence.strands is None:
        return False
    shrink = max(sum(evidence.strands) / 100_000, 1)
    a, b, c, d = (int(count / shrink) for count in evidence.strands)
    return fisher(a, b, c, d) < ONE_SIDED


def fisher(a: int, b: int, c: int, d: int) -> float:
    """The two-sided exact test of Fisher (1922, J R Stat Soc 85:87) on a two by two table.

    >>> round(fisher(3, 1, 1, 3), 4)
    0.4857
    """
    top, left, total = a + b, a + c, a + b + c + d

    def chance(k: int) -> float:
        return exp(_log_choose(left, k) + _log_choose(total - left, top - k) - _log_choose(total, top))

    mine = chance(a) * (1 + 1e-9)
    possible = range(max(0, top + left - total), min(top, left) + 1)
    return min(sum(one for one in map(chance, possible) if one <= mine), 1.0)


def _log_choose(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)


def _surroundings(variant: Variant, observed: Observed, reference: Reference) -> str:
    """What beside the variant makes its alignment doubtful; empty for nothing."""
    for other in observed.variants:
        gap = max(other.allele.start - variant.end, variant.start - other.allele.end)
        if other.allele != variant and other.allele.length_change and gap <= NEAR:
            return "another insertion or deletion lies beside it"
    start, end = max(variant.start - NEAR, reference.window.start), min(variant.end + NEAR, reference.window.end)
    bases = reference.fetch(start, end)
    if any(base * LONG_RUN in bases for base in "ACGT"):
        return f"a run of {LONG_RUN} or more equal bases lies beside it"
    return ""


# --- the judges ------------------------------------------------------------------------------------------

Judged = tuple[Weight, str]


def _ploidy(clues: _Clues) -> Judged:
    low, high = clues.bounds
    if not clues.is_telling:
        return Weight.OPEN, f"{clues.reads}, too few to exclude that all or none do"
    if low > 0.5 and high >= 1 - ERROR_SHARE:
        return Weight.FOR, f"{clues.reads}, nearly all: a hemizygous variant with stray reads of the reference"
    if high < 0.5 and low <= ERROR_SHARE:
        return Weight.FOR, f"{clues.reads}, hardly any: reference with stray reads of the variant"
    return Weight.AGAINST, f"{clues.reads}, too far from none and from all"


def _artefact(clues: _Clues) -> Judged:
    reasons = [f"the caller marked it ({', '.join(clues.filters)})"] if clues.filters else []
    reasons += ["its reads lie unevenly on the two strands"] if clues.one_sided else []
    reasons += [clues.surroundings] if clues.surroundings else []
    if clues.filters or clues.one_sided or (clues.surroundings and not clues.fits_half):
        return Weight.FOR, "; ".join(reasons)
    if reasons or not clues.is_telling or clues.bounds[0] <= ERROR_SHARE:
        return Weight.OPEN, "; ".join([*reasons, clues.reads])
    return Weight.AGAINST, f"{clues.reads}, and nothing about strand, filter or surroundings is odd"


def _extra_x(clues: _Clues) -> Judged:
    if clues.karyotype in (SexVerdict.XXY, SexVerdict.SEVERAL_X):
        return Weight.FOR, f"the sex chromosomes fit {clues.karyotype.label}"
    if clues.karyotype is not SexVerdict.NOT_TOLD and clues.karyotype is not SexVerdict.WITH_Y:
        return Weight.AGAINST, f"the sex chromosomes fit {clues.karyotype.label}"
    if clues.is_telling and not clues.fits_half:
        return Weight.AGAINST, f"{clues.reads}, which is not half"
    return Weight.OPEN, f"{clues.reads}; the sex chromosomes were not judged"


def _not_male(clues: _Clues) -> Judged:
    if clues.karyotype in (SexVerdict.XX, SexVerdict.XXX, SexVerdict.SEVERAL_X):
        return Weight.FOR, f"the sex chromosomes fit {clues.karyotype.label}"
    if clues.karyotype is not SexVerdict.NOT_TOLD:
        return Weight.AGAINST, f"the sex chromosomes fit {clues.karyotype.label}"
    if clues.is_telling and not clues.fits_half:
        return Weight.AGAINST, f"{clues.reads}, which is not half"
    return Weight.OPEN, f"{clues.reads}; the sex chromosomes were not judged"


def _other_cells(clues: _Clues) -> Judged:
    """Cells of another person and a mixture of samples look alike: several variants in one share."""
    if clues.others and clues.alike:
        shared = f"{clues.others} other variant{'s' * (clues.others > 1)} of the locus"
        if not clues.fits_half:
            return Weight.FOR, f"{shared} show{'s' * (clues.others == 1)} two alleles in a like share; {clues.reads}"
        return Weight.OPEN, f"{shared} show{'s' * (clues.others == 1)} two alleles as well, in about half of the reads"
    if clues.others:
        return Weight.OPEN, "other variants of the locus show two alleles as well, in other shares or without reads"
    return Weight.OPEN, "it is the only such variant of the locus; look at the other chromosomes"


def _mosaic(clues: _Clues) -> Judged:
    low, high = clues.bounds
    if clues.others:
        return Weight.AGAINST, "other variants of the locus show two alleles as well"
    if not clues.is_telling or low <= ERROR_SHARE or high >= 1 - ERROR_SHARE:
        return Weight.OPEN, clues.reads
    odd = clues.filters or clues.one_sided or clues.surroundings
    if clues.fits_half or odd:
        return Weight.OPEN, f"{clues.reads}; confirm in another tissue"
    return Weight.FOR, f"{clues.reads}, neither half nor none nor all; confirm in another tissue"


def sorted_sentences(found: Sequence[Explanation]) -> Iterator[str]:
    """Each explanation in one sentence."""
    for one in found:
        yield f"{one.kind.label}: {one.weight.label} ({one.because})."
