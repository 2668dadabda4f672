"""Gene models read from GFF3 and FASTA: FOXP3 as the tables have it, and what is refused."""

import gzip
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from foxp3_annot.assembly import Assembly, Contig
from foxp3_annot.errors import ResourceError
from foxp3_annot.gene import Gene
from foxp3_annot.locus import Interval
from foxp3_annot.readers.models import read_gene_models
from foxp3_annot.reference import Reference, reverse_complement
from foxp3_annot.resources import read_table
from foxp3_annot.transcript import Strand, Transcript

BUILDS = pytest.mark.parametrize("assembly", list(Assembly), ids=str)


# --- FOXP3 ------------------------------------------------------------------------------------------------


def foxp3_gff3(folder: Path, build: str, *, ensembl: bool) -> Iterator[str]:
    """The transcripts of the tables in the dialect of Ensembl or of RefSeq; the latter leaves out UTR lines."""
    exons = list(read_table(folder / "exons.tsv"))
    yield "##gff-version 3"
    yield "chrX\ttest\tgene\t1\t2\t.\t-\t.\tID=gene:FOXP3;Name=FOXP3"
    for row in read_table(folder / "transcripts.tsv"):
        name, version = row["transcript"].split(".")
        own = f"transcript:{name}.v{version}" if ensembl else f"rna-{row['transcript']}"
        told = f"transcript_id={name};version={version}" if ensembl else f"transcript_id={row['transcript']}"
        bounds = [
            (int(e[f"{build}_start"]), int(e[f"{build}_end"])) for e in exons if e["transcript"] == row["transcript"]
        ]
        first, last = int(row[f"{build}_first_coding"]), int(row[f"{build}_last_coding"])

        def line(kind: str, start: int, end: int, phase: int | str = ".", *, parent: str = own, more: str = "") -> str:
            return f"chrX\ttest\t{kind}\t{start}\t{end}\t.\t-\t{phase}\tParent={parent}{more}"

        yield line("mRNA", bounds[-1][0], bounds[0][1], parent="gene:FOXP3", more=f";ID={own};{told}")
        coded = 0
        for start, end in bounds:
            yield line("exon", start, end)
            if ensembl and end > first:
                yield line("five_prime_UTR", max(start, first + 1), end)
            if ensembl and start < last:
                yield line("three_prime_UTR", start, min(end, last - 1))
            if start <= first and end >= last:
                low, high = max(start, last), min(end, first)
                yield line("CDS", low, high, -coded % 3, more=f";protein_id={row['protein']}")
                coded += high - low + 1


@BUILDS
@pytest.mark.parametrize("ensembl", [True, False], ids=["Ensembl", "RefSeq"])
@pytest.mark.parametrize("turned", [False, True], ids=["in order", "turned"])
def test_foxp3_read_from_gff3(
    assembly: Assembly, *, ensembl: bool, turned: bool, gene: Gene, reference_folder: Path, tmp_path: Path
) -> None:
    """The transcripts equal those of the tables, but for the name of the contig and the numbering of MANE Select."""
    header, *lines = foxp3_gff3(reference_folder, assembly.label.lower(), ensembl=ensembl)
    gff3, fasta = tmp_path / "gene.gff3.gz", tmp_path / "window.fa"
    model = gene.on(assembly)
    with gzip.open(gff3, "wt", encoding="utf-8") as out:
        out.write("\n".join([header, *(reversed(lines) if turned else lines)]) + "\n")
    fasta.write_text(f">chrX:{model.window.start}-{model.window.end} any words\n{model.reference.bases}\n")
    read = read_gene_models(gff3, fasta)
    window = Interval(Contig("chrX", "chrX"), *model.window.bounds)
    expected = [
        replace(
            transcript,
            reference=Reference(window, model.reference.bases),
            exons=tuple(replace(exon, gene_number=exon.number) for exon in transcript.exons),
        )
        for transcript in model.transcripts
    ]
    assert list(read) == (expected[::-1] if turned else expected)
    assert [one.protein for one in read] == [one.protein for one in model.transcripts[:: -1 if turned else 1]]


# --- small models -----------------------------------------------------------------------------------------

GENOME = "CCATGAAAGTCCAGCCCTGATT"
"""Plus strand: exons 1-8 and 15-22, intron GTCCAG, coding 3-8 and 15-20 (ATG AAA CCC TGA)."""


def one_model(folder: Path, *lines: str, genome: str = GENOME, name: str = "c", strand: str = "+") -> Transcript:
    """The only transcript of a GFF3 with lines of kind, start, end, phase separated by blanks."""
    gff3, fasta = folder / "m.gff3", folder / "m.fa"
    rows = [f"c\t.\tmRNA\t1\t{len(genome)}\t.\t{strand}\t.\tID=transcript:T;version=7"]
    for line in lines:
        kind, start, end, phase = line.split()
        rows.append(f"c\t.\t{kind}\t{start}\t{end}\t.\t{strand}\t{phase}\tParent=transcript:T")
    gff3.write_text("\n".join(rows) + "\n")
    fasta.write_text(f">{name}\n{genome}\n")
    (transcript,) = read_gene_models(gff3, fasta)
    return transcript


