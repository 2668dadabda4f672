"""Paired-end reads of the FOXP3 locus from known haplotypes, as a sorted and indexed BAM.

`python -m benchmarks.simulation --help` writes one from the command line. The same arguments give the same bytes
under the same releases of numpy and pysam.

What is true of the reads: their bases, base qualities (errors are drawn at the rate that each quality states) and
alignments, which follow from the haplotype and not from a search: CIGAR with small insertions and deletions, soft
clips with a supplementary alignment and SA tags where a read crosses a larger breakpoint, mates at the distance that
the lesion gives them. Ends too short to be worth a gap or a split are drawn through or clipped, as bwa mem does with
its default scores. Every alignment has mapping quality 60. What is not true: bases beyond the embedded window are
made up, coverage is uneven at random and not by GC, and nothing is mapped to a wrong place. `aligner="mappy"` lets
minimap2 place the reads instead, where its Python binding is installed (`pip install mappy` builds it with a C
compiler and zlib; nothing else here needs it).
"""

import argparse
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pysam

from foxp3_annot.assembly import Assembly
from foxp3_annot.gene import Gene, GeneModel, foxp3
from foxp3_annot.genotype import Sex
from foxp3_annot.reference import Reference
from foxp3_annot.variant import Variant

CHROMOSOMES: dict[Assembly, dict[str, int]] = {
    Assembly.GRCH37: {"1": 249_250_621, "2": 243_199_373, "22": 51_304_566, "Y": 59_373_566},
    Assembly.GRCH38: {"1": 248_956_422, "2": 242_193_529, "22": 50_818_468, "Y": 57_227_415},
}
"""Lengths of further sequences for the header (NCBI assembly reports)."""

MATCH, MISMATCH, GAP_OPEN, GAP_EXTEND, END_BONUS = 1, -4, 6, 1, 5
"""Default scores of bwa mem (its manual page)."""

LEAST_SCORE = 30
"""A part of a read shorter than this is not aligned by itself (bwa mem -T)."""

LARGEST_GAP = 50
"""The longest insertion or deletion within one alignment; longer ones split the read."""

COMPLEMENT = np.zeros(256, dtype=np.uint8)
COMPLEMENT[np.frombuffer(b"ACGTN", dtype=np.uint8)] = np.frombuffer(b"TGCAN", dtype=np.uint8)


@dataclass(frozen=True)
class Loss:
    """The bases from start to end are missing (1-based, both included, plus strand)."""

    start: int
    end: int


@dataclass(frozen=True)
class Gain:
    """The bases from start to end stand twice, one behind the other."""

    start: int
    end: int


@dataclass(frozen=True)
class Haplotype:
    """One copy of the locus, by how it differs from the reference; the edits must not touch each other."""

    edits: tuple[Variant | Loss | Gain, ...] = ()

    @classmethod
    def of(cls, *edits: Variant | Loss | Gain) -> "Haplotype":
        return cls(edits)


@dataclass(frozen=True)
class ErrorModel:
    """Base qualities and how often each is drawn at the first and at the last base of a read, linear in between.

    A base of quality Q is wrong with the probability 10^(-Q/10).
    """

    qualities: tuple[int, ...] = (37, 25, 12)
    first: tuple[float, ...] = (0.96, 0.03, 0.01)
    last: tuple[float, ...] = (0.80, 0.14, 0.06)


@dataclass(frozen=True)
class Capture:
    """An exome kit: targets on chromosome X (1-based, both included) and how well each is caught (1 is usual).

    Depth falls off with the distance from a target as fragments do; `off_target` is what stays everywhere.
    """

    targets: tuple[tuple[int, int], ...]
    efficiencies: tuple[float, ...]
    off_target: float = 0.005

    @classmethod
    def of_exons(cls, model: GeneModel, kit: int = 1, spread: float = 0.35, coding_only: bool = False) -> "Capture":
        """One target an exon, with efficiencies that belong to the kit (log-normal of the given spread)."""
        chance = random.Random(f"{kit}/{model.assembly}")
        stretches = exon_stretches(model)
        if coding_only:
            stretches = stretches[1:]
        return cls(tuple(stretches), tuple(min(chance.lognormvariate(0, spread), 3.0) for _ in stretches))


