"""How many planted deletions and duplications are found, and how many are found where there are none.

`python -m benchmarks.lesions [--repeats N] [--normals N] [--seed N] [--only WORD]` simulates samples in several
settings and prints a line for each kind of lesion and setting, with counts and Wilson intervals (95 %).
"""

import argparse
import math
import random
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pysam

from benchmarks.simulation import Capture, Gain, Haplotype, Loss, exon_stretches, simulate
from foxp3_annot.assembly import Assembly
from foxp3_annot.copy_number import LocusDepth, copy_numbers_of
from foxp3_annot.coverage import Coverage, ReadFilters
from foxp3_annot.exon_copies import CopyNumbers
from foxp3_annot.gene import GeneModel, foxp3
from foxp3_annot.genotype import Sex
from foxp3_annot.lesion import Lesion, find_lesions, with_lesions
from foxp3_annot.readers.lesions import read_junctions

ASSEMBLY = Assembly.GRCH38
FILTERS = ReadFilters()
ELSEWHERE = 2000


@dataclass(frozen=True)
class Setting:
    """A kind of sequencing. `depth` is that of the locus; `companions` are other samples of the run."""

    name: str
    sex: Sex
    depth: float
    exome: bool = False
    companions: int = 0
    aligner: str = "truth"


SETTINGS = (
    Setting("30x genome, male (15x on X)", Sex.MALE, 15),
    Setting("30x on X genome, male", Sex.MALE, 30),
    Setting("30x genome, female", Sex.FEMALE, 30),
    Setting("80x exome, male alone", Sex.MALE, 80, exome=True),
    Setting("80x exome, male and 5", Sex.MALE, 80, exome=True, companions=5),
    Setting("80x exome, female and 5", Sex.FEMALE, 80, exome=True, companions=5),
)


@dataclass(frozen=True)
class Planted:
    """A lesion of some kind; `exons` is whether it takes an exon of the coding sequence whole."""

    kind: str
    edit: Loss | Gain
    coding: bool = True


