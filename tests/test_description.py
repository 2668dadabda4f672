"""Variants read from text: what people write, what they get wrong, and every curated name there and back."""

import string
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from subprocess import run

import pytest
from Bio.Seq import Seq
from Bio.SeqUtils import seq3
from hypothesis import example, given, settings
from hypothesis import strategies as st

from foxp3_annot.annotation import annotate, on_lrg
from foxp3_annot.assembly import Assembly
from foxp3_annot.catalogue import Catalogue, shipped_catalogue
from foxp3_annot.cli import lookup
from foxp3_annot.description import EXAMPLES, Numbering, Reading, read_description
from foxp3_annot.errors import DescriptionError
from foxp3_annot.gene import Gene, foxp3
from foxp3_annot.hgvs import hgvs_c, hgvs_g
from foxp3_annot.protein import one_letter
from foxp3_annot.variant import Variant

Case = dict[str, str]
Read = Callable[..., Reading]
BUILDS = pytest.mark.parametrize("assembly", list(Assembly), ids=str)


def stated(case: Case) -> Assembly | None:
    return Assembly.parse(case["build"]) if case["build"] else None


def counted(case: Case) -> Numbering | None:
    return Numbering.parse(case["numbering"]) if case["numbering"] else None


def allele(gene: Gene, text: str) -> Variant:
    """A variant from `build:position:ref:alt`."""
    build, position, ref, alt = text.split(":")
    return Variant.of(gene.on(Assembly.parse(build)).reference, int(position), ref, alt)


@pytest.fixture(scope="module")
def read(gene: Gene, catalogue: Catalogue) -> Read:
    """Read a text with the curated table at hand."""

    def reading(text: str, assembly: Assembly | None = None, numbering: Numbering | None = None) -> Reading:
        return read_description(text, gene, assembly, catalogue=catalogue, numbering=numbering)

    return reading


@pytest.mark.cases("descriptions.tsv")
def test_description(case: Case, gene: Gene, read: Read) -> None:
    """Either the alleles that the text can mean, or an error that repeats the text and names what is wrong."""
    assert bool(case["alleles"]) != bool(case["error"])
    assert case["reason"]
    if case["error"]:
        with pytest.raises(DescriptionError) as caught:
            read(case["text"], stated(case), counted(case))
        assert f"'{case['text']}'" in str(caught.value)
        assert case["error"] in str(caught.value)
        assert "\n" not in str(caught.value)
    else:
        expected = {allele(gene, text) for text in case["alleles"].split(";")}
        reading = read(case["text"], stated(case), counted(case))
        assert set(reading.variants) == expected
        assert len(reading.variants) == len(expected)


@pytest.mark.parametrize("text", ["", "   ", "\n", "...", "\u200b"])
def test_no_text_is_refused(text: str, read: Read) -> None:
    with pytest.raises(DescriptionError, match="not understood"):
        read(text)


def test_an_endless_text_is_refused_and_not_repeated_in_full(read: Read) -> None:
    with pytest.raises(DescriptionError, match="at most") as caught:
        read("c.1150G>A" * 10_000)
    assert len(str(caught.value)) < 250


def test_the_examples_shown_to_the_user_mean_one_variant(gene: Gene) -> None:
    expected = allele(gene, "GRCh38:49251480:C:T")
    examples = EXAMPLES.split(", ")
    assert len(examples) == 5
    for text in examples:
        assert read_description(text, gene).variants == (expected,)


def test_the_command_offers_every_numbering() -> None:
    (option,) = (one for one in lookup.params if one.name == "numbering")
    assert list(option.type.choices) == [numbering.code for numbering in Numbering]  # type: ignore[attr-defined]


def test_the_mrna_numbering_is_that_of_the_transcript(gene: Gene) -> None:
    """Papers before NM_014009.4 count the mRNA that starts like NM_014009.3."""
    (transcript,) = (one for one in gene.on(Assembly.GRCH38).transcripts if one.accession == "NM_014009.3")
    assert -transcript.coding_mrna[0] == Numbering.MRNA.base_shift


