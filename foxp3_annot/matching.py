"""How close a variant comes to a curated one: the same allele, or only the same protein change, residue or site."""

import enum
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from foxp3_annot.annotation import Annotation, annotate
from foxp3_annot.assembly import build_of
from foxp3_annot.callset import StructuralAllele
from foxp3_annot.catalogue import Catalogue, CuratedStructure, CuratedVariant, classification_of
from foxp3_annot.consequence import Consequence
from foxp3_annot.gene import Gene, GeneModel
from foxp3_annot.pack.vocabulary import LesionType, Side
from foxp3_annot.reference import Reference
from foxp3_annot.structural import annotate_structural
from foxp3_annot.transcript import FeatureKind


class MatchLevel(enum.Enum):
    """From identity down to nothing. Only SAME_ALLELE is a match; the others are neighbours to look at."""

    SAME_ALLELE = "same_allele"
    SAME_PROTEIN_CHANGE = "same_protein_change"
    SAME_RESIDUE = "same_residue"
    SAME_SITE = "same_site"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Match:
    """The level reached and the curated variants that reach it: one for SAME_ALLELE, none for NONE.

    Below SAME_ALLELE only variants with a disease-side classification count.
    """

    level: MatchLevel
    curated: tuple[CuratedVariant, ...] = ()

    @property
    def same_allele(self) -> CuratedVariant | None:
        return self.curated[0] if self.level is MatchLevel.SAME_ALLELE else None


_NO_MATCH = Match(MatchLevel.NONE)


@dataclass(frozen=True)
class Matcher:
    """The catalogue, and for each level below identity the disease-side variants by what they share there.

    `disease` holds the disease-side variants, each described on one build.
    """

    catalogue: Catalogue
    neighbours: dict[MatchLevel, dict[str, tuple[CuratedVariant, ...]]]
    disease: tuple[tuple[CuratedVariant, Annotation], ...] = ()

    @classmethod
    def of(cls, catalogue: Catalogue, gene: Gene) -> "Matcher":
        assembly = next(iter(gene.models))
        found: dict[MatchLevel, dict[str, tuple[CuratedVariant, ...]]] = {level: {} for level in _SHARED}
        disease = []
        for curated in catalogue.variants:
            if curated.classification.side is Side.DISEASE:
                annotation = annotate(curated.alleles[assembly], gene)
                disease.append((curated, annotation))
                for level, shared in _SHARED.items():
                    for key in shared(annotation):
                        found[level][key] = (*found[level].get(key, ()), curated)
        return cls(catalogue, found, tuple(disease))

    def match(self, annotation: Annotation) -> Match:
        """The closest level at which curated variants are found."""
        same = self.catalogue.find(annotation.variant)
        if same:
            return Match(MatchLevel.SAME_ALLELE, (same,))
        for level, shared in _SHARED.items():
            keys = tuple(shared(annotation))
            if keys:
                close = {one.id: one for key in keys for one in self.neighbours[level].get(key, ())}
                if close:
                    return Match(level, tuple(close[id_] for id_ in sorted(close)))
        return _NO_MATCH


_TYPES = {LesionType.DELETION: "DEL", LesionType.DUPLICATION: "DUP", LesionType.INVERSION: "INV"}

LARGEST_UNCERTAINTY = 100
"""An end that may lie anywhere in a longer stretch than this does not tell one lesion from another."""