def planted(model: GeneModel, chance: random.Random) -> Iterator[Planted]:
    """One lesion of each kind, with ends drawn anew in the introns beside it."""
    exons = exon_stretches(model)
    window = model.window

    def around(first: int, last: int) -> tuple[int, int]:
        """Ends within the introns before and after exons (by number in transcript order, minus strand)."""
        high = exons[first - 2][0] - 1 if first > 1 else min(window.end - 1500, exons[0][1] + 3000)
        low = exons[last][1] + 1 if last < len(exons) else max(window.start + 500, exons[-1][0] - 800)
        top, bottom = exons[first - 1][1], exons[last - 1][0]
        right = chance.randint(top + 1 + (high - top) // 8, min(top + 1500, high - (high - top) // 8))
        left = chance.randint(max(bottom - 1500, low + (bottom - low) // 8), bottom - 1 - (bottom - low) // 8)
        return left, right

    for number in range(1, len(exons) + 1):
        yield Planted(f"deletion of exon {number}", Loss(*around(number, number)), number > 1)
    for first, last in ((2, 4), (5, 8), (3, 10), (10, 12)):
        yield Planted(f"deletion of exons {first} to {last}", Loss(*around(first, last)))
    yield Planted("deletion of the gene", Loss(*around(1, len(exons))))
    yield Planted("upstream deletion, 1,388 bases", Loss(49263362, 49264747 - 1), False)
    for first, last in ((2, 2), (5, 5), (9, 9), (3, 7), (2, 11)):
        name = f"exon {first}" if first == last else f"exons {first} to {last}"
        yield Planted(f"duplication of {name}", Gain(*around(first, last)))


def locus_depth(path: Path, model: GeneModel, sex: Sex) -> LocusDepth:
    """The depths of a BAM as the program counts them: filtered by qualities."""
    window = model.window
    with pysam.AlignmentFile(str(path)) as reads:
        counts = reads.count_coverage(
            "chrX",
            window.start - 1,
            window.end,
            quality_threshold=FILTERS.base_quality,
            read_callback=lambda one: not (one.flag & 0x704) and one.mapping_quality >= FILTERS.mapping_quality,
        )
        elsewhere = sum(one.mapped for one in reads.get_index_statistics() if one.contig != "chrX")
    depths = [sum(four) for four in zip(*counts, strict=True)]
    return LocusDepth(Coverage.of_depths(model.assembly, window.start, depths, FILTERS, 150), sex, elsewhere or None)


def sequenced(folder: Path, setting: Setting, edits: Sequence[Loss | Gain], seed: int, name: str) -> Path:
    model = foxp3().on(ASSEMBLY)
    return simulate(
        folder / f"{name}.bam",
        foxp3(),
        ASSEMBLY,
        haplotypes=[Haplotype(tuple(edits))],
        sex=setting.sex,
        depth=setting.depth / 2 if setting.exome and setting.sex is Sex.MALE else setting.depth,
        seed=seed,
        sample=name,
        capture=Capture.of_exons(model) if setting.exome else None,
        elsewhere={"1": ELSEWHERE} if setting.exome else None,
        aligner=setting.aligner,
    )


def companions_of(setting: Setting, seed: int) -> tuple[LocusDepth, ...]:
    """Normal samples of both sexes from the same run."""
    model = foxp3().on(ASSEMBLY)
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(setting.companions):
            sex = (Sex.FEMALE, Sex.MALE)[number % 2]
            other = Setting("", sex, setting.depth, setting.exome)
            found.append(locus_depth(sequenced(Path(folder), other, (), seed + number, "c"), model, sex))
    return tuple(found)


_companions = cache(companions_of)


def lesions_of(setting: Setting, edits: Sequence[Loss | Gain], seed: int) -> tuple[Lesion, ...]:
    """What is found in one simulated sample."""
    return found_in(setting, edits, seed)[0]


def found_in(setting: Setting, edits: Sequence[Loss | Gain], seed: int) -> tuple[tuple[Lesion, ...], CopyNumbers]:
    """The lesions of one simulated sample, and the copies of its exons."""
    model = foxp3().on(ASSEMBLY)
    with tempfile.TemporaryDirectory() as folder:
        path = sequenced(Path(folder), setting, edits, seed, "s")
        sample = locus_depth(path, model, setting.sex)
        with pysam.AlignmentFile(str(path)) as reads:
            junctions = read_junctions(reads, "chrX", model.reference, FILTERS)
    companions = _companions(setting, 1_000_000)
    counted = copy_numbers_of(sample, model, companions)
    lesions = find_lesions(sample, junctions, model, companions, counted.stretches)
    return lesions, with_lesions(counted, lesions)


def is_found(lesions: Sequence[Lesion], edit: Loss | Gain) -> bool:
    """Whether one of them is of the type and shares most of its bases with the edit."""
    return any(_is(one, edit) for one in lesions)


def _is(lesion: Lesion, edit: Loss | Gain) -> bool:
    if lesion.type != ("DEL" if isinstance(edit, Loss) else "DUP"):
        return False
    low = lesion.start_range[0] if lesion.start_range else lesion.start
    high = lesion.end_range[1] if lesion.end_range else lesion.end
    inside = low - 20 <= edit.start and edit.end <= high + 20
    shared = min(lesion.end, edit.end) - max(lesion.start, edit.start) + 1
    union = max(lesion.end, edit.end) - min(lesion.start, edit.start) + 1
    return shared > 0 and (inside or shared / union > 0.5)


def wilson(hits: int, count: int) -> tuple[float, float]:
    """95 % interval of a share."""
    z = 1.959964
    middle = (hits + z * z / 2) / (count + z * z)
    half = z / (count + z * z) * math.sqrt(hits * (count - hits) / count + z * z / 4)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def _trial(task: tuple[Setting, Planted | None, int]) -> tuple[bool, int, int, str]:
    """Whether it was found, whether to the base, how many other lesions were told, and what; without a lesion the
    second number counts stretches whose depth is said to speak for another number of copies."""
    setting, lesion, seed = task
    found, counted = found_in(setting, (lesion.edit,) if lesion else (), seed)
    mine = [one for one in found if lesion and _is(one, lesion.edit)]
    exact = any(one.start_range is None and one.split_reads for one in mine)
    told = "; ".join(
        f"{one.type} {one.start}-{one.end} x{one.copies} {one.log10_likelihood_ratio} {one.split_reads}/{one.pairs}"
        for one in found
    )
    if lesion is None:
        return False, len(counted.other_than_usual), len(found), told
    return bool(mine), exact, len(found) - len(mine), told


def tasks(settings: Sequence[Setting], repeats: int, seed: int) -> Iterator[tuple[Setting, Planted, int]]:
    model = foxp3().on(ASSEMBLY)
    for number in range(repeats):
        chance = random.Random(seed + number)
        for lesion in planted(model, chance):
            for setting in settings:
                yield setting, lesion, chance.randrange(10**9)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--normals", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="settings whose name holds this word")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--missed", action="store_true", help="say what was missed, and what was told instead")
    parser.add_argument("--aligner", choices=("truth", "mappy"), default="truth")
    chosen = parser.parse_args()
    settings = [
        Setting(one.name, one.sex, one.depth, one.exome, one.companions, chosen.aligner)
        for one in SETTINGS
        if chosen.only in one.name
    ]
    todo = list(tasks(settings, chosen.repeats, chosen.seed))
    normals = [(setting, None, chosen.seed * 7919 + n) for setting in settings for n in range(chosen.normals)]
    counts: dict[tuple[str, str], list[int]] = {}
    with ProcessPoolExecutor(chosen.workers) as pool:
        for (setting, lesion, seed), (hit, exact, other, told) in zip(
            [*todo, *normals], pool.map(_trial, [*todo, *normals], chunksize=8), strict=True
        ):
            kind = lesion.kind if lesion else "normal"
            entry = counts.setdefault((setting.name, kind), [0, 0, 0, 0])
            for i, value in enumerate((1, hit, exact, other)):
                entry[i] += int(value)
            if chosen.missed and ((lesion and not hit) or other):
                print(f"# {setting.name}, {lesion or 'normal'}, seed {seed}: {told or 'nothing'}")
    for (name, kind), (count, hits, exact, other) in counts.items():
        if kind == "normal":
            low, high = wilson(other, count)
            print(f"{name}\tnormal\t{other} told in {count}\t{low:.3f}-{high:.3f}\t{exact} odd stretches")
        else:
            low, high = wilson(hits, count)
            print(f"{name}\t{kind}\t{hits} of {count}\t{low:.2f}-{high:.2f}\t{exact} to the base\t{other} others")


if __name__ == "__main__":
    main()