def test_jm2_starts_with_a_methionine(gene: Gene) -> None:
    """The 381-residue protein is the end of the one of 431 residues."""
    transcript = gene.on(Assembly.GRCH38).transcript
    shift = Numbering.JM2.residue_shift
    assert len(transcript.protein) - 1 - shift == 381
    assert Numbering.JM2.base_shift == 3 * shift


def test_reading_needs_no_heavy_library() -> None:
    """`lookup` answers at once: nothing that reads files or draws pages is loaded."""
    code = "import sys, foxp3_annot.description; print(*sys.modules)"
    loaded = run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"pandas", "pysam", "cyvcf2", "jinja2"} & set(loaded)


# --- what is said of each alternative ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        # Chatila 2000: intron 9 is that behind old exon 9, the tenth of NM_014009.4
        ("IVS9+4A>G", ["as papers count", "as NM_014009.4 counts"]),
        ("p.Phe367Leu", ["TTC to CTC", "TTC to TTA", "TTC to TTG"]),
        ("p.Phe373Ala", ["curated as FX0044"]),
        ("L76QfsX53", ["deletion of one base"]),
        ("rs122467170", ["other alleles"]),
        ("NM_014009.3:c.-201C>T", ["13 bases before the first base of NM_014009.3 (c.-188)"]),
        ("c.*897C>A", ["1 base behind the last base of NM_014009.4 (c.*896)"]),
        ("c.1290_1309del20insTGG", ["it is c.*13"]),
        ("NC_000023.11:49251480:C:T", ["counted from 1"]),
        ("delE201 (JM2)", ["FX0134"]),
        ("c.1150G>A", [""]),
    ],
)
def test_notes(text: str, notes: list[str], read: Read) -> None:
    reading = read(text)
    assert len(reading.alternatives) == len(notes)
    for one, words in zip(reading.alternatives, notes, strict=True):
        assert words in one.note
        assert reading.notes.get(one.variant, "") == one.note
        assert words or not one.note


def test_spdi_comes_before_the_columns_of_a_vcf(gene: Gene, read: Read) -> None:
    """GRCh38 49257674 to 49257676 are A: the text fits from 0 and from 1, and SPDI is what it looks like."""
    reading = read("NC_000023.11:49257674:A:G")
    assert reading.variants == (allele(gene, "GRCh38:49257675:A:G"),)
    assert "from 1 it would fit as well" in reading.alternatives[0].note


@pytest.mark.parametrize("text", ["p.Met1?", "D303fs*87", "IVS9+4A>G", "p.Arg397="])
def test_alternatives_keep_their_order(text: str, read: Read) -> None:
    assert read(text) == read(text)


def test_without_the_curated_table_identifiers_are_refused(gene: Gene) -> None:
    with pytest.raises(DescriptionError, match="which was not given"):
        read_description("rs122467170", gene)


# --- there and back ----------------------------------------------------------------------------------------


@BUILDS
def test_every_curated_coding_name_there_and_back(assembly: Assembly, gene: Gene, catalogue: Catalogue) -> None:
    read = 0
    for curated in catalogue.variants:
        variant = curated.alleles[assembly]
        for transcript in gene.on(assembly).transcripts:
            for long in (False, True):
                name = hgvs_c(variant, transcript, long=long)
                if name:
                    assert read_description(name, gene, assembly).variants == (variant,), name
                    read += 1
    assert read > 5.8 * len(catalogue.variants)


@BUILDS
def test_every_curated_genomic_name_there_and_back(assembly: Assembly, gene: Gene, catalogue: Catalogue) -> None:
    for curated in catalogue.variants:
        variant = curated.alleles[assembly]
        for long in (False, True):
            name = hgvs_g(variant, gene.on(assembly).reference, long=long)
            assert name.startswith(f"{assembly.accession}:g.")
            assert read_description(name, gene).variants == (variant,), name


