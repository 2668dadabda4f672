"""What the reads of one sample show: calls, alleles below a caller's notice, and depths.

bcftools calls without a genome: the reads are moved to a contig of their own that holds the embedded window between
stretches of N, as long as the longest read needs. N costs an alignment nothing, so that reads at the border of the
window count like others. The results are moved back to chromosome X.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pysam
import pysam.bcftools
import pysam.samtools

from foxp3_annot.alignment import (
    CHANCE,
    MIXED_INDEL_FRACTION,
    LowFraction,
    Platform,
    Support,
    copies_in,
    error_rate,
    favoured_copies,
    is_more_than_error,
    log_chance,
)
from foxp3_annot.assembly import Assembly, build_of
from foxp3_annot.coverage import Coverage, ReadFilters, SeenAllele
from foxp3_annot.genotype import Sex
from foxp3_annot.readers.alignments import ReadSettings, SampleReads
from foxp3_annot.reference import Reference
from foxp3_annot.variant import Variant, within_window

CONTIG = "chrX"
"""The name of chromosome X in what is written, however the file spells it."""

MAX_DEPTH = 20_000
"""Reads at one place that are looked at; beyond it more of them change nothing."""

LOW_QUALITY = 20.0
"""A called record below this quality (Phred) is marked as filtered."""

ANCHOR = 10
"""Bases on each side of an insertion or deletion within which a read must be aligned to tell that it lacks it."""

_COUNTED_OUT = pysam.FUNMAP | pysam.FSECONDARY | pysam.FQCFAIL | pysam.FDUP
_PADDING = 200
_MATCHES, _INSERTION, _DELETION, _SKIP, _SOFT = {0, 7, 8}, 1, 2, 3, 4


@dataclass(frozen=True, slots=True)
class CalledRecord:
    """A record on chromosome X, of one sample. Counts have the reference first; None is a number not known."""

    position: int
    ref: str
    alts: tuple[str, ...]
    quality: float
    genotype: str
    depth: int
    reads: tuple[int, ...]
    forward: tuple[int, ...]
    reverse: tuple[int, ...]
    genotype_quality: int | None
    below_the_caller: bool = False
    phase_set: int | None = None

    @property
    def key(self) -> tuple[int, str, tuple[str, ...]]:
        return self.position, self.ref, self.alts


@dataclass(frozen=True, slots=True)
class SampleCalls:
    """What the reads of one sample show. `copies` is the number called with, `favoured` the one that explains the
    reads better where the sex is not known, else None."""

    name: str
    platform: Platform
    copies: int
    favoured: int | None
    records: tuple[CalledRecord, ...]
    coverage: Coverage


def call_sample(
    sample: SampleReads, contig: str, reference: Reference, sex: Sex, settings: ReadSettings, folder: Path
) -> SampleCalls:
    """Call one sample; `folder` must exist and be empty."""
    filters = sample.platform.filters(settings.filters)
    local = _Local.of(sample.path, contig, reference, folder)
    depths = local.depths(filters)
    tally = _Tally.of(local, filters)
    pileup = local.pileup(filters, sample.platform)
    copies = copies_in(sex)
    called = [one for one in local.call(pileup, copies) if _is_told(one, settings.low)]
    if copies == 1:
        called = [_with_mixture(one, tally, reference, sample.platform, settings.low) for one in called]
    called += _beside_gaps(called, tally, depths, reference, settings.low)
    carried = _alleles_called(called, reference)
    below = _below_the_caller(
        carried, tally, local.allele_reads(pileup), depths, reference, sample.platform, settings.low
    )
    records = tuple(sorted([*called, *below], key=lambda one: one.key))
    if copies == 2:
        records = _phased(records, tally, reference)
    start = reference.window.start
    seen = [
        SeenAllele(variant, support.reads, max(tally.depth(variant, depths), support.reads))
        for variant, support in tally.support.items()
    ]
    coverage = Coverage.of_depths(local.assembly, start, depths, filters, tally.read_length, seen)
    favoured = favoured_copies(carried) if sex is Sex.UNKNOWN else None
    return SampleCalls(sample.name, sample.platform, copies, favoured, records, coverage)


def count_depths(
    sample: SampleReads, contig: str, reference: Reference, settings: ReadSettings, folder: Path
) -> Coverage:
    """The depths of one sample alone, as `call_sample` counts them; `folder` must exist and be empty."""
    filters = sample.platform.filters(settings.filters)
    local = _Local.of(sample.path, contig, reference, folder)
    depths = local.depths(filters)
    return Coverage.of_depths(local.assembly, reference.window.start, depths, filters, local.read_length(filters))


# --- a contig of its own ----------------------------------------------------------------------------


@dataclass(frozen=True)
class _Local:
    """The reads of the window on a contig of their own; a position there plus `offset` is that on chromosome X."""

    reads: Path
    fasta: Path
    bases: str
    offset: int
    reference: Reference
    folder: Path

    @classmethod
    def of(cls, extract: Path, contig: str, reference: Reference, folder: Path) -> "_Local":
        window = reference.window
        with pysam.AlignmentFile(str(extract)) as source:
            spans = [
                (read.reference_start + 1, int(read.reference_end or 0))
                for read in source.fetch(contig, window.start - 1, window.end)
                if read.cigartuples
            ]
            first = min([window.start, *(start for start, _ in spans)]) - _PADDING
            last = max([window.end, *(end for _, end in spans)]) + _PADDING
            offset = first - 1
            bases = "N" * (window.start - first) + reference.bases + "N" * (last - window.end)
            reads = folder / "local.bam"
            header = {"HD": {"VN": "1.6", "SO": "coordinate"}, "SQ": [{"SN": CONTIG, "LN": len(bases)}]}
            with pysam.AlignmentFile(str(reads), "wb", header=header) as out:
                for read in source.fetch(contig, window.start - 1, window.end):
                    if read.cigartuples:
                        out.write(_moved(read, offset, len(bases)))
        pysam.samtools.index(str(reads), catch_stdout=False)
        fasta = folder / "local.fa"
        fasta.write_text(f">{CONTIG}\n{bases}\n", encoding="ascii")
        line = (CONTIG, len(bases), len(CONTIG) + 2, len(bases), len(bases) + 1)
        Path(f"{fasta}.fai").write_text("\t".join(map(str, line)) + "\n", encoding="ascii")
        return cls(reads, fasta, bases, offset, reference, folder)

    @property
    def assembly(self) -> Assembly:
        return build_of(self.reference.assembly)

    @property
    def region(self) -> str:
        window = self.reference.window
        return f"{CONTIG}:{window.start - self.offset}-{window.end - self.offset}"

    def depths(self, filters: ReadFilters) -> list[int]:
        """Templates over each base of the window, with those that show it deleted; mates count once."""
        target = self.folder / "depth.tsv"
        limits = ["-q", str(filters.base_quality), "-Q", str(filters.mapping_quality)]
        words = ["-a", "-s", "-J", *limits, "-r", self.region, "-o", str(target), str(self.reads)]
        pysam.samtools.depth(*words, catch_stdout=False)
        found = list(map(int, target.read_text().split()[2::3]))
        return found or [0] * len(self.reference.window)

    def read_length(self, filters: ReadFilters) -> int:
        """The middle length of the reads that count, in bases."""
        with pysam.AlignmentFile(str(self.reads)) as reads:
            counted = (
                read.infer_read_length() or 0
                for read in reads.fetch(until_eof=True)
                if not read.flag & _COUNTED_OUT and read.mapping_quality >= filters.mapping_quality
            )
            lengths = sorted(counted)
        return lengths[len(lengths) // 2] if lengths else 0

    def pileup(self, filters: ReadFilters, platform: Platform) -> Path:
        """Every base of the window with its alleles, reads and likelihoods."""
        target = self.folder / "pileup.bcf"
        words = [
            *(["-X", platform.preset] if platform.preset else []),
            *("-q", str(filters.mapping_quality), "-Q", str(filters.base_quality)),
            *("-A", "--ignore-RG", "-d", str(MAX_DEPTH), "-L", str(MAX_DEPTH)),
            *("-a", "FORMAT/AD,FORMAT/ADF,FORMAT/ADR,FORMAT/DP", "--no-version"),
            *("-f", str(self.fasta), "-r", self.region, "-Ob", "-o", str(target), str(self.reads)),
        ]
        pysam.bcftools.mpileup(*words, catch_stdout=False)
        return target

    def call(self, pileup: Path, copies: int) -> Iterator[CalledRecord]:
        """The records that bcftools calls with so many copies, on chromosome X."""
        target = self.folder / f"called{copies}.bcf"
        words = ["-m", "-v", "--ploidy", str(copies), "-a", "GQ", "--no-version", "-Ob", "-o", str(target)]
        pysam.bcftools.call(*words, str(pileup), catch_stdout=False)
        with pysam.VariantFile(str(target)) as records:
            for record in records:
                yield self._record(record)

    def _record(self, record: Any) -> CalledRecord:
        sample = record.samples[0]
        alleles = ["." if one is None else str(one) for one in sample.allele_indices or (None,)]
        position, ref, alts = self._shortest(
            record.pos + self.offset, record.ref.upper(), tuple(alt.upper() for alt in record.alts)
        )
        return CalledRecord(
            position,
            ref,
            alts,
            float(record.qual or 0.0),
            "/".join(alleles),
            int(sample["DP"]),
            tuple(sample["AD"]),
            tuple(sample["ADF"]),
            tuple(sample["ADR"]),
            int(sample["GQ"]) if sample.get("GQ") is not None else None,
        )

    def _shortest(self, position: int, ref: str, alts: tuple[str, ...]) -> tuple[int, str, tuple[str, ...]]:
        """A record of one allele as VCF has it, without bases that it shares with the reference beyond the first."""
        variant = _variant(self.reference, position, ref, alts[0]) if len(alts) == 1 else None
        if variant is None:
            return position, ref, alts
        edit = variant.vcf(self.reference)
        return edit.start, edit.ref, (edit.alt,)

    def allele_reads(self, pileup: Path) -> dict[tuple[int, str], "_Counts"]:
        """Reads of each single base that is not the reference, after realignment, by place on X and base."""
        found = {}
        with pysam.VariantFile(str(pileup)) as records:
            for record in records:
                if "INDEL" in record.info or not record.alts or record.alts == ("<*>",):
                    continue
                sample = record.samples[0]
                for number, alt in enumerate(record.alts, start=1):
                    if alt != "<*>":
                        reads, forward, reverse = (
                            (sample[key][0], sample[key][number]) for key in ("AD", "ADF", "ADR")
                        )
                        counts = _Counts(int(sample["DP"]), reads, forward, reverse)
                        found[record.pos + self.offset, alt.upper()] = counts
        return found


@dataclass(frozen=True, slots=True)
class _Counts:
    """Reads at a place: all, and of the reference and one allele, in sum and by strand."""

    depth: int
    reads: tuple[int, int]
    forward: tuple[int, int]
    reverse: tuple[int, int]


def _moved(read: Any, offset: int, length: int) -> Any:
    """The read on the local contig. A mate that is not near stays out of it, since it cannot overlap."""
    same = read.is_paired and not read.mate_is_unmapped and read.next_reference_id == read.reference_id
    mate = read.next_reference_start - offset
    read.reference_start -= offset
    read.reference_id = 0
    near = same and 0 <= mate < length
    read.next_reference_id = 0 if near else -1
    read.next_reference_start = mate if near else -1
    read.set_tags([])
    return read


# --- counting alleles -------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Tally:
    """Which alleles the counted reads show, in normal form, and where those reads lie on chromosome X: first and
    last base, whether reverse, and template."""

    support: dict[Variant, Support]
    spans: list[tuple[int, int, bool, str]]
    read_length: int
    start: int

    @classmethod
    def of(cls, local: _Local, filters: ReadFilters) -> "_Tally":
        support: dict[Variant, Support] = {}
        known: dict[tuple[int, str, str], Variant | None] = {}
        spans, lengths = [], []
        with pysam.AlignmentFile(str(local.reads)) as reads:
            for read in reads.fetch(until_eof=True):
                if read.flag & _COUNTED_OUT or read.mapping_quality < filters.mapping_quality:
                    continue
                first = read.reference_start + 1 + local.offset
                last = int(read.reference_end or 0) + local.offset
                spans.append((first, last, bool(read.is_reverse), str(read.query_name)))
                lengths.append(read.infer_read_length() or 0)
                for place, ref, alt, quality in _differences(read, local.bases):
                    if quality < filters.base_quality:
                        continue
                    spelt = (place + local.offset, ref, alt)
                    if spelt not in known:
                        known[spelt] = _variant(local.reference, *spelt)
                    variant = known[spelt]
                    if variant:
                        support.setdefault(variant, Support()).add(
                            str(read.query_name), first, reverse=bool(read.is_reverse), quality=quality
                        )
        lengths.sort()
        return cls(support, spans, lengths[len(lengths) // 2] if lengths else 0, local.reference.window.start)

    def depth(self, variant: Variant, depths: list[int]) -> int:
        """Reads at the place of an allele: at the first base that it changes, or before which it inserts."""
        index = min(max(variant.leftmost().start - self.start, 0), len(depths) - 1)
        return depths[index]

    def counts(self, variant: Variant, depths: list[int]) -> _Counts:
        """Reads of an allele as they are aligned, and the others at its place."""
        support, over = self.support[variant], self.over(variant)
        depth, reverse = max(self.depth(variant, depths), support.reads), sum(span[2] for span in over)
        rest = (len(over) - reverse - support.forward, reverse - support.reverse)
        return _Counts(
            depth,
            (max(depth - support.reads, 0), support.reads),
            (max(rest[0], 0), support.forward),
            (max(rest[1], 0), support.reverse),
        )

    def over(self, variant: Variant) -> list[tuple[int, int, bool, str]]:
        """The counted reads over the place of an allele."""
        place = variant.leftmost().start
        return [span for span in self.spans if span[0] <= place <= span[1]]

    def without(self, variant: Variant) -> int:
        """Templates that lie over an insertion or deletion with enough bases on both sides, and do not show it.

        A read that ends beside a long one is aligned without it for want of bases, and says nothing of it.
        """
        first, last = variant.start - ANCHOR, variant.end + ANCHOR
        over = {name for start, end, _, name in self.spans if start <= first and last <= end}
        support = self.support.get(variant)
        return len(over - support.templates) if support else len(over)


def _variant(reference: Reference, start: int, ref: str, alt: str) -> Variant | None:
    if set(alt) - set("ACGT") or not within_window(reference, start, ref) or ref == alt:
        return None
    if not ref and start == reference.window.start:
        return None
    return Variant.of(reference, start, ref, alt)


def _differences(read: Any, bases: str) -> Iterator[tuple[int, str, str, int]]:
    """Where a read differs from the local contig: place (1-based), bases there and in the read, and quality.

    Deleted and inserted bases side by side are one difference. Its quality is the lowest of the bases beside it and
    of what is inserted, taken as a whole: one doubtful base among many does not make a long insertion doubtful. A read
    without qualities counts as if all were 60.
    """
    query = (read.query_sequence or "").upper()
    qualities = read.query_qualities
    if not query:
        return
    at, place = 0, read.reference_start
    gap_place, gap_ref, gap_alt, gap_at = 0, "", "", 0
    for operation, length in [*read.cigartuples, (0, 0)]:
        if operation in (_INSERTION, _DELETION):
            if not gap_ref and not gap_alt:
                gap_place, gap_at = place, at
            if operation == _INSERTION:
                gap_alt += query[at : at + length]
                at += length
            else:
                gap_ref += bases[place : place + length]
                place += length
            continue
        if gap_ref or gap_alt:
            yield gap_place + 1, gap_ref, gap_alt, _quality_of_gap(qualities, gap_at, at) if qualities else 60
            gap_ref = gap_alt = ""
        if operation in _MATCHES:
            mine, there = query[at : at + length], bases[place : place + length]
            if mine != there:
                for i, (one, two) in enumerate(zip(mine, there, strict=False)):
                    if one != two and two != "N":
                        yield place + i + 1, two, one, qualities[at + i] if qualities else 60
            at += length
            place += length
        elif operation == _SKIP:
            place += length
        elif operation == _SOFT:
            at += length


def _quality_of_gap(qualities: Any, start: int, end: int) -> int:
    """The lowest quality of the base before `start`, that at `end`, and that of the mean error of those between."""
    found = [qualities[i] for i in (start - 1, end) if 0 <= i < len(qualities)]
    if end > start:
        found.append(round(-10 * math.log10(sum(10 ** (-one / 10) for one in qualities[start:end]) / (end - start))))
    return int(min(found, default=60))


# --- what a caller passes over ----------------------------------------------------------------------


def _alleles_called(called: Iterable[CalledRecord], reference: Reference) -> dict[Variant, tuple[int, int]]:
    """Each allele that a genotype carries, with its reads and all counted reads."""
    found = {}
    for record in called:
        for number, alt in enumerate(record.alts, start=1):
            if str(number) in record.genotype.split("/"):
                variant = _variant(reference, record.position, record.ref, alt)
                if variant:
                    found[variant] = (record.reads[number], sum(record.reads))
    return found


def _is_told(record: CalledRecord, low: LowFraction) -> bool:
    """Whether a call is one: not where a few reads alone carry it and its quality is low, as one error in one read."""
    carried = max(record.reads[int(one)] for one in record.genotype.split("/") if one != ".")
    return record.quality >= LOW_QUALITY or carried >= low.reads


def _with_mixture(
    record: CalledRecord, tally: _Tally, reference: Reference, platform: Platform, low: LowFraction
) -> CalledRecord:
    """A call of a single copy whose reads show the reference beside the allele as well is written with both."""
    if record.genotype != "1" or len(record.alts) > 1:
        return record
    other = record.reads[0]
    indel = len(record.ref) != len(record.alts[0])
    variant = _variant(reference, record.position, record.ref, record.alts[0]) if indel else None
    if variant:
        other = min(other, tally.without(variant))
    total = other + sum(record.reads[1:])
    share = max(MIXED_INDEL_FRACTION, low.fraction) if indel else low.fraction
    rate = platform.indel_error if indel else platform.base_error
    mixed = other >= low.reads and other >= share * total and log_chance(other, total, rate) < math.log(CHANCE)
    return replace(record, genotype="0/1", genotype_quality=None) if mixed else record


BESIDE_A_GAP = 10
"""Bases beside a called insertion or deletion within which a caller passes over substitutions of the same reads."""


def _beside_gaps(
    called: Iterable[CalledRecord], tally: _Tally, depths: list[int], reference: Reference, low: LowFraction
) -> list[CalledRecord]:
    """Substitutions that the reads of a called insertion or deletion show beside it, as those of a replacement do.

    Realignment lowers the qualities there, so that a caller passes over them. Reads that end beside a gap do not hold
    it and show bases that are not there; hence the reads with the gap must show the substitution, and no others.
    """
    gaps = list(called)
    known, found = set(_alleles_called(gaps, reference)), []
    for record in gaps:
        variant = _variant(reference, record.position, record.ref, record.alts[0]) if len(record.alts) == 1 else None
        support = tally.support.get(variant) if variant and variant.length_change else None
        if variant is None or support is None:
            continue
        for other, theirs in tally.support.items():
            near = other.end >= variant.start - BESIDE_A_GAP and other.start <= variant.end + BESIDE_A_GAP
            if other.length_change or other in known or not near:
                continue
            both = len(support.templates & theirs.templates)
            if both >= max(low.reads, _SAME_COPY * max(support.reads, theirs.reads)):
                known.add(other)
                counts = tally.counts(other, depths)
                found.append(
                    replace(
                        record,
                        position=other.start,
                        ref=other.ref,
                        alts=(other.alt,),
                        depth=counts.depth,
                        reads=counts.reads,
                        forward=counts.forward,
                        reverse=counts.reverse,
                    )
                )
    return found


def _below_the_caller(
    taken: Iterable[Variant],
    tally: _Tally,
    allele_reads: dict[tuple[int, str], _Counts],
    depths: list[int],
    reference: Reference,
    platform: Platform,
    low: LowFraction,
) -> Iterator[CalledRecord]:
    """Alleles that were not called though more reads show them than errors explain.

    A single base must be there after realignment as well, so that reads that end beside a called insertion or
    deletion do not make alleles of their own; insertions and deletions count as the reads are aligned.
    """
    known = set(taken)
    for variant, support in tally.support.items():
        if variant in known or support.reads < low.reads:
            continue
        depth = max(tally.depth(variant, depths), support.reads)
        over = tally.over(variant)
        starts = len({(first, reverse) for first, _, reverse, _ in over})
        if not is_more_than_error(variant, support, depth, starts, platform, low):
            continue
        if not variant.length_change:
            counts = allele_reads.get((variant.start, variant.alt))
            if counts is None or counts.reads[1] < max(low.reads, low.fraction * sum(counts.reads)):
                continue
        else:
            counts = tally.counts(variant, depths)
        edit = variant.vcf(reference)
        rate = error_rate(variant, support.mean_error, platform)
        quality = min(-10 * log_chance(support.reads, depth, rate) / math.log(10), 999.0)
        yield CalledRecord(
            edit.start,
            edit.ref,
            (edit.alt,),
            round(quality, 2),
            "0/1",
            counts.depth,
            counts.reads,
            counts.forward,
            counts.reverse,
            None,
            below_the_caller=True,
        )


PHASE_REACH = 30
"""Bases within which reads tell whether two alleles lie on one copy."""

_SAME_COPY = 0.8
"""Share of the reads of the rarer of two alleles that must show both for them to lie on one copy."""

_OPPOSITE_READS = 6
"""Reads of the rarer allele from which it means something that none of them shows the other."""


def _phased(records: tuple[CalledRecord, ...], tally: _Tally, reference: Reference) -> tuple[CalledRecord, ...]:
    """Heterozygous records that follow each other closely, with the copy that reads put them on.

    Those on one copy are shown by the same reads, those on two by reads of which none shows both. A phase set has the
    position of its first record.
    """
    found = list(records)
    last: tuple[int, Support] | None = None
    for index, record in enumerate(records):
        variant = _variant(reference, record.position, record.ref, record.alts[0]) if len(record.alts) == 1 else None
        support = tally.support.get(variant) if variant and record.genotype == "0/1" else None
        if support is None:
            continue
        if last and record.position - found[last[0]].position <= PHASE_REACH:
            before = found[last[0]]
            same = _on_one_copy(last[1], support)
            if same is not None:
                set_ = before.phase_set or before.position
                genotype = "0|1" if before.phase_set is None else before.genotype
                found[last[0]] = replace(before, genotype=genotype, phase_set=set_)
                placed = genotype if same else genotype[::-1]
                found[index] = replace(record, genotype=placed, phase_set=set_)
        last = index, support
    return tuple(found)


def _on_one_copy(one: Support, two: Support) -> bool | None:
    """Whether two alleles are shown by the same reads (True) or never by one (False); None where that is not clear."""
    both, fewer = len(one.templates & two.templates), min(one.reads, two.reads)
    if both >= max(_SAME_COPY * fewer, 2):
        return True
    return False if not both and fewer >= _OPPOSITE_READS else None
