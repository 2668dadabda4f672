"""The report of one sample, as plain values in the form of `resources/schemas/report.schema.json`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from foxp3_annot.annotation import Annotation, on_lrg, on_other_build, on_other_transcripts
from foxp3_annot.assembly import build_of
from foxp3_annot.callability import AlleleVerdict, Callability
from foxp3_annot.callset import CallSetOutline
from foxp3_annot.cases import Proportion, ReportedRange
from foxp3_annot.catalogue import (
    Assertion,
    Catalogue,
    Citation,
    CuratedStructure,
    CuratedVariant,
    FunctionalResult,
    RowsAbout,
    classification_of,
)
from foxp3_annot.exon_copies import CopyNumbers
from foxp3_annot.gene import Gene, GeneModel
from foxp3_annot.genotype import Sex, Zygosity
from foxp3_annot.hallmark import hallmarks_of
from foxp3_annot.identifiers import vrs_id
from foxp3_annot.inheritance import Statement, family_sources, inheritance
from foxp3_annot.interpretation import Assessment, Concern, Conclusion, Described, Finding, StructuralFinding
from foxp3_annot.observation import Evidence
from foxp3_annot.patient import NOBODY, Patient
from foxp3_annot.protein import one_letter
from foxp3_annot.report.annotation_resources import annotation_values
from foxp3_annot.report.callability import callability_values, copy_number_values
from foxp3_annot.report.evidence import cited_in, weighing_values
from foxp3_annot.report.family import FamilyView, family_values, family_view
from foxp3_annot.report.patient import patient_values
from foxp3_annot.report.phenotype import (
    citations_in,
    differential_values,
    next_steps_values,
    phenotype_values,
    steps_of,
)
from foxp3_annot.report.provenance import Settings, provenance
from foxp3_annot.report.transplant import transplant_values
from foxp3_annot.sex_evidence import ReadDepths, SexCheck, SexStatus, XGenotypes
from foxp3_annot.x_state import XState

SCHEMA_VERSION = "2.0.0"

LIMITS = (
    "For research use. A finding must be confirmed by an accredited laboratory before it guides care.",
    "Severity must not be predicted from the genotype: one variant has been seen with many courses.",
    "The curated table is not complete: that a variant is not in it proves nothing.",
    "Positions in introns 1 and 6 count differently on the two builds; the names given here hold for the build named.",
    "A class by the rules rests on the facts that the tables and the resources given hold, by generic rules; it is no "
    "classification by an expert panel. What sources call a variant stands beside it, and neither replaces the other.",
)


@dataclass(frozen=True, slots=True)
class Subject:
    """The person or file that a report is about. `name_in_file` is None for a file without samples."""

    id: str
    name_in_file: str | None
    sex: Sex
    sex_declared: bool
    patient: Patient = NOBODY


def sample_report(
    subject: Subject,
    call_set: CallSetOutline,
    assessment: Assessment,
    gene: Gene,
    catalogue: Catalogue,
    settings: Settings,
    familial: Mapping[str, Described] | None = None,
) -> dict[str, Any]:
    """Everything that is said of one sample; only plain JSON values, in a fixed order.

    `familial` describes each allele that was seen in the family, by SPDI.
    """
    findings = sorted(assessment.findings, key=_gravity)
    view = family_view(subject.patient.family, familial or {}, findings)
    statements = _family(findings, assessment.structural, subject.sex, view)
    steps = steps_of(assessment.conclusion.value, subject.patient, catalogue)
    clinical = {
        "phenotype": phenotype_values(
            subject.patient, catalogue, of_carrier=assessment.conclusion is Conclusion.CARRIER
        ),
        "next_steps": next_steps_values(steps),
        "differential": differential_values(steps),
    }
    cited = _cited(findings, assessment.structural, statements, view, catalogue, citations_in(clinical))
    return {
        "schema_version": SCHEMA_VERSION,
        "report": "sample",
        "gene": "FOXP3",
        "sample": {
            "id": subject.id,
            "name_in_file": subject.name_in_file,
            "sex": subject.sex.value,
            "sex_source": "declared" if subject.sex_declared else "not declared",
        },
        "patient": patient_values(subject.patient),
        "call_set": _call_set(call_set, gene),
        "sex_check": _sex_check(assessment.sex_check),
        "conclusion": {
            "code": assessment.conclusion.value,
            "sentence": _warned(
                _attributed(headline(subject, call_set, assessment, findings), assessment), assessment.sex_check
            ),
        },
        "findings": [_finding(finding, gene) for finding in findings],
        "structural_findings": [_structural(one) for one in assessment.structural],
        "records": {
            "read": call_set.seen.records_in_locus,
            "fates": [{"code": fate.code, "label": fate.label, "count": count} for fate, count in assessment.fates],
        },
        "not_assessed": [
            {"code": one.code, "sentence": one.sentence, "places": list(one.places)} for one in assessment.unassessed
        ],
        "callability": callability_values(assessment.callability) if assessment.callability else None,
        "copy_number": copy_number_values(assessment.copy_numbers) if assessment.copy_numbers else None,
        "inheritance": [{"sentence": s.sentence, "citations": list(s.citations)} for s in statements],
        "family": family_values(view),
        "transplant": transplant_values(assessment.attribution, assessment.after_transplant),
        **clinical,
        "limits": list(LIMITS),
        "citations": [citation_values(citation) for citation in cited],
        "provenance": provenance(call_set, gene, catalogue, settings),
    }


def _gravity(finding: Finding) -> tuple[int, int, tuple[str, int, str, str]]:
    conclusions, concerns = list(Conclusion), list(Concern)
    return (
        conclusions.index(finding.conclusion),
        concerns.index(finding.described.concern),
        finding.annotation.variant.key,
    )


# --- the line at the top ------------------------------------------------------------------------------


def headline(subject: Subject, call_set: CallSetOutline, assessment: Assessment, findings: list[Finding]) -> str:
    """The answer in a sentence."""
    telling = [f for f in findings if f.conclusion is assessment.conclusion]
    if assessment.conclusion is Conclusion.CONSISTENT_WITH_IPEX:
        answer = (
            f"Hemizygous for {_classified(telling, assessment)}: consistent with IPEX where the clinical picture fits."
        )
        return answer + _also_to_review(findings, assessment, subject.sex)
    if assessment.conclusion is Conclusion.LIKELY:
        answer = (
            f"Likely consistent with IPEX where the clinical picture fits, once it is confirmed: "
            f"{_joined(_likely_reasons(telling, assessment))}."
        )
        return answer + _also_to_review(findings, assessment, subject.sex)
    if assessment.conclusion is Conclusion.UNCERTAIN:
        return (
            f"Of uncertain significance: {_names(telling)}. This neither explains IPEX nor excludes it; "
            f"{_exclusion_sentence(assessment.callability)}"
        )
    if assessment.conclusion is Conclusion.NOT_INTERPRETABLE:
        return _not_interpretable_sentence(assessment)
    if assessment.conclusion is Conclusion.CARRIER:
        carried = _classified(telling, assessment)
        return f"Carrier: heterozygous for {carried}." + _also_to_review(findings, assessment, subject.sex)
    if assessment.conclusion is Conclusion.REVIEW_NEEDED:
        return _review_sentence(telling, assessment, subject.sex)
    if assessment.conclusion is Conclusion.NOTHING_FOUND and assessment.callability:
        refuted = [f for f in findings if f.described.concern is Concern.REFUTED]
        clear = _clear_sentence(assessment.callability, assessment.copy_numbers)
        return " ".join([clear, *([_refuted(refuted)] if refuted else [])])
    if not call_set.seen.records_in_locus and not assessment.callability:
        return "The file holds no record in the FOXP3 locus: nothing can be said about FOXP3, and IPEX is not excluded."
    harmless = [f for f in findings if f.described.concern is Concern.REFUTED]
    limit = _exclusion_sentence(assessment.callability)
    if harmless:
        return f"No FOXP3 variant that explains IPEX is recorded: {_refuted(harmless)} {limit[0].upper()}{limit[1:]}"
    return f"No FOXP3 variant that is reported in IPEX or damaging in kind is recorded; {limit}"


def _likely_reasons(findings: list[Finding], assessment: Assessment) -> Iterable[str]:
    """Each finding that makes the answer likely, with what keeps it from being certain."""
    for one in findings:
        if one.described.concern is Concern.DISEASE:
            yield f"{_classified([one], replace(assessment, structural=()))}, {one.state.sentence}"
        elif one.weighing:
            yield f"{_name(one.annotation)}, which no source reports, is {one.weighing.cls.label} by the generic rules"
    for large in assessment.structural:
        if large.conclusion is Conclusion.LIKELY and large.curated:
            yield f"the {large.curated.described_as}, {large.state.sentence}"
        elif large.conclusion is Conclusion.LIKELY and large.weighing:
            name = large.annotation.hgvs_c or large.annotation.hgvs_g or large.structural.type
            yield f"{name}, which no source reports, is {large.weighing.cls.label} by the generic rules"


def _not_interpretable_sentence(assessment: Assessment) -> str:
    if not assessment.attribution.negative:
        return (
            "Not interpretable: nothing that matters for IPEX is recorded, but after a stem-cell transplant DNA from "
            "blood is the donor's. Send material without blood cells, such as cultured fibroblasts or hair."
        )
    return "Not interpretable: nothing that matters for IPEX is recorded, but the sample may be another person's."


def _refuted(findings: list[Finding]) -> str:
    return f"{_names(findings)} was once published as a mutation and has been refuted."


def _clear_sentence(seen: Callability, copies: CopyNumbers | None) -> str:
    """What stands at the top where nothing was found although all that is needed could be seen."""
    callable_, needed = seen.needed
    unseen = [
        _unseen_structures(seen, copies),
        "changes deep in introns and in control regions",
        "mutations not yet reported there",
    ]
    if any(one.misses is None or one.misses.mosaic > seen.thresholds.greatest_miss for one in seen.reported):
        unseen.append(f"a mosaic of {seen.thresholds.mosaic_fraction:.0%} of the reads")
    unseen.append("IPEX of another cause")
    return (
        f"Nothing found in what could be assessed: {callable_:,} of {needed:,} bases of coding exons, splice sites, "
        f"non-coding exon 1 and poly(A) signal are callable, {seen.coverage.stated}, and "
        f"{seen.count(AlleleVerdict.EXCLUDED)} of {len(seen.reported)} small alleles reported in IPEX are excluded. "
        f"Not excluded: {', '.join(unseen)}."
    )


def _unseen_structures(seen: Callability, copies: CopyNumbers | None) -> str:
    """Which structural lesions remain open."""
    if not copies or len(copies.open) == len(copies.stretches):
        return "structural lesions"
    words = []
    if copies.open:
        words.append(f"deletions and duplications of {_joined(one.exon.name for one in copies.open)}")
    words += [f"the {one.structure.described_as}" for one in seen.structures if not one.is_settled]
    words.append("structural lesions that leave the depth of exons as it is")
    return ", ".join(words)


def _exclusion_sentence(seen: Callability | None) -> str:
    if seen is None:
        return "a variant file alone does not exclude IPEX."
    return (
        f"{seen.count(AlleleVerdict.EXCLUDED)} of {len(seen.reported)} alleles reported in IPEX are excluded in this "
        "sample; the others, structural lesions and IPEX of another cause are not."
    )


def _attributed(sentence: str, assessment: Assessment) -> str:
    """The answer, and that what was found may be a donor's."""
    found = assessment.conclusion in (Conclusion.REVIEW_NEEDED, Conclusion.UNCERTAIN)
    if assessment.attribution.is_patients or not found:
        return sentence
    return f"{sentence} After a stem-cell transplant what is found here may be the donor's."


