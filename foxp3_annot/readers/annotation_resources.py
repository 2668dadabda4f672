"""Tabix-indexed VCF, BCF, TSV and BED files as annotation resources: the records of the locus, through the index.

All are read as text, so that a value is shown as the file states it; only the way to the lines differs.
"""

import gzip
import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, zip_longest
from pathlib import Path
from urllib.parse import unquote

import pysam

from foxp3_annot.annotation_resource import (
    FILTER,
    AlleleTable,
    AnnotationResources,
    Region,
    RegionTable,
    Resource,
    ResourceFile,
    Role,
    Row,
    Value,
    ValueKind,
)
from foxp3_annot.assembly import X_NAMES, assembly_of_contig
from foxp3_annot.assembly_evidence import ContigLine, HeaderFacts, ReferenceStatement, header_clues, overlapping_bases
from foxp3_annot.errors import AssemblyError, InputError, ReferenceMismatchError
from foxp3_annot.gene import Gene
from foxp3_annot.locus import Interval
from foxp3_annot.readers.annotation_declaration import DeclaredResource, DeclaredValue, Format, declared_resources
from foxp3_annot.reference import Reference
from foxp3_annot.variant import Variant, within_window

MISSING = frozenset(("", ".", "NA", "NaN", "nan"))
"""Cells that give no value."""

BED_COLUMNS = ("chrom", "chromStart", "chromEnd", "name", "score", "strand")
"""Names of the columns of a BED file without a header line (UCSC)."""

HEADER_LINES = 10_000
"""Lines at the start of a file among which its header line is looked for."""

_END_OF_BGZF = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_UNESCAPED = re.compile(r"%(?:3A|3B|3D|25|2C|0D|0A|09)", re.IGNORECASE)


def read_annotation_resources(path: Path, gene: Gene) -> AnnotationResources:
    """The resources that the file at `path` declares, as far as the locus goes.

    Raises InputError where the declaration or a resource cannot be used as it is, AssemblyError and
    ReferenceMismatchError where a resource is not on the build that is declared.
    """
    return AnnotationResources(path.name, tuple(_resource(one, gene) for one in declared_resources(path)))


def _resource(declared: DeclaredResource, gene: Gene) -> Resource:
    reference = gene.on(declared.assembly).reference
    text = _lines(declared, reference.window)
    kinds = tuple(value.kind for value in declared.values)
    table: AlleleTable | RegionTable
    if declared.format is Format.VCF:
        kinds = (*kinds, FILTER)
        table = _allele_table(_vcf_rows(declared, text, reference))
    elif declared.format is Format.TSV:
        table = _allele_table(_tsv_rows(declared, text, reference))
    else:
        table = RegionTable(tuple(sorted(_regions(declared, text))))
    digest = hashlib.sha256("".join(f"{line}\n" for line in text.records).encode("utf-8")).hexdigest()
    file = ResourceFile(declared.path.name, declared.path.stat().st_size, len(text.records), digest)
    return Resource(declared.name, declared.version, declared.assembly, kinds, file, table)


def _allele_table(rows: Iterable[tuple[Variant, Row]]) -> AlleleTable:
    found: dict[Variant, list[Row]] = {}
    for variant, row in rows:
        found.setdefault(variant, []).append(row)
    return AlleleTable({variant: tuple(one) for variant, one in found.items()})


# --- lines --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Lines:
    """What the start of a file says, and its records of the locus."""

    header: tuple[str, ...]
    records: tuple[str, ...]


def _lines(declared: DeclaredResource, window: Interval) -> _Lines:
    """Header and records; every way in which htslib fails becomes one sentence."""
    path = declared.path
    try:
        _refuse_truncated(path)
        read = _bcf_lines if path.name.lower().endswith(".bcf") else _tabix_lines
        return read(declared, window)
    except (OSError, ValueError, EOFError, NotImplementedError) as error:
        reason = "it is not UTF-8 text" if isinstance(error, UnicodeError) else " ".join(str(error).split())
        raise InputError(
            f"{path}: cannot be read through its index ({reason}); compress it with bgzip and index it again"
        ) from error


def _refuse_truncated(path: Path) -> None:
    """htslib ends silently where a compressed file ends too early; the records behind would seem to be absent."""
    with path.open("rb") as stream:
        start = stream.read(2)
        stream.seek(-min(path.stat().st_size, len(_END_OF_BGZF)), 2)
        if start != _END_OF_BGZF[:2] or stream.read() != _END_OF_BGZF:
            raise InputError(f"{path}: is truncated or not compressed with bgzip; write it again with bgzip")


