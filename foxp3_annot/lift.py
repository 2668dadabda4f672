"""The same allele on the other build."""

from dataclasses import dataclass

from foxp3_annot.assembly import build_of
from foxp3_annot.locus import BlockMap
from foxp3_annot.reference import Reference
from foxp3_annot.variant import Variant


@dataclass(frozen=True, slots=True)
class Lifted:
    """A variant on the other build, or the reason why there is none.

    Exactly one of the three holds: `variant`; `is_reference` (the other build's reference carries this
    very allele); neither, with `reason` saying why there is no equivalent.
    """

    variant: Variant | None = None
    is_reference: bool = False
    reason: str = ""


def lift(variant: Variant, source: Reference, target: Reference, block_map: BlockMap) -> Lifted:
    """The allele of `source` on `target`, the reference of the other build: the same bases over the same stretch.

    The stretch is the one over which the allele can be placed; with a base on each side it must lie in one
    block of the map, for where the builds differ in length nearby the allele has no simple equivalent. An
    allele that would come back as another one, because the builds differ by a base beside it, has none either.
    """
    here, there = build_of(variant.assembly), build_of(target.assembly)
    window = block_map.window(here)
    start, end = max(variant.start - 1, window.start), min(variant.end + 1, window.end)
    block = block_map.block_of(here, start, end)
    if block is None:
        return Lifted(reason=f"no equivalent on {there}: the builds differ in length here")
    shift = block.on(there).start - block.on(here).start
    if source.fetch(start, end) == target.fetch(start + shift, end + shift):
        return Lifted(Variant(there, variant.start + shift, variant.ref, variant.alt))
    moved = _written_over(variant, target, shift)
    if moved.variant and _written_over(moved.variant, source, -shift).variant != variant:
        return Lifted(reason=f"no equivalent on {there}: the builds differ by a base here")
    return moved


def _written_over(variant: Variant, target: Reference, shift: int) -> Lifted:
    """The bases of the allele over the same stretch of `target`, whatever it has there."""
    bases = target.fetch(variant.start + shift, variant.end + shift)
    if bases == variant.alt:
        return Lifted(is_reference=True, reason=f"the reference of {target.assembly} carries this allele")
    return Lifted(Variant.of(target, variant.start + shift, bases, variant.alt))
