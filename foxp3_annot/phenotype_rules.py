"""The tables by which a clinical picture is judged, read once and checked."""

from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from itertools import product
from pathlib import Path

from foxp3_annot.errors import ResourceError
from foxp3_annot.phenotype import (
    Analyte,
    FitRule,
    Hierarchy,
    Limit,
    OrganItem,
    PhenotypeFit,
    PhenotypeRules,
    Side,
    Source,
    age_of,
    units_of,
)
from foxp3_annot.resources import read_table, resource_root

TABLES = (
    "hpo/parents.tsv",
    "hpo/replaced.tsv",
    "laboratory_assays.tsv",
    "laboratory_limits.tsv",
    "laboratory_sources.tsv",
    "laboratory_units.tsv",
    "organ_involvement.tsv",
    "phenotype_core.tsv",
    "phenotype_fit.tsv",
    "phenotype_likelihood.tsv",
    "wide_terms.tsv",
)


@cache
def phenotype_rules() -> PhenotypeRules:
    """The rules that come with the program."""
    return load_phenotype_rules(resource_root() / "rules")


def load_phenotype_rules(folder: Path) -> PhenotypeRules:
    """The rules of a folder. Raises ResourceError where a table is unsound or leaves a case undecided."""
    try:
        rules = PhenotypeRules(
            hierarchy=Hierarchy(
                {row["hpo_id"]: _list(row["parents"]) for row in read_table(folder / "hpo" / "parents.tsv")},
                {row["hpo_id"]: row["replaced_by"] for row in read_table(folder / "hpo" / "replaced.tsv")},
            ),
            units=units_of(
                (Analyte.parse(row["analyte"]), row["written"], Fraction(row["multiply"]) / Fraction(row["divide"]))
                for row in read_table(folder / "laboratory_units.tsv")
            ),
            assays={row["code"]: Analyte.parse(row["analyte"]) for row in read_table(folder / "laboratory_assays.tsv")},
            limits=tuple(_limits(folder)),
            wide=frozenset(row["hpo_id"] for row in read_table(folder / "wide_terms.tsv")),
            uncounted=frozenset(
                row["category"] for row in read_table(folder / "phenotype_core.tsv") if row["counts"] == "no"
            ),
            fits=tuple(_fits(folder)),
            organs=tuple(
                OrganItem(row["item"], _list(row["present"]), _list(row["denied"]), _list(row["citations"]))
                for row in read_table(folder / "organ_involvement.tsv")
            ),
            likelihood=frozenset(
                row["statistic"] for row in read_table(folder / "phenotype_likelihood.tsv") if row["use"] == "yes"
            ),
        )
    except (KeyError, ValueError, ZeroDivisionError) as error:
        raise ResourceError(f"{folder}: a rule on phenotypes is unsound ({error}); reinstall foxp3-annot") from error
    _refuse_gaps(rules, folder)
    return rules


def _list(cell: str) -> tuple[str, ...]:
    return tuple(filter(None, cell.split(";")))


def _limits(folder: Path) -> Iterator[Limit]:
    sources = {
        row["key"]: Source(row["key"], row["reference"], row["url"], row["read"])
        for row in read_table(folder / "laboratory_sources.tsv")
    }
    for row in read_table(folder / "laboratory_limits.tsv"):
        analyte = Analyte.parse(row["analyte"])
        if row["unit"] != analyte.unit:
            raise ValueError(f"a limit of {analyte.label} is in {row['unit']}, not in {analyte.unit}")
        yield Limit(
            analyte,
            row["hpo_id"],
            Side(row["side"]),
            age_of(row["age_from"]),
            age_of(row["age_to"]) if row["age_to"] else None,
            Fraction(row["limit"]),
            sources[row["source"]],
        )


def _fits(folder: Path) -> Iterator[FitRule]:
    for row in read_table(folder / "phenotype_fit.tsv"):
        told, present, denied = (row[column] == "yes" for column in ("told", "core_present", "core_denied"))
        yield FitRule(
            PhenotypeFit(row["code"]),
            told,
            present,
            denied,
            row["sentence"],
            row["reason"],
            _list(row["citations"]),
        )


def _refuse_gaps(rules: PhenotypeRules, folder: Path) -> None:
    """Each case that can occur is decided once; without anything told no core feature can be told."""
    cases = [(False, False, False), *((True, *rest) for rest in product((False, True), repeat=2))]
    decided = sorted((rule.told, rule.core_present, rule.core_denied) for rule in rules.fits)
    if decided != sorted(cases):
        raise ResourceError(f"{folder}/phenotype_fit.tsv: must decide each case once; reinstall foxp3-annot")
