"""How often alleles planted in simulated reads are called, how often others are, and what is said of those missed.

`python -m benchmarks.truth [--repeats N] [--seed N] [--quick] [--aligner truth|mappy]` plants alleles in the reads of
males, females and mosaic males at depths from 5 to 200 and takes them the whole way that `foxp3-annot run` goes. It
prints, with Wilson intervals (95 %):

1. the share of planted alleles called, by kind and by depth, and of calls that are true, samples without any included;
2. every curated allele at 30x in a male: those that were not found under their own name;
3. the verdicts on planted alleles: none may be told to be excluded in the state that the verdict speaks of;
4. the stated probability of a miss beside the share missed.

The exit status is not zero where 2 lists an allele that is not in `KNOWN`, or where 3 fails. Some 40 alleles are
planted in each sample, at least `APART` bases from each other: curated ones, and others drawn over the whole window.
"""

import argparse
import enum
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import pairwise, product
from pathlib import Path

from benchmarks.lesions import wilson
from benchmarks.simulation import Haplotype, simulate
from foxp3_annot.assembly import Assembly
from foxp3_annot.callability import THRESHOLDS, AlleleVerdict, allele_callability
from foxp3_annot.catalogue import CuratedVariant
from foxp3_annot.gene import GeneModel
from foxp3_annot.genotype import Sex, Zygosity
from foxp3_annot.interpretation import Assessment, assess, describe
from foxp3_annot.job import Job
from foxp3_annot.knowledge import Knowledge
from foxp3_annot.pipeline import read_jobs
from foxp3_annot.variant import Edit, Variant

KNOWN: dict[str, str] = {}
"""Curated alleles that are not found under their own name, and why."""

DEPTHS = (5, 10, 15, 20, 30, 50, 100, 200)
QUICK_DEPTHS = (10, 30)
APART = 400
LONGEST = 50
CURATED_DEPTH = 30


@dataclass(frozen=True)
class State:
    """How an allele is carried: by whom, in which share of the reads, and what should be told of its copies.

    `excludes` is whether the verdict "excluded" speaks of this state; of a mosaic it does not.
    """

    name: str
    sex: Sex
    share: float
    zygosity: Zygosity
    excludes: bool = True


STATES = (
    State("male", Sex.MALE, 1.0, Zygosity.HEMIZYGOUS),
    State("female", Sex.FEMALE, 0.5, Zygosity.HETEROZYGOUS),
    State("mosaic 30 %", Sex.MALE, 0.3, Zygosity.DISCORDANT, excludes=False),
    State("mosaic 20 %", Sex.MALE, 0.2, Zygosity.DISCORDANT, excludes=False),
    State("mosaic 10 %", Sex.MALE, 0.1, Zygosity.DISCORDANT, excludes=False),
)


class Told(enum.Enum):
    """What became of a planted allele: called as itself, only as other alleles that together are the same, or not."""

    NAMED = "named"
    PARTS = "parts"
    MISSED = "missed"


@dataclass(frozen=True)
class Sample:
    """One simulated sample: what is planted, how, how deeply it is read, and the seed."""

    state: State
    depth: int
    alleles: tuple[Variant, ...]
    seed: int


@dataclass(frozen=True)
class Fate:
    """What the program says of one planted allele; `miss` is the stated probability of missing it, None where none
    is told, and `copies_right` whether the zygosity told is the one planted (None where not called as itself)."""

    variant: Variant
    told: Told
    verdict: AlleleVerdict
    miss: float | None
    copies_right: bool | None


@dataclass(frozen=True)
class Answer:
    """What came of one sample: the fate of each planted allele, and the calls of which nothing was planted."""

    sample: Sample
    fates: tuple[Fate, ...]
    false_calls: tuple[Variant, ...]


# --- what is planted ----------------------------------------------------------------------------------


SIZES = (2, 10, 30, LONGEST)
"""The greatest length of each group of insertions and deletions, in bases."""


def kind_of(variant: Variant) -> str:
    """Its class, and for insertions and deletions how long they are."""
    edit = variant.leftmost()
    lost, gained = len(edit.ref), len(edit.alt)
    if lost == gained == 1:
        return "SNV"
    if lost and gained:
        return "delins"
    return _of_length("deletion" if lost else "insertion", next(most for most in SIZES if (lost or gained) <= most))


