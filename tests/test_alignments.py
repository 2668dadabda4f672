"""Reading BAM and CRAM: every way in which reads come, and what is called from them."""

import json
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pysam
import pysam.samtools
from click.testing import CliRunner

from foxp3_annot.assembly import Assembly
from foxp3_annot.cli import main
from foxp3_annot.gene import foxp3
from foxp3_annot.variant import Edit

A384T = Edit(49251480, "C", "T")
"""c.1150G>A on GRCh38 (ClinVar VCV000011410)."""


@dataclass(frozen=True)
class Reads:
    """How to draw reads: from where to where, how deep, how long. `share` is that of the copy with the edits."""

    edits: tuple[Edit, ...] = ()
    share: float = 1.0
    depth: float = 30.0
    length: int = 150
    start: int | None = None
    end: int | None = None
    quality: int = 35
    errors: float = 0.001
    seed: int = 1
    paired: bool = True


def copy_of(assembly: Assembly, edits: tuple[Edit, ...]) -> tuple[str, list[int | None]]:
    """One copy of the window with edits, and the place on chrX of each of its bases, None for inserted ones."""
    window, bases = foxp3().on(assembly).window, foxp3().on(assembly).reference.bases
    sequence, places, at = [], [], window.start
    for edit in sorted(edits):
        stretch = range(at, edit.start)
        sequence += [bases[i - window.start] for i in stretch]
        places += list(stretch)
        assert bases[edit.start - window.start :].startswith(edit.ref)
        for i, base in enumerate(edit.alt):
            sequence.append(base)
            places.append(edit.start + i if i < len(edit.ref) else None)
        at = edit.start + len(edit.ref)
    sequence += list(bases[at - window.start :])
    places += list(range(at, window.end + 1))
    return "".join(sequence), places


def cigar(places: list[int | None]) -> list[tuple[int, int]]:
    """The true alignment of bases that lie at these places; it begins and ends with a base that has one."""
    found: list[list[int]] = []

    def add(operation: int, count: int) -> None:
        if found and found[-1][0] == operation:
            found[-1][1] += count
        else:
            found.append([operation, count])

    last: int | None = None
    for place in places:
        if place is None:
            add(1, 1)
            continue
        if last is not None and place > last + 1:
            add(2, place - last - 1)
        add(0, 1)
        last = place
    return [(one, count) for one, count in found]


def drawn(assembly: Assembly, how: Reads, header: pysam.AlignmentHeader, contig: str, name: str = "r") -> list[Any]:
    """Reads in order of place, every other one on the reverse strand."""
    chance = random.Random(how.seed)
    reads = []
    for copy, share in (((), 1 - how.share), (how.edits, how.share)):
        sequence, places = copy_of(assembly, copy)
        first = 0 if how.start is None else places.index(how.start)
        last = len(sequence) if how.end is None else places.index(how.end)
        number = round((last - first) * how.depth * share / how.length)
        for i in range(number):
            at = chance.randrange(first, max(last - how.length, first) + 1)
            stretch = places[at : at + how.length]
            while stretch and stretch[-1] is None:
                stretch = stretch[:-1]
            while stretch and stretch[0] is None:
                stretch, at = stretch[1:], at + 1
            bases = [
                chance.choice("ACGT") if chance.random() < how.errors else base
                for base in sequence[at : at + len(stretch)]
            ]
            read = pysam.AlignedSegment(header)
            read.query_name = f"{name}{len(copy)}.{i}"
            read.reference_id = header.get_tid(contig)
            read.reference_start = stretch[0] - 1
            read.cigartuples = cigar(stretch)
            read.query_sequence = "".join(bases)
            read.query_qualities = pysam.qualitystring_to_array(chr(how.quality + 33) * len(bases))
            read.mapping_quality = 60
            read.flag = 16 if chance.random() < 0.5 else 0
            reads.append(read)
    return sorted(reads, key=lambda read: read.reference_start)


def header_of(
    assembly: Assembly = Assembly.GRCH38,
    contig: str = "chrX",
    groups: tuple[tuple[str, str], ...] = (("g", "S"),),
    **x: Any,
) -> dict[str, Any]:
    """A header with chromosome X after another contig; `groups` are ids and samples of read groups."""
    return {
        "HD": {"VN": "1.6", "SO": "coordinate"},
        "SQ": [{"SN": "chrM", "LN": 16569}, {"SN": contig, "LN": assembly.x_length} | x],
        "RG": [{"ID": id_} | ({"SM": sample} if sample else {}) | {"PL": "ILLUMINA"} for id_, sample in groups],
    }


def write_bam(
    path: Path,
    how: Reads = Reads(),
    header: dict[str, Any] | None = None,
    assembly: Assembly = Assembly.GRCH38,
    *,
    index: bool = True,
    group: str = "g",
) -> Path:
    head = pysam.AlignmentHeader.from_dict(header or header_of(assembly))
    contig = head.references[-1]
    with pysam.AlignmentFile(str(path), "wb", header=head) as out:
        for read in drawn(assembly, how, head, contig):
            if group:
                read.set_tag("RG", group)
            out.write(read)
    if index:
        pysam.samtools.index(str(path), catch_stdout=False)
    return path


def run(folder: Path, *words: str | Path) -> dict[str, Any]:
    """Run the program and return the reports by sample."""
    result = CliRunner().invoke(main, ["run", *map(str, words), "-o", str(folder)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return {path.stem: json.loads(path.read_text()) for path in (folder / "reports").glob("*.json")}


def test_a_boys_single_copy_is_hemizygous(tmp_path: Path) -> None:
    bam = write_bam(tmp_path / "boy.bam", Reads((A384T,)))
    report = run(tmp_path / "out", bam, "--sex", "S=male")["S"]
    (finding,) = report["findings"]
    assert finding["evidence"][0]["genotype"] == "1"
    assert report["conclusion"]["code"] == "consistent_with_ipex"
