"""Files of callable regions (BED, plain or compressed) as coverage: what a laboratory states to have seen."""

import gzip
import hashlib
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from foxp3_annot.assembly import X_NAMES, assembly_of_contig, build_of
from foxp3_annot.coverage import Coverage, CoverageSource, RegionsFile, Run
from foxp3_annot.errors import InputError
from foxp3_annot.locus import Interval
from foxp3_annot.readers.reference_blocks import lesser_depths

_NOT_CALLABLE = frozenset(("LOW_COVERAGE", "EXCESSIVE_COVERAGE", "POOR_MAPPING_QUALITY", "REF_N"))
_EMPTY = "NO_COVERAGE"
"""Names of regions in the files of GATK CallableLoci, which list what is not callable too."""

_GZIP = b"\x1f\x8b"


def read_callable_regions(path: Path, window: Interval) -> Coverage:
    """The regions of a BED file that meet the window (BED counts from 0, half-open). Bases in none of them were
    not stated callable, and so were not assessed.

    Raises InputError where the file cannot be read, a line is no region, or it counts on another build.
    """
    try:
        content = path.read_bytes()
        text = gzip.decompress(content) if content.startswith(_GZIP) else content
        lines = text.decode("utf-8-sig").splitlines()
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or str(error) or "damaged"
        raise InputError(f"{path}: cannot be read as a file of callable regions ({reason})") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: is not a BED file of text; give callable regions as .bed or .bed.gz") from error
    runs = tuple(lesser_depths(list(_runs(path, lines, window))))
    file = RegionsFile(path.name, hashlib.sha256(content).hexdigest())
    return Coverage(build_of(window.assembly), CoverageSource.REGIONS, runs, regions_file=file)


def _runs(path: Path, lines: Iterable[str], window: Interval) -> Iterator[Run]:
    build = build_of(window.assembly)
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith(("#", "track", "browser")):
            continue
        cells = line.split("\t") if "\t" in line else line.split()
        start, end = _bounds(f"{path}: line {number}", cells)
        if cells[0] not in X_NAMES:
            continue
        if assembly_of_contig(cells[0]) not in (None, build):
            raise InputError(f"{path}: line {number}: {cells[0]} is chromosome X of {build.other}, not of {build}")
        if end > build.x_length:
            raise InputError(
                f"{path}: line {number}: {end} lies beyond the end of chromosome X on {build} "
                f"({build.x_length} bases); give regions of that build"
            )
        first, last = max(start + 1, window.start), min(end, window.end)
        if first <= last:
            name = cells[3].strip() if len(cells) > 3 else ""
            yield Run(first, last, 0 if name == _EMPTY else None, name in _NOT_CALLABLE)


def _bounds(where: str, cells: list[str]) -> tuple[int, int]:
    """Start and end of a line as written; InputError where they are none."""
    if len(cells) < 3:
        raise InputError(f"{where}: is no region; a line has chromosome, start and end, separated by tabs")
    start, end = cells[1].strip(), cells[2].strip()
    if (
        not (start.isascii() and start.isdecimal() and end.isascii() and end.isdecimal())
        or max(map(len, (start, end))) > 12
    ):
        raise InputError(f"{where}: start '{start[:20]}' and end '{end[:20]}' must be whole numbers from 0")
    if int(start) > int(end):
        raise InputError(f"{where}: the region starts at {start} and ends before that, at {end}")
    return int(start), int(end)