def _of_length(word: str, most: int) -> str:
    least = next((shorter + 1 for shorter in reversed(SIZES) if shorter < most), 1)
    return f"{word} {least}-{most}"


KINDS = ("SNV", *(_of_length(word, most) for word in ("insertion", "deletion") for most in SIZES), "delins")
"""In the order of tables."""


def drawn(model: GeneModel, chance: random.Random, curated: Sequence[Variant]) -> tuple[Variant, ...]:
    """Alleles for one sample, apart from each other: curated ones, then others all over the window."""
    chosen: list[Variant] = []
    for variant in chance.sample(curated, len(curated)):
        _take(variant, chosen)
    window = model.window
    for place in chance.sample(range(window.start + 200, window.end - 200), 400):
        _take(_random_allele(model, place, chance), chosen)
    return tuple(sorted(chosen, key=lambda one: one.key))


def _take(variant: Variant | None, chosen: list[Variant]) -> bool:
    """Add an allele, if it is one and none of those chosen is near."""
    if variant and all(variant.start - one.end > APART or one.start - variant.end > APART for one in chosen):
        chosen.append(variant)
        return True
    return False


def _random_allele(model: GeneModel, place: int, chance: random.Random) -> Variant | None:
    """A substitution, an insertion (half of them tandem duplications), a deletion or a replacement."""
    reference = model.reference
    kind = chance.choice(("SNV", "insertion", "deletion", "insertion", "deletion", "delins"))
    length = chance.choice((1, 2, 3, 4, 6, 9, 12, 18, 24, 30, 40, 50))
    ref, alt = "", "".join(chance.choices("ACGT", k=length))
    if kind == "insertion" and chance.random() < 0.5:
        alt = reference.fetch(place, place + length - 1)
    if kind == "deletion":
        ref, alt = reference.fetch(place, place + length - 1), ""
    if kind == "SNV":
        ref, alt = reference.fetch(place, place), alt[0]
    if kind == "delins":
        ref, alt = reference.fetch(place, place + chance.randint(0, 5)), alt[: chance.randint(1, 6)]
    variant = Variant.of(reference, place, ref, alt) if ref != alt else None
    return variant if variant and len(variant.ref) <= 2 * LONGEST else None


def samples(model: GeneModel, depths: Iterable[int], repeats: int, seed: int) -> Iterator[Sample]:
    """For each state and depth one sample with alleles a repeat; for the first two states one without as well."""
    curated = [one.alleles[model.assembly] for one in _knowledge().catalogue.variants]
    chance = random.Random(seed)
    for _ in range(repeats):
        for depth in depths:
            for state in STATES:
                yield Sample(state, depth, drawn(model, chance, curated), chance.randrange(10**9))
            for state in STATES[:2]:
                yield Sample(state, depth, (), chance.randrange(10**9))


def curated_samples(model: GeneModel, seed: int, only: Sequence[str] = ()) -> list[Sample]:
    """Males at 30x that together carry every curated allele (or those of the given ids) once."""
    left = [one.alleles[model.assembly] for one in _knowledge().catalogue.variants if not only or one.id in only]
    found: list[Sample] = []
    while left:
        chosen: list[Variant] = []
        left = [variant for variant in left if not _take(variant, chosen)]
        found.append(Sample(STATES[0], CURATED_DEPTH, tuple(chosen), seed + len(found)))
    return found


# --- what is told -------------------------------------------------------------------------------------

_knowledge = cache(Knowledge.shipped)


def answer(sample: Sample, assembly: Assembly, aligner: str = "truth") -> Answer:
    """Simulate a sample, take it through the program, and hold what is told against what was planted."""
    knowledge = _knowledge()
    carried = [Haplotype(sample.alleles)]
    if sample.state.share < 1:
        carried.append(Haplotype())
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        path = simulate(
            Path(folder) / "s.bam",
            knowledge.gene,
            assembly,
            haplotypes=carried,
            sex=sample.state.sex,
            depth=sample.depth,
            shares=[sample.state.share, 1 - sample.state.share][: len(carried)],
            sample="s",
            seed=sample.seed,
            aligner=aligner,
        )
        sexes = {"s": sample.state.sex}
        (read,), _ = read_jobs([Job(path, "s")], sexes, knowledge.gene, stack, lambda _: None)
        call_set = read.call_set
        described = describe(call_set.variants(), knowledge.gene, knowledge.matcher)
    told = assess(call_set, 0, sample.state.sex, described, knowledge.gene, knowledge.matcher)
    return judged(sample, told, knowledge.gene.on(assembly))


