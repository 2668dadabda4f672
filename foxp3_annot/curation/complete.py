"""Fill what a person need not type: names, places, ids, labels, order, and the descriptor's account of the tables."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from foxp3_annot.annotation import annotate
from foxp3_annot.assembly import Assembly
from foxp3_annot.catalogue import Catalogue
from foxp3_annot.curation.check import READINGS, sort_key
from foxp3_annot.curation.derived import best_reading, stretch_features, variant_cells
from foxp3_annot.description import read_description
from foxp3_annot.errors import DescriptionError, OutOfWindowError
from foxp3_annot.gene import Gene
from foxp3_annot.pack.descriptor import described_resources
from foxp3_annot.pack.folder import DESCRIPTOR, Pack, Problem, Row
from foxp3_annot.pack.schema import (
    ALLELES,
    ASSERTIONS,
    CASES,
    PHENOTYPES,
    POPULATION,
    STRUCTURES,
    TABLES,
    VARIANTS,
    Table,
    table_named,
)
from foxp3_annot.variant import Variant


@dataclass(frozen=True)
class Completed:
    """The files of a pack with empty derived cells filled and rows in order. No cell that held text is changed,
    except a description in `hgvs_c` of a row that had no allele. `problems` are cells that could not be filled."""

    files: Mapping[str, str]
    filled: tuple[str, ...]
    problems: tuple[Problem, ...]


def complete(pack: Pack, gene: Gene, catalogue: Catalogue | None, shipped: Pack | None) -> Completed:
    """Fill the empty derived cells of a pack.

    Descriptions may use identifiers and older names of `catalogue`; labels of phenotypes come from `shipped`
    and the pack itself.
    """
    work = _Work(pack, gene, catalogue, shipped)
    rows = {table.name: work.rows(table) for table in TABLES if table.name in pack.rows}
    files = {table_named(name).file: _text(table_named(name), found) for name, found in rows.items()}
    descriptor = dict(pack.descriptor) | {"resources": described_resources(table_named(name) for name in rows)}
    files[DESCRIPTOR] = json.dumps(descriptor, indent=2, ensure_ascii=False) + "\n"
    return Completed(files, tuple(work.filled), tuple(work.problems))


def _text(table: Table, rows: Iterable[Row]) -> str:
    ordered = sorted(rows, key=sort_key(table))
    lines = ["\t".join(table.names), *("\t".join(row[name] for name in table.names) for row in ordered)]
    return "\n".join(lines) + "\n"


class _Work:
    """One completion: what is filled and what cannot be is noted on the way."""

    def __init__(self, pack: Pack, gene: Gene, catalogue: Catalogue | None, shipped: Pack | None) -> None:
        self.pack = pack
        self.gene = gene
        self.catalogue = catalogue
        packs = [one for one in (shipped, pack) if one]
        self.labels = {row["hpo_id"]: row["label"] for one in packs for row in one.of(PHENOTYPES)}
        self.filled: list[str] = []
        self.problems: list[Problem] = []

    def rows(self, table: Table) -> list[Row]:
        rows = [self._with_cells(row) for row in self.pack.of(table)]
        return self._with_ids(table, rows)

    def _with_cells(self, row: Row) -> Row:
        table = row.table
        if table in (VARIANTS, POPULATION):
            row = self._filled(row, self._allele_cells(row), described=not (row["grch38"] or row["grch37"]))
        if table is STRUCTURES:
            row = self._filled(row, self._stretch_cells(row))
        if table is CASES:
            row = self._labelled(row)
        if table.name in ALLELES:
            said = [one["read"] for one in self.pack.of(ASSERTIONS) if row["id"] and one["variant_id"] == row["id"]]
            row = self._filled(row, {"evidence_status": best_reading(said, READINGS)})
        return row

    def _filled(self, row: Row, cells: Mapping[str, str], *, described: bool = False) -> Row:
        """The row with its empty cells filled; a description takes the form of a name."""
        new = dict(row.cells)
        for column, value in cells.items():
            if column not in row.table.names or not value or (row[column] and not (described and column == "hgvs_c")):
                continue
            if row[column] != value:
                new[column] = value
                self.filled.append(f"{row.table.file} line {row.line} {column}: {value}")
        return replace(row, cells=new)

    # --- alleles ------------------------------------------------------------------------------------------

    def _allele_cells(self, row: Row) -> dict[str, str]:
        if not any(row[column] for column in ("grch38", "grch37", "hgvs_c")):
            self.problems.append(row.problem("hgvs_c", "is empty: give one description, as c.1150G>A or chrX:..."))
            return {}
        try:
            cells = variant_cells(self._variant(row), self.gene)
            if not (cells["grch37"] or row["grch37"]):
                raise DescriptionError("the allele has no place on GRCh37; give grch37 by hand if it has one")
            return cells
        except (DescriptionError, OutOfWindowError, ValueError) as error:
            column = next(c for c in ("grch38", "grch37", "hgvs_c") if row[c])
            self.problems.append(row.problem(column, f"cannot be completed: {error}"))
            return {}

    def _variant(self, row: Row) -> Variant:
        """The allele on GRCh38, from the first of its descriptions."""
        for assembly in (Assembly.GRCH38, Assembly.GRCH37):
            text = row[assembly.label.lower()]
            if text:
                return self._on_grch38(f"X:{text}", assembly)
        return self._on_grch38(row["hgvs_c"], None)

    def _on_grch38(self, text: str, assembly: Assembly | None) -> Variant:
        variants = read_description(text, self.gene, assembly, catalogue=self.catalogue).variants
        if len(variants) > 1:
            names = ", ".join(annotate(variant, self.gene).name for variant in variants[:6])
            raise DescriptionError(f"it can mean {len(variants)} alleles ({names}); give the one that is meant")
        (variant,) = variants
        if variant.assembly is Assembly.GRCH38:
            return variant
        lifted = annotate(variant, self.gene).other_build
        if lifted.variant is None:
            raise DescriptionError(lifted.reason)
        return lifted.variant

    def _stretch_cells(self, row: Row) -> dict[str, str]:
        start, _, end = row["grch38_outer"].partition("-")
        if not (start.isdecimal() and end.isdecimal()):
            return {}
        return {"feature": stretch_features(int(start), int(end), self.gene.on(Assembly.GRCH38))}

    # --- labels and ids -----------------------------------------------------------------------------------

    def _labelled(self, row: Row) -> Row:
        """Terms given by id alone get their labels."""
        new = dict(row.cells)
        for column in ("hpo_present", "hpo_denied"):
            terms = [f"{term} {self.labels[term]}" if term in self.labels else term for term in row.values(column)]
            text = ";".join(terms)
            if terms and text != row[column]:
                new[column] = text
                self.filled.append(f"{row.table.file} line {row.line} {column}: labels")
        return replace(row, cells=new)

    def _with_ids(self, table: Table, rows: list[Row]) -> list[Row]:
        """Rows without id take the next free one; ids that exist never change."""
        if table.key != "id":
            return rows
        prefix, width = f"{self.pack.manifest.id_prefix}{table.letter}", 4
        numbers = [int(row["id"][len(prefix) :]) for row in rows if _is_numbered(row["id"], prefix)]
        following = max(numbers, default=0) + 1
        found = []
        for row in rows:
            if not row["id"]:
                id_ = f"{prefix}{following:0{width}d}"
                following += 1
                self.filled.append(f"{table.file} line {row.line} id: {id_}")
                row = replace(row, cells=dict(row.cells) | {"id": id_})
            found.append(row)
        return found


def _is_numbered(id_: str, prefix: str) -> bool:
    return id_.startswith(prefix) and id_[len(prefix) :].isdecimal()
