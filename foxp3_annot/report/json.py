"""The report as text, and back."""

import json
from pathlib import Path
from typing import Any

from foxp3_annot.errors import InputError
from foxp3_annot.report.sample import SCHEMA_VERSION


def report_json(report: dict[str, Any]) -> str:
    """The same report always gives the same text."""
    return json.dumps(report, indent=2, ensure_ascii=False) + "\n"


def read_report(path: Path) -> dict[str, Any]:
    """A report that was written before. Raises InputError where the file is not one of this schema version."""
    try:
        report = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read as a report ({error})") from error
    if not isinstance(report, dict) or report.get("report") != "sample":
        raise InputError(f"{path}: is not a sample report of foxp3-annot")
    if str(report.get("schema_version", "")).split(".")[0] != SCHEMA_VERSION.split(".")[0]:
        raise InputError(
            f"{path}: has schema version {report.get('schema_version')}, this program reads {SCHEMA_VERSION}; "
            "make the report again"
        )
    return report
