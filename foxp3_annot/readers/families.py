"""Who belongs to which family: from the sample sheet, from a pedigree file, or from both where they agree."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from foxp3_annot.carrier_risk import Assumptions
from foxp3_annot.errors import InputError
from foxp3_annot.family import FamilyRecord
from foxp3_annot.genotype import Sex
from foxp3_annot.patient import Patient
from foxp3_annot.pedigree import Affected, Pedigree, Person, problems_of
from foxp3_annot.readers.ped import read_pedigrees
from foxp3_annot.readers.samples import Kin, SampleRow, SampleSheet


def with_families(
    sheet: SampleSheet,
    ped: Path | None,
    settings: Iterable[tuple[str, str]] = (),
    stated: Mapping[str, Sex] | None = None,
    *,
    add: bool = False,
) -> SampleSheet:
    """The sheet, each of its rows with the family of the sample, and with the sex that only the pedigree tells.

    `stated` are sexes given on the command line, by sample. With `add` people of the pedigree without a row get one
    that names no file. Raises InputError with every contradiction between pedigree, sheet and command line.
    """
    settings, stated = tuple(settings), stated or {}
    Assumptions.of(settings)
    told = [row for row in sheet.rows if row.kin]
    problems: list[str] = []
    families = read_pedigrees(ped) if ped else tuple(_of_sheet(told, problems))
    families = tuple(_with_sexes(one, sheet, stated, problems) for one in families)
    rows, placed = [], set[str]()
    for row in sheet.rows:
        place = _place(row, families, problems)
        placed |= {place[1].id} if place else set()
        if ped and row.kin:
            problems += _contradictions(row, row.kin, place, ped)
        rows.append(_row(row, *place, settings) if place else row)
    if problems:
        raise InputError("\n".join(dict.fromkeys(problems)))
    if add:
        rows += [
            _row(SampleRow(one.id, None, one.id, Sex.UNKNOWN, False, None), family, one, settings)
            for family in families
            for one in family.people
            if one.id not in placed and sum(one.id in other.by_id for other in families) == 1
        ]
    return SampleSheet(tuple(rows))


def _row(row: SampleRow, family: Pedigree, person: Person, settings: tuple[tuple[str, str], ...]) -> SampleRow:
    patient: Patient = replace(row.patient, family=FamilyRecord(family, person.id, (), settings))
    known = row.sex_declared or person.sex is Sex.UNKNOWN
    return replace(row, patient=patient) if known else replace(row, patient=patient, sex=person.sex, sex_declared=True)


def _names(row: SampleRow) -> tuple[str, str]:
    return row.sample, row.name_in_file


def _of_sheet(rows: list[SampleRow], problems: list[str]) -> Iterator[Pedigree]:
    """The families that the columns of the sheet tell."""
    families: dict[str, list[Person]] = {}
    for row in rows:
        kin = row.kin or Kin("")
        if not kin.family:
            problems.append(f"sample '{row.sample}': `father`, `mother` and `affected` need the name of a `family`")
            continue
        person = Person(row.sample, row.sex, kin.father, kin.mother, kin.affected)
        families.setdefault(kin.family, []).append(person)
    home = {person.id: id_ for id_, people in families.items() for person in people}
    for id_, people in families.items():
        wrong = list(problems_of(tuple(people)))
        wrong += [
            f"'{parent}', a parent of '{one.id}', belongs to family '{home[parent]}'"
            for one in people
            for parent in one.parents
            if home.get(parent, id_) != id_
        ]
        problems += [f"the sample sheet, family '{id_}': {sentence}" for sentence in wrong]
        if not wrong:
            yield Pedigree.of(id_, people)


def _with_sexes(family: Pedigree, sheet: SampleSheet, stated: Mapping[str, Sex], problems: list[str]) -> Pedigree:
    """The family with the sexes that only sheet or command line tell."""
    told: dict[str, tuple[Sex, str]] = {}
    for row in sheet.rows:
        for name in _names(row):
            if row.sex_declared and row.sex is not Sex.UNKNOWN:
                told.setdefault(name, (row.sex, "the sample sheet"))
    told |= {name: (sex, "--sex") for name, sex in stated.items() if sex is not Sex.UNKNOWN}
    people = []
    for one in family.people:
        sex, where = told.get(one.id, (one.sex, ""))
        if one.sex not in (sex, Sex.UNKNOWN):
            problems.append(f"'{one.id}' is {one.sex.value} in the pedigree and {sex.value} in {where}; correct one")
            sex = one.sex
        people.append(replace(one, sex=sex))
    return Pedigree.of(family.id, people)


def _place(row: SampleRow, families: Iterable[Pedigree], problems: list[str]) -> tuple[Pedigree, Person] | None:
    """The family and person that a row is about: by its sample, failing that by its name in the file."""
    for name in dict.fromkeys(_names(row)):
        found = [family for family in families if name in family.by_id]
        if len(found) > 1:
            problems.append(f"'{name}' stands in families {', '.join(one.id for one in found)}; one person, one family")
        if found:
            return found[0], found[0].by_id[name]
    return None


def _contradictions(row: SampleRow, kin: Kin, place: tuple[Pedigree, Person] | None, ped: Path) -> Iterator[str]:
    """Where sheet and pedigree file tell different things of a sample; what the sheet leaves empty tells nothing."""
    if place is None:
        yield f"sample '{row.sample}' has a family in the sample sheet and is not in {ped}; add it there"
        return
    family, person = place
    pairs = (
        ("family", kin.family, family.id),
        ("father", kin.father, person.father),
        ("mother", kin.mother, person.mother),
        ("affected", "" if kin.affected is Affected.UNKNOWN else kin.affected.value, person.affected.value),
    )
    for column, mine, other in pairs:
        if mine and mine != other:
            yield (
                f"sample '{row.sample}': column `{column}` holds '{mine}', and {ped} tells '{other or 'nobody'}'; "
                "correct one"
            )
