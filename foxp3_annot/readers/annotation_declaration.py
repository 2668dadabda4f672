"""The file in which a user declares annotation resources: YAML, every scalar text, all problems told at once."""

import enum
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from foxp3_annot.annotation_resource import FILTER, Role, ValueKind
from foxp3_annot.assembly import Assembly
from foxp3_annot.errors import InputError
from foxp3_annot.resources import schema_path

MAXIMAL_BYTES = 1 << 18
"""Size up to which a declaration is read; a sound one has a hundredth of it."""

RESERVED = ("presence", FILTER.name)
"""Names of values that the program gives by itself."""


class Format(enum.Enum):
    """How a resource is written, with the endings that tell it by default."""

    VCF = ("vcf", (".vcf.gz", ".vcf.bgz", ".bcf"))
    TSV = ("tsv", (".tsv.gz", ".tsv.bgz", ".txt.gz", ".txt.bgz"))
    BED = ("bed", (".bed.gz", ".bed.bgz"))

    def __init__(self, code: str, endings: tuple[str, ...]) -> None:
        self.code = code
        self.endings = endings

    @classmethod
    def of(cls, entry: dict[str, Any]) -> "Format | None":
        """The format that an entry states, or that the name of its file tells."""
        stated, path = entry.get("format"), entry["path"].lower()
        return next((one for one in cls if one.code == stated or (not stated and path.endswith(one.endings))), None)


@dataclass(frozen=True, slots=True)
class Key:
    """The columns of a tsv file that name an allele."""

    chrom: str
    pos: str
    ref: str
    alt: str


@dataclass(frozen=True, slots=True)
class DeclaredValue:
    """Where a value stands: an INFO key or a column, and the part of it; no column for a region without value."""

    kind: ValueKind
    column: str = ""
    part: str = ""


@dataclass(frozen=True, slots=True)
class DeclaredResource:
    """One resource as declared, nothing of its records read yet. `index` lies beside `path`."""

    name: str
    version: str
    path: Path
    index: Path
    assembly: Assembly
    format: Format
    key: Key | None
    values: tuple[DeclaredValue, ...]


def declared_resources(path: Path) -> tuple[DeclaredResource, ...]:
    """What the declaration at `path` declares. Raises InputError with every problem, one a line, where there is any."""
    declaration = _declaration(path)
    problems = list(_schema_problems(path, declaration)) or list(_problems(path, declaration["annotations"]))
    if problems:
        raise InputError("\n".join(problems))
    return tuple(_resource(path, entry) for entry in declaration["annotations"])


def files_of(path: Path) -> list[Path]:
    """The declaration, each resource and its index: all files on which a run with this declaration depends."""
    return [path, *(file for one in declared_resources(path) for file in (one.path, one.index))]


# --- YAML as plain text values ------------------------------------------------------------------------


def _declaration(path: Path) -> Any:
    """Mappings, lists and texts. Anchors and aliases, by which a small file can grow without bound, are refused."""
    import yaml  # loaded only where a declaration is given: start-up stays short

    try:
        with path.open("rb") as stream:
            content = stream.read(MAXIMAL_BYTES + 1)
        if len(content) > MAXIMAL_BYTES:
            raise InputError(f"{path}: has more than {MAXIMAL_BYTES:,} bytes; a declaration of resources is short text")
        text = content.decode("utf-8-sig")
        if any(getattr(event, "anchor", None) for event in yaml.parse(text, Loader=yaml.BaseLoader)):
            raise InputError(f"{path}: uses anchors or aliases (& and *); write each value out, in quotes where needed")
        node = yaml.compose(text, Loader=yaml.BaseLoader)
        return _plain(path, node) if node else {}
    except OSError as error:
        raise InputError(f"{path}: the declaration of resources cannot be opened ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: the declaration of resources is not UTF-8 text; save it as UTF-8") from error
    except (yaml.YAMLError, RecursionError) as error:
        raise InputError(f"{path}: is not YAML ({_one_line(error)})") from error


def _plain(path: Path, node: Any) -> Any:
    if node.id == "scalar":
        return str(node.value)
    if node.id == "sequence":
        return [_plain(path, one) for one in node.value]
    found: dict[str, Any] = {}
    for key, value in node.value:
        name = str(key.value)
        if name in found:
            raise InputError(f"{path}: line {key.start_mark.line + 1}: '{name}' stands twice; keep one")
        found[name] = _plain(path, value)
    return found


def _one_line(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error) or type(error).__name__
    where = f"line {mark.line + 1}: " if mark else ""
    return where + " ".join(str(problem).split())[:200]


# --- problems -----------------------------------------------------------------------------------------


def _schema_problems(path: Path, declaration: Any) -> Iterator[str]:
    from jsonschema import Draft202012Validator

    schema = json.loads(schema_path("annotations.schema.json").read_text(encoding="utf-8"))
    errors = Draft202012Validator(schema).iter_errors(declaration)
    for error in sorted(errors, key=lambda one: [str(step).zfill(4) for step in one.absolute_path]):
        yield f"{path}: {_place(error.absolute_path)}: {_told(error)}"