def exon_stretches(model: GeneModel) -> list[tuple[int, int]]:
    """Exons of the first transcript in its order, on the plus strand."""
    transcript = model.transcript
    return [
        (min(bounds), max(bounds))
        for bounds in ((transcript.position(e.start), transcript.position(e.end - 1)) for e in transcript.exons)
    ]


@dataclass(frozen=True)
class Piece:
    """Bases of a haplotype that stand on the reference from `start`, or nowhere (None: inserted)."""

    length: int
    start: int | None


@dataclass(frozen=True)
class _Copy:
    """A haplotype written out: its bases, and for each piece where it begins in them."""

    bases: np.ndarray
    pieces: tuple[Piece, ...]
    offsets: tuple[int, ...]
    share: float


@dataclass(frozen=True)
class Placed:
    """An alignment of the stretch of a read (plus strand) from `first` to before `last`."""

    start: int
    cigar: tuple[tuple[str, int], ...]
    first: int
    last: int
    quality: int = 60
    reverse: bool | None = None

    @property
    def end(self) -> int:
        return self.start + sum(n for op, n in self.cigar if op in "MD") - 1


@dataclass
class _Read:
    """One read as on the plus strand of the haplotype, with its alignments, the best first."""

    bases: np.ndarray
    qualities: np.ndarray
    reverse: bool
    placed: list[Placed] = field(default_factory=list)


def simulate(
    path: Path,
    gene: Gene,
    assembly: Assembly,
    *,
    haplotypes: Sequence[Haplotype] = (),
    sex: Sex = Sex.FEMALE,
    depth: float = 30,
    shares: Sequence[float] | None = None,
    read_length: int = 150,
    insert: tuple[float, float] = (350, 60),
    errors: ErrorModel | None = None,
    platform: str = "ILLUMINA",
    sample: str = "sample",
    seed: int = 1,
    contig_name: str = "chrX",
    capture: Capture | None = None,
    duplicates: float = 0.0,
    flank: int = 1000,
    unevenness: float = 0.05,
    kit: int = 1,
    elsewhere: Mapping[str, int] | None = None,
    aligner: str = "truth",
) -> Path:
    """Write a coordinate-sorted, indexed BAM of one sample and return its path.

    `depth` is the mean depth of the locus, all normal copies together, before duplicates: a male of a "30x" genome
    has 15 here. With `capture` it is the depth in targets of efficiency 1. `haplotypes` defaults to reference
    copies, one in a male and two otherwise; a female of whom one is given carries the reference on the other.
    `shares` are the parts of the reads that come from each (equal where not given), so that a mosaic is a third
    haplotype with a small share. `unevenness` is the spread (log-normal, over some 300 bases) of how well places of
    the locus are seen by all samples of one `kit`; each sample adds a third of that of its own. `elsewhere` counts
    read pairs by name of another chromosome of the header (without `chr`). `flank` bases of made-up sequence on
    both sides let depth be level up to the ends of the window.
    """
    model = gene.on(assembly)
    chance = np.random.Generator(np.random.PCG64([seed, 7]))
    padded = _padded(model.reference, flank)
    carried = tuple(haplotypes) or (Haplotype(),)
    if sex is not Sex.MALE and len(carried) == 1:
        carried = (*carried, Haplotype())
    parts = tuple(shares or [1 / len(carried)] * len(carried))
    if len(parts) != len(carried):
        raise ValueError(f"{len(parts)} shares were given for {len(carried)} haplotypes")
    copies = [_written_out(one, padded, share) for one, share in zip(carried, parts, strict=True)]
    seen = _seen(model, flank, capture, unevenness, kit, chance)
    place = _mappy(padded) if aligner == "mappy" else None
    header = _header(assembly, contig_name, sample, platform)
    x = list(header.references).index(contig_name)
    records: list[pysam.AlignedSegment] = []
    number = 0
    for copy in copies:
        fragments = _fragments(copy, depth, read_length, insert, seen, padded.window.start, chance)
        reads = _drawn(copy, fragments, read_length, errors or ErrorModel(), chance)
        for (start, size), pair in zip(fragments, reads, strict=True):
            for doubled in range(1 + int(duplicates > 0 and chance.random() < duplicates)):
                for read, at in zip(pair, (start, start + size - len(pair[1].bases)), strict=True):
                    read.placed = place(read) if place else _placed(copy, at, read.bases, padded)
                records += _records(f"{sample}:{number}", pair, header, x, padded, insert, doubled > 0)
                number += 1
    for name, count in sorted((elsewhere or {}).items()):
        records += _filler(name, count, header, assembly, contig_name, read_length, insert, chance)
    records.sort(key=lambda one: (one.reference_id, one.reference_start, one.query_name, one.flag))
    with pysam.AlignmentFile(str(path), "wb", header=header) as out:
        for record in records:
            out.write(record)
    pysam.index(str(path))
    return Path(path)


