"""How many copies of each exon, and of any other stretch, the depth speaks for.

Each stretch is judged by its mean depth against what is usual: in a genome against the rest of the sample's own
locus, in captured data against the same stretch in other samples of the run. The mean depth of a stretch is turned
into a number of independent reads, which is compared with a negative binomial distribution for every number of
copies; how widely it spreads is measured in the data. Neither GC content nor how well reads can be placed is
modelled, so that a stretch that sequences badly in every sample looks like a loss where there is nothing to compare.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate
from statistics import median

from foxp3_annot.catalogue import CuratedStructure
from foxp3_annot.coverage import Coverage, CoverageSource
from foxp3_annot.exon_copies import CopyNumbers, CopyState, ExonCopyNumber, Stretch, usual_copies
from foxp3_annot.gene import GeneModel, LandmarkKind
from foxp3_annot.genotype import Sex

CALLED = 4.0
"""A number of copies other than the usual one is stated from this log10 likelihood ratio on."""

EXCLUDED = -1.0
"""The usual number of copies is stated up to this log10 likelihood ratio of the best other one."""

SCANNED = 6.0
"""A stretch that nothing but the depth points to needs this log10 likelihood ratio."""

LEAST_DEPTH = 8.0
"""Below this mean depth of the locus nothing is said."""

TILE = 50
"""Bases by which the search for unknown lesions moves."""

SHORTEST_SCANNED = 200
LARGEST_SHARE = 0.75
"""Lengths of stretches that the search considers: in bases, and as a share of the locus; of a longer one too little
is left to compare with."""

LEAST_SPREAD = 0.05
"""How much depth is taken to vary beyond chance (standard deviation as a share of it), however even it looks."""

STRAY = 0.01
"""Share of the usual depth that misplaced reads may leave where no copy is."""

FEWEST_COMPANIONS = 3

REACH = 75
"""Bases on either side of an exon that count with it in captured data."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch whose depth speaks for another number of copies than usual."""

    start: int
    end: int
    copies: int
    log10_likelihood_ratio: float


@dataclass(frozen=True)
class LocusDepth:
    """The depth of one sample over the locus. `reads_elsewhere` counts its mapped reads on other chromosomes, by
    which samples of one run can be compared; None where not known. `file` is the name of the file it comes from."""

    coverage: Coverage
    sex: Sex
    reads_elsewhere: int | None = None
    file: str = ""

    @cached_property
    def start(self) -> int:
        return self.coverage.runs[0].start

    @cached_property
    def end(self) -> int:
        return self.coverage.runs[-1].end

    @property
    def read_length(self) -> int:
        return self.coverage.read_length or 150

    @cached_property
    def _sums(self) -> list[int]:
        """Sums of the depth of all bases before each; a base that was not looked at counts nothing."""
        return [0, *accumulate(depth or 0 for depth in self.coverage.depths(self.start, self.end))]

    def total(self, start: int, end: int) -> int:
        """The depths of a stretch together, as far as it was looked at."""
        first, last = max(start, self.start), min(end, self.end)
        return self._sums[last - self.start + 1] - self._sums[first - self.start] if last >= first else 0

    def mean(self, start: int, end: int) -> float:
        first, last = max(start, self.start), min(end, self.end)
        return self.total(start, end) / (last - first + 1) if last >= first else 0.0

    def reads(self, depth: float, length: int) -> float:
        """The number of independent reads with the same relative spread as the mean depth of a stretch has.

        Depths of neighbouring bases come from the same reads, and both reads of a pair may lie in a long stretch.
        """
        return depth / _share_of_variance(length, self.read_length)


def _share_of_variance(length: int, read: int) -> float:
    """Variance of the mean depth over a stretch as a share of the depth, for reads that fall at random."""
    single = 1 - length / (3 * read) if length <= read else read / length - read**2 / (3 * length**2)
    return single * (1 + max(0.0, 1 - 2 * read / length))


