"""What was called in reads as a VCF: small alleles, and deletions and duplications as symbolic ones."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pysam

from foxp3_annot import __version__
from foxp3_annot.genotype import Sex
from foxp3_annot.lesion import Lesion
from foxp3_annot.readers.alignments import LocusReads
from foxp3_annot.readers.calling import CONTIG, LOW_QUALITY, CalledRecord, SampleCalls
from foxp3_annot.reference import Reference

_FORMATS = (
    ("GT", "1", "String", "Genotype; both alleles where reads show both, however many copies there are"),
    ("DP", "1", "Integer", "Reads counted at the place"),
    ("AD", "R", "Integer", "Reads of each allele"),
    ("ADF", "R", "Integer", "Reads of each allele on the forward strand"),
    ("ADR", "R", "Integer", "Reads of each allele on the reverse strand"),
    ("GQ", "1", "Integer", "Phred-scaled quality of the genotype"),
    ("PS", "1", "Integer", "Phase set, by the position of its first record"),
)
_LESION_FORMATS = (
    ("CN", "1", "Integer", "Copies of the stretch, from the depth"),
    ("SR", "1", "Integer", "Reads aligned on both sides of the ends joined"),
    ("PE", "1", "Integer", "Read pairs that lie on both sides of the ends joined"),
    ("LLR", "1", "Float", "log10 likelihood ratio of these copies to the usual number"),
)
_HEADER = (
    "##fileformat=VCFv4.2",
    f"##source=foxp3_annot {__version__}, bcftools {pysam.__samtools_version__}",
    '##ALT=<ID=DEL,Description="Deletion">',
    '##ALT=<ID=DUP,Description="Tandem duplication">',
    f'##FILTER=<ID=LowQual,Description="Quality below {LOW_QUALITY:g}">',
    '##INFO=<ID=BELOW_CALLER,Number=0,Type=Flag,Description="Not called; more reads than errors explain">',
    '##INFO=<ID=SVTYPE,Number=1,Type=String,Description="Type of structural variant">',
    '##INFO=<ID=END,Number=1,Type=Integer,Description="Last base of the stretch that is lost or doubled">',
    '##INFO=<ID=SVLEN,Number=A,Type=Integer,Description="Bases gained, negative for lost ones">',
    '##INFO=<ID=CIPOS,Number=2,Type=Integer,Description="Where the first base of the stretch may lie, from POS+1">',
    '##INFO=<ID=CIEND,Number=2,Type=Integer,Description="Where the last base of the stretch may lie, from END">',
    '##INFO=<ID=IMPRECISE,Number=0,Type=Flag,Description="The ends are not known to the base">',
    '##INFO=<ID=HOMLEN,Number=A,Type=Integer,Description="Bases by which the stretch can move to the right">',
    *(
        f'##FORMAT=<ID={key},Number={number},Type={kind},Description="{text}">'
        for key, number, kind, text in (*_FORMATS, *_LESION_FORMATS)
    ),
)

Found = tuple[Lesion, ...]


def write_calls(
    target: Path,
    locus: LocusReads,
    samples: Sequence[SampleCalls],
    reference: Reference,
    lesions: Sequence[Found] = (),
    sexes: Sequence[Sex] = (),
) -> None:
    """The records of all samples as one plain VCF on chromosome X; `lesions` and `sexes` are those of each sample.

    A sample without a record at a place where another has one is written as reference where reads lie over it, and as
    not called where none do.
    """
    contig = f"##contig=<ID={CONTIG},length={locus.assembly.x_length},assembly={locus.assembly}>"
    columns = ("#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT")
    names = "\t".join((*columns, *(sample.name for sample in samples)))
    records = sorted([*_small(samples), *_large(samples, lesions, sexes, reference)])
    lines = [*_HEADER, contig, names, *(line for *_, line in records)]
    target.write_text("\n".join(lines) + "\n", encoding="utf-8")


_Line = tuple[int, str, tuple[str, ...], str]
"""A line after what it is sorted by: position, REF and ALTs."""


def _small(samples: Sequence[SampleCalls]) -> Iterator[_Line]:
    by_key: dict[tuple[int, str, tuple[str, ...]], dict[int, CalledRecord]] = {}
    for index, sample in enumerate(samples):
        for record in sample.records:
            by_key.setdefault(record.key, {})[index] = record
    for key, records in by_key.items():
        yield *key, _small_line(records, samples)


def _small_line(records: dict[int, CalledRecord], samples: Sequence[SampleCalls]) -> str:
    first = next(iter(records.values()))
    quality = max(record.quality for record in records.values())
    below = all(record.below_the_caller for record in records.values())
    cells = [
        _cell(records[index]) if index in records else f"{_silent(sample, first.position)}:.:.:.:.:."
        for index, sample in enumerate(samples)
    ]
    return "\t".join(
        (
            *(CONTIG, str(first.position), ".", first.ref, ",".join(first.alts), f"{quality:g}"),
            "PASS" if quality >= LOW_QUALITY else "LowQual",
            "BELOW_CALLER" if below else ".",
            ":".join(key for key, *_ in _FORMATS),
            *cells,
        )
    )


def _cell(record: CalledRecord) -> str:
    counts = (",".join(map(str, one)) for one in (record.reads, record.forward, record.reverse))
    quality = "." if record.genotype_quality is None else str(record.genotype_quality)
    return ":".join((record.genotype, str(record.depth), *counts, quality, str(record.phase_set or ".")))


def _silent(sample: SampleCalls, place: int) -> str:
    """Genotype and depth of a sample that has no record where another has one."""
    (depth,) = sample.coverage.depths(place, place)
    allele = "0" if depth else "."
    return f"{'/'.join([allele] * sample.copies)}:{depth or 0}"


# --- lesions ---


def _large(
    samples: Sequence[SampleCalls], lesions: Sequence[Found], sexes: Sequence[Sex], reference: Reference
) -> Iterator[_Line]:
    by_facts: dict[tuple[int, str, str], dict[int, Lesion]] = {}
    for index, found in enumerate(lesions):
        for lesion in found:
            before = max(lesion.start - 1, reference.window.start)
            by_facts.setdefault((before, lesion.type, ";".join(_facts(lesion))), {})[index] = lesion
    for (before, kind, facts), carried in by_facts.items():
        base = reference.fetch(before, before)
        cells = [
            _lesion_cell(carried[index], sexes[index]) if index in carried else f"{_silent(sample, before)}:.:.:.:."
            for index, sample in enumerate(samples)
        ]
        words = ":".join(("GT", "DP", *(key for key, *_ in _LESION_FORMATS)))
        line = "\t".join((CONTIG, str(before), ".", base, f"<{kind}>", ".", "PASS", facts, words, *cells))
        yield before, base, (f"<{kind}>", facts), line


def _facts(lesion: Lesion) -> Iterator[str]:
    size = lesion.end - lesion.start + 1
    yield from (f"SVTYPE={lesion.type}", f"END={lesion.end}", f"SVLEN={-size if lesion.type == 'DEL' else size}")
    for key, bounds, place in (("CIPOS", lesion.start_range, lesion.start), ("CIEND", lesion.end_range, lesion.end)):
        if bounds:
            yield f"{key}={bounds[0] - place},{bounds[1] - place}"
    if lesion.start_range or lesion.end_range:
        yield "IMPRECISE"
    if lesion.homology:
        yield f"HOMLEN={lesion.homology}"


def _lesion_cell(lesion: Lesion, sex: Sex) -> str:
    copies = "." if lesion.copies is None else str(lesion.copies)
    counts = (str(lesion.split_reads), str(lesion.pairs), f"{lesion.log10_likelihood_ratio:.2f}")
    return ":".join((genotype_of(lesion, sex), ".", copies, *counts))


def genotype_of(lesion: Lesion, sex: Sex) -> str:
    """`1` where a male has it on his one copy, `1/1` where both copies of a female are lost; else `0/1`, in a male
    too, who then has cells with and without it."""
    if sex is Sex.MALE:
        return "0/1" if lesion.copies is None else "1"
    return "1/1" if lesion.copies == 0 else "0/1"
