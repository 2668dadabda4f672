"""PM2, BA1, BS1 and BS2: how often an allele is seen in people not chosen for having IPEX."""

from dataclasses import dataclass

from foxp3_annot.annotation_resource import FILTER, AnnotationValues, Presence, Role
from foxp3_annot.cases import Proportion
from foxp3_annot.criteria import Criterion, Strength
from foxp3_annot.evidence.model import Judged, State
from foxp3_annot.evidence.scene import Scene, numbers_of


@dataclass(frozen=True, slots=True)
class Figure:
    """How often one source of population data saw the allele; None where it does not count."""

    source: str
    count: int | None
    number: int | None
    frequency: float | None
    hemizygotes: int | None
    homozygotes: int | None
    is_doubtful: bool
    citations: tuple[str, ...] = ()


_PEOPLE = (Role.ALLELE_FREQUENCY, Role.ALLELE_COUNT, Role.ALLELE_NUMBER, Role.HEMIZYGOTES, Role.HOMOZYGOTES)


def figures(scene: Scene) -> tuple[Figure, ...]:
    """Population data: of resources in which the allele is found, then of the tables."""
    found = [_figure(one) for one in scene.resources if _counts_people(one) and one.presence is Presence.FOUND]
    for row in scene.matcher.catalogue.figures_of(scene.annotation.variant):
        share = row.allele_count / row.allele_number if row.allele_count and row.allele_number else None
        found.append(
            Figure(
                row.population,
                row.allele_count,
                row.allele_number,
                share,
                row.hemizygotes,
                None,
                is_doubtful=False,
                citations=row.citations,
            )
        )
    return tuple(found)


def _counts_people(said: AnnotationValues) -> bool:
    return any(kind.role in _PEOPLE for kind in said.resource.kinds)


def _figure(said: AnnotationValues) -> Figure:
    """The largest value of each role; count and number belong together only where there is one of each."""

    def greatest(role: Role) -> float | None:
        return max(numbers_of(said, role), default=None)

    counts, numbers = numbers_of(said, Role.ALLELE_COUNT), numbers_of(said, Role.ALLELE_NUMBER)
    hemizygotes, homozygotes = greatest(Role.HEMIZYGOTES), greatest(Role.HOMOZYGOTES)
    return Figure(
        said.resource.title,
        int(max(counts)) if counts else None,
        int(numbers[0]) if len(counts) == len(numbers) == 1 else None,
        greatest(Role.ALLELE_FREQUENCY),
        None if hemizygotes is None else int(hemizygotes),
        None if homozygotes is None else int(homozygotes),
        is_doubtful=FILTER in said.resource.kinds and bool(said.distinct(FILTER)),
    )


def pm2(scene: Scene) -> Judged:
    rule = scene.rules[Criterion.PM2]
    asked = [one for one in scene.resources if _counts_people(one)]
    compared = [one for one in asked if one.presence is not Presence.NOT_COMPARABLE]
    if not compared:
        return scene.other(
            Criterion.PM2,
            State.NOT_TOLD,
            "No population data of the user's speak of it"
            + (", since it has no place on their build." if asked else "; see the annotation resources.")
            + _only_present(scene),
            sources=[key for one in figures(scene) for key in one.citations],
        )
    most, hemizygous = rule.numbers["greatest_count"], rule.numbers["greatest_hemizygotes"]
    sentences, numbers = [], []
    for said in compared:
        if said.presence is Presence.ABSENT:
            sentences.append(f"It is not in {said.resource.title}; whether that covers the place was not checked.")
            continue
        one = _figure(said)
        if one.is_doubtful:
            return scene.other(Criterion.PM2, State.NOT_TOLD, f"Its record in {one.source} fails a filter there.")
        if one.count is None or (one.count and one.hemizygotes is None):
            return scene.other(
                Criterion.PM2,
                State.NOT_TOLD,
                f"It is in {one.source}, which gives no count of alleles or of hemizygous people.",
            )
        only = (one.hemizygotes or 0) + (one.homozygotes or 0)
        numbers += [("allele_count", one.count), ("hemizygotes", one.hemizygotes or 0)]
        if one.count > most or only > hemizygous:
            return scene.other(
                Criterion.PM2,
                State.NOT_MET,
                f"{one.source} has it {one.count} times, in {one.hemizygotes or 0} hemizygous and "
                f"{one.homozygotes or 0} homozygous people.",
                *numbers,
            )
        sentences.append(f"{one.source} has it {one.count} times and in no one with only this copy.")
    return scene.met(Criterion.PM2, rule.strength("strength"), " ".join(sentences), *numbers)


