"""From what was observed to findings, and from findings to the one line at the top of a report."""

import enum
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache

from foxp3_annot.annotation import Annotation, annotate
from foxp3_annot.annotation_resource import NO_RESOURCES, AnnotationResources, AnnotationValues, notes_of
from foxp3_annot.assembly import build_of
from foxp3_annot.callability import THRESHOLDS, Callability, Thresholds, callability
from foxp3_annot.callset import CallSet, CallSetOutline, StructuralAllele
from foxp3_annot.catalogue import CuratedStructure, classification_of
from foxp3_annot.circumstances import family_evidence, phenotype_evidence
from foxp3_annot.coverage import Coverage, CoverageSource
from foxp3_annot.criteria import AcmgClass
from foxp3_annot.discordance import Explanation, explanations
from foxp3_annot.evidence import (
    NO_FAMILY,
    PhenotypeEvidence,
    Weighing,
    weigh,
    weigh_structural,
)
from foxp3_annot.exon_copies import CopyNumbers
from foxp3_annot.family import FamilyRecord
from foxp3_annot.gene import Gene, GeneModel
from foxp3_annot.genotype import Sex, Zygosity
from foxp3_annot.haplotype import acting_together, as_written, combined, split_alleles
from foxp3_annot.matching import LesionMatch, Match, Matcher, MatchLevel, match_lesion
from foxp3_annot.observation import Evidence, Fate, GapKind, Observation, Observed, observe
from foxp3_annot.pack.vocabulary import Classification, Side
from foxp3_annot.patient import NOBODY, Karyotype, Patient
from foxp3_annot.rules import RuleTable
from foxp3_annot.sex_evidence import SexCheck, SexStatus
from foxp3_annot.structural import StructuralAnnotation, annotate_structural
from foxp3_annot.transplant import AfterTransplant, after_transplant
from foxp3_annot.variant import Edit, Variant
from foxp3_annot.x_state import Attribution, XState, attribution, state_codes


class Concern(enum.Enum):
    """How much a variant matters for IPEX, whoever carries it; the gravest first."""

    DISEASE = "reported as a cause of IPEX"
    CONFLICTING = "classified in conflicting ways"
    DAMAGING_IN_KIND = "not in the curated table, but damaging in kind"
    UNCERTAIN = "of uncertain significance"
    NOT_REPORTED = "not in the curated table, and not damaging in kind"
    REFUTED = "once published as a mutation, later refuted"
    BENIGN = "reported as benign or likely benign"

    @property
    def needs_review(self) -> bool:
        return self in (Concern.CONFLICTING, Concern.DAMAGING_IN_KIND, Concern.UNCERTAIN)


class Conclusion(enum.Enum):
    """The answer of a report, the gravest first.

    NOTHING_FOUND: no reported mutation, and all that must be seen was seen. NOT_ASSESSABLE: nothing found, but not all
    of it was seen. NOT_INTERPRETABLE: the sample may not be the patient's. INCONCLUSIVE is said of findings alone,
    which conclude nothing by themselves.
    """

    CONSISTENT_WITH_IPEX = "consistent_with_ipex"
    LIKELY = "likely"
    CARRIER = "carrier"
    REVIEW_NEEDED = "review_needed"
    UNCERTAIN = "uncertain"
    NOT_INTERPRETABLE = "not_interpretable"
    NOT_ASSESSABLE = "not_assessable"
    NOTHING_FOUND = "nothing_found"
    INCONCLUSIVE = "inconclusive"


class Weight(enum.Enum):
    """What of a variant bears on the conclusion: what was reported, and failing that the class by the rules."""

    DISEASE = "disease"
    LIKELY = "likely"
    CONFLICTING = "conflicting"
    DAMAGING = "damaging"
    UNCERTAIN = "uncertain"
    HARMLESS = "harmless"

    @classmethod
    def of(cls, concern: Concern, *, near: bool = False, likely: bool = False) -> "Weight":
        """`near` is whether a variant that is not in the table comes close to a reported one, `likely` whether the
        rules make it pathogenic or likely pathogenic; what was reported goes before both."""
        open_ = concern in (Concern.DAMAGING_IN_KIND, Concern.UNCERTAIN, Concern.NOT_REPORTED)
        if likely and open_:
            return cls.LIKELY
        return cls.DAMAGING if near and open_ else _WEIGHTS[concern]


