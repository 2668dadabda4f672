"""Where the files that the program ships are found: in the wheel, or beside the package in a checkout."""

import csv
import hashlib
from collections.abc import Iterator
from pathlib import Path

from foxp3_annot.errors import ResourceError

_PACKAGE = Path(__file__).resolve().parent


def resource_root() -> Path:
    """The folder of the shipped files: `foxp3_annot/resources` when installed, `resources` in a checkout."""
    installed = _PACKAGE / "resources"
    return installed if installed.is_dir() else _PACKAGE.parent / "resources"


def schema_path(name: str) -> Path:
    """A JSON Schema by file name; the wheel has all in one folder, in a checkout the workflow keeps its own."""
    shipped = resource_root() / "schemas" / name
    return shipped if shipped.is_file() else _PACKAGE.parent / "workflow" / "schemas" / name


def read_table(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a tab-separated table with one header line, as column to text.

    Raises ResourceError where a row has another number of cells than the header.
    """
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            reader = csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
            header = next(reader, [])
            for number, cells in enumerate(reader, start=2):
                if len(cells) != len(header):
                    raise ResourceError(
                        f"{path}: line {number} has {len(cells)} cells where the header has {len(header)}; "
                        "separate cells by one tab and leave unknown cells empty"
                    )
                yield dict(zip(header, cells, strict=True))
    except (OSError, UnicodeDecodeError) as error:
        raise ResourceError(f"{path}: cannot be read ({error}); reinstall foxp3-annot") from error


def read_fasta(path: Path) -> dict[str, str]:
    """Sequences by identifier (the first word of the header line), in upper case."""
    sequences: dict[str, list[str]] = {}
    try:
        for line in path.read_text(encoding="ascii").splitlines():
            if line.startswith(">"):
                parts = sequences.setdefault(line[1:].split()[0], [])
            elif line:
                parts.append(line.upper())
    except (OSError, UnicodeDecodeError, UnboundLocalError, IndexError) as error:
        raise ResourceError(f"{path}: is not a readable FASTA file ({error}); reinstall foxp3-annot") from error
    return {name: "".join(parts) for name, parts in sequences.items()}


def verify_digests(folder: Path) -> None:
    """Compare every file named in the folder's SHA256SUMS with its digest there."""
    sums = folder / "SHA256SUMS"
    try:
        lines = sums.read_text(encoding="ascii").split("\n")
    except OSError as error:
        raise ResourceError(f"{sums}: cannot be read ({error}); reinstall foxp3-annot") from error
    for line in filter(None, lines):
        expected, _, name = line.partition("  ")
        if not (folder / name).is_file() or sha256(folder / name) != expected:
            raise ResourceError(f"{folder / name}: is missing or damaged (SHA-256 differs); reinstall foxp3-annot")


def sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