def stretches_of(model: GeneModel, structures: Iterable[CuratedStructure] = ()) -> tuple[Stretch, ...]:
    """Exons in the order of the transcript, then the promoter, then reported structural lesions."""
    transcript = model.transcript
    found = []
    for exon in transcript.exons:
        first, last = sorted((transcript.position(exon.start), transcript.position(exon.end - 1)))
        found.append(Stretch(f"exon {exon.gene_number}", first, last, exon.gene_number))
    found += [
        Stretch(mark.name, *mark.interval.bounds) for mark in model.landmarks if mark.kind is LandmarkKind.PROMOTER
    ]
    for structure in structures:
        start, end = structure.outer[model.assembly]
        if model.window.overlaps(start, end):
            found.append(Stretch(structure.id, max(start, model.window.start), min(end, model.window.end)))
    return tuple(found)


def is_captured(sample: LocusDepth, model: GeneModel, companions: Sequence[LocusDepth] = ()) -> bool:
    """Whether the reads were caught at exons: what lies far from them is then shallow beside them.

    Exons without any read are left out, so that a lost one does not hide it; where most are, companions tell.
    """
    exons = [stretch for stretch in stretches_of(model) if stretch.exon]
    deep = [mean for one in exons if (mean := sample.mean(one.start, one.end)) > 0]
    away = [
        sample.mean(place, place + 99)
        for place in range(sample.start, sample.end - 99, 100)
        if all(place + 99 < one.start - 500 or place > one.end + 500 for one in exons)
    ]
    if len(deep) < len(exons) / 4 and companions:
        return all(is_captured(one, model) for one in companions)
    return bool(deep and away) and median(away) < 0.25 * median(deep)


def wants_companions(sample: LocusDepth, model: GeneModel) -> bool:
    """Whether other samples of the run could tell more of this one: captured reads, and hardly any at all."""
    if _obstacle(sample):
        return False
    exons = [stretch for stretch in stretches_of(model) if stretch.exon]
    deep = [one for one in exons if sample.mean(one.start, one.end) > 0]
    return len(deep) < len(exons) / 4 or is_captured(sample, model)


def copy_numbers(
    sample: LocusDepth,
    model: GeneModel,
    structures: Iterable[CuratedStructure] = (),
    companions: Sequence[LocusDepth] = (),
) -> tuple[ExonCopyNumber, ...]:
    """What the depth says of every exon and of the stretches of `stretches_of`.

    `companions` are other samples of the same run and kit; a genome is judged without them.
    """
    stretches = stretches_of(model, structures)
    reason = _obstacle(sample)
    if reason:
        return tuple(_not_assessable(one, sample, reason) for one in stretches)
    if is_captured(sample, model, companions):
        return tuple(_captured(sample, model, stretches, fit_companions(sample, model, companions)))
    found = segments(sample)
    return tuple(_in_genome(sample, one, found) for one in stretches)


def copy_numbers_of(sample: LocusDepth, model: GeneModel, companions: Sequence[LocusDepth] = ()) -> CopyNumbers:
    """What the depth says of every exon and of the promoter, and what it was compared with."""
    used = fit_companions(sample, model, companions)
    return CopyNumbers(
        sample.sex,
        copy_numbers(sample, model, (), companions),
        tuple(sorted(one.file for one in used)),
    )


def structure_copies(sample: LocusDepth, model: GeneModel, structure: CuratedStructure) -> ExonCopyNumber:
    """What the depth of a genome says of the stretch of a reported lesion, beside the rest of the locus."""
    (stretch,) = (one for one in stretches_of(model, [structure]) if one.name == structure.id)
    reason = _obstacle(sample)
    if not reason and is_captured(sample, model):
        reason = "The reads were caught at exons, and say nothing of its stretch."
    return _not_assessable(stretch, sample, reason) if reason else _in_genome(sample, stretch, segments(sample))