_WEIGHTS = {
    Concern.DISEASE: Weight.DISEASE,
    Concern.CONFLICTING: Weight.CONFLICTING,
    Concern.DAMAGING_IN_KIND: Weight.DAMAGING,
    Concern.UNCERTAIN: Weight.UNCERTAIN,
    Concern.NOT_REPORTED: Weight.HARMLESS,
    Concern.REFUTED: Weight.HARMLESS,
    Concern.BENIGN: Weight.HARMLESS,
}
_LIKELY = (AcmgClass.PATHOGENIC, AcmgClass.LIKELY_PATHOGENIC)
_YES_NO = ("yes", "no")
_FROM_FINDINGS = tuple(
    one.value
    for one in (
        Conclusion.CONSISTENT_WITH_IPEX,
        Conclusion.LIKELY,
        Conclusion.CARRIER,
        Conclusion.REVIEW_NEEDED,
        Conclusion.UNCERTAIN,
    )
)


@cache
def finding_conclusions() -> RuleTable:
    """The table from weight and state to what one variant amounts to."""
    questions = {
        "weight": [one.value for one in Weight],
        "state": state_codes(carried=True),
        "passed": _YES_NO,
        "is_patients": _YES_NO,
    }
    return RuleTable.read("finding_conclusions", questions)


@cache
def sample_conclusions() -> RuleTable:
    """The table from the gravest finding, the sample and what was seen of it to the answer of a report."""
    questions = {
        "strongest": (*_FROM_FINDINGS, "none"),
        "sample": ("usable", "transplanted", "sex_conflict"),
        "seen": ("all", "part", "untold"),
    }
    return RuleTable.read("sample_conclusions", questions)


@dataclass(frozen=True, slots=True)
class Described:
    """A variant with all that is true of it in whoever carries it.

    `resources` holds what each resource of the user's own says of it, in the order of their declaration.
    """

    annotation: Annotation
    match: Match
    concern: Concern
    resources: tuple[AnnotationValues, ...] = ()

    def weight(self, weighing: Weighing) -> Weight:
        """What of it bears on a conclusion. A class by the rules that no source shares makes it a matter of review."""
        likely, known = weighing.cls in _LIKELY, self.match.same_allele is not None
        near = (likely and known) or self.match.level not in (MatchLevel.SAME_ALLELE, MatchLevel.NONE)
        return Weight.of(self.concern, near=near, likely=likely and not known)


@dataclass(frozen=True, slots=True)
class Finding:
    """One variant in one sample. `notes` are sentences that the reader must see beside it.

    `members` names the variants that a combined finding is made of; they lie on one copy of the gene and are
    judged together, so that each alone concludes nothing. `explanations` say why a male looks heterozygous.
    `weighing` is the evidence by the rules.
    """

    described: Described
    state: XState
    evidence: tuple[Evidence, ...]
    conclusion: Conclusion
    notes: tuple[str, ...]
    members: tuple[str, ...] = ()
    explanations: tuple[Explanation, ...] = ()
    weighing: Weighing | None = None

    @property
    def zygosity(self) -> Zygosity:
        return self.state.zygosity

    @property
    def annotation(self) -> Annotation:
        return self.described.annotation

    @property
    def is_filtered(self) -> bool:
        """Whether every record that calls it failed a filter of the caller."""
        return all(evidence.is_filtered for evidence in self.evidence)


