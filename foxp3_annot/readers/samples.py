"""The sample sheet: tab or comma separated, every cell text, all problems told at once."""

import csv
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from foxp3_annot.alignment import Platform
from foxp3_annot.assembly import Assembly
from foxp3_annot.cases import Age
from foxp3_annot.errors import InputError
from foxp3_annot.genotype import Sex
from foxp3_annot.patient import NOBODY, Karyotype, Material, Patient, PriorHsct, Transplant
from foxp3_annot.pedigree import Affected
from foxp3_annot.phenotype import Analyte, ClinicalPicture, Measurement, age_of
from foxp3_annot.resources import schema_path

AUTO = "auto"


@dataclass(frozen=True, slots=True)
class Kin:
    """What a row tells of the family: its name, the `sample` of each parent, and whether the person is affected."""

    family: str
    father: str = ""
    mother: str = ""
    affected: Affected = Affected.UNKNOWN


@dataclass(frozen=True, slots=True)
class SampleRow:
    """One sample of a sheet. `vcf` is None where the sheet names no file; `name_in_file` is its column there.

    `callable_regions` is a BED file of what was seen of this sample; None where the sheet names none. `patient` is what
    the row tells of the person, and `kin` of the family; None where it tells nothing.
    the row tells of the person, and `phenopacket` a file that tells more.
    """

    sample: str
    vcf: Path | None
    name_in_file: str
    sex: Sex
    sex_declared: bool
    assembly: Assembly | None
    platform: Platform | None = None
    callable_regions: Path | None = None
    patient: Patient = NOBODY
    kin: Kin | None = None
    phenopacket: Path | None = None


@dataclass(frozen=True)
class SampleSheet:
    """The rows of a sheet in its order."""

    rows: tuple[SampleRow, ...] = ()

    @cached_property
    def _by_file(self) -> dict[Path | None, list[SampleRow]]:
        """Rows by the file that they name, however they spell its path."""
        found: dict[Path | None, list[SampleRow]] = {}
        for row in self.rows:
            found.setdefault(row.vcf.resolve() if row.vcf else None, []).append(row)
        return found

    def of_file(self, path: Path) -> tuple[SampleRow, ...]:
        """Rows that name this file, and rows that name none."""
        return (*self._by_file.get(path.resolve(), ()), *self._by_file.get(None, ()))

    def files(self) -> tuple[Path, ...]:
        """Each named file once, in the order of the sheet, as the first row that names it spells it."""
        return tuple(rows[0].vcf for rows in self._by_file.values() if rows[0].vcf)


def read_sample_sheet(path: Path, *, need_vcf: bool = False) -> SampleSheet:
    """The sheet at `path`. Raises InputError with every problem, one a line, where there is any.

    With `need_vcf` each row must name its file, as the workflow needs.
    """
    table = _table(path)
    problems = list(_problems(path, table, need_vcf=need_vcf))
    if problems:
        raise InputError("\n".join(problems))
    return SampleSheet(tuple(_row(cells) for _, cells in table.rows))


@dataclass(frozen=True, slots=True)
class _Table:
    """A sheet as text: where its header is, which of its columns are not known, and line and cells of each row."""

    header_line: int
    unknown: tuple[str, ...]
    rows: list[tuple[int, dict[str, str]]]


