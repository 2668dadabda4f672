"""All that the criteria of one variant are judged from, and the form of an answer."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from foxp3_annot.acmg_rules import AcmgRules, Scope
from foxp3_annot.annotation import Annotation
from foxp3_annot.annotation_resource import AnnotationValues, Role
from foxp3_annot.assembly import build_of
from foxp3_annot.callset import StructuralAllele
from foxp3_annot.catalogue import CuratedVariant, RowsAbout
from foxp3_annot.consequence import Consequence
from foxp3_annot.criteria import Criterion, Strength
from foxp3_annot.evidence.model import Comparator, FamilyEvidence, Judged, Number, PhenotypeEvidence, State
from foxp3_annot.gene import Gene, GeneModel
from foxp3_annot.matching import Matcher
from foxp3_annot.structural import StructuralAnnotation
from foxp3_annot.transcript import Transcript


@dataclass(frozen=True, slots=True)
class Large:
    """A structural allele with what it takes of the gene on its build."""

    allele: StructuralAllele
    annotation: StructuralAnnotation
    model: GeneModel


@dataclass(frozen=True)
class Scene:
    """All that the criteria of one variant are judged from."""

    judges: Mapping[Criterion, Callable[["Scene"], Judged]]
    rules: AcmgRules
    gene: Gene
    matcher: Matcher
    family: FamilyEvidence
    phenotype: PhenotypeEvidence
    rows: RowsAbout
    small: Annotation | None = None
    curated: CuratedVariant | None = None
    resources: tuple[AnnotationValues, ...] = ()
    large: Large | None = None

    @property
    def annotation(self) -> Annotation:
        assert self.small is not None
        return self.small

    @property
    def transcript(self) -> Transcript:
        return self.gene.on(build_of(self.annotation.variant.assembly)).transcript

    def judged(self, criterion: Criterion) -> Judged:
        """What is thought of a criterion, thought once."""
        if criterion not in self._answers:
            self._answers[criterion] = self._judge(criterion)
        return self._answers[criterion]

    def _judge(self, criterion: Criterion) -> Judged:
        rule = self.rules[criterion]
        if rule.scope is Scope.NOT_USED:
            return self.other(criterion, State.NOT_APPLICABLE, f"Not used. {rule.sentence}")
        if criterion not in self.judges:
            return self.other(criterion, State.NOT_APPLICABLE, "Not judged for large variants.")
        return self.judges[criterion](self)

    @cached_property
    def _answers(self) -> dict[Criterion, Judged]:
        return {}

    def met(
        self,
        criterion: Criterion,
        strength: Strength,
        sentence: str,
        *numbers: tuple[str, Number],
        comparator: Comparator | None = None,
        sources: Iterable[str] = (),
    ) -> Judged:
        points = self.rules.scale.points_of(criterion.direction, strength)
        keys = tuple(dict.fromkeys((*self.rules[criterion].sources, *sources)))
        return Judged(criterion, State.MET, sentence, strength, points, numbers, comparator, keys)

    def other(
        self,
        criterion: Criterion,
        state: State,
        sentence: str,
        *numbers: tuple[str, Number],
        comparator: Comparator | None = None,
        sources: Iterable[str] = (),
    ) -> Judged:
        keys = tuple(dict.fromkeys((*self.rules[criterion].sources, *sources)))
        return Judged(criterion, state, sentence, numbers=numbers, comparator=comparator, sources=keys)


_SPLICING = {
    Consequence.SPLICE_ACCEPTOR,
    Consequence.SPLICE_DONOR,
    Consequence.SPLICE_REGION,
    Consequence.SPLICE_DONOR_5TH_BASE,
    Consequence.SPLICE_DONOR_REGION,
}


def near_splice_site(annotation: Annotation) -> bool:
    return not _SPLICING.isdisjoint(annotation.consequences)


def numbers_of(said: AnnotationValues, role: Role) -> list[float]:
    """All values of a resource with a role, of all records."""
    kinds = [kind for kind in said.resource.kinds if kind.role is role]
    return [float(value) for kind in kinds for value in said.distinct(kind) if not isinstance(value, str)]
