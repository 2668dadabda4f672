"""Reading BAM and CRAM: every way in which reads come, and what is called from them."""

import json
import os
import random
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pysam
import pysam.samtools
import pytest
from click.testing import CliRunner

from foxp3_annot.alignment import LowFraction
from foxp3_annot.assembly import Assembly
from foxp3_annot.cli import main
from foxp3_annot.gene import foxp3
from foxp3_annot.genotype import Sex
from foxp3_annot.readers.alignments import LocusReads, ReadSettings, read_locus
from foxp3_annot.readers.calling import SampleCalls, call_sample
from foxp3_annot.reference import Reference
from foxp3_annot.resources import read_table, resource_root
from foxp3_annot.variant import Edit, Variant

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
    how: Reads | None = None,
    header: dict[str, Any] | None = None,
    assembly: Assembly = Assembly.GRCH38,
    *,
    index: bool = True,
    group: str = "g",
) -> Path:
    head = pysam.AlignmentHeader.from_dict(header or header_of(assembly))
    contig = head.references[-1]
    with pysam.AlignmentFile(str(path), "wb", header=head) as out:
        for read in drawn(assembly, how or Reads(), head, contig):
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


def fails(folder: Path, *words: str | Path, saying: str) -> None:
    """The program must refuse in one sentence."""
    result = CliRunner().invoke(main, ["run", *map(str, words), "-o", str(folder / "none")], catch_exceptions=False)
    assert result.exit_code == 2, result.output
    assert saying in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert not (folder / "none").exists()


def located(path: Path, folder: Path, **options: Any) -> LocusReads:
    place = folder / f"extract{len(list(folder.iterdir()))}"
    place.mkdir()
    return read_locus(path, foxp3(), "file", place, **options)


def called(path: Path, folder: Path, sex: Sex = Sex.MALE, settings: ReadSettings | None = None) -> SampleCalls:
    """The calls of a file with one sample."""
    locus = located(path, folder)
    place = folder / f"calling{len(list(folder.iterdir()))}"
    place.mkdir()
    reference = foxp3().on(locus.assembly).reference
    (sample,) = locus.samples
    return call_sample(sample, locus.contig, reference, sex, settings or ReadSettings(), place)


def genotypes(calls: SampleCalls) -> dict[tuple[int, str, str], str]:
    return {(one.position, one.ref, ",".join(one.alts)): one.genotype for one in calls.records}


def near(edit: Edit, **how: Any) -> Reads:
    """Reads around an edit only, which are quicker to make."""
    return Reads((edit,), start=edit.start - 400, end=edit.start + 400, **how)


A384T_RECORD = (49251480, "C", "T")
DELETION = Edit(49255722, "TC", "T")
"""c.727del on GRCh38, in the VCF form of the curated table."""

# --- builds -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("contig", ["chrX", "X", "23", "chr23", "NC_000023", "CM000685.2", "chromosome_X"])
@pytest.mark.parametrize("assembly", list(Assembly))
def test_every_spelling_of_x_on_both_builds(contig: str, assembly: Assembly, tmp_path: Path) -> None:
    contig = assembly.accession if contig == "NC_000023" else contig
    start = 49251480 if assembly is Assembly.GRCH38 else 49107941
    bam = write_bam(tmp_path / "b.bam", near(Edit(start, "C", "T")), header_of(assembly, contig), assembly)
    locus = located(bam, tmp_path)
    assert (locus.assembly, locus.contig, locus.indexed) == (assembly, contig, True)
    assert genotypes(called(bam, tmp_path)) == {(start, "C", "T"): "1"}


