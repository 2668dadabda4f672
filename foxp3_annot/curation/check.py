"""Every way in which a pack can be unsound, all told at once."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise

from foxp3_annot.annotation import Annotation, annotate
from foxp3_annot.assembly import Assembly
from foxp3_annot.cases import Age
from foxp3_annot.catalogue import alleles_of
from foxp3_annot.consequence import Consequence
from foxp3_annot.curation.derived import allele_text, best_reading, short_name, stretch_features
from foxp3_annot.gene import Gene
from foxp3_annot.pack.folder import DESCRIPTOR, Pack, Problem, Row, form_problems
from foxp3_annot.pack.schema import (
    ALLELES,
    ASSERTIONS,
    CASES,
    CITATIONS,
    COHORT_STATISTICS,
    FUNCTIONAL,
    PHENOTYPES,
    POPULATION,
    STRUCTURES,
    TABLES,
    UNPLACED,
    VARIANTS,
    Table,
    table_named,
)
from foxp3_annot.pack.vocabulary import (
    CaseLevel,
    CaseSex,
    CaseZygosity,
    Classification,
    Inheritance,
    Outcome,
    Reading,
    Side,
)
from foxp3_annot.variant import Variant

Problems = Iterator[Problem]

READINGS = [reading.code for reading in Reading]

_CLASS_OF_WORDS = {
    "pathogenic": {Classification.PATHOGENIC},
    "likely pathogenic": {Classification.LIKELY_PATHOGENIC},
    "pathogenic/likely pathogenic": {Classification.PATHOGENIC},
    "uncertain significance": {Classification.UNCERTAIN},
    "likely benign": {Classification.LIKELY_BENIGN},
    "benign/likely benign": {Classification.BENIGN},
    "benign": {Classification.BENIGN},
    "conflicting classifications of pathogenicity": {Classification.CONFLICTING},
    "conflicting interpretations of pathogenicity": {Classification.CONFLICTING},
}
"""The tiers in the words of ClinVar and of laboratories, with what they mean here."""


def check(pack: Pack, gene: Gene, shipped: Pack | None = None) -> tuple[Problem, ...]:
    """All problems of a pack, in order of file and line.

    `shipped` are the tables that rows of a laboratory's pack may refer to; None for those tables themselves.
    """
    checked = _Checked(pack, gene, shipped)
    found = [*pack.problems, *checked.problems()]
    names = [DESCRIPTOR, *(table.file for table in TABLES)]
    place = {name: number for number, name in enumerate(names)}
    return tuple(sorted(set(found), key=lambda p: (place.get(p.file, len(place)), p.line, p.column, p.value, p.remedy)))


def sort_key(table: Table) -> Callable[[Row], tuple[object, ...]]:
    """The order of the rows of a table: alleles by place, rows about something by what they are about."""
    if table is VARIANTS:
        return lambda row: (*_place_of(row["grch38"]), row["id"])
    if table in (ASSERTIONS, FUNCTIONAL):
        first, second = ("assigner", "date") if table is ASSERTIONS else ("assay", "date")
        return lambda row: (row["variant_id"], row[first], row[second], row["citations"])
    return lambda row: (row[table.key],)


def _place_of(allele: str) -> tuple[int, str, str]:
    position, _, bases = allele.partition(":")
    ref, _, alt = bases.partition(":")
    return int(position) if position.isdecimal() else 0, ref, alt


def _overlap(one: str, two: str) -> bool:
    """Whether the texts of two alleles replace a base in common."""
    (start, ref, _), (other, other_ref, _) = _place_of(one), _place_of(two)
    return start < other + len(other_ref) and other < start + len(ref)


@dataclass(frozen=True)
class _Checked:
    pack: Pack
    gene: Gene
    shipped: Pack | None

    def problems(self) -> Problems:
        for rows in self.pack.rows.values():
            for row in rows:
                yield from form_problems(row)
        yield from self._manifest()
        yield from self._keys()
        yield from self._order()
        yield from self._references()
        yield from self._variants()
        yield from self._structures()
        yield from self._unplaced()
        yield from self._statements()
        yield from self._twice(FUNCTIONAL, ("variant_id", "assay", "system", "result", "citations"))
        yield from self._sourced()
        yield from self._citations()
        yield from self._cases()
        yield from self._phenotypes()
        yield from self._cohorts()
        yield from self._population()

    # --- the whole pack -----------------------------------------------------------------------------------

    def _manifest(self) -> Problems:
        manifest = self.pack.manifest
        if self.shipped is None:
            return
        if manifest.is_shipped:
            yield _of_descriptor("name", manifest.name, "is the name of the shipped tables; choose another")
        if manifest.id_prefix == self.shipped.manifest.id_prefix:
            yield _of_descriptor("id_prefix", manifest.id_prefix, "is taken by the shipped tables; choose another")

    def _keys(self) -> Problems:
        """Every key once; ids of alleles, lesions and unplaced mutations are told apart across their tables."""
        owners: dict[tuple[str, str], Row] = {}
        for name, rows in self.pack.rows.items():
            table = table_named(name)
            if not table.key:
                continue
            space = "alleles" if name in ALLELES else name
            for row in rows:
                key = row[table.key]
                if not key:
                    continue
                first = owners.setdefault((space, key), row)
                if first is not row:
                    yield row.problem(table.key, f"stands in {first.table.file} line {first.line} too; keys differ")
                if table.letter:
                    yield from self._id_problems(row)

    def _id_problems(self, row: Row) -> Problems:
        prefix = self.pack.manifest.id_prefix
        if prefix and not row["id"].startswith(prefix):
            yield row.problem("id", f"does not start with {prefix}, the id_prefix of the pack")
        elif self.shipped and re.fullmatch(r"F[A-Z][0-9]+", row["id"]):
            yield row.problem("id", "looks like an id of the shipped tables; choose another id_prefix")

    def _order(self) -> Problems:
        for name, rows in self.pack.rows.items():
            key = sort_key(table_named(name))
            for one, two in pairwise(rows):
                if key(two) < key(one):
                    yield two.problem("", f"stands out of order after line {one.line}; `--fix` sorts the table", "")
                    break

    @cached_property
    def _keys_of(self) -> dict[str, set[str]]:
        """The keys that rows may refer to, of this pack and the shipped one."""
        found: dict[str, set[str]] = defaultdict(set)
        for pack in filter(None, (self.shipped, self.pack)):
            for name, rows in pack.rows.items():
                key = table_named(name).key
                found[name] |= {row[key] for row in rows if key}
        return found

    def _references(self) -> Problems:
        for name, rows in self.pack.rows.items():
            for column in table_named(name).columns:
                if not column.refers_to:
                    continue
                known = set().union(*(self._keys_of[target] for target in column.refers_to))
                files = " or ".join(f"{target}.tsv" for target in column.refers_to)
                for row in rows:
                    for value in row.values(column.name):
                        key = value.split(" ")[0] if column.refers_to == ("phenotypes",) else value
                        if key not in known:
                            yield row.problem(column.name, f"is no key of {files}; correct it or add its row", value)
                    for value in _repeated(row.values(column.name)):
                        yield row.problem(column.name, "stands twice in this cell; keep one", value)

    # --- alleles ------------------------------------------------------------------------------------------

    def _alleles(self, row: Row) -> dict[Assembly, Variant] | Problem:
        """The allele of a row on both builds, or what is wrong with it."""
        try:
            return alleles_of(row, self.gene, _Unsound)
        except _Unsound as error:
            return row.problem("grch38", f"{error}; correct it, or clear the wrong cells and use --fix")

    @cached_property
    def _resolved(self) -> list[tuple[Row, dict[Assembly, Variant]]]:
        found = []
        for row in self.pack.of(VARIANTS):
            alleles = self._alleles(row)
            if not isinstance(alleles, Problem):
                found.append((row, alleles))
        return found

    def _variants(self) -> Problems:
        for row in self.pack.of(VARIANTS):
            alleles = self._alleles(row)
            if isinstance(alleles, Problem):
                yield alleles if row["grch38"] and row["grch37"] else _unfinished(row)
                continue
            yield from self._spelling(row, alleles)
            yield from self._names(row, annotate(alleles[Assembly.GRCH38], self.gene))
            yield from self._evidence_status(row)
        yield from self._same_alleles()
        yield from self._same_numbers()

    def _spelling(self, row: Row, alleles: dict[Assembly, Variant]) -> Problems:
        for assembly, variant in alleles.items():
            column = assembly.label.lower()
            expected = allele_text(variant, self.gene, assembly)
            if row[column] != expected:
                yield row.problem(column, f"is not left-aligned and minimal; write {expected}")

    def _names(self, row: Row, annotation: Annotation) -> Problems:
        name = short_name(annotation)
        if row["hgvs_c"] != name:
            yield row.problem("hgvs_c", f"is not the name of {row['grch38']}, which is {name or 'without a c. name'}")
        if row["hgvs_p"] != annotation.hgvs_p and not self._may_say_unknown(row, annotation):
            expected = annotation.hgvs_p or "left empty"
            yield row.problem("hgvs_p", f"does not follow from {name or row['grch38']}; it must be {expected}")
        expected_cells = {
            "feature": ", ".join(str(feature) for feature in annotation.features),
            "domain": ", ".join([d.name for d in annotation.domains] + [m.name for m in annotation.landmarks]),
            "consequence": ";".join(term.term for term in annotation.consequences),
        }
        for column, expected in expected_cells.items():
            if row[column] != expected:
                yield row.problem(column, f"does not follow from the allele; it must be {expected or 'empty'}")

    def _may_say_unknown(self, row: Row, annotation: Annotation) -> bool:
        """A variant reported to disturb splicing may say `p.?` where the sequence alone says nothing."""
        near = annotation.may_disturb_splicing or Consequence.INTRON in annotation.consequences
        reported = any(_side(one) is Side.DISEASE for one in self._said_of.get(row["id"], ())) or any(
            one["variant_id"] == row["id"] for one in self.pack.of(FUNCTIONAL)
        )
        return row["hgvs_p"] == "p.?" and annotation.hgvs_p == "" and near and reported

    def _evidence_status(self, row: Row) -> Problems:
        said = [one["read"] for one in self._said_of.get(row["id"], ())]
        if not said:
            yield row.problem("id", f"has no statement in {ASSERTIONS.file}; add at least one")
        elif row["evidence_status"] != best_reading(said, READINGS):
            best = best_reading(said, READINGS)
            yield row.problem("evidence_status", f"is not the best reading of its statements, which is {best}")

    def _same_alleles(self) -> Problems:
        owners: dict[Variant, Row] = {}
        for row, alleles in self._resolved:
            for variant in alleles.values():
                first = owners.setdefault(variant, row)
                if first is not row:
                    yield row.problem("grch38", f"is the same allele as {first['id']} in line {first.line}; merge them")
                    break

    def _same_numbers(self) -> Problems:
        """A ClinVar record is one allele, an rs number one place; also where the shipped tables have it."""
        records: dict[str, Row] = {}
        places: dict[str, Row] = {}
        for pack in filter(None, (self.shipped, self.pack)):
            for row in (*pack.of(VARIANTS), *pack.of(STRUCTURES), *pack.of(POPULATION)):
                first = records.setdefault(row["clinvar_vcv"], row) if row["clinvar_vcv"] else row
                if first is not row and (row.table is STRUCTURES or row["grch38"] != first["grch38"]):
                    yield row.problem("clinvar_vcv", f"is given to {first['id']} too; a record is one allele")
                first = places.setdefault(row["rsid"], row) if row["rsid"] and row["grch38"] else row
                if first is not row and not _overlap(row["grch38"], first["grch38"]):
                    yield row.problem("rsid", f"is given to {first['id']} too, which lies elsewhere")

    def _structures(self) -> Problems:
        for row in self.pack.of(STRUCTURES):
            for assembly in Assembly:
                yield from self._stretches(row, assembly)
            outer = _stretch(row["grch38_outer"])
            if outer:
                expected = stretch_features(*outer, self.gene.on(Assembly.GRCH38))
                if row["feature"] != expected:
                    yield row.problem("feature", f"does not follow from grch38_outer; it must be {expected or 'empty'}")
            yield from self._evidence_status(row)

    def _stretches(self, row: Row, assembly: Assembly) -> Problems:
        build = assembly.label.lower()
        outer, inner = _stretch(row[f"{build}_outer"]), _stretch(row[f"{build}_inner"])
        if outer and outer[0] > outer[1]:
            yield row.problem(f"{build}_outer", "ends before it starts")
        if outer and inner and not (outer[0] <= inner[0] <= inner[1] <= outer[1]):
            yield row.problem(f"{build}_inner", "does not lie within the outer stretch")
        if assembly is Assembly.GRCH38 and outer:
            yield from self._other_stretch(row, "outer")
            yield from self._other_stretch(row, "inner")

    def _other_stretch(self, row: Row, which: str) -> Problems:
        """Ends within the window must be each other's place on the two builds."""
        here, there = _stretch(row[f"grch38_{which}"]), _stretch(row[f"grch37_{which}"])
        if not here or not there:
            if bool(here) is not bool(there):
                yield row.problem(f"grch37_{which}", "is given on one build alone; give it on both")
            return
        for one, two in zip(here, there, strict=True):
            window = self.gene.on(Assembly.GRCH38).window
            expected = self.gene.block_map.lift(Assembly.GRCH38, one) if one in window else None
            if expected is not None and expected != two:
                yield row.problem(f"grch37_{which}", f"does not match GRCh38: {one} lies at {expected} there")

    def _unplaced(self) -> Problems:
        for row in self.pack.of(UNPLACED):
            yield from self._evidence_status(row)

    # --- statements ---------------------------------------------------------------------------------------

    @cached_property
    def _said_of(self) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self.pack.of(ASSERTIONS):
            found[row["variant_id"]].append(row)
        return found

    def _statements(self) -> Problems:
        for row in self.pack.of(ASSERTIONS):
            meant = _CLASS_OF_WORDS.get(row["stated_as"].casefold())
            if meant and row["classification"] not in {one.code for one in meant}:
                word = next(iter(meant)).code
                yield row.problem("classification", f"does not fit stated_as, which means {word}")
            families, patients = _number(row["families"]), _number(row["patients"])
            if families is not None and patients is not None and families > patients:
                yield row.problem("families", f"are more than the patients ({patients})")
        yield from self._twice(ASSERTIONS, ("variant_id", "assigner", "date", "citations"))
        yield from self._conflicts()

    def _twice(self, table: Table, columns: tuple[str, ...]) -> Problems:
        seen: dict[tuple[str, ...], Row] = {}
        for row in self.pack.of(table):
            first = seen.setdefault(tuple(row[column] for column in columns), row)
            if first is not row:
                yield row.problem(columns[0], f"says the same as line {first.line}; keep one of the two rows")

    def _conflicts(self) -> Problems:
        """Statements of this pack that point both ways need a remark for the reader."""
        rows = {row["id"]: row for name in ALLELES for row in self.pack.of(table_named(name))}
        for id_, said in self._said_of.items():
            sides = {_side(one) for one in said}
            refuted = any(one["classification"] == Classification.REFUTED.code for one in said)
            if {Side.DISEASE, Side.BENIGN} <= sides and not refuted and id_ in rows and not rows[id_]["remark"]:
                yield rows[id_].problem(
                    "remark", "is empty although statements on it point both ways; tell the reader", ""
                )

    def _sourced(self) -> Problems:
        """When and how a source was read, in every table whose rows say so."""
        for name, rows in self.pack.rows.items():
            if {"citations", "date", "read"} <= set(table_named(name).names):
                for row in rows:
                    yield from self._dated(row)
                    yield from self._read(row)

    def _dated(self, row: Row) -> Problems:
        """A day of the calendar, and none after that of the pack."""
        created = self.pack.manifest.created
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", row["date"]) and not _is_day(row["date"]):
            yield row.problem("date", "is no day of the calendar")
        if created and row["date"] and row["date"] > created[: len(row["date"])]:
            yield row.problem("date", f"is after {created}, the day of this version of the pack")

    def _read(self, row: Row) -> Problems:
        """Nobody can have read more of a source for a row than what citations.tsv says was read of it."""
        sources = [self._sources[key] for key in row.values("citations") if key in self._sources]
        best = best_reading([source["read"] for source in sources], READINGS)
        if best and row["read"] in READINGS and READINGS.index(row["read"]) < READINGS.index(best):
            yield row.problem("read", f"is more than was read of its sources ({best} in {CITATIONS.file})")

    @cached_property
    def _sources(self) -> dict[str, Row]:
        return {row["key"]: row for pack in filter(None, (self.shipped, self.pack)) for row in pack.of(CITATIONS)}

    def _citations(self) -> Problems:
        shipped = self.shipped.of(CITATIONS) if self.shipped else ()
        known = {row["key"] for row in shipped}
        numbers = {(c, row[c].casefold()): row for row in shipped for c in ("pmid", "doi") if row[c]}
        cited = self._cited
        for row in self.pack.of(CITATIONS):
            if row["key"] in known:
                yield row.problem("key", "is a key of the shipped tables; cite it without a row of your own")
            elif row["key"] not in cited and self.shipped:
                yield row.problem("key", "is cited by no row; cite it or remove it")
            for column in ("pmid", "doi"):
                if row[column]:
                    first = numbers.setdefault((column, row[column].casefold()), row)
                    if first is not row:
                        yield row.problem(column, f"is given to {first['key']} too; one source has one row")
            yield from _citation_problems(row)

    @cached_property
    def _cited(self) -> set[str]:
        return {
            key
            for name, rows in self.pack.rows.items()
            if "citations" in table_named(name).names
            for row in rows
            for key in row.values("citations")
        }

    # --- people -------------------------------------------------------------------------------------------

    def _cases(self) -> Problems:
        for row in self.pack.of(CASES):
            yield from _case_problems(row)
            yield from self._terms(row)
        yield from self._twice(CASES, ("variant_id", "label", "citations"))

    @cached_property
    def _labels(self) -> dict[str, str]:
        packs = filter(None, (self.shipped, self.pack))
        return {row["hpo_id"]: row["label"] for pack in packs for row in pack.of(PHENOTYPES)}

    def _terms(self, row: Row) -> Problems:
        for column in ("hpo_present", "hpo_denied"):
            for value in row.values(column):
                id_, _, label = value.partition(" ")
                expected = self._labels.get(id_)
                if expected is not None and label != expected:
                    yield row.problem(column, f"has another label than {PHENOTYPES.file}: {id_} {expected}", value)
        present, denied = ({v.split(" ")[0] for v in row.values(c)} for c in ("hpo_present", "hpo_denied"))
        for id_ in sorted(present & denied):
            yield row.problem("hpo_denied", "is stated as present too; keep one", id_)

    def _phenotypes(self) -> Problems:
        labels = Counter(row["label"].casefold() for row in self.pack.of(PHENOTYPES))
        for row in self.pack.of(PHENOTYPES):
            if labels[row["label"].casefold()] > 1:
                yield row.problem("label", "is the label of two terms; one of them is wrong")
            if self.shipped and row["hpo_id"] in {r["hpo_id"] for r in self.shipped.of(PHENOTYPES)}:
                yield row.problem("hpo_id", "is in the shipped tables; use it without a row of your own")
            if row["label"] in row.values("other_labels"):
                yield row.problem("other_labels", "repeats the label")

    def _cohorts(self) -> Problems:
        for row in self.pack.of(COHORT_STATISTICS):
            count, total = _number(row["numerator"]), _number(row["denominator"])
            if count is not None and total is not None:
                if count > total:
                    yield row.problem("numerator", f"is more than the denominator ({total})")
                else:
                    yield from _percent_problems(row, count, total)

    def _population(self) -> Problems:
        for row in self.pack.of(POPULATION):
            alleles = self._alleles(row)
            if isinstance(alleles, Problem):
                yield alleles if row["grch38"] and row["grch37"] else _unfinished(row)
            else:
                yield from self._spelling(row, alleles)
                name = short_name(annotate(alleles[Assembly.GRCH38], self.gene))
                if row["hgvs_c"] != name:
                    yield row.problem("hgvs_c", f"is not the name of {row['grch38']}, which is {name or 'without one'}")
            count, total, males = (_number(row[c]) for c in ("allele_count", "allele_number", "hemizygotes"))
            if count is not None and total is not None and count > total:
                yield row.problem("allele_count", f"is more than the chromosomes looked at ({total})")
            if males is not None and count is not None and males > count:
                yield row.problem("hemizygotes", f"are more than the chromosomes with the allele ({count})")