def _padded(reference: Reference, flank: int) -> Reference:
    """The window with made-up bases on both sides, the same for every sample."""
    window = reference.window
    chance = random.Random(f"flanks of {window}")
    left, right = ("".join(chance.choices("ACGT", k=20_000)) for _ in range(2))
    if flank > len(left):
        raise ValueError(f"flank is at most {len(left)}")
    wide = replace(window, start=window.start - flank, end=window.end + flank)
    return Reference(wide, left[len(left) - flank :] + reference.bases + right[:flank])


def _written_out(haplotype: Haplotype, padded: Reference, share: float) -> _Copy:
    """The bases of a haplotype. Raises ValueError where edits touch each other."""
    bases: list[str] = []
    pieces: list[Piece] = []
    cursor = padded.window.start

    def copied(start: int, end: int) -> None:
        if end >= start:
            bases.append(padded.fetch(start, end))
            pieces.append(Piece(end - start + 1, start))

    def begin(edit: Variant | Loss | Gain) -> int:
        return edit.leftmost().start if isinstance(edit, Variant) else edit.start

    for edit in sorted(haplotype.edits, key=begin):
        if begin(edit) < cursor:
            raise ValueError(f"{edit} touches the edit before it")
        if isinstance(edit, Gain):
            copied(cursor, edit.end)
            copied(edit.start, edit.end)
            cursor = edit.end + 1
        elif isinstance(edit, Loss):
            copied(cursor, edit.start - 1)
            cursor = edit.end + 1
        else:
            small = edit.leftmost()
            copied(cursor, small.start - 1)
            shared = min(len(small.ref), len(small.alt))
            if shared:
                bases.append(small.alt[:shared])
                pieces.append(Piece(shared, small.start))
            if len(small.alt) > shared:
                bases.append(small.alt[shared:])
                pieces.append(Piece(len(small.alt) - shared, None))
            cursor = small.end + 1
    copied(cursor, padded.window.end)
    offsets = np.concatenate([[0], np.cumsum([piece.length for piece in pieces])[:-1]])
    return _Copy(
        np.frombuffer("".join(bases).encode(), dtype=np.uint8), tuple(pieces), tuple(int(o) for o in offsets), share
    )


def _seen(
    model: GeneModel, flank: int, capture: Capture | None, unevenness: float, kit: int, chance: np.random.Generator
) -> np.ndarray:
    """How well each base of the padded window is seen: by the kit, and by this sample."""
    length = len(model.window) + 2 * flank
    of_kit = np.random.Generator(np.random.PCG64([kit, 11]))
    seen = np.exp(_wave(length, unevenness, of_kit) + _wave(length, unevenness / 3, chance))
    if capture is None:
        return seen
    begin = model.window.start - flank
    places = np.arange(begin, begin + length)
    caught = np.full(length, capture.off_target)
    for (start, end), efficiency in zip(capture.targets, capture.efficiencies, strict=True):
        away = np.maximum(np.maximum(start - places, places - end), 0)
        own = float(np.exp(chance.normal(0, 0.04)))
        caught = np.maximum(caught, efficiency * own * np.exp(-((away / 130.0) ** 2)))
    return caught * seen


