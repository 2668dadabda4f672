"""Reading VCF and BCF: every container, contig spelling, genotype form and odd record that callers write."""

import gzip
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pysam
import pysam.bcftools
import pytest

from foxp3_annot.assembly import Assembly
from foxp3_annot.callset import AlleleKind, CallSet
from foxp3_annot.errors import AssemblyError, InputError, ReferenceMismatchError
from foxp3_annot.gene import foxp3
from foxp3_annot.genotype import Genotype
from foxp3_annot.readers.vcf import extracted, read_call_set

X38 = "##contig=<ID=chrX,length=156040895>"
A384T = "49251480\t.\tC\tT"
"""c.1150G>A on GRCh38 (ClinVar VCV000011410), the columns POS to ALT."""


def vcf(*records: str, header: tuple[str, ...] = (X38,), samples: tuple[str, ...] = ("S",)) -> str:
    """A VCF text; records are the columns from CHROM on."""
    columns = ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO"]
    columns += ["FORMAT", *samples] if samples else []
    formats = (
        '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">',
        '##FORMAT=<ID=AD,Number=R,Type=Integer,Description="Reads">',
        '##FORMAT=<ID=DP,Number=1,Type=Integer,Description="Reads">',
        '##FORMAT=<ID=GQ,Number=1,Type=Integer,Description="Quality">',
        '##INFO=<ID=END,Number=1,Type=Integer,Description="End">',
        '##INFO=<ID=SVLEN,Number=A,Type=Integer,Description="Length">',
    )
    return "\n".join(("##fileformat=VCFv4.2", *formats, *header, "\t".join(columns), *records)) + "\n"


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as open_until_end:
        yield open_until_end


def read(path: Path, stack: ExitStack, stated: Assembly | None = None) -> CallSet:
    extract = stack.enter_context(extracted(path, foxp3()))
    return read_call_set(path, extract, "name", foxp3(), stated)


def read_text(text: str, folder: Path, stack: ExitStack, stated: Assembly | None = None) -> CallSet:
    path = folder / "input.vcf"
    path.write_text(text)
    return read(path, stack, stated)


def only_variant(call_set: CallSet) -> tuple[int, str, str]:
    (record,) = call_set.records
    (allele,) = record.alleles
    assert allele.variant is not None
    return (allele.variant.start, allele.variant.ref, allele.variant.alt)


# --- containers ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["plain", "gzip", "bgzf", "bgzf tbi", "bgzf csi", "bcf", "bcf csi"])
def test_every_container_gives_the_same_records(kind: str, tmp_path: Path, stack: ExitStack) -> None:
    text = vcf(f"chrX\t{A384T}\t50\tPASS\t.\tGT:AD:DP:GQ\t1/1:0,30:30:99", "chrX\t60000000\t.\tA\tG\t9\t.\t.\tGT\t0/1")
    path = tmp_path / "plain.vcf"
    path.write_text(text)
    if kind == "gzip":
        path = tmp_path / "gzip.vcf.gz"
        path.write_bytes(gzip.compress(text.encode()))
    elif kind.startswith("bgzf"):
        path = tmp_path / "bgzf.vcf.gz"
        with pysam.BGZFile(str(path), "wb") as stream:
            stream.write(text.encode())
        if kind != "bgzf":
            pysam.tabix_index(str(path), preset="vcf", csi=kind.endswith("csi"))
    elif kind.startswith("bcf"):
        plain, path = path, tmp_path / "file.bcf"
        pysam.bcftools.view("-Ob", "-o", str(path), str(plain), catch_stdout=False)
        if kind == "bcf csi":
            pysam.bcftools.index(str(path), catch_stdout=False)
    call_set = read(path, stack)
    assert only_variant(call_set) == (49251480, "C", "T")
    assert call_set.records[0].calls[0].genotype == Genotype((1, 1))
    assert call_set.records[0].calls[0].allele_depths == (0, 30)
    assert call_set.seen.indexed == kind.endswith(("tbi", "csi"))
    assert call_set.seen.records_on_x == (2 if call_set.seen.indexed else None)


