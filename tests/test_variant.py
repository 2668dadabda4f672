"""The normal form of a variant: one object for one allele, however it was spelled."""

import random
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pysam.bcftools
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from foxp3_annot.assembly import Assembly
from foxp3_annot.errors import OutOfWindowError
from foxp3_annot.gene import Gene
from foxp3_annot.locus import Interval
from foxp3_annot.reference import Reference
from foxp3_annot.variant import Edit, Variant, substitution

Spelling = tuple[int, str, str]


def window(bases: str, start: int = 101) -> Reference:
    return Reference(Interval(Assembly.GRCH38, start, start + len(bases) - 1), bases)


def haplotype(reference: Reference, start: int, ref: str, alt: str) -> str:
    """The window with the edit made, by plain slicing."""
    index = start - reference.window.start
    assert reference.bases[index : index + len(ref)] == ref
    return reference.bases[:index] + alt + reference.bases[index + len(ref) :]


def spellings(reference: Reference, longest_ref: int, longest_alt: int) -> Iterator[Spelling]:
    """Every edit of the window up to a size, in every spelling, over the two letters A and C."""
    alts = [""]
    for size in range(1, longest_alt + 1):
        alts += [f"{number:0{size}b}".translate(str.maketrans("01", "AC")) for number in range(2**size)]
    bases, first = reference.bases, reference.window.start
    for index in range(len(bases) + 1):
        for size in range(min(longest_ref, len(bases) - index) + 1):
            for alt in alts:
                if alt != bases[index : index + size]:
                    yield first + index, bases[index : index + size], alt


def edits_of(variant: Variant, reference: Reference) -> tuple[Edit, ...]:
    return variant.leftmost(), variant.rightmost(), variant.vcf(reference)


REPETITIVE = st.text("AC", min_size=5, max_size=9)


@given(REPETITIVE)
@settings(max_examples=60)
def test_two_spellings_are_equal_exactly_if_they_give_one_sequence(bases: str) -> None:
    """Every edit of a repetitive window: as many variants as there are different sequences, one for each."""
    reference = window(bases)
    of_sequence: dict[str, set[Variant]] = defaultdict(set)
    for start, ref, alt in spellings(reference, 3, 3):
        of_sequence[haplotype(reference, start, ref, alt)].add(Variant.of(reference, start, ref, alt))
    assert all(len(variants) == 1 for variants in of_sequence.values())
    assert len(set().union(*of_sequence.values())) == len(of_sequence)


@given(REPETITIVE)
@settings(max_examples=40)
def test_the_views_are_the_lowest_and_highest_of_the_shortest_spellings(bases: str) -> None:
    reference = window(bases)
    shortest: dict[str, list[Edit]] = defaultdict(list)
    for start, ref, alt in spellings(reference, 3, 3):
        shortest[haplotype(reference, start, ref, alt)].append(Edit(start, ref, alt))
    for edits in shortest.values():
        variant = Variant.of(reference, edits[0].start, edits[0].ref, edits[0].alt)
        size = min(len(edit.ref) + len(edit.alt) for edit in edits)
        places = [edit for edit in edits if len(edit.ref) + len(edit.alt) == size]
        assert variant.leftmost() == min(places)
        assert variant.rightmost() == max(places)
        if not (min(places).ref and min(places).alt):
            first, last = min(places), max(places)
            assert (variant.start, variant.end) == (first.start, last.end)


@st.composite
def edited_windows(draw: st.DrawFn) -> tuple[Reference, Spelling]:
    """A window of a few bases, and an edit in it that changes it."""
    bases = draw(st.text(st.sampled_from("ACGT"), min_size=4, max_size=24))
    reference = window(bases, draw(st.integers(1, 1000)))
    index = draw(st.integers(0, len(bases)))
    ref = bases[index : index + draw(st.integers(0, 3))]
    alt = draw(st.text(st.sampled_from("ACGT"), max_size=6))
    assume(ref != alt)
    return reference, (reference.window.start + index, ref, alt)


@given(edited_windows())
@settings(max_examples=500)
def test_every_view_gives_the_sequence_that_was_written(case: tuple[Reference, Spelling]) -> None:
    reference, spelling = case
    variant = Variant.of(reference, *spelling)
    written = haplotype(reference, *spelling)
    assert haplotype(reference, variant.start, variant.ref, variant.alt) == written
    for edit in edits_of(variant, reference):
        assert haplotype(reference, edit.start, edit.ref, edit.alt) == written
    assert variant.length_change == len(written) - len(reference.bases)


@given(edited_windows())
@settings(max_examples=500)
def test_normalising_again_changes_nothing(case: tuple[Reference, Spelling]) -> None:
    reference, spelling = case
    variant = Variant.of(reference, *spelling)
    assert Variant.of(reference, variant.start, variant.ref, variant.alt) == variant
    for edit in edits_of(variant, reference):
        assert Variant.of(reference, edit.start, edit.ref, edit.alt) == variant