def _warned(sentence: str, check: SexCheck) -> str:
    """The answer, and that it may be another person's where the data do not fit the declared sex."""
    if check.status is not SexStatus.CONFLICT:
        return sentence
    return f"{sentence} But the data do not fit the declared sex ({check.declared.value}): clear this up first."


def _names(findings: Iterable[Finding]) -> str:
    return _joined(_name(finding.annotation) for finding in findings)


def _name(annotation: Annotation) -> str:
    return f"{annotation.name} {annotation.hgvs_p}".strip() if annotation.hgvs_p != "p.?" else annotation.name


def _classified(findings: list[Finding], assessment: Assessment) -> str:
    """Names of what the conclusion rests on, each with the word under which it is curated."""
    small = [
        f"{_name(f.annotation)} ({f.described.match.same_allele.classification.label})"
        for f in findings
        if f.described.match.same_allele
    ]
    large = [
        f"the {one.curated.described_as} ({classification_of(one.curated.said.assertions).label})"
        for one in assessment.structural
        if one.curated and one.conclusion is assessment.conclusion
    ]
    return _joined([*small, *large])


def _joined(words: Iterable[str]) -> str:
    *most, last = [*words] or [""]
    return f"{', '.join(most)} and {last}" if most else last


def _also_to_review(findings: list[Finding], assessment: Assessment, sex: Sex) -> str:
    """A second sentence where, beside the answer, something else waits for review."""
    waiting = [f for f in findings if f.conclusion is Conclusion.REVIEW_NEEDED]
    large = any(one.conclusion is Conclusion.REVIEW_NEEDED for one in assessment.structural)
    return f" {_review_sentence(waiting, assessment, sex)}" if waiting or large else ""


