"""The curated table: variants reported in FOXP3, who said what of each, in whom, and where it was published.

It is put together from packs: the shipped one and those of a laboratory. Rows of one allele become one variant;
every statement stays, with the name of its pack.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import TypeVar

from foxp3_annot.assembly import Assembly
from foxp3_annot.cases import Age, Case, Phenotype, ReportedRange, reported_range
from foxp3_annot.clinical import NO_CLINICAL, Clinical, clinical_of
from foxp3_annot.errors import InputError, OutOfWindowError, ResourceError
from foxp3_annot.gene import Gene, foxp3
from foxp3_annot.lift import lift
from foxp3_annot.pack.folder import Manifest, Pack, Row, read_pack
from foxp3_annot.pack.schema import (
    ALLELES,
    ASSERTIONS,
    CASES,
    CITATIONS,
    FUNCTIONAL,
    POPULATION,
    STRUCTURES,
    UNPLACED,
    VARIANTS,
)
from foxp3_annot.pack.vocabulary import (
    Answer,
    CaseLevel,
    CaseSex,
    CaseZygosity,
    Classification,
    Direction,
    Inheritance,
    LesionType,
    Outcome,
    Reading,
    SourceKind,
    Word,
)
from foxp3_annot.resources import resource_root
from foxp3_annot.variant import Variant


@dataclass(frozen=True, slots=True)
class Citation:
    """Where something was published. `read` tells what of it the curators saw."""

    key: str
    kind: SourceKind
    pmid: str
    doi: str
    reference: str
    read: Reading
    url: str
    licence: str


@dataclass(frozen=True, slots=True)
class Assertion:
    """One statement of one source about one variant, in the curators' words except `stated_as`.

    `origin` is the name of the pack that holds it; `counted` says what `families` and `patients` count.
    """

    origin: str
    classification: Classification
    stated_as: str
    assigner: str
    review_status: str
    date: str
    citations: tuple[Citation, ...]
    read: Reading
    families: int | None
    patients: int | None
    counted: str
    phenotype: str
    outcome: str

    @property
    def seen_in(self) -> str:
        """Whom the source saw it in: in its words, else the two figures."""
        figures = [(self.families, "families"), (self.patients, "patients")]
        return self.counted or ", ".join(f"{number} {what}" for number, what in figures if number is not None)


@dataclass(frozen=True, slots=True)
class FunctionalResult:
    """What one experiment found of one variant."""

    origin: str
    assay: str
    system: str
    direction: Direction
    result: str
    date: str
    citations: tuple[Citation, ...]
    read: Reading


@dataclass(frozen=True, slots=True)
class PopulationFigure:
    """How often an allele was seen in people not chosen for having IPEX; None where the source does not count."""

    id: str
    population: str
    allele_count: int | None
    allele_number: int | None
    hemizygotes: int | None
    printed: str
    citations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RowsAbout:
    """What rows say of one allele, lesion or mutation without a place."""

    assertions: tuple[Assertion, ...]
    functional: tuple[FunctionalResult, ...]
    cases: tuple[Case, ...]


def classification_of(assertions: Sequence[Assertion]) -> Classification:
    """All statements in one word: refuted and conflicting first, else the strongest of the one side."""
    found = {a.classification for a in assertions}
    if Classification.REFUTED in found:
        return Classification.REFUTED
    if Classification.CONFLICTING in found or len({one.side for one in found}) > 1:
        return Classification.CONFLICTING
    return next(classification for classification in Classification if classification in found)


@dataclass(frozen=True, slots=True)
class CuratedVariant:
    """A reported variant with every statement about it.

    `alleles` holds its normal form on each build; they are lifts of each other except where the two
    references carry different alleles of one polymorphism (rs3761548). `origin` is the pack that holds the
    row, `other_ids` are ids that further packs give to the same allele.
    """

    id: str
    origin: str
    other_ids: tuple[str, ...]
    hgvs_c: str
    hgvs_p: str
    alleles: dict[Assembly, Variant]
    legacy_names: tuple[str, ...]
    rsid: str
    clinvar_vcv: str
    evidence_status: Reading
    remark: str
    assertions: tuple[Assertion, ...]
    functional: tuple[FunctionalResult, ...] = ()
    cases: tuple[Case, ...] = ()

    @property
    def is_refuted(self) -> bool:
        return self.classification is Classification.REFUTED

    @property
    def is_in_conflict(self) -> bool:
        """Whether the statements contradict each other; a refutation settles the matter."""
        return self.classification is Classification.CONFLICTING

    @property
    def classification(self) -> Classification:
        """All statements in one word; conflicting where packs point different ways, so that none overrides another."""
        if self.disagreement:
            return Classification.CONFLICTING
        return classification_of(self.assertions)

    @property
    def name(self) -> str:
        return self.hgvs_c or self.alleles[Assembly.GRCH38].spdi()

    @property
    def origins(self) -> tuple[str, ...]:
        """The packs that speak of it, in order of first mention."""
        return tuple(dict.fromkeys([self.origin, *(a.origin for a in self.assertions)]))

    @property
    def disagreement(self) -> str:
        """A sentence where packs speak of it in different ways; empty where they agree, or only one speaks."""
        words = {
            origin: classification_of([a for a in self.assertions if a.origin == origin])
            for origin in self.origins
            if any(a.origin == origin for a in self.assertions)
        }
        if len({word.side for word in words.values()}) < 2:
            return ""
        said = "; ".join(f"{origin} says {word.label}" for origin, word in words.items())
        return f"The packs of knowledge disagree on it: {said}."

    @property
    def reported(self) -> ReportedRange:
        return reported_range(self.cases)

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Every source cited, once, in order of key."""
        found = {citation.key: citation for said in self.assertions for citation in said.citations}
        found |= {citation.key: citation for result in self.functional for citation in result.citations}
        return tuple(found[key] for key in sorted(found))

    def joined_by(self, other: "CuratedVariant") -> "CuratedVariant":
        """With what another pack says of the same allele. Nothing of this row is lost or replaced."""
        remark = " ".join(filter(None, [self.remark, other.remark and f"[{other.origin}] {other.remark}"]))
        return replace(
            self,
            other_ids=(*self.other_ids, other.id),
            legacy_names=tuple(dict.fromkeys((*self.legacy_names, *other.legacy_names))),
            rsid=self.rsid or other.rsid,
            clinvar_vcv=self.clinvar_vcv or other.clinvar_vcv,
            evidence_status=min(self.evidence_status, other.evidence_status, key=lambda reading: reading.rank),
            remark=remark,
            assertions=(*self.assertions, *other.assertions),
            functional=(*self.functional, *other.functional),
            cases=(*self.cases, *other.cases),
        )


