"""What a sample's depth lets one say: which bases could be called, and which reported alleles it excludes.

An allele is excluded only where the chance of missing it is told and small. Silence is no evidence: a base that no
source speaks of excludes nothing.
"""

import enum
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import exp, lgamma, log, log1p

from foxp3_annot.catalogue import Catalogue, CuratedStructure, CuratedVariant
from foxp3_annot.copy_number import LocusDepth, structure_copies
from foxp3_annot.coverage import Coverage, CoverageSource, Run
from foxp3_annot.gene import GeneModel
from foxp3_annot.genotype import Sex
from foxp3_annot.pack.vocabulary import Side
from foxp3_annot.transcript import Exon, Transcript
from foxp3_annot.variant import Variant

CODING_FLANK = 8
"""Bases beside coding exons that must be callable: the splice region of the Sequence Ontology (SO:0001630)."""

EXON_FLANK = 20
"""Bases beside exons that are told with them: what sequencing of exons usually reports."""

SPLICE_SITE_LENGTH = 2
"""Bases of the canonical donor and acceptor (SO:0001575, SO:0001574)."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From when on a base is callable and an allele excluded.

    `least_reads` reads must carry an allele for it to be called. The least depths follow from `greatest_miss`, the
    greatest accepted probability of missing it, at a base quality of 15 (each read shows the allele it comes from
    with probability 0.968): a heterozygous allele is missed with 0.0010 at 18 reads and 0.0003 at 20, a hemizygous
    one with 0.0003 at 5; 10 is asked of these since reads that share a fragment or an amplicon are not independent.
    `mosaic_fraction` is the share of reads for which the chance to miss a mosaic is told; no verdict depends on it.
    `noise` is the chance that a read shows one given wrong allele (Phred 30); more reads with it than that explains
    are never passed over. `base_quality` (Phred) and `read_length` (bases) stand in where the source tells neither.
    """

    hemizygous_depth: int = 10
    heterozygous_depth: int = 20
    least_reads: int = 3
    greatest_miss: float = 0.001
    mosaic_fraction: float = 0.1
    noise: float = 0.001
    base_quality: int = 20
    read_length: int = 100

    def least_depth(self, sex: Sex) -> int:
        """Reads that a base needs: for one copy in a male, for two in a female, for the harder where not known."""
        if sex is Sex.MALE:
            return self.hemizygous_depth
        if sex is Sex.FEMALE:
            return self.heterozygous_depth
        return max(self.hemizygous_depth, self.heterozygous_depth)


THRESHOLDS = Thresholds()
"""Those that count where nothing else is stated."""


# --- chances ------------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def chance_below(least: int, trials: int, share: float) -> float:
    """Probability that fewer than `least` of `trials` independent reads show what each shows with chance `share`.

    >>> round(chance_below(1, 3, 0.5), 9), chance_below(3, 2, 0.9)
    (0.125, 1.0)
    """
    if least > trials:
        return 1.0
    if share <= 0 or share >= 1:
        return float(least > (trials if share >= 1 else 0))
    return min(sum(_chance_of(k, trials, share) for k in range(least)), 1.0)


def _chance_of(count: int, trials: int, share: float) -> float:
    ways = lgamma(trials + 1) - lgamma(count + 1) - lgamma(trials - count + 1)
    return exp(ways + count * log(share) + (trials - count) * log1p(-share))


@dataclass(frozen=True, slots=True)
class Misses:
    """The probability of missing an allele, by the state in which it would be carried; to three digits."""

    hemizygous: float
    heterozygous: float
    mosaic: float

    @classmethod
    def of(cls, reads: int, error: float, thresholds: Thresholds) -> "Misses":
        """For so many reads that can tell the allele, each wrong with chance `error`."""

        def miss(fraction: float) -> float:
            return float(f"{chance_below(thresholds.least_reads, reads, fraction * (1 - error)):.3g}")

        return cls(miss(1.0), miss(0.5), miss(thresholds.mosaic_fraction))

    def asked(self, sex: Sex) -> float:
        """That of the state in which this sex carries it: one copy, one of two, or the worse where not known."""
        if sex is Sex.MALE:
            return self.hemizygous
        return self.heterozygous if sex is Sex.FEMALE else max(self.hemizygous, self.heterozygous)


# --- bases and regions --------------------------------------------------------------------------------


