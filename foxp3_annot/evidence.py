"""Evidence on one variant, weighed by the rules: each criterion met, not met, or without an answer, and why."""

import enum
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from foxp3_annot.acmg_rules import AcmgRules, Scope, acmg_rules
from foxp3_annot.annotation import Annotation
from foxp3_annot.annotation_resource import FILTER, AnnotationValues, Presence, Role, Value
from foxp3_annot.assembly import build_of
from foxp3_annot.callset import StructuralAllele
from foxp3_annot.cases import Proportion
from foxp3_annot.catalogue import (
    Assertion,
    CuratedStructure,
    CuratedVariant,
    FunctionalResult,
    RowsAbout,
    classification_of,
)
from foxp3_annot.consequence import Consequence
from foxp3_annot.criteria import AcmgClass, Criterion, Direction, Strength
from foxp3_annot.effect import destroyed_sites, distance_to_exon
from foxp3_annot.gene import Gene, GeneModel, LandmarkKind
from foxp3_annot.matching import Match, Matcher
from foxp3_annot.pack.vocabulary import Classification, Side
from foxp3_annot.pack.vocabulary import Direction as Finding
from foxp3_annot.protein import translate_until_stop
from foxp3_annot.structural import StructuralAnnotation
from foxp3_annot.transcript import Exon, Transcript

Number = int | float | str


class State(enum.Enum):
    """Whether a criterion counts, and if not, for what reason."""

    MET = ("met", "met")
    NOT_MET = ("not_met", "looked at and not met")
    NOT_TOLD = ("not_told", "nothing told that would answer it")
    NOT_APPLICABLE = ("not_applicable", "does not apply")

    def __init__(self, code: str, label: str) -> None:
        self.code = code
        self.label = label


class DeNovo(enum.Enum):
    """Whether a variant is new in the child."""

    NOT_TOLD = "not_told"
    ASSUMED = "assumed"
    CONFIRMED = "confirmed"
    INHERITED = "inherited"


@dataclass(frozen=True, slots=True)
class FamilyEvidence:
    """What the family shows of one variant.

    `meioses` counts informative meioses in which it goes with the disease, `against` members who contradict that;
    None where the family was not looked at.
    """

    de_novo: DeNovo = DeNovo.NOT_TOLD
    meioses: int | None = None
    against: int | None = None


@dataclass(frozen=True, slots=True)
class PhenotypeEvidence:
    """What the person's phenotype says: whether it is that of IPEX, by which terms, and of other causes.

    None where it was not told; `other_cause` names one that was found.
    """

    is_specific: bool | None = None
    terms: tuple[str, ...] = ()
    others_excluded: bool | None = None
    other_cause: str = ""


NO_FAMILY = FamilyEvidence()
NO_PHENOTYPE = PhenotypeEvidence()


@dataclass(frozen=True, slots=True)
class Comparator:
    """The curated variant by which a criterion is met, with what it is and does."""

    id: str
    name: str
    hgvs_p: str
    consequence: str
    classification: Classification


@dataclass(frozen=True, slots=True)
class Judged:
    """One criterion for one variant. `strength` and `points` are those with which it counts, None and 0 else.

    `numbers` are those that decided, by name; `sources` are keys of the rules or of the knowledge tables.
    """

    criterion: Criterion
    state: State
    sentence: str
    strength: Strength | None = None
    points: int = 0
    numbers: tuple[tuple[str, Number], ...] = ()
    comparator: Comparator | None = None
    sources: tuple[str, ...] = ()

    @property
    def is_met(self) -> bool:
        return self.state is State.MET


@dataclass(frozen=True, slots=True)
class PublishedClass:
    """What a source calls the variant. It is shown beside the class of the rules and never counted."""

    classification: Classification
    assigner: str
    stated_as: str
    date: str
    citations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClassChange:
    """One further fact that would give another class."""

    criterion: Criterion
    strength: Strength
    points: int
    cls: AcmgClass
    sentence: str


@dataclass(frozen=True, slots=True)
class Weighing:
    """All criteria of one variant, their sum and the class; what sources call it; and what would change the class."""

    criteria: tuple[Judged, ...]
    points: int
    cls: AcmgClass
    published: tuple[PublishedClass, ...]
    comparison: str
    would_change: tuple[ClassChange, ...]

    @property
    def met(self) -> tuple[Judged, ...]:
        return tuple(one for one in self.criteria if one.is_met)

    def of(self, criterion: Criterion) -> Judged:
        return next(one for one in self.criteria if one.criterion is criterion)


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
    scene = _Scene(rules or acmg_rules(), gene, matcher, family, phenotype, rows, annotation, curated, tuple(resources))
    return _weighed(scene, _OF_VARIANT)


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
    large = _Large(allele, annotation, model)
    scene = _Scene(rules or acmg_rules(), gene, matcher, family, phenotype, rows, large=large)
    return _weighed(scene, _OF_STRUCTURE)


