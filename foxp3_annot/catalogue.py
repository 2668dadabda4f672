"""The curated table: variants reported in FOXP3, who said what of each, and where it was published."""

import enum
import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeVar

from foxp3_annot.assembly import Assembly
from foxp3_annot.errors import OutOfWindowError, ResourceError
from foxp3_annot.gene import Gene, foxp3
from foxp3_annot.lift import lift
from foxp3_annot.resources import read_table, resource_root
from foxp3_annot.variant import Variant

TABLES = ("variants.tsv", "assertions.tsv", "citations.tsv")


class Side(enum.Enum):
    """Which way a classification speaks."""

    DISEASE = "disease"
    BENIGN = "benign"
    NEITHER = "neither"


class Classification(enum.Enum):
    """What a source says of a variant: the five ACMG/AMP tiers, ClinVar's conflict, and two words for
    publications that assign no tier. Reported by us, never invented."""

    PATHOGENIC = ("pathogenic", "pathogenic", Side.DISEASE)
    LIKELY_PATHOGENIC = ("likely_pathogenic", "likely pathogenic", Side.DISEASE)
    DISEASE_ASSOCIATED = ("disease_associated", "reported in IPEX, without an ACMG/AMP class", Side.DISEASE)
    CONFLICTING = ("conflicting", "conflicting classifications", Side.NEITHER)
    UNCERTAIN = ("uncertain", "uncertain significance", Side.NEITHER)
    LIKELY_BENIGN = ("likely_benign", "likely benign", Side.BENIGN)
    BENIGN = ("benign", "benign", Side.BENIGN)
    REFUTED = ("refuted", "refuted: once published as a mutation, later shown not to be one", Side.BENIGN)

    def __init__(self, code: str, label: str, side: Side) -> None:
        self.code = code
        self.label = label
        self.side = side


class Reading(enum.Enum):
    """What of a source was read."""

    FULL_TEXT = "full_text"
    ABSTRACT = "abstract"
    DATABASE = "database"
    CITATION_ONLY = "citation_only"
    IDENTIFIER_ONLY = "identifier_only"


@dataclass(frozen=True, slots=True)
class Citation:
    """Where something was published. `read` tells what of it the curators saw."""

    key: str
    pmid: str
    doi: str
    reference: str
    read: Reading
    url: str
    licence: str


@dataclass(frozen=True, slots=True)
class Assertion:
    """One statement of one source about one variant, in the curators' words except `stated_as`."""

    classification: Classification
    stated_as: str
    assigner: str
    review_status: str
    date: str
    citations: tuple[Citation, ...]
    read: Reading
    families: str
    phenotype: str
    function: str
    outcome: str