def test_a_stale_index_is_not_trusted(tmp_path: Path, stack: ExitStack) -> None:
    path = tmp_path / "file.vcf.gz"
    with pysam.BGZFile(str(path), "wb") as stream:
        stream.write(vcf("chrX\t60000000\t.\tA\tG\t9\t.\t.\tGT\t0/1").encode())
    pysam.tabix_index(str(path), preset="vcf")
    index = Path(f"{path}.tbi")
    with pysam.BGZFile(str(path), "wb") as stream:
        stream.write(vcf(f"chrX\t{A384T}\t50\tPASS\t.\tGT\t1").encode())
    import os

    os.utime(index, (1, 1))
    assert only_variant(read(path, stack)) == (49251480, "C", "T")


def test_a_truncated_file_is_refused(tmp_path: Path, stack: ExitStack) -> None:
    path = tmp_path / "file.vcf.gz"
    with pysam.BGZFile(str(path), "wb") as stream:
        stream.write(vcf(f"chrX\t{A384T}\t50\tPASS\t.\tGT\t1").encode())
    path.write_bytes(path.read_bytes()[:-28])  # the end-of-file block of BGZF has 28 bytes
    with pytest.raises(InputError, match=r"file\.vcf\.gz.*truncated"):
        read(path, stack)


@pytest.mark.parametrize("text", ["", "nonsense\n", "##fileformat=VCFv4.2\n"])
def test_what_is_no_vcf_is_refused_with_its_name(text: str, tmp_path: Path, stack: ExitStack) -> None:
    with pytest.raises(InputError, match=r"input\.vcf"):
        read_text(text, tmp_path, stack)


def test_a_folder_and_a_missing_file_are_refused(tmp_path: Path, stack: ExitStack) -> None:
    with pytest.raises(InputError, match="not a regular file"):
        read(tmp_path, stack)
    with pytest.raises(InputError, match="no such file"):
        read(tmp_path / "absent.vcf", stack)


# --- contigs and builds -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("contig", "position", "assembly"),
    [
        ("chrX", 49251480, Assembly.GRCH38),
        ("X", 49251480, Assembly.GRCH38),
        ("23", 49251480, Assembly.GRCH38),
        ("NC_000023.11", 49251480, Assembly.GRCH38),
        ("chrX", 49107941, Assembly.GRCH37),
        ("X", 49107941, Assembly.GRCH37),
        ("23", 49107941, Assembly.GRCH37),
        ("NC_000023.10", 49107941, Assembly.GRCH37),
    ],
)
def test_every_spelling_of_x(contig: str, position: int, assembly: Assembly, tmp_path: Path, stack: ExitStack) -> None:
    length = "155270560" if assembly is Assembly.GRCH37 else "156040895"
    text = vcf(f"{contig}\t{position}\t.\tC\tT\t.\t.\t.\tGT\t1", header=(f"##contig=<ID={contig},length={length}>",))
    call_set = read_text(text, tmp_path, stack)
    assert call_set.assembly is assembly
    assert only_variant(call_set) == (position, "C", "T")


def test_the_build_from_reference_bases_alone(tmp_path: Path, stack: ExitStack) -> None:
    # CTTCT is the reference at GRCh38 49255495 and AA at 49251692 (LRG_62)
    text = vcf("X\t49251692\t.\tAA\tGC\t.\t.\t.\tGT\t1", "X\t49255495\t.\tCTTCT\tCT\t.\t.\t.\tGT\t0", header=())
    call_set = read_text(text, tmp_path, stack)
    assert call_set.assembly is Assembly.GRCH38
    assert "reference bases" in call_set.assembly_basis


def test_one_base_does_not_decide_the_build_but_the_user_may(tmp_path: Path, stack: ExitStack) -> None:
    text = vcf(f"X\t{A384T}\t.\t.\t.\tGT\t1", header=())
    with pytest.raises(AssemblyError, match="--assembly GRCh37 or --assembly GRCh38"):
        read_text(text, tmp_path, stack)
    assert only_variant(read_text(text, tmp_path, stack, Assembly.GRCH38)) == (49251480, "C", "T")


