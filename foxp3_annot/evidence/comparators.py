"""PS1 and PM5: missense variants of the same residue, and which of them may serve."""

from collections.abc import Iterator

from foxp3_annot.annotation import Annotation
from foxp3_annot.catalogue import CuratedVariant
from foxp3_annot.consequence import Consequence
from foxp3_annot.criteria import Criterion
from foxp3_annot.evidence.model import Comparator, Judged, State
from foxp3_annot.evidence.scene import Scene, near_splice_site
from foxp3_annot.pack.vocabulary import Classification


def _missense_residue(annotation: Annotation) -> int | None:
    """The residue that a missense variant changes; None for other variants, and where it changes several."""
    change = annotation.effect.protein_change
    if annotation.most_severe is not Consequence.MISSENSE or change is None or change.first != change.last:
        return None
    return change.first


def _comparator(curated: CuratedVariant, annotation: Annotation) -> Comparator:
    return Comparator(curated.id, curated.name, annotation.hgvs_p, annotation.most_severe.term, curated.classification)


def _others_at(scene: Scene, residue: int) -> Iterator[Comparator]:
    """Missense variants of the disease side at a residue, the variant itself and splice regions left out."""
    for curated, annotation in scene.matcher.disease:
        if scene.annotation.variant in curated.alleles.values():
            continue
        if _missense_residue(annotation) == residue and not near_splice_site(annotation):
            yield _comparator(curated, annotation)


def established(scene: Scene, first: int, last: int, *, missense: bool) -> Comparator | None:
    """A variant called pathogenic, failing that likely pathogenic, whose first residue lies in a stretch."""
    found = []
    for curated, annotation in scene.matcher.disease:
        if scene.annotation.variant in curated.alleles.values():
            continue
        change = annotation.effect.protein_change
        if change is None or not first <= change.first <= last or near_splice_site(annotation):
            continue
        if missense and _missense_residue(annotation) is None:
            continue
        found.append(_comparator(curated, annotation))
    for classification in (Classification.PATHOGENIC, Classification.LIKELY_PATHOGENIC):
        for one in found:
            if one.classification is classification:
                return one
    return None


def named(one: Comparator) -> str:
    return f"{one.name} {one.hgvs_p} ({one.consequence.replace('_', ' ')}, {one.classification.label}, {one.id})"


def _by_comparator(scene: Scene, criterion: Criterion, *, same_change: bool) -> Judged:
    """PS1 where the change of the residue is the same, PM5 where it is another one."""
    residue = _missense_residue(scene.annotation)
    if residue is None:
        return scene.other(criterion, State.NOT_APPLICABLE, "It is no missense variant of a single residue.")
    if near_splice_site(scene.annotation):
        return scene.other(
            criterion, State.NOT_APPLICABLE, "It lies in a splice region and may act through splicing, not the residue."
        )
    name = scene.annotation.hgvs_p
    found = [one for one in _others_at(scene, residue) if (one.hgvs_p == name) is same_change]
    strengths = scene.rules[criterion].comparator_strengths()
    what = "the same change of residue" if same_change else "another change of residue"
    for classification, strength in strengths.items():
        for one in found:
            if one.classification is classification:
                sentence = f"{named(one)} is {what} {residue}."
                return scene.met(criterion, strength, sentence, ("residue", residue), comparator=one)
    if found:
        all_found = "; ".join(map(named, found))
        sentence = f"At residue {residue} only {all_found}: no class is assigned there that a comparator needs."
        return scene.other(criterion, State.NOT_MET, sentence, ("residue", residue))
    return scene.other(
        criterion,
        State.NOT_MET,
        f"The table holds no other missense variant reported in IPEX with {what} {residue}.",
        ("residue", residue),
    )


def ps1(scene: Scene) -> Judged:
    return _by_comparator(scene, Criterion.PS1, same_change=True)


def pm5(scene: Scene) -> Judged:
    if scene.judged(Criterion.PS1).is_met:
        return scene.other(Criterion.PM5, State.NOT_APPLICABLE, "PS1 counts already for this residue.")
    return _by_comparator(scene, Criterion.PM5, same_change=False)
