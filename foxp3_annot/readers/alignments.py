"""BAM and CRAM files, indexed or not: checked, and the reads of the locus taken out, told apart by sample.

Nothing is written beside the user's files: extracts, indices of files without one and the index of a genome live in
a temporary folder. Without a fresh index the reads are taken in one pass through the file, in whatever order it is.
"""

import hashlib
import struct
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pysam
import pysam.samtools

from foxp3_annot.alignment import LowFraction, Platform
from foxp3_annot.assembly import Assembly
from foxp3_annot.assembly_evidence import SequenceLine, decide_by_sequences
from foxp3_annot.coverage import ReadFilters
from foxp3_annot.errors import AssemblyError, InputError
from foxp3_annot.gene import Gene
from foxp3_annot.locus import Interval
from foxp3_annot.readers.htslib import HtslibError, reason, stderr_into, without_network

ENDINGS = (".bam", ".cram")
MARGIN = 1000
"""Bases on either side of the window whose reads are taken too: what lies there may tell where a lesion ends."""


@dataclass(frozen=True, slots=True)
class ReadSettings:
    """How reads are read: what counts, which genome a CRAM file was compressed with, and whether extracts are kept."""

    filters: ReadFilters = field(default_factory=ReadFilters)
    low: LowFraction = field(default_factory=LowFraction)
    genome: Path | None = None
    mini_bam: bool = True


@dataclass(frozen=True, slots=True)
class SampleReads:
    """The reads of one sample in the locus: a sorted and indexed BAM on the coordinates of the file."""

    name: str
    platform: Platform
    path: Path
    reads: int


@dataclass(frozen=True, slots=True)
class LocusReads:
    """What one alignment file holds of the locus. `contig` is its name of chromosome X."""

    assembly: Assembly
    basis: str
    contig: str
    indexed: bool
    samples: tuple[SampleReads, ...]


def is_alignment_file(path: Path) -> bool:
    """Whether a file holds reads, by its name."""
    return path.name.lower().endswith(ENDINGS)


def read_locus(
    path: Path,
    gene: Gene,
    unnamed: str,
    folder: Path,
    stated: Assembly | None = None,
    settings: ReadSettings | None = None,
    platform: Callable[[str], Platform | None] = lambda _: None,
) -> LocusReads:
    """The reads of the locus, extracted into `folder`, which must be empty.

    `unnamed` names the sample of a file whose read groups name none; `platform` may tell that of a sample where it is
    known better than by the file. Raises InputError for a file that cannot be used, AssemblyError where the build is
    not certain.
    """
    settings = settings or ReadSettings()
    _check_readable(path)
    with without_network():
        header, is_cram = _header(path)
        sequences = _sequences(header)
        given = settings.genome or (_named_genome(header) if is_cram else None)
        genome = _Genome.linked(given, folder) if given else None
        verified = genome.build(gene) if genome else None
        assembly, basis, contig = decide_by_sequences(str(path), sequences, stated, verified)
        if genome:
            genome.check(path, next(one for one in sequences if one.name == contig), is_cram=is_cram)
        index = _fresh_index(path)
        window = gene.on(assembly).window
        region = Interval(assembly, max(window.start - MARGIN, 1), window.end + MARGIN)
        extract, indexed = _extract(path, contig, region, index, genome, folder, is_cram=is_cram)
        samples = _by_sample(path, extract, header, unnamed, folder, platform)
    return LocusReads(assembly, basis, contig, indexed, samples)


def region_of(path: Path, gene: Gene, stated: Assembly | None = None) -> str:
    """The locus with its margin, as programs that take a region want it, in the spelling of an alignment file."""
    _check_readable(path)
    with without_network():
        header, _ = _header(path)
    assembly, _, contig = decide_by_sequences(str(path), _sequences(header), stated)
    window = gene.on(assembly).window
    return f"{contig}:{window.start - MARGIN}-{window.end + MARGIN}"


# --- opening ----------------------------------------------------------------------------------------


def _check_readable(path: Path) -> None:
    if not path.exists():
        raise InputError(f"{path}: there is no such file")
    if not path.is_file():
        raise InputError(f"{path}: is not a regular file; give a BAM or CRAM file")
    try:
        with path.open("rb") as stream:
            start = stream.read(2)
    except OSError as error:
        raise InputError(f"{path}: cannot be opened ({error.strerror})") from error
    if not start:
        raise InputError(f"{path}: is empty; give a BAM or CRAM file")


