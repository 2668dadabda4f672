"""PM1, PM4 and BP3: where in the protein a change lies, and whether its length changes."""

from foxp3_annot.annotation import Annotation
from foxp3_annot.consequence import Consequence
from foxp3_annot.criteria import Criterion, Direction
from foxp3_annot.evidence.model import Judged, State
from foxp3_annot.evidence.scene import Scene

_LENGTH = {Consequence.INFRAME_DELETION, Consequence.INFRAME_INSERTION, Consequence.PROTEIN_ALTERING}


def _is_in_frame(annotation: Annotation) -> bool:
    return annotation.most_severe in _LENGTH and annotation.residues is not None


def pm1(scene: Scene) -> Judged:
    annotation, residues = scene.annotation, scene.annotation.residues
    kind = "missense" if annotation.most_severe is Consequence.MISSENSE else "in_frame"
    if residues is None or not (annotation.most_severe is Consequence.MISSENSE or _is_in_frame(annotation)):
        return scene.other(Criterion.PM1, State.NOT_APPLICABLE, "It is neither missense nor an in-frame change.")
    for region in scene.rules.regions:
        if kind in region.kinds and residues[0] <= region.last and residues[1] >= region.first:
            place = f"It lies in the {region.name} (residues {region.first} to {region.last})"
            points = scene.rules.scale.points_of(Direction.PATHOGENIC, region.strength)
            if scene.judged(Criterion.PP3).points + points > scene.rules[Criterion.PM1].numbers["greatest_with_PP3"]:
                return scene.other(
                    Criterion.PM1,
                    State.NOT_MET,
                    f"{place}, but PP3 counts strong, and both together may count no more.",
                    ("residue", residues[0]),
                    sources=region.sources,
                )
            return scene.met(
                Criterion.PM1, region.strength, f"{place}.", ("residue", residues[0]), sources=region.sources
            )
    return scene.other(
        Criterion.PM1,
        State.NOT_MET,
        "It lies outside the regions in which disease variants cluster.",
        ("residue", residues[0]),
    )


def _repeats(scene: Scene) -> int:
    """How often the residues that are lost or doubled stand in a row; 1 where they stand once."""
    change = scene.annotation.effect.protein_change
    if change is None or not change.description.endswith(("del", "dup")):
        return 1
    protein = scene.transcript.protein
    unit = protein[change.first - 1 : change.last]
    first, last = change.first - 1, change.last
    while protein[:first].endswith(unit):
        first -= len(unit)
    while protein[last:].startswith(unit):
        last += len(unit)
    return (last - first) // len(unit)


def pm4(scene: Scene) -> Judged:
    annotation, rule = scene.annotation, scene.rules[Criterion.PM4]
    if scene.judged(Criterion.PVS1).is_met:
        return scene.other(Criterion.PM4, State.NOT_APPLICABLE, "PVS1 counts already.")
    if annotation.most_severe is Consequence.STOP_LOST:
        return scene.met(Criterion.PM4, rule.strength("several"), "The stop codon is lost and the protein extended.")
    if not _is_in_frame(annotation) or annotation.residues is None:
        return scene.other(Criterion.PM4, State.NOT_APPLICABLE, "The length of the protein does not change in frame.")
    copies = _repeats(scene)
    if copies >= rule.numbers["repeat_copies"]:
        return scene.other(
            Criterion.PM4, State.NOT_MET, f"The residues stand {copies} times in a row.", ("repeat_copies", copies)
        )
    edit = annotation.variant
    residues = max(abs(edit.length_change) // 3, 1)
    return scene.met(
        Criterion.PM4,
        rule.strength("single" if residues == 1 else "several"),
        f"The protein becomes {residues} residue{'s' * (residues > 1)} "
        f"{'shorter' if edit.length_change < 0 else 'longer'}, outside a repeat.",
        ("residues", residues),
    )


def bp3(scene: Scene) -> Judged:
    if not _is_in_frame(scene.annotation):
        return scene.other(Criterion.BP3, State.NOT_APPLICABLE, "The length of the protein does not change in frame.")
    copies = _repeats(scene)
    if copies < scene.rules[Criterion.PM4].numbers["repeat_copies"]:
        return scene.other(
            Criterion.BP3, State.NOT_MET, "The residues are no part of a repeat.", ("repeat_copies", copies)
        )
    if scene.judged(Criterion.PM1).is_met:
        return scene.other(Criterion.BP3, State.NOT_MET, "It lies in a region of PM1.", ("repeat_copies", copies))
    return scene.met(
        Criterion.BP3,
        scene.rules[Criterion.BP3].strength("strength"),
        f"The residues stand {copies} times in a row, in a region without a known function of the repeat.",
        ("repeat_copies", copies),
    )
