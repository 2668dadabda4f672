"""ClinVar set against the curated table: rows to add, classes that moved, statements that disagree. A proposal only."""

import enum
from collections.abc import Iterable
from dataclasses import dataclass

from foxp3_annot.catalogue import Catalogue, CuratedVariant
from foxp3_annot.curation.check import sort_key
from foxp3_annot.curation.derived import variant_cells
from foxp3_annot.gene import Gene
from foxp3_annot.pack.folder import Row
from foxp3_annot.pack.schema import ASSERTIONS, VARIANTS, Table
from foxp3_annot.pack.vocabulary import Classification, Side
from foxp3_annot.variant import Variant

ASSIGNER = "ClinVar (aggregate)"
CITATION = "clinvar"


@dataclass(frozen=True, slots=True)
class ClinVarRecord:
    """One variation of ClinVar. `variant` is on GRCh38, None where it has no place there or no plain alleles.

    `evaluated` is the day of the last evaluation, or of the file where it gives none; empty where neither is told.
    """

    vcv: str
    name: str
    variant: Variant | None
    significance: str
    review_status: str
    evaluated: str
    rsid: str


class Verdict(enum.Enum):
    """How a ClinVar record stands to the curated table, the most pressing first."""

    DISAGREES = "disagrees with other statements"
    CLASS_CHANGED = "another class than the table has from ClinVar"
    NEW_ALLELE = "allele not in the table"
    NEW_STATEMENT = "allele in the table, without a statement of ClinVar"
    SAME = "as in the table"
    NO_CLASS = "without a class that the table has a word for"
    NO_ALLELE = "without an allele that can be placed"


@dataclass(frozen=True, slots=True)
class Compared:
    """One record, the row it belongs to, what it means, and how the two stand."""

    record: ClinVarRecord
    curated: CuratedVariant | None
    classification: Classification | None
    verdict: Verdict
    detail: str

    @property
    def is_proposed(self) -> bool:
        """Whether a row should be added for it."""
        return self.verdict in (
            Verdict.DISAGREES,
            Verdict.CLASS_CHANGED,
            Verdict.NEW_ALLELE,
            Verdict.NEW_STATEMENT,
        )


_WORDS = {
    "pathogenic": Classification.PATHOGENIC,
    "pathogenic, low penetrance": Classification.PATHOGENIC,
    "likely pathogenic": Classification.LIKELY_PATHOGENIC,
    "likely pathogenic, low penetrance": Classification.LIKELY_PATHOGENIC,
    "uncertain significance": Classification.UNCERTAIN,
    "likely benign": Classification.LIKELY_BENIGN,
    "benign": Classification.BENIGN,
}


def classification_of(significance: str) -> Classification | None:
    """ClinVar's words as a class: the first of the tiers that it names; None for `not provided` and the like.

    >>> classification_of("Pathogenic/Likely pathogenic|risk factor").code
    'pathogenic'
    """
    text = significance.casefold()
    if text.startswith("conflicting"):
        return Classification.CONFLICTING
    for part in text.replace("|", "/").replace(";", "/").split("/"):
        if part.strip() in _WORDS:
            return _WORDS[part.strip()]
    return None


def compare_with_clinvar(records: Iterable[ClinVarRecord], catalogue: Catalogue) -> tuple[Compared, ...]:
    """Every record, the most pressing verdicts first, then by VCV number."""
    found = [_compared(record, catalogue) for record in records]
    order = list(Verdict)
    return tuple(sorted(found, key=lambda one: (order.index(one.verdict), one.record.vcv)))


