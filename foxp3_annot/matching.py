"""How close a variant comes to a curated one: the same allele, or only the same protein change, residue or site."""

import enum
from dataclasses import dataclass

from foxp3_annot.annotation import Annotation, annotate
from foxp3_annot.catalogue import Catalogue, CuratedVariant, Side
from foxp3_annot.consequence import Consequence
from foxp3_annot.gene import Gene
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


@dataclass(frozen=True)
class Matcher:
    """The catalogue beside the annotations of its disease-side variants, on one build."""

    catalogue: Catalogue
    disease: tuple[tuple[CuratedVariant, Annotation], ...]

    @classmethod
    def of(cls, catalogue: Catalogue, gene: Gene) -> "Matcher":
        assembly = next(iter(gene.models))
        disease = (c for c in catalogue.variants if c.classification.side is Side.DISEASE)
        return cls(catalogue, tuple((c, annotate(c.alleles[assembly], gene)) for c in disease))

    def match(self, annotation: Annotation) -> Match:
        """The closest level at which curated variants are found."""
        same = self.catalogue.find(annotation.variant)
        if same:
            return Match(MatchLevel.SAME_ALLELE, (same,))
        for level, is_close in _LEVELS:
            close = tuple(curated for curated, theirs in self.disease if is_close(annotation, theirs))
            if close:
                return Match(level, close)
        return Match(MatchLevel.NONE)


def _same_protein_change(one: Annotation, two: Annotation) -> bool:
    change = one.effect.protein_change
    return change is not None and one.most_severe.changes_protein and one.hgvs_p == two.hgvs_p


def _same_residue(one: Annotation, two: Annotation) -> bool:
    both_missense = one.most_severe is two.most_severe is Consequence.MISSENSE
    return both_missense and one.residues == two.residues


def _same_site(one: Annotation, two: Annotation) -> bool:
    """The same landmark, or the same end of the same intron destroyed."""
    if set(one.landmarks) and {mark.name for mark in one.landmarks} & {mark.name for mark in two.landmarks}:
        return True
    splice = {Consequence.SPLICE_ACCEPTOR, Consequence.SPLICE_DONOR}
    introns = [{f.gene_number for f in a.features if f.kind is FeatureKind.INTRON} for a in (one, two)]
    return bool(set(one.consequences) & set(two.consequences) & splice and introns[0] & introns[1])


_LEVELS = (
    (MatchLevel.SAME_PROTEIN_CHANGE, _same_protein_change),
    (MatchLevel.SAME_RESIDUE, _same_residue),
    (MatchLevel.SAME_SITE, _same_site),
)