@pytest.mark.parametrize(
    ("sequences", "words", "saying"),
    [
        ([], (), "names no sequence"),
        ([{"SN": "chrX", "LN": 154259566}], (), "T2T-CHM13"),
        ([{"SN": "chrX", "LN": 169476592}], (), "contig chrX has length 169,476,592"),
        ([{"SN": "chr1", "LN": 248956422}], (), "chr1 (248,956,422)"),
        ([{"SN": "X", "LN": 154913754}], ("--assembly", "GRCh37"), "contig X has length 154,913,754"),
        ([{"SN": "chrX", "LN": 156040895}], ("--assembly", "GRCh37"), "--assembly states GRCh37"),
        ([{"SN": "chrX", "LN": 156040895, "M5": Assembly.GRCH37.x_md5}], (), "checksum M5 of GRCh37"),
        ([{"SN": "chrX", "LN": 156040895, "M5": "0" * 32}], (), "is that of another sequence"),
        ([{"SN": "1", "LN": 249250621}, {"SN": "X", "LN": 156040895}], (), "is that of GRCh37"),
        ([{"SN": "X", "LN": 155270560}, {"SN": "chrX", "LN": 156040895}], (), "could both be chromosome X"),
    ],
)
def test_an_uncertain_build_is_refused(
    sequences: list[dict[str, Any]], words: tuple[str, ...], saying: str, tmp_path: Path
) -> None:
    path = tmp_path / "b.bam"
    with pysam.AlignmentFile(str(path), "wb", header={"HD": {"VN": "1.6"}, "SQ": sequences}):
        pass
    fails(tmp_path, path, *words, saying=saying)


def test_the_checksum_of_x_is_a_basis(tmp_path: Path) -> None:
    header = header_of(M5=Assembly.GRCH38.x_md5.upper())
    bam = write_bam(tmp_path / "b.bam", near(A384T), header)
    assert Assembly.GRCH38.x_md5 in located(bam, tmp_path).basis


# --- files --------------------------------------------------------------------------------------------


