"""The rules by which evidence is weighed, read from `resources/rules/acmg.yaml` and checked."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from foxp3_annot.catalogue import Citation
from foxp3_annot.criteria import AcmgClass, Criterion, Scale, Strength
from foxp3_annot.errors import ResourceError
from foxp3_annot.pack.vocabulary import Classification, Reading, SourceKind
from foxp3_annot.resources import resource_root, sha256


class Scope(enum.Enum):
    """Whose rule it is."""

    GENERIC = ("generic", "generic: as the source has it")
    ADAPTED = ("adapted", "adapted: a number or choice in it was set for FOXP3 by this project")
    NOT_USED = ("not_used", "not used")

    def __init__(self, code: str, label: str) -> None:
        self.code = code
        self.label = label


class ExonOutcome(enum.Enum):
    """What becomes of the message and protein when an exon is left out."""

    NOT_CODING = "not_coding"
    START_LOST = "start_lost"
    IN_FRAME = "in_frame"
    DECAY = "decay"
    ESCAPE = "escape"
    LAST = "last"


@dataclass(frozen=True, slots=True)
class ExonRule:
    """How strongly PVS1 counts where a splice site of an exon is destroyed, and where the whole exon is lost."""

    exon: int
    outcome: ExonOutcome
    splice: Strength
    lost: Strength
    why: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """What a source says of one variant of the table that decides a criterion; no strength: it does not count."""

    variant: str
    strength: Strength | None
    why: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Region:
    """Residues first to last in which PM1 counts for the kinds of change named."""

    name: str
    first: int
    last: int
    kinds: tuple[str, ...]
    strength: Strength
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Rule:
    """One criterion: what it asks for, in a sentence and in numbers, and from where.

    `fact` says what would fulfil it, and `could_be` how strongly it could then count; both empty where nothing
    that one could still find out would.
    """

    criterion: Criterion
    scope: Scope
    sentence: str
    sources: tuple[str, ...]
    numbers: Mapping[str, Any]
    fact: str = ""
    could_be: tuple[Strength, ...] = ()

    def strength(self, key: str) -> Strength:
        return Strength.parse(self.numbers[key])

    def limits(self, key: str = "") -> dict[Strength, float]:
        """Strength to number, the strongest first; of a part of the numbers, or of all that are strengths."""
        part = self.numbers[key] if key else self.numbers
        found = {one: part[one.code] for one in Strength if one.code in part}
        return dict(sorted(found.items(), key=lambda item: -item[0].rank))

    def comparator_strengths(self) -> dict[Classification, Strength]:
        """How strongly a comparator counts by what it is classed as."""
        known = {word.code: word for word in Classification}
        return {known[code]: Strength.parse(word) for code, word in self.numbers.items()}


@dataclass(frozen=True)
class AcmgRules:
    """All rules. `assays` maps a kind of assay to words by which its rows are known."""

    version: str
    statement: str
    scale_sources: tuple[str, ...]
    digest: str
    sources: Mapping[str, Citation]
    scale: Scale
    rules: Mapping[Criterion, Rule]
    exons: Mapping[int, ExonRule]
    observed_rna: Mapping[str, Told]
    healthy: Mapping[str, Told]
    regions: tuple[Region, ...]
    assays: Mapping[str, tuple[str, ...]]
    notes: Mapping[str, tuple[str, tuple[str, ...]]]

    def __getitem__(self, criterion: Criterion) -> Rule:
        return self.rules[criterion]

    def assay_kind(self, assay: str) -> str:
        """mechanism, function, expression or rna by the words of an assay; empty where none fits, or several do."""
        kinds = [kind for kind, words in self.assays.items() if any(word.lower() in assay.lower() for word in words)]
        if "expression" in kinds and "rna" in kinds:
            kinds.remove("expression")  # "splicing of FOXP3 mRNA" is about splicing
        return kinds[0] if len(kinds) == 1 else ""


@cache
def acmg_rules() -> AcmgRules:
    """The rules that come with the program."""
    return load_rules(resource_root() / "rules" / "acmg.yaml")


_NUMBERS: dict[Criterion, tuple[str, ...]] = {
    Criterion.PVS1: (
        "escape_bases",
        "greatest_loss",
        "next_start",
        "decay",
        "escape_critical",
        "escape_small",
        "start_lost",
        "start_lost_without_comparator",
        "polya_signal",
        "gene_lost",
        "duplication_out_of_frame",
    ),
    Criterion.PS1: ("pathogenic", "likely_pathogenic"),
    Criterion.PS2: ("specific", "consistent"),
    Criterion.PS3: ("strength",),
    Criterion.PS4: ("supporting", "moderate", "strong"),
    Criterion.PM1: ("greatest_with_PP3",),
    Criterion.PM2: ("strength", "greatest_count", "greatest_hemizygotes"),
    Criterion.PM4: ("several", "single", "repeat_copies"),
    Criterion.PM5: ("pathogenic", "likely_pathogenic"),
    Criterion.PM6: ("specific", "consistent"),
    Criterion.PP1: ("supporting", "moderate", "strong"),
    Criterion.PP3: ("revel", "spliceai"),
    Criterion.PP4: ("strength",),
    Criterion.BA1: ("frequency", "least_number"),
    Criterion.BS1: ("prevalence_males", "greatest_share", "penetrance", "strength"),
    Criterion.BS2: ("supporting", "strong"),
    Criterion.BS3: ("strength",),
    Criterion.BS4: ("strength",),
    Criterion.BP3: ("strength",),
    Criterion.BP4: ("revel", "spliceai"),
    Criterion.BP5: ("strength",),
    Criterion.BP7: ("strength", "observed_rna", "from_donor", "from_acceptor"),
}


def load_rules(path: Path) -> AcmgRules:
    """The rules of a file; ResourceError naming what is unsound in it."""
    import yaml  # loaded only where something is weighed: start-up stays short

    try:
        values = yaml.load(path.read_text(encoding="utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        rules = _rules(values, sha256(path))
        _verify(rules)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise ResourceError(f"{path}: is not a sound set of rules ({error!r}); reinstall foxp3-annot") from error
    return rules


def _rules(values: dict[str, Any], digest: str) -> AcmgRules:
    criteria = values["criteria"]
    pvs1 = criteria["PVS1"]
    return AcmgRules(
        version=values["version"],
        statement=values["statement"],
        scale_sources=tuple(values["scale_sources"]),
        digest=digest,
        sources={one["key"]: _source(one) for one in values["sources"]},
        scale=_scale(values),
        rules={Criterion[code]: _rule(Criterion[code], one) for code, one in criteria.items()},
        exons={one["exon"]: _exon(one) for one in pvs1["exons"]},
        observed_rna={one["variant"]: _told(one) for one in pvs1["observed_rna"]},
        healthy={one["variant"]: _told(one) for one in criteria["BS2"]["told"]},
        regions=tuple(_region(one) for one in criteria["PM1"]["regions"]),
        assays={kind: tuple(words) for kind, words in criteria["PS3"]["assays"].items()},
        notes={name: (text, tuple(pvs1["note_sources"][name])) for name, text in pvs1["notes"].items()},
    )


def _source(one: dict[str, str]) -> Citation:
    return Citation(
        key=one["key"],
        kind={kind.code: kind for kind in SourceKind}[one["kind"]],
        pmid=one["pmid"],
        doi=one["doi"],
        reference=one["reference"],
        read={read.code: read for read in Reading}[one["read"]],
        url=one["url"],
        licence="facts cited",
    )


def _scale(values: dict[str, Any]) -> Scale:
    known = {one.code: one for one in AcmgClass}
    least = {known[one["code"]]: one["least"] for one in values["classes"]}
    if list(least) != list(AcmgClass) or least.pop(AcmgClass.BENIGN) is not None:
        raise ValueError("classes must be all five, the most pathogenic first, the last without least points")
    limits = list(least.values())
    if limits != sorted(set(limits), reverse=True):
        raise ValueError("the least points of the classes must fall")
    points = {Strength.parse(code): number for code, number in values["points"].items()}
    if sorted(points.values()) != [points[one] for one in Strength if one in points] or min(points.values()) < 1:
        raise ValueError("points must rise with strength")
    if set(points) != set(Strength) - {Strength.STAND_ALONE}:
        raise ValueError("points are missing for a strength")
    return Scale(points, least)


def _rule(criterion: Criterion, one: dict[str, Any]) -> Rule:
    rule = Rule(
        criterion,
        {scope.code: scope for scope in Scope}[one["scope"]],
        one["rule"],
        tuple(one["sources"]),
        one.get("numbers", {}),
        one.get("fact", ""),
        tuple(map(Strength.parse, one.get("could_be", ()))),
    )
    if tuple(rule.numbers) != _NUMBERS.get(criterion, ()):
        raise ValueError(f"{criterion.name} must have the numbers {', '.join(_NUMBERS.get(criterion, ('none',)))}")
    if bool(rule.fact) is not bool(rule.could_be) or (rule.scope is Scope.NOT_USED and rule.numbers):
        raise ValueError(f"{criterion.name}: fact and could_be go together, and what is not used has no numbers")
    return rule


def _exon(one: dict[str, Any]) -> ExonRule:
    return ExonRule(
        one["exon"],
        ExonOutcome(one["outcome"]),
        Strength.parse(one["splice"]),
        Strength.parse(one["lost"]),
        one["why"],
        tuple(one["sources"]),
    )


def _told(one: dict[str, Any]) -> Told:
    strength = None if one["strength"] == "none" else Strength.parse(one["strength"])
    return Told(one["variant"], strength, one["why"], tuple(one["sources"]))


def _region(one: dict[str, Any]) -> Region:
    kinds, strength = tuple(one["kinds"]), Strength.parse(one["strength"])
    if not 1 <= one["first"] <= one["last"] or set(kinds) - {"missense", "in_frame"}:
        raise ValueError(f"the region {one['name']} is unsound")
    return Region(one["name"], one["first"], one["last"], kinds, strength, tuple(one["sources"]))


def _verify(rules: AcmgRules) -> None:
    """What the parts must fulfil together; sources of the knowledge tables are checked where these are at hand."""
    if list(rules.rules) != list(Criterion):
        raise ValueError("the criteria must be all 28, in the order of ACMG/AMP 2015")
    if any(not rule.sources or not rule.sentence for rule in rules.rules.values()):
        raise ValueError("a criterion has no sentence or no source")
    if sorted(rules.exons) != list(range(1, len(rules.exons) + 1)):
        raise ValueError("the exons must be numbered from 1 without a gap")
    for criterion in (Criterion.PP3, Criterion.BP4):
        for key in ("revel", "spliceai"):
            limits = list(rules[criterion].limits(key).values())
            if limits != sorted(limits, reverse=criterion is Criterion.PP3):
                raise ValueError(f"{criterion.name}: the limits of {key} are out of order")
