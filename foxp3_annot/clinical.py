"""What the knowledge tables say beside the variants: terms, figures of cohorts, statements on care, other genes."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from foxp3_annot.errors import ResourceError
from foxp3_annot.pack.folder import Pack, Row
from foxp3_annot.pack.schema import COHORT_STATISTICS, DIFFERENTIAL, MANAGEMENT, PHENOTYPES
from foxp3_annot.pack.vocabulary import Reading, Situation, TermRole, Topic, Word


@dataclass(frozen=True, slots=True)
class TermRow:
    """A term of the phenotype table. `other_labels` are those of other releases."""

    id: str
    label: str
    category: str
    role: TermRole
    other_labels: tuple[str, ...]
    citations: tuple[str, ...]
    remark: str


@dataclass(frozen=True, slots=True)
class Statistic:
    """A figure of a published cohort, as printed there."""

    id: str
    cohort: str
    group: str
    metric: str
    hpo_id: str
    printed: str
    comparison: str
    citations: tuple[str, ...]
    read: Reading
    date: str
    caveat: str


@dataclass(frozen=True, slots=True)
class Care:
    """A statement of the literature on care, with what speaks against it. Without `when` it concerns everyone."""

    id: str
    topic: Topic
    statement: str
    applies_to: tuple[Situation, ...]
    when: tuple[str, ...]
    counter_evidence: str
    citations: tuple[str, ...]
    read: Reading
    date: str


@dataclass(frozen=True, slots=True)
class OtherGene:
    """A gene to think of where FOXP3 is clear."""

    gene: str
    condition: str
    mim: str
    inheritance: str
    mechanism: str
    overlap: str
    next_step: str
    citations: tuple[str, ...]
    read: Reading
    date: str
    remark: str


@dataclass(frozen=True)
class Clinical:
    """The rows of all packs, the shipped one first."""

    terms: tuple[TermRow, ...] = ()
    statistics: tuple[Statistic, ...] = ()
    care: tuple[Care, ...] = ()
    other_genes: tuple[OtherGene, ...] = ()
    _by_id: dict[str, TermRow] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._by_id.update({term.id: term for term in reversed(self.terms)})

    def term(self, id_: str) -> TermRow | None:
        """The term of this id, if the table has it."""
        return self._by_id.get(id_)

    @cached_property
    def core(self) -> tuple[TermRow, ...]:
        """The features that IPEX is known by, in the order of the table."""
        return tuple(term for term in self.terms if term.role is TermRole.CORE)


NO_CLINICAL = Clinical()
"""Of tables that hold nothing beside variants."""


def clinical_of(packs: Iterable[Pack]) -> Clinical:
    """What the packs say. Raises ResourceError for a word that is in no vocabulary."""
    packs = list(packs)
    return Clinical(
        tuple(_term(row) for pack in packs for row in pack.of(PHENOTYPES)),
        tuple(_statistic(row) for pack in packs for row in pack.of(COHORT_STATISTICS)),
        tuple(_care(row) for pack in packs for row in pack.of(MANAGEMENT)),
        tuple(_other_gene(row) for pack in packs for row in pack.of(DIFFERENTIAL)),
    )


_W = TypeVar("_W", bound=Word)


def _word(vocabulary: type[_W], row: Row, code: str) -> _W:
    known: dict[str, _W] = {word.code: word for word in vocabulary}
    if code not in known:
        raise ResourceError(f"{row.table.file}: line {row.line}: '{code}' is not one of {', '.join(known)}")
    return known[code]


def _term(row: Row) -> TermRow:
    return TermRow(
        row["hpo_id"],
        row["label"],
        row["category"],
        _word(TermRole, row, row["role"]),
        row.values("other_labels"),
        row.values("citations"),
        row["remark"],
    )


def _statistic(row: Row) -> Statistic:
    return Statistic(
        row["id"],
        row["cohort"],
        row["group"],
        row["metric"],
        row["hpo_id"],
        row["printed"],
        row["comparison"],
        row.values("citations"),
        _word(Reading, row, row["read"]),
        row["date"],
        row["caveat"],
    )


def _care(row: Row) -> Care:
    return Care(
        row["id"],
        _word(Topic, row, row["topic"]),
        row["statement"],
        tuple(_word(Situation, row, code) for code in row.values("applies_to")),
        row.values("when_hpo"),
        row["counter_evidence"],
        row.values("citations"),
        _word(Reading, row, row["read"]),
        row["date"],
    )


def _other_gene(row: Row) -> OtherGene:
    return OtherGene(
        row["gene"],
        row["condition"],
        row["mim"],
        row["inheritance"],
        row["mechanism"],
        row["overlap"],
        row["next_step"],
        row.values("citations"),
        _word(Reading, row, row["read"]),
        row["date"],
        row["remark"],
    )
