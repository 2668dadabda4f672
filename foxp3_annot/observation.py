"""What one sample was seen to carry, before anyone asks what it means.

This is all that a report takes from the calls of a file; everything else in it follows from this and from what is
known, and can be worked out again without the file.
"""

import enum
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from foxp3_annot.callset import Allele, AlleleKind, Call, CallSet, Record, StructuralAllele
from foxp3_annot.coverage import Coverage
from foxp3_annot.exon_copies import CopyNumbers
from foxp3_annot.genotype import MISSING, Genotype, Sex, Zygosity
from foxp3_annot.patient import Karyotype
from foxp3_annot.sex_evidence import SexEvidence
from foxp3_annot.variant import Variant
from foxp3_annot.x_state import DISAGREEING, ShareBand, XState, x_state


@dataclass(frozen=True, slots=True)
class Evidence:
    """One record in which an allele was called, and what it says of the sample.

    `contig` to `alt` stand as written. `allele_number` is the number of the allele in `genotype`, which is None
    where the record has none. `phase_set` is empty where none is named. Depths are reads, `quality` and
    `genotype_quality` Phred-scaled, and None is a number that was not given. `quality` is kept to two decimals and
    `allele_fraction`, the share of the reads counted for any allele, to four: just as reports give them. `strands` are
    the reads of the allele on the forward and the reverse strand, then those of all other alleles. Of structural
    alleles, `split_reads` and `read_pairs` lie on both sides of the ends, and `copies` counts their stretch.
    """

    contig: str
    position: int
    id: str
    ref: str
    alt: str
    allele_number: int
    filters: tuple[str, ...]
    quality: float | None
    genotype: Genotype | None
    phase_set: str
    depth: int | None
    allele_depth: int | None
    allele_fraction: float | None
    genotype_quality: int | None
    strands: tuple[int, int, int, int] | None = None
    split_reads: int | None = None
    read_pairs: int | None = None
    copies: int | None = None

    @classmethod
    def of(cls, record: Record, allele: Allele, call: Call | None) -> "Evidence":
        """What a record says of one of its alleles; `call` is None where it says nothing of the sample."""
        return cls(
            contig=record.contig,
            position=record.position,
            id=record.id,
            ref=record.ref,
            alt=allele.text,
            allele_number=allele.number,
            filters=record.filters,
            quality=_quality(record.quality),
            genotype=call.genotype if call else None,
            phase_set=call.phase_set if call else "",
            depth=call.depth if call else None,
            allele_depth=call.allele_depth(allele.number) if call else None,
            allele_fraction=_fraction(call, allele.number) if call else None,
            genotype_quality=call.quality if call else None,
            strands=call.strands(allele.number) if call else None,
            split_reads=call.split_reads if call else None,
            read_pairs=call.read_pairs if call else None,
            copies=call.copies if call else None,
        )

    @property
    def is_filtered(self) -> bool:
        """Whether the caller marked the record as failing a filter."""
        return bool(self.filters)

    @property
    def _counted(self) -> int | None:
        """The reads of which the share of the allele was taken; None where not given."""
        if not self.allele_depth or not self.allele_fraction:
            return self.depth
        return round(self.allele_depth / self.allele_fraction)

    def state(self, karyotype: Karyotype, *, changes_length: bool) -> XState:
        """How a person with these sex chromosomes carries the allele, as far as this record says.

        Reads that end beside an insertion or deletion are counted for the reference, so that of its share only that
        nearly all reads carry it is taken.
        """
        share = ShareBand.of(self.allele_fraction, self._counted)
        if changes_length and share is not ShareBand.ALL:
            share = ShareBand.UNTOLD
        return x_state(self.genotype, self.allele_number, karyotype, share)

    @property
    def copy(self) -> int | None:
        """Which copy of a phased genotype carries the allele, from 0; None where that is not one known copy."""
        if self.genotype is None or not self.genotype.phased or self.genotype.copies(self.allele_number) != 1:
            return None
        return self.genotype.alleles.index(self.allele_number)


def _quality(quality: float | None) -> float | None:
    """To two decimals, since files hold it in 32 bits; None for one that is not a number."""
    return round(quality, 2) if quality is not None and math.isfinite(quality) else None


def _fraction(call: Call, number: int) -> float | None:
    """Share of reads that carry the allele, of those counted for all alleles; None where not given or no counts."""
    mine = call.allele_depth(number)
    counted = [depth for depth in call.allele_depths if depth is not None]
    if mine is None or not any(counted) or min(counted) < 0:
        return None
    return round(mine / sum(counted), 4)