def _tabix_lines(declared: DeclaredResource, window: Interval) -> _Lines:
    with pysam.TabixFile(str(declared.path), index=str(declared.index), encoding="utf-8") as tabix:
        contigs = _contigs(declared, tabix.contigs)
        records = tuple(line for name in contigs for line in tabix.fetch(name, window.start - 1, window.end))
    with gzip.open(declared.path, "rt", encoding="utf-8", newline="\n") as stream:
        return _Lines(tuple(_head(stream)), records)


def _head(stream: Iterable[str]) -> Iterator[str]:
    """Lines that start with # and the first that does not, which can be a header line as well."""
    for line in islice(stream, HEADER_LINES):
        yield line.rstrip("\r\n")
        if not line.startswith("#"):
            return


def _bcf_lines(declared: DeclaredResource, window: Interval) -> _Lines:
    with pysam.VariantFile(str(declared.path), index_filename=str(declared.index)) as variants:
        contigs = _contigs(declared, map(str, variants.index.keys()))
        records = tuple(
            str(record).rstrip("\n")
            for name in contigs
            for record in variants.fetch(name, window.start - 1, window.end)
        )
        return _Lines(tuple(str(variants.header).splitlines()), records)


def _contigs(declared: DeclaredResource, names: Iterable[str]) -> list[str]:
    """Chromosome X as the file spells it. A file without it would seem to know of no allele at all."""
    indexed = [name for name in names if name in X_NAMES]
    contigs = [name for name in indexed if assembly_of_contig(name) in (None, declared.assembly)]
    if indexed and not contigs:
        raise AssemblyError(
            f"{declared.path}: is on {declared.assembly.other} (contig {indexed[0]}), but the declaration says "
            f"{declared.assembly}; correct `assembly` of {declared.name}"
        )
    if not contigs:
        raise InputError(
            f"{declared.path}: its index names no chromosome X ({', '.join(X_NAMES[:2])} or "
            f"{declared.assembly.accession}); give the file that holds it"
        )
    return contigs


# --- VCF ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _InfoField:
    """An INFO field as its header line declares it; `parts` are the names after `Format:` in its description."""

    number: str
    parts: tuple[str, ...]


def _vcf_rows(declared: DeclaredResource, text: _Lines, reference: Reference) -> Iterator[tuple[Variant, Row]]:
    _refuse_other_build(declared, text.header)
    fields = _info_fields(text.header)
    _refuse_missing(declared, [v.column for v in declared.values if v.column not in fields], "INFO field", fields)
    for value in declared.values:
        if value.part:
            _refuse_missing(
                declared,
                [value.part] * (value.part not in fields[value.column].parts),
                "part",
                fields[value.column].parts,
            )
    for line in text.records:
        cells = line.split("\t")
        where = _where(declared, cells)
        if len(cells) < 8:
            raise InputError(f"{where} has {len(cells)} columns, a VCF record has at least 8; write the file again")
        alts = cells[4].split(",")
        info = dict(_info(cells[7]))
        filters = None if cells[6] in (".", "PASS") else _value(where, FILTER, cells[6])
        for number, alt in enumerate(alts, start=1):
            variant = _variant(where, declared, reference, cells[1], cells[3], alt)
            if variant is None:
                continue
            texts = [
                _info_texts(where, value, fields[value.column], info.get(value.column, "."), number, alts)
                for value in declared.values
            ]
            for given in zip_longest(*texts, fillvalue="."):
                yield variant, (*_row(where, declared.values, map(_decoded, given)), filters)


def _refuse_other_build(declared: DeclaredResource, header: Iterable[str]) -> None:
    clues = header_clues(_facts(header))
    if clues and declared.assembly not in {clue.assembly for clue in clues}:
        raise AssemblyError(
            f"{declared.path}: its header speaks for {clues[0].assembly} ({clues[0].basis}), but the declaration says "
            f"{declared.assembly}; correct `assembly` of {declared.name}"
        )


def _facts(header: Iterable[str]) -> HeaderFacts:
    """What a header, as text, says of the build."""
    contigs, references = [], []
    for line in header:
        key, _, value = line.partition("=")
        if key == "##contig":
            length = _attribute(value, "length")
            contigs.append(
                ContigLine(
                    _attribute(value, "ID"), int(length) if length.isdigit() else None, _attribute(value, "assembly")
                )
            )
        elif key in ("##reference", "##assembly"):
            references.append(value)
    return HeaderFacts(tuple(contigs), tuple(references))


