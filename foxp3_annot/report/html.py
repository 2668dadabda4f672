"""The report as one self-contained page: nothing is fetched, everything from a file is escaped."""

from fractions import Fraction
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from foxp3_annot.callability import AlleleVerdict, Verdict
from foxp3_annot.cases import Age
from foxp3_annot.copy_number import CALLED, EXCLUDED
from foxp3_annot.exon_copies import CopyState
from foxp3_annot.inheritance import percent
from foxp3_annot.report.annotation_resources import sentence_of

HEADINGS = {
    "consistent_with_ipex": "Consistent with IPEX",
    "carrier": "Carrier",
    "review_needed": "Review needed",
    "likely": "Likely consistent with IPEX",
    "uncertain": "Uncertain",
    "not_interpretable": "Sample not interpretable",
    "not_assessable": "Nothing found, but not assessable",
    "nothing_found": "Nothing found in what could be assessed",
}


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("foxp3_annot", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["thousands"] = "{:,}".format
    environment.filters["percent"] = "{:.0%}".format
    environment.filters["share"] = lambda text: f"{percent(Fraction(text))} ({text})" if "/" in text else text
    environment.filters["resource_sentence"] = sentence_of
    environment.filters["age_words"] = lambda text: Age(text).words
    return environment.get_template("sample.html.jinja")


def _shown_regions(report: dict[str, Any]) -> list[dict[str, Any]]:
    """The regions of the page: all but the splice sites that are callable as a whole."""
    regions = report["callability"]["regions"] if report["callability"] else []
    return [one for one in regions if one["kind"] != "splice_site" or one["verdict"] != "callable"]


def _odd_copies(counted: dict[str, Any] | None) -> list[str]:
    """The states that stand for another number of copies than the usual one."""
    usual = counted["usual"] if counted else None
    return [state.code for state in CopyState if usual and state.copies not in (None, usual)]


def sample_page(report: dict[str, Any]) -> str:
    """The page of a sample report; findings that conclude nothing by themselves are listed apart."""
    weighty = [finding for finding in report["findings"] if finding["conclusion"] != "inconclusive"]
    return _template().render(
        report=report,
        heading=HEADINGS[report["conclusion"]["code"]],
        weighty=weighty,
        regions=_shown_regions(report),
        verdicts={verdict.code: verdict.label for verdict in (*Verdict, *AlleleVerdict)},
        copy_limits={"called": CALLED, "usual": EXCLUDED},
        odd_copies=_odd_copies(report["copy_number"]),
        others=[finding for finding in report["findings"] if finding not in weighty],
        meanings={
            one["name"]: {value["name"]: value["meaning"] for value in one["values"]}
            for one in report["provenance"]["annotations"]
        },
        numbers={citation["key"]: number for number, citation in enumerate(report["citations"], start=1)},
    )
