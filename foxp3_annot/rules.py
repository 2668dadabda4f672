"""Rules as tables of data: every combination of what is asked has one row, for which a table is checked when read.

A table under `resources/rules` has a column for each question, whose cells hold one or several answers (separated by
semicolons, `any` for all), and columns for what follows.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from foxp3_annot.errors import ResourceError
from foxp3_annot.resources import read_table, resource_root

ANY = "any"


@dataclass(frozen=True)
class RuleTable:
    """The row of every combination of answers. `questions` holds the answers of each question, in order."""

    name: str
    questions: Mapping[str, tuple[str, ...]]
    rows: tuple[Mapping[str, str], ...]
    cells: Mapping[tuple[str, ...], Mapping[str, str]]

    @classmethod
    def read(cls, name: str, questions: Mapping[str, Sequence[str]], folder: Path | None = None) -> "RuleTable":
        """The table `NAME.tsv`; ResourceError where a combination has no row, or two, or a cell an unknown answer."""
        path = (folder or resource_root() / "rules") / f"{name}.tsv"
        known = {question: tuple(answers) for question, answers in questions.items()}
        rows = tuple(read_table(path))
        cells: dict[tuple[str, ...], Mapping[str, str]] = {}
        for number, row in enumerate(rows, start=2):
            for cell in _combinations(path, number, row, known):
                if cell in cells:
                    raise ResourceError(f"{path}: line {number} gives a second answer for {', '.join(cell)}")
                cells[cell] = row
        missing = next((cell for cell in product(*known.values()) if cell not in cells), None)
        if missing:
            raise ResourceError(f"{path}: has no row for {', '.join(missing)}")
        return cls(name, known, rows, cells)

    def row(self, *answers: str) -> Mapping[str, str]:
        """What follows from the answers, given in the order of the questions."""
        return self.cells[answers]


def _combinations(
    path: Path, number: int, row: Mapping[str, str], questions: Mapping[str, tuple[str, ...]]
) -> Iterator[tuple[str, ...]]:
    chosen = []
    for question, answers in questions.items():
        given = answers if row[question] == ANY else tuple(row[question].split(";"))
        unknown = next((one for one in given if one not in answers), None)
        if unknown is not None:
            raise ResourceError(f"{path}: line {number}: '{unknown}' is no answer to {question}")
        chosen.append(given)
    yield from product(*chosen)
