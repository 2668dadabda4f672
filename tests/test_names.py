"""Names against ClinVar, and against the consensus of public programs on alleles that are easy to get wrong."""

import re
from collections.abc import Callable

import pytest

from foxp3_annot.annotation import Annotation, annotate
from foxp3_annot.assembly import Assembly
from foxp3_annot.gene import Gene
from foxp3_annot.hgvs import hgvs_c
from foxp3_annot.variant import Variant

Case = dict[str, str]
BUILDS = pytest.mark.parametrize("assembly", list(Assembly), ids=str)


def described(gene: Gene, assembly: Assembly, position: str, ref: str, alt: str) -> Annotation:
    return annotate(Variant.of(gene.on(assembly).reference, int(position), ref, alt), gene)


def coding(annotation: Annotation) -> str:
    """The c. name without its accession, which must be that of the MANE Select transcript."""
    accession, _, name = annotation.hgvs_c.partition(":")
    assert accession in ("", "NM_014009.4")
    return name


def predicted(protein: str) -> str:
    """A protein name as ClinVar and most programs write it, in the parentheses of a prediction."""
    return re.sub(r"^p\.([^(?].*)$", r"p.(\1)", protein)


# --- ClinVar ---------------------------------------------------------------------------------------------


@pytest.mark.cases("clinvar_names.tsv")
def test_clinvar_name_on_grch38(case: Case, gene: Gene) -> None:
    found = described(gene, Assembly.GRCH38, case["grch38_pos"], case["ref"], case["alt"])
    if case["exception"]:
        assert (coding(found), found.hgvs_p) == (case["expected_c"], case["expected_p"])
        assert (coding(found), found.hgvs_p) != (case["hgvs_c"], predicted(case["hgvs_p"])), "no exception any more"
    elif case["transcript"] == "NM_014009.4":
        assert (coding(found), found.hgvs_p) == (case["hgvs_c"], predicted(case["hgvs_p"]))
    elif case["transcript"]:
        (transcript,) = [t for t in gene.on(Assembly.GRCH38).transcripts if t.accession == case["transcript"]]
        assert hgvs_c(found.variant, transcript) == f"{case['transcript']}:{case['hgvs_c']}"
        assert coding(found) == ""
    else:
        assert found.hgvs_g == case["hgvs_c"]
        assert coding(found) == ""


@pytest.mark.cases("clinvar_names.tsv")
def test_clinvar_variant_on_grch37(case: Case, gene: Gene) -> None:
    """Introns 1 and 6 count other bases on GRCh37: `grch37_hgvs_c` is counted from the exon bounds of LRG_62."""
    grch38 = described(gene, Assembly.GRCH38, case["grch38_pos"], case["ref"], case["alt"])
    if case["vcv"] == "VCV001283592":
        assert grch38.other_build.is_reference
        return
    found = described(gene, Assembly.GRCH37, case["grch37_pos"], case["ref"], case["alt"])
    if case["transcript"] == "NM_014009.4":
        assert coding(found) == case["grch37_hgvs_c"]
    assert found.hgvs_p == grch38.hgvs_p
    assert found.consequences == grch38.consequences
    assert found.other_build.variant == grch38.variant
    assert grch38.other_build.variant == found.variant
    assert (found.other_hgvs_g, grch38.other_hgvs_g) == (grch38.hgvs_g, found.hgvs_g)


@pytest.mark.cases("clinvar_names.tsv")
def test_genomic_name_of_a_clinvar_substitution(case: Case, gene: Gene) -> None:
    found = described(gene, Assembly.GRCH38, case["grch38_pos"], case["ref"], case["alt"])
    assert found.hgvs_g == f"NC_000023.11:g.{case['grch38_pos']}{case['ref']}>{case['alt']}"


def test_the_table_of_clinvar_is_complete(cases: Callable[[str], list[Case]]) -> None:
    rows = cases("clinvar_names.tsv")
    assert len({row["vcv"] for row in rows}) == len(rows) == 275
    explained = [row for row in rows if row["exception"]]
    assert len(explained) == 18
    assert not [row for row in rows if not row["exception"] and (row["expected_c"] or row["expected_p"])]


# --- alleles that are easy to get wrong ------------------------------------------------------------------


