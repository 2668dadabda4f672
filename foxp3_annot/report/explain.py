"""Why a report says what it says of one variant, or why it does not name it: every gate with its number."""

import enum
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from foxp3_annot.errors import InputError
from foxp3_annot.interpretation import Weight, finding_conclusions, sample_conclusions
from foxp3_annot.matching import MatchLevel
from foxp3_annot.patient import PriorHsct
from foxp3_annot.x_state import x_states

Values = dict[str, Any]


class Passed(enum.Enum):
    """How a variant came through a gate."""

    YES = "yes"
    NO = "no"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Gate:
    """One question on the way from the file to the answer, what came of it, and the figures behind it."""

    question: str
    passed: Passed
    because: str


def explain(report: Values, spdi: str, names: tuple[str, str]) -> tuple[Gate, ...]:
    """The gates of one allele of the build of the report; `names` are its c. and its g. name.

    Everything is taken from the report itself, and from the tables of rules that it rests on.
    """
    findings = [one for one in report["findings"] if one["spdi"] == spdi]
    seen = next((one for one in findings if not one["members"]), None)
    whole = next((one for one in findings if one["members"]), None)
    gates = [_records(report)]
    if seen:
        gates += _of_finding(seen, report)
    if whole:
        gates += _of_whole(whole, report)
    if not findings:
        gates += _of_absent(report, spdi, names)
    return (*gates, _answer(report))


def _records(report: Values) -> Gate:
    fates = "; ".join(f"{one['count']}: {one['label']}" for one in report["records"]["fates"] if one["count"])
    return Gate(
        "Were the records of the locus read?",
        Passed.YES if report["records"]["read"] else Passed.OPEN,
        f"{report['records']['read']} read" + (f" ({fates})" if fates else ""),
    )


def _of_finding(finding: Values, report: Values) -> Iterator[Gate]:
    for one in finding["evidence"]:
        place = f"{one['contig']}:{one['position']} {_short(one['ref'])}>{_short(one['alt'])}"
        share = "" if one["allele_fraction"] is None else f", {one['allele_fraction']:.1%} of the reads"
        depth = "depth not given" if one["depth"] is None else f"{one['depth']} reads at the place"
        yield Gate("Is it in a record?", Passed.YES, f"{place}, genotype {one['genotype'] or 'none'}, {depth}{share}")
        filters = ", ".join(one["filters"])
        yield Gate(
            "Did the record pass the caller's filters?",
            Passed.NO if filters else Passed.YES,
            filters or "none failed",
        )
    yield _state(finding, report)
    yield _attribution(report)
    yield _match(finding)
    yield from _evidence(finding)
    yield _conclusion(finding, report)


def _state(finding: Values, report: Values) -> Gate:
    state = finding["zygosity"]["state"]
    row = next((row for row in x_states().rows if row["code"] == state), None)
    rule = f"; rule: {row['karyotypes']}, {row['form']}, share {row['shares']}" if row else ""
    karyotype = report["patient"]["karyotype"] or f"usual for {report['sample']['sex']}"
    return Gate(
        "Does the genotype fit the sex chromosomes?",
        Passed.NO if finding["zygosity"]["code"] == "discordant" else Passed.YES,
        f"{finding['zygosity']['sentence']} (sex chromosomes: {karyotype}{rule})",
    )


def _attribution(report: Values) -> Gate:
    told = report["transplant"]
    if told is None:
        prior = report["patient"]["prior_hsct"]
        words = "no transplant" if prior == PriorHsct.NONE.value else "whether there was a transplant is not told"
        return Gate(
            "Is the DNA the patient's own?", Passed.YES if prior == PriorHsct.NONE.value else Passed.OPEN, words
        )
    mine = told["attribution"]["is_patients"]
    return Gate("Is the DNA the patient's own?", Passed.YES if mine else Passed.OPEN, told["attribution"]["sentence"])


def _match(finding: Values) -> Gate:
    level = finding["match"]["level"]
    rows = ", ".join(
        f"{one['id']} {one['name']} ({one['classification']['label']})" for one in finding["match"]["curated"]
    )
    if level == MatchLevel.SAME_ALLELE.value:
        return Gate("Is it in the curated table?", Passed.YES, f"the same allele: {rows}")
    words = "nothing in the table comes close to it" if not rows else f"{level.replace('_', ' ')}: {rows}"
    return Gate("Is it in the curated table?", Passed.NO, words)


def _evidence(finding: Values) -> Iterator[Gate]:
    acmg = finding["acmg"]
    for one in acmg["criteria"]:
        if one["state"]["code"] == "met":
            yield Gate(f"Is {one['code']} met?", Passed.YES, f"{one['points']:+d} points: {one['sentence']}")
    class_ = acmg["class"]["label"]
    yield Gate(
        "What do the rules make of it?",
        Passed.OPEN,
        f"{acmg['points']} points: {class_}; {finding['concern']['label']}",
    )


