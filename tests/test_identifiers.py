"""VRS identifiers equal those of the reference implementation."""

import csv
from pathlib import Path

import pytest

from foxp3_annot.assembly import Assembly
from foxp3_annot.gene import foxp3
from foxp3_annot.identifiers import vrs_allele, vrs_id
from foxp3_annot.variant import Variant

CASES = Path(__file__).parent / "cases" / "vrs_ids.tsv"
"""Identifiers computed by ga4gh.vrs 2.3.3 (VRS 2.0) from the alleles as written here, on the embedded window."""


def cases() -> list[dict[str, str]]:
    with CASES.open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


def variant_of(case: dict[str, str]) -> Variant:
    reference = foxp3().on(Assembly.parse(case["assembly"])).reference
    return Variant.of(reference, int(case["position"]), case["ref"], case["alt"])


@pytest.mark.parametrize(
    "case", cases(), ids=lambda case: f"{case['assembly']}:{case['position']}{case['ref']}>{case['alt']}"
)
def test_vrs_id(case: dict[str, str]) -> None:
    assert vrs_id(variant_of(case)) == case["vrs_id"]


def test_the_published_example() -> None:
    """c.1150G>A, the identifier that ga4gh.vrs gives for NC_000023.11:g.49251480C>T."""
    reference = foxp3().on(Assembly.GRCH38).reference
    allele = vrs_allele(Variant.of(reference, 49251480, "C", "T"))
    assert allele["id"] == "ga4gh:VA.dbEyX09R1Ud6YBqqO3SYra5AZvZGsHsM"
    assert allele["state"] == {"type": "LiteralSequenceExpression", "sequence": "T"}


def test_a_deletion_is_a_length_of_reference() -> None:
    """c.748_750del: CTTCT becomes CT, which is the reference with one unit of three less."""
    reference = foxp3().on(Assembly.GRCH38).reference
    state = vrs_allele(Variant.of(reference, 49255494, "CCTT", "C"))["state"]
    assert state == {"type": "ReferenceLengthExpression", "length": 2, "sequence": "CT", "repeatSubunitLength": 3}