def ba1(scene: Scene) -> Judged:
    rule = scene.rules[Criterion.BA1]
    limit, least = rule.numbers["frequency"], rule.numbers["least_number"]
    known = [one for one in figures(scene) if _frequency(one) is not None and not one.is_doubtful]
    for one in known:
        share = _frequency(one) or 0.0
        if share >= limit and (one.number is None or one.number >= least):
            return scene.met(
                Criterion.BA1,
                Strength.STAND_ALONE,
                f"Its frequency in {one.source} is {share:.3g}.",
                ("frequency", share),
                sources=one.citations,
            )
    if known:
        top = max(known, key=lambda one: _frequency(one) or 0.0)
        share = _frequency(top) or 0.0
        few = f" of only {top.number} alleles" if share >= limit else ""
        sentence = f"Its highest frequency is {share:.3g}{few}, in {top.source}."
        return scene.other(Criterion.BA1, State.NOT_MET, sentence, ("frequency", share), sources=top.citations)
    return scene.other(Criterion.BA1, State.NOT_TOLD, "No population data give its frequency.")


def _only_present(scene: Scene) -> str:
    """What the tables say of presence without enough numbers for the criterion."""
    rows = scene.matcher.catalogue.figures_of(scene.annotation.variant)
    return "".join(f" The tables tell of {row.population}: {row.printed}." for row in rows)


def _frequency(one: Figure) -> float | None:
    if one.count is not None and one.number:
        return one.count / one.number
    return one.frequency


def bs1(scene: Scene) -> Judged:
    rule = scene.rules[Criterion.BS1]
    numbers = rule.numbers
    limit = numbers["prevalence_males"] * numbers["greatest_share"] / numbers["penetrance"]
    known = [
        (one, Proportion(one.count, one.number))
        for one in figures(scene)
        if one.count is not None and one.number and one.count <= one.number and not one.is_doubtful
    ]
    if not known:
        return scene.other(Criterion.BS1, State.NOT_TOLD, "No population data give its count among alleles.")
    one, share = max(known, key=lambda pair: pair[1].interval[0])
    low = share.interval[0]
    sentence = (
        f"{one.source} has it in {share.count} of {share.total} alleles; the lower end of the interval, {low:.2g}, is "
        f"{'above' if low > limit else 'not above'} {limit:.2g}, the most that the disease allows."
    )
    told = (("allele_count", share.count), ("allele_number", share.total), ("lower_end", low), ("limit", limit))
    if low > limit:
        return scene.met(Criterion.BS1, rule.strength("strength"), sentence, *told, sources=one.citations)
    return scene.other(Criterion.BS1, State.NOT_MET, sentence, *told, sources=one.citations)


def bs2(scene: Scene) -> Judged:
    told = scene.rules.healthy.get(scene.curated.id) if scene.curated else None
    if told and told.strength:
        return scene.met(Criterion.BS2, told.strength, f"{told.why[0].upper()}{told.why[1:]}.", sources=told.sources)
    known = [one for one in figures(scene) if one.hemizygotes is not None and not one.is_doubtful]
    if not known:
        return scene.other(Criterion.BS2, State.NOT_TOLD, "No population data count people who have only this copy.")
    top = max(known, key=lambda one: (one.hemizygotes or 0) + (one.homozygotes or 0))
    people = (top.hemizygotes or 0) + (top.homozygotes or 0)
    sentence = f"{top.source} counts {people} hemizygous or homozygous people with it."
    limits = scene.rules[Criterion.BS2].limits()
    strength = next((one for one, least in limits.items() if people >= least), None)
    number = ("hemizygotes_and_homozygotes", people)
    if strength is None:
        return scene.other(Criterion.BS2, State.NOT_MET, sentence, number, sources=top.citations)
    return scene.met(Criterion.BS2, strength, sentence, number, sources=top.citations)