def _review_sentence(findings: list[Finding], assessment: Assessment, sex: Sex) -> str:
    reasons = [f"{_name(f.annotation)} is {_why(f, sex)}" for f in findings]
    for one in assessment.structural:
        if one.conclusion is not Conclusion.REVIEW_NEEDED:
            continue
        size = one.structural.end - one.structural.start + 1
        reasons.append(f"a structural variant ({one.structural.type}, {size:,} bases) meets the locus")
    shown = "; ".join(reasons[:3]) + (f"; and {len(reasons) - 3} more" if len(reasons) > 3 else "")
    return f"To be reviewed: {shown}."


def _why(finding: Finding, sex: Sex) -> str:
    words = [finding.described.concern.value]
    if finding.described.concern is Concern.DAMAGING_IN_KIND:
        kind = finding.annotation.most_severe.term.replace("_", " ")
        words = [f"{finding.described.concern.value} ({kind})"]
    if finding.zygosity in (Zygosity.DISCORDANT, Zygosity.PARTIAL, Zygosity.NOT_GENOTYPED):
        words.append(_STATE_WORDS[finding.zygosity])
    elif finding.described.concern is Concern.DISEASE and finding.is_filtered:
        words.append("and the caller filtered it")
    elif finding.described.concern is Concern.DISEASE:
        words.append(f"and {finding.zygosity.value}")
        words += ["while the sex is not known"] if sex is Sex.UNKNOWN else []
    return " ".join(words)


