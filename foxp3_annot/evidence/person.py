"""PS2, PM6, PP1, BS4, PP4 and BP5: what person and family show."""

from foxp3_annot.criteria import Criterion
from foxp3_annot.evidence.model import DeNovo, Judged, State
from foxp3_annot.evidence.scene import Scene


def _new_in_child(scene: Scene, criterion: Criterion, told: DeNovo) -> Judged:
    state = scene.family.de_novo
    if state is DeNovo.NOT_TOLD:
        return scene.other(criterion, State.NOT_TOLD, "Whether it is new in the child was not told.")
    if state is not told:
        said = {DeNovo.INHERITED: "It was inherited", DeNovo.ASSUMED: "That it is new is not confirmed"}
        return scene.other(criterion, State.NOT_MET, f"{said.get(state, 'PS2 counts instead')}.")
    specific = scene.phenotype.is_specific is True and not scene.phenotype.of_carrier
    how = "with parentage confirmed" if told is DeNovo.CONFIRMED else "with parentage assumed"
    fits = "points to FOXP3" if specific else "is at most consistent with FOXP3"
    strength = scene.rules[criterion].strength("specific" if specific else "consistent")
    return scene.met(criterion, strength, f"It is new in the child, {how}; the phenotype told {fits}.")


def ps2(scene: Scene) -> Judged:
    return _new_in_child(scene, Criterion.PS2, DeNovo.CONFIRMED)


def pm6(scene: Scene) -> Judged:
    return _new_in_child(scene, Criterion.PM6, DeNovo.ASSUMED)


def pp1(scene: Scene) -> Judged:
    meioses = scene.family.meioses
    if meioses is None:
        return scene.other(Criterion.PP1, State.NOT_TOLD, "Whether it goes with the disease in a family was not told.")
    if scene.family.against:
        return scene.other(Criterion.PP1, State.NOT_MET, "A member of the family contradicts it; see BS4.")
    limits = scene.rules[Criterion.PP1].limits()
    strength = next((one for one, least in limits.items() if meioses >= least), None)
    sentence = f"It goes with the disease through {meioses} informative meioses."
    if strength is None:
        return scene.other(Criterion.PP1, State.NOT_MET, sentence, ("meioses", meioses))
    return scene.met(Criterion.PP1, strength, sentence, ("meioses", meioses))


def bs4(scene: Scene) -> Judged:
    against = scene.family.against
    if against is None:
        return scene.other(Criterion.BS4, State.NOT_TOLD, "Whether a member of the family contradicts it was not told.")
    if not against:
        return scene.other(Criterion.BS4, State.NOT_MET, "No member of the family contradicts it.", ("against", 0))
    members = "1 member" if against == 1 else f"{against} members"
    return scene.met(
        Criterion.BS4,
        scene.rules[Criterion.BS4].strength("strength"),
        f"{members} of the family contradict{'s' * (against == 1)} that it causes the disease.",
        ("against", against),
    )


def pp4(scene: Scene) -> Judged:
    told = scene.phenotype
    if told.is_specific is None:
        return scene.other(Criterion.PP4, State.NOT_TOLD, "Whether the phenotype is that of IPEX was not told.")
    if told.of_carrier:
        why = "Another copy of the gene is without it: the signs of a carrier are not read as IPEX."
        return scene.other(Criterion.PP4, State.NOT_APPLICABLE, why)
    terms = f" ({', '.join(told.terms)})" if told.terms else ""
    if not told.is_specific:
        return scene.other(Criterion.PP4, State.NOT_MET, f"The phenotype told is not specific for IPEX{terms}.")
    if told.other_cause or not told.others_excluded:
        why = "another cause is told" if told.other_cause else "that other causes are excluded was not told"
        return scene.other(Criterion.PP4, State.NOT_MET, f"The phenotype is that of IPEX{terms}, but {why}.")
    return scene.met(
        Criterion.PP4,
        scene.rules[Criterion.PP4].strength("strength"),
        f"The phenotype is that of IPEX{terms}, and other causes are excluded.",
    )


def bp5(scene: Scene) -> Judged:
    cause = scene.phenotype.other_cause
    if not cause:
        return scene.other(Criterion.BP5, State.NOT_TOLD, "No other cause of the disease was told.")
    return scene.met(
        Criterion.BP5,
        scene.rules[Criterion.BP5].strength("strength"),
        f"Another cause is told: {cause}. It does not exclude this one.",
    )
