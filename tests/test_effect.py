"""Effects against a plain translation of the changed genome, and against bcftools csq."""

import csv
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pysam.bcftools
import pytest
from Bio.Seq import Seq
from Bio.SeqUtils import seq1, seq3
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from foxp3_annot.annotation import Annotation, annotate
from foxp3_annot.assembly import Assembly
from foxp3_annot.consequence import Consequence
from foxp3_annot.description import read_description
from foxp3_annot.gene import Gene
from foxp3_annot.resources import resource_root
from foxp3_annot.variant import Variant, substitution

BUILDS = pytest.mark.parametrize("assembly", list(Assembly), ids=str)


# --- the plain gene: the tables and Bio.Seq, nothing of the package ----------------------------------------


@dataclass(frozen=True)
class PlainGene:
    """NM_014009.4 on one build, read from the shipped tables. Positions are 1-based on the plus strand."""

    build: str
    folder: Path

    def _rows(self, name: str) -> list[dict[str, str]]:
        with (self.folder / name).open(encoding="utf-8", newline="") as lines:
            return [row for row in csv.DictReader(lines, delimiter="\t") if row["transcript"] == "NM_014009.4"]

    @cached_property
    def _lines(self) -> list[str]:
        return (self.folder / f"window.{self.build}.fa").read_text(encoding="ascii").split("\n")

    @cached_property
    def start(self) -> int:
        """From the header, `>accession:start-end ...`."""
        return int(self._lines[0].split(":")[1].split("-")[0])

    @cached_property
    def bases(self) -> str:
        return "".join(self._lines[1:])

    @cached_property
    def exons(self) -> list[tuple[int, int]]:
        """Lowest coordinate first, so last exon first."""
        name = self.build.lower()
        return sorted((int(row[f"{name}_start"]), int(row[f"{name}_end"])) for row in self._rows("exons.tsv"))

    @cached_property
    def first_coding(self) -> int:
        """The A of ATG, the highest coordinate of the coding sequence."""
        return int(self._rows("transcripts.tsv")[0][f"{self.build.lower()}_first_coding"])

    @cached_property
    def last_coding(self) -> int:
        """The last base of the stop codon, the lowest coordinate."""
        return int(self._rows("transcripts.tsv")[0][f"{self.build.lower()}_last_coding"])

    @cached_property
    def coding(self) -> list[tuple[int, int]]:
        """The coding part of each coding exon, lowest coordinate first."""
        parts = [(max(a, self.last_coding), min(b, self.first_coding)) for a, b in self.exons]
        return [(a, b) for a, b in parts if a <= b]

    def fetch(self, start: int, end: int) -> str:
        return self.bases[start - self.start : end - self.start + 1]

    def from_start_codon(self, start: int = 0, ref: str = "", alt: str = "") -> str:
        """The mRNA from its start codon on, spliced from the genome with an edit inside one exon made."""
        spliced = ""
        for first, last in self.exons:
            exon = self.fetch(first, min(last, self.first_coding))
            if first <= start <= last:
                index = start - first
                assert exon[index : index + len(ref)] == ref
                exon = exon[:index] + alt + exon[index + len(ref) :]
            spliced += exon if first <= self.first_coding else ""
        return str(Seq(spliced).reverse_complement())

    def protein(self, start: int = 0, ref: str = "", alt: str = "") -> str:
        """The encoded protein up to and with its first stop, if one is reached."""
        mrna = self.from_start_codon(start, ref, alt)
        residues = str(Seq(mrna[: len(mrna) // 3 * 3]).translate())
        return residues[: residues.find("*") + 1] or residues


PLAIN = {a: PlainGene(a.label, resource_root() / "reference") for a in Assembly}


def long(residues: str) -> str:
    return str(seq3(residues, custom_map={"*": "Ter"}))


def short(residues: str) -> str:
    return str(seq1(residues, custom_map={"Ter": "*"}))


def test_the_plain_gene_is_right() -> None:
    """431 residues, from MPNPRPG to PTPGP (UniProt Q9BZS1-1); 1,296 coding bases in eleven exons."""
    for plain in PLAIN.values():
        assert len(plain.protein()) == 432
        assert plain.protein().startswith("MPNPRPGKPSAPSLALGPSPGASPSWRAAPKASDLLGARGPGGTFQGRDLRGGAHASSSS")
        assert plain.protein().endswith("RSQRPSRCSNPTPGP*")
        assert sum(b - a + 1 for a, b in plain.coding) == 1296
        assert len(plain.coding) == 11


# --- examples of every term ---------------------------------------------------------------------------------


@pytest.mark.cases("consequences.tsv")
def test_example(case: dict[str, str], gene: Gene) -> None:
    (variant,) = read_description(case["variant"], gene).variants
    found = annotate(variant, gene)
    terms = [term.term for term in found.consequences]
    assert sorted(terms) == sorted(case["terms"].split(";"))
    assert [term.rank for term in found.consequences] == sorted(term.rank for term in found.consequences)
    assert found.hgvs_p == case["hgvs_p"]


def test_the_examples_show_every_term(cases: Callable[[str], list[dict[str, str]]]) -> None:
    shown = {term for row in cases("consequences.tsv") for term in row["terms"].split(";")}
    assert shown == {term.term for term in Consequence}


# --- every coding substitution -----------------------------------------------------------------------------

BESIDE_SPLICE_SITES = {
    Consequence.SPLICE_REGION,
    Consequence.SPLICE_DONOR_5TH_BASE,
    Consequence.SPLICE_DONOR_REGION,
    Consequence.SPLICE_POLYPYRIMIDINE_TRACT,
}
"""Terms that come on top of what happens to the codon."""


def expected_substitution(wild: str, mutant: str, codon: int) -> tuple[Consequence, str]:
    """Term and protein name from the two proteins; `codon` counts from 1."""
    before, after = wild[codon - 1], mutant[codon - 1]
    place = f"{long(before)}{codon}"
    if codon == 1:
        return Consequence.START_LOST, "p.(Met1?)"
    if before == after:
        term = Consequence.STOP_RETAINED if before == "*" else Consequence.SYNONYMOUS
        return term, f"p.({place}=)"
    if after == "*":
        return Consequence.STOP_GAINED, f"p.({place}Ter)"
    if before == "*":
        new_stop = len(mutant) - codon if mutant.endswith("*") else "?"
        return Consequence.STOP_LOST, f"p.({place}{long(after)}extTer{new_stop})"
    return Consequence.MISSENSE, f"p.({place}{long(after)})"


@BUILDS
def test_every_coding_substitution(assembly: Assembly, gene: Gene) -> None:
    """1,296 bases by three: term and protein name by translating the whole changed coding sequence."""
    plain, reference = PLAIN[assembly], gene.on(assembly).reference
    wild, number, wrong, terms = plain.protein(), 0, [], Counter[Consequence]()
    for first, last in reversed(plain.coding):
        for position in range(last, first - 1, -1):
            number += 1
            there = plain.fetch(position, position)
            for base in "ACGT".replace(there, ""):
                mutant = plain.protein(position, there, base)
                expected = expected_substitution(wild, mutant, (number + 2) // 3)
                found = annotate(substitution(reference, position, base), gene)
                terms[expected[0]] += 1
                if (set(found.consequences) - BESIDE_SPLICE_SITES, found.hgvs_p) != ({expected[0]}, expected[1]):
                    wrong.append((found.hgvs_c, found.consequences, found.hgvs_p, expected))
    assert wrong == []
    assert number == 1296
    assert terms.total() == 3888
    assert terms.keys() == {
        Consequence.START_LOST, Consequence.SYNONYMOUS, Consequence.MISSENSE,
        Consequence.STOP_GAINED, Consequence.STOP_LOST, Consequence.STOP_RETAINED,
    }  # fmt: skip


# --- insertions, deletions and replacements ----------------------------------------------------------------


def rebuilt(name: str, wild: str) -> str | None:
    """The mutant protein that an in-frame name or an early stop spells out, with its stop; None for others."""
    inner = name.removeprefix("p.(").removesuffix(")")
    if found := re.fullmatch(r"([A-Z][a-z]{2})(\d+)(?:_([A-Z][a-z]{2})(\d+))?(=|delins|del|dup|ins)?(.*)", inner):
        one, first, two, last, kind, added = found.groups()
        start, end = int(first), int(last or first)
        assert wild[start - 1] == short(one)
        assert wild[end - 1] == short(two or one)
        residues = short(added)
        if kind == "=":
            mutant = wild
        elif kind == "dup":
            mutant = wild[:end] + wild[start - 1 :]
        elif kind == "ins":
            assert end == start + 1
            mutant = wild[:start] + residues + wild[start:]
        else:
            mutant = wild[: start - 1] + residues + wild[end:]
        return mutant[: mutant.index("*") + 1]
    return None


def fits_frameshift(name: str, wild: str, mutant: str) -> bool:
    """Whether a frameshift or extension name tells first changed residue, its successor and the new stop."""
    found = re.fullmatch(r"p\.\(([A-Z][a-z]{2})(\d+)([A-Z][a-z]{2})(fs|ext)Ter(\d+|\?)\)", name)
    if not found:
        return False
    before, place, after, kind, ordinal = found.groups()
    start = int(place)
    changes_there = wild[start - 1] == short(before) and mutant[start - 1] == short(after) and before != after
    counted = len(mutant) - start + (1 if kind == "fs" else 0)
    expected = str(counted) if mutant.endswith("*") else "?"
    return (
        changes_there
        and wild[: start - 1] == mutant[: start - 1]
        and ordinal == expected
        and (kind == "ext") == (before == "Ter")
    )


def is_most_c_terminal(name: str, wild: str) -> bool:
    """Whether a deletion, duplication or insertion could not be named one residue further on."""
    found = re.fullmatch(r"p\.\([A-Z][a-z]{2}(\d+)(?:_[A-Z][a-z]{2}(\d+))?(del|dup|ins)((?:[A-Z][a-z]{2})*)\)", name)
    if not found or "Ter" in found[4]:
        return True
    start, end = int(found[1]), int(found[2] or found[1])
    if found[3] == "ins":
        added = short(found[4])
        return wild[start] != added[0] and not wild[:start].endswith(added)
    return wild[start - 1] != wild[end]


@st.composite
def coding_edits(draw: st.DrawFn, assembly: Assembly) -> tuple[int, str, str]:
    """An insertion, deletion or replacement in the coding part of one exon, start codon excepted."""
    plain = PLAIN[assembly]
    first, last = draw(st.sampled_from(plain.coding))
    last = min(last, plain.first_coding - 3)
    start = draw(st.integers(first, last))
    ref = plain.fetch(start, min(start + draw(st.integers(0, 12)) - 1, last))
    kind = draw(st.sampled_from(["delete", "repeat", "any", "in frame"]))
    if kind == "delete":
        alt = ""
    elif kind == "repeat":
        alt = ref * 2
    else:
        alt = draw(st.text(st.sampled_from("ACGT"), max_size=9))
        if kind == "in frame":
            alt = alt[: len(alt) - (len(alt) - len(ref)) % 3] if len(alt) >= 3 else alt
    assume(ref != alt)
    return start, ref, alt


def check_coding_edit(gene: Gene, assembly: Assembly, edit: tuple[int, str, str]) -> str:
    """Compare name and terms with the changed genome; the name, or nothing where the edit leaves its exon."""
    start, ref, alt = edit
    plain = PLAIN[assembly]
    variant = Variant.of(gene.on(assembly).reference, start, ref, alt)
    if not any(a < variant.start and max(variant.end, variant.start) < b for a, b in plain.coding):
        return ""
    wild, mutant = plain.protein(), plain.protein(start, ref, alt)
    found = annotate(variant, gene)
    name, gained = found.hgvs_p, len(alt) - len(ref)
    terms = set(found.consequences)
    spelled_out = rebuilt(name, wild)
    if spelled_out is None or "fs" in name or "ext" in name:
        assert fits_frameshift(name, wild, mutant), (found.hgvs_c, name, mutant)
    else:
        assert spelled_out == mutant, (found.hgvs_c, name, mutant)
        assert is_most_c_terminal(name, wild), (found.hgvs_c, name)
    stops_early = mutant.endswith("*") and len(mutant) - 1 < len(wild) - 1 + gained // 3
    if gained % 3:
        assert Consequence.FRAMESHIFT in terms
    elif mutant == wild:
        assert terms & {Consequence.SYNONYMOUS, Consequence.STOP_RETAINED}
    elif stops_early:
        assert Consequence.STOP_GAINED in terms
    elif gained == 0:
        assert terms & {Consequence.MISSENSE, Consequence.STOP_LOST}
    elif Consequence.STOP_LOST not in terms:
        grows = {Consequence.INFRAME_INSERTION if gained > 0 else Consequence.INFRAME_DELETION}
        assert terms & (grows | {Consequence.PROTEIN_ALTERING})
    assert (Consequence.SYNONYMOUS in terms) <= (mutant == wild)
    assert (Consequence.FRAMESHIFT in terms) == bool(gained % 3)
    return name


@given(edit=coding_edits(Assembly.GRCH38))
@settings(max_examples=2500)
def test_coding_indels_on_grch38(gene: Gene, edit: tuple[int, str, str]) -> None:
    check_coding_edit(gene, Assembly.GRCH38, edit)


@given(edit=coding_edits(Assembly.GRCH37))
@settings(max_examples=1000)
def test_coding_indels_on_grch37(gene: Gene, edit: tuple[int, str, str]) -> None:
    check_coding_edit(gene, Assembly.GRCH37, edit)


def test_every_small_deletion_and_duplication_of_exon_8(gene: Gene) -> None:
    """All deletions, duplications and single-residue insertions in the leucine zipper's repeats, none sampled."""
    plain = PLAIN[Assembly.GRCH38]
    (exon,) = [(a, b) for a, b in plain.coding if a <= 49_255_494 <= b]
    kinds = Counter[str]()
    for start in range(exon[0] + 1, exon[1] - 9):
        for size in range(1, 10):
            ref = plain.fetch(start, start + size - 1)
            for alt in ("", ref * 2):
                name = check_coding_edit(gene, Assembly.GRCH38, (start, ref, alt))
                kinds[next((kind for kind in ("fs", "delins", "del", "dup", "ins", "Ter") if kind in name), "")] += 1
    assert {"fs", "delins", "del", "dup", "ins", "Ter"} <= kinds.keys()


# --- every substitution of the window against bcftools csq -------------------------------------------------

CSQ_TERMS = {
    "missense": Consequence.MISSENSE,
    "synonymous": Consequence.SYNONYMOUS,
    "stop_gained": Consequence.STOP_GAINED,
    "stop_lost": Consequence.STOP_LOST,
    "start_lost": Consequence.START_LOST,
    "stop_retained": Consequence.STOP_RETAINED,
    "splice_acceptor": Consequence.SPLICE_ACCEPTOR,
    "splice_donor": Consequence.SPLICE_DONOR,
    "splice_region": Consequence.SPLICE_REGION,
    "5_prime_utr": Consequence.FIVE_PRIME_UTR,
    "3_prime_utr": Consequence.THREE_PRIME_UTR,
    "intron": Consequence.INTRON,
}
"""The words of bcftools csq for terms that both programs use."""


def csq_gff(plain: PlainGene) -> str:
    """The transcript in the dialect of Ensembl's GFF3, on contig `window`."""
    shift = plain.start - 1
    lines = ["##gff-version 3"]

    def add(kind: str, start: int, end: int, phase: str, attributes: str) -> None:
        lines.append(f"window\ttest\t{kind}\t{start - shift}\t{end - shift}\t.\t-\t{phase}\t{attributes}")

    start, end = plain.exons[0][0], plain.exons[-1][1]
    add("gene", start, end, ".", "ID=gene:FOXP3;biotype=protein_coding;Name=FOXP3")
    add("mRNA", start, end, ".", "ID=transcript:NM_014009;Parent=gene:FOXP3;biotype=protein_coding")
    coded = 0
    for first, last in reversed(plain.exons):
        add("exon", first, last, ".", "Parent=transcript:NM_014009")
        if last > plain.first_coding:
            add("five_prime_UTR", max(first, plain.first_coding + 1), last, ".", "Parent=transcript:NM_014009")
        if first < plain.last_coding:
            add("three_prime_UTR", first, min(last, plain.last_coding - 1), ".", "Parent=transcript:NM_014009")
        low, high = max(first, plain.last_coding), min(last, plain.first_coding)
        if low <= high:
            add("CDS", low, high, str(-coded % 3), "ID=CDS:NP_054728;Parent=transcript:NM_014009")
            coded += high - low + 1
    return "\n".join(lines) + "\n"


def csq_of_substitutions(plain: PlainGene, fasta: Path, folder: Path) -> dict[tuple[int, str], frozenset[str]]:
    """What bcftools csq says of every substitution of the window: its words, by position and base."""
    gff, vcf = folder / "gene.gff3", folder / "all.vcf"
    gff.write_text(csq_gff(plain), encoding="ascii")
    lines = ["##fileformat=VCFv4.2", f"##contig=<ID=window,length={len(plain.bases)}>"]
    lines.append("#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO")
    for index, there in enumerate(plain.bases, start=1):
        lines += [f"window\t{index}\t.\t{there}\t{base}\t.\t.\t." for base in "ACGT".replace(there, "")]
    vcf.write_text("\n".join(lines) + "\n", encoding="ascii")
    output = str(pysam.bcftools.csq("--local-csq", "-f", str(fasta), "-g", str(gff), str(vcf)))
    found = {}
    for line in output.splitlines():
        if not line.startswith("#"):
            _, position, _, _, alt, _, _, info, *_ = line.split("\t")
            entries = info.removeprefix("BCSQ=").split(",") if info.startswith("BCSQ=") else []
            words = (word for entry in entries for word in entry.split("|")[0].split("&"))
            found[int(position) + plain.start - 1, alt] = frozenset(words)
    return found


CSQ_HABITS = {
    (("intron_variant", "splice_region_variant"), ("splice_region_variant",)): (
        396,
        "bases 3 to 8 of an intron: we say both, as Ensembl VEP does; csq leaves `intron` out. "
        "11 introns x 2 ends x 6 bases x 3 substitutions",
    ),
}
"""Every kind of disagreement (our terms, theirs), how often it occurs, and why it may stand."""


def in_common(found: Annotation) -> tuple[str, ...]:
    """Our terms, those left out for which csq has no word: near the gene, fifth base, tract, donor region."""
    return tuple(sorted(term.term for term in found.consequences if term in CSQ_TERMS.values()))


def test_every_substitution_of_the_window_against_bcftools_csq(gene: Gene, window_fasta: Path, tmp_path: Path) -> None:
    plain, reference = PLAIN[Assembly.GRCH38], gene.on(Assembly.GRCH38).reference
    theirs = csq_of_substitutions(plain, window_fasta, tmp_path)
    assert len(theirs) == 3 * 21_390
    agreed, disagreed = Counter[str](), Counter[tuple[tuple[str, ...], tuple[str, ...]]]()
    for (position, base), words in theirs.items():
        ours = in_common(annotate(substitution(reference, position, base), gene))
        said = tuple(sorted(CSQ_TERMS[word].term for word in words))
        if ours == said:
            agreed.update(ours)
        else:
            disagreed[ours, said] += 1
    assert disagreed == {kind: count for kind, (count, _) in CSQ_HABITS.items()}
    assert agreed.keys() == {term.term for term in CSQ_TERMS.values()}
