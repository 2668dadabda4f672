"""One question put to us and to a judge, and the kept list of disagreements that are understood."""

import csv
import dataclasses
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

COLUMNS = ("id", "judge", "field", "pattern", "grch37", "grch38", "example", "right", "why")


@dataclass(frozen=True, slots=True)
class Comparison:
    """What we and a judge say of one allele; `field` is the question, `kind` the kind of allele."""

    judge: str
    field: str
    kind: str
    build: str
    example: str
    ours: str
    theirs: str

    @property
    def agrees(self) -> bool:
        return self.ours == self.theirs

    @property
    def text(self) -> str:
        """What the pattern of a class must match, from its first to its last letter."""
        return f"{self.ours} | {self.theirs}"


@dataclass(frozen=True)
class DisagreementClass:
    """A row of disagreements.tsv: `judge` and `pattern` are regular expressions, counts are by build.

    `right` is `we`, `they` or `both` (two habits, or two spellings that may stand).
    """

    id: str
    judge: str
    field: str
    pattern: str
    counts: dict[str, int]
    example: str
    right: str
    why: str

    def covers(self, one: Comparison) -> bool:
        return (
            self.field == one.field
            and re.fullmatch(self.judge, one.judge) is not None
            and re.fullmatch(self.pattern, one.text) is not None
        )


def read_classes(path: Path) -> list[DisagreementClass]:
    """The kept classes, in the order in which they are tried."""
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [
        DisagreementClass(
            id=row["id"],
            judge=row["judge"],
            field=row["field"],
            pattern=row["pattern"],
            counts={"GRCh37": int(row["grch37"]), "GRCh38": int(row["grch38"])},
            example=row["example"],
            right=row["right"],
            why=row["why"],
        )
        for row in rows
    ]


def write_classes(path: Path, classes: Iterable[DisagreementClass]) -> None:
    lines = ["\t".join(COLUMNS)]
    for one in classes:
        counts = str(one.counts["GRCh37"]), str(one.counts["GRCh38"])
        lines.append("\t".join((one.id, one.judge, one.field, one.pattern, *counts, one.example, one.right, one.why)))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


@dataclass(frozen=True)
class Score:
    """How many comparisons agreed, disagreed in a way that is understood, and disagreed in another way."""

    same: int = 0
    explained: int = 0
    unexplained: int = 0

    @property
    def total(self) -> int:
        return self.same + self.explained + self.unexplained


@dataclass
class Verdict:
    """All comparisons scored against the kept classes."""

    classes: list[DisagreementClass]
    scores: dict[tuple[str, str, str, str], Score] = dataclasses.field(default_factory=lambda: defaultdict(Score))
    seen: Counter[tuple[str, str]] = dataclasses.field(default_factory=Counter)
    examples: dict[str, str] = dataclasses.field(default_factory=dict)
    unexplained: list[Comparison] = dataclasses.field(default_factory=list)

    def add(self, one: Comparison) -> None:
        key = (one.judge, one.field, one.kind, one.build)
        score = self.scores[key]
        if one.agrees:
            self.scores[key] = replace(score, same=score.same + 1)
            return
        found = next((known for known in self.classes if known.covers(one)), None)
        if found is None:
            self.scores[key] = replace(score, unexplained=score.unexplained + 1)
            self.unexplained.append(one)
            return
        self.scores[key] = replace(score, explained=score.explained + 1)
        self.seen[found.id, one.build] += 1
        self.examples[found.id] = f"{one.example}: {one.ours or 'nothing'} | {one.theirs or 'nothing'}"

    def faults(self) -> list[str]:
        """Why the run fails: disagreements of no kept class, and classes that occur more or less often than kept.

        A class in which they are right is a fault of ours: that it has gone is no failure.
        """
        found = [f"unexplained: {one}" for one in self.unexplained]
        for known in self.classes:
            for build, count in known.counts.items():
                seen = self.seen[known.id, build]
                if seen > count or (seen < count and known.right != "they"):
                    found.append(f"{known.id}: seen {seen} times on {build}, kept as {count}")
        return found

    def remarks(self) -> list[str]:
        """Faults of ours that have gone: their rows can be taken out."""
        return [
            f"{known.id}: mended, take it out of the list"
            for known in self.classes
            if known.right == "they" and not any(self.seen[known.id, build] for build in known.counts)
        ]

    def renewed(self) -> list[DisagreementClass]:
        """The kept classes with the counts and examples of this run."""
        return [
            replace(
                known,
                counts={build: self.seen[known.id, build] for build in known.counts},
                example=self.examples.get(known.id, known.example),
            )
            for known in self.classes
        ]


def table(scores: dict[tuple[str, str, str, str], Score]) -> list[str]:
    """One line for each judge, question and kind of allele, the builds side by side."""
    builds = ("GRCh37", "GRCh38")
    head = ["judge", "compared", "alleles"]
    for build in builds:
        head += [build, "same", "explained", "unexplained"]
    rows = [head]
    judges = list(dict.fromkeys(key[0] for key in scores))
    for judge, question, kind in sorted({key[:3] for key in scores}, key=lambda key: (judges.index(key[0]), *key[1:])):
        row = [judge, question, kind]
        for build in builds:
            one = scores.get((judge, question, kind, build), Score())
            share = f"{100 * one.same / one.total:.2f} %" if one.total else "-"
            row += [f"{one.total:,}", share, f"{one.explained:,}", f"{one.unexplained:,}"]
        rows.append(row)
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    lines.insert(1, "|---|---|---|" + "---:|" * 8)
    return lines