def _conclusion(finding: Values, report: Values) -> Gate:
    if any(finding["hgvs_c"].split(":")[-1] in one["members"] for one in report["findings"]):
        return Gate("What does it amount to?", Passed.OPEN, "judged together with its neighbours; nothing by itself")
    filtered = all(one["filters"] for one in finding["evidence"])
    mine = report["transplant"] is None or report["transplant"]["attribution"]["is_patients"]
    state = finding["zygosity"]["state"]
    because = {
        row["because"]
        for (_, code, passed, patients), row in finding_conclusions().cells.items()
        if code == state
        and passed == ("no" if filtered else "yes")
        and patients == ("yes" if mine else "no")
        and row["conclusion"] == finding["conclusion"]
        and row["weight"].split(";")[0] in {one.value for one in Weight}
        and _weighs(finding, row["weight"])
    }
    return Gate("What does it amount to?", Passed.YES, f"{finding['conclusion']}: {'; '.join(sorted(because))}")


def _weighs(finding: Values, weights: str) -> bool:
    """Whether a row of the table can be that of a finding, by its concern."""
    concern = finding["concern"]["code"]
    possible = {
        "disease": {"disease"},
        "conflicting": {"conflicting"},
        "damaging_in_kind": {"damaging", "likely"},
        "uncertain": {"uncertain", "damaging", "likely"},
        "not_reported": {"harmless", "damaging", "likely"},
    }.get(concern, {"harmless"})
    return bool(possible & set(weights.split(";")))


def _of_whole(finding: Values, report: Values) -> Iterator[Gate]:
    yield Gate(
        "Is it made of several records?", Passed.YES, " and ".join(finding["members"]) + ", on one copy of the gene"
    )
    yield _state(finding, report)
    yield _match(finding)
    yield from _evidence(finding)
    yield _conclusion(finding, report)


def _of_absent(report: Values, spdi: str, names: tuple[str, str]) -> Iterator[Gate]:
    yield Gate("Is it in a record?", Passed.NO, "no record of the locus gives this allele to the sample")
    callability = report["callability"]
    if callability is None:
        yield Gate("Could it have been seen?", Passed.OPEN, "the file does not tell how deep the sample was seen there")
        return
    short = {name.split(":")[-1] for name in names if name}
    row = next((one for one in callability["alleles"] if one["name"].split(":")[-1] in short), None)
    if row is None:
        depth = _depth_at(callability, int(spdi.split(":")[1]) + 1)
        least = callability["thresholds"]["least_depth"]
        words = "its base was not looked at" if depth is None else f"its base was seen {depth} times, {least} are asked"
        passed = Passed.OPEN if depth is None or depth < least else Passed.YES
        yield Gate("Could it have been seen?", passed, f"{words}; it is not among the curated alleles")
        return
    miss = row["p_miss"]
    chances = (
        ""
        if miss is None
        else "; probability of missing it: "
        + ", ".join(f"{state} {value:.2g}" for state, value in miss.items() if value is not None)
    )
    least_depth = "not told" if row["depth"] is None else str(row["depth"])
    passed = {"excluded": Passed.YES, "not_excluded": Passed.NO, "seen": Passed.NO}.get(row["verdict"], Passed.OPEN)
    reason = f", {row['reason']}" if row["reason"] else ""
    verdict = row["verdict"].replace("_", " ")
    yield Gate("Is it excluded?", passed, f"{verdict}{reason}; least depth {least_depth}{chances}")


_RUN = re.compile(r"(\d+|\.)(!?)(?:x(\d+))?")


def _depth_at(callability: Values, place: int) -> int | None:
    """Depth of a base of the window; None where it was not looked at, or its depth is not told."""
    for stretch in callability["depths"]:
        at = stretch["start"]
        for word in stretch["runs"].split(" "):
            found = _RUN.fullmatch(word)
            if found is None:
                raise InputError("is damaged (its depths cannot be read); make the report again from the raw data")
            length = int(found[3] or 1)
            if at <= place < at + length:
                return None if found[1] == "." else int(found[1])
            at += length
    return None


def _answer(report: Values) -> Gate:
    code = report["conclusion"]["code"]
    because = sorted({row["because"] for row in sample_conclusions().rows if row["conclusion"] == code})
    words = because or [next(row["because"] for row in sample_conclusions().rows if row["conclusion"] == "as_found")]
    return Gate("What is the answer of the report?", Passed.YES, f"{code}: {'; '.join(words)}")


def _short(bases: str) -> str:
    return bases if len(bases) <= 12 else f"{bases[:12]}... ({len(bases)} bases)"


def explain_text(title: str, gates: tuple[Gate, ...]) -> str:
    """The gates for a terminal, one a line."""
    width = max(len(gate.question) for gate in gates)
    return "\n".join(
        [title, *(f"  {one.question:<{width}}  {one.passed.value:<4}  {one.because}" for one in gates), ""]
    )
