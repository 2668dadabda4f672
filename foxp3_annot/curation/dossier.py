"""All that the tables hold on one variant, lesion or unplaced mutation."""

import re
from typing import Any

from foxp3_annot.assembly import Assembly
from foxp3_annot.cases import Case, range_lines, reported_range
from foxp3_annot.catalogue import CuratedStructure, RowsAbout, UnplacedMutation, classification_of, shipped_pack
from foxp3_annot.curation.statistics import cases_by_consequence
from foxp3_annot.description import read_description
from foxp3_annot.errors import InputError
from foxp3_annot.interpretation import describe
from foxp3_annot.knowledge import Knowledge
from foxp3_annot.pack.schema import POPULATION
from foxp3_annot.report.lookup import lookup_report, lookup_text
from foxp3_annot.report.sample import citation_values, reported_values, said_values
from foxp3_annot.variant import Variant


def dossier(text: str, knowledge: Knowledge) -> dict[str, Any]:
    """Everything on what the text names, as plain values.

    Raises InputError for an id that no table holds, DescriptionError for a text that names no variant.
    """
    catalogue = knowledge.catalogue
    if re.fullmatch(r"[A-Z][A-Za-z0-9_-]*[SU][0-9]+", text):
        for structure in catalogue.structures:
            if structure.id == text:
                return _of_structure(structure) | _sources(structure.said, knowledge)
        for mutation in catalogue.unplaced:
            if mutation.id == text:
                return _of_unplaced(mutation) | _sources(mutation.said, knowledge)
        raise InputError(f"'{text}' is no id of structures.tsv or unplaced.tsv; give a variant or another id")
    reading = read_description(text, knowledge.gene, catalogue=catalogue)
    described = describe(reading.variants, knowledge.gene, knowledge.matcher)
    found = lookup_report(reading.text, list(described.values()), reading.notes, knowledge.gene, knowledge.matcher)
    cases = [c for one in described.values() if one.match.same_allele for c in one.match.same_allele.cases]
    of_kind = cases_by_consequence(catalogue, knowledge.gene)
    kinds = dict.fromkeys(one.annotation.most_severe for one in described.values())
    return found | {
        "report": "dossier",
        "range": range_lines(reported_range(cases)),
        "range_of_kind": {kind.term: range_lines(reported_range(of_kind.get(kind, []))) for kind in kinds},
        "cases": [_case(case) for case in cases],
        "population": [row for variant in described for row in _population(variant, knowledge)],
    }


def _population(variant: Variant, knowledge: Knowledge) -> list[dict[str, str]]:
    """Figures of the shipped table on this allele."""
    found = []
    for row in shipped_pack().of(POPULATION):
        for assembly in Assembly:
            position, ref, alt = row[assembly.label.lower()].split(":")
            reference = knowledge.gene.on(assembly).reference
            if variant == Variant.of(reference, int(position), ref, alt):
                found.append({name: row[name] for name in ("population", "printed", "citations", "remark")})
                break
    return found


def _case(case: Case) -> dict[str, Any]:
    return {
        "id": case.id,
        "who": case.label,
        "level": case.level.code,
        "people": case.people,
        "sex": case.sex.code,
        "zygosity": case.zygosity.code,
        "onset": case.onset.words if case.onset else case.onset_text,
        "present": [str(term) for term in case.present],
        "denied": [str(term) for term in case.denied],
        "more": case.clinical_text,
        "immunology": list(case.immunology),
        "treatment": case.treatment,
        "outcome": case.outcome.label,
        "age_last": case.age_last.words if case.age_last else "",
        "outcome_text": case.outcome_text,
        "remark": case.remark,
        "citations": list(case.citations),
    }


def _sources(said: RowsAbout, knowledge: Knowledge) -> dict[str, Any]:
    keys = {c.key for a in said.assertions for c in a.citations} | {
        key for case in said.cases for key in case.citations
    }
    return said_values(said) | {
        "reported": reported_values(reported_range(said.cases)),
        "range": range_lines(reported_range(said.cases)),
        "range_of_kind": {},
        "cases": [_case(case) for case in said.cases],
        "citations": [citation_values(knowledge.catalogue.citations[key]) for key in sorted(keys)],
    }


def _of_structure(structure: CuratedStructure) -> dict[str, Any]:
    places = {}
    for assembly in Assembly:
        outer, inner = structure.outer[assembly], structure.inner[assembly]
        places[assembly.label] = f"within chrX:{outer[0]}-{outer[1]}" + (
            f", at least {inner[0]}-{inner[1]}" if inner else ""
        )
    return {
        "report": "dossier",
        "id": structure.id,
        "what": f"{structure.type.label}: {structure.described_as}",
        "classification": classification_of(structure.said.assertions).label,
        "places": places,
        "remark": structure.remark,
    }


def _of_unplaced(mutation: UnplacedMutation) -> dict[str, Any]:
    return {
        "report": "dossier",
        "id": mutation.id,
        "what": mutation.reported_as,
        "classification": classification_of(mutation.said.assertions).label,
        "places": {"no place": mutation.reason, "alleles that fit": ", ".join(mutation.candidates) or "not to be told"},
        "remark": mutation.remark,
    }


def dossier_text(found: dict[str, Any]) -> str:
    """For a person at a terminal."""
    lines = [lookup_text(found).rstrip("\n")] if "variants" in found else _head(found)
    if found["range"]:
        lines += ["", "What was reported in people with it", *(f"  {line}" for line in found["range"])]
    for kind, said in found["range_of_kind"].items():
        if said:
            lines += ["", f"What was reported in people with any {kind.replace('_', ' ')} reported in IPEX"]
            lines += [f"  {line}" for line in said]
    if found["cases"]:
        lines += ["", "Published people"]
        for case in found["cases"]:
            lines += _case_lines(case)
    if found.get("population"):
        lines += ["", "People not chosen for having IPEX"]
        lines += [
            f"  {row['population']}: {row['printed']} [{row['citations']}] {row['remark']}"
            for row in found["population"]
        ]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _head(found: dict[str, Any]) -> list[str]:
    lines = [f"{found['id']}  {found['what']}", f"class       {found['classification']}"]
    lines += [f"{name:<11} {text}" for name, text in found["places"].items()]
    lines += [f"            {one['assigner']}: {one['stated_as']}" for one in found["statements"]]
    return lines + ([found["remark"]] if found["remark"] else [])


def _case_lines(case: dict[str, Any]) -> list[str]:
    people = "" if case["people"] == 1 else f", {case['people']} people"
    parts = [
        ("onset", case["onset"]),
        ("had", "; ".join(case["present"])),
        ("had not", "; ".join(case["denied"])),
        ("more", case["more"]),
        ("measured", "; ".join(case["immunology"])),
        ("treated", case["treatment"]),
        (
            "outcome",
            " ".join(
                filter(None, [case["outcome"], case["age_last"] and f"at {case['age_last']}", case["outcome_text"]])
            ),
        ),
        ("remark", case["remark"]),
    ]
    head = f"  {case['id']} {case['who']}{people}, {case['sex']}, {case['zygosity']} [{', '.join(case['citations'])}]"
    return [head, *(f"    {label:<9} {text}" for label, text in parts if text)]
