"""The tables of a pack as Data Package resources with Table Schemas, so that other programs can read and check them.

The terms are those of Data Package and Table Schema (https://datapackage.org/standard/data-package/).
"""

from collections.abc import Iterable
from typing import Any

from foxp3_annot.pack.schema import Column, Table, table_named

DIALECT = {"delimiter": "\t", "lineTerminator": "\n", "quoteChar": None, "header": True}


def described_resources(tables: Iterable[Table]) -> list[dict[str, Any]]:
    """A resource for each table, in the order given."""
    present = list(tables)
    names = [table.name for table in present]
    return [_resource(table, names) for table in present]


def _resource(table: Table, present: list[str]) -> dict[str, Any]:
    schema: dict[str, Any] = {"fields": [_field(column) for column in table.columns], "missingValues": [""]}
    if table.key:
        schema["primaryKey"] = table.key
    keys = [_foreign_key(column, present) for column in table.columns]
    keys = [key for key in keys if key]
    if keys:
        schema["foreignKeys"] = keys
    return {
        "name": table.name.replace("_", "-"),
        "path": table.file,
        "description": f"One row is {table.row_is}.",
        "format": "tsv",
        "mediatype": "text/tab-separated-values",
        "encoding": "utf-8",
        "dialect": DIALECT,
        "schema": schema,
    }


def _field(column: Column) -> dict[str, Any]:
    constraints: dict[str, Any] = {}
    if column.required:
        constraints["required"] = True
    if column.form.words and not column.many:
        constraints["enum"] = list(column.form.words)
    elif column.many:
        constraints["pattern"] = f"(?:{column.form.pattern})(?:; ?(?:{column.form.pattern}))*"
    elif not column.form.number:
        constraints["pattern"] = column.form.pattern
    kind = "integer" if column.form.number and not column.many else "string"
    field = {"name": column.name, "type": kind, "description": column.meaning}
    if column.form.example and not column.form.words:
        field["example"] = column.form.example
    return field | ({"constraints": constraints} if constraints else {})


def _foreign_key(column: Column, present: list[str]) -> dict[str, Any] | None:
    """A reference within the pack, where it leads to one table whose keys are all there."""
    if column.many or len(column.refers_to) != 1 or column.refers_to[0] not in present:
        return None
    target = table_named(column.refers_to[0])
    return {"fields": column.name, "reference": {"resource": target.name.replace("_", "-"), "fields": target.key}}
