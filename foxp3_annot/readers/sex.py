"""What a file tells of the sex chromosomes beyond the locus: reads by contig from an index, genotypes of X.

Neither reads a whole file: an index holds the counts of its contigs, and of X a bounded number of records is looked
at, spread over the chromosome.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pysam

from foxp3_annot.assembly import X_NAMES, Assembly
from foxp3_annot.sex_evidence import PSEUDOAUTOSOMAL, ContigReads, ReadDepths, SexEvidence, XGenotypes

MOST_RECORDS = 30_000
"""Records of X that are looked at, those without an alternate allele among them."""

MOST_GENOTYPES = 1_000_000
"""Genotypes that are looked at; a file of many samples gives each of them fewer."""

STRETCHES = 30
"""Parts of X of equal length, each of which gives an equal number of records: places at which reads of X and Y are
taken for each other lie together."""

LARGEST_WITHOUT_INDEX = 1 << 26
"""Files without an index up to this size (bytes) are gone through; of larger ones nothing is said."""


def read_depths(path: Path) -> ReadDepths | None:
    """Reads by chromosome of an indexed BAM file; None where the index is missing or counts nothing (CRAM)."""
    try:
        with pysam.AlignmentFile(str(path), check_sq=False) as reads:
            lengths = dict(zip(reads.references, reads.lengths, strict=True))
            counts = reads.get_index_statistics()
    except (OSError, ValueError, AttributeError):
        return None
    return ReadDepths.of(ContigReads(one.contig, lengths[one.contig], one.mapped) for one in counts)


def sex_evidence_of_calls(path: Path, assembly: Assembly, *, indexed: bool) -> dict[int, SexEvidence]:
    """Genotypes of X by index of the sample; nothing for a file that tells none, or is large and without index."""
    if not indexed and path.stat().st_size > LARGEST_WITHOUT_INDEX:
        return {}
    try:
        with pysam.VariantFile(str(path)) as variants:
            if not len(variants.header.samples):
                return {}
            tally = _Tally(len(variants.header.samples))
            for record in _spread(variants, assembly, tally) if indexed else _all(variants, assembly, tally):
                tally.add(record)
    except (OSError, ValueError, TypeError, KeyError):
        return {}
    return {index: SexEvidence(genotypes=found) for index, found in tally.found().items()}


@dataclass
class _Counts:
    carried: int = 0
    heterozygous: int = 0
    single: int = 0


class _Tally:
    """Counts by sample, and how much may still be looked at."""

    def __init__(self, samples: int) -> None:
        self.limit = max(min(MOST_RECORDS, MOST_GENOTYPES // samples), STRETCHES)
        self.complete = True
        self._counts = [_Counts() for _ in range(samples)]

    def add(self, record: Any) -> None:
        for counts, sample in zip(self._counts, record.samples.values(), strict=True):
            alleles = sample.allele_indices
            if not alleles or None in alleles:
                continue
            if len(alleles) == 1:
                counts.single += 1
            elif len(alleles) == 2 and any(alleles):
                counts.carried += 1
                counts.heterozygous += alleles[0] != alleles[1]

    def found(self) -> Mapping[int, XGenotypes]:
        return {
            index: XGenotypes(one.carried, one.heterozygous, one.single, self.complete)
            for index, one in enumerate(self._counts)
        }


def _spread(variants: Any, assembly: Assembly, tally: _Tally) -> Iterator[Any]:
    """Telling records through the index, so many of each stretch of X at most."""
    names = [name for name in variants.index if name in X_NAMES]
    (_, first), (last, _) = PSEUDOAUTOSOMAL[assembly]
    step = (last - first) // STRETCHES + 1
    for name in names:
        for start in range(first, last, step):
            for number, record in enumerate(variants.fetch(name, start, min(start + step, last - 1))):
                if number == tally.limit // STRETCHES:
                    tally.complete = False
                    break
                if _is_telling(record, assembly) and record.pos > start:
                    yield record


def _all(variants: Any, assembly: Assembly, tally: _Tally) -> Iterator[Any]:
    """Telling records of a file from its beginning to its end."""
    seen = 0
    for record in variants:
        if record.contig in X_NAMES:
            seen += 1
            if seen > tally.limit:
                tally.complete = False
                return
            if _is_telling(record, assembly):
                yield record


def _is_telling(record: Any, assembly: Assembly) -> bool:
    """A substitution of one base by one other outside the pseudoautosomal regions, not filtered, with genotypes."""
    alts = [alt for alt in record.alts or () if alt not in ("<NON_REF>", "<*>")]
    return (
        len(alts) == 1
        and len(record.ref) == len(alts[0]) == 1
        and alts[0] in "ACGT"
        and "GT" in record.format
        and not set(record.filter) - {"PASS"}
        and not any(start <= record.pos <= end for start, end in PSEUDOAUTOSOMAL[assembly])
    )