def judged(sample: Sample, told: Assessment, model: GeneModel) -> Answer:
    """The fate of each planted allele. Calls beside one that together make it up are no false calls."""
    called = [one.annotation.variant for one in told.findings if not one.members]
    copies = {one.annotation.variant: one.zygosity for one in told.findings}
    explained = set(sample.alleles)
    fates = []
    for variant in sample.alleles:
        near = [one for one in called if one.start <= variant.end + 10 and variant.start <= one.end + 10]
        parts = variant in _together(near, model)
        if parts or variant in copies:
            explained.update(near if parts else ())
        state = Told.NAMED if variant in copies else Told.PARTS if parts else Told.MISSED
        verdict, miss = _said(variant, sample, told, model)
        right = copies[variant] is sample.state.zygosity if variant in copies else None
        fates.append(Fate(variant, state, verdict, miss, right))
    whole = {one.annotation.variant: one.members for one in told.findings if one.members}
    names = {name for variant, members in whole.items() if variant in sample.alleles for name in members}
    false = [
        one.annotation.variant
        for one in told.findings
        if not one.members and one.annotation.variant not in explained and one.annotation.name not in names
    ]
    return Answer(sample, tuple(fates), tuple(false))


def _together(variants: Sequence[Variant], model: GeneModel) -> set[Variant]:
    """What several alleles on one copy amount to, each taken at either end of where it can stand; nothing for less
    than two."""
    found = set()
    if 2 <= len(variants) <= 6:
        for ends in product(*((one.leftmost(), one.rightmost()) for one in variants)):
            edits = sorted(ends)
            if all(one.end < two.start for one, two in pairwise(edits)):
                found.add(_applied(edits, model))
    return found


def _applied(edits: Sequence[Edit], model: GeneModel) -> Variant:
    """One variant that makes all edits, which are in order and do not overlap."""
    reference, bases, done = model.reference, "", edits[0].start
    for edit in edits:
        bases += reference.fetch(done, edit.start - 1) + edit.alt
        done = edit.end + 1
    return Variant.of(reference, edits[0].start, reference.fetch(edits[0].start, done - 1), bases)


def _said(variant: Variant, sample: Sample, told: Assessment, model: GeneModel) -> tuple[AlleleVerdict, float | None]:
    """The verdict on a planted allele, as if it were a curated one, and the chance of a miss told for its state."""
    assert told.callability is not None
    some: CuratedVariant = _knowledge().catalogue.variants[0]
    stand_in = replace(some, alleles={**some.alleles, model.assembly: variant})
    one = allele_callability(
        stand_in,
        told.callability.coverage,
        {finding.annotation.variant for finding in told.findings},
        sample.state.sex,
        model,
        replace(THRESHOLDS, mosaic_fraction=sample.state.share),
    )
    return one.verdict, one.misses.mosaic if one.misses else None


# --- what is printed ----------------------------------------------------------------------------------


def _share(hits: int, count: int) -> str:
    """A share in percent, its interval, and the counts."""
    if not count:
        return "-"
    low, high = wilson(hits, count)
    return f"{100 * hits / count:.1f} % ({100 * low:.1f}-{100 * high:.1f}), {hits} of {count}"


def print_sensitivity(answers: Sequence[Answer], title: str, by: Callable[[Sample, Fate], tuple[str, ...]]) -> None:
    """How many planted alleles were called, in groups that come in the order in which they are met."""
    print(f"\n{title}\tcalled\tonly as parts\tcopies as planted")
    groups: dict[tuple[str, ...], list[Fate]] = {}
    for one in answers:
        for fate in one.fates:
            groups.setdefault(by(one.sample, fate), []).append(fate)
    for key, fates in sorted(groups.items(), key=lambda item: _rank(item[0])):
        named = sum(fate.told is Told.NAMED for fate in fates)
        parts = sum(fate.told is Told.PARTS for fate in fates)
        right = sum(bool(fate.copies_right) for fate in fates)
        print("\t".join((*key, _share(named, len(fates)), str(parts), f"{right} of {named}")))


