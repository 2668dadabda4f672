"""VCF and BCF files, however compressed, indexed or not, as call sets.

The records of the locus are extracted by `bcftools view` (inside pysam), which reads every dialect that
htslib reads and, without an index, is the fastest way through a large file.
"""

import hashlib
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pysam
import pysam.bcftools

from foxp3_annot.assembly import X_NAMES, Assembly, assembly_of_contig
from foxp3_annot.assembly_evidence import (
    ContigLine,
    HeaderFacts,
    ReferenceStatement,
    decide,
    overlapping_bases,
)
from foxp3_annot.callset import (
    Allele,
    AlleleKind,
    Call,
    CallSet,
    Record,
    Seen,
    SourceFile,
    StructuralAllele,
)
from foxp3_annot.errors import InputError, ReferenceMismatchError
from foxp3_annot.gene import Gene
from foxp3_annot.genotype import MISSING, Genotype
from foxp3_annot.readers.htslib import reason, stderr_into
from foxp3_annot.readers.reference_blocks import blocks_coverage
from foxp3_annot.reference import Reference, reverse_complement
from foxp3_annot.resources import sha256
from foxp3_annot.variant import Variant, within_window

WHOLE_FILE_DIGEST_LIMIT = 1 << 30
"""Files up to this size (bytes) get a checksum of the whole file; larger ones one of what was used."""

_UNSPECIFIED = {"<NON_REF>", "<*>", "<X>", "X", "."}


@contextmanager
def extracted(path: Path, gene: Gene) -> Iterator[Path]:
    """Header and locus records (both builds, every spelling of X) as a plain VCF, for the time of the block."""
    _check_readable(path)
    with tempfile.TemporaryDirectory(prefix="foxp3-annot-") as folder:
        target = Path(folder) / "locus.vcf"
        regions = ",".join(_regions(gene))
        if _has_fresh_index(path):
            choice = ["-r", regions, "--regions-overlap", "1"]
        else:
            choice = ["-t", regions, "--targets-overlap", "1"]
        _view(path, [*choice, "--no-version", "-Ov", "-o", str(target)])
        yield target


def read_call_set(path: Path, extract: Path, name: str, gene: Gene, stated: Assembly | None = None) -> CallSet:
    """The call set of a file from its extract.

    Raises InputError for a file that cannot be read, AssemblyError where the build is not certain, and
    ReferenceMismatchError where a record's REF is not the reference.
    """
    raw = _raw_records(path, extract)
    facts, samples = _header(extract)
    assembly, basis = decide(str(path), facts, (s for s, _ in raw), gene, stated)
    reference = gene.on(assembly).reference
    pairs = [
        (_record(path, ordinal, record, gene, assembly), record)
        for ordinal, (statement, record) in enumerate(raw)
        if _belongs(record, statement, reference)
    ]
    records = tuple(record for record, _ in pairs)
    return CallSet(
        name=name,
        source=_source(path, extract),
        assembly=assembly,
        assembly_basis=basis,
        samples=samples,
        records=tuple(sorted(records, key=lambda record: record.position)),
        seen=_seen(path, records, reference),
        coverage=blocks_coverage(pairs, len(samples), reference.window),
    )


def raw_records(path: Path, extract: Path, call_set: CallSet) -> list[tuple[Record, Any]]:
    """The records of a call set, each with pysam's, for a second look at what they say of a sample."""
    raw = _raw_records(path, extract)
    return [(record, raw[record.ordinal][1]) for record in call_set.records]


# --- opening ----------------------------------------------------------------------------------------


def _check_readable(path: Path) -> None:
    if not path.exists():
        raise InputError(f"{path}: there is no such file")
    if not path.is_file():
        raise InputError(f"{path}: is not a regular file; give a VCF or BCF file")
    try:
        with path.open("rb") as stream:
            start = stream.read(2)
    except OSError as error:
        raise InputError(f"{path}: cannot be opened ({error.strerror})") from error
    if not start:
        raise InputError(f"{path}: is empty; give a VCF or BCF file")


def _has_fresh_index(path: Path) -> bool:
    """Whether an index lies beside the file that is not older than it; a stale one would lose records."""
    return any(
        index.is_file() and index.stat().st_mtime >= path.stat().st_mtime
        for index in (Path(f"{path}.csi"), Path(f"{path}.tbi"))
    )


