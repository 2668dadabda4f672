"""ClinVar as its public files have it: the VCF of a build, or variant_summary.txt. Only FOXP3 is taken."""

import gzip
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pysam

from foxp3_annot.assembly import Assembly, assembly_of_contig
from foxp3_annot.curation.clinvar import ClinVarRecord
from foxp3_annot.errors import InputError
from foxp3_annot.gene import Gene
from foxp3_annot.lift import lift
from foxp3_annot.readers.vcf import extracted, read_call_set
from foxp3_annot.variant import Variant, within_window


def read_clinvar(path: Path, gene: Gene) -> tuple[ClinVarRecord, ...]:
    """The FOXP3 records of a ClinVar file, in order of VCV number; one for each variation.

    Raises InputError for a file that is neither of the two kinds.
    """
    if not path.is_file():
        raise InputError(f"{path}: there is no such file")
    records = _of_vcf(path, gene) if _is_vcf(path) else _of_summary(path, gene)
    found: dict[str, ClinVarRecord] = {}
    for record in records:
        known = found.get(record.vcv)
        if known is None or (known.variant is None and record.variant):
            found[record.vcv] = record
    if not found:
        raise InputError(f"{path}: holds no record in the FOXP3 window; give ClinVar's VCF or variant_summary.txt")
    return tuple(found[vcv] for vcv in sorted(found))


def _is_vcf(path: Path) -> bool:
    with _opened(path) as lines:
        return next(lines, "").startswith("##fileformat=VCF")


@contextmanager
def _opened(path: Path) -> Iterator[Iterator[str]]:
    """The lines of a file that may be compressed.

    Raises InputError where it cannot be read, also if that shows only while the lines are taken.
    """
    try:
        with path.open("rb") as start:
            compressed = start.read(2) == b"\x1f\x8b"
        with gzip.open(path, "rt", encoding="utf-8") if compressed else path.open(encoding="utf-8") as lines:
            yield iter(lines)
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read as text ({error}); download it again") from error


def _vcv(number: str) -> str:
    return f"VCV{int(number):09d}"


# --- the VCF ----------------------------------------------------------------------------------------------


def _of_vcf(path: Path, gene: Gene) -> Iterator[ClinVarRecord]:
    with extracted(path, gene) as extract:
        call_set = read_call_set(path, extract, path.name, gene)
        with pysam.VariantFile(str(extract)) as file:
            date = _file_date(str(file.header))
            said = [(record.id or "", dict(record.info)) for record in file]
    for record in call_set.records:
        number, info = said[record.ordinal]
        if not number.isdecimal():
            raise InputError(
                f"{path}: {record.place}: the ID '{number}' is no ClinVar variation number; is it ClinVar's?"
            )
        if "CLNSIG" not in info:
            continue
        for allele in record.alleles:
            yield ClinVarRecord(
                vcv=_vcv(number),
                name=_text(info.get("CLNHGVS")),
                variant=_on_grch38(allele.variant, gene) if allele.variant else None,
                significance=_text(info["CLNSIG"]).replace("_", " "),
                review_status=_text(info.get("CLNREVSTAT")).replace("_", " "),
                evaluated=date,
                rsid=f"rs{_text(info['RS']).split('|')[0]}" if "RS" in info else "",
            )


def _text(value: object) -> str:
    if value is None:
        return ""
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _file_date(header: str) -> str:
    found = re.search(r"^##fileDate=([0-9]{4})-?([0-9]{2})-?([0-9]{2})", header, re.M)
    return "-".join(found.groups()) if found else ""


def _on_grch38(variant: Variant, gene: Gene) -> Variant | None:
    if variant.assembly is Assembly.GRCH38:
        return variant
    on37, on38 = gene.on(Assembly.GRCH37).reference, gene.on(Assembly.GRCH38).reference
    return lift(variant, on37, on38, gene.block_map).variant


# --- variant_summary.txt ----------------------------------------------------------------------------------

_NEEDED = (
    "Name",
    "GeneSymbol",
    "ClinicalSignificance",
    "LastEvaluated",
    "RS# (dbSNP)",
    "Assembly",
    "Chromosome",
    "ReviewStatus",
    "VariationID",
    "PositionVCF",
    "ReferenceAlleleVCF",
    "AlternateAlleleVCF",
)


def _of_summary(path: Path, gene: Gene) -> Iterator[ClinVarRecord]:
    with _opened(path) as lines:
        header = next(lines, "").lstrip("#").rstrip("\r\n").split("\t")
        missing = [name for name in _NEEDED if name not in header]
        if missing:
            raise InputError(
                f"{path}: is neither a VCF nor ClinVar's variant_summary.txt: it has no column '{missing[0]}'"
            )
        for number, line in enumerate(lines, start=2):
            if "FOXP3" not in line:
                continue
            cells = line.rstrip("\r\n").split("\t")
            if len(cells) != len(header):
                raise InputError(f"{path}: line {number} has {len(cells)} cells where the header has {len(header)}")
            row = dict(zip(header, cells, strict=True))
            if "FOXP3" in re.split(r"[;,]", row["GeneSymbol"]) and row["Assembly"] in ("GRCh37", "GRCh38"):
                yield _of_row(path, number, row, gene)


def _of_row(path: Path, number: int, row: dict[str, str], gene: Gene) -> ClinVarRecord:
    if not row["VariationID"].isdecimal():
        raise InputError(f"{path}: line {number}: VariationID '{row['VariationID']}' is no number")
    rsid = row["RS# (dbSNP)"]
    return ClinVarRecord(
        vcv=_vcv(row["VariationID"]),
        name=row["Name"],
        variant=_variant_of_row(path, number, row, gene),
        significance=row["ClinicalSignificance"],
        review_status=row["ReviewStatus"],
        evaluated=_day(row["LastEvaluated"]),
        rsid=f"rs{rsid}" if rsid.isdecimal() else "",
    )


def _variant_of_row(path: Path, number: int, row: dict[str, str], gene: Gene) -> Variant | None:
    position, ref, alt = (row[name] for name in ("PositionVCF", "ReferenceAlleleVCF", "AlternateAlleleVCF"))
    assembly = Assembly.parse(row["Assembly"])
    reference = gene.on(assembly).reference
    plain = position.isdecimal() and re.fullmatch(r"[ACGT]+", ref) and re.fullmatch(r"[ACGT]+", alt)
    if not plain or row["Chromosome"] != "X" or assembly_of_contig("X") not in (None, assembly):
        return None
    if not within_window(reference, int(position), ref):
        return None
    try:
        return _on_grch38(Variant.of(reference, int(position), ref, alt), gene)
    except ValueError as error:
        raise InputError(f"{path}: line {number}: {position} {ref}>{alt} on {assembly}: {error}") from error


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _day(text: str) -> str:
    """`Feb 14, 2024` as 2024-02-14; empty for `-` and what is written otherwise."""
    found = re.fullmatch(r"([A-Z][a-z]{2}) ([0-9]{1,2}), ([0-9]{4})", text)
    if not found or found[1] not in _MONTHS:
        return ""
    return f"{found[3]}-{_MONTHS.index(found[1]) + 1:02d}-{int(found[2]):02d}"