A = TypeVar("A", Variant, StructuralAllele)


@dataclass(frozen=True, slots=True)
class Observation(Generic[A]):
    """An allele that a sample carries, or that a file names without a genotype. `evidence` is never empty.

    Make one with `Observation.of`.
    """

    allele: A
    state: XState
    evidence: tuple[Evidence, ...]

    @classmethod
    def of(cls, allele: A, evidence: Sequence[Evidence], karyotype: Karyotype) -> "Observation[A]":
        """With the state of its first record; where records give different zygosities, they disagree."""
        states = [one.state(karyotype, changes_length=_changes_length(allele)) for one in evidence]
        agree = len({one.zygosity for one in states}) == 1
        return cls(allele, states[0] if agree else DISAGREEING, tuple(evidence))

    @property
    def zygosity(self) -> Zygosity:
        return self.state.zygosity


def _changes_length(allele: Variant | StructuralAllele) -> bool:
    return isinstance(allele, StructuralAllele) or bool(allele.length_change)


class GapKind(enum.Enum):
    """Why a record leaves open what a sample carries."""

    NO_CALL = ("no_call", "No genotype was called for this sample at these records.")
    HALF_CALL = ("half_call", "The genotype was called only in part at these records.")
    AMBIGUOUS_ALLELE = (
        "ambiguous_allele",
        "The alternate allele of these records holds ambiguous bases and cannot be named.",
    )
    SPANNING_DELETION = (
        "spanning_deletion",
        "At these records the sample carries a deletion (*) that should stand in another record.",
    )
    ONE_COPY_FITS = (
        "one_copy_fits",
        "The sex is not known, so that the reads were called with two copies of the gene; "
        "one copy, as in a male, explains them as well.",
    )
    TWO_COPIES_FIT = (
        "two_copies_fit",
        "The sex is not known; two copies of the gene, as in a female, explain the reads better than one.",
    )

    def __init__(self, code: str, sentence: str) -> None:
        self.code = code
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Gap:
    """The records (contig:position) that leave something open for one reason; never none."""

    kind: GapKind
    places: tuple[str, ...]


class Fate(enum.Enum):
    """What became of a record of the locus, for one sample; each record has one fate."""

    REPORTED = ("reported", "an allele of it is reported")
    REFERENCE = ("reference", "the sample was called as reference there")
    REFERENCE_BLOCK = ("reference_block", "it names no alternate allele")
    NOT_CALLED = ("not_called", "no genotype was called")
    NOT_NAMED = (
        "not_named",
        "what the sample carries there is not named: half a call, ambiguous bases, or a deletion (*)",
    )

    def __init__(self, code: str, label: str) -> None:
        self.code = code
        self.label = label


@dataclass(frozen=True, slots=True)
class Observed:
    """All that the calls of one sample show. How alleles are carried was judged with `karyotype`.

    `variants` stand in the order of `Variant.key`, `structural` in that of the file, `gaps` in that of `GapKind`.
    `coverage` is None where the file does not tell how deep the sample was seen,
    `copy_numbers` where it holds no reads. `fates` counts the records of the locus, by what became of them.
    """

    sex: Sex
    karyotype: Karyotype
    variants: tuple[Observation[Variant], ...]
    structural: tuple[Observation[StructuralAllele], ...]
    gaps: tuple[Gap, ...]
    coverage: Coverage | None = None
    sex_evidence: SexEvidence | None = None
    copy_numbers: CopyNumbers | None = None
    fates: tuple[tuple[Fate, int], ...] = ()

    @classmethod
    def of(
        cls,
        sex: Sex,
        karyotype: Karyotype,
        variants: Iterable[Observation[Variant]],
        structural: Iterable[Observation[StructuralAllele]],
        gaps: Iterable[Gap],
        coverage: Coverage | None = None,
        sex_evidence: SexEvidence | None = None,
        copy_numbers: CopyNumbers | None = None,
        fates: Iterable[tuple[Fate, int]] = (),
    ) -> "Observed":
        """In order; structural alleles must come in theirs."""
        kinds = list(GapKind)
        return cls(
            sex,
            karyotype,
            tuple(sorted(variants, key=lambda one: one.allele.key)),
            tuple(structural),
            tuple(sorted(gaps, key=lambda gap: kinds.index(gap.kind))),
            coverage,
            sex_evidence,
            copy_numbers,
            tuple(fates),
        )


