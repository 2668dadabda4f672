"""What differs between two reports of one sample, in words for a reader."""

import enum
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Values = dict[str, Any]


class Aspect(enum.Enum):
    """What of a report can differ: its word, and whether a report holds several of it, each told by itself.

    Everything in a report but provenance and schema version belongs to one of these; a code stands for the label
    or sentence that goes with it.
    """

    CONCLUSION = ("conclusion", False)
    SENTENCE = ("sentence", False)
    SAMPLE = ("sample", True)
    PATIENT = ("patient", True)
    CALL_SET = ("call set", True)
    SEX_CHECK = ("sex check", True)
    FAMILY = ("family", True)
    PEDIGREE = ("pedigree", True)
    TRANSPLANT = ("transplant", True)
    PHENOTYPE = ("clinical picture", True)
    NEXT_STEP = ("statement on care", True)
    OTHER_GENE = ("other gene", True)
    NOT_ASSESSED = ("not assessed", True)
    RECORDS = ("records", True)
    CALLABILITY = ("callability", True)
    REGION = ("region", True)
    COPIES = ("copy number", True)
    EXCLUSION = ("exclusion", True)
    LIMIT = ("limit", True)
    SOURCE = ("source", True)
    FINDING = ("finding", False)
    FINDING_CONCLUSION = ("conclusion of the finding", False)
    CLASSIFICATION = ("classification", False)
    CONCERN = ("concern", False)
    ACMG_CLASS = ("class by the rules", False)
    CRITERION = ("criterion", True)
    CLASS_CHANGE = ("what would change the class", True)
    PUBLISHED_CLASS = ("published class", True)
    MATCH_LEVEL = ("match level", False)
    MATCHED = ("matched", True)
    STATEMENT = ("statement", True)
    EXPERIMENT = ("experiment", True)
    PUBLISHED = ("published individuals", True)
    CURATED = ("curated row", True)
    NOTE = ("note", True)
    EXPLANATION = ("explanation", True)
    ZYGOSITY = ("zygosity", False)
    STATE = ("how it is carried", False)
    EVIDENCE = ("evidence", True)
    MEMBER = ("member", True)
    NAME = ("name", True)
    CONSEQUENCE = ("consequence", True)
    PLACE = ("place", True)
    HALLMARK = ("hallmark", True)
    RESOURCE = ("annotation resource", True)
    TRANSCRIPT = ("transcript", True)

    def __init__(self, label: str, several: bool) -> None:
        self.label = label
        self.several = several


@dataclass(frozen=True, slots=True)
class ReportChange:
    """One difference between two reports of a sample.

    `hgvs_c` names the finding: its c. name, or what names it best where it has none; it is empty for what concerns
    the whole report. `before` and `after` are texts; an empty one means that there was nothing, or no longer is.
    """

    sample: str
    hgvs_c: str
    what: Aspect
    before: str
    after: str


def changes_between(old: Values, new: Values) -> tuple[ReportChange, ...]:
    """Every difference between two sound reports of this schema version, provenance left out, for a reader.

    First what concerns the whole report, then finding by finding. Findings are compared by allele: one that only
    one report has gives one change, from or to its conclusion. Of what a report holds several, each entry gained
    or lost is a change of its own. Reports that differ in nothing but provenance give none.
    """
    return tuple(
        ReportChange(new["sample"]["id"], name, what, before, after)
        for name, told in _subjects(old, new)
        for what, before, after in told
    )


Told = Iterator[tuple[Aspect, str, str]]
Readers = Mapping[Aspect, Callable[[Values], list[str]]]
"""For each aspect the texts that a report or a finding holds of it; none or one where it is not several."""


def _subjects(old: Values, new: Values) -> Iterator[tuple[str, Told]]:
    """The whole report, then each finding in the order of the new report, then those that it has lost."""
    yield "", _told(_OF_REPORT, old, new)
    for key, readers in (("findings", _OF_FINDING), ("structural_findings", _OF_STRUCTURAL)):
        before, after = ({_identity(finding): finding for finding in report[key]} for report in (old, new))
        for identity in after | before:
            one, two = before.get(identity), after.get(identity)
            yield _name(two or one or {}), _told(readers, one, two) if one and two else _gained(one, two)


