"""Make the bundled example: five files in the style of five callers and two with reads, eleven invented people.

Run `python resources/example/make_example.py [FOLDER]` from the top of the repository. Reference bases come from
the embedded reference; the people, depths and qualities are invented. The same files come out every time.
"""

import random
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pysam
import pysam.bcftools
import pysam.samtools

from foxp3_annot.assembly import Assembly
from foxp3_annot.gene import foxp3

HERE = Path(__file__).resolve().parent
FIRST = {Assembly.GRCH37: 249_250_621, Assembly.GRCH38: 248_956_422}
"""Length of chromosome 1 on each build."""


@dataclass(frozen=True)
class Row:
    """A record to write: position, how many reference bases it replaces, the new ones, and the sample columns."""

    position: int
    replaced: int
    alt: str
    columns: tuple[str, ...]
    id: str = "."
    quality: str = "900"
    info: str = "."
    filter: str = "PASS"


def body(assembly: Assembly, contig: str, form: str, rows: Iterable[Row]) -> list[str]:
    """Record lines, with REF read from the embedded reference."""
    reference = foxp3().on(assembly).reference
    return [
        "\t".join(
            (
                contig,
                str(row.position),
                row.id,
                reference.fetch(row.position, row.position + row.replaced - 1),
                row.alt,
                row.quality,
                row.filter,
                row.info,
                form,
                *row.columns,
            )
        )
        for row in rows
    ]


def header(assembly: Assembly, prefix: str, lines: Iterable[str], samples: Iterable[str]) -> list[str]:
    """A header with the contigs of chromosomes 1 and X; `prefix` is `chr` or nothing."""
    return [
        "##fileformat=VCFv4.2",
        '##FILTER=<ID=PASS,Description="All filters passed">',
        *lines,
        f"##contig=<ID={prefix}1,length={FIRST[assembly]}>",
        f"##contig=<ID={prefix}X,length={assembly.x_length}>",
        "\t".join(("#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT", *samples)),
    ]


GT = '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">'
AD = '##FORMAT=<ID=AD,Number=R,Type=Integer,Description="Reads for each allele">'
DP = '##FORMAT=<ID=DP,Number=1,Type=Integer,Description="Reads">'
GQ = '##FORMAT=<ID=GQ,Number=1,Type=Integer,Description="Genotype quality">'
PL = '##FORMAT=<ID=PL,Number=G,Type=Integer,Description="Phred-scaled likelihoods">'


def joint_trio() -> list[str]:
    """A joint call of a family: the boy's single copy is written 1/1, as by a caller that assumes two copies."""
    lines = (
        GT,
        AD,
        DP,
        GQ,
        PL,
        '##FILTER=<ID=LowQual,Description="Low quality">',
        '##INFO=<ID=AC,Number=A,Type=Integer,Description="Allele count in genotypes">',
        '##INFO=<ID=AN,Number=1,Type=Integer,Description="Number of alleles in called genotypes">',
        "##source=HaplotypeCaller",
    )
    return header(Assembly.GRCH38, "chr", lines, ("trio_boy", "trio_mother", "trio_father")) + body(
        Assembly.GRCH38,
        "chrX",
        "GT:AD:DP:GQ:PL",
        (
            # c.1150G>A, p.(Ala384Thr)
            Row(
                49251480,
                1,
                "T",
                ("1/1:0,34:34:99:1230,102,0", "0/1:19,17:36:99:560,0,610", "0/0:31,0:31:93:0,93,1100"),
                info="AC=3;AN=6",
            ),
            # rs2232365, c.-22-902A>G, common
            Row(
                49259429,
                1,
                "C",
                ("0/0:28,0:28:84:0,84,990", "0/1:15,18:33:99:590,0,470", "1/1:0,29:29:87:1010,87,0"),
                "rs2232365",
                info="AC=3;AN=6",
            ),
            # rs3761548: the two builds carry different alleles here
            Row(
                49261784,
                1,
                "T",
                ("1/1:0,30:30:90:1050,90,0", "0/1:16,15:31:99:500,0,520", "./.:0,0:0:.:."),
                "rs3761548",
                info="AC=3;AN=4",
            ),
        ),
    )


def haploid_boys() -> list[str]:
    """Two boys called with one copy of X; the deletion is written at the right end of where it can stand."""
    lines = (GT, AD, DP, '##INFO=<ID=DP,Number=1,Type=Integer,Description="Reads">')
    return header(Assembly.GRCH38, "chr", lines, ("haploid_boy", "polya_boy")) + body(
        Assembly.GRCH38,
        "chrX",
        "GT:AD:DP",
        (
            # c.*876A>G, in the poly(A) signal
            Row(49250458, 1, "C", ("0:41,0:41", "1:0,37:37"), quality="228", info="DP=78"),
            # c.748_750del, p.(Lys250del): CTTCT to CT, with the T before it as anchor base
            Row(49255496, 4, "T", ("1:0,29:29", "0:33,0:33"), quality="221", info="DP=62"),
        ),
    )


def grch37_boys() -> list[str]:
    """Two boys on GRCh37, contig X; one is called 001, which must stay so."""
    lines = (GT, DP, AD, '##INFO=<ID=TYPE,Number=A,Type=String,Description="Type of allele">', "##reference=hs37d5.fa")
    return header(Assembly.GRCH37, "", lines, ("001", "refuted_boy")) + body(
        Assembly.GRCH37,
        "X",
        "GT:DP:AD",
        (
            # c.1084del, p.(Glu362ArgfsTer28): a frameshift that is not in the curated table
            Row(49108186, 2, "T", ("1:44:0,44", "0:39:39,0"), quality="1311.9", info="TYPE=del"),
            # c.543C>T, p.(Ser181=): published once, refuted since
            Row(49113312, 1, "A", ("0:40:40,0", "1:36:0,36"), quality="1102.4", info="TYPE=snp"),
        ),
    )