def observe(call_set: CallSet, sample: int | None, sex: Sex, karyotype: Karyotype | None = None) -> Observed:
    """What the calls of one sample show; `sample` is its index, None for a file without samples. Without `karyotype`
    the sex chromosomes are those usual for the sex."""
    karyotype = karyotype or Karyotype.of_sex(sex)
    variants: dict[Variant, list[Evidence]] = {}
    structural: dict[StructuralAllele, list[Evidence]] = {}
    for record, allele, call in _carried(call_set, sample):
        if allele.variant:
            variants.setdefault(allele.variant, []).append(Evidence.of(record, allele, call))
        elif allele.structural:
            structural.setdefault(allele.structural, []).append(Evidence.of(record, allele, call))
    return Observed.of(
        sex,
        karyotype,
        (Observation.of(variant, evidence, karyotype) for variant, evidence in variants.items()),
        (Observation.of(allele, evidence, karyotype) for allele, evidence in structural.items()),
        _gaps(call_set, sample),
        None if sample is None else call_set.coverage.get(sample),
        None if sample is None else call_set.sex_evidence.get(sample),
        None if sample is None else call_set.copy_numbers.get(sample),
        _fates(call_set, sample),
    )


def _fates(call_set: CallSet, sample: int | None) -> Iterator[tuple[Fate, int]]:
    """How many records came to each fate. ValueError where those with evidence are not those that count as reported,
    which would be a mistake of this program: nothing may be lost between file and report."""
    fates = Counter(_fate(record, sample) for record in call_set.records)
    shown = {record.ordinal for record, allele, _ in _carried(call_set, sample) if allele.variant or allele.structural}
    if len(shown) != fates[Fate.REPORTED] or fates.total() != len(call_set.records):
        raise ValueError(f"{call_set.name}: {len(shown)} records with findings, {fates[Fate.REPORTED]} counted")
    return ((fate, fates[fate]) for fate in Fate)


def _fate(record: Record, sample: int | None) -> Fate:
    if record.is_reference_block:
        return Fate.REFERENCE_BLOCK
    call = _call_of(record, sample)
    if call is None and record.genotyped:
        return Fate.REFERENCE
    genotype = call.genotype if call else None
    carried = [one for one in record.alleles if is_observed(genotype, one.number)]
    if any(one.variant or one.structural for one in carried):
        return Fate.REPORTED
    if genotype and genotype.is_missing:
        return Fate.NOT_CALLED
    return Fate.NOT_NAMED


def _carried(call_set: CallSet, sample: int | None) -> Iterator[tuple[Record, Allele, Call | None]]:
    """Each allele of each record that the sample carries, or that a record without genotypes names."""
    for record in call_set.records:
        call = _call_of(record, sample)
        if call is None and record.genotyped:
            continue
        for allele in record.alleles:
            if is_observed(call.genotype if call else None, allele.number):
                yield record, allele, call


def is_observed(genotype: Genotype | None, allele: int) -> bool:
    """Whether a genotype shows an allele, by its number; a record without a genotype names it for the file."""
    return genotype is None or genotype.copies(allele) > 0


def _call_of(record: Record, sample: int | None) -> Call | None:
    """What the record says of the sample beyond "reference"; None where that is all, or there is no genotype."""
    return None if sample is None else record.calls.get(sample)


def _gaps(call_set: CallSet, sample: int | None) -> Iterator[Gap]:
    places: dict[GapKind, list[str]] = {}
    copies = call_set.favoured_copies.get(sample) if sample is not None else None
    for record in call_set.records:
        if copies and _call_of(record, sample):
            kind = GapKind.ONE_COPY_FITS if copies == 1 else GapKind.TWO_COPIES_FIT
            places.setdefault(kind, []).append(record.place)
        for kind in _open(record, _call_of(record, sample)):
            places.setdefault(kind, []).append(record.place)
    return (Gap(kind, tuple(found)) for kind, found in places.items())


def _open(record: Record, call: Call | None) -> Iterator[GapKind]:
    """What one record leaves open."""
    genotype = call.genotype if call else None
    if genotype and genotype.is_missing:
        yield GapKind.NO_CALL
    elif genotype and MISSING in genotype.alleles:
        yield GapKind.HALF_CALL
    if any(allele.kind is AlleleKind.AMBIGUOUS for allele in record.alleles):
        yield GapKind.AMBIGUOUS_ALLELE
    for allele in record.alleles:
        if allele.kind is AlleleKind.SPANNING_DELETION and genotype and genotype.copies(allele.number):
            yield GapKind.SPANNING_DELETION