def fit_companions(sample: LocusDepth, model: GeneModel, companions: Sequence[LocusDepth]) -> tuple[LocusDepth, ...]:
    """Those that the sample can be compared with; none for a genome, and none where they are fewer than three."""
    if _obstacle(sample) or not is_captured(sample, model, companions):
        return ()
    fit = tuple(one for one in companions if not _obstacle(one) and is_captured(one, model))
    return fit if len(fit) >= FEWEST_COMPANIONS else ()


def _obstacle(sample: LocusDepth) -> str:
    """Why nothing can be said of the whole locus; empty where something can."""
    if sample.coverage.source is not CoverageSource.READS:
        return "Copies can be counted in reads alone, and this file gives none."
    if not sample.coverage.runs:
        return "The locus was not looked at."
    if usual_copies(sample.sex) is None:
        return "The usual number of copies depends on the sex, which was not stated."
    return ""


def _not_assessable(stretch: Stretch, sample: LocusDepth, reason: str) -> ExonCopyNumber:
    runs = sample.coverage.source is CoverageSource.READS and sample.coverage.runs
    observed = round(sample.mean(stretch.start, stretch.end), 1) if runs else 0.0
    return ExonCopyNumber(stretch, CopyState.NOT_ASSESSABLE, None, None, observed, None, reason)


# --- the distribution ---


def log_probability(count: float, mean: float, spread: float) -> float:
    """Logarithm of the negative binomial probability of a count (which may be broken), with the variance
    mean + spread x mean^2.

    >>> round(log_probability(10, 10, 1e-9), 2)  # Poisson
    -2.08
    """
    if spread < 1e-6:
        return count * math.log(mean) - mean - math.lgamma(count + 1)
    size = 1 / spread
    return (
        math.lgamma(count + size)
        - math.lgamma(size)
        - math.lgamma(count + 1)
        + size * math.log(size / (size + mean))
        + count * math.log(mean / (size + mean))
    )


def ratio_of(count: float, usual: float, copies: int, copies_usual: int, spread: float) -> float:
    """log10 likelihood ratio of a number of copies to the usual one, for a count where `usual` is expected."""
    mean = max(usual * copies / copies_usual, STRAY * usual + 0.05)
    return (log_probability(count, mean, spread) - log_probability(count, usual, spread)) / math.log(10)


def _other_copies(sex: Sex) -> tuple[int, ...]:
    return (0, 2) if sex is Sex.MALE else (0, 1, 3)


def _best(count: float, usual: float, sex: Sex, spread: float) -> tuple[int, float]:
    """The best number of copies other than the usual one, and its log10 likelihood ratio."""
    copies_usual = usual_copies(sex) or 2
    scored = [(ratio_of(count, usual, copies, copies_usual, spread), copies) for copies in _other_copies(sex)]
    ratio, copies = max(scored)
    return copies, ratio


# --- genomes: against the rest of the locus ---


def _tiles(sample: LocusDepth, length: int, without: Sequence[Segment]) -> list[float]:
    """Mean depths of stretches of a length that lie side by side, off the segments."""
    return [
        sample.mean(place, place + length - 1)
        for place in range(sample.start, sample.end - length + 2, length)
        if not any(one.start - 50 <= place + length - 1 and place <= one.end + 50 for one in without)
    ]


def spread_of(sample: LocusDepth, length: int, without: Sequence[Segment] = ()) -> float:
    """How much the mean depth of stretches of about this length varies beyond chance (variance as a share of the
    squared depth), from the median difference of neighbours a little apart and from the median distance from the
    middle. Stretches beyond 600 bases are taken as that long, of which there are enough."""
    length = max(50, min(length, 600))
    means = [mean for mean in _tiles(sample, length, without) if mean > 0]
    if len(means) < 8:
        return LEAST_SPREAD**2 * 4
    apart = [abs(a - b) / ((a + b) / 2) for a, b in zip(means, means[2:], strict=False)]
    variance = (1.4826 * median(apart)) ** 2 / 2
    middle = median(means)
    if without or _is_level(means):
        variance = max(variance, (1.4826 * median(abs(mean - middle) / middle for mean in means)) ** 2)
    return max(variance - 1 / sample.reads(middle, length), LEAST_SPREAD**2)