def _regions(gene: Gene) -> Iterator[str]:
    for assembly in Assembly:
        window = gene.on(assembly).window
        for name in X_NAMES:
            if assembly_of_contig(name) in (None, assembly):
                yield f"{name}:{window.start}-{window.end}"


def _view(path: Path, options: list[str]) -> None:
    """Run `bcftools view`; an error becomes one sentence with what htslib said of it."""
    with tempfile.TemporaryFile() as said:
        try:
            with stderr_into(said):
                pysam.bcftools.view(*options, str(path), catch_stdout=False)
        except pysam.SamtoolsError as error:
            said.seek(0)
            why = reason(said.read().decode("utf-8", "replace"), str(error))
            remedy = "check that it is one and write it again"
            raise InputError(f"{path}: cannot be read as VCF or BCF ({why}); {remedy}") from error


@contextmanager
def _opened(path: Path, extract: Path) -> Iterator[Any]:
    try:
        with pysam.VariantFile(str(extract)) as variants:
            yield variants
    except (OSError, ValueError, NotImplementedError) as error:
        raise InputError(f"{path}: cannot be read as VCF or BCF ({error})") from error


# --- header -----------------------------------------------------------------------------------------


def _header(extract: Path) -> tuple[HeaderFacts, tuple[str, ...]]:
    with _opened(extract, extract) as variants:
        header = variants.header
        contigs, references = [], []
        for line in header.records:
            if line.key == "contig":
                fields = dict(line.items())
                length = fields.get("length", "")
                contigs.append(
                    ContigLine(
                        fields.get("ID", ""),
                        int(length) if length.isdigit() else None,
                        fields.get("assembly", "").strip('"'),
                    )
                )
            elif line.type == "GENERIC" and line.key in ("reference", "assembly") and line.value:
                references.append(str(line.value))
        return HeaderFacts(tuple(contigs), tuple(references)), tuple(header.samples)


def _source(path: Path, extract: Path) -> SourceFile:
    size = path.stat().st_size
    whole = sha256(path) if size <= WHOLE_FILE_DIGEST_LIMIT else None
    return SourceFile(path.name, size, whole, hashlib.sha256(extract.read_bytes()).hexdigest())


# --- records ----------------------------------------------------------------------------------------


def _raw_records(path: Path, extract: Path) -> list[tuple[ReferenceStatement, Any]]:
    """Records of chromosome X in the order of the file, with what each states of the reference."""
    found = []
    with _opened(path, extract) as variants:
        for record in variants:
            found.append((ReferenceStatement(record.pos, (record.ref or "").upper()), record.copy()))
    return found


def _belongs(record: Any, statement: ReferenceStatement, reference: Reference) -> bool:
    """Whether a record speaks of the window of this build."""
    if assembly_of_contig(record.contig) not in (None, reference.assembly):
        return False
    end = max(statement.position + len(statement.bases) - 1, record.stop)
    return reference.window.overlaps(statement.position, end)


def _record(path: Path, ordinal: int, record: Any, gene: Gene, assembly: Assembly) -> Record:
    reference = gene.on(assembly).reference
    statement = ReferenceStatement(record.pos, (record.ref or "").upper())
    ref = _verified_ref(path, record, statement, gene, assembly)
    alleles = tuple(
        _allele(record, reference, ref, number, alt) for number, alt in enumerate(record.alts or (), start=1)
    )
    try:
        keys = tuple(record.format.keys())
        genotyped = "GT" in keys and len(record.samples) > 0
        structural = any(allele.structural for allele in alleles)
        calls = dict(_calls(record, keys, structural=structural)) if genotyped else {}
    except (ValueError, TypeError, OSError) as error:
        where = f"{path}: record {record.contig}:{record.pos}"
        raise InputError(f"{where}: its sample columns cannot be read ({error}); write the file again") from error
    return Record(
        ordinal=ordinal,
        contig=record.contig,
        position=record.pos,
        end=max(record.stop, record.pos + len(ref) - 1),
        id=record.id or "",
        ref=ref,
        alleles=alleles,
        filters=tuple(sorted(key for key in record.filter.keys() if key != "PASS")),  # noqa: SIM118
        quality=record.qual,
        genotyped=genotyped,
        calls=calls,
    )