@dataclass(frozen=True, slots=True)
class StructuralFinding:
    """A symbolic allele or breakend in one sample; `curated` is the reported lesion that it is, if any."""

    structural: StructuralAllele
    annotation: StructuralAnnotation
    state: XState
    evidence: tuple[Evidence, ...]
    conclusion: Conclusion
    curated: CuratedStructure | None = None
    weighing: Weighing | None = None
    level: LesionMatch = LesionMatch.NONE
    near: tuple[CuratedStructure, ...] = ()

    @property
    def zygosity(self) -> Zygosity:
        return self.state.zygosity


@dataclass(frozen=True, slots=True)
class Unassessed:
    """Something in the locus that could not be judged for this sample."""

    code: str
    sentence: str
    places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Person:
    """What of a person bears on every finding: sex, sex chromosomes, whose DNA it is, family and clinical picture."""

    sex: Sex
    karyotype: Karyotype
    attribution: Attribution
    family: FamilyRecord | None
    phenotype: PhenotypeEvidence


@dataclass(frozen=True, slots=True)
class Assessment:
    """All that one sample's calls say. `callability` is None where nothing tells how deep the sample was seen,
    `copy_numbers` where there are no reads."""

    findings: tuple[Finding, ...]
    structural: tuple[StructuralFinding, ...]
    unassessed: tuple[Unassessed, ...]
    conclusion: Conclusion
    sex_check: SexCheck
    attribution: Attribution
    callability: Callability | None = None
    copy_numbers: CopyNumbers | None = None
    after_transplant: AfterTransplant | None = None
    fates: tuple[tuple[Fate, int], ...] = ()


def describe(
    variants: Iterable[Variant], gene: Gene, matcher: Matcher, resources: AnnotationResources = NO_RESOURCES
) -> dict[Variant, Described]:
    """Annotate and match each distinct variant once."""
    return {one.annotation.variant: one for one in describe_each(dict.fromkeys(variants), gene, matcher, resources)}


def describe_each(
    variants: Iterable[Variant], gene: Gene, matcher: Matcher, resources: AnnotationResources = NO_RESOURCES
) -> Iterator[Described]:
    """Annotate and match variants one by one, in their order."""
    for variant in variants:
        yield described_as(annotate(variant, gene), matcher, resources)


def described_as(annotation: Annotation, matcher: Matcher, resources: AnnotationResources = NO_RESOURCES) -> Described:
    """An annotation with its match, its weight, and what the resources say."""
    match = matcher.match(annotation)
    return Described(annotation, match, concern_of(annotation, match), resources.of(annotation))


def concern_of(annotation: Annotation, match: Match) -> Concern:
    """The weight of a variant from what was reported of it, and failing that from its kind."""
    curated = match.same_allele
    if curated:
        return _CONCERN_OF_CLASS.get(curated.classification) or _CONCERN_OF_SIDE[curated.classification.side]
    if annotation.is_damaging_in_kind:
        return Concern.DAMAGING_IN_KIND
    close = match.level in (MatchLevel.SAME_PROTEIN_CHANGE, MatchLevel.SAME_RESIDUE, MatchLevel.SAME_SITE)
    doubtful = close or annotation.most_severe.changes_protein or annotation.may_disturb_splicing
    return Concern.UNCERTAIN if doubtful else Concern.NOT_REPORTED


_CONCERN_OF_CLASS = {
    Classification.REFUTED: Concern.REFUTED,
    Classification.CONFLICTING: Concern.CONFLICTING,
    Classification.UNCERTAIN: Concern.UNCERTAIN,
}
_CONCERN_OF_SIDE = {
    Side.DISEASE: Concern.DISEASE,
    Side.BENIGN: Concern.BENIGN,
    Side.NEITHER: Concern.UNCERTAIN,
}


def assess(
    call_set: CallSet,
    sample: int | None,
    sex: Sex,
    described: Mapping[Variant, Described],
    gene: Gene,
    matcher: Matcher,
    resources: AnnotationResources = NO_RESOURCES,
    thresholds: Thresholds = THRESHOLDS,
    patient: Patient = NOBODY,
) -> Assessment:
    """What the calls of one sample say; `sample` is its index, None for a file without samples."""
    observed = observe(call_set, sample, sex, patient.karyotype)
    return interpret(observed, call_set, described, gene, matcher, resources, thresholds, patient)


