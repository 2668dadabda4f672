"""The transcript: exons, coding sequence, and the only place that knows the strand.

Inside a transcript, positions are *offsets*: 0-based, counted along the gene's own strand from the first
base of the window, and stretches are half-open. `offset` and `position` convert from and to the 1-based
plus-strand coordinates that the rest of the program uses.
"""

import enum
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from foxp3_annot.protein import STOP, translate
from foxp3_annot.reference import Reference, reverse_complement
from foxp3_annot.variant import Edit, Variant


class Strand(enum.Enum):
    """Which strand of the reference is the sense strand of the gene."""

    PLUS = "+"
    MINUS = "-"


@dataclass(frozen=True, slots=True)
class Exon:
    """An exon as a half-open stretch of offsets; `number` counts along the transcript from 1.

    `gene_number` is the number of the same exon in the MANE Select transcript.
    """

    number: int
    gene_number: int
    start: int
    end: int

    def __len__(self) -> int:
        return self.end - self.start


class FeatureKind(enum.Enum):
    EXON = "exon"
    INTRON = "intron"


@dataclass(frozen=True, slots=True)
class Feature:
    """The exon or intron in which an offset lies; intron n follows exon n."""

    kind: FeatureKind
    number: int
    gene_number: int

    def __str__(self) -> str:
        return f"{self.kind.value} {self.gene_number}"

    @property
    def papers_name(self) -> str:
        """The name in papers, which count from the first coding exon; the exon before it they call -1."""
        number = self.gene_number - 1 if self.gene_number > 1 else -1
        return f"{self.kind.value} {number}"


