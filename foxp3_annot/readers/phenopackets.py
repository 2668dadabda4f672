"""GA4GH Phenopackets v2 in JSON: whom one is about, sex, terms present and excluded, ages, and laboratory values.

Only what is used is read and checked; the rest of a phenopacket (diseases, interpretations, files) is left alone.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from foxp3_annot.cases import Age, Phenotype
from foxp3_annot.errors import InputError
from foxp3_annot.genotype import Sex
from foxp3_annot.patient import Karyotype
from foxp3_annot.phenotype import ClinicalPicture, Measurement, age_of
from foxp3_annot.phenotype_rules import phenotype_rules
from foxp3_annot.readers.samples import SampleRow, SampleSheet

_SEXES = {"UNKNOWN_SEX": Sex.UNKNOWN, "FEMALE": Sex.FEMALE, "MALE": Sex.MALE, "OTHER_SEX": Sex.UNKNOWN}
_SEX_NUMBERS = ("UNKNOWN_SEX", "FEMALE", "MALE", "OTHER_SEX")
_KARYOTYPES = {one.phenopacket: one for one in Karyotype}
_OTHER_KARYOTYPES = ("XXXY", "XXXX", "XXYY", "OTHER_KARYOTYPE")


@dataclass(frozen=True, slots=True)
class Phenopacket:
    """What a phenopacket tells of its subject. `sex` and `karyotype` are None where it says nothing."""

    path: Path
    subject: str
    sex: Sex | None
    karyotype: Karyotype | None
    picture: ClinicalPicture | None


def read_phenopacket(path: Path) -> Phenopacket:
    """The phenopacket in a file. Raises InputError with one sentence where it cannot be used."""
    try:
        values = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise InputError(f"{path}: the phenopacket cannot be opened ({error.strerror})") from error
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise InputError(f"{path}: is not JSON in UTF-8; write the phenopacket as JSON") from error
    try:
        return _phenopacket(path, values)
    except ValueError as error:
        raise InputError(f"{path}: {error}") from error


def read_phenopackets(path: Path) -> tuple[Phenopacket, ...]:
    """The phenopacket in a file, or those in the `.json` files of a folder, in order of name."""
    if not path.is_dir():
        return (read_phenopacket(path),)
    files = sorted(one for one in path.iterdir() if one.suffix == ".json" and one.is_file())
    if not files:
        raise InputError(f"{path}: the folder holds no .json file; name the folder of the phenopackets")
    return tuple(read_phenopacket(one) for one in files)


# --- from JSON ----------------------------------------------------------------------------------------------


def _get(values: dict[str, Any], key: str, kind: type, where: str) -> Any:
    """A field by its name in JSON (`timeAtLastEncounter`) or in the schema (`time_at_last_encounter`).

    None where it is not there; ValueError where it is of another kind.
    """
    snake = re.sub("([A-Z])", lambda found: f"_{found[1].lower()}", key)
    found = values.get(key, values.get(snake))
    if found is None:
        return None
    if not isinstance(found, kind) or (isinstance(found, bool) and kind is not bool):
        kinds = {dict: "an object", list: "a list", str: "a text", bool: "true or false"}
        raise ValueError(f"{where}`{key}` must be {kinds[kind]}")
    return found


def _objects(values: dict[str, Any], key: str) -> list[dict[str, Any]]:
    found = _get(values, key, list, "") or []
    if not all(isinstance(one, dict) for one in found):
        raise ValueError(f"`{key}` must hold objects only")
    return found


def _phenopacket(path: Path, values: Any) -> Phenopacket:
    if not isinstance(values, dict):
        raise ValueError("must hold one phenopacket, a JSON object")
    if "proband" in values or "members" in values:
        raise ValueError("holds a family or a cohort; write one phenopacket a file")
    subject = _get(values, "subject", dict, "") or {}
    name = _get(subject, "id", str, "`subject`: ")
    if not name:
        raise ValueError("names no `subject` with an `id`; the id must be the name of the sample")
    if "phenotypicFeatures" not in values and "phenotypic_features" not in values and _is_version_1(values):
        raise ValueError("is of version 1 of the schema; write version 2")
    age = _time(_get(subject, "timeAtLastEncounter", dict, "`subject`: "), "`timeAtLastEncounter`")
    present: list[Phenotype] = []
    denied: list[Phenotype] = []
    onsets: list[Age | None] = []
    for feature in _objects(values, "phenotypicFeatures"):
        term = _term(feature)
        excluded = bool(_get(feature, "excluded", bool, "a phenotypic feature: "))
        (denied if excluded else present).append(term)
        onset = _get(feature, "onset", dict, "a phenotypic feature: ")
        if not excluded:
            onsets.append(_time(onset, "`onset` of a phenotypic feature"))
    measured, unread = _measurements(values)
    picture = ClinicalPicture.of(
        present,
        denied,
        min((onset for onset in onsets if onset), default=None),
        age,
        measured,
        unread,
        phenotype_rules().hierarchy,
    )
    return Phenopacket(path, name, _sex(subject), _karyotype(subject), picture)


def _is_version_1(values: dict[str, Any]) -> bool:
    meta = _get(values, "metaData", dict, "") or {}
    version = str(meta.get("phenopacketSchemaVersion", meta.get("phenopacket_schema_version", "")))
    return version.startswith("1")


def _term(feature: dict[str, Any]) -> Phenotype:
    type_ = _get(feature, "type", dict, "a phenotypic feature: ")
    if type_ is None:
        raise ValueError("a phenotypic feature has no `type`")
    id_ = _get(type_, "id", str, "`type` of a phenotypic feature: ") or ""
    label = _get(type_, "label", str, "`type` of a phenotypic feature: ") or ""
    return phenotype_rules().hierarchy.term(f"{id_} {' '.join(label.split())}")


def _sex(subject: dict[str, Any]) -> Sex | None:
    """The sex; None where it is not told. A number stands for the word in that place of the schema."""
    found = subject.get("sex")
    if isinstance(found, int) and not isinstance(found, bool) and 0 <= found < len(_SEX_NUMBERS):
        found = _SEX_NUMBERS[found]
    if found is None:
        return None
    if not isinstance(found, str) or found not in _SEXES:
        raise ValueError(f"`sex` of the subject is '{str(found)[:40]}'; known are {', '.join(_SEXES)}")
    return _SEXES[found] if _SEXES[found] is not Sex.UNKNOWN else None


def _karyotype(subject: dict[str, Any]) -> Karyotype | None:
    found = _get(subject, "karyotypicSex", str, "`subject`: ")
    if found is None or found == Karyotype.UNKNOWN.phenopacket:
        return None
    if found in _OTHER_KARYOTYPES:
        raise ValueError(f"`karyotypicSex` {found} is not handled here; leave it out, and state the sex")
    if found not in _KARYOTYPES:
        raise ValueError(f"`karyotypicSex` is '{found[:40]}'; known are {', '.join(_KARYOTYPES)}")
    return _KARYOTYPES[found]


def _time(values: dict[str, Any] | None, where: str) -> Age | None:
    """The age that a time element holds; its start where it is a range. None for a date or a class of onset."""
    if values is None:
        return None
    age = _get(values, "age", dict, f"{where}: ")
    if age is None:
        range_ = _get(values, "ageRange", dict, f"{where}: ")
        age = _get(range_, "start", dict, f"{where}: ") if range_ else None
    if age is None:
        return None
    text = _get(age, "iso8601duration", str, f"{where}: ")
    try:
        return age_of(text or "")
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from error


def _measurements(values: dict[str, Any]) -> tuple[list[Measurement], list[str]]:
    """Values of assays that are known, and the labels of those that are not."""
    rules = phenotype_rules()
    known, unread = [], []
    for one in _objects(values, "measurements"):
        assay = _get(one, "assay", dict, "a measurement: ") or {}
        code = _get(assay, "id", str, "`assay` of a measurement: ") or ""
        label = _get(assay, "label", str, "`assay` of a measurement: ") or ""
        analyte = rules.assays.get(code)
        if analyte is None:
            unread.append(" ".join(f"{code} {label}".split())[:100])
            continue
        value = _get(one, "value", dict, "a measurement: ") or {}
        quantity = _get(value, "quantity", dict, "`value` of a measurement: ") or {}
        number = quantity.get("value")
        if isinstance(number, bool) or not isinstance(number, int | float) or not 0 <= number < 1e9:
            raise ValueError(f"the measurement of {analyte.label} has no `value.quantity.value` from 0 on")
        age = _time(_get(one, "timeObserved", dict, "a measurement: "), "`timeObserved`")
        known.append(Measurement.parse(analyte, f"{_plain(number)} {_unit(quantity)}", rules.units, age))
    return known, [one for one in unread if one]


def _plain(number: float) -> str:
    return f"{number:.6f}".rstrip("0").rstrip(".")


def _unit(quantity: dict[str, Any]) -> str:
    """The unit: its label where the units of the analyte hold it, else its code of UCUM without the prefix."""
    unit = _get(quantity, "unit", dict, "`quantity` of a measurement: ") or {}
    id_ = _get(unit, "id", str, "`unit` of a measurement: ") or ""
    return id_.removeprefix("UCUM:") if id_.startswith("UCUM:") else str(unit.get("label") or id_)


# --- beside the sheet ---------------------------------------------------------------------------------------


def with_phenopackets(
    sheet: SampleSheet, paths: Iterable[Path] = (), sexes: Mapping[str, Sex] = MappingProxyType({})
) -> SampleSheet:
    """The sheet with what phenopackets tell: those of its column `phenopacket`, and others by the id of their subject.

    A subject of the others whom no row names gets a row. `sexes` are those of the command line. Raises InputError where
    a phenopacket contradicts these, its row or another phenopacket.
    """
    rows = [_with_own(row, sexes) for row in sheet.rows]
    for packet in _all(paths):
        number = next((n for n, row in enumerate(rows) if row.sample == packet.subject), None)
        if number is None:
            rows.append(_joined(_row_of(packet), packet, sexes))
        else:
            rows[number] = _joined(rows[number], packet, sexes)
    return SampleSheet(tuple(rows))


def _all(paths: Iterable[Path]) -> Iterator[Phenopacket]:
    """The phenopackets of files and folders; InputError where two are about one subject."""
    seen: dict[str, Path] = {}
    for path in paths:
        for packet in read_phenopackets(path):
            if packet.subject in seen:
                raise InputError(f"{packet.path}: is about '{packet.subject}', as {seen[packet.subject]} is; keep one")
            seen[packet.subject] = packet.path
            yield packet


def _with_own(row: SampleRow, sexes: Mapping[str, Sex]) -> SampleRow:
    """The row with the phenopacket that it names, if any."""
    if row.phenopacket is None:
        return row
    packet = read_phenopacket(row.phenopacket)
    if packet.subject not in (row.sample, row.name_in_file):
        raise InputError(f"{packet.path}: is about '{packet.subject}', but the sheet names it for '{row.sample}'")
    return _joined(row, packet, sexes)


def _row_of(packet: Phenopacket) -> SampleRow:
    return SampleRow(packet.subject, None, packet.subject, Sex.UNKNOWN, False, None)


def _joined(row: SampleRow, packet: Phenopacket, sexes: Mapping[str, Sex]) -> SampleRow:
    """The row with what the phenopacket tells of the same person. Raises InputError where the two contradict."""
    here = f"{packet.path}: the phenopacket of '{row.sample}'"
    karyotype = row.patient.karyotype
    if packet.karyotype and karyotype and karyotype not in (packet.karyotype, Karyotype.UNKNOWN):
        raise InputError(f"{here} states karyotype {packet.karyotype.code}, the sample sheet {karyotype.code}")
    sex = packet.sex or (packet.karyotype.sex if packet.karyotype else None)
    if sex and row.sex_declared and row.sex is not Sex.UNKNOWN and row.sex is not sex:
        raise InputError(f"{here} states sex {sex.value}, the sample sheet {row.sex.value}; correct one")
    if sex and sexes.get(row.sample, Sex.UNKNOWN) not in (sex, Sex.UNKNOWN):
        raise InputError(f"{here} states sex {sex.value}, --sex {sexes[row.sample].value}; correct one")
    told = row.patient.phenotype
    try:
        picture = told.joined_by(packet.picture, phenotype_rules().hierarchy) if told and packet.picture else None
    except ValueError as error:
        raise InputError(f"{here} and the sample sheet contradict each other: {error}") from error
    patient = replace(row.patient, karyotype=packet.karyotype or karyotype, phenotype=picture or told or packet.picture)
    if sex and row.sex is Sex.UNKNOWN:
        return replace(row, sex=sex, sex_declared=True, patient=patient)
    return replace(row, patient=patient)