_STATE_WORDS = {
    Zygosity.DISCORDANT: "and its genotype does not fit the sex",
    Zygosity.PARTIAL: "and only part of the genotype was called",
    Zygosity.NOT_GENOTYPED: "and the file gives no genotype",
}


# --- the parts ----------------------------------------------------------------------------------------


def _call_set(call_set: CallSetOutline, gene: Gene) -> dict[str, Any]:
    return {
        "id": call_set.name,
        "file": call_set.source.name,
        "assembly": call_set.assembly.label,
        "assembly_basis": call_set.assembly_basis,
        "locus": locus_of(gene.on(call_set.assembly)),
        "records_in_locus": call_set.seen.records_in_locus,
        "records_on_chromosome_x": call_set.seen.records_on_x,
        "reference_block_bases": call_set.seen.reference_block_bases,
        "indexed": call_set.seen.indexed,
    }


def _sex_check(check: SexCheck) -> dict[str, Any]:
    evidence = check.evidence
    return {
        "declared": check.declared.value,
        "status": check.status.value,
        "verdict": {"code": check.verdict.code, "label": check.verdict.label},
        "warning": check.warning,
        "sentence": check.sentence,
        "evidence": {
            "reads": _read_depths(evidence.reads) if evidence and evidence.reads else None,
            "genotypes": _x_genotypes(evidence.genotypes) if evidence and evidence.genotypes else None,
        },
    }


