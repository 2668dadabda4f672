"""The kept atlas: complete, undamaged, and what the program says today."""

import csv
import gzip
import hashlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from foxp3_annot.assembly import Assembly
from foxp3_annot.interpretation import describe
from foxp3_annot.knowledge import Knowledge
from foxp3_annot.variant import Variant
from foxp3_annot.writers.tables import described_cells

ATLAS = Path(__file__).parents[1] / "docs" / "atlas"
EVERY = 97
"""Every so manieth row is made again here; `make atlas` makes all."""


def rows(assembly: Assembly) -> Iterator[dict[str, str]]:
    with gzip.open(ATLAS / f"atlas.{assembly}.tsv.gz", "rt", encoding="utf-8") as lines:
        yield from csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)


def test_the_files_are_undamaged() -> None:
    sums = dict(reversed(line.split()) for line in (ATLAS / "SHA256SUMS").read_text().splitlines())
    assert set(sums) == {path.name for path in ATLAS.glob("*.gz")}
    for name, expected in sums.items():
        assert hashlib.sha256((ATLAS / name).read_bytes()).hexdigest() == expected


@pytest.mark.parametrize("assembly", list(Assembly), ids=str)
def test_every_substitution_is_there_once(assembly: Assembly) -> None:
    window = Knowledge.shipped().gene.on(assembly).window
    alleles = Counter((row["pos"], row["ref"], row["alt"]) for row in rows(assembly))
    assert set(alleles.values()) == {1}
    substitutions = [allele for allele in alleles if len(allele[1]) == len(allele[2]) == 1]
    assert len(substitutions) == 3 * (window.end - window.start + 1)


@pytest.mark.parametrize("assembly", list(Assembly), ids=str)
def test_rows_are_what_the_program_says(assembly: Assembly) -> None:
    knowledge = Knowledge.shipped()
    reference = knowledge.gene.on(assembly).reference
    for number, row in enumerate(rows(assembly)):
        if number % EVERY:
            continue
        variant = Variant.of(reference, int(row["pos"]), row["ref"], row["alt"])
        (one,) = describe([variant], knowledge.gene, knowledge.matcher).values()
        cells = described_cells(one)
        for column in ("hgvs_g", "hgvs_c", "hgvs_p", "consequence", "other_build", "classification", "matched"):
            assert str(cells[column]) == row[column], row
