"""Alleles written into reads: checked by hand, and by counting with pysam; and what a challenge says of them."""

import csv
import hashlib
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pysam
import pytest
from click.testing import CliRunner

from foxp3_annot.assembly import Assembly
from foxp3_annot.challenge import (
    Allele,
    Answer,
    Fingerprint,
    Level,
    Outcome,
    SkipReason,
    Trial,
    VariantClass,
    Written,
    alleles_of,
    in_copies,
    sensitivities,
    sorted_out,
)
from foxp3_annot.challenge_command import shares_of
from foxp3_annot.challenge_run import Challenged, challenge, fingerprint
from foxp3_annot.cli import main
from foxp3_annot.coverage import ReadFilters
from foxp3_annot.errors import InputError
from foxp3_annot.gene import Gene
from foxp3_annot.genotype import Sex
from foxp3_annot.knowledge import Knowledge
from foxp3_annot.locus import Interval
from foxp3_annot.reference import Reference
from foxp3_annot.report.challenge import allele_table, challenge_page, challenge_text, sensitivity_table, sentence_of
from foxp3_annot.spike import AlignedRead, chosen, with_edit
from foxp3_annot.variant import Edit, Variant, substitution
from foxp3_annot.writers.spiked import SourceReads, write_spiked

# --- one read --------------------------------------------------------------------------------------------

#                                                1         2         3         4         5         6
#                                       123456789012345678901234567890123456789012345678901234567890
TOY = Reference(Interval(Assembly.GRCH38, 1, 60), "ACGTTGCATCGGATTACAGGCTCAACCTGAGTCCATGCAAGGTTCACTTGGCATACGATC")


def read(start: int, length: int, *, reverse: bool = False) -> AlignedRead:
    return AlignedRead(start, (("M", length),), TOY.fetch(start, start + length - 1), reverse)


def test_a_base_is_put_in_place_of_another() -> None:
    edited = with_edit(read(11, 20), Edit(15, "T", "C"), TOY)
    assert edited == AlignedRead(11, (("M", 20),), "GGATCACAGGCTCAACCTGA", False)


@pytest.mark.parametrize("start", [15, 6])
def test_a_base_at_either_end_of_a_read(start: int) -> None:
    edited = with_edit(read(start, 10), Edit(15, "T", "C"), TOY)
    assert edited and edited.cigar == (("M", 10),) and edited.bases[15 - start] == "C"


def test_a_base_beyond_the_read_or_misread_stays() -> None:
    assert with_edit(read(16, 10), Edit(15, "T", "C"), TOY) is None
    misread = AlignedRead(14, (("M", 3),), "TGA", False)
    assert with_edit(misread, Edit(15, "T", "C"), TOY) is None


@pytest.mark.parametrize("reverse", [False, True])
def test_a_deletion_keeps_the_length_from_the_end_at_which_the_read_began(reverse: bool) -> None:
    """Three bases, 22 to 24, go from a read of 24 bases that begins (or ends) at 11."""
    edit = Edit(22, TOY.fetch(22, 24), "")
    edited = with_edit(read(11, 24, reverse=reverse), edit, TOY)
    assert edited and len(edited.bases) == 24
    if reverse:
        assert (edited.start, edited.end) == (8, 34)
        assert edited.bases == TOY.fetch(8, 21) + TOY.fetch(25, 34) and edited.cigar == (("M", 14), ("D", 3), ("M", 10))
    else:
        assert (edited.start, edited.end) == (11, 37)
        assert edited.bases == TOY.fetch(11, 21) + TOY.fetch(25, 37) and edited.cigar == (
            ("M", 11),
            ("D", 3),
            ("M", 13),
        )


@pytest.mark.parametrize("reverse", [False, True])
def test_an_insertion_pushes_bases_out_at_the_end(reverse: bool) -> None:
    edited = with_edit(read(11, 24, reverse=reverse), Edit(22, "", "GA"), TOY)
    assert edited and len(edited.bases) == 24
    if reverse:
        assert edited.start == 13 and edited.bases == TOY.fetch(13, 21) + "GA" + TOY.fetch(22, 34)
        assert edited.cigar == (("M", 9), ("I", 2), ("M", 13))
    else:
        assert edited.start == 11 and edited.bases == TOY.fetch(11, 21) + "GA" + TOY.fetch(22, 32)
        assert edited.cigar == (("M", 11), ("I", 2), ("M", 11))