def _read_depths(reads: ReadDepths) -> dict[str, Any]:
    return {
        "autosomes": reads.autosomes,
        "autosomal_reads": reads.autosomal_reads,
        "x_reads": reads.x_reads,
        "y_reads": reads.y_reads,
        "spread": reads.spread,
        "x_ratio": reads.x_ratio,
        "y_ratio": reads.y_ratio,
    }


def _x_genotypes(genotypes: XGenotypes) -> dict[str, Any]:
    return {
        "carried": genotypes.carried,
        "heterozygous": genotypes.heterozygous,
        "single": genotypes.single,
        "complete": genotypes.complete,
    }


def locus_of(model: GeneModel) -> str:
    """The stretch of chromosome X in which records count."""
    return f"chrX:{model.window.start}-{model.window.end}"


def _state(state: XState) -> dict[str, str]:
    return {"code": state.zygosity.value, "state": state.code, "sentence": state.sentence}


def _finding(finding: Finding, gene: Gene) -> dict[str, Any]:
    curated = finding.described.match.curated
    return description_values(finding.annotation, gene) | {
        "zygosity": _state(finding.state),
        "concern": {"code": finding.described.concern.name.lower(), "label": finding.described.concern.value},
        "conclusion": finding.conclusion.value,
        "match": {
            "level": finding.described.match.level.value,
            "curated": [curated_values(one) for one in curated],
        },
        "acmg": weighing_values(finding.weighing) if finding.weighing else None,
        "resources": [annotation_values(one) for one in finding.described.resources],
        "members": list(finding.members),
        "evidence": [_evidence(one) for one in finding.evidence],
        "notes": list(finding.notes),
        "explanations": [
            {
                "code": one.kind.code,
                "label": one.kind.label,
                "weight": {"code": one.weight.code, "label": one.weight.label},
                "because": one.because,
            }
            for one in finding.explanations
        ],
    }


def description_values(annotation: Annotation, gene: Gene) -> dict[str, Any]:
    """The names and places of a variant, as reports and `lookup` give them."""
    return {
        "hgvs_g": annotation.hgvs_g,
        "hgvs_c": annotation.hgvs_c,
        "hgvs_p": annotation.hgvs_p,
        "assembly": annotation.variant.assembly.label,
        "vcf": {
            "chrom": "chrX",
            "pos": annotation.vcf.start,
            "ref": annotation.vcf.ref,
            "alt": annotation.vcf.alt,
        },
        "spdi": annotation.variant.spdi(),
        "vrs_id": vrs_id(annotation.variant),
        "hgvs_lrg": on_lrg(annotation.variant, gene),
        "hgvs_p_short": one_letter(annotation.hgvs_p),
        "other_build": {
            "assembly": build_of(annotation.variant.assembly).other.label,
            "hgvs_g": annotation.other_hgvs_g,
            "hgvs_c": on_other_build(annotation, gene),
            "reason": annotation.other_build.reason,
        },
        "consequences": [{"term": term.term, "id": term.so_id} for term in annotation.consequences],
        "features": [{"name": str(f), "name_in_papers": f.papers_name} for f in annotation.features],
        "domains": [domain.name for domain in annotation.domains],
        "landmarks": [mark.name for mark in annotation.landmarks],
        "hallmarks": [{"code": one.kind.value, "sentence": one.sentence} for one in hallmarks_of(annotation, gene)],
        "transcripts": [
            {
                "transcript": one.transcript,
                "hgvs_c": one.hgvs_c,
                "hgvs_p": one.effect.hgvs_p,
                "consequences": [term.term for term in one.effect.consequences],
            }
            for one in on_other_transcripts(annotation.variant, gene)
        ],
    }


