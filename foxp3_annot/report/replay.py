"""A stored report made again under other knowledge, from its JSON alone.

A report holds all that was observed of a sample (the schema says where), so what is thought of it can be worked out
again without the file it came from: the result is the report that a full run over that file would give now.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from foxp3_annot.annotation import annotate
from foxp3_annot.annotation_resource import (
    NO_RESOURCES,
    AlleleTable,
    AnnotationResources,
    Resource,
    ResourceFile,
    Role,
    Row,
    ValueKind,
)
from foxp3_annot.assembly import Assembly, build_of
from foxp3_annot.callability import THRESHOLDS, Thresholds
from foxp3_annot.callset import CallSetOutline, Seen, SourceFile, StructuralAllele
from foxp3_annot.coverage import Coverage
from foxp3_annot.errors import InputError, OutOfWindowError
from foxp3_annot.gene import Gene
from foxp3_annot.genotype import Genotype, Sex
from foxp3_annot.interpretation import describe, interpret
from foxp3_annot.knowledge import Knowledge
from foxp3_annot.observation import Evidence, Fate, Gap, GapKind, Observation, Observed, is_observed
from foxp3_annot.patient import Karyotype, Patient, copies_counted_as
from foxp3_annot.reference import Reference
from foxp3_annot.report.callability import copy_numbers_of_values, coverage_of, thresholds_of
from foxp3_annot.report.family import familial
from foxp3_annot.report.json import report_json
from foxp3_annot.report.patient import patient_of
from foxp3_annot.report.provenance import Settings, pack_options
from foxp3_annot.report.sample import SCHEMA_VERSION, Subject, locus_of, sample_report
from foxp3_annot.resources import schema_path
from foxp3_annot.sex_evidence import ReadDepths, SexEvidence, XGenotypes
from foxp3_annot.variant import Variant

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator

FIRST_COMPLETE_VERSION = "2.0.0"
"""The first schema version whose reports hold all that was observed."""

_AGAIN = "make the report again from the raw data"


@dataclass(frozen=True, slots=True)
class Stored:
    """What of a report does not depend on what is known: whom and which file it is about, and what was observed."""

    subject: Subject
    call_set: CallSetOutline
    observed: Observed
    settings: Settings
    thresholds: Thresholds = THRESHOLDS


def replayed(report: dict[str, Any], knowledge: Knowledge) -> dict[str, Any]:
    """The report that a full run over the same file gives under this knowledge and this program.

    Raises InputError where the report does not hold enough for that; the sentence lacks its subject, the file.
    """
    gene = knowledge.gene
    one = stored(report, gene)
    resources = one.settings.resources
    described = describe((seen.allele for seen in one.observed.variants), gene, knowledge.matcher, resources)
    patient = one.subject.patient
    assessment = interpret(
        one.observed, one.call_set, described, gene, knowledge.matcher, resources, one.thresholds, patient
    )
    alleles = familial(patient.family, one.call_set.assembly, gene, knowledge.matcher)
    return sample_report(one.subject, one.call_set, assessment, gene, knowledge.catalogue, one.settings, alleles)


def stored(report: dict[str, Any], gene: Gene) -> Stored:
    """What a report holds of the file it came from.

    Raises InputError where the report is of another schema version, was made on another stretch of chromosome X,
    or is damaged.
    """
    _refuse_other_versions(report)
    _refuse_malformed(report)
    assembly = Assembly.parse(report["call_set"]["assembly"])
    if report["call_set"]["locus"] != locus_of(gene.on(assembly)):
        raise InputError(f"looks at {report['call_set']['locus']}, not at {locus_of(gene.on(assembly))}; {_AGAIN}")
    sex = Sex(report["sample"]["sex"])
    provenance = report["provenance"]
    packs = pack_options(pack["name"] for pack in provenance["knowledge"]["packs"])
    return Stored(
        Subject(
            report["sample"]["id"],
            report["sample"]["name_in_file"],
            sex,
            _declared(report),
            _patient(report["patient"], gene.on(assembly).reference),
        ),
        _call_set(report["call_set"], provenance["input"], assembly),
        _observed(report, sex, gene.on(assembly).reference),
        Settings(
            provenance["command"].removesuffix(packs),
            dict(provenance["configuration"]),
            _resources(report, gene, assembly),
        ),
        thresholds_of(report["callability"]) if report["callability"] else THRESHOLDS,
    )


# --- which reports can be read --------------------------------------------------------------------------


def _refuse_other_versions(report: Any) -> None:
    if not isinstance(report, dict) or report.get("report") != "sample":
        raise InputError("is not a sample report of foxp3-annot")
    text = str(report.get("schema_version", ""))
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9}){2}", text):
        raise _damaged(f"'{text[:20]}' is no schema version")
    if _numbers(text) < _numbers(FIRST_COMPLETE_VERSION):
        raise InputError(
            f"has schema version {text}, and reports before {FIRST_COMPLETE_VERSION} do not hold all that was "
            f"observed; {_AGAIN}"
        )
    if _numbers(text) > _numbers(SCHEMA_VERSION):
        raise InputError(
            f"has schema version {text}, and this program reads none above {SCHEMA_VERSION}; "
            f"update foxp3-annot, or {_AGAIN}"
        )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


@cache
def _validator() -> "Draft202012Validator":
    from jsonschema import Draft202012Validator  # loaded only where a report is replayed: start-up stays short

    return Draft202012Validator(json.loads(schema_path("report.schema.json").read_text(encoding="utf-8")))


def _refuse_malformed(report: dict[str, Any]) -> None:
    """InputError with the first place at which the report is not of the form that the schema describes."""
    try:
        report_json(report).encode("utf-8")
    except UnicodeEncodeError as error:
        raise _damaged("half a character stands in it") from error
    problem = next(_validator().iter_errors(report), None)
    if problem:
        raise _damaged(f"{problem.json_path.removeprefix('$.')}: {problem.message[:200]}")


def _damaged(what: str) -> InputError:
    return InputError(f"is damaged ({what}); {_AGAIN}")


# --- what they hold -------------------------------------------------------------------------------------


def _declared(report: dict[str, Any]) -> bool:
    return bool(report["sample"]["sex_source"] == "declared")


def _patient(values: dict[str, Any], reference: Reference) -> Patient:
    try:
        patient = patient_of(values)
    except ValueError as error:
        raise _damaged(str(error).split("\n")[0][:300]) from error
    told = [spdi for spdi, _ in (*(patient.family.seen if patient.family else ()), *patient.transplant.donor_states)]
    for spdi in [*told, *([patient.transplant.familial] if patient.transplant.familial else [])]:
        _variant(spdi, reference)
    return patient


def _call_set(values: dict[str, Any], source: dict[str, Any], assembly: Assembly) -> CallSetOutline:
    return CallSetOutline(
        name=values["id"],
        source=SourceFile(source["file"], source["bytes"], source["sha256"], source["locus_records_sha256"]),
        assembly=assembly,
        assembly_basis=values["assembly_basis"],
        seen=Seen(
            records_in_locus=values["records_in_locus"],
            records_on_x=values["records_on_chromosome_x"],
            indexed=values["indexed"],
            reference_block_bases=values["reference_block_bases"],
        ),
    )


def _observed(report: dict[str, Any], sex: Sex, reference: Reference) -> Observed:
    """Combined findings are left out: they follow from their members."""
    karyotype = patient_of(report["patient"]).karyotype or Karyotype.of_sex(sex)
    variants = [
        Observation.of(_variant(finding["spdi"], reference), _evidence(finding), karyotype)
        for finding in report["findings"]
        if not finding["members"]
    ]
    structural = [
        Observation.of(_structural(finding), _evidence(finding), karyotype) for finding in report["structural_findings"]
    ]
    gaps = list(_gaps(report))
    for things in ([one.allele for one in variants], [one.allele for one in structural], [gap.kind for gap in gaps]):
        if len(set(things)) < len(things):
            raise _damaged("something stands in it twice that can stand there once")
    copies = report["copy_number"]
    return Observed.of(
        sex,
        karyotype,
        variants,
        structural,
        gaps,
        _coverage(report, reference),
        _sex_evidence(report["sex_check"]["evidence"]),
        copy_numbers_of_values(copies, copies_counted_as(karyotype)) if copies else None,
        _fates(report["records"]),
    )


def _fates(values: dict[str, Any]) -> Iterator[tuple[Fate, int]]:
    """The fates of the records, which must add up to all that were read."""
    if sum(one["count"] for one in values["fates"]) != values["read"]:
        raise _damaged("the fates of its records do not add up to the number read")
    counts = {one["code"]: one["count"] for one in values["fates"]}
    if list(counts) != [fate.code for fate in Fate]:
        raise _damaged("a fate of its records is missing or out of place")
    return ((fate, counts[fate.code]) for fate in Fate)


def _coverage(report: dict[str, Any], reference: Reference) -> Coverage | None:
    if report["callability"] is None:
        return None
    try:
        return coverage_of(
            report["callability"],
            build_of(reference.assembly),
            reference.window,
            lambda spdi: _variant(spdi, reference),
        )
    except ValueError as error:
        raise _damaged(str(error)) from error


def _sex_evidence(values: dict[str, Any]) -> SexEvidence | None:
    reads, genotypes = values["reads"], values["genotypes"]
    try:
        found = SexEvidence(ReadDepths(**reads) if reads else None, XGenotypes(**genotypes) if genotypes else None)
    except OverflowError as error:
        raise _damaged(str(error)) from error
    if genotypes and genotypes["heterozygous"] > genotypes["carried"]:
        raise _damaged("more genotypes of X are heterozygous than were counted")
    return found if reads or genotypes else None


def _resources(report: dict[str, Any], gene: Gene, assembly: Assembly) -> AnnotationResources:
    """The resources of the run, as far as the report repeats what they said of its findings."""
    found = []
    for number, values in enumerate(report["provenance"]["annotations"]):
        build = Assembly.parse(values["assembly"])
        rows: dict[Variant, tuple[Row, ...]] = {}
        for finding in report["findings"]:
            said = finding["resources"]
            if len(said) <= number or (said[number]["name"], said[number]["version"]) != (
                values["name"],
                values["version"],
            ):
                raise _damaged(f"a finding does not tell what {values['name']} {values['version']} says")
            if any(len(record) != len(values["values"]) for record in said[number]["records"]):
                raise _damaged(f"a record of {values['name']} has another number of values than it declares")
            variant = _variant(finding["spdi"], gene.on(assembly).reference)
            placed = variant if build is assembly else annotate(variant, gene).other_build.variant
            if placed and said[number]["records"]:
                rows[placed] = tuple(tuple(record) for record in said[number]["records"])
        kinds = tuple(ValueKind(k["name"], Role.parse(k["role"]), k["meaning"]) for k in values["values"])
        file = ResourceFile(values["file"], values["bytes"], values["locus_records"], values["locus_records_sha256"])
        found.append(Resource(values["name"], values["version"], build, kinds, file, AlleleTable(rows)))
    return AnnotationResources("", tuple(found)) if found else NO_RESOURCES


def _variant(spdi: str, reference: Reference) -> Variant:
    """The allele that an SPDI in normal form names."""
    try:
        _, position, ref, alt = spdi.split(":")
        variant = Variant.of(reference, int(position) + 1, ref, alt)
    except (ValueError, OutOfWindowError) as error:
        raise _damaged(f"{spdi[:200]} is not an allele of {reference.assembly}: {error}") from error
    if variant.spdi() != spdi or set(alt) - set("ACGT"):
        raise _damaged(f"{spdi[:200]} is not an allele of {reference.assembly} in normal form")
    return variant


def _structural(finding: dict[str, Any]) -> StructuralAllele:
    return StructuralAllele(
        finding["type"],
        finding["start"],
        finding["end"],
        _bounds(finding["start_range"]),
        _bounds(finding["end_range"]),
    )


def _bounds(bounds: list[int] | None) -> tuple[int, int] | None:
    return (bounds[0], bounds[1]) if bounds else None


def _evidence(finding: dict[str, Any]) -> tuple[Evidence, ...]:
    return tuple(_one_evidence(values) for values in finding["evidence"])


def _one_evidence(values: dict[str, Any]) -> Evidence:
    try:
        genotype = None if values["genotype"] is None else Genotype.parse(values["genotype"])
        numbers = {key: None if values[key] is None else float(values[key]) for key in ("quality", "allele_fraction")}
    except (ValueError, OverflowError) as error:
        raise _damaged(str(error)) from error
    if not is_observed(genotype, values["allele_number"]):
        raise _damaged(f"genotype {genotype} does not hold allele {values['allele_number']}")
    strands = tuple(values["strands"]) if values["strands"] else None
    return Evidence(
        **values | numbers | {"filters": tuple(values["filters"]), "genotype": genotype, "strands": strands}
    )


def _gaps(report: dict[str, Any]) -> Iterator[Gap]:
    kinds = {kind.code: kind for kind in GapKind}
    for entry in report["not_assessed"]:
        if entry["code"] in kinds:
            yield Gap(kinds[entry["code"]], tuple(entry["places"]))
        elif entry["places"]:
            raise _damaged(f"'{entry['code']}' is not known as a reason why something was not assessed")
