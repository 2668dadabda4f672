"""The alleles that are compared: every substitution, and fixed sets of changes of several bases."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from foxp3_annot.annotation import Annotation, annotate
from foxp3_annot.gene import Gene, GeneModel
from foxp3_annot.reference import reverse_complement
from foxp3_annot.variant import Variant

DRAWN = {"deletion": 3_000, "insertion": 2_500, "duplication": 1_500, "delins": 1_800, "inversion": 300}
"""How many of each kind are drawn on each build."""

NEAR_EXON = 15
"""Three of four draws start within an exon or this close to one."""


@dataclass(frozen=True)
class Allele:
    """One allele as it was drawn (trimmed of nothing, shifted nowhere), and what the program makes of it."""

    kind: str
    start: int
    ref: str
    alt: str
    ours: Annotation

    @property
    def variant(self) -> Variant:
        return self.ours.variant

    @cached_property
    def spelling(self) -> str:
        """As a VCF record, to be read by `foxp3-annot lookup`."""
        edit = self.ours.vcf
        return f"chrX:{edit.start}:{edit.ref}:{edit.alt}"


def substitutions(gene: Gene, model: GeneModel) -> Iterator[Allele]:
    """Every substitution of the window."""
    for position in range(model.window.start, model.window.end + 1):
        there = model.reference.fetch(position, position)
        for base in "ACGT".replace(there, ""):
            yield _allele(gene, model, "substitution", position, there, base)


def drawn(gene: Gene, model: GeneModel) -> Iterator[Allele]:
    """The fixed set of other changes: the same numbers make the same alleles everywhere."""
    chance = _Chance()
    places = _places(model)
    for kind, count in DRAWN.items():
        seen: set[Variant] = set()
        while len(seen) < count:
            start = chance.choice(places)
            ref, alt = _change(kind, model, start, chance)
            if ref == alt:
                continue
            allele = _allele(gene, model, kind, start, ref, alt)
            if allele.variant not in seen and _is_of(kind, allele):
                seen.add(allele.variant)
                yield allele


class _Chance:
    """Numbers by `random()` alone, the one method whose sequence Python promises not to change."""

    def __init__(self) -> None:
        self._random = random.Random(2026)

    def below(self, bound: int) -> int:
        return int(self._random.random() * bound)

    def choice(self, items: list[int]) -> int:
        return items[self.below(len(items))]

    def bases(self, size: int) -> str:
        return "".join("ACGT"[self.below(4)] for _ in range(size))

    def size(self) -> int:
        """One to thirty bases, half of them at most three."""
        return 1 + self.below(3) if self.below(2) else 1 + self.below(30)


def _places(model: GeneModel) -> list[int]:
    """Starting positions: all of the window once, and near the exons so often that they are three of four."""
    transcript, window = model.transcript, model.window
    everywhere = list(range(window.start + 200, window.end - 200))
    near: set[int] = set()
    for exon in transcript.exons:
        low, high = sorted((transcript.position(exon.start), transcript.position(exon.end - 1)))
        near.update(range(low - NEAR_EXON, high + NEAR_EXON + 1))
    return everywhere + sorted(near) * round(3 * len(everywhere) / len(near))


def _change(kind: str, model: GeneModel, start: int, chance: _Chance) -> tuple[str, str]:
    fetch = model.reference.fetch
    if kind == "insertion":
        return "", chance.bases(chance.size())
    there = fetch(start, start + chance.size() - 1)
    if kind == "deletion":
        return there, ""
    if kind == "duplication":
        return there, there + there
    if kind == "inversion":
        return there, reverse_complement(there)
    return there, chance.bases(chance.size())


def _is_of(kind: str, allele: Allele) -> bool:
    """Whether the draw is what its kind says: a drawn replacement can also turn out a plain deletion."""
    edit = allele.variant.leftmost()
    return kind not in ("delins", "inversion") or (len(edit.ref) > 0 < len(edit.alt) and len(edit.ref + edit.alt) > 2)


def _allele(gene: Gene, model: GeneModel, kind: str, start: int, ref: str, alt: str) -> Allele:
    return Allele(kind, start, ref, alt, annotate(Variant.of(model.reference, start, ref, alt), gene))
