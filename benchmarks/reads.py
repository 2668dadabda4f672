"""How long `foxp3-annot run` takes on the reads of a genome, and how it counts depth beside samtools.

`python -m benchmarks.reads` makes a BAM of three million read pairs over all chromosomes of GRCh38 with a woman's
FOXP3 at 30x (once, under benchmarks/data), and prints seconds, peak memory, the depths of the report beside those of
`samtools depth`, and what a locus at 1,000x comes to. It fails where a limit is passed: 10 seconds, 500 MB, a report of
2 MB, and for the depths at 1,000x 1.5 times what samtools takes. At 30x both take a few milliseconds, half of which
the program spends on reading the table. A genome at 30x has 100 times as many reads outside the locus, which the index
passes over.
"""

import json
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pysam
import pysam.samtools

from benchmarks.measure import measure
from benchmarks.run import DATA, LENGTHS
from benchmarks.simulation import simulate
from foxp3_annot.assembly import Assembly
from foxp3_annot.coverage import ReadFilters
from foxp3_annot.gene import foxp3
from foxp3_annot.genotype import Sex
from foxp3_annot.readers.alignments import read_locus
from foxp3_annot.readers.calling import _Local

PAIRS = 3_000_000
READ, INSERT = 150, 350
SAMPLE = "woman"
SECONDS, MEGABYTES, RATIO, REPORT_MEGABYTES = 10.0, 500.0, 1.5, 2.0