def interpret(
    observed: Observed,
    call_set: CallSetOutline,
    described: Mapping[Variant, Described],
    gene: Gene,
    matcher: Matcher,
    resources: AnnotationResources = NO_RESOURCES,
    thresholds: Thresholds = THRESHOLDS,
    patient: Patient = NOBODY,
) -> Assessment:
    """What is to be thought of what one sample was seen to carry; `described` holds every variant of it."""
    model, sex = gene.on(call_set.assembly), observed.sex
    person = _Person(
        sex,
        observed.karyotype,
        attribution(patient.transplant, patient.material),
        patient.family,
        phenotype_evidence(patient, matcher.catalogue.clinical),
    )
    findings = tuple(
        replace(
            _finding(described[one.allele], one, person, gene, matcher),
            explanations=explanations(one, observed, model.reference),
        )
        for one in observed.variants
    )
    findings = _combined(findings, person, gene, matcher, resources)
    findings = tuple(_with_neighbours(finding, findings) for finding in findings)
    structures = tuple(_structural(one, model, person, gene, matcher) for one in observed.structural)
    sex_check = SexCheck.of(sex, observed.sex_evidence, patient.karyotype)
    seen = None
    if observed.coverage:
        seen = callability(
            observed.coverage,
            [finding.annotation.variant for finding in findings],
            observed.karyotype.counted_as,
            model,
            matcher.catalogue,
            thresholds,
            {one.curated.id for one in structures if one.curated},
            {(one.structural.start, one.structural.end) for one in structures},
        )
    conclusion = _conclusion(
        {f.conclusion for f in findings} | {s.conclusion for s in structures}, observed, person, sex_check, seen
    )
    unassessed = tuple(_unassessed(observed, structures, call_set, model, seen, person))
    return Assessment(
        findings,
        structures,
        unassessed,
        conclusion,
        sex_check,
        person.attribution,
        seen,
        observed.copy_numbers,
        after_transplant(patient, observed, model, _names_told(patient, model, gene)),
        observed.fates,
    )


def _names_told(patient: Patient, model: GeneModel, gene: Gene) -> dict[str, str]:
    """The names of the alleles that are told of patient and donor, by SPDI."""
    told = patient.transplant
    found = {}
    for spdi in dict.fromkeys([*([told.familial] if told.familial else []), *dict(told.donor_states)]):
        _, position, ref, alt = spdi.split(":")
        found[spdi] = annotate(Variant.of(model.reference, int(position) + 1, ref, alt), gene).name
    return found


def _conclusion(
    found: Collection[Conclusion], observed: Observed, person: _Person, check: SexCheck, seen: Callability | None
) -> Conclusion:
    """The answer of the report, by the table."""
    strongest = next((one.value for one in Conclusion if one in found and one.value in _FROM_FINDINGS), "none")
    sample = "usable"
    if not person.attribution.negative:
        sample = "transplanted"
    elif check.status is SexStatus.CONFLICT:
        sample = "sex_conflict"
    all_seen = seen is not None and seen.is_clear and not _has_open_records(observed) and not check.warning
    if observed.copy_numbers and observed.copy_numbers.other_than_usual:
        all_seen = False
    extent = "untold" if seen is None else "all" if all_seen else "part"
    row = sample_conclusions().row(strongest, sample, extent)
    return Conclusion(strongest if row["conclusion"] == "as_found" else row["conclusion"])


def _weighed(one: Described, state: XState, person: _Person, gene: Gene, matcher: Matcher) -> Weighing:
    family = family_evidence(person.family, one.annotation.variant)
    return weigh(one.annotation, one.match, one.resources, gene, matcher, family, _phenotype(state, person))


