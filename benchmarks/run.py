"""How long `foxp3-annot run` takes on a small file and on one of the size of a genome.

`python -m benchmarks.run` makes a VCF of five million records over all chromosomes of GRCh38 (once, under
benchmarks/data), with index and without, and prints a table beside `bcftools view` of the region (pysam's).
"""

import random
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pysam

from benchmarks.measure import Measured, measure
from foxp3_annot.assembly import Assembly
from foxp3_annot.gene import foxp3
from foxp3_annot.reference import Reference

DATA = Path(__file__).resolve().parent / "data"
RECORDS = 5_000_000
SMALL = Path(__file__).resolve().parents[1] / "resources" / "example" / "mixed_boy.vcf"

# Chromosome lengths of GRCh38 (NCBI assembly report GRCh38.p14).
LENGTHS = {
    "chr1": 248956422,
    "chr2": 242193529,
    "chr3": 198295559,
    "chr4": 190214555,
    "chr5": 181538259,
    "chr6": 170805979,
    "chr7": 159345973,
    "chr8": 145138636,
    "chr9": 138394717,
    "chr10": 133797422,
    "chr11": 135086622,
    "chr12": 133275309,
    "chr13": 114364328,
    "chr14": 107043718,
    "chr15": 101991189,
    "chr16": 90338345,
    "chr17": 83257441,
    "chr18": 80373285,
    "chr19": 58617616,
    "chr20": 64444167,
    "chr21": 46709983,
    "chr22": 50818468,
    "chrX": 156040895,
}


def genome_file(folder: Path = DATA, records: int = RECORDS) -> Path:
    """A genome-sized VCF with index: random substitutions, depths and qualities, right REF bases in the locus."""
    path = folder / f"genome.{records}.vcf.gz"
    if not Path(f"{path}.tbi").exists():
        folder.mkdir(parents=True, exist_ok=True)
        print(f"making {path} ({records:,} records)", file=sys.stderr)
        with pysam.BGZFile(str(path), "wb") as stream:
            for lines in _lines(records):
                stream.write(lines.encode())
        pysam.tabix_index(str(path), preset="vcf", force=True)
    return path


def _lines(records: int) -> Iterator[str]:
    chance = random.Random(1)
    reference = foxp3().on(Assembly.GRCH38).reference
    contigs = "".join(f"##contig=<ID={name},length={length}>\n" for name, length in LENGTHS.items())
    formats = "".join(
        f'##FORMAT=<ID={name},Number={number},Type={kind},Description="{name}">\n'
        for name, number, kind in (
            ("GT", 1, "String"),
            ("AD", "R", "Integer"),
            ("DP", 1, "Integer"),
            ("GQ", 1, "Integer"),
        )
    )
    yield f"##fileformat=VCFv4.2\n{formats}{contigs}#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS1\n"
    total = sum(LENGTHS.values())
    for name, length in LENGTHS.items():
        count = records * length // total
        step = length // count
        block = []
        for place in range(count):
            position = place * step + chance.randrange(step) + 1
            ref = _base(reference, position) if name == "chrX" else chance.choice("ACGT")
            alt = chance.choice("ACGT".replace(ref, ""))
            one, two = chance.randrange(5, 30), chance.randrange(5, 30)
            block.append(
                f"{name}\t{position}\t.\t{ref}\t{alt}\t{chance.randrange(30, 990)}\tPASS\t.\tGT:AD:DP:GQ\t"
                f"0/1:{one},{two}:{one + two}:{chance.randrange(20, 100)}\n"
            )
        yield "".join(block)


def _base(reference: Reference, position: int) -> str:
    return reference.fetch(position, position) if position in reference.window else "A"


def main() -> None:
    indexed = genome_file()
    plain = indexed.with_name(f"unindexed.{indexed.name}")
    if not plain.exists():
        shutil.copyfile(indexed, plain)
    window = foxp3().on(Assembly.GRCH38).window
    region = f"chrX:{window.start}-{window.end}"
    with tempfile.TemporaryDirectory() as folder:
        out = str(Path(folder) / "out")
        run = [sys.executable, "-m", "foxp3_annot", "run", "-o", out]
        view = [sys.executable, "-c", "import sys, pysam.bcftools as b; b.view(*sys.argv[1:], catch_stdout=False)"]
        rows = {
            "run, one small VCF": measure([*run, str(SMALL)]),
            "run, 5 million records, indexed": measure([*run, str(indexed)]),
            "bcftools view -r, indexed": measure([*view, "-r", region, "-o", f"{out}.vcf", str(indexed)]),
            "run, 5 million records, no index": measure([*run, str(plain)]),
            "bcftools view -t, no index": measure([*view, "-t", region, "-o", f"{out}.vcf", str(plain)]),
        }
    _print(rows)


def _print(rows: dict[str, Measured]) -> None:
    width = max(map(len, rows))
    print(f"{'median of 5 runs':<{width}}  {'seconds':>8}  {'peak MB':>8}")
    for name, one in rows.items():
        print(f"{name:<{width}}  {one.seconds:>8.2f}  {one.megabytes:>8.0f}")
    ratio = rows["run, 5 million records, no index"].seconds / rows["bcftools view -t, no index"].seconds
    print(f"without index, run takes {ratio:.2f} times as long as bcftools view")


if __name__ == "__main__":
    main()