def test_every_curated_name_on_lrg_there_and_back(gene: Gene, catalogue: Catalogue) -> None:
    for curated in catalogue.variants:
        variant = curated.alleles[Assembly.GRCH37]
        name = on_lrg(variant, gene)
        assert name
        assert read_description(name, gene).variants == (variant,), name


@BUILDS
def test_every_curated_spdi_there_and_back(assembly: Assembly, gene: Gene, catalogue: Catalogue) -> None:
    for curated in catalogue.variants:
        variant = curated.alleles[assembly]
        assert read_description(variant.spdi(), gene).variants == (variant,), variant.spdi()


@BUILDS
@pytest.mark.parametrize("separator", [":", "-", " ", "_", "\t", "/"])
def test_every_curated_vcf_text_there_and_back(
    assembly: Assembly, separator: str, gene: Gene, catalogue: Catalogue
) -> None:
    for curated in catalogue.variants:
        variant = curated.alleles[assembly]
        edit = variant.vcf(gene.on(assembly).reference)
        place = (
            separator.join(("chrX", str(edit.start), edit.ref)) if separator != "/" else f"X:{edit.start}:{edit.ref}"
        )
        text = separator.join((place, edit.alt))
        assert read_description(text, gene).variants == (variant,), text


@BUILDS
def test_every_curated_identifier_there_and_back(assembly: Assembly, catalogue: Catalogue, read: Read) -> None:
    """Ids, rs numbers and VCV accessions; several rows may share an rs number."""
    for curated in catalogue.variants:
        variant = curated.alleles[assembly]
        assert read(curated.id, assembly).variants == (variant,)
        if curated.rsid:
            assert variant in read(curated.rsid, assembly).variants
        if curated.clinvar_vcv:
            assert read(curated.clinvar_vcv, assembly).variants == (variant,)
            assert read(f"{curated.clinvar_vcv}.3", assembly).variants == (variant,)
            assert read(f"ClinVar:{int(curated.clinvar_vcv[3:])}", assembly).variants == (variant,)


@BUILDS
def test_every_older_name_of_the_table_is_understood(assembly: Assembly, catalogue: Catalogue, read: Read) -> None:
    tried = 0
    for curated in catalogue.variants:
        for name in curated.legacy_names:
            tried += 1
            assert curated.alleles[assembly] in read(name, assembly).variants, name
    assert tried >= 30


def test_every_curated_name_of_the_table_is_understood(gene: Gene, catalogue: Catalogue) -> None:
    """The c. names as the table prints them, on GRCh38, which they count on."""
    for curated in catalogue.variants:
        if curated.hgvs_c:
            assert read_description(curated.hgvs_c, gene).variants == (curated.alleles[Assembly.GRCH38],)


def test_every_curated_protein_name_leads_to_its_allele(gene: Gene, catalogue: Catalogue, read: Read) -> None:
    """By its protein name in either code, the allele is among those offered, and all offered make that change."""
    tried = 0
    for curated in catalogue.variants:
        if curated.hgvs_p in ("", "p.?"):
            continue
        tried += 1
        for name in (curated.hgvs_p, f"NP_054728.2:{curated.hgvs_p}", one_letter(curated.hgvs_p)):
            reading = read(name)
            assert curated.alleles[Assembly.GRCH38] in reading.variants, name
            assert {annotate(variant, gene).hgvs_p for variant in reading.variants} == {curated.hgvs_p}
    assert tried > 150


def test_titles_of_clinvar_records_are_understood(catalogue: Catalogue, read: Read) -> None:
    for curated in catalogue.variants:
        if curated.hgvs_c:
            beside = f" ({curated.hgvs_p.replace('(', '').replace(')', '')})" if curated.hgvs_p else ""
            text = f"NM_014009.4(FOXP3):{curated.hgvs_c}{beside}"
            assert read(text).variants == (curated.alleles[Assembly.GRCH38],), text