def _told(error: Any) -> str:
    """A schema error in words for the person who wrote the declaration."""
    known = ", ".join(error.schema.get("properties", {}))
    if error.validator == "required":
        name = error.message.split("'")[1]
        return f"`{name}` is missing"
    if error.validator == "additionalProperties":
        unknown = sorted(set(error.instance) - set(error.schema["properties"]))
        return f"key '{', '.join(unknown)}' is not known; the keys are {known}"
    demand = error.schema.get("description") or (f"the keys are {known}" if known else "it must not be empty")
    return f"holds {_shown(error.instance)}; {demand}"


def _shown(instance: Any) -> str:
    if isinstance(instance, str):
        return repr(instance if len(instance) <= 60 else f"{instance[:60]}...")
    return "a list" if isinstance(instance, list) else "keys"


def _place(steps: Any) -> str:
    """Where in the declaration, counted from 1 as people do: `annotations[1].values[2].role`."""
    words = ""
    for step in steps:
        words += f"[{step + 1}]" if isinstance(step, int) else f".{step}"
    return words.lstrip(".") or "the declaration"


def _problems(path: Path, entries: list[dict[str, Any]]) -> Iterator[str]:
    """What the schema cannot say: names that clash, keys that do not fit the format, files that are not there."""
    names: dict[str, int] = {}
    joint: dict[str, str] = {}
    for number, entry in enumerate(entries, start=1):
        place = f"{path}: annotations[{number}]"
        first = names.setdefault(entry["name"].lower(), number)
        if first != number:
            yield f"{place}.name: '{entry['name']}' stands already in annotations[{first}]; names must be unique"
        yield from (f"{place}{problem}" for problem in _value_problems(entry))
        for value in entry["values"]:
            whole = f"{entry['name']}_{value['as']}".lower()
            if joint.setdefault(whole, entry["name"].lower()) != entry["name"].lower():
                yield f"{place}: '{whole}' would name two fields of the annotated VCF; rename the resource or a value"
        yield from (f"{place}{problem}" for problem in _format_problems(entry))
        yield from (f"{place}.path: {problem}" for problem in _file_problems(path.parent / entry["path"]))


def _value_problems(entry: dict[str, Any]) -> Iterator[str]:
    seen: set[str] = set()
    for number, value in enumerate(entry["values"], start=1):
        name = value["as"].lower()
        if name in RESERVED:
            yield f".values[{number}].as: '{value['as']}' is a name that the program gives by itself; take another"
        if name in seen:
            yield f".values[{number}].as: '{value['as']}' stands twice in this resource; names must be unique"
        seen.add(name)


def _format_problems(entry: dict[str, Any]) -> Iterator[str]:
    form = Format.of(entry)
    if form is None:
        endings = ", ".join(ending for one in Format for ending in one.endings)
        yield f".format: is missing, and the name of the file does not tell it (it tells {endings})"
        return
    if form is Format.TSV and "key" not in entry:
        yield ".key: is missing; a tsv file needs the names of its columns chrom, pos, ref and alt"
    if form is not Format.TSV and "key" in entry:
        yield f".key: is for tsv files; in a {form.code} file the columns are known"
    for number, value in enumerate(entry["values"], start=1):
        if form is not Format.BED and "column" not in value:
            yield f".values[{number}].column: is missing; only a bed file can go without"
        if form is not Format.VCF and "part" in value:
            yield f".values[{number}].part: is for INFO fields of vcf files"


def _file_problems(file: Path) -> Iterator[str]:
    try:
        if not file.exists():
            yield f"{file}: there is no such file"
        elif not file.is_file():
            yield f"{file}: is not a regular file"
        elif _index(file) is None:
            yield f"{file}: has no index beside it (.tbi or .csi); make one with tabix, or bcftools index for BCF"
        elif not any(one.stat().st_mtime >= file.stat().st_mtime for one in _indices(file)):
            yield (
                f"{file}: its index is older than it, and a stale index hides records; index it again, or touch "
                "the index if both came together"
            )
    except OSError as error:
        yield f"{file}: cannot be opened ({error.strerror})"


def _indices(file: Path) -> list[Path]:
    return [index for index in (Path(f"{file}.tbi"), Path(f"{file}.csi")) if index.is_file()]


def _index(file: Path) -> Path | None:
    """The newest index beside a file."""
    return max(_indices(file), key=lambda index: index.stat().st_mtime, default=None)


# --- values -------------------------------------------------------------------------------------------


def _resource(path: Path, entry: dict[str, Any]) -> DeclaredResource:
    file, form = path.parent / entry["path"], Format.of(entry)
    index = _index(file)
    assert form and index  # _problems told it otherwise
    return DeclaredResource(
        name=entry["name"],
        version=entry["version"],
        path=file,
        index=index,
        assembly=Assembly.parse(entry["assembly"]),
        format=form,
        key=Key(**entry["key"]) if "key" in entry else None,
        values=tuple(_value(value) for value in entry["values"]),
    )


def _value(value: dict[str, str]) -> DeclaredValue:
    role = Role.parse(value.get("role", Role.TEXT.code))
    return DeclaredValue(ValueKind(value["as"], role, value["meaning"]), value.get("column", ""), value.get("part", ""))
