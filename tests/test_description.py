"""Variants read from text: what people write, what they get wrong, and every curated name there and back."""

from collections.abc import Callable

import pytest

from foxp3_annot.annotation import annotate
from foxp3_annot.assembly import Assembly
from foxp3_annot.catalogue import Catalogue
from foxp3_annot.description import EXAMPLES, read_description
from foxp3_annot.errors import DescriptionError
from foxp3_annot.gene import Gene
from foxp3_annot.hgvs import hgvs_c, hgvs_g
from foxp3_annot.variant import Variant

Case = dict[str, str]
BUILDS = pytest.mark.parametrize("assembly", list(Assembly), ids=str)


def stated(case: Case) -> Assembly | None:
    return Assembly.parse(case["build"]) if case["build"] else None


def allele(gene: Gene, text: str) -> Variant:
    """A variant from `build:position:ref:alt`."""
    build, position, ref, alt = text.split(":")
    return Variant.of(gene.on(Assembly.parse(build)).reference, int(position), ref, alt)


@pytest.mark.cases("descriptions.tsv")
def test_description(case: Case, gene: Gene) -> None:
    """Either the alleles that the text can mean, or an error that repeats the text and names what is wrong."""
    assert bool(case["alleles"]) != bool(case["error"])
    if case["error"]:
        with pytest.raises(DescriptionError) as caught:
            read_description(case["text"], gene, stated(case))
        assert f"'{case['text']}'" in str(caught.value)
        assert case["error"] in str(caught.value)
    else:
        expected = {allele(gene, text) for text in case["alleles"].split(";")}
        reading = read_description(case["text"], gene, stated(case))
        assert set(reading.variants) == expected
        assert len(reading.variants) == len(expected)


@pytest.mark.parametrize("text", ["", "   "])
def test_no_text_is_refused(text: str, gene: Gene) -> None:
    with pytest.raises(DescriptionError, match="not understood"):
        read_description(text, gene)


def test_the_examples_shown_to_the_user_mean_one_variant(gene: Gene) -> None:
    expected = allele(gene, "GRCh38:49251480:C:T")
    examples = EXAMPLES.split(", ")
    assert len(examples) == 5
    for example in examples:
        assert read_description(example, gene).variants == (expected,)


# --- there and back ----------------------------------------------------------------------------------------


@BUILDS
def test_every_curated_coding_name_there_and_back(assembly: Assembly, gene: Gene, catalogue: Catalogue) -> None:
    read = 0
    for curated in catalogue.variants:
        variant = curated.alleles[assembly]
        for transcript in gene.on(assembly).transcripts:
            name = hgvs_c(variant, transcript)
            if name:
                assert read_description(name, gene, assembly).variants == (variant,), name
                read += 1
    assert read > 2.9 * len(catalogue.variants)


@BUILDS
def test_every_curated_genomic_name_there_and_back(assembly: Assembly, gene: Gene, catalogue: Catalogue) -> None:
    for curated in catalogue.variants:
        variant = curated.alleles[assembly]
        name = hgvs_g(variant, gene.on(assembly).reference)
        assert name.startswith(f"{assembly.accession}:g.")
        assert read_description(name, gene).variants == (variant,), name


@BUILDS
@pytest.mark.parametrize("separator", [":", "-", " "])
def test_every_curated_vcf_text_there_and_back(
    assembly: Assembly, separator: str, gene: Gene, catalogue: Catalogue
) -> None:
    for curated in catalogue.variants:
        variant = curated.alleles[assembly]
        edit = variant.vcf(gene.on(assembly).reference)
        text = separator.join(("chrX", str(edit.start), edit.ref, edit.alt))
        assert read_description(text, gene).variants == (variant,), text


def test_every_curated_name_of_the_table_is_understood(gene: Gene, catalogue: Catalogue) -> None:
    """The c. names as the table prints them, on GRCh38, which they count on."""
    for curated in catalogue.variants:
        if curated.hgvs_c:
            assert read_description(curated.hgvs_c, gene).variants == (curated.alleles[Assembly.GRCH38],)


def test_a_curated_missense_name_leads_to_its_allele(gene: Gene, catalogue: Catalogue) -> None:
    """By its protein name a single-base missense change is one of the alleles offered."""
    tried = 0
    for curated in catalogue.variants:
        variant = curated.alleles[Assembly.GRCH38]
        terms = {term.term for term in annotate(variant, gene).consequences}
        if terms & {"missense_variant", "stop_gained"} and len(variant.ref) == len(variant.alt) == 1:
            tried += 1
            assert variant in read_description(curated.hgvs_p, gene).variants
    assert tried > 50


@BUILDS
def test_every_tricky_name_there_and_back(assembly: Assembly, gene: Gene, cases: Callable[[str], list[Case]]) -> None:
    """The c. name of each tricky allele leads back to it."""
    for row in cases("tricky_names.tsv"):
        if row["c_tier"] == "A":
            position = int(row[f"{assembly.label.lower()}_pos"])
            variant = Variant.of(gene.on(assembly).reference, position, row["ref"], row["alt"])
            assert read_description(row["hgvs_c"], gene, assembly).variants == (variant,), row["hgvs_c"]
