"""What changed between two versions of the knowledge, allele by allele."""

import enum
from collections.abc import Iterator
from dataclasses import dataclass

from foxp3_annot.assembly import Assembly
from foxp3_annot.catalogue import Assertion, Catalogue, CuratedVariant
from foxp3_annot.pack.folder import Pack
from foxp3_annot.pack.schema import CASES, TABLES, VARIANTS


class ChangeKind(enum.Enum):
    """What happened to an allele between the two versions, the gravest first."""

    REMOVED = "removed"
    RECLASSIFIED = "reclassified"
    ADDED = "added"
    RENAMED = "renamed"
    STATEMENT_REMOVED = "statement removed"
    STATEMENT_ADDED = "statement added"
    EXPERIMENTS_CHANGED = "experiments changed"
    CASES_CHANGED = "cases changed"
    REMARK_CHANGED = "remark changed"
    IDENTIFIER_CHANGED = "identifier changed"


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one allele; `before` and `after` are empty where there is nothing to show."""

    kind: ChangeKind
    id: str
    name: str
    before: str
    after: str

    def __str__(self) -> str:
        arrow = " -> ".join(part or "(none)" for part in (self.before, self.after)) if self.before or self.after else ""
        return f"{self.kind.value}: {self.id} {self.name}" + (f": {arrow}" if arrow else "")


def compare(old: Catalogue, new: Catalogue) -> tuple[Change, ...]:
    """All changes, the gravest kinds first, within a kind by place."""
    before = {one.alleles[Assembly.GRCH38]: one for one in old.variants}
    after = {one.alleles[Assembly.GRCH38]: one for one in new.variants}
    found: list[Change] = []
    for allele in sorted(before.keys() | after.keys(), key=lambda variant: variant.key):
        one, two = before.get(allele), after.get(allele)
        if one and two:
            found += _changes(one, two)
        elif one:
            found.append(Change(ChangeKind.REMOVED, one.id, one.name, one.classification.label, ""))
        elif two:
            found.append(Change(ChangeKind.ADDED, two.id, two.name, "", two.classification.label))
    order = list(ChangeKind)
    return tuple(sorted(found, key=lambda change: order.index(change.kind)))


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row that came, went or changed in a table other than those that speak of alleles."""

    table: str
    key: str
    what: str

    def __str__(self) -> str:
        return f"{self.table} {self.key}: {self.what}"


def compare_rows(old: Pack, new: Pack) -> tuple[RowChange, ...]:
    """Changes of lesions, unplaced mutations, phenotypes, figures, care, genes and sources, by the key of their row."""
    found = []
    for table in TABLES:
        if table.key and table not in (VARIANTS, CASES):
            before, after = ({row[table.key]: row for row in pack.of(table)} for pack in (old, new))
            for key in sorted(before.keys() | after.keys()):
                one, two = before.get(key), after.get(key)
                if one is None or two is None:
                    found.append(RowChange(table.name, key, "row added" if two else "row removed"))
                    continue
                columns = [name for name in table.names if one[name] != two[name]]
                if columns:
                    found.append(RowChange(table.name, key, f"changed in {', '.join(columns)}"))
    return tuple(found)


def _changes(one: CuratedVariant, two: CuratedVariant) -> Iterator[Change]:
    def change(kind: ChangeKind, before: str = "", after: str = "") -> Change:
        return Change(kind, two.id, two.name, before, after)

    if one.classification is not two.classification:
        yield change(ChangeKind.RECLASSIFIED, one.classification.label, two.classification.label)
    if (one.id, one.hgvs_c, one.hgvs_p) != (two.id, two.hgvs_c, two.hgvs_p):
        names = [" ".join(filter(None, (v.id, v.hgvs_c, v.hgvs_p))) for v in (one, two)]
        yield change(ChangeKind.RENAMED, *names)
    for statement in one.assertions:
        if statement not in two.assertions:
            yield change(ChangeKind.STATEMENT_REMOVED, _said(statement))
    for statement in two.assertions:
        if statement not in one.assertions:
            yield change(ChangeKind.STATEMENT_ADDED, "", _said(statement))
    if one.functional != two.functional:
        yield change(ChangeKind.EXPERIMENTS_CHANGED, f"{len(one.functional)} rows", f"{len(two.functional)} rows")
    if one.cases != two.cases:
        yield change(ChangeKind.CASES_CHANGED, f"{len(one.cases)} rows", f"{len(two.cases)} rows")
    if one.remark != two.remark:
        yield change(ChangeKind.REMARK_CHANGED, one.remark, two.remark)
    if (one.rsid, one.clinvar_vcv, one.legacy_names) != (two.rsid, two.clinvar_vcv, two.legacy_names):
        texts = [" ".join(filter(None, (v.rsid, v.clinvar_vcv, *v.legacy_names))) for v in (one, two)]
        yield change(ChangeKind.IDENTIFIER_CHANGED, *texts)


def _said(statement: Assertion) -> str:
    dated = f" {statement.date}" if statement.date and statement.date not in statement.assigner else ""
    return f"{statement.assigner}{dated}: {statement.stated_as}"