def same_lesion(structure: CuratedStructure, allele: StructuralAllele, reference: Reference) -> bool:
    """Whether a structural allele is a reported lesion, as far as the ends of both are known.

    Both ends must fit. An allele whose bases can be moved along the reference without changing it is tried at every
    place. A lesion of which neither end is certain is never recognised, nor by an allele with a very uncertain end.
    """
    inner = structure.inner[build_of(reference.assembly)]
    if inner is None or allele.kind != _TYPES.get(structure.type):
        return False
    outer = structure.outer[build_of(reference.assembly)]
    starts, ends = allele.start_range or (allele.start,) * 2, allele.end_range or (allele.end,) * 2
    if max(starts[1] - starts[0], ends[1] - ends[0]) > LARGEST_UNCERTAINTY:
        return False
    return any(
        starts[0] + moved <= inner[0]
        and starts[1] + moved >= outer[0]
        and ends[0] + moved <= outer[1]
        and ends[1] + moved >= inner[1]
        for moved in _moves(allele, reference)
    )


class LesionMatch(enum.Enum):
    """How close a large allele comes to a reported lesion. Only SAME_LESION is a match."""

    SAME_LESION = "same_lesion"
    SAME_EXON = "same_exon"
    NONE = "none"


def match_lesion(
    allele: StructuralAllele, structures: Iterable[CuratedStructure], model: GeneModel
) -> tuple[LesionMatch, tuple[CuratedStructure, ...]]:
    """The reported lesion that an allele is; failing that, those of its kind that take the same exon."""
    known = tuple(structures)
    same = next((one for one in known if same_lesion(one, allele, model.reference)), None)
    if same:
        return LesionMatch.SAME_LESION, (same,)
    exons = set(annotate_structural(allele, model).exons)
    alike = (one for one in known if _is_reported(one) and allele.kind == _TYPES.get(one.type))
    near = tuple(one for one in alike if exons & _exons(one, model))
    return (LesionMatch.SAME_EXON, near) if near else (LesionMatch.NONE, ())


def _is_reported(structure: CuratedStructure) -> bool:
    assertions = structure.said.assertions
    return bool(assertions) and classification_of(assertions).side is Side.DISEASE


def _exons(structure: CuratedStructure, model: GeneModel) -> set[int]:
    """The exons that a reported lesion takes for certain, whole or in part."""
    inner = structure.inner[model.assembly]
    if inner is None:
        return set()
    return set(annotate_structural(StructuralAllele(_TYPES[structure.type], *inner), model).exons)


def _moves(allele: StructuralAllele, reference: Reference) -> range:
    """By how many bases an allele can be moved and stay the same; not at all where it leaves the window."""
    window, (start, end) = reference.window, (allele.start, allele.end)
    if allele.type.startswith("INV") or start not in window or end not in window:
        return range(1)
    left = right = 0
    while start - left > window.start and _base(reference, start - left - 1) == _base(reference, end - left):
        left += 1
    while end + right < window.end and _base(reference, start + right) == _base(reference, end + right + 1):
        right += 1
    return range(-left, right + 1)


def _base(reference: Reference, position: int) -> str:
    return reference.fetch(position, position)


def _protein_change(annotation: Annotation) -> Iterator[str]:
    """The predicted protein change, where there is one."""
    if annotation.effect.protein_change and annotation.most_severe.changes_protein:
        yield annotation.hgvs_p


def _residue(annotation: Annotation) -> Iterator[str]:
    """The residue of a missense variant."""
    if annotation.most_severe is Consequence.MISSENSE and annotation.residues:
        yield "-".join(map(str, annotation.residues))


def _site(annotation: Annotation) -> Iterator[str]:
    """Landmarks touched, and the end of each intron destroyed."""
    for mark in annotation.landmarks:
        if mark.kind.is_vital:
            yield mark.name
    for end in (Consequence.SPLICE_DONOR, Consequence.SPLICE_ACCEPTOR):
        if end in annotation.consequences:
            for feature in annotation.features:
                if feature.kind is FeatureKind.INTRON:
                    yield f"{end.term} of {feature}"


_SHARED: dict[MatchLevel, Callable[[Annotation], Iterator[str]]] = {
    MatchLevel.SAME_PROTEIN_CHANGE: _protein_change,
    MatchLevel.SAME_RESIDUE: _residue,
    MatchLevel.SAME_SITE: _site,
}