def print_precision(answers: Sequence[Answer]) -> None:
    """True calls among all, with pieces of an allele not put together and calls beside one told apart from others."""
    print("\nstate\tdepth\tcalls that are true\tfalse: beside a planted allele\tfalse: elsewhere\tin samples without")
    groups: dict[tuple[str, str], list[Answer]] = {}
    for one in answers:
        groups.setdefault(_key(one.sample), []).append(one)
    for (state, depth), some in sorted(groups.items(), key=lambda item: _rank((*item[0], ""))):
        true = sum(fate.told is not Told.MISSED for one in some for fate in one.fates)
        beside = sum(_is_beside(call, one.sample) for one in some for call in one.false_calls)
        false = sum(len(one.false_calls) for one in some)
        normals = [one for one in some if not one.fates]
        none = f"{sum(len(one.false_calls) for one in normals)} in {len(normals)}" if normals else "-"
        print("\t".join((state, depth, _share(true, true + false), str(beside), str(false - beside), none)))


def _is_beside(call: Variant, sample: Sample) -> bool:
    return any(one.start - LONGEST <= call.end and call.start <= one.end + LONGEST for one in sample.alleles)


def _key(sample: Sample) -> tuple[str, str]:
    return sample.state.name, str(sample.depth)


def _rank(key: Sequence[str]) -> tuple[int, int, int]:
    """The place of a line in a table: by state, depth and kind."""
    state, depth, kind = key
    first = next(i for i, one in enumerate(KINDS) if one.startswith(kind))
    return [one.name for one in STATES].index(state), int(depth.split()[0]), first


def excluded(answers: Iterable[Answer]) -> list[tuple[Sample, Fate]]:
    """Planted alleles that the program says this sample does not carry."""
    return [(one.sample, fate) for one in answers for fate in one.fates if fate.verdict is AlleleVerdict.EXCLUDED]


def print_verdicts(answers: Sequence[Answer]) -> None:
    print("\nstate\tplanted\t" + "\t".join(verdict.label for verdict in AlleleVerdict))
    for state in STATES:
        fates = [fate for one in answers if one.sample.state == state for fate in one.fates]
        counts = Counter(fate.verdict for fate in fates)
        print("\t".join((state.name, str(len(fates)), *(str(counts[verdict]) for verdict in AlleleVerdict))))


BINS = (0.0, 0.0001, 0.001, 0.01, 0.03, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0001)


def print_calibration(answers: Sequence[Answer]) -> None:
    """The stated probability of a miss in bins beside the share not called, and neither called nor told as seen.

    An allele that reads show is never told to be excluded, so that the probability speaks of the latter. It is
    conservative where fewer are missed than it says, and too low where more are.
    """
    print("\nstate\tallele\tstated\tmean stated\tnot called\t\tneither called nor seen\t")
    for states in (STATES[:1], STATES[1:2], STATES[2:]):
        for single in (True, False):
            fates = [
                fate
                for one in answers
                if one.sample.state in states
                for fate in one.fates
                if (kind_of(fate.variant) == "SNV") is single and kind_of(fate.variant) != "delins"
            ]
            words = states[0].name.split()[0], "SNV" if single else "insertion, deletion"
            for line in _calibration(fates):
                print("\t".join((*words, *line)))


def _calibration(fates: Sequence[Fate]) -> Iterator[tuple[str, ...]]:
    told = [(fate.miss, fate) for fate in fates if fate.miss is not None]
    for low, high in pairwise(BINS):
        some = [(miss, fate) for miss, fate in told if low <= miss < high]
        if not some:
            continue
        mean = sum(miss for miss, _ in some) / len(some)
        missed = sum(fate.told is Told.MISSED for _, fate in some)
        unseen = sum(fate.told is Told.MISSED and fate.verdict is not AlleleVerdict.SEEN for _, fate in some)
        cells = [
            cell for hits in (missed, unseen) for cell in (_share(hits, len(some)), _held_against(mean, hits, some))
        ]
        yield f"{low:g}-{min(high, 1):g}", f"{mean:.4f}", *cells


