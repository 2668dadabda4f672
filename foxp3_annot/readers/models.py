"""Gene models of any organism from GFF3 and FASTA, as the values that the engine works on."""

import gzip
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn
from urllib.parse import unquote

import pysam

from foxp3_annot.assembly import Contig
from foxp3_annot.errors import ResourceError
from foxp3_annot.locus import Interval
from foxp3_annot.protein import STOP, translate
from foxp3_annot.reference import Reference
from foxp3_annot.transcript import Strand, Transcript

_UNTRANSLATED = ("five_prime_UTR", "three_prime_UTR", "UTR")
_ID_PREFIX = re.compile(r"^(transcript:|gene:|CDS:|rna-|gene-|cds-)")
_WINDOW_NAME = re.compile(r"^(?P<contig>.+):(?P<start>\d+)-(?P<end>\d+)$")


def read_gene_models(gff3: Path, fasta: Path) -> tuple[Transcript, ...]:
    """Every transcript with coding sequence, in the order in which the file first names them.

    Both files may be gzipped. The GFF3 has the dialect of Ensembl (`ID=transcript:ENST...`, `version=`) or of
    RefSeq (`ID=rna-NM_...`, `transcript_id=`). Exons come from the exon lines of a transcript or, where it has
    none, from its CDS and UTR lines joined where they touch; both `number` and `gene_number` of an exon count
    along its transcript. `accession` carries a version where the file states one; `protein_accession` is empty
    where it names no protein.

    Each record of the FASTA becomes the reference of the transcripts on it, whole, so give a locus, not a genome.
    A record called `name:start-end` holds these positions of the sequence `name`, any other one starts at 1. The
    contig bears the name of the sequence as label and as accession.

    A coding sequence is whole codons here. Where a model starts or ends within a codon (by its phase or its
    length), it begins with the first whole codon and ends with the last: the bases left over count as
    untranslated, and c. positions count from that first codon. A stop codon that follows a coding sequence
    without one (the habit of GTF) is added to it. A model that ends before its stop codon ends with a residue.

    Raises ResourceError, which names file and line, for lines that cannot be read; features outside the FASTA or
    outside their exons; overlapping parts, as in ribosomal slippage; phases that contradict the lengths; a
    reading frame with a stop codon inside, as in selenoproteins; a coding sequence without stop codon in a
    transcript that goes on.
    """
    references = _references(fasta)
    coding: dict[str, _Parts] = {}
    parts: dict[str, _Parts] = defaultdict(_Parts)
    features: dict[str, _Line] = {}
    for line in _lines(gff3):
        if line.identifier and line.kind != "CDS":
            features[line.identifier] = line
        for parent in line.parents:
            parts[parent].add(line)
            if line.kind == "CDS":
                coding.setdefault(parent, parts[parent])
    return tuple(_transcript(features.get(name), own, references, fasta) for name, own in coding.items())


# --- lines ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the GFF3: 1-based, both ends included, plus strand. `phase` is None where it says `.`."""

    path: Path
    number: int
    contig: str
    kind: str
    start: int
    end: int
    strand: str
    phase: int | None
    attributes: dict[str, str]

    @property
    def identifier(self) -> str:
        return self.attributes.get("ID", "")

    @property
    def parents(self) -> list[str]:
        return [name for name in self.attributes.get("Parent", "").split(",") if name]

    def refuse(self, fault: str) -> NoReturn:
        raise ResourceError(f"{self.path}: line {self.number}: {fault}")


class _Parts:
    """The exon, CDS and UTR lines of one transcript, as the file lists them."""

    def __init__(self) -> None:
        self.exons: list[_Line] = []
        self.coding: list[_Line] = []
        self.untranslated: list[_Line] = []

    def add(self, line: _Line) -> None:
        if line.kind == "exon":
            self.exons.append(line)
        elif line.kind == "CDS":
            self.coding.append(line)
        elif line.kind in _UNTRANSLATED:
            self.untranslated.append(line)