def _phenotype(state: XState, person: _Person) -> PhenotypeEvidence:
    """What the picture says for an allele in this state: nothing where it would make the person a carrier."""
    return replace(person.phenotype, of_carrier=conclude(Weight.DISEASE, state) is Conclusion.CARRIER)


def _has_open_records(observed: Observed) -> bool:
    """Whether a record leaves open what the sample carries; one without a call is judged with the bases it covers."""
    return any(gap.kind is not GapKind.NO_CALL for gap in observed.gaps)


def _finding(
    described: Described, observation: Observation[Variant], person: _Person, gene: Gene, matcher: Matcher
) -> Finding:
    state, evidence = observation.state, observation.evidence
    notes = list(_notes(described, state.zygosity, person, evidence))
    if len({str(one.genotype) for one in evidence if one.genotype}) > 1:
        notes.append("The file holds several records of this allele, and their genotypes differ.")
    filtered = all(one.is_filtered for one in evidence)
    weighing = _weighed(described, state, person, gene, matcher)
    is_patients = person.attribution.is_patients
    conclusion = conclude(described.weight(weighing), state, filtered=filtered, is_patients=is_patients)
    return Finding(described, state, evidence, conclusion, tuple(notes), weighing=weighing)


def conclude(weight: Weight, state: XState, *, filtered: bool = False, is_patients: bool = True) -> Conclusion:
    """What one variant in one sample amounts to, by the table."""
    answers = (weight.value, state.code, _YES_NO[filtered], _YES_NO[not is_patients])
    return Conclusion(finding_conclusions().row(*answers)["conclusion"])


def _notes(described: Described, state: Zygosity, person: _Person, evidence: tuple[Evidence, ...]) -> Iterable[str]:
    if not person.attribution.is_patients:
        yield person.attribution.sentence
    yield from _state_notes(state, person)
    filters = sorted({name for one in evidence for name in one.filters})
    if filters:
        yield f"The caller marked it as failing a filter ({', '.join(filters)}); confirm it by another method."
    for mark in described.annotation.landmarks:
        if mark.kind.is_vital:
            yield f"It lies in the {mark.name}, where changes are damaging although no residue changes."
    curated = described.match.same_allele
    if curated and curated.is_refuted:
        yield "It was once published as a mutation and has been refuted: it does not explain IPEX."
    if curated and curated.remark:
        yield curated.remark
    if curated and curated.disagreement:
        yield curated.disagreement
    yield from notes_of(described.resources)
    if curated is None and described.match.level is not MatchLevel.NONE:
        names = ", ".join(other.name for other in described.match.curated)
        yield f"Not in the curated table itself; {_CLOSENESS[described.match.level]} as {names}, reported in IPEX."


_CLOSENESS = {
    MatchLevel.SAME_PROTEIN_CHANGE: "the same protein change",
    MatchLevel.SAME_RESIDUE: "another change of the same residue",
    MatchLevel.SAME_SITE: "at the same splice site or signal",
}


def _state_notes(state: Zygosity, person: _Person) -> Iterable[str]:
    sex = person.sex
    if state is Zygosity.DISCORDANT and person.karyotype.copies == 1:
        yield (
            "A male has one copy of FOXP3, yet more than one allele is called. Think of mosaicism, a mixture of "
            "samples, donor cells after a transplant, a karyotype such as XXY, a misread sequence, or a caller "
            "that assumes two copies."
        )
    elif state is Zygosity.DISCORDANT:
        yield "The number of called copies does not fit the declared sex; check sex, karyotype and caller ploidy."
    elif state is Zygosity.PARTIAL:
        yield "Only part of the genotype was called, so the number of copies is not known."
    elif state is Zygosity.NOT_GENOTYPED:
        yield "The record has no genotype: that this person carries the allele is not shown by the file."
    elif sex is Sex.UNKNOWN and state is Zygosity.HOMOZYGOUS:
        yield "Only this allele is called. In a male that is hemizygous, in a female homozygous: state the sex."
    elif sex is Sex.UNKNOWN and state is Zygosity.HETEROZYGOUS:
        yield "In a female this is a carrier; in a male it would be discordant: state the sex."
    elif sex is Sex.UNKNOWN and state is Zygosity.HEMIZYGOUS:
        yield "One copy is called, as in a male; the sex was not declared."


