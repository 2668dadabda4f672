"""PS3, BS3 and PS4: experiments and patients of the tables."""

from collections.abc import Iterable, Sequence

from foxp3_annot.catalogue import FunctionalResult, classification_of
from foxp3_annot.criteria import Criterion
from foxp3_annot.evidence.model import Judged, State
from foxp3_annot.evidence.people import figures
from foxp3_annot.evidence.scene import Scene
from foxp3_annot.pack.vocabulary import Classification, Direction, Side

_ABNORMAL = (Direction.ABSENT, Direction.REDUCED, Direction.ALTERED)


def _experiments(scene: Scene) -> tuple[list[FunctionalResult], list[FunctionalResult]]:
    """Rows on function that find it changed, and those that find it normal; those on the mechanism decide alone."""
    by_kind: dict[str, list[FunctionalResult]] = {}
    for row in scene.rows.functional:
        by_kind.setdefault(scene.rules.assay_kind(row.assay), []).append(row)
    mechanism, function = by_kind.get("mechanism", []), by_kind.get("function", [])
    changed = [row for row in (mechanism or function) if row.direction in _ABNORMAL]
    normal = [row for row in (mechanism or function) if row.direction is Direction.NORMAL]
    unclear = [row for row in (mechanism or function) if row.direction is Direction.CONTRADICTORY]
    return [*changed, *unclear], [*normal, *unclear]


def keys_of(rows: Iterable[FunctionalResult]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(citation.key for row in rows for citation in row.citations))


def _assays(rows: Iterable[FunctionalResult]) -> str:
    return "; ".join(dict.fromkeys(f"{row.assay}: {row.direction.label}" for row in rows))


def _no_experiment(scene: Scene, criterion: Criterion) -> Judged:
    if scene.rows.functional:
        return scene.other(
            criterion,
            State.NOT_TOLD,
            f"The experiments in the table are none on function: {_assays(scene.rows.functional)}.",
            sources=keys_of(scene.rows.functional),
        )
    return scene.other(criterion, State.NOT_TOLD, "No experiment on it is in the table.")


def _mixed(scene: Scene, criterion: Criterion, rows: Sequence[FunctionalResult]) -> Judged:
    return scene.other(
        criterion, State.NOT_MET, f"The experiments point both ways: {_assays(rows)}.", sources=keys_of(rows)
    )


def ps3(scene: Scene) -> Judged:
    changed, normal = _experiments(scene)
    if not changed and not normal:
        return _no_experiment(scene, Criterion.PS3)
    if changed and normal:
        return _mixed(scene, Criterion.PS3, [*changed, *normal])
    if not changed:
        return scene.other(
            Criterion.PS3, State.NOT_MET, f"Function is found normal: {_assays(normal)}.", sources=keys_of(normal)
        )
    return scene.met(
        Criterion.PS3,
        scene.rules[Criterion.PS3].strength("strength"),
        f"Function is found changed: {_assays(changed)}.",
        ("experiments", len(changed)),
        sources=keys_of(changed),
    )


def bs3(scene: Scene) -> Judged:
    """Every experiment on function must find it normal, on the mechanism or not."""
    changed, normal = _experiments(scene)
    on_function = [
        row for row in scene.rows.functional if scene.rules.assay_kind(row.assay) in ("mechanism", "function")
    ]
    if not on_function:
        return _no_experiment(scene, Criterion.BS3)
    if any(row.direction is not Direction.NORMAL for row in on_function):
        if normal:
            return _mixed(scene, Criterion.BS3, on_function)
        return scene.other(
            Criterion.BS3, State.NOT_MET, f"Function is found changed: {_assays(changed)}.", sources=keys_of(changed)
        )
    return scene.met(
        Criterion.BS3,
        scene.rules[Criterion.BS3].strength("strength"),
        f"Function is found normal: {_assays(on_function)}.",
        ("experiments", len(on_function)),
        sources=keys_of(on_function),
    )


def ps4(scene: Scene) -> Judged:
    said = scene.rows.assertions
    if not said:
        return scene.other(Criterion.PS4, State.NOT_TOLD, "No patient with it is in the tables.")
    if classification_of(said) is Classification.REFUTED:
        keys = tuple(c.key for one in said for c in one.citations if one.classification is Classification.REFUTED)
        return scene.other(
            Criterion.PS4, State.NOT_MET, "The report of patients with it has been refuted.", sources=keys
        )
    patients = [one for one in scene.rows.cases if not one.is_carrier]
    described = {one.family or f"{one.origin} {one.id}" for one in patients}
    counted = [one for one in said if one.families and one.classification.side is Side.DISEASE]
    stated = max((one.families or 0 for one in counted), default=0)
    families = max(len(described), stated)
    keys = tuple(
        dict.fromkeys(
            [key for one in patients for key in one.citations] + [c.key for one in counted for c in one.citations]
        )
    )
    if not families:
        return scene.other(Criterion.PS4, State.NOT_TOLD, "The tables count no family with it.")
    people = [one for one in (() if scene.large else figures(scene)) if one.count is not None]
    hemizygous = any(one.hemizygotes for one in people if not one.is_doubtful)
    if people and (hemizygous or scene.judged(Criterion.BS1).is_met):
        return scene.other(
            Criterion.PS4, State.NOT_MET, "Population data speak against it.", ("families", families), sources=keys
        )
    limits = scene.rules[Criterion.PS4].limits()
    strength = next((one for one, least in limits.items() if families >= least), None)
    if strength is None:
        sentence = f"Only {families} families with it are published."
        return scene.other(Criterion.PS4, State.NOT_MET, sentence, ("families", families), sources=keys)
    sentence = (
        f"Published in {families} {'family' if families == 1 else 'families that count as unrelated'} with IPEX. "
        "Make sure that this person is none of them."
        + ("" if people or scene.large else " No population data that could speak against it were at hand.")
    )
    return scene.met(Criterion.PS4, strength, sentence, ("families", families), sources=keys)