def _lines(path: Path) -> Iterator[_Line]:
    """The features of a GFF3 up to its FASTA part, if it has one."""
    try:
        with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as text:
            for number, content in enumerate(text, start=1):
                if content.startswith("##FASTA"):
                    return
                if content.strip() and not content.startswith("#"):
                    yield _line(path, number, content.rstrip("\r\n"))
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise ResourceError(f"{path}: cannot be read as GFF3 ({error})") from error


def _line(path: Path, number: int, content: str) -> _Line:
    cells = content.split("\t", 8)  # files exist in which descriptions hold tabs
    try:
        contig, _, kind, start, end, _, strand, phase, attributes = cells
        line = _Line(
            path, number, unquote(contig), kind, int(start), int(end), strand,
            None if phase == "." else int(phase), _attributes(attributes),
        )  # fmt: skip
    except ValueError as error:
        raise ResourceError(
            f"{path}: line {number}: is not a line of GFF3, which has nine cells with numbers as start, end and phase"
        ) from error
    if line.start > line.end or line.phase not in (None, 0, 1, 2):
        line.refuse("its start lies behind its end, or its phase is none of 0, 1 and 2")
    return line


def _attributes(cell: str) -> dict[str, str]:
    pairs = (pair.partition("=") for pair in cell.split(";") if pair.strip())
    return {key.strip(): unquote(value.strip()) for key, _, value in pairs}


# --- bases ----------------------------------------------------------------------------------------


def _references(path: Path) -> dict[str, Reference]:
    """The records of the FASTA by the name of their sequence."""
    found: dict[str, Reference] = {}
    try:
        with pysam.FastxFile(str(path)) as records:
            for record in records:
                reference = _reference(path, str(record.name), str(record.sequence or "").upper())
                if found.setdefault(str(reference.assembly), reference) is not reference:
                    raise ResourceError(f"{path}: holds the sequence '{reference.assembly}' twice; keep one record")
    except (OSError, ValueError) as error:
        raise ResourceError(f"{path}: cannot be read as FASTA ({error})") from error
    if not found:
        raise ResourceError(f"{path}: holds no sequence; give a FASTA file")
    return found


def _reference(path: Path, name: str, bases: str) -> Reference:
    window = _WINDOW_NAME.match(name)
    if not window:
        return Reference(Interval(Contig(name, name), 1, len(bases)), bases)
    contig, start, end = window["contig"], int(window["start"]), int(window["end"])
    if end - start + 1 != len(bases):
        raise ResourceError(f"{path}: the record '{name}' has {len(bases)} bases, which its name contradicts")
    return Reference(Interval(Contig(contig, contig), start, end), bases)


# --- models ---------------------------------------------------------------------------------------


def _transcript(feature: _Line | None, parts: _Parts, references: dict[str, Reference], fasta: Path) -> Transcript:
    first = parts.coding[0]
    told = feature or first.refuse(f"its parent '{', '.join(first.parents)}' is not in the file")
    strand = _strand(parts)
    if told.contig not in references:
        told.refuse(f"the sequence '{told.contig}' is not in {fasta}")
    reference = references[told.contig]
    for line in (*parts.exons, *parts.coding, *parts.untranslated):
        if line.contig != told.contig or line.start not in reference.window or line.end not in reference.window:
            line.refuse(f"the feature lies outside {reference.window.start}-{reference.window.end} of {told.contig}")
    exons = _in_order(_exons(parts), strand)
    coding = _coding_positions(parts, exons, strand, reference)
    return Transcript.of(
        _accession(told),
        _protein_accession(first),
        strand,
        reference,
        [(number, number, start, end) for number, (start, end) in enumerate(exons, start=1)],
        coding[0],
        coding[-1],
    )


def _strand(parts: _Parts) -> Strand:
    first, *others = (*parts.coding, *parts.exons, *parts.untranslated)
    for line in others:
        if line.strand != first.strand:
            line.refuse(f"its strand is '{line.strand}' where line {first.number} of the same transcript has another")
    if first.strand not in ("+", "-"):
        first.refuse(f"its strand is '{first.strand}' instead of + or -")
    return Strand(first.strand)