def _header(path: Path) -> tuple[dict[str, Any], bool]:
    """The header as plain values, and whether the file is CRAM."""
    with tempfile.TemporaryFile() as said:
        try:
            with stderr_into(said), pysam.AlignmentFile(str(path), check_sq=False) as reads:
                header = reads.header.to_dict()
                is_cram, is_binary = bool(reads.is_cram), bool(reads.is_bam or reads.is_cram)
        except (OSError, ValueError, NotImplementedError) as error:
            raise _unreadable(path, str(error)) from error
        if not is_binary:
            raise InputError(f"{path}: is text, not BAM or CRAM; convert it (samtools view -b) and give that file")
        if not header.get("SQ"):
            raise InputError(
                f"{path}: its header names no sequence (no @SQ line), so that its reads are not aligned; "
                "align them to GRCh37 or GRCh38 and give that file"
            )
        try:
            with stderr_into(said):
                pysam.samtools.quickcheck(str(path), catch_stdout=False)
        except pysam.SamtoolsError as error:
            raise _unreadable(path, "truncated") from error
    return header, is_cram


def _unreadable(path: Path, why: str) -> InputError:
    if "EOF" in why or "truncated" in why:
        return InputError(f"{path}: is truncated, its end is missing; copy or write it again")
    return InputError(f"{path}: cannot be read as BAM or CRAM ({why}); check that it is one and write it again")


def _sequences(header: dict[str, Any]) -> tuple[SequenceLine, ...]:
    return tuple(
        SequenceLine(str(one["SN"]), int(one["LN"]), str(one.get("M5", "")).lower(), str(one.get("AS", "")))
        for one in header["SQ"]
    )


def _fresh_index(path: Path) -> Path | None:
    """The index beside a file, if it is not older than it; a stale one would lose reads."""
    bare = path.with_suffix("")
    for ending in (".crai",) if path.suffix.lower() == ".cram" else (".bai", ".csi"):
        for index in (Path(f"{path}{ending}"), Path(f"{bare}{ending}")):
            if index.is_file() and index.stat().st_mtime >= path.stat().st_mtime:
                return index
    return None


# --- the genome of a CRAM file ----------------------------------------------------------------------


@dataclass(frozen=True)
class _Genome:
    """A FASTA file, reached through links in a temporary folder so that an index can lie beside it."""

    given: Path
    link: Path
    contigs: dict[str, int]

    @classmethod
    def linked(cls, given: Path, folder: Path) -> "_Genome":
        if not given.is_file():
            raise InputError(f"{given}: there is no such genome file; name the FASTA file with --genome")
        link = folder / given.name
        link.symlink_to(given.resolve())
        for ending in (".fai", ".gzi"):
            beside = Path(f"{given}{ending}")
            if beside.is_file() and beside.stat().st_mtime >= given.stat().st_mtime:
                Path(f"{link}{ending}").symlink_to(beside.resolve())
        with tempfile.TemporaryFile() as said:
            try:
                with stderr_into(said), pysam.FastaFile(str(link)) as fasta:
                    return cls(given, link, dict(zip(fasta.references, fasta.lengths, strict=True)))
            except (OSError, ValueError) as error:
                raise InputError(
                    f"{given}: cannot be read as the FASTA file of a genome; give it plain or compressed with bgzip"
                ) from error

    def fetch(self, contig: str, start: int, end: int) -> str:
        """Bases from start to end, 1-based, both included."""
        with pysam.FastaFile(str(self.link)) as fasta:
            return str(fasta.fetch(contig, start - 1, end)).upper()

    def build(self, gene: Gene) -> Assembly:
        """The build whose window the genome holds. AssemblyError where it is neither."""
        lengths = {assembly.x_length: assembly for assembly in Assembly}
        for name, length in self.contigs.items():
            if length in lengths:
                window = gene.on(lengths[length]).window
                if self.fetch(name, window.start, window.end) == gene.on(lengths[length]).reference.bases:
                    return lengths[length]
                raise AssemblyError(
                    f"{self.given}: its contig {name} has other bases at the FOXP3 locus than {lengths[length]}; "
                    "give the genome that the reads were aligned to, GRCh37 or GRCh38 without masked bases there"
                )
        raise AssemblyError(
            f"{self.given}: holds no chromosome X of GRCh37 ({Assembly.GRCH37.x_length:,} bases) or GRCh38 "
            f"({Assembly.GRCH38.x_length:,}); give the genome that the reads were aligned to"
        )

    def check(self, path: Path, x: SequenceLine, *, is_cram: bool) -> None:
        """Hold the genome against what the header of an alignment file says of X."""
        if x.name not in self.contigs:
            if is_cram:
                raise InputError(
                    f"{path}: calls chromosome X '{x.name}', a name that {self.given} lacks; "
                    "give the genome with which the CRAM file was written"
                )
            return
        if x.md5 and self._md5(x.name) != x.md5:
            raise AssemblyError(
                f"{path}: contig {x.name} has the checksum M5 {x.md5}, and that of {self.given} is "
                f"{self._md5(x.name)}; give the genome that the reads were aligned to"
            )

    def _md5(self, contig: str) -> str:
        bases = self.fetch(contig, 1, self.contigs[contig])
        return hashlib.md5(bases.encode("ascii"), usedforsecurity=False).hexdigest()