@pytest.mark.cases("clinvar_names.tsv")
def test_every_clinvar_name_there_and_back(case: Case, gene: Gene, read: Read) -> None:
    """A name of ClinVar leads to the allele of its record, and that is named as before.

    Two names count on before the first base of NM_014009.3, where HGVS gives no name; one says that nothing
    changes, since its submission counts from RefSeqGene.
    """
    variant = allele(gene, f"GRCh38:{case['grch38_pos']}:{case['ref']}:{case['alt']}")
    name = f"{case['transcript']}:{case['hgvs_c']}" if case["transcript"] else case["hgvs_c"]
    if name.endswith("="):
        with pytest.raises(DescriptionError, match="equals the reference"):
            read(name)
        return
    reading = read(name)
    assert reading.variants == (variant,)
    if case["transcript"] and not reading.notes:
        (transcript,) = (t for t in gene.on(Assembly.GRCH38).transcripts if t.accession == case["transcript"])
        assert hgvs_c(variant, transcript) == name


@BUILDS
def test_every_tricky_name_there_and_back(assembly: Assembly, gene: Gene, cases: Callable[[str], list[Case]]) -> None:
    """The c. name of each tricky allele leads back to it."""
    for row in cases("tricky_names.tsv"):
        if row["c_tier"] == "A":
            position = int(row[f"{assembly.label.lower()}_pos"])
            variant = Variant.of(gene.on(assembly).reference, position, row["ref"], row["alt"])
            assert read_description(row["hgvs_c"], gene, assembly).variants == (variant,), row["hgvs_c"]


# --- protein changes against a plain search of the whole coding sequence -----------------------------------


