"""Every sentence of a report comes from somewhere: a walk over the JSON finds a rule, a table or a module for each."""

import ast
import csv
import re
from collections.abc import Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

import foxp3_annot
from foxp3_annot.assembly import Assembly
from foxp3_annot.genotype import Sex
from foxp3_annot.knowledge import Knowledge
from foxp3_annot.pipeline import Job, report_jobs
from foxp3_annot.resources import resource_root

PACKAGE = Path(foxp3_annot.__file__).parent
EXAMPLE = resource_root() / "example"
LEAST = 9
"""Letters of the shortest piece of text that tells where a sentence is from."""

WORDS = 4
"""Words from which on a text counts as a sentence."""

OF_THE_FILE = {"assembly_basis", "command", "file", "name_in_file", "id"}
"""Keys whose values repeat what the user's file, sheet or command line says."""


@cache
def origins() -> tuple[tuple[str, str], ...]:
    """Pieces of text with the file that holds them, the longest first."""
    found: dict[str, str] = {}
    for piece, origin in (*_of_modules(), *_of_rules(), *_of_tables()):
        for text in (piece.strip(), *_split(piece.strip())):
            if len(text) >= LEAST:
                found.setdefault(text.casefold(), origin)
    return tuple(sorted(found.items(), key=lambda item: -len(item[0])))


def _split(text: str) -> list[str]:
    """Sentences of a text."""
    return re.split(r"(?<=[.;]) +(?=[A-Z])", text)


@cache
def cells() -> tuple[str, ...]:
    """What stands in the tables."""
    return tuple({text for text, _ in _of_tables()})


def _of_modules() -> Iterator[tuple[str, str]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
                yield node.value, str(path.relative_to(PACKAGE.parent))


def _of_rules() -> Iterator[tuple[str, str]]:
    for path in sorted((resource_root() / "rules").glob("*.yaml")):
        for text in _texts(yaml.safe_load(path.read_text(encoding="utf-8"))):
            for piece in re.split(r"\{\w+\}", text[1]):
                yield piece, f"resources/rules/{path.name}"


def _of_tables() -> Iterator[tuple[str, str]]:
    for folder in ("knowledge", "reference", "rules"):
        for path in sorted((resource_root() / folder).glob("*.tsv")):
            with path.open(encoding="utf-8", newline="") as lines:
                for row in csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
                    for cell in row:
                        yield cell, f"resources/{folder}/{path.name}"
                        for part in cell.split(";"):
                            yield part, f"resources/{folder}/{path.name}"


def _texts(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _texts(one, f"{path}.{key}")
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one, f"{path}[]")
    elif isinstance(value, str):
        yield path, value


def sentences(report: dict[str, Any]) -> set[tuple[str, str]]:
    """Each sentence with the path of the text that it stands in."""
    return {
        (path, sentence)
        for path, text in _texts(report)
        if path.rsplit(".", 1)[-1] not in OF_THE_FILE
        for sentence in _split(text)
        if len(sentence.split()) >= WORDS
    }


def origin_of(sentence: str) -> tuple[str, str] | None:
    """The longest known piece within a sentence, and where it is from."""
    return next((found for found in origins() if found[0] in sentence.casefold()), None)


HEADER = (
    "##fileformat=VCFv4.2\n"
    '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">\n'
    '##INFO=<ID=END,Number=1,Type=Integer,Description="End">\n'
    "##contig=<ID=chrX,length=156040895>\n"
    "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t"
)


def every_curated_variant(folder: Path, known: Knowledge) -> Path:
    """A girl who carries every curated allele and every curated lesion, and deletions of exons."""
    lines = []
    for curated in known.catalogue.variants:
        edit = curated.alleles[Assembly.GRCH38].vcf(known.gene.on(Assembly.GRCH38).reference)
        lines.append((edit.start, f"{edit.ref}\t{edit.alt}\t50\tPASS\t."))
    stretches = [one.inner[Assembly.GRCH38] for one in known.catalogue.structures]
    stretches += [(49250000, 49265000), (49256700, 49256900), (49255400, 49257500), (49251690, 49251700)]
    for start, end in filter(None, stretches):
        for kind in ("DEL", "DUP", "INV"):
            lines.append((start - 1, f"N\t<{kind}>\t50\tPASS\tEND={end}"))
    rows = "".join(f"chrX\t{start}\t.\t{rest}\tGT\t0/1\n" for start, rest in sorted(lines))
    path = folder / "everything.vcf"
    path.write_text(f"{HEADER}girl\n{rows}", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """The reports of every file of calls of the example, and of a girl who carries all that the tables hold."""
    known = Knowledge.shipped()
    boys = ("trio_boy", "polya_boy", "refuted_boy", "mixed_boy", "silent_boy")
    sexes = dict.fromkeys(boys, Sex.MALE) | {"girl": Sex.FEMALE}
    paths = sorted(path for path in EXAMPLE.iterdir() if path.name.endswith((".vcf", ".vcf.gz", ".bcf")))
    paths.append(every_curated_variant(tmp_path_factory.mktemp("everything"), known))
    with ExitStack() as stack:
        jobs = [Job(path, path.name.split(".")[0]) for path in paths]
        outcomes = list(report_jobs(jobs, sexes, known, None, stack, lambda _: None))
    return [report for outcome in outcomes for report in outcome.reports]


def test_every_sentence_of_a_report_has_an_origin(reports: list[dict[str, Any]]) -> None:
    all_sentences = set().union(*map(sentences, reports))
    assert len(all_sentences) > 300
    assert {one for one in all_sentences if origin_of(one[1]) is None} == set()


def test_a_sentence_from_nowhere_is_noticed(reports: list[dict[str, Any]]) -> None:
    reports[0]["limits"].append("Zebras whisper quietly beneath purple umbrellas.")
    assert [one for _, one in sentences(reports[0]) if origin_of(one) is None] == [reports[0]["limits"].pop()]


def test_what_sources_say_comes_from_the_tables(reports: list[dict[str, Any]]) -> None:
    """Texts under a curated row stand in the tables word for word, but for counts and labels that are put together."""
    made = ("reported", "label", "seen_in")
    said = {
        text
        for report in reports
        for path, text in sentences(report)
        if ".curated[]" in path and not any(f".{key}" in path for key in made)
    }
    assert len(said) > 100
    assert {text for text in said if not any(text in cell for cell in cells())} == set()