def curated_values(curated: CuratedVariant) -> dict[str, Any]:
    return {
        "id": curated.id,
        "other_ids": list(curated.other_ids),
        "origins": list(curated.origins),
        "name": curated.name,
        "classification": {"code": curated.classification.code, "label": curated.classification.label},
        "legacy_names": list(curated.legacy_names),
        "rsid": curated.rsid,
        "clinvar": curated.clinvar_vcv,
        "evidence_status": curated.evidence_status.code,
        "remark": curated.remark,
        "statements": [_assertion(assertion) for assertion in curated.assertions],
        "functional": [_functional(result) for result in curated.functional],
        "reported": reported_values(curated.reported),
    }


def said_values(said: RowsAbout) -> dict[str, Any]:
    """What is said of a lesion or of a mutation without a place."""
    return {
        "statements": [_assertion(assertion) for assertion in said.assertions],
        "functional": [_functional(result) for result in said.functional],
    }


def _functional(result: FunctionalResult) -> dict[str, Any]:
    return {
        "origin": result.origin,
        "assay": result.assay,
        "system": result.system,
        "direction": {"code": result.direction.code, "label": result.direction.label},
        "result": result.result,
        "date": result.date,
        "read": result.read.code,
        "citations": [citation.key for citation in result.citations],
    }


def reported_values(reported: ReportedRange) -> dict[str, Any]:
    """What published individuals had, counts first; None where the case table has nobody."""
    return {
        "individuals": reported.individuals,
        "carriers": reported.carriers,
        "people_in_groups": reported.people_in_groups,
        "families": reported.families,
        "males": reported.males,
        "onset": {
            "known": reported.onset_known,
            "first": reported.onset_first.text if reported.onset_first else None,
            "middle": reported.onset_middle.text if reported.onset_middle else None,
            "last": reported.onset_last.text if reported.onset_last else None,
            "sentence": reported.onset_sentence,
        },
        "dead": _proportion(reported.dead),
        "transplanted": reported.transplanted,
        "oldest_alive": reported.oldest_alive.text if reported.oldest_alive else None,
        "features": [
            {
                "id": one.phenotype.id,
                "label": one.phenotype.label,
                "present": _proportion(one.present),
                "denied": one.denied,
            }
            for one in reported.features
        ],
    }


def _proportion(proportion: Proportion) -> dict[str, Any]:
    low, high = proportion.interval
    return {
        "count": proportion.count,
        "of": proportion.total,
        "interval": [round(low, 3), round(high, 3)],
        "sentence": proportion.sentence,
    }


def _assertion(assertion: Assertion) -> dict[str, Any]:
    return {
        "classification": {"code": assertion.classification.code, "label": assertion.classification.label},
        "stated_as": assertion.stated_as,
        "assigner": assertion.assigner,
        "review_status": assertion.review_status,
        "date": assertion.date,
        "read": assertion.read.code,
        "origin": assertion.origin,
        "families": assertion.families,
        "patients": assertion.patients,
        "counted": assertion.counted,
        "seen_in": assertion.seen_in,
        "phenotype": assertion.phenotype,
        "outcome": assertion.outcome,
        "citations": [citation.key for citation in assertion.citations],
    }


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {
        "contig": evidence.contig,
        "position": evidence.position,
        "id": evidence.id,
        "ref": evidence.ref,
        "alt": evidence.alt,
        "allele_number": evidence.allele_number,
        "filters": list(evidence.filters),
        "quality": evidence.quality,
        "genotype": str(evidence.genotype) if evidence.genotype else None,
        "phase_set": evidence.phase_set,
        "depth": evidence.depth,
        "allele_depth": evidence.allele_depth,
        "allele_fraction": evidence.allele_fraction,
        "genotype_quality": evidence.genotype_quality,
        "strands": list(evidence.strands) if evidence.strands else None,
        "split_reads": evidence.split_reads,
        "read_pairs": evidence.read_pairs,
        "copies": evidence.copies,
    }