def _verified_ref(path: Path, record: Any, statement: ReferenceStatement, gene: Gene, assembly: Assembly) -> str:
    """REF in upper case with N resolved; ReferenceMismatchError where it is not the reference."""
    overlap = overlapping_bases(gene.on(assembly).reference, statement)
    if overlap is None:
        return statement.bases
    stated, there = overlap
    if stated != there:
        cause = _likely_cause(statement, gene, assembly, stated, there)
        raise ReferenceMismatchError(
            f"{path}: record {record.contig}:{record.pos} states REF {_short(statement.bases)}, but {assembly} "
            f"has {_short(there)} there; {cause}"
        )
    start = max(statement.position, gene.on(assembly).window.start) - statement.position
    return statement.bases[:start] + stated + statement.bases[start + len(stated) :]


def _short(bases: str) -> str:
    return bases if len(bases) <= 20 else f"{bases[:20]}... ({len(bases)} bases)"


def _likely_cause(statement: ReferenceStatement, gene: Gene, assembly: Assembly, stated: str, there: str) -> str:
    other = overlapping_bases(gene.on(assembly.other).reference, statement)
    if other and other[0] == other[1]:
        return f"it agrees with {assembly.other}: state --assembly {assembly.other} if the header is wrong"
    if stated == reverse_complement(there):
        return "it is the other strand: a VCF must give the plus strand, FOXP3 lies on the minus strand"
    return "the file was probably made on another genome or its positions were shifted; nothing in it can be trusted"


def _allele(record: Any, reference: Reference, ref: str, number: int, text: str) -> Allele:
    alt = text.upper()
    if alt == "*":
        return Allele(number, text, AlleleKind.SPANNING_DELETION)
    if alt in _UNSPECIFIED or alt == ref:
        return Allele(number, text, AlleleKind.UNSPECIFIED)
    if alt.startswith("<") or any(mark in alt for mark in "[]") or "." in alt:
        return Allele(number, text, AlleleKind.STRUCTURAL, structural=_structural(record, alt))
    if set(alt) - set("ACGT"):
        return Allele(number, text, AlleleKind.AMBIGUOUS)
    if not within_window(reference, record.pos, ref):
        outside = StructuralAllele("replacement", record.pos, record.pos + len(ref) - 1)
        return Allele(number, text, AlleleKind.OUTSIDE, structural=outside)
    return Allele(number, text, AlleleKind.SEQUENCE, Variant.of(reference, record.pos, ref, alt))


def _structural(record: Any, alt: str) -> StructuralAllele:
    """Type and extent of a symbolic allele or breakend; POS is the base before a symbolic allele."""
    if not alt.startswith("<"):
        return _breakend(record, alt)
    kind = alt.strip("<>")
    if kind.startswith("INS"):
        return StructuralAllele(kind, record.pos, record.pos + 1)
    end = record.stop if record.stop > record.pos else record.pos + _svlen(record)
    start, end = record.pos + 1, max(end, record.pos + 1)
    return StructuralAllele(kind, start, end, _range(record, "CIPOS", start), _range(record, "CIEND", end))


_JOINED = re.compile(r"[A-Z]\[(?P<right>[^\[\]]+):(?P<start>\d+)\[|\](?P<left>[^\[\]]+):(?P<end>\d+)\][A-Z]")


def _breakend(record: Any, alt: str) -> StructuralAllele:
    """The stretch that a breakend leaves out or doubles, where its mate lies on the same contig (`alt` in capitals)."""
    found = _JOINED.fullmatch(alt)
    if not found or (found["right"] or found["left"]) != record.contig.upper():
        return StructuralAllele("BND", record.pos, record.pos)
    ends = (record.pos, int(found["start"])) if found["right"] else (int(found["end"]), record.pos)
    left, right = ends  # bases that come to stand side by side
    if right > left + 1:
        return StructuralAllele("BND:DEL", left + 1, right - 1)
    return StructuralAllele("BND:DUP", right, left) if right <= left else StructuralAllele("BND", left, left)


def _range(record: Any, key: str, position: int) -> tuple[int, int] | None:
    """The bounds of an uncertain end; None where the record calls it precise."""
    try:
        low, high = (int(value) for value in record.info.get(key, ()))
    except (ValueError, TypeError):
        return None
    return (position + low, position + high) if low < 0 or high > 0 else None