class Verdict(enum.Enum):
    """What can be said of a base, and the gravest of its bases of a region; the best first."""

    CALLABLE = ("callable", "seen deeply enough")
    LOW_DEPTH = ("low_depth", "seen by too few reads, or the caller doubts it")
    UNCOVERED = ("uncovered", "looked at, and no read counts")
    NOT_ASSESSED = ("not_assessed", "the source says nothing of it")

    def __init__(self, code: str, label: str) -> None:
        self.code = code
        self.label = label

    @classmethod
    def of(cls, run: Run, least_depth: int) -> "Verdict":
        """The verdict on the bases of a run."""
        if run.depth == 0:
            return cls.UNCOVERED
        deep = run.depth is None or run.depth >= least_depth
        return cls.CALLABLE if deep and not run.doubted else cls.LOW_DEPTH


class RegionKind(enum.Enum):
    """What a region of the report is."""

    CODING = "coding"
    EXON = "exon"
    SPLICE_SITE = "splice_site"
    LANDMARK = "landmark"


@dataclass(frozen=True, slots=True)
class Region:
    """A stretch that is told in a report (1-based, both ends included, plus strand).

    `is_needed` where a sample cannot be called clear without it: mutations of IPEX are known in such places.
    """

    name: str
    kind: RegionKind
    start: int
    end: int
    is_needed: bool

    def __len__(self) -> int:
        return self.end - self.start + 1

    def meets(self, variant: Variant) -> bool:
        """Whether the variant changes a base of it or goes in beside one."""
        return variant.start <= self.end and max(variant.end, variant.start) >= self.start


def regions_of(model: GeneModel) -> tuple[Region, ...]:
    """The regions in the order of the gene: coding parts, whole exons, splice sites, landmarks."""
    transcript = model.transcript
    return (
        *(_coding(transcript, exon) for exon in transcript.exons if _is_coding(transcript, exon)),
        *(_exon(transcript, exon) for exon in transcript.exons),
        *_splice_sites(transcript),
        *(Region(m.name, RegionKind.LANDMARK, *m.interval.bounds, m.kind.is_vital) for m in model.landmarks),
    )


def _is_coding(transcript: Transcript, exon: Exon) -> bool:
    return exon.start < transcript.coding_end and exon.end > transcript.coding_start


def _coding(transcript: Transcript, exon: Exon) -> Region:
    start, end = max(exon.start, transcript.coding_start), min(exon.end, transcript.coding_end)
    name = f"coding part of exon {exon.gene_number} and {CODING_FLANK} bases on each side"
    return Region(name, RegionKind.CODING, *transcript.stretch(start - CODING_FLANK, end + CODING_FLANK), True)


def _exon(transcript: Transcript, exon: Exon) -> Region:
    bounds = transcript.stretch(exon.start - EXON_FLANK, exon.end + EXON_FLANK)
    coding = _is_coding(transcript, exon)
    word = "exon" if coding else "non-coding exon"
    name = f"{word} {exon.gene_number} and {EXON_FLANK} bases on each side"
    return Region(name, RegionKind.EXON, *bounds, not coding)


def _splice_sites(transcript: Transcript) -> Iterator[Region]:
    for exon, (start, end) in zip(transcript.exons, transcript.introns, strict=False):
        ends = {"donor": (start, start + SPLICE_SITE_LENGTH), "acceptor": (end - SPLICE_SITE_LENGTH, end)}
        for word, bounds in ends.items():
            name = f"{word} site of intron {exon.gene_number}"
            yield Region(name, RegionKind.SPLICE_SITE, *transcript.stretch(*bounds), True)


@dataclass(frozen=True, slots=True)
class RegionCallability:
    """How many bases of a region have which verdict, and the depths told: the least and the lower median, in reads.

    Depths are None where none is told.
    """

    region: Region
    bases: dict[Verdict, int]
    least_depth: int | None
    median_depth: int | None

    @property
    def verdict(self) -> Verdict:
        """The gravest verdict on any of its bases."""
        return next(verdict for verdict in reversed(Verdict) if self.bases[verdict])

    @property
    def callable_bases(self) -> int:
        return self.bases[Verdict.CALLABLE]


def region_callability(region: Region, coverage: Coverage, least_depth: int) -> RegionCallability:
    """The verdicts on the bases of a region; a base without a run was not assessed."""
    bases = dict.fromkeys(Verdict, 0)
    depths: dict[int, int] = {}
    for run in coverage.over(region.start, region.end):
        length = run.end - run.start + 1
        bases[Verdict.of(run, least_depth)] += length
        if run.depth is not None:
            depths[run.depth] = depths.get(run.depth, 0) + length
    bases[Verdict.NOT_ASSESSED] = len(region) - sum(bases.values())
    return RegionCallability(region, bases, min(depths, default=None), _lower_median(depths))