_NO_ROWS = RowsAbout((), (), ())


@dataclass(frozen=True, slots=True)
class _Large:
    allele: StructuralAllele
    annotation: StructuralAnnotation
    model: GeneModel


@dataclass(frozen=True, slots=True)
class _Figure:
    """How often one source of population data saw the allele; None where it does not count."""

    source: str
    count: int | None
    number: int | None
    frequency: float | None
    hemizygotes: int | None
    homozygotes: int | None
    is_doubtful: bool
    citations: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Scene:
    """All that the criteria of one variant are judged from."""

    rules: AcmgRules
    gene: Gene
    matcher: Matcher
    family: FamilyEvidence
    phenotype: PhenotypeEvidence
    rows: RowsAbout
    small: Annotation | None = None
    curated: CuratedVariant | None = None
    resources: tuple[AnnotationValues, ...] = ()
    large: _Large | None = None

    @property
    def annotation(self) -> Annotation:
        assert self.small is not None
        return self.small

    @property
    def transcript(self) -> Transcript:
        return self.gene.on(build_of(self.annotation.variant.assembly)).transcript

    @cached_property
    def pvs1(self) -> Judged:
        return _pvs1(self)

    @cached_property
    def pp3(self) -> Judged:
        return _pp3(self)

    @cached_property
    def ps1(self) -> Judged:
        return _ps1(self)

    @cached_property
    def bs1(self) -> Judged:
        return _bs1(self)

    @cached_property
    def figures(self) -> tuple[_Figure, ...]:
        """Population data: of resources in which the allele is found, then of the tables."""
        found = [_figure(one) for one in self.resources if _counts_people(one) and one.presence is Presence.FOUND]
        for row in self.matcher.catalogue.figures_of(self.annotation.variant):
            share = row.allele_count / row.allele_number if row.allele_count and row.allele_number else None
            found.append(
                _Figure(
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


_Judge = Callable[[_Scene], Judged]


def _weighed(scene: _Scene, judges: Mapping[Criterion, _Judge]) -> Weighing:
    criteria = tuple(_judge(scene, criterion, judges) for criterion in Criterion)
    points, cls = scene.rules.scale.weighed((one.criterion, one.strength) for one in criteria if one.strength)
    published = tuple(map(_published, scene.rows.assertions))
    comparison = _comparison(scene.rows.assertions, cls, points)
    return Weighing(criteria, points, cls, published, comparison, what_would_change(criteria, scene.rules))


def _judge(scene: _Scene, criterion: Criterion, judges: Mapping[Criterion, _Judge]) -> Judged:
    rule = scene.rules[criterion]
    if rule.scope is Scope.NOT_USED:
        return scene.other(criterion, State.NOT_APPLICABLE, f"Not used. {rule.sentence}")
    if criterion not in judges:
        return scene.other(criterion, State.NOT_APPLICABLE, "Not judged for large variants.")
    return judges[criterion](scene)


# --- what else would be said ------------------------------------------------------------------------------


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


# --- comparators --------------------------------------------------------------------------------------------


_SPLICING = {
    Consequence.SPLICE_ACCEPTOR,
    Consequence.SPLICE_DONOR,
    Consequence.SPLICE_REGION,
    Consequence.SPLICE_DONOR_5TH_BASE,
    Consequence.SPLICE_DONOR_REGION,
}


def _missense_residue(annotation: Annotation) -> int | None:
    """The residue that a missense variant changes; None for other variants, and where it changes several."""
    change = annotation.effect.protein_change
    if annotation.most_severe is not Consequence.MISSENSE or change is None or change.first != change.last:
        return None
    return change.first


def _near_splice_site(annotation: Annotation) -> bool:
    return not _SPLICING.isdisjoint(annotation.consequences)


def _comparator(curated: CuratedVariant, annotation: Annotation) -> Comparator:
    return Comparator(curated.id, curated.name, annotation.hgvs_p, annotation.most_severe.term, curated.classification)


def _others_at(scene: _Scene, residue: int) -> Iterator[Comparator]:
    """Missense variants of the disease side at a residue, the variant itself and splice regions left out."""
    for curated, annotation in scene.matcher.disease:
        if scene.annotation.variant in curated.alleles.values():
            continue
        if _missense_residue(annotation) == residue and not _near_splice_site(annotation):
            yield _comparator(curated, annotation)


def _established(scene: _Scene, first: int, last: int, *, missense: bool) -> Comparator | None:
    """A variant called pathogenic, failing that likely pathogenic, whose first residue lies in a stretch."""
    found = []
    for curated, annotation in scene.matcher.disease:
        if scene.annotation.variant in curated.alleles.values():
            continue
        change = annotation.effect.protein_change
        if change is None or not first <= change.first <= last or _near_splice_site(annotation):
            continue
        if missense and _missense_residue(annotation) is None:
            continue
        found.append(_comparator(curated, annotation))
    for classification in (Classification.PATHOGENIC, Classification.LIKELY_PATHOGENIC):
        for one in found:
            if one.classification is classification:
                return one
    return None


def _named(one: Comparator) -> str:
    return f"{one.name} {one.hgvs_p} ({one.consequence.replace('_', ' ')}, {one.classification.label}, {one.id})"


def _by_comparator(scene: _Scene, criterion: Criterion, *, same_change: bool) -> Judged:
    """PS1 where the change of the residue is the same, PM5 where it is another one."""
    residue = _missense_residue(scene.annotation)
    if residue is None:
        return scene.other(criterion, State.NOT_APPLICABLE, "It is no missense variant of a single residue.")
    if _near_splice_site(scene.annotation):
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
                sentence = f"{_named(one)} is {what} {residue}."
                return scene.met(criterion, strength, sentence, ("residue", residue), comparator=one)
    if found:
        named = "; ".join(map(_named, found))
        sentence = f"At residue {residue} only {named}: no class is assigned there that a comparator needs."
        return scene.other(criterion, State.NOT_MET, sentence, ("residue", residue))
    return scene.other(
        criterion,
        State.NOT_MET,
        f"The table holds no other missense variant reported in IPEX with {what} {residue}.",
        ("residue", residue),
    )


def _ps1(scene: _Scene) -> Judged:
    return _by_comparator(scene, Criterion.PS1, same_change=True)


def _pm5(scene: _Scene) -> Judged:
    if scene.ps1.is_met:
        return scene.other(Criterion.PM5, State.NOT_APPLICABLE, "PS1 counts already for this residue.")
    return _by_comparator(scene, Criterion.PM5, same_change=False)


# --- PVS1 ---------------------------------------------------------------------------------------------------


def _pvs1(scene: _Scene) -> Judged:
    """The strongest of what a variant does to the message; what RNA showed goes before what is predicted."""
    told = scene.rules.observed_rna.get(scene.curated.id) if scene.curated else None
    if told:
        sentence = f"Seen in RNA: {told.why}."
        if told.strength:
            return scene.met(Criterion.PVS1, told.strength, sentence, sources=told.sources)
        return scene.other(Criterion.PVS1, State.NOT_MET, sentence, sources=told.sources)
    found = [one for one in (_by_sites(scene), _by_start(scene), _by_stop(scene), _by_signal(scene)) if one]
    met = [one for one in found if one.strength]
    if met:
        return max(met, key=lambda one: one.points)
    if found:
        return found[0]
    return scene.other(
        Criterion.PVS1,
        State.NOT_APPLICABLE,
        "It neither stops the protein early nor destroys a start codon, a splice site or the poly(A) signal.",
    )


def _isoform_note(scene: _Scene, exons: Iterable[int]) -> tuple[str, tuple[str, ...]]:
    """What must be said where only the exon is met that one isoform lacks."""
    if set(exons) != {3}:
        return "", ()
    text, sources = scene.rules.notes["isoform"]
    return f" {text}", sources


def _by_sites(scene: _Scene) -> Judged | None:
    """By the table of exons, where canonical splice sites are destroyed."""
    edit = scene.transcript.edit_of(scene.annotation.variant)
    numbers = destroyed_sites(scene.transcript, edit)
    if not numbers:
        return None
    rule = max((scene.rules.exons[number] for number in numbers), key=lambda one: one.splice.rank)
    note, sources = _isoform_note(scene, numbers)
    sentence = f"A canonical splice site of exon {rule.exon} is destroyed. If the exon is lost: {rule.why}.{note}"
    return scene.met(Criterion.PVS1, rule.splice, sentence, ("exon", rule.exon), sources=(*rule.sources, *sources))


def _by_start(scene: _Scene) -> Judged | None:
    if Consequence.START_LOST not in scene.annotation.consequences:
        return None
    rule = scene.rules[Criterion.PVS1]
    start = rule.numbers["next_start"]
    comparator = _established(scene, 2, start - 1, missense=False)
    before = (
        f"Before it lies {_named(comparator)}."
        if comparator
        else "No variant called pathogenic or likely pathogenic lies before it."
    )
    return scene.met(
        Criterion.PVS1,
        rule.strength("start_lost" if comparator else "start_lost_without_comparator"),
        f"The start codon is lost; the next one in frame is that of residue {start}. {before}",
        ("next_start", start),
        comparator=comparator,
    )


def _by_stop(scene: _Scene) -> Judged | None:
    """Where translation ends elsewhere: by whether the message is expected to decay, and by what is lost."""
    terms, change = scene.annotation.consequences, scene.annotation.effect.protein_change
    if change is None or not {Consequence.STOP_GAINED, Consequence.FRAMESHIFT} & set(terms):
        return None
    rule = scene.rules[Criterion.PVS1]
    length = len(scene.transcript.protein) - 1
    exons = [feature.gene_number for feature in scene.annotation.features]
    note, sources = _isoform_note(scene, exons)
    junction = _last_junction(scene)
    if change.stop is not None and 3 * change.stop <= junction - rule.numbers["escape_bases"]:
        before = junction - 3 * change.stop
        sentence = (
            f"The new stop is codon {change.stop}, {before} bases before the last junction of exons; beyond "
            f"{rule.numbers['escape_bases']} the message is expected to decay.{note}"
        )
        numbers: tuple[tuple[str, Number], ...] = (("stop", change.stop), ("bases_before_junction", before))
        return scene.met(Criterion.PVS1, rule.strength("decay"), sentence, *numbers, sources=sources)
    share = (length - change.first + 1) / length
    comparator = _established(scene, change.first, length, missense=True)
    critical = comparator is not None or share > rule.numbers["greatest_loss"]
    where = f"the new stop is codon {change.stop}" if change.stop else "no stop is reached"
    lost = f"residues {change.first} to {length} ({share:.1%} of the protein)"
    reason = (
        f"There lies {_named(comparator)}."
        if comparator
        else "No missense variant called pathogenic or likely pathogenic lies there."
    )
    return scene.met(
        Criterion.PVS1,
        rule.strength("escape_critical" if critical else "escape_small"),
        f"Decay of the message is not expected: {where}. Lost or changed are {lost}. {reason}{note}",
        ("first_residue_lost", change.first),
        ("share_lost", round(share, 3)),
        comparator=comparator,
        sources=sources,
    )


def _last_junction(scene: _Scene) -> int:
    """Coding bases before the last junction of exons in the changed message."""
    transcript = scene.transcript
    last = transcript.exons[-1].start
    edit = transcript.edit_of(scene.annotation.variant)
    gain = len(edit.alt) - len(edit.ref) if edit.start < last else 0
    return transcript.mrna_index(last) - transcript.coding_mrna[0] + gain


def _by_signal(scene: _Scene) -> Judged | None:
    """Vital landmarks outside the coding sequence that are no canonical splice site."""
    kinds = {mark.kind for mark in scene.annotation.landmarks}
    rule = scene.rules[Criterion.PVS1]
    if LandmarkKind.POLYA_SIGNAL in kinds:
        text, sources = scene.rules.notes["polya"]
        return scene.met(
            Criterion.PVS1, rule.strength("polya_signal"), f"The poly(A) signal is changed. {text}", sources=sources
        )
    if LandmarkKind.EXON1_DONOR in kinds:
        return scene.other(
            Criterion.PVS1,
            State.NOT_MET,
            "It lies in the donor site of exon 1, but not in its two canonical bases; that asks for RNA or SpliceAI.",
        )
    return None


def _pvs1_of_structure(scene: _Scene) -> Judged:
    """By the table of exons for a deletion, by the frame for a duplication; other kinds are not judged."""
    assert scene.large is not None
    kind, annotation = scene.large.allele.kind, scene.large.annotation
    if kind == "DEL":
        return _pvs1_of_deletion(scene, scene.large)
    if kind != "DUP":
        return scene.other(Criterion.PVS1, State.NOT_TOLD, f"What a variant of the type {kind} does is not judged.")
    exons = scene.large.model.transcript.exons
    whole = [exon for exon in exons if exon.gene_number in annotation.whole_exons]
    if not whole or annotation.exons != annotation.whole_exons or {exons[0], exons[-1]} & set(whole):
        return scene.other(
            Criterion.PVS1,
            State.NOT_MET,
            "The duplication does not hold whole inner exons alone, so a normal copy of the gene can be left.",
        )
    bases = sum(_coding_bases(scene.large.model.transcript, exon) for exon in whole)
    if bases % 3 == 0:
        return scene.other(
            Criterion.PVS1, State.NOT_MET, f"{bases} coding bases are doubled; if in tandem, the frame is kept."
        )
    return scene.met(
        Criterion.PVS1,
        scene.rules[Criterion.PVS1].strength("duplication_out_of_frame"),
        f"{bases} coding bases are doubled. In tandem, which is presumed and not shown, that loses the frame.",
        ("coding_bases", bases),
    )


def _pvs1_of_deletion(scene: _Scene, large: _Large) -> Judged:
    rules, rule = scene.rules, scene.rules[Criterion.PVS1]
    transcript, annotation = large.model.transcript, large.annotation
    if len(annotation.whole_exons) == len(transcript.exons):
        return scene.met(Criterion.PVS1, rule.strength("gene_lost"), "The whole gene is lost.")
    lost = [exon for exon in transcript.exons if exon.gene_number in annotation.whole_exons]
    partial = [
        exon
        for exon in transcript.exons
        if exon.gene_number in annotation.exons and exon not in lost and _loses_site(transcript, exon, large.allele)
    ]
    if not lost and not partial:
        return _pvs1_within_exon(scene, large)
    strength, why, sources = _loss_of(rules, transcript, [*lost, *partial])
    names = _exon_names([*lost, *partial])
    note, more = _isoform_note(scene, [exon.gene_number for exon in (*lost, *partial)])
    unsure = ""
    if partial:
        strength = min(strength, Strength.STRONG, key=lambda one: one.rank)
        unsure = (
            f" Of {_exon_names(partial)} a part stays, so that the frame is not sure; it counts no more than strong."
        )
    return scene.met(Criterion.PVS1, strength, f"{names} lost: {why}.{unsure}{note}", sources=(*sources, *more))


def _exon_names(exons: Sequence[Exon]) -> str:
    numbers = sorted(exon.gene_number for exon in exons)
    return f"{'Exon' if len(numbers) == 1 else 'Exons'} {', '.join(map(str, numbers))}"


def _loses_site(transcript: Transcript, exon: Exon, allele: StructuralAllele) -> bool:
    """Whether a deletion runs over an end of an exon into the intron beside it."""
    ends = sorted((transcript.offset(allele.start), transcript.offset(allele.end)))
    before, after = exon is not transcript.exons[0], exon is not transcript.exons[-1]
    return (before and ends[0] < exon.start <= ends[1]) or (after and ends[0] < exon.end <= ends[1])


def _pvs1_within_exon(scene: _Scene, large: _Large) -> Judged:
    signal = any(
        mark.kind is LandmarkKind.POLYA_SIGNAL
        for mark in large.model.landmarks_of(large.allele.start, large.allele.end)
    )
    if signal:
        text, sources = scene.rules.notes["polya"]
        strength = scene.rules[Criterion.PVS1].strength("polya_signal")
        return scene.met(Criterion.PVS1, strength, f"The poly(A) signal is lost. {text}", sources=sources)
    if large.annotation.exons:
        return scene.other(
            Criterion.PVS1, State.NOT_TOLD, "It takes a part of one exon; give its bases, so that the frame is known."
        )
    return scene.other(Criterion.PVS1, State.NOT_APPLICABLE, "No exon and no poly(A) signal is lost.")


def _loss_of(rules: AcmgRules, transcript: Transcript, lost: Sequence[Exon]) -> tuple[Strength, str, tuple[str, ...]]:
    """How strongly the loss of exons counts, and why: a single one by the table, several by what becomes of them."""
    table = [rules.exons[exon.gene_number] for exon in lost]
    if len(lost) == 1:
        return table[0].lost, table[0].why, table[0].sources
    rule = rules[Criterion.PVS1]
    numbers = {exon.gene_number for exon in lost}
    for one in table:
        if one.exon == 2 or one.exon == transcript.exons[-1].gene_number:
            return one.lost, f"among them exon {one.exon}: {one.why}", one.sources
    bases = sum(_coding_bases(transcript, exon) for exon in lost)
    if bases % 3 == 0:
        share = bases / 3 / (len(transcript.protein) - 1)
        large = share > rule.numbers["greatest_loss"]
        strongest = max(table, key=lambda one: one.lost.rank)
        strength = rule.strength("escape_critical") if large else strongest.lost
        return strength, f"{bases // 3} residues in frame ({share:.1%} of the protein)", strongest.sources
    kept = [exon for exon in transcript.exons if exon.gene_number not in numbers]
    if _decays(transcript, kept, rule.numbers["escape_bases"]):
        return rule.strength("decay"), "the frame is lost, and decay of the message is expected", rule.sources
    return rule.strength("escape_critical"), "the frame is lost, but no decay of the message is expected", rule.sources


def _coding_bases(transcript: Transcript, exon: Exon) -> int:
    return max(min(exon.end, transcript.coding_end) - max(exon.start, transcript.coding_start), 0)


def _decays(transcript: Transcript, kept: Sequence[Exon], escape: int) -> bool:
    """Whether the message of these exons, read from the start codon, stops early enough to decay."""
    message = "".join(transcript.bases[exon.start : exon.end] for exon in kept)
    start = sum(max(min(exon.end, transcript.coding_start) - exon.start, 0) for exon in kept)
    residues = translate_until_stop(message, start)
    junction = sum(len(exon) for exon in kept[:-1]) - start
    return residues.endswith("*") and 3 * len(residues) <= junction - escape


# --- the table: experiments and patients --------------------------------------------------------------------


_ABNORMAL = (Finding.ABSENT, Finding.REDUCED, Finding.ALTERED)


def _experiments(scene: _Scene) -> tuple[list[FunctionalResult], list[FunctionalResult]]:
    """Rows on function that find it changed, and those that find it normal; those on the mechanism decide alone."""
    by_kind: dict[str, list[FunctionalResult]] = {}
    for row in scene.rows.functional:
        by_kind.setdefault(scene.rules.assay_kind(row.assay), []).append(row)
    mechanism, function = by_kind.get("mechanism", []), by_kind.get("function", [])
    changed = [row for row in (mechanism or function) if row.direction in _ABNORMAL]
    normal = [row for row in (mechanism or function) if row.direction is Finding.NORMAL]
    unclear = [row for row in (mechanism or function) if row.direction is Finding.CONTRADICTORY]
    return [*changed, *unclear], [*normal, *unclear]


def _keys(rows: Iterable[FunctionalResult]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(citation.key for row in rows for citation in row.citations))


def _assays(rows: Iterable[FunctionalResult]) -> str:
    return "; ".join(dict.fromkeys(f"{row.assay}: {row.direction.label}" for row in rows))


def _no_experiment(scene: _Scene, criterion: Criterion) -> Judged:
    if scene.rows.functional:
        return scene.other(
            criterion,
            State.NOT_TOLD,
            f"The experiments in the table are none on function: {_assays(scene.rows.functional)}.",
            sources=_keys(scene.rows.functional),
        )
    return scene.other(criterion, State.NOT_TOLD, "No experiment on it is in the table.")


def _mixed(scene: _Scene, criterion: Criterion, rows: Sequence[FunctionalResult]) -> Judged:
    return scene.other(
        criterion, State.NOT_MET, f"The experiments point both ways: {_assays(rows)}.", sources=_keys(rows)
    )


def _ps3(scene: _Scene) -> Judged:
    changed, normal = _experiments(scene)
    if not changed and not normal:
        return _no_experiment(scene, Criterion.PS3)
    if changed and normal:
        return _mixed(scene, Criterion.PS3, [*changed, *normal])
    if not changed:
        return scene.other(
            Criterion.PS3, State.NOT_MET, f"Function is found normal: {_assays(normal)}.", sources=_keys(normal)
        )
    return scene.met(
        Criterion.PS3,
        scene.rules[Criterion.PS3].strength("strength"),
        f"Function is found changed: {_assays(changed)}.",
        ("experiments", len(changed)),
        sources=_keys(changed),
    )


def _bs3(scene: _Scene) -> Judged:
    """Every experiment on function must find it normal, on the mechanism or not."""
    changed, normal = _experiments(scene)
    on_function = [
        row for row in scene.rows.functional if scene.rules.assay_kind(row.assay) in ("mechanism", "function")
    ]
    if not on_function:
        return _no_experiment(scene, Criterion.BS3)
    if any(row.direction is not Finding.NORMAL for row in on_function):
        if normal:
            return _mixed(scene, Criterion.BS3, on_function)
        return scene.other(
            Criterion.BS3, State.NOT_MET, f"Function is found changed: {_assays(changed)}.", sources=_keys(changed)
        )
    return scene.met(
        Criterion.BS3,
        scene.rules[Criterion.BS3].strength("strength"),
        f"Function is found normal: {_assays(on_function)}.",
        ("experiments", len(on_function)),
        sources=_keys(on_function),
    )


def _ps4(scene: _Scene) -> Judged:
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
    if not scene.large and (scene.bs1.is_met or any(one.hemizygotes for one in scene.figures if not one.is_doubtful)):
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
    )
    return scene.met(Criterion.PS4, strength, sentence, ("families", families), sources=keys)


# --- place and length ---------------------------------------------------------------------------------------


_LENGTH = {Consequence.INFRAME_DELETION, Consequence.INFRAME_INSERTION, Consequence.PROTEIN_ALTERING}


def _is_in_frame(annotation: Annotation) -> bool:
    return annotation.most_severe in _LENGTH and annotation.residues is not None


def _pm1(scene: _Scene) -> Judged:
    annotation, residues = scene.annotation, scene.annotation.residues
    kind = "missense" if annotation.most_severe is Consequence.MISSENSE else "in_frame"
    if residues is None or not (annotation.most_severe is Consequence.MISSENSE or _is_in_frame(annotation)):
        return scene.other(Criterion.PM1, State.NOT_APPLICABLE, "It is neither missense nor an in-frame change.")
    for region in scene.rules.regions:
        if kind in region.kinds and residues[0] <= region.last and residues[1] >= region.first:
            place = f"It lies in the {region.name} (residues {region.first} to {region.last})"
            points = scene.rules.scale.points_of(Direction.PATHOGENIC, region.strength)
            if scene.pp3.points + points > scene.rules[Criterion.PM1].numbers["greatest_with_PP3"]:
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


def _repeats(scene: _Scene) -> int:
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


def _pm4(scene: _Scene) -> Judged:
    annotation, rule = scene.annotation, scene.rules[Criterion.PM4]
    if scene.pvs1.is_met:
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


def _bp3(scene: _Scene) -> Judged:
    if not _is_in_frame(scene.annotation):
        return scene.other(Criterion.BP3, State.NOT_APPLICABLE, "The length of the protein does not change in frame.")
    copies = _repeats(scene)
    if copies < scene.rules[Criterion.PM4].numbers["repeat_copies"]:
        return scene.other(
            Criterion.BP3, State.NOT_MET, "The residues are no part of a repeat.", ("repeat_copies", copies)
        )
    if _pm1(scene).is_met:
        return scene.other(Criterion.BP3, State.NOT_MET, "It lies in a region of PM1.", ("repeat_copies", copies))
    return scene.met(
        Criterion.BP3,
        scene.rules[Criterion.BP3].strength("strength"),
        f"The residues stand {copies} times in a row, in a region without a known function of the repeat.",
        ("repeat_copies", copies),
    )


# --- population data ----------------------------------------------------------------------------------------


_PEOPLE = (Role.ALLELE_FREQUENCY, Role.ALLELE_COUNT, Role.ALLELE_NUMBER, Role.HEMIZYGOTES, Role.HOMOZYGOTES)


def _counts_people(said: AnnotationValues) -> bool:
    return any(kind.role in _PEOPLE for kind in said.resource.kinds)


def _numbers(said: AnnotationValues, role: Role) -> list[float]:
    """All values with a role, of all records."""
    return [float(value) for kind in said.resource.kinds if kind.role is role for value in _plain(said.distinct(kind))]


def _plain(values: Iterable[Value]) -> Iterator[int | float]:
    return (value for value in values if not isinstance(value, str))


def _figure(said: AnnotationValues) -> _Figure:
    """The largest value of each role; count and number belong together only where there is one of each."""

    def greatest(role: Role) -> float | None:
        return max(_numbers(said, role), default=None)

    counts, numbers = _numbers(said, Role.ALLELE_COUNT), _numbers(said, Role.ALLELE_NUMBER)
    hemizygotes, homozygotes = greatest(Role.HEMIZYGOTES), greatest(Role.HOMOZYGOTES)
    return _Figure(
        said.resource.title,
        int(max(counts)) if counts else None,
        int(numbers[0]) if len(counts) == len(numbers) == 1 else None,
        greatest(Role.ALLELE_FREQUENCY),
        None if hemizygotes is None else int(hemizygotes),
        None if homozygotes is None else int(homozygotes),
        is_doubtful=FILTER in said.resource.kinds and bool(said.distinct(FILTER)),
    )


def _pm2(scene: _Scene) -> Judged:
    rule = scene.rules[Criterion.PM2]
    asked = [one for one in scene.resources if _counts_people(one)]
    compared = [one for one in asked if one.presence is not Presence.NOT_COMPARABLE]
    if not compared:
        return scene.other(
            Criterion.PM2,
            State.NOT_TOLD,
            "No population data of the user's speak of it"
            + (", since it has no place on their build." if asked else "; see the annotation resources."),
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


def _ba1(scene: _Scene) -> Judged:
    rule = scene.rules[Criterion.BA1]
    limit, least = rule.numbers["frequency"], rule.numbers["least_number"]
    known = [one for one in scene.figures if _frequency(one) is not None and not one.is_doubtful]
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


def _frequency(one: _Figure) -> float | None:
    if one.count is not None and one.number:
        return one.count / one.number
    return one.frequency


def _bs1(scene: _Scene) -> Judged:
    rule = scene.rules[Criterion.BS1]
    numbers = rule.numbers
    limit = numbers["prevalence_males"] * numbers["greatest_share"] / numbers["penetrance"]
    known = [
        (one, Proportion(one.count, one.number))
        for one in scene.figures
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


def _bs2(scene: _Scene) -> Judged:
    told = scene.rules.healthy.get(scene.curated.id) if scene.curated else None
    if told and told.strength:
        return scene.met(Criterion.BS2, told.strength, f"{told.why[0].upper()}{told.why[1:]}.", sources=told.sources)
    known = [one for one in scene.figures if one.hemizygotes is not None and not one.is_doubtful]
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


# --- predictors ---------------------------------------------------------------------------------------------


def _scores(scene: _Scene, role: Role) -> list[float]:
    return [value for said in scene.resources for value in _numbers(said, role)]


def _reached(limits: Mapping[Strength, float], score: float, *, above: bool) -> Strength | None:
    return next((one for one, limit in limits.items() if (score >= limit if above else score <= limit)), None)


_NO_PREDICTOR = "No resource with the role revel or spliceai speaks of it."


def _pp3(scene: _Scene) -> Judged:
    if scene.pvs1.is_met:
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


def _predictions(scene: _Scene, *, highest_spliceai: bool) -> Iterator[tuple[Role, float]]:
    """The score of each predictor that is asked for this kind of variant; of several of REVEL, the lowest for damage
    and the highest for harmlessness, so that none decides against another."""
    if scene.annotation.most_severe is Consequence.MISSENSE:
        revel = _scores(scene, Role.REVEL)
        if revel:
            yield Role.REVEL, min(revel) if highest_spliceai else max(revel)
    spliceai = _scores(scene, Role.SPLICEAI)
    if spliceai:
        yield Role.SPLICEAI, max(spliceai)


def _bp4(scene: _Scene) -> Judged:
    if scene.pvs1.state is not State.NOT_APPLICABLE:
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


def _bp7(scene: _Scene) -> Judged:
    annotation, rule = scene.annotation, scene.rules[Criterion.BP7]
    terms = set(annotation.consequences)
    if not terms <= _SILENT:
        return scene.other(Criterion.BP7, State.NOT_APPLICABLE, "It is neither silent nor within an intron.")
    rna = [row for row in scene.rows.functional if scene.rules.assay_kind(row.assay) == "rna"]
    if rna and all(row.direction is Finding.NORMAL for row in rna):
        return scene.met(
            Criterion.BP7,
            rule.strength("observed_rna"),
            f"RNA of people with it is spliced normally: {rna[0].result}.",
            sources=_keys(rna),
        )
    distance = distance_to_exon(scene.transcript, scene.transcript.edit_of(annotation.variant))
    if distance and (distance[0] < rule.numbers["from_donor"] or distance[1] < rule.numbers["from_acceptor"]):
        sentence = f"It lies {min(distance)} bases from an exon, too near for it."
        return scene.other(Criterion.BP7, State.NOT_MET, sentence, ("bases_from_exon", min(distance)))
    if _near_splice_site(annotation) or any(mark.kind.is_vital for mark in annotation.landmarks):
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


# --- person and family --------------------------------------------------------------------------------------


def _new_in_child(scene: _Scene, criterion: Criterion, told: DeNovo) -> Judged:
    state = scene.family.de_novo
    if state is DeNovo.NOT_TOLD:
        return scene.other(criterion, State.NOT_TOLD, "Whether it is new in the child was not told.")
    if state is not told:
        said = {DeNovo.INHERITED: "It was inherited", DeNovo.ASSUMED: "That it is new is not confirmed"}
        return scene.other(criterion, State.NOT_MET, f"{said.get(state, 'PS2 counts instead')}.")
    specific = scene.phenotype.is_specific is True
    how = "with parentage confirmed" if told is DeNovo.CONFIRMED else "with parentage assumed"
    fits = "points to FOXP3" if specific else "is at most consistent with FOXP3"
    strength = scene.rules[criterion].strength("specific" if specific else "consistent")
    return scene.met(criterion, strength, f"It is new in the child, {how}; the phenotype told {fits}.")


def _ps2(scene: _Scene) -> Judged:
    return _new_in_child(scene, Criterion.PS2, DeNovo.CONFIRMED)


def _pm6(scene: _Scene) -> Judged:
    return _new_in_child(scene, Criterion.PM6, DeNovo.ASSUMED)


def _pp1(scene: _Scene) -> Judged:
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


def _bs4(scene: _Scene) -> Judged:
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


def _pp4(scene: _Scene) -> Judged:
    told = scene.phenotype
    if told.is_specific is None:
        return scene.other(Criterion.PP4, State.NOT_TOLD, "Whether the phenotype is that of IPEX was not told.")
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


def _bp5(scene: _Scene) -> Judged:
    cause = scene.phenotype.other_cause
    if not cause:
        return scene.other(Criterion.BP5, State.NOT_TOLD, "No other cause of the disease was told.")
    return scene.met(
        Criterion.BP5,
        scene.rules[Criterion.BP5].strength("strength"),
        f"Another cause is told: {cause}. It does not exclude this one.",
    )


_OF_STRUCTURE: dict[Criterion, _Judge] = {
    Criterion.PVS1: _pvs1_of_structure,
    Criterion.PS2: _ps2,
    Criterion.PS3: _ps3,
    Criterion.PS4: _ps4,
    Criterion.PM6: _pm6,
    Criterion.PP1: _pp1,
    Criterion.PP4: _pp4,
    Criterion.BS3: _bs3,
    Criterion.BS4: _bs4,
    Criterion.BP5: _bp5,
}

_OF_VARIANT: dict[Criterion, _Judge] = _OF_STRUCTURE | {
    Criterion.PVS1: lambda scene: scene.pvs1,
    Criterion.PS1: lambda scene: scene.ps1,
    Criterion.PM1: _pm1,
    Criterion.PM2: _pm2,
    Criterion.PM4: _pm4,
    Criterion.PM5: _pm5,
    Criterion.PP3: lambda scene: scene.pp3,
    Criterion.BA1: _ba1,
    Criterion.BS1: lambda scene: scene.bs1,
    Criterion.BS2: _bs2,
    Criterion.BP3: _bp3,
    Criterion.BP4: _bp4,
    Criterion.BP7: _bp7,
}
