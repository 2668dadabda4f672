"""A pack on the disk: its descriptor and its tables, read with every problem of form noted."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from foxp3_annot.errors import InputError
from foxp3_annot.pack.schema import TABLES, Column, Table

DESCRIPTOR = "datapackage.json"
SHIPPED_NAME = "foxp3-annot-knowledge"

_CARRIAGE_RETURN = "ends in a carriage return; save with LF line ends"
_BYTE_ORDER_MARK = "starts with a byte order mark; save as UTF-8 without it"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something unsound: where it stands, what stands there, and what to do about it.

    `line` counts lines of the file from 1; it is 0, and `column` empty, where the whole file is meant.
    """

    file: str
    line: int
    column: str
    value: str
    remedy: str

    def __str__(self) -> str:
        place = self.file + (f" line {self.line}" if self.line else "") + (f" {self.column}" if self.column else "")
        shown = "".join(character if character.isprintable() else " " for character in self.value)
        shown = shown if len(shown) <= 80 else f"{shown[:77]}..."
        return f"{place}: " + (f"'{shown}' " if shown else "") + self.remedy


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table, with the line of the file on which it stands."""

    table: Table
    line: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    def values(self, column: str) -> tuple[str, ...]:
        """The parts of a cell that holds a list."""
        return self.table.column(column).values(self[column])

    def problem(self, column: str, remedy: str, value: str | None = None) -> Problem:
        return Problem(self.table.file, self.line, column, self[column] if value is None else value, remedy)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the descriptor of a pack says of it. `created` is the day of this version, as year-month-day.

    Ids of rows start with `id_prefix`, so that those of two packs never meet.
    """

    name: str
    title: str
    version: str
    licence: str
    created: str
    id_prefix: str

    @property
    def is_shipped(self) -> bool:
        return self.name == SHIPPED_NAME


@dataclass(frozen=True)
class Pack:
    """A pack as read. `problems` are those of form: no row or cell that could not be read is left out silently.

    `digest` covers descriptor and tables, byte for byte.
    """

    folder: Path
    manifest: Manifest
    rows: Mapping[str, tuple[Row, ...]]
    digest: str
    problems: tuple[Problem, ...] = ()
    descriptor: Mapping[str, Any] = field(default_factory=dict)

    @property
    def unread(self) -> tuple[Problem, ...]:
        """Problems that hide something of the files; to write the pack again would lose it."""
        return tuple(one for one in self.problems if one.remedy not in (_CARRIAGE_RETURN, _BYTE_ORDER_MARK))

    def of(self, table: Table) -> tuple[Row, ...]:
        return self.rows.get(table.name, ())


def read_pack(folder: Path) -> Pack:
    """Read the pack in a folder.

    Raises InputError where the folder or a file cannot be read at all; problems of form are collected.
    """
    if not folder.is_dir():
        raise InputError(f"{folder}: is not a folder; name the folder that holds {DESCRIPTOR} and the tables")
    try:
        contents = {name: (folder / name).read_bytes() for name in _files_of(folder)}
    except OSError as error:
        raise InputError(f"{error.filename}: cannot be read ({error.strerror}); mind its permissions") from error
    if DESCRIPTOR not in contents:
        raise InputError(
            f"{folder}: holds no {DESCRIPTOR}, so it is no pack; make one with `foxp3-annot knowledge new {folder}`"
        )
    problems: list[Problem] = []
    descriptor = _descriptor(folder, contents[DESCRIPTOR])
    manifest = _manifest(descriptor, problems)
    problems += _unknown_tables(folder)
    rows = {
        table.name: tuple(_rows(table, contents[table.file], problems)) for table in TABLES if table.file in contents
    }
    digest = hashlib.sha256()
    for name, content in sorted(contents.items()):
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return Pack(folder, manifest, rows, digest.hexdigest(), tuple(problems), descriptor)


def _files_of(folder: Path) -> list[str]:
    names = [DESCRIPTOR, *(table.file for table in TABLES)]
    return [name for name in names if (folder / name).exists()]


def files_of_pack(folder: Path) -> list[Path]:
    """The files that a pack consists of, for those who must know when it changes.

    Raises InputError where the folder holds no pack.
    """
    if DESCRIPTOR not in _files_of(folder):
        raise InputError(f"{folder}: holds no {DESCRIPTOR}, so it is no pack; correct the path")
    return [folder / name for name in _files_of(folder)]


def _unknown_tables(folder: Path) -> Iterator[Problem]:
    known = {table.file for table in TABLES}
    for path in sorted(folder.glob("*.tsv")):
        if path.name not in known:
            yield Problem(path.name, 0, "", "", f"is no table of a pack and is not read; the tables are {_list(known)}")