def _accession(feature: _Line) -> str:
    name = feature.attributes.get("transcript_id") or _ID_PREFIX.sub("", feature.identifier)
    version = feature.attributes.get("version", "")
    return f"{name}.{version}" if version and "." not in name else name


def _protein_accession(coding: _Line) -> str:
    stated, identifier = coding.attributes.get("protein_id", ""), coding.identifier
    return stated or (_ID_PREFIX.sub("", identifier) if _ID_PREFIX.match(identifier) else "")


def _in_order(stretches: list[tuple[int, int]], strand: Strand) -> list[tuple[int, int]]:
    return sorted(stretches, reverse=strand is Strand.MINUS)


def _exons(parts: _Parts) -> list[tuple[int, int]]:
    """Exons by rising coordinate."""
    joined: list[tuple[int, int]] = []
    for line in sorted(parts.exons or (*parts.coding, *parts.untranslated), key=lambda line: (line.start, line.end)):
        if joined and line.start <= joined[-1][1]:
            line.refuse("overlaps another part of the same transcript (ribosomal slippage is not supported)")
        if joined and line.start == joined[-1][1] + 1 and not parts.exons:
            joined[-1] = (joined[-1][0], line.end)
        else:
            joined.append((line.start, line.end))
    return joined


def _coding_positions(parts: _Parts, exons: list[tuple[int, int]], strand: Strand, reference: Reference) -> list[int]:
    """Plus-strand positions of the coding bases, codon after codon, with the stop codon where there is one."""
    lines = sorted(parts.coding, key=lambda line: line.start, reverse=strand is Strand.MINUS)
    transcribed = [position for exon in exons for position in _positions(*exon, strand)]
    coded = [position for line in lines for position in _positions(line.start, line.end, strand)]
    _verify_phases(lines)
    skipped = lines[0].phase or 0
    whole = (len(coded) - skipped) // 3 * 3
    start = transcribed.index(coded[0]) if coded[0] in transcribed else -1
    if start < 0 or transcribed[start : start + len(coded)] != coded:
        lines[0].refuse("this coding sequence does not fill the exons from its first base to its last without a gap")
    if not whole:
        lines[0].refuse("this coding sequence has no whole codon")
    start, end = start + skipped, start + skipped + whole
    return transcribed[start : end + _missing_stop(lines[0], transcribed, start, end, strand, reference)]


def _positions(start: int, end: int, strand: Strand) -> range:
    return range(end, start - 1, -1) if strand is Strand.MINUS else range(start, end + 1)


def _verify_phases(lines: list[_Line]) -> None:
    """Hold the phases against the lengths: bases of the line that still belong to the codon before it."""
    phase = lines[0].phase or 0
    for line in lines:
        if line.phase not in (None, phase):
            line.refuse(f"its phase is {line.phase} where the coding sequence before it asks for {phase}")
        phase = (phase - (line.end - line.start + 1)) % 3


def _missing_stop(
    line: _Line, transcribed: list[int], start: int, end: int, strand: Strand, reference: Reference
) -> int:
    """How many bases of a stop codon follow the coding sequence that lacks it: three or none."""
    origin, bases = reference.window.start, reference.bases
    mrna = "".join(bases[position - origin] for position in transcribed[start : end + 3])
    if strand is Strand.MINUS:
        mrna = mrna.translate(str.maketrans("ACGTN", "TGCAN"))
    residues = translate(mrna[: end - start])
    if STOP in residues[:-1]:
        place = residues.index(STOP) + 1
        line.refuse(f"this coding sequence has a stop codon inside, as codon {place} (wrong phase, or a selenoprotein)")
    if residues.endswith(STOP) or end + 3 > len(transcribed):
        return 0
    if translate(mrna[end - start :]) != STOP:
        line.refuse("this coding sequence ends without a stop codon although its transcript goes on")
    return 3