@dataclass(frozen=True)
class Transcript:
    """A versioned transcript placed on a reference.

    `exons` in transcript order; `coding_start` and `coding_end` enclose the coding sequence with its stop
    codon, as offsets.
    """

    accession: str
    protein_accession: str
    strand: Strand
    reference: Reference = field(repr=False)
    exons: tuple[Exon, ...]
    coding_start: int
    coding_end: int

    @classmethod
    def of(
        cls,
        accession: str,
        protein_accession: str,
        strand: Strand,
        reference: Reference,
        exons: Sequence[tuple[int, int, int, int]],
        first_coding: int,
        last_coding: int,
    ) -> "Transcript":
        """From plus-strand coordinates: exons as (number, gene number, start, end), 1-based, both included;
        `first_coding` is the first base of the start codon, `last_coding` the last base of the stop codon.
        """
        window = reference.window

        def offset(position: int) -> int:
            return window.end - position if strand is Strand.MINUS else position - window.start

        placed = (
            Exon(number, gene_number, *sorted((offset(start), offset(end))))
            for number, gene_number, start, end in exons
        )
        half_open = (Exon(e.number, e.gene_number, e.start, e.end + 1) for e in placed)
        return cls(
            accession,
            protein_accession,
            strand,
            reference,
            tuple(sorted(half_open, key=lambda exon: exon.start)),
            offset(first_coding),
            offset(last_coding) + 1,
        )

    # --- strand -----------------------------------------------------------------------------------

    @cached_property
    def bases(self) -> str:
        """The window on the gene's strand."""
        if self.strand is Strand.MINUS:
            return reverse_complement(self.reference.bases)
        return self.reference.bases

    def offset(self, position: int) -> int:
        """Offset of a plus-strand position."""
        window = self.reference.window
        return window.end - position if self.strand is Strand.MINUS else position - window.start

    def position(self, offset: int) -> int:
        """Plus-strand position of an offset."""
        window = self.reference.window
        return window.end - offset if self.strand is Strand.MINUS else offset + window.start

    def stretch(self, start: int, end: int) -> tuple[int, int]:
        """First and last plus-strand position of a half-open stretch of offsets."""
        first, last = sorted((self.position(start), self.position(end - 1)))
        return first, last

    def edit_of(self, variant: Variant) -> Edit:
        """The shortest edit on the gene's strand, as far 3' as it goes; `start` is an offset."""
        if self.strand is Strand.PLUS:
            edit = variant.rightmost()
            return Edit(self.offset(edit.start), edit.ref, edit.alt)
        edit = variant.leftmost()
        return Edit(self.offset(edit.end), reverse_complement(edit.ref), reverse_complement(edit.alt))

    # --- sequence ---------------------------------------------------------------------------------

    @cached_property
    def mrna(self) -> str:
        return "".join(self.bases[exon.start : exon.end] for exon in self.exons)

    @cached_property
    def coding_mrna(self) -> tuple[int, int]:
        """Where the coding sequence starts and ends in the mRNA (0-based, half-open)."""
        return self.mrna_index(self.coding_start), self.mrna_index(self.coding_end - 1) + 1

    @cached_property
    def cds(self) -> str:
        start, end = self.coding_mrna
        return self.mrna[start:end]

    @cached_property
    def protein(self) -> str:
        """The encoded protein in one-letter code, with its final `*`."""
        return translate(self.cds)

    @cached_property
    def _exon_starts(self) -> list[int]:
        return [exon.start for exon in self.exons]

    @cached_property
    def _mrna_starts(self) -> list[int]:
        starts, length = [], 0
        for exon in self.exons:
            starts.append(length)
            length += len(exon)
        return starts

    # --- places -----------------------------------------------------------------------------------

    @property
    def start(self) -> int:
        return self.exons[0].start

    @property
    def end(self) -> int:
        return self.exons[-1].end

    def exon_index(self, offset: int) -> int:
        """Index of the exon that holds the offset or precedes it; -1 upstream of the transcript."""
        return bisect_right(self._exon_starts, offset) - 1

    def is_exonic(self, offset: int) -> bool:
        index = self.exon_index(offset)
        return index >= 0 and offset < self.exons[index].end

    def mrna_index(self, offset: int) -> int:
        """Index in the mRNA of an exonic offset."""
        index = self.exon_index(offset)
        return self._mrna_starts[index] + offset - self.exons[index].start

    @cached_property
    def introns(self) -> tuple[tuple[int, int], ...]:
        """Introns in order, as half-open stretches of offsets."""
        return tuple((one.end, two.start) for one, two in zip(self.exons, self.exons[1:], strict=False))

    def feature(self, offset: int) -> Feature | None:
        """The exon or intron that holds an offset; None outside the transcript."""
        if not self.start <= offset < self.end:
            return None
        exon = self.exons[self.exon_index(offset)]
        kind = FeatureKind.EXON if offset < exon.end else FeatureKind.INTRON
        return Feature(kind, exon.number, exon.gene_number)

    def coding_position(self, offset: int) -> str | None:
        """The `c.` position of an offset, without `c.`; None outside the transcript.

        Intronic positions count from the nearest exon; the middle base of an odd intron counts from the
        exon before it (HGVS numbering).
        """
        if not self.start <= offset < self.end:
            return None
        index = self.exon_index(offset)
        exon = self.exons[index]
        if offset < exon.end:
            return self._coding_number(self._mrna_starts[index] + offset - exon.start)
        after, before = offset - exon.end + 1, self.exons[index + 1].start - offset
        if after <= before:
            return f"{self._coding_number(self._mrna_starts[index] + len(exon) - 1)}+{after}"
        return f"{self._coding_number(self._mrna_starts[index + 1])}-{before}"

    def _coding_number(self, mrna_index: int) -> str:
        start, end = self.coding_mrna
        if mrna_index < start:
            return str(mrna_index - start)
        if mrna_index < end:
            return str(mrna_index - start + 1)
        return f"*{mrna_index - end + 1}"

    # --- soundness --------------------------------------------------------------------------------

    def faults(self, protein: str) -> list[str]:
        """What is wrong with the model, if anything: reading frame, protein, splice sites."""
        found = []
        if len(self.cds) % 3:
            found.append("the coding sequence is not a multiple of three")
        if self.protein != protein + STOP:
            found.append("the coding sequence does not translate to the protein")
        for exon, (start, end) in zip(self.exons, self.introns, strict=False):
            if (self.bases[start : start + 2], self.bases[end - 2 : end]) != ("GT", "AG"):
                found.append(f"intron {exon.number} does not start with GT and end with AG")
        return found
