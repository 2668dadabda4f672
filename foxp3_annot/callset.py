"""What one input file says about the locus: its records, its samples, and what was seen of it."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

from foxp3_annot.assembly import Assembly
from foxp3_annot.coverage import Coverage
from foxp3_annot.exon_copies import CopyNumbers
from foxp3_annot.genotype import Genotype
from foxp3_annot.sex_evidence import SexEvidence
from foxp3_annot.variant import Variant


@dataclass(frozen=True, slots=True)
class Call:
    """What a record says of one sample. Depths are reads; `allele_depths` has the reference first.

    `phase_set` names the set within which a phased genotype is phased; empty where the file names none.
    `forward_depths` and `reverse_depths` are those of each strand, where given. Of a structural allele `split_reads`
    are aligned on both sides of its ends, `read_pairs` lie on both, and `copies` counts those of its stretch.
    """

    genotype: Genotype | None
    depth: int | None = None
    allele_depths: tuple[int | None, ...] = ()
    quality: int | None = None
    phase_set: str = ""
    forward_depths: tuple[int | None, ...] = ()
    reverse_depths: tuple[int | None, ...] = ()
    split_reads: int | None = None
    read_pairs: int | None = None
    copies: int | None = None

    def allele_depth(self, allele: int) -> int | None:
        return self.allele_depths[allele] if allele < len(self.allele_depths) else None

    def strands(self, allele: int) -> tuple[int, int, int, int] | None:
        """Reads of the allele on the forward and the reverse strand, then those of all others; None where not given."""
        counts = (*self.forward_depths, *self.reverse_depths)
        if not counts or len(self.forward_depths) != len(self.reverse_depths) or allele >= len(self.forward_depths):
            return None
        if any(count is None or count < 0 for count in counts):
            return None
        forward, reverse = ([count or 0 for count in depths] for depths in (self.forward_depths, self.reverse_depths))
        mine = forward[allele], reverse[allele]
        return (*mine, sum(forward) - mine[0], sum(reverse) - mine[1])


class AlleleKind(enum.Enum):
    """What an ALT field of a record stands for."""

    SEQUENCE = "sequence"
    STRUCTURAL = "structural"
    OUTSIDE = "extends beyond the window"
    SPANNING_DELETION = "spanning deletion"
    UNSPECIFIED = "unspecified"
    AMBIGUOUS = "ambiguous bases"


@dataclass(frozen=True, slots=True)
class StructuralAllele:
    """A symbolic allele: its type and the stretch of chromosome X that it concerns (1-based, both included).

    The ranges hold an end of which the caller is unsure; None for a precise one. A breakend that joins two places of
    chromosome X without further bases has the type BND:DEL or BND:DUP and the stretch between them; another is BND,
    at its place.
    """

    type: str
    start: int
    end: int
    start_range: tuple[int, int] | None = None
    end_range: tuple[int, int] | None = None

    @property
    def kind(self) -> str:
        """DEL, DUP, INV and so on, without the finer type.

        >>> StructuralAllele("DUP:TANDEM", 1, 2).kind, StructuralAllele("BND:DEL", 1, 2).kind
        ('DUP', 'DEL')
        """
        return self.type.removeprefix("BND:").split(":")[0]


@dataclass(frozen=True, slots=True)
class Allele:
    """One ALT of a record. `number` is its number in genotypes; `variant` is set for sequence alleles and
    `structural` for structural ones and for those that leave the window."""

    number: int
    text: str
    kind: AlleleKind
    variant: Variant | None = None
    structural: StructuralAllele | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """One record of the locus as written, with its ALTs understood.

    `calls` holds only samples that are not plainly called as the reference, by index of the sample;
    `end` is the last base that the record speaks of (the end of a reference block); `ordinal` is its place
    among the extracted records, from 0, since a file may hold a record twice.
    """

    ordinal: int
    contig: str
    position: int
    end: int
    id: str
    ref: str
    alleles: tuple[Allele, ...]
    filters: tuple[str, ...]
    quality: float | None
    genotyped: bool
    calls: Mapping[int, Call]

    @property
    def is_filtered(self) -> bool:
        """Whether the caller marked the record as failing a filter (`.` and PASS are not failures)."""
        return bool(self.filters)

    @property
    def is_reference_block(self) -> bool:
        """Whether the record names no alternate allele: gVCF blocks and monomorphic sites."""
        return all(allele.kind is AlleleKind.UNSPECIFIED for allele in self.alleles)

    @property
    def place(self) -> str:
        return f"{self.contig}:{self.position}"


@dataclass(frozen=True, slots=True)
class Seen:
    """What there was in the file, since silence is not evidence.

    `records_on_x` counts records of chromosome X in the whole file, None where that was not counted.
    """

    records_in_locus: int
    records_on_x: int | None
    indexed: bool
    reference_block_bases: int


@dataclass(frozen=True, slots=True)
class SourceFile:
    """The file that was read. `sha256` is None for a file too large to be read as a whole.

    `extract_sha256` is the digest of the header and the records of the locus, as text.
    """

    name: str
    size: int
    sha256: str | None
    extract_sha256: str


@dataclass(frozen=True, slots=True)
class CallSetOutline:
    """A call set without its samples and records: the file, its build, and what there was to be seen."""

    name: str
    source: SourceFile
    assembly: Assembly
    assembly_basis: str
    seen: Seen


@dataclass(frozen=True, slots=True)
class CallSet(CallSetOutline):
    """One input file with all of its samples, as far as the locus goes.

    `coverage` tells, by index of the sample, how deep the window was seen; nothing for a sample of which the file
    does not tell it. `sex_evidence` is, likewise by index, what there is to judge the sex chromosomes from.
    `favoured_copies` tells likewise, of samples of unknown sex called from reads, whether one or two
    copies of the gene explain the reads better. `copy_numbers` holds, likewise, how many copies of each exon were
    counted in reads.
    """

    samples: tuple[str, ...]
    records: tuple[Record, ...]
    coverage: Mapping[int, Coverage] = field(default_factory=dict)
    sex_evidence: Mapping[int, SexEvidence] = field(default_factory=dict)
    favoured_copies: Mapping[int, int] = field(default_factory=dict)
    copy_numbers: Mapping[int, CopyNumbers] = field(default_factory=dict)

    def variants(self) -> tuple[Variant, ...]:
        """Each distinct sequence allele once, in order."""
        found = {a.variant for record in self.records for a in record.alleles if a.variant}
        return tuple(sorted(found, key=lambda variant: variant.key))
