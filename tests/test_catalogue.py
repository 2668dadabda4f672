"""The curated table: each row against the engine, unsound edits, and each allele found again in a VCF file."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from foxp3_annot.annotation import annotate
from foxp3_annot.assembly import Assembly
from foxp3_annot.catalogue import Catalogue, CuratedVariant, count_by_classification, load_catalogue
from foxp3_annot.errors import ResourceError
from foxp3_annot.gene import Gene
from foxp3_annot.genotype import Sex, Zygosity
from foxp3_annot.interpretation import Assessment, assess, describe
from foxp3_annot.matching import Matcher
from foxp3_annot.pack.vocabulary import Classification, Reading, Side
from foxp3_annot.readers.vcf import extracted, read_call_set
from foxp3_annot.variant import Variant

Row = dict[str, str]
BUILDS = pytest.mark.parametrize("assembly", list(Assembly), ids=str)


def read(path: Path) -> list[Row]:
    """A table read without the package's reader."""
    with path.open(encoding="utf-8", newline="") as lines:
        header, *rows = csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    return [dict(zip(header, row, strict=True)) for row in rows]


def write(path: Path, rows: list[Row]) -> None:
    lines = ["\t".join(rows[0]), *("\t".join(row.values()) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="")


def of(catalogue: Catalogue, name: str) -> CuratedVariant:
    """The one curated variant of a c. name."""
    (found,) = [curated for curated in catalogue.variants if curated.hgvs_c == name]
    return found


def counts_in_introns_1_or_6(name: str) -> bool:
    """Whether a c. name counts bases of an intron that has another length on GRCh37."""
    return name.startswith(("c.-23+", "c.-22-", "c.647+", "c.648-"))


# --- each row --------------------------------------------------------------------------------------------


def test_names_are_those_of_the_engine(gene: Gene, catalogue: Catalogue) -> None:
    """A reported splice mutation outside the canonical two bases may say `p.?` where the engine says nothing."""
    wrong, splice = [], []
    for curated in catalogue.variants:
        found = annotate(curated.alleles[Assembly.GRCH38], gene)
        name = found.hgvs_c.removeprefix("NM_014009.4:")
        if curated.hgvs_p == "p.?" and found.hgvs_p == "":
            splice.append(curated.hgvs_c)
        elif (curated.hgvs_c, curated.hgvs_p) != (name, found.hgvs_p):
            wrong.append((curated.id, name, found.hgvs_p))
    assert wrong == []
    assert splice == ["c.1044+4A>G", "c.816+5G>A"]


def test_names_on_grch37_differ_only_in_introns_1_and_6(gene: Gene, catalogue: Catalogue) -> None:
    wrong = []
    for curated in catalogue.variants:
        found = annotate(curated.alleles[Assembly.GRCH37], gene)
        name = found.hgvs_c.removeprefix("NM_014009.4:")
        if name != curated.hgvs_c and not counts_in_introns_1_or_6(curated.hgvs_c):
            wrong.append((curated.id, curated.hgvs_c, name))
    assert wrong == []


@pytest.mark.parametrize("column", ["grch37", "grch38"])
def test_allele_texts_are_left_aligned_and_minimal(column: str, gene: Gene, knowledge_folder: Path) -> None:
    """The rule of Tan, Abecasis and Kang 2015: last bases differ, and first bases too unless one side is single."""
    reference = gene.on(Assembly.parse(column)).reference
    for row in read(knowledge_folder / "variants.tsv"):
        position, ref, alt = row[column].split(":")
        assert reference.fetch(int(position), int(position) + len(ref) - 1) == ref, row["id"]
        assert ref[-1] != alt[-1], row["id"]
        assert ref[0] != alt[0] or min(len(ref), len(alt)) == 1, row["id"]


def test_the_rows_are_in_order_and_their_ids_are_stable(knowledge_folder: Path) -> None:
    rows = read(knowledge_folder / "variants.tsv")
    places = [(int(position), ref, alt) for position, ref, alt in (row["grch38"].split(":") for row in rows)]
    assert places == sorted(places)
    assert len({row["id"] for row in rows}) == len(rows)
    assert all(row["id"].startswith("FX") and len(row["id"]) == 6 for row in rows)


def test_every_row_of_the_tables_is_loaded(catalogue: Catalogue, knowledge_folder: Path) -> None:
    rows = {name: read(knowledge_folder / f"{name}.tsv") for name in ("variants", "assertions", "citations")}
    assert [curated.id for curated in catalogue.variants] == [row["id"] for row in rows["variants"]]
    said = (*catalogue.variants, *catalogue.said_elsewhere)
    assert sum(len(one.assertions) for one in said) == len(rows["assertions"])
    assert sorted(catalogue.citations) == sorted(row["key"] for row in rows["citations"])
    assert all(assertion.citations for curated in catalogue.variants for assertion in curated.assertions)


def test_every_classification_and_reading_occurs(catalogue: Catalogue) -> None:
    counts = count_by_classification(catalogue.variants)
    assert sum(counts.values()) == len(catalogue.variants)
    assert [classification for classification, count in counts.items() if count == 0] == []
    read_of = {a.read for curated in catalogue.variants for a in curated.assertions}
    read_of |= {citation.read for citation in catalogue.citations.values()}
    assert read_of <= set(Reading)
    assert {Reading.FULL_TEXT, Reading.ABSTRACT, Reading.DATABASE} <= read_of


# --- the traps -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["c.543C>T", "c.112G>T"])
def test_refuted_variants(name: str, catalogue: Catalogue) -> None:
    """Published as mutations and refuted by Gambineri 2018 (PMID:30443250)."""
    curated = of(catalogue, name)
    assert curated.classification is Classification.REFUTED
    assert curated.classification.side is not Side.DISEASE
    assert not curated.is_in_conflict
    assert any(citation.key == "gambineri2018" for citation in curated.citations)


def test_only_these_two_are_refuted(catalogue: Catalogue) -> None:
    assert count_by_classification(catalogue.variants)[Classification.REFUTED] == 2


def test_the_two_variants_named_ivs9_4_stay_apart(catalogue: Catalogue) -> None:
    """ClinVar's c.967+4A>G and the paper's c.1044+4A>G: an A stands at both places."""
    one, two = of(catalogue, "c.967+4A>G"), of(catalogue, "c.1044+4A>G")
    assert one.id != two.id
    assert set(one.alleles.values()).isdisjoint(two.alleles.values())
    assert (one.clinvar_vcv, two.clinvar_vcv) == ("VCV000011412", "")
    assert two.classification.side is Side.DISEASE
    assert one.classification.side is not Side.DISEASE


@pytest.mark.parametrize(
    ("name", "legacy", "spellings"),
    [
        ("c.751_753del", "E251del", ["49255491:TCTC:T", "49255492:CTCC:C", "49255493:TCCT:T", "49255490:TTCTC:TT"]),
        ("c.748_750del", "K250del", ["49255494:CCTT:C", "49255495:CTTC:C", "49255496:TTCT:T", "49255494:CCTTC:CC"]),
    ],
)
def test_each_spelling_finds_its_own_neighbour(
    name: str, legacy: str, spellings: list[str], gene: Gene, catalogue: Catalogue
) -> None:
    curated = of(catalogue, name)
    assert legacy in curated.legacy_names
    for text in spellings:
        position, ref, alt = text.split(":")
        found = catalogue.find(Variant.of(gene.on(Assembly.GRCH38).reference, int(position), ref, alt))
        assert found is curated, text


def test_f373a_is_not_f373v(gene: Gene, catalogue: Catalogue) -> None:
    """Two bases changed make alanine, the first alone valine, the second alone is neither."""
    reference = gene.on(Assembly.GRCH38).reference
    both = catalogue.find(Variant.of(reference, 49_251_692, "AA", "GC"))
    first = catalogue.find(Variant.of(reference, 49_251_693, "A", "C"))
    assert both is of(catalogue, "c.1117_1118delinsGC")
    assert first is of(catalogue, "c.1117T>G")
    assert (both.hgvs_p, first.hgvs_p) == ("p.(Phe373Ala)", "p.(Phe373Val)")
    assert catalogue.find(Variant.of(reference, 49_251_692, "A", "G")) is None


def test_rs3761548_has_another_change_on_each_build(gene: Gene, catalogue: Catalogue) -> None:
    """GRCh37 carries T, GRCh38 carries G: the row is the only one whose alleles are not lifts of each other."""
    apart = [
        curated.rsid
        for curated in catalogue.variants
        if annotate(curated.alleles[Assembly.GRCH38], gene).other_build.variant != curated.alleles[Assembly.GRCH37]
    ]
    assert apart == ["rs3761548"]


# --- unsound edits ---------------------------------------------------------------------------------------

Edit = Callable[[list[Row]], None]


def cell(table: str, key: str, column: str, value: str) -> tuple[str, Edit]:
    """Set one cell of the first row whose first cell is `key`."""

    def edit(rows: list[Row]) -> None:
        row = next(row for row in rows if next(iter(row.values())) == key)
        assert row[column] != value
        row[column] = value

    return table, edit


def on_both_builds(alt: str) -> tuple[str, Edit]:
    """Give c.1150G>A (FX0031) another alternate allele, the same on both builds."""

    def edit(rows: list[Row]) -> None:
        row = next(row for row in rows if row["id"] == "FX0031")
        row |= {"grch38": f"49251480:C:{alt}", "grch37": f"49107941:C:{alt}"}

    return "variants", edit


def copied_row(**changed: str) -> tuple[str, Edit]:
    """Add a row like that of c.751_753del (FX0134) with some cells changed."""

    def edit(rows: list[Row]) -> None:
        row = next(row for row in rows if row["id"] == "FX0134")
        rows.append(row | changed)

    return "variants", edit


def without_statement(rows: list[Row]) -> None:
    rows[:] = [row for row in rows if row["variant_id"] != "FX0134"]


def statement_of_nothing(rows: list[Row]) -> None:
    rows.append(rows[-1] | {"variant_id": "FX9999"})


def cell_lost(rows: list[Row]) -> None:
    del next(row for row in rows if row["id"] == "FX0134")["remark"]


def citation_twice(rows: list[Row]) -> None:
    rows.append(dict(rows[0]))


UNSOUND: dict[str, tuple[tuple[str, Edit], str]] = {
    "unknown class": (cell("assertions", "FX0134", "classification", "damaging"), "FX0134.*'damaging'"),
    "class of another case": (cell("assertions", "FX0134", "classification", "Pathogenic"), "FX0134.*'Pathogenic'"),
    "unknown reading of a statement": (cell("assertions", "FX0134", "read", "skimmed"), "FX0134.*'skimmed'"),
    "unknown reading of a variant": (cell("variants", "FX0134", "evidence_status", "memory"), "FX0134.*'memory'"),
    "unknown reading of a source": (cell("citations", "chatila2000", "read", "title"), "chatila2000.*'title'"),
    "missing citation": (cell("assertions", "FX0134", "citations", "nobody1999"), "FX0134.*'nobody1999'"),
    "citation twice": (("citations", citation_twice), "stands in two rows"),
    "wrong reference base, GRCh38": (cell("variants", "FX0031", "grch38", "49251480:G:T"), "FX0031.*49251480:G:T"),
    "wrong reference base, GRCh37": (cell("variants", "FX0031", "grch37", "49107941:G:T"), "FX0031.*49107941:G:T"),
    "builds that differ": (cell("variants", "FX0031", "grch37", "49107941:C:A"), "FX0031.*49107941:C:A"),
    "builds swapped": (cell("variants", "FX0031", "grch38", "49107941:C:T"), "FX0031.*49107941:C:T"),
    "no change": (cell("variants", "FX0031", "grch38", "49251480:C:C"), "FX0031.*49251480:C:C"),
    "allele that is no text of an allele": (
        cell("variants", "FX0031", "grch38", "49251480 C T"),
        "FX0031.*49251480 C T",
    ),
    "ambiguous base": (on_both_builds("N"), "FX0031.*:C:N"),
    "base in lower case": (on_both_builds("t"), "FX0031.*:C:t"),
    "no base": (on_both_builds("-"), "FX0031.*:C:-"),
    "duplicate id": (copied_row(grch38="49251480:C:A", grch37="49107941:C:A"), "FX0134"),
    "duplicate allele": (copied_row(id="FX0135"), "FX0135"),
    "duplicate allele under a new id": (copied_row(id="FX9999"), "FX9999"),
    "variant without statement": (("assertions", without_statement), "FX0134"),
    "statement without variant": (("assertions", statement_of_nothing), "FX9999"),
    "row with too few cells": (("variants", cell_lost), "has 12 cells where the header has 13"),
}
"""Edits that must not pass, and what the message must name."""


@pytest.mark.parametrize(("edit", "named"), UNSOUND.values(), ids=list(UNSOUND))
def test_an_unsound_edit_is_refused_by_name(
    edit: tuple[str, Edit], named: str, knowledge_copy: Path, gene: Gene
) -> None:
    table, change = edit
    path = knowledge_copy / f"{table}.tsv"
    rows = read(path)
    change(rows)
    write(path, rows)
    with pytest.raises(ResourceError, match=named):
        load_catalogue(knowledge_copy, gene)


def test_the_same_allele_in_another_spelling_is_refused(knowledge_copy: Path, gene: Gene) -> None:
    """E251del written as c.750_752delGGA, under an id and with a statement of its own."""
    variants, statements = (knowledge_copy / f"{name}.tsv" for name in ("variants", "assertions"))
    rows = read(variants)
    row = next(row for row in rows if row["id"] == "FX0134")
    write(variants, [*rows, row | {"id": "FX9999", "grch38": "49255492:CTCC:C", "grch37": "49111953:CTCC:C"}])
    said = read(statements)
    write(statements, [*said, said[-1] | {"variant_id": "FX9999"}])
    with pytest.raises(ResourceError, match=r"FX9999\): is the same allele as row FX0134"):
        load_catalogue(knowledge_copy, gene)


def test_an_unchanged_copy_is_the_same_catalogue(knowledge_copy: Path, gene: Gene, catalogue: Catalogue) -> None:
    for name in ("variants", "assertions", "citations"):
        write(knowledge_copy / f"{name}.tsv", read(knowledge_copy / f"{name}.tsv"))
    copy = load_catalogue(knowledge_copy, gene)
    assert copy.variants == catalogue.variants
    assert copy.digest == catalogue.digest


@pytest.mark.parametrize("name", ["variants", "assertions", "citations"])
def test_a_missing_table_is_named(name: str, knowledge_copy: Path, gene: Gene) -> None:
    (knowledge_copy / f"{name}.tsv").unlink()
    with pytest.raises(ResourceError, match=f"{name}.tsv"):
        load_catalogue(knowledge_copy, gene)


# --- every curated allele, written to a file and found again -----------------------------------------------

PEOPLE: dict[str, tuple[str, Sex, Zygosity]] = {
    "boy_1": ("1", Sex.MALE, Zygosity.HEMIZYGOUS),
    "boy_11": ("1/1", Sex.MALE, Zygosity.HEMIZYGOUS),
    "boy_01": ("0/1", Sex.MALE, Zygosity.DISCORDANT),
    "girl_1": ("1", Sex.FEMALE, Zygosity.DISCORDANT),
    "girl_11": ("1/1", Sex.FEMALE, Zygosity.HOMOZYGOUS),
    "girl_01": ("0/1", Sex.FEMALE, Zygosity.HETEROZYGOUS),
}
"""Genotype, sex and expected zygosity of six people who carry everything."""


def write_everything(path: Path, rows: list[Row], assembly: Assembly) -> None:
    """A VCF file with every allele of the table, as the table spells it, carried by all of PEOPLE."""
    lines = [
        "##fileformat=VCFv4.2",
        f"##contig=<ID=chrX,length={assembly.x_length}>",
        '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">',
        "\t".join(["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT", *PEOPLE]),
    ]
    alleles = [row[assembly.label.lower()].split(":") for row in rows]
    genotypes = [genotype for genotype, _, _ in PEOPLE.values()]
    for position, ref, alt in sorted(alleles, key=lambda allele: int(allele[0])):
        lines.append("\t".join(["chrX", position, ".", ref, alt, "50", "PASS", ".", "GT", *genotypes]))
    path.write_text("\n".join(lines) + "\n", encoding="ascii")


@BUILDS
def test_every_curated_allele_comes_back_from_a_file(
    assembly: Assembly, gene: Gene, catalogue: Catalogue, knowledge_folder: Path, tmp_path: Path
) -> None:
    rows = read(knowledge_folder / "variants.tsv")
    path = tmp_path / "everything.vcf"
    write_everything(path, rows, assembly)
    with extracted(path, gene) as extract:
        call_set = read_call_set(path, extract, "everything", gene)
    assert call_set.assembly is assembly
    assert call_set.samples == tuple(PEOPLE)
    matcher = Matcher.of(catalogue, gene)
    described = describe(call_set.variants(), gene, matcher)
    for index, (_, sex, expected) in enumerate(PEOPLE.values()):
        assessment: Assessment = assess(call_set, index, sex, described, gene, matcher)
        found = [
            (curated.id, finding.zygosity)
            for finding in assessment.findings
            if not finding.members and (curated := finding.described.match.same_allele)
        ]
        assert sorted(found) == sorted((row["id"], expected) for row in rows)
