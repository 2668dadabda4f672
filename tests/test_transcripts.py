"""A variant on every transcript, on LRG_62 and in short and long forms."""

import pytest

from foxp3_annot.annotation import annotate, on_lrg, on_other_transcripts
from foxp3_annot.assembly import Assembly
from foxp3_annot.gene import foxp3
from foxp3_annot.hgvs import hgvs_c, hgvs_g
from foxp3_annot.protein import one_letter
from foxp3_annot.variant import Variant


def variant(position: int, ref: str, alt: str, assembly: Assembly = Assembly.GRCH38) -> Variant:
    return Variant.of(foxp3().on(assembly).reference, position, ref, alt)


@pytest.mark.parametrize(
    ("allele", "on_b", "reason"),
    [
        (
            (49251480, "C", "T"),
            ("c.1045G>A", "p.(Ala349Thr)"),
            "c.1150 less the 105 bases of exon 3, residue 384 less 35",
        ),
        ((49257745, "CAT", "C"), ("c.211-182_211-181del", ""), "c.232_233del in exon 3, which isoform b splices over"),
        ((49258394, "C", "A"), ("c.112G>T", "p.(Ala38Ser)"), "exon 2 counts alike"),
        ((49264716, "G", "A"), ("c.-78C>T", ""), "in the longer 5' end of NM_014009.3 and NM_001114377.1 only"),
    ],
)
def test_isoform_b(allele: tuple[int, str, str], on_b: tuple[str, str], reason: str) -> None:
    _, isoform = on_other_transcripts(variant(*allele), foxp3())
    assert (isoform.hgvs_c.removeprefix("NM_001114377.1:"), isoform.effect.hgvs_p) == on_b, reason


def test_upstream_of_one_transcript_and_inside_another() -> None:
    """VCV000435253: ClinVar names it NM_014009.3:c.-78C>T; it lies before the first base of NM_014009.4."""
    found = variant(49264716, "G", "A")
    assert annotate(found, foxp3()).hgvs_c == ""
    assert on_other_transcripts(found, foxp3())[0].hgvs_c == "NM_014009.3:c.-78C>T"


@pytest.mark.parametrize(
    ("allele", "lrg"),
    [
        # NG_007392.1:g.8048A>C (rs3761548) and g.10403A>G (rs2232365), Dis Markers 2017:6359603
        ((49118241, "T", "G"), "LRG_62:g.8048A>C"),
        ((49115886, "T", "C"), "LRG_62:g.10403A>G"),
    ],
)
def test_lrg(allele: tuple[int, str, str], lrg: str) -> None:
    assert on_lrg(variant(*allele, Assembly.GRCH37), foxp3()) == lrg


def test_lrg_from_grch38_goes_through_the_lift() -> None:
    assert on_lrg(variant(49259429, "T", "C"), foxp3()) == "LRG_62:g.10403A>G"
    assert on_lrg(variant(49261784, "G", "T"), foxp3()) == ""  # GRCh37 and LRG_62 carry this very allele


def test_long_forms_spell_the_bases() -> None:
    """c.748_750delAAG is how papers write K250del."""
    model = foxp3().on(Assembly.GRCH38)
    k250del = variant(49255494, "CCTT", "C")
    assert hgvs_c(k250del, model.transcript, long=True) == "NM_014009.4:c.748_750delAAG"
    assert hgvs_g(k250del, model.reference, long=True) == "NC_000023.11:g.49255497_49255499delTCT"
    f373a = variant(49251692, "AA", "GC")
    assert hgvs_c(f373a, model.transcript, long=True) == "NM_014009.4:c.1117_1118delTTinsGC"


@pytest.mark.parametrize(
    ("long", "short"),
    [
        ("p.(Ala384Thr)", "p.(A384T)"),
        ("p.(Leu76GlnfsTer53)", "p.(L76Qfs*53)"),
        ("p.(Met1?)", "p.(M1?)"),
        ("p.(Ser181=)", "p.(S181=)"),
        ("p.(Ter432ThrextTer25)", "p.(*432Text*25)"),
        ("p.?", "p.?"),
        ("", ""),
    ],
)
def test_one_letter_form(long: str, short: str) -> None:
    assert one_letter(long) == short