def _gained(old: Values | None, new: Values | None) -> Told:
    yield Aspect.FINDING, old["conclusion"] if old else "", new["conclusion"] if new else ""


def _told(readers: Readers, old: Values, new: Values) -> Told:
    for what, read in readers.items():
        before, after = read(old), read(new)
        lost = [text for text in before if text not in after]
        gained = [text for text in after if text not in before]
        if what.several and (lost or gained):
            yield from ((what, text, "") for text in lost)
            yield from ((what, "", text) for text in gained)
        elif before != after:  # the one text, or nothing but the order of several
            yield what, "; ".join(before), "; ".join(after)


def _identity(finding: Values) -> tuple[str, ...]:
    """What tells the findings of a report apart: the allele, and whether it was seen or put together."""
    if "spdi" in finding:
        return finding["spdi"], "of several" if finding["members"] else "seen"
    return tuple(str(finding[key]) for key in ("type", "start", "end", "start_range", "end_range"))


def _name(finding: Values) -> str:
    return finding["hgvs_c"] or finding["hgvs_g"] or f"{finding['type']} at {finding['start']}-{finding['end']}"


# --- what is read for each aspect -----------------------------------------------------------------------


def _text(value: Any) -> str:
    """A plain value in words: an object as its keys and values, a list as its entries; what is empty is left out."""
    if isinstance(value, dict):
        return ", ".join(f"{key.replace('_', ' ')} {_text(one)}" for key, one in value.items() if _text(one))
    if isinstance(value, list):
        return ", ".join(map(_text, value))
    return "" if value is None else str(value)


def _each(*keys: str) -> Callable[[Values], list[str]]:
    """The entries of lists."""
    return lambda values: [_text(entry) for key in keys for entry in values[key]]


def _named(*keys: str) -> Callable[[Values], list[str]]:
    """Values after their keys."""
    return lambda values: [_text({key: values[key]}) for key in keys if _text(values[key])]


def _callability(report: Values) -> list[str]:
    """What stands behind the verdicts, and their sum; the verdicts themselves are told one by one."""
    seen = report["callability"]
    return [] if seen is None else _named(*(key for key in seen if key not in _VERDICTS))(seen)


_VERDICTS = ("regions", "alleles", "structures")


def _of_callability(*keys: str) -> Callable[[Values], list[str]]:
    """The verdicts on regions or alleles; none where nothing tells how deep the sample was seen."""
    return lambda report: _each(*keys)(report["callability"]) if report["callability"] is not None else []


def _copies(report: Values) -> list[str]:
    """What depth says of each exon, and what it was compared with; none where the file holds no reads."""
    counted = report["copy_number"]
    return _named(*counted)(counted) if isinstance(counted, dict) else [_text(counted)] if counted else []


def _state(finding: Values) -> list[str]:
    """The finer state, which the sentence explains."""
    return [str(finding["zygosity"].get("state", ""))] if isinstance(finding["zygosity"], dict) else []


def _of_block(block: Any, entries: str) -> list[str]:
    """What stands in a block, its entries one by one; nothing where the report has none."""
    if not isinstance(block, dict):
        return [_text(block)] if block else []
    return [*_named(*(key for key in block if key != entries))(block), *_each(entries)(block)]


def _picture(report: Values) -> list[str]:
    """What is said of the clinical picture, term by term; what was told of it belongs to the patient."""
    block: Any = report["phenotype"]
    if not isinstance(block, dict):
        return [_text(block)] if block else []
    several = [key for key, value in block.items() if isinstance(value, list)]
    rest = _named(*(key for key in block if key not in several))(block)
    return [*rest, *(f"{key.replace('_', ' ')}: {_text(one)}" for key in several for one in block[key])]


