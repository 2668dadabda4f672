"""The sample sheet: tab or comma separated, every cell text, all problems told at once."""

import csv
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from foxp3_annot.assembly import Assembly
from foxp3_annot.errors import InputError
from foxp3_annot.genotype import Sex
from foxp3_annot.resources import schema_path

AUTO = "auto"


@dataclass(frozen=True, slots=True)
class SampleRow:
    """One sample of a sheet. `vcf` is None where the sheet names no file; `name_in_file` is its column there."""

    sample: str
    vcf: Path | None
    name_in_file: str
    sex: Sex
    sex_declared: bool
    assembly: Assembly | None


@dataclass(frozen=True, slots=True)
class SampleSheet:
    """The rows of a sheet in its order."""

    rows: tuple[SampleRow, ...] = ()

    def of_file(self, path: Path) -> tuple[SampleRow, ...]:
        """Rows that name this file, and rows that name none."""
        return tuple(row for row in self.rows if row.vcf is None or row.vcf.resolve() == path.resolve())

    def files(self) -> tuple[Path, ...]:
        """Each named file once, in the order of the sheet."""
        return tuple(dict.fromkeys(row.vcf for row in self.rows if row.vcf))


def read_sample_sheet(path: Path, *, need_vcf: bool = False) -> SampleSheet:
    """The sheet at `path`. Raises InputError with every problem, one a line, where there is any.

    With `need_vcf` each row must name its file, as the workflow needs.
    """
    rows = list(_rows(path))
    problems = list(_problems(path, rows, need_vcf=need_vcf))
    if problems:
        raise InputError("\n".join(problems))
    return SampleSheet(tuple(_row(cells) for _, cells in rows))


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Line number and cells of each row; empty cells are left out, empty lines and `#` lines skipped."""
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
    for number, line in lines[1:]:
        cells = [one.strip() for one in next(csv.reader([line], delimiter=delimiter))]
        row = {name: one for name, one in zip(columns, cells, strict=False) if one}
        if any(cells[len(columns) :]):
            row["(beyond the last column)"] = " ".join(cells[len(columns) :])
        yield number, row


@cache
def _schema() -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(schema_path("samples.schema.json").read_text(encoding="utf-8"))
    return schema


def _problems(path: Path, rows: list[tuple[int, dict[str, str]]], *, need_vcf: bool) -> Iterator[str]:
    from jsonschema import Draft202012Validator  # loaded only where a sheet is given: start-up stays short

    if not rows:
        yield f"{path}: the sample sheet has a header line but no sample"
    validator = Draft202012Validator(_schema())
    seen: dict[str, int] = {}
    for number, row in rows:
        for error in sorted(validator.iter_errors(row), key=lambda one: (list(one.path), one.message)):
            yield f"{path}: line {number}: {_told(error, row)}"
        if need_vcf and "vcf" not in row:
            yield f"{path}: line {number}: column `vcf` is empty; name the file of this sample"
        name = row.get("sample", "")
        if name in seen:
            yield f"{path}: line {number}: sample '{name}' stands already in line {seen[name]}; names must be unique"
        seen.setdefault(name, number)


def _told(error: Any, row: dict[str, str]) -> str:
    """A schema error in words for the person who wrote the sheet."""
    if error.validator == "additionalProperties":
        known = ", ".join(_schema()["properties"])
        extra = ", ".join(sorted(set(row) - set(_schema()["properties"])))
        return f"column '{extra}' is not known; the columns are {known}"
    if error.validator == "required":
        return "column `sample` is empty or missing; every row needs a sample name"
    column = error.path[0]
    rule = _schema()["properties"][column]["description"]
    return f"column `{column}` holds '{row[column]}'; {rule}"


def _row(cells: dict[str, str]) -> SampleRow:
    assembly = cells.get("assembly", AUTO)
    return SampleRow(
        sample=cells["sample"],
        vcf=Path(cells["vcf"]) if "vcf" in cells else None,
        name_in_file=cells.get("name_in_file", cells["sample"]),
        sex=Sex.parse(cells.get("sex", "")),
        sex_declared="sex" in cells,
        assembly=None if assembly == AUTO else Assembly.parse(assembly),
    )


def call_set_names(paths: Iterable[Path]) -> dict[Path, str]:
    """A name for each file: its base name without VCF endings, with the folder's name before it where two agree."""
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
    for ending in (".gz", ".bgz", ".bcf", ".vcf", ".g"):
        name = name.removesuffix(ending)
    return name or "input"
