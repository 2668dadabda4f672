"""The result of a challenge for people and for other programs: text, tables, and a self-contained page."""

from collections.abc import Iterator
from functools import cache
from itertools import groupby
from math import floor

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from foxp3_annot.challenge import ChallengeResult, Outcome, Sensitivity, Trial, sensitivities
from foxp3_annot.writers.tables import table

ALLELE_COLUMNS = (
    "share",
    "level",
    "analysed_as",
    "id",
    "hgvs_c",
    "pos",
    "ref",
    "alt",
    "kind",
    "place",
    "depth",
    "written",
    "outcome",
    "called_excluded",
)
SENSITIVITY_COLUMNS = ("share", "level", "grouping", "group", "found", "of", "low", "high", "not_assessable")

LIMITS = (
    "Alleles were written into aligned reads: what an aligner makes of the raw reads, and what a capture kit makes of "
    "an allele under its baits, is not part of this.",
    "Each figure counts alleles, not people: alleles are not equally common, and those that were never published are "
    "not among them.",
    "What a share of the reads gives depends on which molecules carry the allele; they were chosen once, by name and "
    "seed.",
)


def allele_table(result: ChallengeResult) -> str:
    """One row an allele and level, then one for each allele that was not written."""
    rows = [_allele_row(trial) for trial in result.trials]
    for one in result.skipped:
        edit = one.allele.variant.leftmost()
        rows.append(
            {
                "level": "not written",
                "id": one.allele.id,
                "hgvs_c": one.allele.name,
                "pos": edit.start,
                "ref": edit.ref or "-",
                "alt": edit.alt or "-",
                "kind": one.allele.kind.value,
                "place": one.allele.place,
                "outcome": one.reason.value,
            }
        )
    return table(ALLELE_COLUMNS, rows)


def _allele_row(trial: Trial) -> dict[str, object]:
    edit = trial.allele.variant.leftmost()
    return {
        "share": f"{trial.level.share:g}",
        "level": trial.level.label,
        "analysed_as": trial.level.sex.value,
        "id": trial.allele.id,
        "hgvs_c": trial.allele.name,
        "pos": edit.start,
        "ref": edit.ref or "-",
        "alt": edit.alt or "-",
        "kind": trial.allele.kind.value,
        "place": trial.allele.place,
        "depth": trial.written.depth,
        "written": trial.written.molecules,
        "outcome": trial.outcome.code,
        "called_excluded": "" if trial.excluded is None else "yes" if trial.excluded else "no",
    }


def sensitivity_table(result: ChallengeResult) -> str:
    """One row a level and group, with the 95 % interval of Wilson as shares."""
    return table(SENSITIVITY_COLUMNS, map(_sensitivity_row, sensitivities(result.trials)))


def _sensitivity_row(one: Sensitivity) -> dict[str, object]:
    low, high = one.found.interval
    return {
        "share": f"{one.level.share:g}",
        "level": one.level.label,
        "grouping": one.grouping,
        "group": one.group,
        "found": one.found.count,
        "of": one.found.total,
        "low": f"{low:.4f}",
        "high": f"{high:.4f}",
        "not_assessable": one.not_assessable,
    }


def sentence_of(one: Sensitivity) -> str:
    """The count, its interval, and what could not be assessed. A share is cut, not rounded: 312 of 313 is not 100 %.

    >>> from foxp3_annot.cases import Proportion
    >>> from foxp3_annot.challenge import Level
    >>> from foxp3_annot.genotype import Sex
    >>> sentence_of(Sensitivity(Level.of(1, Sex.MALE), "all", "all", Proportion(312, 313), 2))
    '312 of 313, 99.6 % (95 % interval 98.2 to 99.9 %); not assessable: 2'
    """
    left = f"; not assessable: {one.not_assessable}" if one.not_assessable else ""
    if not one.found.total:
        return f"none assessable{left}"
    low, high = (floor(1000 * bound) / 10 for bound in one.found.interval)
    share = floor(1000 * one.found.count / one.found.total) / 10
    return f"{one.found.count} of {one.found.total}, {share:g} % (95 % interval {low:g} to {high:g} %){left}"


def challenge_text(result: ChallengeResult) -> str:
    """The result for a terminal."""
    return "\n".join(_lines(result)) + "\n"


def _lines(result: ChallengeResult) -> Iterator[str]:
    yield f"{result.file}, sample {result.sample} ({result.sex.value}, {result.assembly})"
    written = len({trial.allele.variant for trial in result.trials})
    yield f"{written} curated alleles written into {result.copies} copies a level; {len(result.skipped)} not written"
    for level, rows in groupby(sensitivities(result.trials), key=lambda one: one.level):
        yield ""
        yield f"{level.label} ({level.share:.0%} of the molecules, analysed as {level.sex.value})"
        for row in rows:
            yield f"  {row.grouping if row.grouping != 'all' else '':<6} {row.group:<24} {sentence_of(row)}".rstrip()
    yield ""
    yield exclusion_sentence(result)
    for trial in result.falsely_excluded:
        yield f"  {trial.allele.name} at {trial.level.label}, in {trial.written.molecules} of {trial.written.depth}"
    if result.excluded_below:
        yield below_sentence(result)
    yield file_sentence(result)
    for one in result.skipped:
        yield f"  not written: {one.allele.name} ({one.allele.id}): {one.reason.value}"


def exclusion_sentence(result: ChallengeResult) -> str:
    """Whether an allele that was written into a copy of the gene was called excluded."""
    if not result.exclusion_judged:
        return "Whether written alleles were called excluded was not judged."
    return (
        "Alleles written into half or all of the molecules and yet called excluded: "
        f"{len(result.falsely_excluded)} of {result.exclusion_judged} judged"
        + (". There must be none: review these." if result.falsely_excluded else ".")
    )


def below_sentence(result: ChallengeResult) -> str:
    """Which alleles in a smaller share were called excluded: an exclusion speaks of whole copies, not of a mosaic."""
    names = (f"{one.allele.name} ({one.written.molecules}/{one.written.depth})" for one in result.excluded_below)
    return (
        f"Written into fewer molecules than a copy gives and called excluded as a copy: {len(result.excluded_below)} "
        f"({', '.join(names)}). An exclusion does not speak of a mosaic."
    )


def file_sentence(result: ChallengeResult) -> str:
    """Whether the user's file is as it was."""
    by = "SHA-256" if result.before.sha256 else "size and time of change, the file being large"
    return f"The file is {'unchanged' if result.is_unchanged else 'NOT as it was'} (by {by})."


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("foxp3_annot", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("challenge.html.jinja")


def challenge_page(result: ChallengeResult) -> str:
    """The page: an appendix to a validation file."""
    rows = list(sensitivities(result.trials))
    return _template().render(
        result=result,
        levels=[(level, [one for one in rows if one.level == level]) for level in result.levels],
        written=len({trial.allele.variant for trial in result.trials}),
        missed=[one for one in result.trials if one.outcome in (Outcome.ONLY_SEEN, Outcome.MISSED)],
        blind=sorted({one.allele.name for one in result.trials if one.outcome is Outcome.NOT_ASSESSABLE}),
        sentence_of=sentence_of,
        exclusion=exclusion_sentence(result),
        below=below_sentence(result) if result.excluded_below else "",
        file=file_sentence(result),
        limits=LIMITS,
    )
