"""Evidence on one variant, weighed by the rules: each criterion met, not met, or without an answer, and why."""

from collections.abc import Callable, Sequence

from foxp3_annot.acmg_rules import AcmgRules, acmg_rules
from foxp3_annot.annotation import Annotation
from foxp3_annot.annotation_resource import AnnotationValues
from foxp3_annot.callset import StructuralAllele
from foxp3_annot.catalogue import Assertion, CuratedStructure, RowsAbout, classification_of
from foxp3_annot.criteria import AcmgClass, Criterion
from foxp3_annot.evidence.comparators import pm5, ps1
from foxp3_annot.evidence.loss import pvs1, pvs1_of_structure
from foxp3_annot.evidence.model import (
    NO_FAMILY,
    NO_PHENOTYPE,
    ClassChange,
    Comparator,
    DeNovo,
    FamilyEvidence,
    Judged,
    PhenotypeEvidence,
    PublishedClass,
    State,
    Weighing,
)
from foxp3_annot.evidence.people import ba1, bs1, bs2, pm2
from foxp3_annot.evidence.person import bp5, bs4, pm6, pp1, pp4, ps2
from foxp3_annot.evidence.place import bp3, pm1, pm4
from foxp3_annot.evidence.predicted import bp4, bp7, pp3
from foxp3_annot.evidence.reported import bs3, ps3, ps4
from foxp3_annot.evidence.scene import Large, Scene
from foxp3_annot.gene import Gene, GeneModel
from foxp3_annot.matching import Match, Matcher
from foxp3_annot.structural import StructuralAnnotation

__all__ = [
    "NO_FAMILY",
    "NO_PHENOTYPE",
    "ClassChange",
    "Comparator",
    "DeNovo",
    "FamilyEvidence",
    "Judged",
    "PhenotypeEvidence",
    "PublishedClass",
    "State",
    "Weighing",
    "weigh",
    "weigh_structural",
    "what_would_change",
]


def weigh(
    annotation: Annotation,
    match: Match,
    resources: Sequence[AnnotationValues],
    gene: Gene,
    matcher: Matcher,
    family: FamilyEvidence = NO_FAMILY,
    phenotype: PhenotypeEvidence = NO_PHENOTYPE,
    rules: AcmgRules | None = None,
) -> Weighing:
    """Weigh a small variant: what it does, what the tables and the user's resources say of it, and the person."""
    curated = match.same_allele
    rows = RowsAbout(curated.assertions, curated.functional, curated.cases) if curated else _NO_ROWS
    said = tuple(resources)
    rules = rules or acmg_rules()
    scene = Scene(_OF_VARIANT, rules, gene, matcher, family, phenotype, rows, annotation, curated, said)
    return _weighed(scene)


def weigh_structural(
    allele: StructuralAllele,
    annotation: StructuralAnnotation,
    curated: CuratedStructure | None,
    model: GeneModel,
    gene: Gene,
    matcher: Matcher,
    family: FamilyEvidence = NO_FAMILY,
    phenotype: PhenotypeEvidence = NO_PHENOTYPE,
    rules: AcmgRules | None = None,
) -> Weighing:
    """Weigh a large allele: which exons it takes, and what the tables say of the lesion that it is."""
    rows = curated.said if curated else _NO_ROWS
    large = Large(allele, annotation, model)
    scene = Scene(_OF_STRUCTURE, rules or acmg_rules(), gene, matcher, family, phenotype, rows, large=large)
    return _weighed(scene)


_NO_ROWS = RowsAbout((), (), ())


def _weighed(scene: Scene) -> Weighing:
    criteria = tuple(scene.judged(criterion) for criterion in Criterion)
    points, cls = scene.rules.scale.weighed((one.criterion, one.strength) for one in criteria if one.strength)
    published = tuple(map(_published, scene.rows.assertions))
    comparison = _comparison(scene.rows.assertions, cls, points)
    return Weighing(criteria, points, cls, published, comparison, what_would_change(criteria, scene.rules))


_ANSWERED = (Criterion.PM2, Criterion.PP3, Criterion.BP4)
"""Criteria that data at hand answer, so that no further fact is to be expected where they are not met."""