def _attribute(text: str, name: str) -> str:
    """An attribute of a structured header line, without its quotes; empty where there is none."""
    found = re.search(rf'[<,]{name}=("(?:[^"\\]|\\.)*"|[^,>]*)', text)
    return found[1].strip('"') if found else ""


def _info_fields(header: Iterable[str]) -> dict[str, _InfoField]:
    fields = {}
    for line in header:
        if line.startswith("##INFO=<"):
            _, marked, names = _attribute(line, "Description").partition("Format:")
            parts = tuple(name.strip(" '\"") for name in names.split("|")) if marked else ()
            fields[_attribute(line, "ID")] = _InfoField(_attribute(line, "Number"), parts)
    return fields


def _info(text: str) -> Iterator[tuple[str, str]]:
    for item in text.split(";"):
        key, equals, value = item.partition("=")
        yield key, value if equals else "yes"


def _info_texts(
    where: str, value: DeclaredValue, field: _InfoField, text: str, number: int, alts: Sequence[str]
) -> list[str]:
    """What a field says of one ALT: one text, or one for each item where a part of a field is asked for."""
    if not value.part:
        return [_of_allele(where, value.column, field.number, text, number, len(alts))]
    items = [item.split("|") for item in text.split(",") if item != "."]
    if len(alts) > 1 and items:
        if "ALLELE" not in field.parts:
            raise InputError(
                f"{where} has several ALTs, and `{value.column}` does not tell which of them an item is about; "
                "split the file with bcftools norm -m -any"
            )
        allele = field.parts.index("ALLELE")
        items = [item for item in items if item[allele : allele + 1] == [alts[number - 1]]]
    place = field.parts.index(value.part)
    return [item[place] if place < len(item) else "." for item in items]