def _lower_median(depths: dict[int, int]) -> int | None:
    passed, half = 0, (sum(depths.values()) + 1) // 2
    for depth in sorted(depths):
        passed += depths[depth]
        if passed >= half:
            return depth
    return None


# --- alleles ------------------------------------------------------------------------------------------


class AlleleVerdict(enum.Enum):
    """What a sample says of one curated allele."""

    FOUND = ("found", "found in this sample")
    SEEN = ("seen", "seen in reads, too few to be called")
    EXCLUDED = ("excluded", "excluded")
    NOT_EXCLUDED = ("not_excluded", "not excluded")
    NOT_ASSESSABLE = ("not_assessable", "not assessable")

    def __init__(self, code: str, label: str) -> None:
        self.code = code
        self.label = label


@dataclass(frozen=True, slots=True)
class AlleleCallability:
    """The verdict on one curated allele and the numbers behind it.

    `depth` is the least depth over the allele and a base on each side, None where it is not told; `seen_reads` of
    `seen_depth` reads show the allele, None where the source does not tell. `misses` is None where no depth stands
    behind the verdict. `region` names the part of the gene, and `reason` says in words why it is not excluded; it is
    empty for one that is, and for one that was found.
    """

    curated: CuratedVariant
    variant: Variant
    region: str
    verdict: AlleleVerdict
    depth: int | None
    seen_reads: int | None
    seen_depth: int | None
    misses: Misses | None
    reason: str = ""

    @property
    def is_reported_in_ipex(self) -> bool:
        return self.curated.classification.side is Side.DISEASE

    @property
    def people(self) -> int:
        """Published individuals described one by one who have it, carriers left out."""
        return sum(case.is_individual and not case.is_carrier for case in self.curated.cases)


STRUCTURE_EXCLUDED = -3.0
"""A reported lesion is excluded from this log10 likelihood ratio on: the depth of its stretch is a thousand times as
likely with the usual number of copies as with any other."""


@dataclass(frozen=True, slots=True)
class StructureCallability:
    """A curated structural lesion, and what the depth of its stretch says; `reason` is a sentence."""

    structure: CuratedStructure
    verdict: AlleleVerdict
    reason: str

    @property
    def is_settled(self) -> bool:
        """Whether it was found or excluded."""
        return self.verdict in (AlleleVerdict.FOUND, AlleleVerdict.EXCLUDED)


def structure_callability(
    structure: CuratedStructure,
    coverage: Coverage,
    found: Collection[str],
    overlapped: bool,
    sex: Sex,
    model: GeneModel,
) -> StructureCallability:
    """The verdict on a reported lesion; `found` are the ids of those found, `overlapped` tells whether another lesion
    was found at its place."""
    if structure.id in found:
        return StructureCallability(structure, AlleleVerdict.FOUND, "")
    start, end = structure.outer[model.assembly]
    if not model.window.overlaps(start, end):
        return StructureCallability(structure, AlleleVerdict.NOT_ASSESSABLE, "It lies beyond the stretch looked at.")
    copies = structure_copies(LocusDepth(coverage, sex), model, structure)
    ratio = copies.log10_likelihood_ratio
    if ratio is None:
        return StructureCallability(structure, AlleleVerdict.NOT_ASSESSABLE, copies.sentence)
    clear = ratio <= STRUCTURE_EXCLUDED and not overlapped
    verdict = AlleleVerdict.EXCLUDED if clear else AlleleVerdict.NOT_EXCLUDED
    return StructureCallability(structure, verdict, copies.sentence)