_OPPOSITE = {
    Criterion.PS3: (Criterion.BS3,),
    Criterion.BS3: (Criterion.PS3,),
    Criterion.PP3: (Criterion.BP4,),
    Criterion.BP4: (Criterion.PP3, Criterion.PVS1),
    Criterion.PP1: (Criterion.BS4,),
    Criterion.BS4: (Criterion.PP1,),
    Criterion.PM6: (Criterion.PS2,),
    Criterion.PP4: (Criterion.BP5,),
    Criterion.BP5: (Criterion.PP4,),
    Criterion.PM2: (Criterion.BA1, Criterion.BS1, Criterion.BS2),
}
"""Criteria that are not asked for where another one counts, since both cannot be true."""


def what_would_change(criteria: Sequence[Judged], rules: AcmgRules) -> tuple[ClassChange, ...]:
    """Each single fact that would give another class, with the least strength at which it would.

    The points of its criterion are added, or put in the place of those with which it counts already.
    """
    state = {one.criterion: one for one in criteria}
    met = [(one.criterion, one.strength) for one in criteria if one.strength]
    _, now = rules.scale.weighed(met)
    found = []
    for rule in rules.rules.values():
        one = state[rule.criterion]
        if one.state is State.NOT_APPLICABLE or (one.state is State.NOT_MET and rule.criterion in _ANSWERED):
            continue
        if any(state[other].is_met for other in _OPPOSITE.get(rule.criterion, ())):
            continue
        rest = [(criterion, strength) for criterion, strength in met if criterion is not rule.criterion]
        for strength in rule.could_be:
            if one.strength and strength.rank <= one.strength.rank:
                continue
            points, cls = rules.scale.weighed([*rest, (rule.criterion, strength)])
            if cls is not now:
                fact = rule.fact.format(n=rule.numbers.get(strength.code, ""))
                sentence = (
                    f"If {fact} ({rule.criterion.name}, {strength.label}), the class would be {cls.label} "
                    f"({points} points)."
                )
                found.append(ClassChange(rule.criterion, strength, points, cls, sentence))
                break
    return tuple(found)


def _published(said: Assertion) -> PublishedClass:
    keys = tuple(citation.key for citation in said.citations)
    return PublishedClass(said.classification, said.assigner, said.stated_as, said.date, keys)


def _comparison(assertions: Sequence[Assertion], cls: AcmgClass, points: int) -> str:
    """How the class stands to what sources say; neither replaces the other."""
    if not assertions:
        return "No source that was read gives a class."
    said = classification_of(assertions)
    ours = f"{cls.label} ({_points(points)})"
    if said.code == cls.code:
        return f"The sources say {said.label}, as do the rules: {ours}."
    tiers = {one.code for one in AcmgClass}
    which = "That differs" if said.code in tiers else "The two are not the same kind of statement"
    return (
        f"The sources say {said.label}; from the facts at hand the rules give {ours}. {which}; neither replaces the "
        "other, and the sources may have had facts that are not in the tables."
    )


def _points(points: int) -> str:
    return f"{points} point{'s' * (abs(points) != 1)}"


_OF_STRUCTURE: dict[Criterion, Callable[[Scene], Judged]] = {
    Criterion.PVS1: pvs1_of_structure,
    Criterion.PS2: ps2,
    Criterion.PS3: ps3,
    Criterion.PS4: ps4,
    Criterion.PM6: pm6,
    Criterion.PP1: pp1,
    Criterion.PP4: pp4,
    Criterion.BS3: bs3,
    Criterion.BS4: bs4,
    Criterion.BP5: bp5,
}

_OF_VARIANT: dict[Criterion, Callable[[Scene], Judged]] = _OF_STRUCTURE | {
    Criterion.PVS1: pvs1,
    Criterion.PS1: ps1,
    Criterion.PM1: pm1,
    Criterion.PM2: pm2,
    Criterion.PM4: pm4,
    Criterion.PM5: pm5,
    Criterion.PP3: pp3,
    Criterion.BA1: ba1,
    Criterion.BS1: bs1,
    Criterion.BS2: bs2,
    Criterion.BP3: bp3,
    Criterion.BP4: bp4,
    Criterion.BP7: bp7,
}