def _table(path: Path) -> _Table:
    """The cells of a sheet; empty cells are left out, empty lines and `#` lines skipped."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"{path}: the sample sheet cannot be opened ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: the sample sheet is not UTF-8 text; save it as UTF-8") from error
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip() and line[0] != "#"]
    if not lines:
        raise InputError(f"{path}: the sample sheet is empty; it needs a header line with at least `sample`")
    header = lines[0][1]
    delimiter = "\t" if "\t" in header else ","
    columns = [name.strip() for name in next(csv.reader([header], delimiter=delimiter))]
    unknown = tuple(name for name in columns if name not in _schema()["properties"])
    rows = []
    for number, line in lines[1:]:
        cells = [one.strip() for one in next(csv.reader([line], delimiter=delimiter))]
        row = {name: one for name, one in zip(columns, cells, strict=False) if one and name not in unknown}
        if any(cells[len(columns) :]):
            row["(beyond the last column)"] = " ".join(cells[len(columns) :])
        rows.append((number, row))
    return _Table(lines[0][0], unknown, rows)


@cache
def _schema() -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(schema_path("samples.schema.json").read_text(encoding="utf-8"))
    return schema


def _problems(path: Path, table: _Table, *, need_vcf: bool) -> Iterator[str]:
    from jsonschema import Draft202012Validator  # loaded only where a sheet is given: start-up stays short

    if table.unknown:
        yield f"{path}: line {table.header_line}: {_not_known(table.unknown)}"
    if not table.rows:
        yield f"{path}: the sample sheet has a header line but no sample"
    validator = Draft202012Validator(_schema())
    seen: dict[str, int] = {}
    for number, row in table.rows:
        for error in sorted(validator.iter_errors(row), key=lambda one: (list(one.path), one.message)):
            yield f"{path}: line {number}: {_told(error, row)}"
        yield from (f"{path}: line {number}: {problem}" for problem in _picture_problems(row))
        if need_vcf and "vcf" not in row:
            yield f"{path}: line {number}: column `vcf` is empty; name the file of this sample"
        name = row.get("sample", "")
        if name in seen:
            yield f"{path}: line {number}: sample '{name}' stands already in line {seen[name]}; names must be unique"
        seen.setdefault(name, number)


def _told(error: Any, row: dict[str, str]) -> str:
    """A schema error in words for the person who wrote the sheet."""
    if error.validator == "additionalProperties":
        return _not_known(sorted(set(row) - set(_schema()["properties"])))
    if error.validator == "required":
        return "column `sample` is empty or missing; every row needs a sample name"
    column = error.path[0]
    rule = _schema()["properties"][column]["description"]
    return f"column `{column}` holds '{row[column]}'; {rule}"


def _not_known(columns: Iterable[str]) -> str:
    return f"column '{', '.join(columns)}' is not known; the columns are {', '.join(_schema()['properties'])}"


def _row(cells: dict[str, str]) -> SampleRow:
    assembly = cells.get("assembly", AUTO)
    return SampleRow(
        sample=cells["sample"],
        vcf=Path(cells["vcf"]) if "vcf" in cells else None,
        name_in_file=cells.get("name_in_file", cells["sample"]),
        sex=Sex.parse(cells["sex"]) if "sex" in cells else Karyotype.parse(cells.get("karyotype", "unknown")).sex,
        sex_declared="sex" in cells or "karyotype" in cells,
        assembly=None if assembly == AUTO else Assembly.parse(assembly),
        platform=Platform.parse(cells["platform"]) if "platform" in cells else None,
        callable_regions=Path(cells["callable"]) if "callable" in cells else None,
        patient=_patient(cells),
        kin=_kin(cells),
        phenopacket=Path(cells["phenopacket"]) if "phenopacket" in cells else None,
    )


def _patient(cells: dict[str, str]) -> Patient:
    return Patient(
        karyotype=Karyotype.parse(cells["karyotype"]) if "karyotype" in cells else None,
        transplant=Transplant(
            PriorHsct(cells.get("prior_hsct", "unknown")),
            Sex.parse(cells.get("donor_sex", "")),
            cells.get("donor", ""),
        ),
        material=Material.parse(cells.get("material", "unknown")),
        phenotype=_picture(cells),
    )


def _kin(cells: dict[str, str]) -> Kin | None:
    if not {"family", "father", "mother", "affected"} & set(cells):
        return None
    affected = Affected(cells.get("affected", "unknown"))
    return Kin(cells.get("family", ""), cells.get("father", ""), cells.get("mother", ""), affected)


def _picture(cells: dict[str, str]) -> ClinicalPicture | None:
    """The clinical picture of a row. Raises ValueError where a cell cannot be read or two contradict each other."""
    if not cells.keys() & set(_PICTURE):
        return None
    from foxp3_annot.phenotype_rules import phenotype_rules  # read only where a sheet tells of a picture

    rules = phenotype_rules()
    return ClinicalPicture.of(
        [rules.hierarchy.term(one) for one in cells.get("hpo_present", "").split(";") if one.strip()],
        [rules.hierarchy.term(one) for one in cells.get("hpo_denied", "").split(";") if one.strip()],
        _told_age(cells, "onset"),
        _told_age(cells, "age"),
        [
            Measurement.parse(analyte, one, rules.units)
            for analyte in Analyte
            for one in cells.get(analyte.code, "").split(";")
            if one.strip()
        ],
        (),
        rules.hierarchy,
    )


def _told_age(cells: dict[str, str], column: str) -> Age | None:
    return age_of(cells[column]) if column in cells else None


_PICTURE = ("hpo_present", "hpo_denied", "onset", "age", *(analyte.code for analyte in Analyte))


def _picture_problems(cells: dict[str, str]) -> Iterator[str]:
    """What is wrong with each column of the clinical picture, or else with all of them together."""
    alone = [{column: cells[column]} for column in _PICTURE if column in cells]
    found = []
    for part in alone:
        try:
            _picture(part)
        except ValueError as error:
            found.append(f"column `{next(iter(part))}`: {error}")
    try:
        _picture(cells)
    except ValueError as error:
        found = found or [f"columns of the clinical picture: {error}"]
    yield from found


def call_set_names(paths: Iterable[Path]) -> dict[Path, str]:
    """A name for each file: its base name without the endings of its format; the folder's name stands before it where
    two agree."""
    files = list(dict.fromkeys(paths))
    short = {path: _stem(path.name) for path in files}
    names = {
        path: short[path]
        if list(short.values()).count(short[path]) == 1
        else f"{path.resolve().parent.name}.{short[path]}"
        for path in files
    }
    for path, name in names.items():
        if list(names.values()).count(name) > 1:
            raise InputError(f"{path}: another input would also be called '{name}'; rename one of the files")
    return names


def _stem(name: str) -> str:
    for ending in (".gz", ".bgz", ".bcf", ".bam", ".cram", ".vcf", ".g"):
        name = name.removesuffix(ending)
    return name or "input"
