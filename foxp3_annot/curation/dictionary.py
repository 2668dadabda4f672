"""The data dictionary, printed from the schema."""

from collections.abc import Iterator

from foxp3_annot.pack import vocabulary
from foxp3_annot.pack.schema import MEASURES, TABLES, TEXT, Column, Table

_HEAD = """# Data dictionary of the knowledge tables

Printed by `foxp3-annot knowledge dictionary`. Tables are UTF-8 text with tabs, one header line and LF line ends; an
empty cell means unknown. *Derived* cells are filled by `foxp3-annot knowledge check --fix`.
"""


def dictionary() -> str:
    """The dictionary as Markdown."""
    parts = [_HEAD, *("\n".join(_table(table)) for table in TABLES), "\n".join(_vocabularies()), "\n".join(_measures())]
    return "\n".join(parts)


def _table(table: Table) -> Iterator[str]:
    yield f"## {table.file}\n"
    key = f" `{table.key}` names it." if table.key else ""
    yield f"One row is {table.row_is}.{key}\n"
    yield "| column | meaning | how it is written |"
    yield "|---|---|---|"
    for column in table.columns:
        yield f"| `{column.name}` | {_cell(column.meaning)} | {_cell(_written(column))} |"
    yield ""


def _written(column: Column) -> str:
    parts = [column.form.says if not column.form.words else "a word of " + _vocabulary_of(column)]
    if column.form.example and not column.form.words and column.form is not TEXT:
        parts.append(f"as `{column.form.example}`")
    if column.many:
        parts.append("a list separated by `;`")
    if column.refers_to:
        parts.append("a key of " + ", ".join(f"{name}.tsv" for name in column.refers_to))
    parts.append("needed" if column.required else "may be empty")
    if column.derived:
        parts.append("*derived*")
    return "; ".join(parts)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _all_vocabularies() -> list[type[vocabulary.Word]]:
    return [
        one
        for one in vars(vocabulary).values()
        if isinstance(one, type) and issubclass(one, vocabulary.Word) and one is not vocabulary.Word
    ]


def _vocabulary_of(column: Column) -> str:
    for one in _all_vocabularies():
        if vocabulary.codes(one) == dict(column.form.words):
            return f"[{one.__name__}](#{one.__name__.lower()})"
    raise LookupError(column.name)


def _vocabularies() -> Iterator[str]:
    yield "## Vocabularies\n"
    for one in _all_vocabularies():
        yield f"### {one.__name__}\n"
        yield f"{(one.__doc__ or '').strip()}\n".replace("\n    ", " ")
        yield "| word | meaning |"
        yield "|---|---|"
        yield from (f"| `{code}` | {_cell(label)} |" for code, label in vocabulary.codes(one).items())
        yield ""


def _measures() -> Iterator[str]:
    yield "## Measures\n"
    yield "What `immunology` may hold, with the units that are allowed; values stand as printed, never converted.\n"
    yield "| measure | units |"
    yield "|---|---|"
    yield from (f"| {name} | {', '.join(units)} |" for name, units in MEASURES.items())
    yield ""