def _held_against(stated: float, hits: int, some: Sequence[object]) -> str:
    """What the interval of an observed share says of a stated one."""
    least, most = wilson(hits, len(some))
    return "too low" if least > stated else "conservative" if most < stated else "agrees"


def not_found(answers: Iterable[Answer]) -> dict[str, Told]:
    """Curated alleles by id that were planted and not called as themselves."""
    assembly_ids = {variant: one.id for one in _knowledge().catalogue.variants for variant in one.alleles.values()}
    return {
        assembly_ids[fate.variant]: fate.told
        for one in answers
        for fate in one.fates
        if fate.told is not Told.NAMED and fate.variant in assembly_ids
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help=f"one repeat at {QUICK_DEPTHS[0]} and {QUICK_DEPTHS[1]}x")
    parser.add_argument("--aligner", choices=("truth", "mappy"), default="truth")
    parser.add_argument("--assembly", default="GRCh38")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument(
        "--missed", action="store_true", help="say which alleles were missed, and which calls are false"
    )
    chosen = parser.parse_args()
    begin = time.perf_counter()
    assembly = Assembly.parse(chosen.assembly)
    model = _knowledge().gene.on(assembly)
    _knowledge().matcher  # noqa: B018 - built before the workers are started
    depths, repeats = (QUICK_DEPTHS, 1) if chosen.quick else (DEPTHS, chosen.repeats)
    curated, campaign = curated_samples(model, chosen.seed), list(samples(model, depths, repeats, chosen.seed))
    with ProcessPoolExecutor(chosen.workers) as pool:
        each = partial(answer, assembly=assembly, aligner=chosen.aligner)
        answers = list(pool.map(each, [*curated, *campaign]))
    of_table, answers = answers[: len(curated)], answers[len(curated) :]
    print(f"{len(curated)} and {len(campaign)} samples, {assembly}, reads placed by {chosen.aligner}")
    if chosen.missed:
        _print_each([*of_table, *answers])
    print_sensitivity(answers, "state\tdepth\tclass", lambda one, fate: (*_key(one), kind_of(fate.variant).split()[0]))
    deep = [one for one in answers if one.sample.depth >= CURATED_DEPTH]
    print_sensitivity(deep, "state\t\tkind", lambda one, fate: (one.state.name, "30 to 200", kind_of(fate.variant)))
    print_precision(answers)
    print_verdicts([*of_table, *answers])
    print_calibration(answers)
    sys.exit(_verdict(of_table, answers, time.perf_counter() - begin))


def _print_each(answers: Iterable[Answer]) -> None:
    for one in answers:
        where = f"{one.sample.state.name}, {one.sample.depth}x, seed {one.sample.seed}"
        for fate in one.fates:
            if fate.told is not Told.NAMED:
                print(
                    f"# {where}: {fate.told.value} {fate.variant.spdi()} ({kind_of(fate.variant)}), {fate.verdict.code}"
                )
        for variant in one.false_calls:
            print(f"# {where}: false {variant.spdi()}")


def _verdict(of_table: Sequence[Answer], answers: Sequence[Answer], seconds: float) -> int:
    """Say what failed; the exit status."""
    planted = sum(len(one.fates) for one in of_table)
    missing = not_found(of_table)
    print(
        f"\ncurated alleles at {CURATED_DEPTH}x in a male: {planted - len(missing)} of {planted} called as themselves"
    )
    for id_, told in sorted(missing.items()):
        print(f"  {id_}: {told.value}; {KNOWN.get(id_, 'NOT KNOWN BEFORE')}")
    everything = [*of_table, *answers]
    count = sum(len(one.fates) for one in everything if one.sample.state.excludes)
    wrong = [(sample, fate) for sample, fate in excluded(everything) if sample.state.excludes]
    print(f"planted alleles told to be excluded: {len(wrong)} of {count}, mosaics left out")
    for sample, fate in wrong:
        print(f"  {sample.state.name}, {sample.depth}x, seed {sample.seed}: {fate.variant.spdi()}, {fate.told.value}")
    print(f"{seconds:.0f} s")
    return int(bool(set(missing) - set(KNOWN)) or bool(wrong))


if __name__ == "__main__":
    main()