def test_the_two_differing_bases_are_read_as_each_build_has_them(tmp_path: Path, stack: ExitStack) -> None:
    on38 = read_text(vcf("chrX\t49261784\t.\tG\tT\t.\t.\t.\tGT\t1"), tmp_path, stack)
    assert only_variant(on38) == (49261784, "G", "T")
    on37 = vcf("chrX\t49118241\t.\tT\tG\t.\t.\t.\tGT\t1", header=("##contig=<ID=chrX,length=155270560>",))
    assert only_variant(read_text(on37, tmp_path, stack)) == (49118241, "T", "G")


# --- records ------------------------------------------------------------------------------------------


def test_a_wrong_reference_base_stops_the_file_and_says_why(tmp_path: Path, stack: ExitStack) -> None:
    with pytest.raises(ReferenceMismatchError, match=r"input\.vcf: record chrX:49251480 states REF A.*has C"):
        read_text(vcf("chrX\t49251480\t.\tA\tT\t.\t.\t.\tGT\t1"), tmp_path, stack)
    with pytest.raises(ReferenceMismatchError, match="other strand"):
        read_text(vcf("chrX\t49251480\t.\tG\tA\t.\t.\t.\tGT\t1"), tmp_path, stack)


def test_a_file_of_the_other_build_under_a_wrong_header(tmp_path: Path, stack: ExitStack) -> None:
    # AA at GRCh37 49108153 is c.1117_1118 (F373A); GRCh38 has other bases at this position only outside its window,
    # so the record is simply not in the locus, and the report must not call that a negative
    call_set = read_text(vcf("chrX\t49108153\t.\tAA\tGC\t.\t.\t.\tGT\t1"), tmp_path, stack)
    assert call_set.records == ()
    assert call_set.seen.records_on_x == 1


def test_alleles_that_are_no_variants(tmp_path: Path, stack: ExitStack) -> None:
    text = vcf(
        "chrX\t49251480\t.\tC\t<NON_REF>\t.\t.\tEND=49251500\tGT\t0/0",
        "chrX\t49251501\t.\tC\t.\t.\t.\t.\tGT\t0",
        "chrX\t49255494\t.\tCCTT\tC,*,<*>\t.\t.\t.\tGT\t1/2",
        "chrX\t49258394\t.\tC\tR\t.\t.\t.\tGT\t1",
    )
    call_set = read_text(text, tmp_path, stack)
    kinds = [[allele.kind for allele in record.alleles] for record in call_set.records]
    assert kinds == [
        [AlleleKind.UNSPECIFIED],
        [],
        [AlleleKind.SEQUENCE, AlleleKind.SPANNING_DELETION, AlleleKind.UNSPECIFIED],
        [AlleleKind.AMBIGUOUS],
    ]
    assert call_set.seen.reference_block_bases == 22
    assert call_set.seen.records_in_locus == 4


@pytest.mark.parametrize(
    ("alt", "info", "expected"),
    [
        ("<DEL>", "END=49264700", ("DEL", 49258001, 49264700)),
        ("<DEL>", "SVLEN=-500", ("DEL", 49258001, 49258500)),
        ("<DUP:TANDEM>", "END=49259000", ("DUP:TANDEM", 49258001, 49259000)),
        ("C[chr1:1000[", ".", ("BND", 49258000, 49258000)),
        ("<INS>", ".", ("INS", 49258000, 49258001)),
        # VCFv4.3, 5.4: t[p[ joins what follows p after t, ]p]t what ends at p before t
        ("C[chrX:49259000[", ".", ("BND:DEL", 49258001, 49258999)),
        ("]chrX:49257000]C", ".", ("BND:DEL", 49257001, 49257999)),
        ("]chrX:49259000]C", ".", ("BND:DUP", 49258000, 49259000)),
        ("C[chrX:49257000[", ".", ("BND:DUP", 49257000, 49258000)),
        ("C]chrX:49259000]", ".", ("BND", 49258000, 49258000)),
        ("CA[chrX:49259000[", ".", ("BND", 49258000, 49258000)),
    ],
)
def test_structural_alleles(
    alt: str, info: str, expected: tuple[str, int, int], tmp_path: Path, stack: ExitStack
) -> None:
    ref = foxp3().on(Assembly.GRCH38).reference.fetch(49258000, 49258000)
    call_set = read_text(vcf(f"chrX\t49258000\t.\t{ref}\t{alt}\t.\t.\t{info}\tGT\t1"), tmp_path, stack)
    structural = call_set.records[0].alleles[0].structural
    assert structural is not None
    assert (structural.type, structural.start, structural.end) == expected


