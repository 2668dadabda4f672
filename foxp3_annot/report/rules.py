"""The tables of rules as Markdown, for the documentation."""

import re

from foxp3_annot.resources import read_table, resource_root

_MARK = re.compile(r"<!-- (?P<name>\w+) -->\n(?:\n?\|.*\n)*")


def table_page(name: str) -> str:
    """One table of rules; what may be any of several answers has a comma between them."""
    rows = list(read_table(resource_root() / "rules" / f"{name}.tsv"))
    header = list(rows[0])
    lines = [
        header,
        ["---"] * len(header),
        *([re.sub(r";(?=\S)", ", ", row[column]) for column in header] for row in rows),
    ]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def with_tables(page: str) -> str:
    """A page with the table after each mark `<!-- NAME -->` as it now is."""
    return _MARK.sub(lambda mark: f"<!-- {mark['name']} -->\n\n{table_page(mark['name'])}", page)
