"""Pedigree files: PED and FAM, six columns a person, every problem told at once."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from foxp3_annot.errors import InputError
from foxp3_annot.genotype import Sex
from foxp3_annot.pedigree import Affected, Pedigree, Person, problems_of

_SEXES = {"1": Sex.MALE, "2": Sex.FEMALE}
_AFFECTED = {"1": Affected.NO, "2": Affected.YES, "0": Affected.UNKNOWN, "-9": Affected.UNKNOWN}
_NOBODY = ("0", "-9")
_HEADER = ("family", "family_id", "fid", "fam", "kindred")
_COLUMNS = "family, person, father, mother, sex (1, 2 or other) and affected (1 no, 2 yes, 0 or -9 unknown)"


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    family: str
    person: Person


def read_pedigrees(path: Path) -> tuple[Pedigree, ...]:
    """The families of a PED file, in its order. Raises InputError with every problem, one a line.

    Columns are separated by tabs or spaces; further ones (genotypes) are skipped, and so are empty lines, `#` lines and
    a first line of column names. Sample names are those of the sheet or of the file of calls.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"{path}: the pedigree file cannot be opened ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: the pedigree file is not UTF-8 text; save it as UTF-8") from error
    problems: list[str] = []
    lines = list(_lines(text, problems))
    families: dict[str, list[_Line]] = {}
    for line in lines:
        families.setdefault(line.family, []).append(line)
    if not lines and not problems:
        problems.append("names nobody; each line needs six columns: " + _COLUMNS)
    found = []
    for id_, people in families.items():
        told = tuple(line.person for line in people)
        wrong = list(problems_of(told))
        problems += [f"{_where(people, sentence)}family '{id_}': {sentence}" for sentence in wrong]
        if not wrong:
            found.append(Pedigree.of(id_, told))
    if problems:
        raise InputError("\n".join(f"{path}: {problem}" for problem in problems))
    return tuple(found)


def _where(people: list[_Line], sentence: str) -> str:
    """The line of the last person that a problem names first."""
    named = sentence.split("'")[1] if "'" in sentence else ""
    numbers = [line.number for line in people if line.person.id == named]
    return f"line {numbers[-1]}: " if numbers else ""


def _lines(text: str, problems: list[str]) -> Iterator[_Line]:
    """Each line that can be read; what is wrong with another goes to `problems`."""
    is_first = True
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        cells = [cell.strip() for cell in line.split("\t")] if "\t" in line else line.split()
        header, is_first = is_first and cells[0].lower() in _HEADER, False
        if header:
            continue
        wrong = list(_wrong(cells))
        problems += [f"line {number}: {one}" for one in wrong]
        if not wrong:
            father, mother = ("" if cell in _NOBODY else cell for cell in cells[2:4])
            affected = _AFFECTED[cells[5]]
            yield _Line(number, cells[0], Person(cells[1], _SEXES.get(cells[4], Sex.UNKNOWN), father, mother, affected))


def _wrong(cells: list[str]) -> Iterator[str]:
    if len(cells) < 6:
        yield f"has {len(cells)} columns; six are needed: {_COLUMNS}"
        return
    if not all(cells[:6]):
        yield "has an empty cell; write 0 for what is not known"
    if cells[1] in _NOBODY:
        yield f"'{cells[1]}' stands for an unknown parent and cannot name a person"
    if cells[5] not in _AFFECTED:
        yield f"'{cells[5]}' does not tell whether '{cells[1]}' is affected; write 1 (no), 2 (yes), 0 or -9 (unknown)"