def test_an_insertion_at_the_end_of_a_read_is_not_aligned_as_one() -> None:
    """One base behind two inserted ones: a gap costs 8, so an aligner writes mismatches or clips."""
    edited = with_edit(read(11, 12), Edit(22, "", "GA"), TOY)
    assert edited and "I" not in dict(edited.cigar) and len(edited.bases) == 12
    assert edited.bases == TOY.fetch(11, 21) + "G"


def test_a_read_on_one_side_of_an_insertion_shows_nothing() -> None:
    assert with_edit(read(22, 12), Edit(22, "", "GA"), TOY) is None
    assert with_edit(read(10, 12), Edit(22, "", "GA"), TOY) is None


def test_a_read_that_begins_in_what_is_deleted_begins_behind_it() -> None:
    edited = with_edit(read(23, 12), Edit(22, TOY.fetch(22, 24), ""), TOY)
    assert edited == AlignedRead(25, (("M", 12),), TOY.fetch(25, 36), False)


def test_clips_and_hard_clips_are_kept() -> None:
    given = AlignedRead(11, (("H", 5), ("S", 2), ("M", 20), ("S", 3)), "TT" + TOY.fetch(11, 30) + "AAA", False)
    edited = with_edit(given, Edit(15, "T", "C"), TOY)
    assert edited and edited.cigar == given.cigar and edited.bases[6] == "C" and len(edited.bases) == 25


def test_a_read_that_would_leave_the_window_stays() -> None:
    assert with_edit(read(41, 20), Edit(50, TOY.fetch(50, 52), ""), TOY) is None


def test_molecules_are_chosen_by_name_and_seed() -> None:
    names = [f"read{n}" for n in range(4000)]
    first = [name for name in names if chosen(name, "1 x", 0.3)]
    assert first == [name for name in names if chosen(name, "1 x", 0.3)]
    assert 1100 < len(first) < 1300 and first != [name for name in names if chosen(name, "2 x", 0.3)]
    assert all(chosen(name, "1", 1) for name in names) and not any(chosen(name, "1", 0) for name in names)


# --- a file ----------------------------------------------------------------------------------------------


def lay(path: Path, reference: Reference, first: int, last: int, step: int = 7, length: int = 100) -> Path:
    """Pairs of plain reads of the reference, 250 bases from end to end, a molecule every few bases."""
    header = {
        "HD": {"VN": "1.6", "SO": "coordinate"},
        "SQ": [{"SN": "chrX", "LN": Assembly.GRCH38.x_length}],
        "RG": [{"ID": "1", "SM": "boy", "PL": "ILLUMINA"}],
    }
    reads = []
    with pysam.AlignmentFile(str(path), "wb", header=header) as out:
        for number, start in enumerate(range(first, last - 250, step)):
            for mate, at in enumerate((start, start + 250 - length)):
                one = pysam.AlignedSegment(out.header)
                one.query_name, one.query_sequence = f"m{number}", reference.fetch(at, at + length - 1)
                one.query_qualities = pysam.qualitystring_to_array("".join(chr(53 + i % 20) for i in range(length)))
                one.reference_id = one.next_reference_id = 0
                one.reference_start, one.next_reference_start = at - 1, (start if mate else start + 250 - length) - 1
                one.mapping_quality, one.cigartuples = 60, [(0, length)]
                one.flag = 0x1 | 0x2 | ((0x10 | 0x80) if mate else (0x20 | 0x40))
                one.template_length = -250 if mate else 250
                one.set_tags([("RG", "1"), ("NM", 0), ("MD", str(length))])
                reads.append(one)
        for one in sorted(reads, key=lambda read: read.reference_start):
            out.write(one)
    pysam.index(str(path))
    return path


@pytest.fixture(scope="module")
def reference(request: pytest.FixtureRequest) -> Reference:
    found: Gene = request.getfixturevalue("gene")
    return found.on(Assembly.GRCH38).reference