def _combined(
    findings: tuple[Finding, ...], person: _Person, gene: Gene, matcher: Matcher, resources: AnnotationResources
) -> tuple[Finding, ...]:
    """The findings, with those of one copy that are one change judged as one beside each alone.

    First come those that together are a curated allele, wherever they lie; then those that act together.
    """
    found = list(findings)

    def join(members: list[Finding], annotation: Annotation) -> Finding:
        """The finding of the whole, put among those found unless another copy of the gene showed it already."""
        whole = _whole(members, annotation, person, gene, matcher, resources)
        for one in found:
            if one.members and one.annotation.variant == annotation.variant:
                return one
        found[:] = [_as_member(one, whole) if one in members else one for one in found]
        found.append(whole)
        return whole

    for copy in _copies(findings, is_patients=person.attribution.is_patients):
        by_variant = {finding.annotation.variant: finding for finding in copy}
        model = gene.on(build_of(copy[0].annotation.variant.assembly))
        parts = {variant: _edit(finding) for variant, finding in by_variant.items()}
        curated = [one.alleles[model.assembly] for one in matcher.catalogue.variants]
        for allele, run in list(split_alleles(parts, curated, model.reference)):
            by_variant[allele] = join([by_variant.pop(variant) for variant in run], annotate(allele, gene))
        for group in acting_together(list(by_variant), model.transcript):
            annotation = combined(group, gene)
            if annotation:
                join([by_variant[variant] for variant in group], annotation)
    return tuple(found)


def _edit(finding: Finding) -> Edit:
    """What its first record puts in place of what."""
    record = finding.evidence[0]
    return as_written(record.position, record.ref.upper(), record.alt.upper())


def _copies(findings: tuple[Finding, ...], *, is_patients: bool) -> Iterator[list[Finding]]:
    """Findings that are known to lie on one copy of the gene: all hemizygous ones, unless part of the cells may be a
    donor's; else those phased together."""
    hemizygous = [one for one in findings if one.zygosity is Zygosity.HEMIZYGOUS and is_patients]
    if len(hemizygous) > 1:
        yield hemizygous
    homozygous = [one for one in findings if one.zygosity is Zygosity.HOMOZYGOUS]
    phased: dict[tuple[str, int], list[Finding]] = {}
    for one in findings:
        if one.zygosity is Zygosity.HETEROZYGOUS and len(one.evidence) == 1:
            place = _phase(one.evidence[0])
            if place:
                phased.setdefault(place, []).append(one)
    for together in phased.values():
        yield [*homozygous, *together]
    if not phased and len(homozygous) > 1:
        yield homozygous


def _phase(evidence: Evidence) -> tuple[str, int] | None:
    """Phase set and which of its two copies carries the allele; None for an unphased call."""
    return None if evidence.copy is None else (evidence.phase_set, evidence.copy)


def _whole(
    members: list[Finding],
    annotation: Annotation,
    person: _Person,
    gene: Gene,
    matcher: Matcher,
    resources: AnnotationResources,
) -> Finding:
    """The finding that several variants of one copy make together."""
    described = described_as(annotation, matcher, resources)
    state = next((one.state for one in members if one.zygosity is Zygosity.HETEROZYGOUS), members[0].state)
    evidence = tuple(piece for one in members for piece in one.evidence)
    filtered = any(one.is_filtered for one in members)
    names = tuple(one.annotation.name for one in members)
    notes = (
        f"Made of {' and '.join(names)}, which lie on one copy of the gene and are read as one change.",
        *_notes(described, state.zygosity, person, evidence),
    )
    is_patients = person.attribution.is_patients
    weighing = _weighed(described, state, person, gene, matcher)
    conclusion = conclude(described.weight(weighing), state, filtered=filtered, is_patients=is_patients)
    return Finding(described, state, evidence, conclusion, tuple(dict.fromkeys(notes)), names, weighing=weighing)