def _list(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


# --- the descriptor ---------------------------------------------------------------------------------------


def _descriptor(folder: Path, content: bytes) -> dict[str, Any]:
    path = folder / DESCRIPTOR
    try:
        found = json.loads(content.decode("utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise InputError(f"{path}: is not JSON in UTF-8 ({error}); correct it there") from error
    if not isinstance(found, dict):
        raise InputError(f"{path}: must hold one JSON object with name, version and licenses")
    return found


_MANIFEST_FORMS = {
    "name": (r"[a-z0-9]+(?:[._-][a-z0-9]+)*", "small letters and digits, joined by . _ or -"),
    "title": (r"\S(?:[^\t\r\n]*\S)?", "one line of text"),
    "version": (r"[0-9]+\.[0-9]+\.[0-9]+", "three numbers joined by dots, as 1.0.0"),
    "created": (
        r"20[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])T00:00:00Z",
        "the day of this version, as 2026-11-21T00:00:00Z",
    ),
    "id_prefix": (r"[A-Z][A-Z0-9]{0,9}-?", "capital letters and digits, as MYLAB-"),
}


def _manifest(descriptor: Mapping[str, Any], problems: list[Problem]) -> Manifest:
    found: dict[str, str] = {}
    for key, (pattern, says) in _MANIFEST_FORMS.items():
        value = descriptor.get(key)
        found[key] = value if isinstance(value, str) else ""
        if not re.fullmatch(pattern, found[key]):
            shown = "" if value is None else str(value)
            problems.append(Problem(DESCRIPTOR, 0, key, shown, f"must be {says}"))
    found["created"] = found["created"][:10]
    return Manifest(licence=_licence(descriptor, problems), **found)


def _licence(descriptor: Mapping[str, Any], problems: list[Problem]) -> str:
    licences = descriptor.get("licenses")
    names = [one.get("name") for one in licences if isinstance(one, dict)] if isinstance(licences, list) else []
    if not names or not all(isinstance(name, str) and name for name in names):
        problems.append(
            Problem(DESCRIPTOR, 0, "licenses", "", 'must name the terms of the pack, as [{"name": "CC-BY-4.0"}]')
        )
        return ""
    return ", ".join(str(name) for name in names)


# --- a table ----------------------------------------------------------------------------------------------


def _rows(table: Table, content: bytes, problems: list[Problem]) -> Iterator[Row]:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        number = content[: error.start].count(b"\n") + 1
        problems.append(Problem(table.file, number, "", "", "is not UTF-8; save the table as UTF-8 text"))
        return
    if text.startswith("\ufeff"):
        problems.append(Problem(table.file, 1, "", "", _BYTE_ORDER_MARK))
        text = text[1:]
    if "\r" in text:
        number = text[: text.index("\r")].count("\n") + 1
        problems.append(Problem(table.file, number, "", "", _CARRIAGE_RETURN))
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        problems.append(Problem(table.file, 0, "", "", "holds null characters; it is no text"))
        return
    lines = text.removesuffix("\n").split("\n")
    header = lines[0].split("\t")
    usable = _header_is_usable(table, header, problems)
    for number, line in enumerate(lines[1:], start=2):
        cells = line.split("\t")
        if len(cells) != len(header):
            problems.append(
                Problem(
                    table.file,
                    number,
                    "",
                    "",
                    f"has {len(cells)} cells where the header has {len(header)}; separate cells by one tab",
                )
            )
        elif usable:
            yield Row(table, number, dict(zip(header, cells, strict=True)))


def _header_is_usable(table: Table, header: list[str], problems: list[Problem]) -> bool:
    def told(column: str, remedy: str) -> None:
        problems.append(Problem(table.file, 1, "", column, remedy))

    for name in dict.fromkeys(name for name in header if header.count(name) > 1):
        told(name, "heads two columns; keep one")
    for name in header:
        if name not in table.names:
            told(name, f"is no column of this table; its columns are {', '.join(table.names)}")
    for column in table.columns:
        if column.name not in header and column.required and not column.derived:
            told(column.name, "is missing; add a column of this name")
    return len(set(header)) == len(header)


_UNSEEN = ("Cc", "Cf", "Zl", "Zp")
"""General categories of Unicode: control and format characters, separators of lines and paragraphs."""


def form_problems(row: Row) -> Iterator[Problem]:
    """Cells of a row that are not written as their column asks.

    An empty derived cell is no problem of form: whether it should be empty follows from the rest of the row.
    """
    for column in row.table.columns:
        cell = row[column.name]
        if not cell:
            if column.name == "id":
                yield row.problem("id", "is empty; `--fix` gives the next free one")
            elif column.required and not column.derived:
                yield row.problem(column.name, f"is empty; it must hold {column.meaning} ({column.form.says})")
            continue
        if any(unicodedata.category(character) in _UNSEEN for character in cell):
            yield row.problem(
                column.name, "holds a character that cannot be seen; type the cell anew", ascii(cell)[1:-1]
            )
        if column.many and cell != cell.strip():
            yield row.problem(column.name, "starts or ends with a blank; remove it")
        for value in column.values(cell):
            if not column.form.fits(value):
                yield row.problem(column.name, _expected(column), value)


def _expected(column: Column) -> str:
    form = column.form
    example = f", as {form.example}" if form.example and not form.words else ""
    return f"is not written as it must be: {form.says}{example}" + ("; a list is separated by ;" if column.many else "")