@dataclass(frozen=True, slots=True)
class CuratedStructure:
    """A reported structural lesion. Stretches are on chromosome X, 1-based, both ends included.

    `outer` is the largest stretch that it can concern, `inner` the smallest that it must; equal where the ends
    are known, and `inner` None where neither is certain.
    """

    id: str
    origin: str
    type: LesionType
    described_as: str
    outer: dict[Assembly, tuple[int, int]]
    inner: dict[Assembly, tuple[int, int] | None]
    legacy_names: tuple[str, ...]
    clinvar_vcv: str
    remark: str
    said: RowsAbout


@dataclass(frozen=True, slots=True)
class UnplacedMutation:
    """A reported mutation of which no text read gives the allele; `candidates` are alleles that fit."""

    id: str
    origin: str
    reported_as: str
    hgvs_p: str
    candidates: tuple[str, ...]
    reason: str
    remark: str
    said: RowsAbout


@dataclass(frozen=True)
class Catalogue:
    """All curated variants, found by allele and never by text. `packs` are the packs it comes from, the shipped
    one first, each with its digest. `population` holds each figure once for the allele on each build."""

    variants: tuple[CuratedVariant, ...]
    citations: dict[str, Citation]
    structures: tuple[CuratedStructure, ...] = ()
    unplaced: tuple[UnplacedMutation, ...] = ()
    packs: tuple[tuple[Manifest, str], ...] = ()
    clinical: Clinical = NO_CLINICAL
    population: tuple[tuple[Variant, PopulationFigure], ...] = ()

    def __post_init__(self) -> None:
        by_allele = {allele: curated for curated in self.variants for allele in curated.alleles.values()}
        object.__setattr__(self, "_by_allele", by_allele)
        figures: dict[Variant, list[PopulationFigure]] = defaultdict(list)
        for allele, figure in self.population:
            figures[allele].append(figure)
        object.__setattr__(self, "_figures", figures)

    def figures_of(self, variant: Variant) -> tuple[PopulationFigure, ...]:
        """What the tables say of the allele in people not chosen for having IPEX."""
        figures: dict[Variant, list[PopulationFigure]] = self.__dict__["_figures"]
        return tuple(figures.get(variant, ()))

    def find(self, variant: Variant) -> CuratedVariant | None:
        """The curated variant that is this allele, however either was written."""
        by_allele: dict[Variant, CuratedVariant] = self.__dict__["_by_allele"]
        return by_allele.get(variant)

    @property
    def said_elsewhere(self) -> tuple[RowsAbout, ...]:
        """What is said of structural lesions and of mutations without a place."""
        return (*(one.said for one in self.structures), *(one.said for one in self.unplaced))

    @property
    def digest(self) -> str:
        """The digest of the shipped pack, or of the first."""
        return self.packs[0][1] if self.packs else ""