def _named_genome(header: dict[str, Any]) -> Path | None:
    """The genome file of this machine that a CRAM header names (`@SQ UR`).

    htslib would take it unasked and put an index beside it; instead it is checked and linked like one that is given.
    """
    for one in header["SQ"]:
        named = Path(str(one.get("UR", "")).removeprefix("file:"))
        if one.get("UR") and named.is_file():
            return named
    return None


# --- extraction -------------------------------------------------------------------------------------


def _extract(
    path: Path,
    contig: str,
    region: Interval,
    index: Path | None,
    genome: _Genome | None,
    folder: Path,
    *,
    is_cram: bool,
) -> tuple[Path, bool]:
    """A sorted and indexed BAM of the reads in the region, and whether the file's own index led to them.

    By an index the mates and other parts of these reads are taken as well. An index that fails, or finds nothing and
    does not fit the file, is left aside and the whole file is read.
    """
    raw, target = folder / "raw.bam", folder / "locus.bam"
    common = ["--no-PG", "-b", "-o", str(raw), *(["-T", str(genome.link)] if genome else [])]
    indexed = False
    if index and _ends_with(path, index):
        place = f"{contig}:{region.start}-{region.end}"
        try:
            _samtools("view", [*common, "-P", "-X", str(path), str(index), place])
            indexed = _count(raw) > 0 or _fits(path, index, is_cram=is_cram)
        except HtslibError:
            indexed = False
    if not indexed:
        bed = folder / "region.bed"
        bed.write_text(f"{contig}\t{region.start - 1}\t{region.end}\n")
        try:
            _samtools("view", [*common, "-L", str(bed), str(path)])
        except HtslibError as error:
            raise _cannot_extract(path, str(error), genome, is_cram=is_cram) from error
    _samtools("sort", ["--no-PG", "-T", str(folder / "sorting"), "-o", str(target), str(raw)])
    _samtools("index", [str(target)])
    raw.unlink()
    return target, indexed


def _cannot_extract(path: Path, why: str, genome: _Genome | None, *, is_cram: bool) -> InputError:
    if is_cram and not genome:
        return InputError(
            f"{path}: is a CRAM file that cannot be read without its genome ({why}); give the FASTA file with --genome "
            "(in the workflow: key `genome`), it is never fetched from a network"
        )
    if is_cram and genome:
        return InputError(
            f"{path}: cannot be read with the genome {genome.given} ({why}); "
            "give the genome with which the CRAM file was written"
        )
    return InputError(f"{path}: cannot be read to its end ({why}); copy or write it again")


def _samtools(command: str, words: list[str]) -> None:
    """Run a command of samtools; HtslibError with the telling line of what it said."""
    with tempfile.TemporaryFile() as said:
        try:
            with stderr_into(said):
                getattr(pysam.samtools, command)(*words, catch_stdout=False)
        except pysam.SamtoolsError as error:
            said.seek(0)
            raise HtslibError(reason(said.read().decode("utf-8", "replace"), str(error))) from error


def _count(bam: Path) -> int:
    with pysam.AlignmentFile(str(bam), check_sq=False) as reads:
        return sum(1 for _ in reads.fetch(until_eof=True))


def _fits(path: Path, index: Path, *, is_cram: bool) -> bool:
    """Whether an index that led to no read belongs to the file: it must lead to a read where it says there are some."""
    if is_cram:
        return _first_crai_slice_is_there(path, index)
    try:
        with pysam.AlignmentFile(str(path), check_sq=False, index_filename=str(index)) as reads:
            filled = [one.contig for one in reads.get_index_statistics() if one.total]
            return any(read.reference_name == filled[0] for read in reads.fetch(filled[0])) if filled else False
    except (OSError, ValueError):
        return False


