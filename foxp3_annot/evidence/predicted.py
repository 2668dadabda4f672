"""PP3, BP4 and BP7: what predictors say."""

from collections.abc import Iterable, Iterator, Mapping

from foxp3_annot.annotation_resource import Role
from foxp3_annot.consequence import Consequence
from foxp3_annot.criteria import Criterion, Strength
from foxp3_annot.effect import distance_to_exon
from foxp3_annot.evidence.model import Judged, Number, State
from foxp3_annot.evidence.reported import keys_of
from foxp3_annot.evidence.scene import Scene, near_splice_site, numbers_of
from foxp3_annot.pack.vocabulary import Direction


def _scores(scene: Scene, role: Role) -> list[float]:
    return [value for said in scene.resources for value in numbers_of(said, role)]


def _reached(limits: Mapping[Strength, float], score: float, *, above: bool) -> Strength | None:
    return next((one for one, limit in limits.items() if (score >= limit if above else score <= limit)), None)


_NO_PREDICTOR = "No resource with the role revel or spliceai speaks of it."


def pp3(scene: Scene) -> Judged:
    if scene.judged(Criterion.PVS1).is_met:
        return scene.other(Criterion.PP3, State.NOT_APPLICABLE, "PVS1 counts already.")
    rule = scene.rules[Criterion.PP3]
    found: list[tuple[Strength, str, tuple[str, Number]]] = []
    told: list[tuple[str, Number]] = []
    for role, score in _predictions(scene, highest_spliceai=True):
        told.append((role.code, score))
        strength = _reached(rule.limits(role.code), score, above=True)
        if strength:
            found.append((strength, f"{_TITLES[role]} is {score}.", (role.code, score)))
    if found:
        strength, sentence, _ = max(found, key=lambda one: one[0].rank)
        return scene.met(Criterion.PP3, strength, sentence, *told)
    if told:
        return scene.other(Criterion.PP3, State.NOT_MET, f"{_shown(told)}: below the limits.", *told)
    return scene.other(Criterion.PP3, State.NOT_TOLD, _NO_PREDICTOR)


_TITLES = {Role.REVEL: "REVEL", Role.SPLICEAI: "the highest score of SpliceAI"}


def _shown(told: Iterable[tuple[str, Number]]) -> str:
    titles = {role.code: title for role, title in _TITLES.items()}
    text = ", ".join(f"{titles[code]} is {score}" for code, score in told)
    return text[:1].upper() + text[1:]


def _predictions(scene: Scene, *, highest_spliceai: bool) -> Iterator[tuple[Role, float]]:
    """The score of each predictor that is asked for this kind of variant; of several of REVEL, the lowest for damage
    and the highest for harmlessness, so that none decides against another."""
    if scene.annotation.most_severe is Consequence.MISSENSE:
        revel = _scores(scene, Role.REVEL)
        if revel:
            yield Role.REVEL, min(revel) if highest_spliceai else max(revel)
    spliceai = _scores(scene, Role.SPLICEAI)
    if spliceai:
        yield Role.SPLICEAI, max(spliceai)


def bp4(scene: Scene) -> Judged:
    if scene.judged(Criterion.PVS1).state is not State.NOT_APPLICABLE:
        return scene.other(Criterion.BP4, State.NOT_APPLICABLE, "It is judged by PVS1.")
    rule = scene.rules[Criterion.BP4]
    told = list(_predictions(scene, highest_spliceai=False))
    numbers: list[tuple[str, Number]] = [(role.code, score) for role, score in told]
    reached = {role: _reached(rule.limits(role.code), score, above=False) for role, score in told}
    missense = scene.annotation.most_severe is Consequence.MISSENSE
    if missense and Role.REVEL not in reached:
        return scene.other(Criterion.BP4, State.NOT_TOLD, "No resource with the role revel speaks of it.", *numbers)
    if not told:
        return scene.other(Criterion.BP4, State.NOT_TOLD, _NO_PREDICTOR)
    strength = reached[Role.REVEL if missense else Role.SPLICEAI]
    if strength is None or None in reached.values():
        return scene.other(Criterion.BP4, State.NOT_MET, f"{_shown(numbers)}: above a limit.", *numbers)
    return scene.met(Criterion.BP4, strength, f"{_shown(numbers)}.", *numbers)


_SILENT = {
    Consequence.SYNONYMOUS,
    Consequence.STOP_RETAINED,
    Consequence.INTRON,
    Consequence.SPLICE_REGION,
    Consequence.SPLICE_POLYPYRIMIDINE_TRACT,
}


def bp7(scene: Scene) -> Judged:
    annotation, rule = scene.annotation, scene.rules[Criterion.BP7]
    terms = set(annotation.consequences)
    if not terms <= _SILENT:
        return scene.other(Criterion.BP7, State.NOT_APPLICABLE, "It is neither silent nor within an intron.")
    rna = [row for row in scene.rows.functional if scene.rules.assay_kind(row.assay) == "rna"]
    if rna and all(row.direction is Direction.NORMAL for row in rna):
        return scene.met(
            Criterion.BP7,
            rule.strength("observed_rna"),
            f"RNA of people with it is spliced normally: {rna[0].result}.",
            sources=keys_of(rna),
        )
    distance = distance_to_exon(scene.transcript, scene.transcript.edit_of(annotation.variant))
    if distance and (distance[0] < rule.numbers["from_donor"] or distance[1] < rule.numbers["from_acceptor"]):
        sentence = f"It lies {min(distance)} bases from an exon, too near for it."
        return scene.other(Criterion.BP7, State.NOT_MET, sentence, ("bases_from_exon", min(distance)))
    if near_splice_site(annotation) or any(mark.kind.is_vital for mark in annotation.landmarks):
        return scene.other(Criterion.BP7, State.NOT_MET, "It lies in a splice region or a vital landmark.")
    told = _scores(scene, Role.SPLICEAI)
    if not told:
        return scene.other(Criterion.BP7, State.NOT_TOLD, "No resource with the role spliceai speaks of it.")
    limit = scene.rules[Criterion.BP4].limits("spliceai")[Strength.SUPPORTING]
    number = ("spliceai", max(told))
    if max(told) > limit:
        return scene.other(Criterion.BP7, State.NOT_MET, f"SpliceAI is {max(told)}, above {limit}.", number)
    return scene.met(
        Criterion.BP7, rule.strength("strength"), f"It changes no residue, and SpliceAI is {max(told)}.", number
    )
