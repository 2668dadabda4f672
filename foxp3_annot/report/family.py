"""A family in a report: what was told and seen of it, read back on replay, and what follows for each allele."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from fractions import Fraction
from typing import Any

from foxp3_annot.assembly import Assembly
from foxp3_annot.carrier_risk import Assumptions, rules
from foxp3_annot.family import AlleleState, Basis, FamilyRecord, SeenIn
from foxp3_annot.gene import Gene
from foxp3_annot.genotype import Sex
from foxp3_annot.inheritance import Statement, recurrence
from foxp3_annot.interpretation import Concern, Described, Finding, describe
from foxp3_annot.matching import Matcher
from foxp3_annot.pedigree import Affected, Pedigree, Person
from foxp3_annot.segregation import COUNTING_RULE, Judged, Risk, judged
from foxp3_annot.variant import Variant

# --- what was told and seen -------------------------------------------------------------------------------


def record_values(record: FamilyRecord) -> dict[str, Any]:
    """What was told and seen of a family; `record_of` reads it back."""
    return {
        "id": record.pedigree.id,
        "person": record.person,
        "people": [
            {
                "id": one.id,
                "sex": one.sex.value,
                "father": one.father,
                "mother": one.mother,
                "affected": one.affected.value,
            }
            for one in record.pedigree.people
        ],
        "seen": [
            {
                "spdi": spdi,
                "people": [{"person": one.person, "state": one.state.code, "basis": one.basis.code} for one in people],
            }
            for spdi, people in record.seen
        ],
        "assumed": [{"name": name, "value": value} for name, value in record.settings],
    }


def record_of(values: dict[str, Any]) -> FamilyRecord:
    """The family that a block describes; ValueError where its people or figures do not fit together."""
    people = (
        Person(one["id"], Sex(one["sex"]), one["father"], one["mother"], Affected(one["affected"]))
        for one in values["people"]
    )
    record = FamilyRecord(
        Pedigree.of(values["id"], people),
        values["person"],
        tuple(
            (
                one["spdi"],
                tuple(
                    SeenIn(each["person"], AlleleState.parse(each["state"]), Basis.parse(each["basis"]))
                    for each in one["people"]
                ),
            )
            for one in values["seen"]
        ),
        tuple((one["name"], one["value"]) for one in values["assumed"]),
    )
    if record.person not in record.pedigree.by_id:
        raise ValueError(f"'{record.person[:100]}' is not in the pedigree")
    if len(record.pedigree.people) != len(values["people"]):
        raise ValueError("a parent is not among the people of the pedigree")
    spdis = [spdi for spdi, _ in record.seen]
    if len(set(spdis)) < len(spdis):
        raise ValueError("an allele of the family stands in it twice")
    return record


# --- what follows -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FamilyAllele:
    """One allele of a family that matters for IPEX, and all that the family says of it."""

    spdi: str
    described: Described
    judgement: Judged


@dataclass(frozen=True, slots=True)
class FamilyView:
    """A family as its record stands, with each allele judged."""

    record: FamilyRecord
    given: Assumptions
    alleles: tuple[FamilyAllele, ...]

    def mother_is_tested(self, spdi: str) -> bool:
        """Whether the state of an allele is clear in the person's mother."""
        mother = self.record.pedigree.mother(self.record.person)
        return bool(mother) and any(
            one.judgement.seen[mother.id].state.is_clear for one in self.alleles if mother and one.spdi == spdi
        )

    @property
    def sources(self) -> Iterator[str]:
        """The keys of all sources that the view rests on."""
        for row in _assumptions(self):
            yield from row["citations"]
        for one in self.alleles:
            yield from one.judgement.inherited.sources
            yield from _COUNTING.citations
            for statement in _recurrences(one.judgement):
                yield from statement.citations


def familial(record: FamilyRecord | None, assembly: Assembly, gene: Gene, matcher: Matcher) -> dict[str, Described]:
    """Each allele that was seen in a family, described, by SPDI on the build of the person's file."""
    reference = gene.on(assembly).reference
    parts = (spdi.split(":") for spdi, _ in record.seen) if record else ()
    variants = [Variant.of(reference, int(position) + 1, ref, alt) for _, position, ref, alt in parts]
    return {variant.spdi(): what for variant, what in describe(variants, gene, matcher).items()}


def family_view(
    record: FamilyRecord | None, described: Mapping[str, Described], findings: Iterable[Finding]
) -> FamilyView | None:
    """What a family says of each allele that matters for IPEX, whoever of it carries the allele.

    `described` holds every allele of the record, by SPDI. Neighbours that the person has as one change are judged as
    that change.
    """
    if record is None:
        return None
    given = Assumptions.of(record.settings)
    wholes = {one.annotation.variant.spdi(): one for one in findings if one.members}
    members = {name for one in wholes.values() for name in one.members}
    seen: dict[str, tuple[Described, Mapping[str, SeenIn]]] = {
        spdi: (described[spdi], record.states_of(spdi))
        for spdi, _ in record.seen
        if described[spdi].annotation.name not in members
    }
    for spdi, one in wholes.items():
        parts = [record.states_of(part) for part, _ in record.seen if described[part].annotation.name in one.members]
        if parts and spdi not in seen:
            seen[spdi] = one.described, {id_: _together(id_, [part[id_] for part in parts]) for id_ in parts[0]}
    alleles = [
        FamilyAllele(
            spdi,
            what,
            judged(
                record.person,
                record.pedigree,
                states,
                given,
                explains=what.concern in (Concern.DISEASE, Concern.DAMAGING_IN_KIND),
            ),
        )
        for spdi, (what, states) in seen.items()
        if what.concern is Concern.DISEASE or what.concern.needs_review
    ]
    order = list(Concern)
    alleles.sort(key=lambda one: (order.index(one.described.concern), one.described.annotation.variant.key))
    return FamilyView(record, given, tuple(alleles))