class _Unsound(Exception):
    """What is wrong with the allele of a row, on its way to a Problem."""


def _of_descriptor(key: str, value: str, remedy: str) -> Problem:
    return Problem(DESCRIPTOR, 0, key, value, remedy)


def _unfinished(row: Row) -> Problem:
    return row.problem("grch38", "has no allele yet; `--fix` derives it from any one description in the row")


def _repeated(values: Iterable[str]) -> list[str]:
    return [value for value, count in Counter(values).items() if count > 1]


def _stretch(text: str) -> tuple[int, int] | None:
    found = re.fullmatch(r"([0-9]+)-([0-9]+)", text)
    return (int(found[1]), int(found[2])) if found else None


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() else None


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _side(row: Row) -> Side:
    return next((one.side for one in Classification if one.code == row["classification"]), Side.NEITHER)


def _citation_problems(row: Row) -> Problems:
    years = re.findall(r"(?:19|20)[0-9]{2}", row["key"])
    if years and not any(year in row["reference"] for year in years):
        yield row.problem("reference", f"does not hold the year {years[0]} of the key")
    if row["read"] == Reading.IDENTIFIER_ONLY.code and not (row["pmid"] or row["doi"]):
        yield row.problem("read", "says that an identifier was seen, but neither pmid nor doi is given")
    if row["doi"] and "doi.org/" in row["url"] and row["doi"].casefold() not in row["url"].casefold():
        yield row.problem("url", f"leads to another DOI than {row['doi']}")
    linked = re.search(r"pubmed\.ncbi\.nlm\.nih\.gov/([0-9]+)", row["url"])
    if linked and row["pmid"] and linked[1] != row["pmid"]:
        yield row.problem("url", f"leads to another PubMed record than {row['pmid']}")


