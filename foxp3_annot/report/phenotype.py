"""The clinical picture as plain values of a report, read back from them, and what the report says of it."""

import hashlib
from collections.abc import Iterator
from functools import cache
from typing import Any

from foxp3_annot import __version__
from foxp3_annot.cases import Age, Case, Phenotype, Proportion
from foxp3_annot.catalogue import Catalogue
from foxp3_annot.next_steps import (
    CASE_RULES,
    NOT_ADVICE,
    OTHER_GENES,
    OTHER_GENES_CITATIONS,
    NextSteps,
    case_rules,
    next_steps,
)
from foxp3_annot.pack.vocabulary import Side, Word
from foxp3_annot.patient import Patient, PriorHsct
from foxp3_annot.phenotype import (
    Analyte,
    ClinicalPicture,
    Feature,
    Judged,
    LaboratoryResult,
    Likelihood,
    Measurement,
    PhenotypeFit,
    judged,
    present_ids,
)
from foxp3_annot.phenotype_rules import TABLES, phenotype_rules
from foxp3_annot.resources import resource_root

SCORE_CITATIONS = ("barzaghi2018",)
SCORE_LIMITS = (
    "The score was made for patients about to be transplanted, in whom 0 to 2 went with better survival than 3 to 5; "
    "under immunosuppression it told nothing. The text read names organs and not how much of a sign counts, which the "
    "treating physicians judged. It describes groups and predicts nothing for one patient."
)
CARRIERS_SIGNS = "The person is a carrier: these signs are not read as IPEX, even where IPEX has them too."
NO_RATIO = "no share with a source for both people with a FOXP3 mutation and a comparison group"
RATIOS_OVERLAP = (
    "Ratios compare people with a FOXP3 mutation and IPEX-like people, all chosen for the picture of IPEX. Terms go "
    "together, so ratios must not be multiplied."
)


@cache
def picture_rules_values() -> dict[str, Any]:
    """The tables of rules in use, for the provenance: one digest over their names and bytes, in order of name."""
    digest, folder = hashlib.sha256(), resource_root() / "rules"
    for name in sorted((*TABLES, CASE_RULES)):
        content = (folder / name).read_bytes()
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return {"name": "clinical picture", "version": __version__, "sha256": digest.hexdigest()}


# --- what is told, written and read back --------------------------------------------------------------------


def picture_values(picture: ClinicalPicture | None) -> dict[str, Any] | None:
    """What is told; `picture_of` reads it back."""
    if picture is None:
        return None
    return {
        "present": [{"id": term.id, "label": term.label} for term in picture.present],
        "denied": [{"id": term.id, "label": term.label} for term in picture.denied],
        "onset": picture.onset.text if picture.onset else None,
        "age": picture.age.text if picture.age else None,
        "measurements": [
            {"analyte": one.analyte.code, "text": one.text, "age": one.age.text if one.age else None}
            for one in picture.measurements
        ],
        "unread": list(picture.unread),
    }


def picture_of(values: dict[str, Any] | None) -> ClinicalPicture | None:
    """The picture that a block of a report holds. Raises ValueError where it contradicts itself."""
    if values is None:
        return None
    rules = phenotype_rules()

    def age(text: str | None) -> Age | None:
        return Age(text) if text else None

    return ClinicalPicture.of(
        [Phenotype(one["id"], one["label"]) for one in values["present"]],
        [Phenotype(one["id"], one["label"]) for one in values["denied"]],
        age(values["onset"]),
        age(values["age"]),
        [
            Measurement.parse(Analyte.parse(one["analyte"]), one["text"], rules.units, age(one["age"]))
            for one in values["measurements"]
        ],
        values["unread"],
        rules.hierarchy,
    )


# --- what the report says -----------------------------------------------------------------------------------


def published_people(catalogue: Catalogue) -> tuple[Case, ...]:
    """People described one by one who carry a variant reported in IPEX, female carriers left out."""
    found = [
        case for curated in catalogue.variants if curated.classification.side is Side.DISEASE for case in curated.cases
    ]
    found += [case for said in catalogue.said_elsewhere for case in said.cases]
    return tuple(
        sorted(
            (case for case in found if case.is_individual and not case.is_carrier),
            key=lambda case: (case.origin, case.id),
        )
    )


def judged_picture(patient: Patient, catalogue: Catalogue) -> Judged:
    """What is to be thought of the picture of a patient; it is judged NOT_TOLD where there is none."""
    people = published_people(catalogue) if patient.phenotype else ()
    return judged(patient.phenotype, catalogue.clinical, people, phenotype_rules())


def phenotype_values(patient: Patient, catalogue: Catalogue, *, of_carrier: bool) -> dict[str, Any] | None:
    """The block of a report; None where nothing is told of the picture. A carrier's signs are not read as IPEX."""
    if patient.phenotype is None:
        return None
    found = judged_picture(patient, catalogue)
    organs = found.organs
    return {
        "fit": {
            "code": found.fit.value,
            "sentence": found.rule.sentence,
            "reason": found.rule.reason,
            "citations": list(found.rule.citations),
        },
        "present": [_feature(one) for one in found.present],
        "denied": [_feature(one) for one in found.denied],
        "not_assessed": [{"id": term.id, "label": term.label} for term in found.not_assessed],
        "laboratory": [_laboratory(one) for one in found.laboratory],
        "organ_involvement": {
            "least": organs.least,
            "most": organs.most,
            "items": [
                {"item": item.item, "state": "not_told" if state is None else "present" if state else "denied"}
                for item, state in organs.items
            ],
            "sentence": f"{organs.sentence} {SCORE_LIMITS}",
            "citations": list(SCORE_CITATIONS),
        }
        if organs.is_told
        else None,
        "ratios": RATIOS_OVERLAP if any(one.likelihoods for one in (*found.present, *found.denied)) else "",
        "notes": [*found.notes, *([CARRIERS_SIGNS] if of_carrier and found.fit is PhenotypeFit.FITS else [])],
    }