def _ends_with(path: Path, index: Path) -> bool:
    """Whether a BAI index ends where the file ends, so that it cannot be that of a shorter one; other kinds pass."""
    if index.suffix != ".bai":
        return True
    try:
        end, unplaced = _end_of_bai(index.read_bytes())
    except (struct.error, IndexError):
        return False
    left = path.stat().st_size - end
    return left >= 0 and (unplaced > 0 or left <= _BGZF_BLOCK + _BGZF_EOF)


_BGZF_BLOCK, _BGZF_EOF = 1 << 16, 28
_COUNTS_BIN = 37450
"""The bin of a BAI index that holds counts beside offsets (SAM specification, 5.2)."""


def _end_of_bai(data: bytes) -> tuple[int, int]:
    """The highest offset in the file that an index leads to, and the number of reads without a place."""
    (references,) = struct.unpack_from("<4xi", data)
    at, end = 8, 0
    for _ in range(references):
        (bins,) = struct.unpack_from("<i", data, at)
        at += 4
        for _ in range(bins):
            number, chunks = struct.unpack_from("<Ii", data, at)
            offsets = struct.unpack_from(f"<{2 * chunks}Q", data, at + 8)
            end = max([end, *(offsets[:2] if number == _COUNTS_BIN else offsets)])
            at += 8 + 16 * chunks
        (intervals,) = struct.unpack_from("<i", data, at)
        at += 4 + 8 * intervals
    (unplaced,) = struct.unpack_from("<Q", data, at) if at + 8 <= len(data) else (0,)
    return end >> 16, unplaced


def _first_crai_slice_is_there(path: Path, index: Path) -> bool:
    """Whether the last slice that a CRAM index names ends before the end of the file and near it."""
    import gzip

    try:
        data = index.read_bytes()
        text = (gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data).decode("ascii")
        ends = [int(cells[3]) + int(cells[4]) + int(cells[5]) for cells in map(str.split, text.splitlines()) if cells]
    except (OSError, ValueError, IndexError):
        return False
    return bool(ends) and 0 <= path.stat().st_size - max(ends) <= 1 << 16


# --- samples ----------------------------------------------------------------------------------------


def _by_sample(
    path: Path,
    extract: Path,
    header: dict[str, Any],
    unnamed: str,
    folder: Path,
    platform: Callable[[str], Platform | None],
) -> tuple[SampleReads, ...]:
    """The reads of each sample that read groups name; of one sample all reads, however they are labelled."""
    groups = {str(group["ID"]): group for group in header.get("RG", []) if "ID" in group}
    owners = {id_: str(group["SM"]) for id_, group in groups.items() if group.get("SM")}
    names = list(dict.fromkeys(owners.values())) or [unnamed]
    words = {
        name: [str(group.get("PL", "")) for id_, group in groups.items() if owners.get(id_, names[0]) == name]
        for name in names
    }
    targets = {name: folder / f"sample{number}.bam" for number, name in enumerate(names)}
    if len(names) == 1:
        targets = {names[0]: extract}
    else:
        _split(path, extract, owners, targets)
    return tuple(_sample(name, platform(name), words[name], target) for name, target in targets.items())


def _sample(name: str, stated: Platform | None, words: list[str], bam: Path) -> SampleReads:
    """The reads of one sample; where nothing tells the platform, the length of its reads does."""
    with pysam.AlignmentFile(str(bam)) as reads:
        lengths = [read.query_length for read in reads.fetch(until_eof=True)]
    platform = stated or Platform.of_read_groups(words) or Platform.of_length(max(lengths, default=0))
    return SampleReads(name, platform, bam, len(lengths))


def _split(path: Path, extract: Path, owners: dict[str, str], targets: dict[str, Path]) -> None:
    """Write the reads of each sample into a file of its own."""
    with pysam.AlignmentFile(str(extract)) as reads:
        outs = {name: pysam.AlignmentFile(str(target), "wb", template=reads) for name, target in targets.items()}
        try:
            for read in reads.fetch(until_eof=True):
                group = str(read.get_tag("RG")) if read.has_tag("RG") else ""
                if group not in owners:
                    raise InputError(
                        f"{path}: holds several samples, but read '{read.query_name}' of the locus has "
                        f"{'the read group ' + group if group else 'no read group'}, which names none; "
                        "give every read its read group (samtools addreplacerg)"
                    )
                outs[owners[group]].write(read)
        finally:
            for out in outs.values():
                out.close()
    for target in targets.values():
        _samtools("index", [str(target)])


@contextmanager
def workspace() -> Iterator[Path]:
    """A temporary folder for extracts, gone at the end of the block."""
    with tempfile.TemporaryDirectory(prefix="foxp3-annot-") as folder:
        yield Path(folder)