def plain_frameshifts(gene: Gene) -> Iterator[tuple[str, str]]:
    """Name and c. name of every deletion of one or two bases and duplication of one base, found without the engine.

    Changes beside the start codon, the stop codon and across introns are left out.
    """
    transcript = gene.on(Assembly.GRCH38).transcript
    start, end = transcript.coding_mrna
    mrna, borders = transcript.mrna, set()
    length = 0
    for exon in transcript.exons:
        length += len(exon)
        borders.add(length - start)
    old = str(Seq(mrna[start:end]).translate())
    tail = mrna[start:]
    for index in range(3, end - start - 6):
        for gone, twice in ((1, 0), (2, 0), (0, 1)):
            if any(index < border < index + gone for border in borders):
                continue
            mutant = tail[: index + twice] + tail[index + gone :]
            new = str(Seq(mutant[: len(mutant) // 3 * 3]).translate(to_stop=True)) + "*"
            first = next((i for i in range(len(old)) if new[i : i + 1] != old[i]), None)
            if first is None or first == len(old) - 1 or new[first] == "*":
                continue
            place = f"{index + 1}_{index + gone}" if gone == 2 else str(index + 1)
            name = f"{seq3(old[first])}{first + 1}{seq3(new[first])}fsTer{len(new) - first}"
            yield name, f"c.{place}{'dup' if twice else 'del'}"


def test_frameshifts_are_found_in_full(gene: Gene) -> None:
    """All small changes of the whole coding sequence that make a frameshift are among those listed for its name."""
    makers: dict[str, set[Variant]] = defaultdict(set)
    for name, change in plain_frameshifts(gene):
        makers[name].update(read_description(change, gene).variants)
    assert len(makers) > 2000
    crossing = 0
    for name in sorted(makers)[::12]:
        try:
            found = set(read_description(f"p.{name}", gene).variants)
        except DescriptionError:
            found = set()
        missing = {v for v in makers[name] if annotate(v, gene).hgvs_p == f"p.({name})"} - found
        assert not missing, name
        crossing += len(makers[name] - found)
        assert found <= makers[name], name
    assert crossing < 12  # changes that move 3' over a splice site, where the engine names no protein change


def test_substitutions_of_a_residue_are_found_in_full(gene: Gene) -> None:
    """Every residue and every other one: the single-base changes of its codon that encode it, or a refusal."""
    transcript = gene.on(Assembly.GRCH38).transcript
    for number in range(2, 432, 7):
        codon = transcript.cds[3 * number - 3 : 3 * number]
        makers: dict[str, set[Variant]] = defaultdict(set)
        for index in range(3):
            for base in set("ACGT") - {codon[index]}:
                change = f"c.{3 * number - 2 + index}{codon[index]}>{base}"
                residue = str(Seq(codon[:index] + base + codon[index + 1 :]).translate())
                makers[residue].update(read_description(change, gene).variants)
        old = str(Seq(codon).translate())
        for residue in "ACDEFGHIKLMNPQRSTVWY*":
            text = f"p.{old}{number}{'=' if residue == old else residue}"
            if residue in makers:
                assert set(read_description(text, gene).variants) == makers[residue], text
            else:
                with pytest.raises(DescriptionError, match="no substitution of one base"):
                    read_description(text, gene)


# --- any text ----------------------------------------------------------------------------------------------

SEEDS = (
    "NM_014009.4(FOXP3):c.1150G>A (p.Ala384Thr)",
    "NC_000023.11:g.49255492_49255494del",
    "NC_000023.11:49251479:C:T",
    "chrX 49251480 . C T",
    "LRG_62:g.18348G>A",
    "c.1290_1309del20insTGG",
    "c.-23+2877C>A",
    "g.49258677AC[17]",
    "IVS9+4_9+5delAG",
    "p.Glu251_Leu253delinsAlaAla",
    "F102HfsX103",
    "p.Ter432ArgextTer57",
    "1481-1482delCT",
    "VCV000011410.5",
    "FOXP3:NM_014009:exon12:c.G1150A:p.A384T",
)
PIECES = [
    *SEEDS,
    *"ACGTXacgtx0123456789_+-*>=?()[]:;,./ ",
    "del",
    "ins",
    "dup",
    "inv",
    "fs",
    "Ter",
    "c.",
    "p.",
    "g.",
    "n.",
]


def answers(text: str, numbering: Numbering | None = None, assembly: Assembly | None = None) -> None:
    """At least one variant, or one sentence; nothing else."""
    try:
        reading = read_description(text, foxp3(), assembly, catalogue=shipped_catalogue(), numbering=numbering)
    except DescriptionError as error:
        assert str(error)
        assert len(str(error).splitlines()) == 1
    else:
        assert reading.variants
        assert len(set(reading.variants)) == len(reading.variants)


NUMBERINGS = st.sampled_from([None, *Numbering])


@given(st.text(), NUMBERINGS)
@example("\ud800", None)
@example("c." + "9" * 5000 + "A>G", None)
@example("p.A" + "9" * 5000 + "T", None)
@example("\u0661\u0662", None)
@example("c.{0}A>G{}", None)
@example("p.Lys250_Glu251ins" + "ALA" * 60 + "!", None)
@example("," * 3000 + "c." + "," * 3000, None)
@example("chrX" + "-" * 3000 + "1" + "-" * 3000, None)
def test_no_text_surprises(text: str, numbering: Numbering | None) -> None:
    answers(text, numbering)


@settings(max_examples=400)
@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join), NUMBERINGS, st.sampled_from([None, *Assembly]))
def test_no_mixture_of_words_surprises(text: str, numbering: Numbering | None, assembly: Assembly | None) -> None:
    answers(text, numbering, assembly)


@settings(max_examples=800)
@given(
    st.sampled_from(SEEDS),
    st.lists(st.tuples(st.integers(0, 60), st.sampled_from([*string.printable, "", "_", "99999999999"])), max_size=4),
    NUMBERINGS,
)
def test_no_slip_of_the_pen_surprises(text: str, slips: list[tuple[int, str]], numbering: Numbering | None) -> None:
    for place, put in slips:
        text = text[:place] + put + text[place + 1 :]
    answers(text, numbering)