def allele_callability(
    curated: CuratedVariant,
    coverage: Coverage,
    found: Collection[Variant],
    sex: Sex,
    model: GeneModel,
    thresholds: Thresholds,
) -> AlleleCallability:
    """The verdict on one curated allele. An allele that was found, or that reads show, is never excluded.

    It is judged by the least depth over its bases and one more on each side, as far as the window goes.
    """
    variant = curated.alleles[model.assembly]
    seen = coverage.seen_as.get(variant)
    tells_seen = coverage.source is CoverageSource.READS or bool(coverage.seen)
    start, end = max(variant.start - 1, model.window.start), min(variant.end + 1, model.window.end)
    runs = coverage.over(start, end)
    depths = [run.depth for run in runs]
    is_assessed = sum(run.end - run.start + 1 for run in runs) == end - start + 1
    depth = min((one for one in depths if one is not None), default=None)
    misses = None
    if is_assessed and depth is not None and not any(run.doubted for run in runs):
        reads = _telling_reads(variant, depth, coverage, thresholds)
        misses = Misses.of(reads, _error(coverage, thresholds), thresholds)
    reason = next(_reasons(variant, runs, misses, found, is_assessed, sex, thresholds), "")
    if variant in found:
        verdict, reason = AlleleVerdict.FOUND, ""
    elif seen and not _is_noise(seen.reads, seen.depth, thresholds):
        verdict, reason = AlleleVerdict.SEEN, "more reads show it than errors explain"
    elif not is_assessed:
        verdict = AlleleVerdict.NOT_ASSESSABLE
    else:
        verdict = AlleleVerdict.NOT_EXCLUDED if reason else AlleleVerdict.EXCLUDED
    return AlleleCallability(
        curated,
        variant,
        part_of(variant, model),
        verdict,
        depth if is_assessed else None,
        seen.reads if seen else (0 if tells_seen else None),
        seen.depth if seen else (depth if tells_seen else None),
        misses,
        reason,
    )


def _reasons(
    variant: Variant,
    runs: Iterable[Run],
    misses: Misses | None,
    found: Collection[Variant],
    is_assessed: bool,
    sex: Sex,
    thresholds: Thresholds,
) -> Iterator[str]:
    """Why depth does not exclude an allele, the most telling first; nothing where it does."""
    verdicts = {Verdict.of(run, thresholds.least_depth(sex)) for run in runs}
    if not is_assessed:
        yield "not all of its bases were looked at"
    if Verdict.UNCOVERED in verdicts:
        yield "no read counts at one of its bases"
    if any(run.doubted for run in runs):
        yield "the caller doubts one of its bases"
    if Verdict.LOW_DEPTH in verdicts:
        yield f"fewer than {thresholds.least_depth(sex)} reads at one of its bases"
    if misses and misses.asked(sex) > thresholds.greatest_miss:
        yield "too few reads span it to be sure"
    if any(_hides(other, variant) for other in found):
        yield "another variant called in this sample overlaps it, and may hold it or be a part of it"


def _hides(called: Variant, variant: Variant) -> bool:
    """Whether a called variant meets another, so that reads with the one cannot be said to lack the other.

    Two exchanges of one and the same base tell each other apart.
    """
    if all(len(bases) == 1 for one in (called, variant) for bases in (one.ref, one.alt)):
        return False
    return called.start <= variant.end + 1 and variant.start <= called.end + 1


GAP_OPENING = 6
"""Matching bases that outweigh the opening of a gap, each of its bases weighing one more; what bwa mem and, for short
reads, minimap2 take (their manual pages)."""


def _telling_reads(variant: Variant, depth: int, coverage: Coverage, thresholds: Thresholds) -> int:
    """Reads over an allele that show it, if they start anywhere with equal chance.

    All of them for the exchange of one base. An insertion or deletion is aligned as such only where the bases of the
    read on each side outweigh the gap; nearer to its end the read is clipped or drawn straight on. Of reads of length
    R, (R - S + 1) / R hold S bases around a place.
    """
    if len(variant.ref) == len(variant.alt) == 1:
        return depth
    length = coverage.read_length or thresholds.read_length
    gap = abs(variant.length_change)
    beside = GAP_OPENING + gap if gap else 1
    return depth * max(length - (len(variant.alt) + 2 * beside) + 1, 0) // length


def _error(coverage: Coverage, thresholds: Thresholds) -> float:
    """The greatest chance that a counted base is wrong (Phred)."""
    quality = coverage.filters.base_quality if coverage.filters else thresholds.base_quality
    return min(float(10 ** (-quality / 10)), 1.0)


def _is_noise(reads: int, depth: int, thresholds: Thresholds) -> bool:
    """Whether errors of sequencing explain so many reads with one wrong allele."""
    return 1 - chance_below(reads, max(depth, reads), thresholds.noise) >= thresholds.greatest_miss


