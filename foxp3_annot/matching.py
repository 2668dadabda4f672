"""How close a variant comes to a curated one: the same allele, or only the same protein change, residue or site."""

import enum
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from foxp3_annot.annotation import Annotation, annotate
from foxp3_annot.catalogue import Catalogue, CuratedVariant
from foxp3_annot.consequence import Consequence
from foxp3_annot.gene import Gene
from foxp3_annot.pack.vocabulary import Side
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
    """The catalogue, and for each level below identity the disease-side variants by what they share there."""

    catalogue: Catalogue
    neighbours: dict[MatchLevel, dict[str, tuple[CuratedVariant, ...]]]

    @classmethod
    def of(cls, catalogue: Catalogue, gene: Gene) -> "Matcher":
        assembly = next(iter(gene.models))
        found: dict[MatchLevel, dict[str, tuple[CuratedVariant, ...]]] = {level: {} for level in _SHARED}
        for curated in catalogue.variants:
            if curated.classification.side is Side.DISEASE:
                annotation = annotate(curated.alleles[assembly], gene)
                for level, shared in _SHARED.items():
                    for key in shared(annotation):
                        found[level][key] = (*found[level].get(key, ()), curated)
        return cls(catalogue, found)

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