_FIXED = np.dtype(
    [
        ("size", "<i4"),
        ("contig", "<i4"),
        ("start", "<i4"),
        ("name_length", "u1"),
        ("quality", "u1"),
        ("bin", "<u2"),
        ("operations", "<u2"),
        ("flag", "<u2"),
        ("length", "<i4"),
        ("mate_contig", "<i4"),
        ("mate_start", "<i4"),
        ("span", "<i4"),
        ("name", "S16"),
        ("cigar", "<u4"),
        ("bases", "u1", READ // 2),
        ("qualities", "u1", READ),
    ]
)
"""A record of BAM with a name of 15 letters, one operation and no tags (SAM specification, 4.2)."""


def genome_file(folder: Path = DATA, pairs: int = PAIRS) -> Path:
    """A sorted BAM with index: reads of made-up bases all over the genome, and those of FOXP3 at 30x."""
    path = folder / f"genome.{pairs}.bam"
    if Path(f"{path}.bai").exists():
        return path
    folder.mkdir(parents=True, exist_ok=True)
    print(f"making {path} ({2 * pairs:,} reads)", file=sys.stderr)
    window = foxp3().on(Assembly.GRCH38).window
    chance = np.random.Generator(np.random.PCG64(1))
    total = sum(LENGTHS.values())
    with tempfile.TemporaryDirectory() as scratch, pysam.BGZFile(str(path), "wb", None) as out:
        made = simulate(Path(scratch) / "locus.bam", foxp3(), Assembly.GRCH38, sex=Sex.FEMALE, sample=SAMPLE)
        out.write(_header_bytes(made))
        for contig, (name, length) in enumerate(LENGTHS.items()):
            starts = np.sort(chance.integers(10_000, length - 10_000, pairs * length // total))
            if name != "chrX":
                out.write(_elsewhere(contig, starts, chance))
                continue
            out.write(_elsewhere(contig, starts[starts < window.start - 5000], chance))
            for record in _records_of(made, contig):
                out.write(record)
            out.write(_elsewhere(contig, starts[starts > window.end + 5000], chance))
    pysam.index(str(path))
    return path


def _header_bytes(made: Path) -> bytes:
    """The header of BAM with all chromosomes, and the read group of a simulated file."""
    with pysam.AlignmentFile(str(made)) as reads:
        groups = reads.header.to_dict()["RG"]
    lines = ["@HD\tVN:1.6\tSO:coordinate", *(f"@SQ\tSN:{name}\tLN:{length}" for name, length in LENGTHS.items())]
    lines += ["@RG\t" + "\t".join(f"{key}:{value}" for key, value in group.items()) for group in groups]
    text = ("\n".join(lines) + "\n").encode()
    found = b"BAM\x01" + len(text).to_bytes(4, "little") + text + len(LENGTHS).to_bytes(4, "little")
    for name, length in LENGTHS.items():
        found += (len(name) + 1).to_bytes(4, "little") + name.encode() + b"\0" + length.to_bytes(4, "little")
    return found


def _elsewhere(contig: int, starts: np.ndarray, chance: np.random.Generator) -> bytes:
    """Pairs of made-up bases that begin at these offsets, both reads of each, in order of place."""
    count = len(starts)
    records = np.zeros(2 * count, _FIXED)
    mates = starts + INSERT - READ
    records["start"], records["mate_start"] = np.concatenate([starts, mates]), np.concatenate([mates, starts])
    records["flag"] = np.repeat(np.array([99, 147], np.uint16), count)
    records["span"] = np.repeat(np.array([INSERT, -INSERT], np.int32), count)
    names = np.char.add(f"{contig:02d}", np.char.zfill(np.arange(count).astype(str), 13))
    records["name"] = np.concatenate([names, names])
    records["size"], records["contig"], records["mate_contig"] = _FIXED.itemsize - 4, contig, contig
    records["name_length"], records["quality"], records["operations"], records["length"] = 16, 60, 1, READ
    records["cigar"] = READ << 4
    records["bin"] = _bins(records["start"])
    letters = np.array([1, 2, 4, 8], np.uint8)
    high, low = (letters[chance.integers(0, 4, (2 * count, READ // 2), dtype=np.uint8)] for _ in range(2))
    records["bases"] = high << 4 | low
    levels = np.array([37, 37, 37, 37, 37, 37, 25, 12], np.uint8)
    records["qualities"] = levels[chance.integers(0, 8, (2 * count, READ), dtype=np.uint8)]
    return records[np.argsort(records["start"], kind="stable")].tobytes()


def _bins(starts: np.ndarray) -> np.ndarray:
    """The bin of the index that holds each read (reg2bin of the SAM specification, 5.3)."""
    ends = starts + READ - 1
    found = np.zeros(len(starts), np.int64)
    for shift in (26, 23, 20, 17, 14):
        first = ((1 << (29 - shift)) - 1) // 7
        found = np.where(starts >> shift == ends >> shift, first + (starts >> shift), found)
    return found


def _records_of(path: Path, contig: int) -> Iterator[bytes]:
    """The records of a BAM file of which all lie on one chromosome, moved to the chromosome of that number."""
    with pysam.BGZFile(str(path), "rb", None) as stream:
        stream.read(4)
        stream.read(_number(stream.read(4)))
        for _ in range(_number(stream.read(4))):
            stream.read(_number(stream.read(4)) + 4)
        while size := stream.read(4):
            record = bytearray(stream.read(_number(size)))
            record[0:4] = contig.to_bytes(4, "little")
            record[20:24] = contig.to_bytes(4, "little")
            yield size + bytes(record)


def _number(four: bytes) -> int:
    return int.from_bytes(four, "little")


# --- what is measured ---------------------------------------------------------------------------------


def depth_seconds(path: Path, runs: int = 5) -> tuple[float, float]:
    """Medians: how long the program takes for the depths of the reads it took out, and samtools for the same reads."""
    model = foxp3().on(Assembly.GRCH38)
    filters = ReadFilters()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        locus = read_locus(path, foxp3(), SAMPLE, folder)
        reads = locus.samples[0].path
        (folder / "calling").mkdir()
        local = _Local.of(reads, locus.contig, model.reference, folder / "calling")
        mine = _median(lambda: local.depths(filters), runs)
        theirs = _median(lambda: samtools_depth(reads, locus.contig, folder / "depth.tsv"), runs)
    return mine, theirs


def samtools_depth(path: Path, contig: str, target: Path) -> Path:
    """`samtools depth` of the window with the filters that the program states."""
    window, filters = foxp3().on(Assembly.GRCH38).window, ReadFilters()
    words = ["-a", "-s", "-J", "-q", str(filters.base_quality), "-Q", str(filters.mapping_quality)]
    place = f"{contig}:{window.start}-{window.end}"
    pysam.samtools.depth(*words, "-r", place, "-o", str(target), str(path), catch_stdout=False)
    return target


def _median(work: Callable[[], object], runs: int) -> float:
    work()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def depths_told(report: dict[str, Any]) -> list[int]:
    """The depth of each base of the window as a report states it."""
    found: list[int] = []
    for stretch in report["callability"]["depths"]:
        for depth, length in re.findall(r"(\d+)(?:x(\d+))?", stretch["runs"]):
            found += [int(depth)] * int(length or 1)
    return found


def _run(path: Path, folder: Path) -> list[str]:
    return [sys.executable, "-m", "foxp3_annot", "run", "-o", str(folder), "--sex", f"{SAMPLE}=female", str(path)]


def _report(folder: Path) -> tuple[dict[str, Any], float]:
    """The report of the sample, and the size of its file in MB."""
    path = folder / "reports" / f"{SAMPLE}.json"
    return json.loads(path.read_text(encoding="utf-8")), path.stat().st_size / 1e6


def genome_figures() -> list[tuple[str, float, float]]:
    """Print what a genome costs; the figures that have a limit. A depth that samtools counts otherwise ends all."""
    path = genome_file()
    print(f"{path.name}: {path.stat().st_size / 1e6:,.0f} MB, index {Path(f'{path}.bai').stat().st_size / 1e6:.1f} MB")
    with tempfile.TemporaryDirectory() as folder:
        cost = measure(_run(path, Path(folder) / "out"), runs=3)
        report, _ = _report(Path(folder) / "out")
        rows = samtools_depth(path, "chrX", Path(folder) / "depth.tsv").read_text().splitlines()
    mine, theirs = depths_told(report), [int(row.rsplit("\t", 1)[1]) for row in rows]
    if mine != theirs:
        sys.exit("the depths of the report are not those of samtools depth")
    own, plain = depth_seconds(path)
    print(f"run: {cost.seconds:.2f} s, {cost.megabytes:.0f} MB (median of 3)")
    print(f"depths of {len(mine):,} bases, mean {statistics.mean(mine):.1f}: the same as those of samtools depth")
    print(f"time for them: {own:.3f} s, samtools depth {plain:.3f} s, ratio {own / plain:.2f} (medians of 5)")
    return [("seconds", cost.seconds, SECONDS), ("MB", cost.megabytes, MEGABYTES)]


def deep_figures(depth: int = 1000) -> list[tuple[str, float, float]]:
    """Print what a locus read very deeply comes to, with the size of its report."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = simulate(folder / "deep.bam", foxp3(), Assembly.GRCH38, sex=Sex.FEMALE, depth=depth, sample=SAMPLE)
        cost = measure(_run(path, folder / "out"), runs=1)
        report, size = _report(folder / "out")
        own, plain = depth_seconds(path)
    seen = len(report["callability"]["seen"])
    print(f"{depth:,}x: {cost.seconds:.2f} s, {cost.megabytes:.0f} MB; report {size:.2f} MB, {seen:,} alleles seen")
    print(f"time for its depths: {own:.3f} s, samtools depth {plain:.3f} s, ratio {own / plain:.2f} (medians of 5)")
    return [("MB of report", size, REPORT_MEGABYTES), ("ratio", own / plain, RATIO)]


def main() -> None:
    figures = [*genome_figures(), *deep_figures()]
    over = [f"{what}: {value:.2f} is more than {limit:g}" for what, value, limit in figures if value > limit]
    sys.exit("; ".join(over) or 0)


if __name__ == "__main__":
    main()
