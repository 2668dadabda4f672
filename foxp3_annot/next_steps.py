"""What the literature says for a case: statements on care that apply to it, and genes to think of beside FOXP3.

Statements stay statements of their sources, each with what speaks against it; none is advice.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from foxp3_annot.clinical import Care, OtherGene
from foxp3_annot.errors import ResourceError
from foxp3_annot.pack.vocabulary import Situation
from foxp3_annot.resources import read_table, resource_root

CASE_RULES = "case_situations.tsv"

NOT_ADVICE = (
    "What the literature says of such a case, each statement with its source and what speaks against it. It is not "
    "advice: what is done is for those who treat the patient to decide."
)
OTHER_GENES = (
    "Genes in which a like picture has its cause elsewhere, in alphabetical order. About half of those with the "
    "picture of IPEX have no FOXP3 mutation."
)
OTHER_GENES_CITATIONS = ("gambineri2018",)


@dataclass(frozen=True, slots=True)
class CaseRule:
    """What a conclusion makes of a case: the situations that it is in, and whether other genes are named."""

    conclusion: str
    situations: frozenset[Situation]
    other_genes: bool
    reason: str


@dataclass(frozen=True, slots=True)
class NextStep:
    """A statement that applies: for which of its situations, and for which terms that are present."""

    care: Care
    situations: tuple[Situation, ...]
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NextSteps:
    """Statements that apply, and how many more would with terms that are not stated."""

    steps: tuple[NextStep, ...]
    waiting: int
    other_genes: tuple[OtherGene, ...]


@cache
def case_rules() -> Mapping[str, CaseRule]:
    """The rules that come with the program, by conclusion."""
    return load_case_rules(resource_root() / "rules")


def load_case_rules(folder: Path) -> Mapping[str, CaseRule]:
    """The rules of a folder. Raises ResourceError where one is unsound."""
    known = {situation.code: situation for situation in Situation}
    path = folder / CASE_RULES
    found = {}
    for row in read_table(path):
        codes = [one for one in row["situations"].split(";") if one]
        unknown = set(codes) - set(known)
        if unknown or row["differential"] not in ("yes", "no"):
            raise ResourceError(f"{path}: the rule on {row['conclusion']} is unsound; reinstall foxp3-annot")
        situations = frozenset(known[code] for code in codes)
        found[row["conclusion"]] = CaseRule(row["conclusion"], situations, row["differential"] == "yes", row["reason"])
    return found


def next_steps(
    rule: CaseRule,
    care: Iterable[Care],
    other_genes: Iterable[OtherGene],
    present: frozenset[str],
    *,
    after_transplant: bool,
) -> NextSteps:
    """What applies to a case; `present` are the terms that are present, with those that they imply.

    Statements keep the order of their topics and, within one, that of the table.
    """
    situations = rule.situations | ({Situation.AFTER_TRANSPLANT} if after_transplant else set())
    steps, waiting = [], 0
    for one in care:
        own = tuple(situation for situation in one.applies_to if situation in situations)
        terms = tuple(id_ for id_ in one.when if id_ in present)
        if own and (terms or not one.when):
            steps.append(NextStep(one, own, terms))
        elif own:
            waiting += 1
    topics = list(type(steps[0].care.topic)) if steps else []
    steps.sort(key=lambda step: topics.index(step.care.topic))
    return NextSteps(tuple(steps), waiting, tuple(other_genes) if rule.other_genes else ())