def _label(key: str) -> Callable[[Values], list[str]]:
    """The code of a vocabulary, which its label or sentence explains."""
    return lambda values: [values[key]["code"]]


def _curated(finding: Values) -> Values | None:
    """The curated row that is the allele itself."""
    match = finding["match"]
    return match["curated"][0] if match["level"] == "same_allele" else None


def _lesion(finding: Values) -> list[Values]:
    """The reported lesion that a structural variant is, if any; a report of an older release does not tell."""
    return [finding["curated"]] if isinstance(finding.get("curated"), dict) else []


def _lesion_name(lesion: Any) -> str:
    return f"{lesion['id']} {lesion['described_as']}" if isinstance(lesion, dict) else str(lesion)


def _classification(finding: Values) -> list[str]:
    row = _curated(finding)
    return [row["classification"]["label"]] if row else []


def _matched(finding: Values) -> list[str]:
    """The curated rows by id and name; those that are only close each with its class."""
    if _curated(finding):
        return [f"{row['id']} {row['name']}" for row in finding["match"]["curated"]]
    return [f"{row['id']} {row['name']}: {row['classification']['label']}" for row in finding["match"]["curated"]]


def _statements(finding: Values) -> list[str]:
    """What was said of the allele itself or of those close to it, each with its source."""
    return [
        f"{row['name']}, {_text(one.pop('assigner'))}: {_text(one.pop('stated_as'))} ({_text(one)})"
        for row in finding["match"]["curated"]
        for one in map(dict, row["statements"])
    ]


def _rows(finding: Values) -> list[str]:
    """What else the curated rows hold."""
    keys = ("other_ids", "origins", "legacy_names", "rsid", "clinvar", "evidence_status", "remark")
    return [f"{row['name']}: {text}" for row in finding["match"]["curated"] for text in _named(*keys)(row)]


def _experiments(finding: Values) -> list[str]:
    """What experiments found of the allele itself or of those close to it."""
    return [f"{row['name']}: {_text(one)}" for row in finding["match"]["curated"] for one in row["functional"]]


def _published(finding: Values) -> list[str]:
    """What published individuals with the allele, or with those close to it, had."""
    found = []
    for row in finding["match"]["curated"]:
        counts = {key: value for key, value in row["reported"].items() if key != "features"}
        found += [
            f"{row['name']}: {text}" for text in (*_named(*counts)(counts), *map(_text, row["reported"]["features"]))
        ]
    return found


def _pedigree(report: Values) -> list[str]:
    """What the family says: its people and assumptions, and of each allele every statement by itself."""
    family = report["family"]
    if not isinstance(family, dict):
        return [_text(family)] if family else []
    told = _each("people", "assumptions")(family) + _named("presupposed", "counting")(family)
    for allele in family["alleles"]:
        of_people = _each("people", "next_children")(allele)
        rest = _named(*(key for key in allele if key not in ("people", "next_children")))(allele)
        told += [f"{allele['name']}: {text}" for text in (*rest, *of_people)]
    return told


def _acmg_class(finding: Values) -> list[str]:
    return [_text({key: finding["acmg"][key] for key in ("class", "points", "rules", "sources")})]


def _of_acmg(*keys: str) -> Callable[[Values], list[str]]:
    return lambda finding: _each(*keys)(finding["acmg"])


def _published_classes(finding: Values) -> list[str]:
    return [*_of_acmg("published")(finding), finding["acmg"]["comparison"]]


_OF_ACMG: Readers = {
    Aspect.ACMG_CLASS: _acmg_class,
    Aspect.CRITERION: _of_acmg("criteria"),
    Aspect.CLASS_CHANGE: _of_acmg("would_change"),
    Aspect.PUBLISHED_CLASS: _published_classes,
}