def _case_problems(row: Row) -> Problems:
    people = _number(row["people"])
    if row["level"] == CaseLevel.INDIVIDUAL.code and people != 1:
        yield row.problem("people", "must be 1 for an individual")
    if row["level"] == CaseLevel.GROUP.code and people is not None and people < 2:
        yield row.problem("people", "must be 2 or more for a group")
    if people == 0:
        yield row.problem("people", "must be at least 1")
    onset, last = (Age(row[c]) if row[c].startswith("P") else None for c in ("onset", "age_last"))
    if onset and last and last < onset:
        yield row.problem("age_last", f"is before the onset ({onset.text})")
    if last and last.days > 120 * 365.25:
        yield row.problem("age_last", "is more than 120 years")
    sex, zygosity = row["sex"], row["zygosity"]
    if sex == CaseSex.MALE.code and zygosity in (CaseZygosity.HETEROZYGOUS.code, CaseZygosity.HOMOZYGOUS.code):
        yield row.problem("zygosity", "cannot be that of a male: FOXP3 lies on X outside the shared regions")
    if sex == CaseSex.FEMALE.code and zygosity == CaseZygosity.HEMIZYGOUS.code:
        yield row.problem(
            "zygosity", "cannot be that of a female with two X chromosomes; say so in remark and use unknown"
        )
    if sex == CaseSex.MALE.code and row["inheritance"] == Inheritance.BIPARENTAL.code:
        yield row.problem("inheritance", "cannot be that of a male, who has his X chromosome from his mother")
    if row["outcome"] == Outcome.FETAL_DEATH.code and row["age_last"] not in ("", "P0D"):
        yield row.problem("age_last", "must be empty for a death before birth")


_PERCENT = re.compile(r"(?<![0-9.])([0-9]{1,3}(?:\.([0-9]+))?) ?%")


def _percent_problems(row: Row, count: int, total: int) -> Problems:
    """A printed percentage must be that of the counts, to the decimals printed; sources cut or round."""
    found = _PERCENT.match(row["printed"])
    if not found or not total:
        return
    unit = 10 ** -len(found[2] or "")
    share = 100 * count / total
    if abs(float(found[1]) - share) > unit * 1.0000001:
        yield row.problem("printed", f"does not fit {count} of {total}, which is {share:.1f} %")