EXONS = ("exon 1 8 .", "exon 15 22 .")


def test_a_small_model(tmp_path: Path) -> None:
    found = one_model(tmp_path, *EXONS, "CDS 3 8 0", "CDS 15 20 0")
    assert (found.accession, found.protein_accession, found.strand) == ("T.7", "", Strand.PLUS)
    assert (found.mrna, found.cds, found.protein) == ("CCATGAAACCCTGATT", "ATGAAACCCTGA", "MKP*")
    assert found.introns == ((8, 14),)


def test_the_same_model_on_the_other_strand(tmp_path: Path) -> None:
    """Its lines are the same, since base p becomes base 23 - p."""
    lines = (*EXONS, "CDS 3 8 0", "CDS 15 20 0")
    found = one_model(tmp_path, *lines, genome=reverse_complement(GENOME), strand="-")
    assert (found.strand, found.mrna, found.protein) == (Strand.MINUS, "CCATGAAACCCTGATT", "MKP*")
    assert [found.position(exon.start) for exon in found.exons] == [22, 8]


def test_exons_from_coding_and_untranslated_lines(tmp_path: Path) -> None:
    parts = ("five_prime_UTR 1 2 .", "CDS 3 8 0", "CDS 15 20 0", "three_prime_UTR 21 22 .")
    found = one_model(tmp_path, *parts)
    assert found == one_model(tmp_path, *EXONS, "CDS 3 8 0", "CDS 15 20 0")


def test_a_stop_codon_left_out_is_added(tmp_path: Path) -> None:
    assert one_model(tmp_path, *EXONS, "CDS 3 8 0", "CDS 15 17 0").protein == "MKP*"


def test_a_missing_phase_is_none_to_check(tmp_path: Path) -> None:
    assert one_model(tmp_path, *EXONS, "CDS 3 8 .", "CDS 15 20 .").protein == "MKP*"


def test_a_model_that_starts_within_a_codon(tmp_path: Path) -> None:
    found = one_model(tmp_path, *EXONS, "CDS 1 8 2", "CDS 15 20 0")
    assert (found.protein, found.position(found.coding_start)) == ("MKP*", 3)


def test_a_model_that_ends_within_a_codon(tmp_path: Path) -> None:
    found = one_model(tmp_path, "exon 1 8 .", "exon 15 19 .", "CDS 3 8 0", "CDS 15 19 0")
    assert (found.protein, found.position(found.coding_end - 1)) == ("MKP", 17)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (("exon 1 8 .", "CDS 3 30 0"), "line 3: the feature lies outside 1-22 of c"),
        ((*EXONS, "CDS 3 8 0", "CDS 14 20 0"), "line 4: this coding sequence does not fill the exons"),
        ((*EXONS, "CDS 3 8 0", "CDS 15 20 1"), "line 5: its phase is 1 where the coding sequence before it asks for 0"),
        ((*EXONS, "CDS 3 8 0"), "line 4: this coding sequence ends without a stop codon although"),
        (("CDS 3 8 0", "CDS 8 20 0"), "line 3: overlaps another part"),
        ((*EXONS, "CDS 3 8 1", "CDS 15 20 1"), "line 4: this coding sequence has a stop codon inside, as codon 1"),
        (("exon 1 22 .", "CDS 3 4 0"), "line 3: this coding sequence has no whole codon"),
        (("exon 1 22 .", "CDS 3 x 0"), "line 3: is not a line of GFF3"),
        (("exon 1 22 .", "CDS 5 3 0"), "line 3: its start lies behind its end"),
        (("exon 1 22 .", "CDS 3 5 3"), "line 3: its start lies behind its end, or its phase is none of"),
    ],
)
def test_a_model_that_is_refused(lines: tuple[str, ...], said: str, tmp_path: Path) -> None:
    with pytest.raises(ResourceError) as refused:
        one_model(tmp_path, *lines)
    assert f"m.gff3: {said}" in str(refused.value)


@pytest.mark.parametrize(
    ("name", "genome", "said"),
    [
        ("d", GENOME, "the sequence 'c' is not in"),
        ("c:5-10", GENOME, "has 22 bases, which its name contradicts"),
        ("c:101-122", GENOME, "the feature lies outside 101-122 of c"),
        (f"c\n{GENOME}\n>c", GENOME, "holds the sequence 'c' twice"),
    ],
)
def test_a_sequence_that_is_refused(name: str, genome: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(ResourceError, match=r"^[^\n]+$") as refused:
        one_model(tmp_path, *EXONS, "CDS 3 8 0", "CDS 15 20 0", name=name, genome=genome)
    assert said in str(refused.value)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    here, empty = tmp_path / "empty", tmp_path / "none"
    here.write_text("")
    for gff3, fasta in ((here, empty), (empty, here), (here, here)):
        with pytest.raises(ResourceError, match=r"cannot be read|holds no sequence"):
            read_gene_models(gff3, fasta)