def _as_member(finding: Finding, whole: Finding) -> Finding:
    note = f"Judged together with its neighbours as {whole.annotation.name} {whole.annotation.hgvs_p}".strip() + "."
    return replace(finding, conclusion=Conclusion.INCONCLUSIVE, notes=(*finding.notes, note))


def _with_neighbours(finding: Finding, findings: tuple[Finding, ...]) -> Finding:
    """Warn where another carried variant changes the same residue and it is not known whether on the same copy."""
    mine = finding.annotation.residues
    others = [
        other.annotation.name
        for other in findings
        if other is not finding and mine and other.annotation.residues and other.annotation.residues[0] == mine[0]
    ]
    if not others or finding.members or finding.zygosity is Zygosity.HEMIZYGOUS:
        return finding
    if any(one.members and finding.annotation.name in one.members for one in findings):
        return finding
    note = (
        f"It changes the same residue as {', '.join(others)}: if both lie on one chromosome, the protein change "
        "differs from the one given here, which holds for each alone."
    )
    return replace(finding, notes=(*finding.notes, note))


def _structural(
    observation: Observation[StructuralAllele], model: GeneModel, person: _Person, gene: Gene, matcher: Matcher
) -> StructuralFinding:
    """A structural allele is reviewed, unless it is a reported lesion, or pathogenic by the rules."""
    allele, state, evidence = observation.allele, observation.state, observation.evidence
    level, close = match_lesion(allele, matcher.catalogue.structures, model)
    curated = close[0] if level is LesionMatch.SAME_LESION else None
    annotation = annotate_structural(allele, model)
    weighing = weigh_structural(
        allele, annotation, curated, model, gene, matcher, NO_FAMILY, phenotype=_phenotype(state, person)
    )
    weight = Weight.LIKELY if weighing.cls in _LIKELY else Weight.DAMAGING
    if curated and curated.said.assertions and classification_of(curated.said.assertions).side is Side.DISEASE:
        weight = Weight.DISEASE
    filtered = all(one.is_filtered for one in evidence)
    conclusion = conclude(weight, state, filtered=filtered, is_patients=person.attribution.is_patients)
    near = close if level is LesionMatch.SAME_EXON else ()
    return StructuralFinding(allele, annotation, state, evidence, conclusion, curated, weighing, level, near)


def _unassessed(
    observed: Observed,
    structures: tuple[StructuralFinding, ...],
    call_set: CallSetOutline,
    model: GeneModel,
    seen: Callability | None,
    person: _Person,
) -> Iterable[Unassessed]:
    """What this file leaves open for this sample, the most important first."""
    window = model.window
    coverage = observed.coverage
    if coverage and coverage.source is CoverageSource.READS:
        if not any(run.depth for run in coverage.runs):
            yield Unassessed("no_read_in_locus", _no_read_sentence(coverage, model))
    elif not call_set.seen.records_in_locus:
        yield Unassessed("no_record_in_locus", _no_record_sentence(call_set, coverage))
    blocks = call_set.seen.reference_block_bases
    if seen:
        callable_, needed = seen.needed
        sentence = (
            f"Of the {needed:,} bases that must be seen, {callable_:,} are callable, as {seen.coverage.stated}; "
            "what could not be seen is not known to be reference."
        )
    elif blocks:
        sentence = (
            f"Records without an alternate allele cover {blocks:,} of the {len(window):,} bases of the locus "
            f"({window}); whether they were deep enough was not judged. The other bases are not known to be reference."
        )
    else:
        sentence = (
            f"The file lists variants only: for every base of the locus ({window}, {len(window):,} bases) without a "
            "record, reference sequence and missing data look the same."
        )
    yield Unassessed("silence", sentence)
    for gap in observed.gaps:
        yield Unassessed(gap.kind.code, gap.kind.sentence, gap.places)
    if observed.copy_numbers:
        yield from _open_copies(observed.copy_numbers, structures)
    yield Unassessed("not_detectable", _not_detectable(observed, seen, model))
    if person.attribution.sentence:
        yield Unassessed("transplant", person.attribution.sentence)