def test_what_is_no_bam_is_refused(tmp_path: Path) -> None:
    whole = write_bam(tmp_path / "whole.bam", near(A384T)).read_bytes()
    for name, content, saying in (
        ("empty.bam", b"", "is empty"),
        ("text.bam", b"hello\n" * 9, "cannot be read as BAM or CRAM"),
        ("eof.bam", whole[:-28], "is truncated"),
        ("half.bam", whole[: len(whole) // 2], "is truncated"),
        ("half.cram", whole[: len(whole) // 2], "is truncated"),
        ("sam.bam", b"@HD\tVN:1.6\n@SQ\tSN:chrX\tLN:156040895\n", "is text, not BAM or CRAM"),
    ):
        (tmp_path / name).write_bytes(content)
        fails(tmp_path, tmp_path / name, saying=saying)
    fails(tmp_path, tmp_path / "absent.bam", saying="there is no such file")
    (tmp_path / "folder.bam").mkdir()
    fails(tmp_path, tmp_path / "folder.bam", saying="not a regular file")


def test_a_file_damaged_in_the_middle_is_refused(tmp_path: Path) -> None:
    bam = write_bam(tmp_path / "b.bam", Reads(), index=False)
    content = bytearray(bam.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 2000] = bytes(2000)
    bam.write_bytes(content)
    fails(tmp_path, bam, saying="cannot be read to its end")


def test_without_or_with_a_wrong_index_the_whole_file_is_read(tmp_path: Path) -> None:
    good = write_bam(tmp_path / "good.bam", near(A384T))
    expected = genotypes(called(good, tmp_path))
    plain = write_bam(tmp_path / "plain.bam", near(A384T), index=False)
    stale = write_bam(tmp_path / "stale.bam", near(A384T))
    os.utime(f"{stale}.bai", (1, 1))
    foreign = write_bam(tmp_path / "foreign.bam", near(A384T), index=False)
    other = write_bam(tmp_path / "other.bam", Reads(depth=0.0))
    shutil.copy(f"{other}.bai", f"{foreign}.bai")
    wrong = write_bam(tmp_path / "wrong.bam", near(A384T), index=False)
    longer = write_bam(tmp_path / "longer.bam", Reads(seed=5))
    shutil.copy(f"{longer}.bai", f"{wrong}.bai")
    short = write_bam(tmp_path / "short.bam", Reads((A384T,), depth=200), index=False)
    shutil.copy(f"{good}.bai", f"{short}.bai")
    assert not located(short, tmp_path).indexed
    broken = write_bam(tmp_path / "broken.bam", near(A384T), index=False)
    Path(f"{broken}.bai").write_bytes(b"BAI\1nonsense")
    for path in (plain, stale, foreign, wrong, broken):
        assert not located(path, tmp_path).indexed, path
        assert genotypes(called(path, tmp_path)) == expected == {A384T_RECORD: "1"}
    named = write_bam(tmp_path / "named.bam", near(A384T))
    Path(f"{named}.bai").rename(tmp_path / "named.bai")
    assert located(named, tmp_path).indexed


def test_mates_outside_the_locus_are_kept_where_an_index_leads_to_them(tmp_path: Path) -> None:
    head = pysam.AlignmentHeader.from_dict(header_of())
    reads = drawn(Assembly.GRCH38, near(A384T), head, "chrX")
    far = pysam.AlignedSegment.from_dict(reads[0].to_dict(), head)
    near_, far_start = reads[0], 60_000_000
    near_.flag, far.flag = 1 + 64, 1 + 128
    near_.next_reference_id, near_.next_reference_start = 1, far_start
    far.reference_start, far.next_reference_id, far.next_reference_start = far_start, 1, near_.reference_start
    path = tmp_path / "b.bam"
    with pysam.AlignmentFile(str(path), "wb", header=head) as out:
        for read in (*reads, far):
            out.write(read)
    pysam.samtools.index(str(path), catch_stdout=False)
    (sample,) = located(path, tmp_path).samples
    assert sample.reads == len(reads) + 1
    assert genotypes(called(path, tmp_path)) == {A384T_RECORD: "1"}
    Path(f"{path}.bai").unlink()
    (sample,) = located(path, tmp_path).samples
    assert sample.reads == len(reads)


def test_reads_in_any_order(tmp_path: Path) -> None:
    bam = write_bam(tmp_path / "b.bam", near(A384T), index=False)
    mixed = tmp_path / "mixed.bam"
    pysam.samtools.sort("-n", "-o", str(mixed), str(bam), catch_stdout=False)
    assert genotypes(called(mixed, tmp_path)) == {A384T_RECORD: "1"}


def test_an_empty_locus_is_told(tmp_path: Path) -> None:
    bam = write_bam(tmp_path / "b.bam", Reads(depth=0.0))
    calls = called(bam, tmp_path)
    assert (calls.records, {run.depth for run in calls.coverage.runs}) == ((), {0})
    sentence = run(tmp_path / "out", bam)["S"]["conclusion"]["sentence"]
    assert "0 of 69 alleles reported in IPEX are excluded" in sentence


def test_of_reads_it_is_told_what_was_counted_and_what_reads_do_not_show(tmp_path: Path) -> None:
    """Nothing is said of records or of files of variants; the window of GRCh38 is that of docs and README."""
    told = {}
    for name, depth in (("none", 0.0), ("deep", 40.0)):
        bam = write_bam(tmp_path / f"{name}.bam", Reads(depth=depth, seed=3))
        found = run(tmp_path / name, bam, "--sex", "S=male")["S"]["not_assessed"]
        told[name] = {one["code"]: one["sentence"] for one in found}
        text = " ".join(told[name].values())
        assert "record" not in text and "file of small variants" not in text
        assert "looked for in reads that span their ends" in told[name]["not_detectable"]
        assert "Inversions, insertions of foreign sequence" in told[name]["not_detectable"]
        assert "less than 10% of the reads" in told[name]["not_detectable"]
    assert "no_read_in_locus" not in told["deep"] and "1,570 are callable" in told["deep"]["silence"]
    assert (
        "No read that counts (mapping quality from 20 on, base quality from 15 on" in told["none"]["no_read_in_locus"]
    )
    assert "This is not a negative result." in told["none"]["no_read_in_locus"]
    assert "0 are callable, as counted in the reads" in told["none"]["silence"]


def test_the_users_folder_and_the_environment_stay_as_they_are(tmp_path: Path, fake_genome: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    write_bam(folder / "b.bam", near(A384T), index=False)
    write_bam(folder / "c.bam", near(A384T), header_of(groups=(("g", "C"),)))
    write_cram(folder / "d.cram", folder / "c.bam", "-T", str(fake_genome))
    before = {path.name: (path.stat().st_mtime_ns, path.stat().st_size) for path in folder.iterdir()}
    genome_before = sorted(path.name for path in fake_genome.parent.iterdir())
    environment = dict(os.environ)
    run(tmp_path / "out", folder / "b.bam", folder / "c.bam", folder / "d.cram", "--genome", fake_genome)
    assert {path.name: (path.stat().st_mtime_ns, path.stat().st_size) for path in folder.iterdir()} == before
    assert sorted(path.name for path in fake_genome.parent.iterdir()) == genome_before
    assert dict(os.environ) == environment


# --- CRAM ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def fake_genome(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A genome of full length that is N outside the window, compressed and with its index."""
    model = foxp3().on(Assembly.GRCH38)
    path = tmp_path_factory.mktemp("genome") / "genome.fa.gz"
    with pysam.BGZFile(str(path), "wb") as out:
        out.write(b">chrM\n" + b"A" * 16569 + b"\n>chrX\n")
        out.write(b"N" * (model.window.start - 1) + model.reference.bases.encode())
        out.write(b"N" * (Assembly.GRCH38.x_length - model.window.end) + b"\n")
    with pysam.FastaFile(str(path)):  # makes the indices
        return path


def write_cram(path: Path, bam: Path, *options: str) -> Path:
    pysam.samtools.view("--no-PG", "-C", *options, "-o", str(path), str(bam), catch_stdout=False)
    return path


def without_tags(cram: Path, *tags: str) -> Path:
    """Take tags such as M5 from the @SQ lines of a CRAM file."""
    with pysam.AlignmentFile(str(cram)) as reads:
        header = reads.header.to_dict()
    header["SQ"] = [{key: value for key, value in one.items() if key not in tags} for one in header["SQ"]]
    text = cram.with_suffix(".header.sam")
    text.write_text(str(pysam.AlignmentHeader.from_dict(header)))
    pysam.samtools.reheader("-P", "-i", str(text), str(cram), catch_stdout=False)
    return cram


@pytest.mark.parametrize("index", [True, False])
def test_a_cram_file_that_holds_its_reference(index: bool, tmp_path: Path) -> None:
    bam = write_bam(tmp_path / "b.bam", near(A384T))
    for number, option in enumerate(("no_ref=1", "embed_ref=2")):
        cram = write_cram(tmp_path / f"{number}.cram", bam, "--output-fmt-option", option)
        if index:
            pysam.samtools.index(str(cram), catch_stdout=False)
        assert located(cram, tmp_path).indexed == index
        assert genotypes(called(cram, tmp_path)) == {A384T_RECORD: "1"}


def test_a_cram_file_needs_its_genome(tmp_path: Path, fake_genome: Path) -> None:
    bam = write_bam(tmp_path / "b.bam", near(A384T))
    cram = without_tags(write_cram(tmp_path / "c.cram", bam, "-T", str(fake_genome)), "M5", "UR")
    fails(tmp_path, cram, saying="cannot be read without its genome")
    report = run(tmp_path / "out", cram, "--genome", fake_genome, "--sex", "S=male")["S"]
    assert report["conclusion"]["code"] == "consistent_with_ipex"
    assert "--genome genome.fa.gz" in report["provenance"]["command"]


def test_a_genome_named_in_the_header_is_checked_and_used(tmp_path: Path, fake_genome: Path) -> None:
    bam = write_bam(tmp_path / "b.bam", near(A384T))
    cram = without_tags(write_cram(tmp_path / "c.cram", bam, "-T", str(fake_genome)), "M5")
    assert genotypes(called(cram, tmp_path)) == {A384T_RECORD: "1"}


@pytest.mark.parametrize(
    ("text", "saying"),
    [
        (">chr1\nACGT\n", "holds no chromosome X"),
        ("nonsense", "cannot be read as the FASTA file"),
        (None, "no such genome file"),
    ],
)
def test_a_wrong_genome_is_refused(text: str | None, saying: str, tmp_path: Path) -> None:
    bam = write_bam(tmp_path / "b.bam", near(A384T))
    genome = tmp_path / "g.fa"
    if text is not None:
        genome.write_text(text)
    fails(tmp_path, bam, "--genome", genome, saying=saying)


def test_a_genome_that_fits_neither_window_nor_header_is_refused(tmp_path: Path, fake_genome: Path) -> None:
    bam = write_bam(tmp_path / "b.bam", near(A384T))
    cram = write_cram(tmp_path / "c.cram", bam, "--output-fmt-option", "no_ref=1")
    masked = tmp_path / "masked.fa.gz"
    with pysam.BGZFile(str(masked), "wb") as out:
        out.write(b">chrX\n" + b"N" * Assembly.GRCH38.x_length + b"\n")
    fails(tmp_path, cram, "--genome", masked, saying="has other bases at the FOXP3 locus")
    header = header_of(M5=Assembly.GRCH38.x_md5)
    other = write_bam(tmp_path / "m5.bam", near(A384T), header)
    fails(tmp_path, other, "--genome", fake_genome, saying="has the checksum M5")
    named = write_bam(tmp_path / "x.bam", near(A384T), header_of(contig="X"))
    cram = write_cram(tmp_path / "x.cram", named, "--output-fmt-option", "no_ref=1")
    fails(tmp_path, cram, "--genome", fake_genome, saying="calls chromosome X 'X'")
    build37 = write_bam(tmp_path / "37.bam", Reads(depth=1), assembly=Assembly.GRCH37)
    fails(tmp_path, build37, "--genome", fake_genome, saying="the genome given is GRCh38")


# --- samples ------------------------------------------------------------------------------------------


def test_several_read_groups_of_a_sample_are_one_sample(tmp_path: Path) -> None:
    bam = write_bam(tmp_path / "b.bam", near(A384T), header_of(groups=(("g", "S"), ("h", "S"))))
    assert [sample.name for sample in located(bam, tmp_path).samples] == ["S"]


def two_people(path: Path, *, label: bool = True) -> Path:
    """A boy with A384T and his mother, who carries it, in one file."""
    head = pysam.AlignmentHeader.from_dict(header_of(groups=(("b", "BOY"), ("m", "MOTHER"))))
    reads = []
    for group, how in (("b", near(A384T)), ("m", near(A384T, share=0.5, seed=2))):
        for read in drawn(Assembly.GRCH38, how, head, "chrX", group):
            if label:
                read.set_tag("RG", group)
            reads.append(read)
    with pysam.AlignmentFile(str(path), "wb", header=head) as out:
        for read in sorted(reads, key=lambda one: one.reference_start):
            out.write(read)
    pysam.samtools.index(str(path), catch_stdout=False)
    return path


def test_several_samples_of_a_file_are_told_apart(tmp_path: Path) -> None:
    bam = two_people(tmp_path / "family.bam")
    reports = run(tmp_path / "out", bam, "--sex", "BOY=male", "--sex", "MOTHER=female")
    assert reports["BOY"]["conclusion"]["code"] == "consistent_with_ipex"
    assert reports["MOTHER"]["conclusion"]["code"] == "carrier"
    counts = {}
    for name in ("BOY", "MOTHER"):
        with pysam.AlignmentFile(str(tmp_path / "out" / "alignments" / f"{name}.bam")) as reads:
            groups = {read.get_tag("RG") for read in reads.fetch("chrX")}
            counts[name] = groups
    assert counts == {"BOY": {"b"}, "MOTHER": {"m"}}


def test_unlabelled_reads_of_several_samples_are_refused(tmp_path: Path) -> None:
    fails(tmp_path, two_people(tmp_path / "family.bam", label=False), saying="has no read group")


@pytest.mark.parametrize("groups", [(), (("g", ""),)])
def test_reads_without_a_sample_are_named_after_file_or_sheet(
    groups: tuple[tuple[str, str], ...], tmp_path: Path
) -> None:
    bam = write_bam(tmp_path / "boy.bam", near(A384T), header_of(groups=groups), group="")
    assert list(run(tmp_path / "one", bam)) == ["boy"]
    sheet = tmp_path / "sheet.tsv"
    sheet.write_text(f"sample\tvcf\tsex\nPETER\t{bam}\tmale\n")
    assert run(tmp_path / "two", bam, "--samples", sheet)["PETER"]["conclusion"]["code"] == "consistent_with_ipex"


def test_the_sheet_names_read_group_sex_and_platform(tmp_path: Path) -> None:
    bam = write_bam(tmp_path / "b.bam", near(A384T))
    sheet = tmp_path / "sheet.tsv"
    sheet.write_text(f"sample\tvcf\tname_in_file\tsex\tplatform\nPETER\t{bam}\tS\tmale\tont\n")
    report = run(tmp_path / "out", bam, "--samples", sheet)["PETER"]
    assert report["findings"][0]["zygosity"]["code"] == "hemizygous"
    sheet.write_text(f"sample\tvcf\tname_in_file\nPETER\t{bam}\tQ\n")
    fails(tmp_path, bam, "--samples", sheet, saying="has no sample 'Q'")


# --- calls --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("edit", [A384T, DELETION])
@pytest.mark.parametrize(
    ("sex", "share", "genotype"),
    [
        (Sex.MALE, 1.0, "1"),
        (Sex.FEMALE, 0.5, "0/1"),
        (Sex.FEMALE, 1.0, "1/1"),
        (Sex.UNKNOWN, 1.0, "1/1"),
        (Sex.UNKNOWN, 0.5, "0/1"),
        (Sex.MALE, 0.65, "0/1"),
        (Sex.MALE, 0.4, "0/1"),
    ],
)
def test_genotypes_by_sex_and_share(edit: Edit, sex: Sex, share: float, genotype: str, tmp_path: Path) -> None:
    bam = write_bam(tmp_path / "b.bam", near(edit, share=share, depth=60))
    assert genotypes(called(bam, tmp_path, sex)) == {(edit.start, edit.ref, edit.alt): genotype}


@pytest.mark.parametrize(("share", "code", "copies"), [(1.0, "one_copy_fits", 1), (0.5, "two_copies_fit", 2)])
def test_without_a_sex_the_report_says_how_many_copies_fit(
    share: float, code: str, copies: int, tmp_path: Path
) -> None:
    bam = write_bam(tmp_path / "b.bam", near(A384T, share=share))
    assert called(bam, tmp_path, Sex.UNKNOWN).favoured == copies
    told = {one["code"]: one["places"] for one in run(tmp_path / "out", bam)["S"]["not_assessed"]}
    assert told[code] == ["chrX:49251480"]


def test_neighbouring_alleles_of_one_copy_are_read_as_one(tmp_path: Path) -> None:
    """c.1117_1118delinsGC, p.(Phe373Ala) (curated), as reads show it: two substitutions on the same reads."""
    edits = (Edit(49251692, "A", "G"), Edit(49251693, "A", "C"))
    bam = write_bam(tmp_path / "b.bam", replace(near(edits[0], share=0.5), edits=edits))
    calls = called(bam, tmp_path, Sex.FEMALE)
    assert [(one.genotype, one.phase_set) for one in calls.records] == [("0|1", 49251692)] * 2
    names = {one["hgvs_p"] for one in run(tmp_path / "out", bam, "--sex", "S=female")["S"]["findings"]}
    assert "p.(Phe373Ala)" in names


def test_neighbouring_alleles_of_two_copies_are_kept_apart(tmp_path: Path) -> None:
    head = pysam.AlignmentHeader.from_dict(header_of())
    path = tmp_path / "b.bam"
    reads = [
        read
        for edit in (Edit(49251692, "A", "G"), Edit(49251693, "A", "C"))
        for read in drawn(Assembly.GRCH38, near(edit, depth=15, seed=edit.start), head, "chrX", edit.alt)
    ]
    with pysam.AlignmentFile(str(path), "wb", header=head) as out:
        for read in sorted(reads, key=lambda one: one.reference_start):
            out.write(read)
    assert [one.genotype for one in called(path, tmp_path, Sex.FEMALE).records] == ["0|1", "1|0"]


def curated_groups() -> list[list[Edit]]:
    """The curated small alleles on GRCh38, in groups whose members lie far enough from each other."""
    rows = read_table(resource_root() / "knowledge" / "variants.tsv")
    edits = set()
    for row in rows:
        if row["grch38"]:
            position, ref, alt = row["grch38"].split(":")
            edits.add(Edit(int(position), ref, alt))
    groups: list[list[Edit]] = []
    for edit in sorted(edits):
        for group in groups:
            if edit.start - group[-1].start > 100:
                group.append(edit)
                break
        else:
            groups.append([edit])
    return groups


def test_every_curated_allele_is_called_at_depth_30(tmp_path: Path) -> None:
    reference = foxp3().on(Assembly.GRCH38).reference
    for number, group in enumerate(curated_groups()):
        bam = write_bam(tmp_path / f"{number}.bam", Reads(tuple(group), seed=number, errors=0.0005))
        found = {}
        for one in called(bam, tmp_path).records:
            found[Variant.of(reference, one.position, one.ref, one.alts[0])] = one.genotype
        for edit in group:
            variant = Variant.of(reference, edit.start, edit.ref, edit.alt)
            parts = [variant] if variant in found else parts_of(edit, reference)
            assert [found.get(part) for part in parts] == ["1"] * len(parts), edit
            for part in parts:
                del found[part]
        assert found == {}


def parts_of(edit: Edit, reference: Reference) -> list[Variant]:
    """What reads show of bases replaced by others: each base, and what is deleted after them."""
    parts = [
        Variant.of(reference, edit.start + i, edit.ref[i], base)
        for i, base in enumerate(edit.alt)
        if edit.ref[i] != base
    ]
    if len(edit.ref) > len(edit.alt):
        parts.append(Variant.of(reference, edit.start + len(edit.alt), edit.ref[len(edit.alt) :], ""))
    return parts


# --- low fractions ------------------------------------------------------------------------------------


@pytest.mark.parametrize("edit", [A384T, DELETION])
@pytest.mark.parametrize("sex", list(Sex))
def test_a_tenth_of_the_reads_is_told(edit: Edit, sex: Sex, tmp_path: Path) -> None:
    bam = write_bam(tmp_path / "b.bam", near(edit, share=0.1, depth=100))
    (record,) = called(bam, tmp_path, sex).records
    assert (record.position, record.ref, record.alts, record.genotype) == (edit.start, edit.ref, (edit.alt,), "0/1")
    assert record.reads[1] >= 4
    assert record.reads[1] == record.forward[1] + record.reverse[1]
    assert sum(record.reads) > 60


def test_a_mosaic_is_to_be_reviewed(tmp_path: Path) -> None:
    bam = write_bam(tmp_path / "b.bam", near(A384T, share=0.1, depth=100))
    report = run(tmp_path / "out", bam, "--sex", "S=male")["S"]
    assert report["findings"][0]["zygosity"]["code"] == "discordant"
    assert report["conclusion"]["code"] == "review_needed"


def test_too_few_reads_are_seen_and_not_called(tmp_path: Path) -> None:
    bam = write_bam(tmp_path / "b.bam", near(A384T, share=0.02, depth=100, errors=0.0))
    calls = called(bam, tmp_path)
    assert calls.records == ()
    (seen,) = calls.coverage.seen
    assert (seen.variant.start, seen.variant.alt) == (49251480, "T")
    assert 1 <= seen.reads < 4 < seen.depth
    low = ReadSettings(low=LowFraction(seen.reads, 0.01))
    if seen.reads >= 2:
        assert set(genotypes(called(bam, tmp_path, settings=low)).values()) <= {"0/1"}


def test_errors_do_not_make_alleles(tmp_path: Path) -> None:
    bam = write_bam(tmp_path / "b.bam", Reads(errors=0.005, depth=60, quality=25))
    assert called(bam, tmp_path).records == ()


# --- what counts --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("flag", "quality", "mapping"), [(1024, 35, 60), (256, 35, 60), (512, 35, 60), (0, 10, 60), (0, 35, 5)]
)
def test_reads_that_do_not_count(flag: int, quality: int, mapping: int, tmp_path: Path) -> None:
    """Duplicates, secondary and failed reads, bases and reads of low quality."""
    path = tmp_path / "b.bam"
    head = pysam.AlignmentHeader.from_dict(header_of())
    with pysam.AlignmentFile(str(path), "wb", header=head) as out:
        for read in drawn(Assembly.GRCH38, near(A384T, quality=quality), head, "chrX"):
            read.flag |= flag
            read.mapping_quality = mapping
            out.write(read)
    calls = called(path, tmp_path)
    assert calls.records == ()
    assert calls.coverage.seen == ()
    assert {run.depth for run in calls.coverage.runs} == {0}


def test_both_mates_of_a_pair_count_once(tmp_path: Path) -> None:
    path = tmp_path / "b.bam"
    head = pysam.AlignmentHeader.from_dict(header_of())
    reads = []
    for first in drawn(Assembly.GRCH38, near(A384T, depth=20), head, "chrX"):
        second = pysam.AlignedSegment.from_dict(first.to_dict(), head)
        first.flag, second.flag = 1 + 2 + 32 + 64, 1 + 2 + 16 + 128
        for read in (first, second):
            read.next_reference_id, read.next_reference_start = read.reference_id, read.reference_start
            read.template_length = 150
            reads.append(read)
    with pysam.AlignmentFile(str(path), "wb", header=head) as out:
        for read in reads:
            out.write(read)
    calls = called(path, tmp_path)
    (record,) = calls.records
    (depth,) = calls.coverage.depths(49251480, 49251480)
    (seen,) = (one for one in calls.coverage.seen if one.variant.start == 49251480)
    assert seen.reads == depth == record.reads[1] <= 30


def test_reads_at_the_borders_of_the_window(tmp_path: Path) -> None:
    """Overhanging, clipped and spliced reads are counted where they lie, and nothing is made of the rest."""
    window = foxp3().on(Assembly.GRCH38).window
    bases = foxp3().on(Assembly.GRCH38).reference.bases
    head = pysam.AlignmentHeader.from_dict(header_of())
    shapes = [
        (window.start - 1 - 50, "A" * 50 + bases[:50], [(0, 100)]),
        (window.start - 1, "G" * 20 + bases[:50], [(4, 20), (0, 50)]),
        (window.start - 1 + 10, bases[10:40] + bases[1040:1070], [(0, 30), (3, 1000), (0, 30)]),
        (window.start - 1 + 100, bases[100:130] + bases[133:160], [(0, 30), (2, 3), (0, 27)]),
        (window.end - 50, bases[-50:] + "C" * 30, [(0, 80)]),
        (window.end - 50, bases[-50:] + "C" * 30, [(0, 50), (1, 1), (0, 29)]),
    ]
    path = tmp_path / "b.bam"
    with pysam.AlignmentFile(str(path), "wb", header=head) as out:
        for number, (start, sequence, parts) in enumerate(shapes):
            read = pysam.AlignedSegment(head)
            read.query_name, read.reference_id, read.reference_start = f"r{number}", 1, start
            read.cigartuples, read.query_sequence, read.mapping_quality = parts, sequence, 60
            read.query_qualities = pysam.qualitystring_to_array("F" * len(sequence))
            out.write(read)
    calls = called(path, tmp_path)
    depth = list(calls.coverage.depths(window.start, window.end))
    assert (depth[0], depth[20], depth[39], depth[40], depth[60], depth[131], depth[1045]) == (2, 3, 3, 2, 0, 1, 1)
    assert depth[-1] == 2
    assert [one.variant.length_change for one in calls.coverage.seen] == [-3, 1]


@pytest.mark.parametrize(
    ("word", "code"), [("ONT", "ont"), ("PACBIO", "pacbio"), ("", "pacbio"), ("ILLUMINA", "illumina")]
)
def test_long_reads(word: str, code: str, tmp_path: Path) -> None:
    header = header_of()
    header["RG"] = [{"ID": "g", "SM": "S"} | ({"PL": word} if word else {})]
    bam = write_bam(tmp_path / "b.bam", Reads((A384T,), length=5000, errors=0.01, quality=20), header)
    (sample,) = located(bam, tmp_path).samples
    calls = called(bam, tmp_path)
    assert sample.platform.code == calls.platform.code == code
    assert genotypes(calls)[A384T_RECORD] == "1"
    assert calls.coverage.read_length is not None
    assert calls.coverage.read_length > 4900


# --- outputs ------------------------------------------------------------------------------------------


def test_the_reads_of_the_locus_are_kept_and_can_be_left_out(tmp_path: Path) -> None:
    bam = write_bam(tmp_path / "b.bam", near(A384T))
    run(tmp_path / "with", bam)
    run(tmp_path / "without", bam, "--no-mini-bam")
    assert not (tmp_path / "without" / "alignments").exists()
    with (
        pysam.AlignmentFile(str(bam)) as source,
        pysam.AlignmentFile(str(tmp_path / "with" / "alignments" / "S.bam")) as mini,
    ):
        assert mini.header.to_dict()["SQ"] == source.header.to_dict()["SQ"]
        assert mini.header.to_dict()["RG"] == source.header.to_dict()["RG"]
        assert "PG" not in mini.header.to_dict()
        assert mini.count("chrX", 49251479, 49251480) == source.count("chrX", 49251479, 49251480) > 20


def test_the_same_reads_give_the_same_bytes(tmp_path: Path) -> None:
    bam = write_bam(tmp_path / "b.bam", near(A384T))
    for name in ("one", "two"):
        run(tmp_path / name, bam)
    files = sorted(path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*") if path.is_file())
    assert len(files) == 9
    for name in files:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes(), name


def test_annotate_refuses_reads(tmp_path: Path) -> None:
    bam = write_bam(tmp_path / "b.bam", near(A384T))
    result = CliRunner().invoke(main, ["annotate", str(bam), "-o", str(tmp_path / "o.tsv")])
    assert result.exit_code == 2
    assert "use `run`" in result.stderr