@given(edited_windows())
@settings(max_examples=500)
def test_the_vcf_spelling_is_left_aligned_and_parsimonious(case: tuple[Reference, Spelling]) -> None:
    """By the rule of Tan, Abecasis and Kang 2015 (doi:10.1093/bioinformatics/btv112)."""
    reference, spelling = case
    edit = Variant.of(reference, *spelling).vcf(reference)
    assert edit.ref
    assert edit.alt
    if edit.start > reference.window.start:
        assert edit.ref[-1] != edit.alt[-1]
    assert edit.ref[0] != edit.alt[0] or min(len(edit.ref), len(edit.alt)) == 1


# --- examples --------------------------------------------------------------------------------------------

REPEAT = "GACACATT"
"""Positions 1 to 8; CA stands twice."""


@pytest.mark.parametrize(
    "spelling",
    [
        (3, "CA", ""),
        (2, "AC", ""),
        (4, "AC", ""),
        (5, "CA", ""),
        (1, "GAC", "G"),
        (4, "ACA", "A"),
        (1, "GACACATT", "GACATT"),
    ],
)
def test_a_deleted_repeat_unit_covers_the_whole_repeat(spelling: Spelling) -> None:
    variant = Variant.of(window(REPEAT, 1), *spelling)
    assert (variant.start, variant.ref, variant.alt) == (2, "ACACA", "ACA")
    assert variant.leftmost() == Edit(2, "AC", "")
    assert variant.rightmost() == Edit(5, "CA", "")
    assert variant.vcf(window(REPEAT, 1)) == Edit(1, "GAC", "G")
    assert variant.spdi() == "NC_000023.11:1:ACACA:ACA"


def test_a_deletion_of_the_first_base_is_anchored_after_it() -> None:
    reference = window(REPEAT, 1)
    assert Variant.of(reference, 1, "G", "").vcf(reference) == Edit(1, "GA", "A")


def test_substitutions_and_replacements_are_not_moved() -> None:
    reference = window(REPEAT, 1)
    assert Variant.of(reference, 1, "GAC", "GTC") == substitution(reference, 2, "T")
    replaced = Variant.of(reference, 2, "ACA", "TT")
    assert (replaced.start, replaced.ref, replaced.alt) == (2, "ACA", "TT")


def test_the_same_edit_of_the_two_builds_is_two_variants(gene: Gene) -> None:
    """c.1150G>A on each build: equality never crosses builds."""
    one = substitution(gene.on(Assembly.GRCH37).reference, 49_107_941, "T")
    two = substitution(gene.on(Assembly.GRCH38).reference, 49_251_480, "T")
    assert one != two
    assert one.key != two.key


def test_what_is_no_variant_is_refused() -> None:
    reference = window(REPEAT, 1)
    with pytest.raises(ValueError, match="is not T"):
        Variant.of(reference, 1, "T", "A")
    with pytest.raises(ValueError, match="equals the reference"):
        Variant.of(reference, 1, "GA", "GA")
    for start, ref in ((8, "TT"), (0, "GG"), (9, "A"), (11, "")):
        with pytest.raises(OutOfWindowError):
            Variant.of(reference, start, ref, "A")


# --- against bcftools norm -------------------------------------------------------------------------------


def random_indels(reference: Reference, count: int) -> list[Spelling]:
    """Insertions, deletions and replacements, most of them next to repeats; deliberately not minimal.

    The first and last 200 bases are spared: other programs know no bases beyond the window either.
    """
    chance = random.Random(20)
    found: set[Spelling] = set()
    while len(found) < count:
        start = chance.randint(reference.window.start + 200, reference.window.end - 200)
        size = chance.randint(1, 9)
        ref = reference.fetch(start, start + size - 1)
        alt = chance.choice(
            [
                ref[: chance.randint(1, size)],
                ref + ref[-chance.randint(1, size) :],
                ref + ref * chance.randint(1, 2),
                ref[0] + ref,
                ref + "".join(chance.choices("ACGT", k=chance.randint(1, 6))),
                "".join(chance.choices("ACGT", k=chance.randint(1, 6))),
            ]
        )
        if alt != ref:
            found.add((start, ref, alt))
    return sorted(found)


def test_the_vcf_spelling_is_that_of_bcftools_norm(gene: Gene, window_fasta: Path, tmp_path: Path) -> None:
    reference = gene.on(Assembly.GRCH38).reference
    first = reference.window.start
    written = random_indels(reference, 5000)
    lines = ["##fileformat=VCFv4.2", f"##contig=<ID=window,length={len(reference.bases)}>"]
    lines.append("#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO")
    for number, (start, ref, alt) in enumerate(written):
        lines.append(f"window\t{start - first + 1}\t{number}\t{ref}\t{alt}\t.\t.\t.")
    path = tmp_path / "written.vcf"
    path.write_text("\n".join(lines) + "\n", encoding="ascii")
    output = str(pysam.bcftools.norm("-f", str(window_fasta), "--no-version", str(path)))
    theirs = {}
    for line in output.splitlines():
        if not line.startswith("#"):
            _, position, name, ref, alt, *_ = line.split("\t")
            theirs[int(name)] = Edit(int(position) + first - 1, ref, alt)
    ours = {number: Variant.of(reference, *edit).vcf(reference) for number, edit in enumerate(written)}
    assert len(theirs) == len(written)
    assert {n: (written[n], ours[n], theirs[n]) for n in ours if ours[n] != theirs[n]} == {}