@BUILDS
@pytest.mark.cases("tricky_names.tsv")
def test_tricky_allele(case: Case, assembly: Assembly, gene: Gene) -> None:
    """Tier A: at least three programs of different lineage agree and none dissents."""
    found = described(gene, assembly, case[f"{assembly.label.lower()}_pos"], case["ref"], case["alt"])
    assert "A" in (case["c_tier"], case["p_tier"])
    if case["c_tier"] == "A":
        assert coding(found) == case["hgvs_c"]
    if case["p_tier"] == "A" and case["hgvs_p"]:
        assert found.hgvs_p == predicted(case["hgvs_p"])
    if case["term"]:
        assert case["term"] in [term.term for term in found.consequences]


def test_the_tricky_alleles_cover_every_kind_of_name(cases: Callable[[str], list[Case]]) -> None:
    rows = cases("tricky_names.tsv")
    for kind in (">", "del$", "dup$", "ins[ACGT]+$"):
        assert any(re.search(kind, row["hgvs_c"]) for row in rows), kind
    for kind in ("fsTer", r"\dTer$", "=", r"Met1\?", "ext"):
        assert any(re.search(kind, row["hgvs_p"]) for row in rows), kind


# --- where the reader goes wrong -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("position", "ref", "alt", "name"),
    [
        (49_255_491, "TCTC", "T", "c.751_753del"),
        (49_255_492, "CTCC", "C", "c.751_753del"),
        (49_255_493, "TCCT", "T", "c.751_753del"),
        (49_255_494, "CCTT", "C", "c.748_750del"),
        (49_255_495, "CTTC", "C", "c.748_750del"),
        (49_255_496, "TTCT", "T", "c.748_750del"),
    ],
)
def test_k250del_and_e251del_are_neighbours(position: int, ref: str, alt: str, name: str, gene: Gene) -> None:
    """The plus strand reads T CTC CTT CTC from 49255491: each deletion has three spellings and none in common."""
    assert coding(described(gene, Assembly.GRCH38, str(position), ref, alt)) == name


@pytest.mark.parametrize(
    ("text", "name_c", "name_g", "name_p"),
    [
        ("49255491:TCTC:T", "c.751_753del", "g.49255494_49255496del", "p.(Glu251del)"),
        ("49255494:CCTT:C", "c.748_750del", "g.49255497_49255499del", "p.(Lys250del)"),
        ("49255491:T:TCTC", "c.751_753dup", "g.49255494_49255496dup", "p.(Glu251dup)"),
        ("49255491:T:TAAA", "c.753_754insTTT", "g.49255491_49255492insAAA", "p.(Glu251_Lys252insPhe)"),
        ("49255492:CTC:GAG", "c.751_753inv", "g.49255492_49255494inv", "p.(Glu251Leu)"),
        ("49251692:AA:GC", "c.1117_1118delinsGC", "g.49251692_49251693delinsGC", "p.(Phe373Ala)"),
        ("49258294:A:C", "c.210+2T>G", "g.49258294A>C", "p.?"),
    ],
)
def test_each_strand_is_shifted_its_own_way(text: str, name_c: str, name_g: str, name_p: str, gene: Gene) -> None:
    """The 3' rule moves a c. name down and a g. name up the chromosome, since FOXP3 lies on the minus strand."""
    found = described(gene, Assembly.GRCH38, *text.split(":"))
    assert (coding(found), found.hgvs_g, found.hgvs_p) == (name_c, f"NC_000023.11:{name_g}", name_p)


@pytest.mark.parametrize(
    ("assembly", "position", "place"),
    [
        (Assembly.GRCH38, 49_256_890, "542+35"),
        (Assembly.GRCH38, 49_256_889, "543-34"),
        (Assembly.GRCH38, 49_258_032, "210+264"),
        (Assembly.GRCH38, 49_258_031, "211-263"),
        (Assembly.GRCH38, 49_261_594, "-23+3067"),
        (Assembly.GRCH38, 49_261_593, "-22-3066"),
        (Assembly.GRCH37, 49_118_054, "-23+3069"),
        (Assembly.GRCH37, 49_118_053, "-22-3069"),
    ],
)
def test_the_middle_of_an_intron(assembly: Assembly, position: int, place: str, gene: Gene) -> None:
    """HGVS counts the middle base of an odd intron from the exon before it; intron 1 is odd on GRCh38 alone."""
    transcript = gene.on(assembly).transcript
    assert transcript.coding_position(transcript.offset(position)) == place