def _structural(finding: StructuralFinding) -> dict[str, Any]:
    annotation = finding.annotation
    return {
        "type": finding.structural.type,
        "start": finding.structural.start,
        "end": finding.structural.end,
        "start_range": _bounds(finding.structural.start_range),
        "end_range": _bounds(finding.structural.end_range),
        "hgvs_g": annotation.hgvs_g,
        "hgvs_c": annotation.hgvs_c,
        "exons": [f"exon {number}" for number in annotation.exons],
        "whole_exons": [f"exon {number}" for number in annotation.whole_exons],
        "landmarks": list(annotation.landmarks),
        "consequences": list(annotation.terms),
        "sentence": annotation.sentence,
        "zygosity": _state(finding.state),
        "conclusion": finding.conclusion.value,
        "evidence": [_evidence(one) for one in finding.evidence],
        "curated": _structure(finding.curated) if finding.curated else None,
        "match": {
            "level": finding.level.value,
            "near": [{"id": one.id, "described_as": one.described_as} for one in finding.near],
        },
        "acmg": weighing_values(finding.weighing) if finding.weighing else None,
    }


def _structure(structure: CuratedStructure) -> dict[str, Any]:
    """The reported lesion that a structural variant is, and what is said of it."""
    said = structure.said
    return {
        "id": structure.id,
        "origin": structure.origin,
        "described_as": structure.described_as,
        "legacy_names": list(structure.legacy_names),
        "remark": structure.remark,
        "statements": [_assertion(one) for one in said.assertions],
        "functional": [_functional(one) for one in said.functional],
    }


def _bounds(bounds: tuple[int, int] | None) -> list[int] | None:
    return list(bounds) if bounds else None


def _family(
    findings: list[Finding], structural: Iterable[StructuralFinding], sex: Sex, view: FamilyView | None
) -> tuple[Statement, ...]:
    """What follows for the family from the findings reported in IPEX; each sentence once.

    A variant that is judged together with a neighbour concludes nothing, for the family as for the person.
    """
    grave = [
        f for f in findings if f.described.concern is Concern.DISEASE and f.conclusion is not Conclusion.INCONCLUSIVE
    ]
    states = [(one.zygosity, bool(view and view.mother_is_tested(one.annotation.variant.spdi()))) for one in grave]
    states += [
        (one.zygosity, False)
        for one in structural
        if one.conclusion in (Conclusion.CONSISTENT_WITH_IPEX, Conclusion.CARRIER)
    ]
    return tuple(dict.fromkeys(s for state, tested in states for s in inheritance(state, sex, mother_tested=tested)))


def _cited(
    findings: list[Finding],
    structural: Sequence[StructuralFinding],
    statements: tuple[Statement, ...],
    view: FamilyView | None,
    catalogue: Catalogue,
    clinical: Iterable[str],
) -> list[Citation]:
    keys = {key for statement in statements for key in statement.citations} | {"genereviews_ipex", "torgerson2007"}
    keys |= {"haldane1935", "young2007", "jarvik2016", *view.sources} if view else set()
    keys.update(clinical)
    found = {key: catalogue.citations.get(key) or family_sources()[key] for key in keys}
    for finding in findings:
        for curated in finding.described.match.curated:
            found |= {citation.key: citation for citation in curated.citations}
    for one in structural:
        if one.curated:
            cited = [piece.citations for piece in one.curated.said.assertions]
            cited += [piece.citations for piece in one.curated.said.functional]
            found |= {citation.key: citation for citations in cited for citation in citations}
    weighings = [one.weighing for one in findings] + [one.weighing for one in structural]
    found |= cited_in(filter(None, weighings), catalogue)
    return [found[key] for key in sorted(found)]


def citation_values(citation: Citation) -> dict[str, Any]:
    return {
        "key": citation.key,
        "reference": citation.reference,
        "pmid": citation.pmid,
        "doi": citation.doi,
        "url": citation.url,
        "read": citation.read.code,
        "kind": citation.kind.code,
    }
