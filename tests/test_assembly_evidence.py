"""Which build a file counts on: one case a row, and never a guess."""

from collections.abc import Callable

import pytest

from foxp3_annot.assembly import Assembly, assembly_of_contig
from foxp3_annot.assembly_evidence import ContigLine, HeaderFacts, ReferenceStatement, decide
from foxp3_annot.errors import AssemblyError, InputError
from foxp3_annot.gene import Gene

Case = dict[str, str]


def items(text: str) -> list[str]:
    return list(filter(None, text.split(";")))


def facts(case: Case) -> HeaderFacts:
    """Contig lines written as `name:length:tag`, and reference lines."""
    contigs = []
    for text in items(case["contigs"]):
        name, length, tag = text.split(":")
        contigs.append(ContigLine(name, int(length) if length else None, tag))
    return HeaderFacts(tuple(contigs), tuple(items(case["references"])))


def statements(case: Case) -> list[ReferenceStatement]:
    """Reference bases of records written as `position:bases`."""
    pairs = (text.split(":") for text in items(case["statements"]))
    return [ReferenceStatement(int(position), bases) for position, bases in pairs]


@pytest.mark.cases("assembly_evidence.tsv")
def test_build_of_a_file(case: Case, gene: Gene) -> None:
    stated = Assembly.parse(case["stated"]) if case["stated"] else None
    if case["expected"] == "refused":
        with pytest.raises(AssemblyError) as caught:
            decide("calls.vcf", facts(case), statements(case), gene, stated)
        assert str(caught.value).startswith("calls.vcf: ")
        assert case["message"] in str(caught.value)
    else:
        assembly, basis = decide("calls.vcf", facts(case), statements(case), gene, stated)
        assert assembly is Assembly.parse(case["expected"])
        assert case["message"] in basis


def test_the_table_decides_for_each_build_and_refuses(cases: Callable[[str], list[Case]]) -> None:
    rows = cases("assembly_evidence.tsv")
    assert {row["expected"] for row in rows} == {"GRCh37", "GRCh38", "refused"}
    assert len({row["case"] for row in rows}) == len(rows)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("GRCh37", Assembly.GRCH37), ("hg19", Assembly.GRCH37), ("b37", Assembly.GRCH37), ("hs37d5", Assembly.GRCH37),
        ("GRCh38", Assembly.GRCH38), ("HG38", Assembly.GRCH38), (" grch38.p14 ", Assembly.GRCH38),
    ],
)  # fmt: skip
def test_words_for_a_build(text: str, expected: Assembly) -> None:
    assert Assembly.parse(text) is expected


@pytest.mark.parametrize("text", ["", "38", "hg18", "chm13", "mm10", "GRCh3"])
def test_other_words_for_a_build_are_refused(text: str) -> None:
    with pytest.raises(InputError, match=f"'{text}'"):
        Assembly.parse(text)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("NC_000023.10", Assembly.GRCH37),
        ("NC_000023.11", Assembly.GRCH38),
        ("chrX", None),
        ("X", None),
        ("NC_000023", None),
    ],
)
def test_build_of_a_contig_name(name: str, expected: Assembly | None) -> None:
    assert assembly_of_contig(name) is expected