def _wave(length: int, spread: float, chance: np.random.Generator) -> np.ndarray:
    """A curve of the given spread that changes over some 300 bases, around 0."""
    knots = chance.normal(0, spread, length // 300 + 2)
    return np.interp(np.arange(length), np.arange(len(knots)) * 300, knots) if spread else np.zeros(length)


def _fragments(
    copy: _Copy,
    depth: float,
    read_length: int,
    insert: tuple[float, float],
    seen: np.ndarray,
    origin: int,
    chance: np.random.Generator,
) -> list[tuple[int, int]]:
    """Start (offset in the haplotype) and size of each fragment."""
    most = float(seen.max())
    total = len(copy.bases)
    count = int(chance.poisson(depth * copy.share * most * total / (2 * read_length)))
    sizes = np.clip(chance.normal(*insert, count).round().astype(int), read_length, total)
    starts = chance.integers(-read_length, total, count)
    keep = chance.random(count) * most
    where = np.concatenate(
        [
            np.arange(p.start, p.start + p.length) if p.start is not None else np.full(p.length, origin)
            for p in copy.pieces
        ]
    )
    found = []
    for start, size, luck in zip(starts.tolist(), sizes.tolist(), keep.tolist(), strict=True):
        if start < 0 or start + size > total:
            continue
        middle = int(where[start + size // 2]) - origin
        if luck < seen[middle]:
            found.append((start, size))
    return found


def _drawn(
    copy: _Copy,
    fragments: Sequence[tuple[int, int]],
    length: int,
    errors: ErrorModel,
    chance: np.random.Generator,
) -> list[tuple[_Read, _Read]]:
    """Both reads of each fragment, as on the plus strand, with qualities and errors."""
    count = len(fragments)
    share = np.linspace(0, 1, length)[:, None]
    weights = np.cumsum((1 - share) * np.array(errors.first) + share * np.array(errors.last), axis=1)
    luck = chance.random((count, 2, length))
    kind = (luck[..., None] > weights[None, None, :, :-1]).sum(axis=-1)
    qualities = np.array(errors.qualities, dtype=np.uint8)[kind]
    wrong = chance.random((count, 2, length)) < 10 ** (qualities / -10.0)
    shift = chance.integers(1, 4, (count, 2, length))
    alphabet = np.frombuffer(b"ACGT", dtype=np.uint8)
    code = np.zeros(256, dtype=np.int64)
    code[alphabet] = np.arange(4)
    drawn = []
    for number, (start, size) in enumerate(fragments):
        pair = []
        for which, reverse in enumerate((False, True)):
            at = start + size - length if reverse else start
            true = copy.bases[at : at + length]
            # Qualities are drawn along the read, which is the other direction in a reverse read.
            order = slice(None, None, -1) if reverse else slice(None)
            bad, moved = wrong[number, which][order], shift[number, which][order]
            bases = np.where(bad, alphabet[(code[true] + moved) % 4], true).astype(np.uint8)
            pair.append(_Read(bases, qualities[number, which][order], reverse))
        drawn.append((pair[0], pair[1]))
    return drawn


def _placed(copy: _Copy, at: int, bases: np.ndarray, padded: Reference) -> list[Placed]:
    """The alignments of the read that begins at an offset of a haplotype, the longest first."""
    parts: list[tuple[int, list[list[Any]], int]] = []  # reference start, CIGAR, first base of the read
    done, end = 0, len(bases)
    here = int(np.searchsorted(copy.offsets, at, side="right")) - 1
    cursor: int | None = None
    pending = 0
    for piece, offset in zip(copy.pieces[here:], copy.offsets[here:], strict=True):
        if done == end:
            break
        skip = max(at - offset, 0)
        length = min(piece.length - skip, end - done)
        if piece.start is None:
            pending += length
        else:
            start = piece.start + skip
            gap = start - cursor if cursor is not None else -1
            if parts and 0 <= gap <= LARGEST_GAP and pending <= LARGEST_GAP:
                cigar = parts[-1][1]
                for op, n in (("I", pending), ("D", gap)):
                    if n:
                        cigar.append([op, n])
                if cigar[-1][0] == "M":
                    cigar[-1][1] += length
                else:
                    cigar.append(["M", length])
            else:
                parts.append((start, [["M", length]], done))
            cursor, pending = start + length, 0
        done += length
    placed = [_finished(start, cigar, first, bases, padded) for start, cigar, first in parts]
    placed = [one for one in placed if one.last - one.first >= LEAST_SCORE]
    # A part that another one covers after it was drawn on is not told apart by an aligner.
    placed.sort(key=lambda one: (one.first - one.last, one.first))
    return [one for i, one in enumerate(placed) if i == 0 or not _hidden(one, placed[0])]


def _hidden(one: Placed, best: Placed) -> bool:
    alone = (one.last - one.first) - max(min(one.last, best.last) - max(one.first, best.first), 0)
    return alone < 15


def _finished(start: int, cigar: list[list[Any]], first: int, bases: np.ndarray, padded: Reference) -> Placed:
    """An alignment with ends as an aligner leaves them: gaps that do not pay dropped, bases drawn on that match."""
    cigar = [list(one) for one in cigar]
    last = first + sum(n for op, n in cigar if op in "MI")
    while len(cigar) > 2:  # the end after the last gap
        worth = cigar[-1][1] - sum(GAP_OPEN + GAP_EXTEND * n for op, n in cigar[-2:-1])
        ends = last == len(bases)
        straight_from = last - cigar[-1][1] - (cigar[-2][1] if cigar[-2][0] == "I" else 0)
        there = _end_of(start, cigar[:-2])
        if worth + END_BONUS * ends > _drawn_on(bases, straight_from, there, padded, 1)[1]:
            break
        last, cigar = straight_from, cigar[:-2]
    while len(cigar) > 2:  # the end before the first gap
        worth = cigar[0][1] - (GAP_OPEN + GAP_EXTEND * cigar[1][1])
        straight_to = first + cigar[0][1] + (cigar[1][1] if cigar[1][0] == "I" else 0)
        there = start + cigar[0][1] + (cigar[1][1] if cigar[1][0] == "D" else 0)
        if worth + END_BONUS * (first == 0) > _drawn_on(bases, straight_to - 1, there - 1, padded, -1)[1]:
            break
        first, start, cigar = straight_to, there, cigar[2:]
    more = _drawn_on(bases, last, _end_of(start, cigar), padded, 1)[0]
    cigar[-1][1] += more
    last += more
    less = _drawn_on(bases, first - 1, start - 1, padded, -1)[0]
    cigar[0][1] += less
    return Placed(start - less, tuple((op, n) for op, n in cigar), first - less, last)


def _end_of(start: int, cigar: Sequence[Sequence[Any]]) -> int:
    """The first base of the reference after an alignment."""
    return int(start + sum(n for op, n in cigar if op in "MD"))


def _drawn_on(bases: np.ndarray, at: int, there: int, padded: Reference, step: int) -> tuple[int, int]:
    """How many bases to draw an alignment on by, and with what score: to the end of the read where that pays."""
    score = best = length = count = 0
    window = padded.window
    text = padded.bases
    while 0 <= at < len(bases) and window.start <= there <= window.end:
        score += MATCH if ord(text[there - window.start]) == bases[at] else MISMATCH
        count += 1
        if score > best:
            best, length = score, count
        if score < best - 40:
            return length, best
        at, there = at + step, there + step
    if not 0 <= at < len(bases) and score + END_BONUS >= best and count:
        return count, score + END_BONUS
    return length, best


def _mappy(padded: Reference) -> Any:
    """Placement by minimap2 instead of by construction."""
    import mappy

    index = mappy.Aligner(seq=padded.bases, preset="sr")

    def place(read: _Read) -> list[Placed]:
        text = read.bases.tobytes().decode()
        found = []
        for hit in index.map(text):
            reverse = hit.strand < 0
            first, last = (len(text) - hit.q_en, len(text) - hit.q_st) if reverse else (hit.q_st, hit.q_en)
            cigar = tuple(("MIDNSHP=X"[op], n) for n, op in hit.cigar)
            found.append(Placed(padded.window.start + hit.r_st, cigar, first, last, hit.mapq, read.reverse != reverse))
        found.sort(key=lambda one: (one.first - one.last, one.first, one.start))
        return [one for i, one in enumerate(found) if i == 0 or not _hidden(one, found[0])][:2]

    return place


def _header(assembly: Assembly, contig_name: str, sample: str, platform: str) -> pysam.AlignmentHeader:
    others = CHROMOSOMES[assembly]
    prefix = "chr" if contig_name.startswith("chr") else ""
    names = [(prefix + n, others[n]) for n in ("1", "2", "22")]
    sequences = [*names, (contig_name, assembly.x_length), (prefix + "Y", others["Y"])]
    return pysam.AlignmentHeader.from_dict(
        {
            "HD": {"VN": "1.6", "SO": "coordinate"},
            "SQ": [{"SN": name, "LN": length} for name, length in sequences],
            "RG": [{"ID": sample, "SM": sample, "LB": f"{sample}.library", "PL": platform}],
        }
    )


def _records(
    name: str,
    pair: tuple[_Read, _Read],
    header: pysam.AlignmentHeader,
    x: int,
    padded: Reference,
    insert: tuple[float, float],
    duplicate: bool,
) -> list[pysam.AlignedSegment]:
    """All alignment lines of one fragment."""
    mains = [read.placed[0] if read.placed else None for read in pair]
    if not any(mains):
        return []
    # Which end is read first is drawn from the name, so that both orders occur.
    swapped = sum(name.encode()) % 2 == 1
    span = _span(mains, pair)
    usual = insert[0] + 4 * insert[1]
    proper = span is not None and 0 < span <= usual
    found = []
    for which, read in enumerate(pair):
        mate, mate_read = mains[1 - which], pair[1 - which]
        for number, placed in enumerate(read.placed or [None]):
            line = pysam.AlignedSegment(header)
            line.query_name = name
            flag = 1 | (0x400 if duplicate else 0) | (0x80 if bool(which) != swapped else 0x40)
            flag |= 2 if proper else 0
            mate_reverse = _is_reverse(mate_read, mate)
            flag |= 8 if mate is None else 0x20 if mate_reverse else 0
            if placed is None:
                flag |= 4
                assert mate is not None
                _write_bases(line, read, read.reverse is not False, False)
                line.reference_id, line.reference_start = x, mate.start - 1
                line.mapping_quality = 0
                flag &= ~0x10
            else:
                reverse = _is_reverse(read, placed)
                flag |= (0x10 if reverse else 0) | (0x800 if number else 0)
                _write_bases(line, read, reverse, True)
                line.reference_id, line.reference_start = x, placed.start - 1
                line.mapping_quality = placed.quality
                flipped = reverse != read.reverse
                line.cigarstring = _cigar(placed, len(read.bases), flipped)
                others = [one for one in read.placed if one is not placed]
                if others:
                    line.set_tag("SA", "".join(_sa(header.references[x], read, one) for one in others))
                line.set_tag("NM", _edits(line, padded))
            line.flag = flag
            line.next_reference_id = x
            line.next_reference_start = (mate.start if mate else mains[which].start) - 1  # type: ignore[union-attr]
            if span is not None and mate and placed:
                size = max(mains[0].end, mains[1].end) - min(mains[0].start, mains[1].start) + 1  # type: ignore[union-attr]
                first = (mains[which].start, which) < (mate.start, 1 - which)  # type: ignore[union-attr]
                line.template_length = size if first else -size
            if mate is not None and placed is not None:
                line.set_tag("MC", _cigar(mate, len(mate_read.bases), mate_reverse != mate_read.reverse))
                line.set_tag("MQ", mate.quality)
            line.set_tag("RG", header.to_dict()["RG"][0]["ID"])
            found.append(line)
    return found


def _is_reverse(read: _Read, placed: Placed | None) -> bool:
    return False if placed is None else read.reverse if placed.reverse is None else placed.reverse


def _span(mains: Sequence[Placed | None], pair: tuple[_Read, _Read]) -> int | None:
    """The length of a pair that looks inward, negative for another orientation; None where a mate is missing."""
    left, right = mains
    if left is None or right is None:
        return None
    strands = _is_reverse(pair[0], left), _is_reverse(pair[1], right)
    if strands[0] == strands[1]:
        return -1
    forward, backward = (left, right) if not strands[0] else (right, left)
    return backward.end - forward.start + 1 if backward.end >= forward.start else -1


def _write_bases(line: pysam.AlignedSegment, read: _Read, reverse: bool, aligned: bool) -> None:
    """Bases and qualities in the orientation of the line: those of the plus strand as aligned."""
    turn = reverse != read.reverse if aligned else read.reverse
    bases, qualities = read.bases, read.qualities
    if turn:
        bases, qualities = COMPLEMENT[bases[::-1]], qualities[::-1]
    line.query_sequence = bases.tobytes().decode()
    line.query_qualities = pysam.qualitystring_to_array((qualities + 33).astype(np.uint8).tobytes().decode())


def _cigar(placed: Placed, length: int, flipped: bool = False) -> str:
    """CIGAR with soft clips, in supplementary lines too (bwa mem -Y, minimap2 -Y)."""
    before, after = placed.first, length - placed.last
    if flipped:
        before, after = after, before
    clips = [f"{n}S" if n else "" for n in (before, after)]
    return clips[0] + "".join(f"{n}{op}" for op, n in placed.cigar) + clips[1]


def _sa(contig: str, read: _Read, placed: Placed) -> str:
    reverse = _is_reverse(read, placed)
    cigar = _cigar(placed, len(read.bases), reverse != read.reverse)
    edits = sum(n for op, n in placed.cigar if op in "ID")
    return f"{contig},{placed.start},{'-' if reverse else '+'},{cigar},{placed.quality},{edits};"


def _edits(line: pysam.AlignedSegment, padded: Reference) -> int:
    """Mismatches, inserted and deleted bases (tag NM)."""
    sequence, there, at, count = line.query_sequence or "", line.reference_start + 1, 0, 0
    for op, n in line.cigartuples or ():
        if op == 0:
            begin = there - padded.window.start
            count += sum(a != b for a, b in zip(sequence[at : at + n], padded.bases[begin : begin + n], strict=True))
        if op in (1, 2):
            count += n
        at += n if op in (0, 1, 4) else 0
        there += n if op in (0, 2) else 0
    return count


def _filler(
    name: str,
    count: int,
    header: pysam.AlignmentHeader,
    assembly: Assembly,
    contig_name: str,
    length: int,
    insert: tuple[float, float],
    chance: np.random.Generator,
) -> Iterator[pysam.AlignedSegment]:
    """Pairs of made-up bases on another chromosome, for what counts reads by chromosome."""
    contig = ("chr" if contig_name.startswith("chr") else "") + name
    reference = list(header.references).index(contig)
    size = int(insert[0])
    group = header.to_dict()["RG"][0]["ID"]
    for number in range(count):
        start = int(chance.integers(3_000_000, CHROMOSOMES[assembly][name] - 3_000_000))
        for which, at in enumerate((start, start + size - length)):
            line = pysam.AlignedSegment(header)
            line.query_name = f"{group}:{name}:{number}"
            line.flag = 99 if which == 0 else 147
            line.query_sequence = chance.choice(np.frombuffer(b"ACGT", dtype=np.uint8), length).tobytes().decode()
            line.query_qualities = pysam.qualitystring_to_array("F" * length)
            line.reference_id = line.next_reference_id = reference
            line.reference_start = at - 1
            line.next_reference_start = (start + size - length if which == 0 else start) - 1
            line.template_length = size if which == 0 else -size
            line.mapping_quality = 60
            line.cigarstring = f"{length}M"
            line.set_tag("RG", group)
            yield line


def _edit(text: str, reference: Reference) -> Variant | Loss | Gain:
    """From position:ref:alt, del:start-end or dup:start-end."""
    kind, _, rest = text.partition(":")
    if kind in ("del", "dup"):
        start, end = (int(one) for one in rest.split("-"))
        return Loss(start, end) if kind == "del" else Gain(start, end)
    position, ref, alt = text.split(":")
    return Variant.of(reference, int(position), ref, alt)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else "")
    parser.add_argument("output", type=Path, help="the BAM to write")
    parser.add_argument("--assembly", default="GRCh38")
    parser.add_argument("--sex", default="female")
    parser.add_argument("--depth", type=float, default=30, help="mean depth of the locus")
    parser.add_argument(
        "--haplotype",
        action="append",
        default=[],
        help="edits of one copy, separated by commas: position:ref:alt, del:start-end, dup:start-end; empty: reference",
    )
    parser.add_argument("--share", action="append", type=float, help="part of the reads of each haplotype")
    parser.add_argument("--exome", action="store_true", help="reads at exons only")
    parser.add_argument("--duplicates", type=float, default=0.0)
    parser.add_argument("--sample", default="sample")
    parser.add_argument("--contig", default="chrX")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--aligner", choices=("truth", "mappy"), default="truth")
    chosen = parser.parse_args()
    gene, assembly = foxp3(), Assembly.parse(chosen.assembly)
    model = gene.on(assembly)
    simulate(
        chosen.output,
        gene,
        assembly,
        haplotypes=[
            Haplotype(tuple(_edit(one, model.reference) for one in text.split(",") if one)) for text in chosen.haplotype
        ],
        sex=Sex.parse(chosen.sex),
        depth=chosen.depth,
        shares=chosen.share,
        duplicates=chosen.duplicates,
        sample=chosen.sample,
        contig_name=chosen.contig,
        capture=Capture.of_exons(model) if chosen.exome else None,
        seed=chosen.seed,
        aligner=chosen.aligner,
    )


if __name__ == "__main__":
    main()
