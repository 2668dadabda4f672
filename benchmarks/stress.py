"""Campaigns too long for every test run: damaged files, and alleles in bulk against bcftools.

`python -m benchmarks.stress [--files N] [--alleles N] [--seed N]` prints what it tried and stops at the first fault.
"""

import argparse
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import pysam
import pysam.bcftools

from foxp3_annot.assembly import Assembly
from foxp3_annot.atlas import atlas_variants
from foxp3_annot.description import read_description
from foxp3_annot.gene import foxp3
from foxp3_annot.hgvs import hgvs_c, hgvs_g
from foxp3_annot.variant import Variant

EXAMPLE = Path(__file__).resolve().parents[1] / "resources" / "example"


def damaged_files(count: int, chance: random.Random) -> None:
    """Example files with bytes changed, removed or doubled: each ends in a report or in one sentence."""
    sources = [path for path in sorted(EXAMPLE.iterdir()) if path.name.endswith((".vcf", ".vcf.gz", ".bcf"))]
    statuses: dict[int, int] = {}
    with tempfile.TemporaryDirectory() as folder:
        for number in range(count):
            source = chance.choice(sources)
            target = Path(folder) / f"{number}.{source.name}"
            target.write_bytes(_damaged(source.read_bytes(), chance))
            command = [sys.executable, "-m", "foxp3_annot", "run", str(target), "-o", str(Path(folder) / "out")]
            done = subprocess.run(command, capture_output=True, text=True, timeout=120)
            sound = done.returncode == 0 or (done.returncode == 2 and len(done.stderr.splitlines()) == 1)
            if not sound or "Traceback" in done.stderr:
                kept = Path.cwd() / f"stress.{target.name}"
                kept.write_bytes(target.read_bytes())
                sys.exit(f"{kept}: exit status {done.returncode}\n{done.stderr}")
            statuses[done.returncode] = statuses.get(done.returncode, 0) + 1
    print(f"{count} damaged files: {statuses.get(0, 0)} reports, {statuses.get(2, 0)} sentences")


def _damaged(data: bytes, chance: random.Random) -> bytes:
    damaged = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(damaged))
        kind = chance.randrange(4)
        if kind == 0:
            damaged[place] = chance.randrange(256)
        elif kind == 1:
            del damaged[place : place + chance.randint(1, 40)]
        elif kind == 2:
            damaged[place:place] = damaged[place : place + chance.randint(1, 40)]
        else:
            damaged[place:place] = bytes(chance.choice(b"\t\n0123456789ACGT.,;:/|<>*=\x00\xff") for _ in range(3))
        if not damaged:
            return b"#"
    return bytes(damaged)


def alleles_against_bcftools(count: int, chance: random.Random) -> None:
    """Random alleles on both builds: our left-aligned spelling is the one of `bcftools norm`."""
    for assembly in Assembly:
        reference = foxp3().on(assembly).reference
        window = reference.window
        with tempfile.TemporaryDirectory() as folder:
            fasta = Path(folder) / "window.fa"
            fasta.write_text(f">X\n{reference.bases}\n")
            pysam.faidx(str(fasta))
            rows = []
            for number in range(count):
                size = chance.randint(1, 12)
                start = chance.randint(window.start + 200, window.end - 200)
                ref = reference.fetch(start, start + size - 1)
                alt = ref[0] + "".join(chance.choice("ACGT") for _ in range(chance.randint(0, 8)))
                if alt != ref:
                    rows.append((number, start, ref, alt))
            plain, normal = Path(folder) / "in.vcf", Path(folder) / "out.vcf"
            columns = "\t".join(("#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO"))
            header = f"##fileformat=VCFv4.2\n##contig=<ID=X,length={len(window)}>\n{columns}\n"
            body = "".join(
                f"X\t{start - window.start + 1}\t{number}\t{ref}\t{alt}\t.\t.\t.\n"
                for number, start, ref, alt in sorted(rows, key=lambda row: row[1])
            )
            plain.write_text(header + body)
            pysam.bcftools.norm("-f", str(fasta), "-o", str(normal), str(plain), catch_stdout=False)
            theirs = {
                int(record.id): (record.pos, record.ref, record.alts) for record in pysam.VariantFile(str(normal))
            }
            for number, start, ref, alt in rows:
                edit = Variant.of(reference, start, ref, alt).vcf(reference)
                ours = (edit.start - window.start + 1, edit.ref, (edit.alt,))
                if ours != theirs[number]:
                    sys.exit(f"{assembly} {start} {ref} {alt}: ours {ours}, bcftools norm {theirs[number]}")
        print(f"{len(rows):,} alleles on {assembly}: the same as bcftools norm")


def names_there_and_back() -> None:
    """Every allele of the atlas on both builds: its c. and g. names, read again, are the same allele."""
    gene = foxp3()
    for assembly in Assembly:
        model, count = gene.on(assembly), 0
        for variant in atlas_variants(model):
            names = [hgvs_g(variant, model.reference)]
            names += [name for transcript in model.transcripts if (name := hgvs_c(variant, transcript))]
            for name in names:
                found = read_description(name, gene, assembly).variants
                if found != (variant,):
                    sys.exit(f"{assembly} {variant.spdi()}: its name {name} is read as {found}")
                count += 1
        print(f"{count:,} names of the atlas on {assembly}: each read back as its allele")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=500)
    parser.add_argument("--alleles", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    names_there_and_back()
    alleles_against_bcftools(chosen.alleles, random.Random(chosen.seed))
    damaged_files(chosen.files, random.Random(chosen.seed))


if __name__ == "__main__":
    main()