_OF_REPORT: Readers = {
    Aspect.CONCLUSION: _label("conclusion"),
    Aspect.SENTENCE: lambda report: [report["conclusion"]["sentence"]],
    Aspect.SAMPLE: lambda report: _named(*report["sample"])(report["sample"]),
    Aspect.PATIENT: lambda report: _named(*report["patient"])(report["patient"]),
    Aspect.CALL_SET: lambda report: _named(*report["call_set"])(report["call_set"]),
    Aspect.SEX_CHECK: lambda report: _named(*report["sex_check"])(report["sex_check"]),
    Aspect.FAMILY: _each("inheritance"),
    Aspect.PEDIGREE: _pedigree,
    Aspect.TRANSPLANT: lambda report: _of_block(report["transplant"], "sentences"),
    Aspect.PHENOTYPE: _picture,
    Aspect.NEXT_STEP: lambda report: _of_block(report["next_steps"], "statements"),
    Aspect.OTHER_GENE: lambda report: _of_block(report["differential"], "genes"),
    Aspect.NOT_ASSESSED: _each("not_assessed"),
    Aspect.RECORDS: lambda report: _of_block(report["records"], "fates"),
    Aspect.CALLABILITY: _callability,
    Aspect.REGION: _of_callability("regions"),
    Aspect.EXCLUSION: _of_callability("alleles", "structures"),
    Aspect.COPIES: _copies,
    Aspect.LIMIT: _each("limits"),
    Aspect.SOURCE: _each("citations"),
}

_OF_FINDING: Readers = {
    Aspect.FINDING_CONCLUSION: lambda finding: [finding["conclusion"]],
    Aspect.CLASSIFICATION: _classification,
    Aspect.CONCERN: lambda finding: [finding["concern"]["label"]],
    **_OF_ACMG,
    Aspect.MATCH_LEVEL: lambda finding: [finding["match"]["level"]],
    Aspect.MATCHED: _matched,
    Aspect.STATEMENT: _statements,
    Aspect.EXPERIMENT: _experiments,
    Aspect.PUBLISHED: _published,
    Aspect.CURATED: _rows,
    Aspect.NOTE: _each("notes"),
    Aspect.EXPLANATION: _each("explanations"),
    Aspect.ZYGOSITY: lambda finding: [finding["zygosity"]["code"]],
    Aspect.STATE: _state,
    Aspect.EVIDENCE: _each("evidence"),
    Aspect.MEMBER: _each("members"),
    Aspect.NAME: _named(
        *("hgvs_g", "hgvs_c", "hgvs_p", "hgvs_p_short", "hgvs_lrg", "assembly", "vcf", "vrs_id", "other_build")
    ),
    Aspect.CONSEQUENCE: _each("consequences"),
    Aspect.PLACE: _each("features", "domains", "landmarks"),
    Aspect.HALLMARK: _each("hallmarks"),
    Aspect.RESOURCE: _each("resources"),
    Aspect.TRANSCRIPT: _each("transcripts"),
}

_OF_STRUCTURAL: Readers = {
    Aspect.FINDING_CONCLUSION: lambda finding: [finding["conclusion"]],
    **_OF_ACMG,
    Aspect.MATCH_LEVEL: lambda finding: [_text(finding["match"])],
    Aspect.MATCHED: lambda finding: [_lesion_name(finding["curated"])] if finding.get("curated") else [],
    Aspect.STATEMENT: lambda finding: [_text(one) for row in _lesion(finding) for one in row["statements"]],
    Aspect.EXPERIMENT: lambda finding: [_text(one) for row in _lesion(finding) for one in row["functional"]],
    Aspect.CURATED: lambda finding: [
        text for row in _lesion(finding) for text in _named("origin", "legacy_names", "remark")(row)
    ],
    Aspect.ZYGOSITY: lambda finding: [finding["zygosity"]["code"]],
    Aspect.STATE: _state,
    Aspect.EVIDENCE: _each("evidence"),
    Aspect.NAME: _named("hgvs_g", "hgvs_c"),
    Aspect.CONSEQUENCE: lambda finding: [*_each("consequences")(finding), *_named("sentence")(finding)],
    Aspect.PLACE: _named("exons", "whole_exons", "landmarks"),
}
