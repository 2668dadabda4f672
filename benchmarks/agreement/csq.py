"""Terms by `bcftools csq` (pysam's), over the embedded reference and a transcript in the dialect of Ensembl's GFF3."""

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pysam.bcftools
from pysam.version import __bcftools_version__

from benchmarks.agreement.alleles import Allele
from foxp3_annot.gene import GeneModel
from foxp3_annot.transcript import Transcript

VERSION: str = __bcftools_version__

WORDS = {
    "3_prime_utr": "3_prime_UTR_variant",
    "5_prime_utr": "5_prime_UTR_variant",
    "coding_sequence": "coding_sequence_variant",
    "feature_elongation": "feature_elongation",
    "feature_truncation": "feature_truncation",
    "frameshift": "frameshift_variant",
    "inframe_altering": "protein_altering_variant",
    "inframe_deletion": "inframe_deletion",
    "inframe_insertion": "inframe_insertion",
    "intron": "intron_variant",
    "missense": "missense_variant",
    "splice_acceptor": "splice_acceptor_variant",
    "splice_donor": "splice_donor_variant",
    "splice_region": "splice_region_variant",
    "start_lost": "start_lost",
    "start_retained": "start_retained_variant",
    "stop_gained": "stop_gained",
    "stop_lost": "stop_lost",
    "stop_retained": "stop_retained_variant",
    "synonymous": "synonymous_variant",
}
"""The words of bcftools csq, as terms of the Sequence Ontology."""


def terms(model: GeneModel, alleles: Sequence[Allele]) -> Iterator[tuple[Allele, frozenset[str], frozenset[str]]]:
    """Every allele with our terms (those for which csq has a word) and the terms of csq."""
    told = _told(model, alleles)
    for number, allele in enumerate(alleles):
        ours = frozenset(term.term for term in allele.ours.consequences) & set(WORDS.values())
        yield allele, ours, frozenset(WORDS[word] for word in told[number])


def _told(model: GeneModel, alleles: Sequence[Allele]) -> dict[int, set[str]]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fasta, gff, vcf = folder / "window.fa", folder / "gene.gff3", folder / "alleles.vcf"
        fasta.write_text(f">window\n{model.reference.bases}\n", encoding="ascii")
        gff.write_text("\n".join(_gff(model.transcript)) + "\n", encoding="ascii")
        vcf.write_text("\n".join(_vcf(model, alleles)) + "\n", encoding="ascii")
        output = str(pysam.bcftools.csq("--local-csq", "-f", str(fasta), "-g", str(gff), str(vcf)))
    found: dict[int, set[str]] = {}
    for line in output.splitlines():
        if not line.startswith("#"):
            _, _, number, _, _, _, _, info, *_ = line.split("\t")
            entries = info.removeprefix("BCSQ=").split(",") if info.startswith("BCSQ=") else []
            found[int(number)] = {word for entry in entries for word in entry.split("|")[0].split("&")}
    return found


def _vcf(model: GeneModel, alleles: Sequence[Allele]) -> Iterator[str]:
    yield "##fileformat=VCFv4.2"
    yield f"##contig=<ID=window,length={len(model.window)}>"
    yield "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"
    for number in sorted(range(len(alleles)), key=lambda number: alleles[number].ours.vcf.start):
        edit = alleles[number].ours.vcf
        yield f"window\t{edit.start - model.window.start + 1}\t{number}\t{edit.ref}\t{edit.alt}\t.\t.\t."


def _gff(transcript: Transcript) -> Iterator[str]:
    shift = transcript.reference.window.start - 1

    def line(kind: str, start: int, end: int, phase: str, attributes: str) -> str:
        """A feature over the offsets start to end (half-open)."""
        low, high = sorted((transcript.position(start) - shift, transcript.position(end - 1) - shift))
        return f"window\tembedded\t{kind}\t{low}\t{high}\t.\t-\t{phase}\t{attributes}"

    yield "##gff-version 3"
    whole = transcript.start, transcript.end
    yield line("gene", *whole, ".", "ID=gene:FOXP3;biotype=protein_coding;Name=FOXP3")
    yield line("mRNA", *whole, ".", "ID=transcript:NM_014009;Parent=gene:FOXP3;biotype=protein_coding")
    coded = 0
    for exon in transcript.exons:
        yield line("exon", exon.start, exon.end, ".", "Parent=transcript:NM_014009")
        if exon.start < transcript.coding_start:
            end = min(exon.end, transcript.coding_start)
            yield line("five_prime_UTR", exon.start, end, ".", "Parent=transcript:NM_014009")
        if exon.end > transcript.coding_end:
            start = max(exon.start, transcript.coding_end)
            yield line("three_prime_UTR", start, exon.end, ".", "Parent=transcript:NM_014009")
        start, end = max(exon.start, transcript.coding_start), min(exon.end, transcript.coding_end)
        if start < end:
            yield line("CDS", start, end, str(-coded % 3), "ID=CDS:NP_054728;Parent=transcript:NM_014009")
            coded += end - start