# --- the sample ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Callability:
    """All that the depth of one sample lets one say. `regions` and `alleles` stand in the order of the gene's parts
    and of the curated table."""

    coverage: Coverage
    sex: Sex
    thresholds: Thresholds
    regions: tuple[RegionCallability, ...]
    alleles: tuple[AlleleCallability, ...]
    structures: tuple[StructureCallability, ...]

    @cached_property
    def reported(self) -> tuple[AlleleCallability, ...]:
        """The alleles reported as a cause of IPEX."""
        return tuple(one for one in self.alleles if one.is_reported_in_ipex)

    def count(self, verdict: AlleleVerdict) -> int:
        """Alleles reported in IPEX with this verdict."""
        return sum(one.verdict is verdict for one in self.reported)

    @property
    def remaining(self) -> tuple[AlleleCallability, ...]:
        """Alleles reported in IPEX that were neither found nor excluded, along the gene."""
        settled = (AlleleVerdict.FOUND, AlleleVerdict.EXCLUDED)
        left = (one for one in self.reported if one.verdict not in settled)
        return tuple(sorted(left, key=lambda one: (-one.variant.start, one.curated.id)))

    @cached_property
    def needed(self) -> tuple[int, int]:
        """Bases without which a sample cannot be called clear: how many are callable, and how many there are."""
        least, callable_, total = self.thresholds.least_depth(self.sex), 0, 0
        for start, end in _merged(one.region for one in self.regions if one.region.is_needed):
            total += end - start + 1
            callable_ += sum(
                run.end - run.start + 1
                for run in self.coverage.over(start, end)
                if Verdict.of(run, least) is Verdict.CALLABLE
            )
        return callable_, total

    @property
    def is_clear(self) -> bool:
        """Whether every needed base was callable and every allele reported in IPEX is excluded."""
        callable_, total = self.needed
        return callable_ == total and bool(self.reported) and self.count(AlleleVerdict.EXCLUDED) == len(self.reported)

    @property
    def sentence(self) -> str:
        """Counts with their denominators: what is excluded, and where what remains lies."""
        people = sum(one.people for one in self.reported)
        cleared = sum(one.people for one in self.reported if one.verdict is AlleleVerdict.EXCLUDED)
        said = [
            f"{self.count(verdict)} {verdict.label}"
            for verdict in AlleleVerdict
            if verdict is not AlleleVerdict.EXCLUDED and self.count(verdict)
        ]
        words = (
            f"Of {len(self.reported)} alleles reported in IPEX, {self.count(AlleleVerdict.EXCLUDED)} are excluded in "
            f"this sample, which {cleared} of the {people} published individuals have who are described one by one"
        )
        parts = dict.fromkeys(one.region for one in self.remaining)
        left = ", ".join(f"{sum(o.region == part for o in self.remaining)} in {part}" for part in parts)
        return "; ".join([words, *said]) + (f". What remains: {left}." if left else ". None of them remains open.")


def _merged(regions: Iterable[Region]) -> Iterator[tuple[int, int]]:
    """Stretches that hold each base of the regions once."""
    last: tuple[int, int] | None = None
    for start, end in sorted((region.start, region.end) for region in regions):
        if last and start <= last[1] + 1:
            last = (last[0], max(last[1], end))
            continue
        if last:
            yield last
        last = (start, end)
    if last:
        yield last


def callability(
    coverage: Coverage,
    found: Collection[Variant],
    sex: Sex,
    model: GeneModel,
    catalogue: Catalogue,
    thresholds: Thresholds,
    structures: Collection[str] = (),
    stretches: Collection[tuple[int, int]] = (),
) -> Callability:
    """What a sample's coverage says of the regions of the gene and of every curated allele.

    `found` are the alleles called in the sample, those read as one change included; `structures` the ids of the
    reported lesions that were found, and `stretches` those (both ends included) of every lesion found.
    """
    regions = regions_of(model)
    least = thresholds.least_depth(sex)
    called = frozenset(found)
    return Callability(
        coverage,
        sex,
        thresholds,
        tuple(region_callability(region, coverage, least) for region in regions),
        tuple(allele_callability(one, coverage, called, sex, model, thresholds) for one in catalogue.variants),
        tuple(
            structure_callability(one, coverage, structures, _meets(one, stretches, model), sex, model)
            for one in catalogue.structures
        ),
    )


def _meets(structure: CuratedStructure, stretches: Collection[tuple[int, int]], model: GeneModel) -> bool:
    first, last = structure.outer[model.assembly]
    return any(start <= last and first <= end for start, end in stretches)


def part_of(variant: Variant, model: GeneModel) -> str:
    """The part of the gene in which an allele is told: a vital landmark, an exon with its flanks, else an intron."""
    transcript = model.transcript
    for mark in model.landmarks_of(variant.start, max(variant.end, variant.start)):
        if mark.kind.is_vital:
            return mark.name
    for exon in transcript.exons:
        if _exon(transcript, exon).meets(variant):
            return f"exon {exon.gene_number}"
    feature = transcript.feature(transcript.offset(variant.start))
    return str(feature) if feature else "the bases beside the transcript"
