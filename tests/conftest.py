"""Fixtures that every test may ask for, and the reader of the tables of cases."""

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from foxp3_annot.assembly import Assembly
from foxp3_annot.catalogue import Catalogue, load_catalogue
from foxp3_annot.gene import Gene, load_gene
from foxp3_annot.resources import resource_root

CASES = Path(__file__).parent / "cases"

settings.register_profile("repeatable", deadline=None, derandomize=True, database=None)
settings.load_profile("repeatable")


def read_cases(path: Path) -> list[dict[str, str]]:
    """The rows of a tab-separated table, as column to text; every row must be complete."""
    with path.open(encoding="utf-8", newline="") as lines:
        header, *rows = csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    return [dict(zip(header, row, strict=True)) for row in rows]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How many combinations of each table of rules were tested, as tests tell it by `record_property("cells", ...)`."""
    told = {
        value
        for reports in terminalreporter.stats.values()
        for report in reports
        for name, value in getattr(report, "user_properties", ())
        if name == "cells"
    }
    for line in sorted(map(str, told)):
        terminalreporter.write_line(line)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "cases(file): run the test once for each row of a table in tests/cases")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test marked `cases` its argument `case`, one row at a time; the first cell names the row."""
    mark = metafunc.definition.get_closest_marker("cases")
    if mark:
        rows = read_cases(CASES / mark.args[0])
        metafunc.parametrize("case", rows, ids=[next(iter(row.values())) for row in rows])


@pytest.fixture(scope="session")
def cases() -> Callable[[str], list[dict[str, str]]]:
    """The rows of a table of cases, by the name of its file."""
    return lambda name: read_cases(CASES / name)


@pytest.fixture(scope="session")
def reference_folder() -> Path:
    return resource_root() / "reference"


@pytest.fixture(scope="session")
def knowledge_folder() -> Path:
    return resource_root() / "knowledge"


@pytest.fixture(scope="session")
def gene(reference_folder: Path) -> Gene:
    return load_gene(reference_folder)


@pytest.fixture(scope="session")
def catalogue(knowledge_folder: Path, gene: Gene) -> Catalogue:
    return load_catalogue(knowledge_folder, gene)


@pytest.fixture
def reference_copy(reference_folder: Path, tmp_path: Path) -> Path:
    """A copy of `resources/reference` that a test may damage."""
    return Path(shutil.copytree(reference_folder, tmp_path / "reference"))


@pytest.fixture
def knowledge_copy(knowledge_folder: Path, tmp_path: Path) -> Path:
    """A copy of `resources/knowledge` that a test may damage."""
    return Path(shutil.copytree(knowledge_folder, tmp_path / "knowledge"))


@pytest.fixture(scope="session")
def window_fasta(gene: Gene, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The GRCh38 window as contig `window`, for other programs; its position 1 is the window's first base."""
    path = tmp_path_factory.mktemp("fasta") / "window.fa"
    path.write_text(f">window\n{gene.on(Assembly.GRCH38).reference.bases}\n", encoding="ascii")
    return path