def _together(person: str, parts: list[SeenIn]) -> SeenIn:
    """The state of a change of several alleles: without any of them it is not there."""
    absent = next((one for one in parts if one.state is AlleleState.ABSENT), None)
    if absent:
        return absent
    states = {one.state for one in parts}
    first = next((one for one in parts if not one.state.is_carried), parts[0])
    if len(states) == 1 or not first.state.is_carried:
        return first
    return SeenIn(person, AlleleState.UNCLEAR, Basis.OPEN_GENOTYPE)


_COUNTING = Statement(COUNTING_RULE, ("jarvik2016",))
_PRESUPPOSED = (
    "Each person without parents in the pedigree is drawn from the balance of new mutation and loss of affected males; "
    "figures are those of the limit in which new mutations are rare. A male who has children counts as unaffected "
    "unless he is told to be affected, and one told to be unaffected as past the age at which IPEX shows. Where a test "
    "is clear it goes before what the disease suggests."
)


def _assumptions(view: FamilyView) -> list[dict[str, Any]]:
    """The assumptions with the values that hold here; those on the program itself are left out."""
    return [
        {
            "name": name,
            "value": str(getattr(view.given, name)),
            "meaning": rules()[name].meaning,
            "citations": [key for key in rules()[name].sources if key not in ("assumed", "program")],
        }
        for name in (field.name for field in fields(Assumptions))
        if name != "largest_pedigree"
    ]


def _recurrences(one: Judged) -> Iterator[Statement]:
    figures = {risk.person: risk.probability for risk in one.risks}
    for child in one.next_children:
        mother, father = (figures.get(id_) or Fraction(0) for id_ in (child.mother, child.father))
        seen = one.seen.get(child.mother)
        yield recurrence(child, mother, father, mother_tested=bool(seen and seen.state is AlleleState.ABSENT))


def family_values(view: FamilyView | None) -> dict[str, Any] | None:
    """The block of a report; None for a person without a pedigree."""
    if view is None:
        return None
    pedigree, person = view.record.pedigree, view.record.person
    return {
        "people": [
            {
                "id": one.id,
                "relation": pedigree.relation(one.id, person),
                "sex": one.sex.value,
                "affected": one.affected.value,
            }
            for one in pedigree.people
        ],
        "presupposed": {"sentence": _PRESUPPOSED, "citations": ["haldane1935", "young2007"]},
        "assumptions": _assumptions(view),
        "counting": {"sentence": COUNTING_RULE, "citations": list(_COUNTING.citations)},
        "alleles": [_allele(one, view.record) for one in view.alleles],
    }


def _allele(one: FamilyAllele, record: FamilyRecord) -> dict[str, Any]:
    judgement = one.judgement
    counted = judgement.segregation
    return {
        "spdi": one.spdi,
        "name": " ".join(filter(None, (one.described.annotation.name, one.described.annotation.hgvs_p))),
        "concern": {"code": one.described.concern.name.lower(), "label": one.described.concern.value},
        "inheritance": {
            "code": judgement.inherited.origin.value,
            "sentence": judgement.inherited.sentence,
            "citations": list(judgement.inherited.sources),
        },
        "people": [_person(risk, judgement, record) for risk in judgement.risks],
        "no_figures": judgement.no_figures,
        "segregation": {
            "meioses": counted.meioses,
            "chance": None if counted.chance is None else str(counted.chance),
            "together": list(counted.together),
            "affected_without": list(counted.affected_without),
            "unaffected_with": list(counted.unaffected_with),
            "sentence": counted.sentence,
        },
        "next_children": [
            {
                "father": child.father,
                "mother": child.mother,
                "son": str(child.son),
                "daughter": str(child.daughter),
                "sentence": statement.sentence,
                "citations": list(statement.citations),
            }
            for child, statement in zip(judgement.next_children, _recurrences(judgement), strict=True)
        ],
        "to_be_tested": {"people": list(judgement.to_be_tested), "sentence": _offer(judgement, record)},
    }


def _person(risk: Risk, judgement: Judged, record: FamilyRecord) -> dict[str, Any]:
    seen = judgement.seen[risk.person]
    return {
        "person": risk.person,
        "relation": record.pedigree.relation(risk.person, record.person),
        "state": {"code": seen.state.code, "label": seen.state.label},
        "basis": {"code": seen.basis.code, "label": seen.basis.label},
        "role": {"code": risk.role.code, "label": risk.role.label},
        "probability": None if risk.probability is None else str(risk.probability),
    }


def _offer(judgement: Judged, record: FamilyRecord) -> str:
    """Whom a test concerns; empty where it is nobody or cannot be told."""
    people = [
        f"{one.person} ({record.pedigree.relation(one.person, record.person)}, {one.role.label})"
        for one in judgement.risks
        if one.role.is_to_be_tested
    ]
    return f"A test of the variant concerns {_listed(people)}." if people else ""


def _listed(words: Iterable[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last