def mixed_boy() -> list[str]:
    """A boy called heterozygous, with a third of the reads."""
    lines = (GT, GQ, DP, AD, '##FILTER=<ID=RefCall,Description="Called as reference">', "##DeepVariant_version=1.6.0")
    return header(Assembly.GRCH38, "chr", lines, ("mixed_boy",)) + body(
        Assembly.GRCH38,
        "chrX",
        "GT:GQ:DP:AD",
        (
            Row(49251440, 1, "T", ("0/1:48:61:41,20",), quality="44.1"),
            Row(49258394, 1, "A", ("./.:12:8:6,2",), quality="0", filter="RefCall"),
        ),
    )


def silent_boy() -> list[str]:
    """A panel that did not cover FOXP3: records on other places only (their bases are invented)."""
    lines = (GT, DP)
    return [
        *header(Assembly.GRCH38, "chr", lines, ("silent_boy",)),
        "chr1\t1000100\t.\tA\tG\t310\tPASS\t.\tGT:DP\t0/1:52",
        "chrX\t71109000\t.\tC\tT\t290\tPASS\t.\tGT:DP\t1/1:47",
    ]


READ, FRAGMENT, DEPTH = 100, 300, 30
"""Bases of a read and of a fragment (on average), and reads over a base."""


def reads_of(copies: tuple[dict[int, str], ...], seed: int) -> list[pysam.AlignedSegment]:
    """Paired reads over the window, drawn evenly from copies of the gene, which are given by their substitutions."""
    window = foxp3().on(Assembly.GRCH38).window
    sequences = []
    for copy in copies:
        bases = list(foxp3().on(Assembly.GRCH38).reference.bases)
        for position, base in copy.items():
            bases[position - window.start] = base
        sequences.append("".join(bases))
    chance = random.Random(seed)
    reads = []
    for number in range(len(window) * DEPTH // (2 * READ)):
        length = round(chance.gauss(FRAGMENT, 25))
        first = chance.randrange(len(window) - length)
        sequence = sequences[number % len(sequences)]
        flipped = chance.random() < 0.5
        for start, mate, flags in ((first, first + length - READ, 32), (first + length - READ, first, 16)):
            read = pysam.AlignedSegment()
            read.query_name = f"pair{number}"
            read.flag = 1 + 2 + flags + (64 if (flags == 32) is not flipped else 128)
            read.reference_id = read.next_reference_id = 1
            read.reference_start = window.start - 1 + start
            read.next_reference_start = window.start - 1 + mate
            read.template_length = length if flags == 32 else -length
            read.mapping_quality = 60
            read.cigartuples = [(0, READ)]
            read.query_sequence = misread(sequence[start : start + READ], chance)
            read.query_qualities = pysam.qualitystring_to_array("F" * READ)
            read.set_tag("RG", "1")
            reads.append(read)
    return sorted(reads, key=lambda read: read.reference_start)


def misread(bases: str, chance: random.Random) -> str:
    """Bases with an error in every thousandth."""
    return "".join(chance.choice("ACGT") if chance.random() < 0.001 else base for base in bases)


def write_reads(path: Path, sample: str, reads: list[pysam.AlignedSegment], *, indexed: bool) -> None:
    head = {
        "HD": {"VN": "1.6", "SO": "coordinate"},
        "SQ": [{"SN": "chr1", "LN": FIRST[Assembly.GRCH38]}, {"SN": "chrX", "LN": Assembly.GRCH38.x_length}],
        "RG": [{"ID": "1", "SM": sample, "PL": "ILLUMINA"}],
    }
    with pysam.AlignmentFile(str(path), "wb", header=head) as out:
        for read in reads:
            out.write(read)
    if indexed:
        pysam.samtools.index(str(path), catch_stdout=False)


def write_plain(path: Path, lines: list[str]) -> None:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_bgzipped(path: Path, lines: list[str], *, indexed: bool) -> None:
    with pysam.BGZFile(str(path), "wb") as stream:
        stream.write(("\n".join(lines) + "\n").encode())
    if indexed:
        pysam.tabix_index(str(path), preset="vcf", force=True)


def write_bcf(path: Path, lines: list[str]) -> None:
    plain = path.with_suffix(".vcf.part")
    write_plain(plain, lines)
    pysam.bcftools.view("--no-version", "-Ob", "-o", str(path), str(plain), catch_stdout=False)
    plain.unlink()


def main(folder: Path = HERE) -> None:
    """Write the seven files into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    write_bgzipped(folder / "joint_trio.vcf.gz", joint_trio(), indexed=True)
    write_bcf(folder / "haploid_boys.bcf", haploid_boys())
    write_bgzipped(folder / "grch37_boys.vcf.gz", grch37_boys(), indexed=False)
    write_plain(folder / "mixed_boy.vcf", mixed_boy())
    write_bgzipped(folder / "silent_boy.vcf.gz", silent_boy(), indexed=True)
    # c.1150G>A, p.(Ala384Thr), on the only copy
    write_reads(folder / "reads_boy.bam", "reads_boy", reads_of(({49251480: "T"},), 1), indexed=True)
    # two copies, of which one has the common rs2232365
    write_reads(folder / "reads_girl.bam", "reads_girl", reads_of(({}, {49259429: "C"}), 2), indexed=False)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