@dataclass(frozen=True, slots=True)
class CuratedVariant:
    """A reported variant with every statement about it.

    `alleles` holds its normal form on each build; they are lifts of each other except where the two
    references carry different alleles of one polymorphism (rs3761548).
    """

    id: str
    hgvs_c: str
    hgvs_p: str
    alleles: dict[Assembly, Variant]
    legacy_names: tuple[str, ...]
    rsid: str
    clinvar_vcv: str
    evidence_status: Reading
    remark: str
    assertions: tuple[Assertion, ...]

    @property
    def is_refuted(self) -> bool:
        return any(a.classification is Classification.REFUTED for a in self.assertions)

    @property
    def is_in_conflict(self) -> bool:
        """Whether the statements contradict each other; a refutation settles the matter."""
        if self.is_refuted:
            return False
        found = {a.classification for a in self.assertions}
        sides = {classification.side for classification in found}
        return Classification.CONFLICTING in found or len(sides) > 1

    @property
    def classification(self) -> Classification:
        """All statements in one word: refuted and conflicting first, else the strongest of the one side."""
        if self.is_refuted:
            return Classification.REFUTED
        if self.is_in_conflict:
            return Classification.CONFLICTING
        found = {a.classification for a in self.assertions}
        return next(classification for classification in Classification if classification in found)

    @property
    def name(self) -> str:
        return self.hgvs_c or self.alleles[Assembly.GRCH38].spdi()

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Every source cited, once, in order of key."""
        found = {citation.key: citation for a in self.assertions for citation in a.citations}
        return tuple(found[key] for key in sorted(found))


@dataclass(frozen=True)
class Catalogue:
    """All curated variants, found by allele and never by text. `digest` covers the three tables."""

    variants: tuple[CuratedVariant, ...]
    citations: dict[str, Citation]
    digest: str

    def __post_init__(self) -> None:
        by_allele = {allele: curated for curated in self.variants for allele in curated.alleles.values()}
        object.__setattr__(self, "_by_allele", by_allele)

    def find(self, variant: Variant) -> CuratedVariant | None:
        """The curated variant that is this allele, however either was written."""
        by_allele: dict[Variant, CuratedVariant] = self.__dict__["_by_allele"]
        return by_allele.get(variant)


@cache
def shipped_catalogue() -> Catalogue:
    """The curated table that comes with the program."""
    return load_catalogue(resource_root() / "knowledge", foxp3())


def load_catalogue(folder: Path, gene: Gene) -> Catalogue:
    """The catalogue from a folder in the form of `resources/knowledge`.

    Raises ResourceError naming file, row and value where a row is unsound: an unknown word, a reference
    base that is not there, alleles of the two builds that are not the same, an allele or id given twice,
    a citation that is not in the table, a variant without a statement.
    """
    citations = _citations(folder / "citations.tsv")
    assertions = _assertions(folder / "assertions.tsv", citations)
    variants = _variants(folder / "variants.tsv", assertions, gene)
    digest = hashlib.sha256(b"".join((folder / name).read_bytes() for name in TABLES)).hexdigest()
    return Catalogue(variants, citations, digest)


def _citations(path: Path) -> dict[str, Citation]:
    found: dict[str, Citation] = {}
    for row in read_table(path):
        where = f"{path}: citation '{row['key']}'"
        if row["key"] in found:
            raise ResourceError(f"{where} stands in two rows; keep one")
        found[row["key"]] = Citation(**row | {"read": _word(Reading, row["read"], where, "read")})  # type: ignore[arg-type]
    return found


def _assertions(path: Path, citations: dict[str, Citation]) -> dict[str, list[Assertion]]:
    found: dict[str, list[Assertion]] = defaultdict(list)
    classifications = {classification.code: classification for classification in Classification}
    for row in read_table(path):
        where = f"{path}: statement of '{row['assigner']}' on {row['variant_id']}"
        if row["classification"] not in classifications:
            raise ResourceError(
                f"{where}: classification '{row['classification']}' is not one of {', '.join(classifications)}"
            )
        keys = tuple(filter(None, row["citations"].split(";")))
        for key in keys:
            if key not in citations:
                raise ResourceError(f"{where}: cites '{key}', which is not in citations.tsv; add it there")
        found[row["variant_id"]].append(
            Assertion(
                classification=classifications[row["classification"]],
                stated_as=row["stated_as"],
                assigner=row["assigner"],
                review_status=row["review_status"],
                date=row["date"],
                citations=tuple(citations[key] for key in keys),
                read=_word(Reading, row["read"], where, "read"),
                families=row["families"],
                phenotype=row["phenotype"],
                function=row["function"],
                outcome=row["outcome"],
            )
        )
    return found


def _variants(path: Path, assertions: dict[str, list[Assertion]], gene: Gene) -> tuple[CuratedVariant, ...]:
    found: dict[str, CuratedVariant] = {}
    owners: dict[Variant, str] = {}
    for row in read_table(path):
        where = f"{path}: row {row['id']}"
        if row["id"] in found:
            raise ResourceError(f"{where} stands twice; every row needs an id of its own")
        if row["id"] not in assertions:
            raise ResourceError(f"{where} has no statement in assertions.tsv; add at least one")
        curated = _curated(row, assertions[row["id"]], gene, where)
        for allele in curated.alleles.values():
            if allele in owners:
                raise ResourceError(f"{where} is the same allele as row {owners[allele]}; merge the two")
            owners[allele] = row["id"]
        found[row["id"]] = curated
    unknown = sorted(set(assertions) - set(found))
    if unknown:
        raise ResourceError(f"{path.parent / 'assertions.tsv'}: {unknown[0]} is not an id of variants.tsv")
    return tuple(found.values())


def _curated(row: dict[str, str], assertions: list[Assertion], gene: Gene, where: str) -> CuratedVariant:
    alleles = {a: _allele(row[a.label.lower()], a, gene, where) for a in Assembly}
    one, two = alleles[Assembly.GRCH37], alleles[Assembly.GRCH38]
    on37, on38 = gene.on(Assembly.GRCH37).reference, gene.on(Assembly.GRCH38).reference
    lifted = lift(two, on38, on37, gene.block_map)
    swapped = lifted.is_reference and lift(one, on37, on38, gene.block_map).is_reference
    if lifted.variant != one and not swapped:
        raise ResourceError(f"{where}: grch37 {row['grch37']} and grch38 {row['grch38']} are not the same allele")
    return CuratedVariant(
        id=row["id"],
        hgvs_c=row["hgvs_c"],
        hgvs_p=row["hgvs_p"],
        alleles=alleles,
        legacy_names=tuple(filter(None, row["legacy_names"].split(";"))),
        rsid=row["rsid"],
        clinvar_vcv=row["clinvar_vcv"],
        evidence_status=_word(Reading, row["evidence_status"], where, "evidence_status"),
        remark=row["remark"],
        assertions=tuple(assertions),
    )


def _allele(text: str, assembly: Assembly, gene: Gene, where: str) -> Variant:
    try:
        position, ref, alt = text.split(":")
        if not (ref and alt) or set(ref + alt) - set("ACGT"):
            raise ValueError("ref and alt are bases in capital letters")
        return Variant.of(gene.on(assembly).reference, int(position), ref, alt)
    except (ValueError, OutOfWindowError) as error:
        raise ResourceError(
            f"{where}: '{text}' is not an allele of {assembly} ({error}); write position:ref:alt, plus strand"
        ) from error


_Word = TypeVar("_Word", bound=enum.Enum)


def _word(vocabulary: type[_Word], text: str, where: str, column: str) -> _Word:
    try:
        return vocabulary(text)
    except ValueError as error:
        words = ", ".join(str(member.value) for member in vocabulary)
        raise ResourceError(f"{where}: {column} '{text}' is not one of {words}") from error


def count_by_classification(variants: Iterable[CuratedVariant]) -> dict[Classification, int]:
    """How many variants stand in each class, for provenance and documentation."""
    counts = dict.fromkeys(Classification, 0)
    for curated in variants:
        counts[curated.classification] += 1
    return counts