def _of_allele(where: str, column: str, declared_number: str, text: str, number: int, alts: int) -> str:
    """The item of a field that is about ALT `number` of `alts`, by what the header says of its length.

    Of a field with an item for each genotype (G) it is that of the genotype with this allele alone.
    """
    items = text.split(",")
    if declared_number not in ("A", "R", "G") or text == ".":
        return text
    places = {
        "A": {alts: number - 1},
        "R": {alts + 1: number},
        "G": {alts + 1: number, (alts + 1) * (alts + 2) // 2: number * (number + 3) // 2},
    }[declared_number]
    if len(items) not in places:
        raise InputError(
            f"{where} has {len(items)} items in `{column}`, which is declared Number={declared_number}, for {alts} "
            "ALTs; write the file again"
        )
    return items[places[len(items)]]


def _decoded(text: str) -> str:
    """Without the percent encoding of VCF 4.3 and later."""
    return _UNESCAPED.sub(lambda match: unquote(match[0]), text)


# --- TSV and BED --------------------------------------------------------------------------------------


def _tsv_rows(declared: DeclaredResource, text: _Lines, reference: Reference) -> Iterator[tuple[Variant, Row]]:
    key = declared.key
    assert key, "a declaration without key is refused for this format"
    keys = (key.chrom, key.pos, key.ref, key.alt)
    wanted = (*keys, *(value.column for value in declared.values))
    columns = _header_columns(text.header, keys)
    _refuse_missing(declared, [name for name in wanted if _column(columns, name) is None], "column", columns)
    places = [place for name in wanted if (place := _column(columns, name)) is not None]
    for line in text.records:
        cells = line.rstrip("\r").split("\t")
        where = _where(declared, cells)
        if len(cells) <= max(places):
            raise InputError(f"{where} has {len(cells)} cells where the header has {len(columns)}; write it again")
        _, pos, ref, alt, *texts = (cells[place] for place in places)
        if alt in ("", "-") or ref in ("", "-"):
            raise InputError(f"{where} has an empty allele; write REF and ALT as in a VCF, with the base before")
        variant = _variant(where, declared, reference, pos, ref, alt)
        if variant is not None:
            yield variant, _row(where, declared.values, texts)


def _header_columns(header: Sequence[str], keys: Sequence[str]) -> list[str]:
    """The columns that the header line names: the line with most of `keys`, the last of several, if only a record."""
    lines = [[name.strip() for name in line.lstrip("#").split("\t")] for line in header]
    return max(reversed(lines), key=lambda columns: len(set(keys) & set(columns)), default=[])


def _column(columns: Sequence[str], name: str) -> int | None:
    """The place of a column by its name, or by its number where no column is so named."""
    if name in columns:
        return columns.index(name)
    return int(name) - 1 if name.isascii() and name.isdigit() and 0 < int(name) <= len(columns) else None


def _regions(declared: DeclaredResource, text: _Lines) -> Iterator[Region]:
    named = [line for line in text.header if line.startswith("#") and "\t" in line]
    columns = [name.strip() for name in named[-1].lstrip("#").split("\t")] if named else list(BED_COLUMNS)
    for line in text.records:
        cells = line.rstrip("\r").split("\t")
        where = _where(declared, cells)
        # A line can have more columns than have a name; they go by their number.
        named_cells = [*columns[: len(cells)], *map(str, range(len(columns) + 1, len(cells) + 1))]
        wanted = [value.column for value in declared.values if value.column]
        _refuse_missing(declared, [name for name in wanted if _column(named_cells, name) is None], "column", columns)
        try:
            start, end = int(cells[1]) + 1, int(cells[2])
        except (ValueError, IndexError) as error:
            raise InputError(f"{where}: columns 2 and 3 must be start and end of a region; write it again") from error
        texts = (
            cells[place] if (place := _column(named_cells, value.column)) is not None else "yes"
            for value in declared.values
        )
        row = _row(where, declared.values, texts)
        if start <= end:
            yield Region(start, end, row)


# --- alleles and values -------------------------------------------------------------------------------


def _where(declared: DeclaredResource, cells: Sequence[str]) -> str:
    return f"{declared.path}: record {':'.join(cells[:2])}"


def _refuse_missing(declared: DeclaredResource, missing: Sequence[str], what: str, known: Iterable[str]) -> None:
    if missing:
        names = sorted(known)
        listed = ", ".join(names[:30]) + (f" and {len(names) - 30} more" if len(names) > 30 else "") or "none"
        raise InputError(
            f"{declared.path}: has no {what} {', '.join(dict.fromkeys(missing))}, which the declaration of "
            f"{declared.name} names; it has {listed}"
        )


def _variant(
    where: str, declared: DeclaredResource, reference: Reference, pos: str, ref: str, alt: str
) -> Variant | None:
    """The allele in normal form; None for one that is no sequence, is the reference, or leaves the window.

    Raises InputError where place or bases cannot be read, ReferenceMismatchError where REF is not the reference.
    """
    if not (pos.isascii() and pos.isdigit()):
        raise InputError(f"{where}: '{pos}' is not a position; write a whole number, counted from 1")
    ref, alt = ref.upper(), alt.upper()
    if alt in ("", "*", ".") or alt.startswith("<") or any(mark in alt for mark in "[]"):
        return None
    statement = ReferenceStatement(int(pos), ref)
    if not ref or set(ref) - set("ACGTN"):
        raise InputError(f"{where} states REF '{ref}', which is no sequence of bases")
    overlap = overlapping_bases(reference, statement)
    if overlap is None and declared.format is Format.VCF:
        return None
    if overlap is None:
        raise InputError(f"{where}: position {pos} lies outside the locus; the file must be indexed by its position")
    if overlap[0] != overlap[1]:
        raise ReferenceMismatchError(
            f"{where} states REF {ref[:20]}, but {declared.assembly} has {overlap[1][:20]} there; correct `assembly` "
            f"of {declared.name} if it is on {declared.assembly.other}, and give alleles on the plus strand"
        )
    if set(alt) - set("ACGTN"):
        raise InputError(f"{where} states ALT '{alt[:20]}', which is no sequence of bases")
    if "N" in alt or alt in (ref, overlap[0]) or not within_window(reference, statement.position, ref):
        return None
    return Variant.of(reference, statement.position, overlap[0], alt)


def _row(where: str, declared: Sequence[DeclaredValue], texts: Iterable[str]) -> Row:
    return tuple(_value(where, value.kind, text) for value, text in zip(declared, texts, strict=True))


def _value(where: str, kind: ValueKind, text: str) -> Value | None:
    """The value that a text states; None where it states none."""
    stated = _CONTROL.sub(" ", text).strip()
    if stated in MISSING:
        return None
    try:
        return kind.role.read(stated)
    except ValueError as error:
        raise InputError(
            f"{where}: `{kind.name}` holds '{stated[:60]}', which is not {kind.role.demand}; correct the value or its "
            f"`role`, or declare it as {Role.TEXT.code}"
        ) from error