@cache
def shipped_pack() -> Pack:
    """The tables that come with the program."""
    try:
        return read_pack(resource_root() / "knowledge")
    except InputError as error:
        raise ResourceError(f"{error}; reinstall foxp3-annot") from error


@cache
def shipped_catalogue() -> Catalogue:
    """The curated table that comes with the program."""
    return catalogue_of([shipped_pack()], foxp3())


def load_catalogue(folder: Path, gene: Gene) -> Catalogue:
    """The catalogue of one folder alone, in the form of `resources/knowledge`."""
    return catalogue_of([read_pack(folder)], gene)


def catalogue_of(packs: Sequence[Pack], gene: Gene) -> Catalogue:
    """The catalogue that packs make together; where two speak of one allele, the earlier one names it.

    Raises ResourceError naming file, row and value where a row is unsound: an unknown word, a reference
    base that is not there, alleles of the two builds that are not the same, an allele or id given twice,
    a citation that is in no pack, a variant without a statement.
    """
    citations: dict[str, Citation] = {}
    variants: dict[Variant, CuratedVariant] = {}
    structures: list[CuratedStructure] = []
    unplaced: list[UnplacedMutation] = []
    owners: dict[str, Variant] = {}
    population: list[tuple[Variant, PopulationFigure]] = []
    for pack in packs:
        for problem in pack.problems:
            raise ResourceError(f"{pack.folder}: {problem}")
        reader = _Reader(pack, gene, citations)
        citations |= reader.citations()
        said = reader.subjects()
        for curated in reader.variants(said):
            key = curated.alleles[Assembly.GRCH38]
            known = variants.get(key)
            variants[key] = known.joined_by(curated) if known else curated
            owners[curated.id] = key
        for id_ in list(said):
            if id_ in owners:  # a statement of this pack on a row of an earlier one
                variants[owners[id_]] = _with(variants[owners[id_]], said.pop(id_))
        structures = [replace(one, said=_joined(one.said, said.pop(one.id, None))) for one in structures]
        unplaced = [replace(one, said=_joined(one.said, said.pop(one.id, None))) for one in unplaced]
        population += reader.population()
        structures += reader.structures(said)
        unplaced += reader.unplaced(said)
        for id_ in said:
            raise ResourceError(
                f"{pack.folder}: rows speak of {id_}, which is no id of {', '.join(f'{name}.tsv' for name in ALLELES)}"
            )
    return Catalogue(
        tuple(variants.values()),
        citations,
        tuple(structures),
        tuple(unplaced),
        tuple((pack.manifest, pack.digest) for pack in packs),
        clinical_of(packs),
        tuple(population),
    )