def test_a_deletion_that_starts_before_the_window_is_seen(tmp_path: Path, stack: ExitStack) -> None:
    text = vcf("chrX\t49200000\t.\tN\t<DEL>\t.\t.\tEND=49300000;SVLEN=-100000\tGT\t1")
    (record,) = read_text(text, tmp_path, stack).records
    assert record.alleles[0].structural is not None
    assert record.alleles[0].structural.end == 49300000


@pytest.mark.parametrize(
    ("written", "alleles"),
    [
        ("1", (1,)),
        ("0/1", (0, 1)),
        ("1|0", (1, 0)),
        ("./1", (-1, 1)),
        (".", (-1,)),
        ("./.", (-1, -1)),
        ("1/1", (1, 1)),
        ("0/0/1", (0, 0, 1)),
    ],
)
def test_genotypes_keep_ploidy_phase_and_gaps(
    written: str, alleles: tuple[int, ...], tmp_path: Path, stack: ExitStack
) -> None:
    call_set = read_text(vcf(f"chrX\t{A384T}\t.\t.\t.\tGT\t{written}"), tmp_path, stack)
    genotype = call_set.records[0].calls[0].genotype
    assert genotype is not None
    assert genotype.alleles == alleles
    assert str(genotype) == written
    assert Genotype.parse(written) == genotype


def test_mixed_ploidy_in_one_record(tmp_path: Path, stack: ExitStack) -> None:
    text = vcf(f"chrX\t{A384T}\t.\t.\t.\tGT\t1\t0/1\t0", samples=("boy", "mother", "father"))
    (record,) = read_text(text, tmp_path, stack).records
    assert {index: str(call.genotype) for index, call in record.calls.items()} == {0: "1", 1: "0/1"}


def test_records_out_of_order_and_twice(tmp_path: Path, stack: ExitStack) -> None:
    text = vcf(
        "chrX\t49258394\t.\tC\tA\t.\t.\t.\tGT\t1",
        f"chrX\t{A384T}\t.\t.\t.\tGT\t1",
        f"chrX\t{A384T}\t.\t.\t.\tGT\t0/1",
    )
    call_set = read_text(text, tmp_path, stack)
    assert [record.position for record in call_set.records] == [49251480, 49251480, 49258394]
    assert len(call_set.variants()) == 2


def test_a_sites_only_file_and_one_without_gt(tmp_path: Path, stack: ExitStack) -> None:
    sites = read_text(vcf(f"chrX\t{A384T}\t.\t.\t.", samples=()), tmp_path, stack)
    assert (sites.samples, sites.records[0].genotyped) == ((), False)
    somatic = read_text(vcf(f"chrX\t{A384T}\t.\t.\t.\tDP\t30", samples=("TUMOR",)), tmp_path, stack)
    assert somatic.records[0].genotyped is False


@pytest.mark.parametrize("depth", ["inf", "nan", "many"])
def test_a_depth_that_is_no_number_is_not_given(depth: str, tmp_path: Path, stack: ExitStack) -> None:
    kind = "String" if depth == "many" else "Float"
    written = vcf(f"chrX\t{A384T}\t.\t.\t.\tGT:DP\t1:{depth}")
    text = written.replace("ID=DP,Number=1,Type=Integer", f"ID=DP,Number=1,Type={kind}")
    (record,) = read_text(text, tmp_path, stack).records
    assert record.calls[0].depth is None


def test_the_input_is_left_alone(tmp_path: Path, stack: ExitStack) -> None:
    path = tmp_path / "input.vcf"
    path.write_text(vcf(f"chrX\t{A384T}\t.\t.\t.\tGT\t1"))
    copy = shutil.copy(path, tmp_path / "copy.vcf")
    read(path, stack)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["copy.vcf", "input.vcf"]
    assert path.read_bytes() == Path(copy).read_bytes()