@pytest.fixture(scope="module")
def laid(reference: Reference, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lay(tmp_path_factory.mktemp("reads") / "boy.bam", reference, 49_251_000, 49_252_400)


SNV = 49_251_480
"""c.1150G>A is C>T here."""


def molecules(path: Path, position: int) -> dict[str, set[str]]:
    """By base at a position the names of the reads that show it; `+` and `-` for an indel behind it."""
    found: dict[str, set[str]] = {}
    with pysam.AlignmentFile(str(path)) as reads:
        for column in reads.pileup(
            "chrX", position - 1, position, truncate=True, min_base_quality=0, ignore_overlaps=False, stepper="nofilter"
        ):
            for one in column.pileups:
                key = "del" if one.is_del else one.alignment.query_sequence[one.query_position]
                key = {1: "+", -1: "-"}.get((one.indel > 0) - (one.indel < 0), key)
                found.setdefault(key, set()).add(one.alignment.query_name)
    return found


def spiked(laid: Path, reference: Reference, tmp_path: Path, variant: Variant, share: float) -> tuple[Path, Written]:
    target = tmp_path / "copy.bam"
    written = write_spiked(target, SourceReads.of(laid, "chrX"), [variant], share, "1", reference, ReadFilters())
    return target, written[variant]


@pytest.mark.parametrize("share", [1.0, 0.5, 0.3, 0.1])
def test_a_substitution_is_in_the_chosen_molecules_and_no_others(
    laid: Path, reference: Reference, tmp_path: Path, share: float
) -> None:
    variant = substitution(reference, SNV, "T")
    target, written = spiked(laid, reference, tmp_path, variant, share)
    before, after = molecules(laid, SNV), molecules(target, SNV)
    assert set(before) == {"C"}
    assert written.depth == len(before["C"]) and written.molecules == len(after.get("T", ()))
    expected = {name for name in before["C"] if chosen(name, f"1 {variant.spdi()}", share)}
    assert after.get("T", set()) == expected, "mates agree, and the choice is that of the names"
    assert not after.get("C", set()) & after.get("T", set())


def test_qualities_order_and_other_reads_stay(laid: Path, reference: Reference, tmp_path: Path) -> None:
    target, _ = spiked(laid, reference, tmp_path, substitution(reference, SNV, "T"), 1)
    with pysam.AlignmentFile(str(laid)) as old, pysam.AlignmentFile(str(target)) as new:
        pairs = list(zip(old, new, strict=True))
    differing = 0
    for one, two in pairs:
        assert (one.query_name, one.flag, one.cigarstring, one.pos) == (
            two.query_name,
            two.flag,
            two.cigarstring,
            two.pos,
        )
        assert one.query_qualities == two.query_qualities
        differing += one.query_sequence != two.query_sequence
        assert (one.query_sequence != two.query_sequence) == (not two.has_tag("NM"))
    assert differing == sum(one.reference_start < SNV <= one.reference_end for one, _ in pairs)


@pytest.mark.parametrize(
    ("start", "ref", "alt", "mark"), [(49_251_481, "", "ACGTA", "+"), (49_251_481, 4, "", "-")], ids=["ins", "del"]
)
def test_indels_are_in_the_cigar_and_mates_still_meet(
    laid: Path, reference: Reference, tmp_path: Path, start: int, ref: str | int, alt: str, mark: str
) -> None:
    lost = reference.fetch(start, start + ref - 1) if isinstance(ref, int) else ref
    variant = Variant.of(reference, start, lost, alt)
    target, written = spiked(laid, reference, tmp_path, variant, 1)
    place = variant.leftmost().start - 1
    shown = molecules(target, place)
    assert written.molecules and len(shown[mark]) >= 0.7 * written.molecules
    with pysam.AlignmentFile(str(target)) as reads:
        everything = list(reads)
    starts = [one.reference_start for one in everything]
    assert starts == sorted(starts)
    by_name: dict[str, list[pysam.AlignedSegment]] = {}
    for one in everything:
        assert len(one.query_sequence or "") == len(one.query_qualities or ()) == one.infer_read_length() == 100
        by_name.setdefault(str(one.query_name), []).append(one)
    for pair in by_name.values():
        assert [one.next_reference_start for one in pair] == [one.reference_start for one in pair[::-1]]
        assert sum(one.template_length for one in pair) == 0


def test_overlapping_mates_count_once(reference: Reference, tmp_path: Path) -> None:
    path = lay(tmp_path / "long.bam", reference, 49_251_000, 49_252_400, length=150)
    variant = substitution(reference, SNV, "T")
    _, written = spiked(path, reference, tmp_path, variant, 1)
    shown = Counter(name for names in molecules(path, SNV).values() for name in names)
    with pysam.AlignmentFile(str(path)) as reads:
        lines = sum(one.reference_start < SNV <= one.reference_end for one in reads)
    assert written == Written(len(shown), len(shown)) and lines > len(shown)


def test_the_same_call_gives_the_same_bytes_and_sources_stay(laid: Path, reference: Reference, tmp_path: Path) -> None:
    source = SourceReads.of(laid, "chrX")
    text = [one.to_string() for one in source.reads]
    digests = set()
    for _ in range(2):
        variants = [substitution(reference, SNV, "T"), Variant.of(reference, 49_252_101, "", "ACGTA")]
        write_spiked(tmp_path / "copy.bam", source, variants, 0.5, "1", reference, ReadFilters())
        with pysam.AlignmentFile(str(tmp_path / "copy.bam")) as reads:
            digests.add(hashlib.sha256("\n".join(one.to_string() for one in reads).encode()).hexdigest())
    assert len(digests) == 1 and [one.to_string() for one in source.reads] == text
    assert source.gap == 500


# --- plan and count --------------------------------------------------------------------------------------


def allele(variant: Variant, name: str = "a", place: str = "exon 2") -> Allele:
    return Allele("FX", name, variant, VariantClass.of(variant), place)


def test_every_curated_allele_is_a_challenge(gene: Gene) -> None:
    catalogue = Knowledge.shipped().catalogue
    for assembly in Assembly:
        found = alleles_of(catalogue, gene, assembly)
        assert sorted(one.id for one in found) == sorted(row.id for row in catalogue.variants)
        copies = in_copies(found, 700)
        assert sorted(one.id for copy in copies for one in copy) == sorted(one.id for one in found)
        for copy in copies:
            assert all(two.variant.start - one.variant.end > 700 for one, two in pairwise(copy))


def test_what_the_sample_carries_is_left_out(reference: Reference) -> None:
    one, two = substitution(reference, SNV, "T"), substitution(reference, SNV, "G")
    long = Variant.of(reference, SNV + 500, reference.fetch(SNV + 500, SNV + 560), "")
    taken, skipped = sorted_out([allele(one), allele(two), allele(long)], [one])
    assert taken == [] and [s.reason for s in skipped] == [SkipReason.CARRIED, SkipReason.BESIDE, SkipReason.TOO_LONG]


def test_outcomes_and_counts(reference: Reference) -> None:
    variant = substitution(reference, SNV, "T")
    level = Level.of(1, Sex.MALE)
    answers = {
        Outcome.FOUND: (Written(30, 30), Answer(frozenset({variant}))),
        Outcome.ONLY_SEEN: (Written(30, 2), Answer(frozenset(), frozenset({variant}))),
        Outcome.MISSED: (Written(12, 0), Answer(frozenset())),
        Outcome.NOT_ASSESSABLE: (Written(0, 0), Answer(frozenset({variant}))),
    }
    trials = [Trial.of(allele(variant), level, written, answer) for written, answer in answers.values()]
    assert [one.outcome for one in trials] == list(answers)
    everything, *groups = sensitivities(trials)
    assert (everything.found.count, everything.found.total, everything.not_assessable) == (1, 3, 1)
    by_depth = {one.group: one.found.total for one in groups if one.grouping == "depth"}
    assert by_depth == {"0": 0, "10 to 19": 1, "30 to 49": 2}


def test_a_written_allele_that_is_called_excluded_is_named(reference: Reference) -> None:
    variant = substitution(reference, SNV, "T")
    answer = Answer(frozenset(), frozenset(), lambda _: True)
    assert Trial.of(allele(variant), Level.of(0.3, Sex.MALE), Written(30, 9), answer).excluded is True
    assert Trial.of(allele(variant), Level.of(0.3, Sex.MALE), Written(30, 0), answer).excluded is None


def test_an_exclusion_is_false_for_a_copy_and_not_for_a_mosaic(result, reference: Reference) -> None:  # type: ignore[no-untyped-def]
    answer = Answer(frozenset(), frozenset(), lambda _: True)
    one = allele(substitution(reference, SNV, "T"), "c.1150G>A")
    trials = tuple(Trial.of(one, Level.of(share, Sex.MALE), Written(30, 9), answer) for share in (1, 0.5, 0.3))
    judged = replace(result, trials=trials)
    assert (judged.falsely_excluded, judged.excluded_below, judged.exclusion_judged) == (trials[:2], trials[2:], 2)
    assert "There must be none" in challenge_page(judged) and "c.1150G&gt;A (carrier)" in challenge_page(judged)


def test_levels_say_as_whom_a_copy_is_analysed() -> None:
    levels = [Level.of(share, Sex.MALE) for share in (1, 0.5, 0.3)]
    assert [(one.label, one.sex) for one in levels] == [
        ("hemizygous", Sex.MALE),
        ("carrier", Sex.FEMALE),
        ("30% of the reads", Sex.MALE),
    ]


@pytest.mark.parametrize("text", ["", "a", "0", "1.2", "0.5,-1", "nan"])
def test_bad_shares_are_one_sentence(text: str) -> None:
    with pytest.raises(InputError, match="--fractions"):
        shares_of(text)


# --- the whole road --------------------------------------------------------------------------------------


def pileup_caller(path: Path, _: Sex) -> Answer:
    """A stand-in for the analysis: substitutions that four molecules show."""
    reference = Knowledge.shipped().gene.on(Assembly.GRCH38).reference
    counts: dict[tuple[int, str], set[str]] = {}
    with pysam.AlignmentFile(str(path)) as reads:
        for one in reads:
            for at, place in one.get_aligned_pairs(matches_only=True):
                base = (one.query_sequence or "")[at]
                if base != reference.fetch(place + 1, place + 1):
                    counts.setdefault((place + 1, base), set()).add(str(one.query_name))
    seen = {key: substitution(reference, *key) for key in counts}
    return Answer(
        frozenset(variant for key, variant in seen.items() if len(counts[key]) >= 4), frozenset(seen.values())
    )


@pytest.fixture(scope="module")
def result(laid: Path, tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    given = Challenged(
        laid, "boy", Sex.MALE, Assembly.GRCH38, SourceReads.of(laid, "chrX"), pileup_caller, ReadFilters()
    )
    folder = tmp_path_factory.mktemp("copies")
    return challenge(
        given, Knowledge.shipped(), (1, 0.1), "1", folder, lambda _: None, fingerprint(laid), {"pysam": "1"}
    )


def test_a_challenge_finds_what_was_written(result) -> None:  # type: ignore[no-untyped-def]
    whole = [one for one in result.trials if one.level.share == 1]
    assert len(whole) == len(Knowledge.shipped().catalogue.variants)
    for one in whole:
        if not one.written.depth:
            assert one.outcome is Outcome.NOT_ASSESSABLE
        elif one.allele.kind is VariantClass.SUBSTITUTION and one.written.depth >= 4:
            assert one.outcome is Outcome.FOUND and one.written.molecules == one.written.depth
    assert any(one.outcome is Outcome.NOT_ASSESSABLE for one in whole), "most exons have no reads in this file"
    assert result.is_unchanged and result.before.sha256 and not result.exclusion_judged


def test_the_result_in_every_form(result) -> None:  # type: ignore[no-untyped-def]
    text, page = challenge_text(result), challenge_page(result)
    everything = next(iter(sensitivities(result.trials)))
    for shown in (text, page):
        assert sentence_of(everything) in shown and "not assessable" in shown and "unchanged (by SHA-256)" in shown
    assert "<script" not in page and "http" not in page.replace("http-equiv", "")
    rows = list(csv.DictReader(allele_table(result).splitlines(), delimiter="\t"))
    assert len(rows) == len(result.trials) + len(result.skipped)
    assert {row["called_excluded"] for row in rows} == {""}
    assert len(list(csv.DictReader(sensitivity_table(result).splitlines(), delimiter="\t"))) > 20


def test_a_changed_file_is_told() -> None:
    assert Fingerprint(1, 2, "a") != Fingerprint(1, 2, "b")


def test_the_command_leaves_the_file_and_its_folder_alone(laid: Path, tmp_path: Path) -> None:
    before = {path.name: path.read_bytes() for path in laid.parent.iterdir()}
    answer = CliRunner().invoke(main, ["challenge", str(laid), "-o", str(tmp_path / "out"), "--fractions", "1"])
    assert answer.exit_code == 0, answer.output
    assert {path.name: path.read_bytes() for path in laid.parent.iterdir()} == before
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "challenge.html",
        "challenge.txt",
        "challenge.tsv",
        "sensitivity.tsv",
    }
    rows = csv.DictReader((tmp_path / "out" / "challenge.tsv").read_text().splitlines(), delimiter="\t")
    deep = [row for row in rows if row["depth"] and int(row["depth"]) >= 20]
    told = ("single base", "several bases replaced")
    assert len(deep) > 20 and {row["outcome"] for row in deep if row["kind"] in told} == {"found"}
    assert "c.1248_1253delinsCT" in {row["hgvs_c"] for row in deep}, "aligned as a deletion and two substitutions"