def _joined(said: RowsAbout, more: RowsAbout | None) -> RowsAbout:
    if more is None:
        return said
    return RowsAbout(
        (*said.assertions, *more.assertions), (*said.functional, *more.functional), (*said.cases, *more.cases)
    )


def _with(curated: CuratedVariant, said: RowsAbout) -> CuratedVariant:
    return replace(
        curated,
        assertions=(*curated.assertions, *said.assertions),
        functional=(*curated.functional, *said.functional),
        cases=(*curated.cases, *said.cases),
    )


@dataclass(frozen=True)
class _Reader:
    """Rows of one pack as objects; `known` are the citations of earlier packs."""

    pack: Pack
    gene: Gene
    known: dict[str, Citation]

    def _unsound(self, row: Row, name: str, remedy: str) -> ResourceError:
        return ResourceError(f"{self.pack.folder / row.table.file}: line {row.line} ({name}): {remedy}")

    def _word(self, vocabulary: type["_W"], row: Row, column: str, name: str) -> "_W":
        known: dict[str, _W] = {word.code: word for word in vocabulary}
        if row[column] in known:
            return known[row[column]]
        words = ", ".join(known)
        raise self._unsound(row, name, f"{column} '{row[column]}' is not one of {words}")

    def _number(self, row: Row, column: str, name: str) -> int | None:
        if row[column] and not row[column].isdecimal():
            raise self._unsound(row, name, f"{column} '{row[column]}' is not a whole number")
        return int(row[column]) if row[column] else None

    def citations(self) -> dict[str, Citation]:
        found: dict[str, Citation] = {}
        for row in self.pack.of(CITATIONS):
            key = row["key"]
            if key in found:
                raise self._unsound(row, key, "stands in two rows; keep one")
            if key in self.known:
                continue
            found[key] = Citation(
                key=key,
                kind=self._word(SourceKind, row, "kind", key),
                pmid=row["pmid"],
                doi=row["doi"],
                reference=row["reference"],
                read=self._word(Reading, row, "read", key),
                url=row["url"],
                licence=row["licence"],
            )
        return found

    def _cited(self, row: Row, name: str, citations: dict[str, Citation]) -> tuple[Citation, ...]:
        for key in row.values("citations"):
            if key not in citations:
                raise self._unsound(row, name, f"cites '{key}', which is not in {CITATIONS.file}; add it there")
        return tuple(citations[key] for key in row.values("citations"))

    def subjects(self) -> dict[str, RowsAbout]:
        """What the rows say of each id."""
        citations = self.known | self.citations()
        assertions: dict[str, list[Assertion]] = defaultdict(list)
        functional: dict[str, list[FunctionalResult]] = defaultdict(list)
        cases: dict[str, list[Case]] = defaultdict(list)
        for row in self.pack.of(ASSERTIONS):
            assertions[row["variant_id"]].append(self._assertion(row, citations))
        for row in self.pack.of(FUNCTIONAL):
            functional[row["variant_id"]].append(self._functional(row, citations))
        for row in self.pack.of(CASES):
            cases[row["variant_id"]].append(self._case(row, citations))
        return {
            id_: RowsAbout(tuple(assertions[id_]), tuple(functional[id_]), tuple(cases[id_]))
            for id_ in dict.fromkeys((*assertions, *functional, *cases))
        }

    def _assertion(self, row: Row, citations: dict[str, Citation]) -> Assertion:
        name = f"{row['assigner']} on {row['variant_id']}"
        return Assertion(
            origin=self.pack.manifest.name,
            classification=self._word(Classification, row, "classification", name),
            stated_as=row["stated_as"],
            assigner=row["assigner"],
            review_status=row["review_status"],
            date=row["date"],
            citations=self._cited(row, name, citations),
            read=self._word(Reading, row, "read", name),
            families=self._number(row, "families", name),
            patients=self._number(row, "patients", name),
            counted=row["counted"],
            phenotype=row["phenotype"],
            outcome=row["outcome"],
        )

    def _functional(self, row: Row, citations: dict[str, Citation]) -> FunctionalResult:
        name = f"{row['assay']} on {row['variant_id']}"
        return FunctionalResult(
            origin=self.pack.manifest.name,
            assay=row["assay"],
            system=row["system"],
            direction=self._word(Direction, row, "direction", name),
            result=row["result"],
            date=row["date"],
            citations=self._cited(row, name, citations),
            read=self._word(Reading, row, "read", name),
        )

    def _case(self, row: Row, citations: dict[str, Citation]) -> Case:
        name = row["id"]
        return Case(
            id=row["id"],
            origin=self.pack.manifest.name,
            level=self._word(CaseLevel, row, "level", name),
            people=self._number(row, "people", name) or 0,
            label=row["label"],
            family=row["family"],
            sex=self._word(CaseSex, row, "sex", name),
            zygosity=self._word(CaseZygosity, row, "zygosity", name),
            onset=Age(row["onset"]) if row["onset"] else None,
            onset_text=row["onset_text"],
            present=tuple(map(Phenotype.parse, row.values("hpo_present"))),
            denied=tuple(map(Phenotype.parse, row.values("hpo_denied"))),
            clinical_text=row["clinical_text"],
            immunology=row.values("immunology"),
            treatment=row["treatment"],
            transplanted=self._word(Answer, row, "transplanted", name),
            outcome=self._word(Outcome, row, "outcome", name),
            age_last=Age(row["age_last"]) if row["age_last"] else None,
            outcome_text=row["outcome_text"],
            inheritance=self._word(Inheritance, row, "inheritance", name),
            date=row["date"],
            citations=tuple(citation.key for citation in self._cited(row, name, citations)),
            read=row["read"],
            remark=row["remark"],
        )

    def variants(self, said: dict[str, RowsAbout]) -> Iterator[CuratedVariant]:
        """The variants of the pack, each taking from `said` what is said of it."""
        seen: set[str] = set()
        owners: dict[Variant, str] = {}
        for row in self.pack.of(VARIANTS):
            id_ = row["id"]
            if id_ in seen:
                raise self._unsound(row, id_, "stands twice; every row needs an id of its own")
            seen.add(id_)
            subject = said.pop(id_, None)
            if subject is None or not subject.assertions:
                raise self._unsound(row, id_, f"has no statement in {ASSERTIONS.file}; add at least one")
            alleles = alleles_of(row, self.gene, partial(self._unsound, row, id_))
            for allele in alleles.values():
                if owners.setdefault(allele, id_) != id_:
                    raise self._unsound(row, id_, f"is the same allele as row {owners[allele]}; merge the two")
            yield CuratedVariant(
                id=id_,
                origin=self.pack.manifest.name,
                other_ids=(),
                hgvs_c=row["hgvs_c"],
                hgvs_p=row["hgvs_p"],
                alleles=alleles,
                legacy_names=row.values("legacy_names"),
                rsid=row["rsid"],
                clinvar_vcv=row["clinvar_vcv"],
                evidence_status=self._word(Reading, row, "evidence_status", id_),
                remark=row["remark"],
                assertions=subject.assertions,
                functional=subject.functional,
                cases=subject.cases,
            )

    def population(self) -> Iterator[tuple[Variant, PopulationFigure]]:
        """Each figure, with the allele on each build."""
        citations = self.known | self.citations()
        for row in self.pack.of(POPULATION):
            id_ = row["id"]
            figure = PopulationFigure(
                id_,
                row["population"],
                self._number(row, "allele_count", id_),
                self._number(row, "allele_number", id_),
                self._number(row, "hemizygotes", id_),
                row["printed"],
                tuple(citation.key for citation in self._cited(row, id_, citations)),
            )
            for allele in alleles_of(row, self.gene, partial(self._unsound, row, id_)).values():
                yield allele, figure

    def structures(self, said: dict[str, RowsAbout]) -> Iterator[CuratedStructure]:
        for row in self.pack.of(STRUCTURES):
            yield CuratedStructure(
                id=row["id"],
                origin=self.pack.manifest.name,
                type=self._word(LesionType, row, "type", row["id"]),
                described_as=row["described_as"],
                outer={a: _stretch(row[f"{a.label.lower()}_outer"]) for a in Assembly},
                inner={
                    a: _stretch(row[f"{a.label.lower()}_inner"]) if row[f"{a.label.lower()}_inner"] else None
                    for a in Assembly
                },
                legacy_names=row.values("legacy_names"),
                clinvar_vcv=row["clinvar_vcv"],
                remark=row["remark"],
                said=said.pop(row["id"], RowsAbout((), (), ())),
            )

    def unplaced(self, said: dict[str, RowsAbout]) -> Iterator[UnplacedMutation]:
        for row in self.pack.of(UNPLACED):
            yield UnplacedMutation(
                id=row["id"],
                origin=self.pack.manifest.name,
                reported_as=row["reported_as"],
                hgvs_p=row["hgvs_p"],
                candidates=row.values("candidates"),
                reason=row["reason"],
                remark=row["remark"],
                said=said.pop(row["id"], RowsAbout((), (), ())),
            )


