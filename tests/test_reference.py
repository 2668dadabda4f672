"""The embedded locus against published digests and differences, and what happens when a file is damaged."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from foxp3_annot.assembly import Assembly
from foxp3_annot.errors import OutOfWindowError, ResourceError
from foxp3_annot.gene import Gene, GeneModel, load_gene
from foxp3_annot.locus import Interval
from foxp3_annot.reference import Reference, reverse_complement

Case = dict[str, str]
Cases = Callable[[str], list[Case]]
BUILDS = pytest.mark.parametrize("assembly", list(Assembly), ids=str)


# --- what the files hold -------------------------------------------------------------------------------


def sequences(gene: Gene, assembly: Assembly) -> dict[str, str]:
    """Every sequence that a published digest speaks of, as this build gives it."""
    model = gene.on(assembly)
    found = {f"window {assembly}": model.reference.bases}
    if assembly is Assembly.GRCH37:
        found["LRG_62"] = reverse_complement(model.reference.bases)
    for transcript in model.transcripts:
        found[f"mRNA {transcript.accession}"] = transcript.mrna
        found[f"CDS {transcript.accession}"] = transcript.cds
        found[f"protein {transcript.accession}"] = transcript.protein.removesuffix("*")
    return found


@pytest.mark.cases("reference_digests.tsv")
def test_sequences_have_the_published_digests(case: Case, gene: Gene) -> None:
    found = [s for a in Assembly if (s := sequences(gene, a).get(case["object"]))]
    assert found, "no build gives this sequence"
    for sequence in found:
        assert len(sequence) == int(case["length"])
        assert hashlib.md5(sequence.encode(), usedforsecurity=False).hexdigest() == case["md5"]


@BUILDS
def test_mrna_digests_of_the_shipped_table(assembly: Assembly, gene: Gene, reference_folder: Path) -> None:
    header, *rows = (reference_folder / "transcripts.tsv").read_text(encoding="utf-8").splitlines()
    table = [dict(zip(header.split("\t"), row.split("\t"), strict=True)) for row in rows]
    transcripts = gene.on(assembly).transcripts
    assert [t.accession for t in transcripts] == [row["transcript"] for row in table]
    for transcript, row in zip(transcripts, table, strict=True):
        assert len(transcript.mrna) == int(row["mrna_length"])
        assert hashlib.md5(transcript.mrna.encode(), usedforsecurity=False).hexdigest() == row["mrna_md5"]


@BUILDS
def test_introns_start_with_gt_and_end_with_ag(assembly: Assembly, gene: Gene) -> None:
    for transcript in gene.on(assembly).transcripts:
        ends = [transcript.bases[a : a + 2] + transcript.bases[b - 2 : b] for a, b in transcript.introns]
        assert ends == ["GTAG"] * (len(transcript.exons) - 1)


@BUILDS
def test_start_and_stop_codon_lie_where_lrg_62_has_them(assembly: Assembly, gene: Gene) -> None:
    """ATG at 49258503-49258505 and TGA at 49251334-49251336 of GRCh38, read on the minus strand."""
    shift = {Assembly.GRCH37: (143_543, 143_539), Assembly.GRCH38: (0, 0)}[assembly]
    fetch = gene.on(assembly).reference.fetch
    assert fetch(49_258_503 - shift[0], 49_258_505 - shift[0]) == "CAT"
    assert fetch(49_251_334 - shift[1], 49_251_336 - shift[1]) == "TCA"


@BUILDS
def test_poly_a_signal(assembly: Assembly, gene: Gene) -> None:
    model = gene.on(assembly)
    (signal,) = [mark for mark in model.landmarks if mark.name.startswith("poly(A)")]
    assert reverse_complement(model.reference.fetch(signal.interval.start, signal.interval.end)) == "AATAAA"
    offsets = [model.transcript.offset(p) for p in (signal.interval.end, signal.interval.start)]
    assert [model.transcript.coding_position(offset) for offset in offsets] == ["*873", "*878"]


def test_bases_outside_the_window_are_refused(gene: Gene) -> None:
    reference = gene.on(Assembly.GRCH38).reference
    for start, end in ((49_248_435, 49_248_436), (49_269_825, 49_269_826), (1, 1), (49_250_000, 49_249_998)):
        with pytest.raises(OutOfWindowError, match=str(start)):
            reference.fetch(start, end)
    with pytest.raises(OutOfWindowError):
        Reference(Interval(Assembly.GRCH38, 1, 4), "ACG")


# --- the builds against each other ---------------------------------------------------------------------


@pytest.mark.cases("build_differences.tsv")
def test_difference_between_the_builds(case: Case, gene: Gene) -> None:
    for assembly in Assembly:
        name, other = assembly.label.lower(), assembly.other.label.lower()
        start, end = int(case[f"{name}_start"]), int(case[f"{name}_end"])
        assert gene.on(assembly).reference.fetch(start, end) == case[f"{name}_bases"]
        exists_on_both = bool(case[f"{other}_bases"])
        for position in range(start, end + 1):
            expected = int(case[f"{other}_start"]) if exists_on_both else None
            assert gene.block_map.lift(assembly, position) == expected


def test_the_builds_differ_nowhere_else(gene: Gene, cases: Cases) -> None:
    """GRCh38 rewritten at the six places is GRCh37."""
    model = gene.on(Assembly.GRCH38)
    bases = model.reference.bases
    for row in sorted(cases("build_differences.tsv"), key=lambda row: -int(row["grch38_start"])):
        start = int(row["grch38_start"]) - model.window.start
        bases = bases[:start] + row["grch37_bases"] + bases[start + len(row["grch38_bases"]) :]
    assert bases == gene.on(Assembly.GRCH37).reference.bases


@BUILDS
def test_no_difference_lies_in_an_exon(assembly: Assembly, gene: Gene, cases: Cases) -> None:
    transcript = gene.on(assembly).transcript
    name = assembly.label.lower()
    for row in cases("build_differences.tsv"):
        for position in range(int(row[f"{name}_start"]), int(row[f"{name}_end"]) + 1):
            assert not transcript.is_exonic(transcript.offset(position))


@BUILDS
def test_every_position_lifts_there_and_back_or_lies_in_a_gap(assembly: Assembly, gene: Gene) -> None:
    lift, window = gene.block_map.lift, gene.on(assembly).window
    lifted = {position: lift(assembly, position) for position in range(window.start, window.end + 1)}
    in_gaps = [position for position, there in lifted.items() if there is None]
    there_and_back = {p: lift(assembly.other, there) for p, there in lifted.items() if there is not None}
    assert all(position == back for position, back in there_and_back.items())
    assert len(in_gaps) == {Assembly.GRCH37: 6, Assembly.GRCH38: 4}[assembly]
    assert len(there_and_back) == 21_386


@pytest.mark.parametrize(
    ("grch37", "shift"),
    [
        (49_104_897, 143_539), (49_112_681, 143_539), (49_112_682, 143_543), (49_119_630, 143_543),
        (49_119_633, 143_541), (49_120_966, 143_541), (49_120_970, 143_538), (49_123_020, 143_538),
        (49_123_022, 143_537), (49_126_288, 143_537),
    ],
)  # fmt: skip
def test_ends_of_the_blocks_by_the_published_shifts(grch37: int, shift: int, gene: Gene) -> None:
    assert gene.block_map.lift(Assembly.GRCH37, grch37) == grch37 + shift
    assert gene.block_map.lift(Assembly.GRCH38, grch37 + shift) == grch37


@BUILDS
def test_lifting_outside_the_window_is_refused(assembly: Assembly, gene: Gene) -> None:
    window = gene.on(assembly).window
    for position in (window.start - 1, window.end + 1):
        with pytest.raises(OutOfWindowError, match=str(position)):
            gene.block_map.lift(assembly, position)


# --- damage --------------------------------------------------------------------------------------------


def replace(name: str, old: str, new: str) -> Callable[[Path], None]:
    """Damage that puts one text in the place of another, which must stand there."""

    def damage(folder: Path) -> None:
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8", newline="")

    return damage


def change_base(assembly: Assembly, position: int) -> Callable[[Path], None]:
    """Damage that puts A in the place of another base, or C in the place of A."""

    def damage(folder: Path) -> None:
        path = folder / f"window.{assembly}.fa"
        header, *lines = path.read_text(encoding="ascii").splitlines()
        bases = "".join(lines)
        index = position - int(header.split(":")[1].split("-")[0])
        new = "C" if bases[index] == "A" else "A"
        path.write_text(f"{header}\n{bases[:index]}{new}{bases[index + 1 :]}\n", encoding="ascii")

    return damage


def change_a_base_of_both_builds(folder: Path) -> None:
    """The same base of intron 1, so that the builds still agree with each other."""
    change_base(Assembly.GRCH38, 49_260_000)(folder)
    change_base(Assembly.GRCH37, 49_116_457)(folder)


def drop_last_base(folder: Path) -> None:
    path = folder / "window.GRCh38.fa"
    path.write_text(path.read_text(encoding="ascii").rstrip()[:-1] + "\n", encoding="ascii")


def correct_sums(folder: Path) -> None:
    """Write SHA256SUMS anew, as someone would who edits a file on purpose."""
    names = sorted(path.name for path in folder.iterdir() if path.name not in ("SHA256SUMS", "README.md"))
    lines = [f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in names]
    (folder / "SHA256SUMS").write_text("".join(lines), encoding="ascii")


DAMAGES: dict[str, Callable[[Path], None]] = {
    "coding base, GRCh38": change_base(Assembly.GRCH38, 49_251_480),
    "coding base, GRCh37": change_base(Assembly.GRCH37, 49_107_941),
    "base of a donor site": change_base(Assembly.GRCH38, 49_258_295),
    "base of an acceptor site": change_base(Assembly.GRCH37, 49_111_971),
    "base of the poly(A) signal": change_base(Assembly.GRCH38, 49_250_458),
    "base deep in intron 1": change_base(Assembly.GRCH38, 49_260_000),
    "base deep in intron 1, alike on both builds": change_a_base_of_both_builds,
    "base before the gene": change_base(Assembly.GRCH37, 49_125_000),
    "base of exon 1": change_base(Assembly.GRCH37, 49_121_150),
    "window one base short": drop_last_base,
    "coding exon bound": replace("exons.tsv", "49255715\t49255802", "49255715\t49255801"),
    "end of the last exon": replace("exons.tsv", "49250438\t49251483", "49250439\t49251483"),
    "exon bound that is no number": replace("exons.tsv", "49250438\t49251483", "?\t49251483"),
    "exon left out": replace("exons.tsv", "NM_014009.4\t7\t7\t49112176\t49112263\t49255715\t49255802\n", ""),
    "first coding base": replace("transcripts.tsv", "49258505", "49258504"),
    "last coding base": replace("transcripts.tsv", "49251334", "49251337"),
    "MANE transcript renamed": replace("transcripts.tsv", "NM_014009.4", "NM_014009.5"),
    "residue": replace("proteins.fa", "MPNPRPG", "MPNPRPA"),
    "protein renamed": replace("proteins.fa", "NP_054728.2", "NP_054728.1"),
    "block moved on one build": replace("blocks.tsv", "49112682\t49119630", "49112683\t49119630"),
    "window start in blocks": replace("blocks.tsv", "49104897", "49104898"),
    "window moved": replace("windows.tsv", "49248436", "49248437"),
    "column renamed": replace("domains.tsv", "first", "begin"),
    "cell lost": replace("landmarks.tsv", "\t49106917", ""),
}
"""What can happen to a copy of the reference folder, by name."""

FILES = ["SHA256SUMS", "blocks.tsv", "domains.tsv", "exons.tsv", "landmarks.tsv", "proteins.fa",
         "transcripts.tsv", "window.GRCh37.fa", "window.GRCh38.fa", "windows.tsv"]  # fmt: skip


def test_an_undamaged_copy_loads(reference_copy: Path) -> None:
    assert load_gene(reference_copy).on(Assembly.GRCH38).transcript.accession == "NM_014009.4"
    correct_sums(reference_copy)
    model: GeneModel = load_gene(reference_copy).on(Assembly.GRCH37)
    assert model.assembly is Assembly.GRCH37


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=list(DAMAGES))
def test_damage_is_noticed_by_its_digest(damage: Callable[[Path], None], reference_copy: Path) -> None:
    damage(reference_copy)
    with pytest.raises(ResourceError, match="SHA-256 differs"):
        load_gene(reference_copy)


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=list(DAMAGES))
def test_damage_is_noticed_though_the_digest_was_corrected(
    damage: Callable[[Path], None], reference_copy: Path
) -> None:
    damage(reference_copy)
    correct_sums(reference_copy)
    with pytest.raises(ResourceError, match=str(reference_copy)):
        load_gene(reference_copy)


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_noticed(name: str, reference_copy: Path) -> None:
    (reference_copy / name).unlink()
    with pytest.raises(ResourceError, match=name):
        load_gene(reference_copy)


@pytest.mark.parametrize("name", [name for name in FILES if name != "SHA256SUMS"])
def test_a_missing_file_is_noticed_though_the_digests_leave_it_out(name: str, reference_copy: Path) -> None:
    (reference_copy / name).unlink()
    correct_sums(reference_copy)
    with pytest.raises(ResourceError, match=name):
        load_gene(reference_copy)