def _is_level(means: Sequence[float]) -> bool:
    """Whether no large part of the locus stands at another depth."""
    ordered = sorted(means)
    return ordered[len(ordered) // 4] > 0.7 * ordered[3 * len(ordered) // 4]


def segments(sample: LocusDepth) -> tuple[Segment, ...]:
    """Stretches of any place and length whose depth speaks for another number of copies, the clearest first, as
    far as one sample shows by itself. At most three are looked for."""
    found: list[Segment] = []
    if usual_copies(sample.sex) is None or not sample.coverage.runs:
        return ()
    for _ in range(3):
        best = _clearest(sample, found)
        if best is None or best.log10_likelihood_ratio < SCANNED:
            break
        found.append(best)
    return tuple(found)


def _clearest(sample: LocusDepth, without: Sequence[Segment]) -> Segment | None:
    """The stretch with the highest likelihood ratio off those already found, its ends moved to the best base."""
    places = list(range(sample.start, sample.end + 2, TILE))
    length = sample.end - sample.start + 1
    found_total = sum(sample.total(one.start, one.end) for one in without)
    found_length = sum(one.end - one.start + 1 for one in without)
    everything = sample.total(sample.start, sample.end) - found_total
    spreads: dict[int, float] = {}
    best: Segment | None = None
    if everything / max(length - found_length, 1) < LEAST_DEPTH / 4:
        return None

    def scored(start: int, end: int) -> Segment | None:
        size = end - start + 1
        rest = length - found_length - size
        if size < SHORTEST_SCANNED or size > LARGEST_SHARE * length or rest < 2000:
            return None
        inside = sample.total(start, end)
        usual, mean = (everything - inside) / rest, inside / size
        if usual < LEAST_DEPTH or abs(mean / usual - 1) < 0.3:
            return None
        key = min(size // 200, 3)
        if key not in spreads:
            spreads[key] = spread_of(sample, key * 200 or 100, without)
        spread = spreads[key] + 1 / sample.reads(usual, rest)
        copies, ratio = _best(sample.reads(mean, size), sample.reads(usual, size), sample.sex, spread)
        return Segment(start, end, copies, ratio)

    def free(start: int, end: int) -> bool:
        return not any(start <= one.end and end >= one.start for one in without)

    for i, start in enumerate(places):
        for after in places[i + SHORTEST_SCANNED // TILE :]:
            if not free(start, after - 1):
                break
            one = scored(start, after - 1)
            if one and (best is None or one.log10_likelihood_ratio > best.log10_likelihood_ratio):
                best = one
    return best


def ratio_in_genome(
    sample: LocusDepth, start: int, end: int, without: Sequence[Segment] = ()
) -> tuple[float, float, float, float]:
    """Count of reads in a stretch, the count expected, their spread, and the usual mean depth: that of the locus
    off the stretch and off segments found elsewhere."""
    aside = [*without, Segment(start, end, 0, 0.0)]
    covered = _union(aside, sample.start, sample.end)
    rest = sample.end - sample.start + 1 - sum(last - first + 1 for first, last in covered)
    total = sample.total(sample.start, sample.end) - sum(sample.total(*one) for one in covered)
    usual = total / rest if rest else 0.0
    size = end - start + 1
    spread = spread_of(sample, size, aside) + (1 / sample.reads(usual, rest) if usual else 1.0)
    return sample.reads(sample.mean(start, end), size), sample.reads(usual, size), spread, usual


def _union(parts: Iterable[Segment], start: int, end: int) -> list[tuple[int, int]]:
    """Stretches without overlap, in order, cut to start and end."""
    found: list[tuple[int, int]] = []
    for first, last in sorted((max(one.start, start), min(one.end, end)) for one in parts):
        if last < first:
            continue
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found


def _in_genome(sample: LocusDepth, stretch: Stretch, found: Sequence[Segment]) -> ExonCopyNumber:
    count, usual_count, spread, usual = ratio_in_genome(sample, stretch.start, stretch.end, found)
    if usual < LEAST_DEPTH:
        return _not_assessable(stretch, sample, f"The locus is seen to a depth of {usual:.1f}, which is too shallow.")
    return _judged(sample, stretch, count, usual_count, spread, usual, "the rest of the locus")


def _judged(
    sample: LocusDepth, stretch: Stretch, count: float, usual_count: float, spread: float, usual: float, base: str
) -> ExonCopyNumber:
    copies, ratio = _best(count, usual_count, sample.sex, spread)
    observed = sample.mean(stretch.start, stretch.end)
    figures = f"mean depth {observed:.1f}, {usual:.1f} expected from {base}"
    if ratio >= CALLED:
        state = CopyState.of_copies(copies)
        sentence = f"The depth of {stretch.name} speaks for {state.label} ({figures})."
    elif ratio <= EXCLUDED:
        state = CopyState.of_copies(usual_copies(sample.sex) or 2)
        sentence = f"The depth of {stretch.name} is that of {state.label}, as usual ({figures})."
    else:
        state = CopyState.UNCLEAR
        sentence = f"The depth of {stretch.name} does not tell the number of copies ({figures})."
    return ExonCopyNumber(stretch, state, copies, round(ratio, 2), round(observed, 1), round(usual, 1), sentence)


# --- captured data: against other samples ---


def _captured(
    sample: LocusDepth, model: GeneModel, stretches: Sequence[Stretch], fit: Sequence[LocusDepth]
) -> Iterator[ExonCopyNumber]:
    if not fit:
        yield from (_alone(sample, model, one, stretches) for one in stretches)
        return
    # Fragments caught by an exon reach beyond it, and what they show there counts as well.
    named = {_widened(one, sample): one for one in stretches}
    stretches = tuple(named)
    exons = [one for one in stretches if one.exon]
    scales = [_scale(one, sample, exons) for one in fit]
    pooled = {one: _usual(one, fit, scales, sample) for one in stretches}
    usual = {one: depth for one, (depth, _) in pooled.items()}
    own = _own_scale(sample, exons, usual, fit)
    spread = _spread_among(fit, exons, usual)
    for stretch in stretches:
        expected = usual[stretch] * own
        if expected < LEAST_DEPTH:
            reason = (
                f"The other samples of the run lead to expect a depth of {expected:.1f} there, which is too shallow."
            )
            yield _not_assessable(named[stretch], sample, reason)
            continue
        size = len(stretch)
        count, usual_count = (
            sample.reads(depth, size) for depth in (sample.mean(stretch.start, stretch.end), expected)
        )
        known = spread * (1 + 1 / len(fit)) + 1 / sample.reads(pooled[stretch][1], size)
        base = f"{len(fit)} other samples of the run"
        yield replace(_judged(sample, stretch, count, usual_count, known, expected, base), exon=named[stretch])


def _widened(stretch: Stretch, sample: LocusDepth) -> Stretch:
    return replace(stretch, start=max(stretch.start - REACH, sample.start), end=min(stretch.end + REACH, sample.end))


def _scale(companion: LocusDepth, sample: LocusDepth, exons: Sequence[Stretch]) -> float:
    """What a depth of the companion is to be divided by: its reads elsewhere and its copies, else its own depth."""
    if companion.reads_elsewhere and sample.reads_elsewhere:
        return companion.reads_elsewhere * (usual_copies(companion.sex) or 2)
    return median(companion.mean(one.start, one.end) for one in exons) or 1.0


def _usual(
    stretch: Stretch, companions: Sequence[LocusDepth], scales: Sequence[float], sample: LocusDepth
) -> tuple[float, float]:
    """The depth of a stretch in the usual companion, scaled (by reads elsewhere: for the sample's reads and copies),
    and the depths of the companions together. Companions far from the middle one may carry a lesion themselves and
    are left out."""
    depths = [one.mean(stretch.start, stretch.end) for one in companions]
    middle = median(depth / scale for depth, scale in zip(depths, scales, strict=True))
    near = [(d, s) for d, s in zip(depths, scales, strict=True) if 0.6 * middle <= d / s <= 1.4 * middle]
    together = sum(depth for depth, _ in near)
    share = together / sum(scale for _, scale in near) if near else 0.0
    if sample.reads_elsewhere and all(one.reads_elsewhere for one in companions):
        share *= sample.reads_elsewhere * (usual_copies(sample.sex) or 2)
    return share, together


def _own_scale(
    sample: LocusDepth, exons: Sequence[Stretch], usual: dict[Stretch, float], companions: Sequence[LocusDepth]
) -> float:
    """What usual depths are to be multiplied with for this sample: the median over exons, so that a lesion of fewer
    than half of them is seen; by reads elsewhere the depths are there already, and only a small correction is made
    that a lost or doubled gene cannot cause."""
    ratios = [sample.mean(one.start, one.end) / usual[one] for one in exons if usual[one] > 0]
    middle = median(ratios) if ratios else 0.0
    if sample.reads_elsewhere and all(one.reads_elsewhere for one in companions):
        return middle if 0.8 <= middle <= 1.2 else 1.0
    return middle


def _spread_among(companions: Sequence[LocusDepth], exons: Sequence[Stretch], usual: dict[Stretch, float]) -> float:
    """How much exons vary among the companions beyond chance, each compared with its own middle."""
    away, chance = [], []
    for companion in companions:
        means = [companion.mean(one.start, one.end) for one in exons]
        ratios = [mean / usual[one] for mean, one in zip(means, exons, strict=True) if usual[one] > 0]
        middle = median(ratios) if ratios else 0
        if middle > 0:
            away += [abs(ratio / middle - 1) for ratio in ratios]
            chance += [1 / companion.reads(m, len(one)) for m, one in zip(means, exons, strict=True) if m > 0]
    variance = (1.4826 * median(away)) ** 2 if away else 0.0
    return max(variance - (median(chance) if chance else 0), LEAST_SPREAD**2)


def _alone(sample: LocusDepth, model: GeneModel, stretch: Stretch, stretches: Sequence[Stretch]) -> ExonCopyNumber:
    """Captured data with nothing to compare: an exon of the coding sequence without reads among deep ones is the one
    thing that is clear."""
    transcript = model.transcript
    coding = {
        exon.gene_number
        for exon in transcript.exons
        if exon.start < transcript.coding_end and exon.end > transcript.coding_start
    }
    others = [sample.mean(one.start, one.end) for one in stretches if one.exon in coding and one != stretch]
    usual = median([depth for depth in others if depth > 0] or [0.0])  # others may be lost with it
    observed = sample.mean(stretch.start, stretch.end)
    if stretch.exon in coding and usual >= 2 * LEAST_DEPTH and observed <= STRAY * usual:
        low = usual / 3  # some exons are caught badly
        ratio = ratio_of(
            sample.reads(observed, len(stretch)), sample.reads(low, len(stretch)), 0, 1, LEAST_SPREAD**2 * 4
        )
        if ratio >= CALLED / 2:
            sentence = (
                f"No reads lie at {stretch.name}, where the other coding exons are seen {usual:.0f} times: no copy, "
                "unless the kit does not catch it; compare with another sample of the run."
            )
            return ExonCopyNumber(
                stretch, CopyState.ZERO, 0, round(ratio, 2), round(observed, 1), round(usual, 1), sentence
            )
    reason = "The reads were caught at exons: copies can be told only beside other samples of the same run."
    return _not_assessable(stretch, sample, reason)