_W = TypeVar("_W", bound=Word)


def _stretch(text: str) -> tuple[int, int]:
    start, _, end = text.partition("-")
    return int(start), int(end)


def alleles_of(row: Row, gene: Gene, unsound: "Unsound") -> dict[Assembly, Variant]:
    """The allele of a row on each build, which must be one and the same.

    `unsound` makes the error to raise from a sentence.
    """
    alleles = {a: _allele(row[a.label.lower()], a, gene, unsound) for a in Assembly}
    one, two = alleles[Assembly.GRCH37], alleles[Assembly.GRCH38]
    on37, on38 = gene.on(Assembly.GRCH37).reference, gene.on(Assembly.GRCH38).reference
    lifted = lift(two, on38, on37, gene.block_map)
    swapped = lifted.is_reference and lift(one, on37, on38, gene.block_map).is_reference
    if lifted.variant != one and not swapped:
        raise unsound(f"grch37 {row['grch37']} and grch38 {row['grch38']} are not the same allele")
    return alleles


Unsound = Callable[[str], Exception]


def _allele(text: str, assembly: Assembly, gene: Gene, unsound: Unsound) -> Variant:
    try:
        position, ref, alt = text.split(":")
        if not (ref and alt) or set(ref + alt) - set("ACGT"):
            raise ValueError("ref and alt are bases in capital letters")
        return Variant.of(gene.on(assembly).reference, int(position), ref, alt)
    except (ValueError, OutOfWindowError) as error:
        raise unsound(
            f"'{text}' is not an allele of {assembly} ({error}); write position:ref:alt, plus strand"
        ) from error


def count_by_classification(variants: Iterable[CuratedVariant]) -> dict[Classification, int]:
    """How many variants stand in each class, for provenance and documentation."""
    counts = dict.fromkeys(Classification, 0)
    for curated in variants:
        counts[curated.classification] += 1
    return counts