def _compared(record: ClinVarRecord, catalogue: Catalogue) -> Compared:
    curated = catalogue.find(record.variant) if record.variant else None
    classification = classification_of(record.significance)

    def verdict(kind: Verdict, detail: str = "") -> Compared:
        return Compared(record, curated, classification, kind, detail)

    if record.variant is None:
        return verdict(Verdict.NO_ALLELE, record.name)
    if classification is None:
        return verdict(Verdict.NO_CLASS, record.significance)
    if curated is None:
        return verdict(Verdict.NEW_ALLELE)
    ours = [a for a in curated.assertions if a.assigner == ASSIGNER]
    others = [a for a in curated.assertions if a.assigner != ASSIGNER]
    known = any(a.classification is classification for a in ours)
    against = [a for a in others if {a.classification.side, classification.side} == {Side.DISEASE, Side.BENIGN}]
    if against and not known:
        return verdict(Verdict.DISAGREES, "; ".join(f"{a.assigner}: {a.stated_as}" for a in against))
    if known:
        return verdict(Verdict.SAME)
    if ours:
        return verdict(Verdict.CLASS_CHANGED, "; ".join(f"{a.stated_as} ({a.date})" for a in ours))
    return verdict(Verdict.NEW_STATEMENT)


def without_record(records: Iterable[ClinVarRecord], catalogue: Catalogue) -> tuple[CuratedVariant, ...]:
    """Rows of the table that name a ClinVar record which is not among the records: merged or withdrawn, perhaps."""
    present = {record.vcv for record in records}
    return tuple(one for one in catalogue.variants if one.clinvar_vcv and one.clinvar_vcv not in present)


def proposal(compared: Iterable[Compared], gene: Gene, prefix: str, file: str) -> dict[str, str]:
    """Tables of a pack that holds what is new, by file name; ids count from `prefix`."""
    variants: list[dict[str, str]] = []
    statements: list[dict[str, str]] = []
    for one in (one for one in compared if one.is_proposed):
        if one.curated:
            id_ = one.curated.id
        else:
            id_ = f"{prefix}X{len(variants) + 1:04d}"
            assert one.record.variant is not None
            variants.append(
                variant_cells(one.record.variant, gene)
                | {"id": id_, "rsid": one.record.rsid, "clinvar_vcv": one.record.vcv, "evidence_status": "database"}
            )
        assert one.classification is not None
        statements.append(
            {
                "variant_id": id_,
                "classification": one.classification.code,
                "stated_as": one.record.significance,
                "assigner": ASSIGNER,
                "review_status": one.record.review_status,
                "date": one.record.evaluated,
                "citations": CITATION,
                "read": "database",
                "counted": f"{one.record.vcv} in {file}",
            }
        )
    return {
        VARIANTS.file: _text(VARIANTS, variants),
        ASSERTIONS.file: _text(ASSERTIONS, statements),
    }


def _text(table: Table, rows: Iterable[dict[str, str]]) -> str:
    ordered = sorted((Row(table, 0, cells) for cells in rows), key=sort_key(table))
    lines = ["\t".join(table.names), *("\t".join(_clean(row[name]) for name in table.names) for row in ordered)]
    return "\n".join(lines) + "\n"


def _clean(text: str) -> str:
    return " ".join(text.split())


def comparison_page(compared: Iterable[Compared], missing: Iterable[CuratedVariant], file: str) -> str:
    """The comparison as Markdown, one row a record."""
    rows = list(compared)
    counts = {verdict: sum(one.verdict is verdict for one in rows) for verdict in Verdict}
    lines = [f"# {file} against the curated table", ""]
    lines += [f"- {count} {verdict.value}" for verdict, count in counts.items() if count]
    lines += ["", "| verdict | ClinVar | class there | row here | detail |", "|---|---|---|---|---|"]
    for one in rows:
        here = f"{one.curated.id} {one.curated.name}" if one.curated else ""
        cells = [one.verdict.value, f"{one.record.vcv} {one.record.name}", one.record.significance, here, one.detail]
        lines.append("| " + " | ".join(_clean(cell).replace("|", "\\|") for cell in cells) + " |")
    lost = [f"- {one.clinvar_vcv} of {one.id} {one.name}" for one in missing]
    lines += ["", "## Records that the table names and the file lacks", "", *lost] if lost else []
    return "\n".join(lines) + "\n"