def _open_copies(copies: CopyNumbers, structures: tuple[StructuralFinding, ...]) -> Iterable[Unassessed]:
    """Exons whose depth is odd without a lesion found, and those of which the number of copies is not known."""
    odd = [
        one
        for one in copies.other_than_usual
        if not any(s.structural.start <= one.exon.end and one.exon.start <= s.structural.end for s in structures)
    ]
    if odd:
        said = " ".join(one.sentence for one in odd)
        yield Unassessed("copy_number_odd", f"{said} No lesion could be delimited there: count copies by other means.")
    if copies.open:
        names = ", ".join(one.exon.name for one in copies.open)
        reasons = list(dict.fromkeys(one.sentence for one in copies.open))
        why = f" {reasons[0]}" if len(reasons) == 1 else ""
        yield Unassessed("copy_number_open", f"The number of copies is not known of: {names}.{why}")


def _not_detectable(observed: Observed, seen: Callability | None, model: GeneModel) -> str:
    """What this kind of data does not show, however deep it is."""
    if seen and seen.coverage.source is CoverageSource.READS:
        if observed.copy_numbers and observed.sex is not Sex.UNKNOWN:
            looked = (
                "Deletions and duplications were looked for in reads that span their ends and, where copies could be "
                "counted, in the depth of each exon. Inversions, insertions of foreign sequence and lesions joined to "
                f"another chromosome were not; a lesion with both ends outside the window, {model.window}, leaves no "
                "ends to be seen, and one in part of the cells shows by spanning reads only."
            )
        else:
            why = ", since the sex is not known" if observed.copy_numbers else ""
            looked = f"Deletions and duplications were not looked for in these reads{why}, nor were inversions."
        return (
            f"{looked} Small variants in less than {seen.thresholds.mosaic_fraction:.0%} of the reads may be missed, "
            "and what an unreported change deep in an intron or in a control region does is not known."
        )
    by = {
        CoverageSource.BLOCKS: "by the blocks of a gVCF, which tell where variants could be called, not how many "
        "copies there are",
        CoverageSource.REGIONS: "by callable regions, which tell where variants could be called, not how many copies "
        "there are",
    }
    source = by[seen.coverage.source] if seen else "by a file of small variants"
    return (
        "Deletions and duplications of exons, the 1,388-bp deletion at non-coding exon 1 (PMID:17484868), mosaicism "
        f"and changes deep in introns are not excluded {source}."
    )


def _no_read_sentence(coverage: Coverage, model: GeneModel) -> str:
    filters = coverage.filters
    counted = (
        f" (mapping quality from {filters.mapping_quality} on, base quality from {filters.base_quality} on, without "
        "duplicates)"
        if filters
        else ""
    )
    return (
        f"No read that counts{counted} lies in the FOXP3 locus, {model.window}: the region was not sequenced or was "
        "removed, the reads do not count, or the gene is lost. This is not a negative result."
    )


def _no_record_sentence(call_set: CallSetOutline, coverage: Coverage | None) -> str:
    on_x = call_set.seen.records_on_x
    if on_x:
        elsewhere = f"It has {on_x:,} records elsewhere on chromosome X."
    elif on_x == 0:
        elsewhere = "It has no record on chromosome X at all: the region was probably not sequenced or was removed."
    else:
        elsewhere = "Whether it covers chromosome X is not known."
    end = f"What could be seen of the locus was {coverage.stated}." if coverage else "This is not a negative result."
    return f"The file holds no record in the FOXP3 locus. {elsewhere} {end}"