def _feature(feature: Feature) -> dict[str, Any]:
    row = feature.row
    return {
        "id": feature.term.id,
        "label": feature.term.label,
        "known": row is not None,
        "role": row.role.code if row else None,
        "category": row.category if row else None,
        "origin": feature.origin.value,
        "is_reported": feature.is_reported,
        "reported": _proportion(feature.reported),
        "denied_in": feature.denied_in,
        "likelihoods": [_likelihood(one) for one in feature.likelihoods],
        "sentence": _feature_sentence(feature),
        "citations": list(row.citations) if row else [],
    }


def _feature_sentence(feature: Feature) -> str:
    known = "" if feature.row else "not among the terms of the table; "
    counted = f"stated in {feature.reported.sentence} people described one by one with a variant reported in IPEX"
    denied = f", denied in {feature.denied_in}" if feature.denied_in else ""
    ratio = "" if feature.likelihoods else f"; {NO_RATIO}"
    remark = f" ({feature.row.remark})" if feature.row and feature.row.remark else ""
    return f"{known}{counted}{denied}{ratio}{remark}"


def _proportion(proportion: Proportion) -> dict[str, Any]:
    low, high = proportion.interval
    return {
        "count": proportion.count,
        "of": proportion.total,
        "interval": [round(low, 3), round(high, 3)],
        "sentence": proportion.sentence,
    }


def _likelihood(one: Likelihood) -> dict[str, Any]:
    return {
        "statistic": one.statistic.id,
        "ratio": one.ratio,
        "sentence": one.sentence,
        "caveat": one.statistic.caveat,
        "read": one.statistic.read.code,
        "date": one.statistic.date,
        "citations": list(one.statistic.citations),
    }


def _laboratory(result: LaboratoryResult) -> dict[str, Any]:
    limit, one = result.limit, result.measurement
    return {
        "analyte": {"code": one.analyte.code, "label": one.analyte.label},
        "text": one.text,
        "value": one.shown,
        "age": one.age.text if one.age else None,
        "outside": result.outside,
        "hpo_id": limit.hpo_id if limit else None,
        "sentence": result.sentence,
        "limit": {
            "side": limit.side.value,
            "age_from": limit.start.text,
            "age_to": limit.end.text if limit.end else None,
            "limit": float(limit.limit),
            "unit": one.analyte.unit,
            "source": limit.source.reference,
            "url": limit.source.url,
            "read": limit.source.read,
        }
        if limit
        else None,
    }


# --- next steps ---------------------------------------------------------------------------------------------


def steps_of(conclusion: str, patient: Patient, catalogue: Catalogue) -> NextSteps:
    """What applies to a case with this conclusion."""
    clinical = catalogue.clinical
    told = patient.phenotype
    present = present_ids(told, clinical, phenotype_rules()) if told else frozenset()
    transplanted = patient.transplant.prior is PriorHsct.YES
    return next_steps(
        case_rules()[conclusion], clinical.care, clinical.other_genes, present, after_transplant=transplanted
    )


def next_steps_values(steps: NextSteps) -> dict[str, Any]:
    """The block of statements on care."""
    return {
        "sentence": NOT_ADVICE,
        "waiting": steps.waiting,
        "statements": [
            {
                "id": step.care.id,
                "topic": _word(step.care.topic),
                "statement": step.care.statement,
                "situations": [_word(one) for one in step.situations],
                "terms": list(step.terms),
                "counter_evidence": step.care.counter_evidence,
                "read": step.care.read.code,
                "date": step.care.date,
                "citations": list(step.care.citations),
            }
            for step in steps.steps
        ],
    }


def differential_values(steps: NextSteps) -> dict[str, Any] | None:
    """The block of other genes; None where the conclusion does not call for it."""
    if not steps.other_genes:
        return None
    return {
        "sentence": OTHER_GENES,
        "citations": list(OTHER_GENES_CITATIONS),
        "genes": [
            {
                "gene": one.gene,
                "condition": one.condition,
                "mim": one.mim,
                "inheritance": one.inheritance,
                "mechanism": one.mechanism,
                "overlap": one.overlap,
                "next_step": one.next_step,
                "remark": one.remark,
                "read": one.read.code,
                "date": one.date,
                "citations": list(one.citations),
            }
            for one in steps.other_genes
        ],
    }


def _word(word: Word) -> dict[str, str]:
    return {"code": word.code, "label": word.label}


def citations_in(values: Any) -> Iterator[str]:
    """Every key cited anywhere in a block."""
    if isinstance(values, dict):
        yield from values.get("citations", ())
        for one in values.values():
            yield from citations_in(one)
    elif isinstance(values, list):
        for one in values:
            yield from citations_in(one)
