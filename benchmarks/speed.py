"""How many distinct alleles are described in a second, and how long `lookup` takes from a cold start.

`python -m benchmarks.speed` names, judges and matches 30,000 fixed pseudo-random alleles in one process, on each build.
"""

import random
import statistics
import sys
import time

from benchmarks.measure import measure
from foxp3_annot.assembly import Assembly
from foxp3_annot.interpretation import describe_each
from foxp3_annot.knowledge import Knowledge
from foxp3_annot.reference import Reference
from foxp3_annot.variant import Variant

COUNT = 30_000


def alleles(reference: Reference, count: int = COUNT, seed: int = 1) -> list[Variant]:
    """Distinct alleles all over the window: six substitutions to two deletions, two insertions, two replacements."""
    chance, window = random.Random(seed), reference.window
    found: dict[Variant, None] = {}
    while len(found) < count:
        start = chance.randint(window.start + 50, window.end - 50)
        ref = reference.fetch(start, start + chance.choice((0, 0, 0, 1, 2)))
        alt = "".join(chance.choice("ACGT") for _ in range(chance.choice((0, 1, 1, 1, 2, 3))))
        if ref != alt:
            found.setdefault(Variant.of(reference, start, ref, alt))
    return list(found)


def main() -> None:
    knowledge = Knowledge.shipped()
    knowledge.matcher  # noqa: B018 - built before the clock starts
    for assembly in Assembly:
        variants = alleles(knowledge.gene.on(assembly).reference)
        rates = []
        for _ in range(5):
            start = time.perf_counter()
            for _one in describe_each(variants, knowledge.gene, knowledge.matcher):
                pass
            rates.append(len(variants) / (time.perf_counter() - start))
        print(f"{assembly}: {statistics.median(rates):,.0f} alleles a second (median of 5)")
    cold = measure([sys.executable, "-m", "foxp3_annot", "lookup", "c.1150G>A"])
    print(f"lookup from a cold start: {cold.seconds:.2f} s, {cold.megabytes:.0f} MB")


if __name__ == "__main__":
    main()