def _svlen(record: Any) -> int:
    """The length that a symbolic allele states where it states no END; 1 where it states none."""
    try:
        value = record.info.get("SVLEN")
        first = value[0] if isinstance(value, tuple) else value
        return abs(int(first)) if first is not None else 1
    except (ValueError, TypeError, KeyError):
        return 1


def _calls(record: Any, keys: tuple[str, ...], *, structural: bool) -> Iterator[tuple[int, Call]]:
    for index, sample in enumerate(record.samples.values()):
        alleles = sample.allele_indices or (None,)
        phased = bool(sample.phased) and len(alleles) > 1
        genotype = Genotype(tuple(MISSING if allele is None else allele for allele in alleles), phased)
        if not genotype.is_reference:
            yield (
                index,
                Call(
                    genotype,
                    _number(sample, "DP", keys),
                    _numbers(sample, "AD", keys),
                    _number(sample, "GQ", keys),
                    _text(sample, "PS", keys),
                    _numbers(sample, "ADF", keys),
                    _numbers(sample, "ADR", keys),
                    *(_support(sample, keys) if structural else ()),
                ),
            )


_SPLIT_READS = ("SR", "RV")
_READ_PAIRS = ("PE", "PR", "DV")


def _support(sample: Any, keys: tuple[str, ...]) -> tuple[int | None, int | None, int | None]:
    """Split reads, read pairs and copies of a structural allele, as Manta (SR, PR: of each allele), Delly (RV, DV),
    LUMPY (SR, PE) and this program write them."""
    split = next((_numbers(sample, key, keys)[-1] for key in _SPLIT_READS if _numbers(sample, key, keys)), None)
    pairs = next((_numbers(sample, key, keys)[-1] for key in _READ_PAIRS if _numbers(sample, key, keys)), None)
    copies = _number(sample, "CN", keys)
    return _count(split), _count(pairs), _count(copies)


def _count(number: int | None) -> int | None:
    """None for what no count can be."""
    return number if number is not None and 0 <= number <= 1_000_000_000 else None


def _text(sample: Any, key: str, keys: tuple[str, ...]) -> str:
    value = sample.get(key) if key in keys else None
    return "" if value is None else str(value)


def _number(sample: Any, key: str, keys: tuple[str, ...]) -> int | None:
    numbers = _numbers(sample, key, keys)
    return numbers[0] if numbers else None


def _numbers(sample: Any, key: str, keys: tuple[str, ...]) -> tuple[int | None, ...]:
    """A numeric FORMAT field, however the header types it; empty where it is absent or not a number."""
    if key not in keys:
        return ()
    value = sample.get(key)
    values: Iterable[Any] = value if isinstance(value, tuple) else (value,)
    try:
        return tuple(None if one in (None, ".") else int(float(one)) for one in values)
    except (ValueError, TypeError, OverflowError):
        return ()


# --- what was seen ----------------------------------------------------------------------------------


def _seen(path: Path, records: tuple[Record, ...], reference: Reference) -> Seen:
    indexed = _has_fresh_index(path)
    return Seen(
        records_in_locus=len(records),
        records_on_x=_indexed_count(path) if indexed else (None if records else _scanned_count(path)),
        indexed=indexed,
        reference_block_bases=_block_bases(records, reference),
    )


def _indexed_count(path: Path) -> int | None:
    try:
        lines = str(pysam.bcftools.index("--stats", str(path))).splitlines()
        counts = (line.split("\t") for line in lines)
        return sum(int(fields[2]) for fields in counts if fields[0] in X_NAMES)
    except (pysam.SamtoolsError, ValueError, IndexError):
        return None


def _scanned_count(path: Path) -> int | None:
    """Records of chromosome X in a file without index, so that an empty locus can be told from a missing X."""
    try:
        with pysam.VariantFile(str(path), drop_samples=True) as variants:
            return sum(record.contig in X_NAMES for record in variants)
    except (OSError, ValueError, NotImplementedError):
        return None


def _block_bases(records: tuple[Record, ...], reference: Reference) -> int:
    """Bases of the window that records without an alternate allele cover."""
    window, covered, last = reference.window, 0, reference.window.start - 1
    for record in sorted(records, key=lambda r: (r.position, r.end)):
        if record.is_reference_block:
            start, end = max(record.position, last + 1), min(record.end, window.end)
            covered += max(end - start + 1, 0)
            last = max(last, end)
    return covered
