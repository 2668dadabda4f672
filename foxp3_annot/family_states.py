"""What the samples of a run show of the alleles of a family, person by person."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from foxp3_annot.annotation import annotate
from foxp3_annot.assembly import Assembly
from foxp3_annot.callability import THRESHOLDS, is_excluded
from foxp3_annot.callset import CallSet
from foxp3_annot.family import AlleleState, Basis, FamilyRecord, SeenIn, agreed
from foxp3_annot.gene import Gene
from foxp3_annot.genotype import Sex, Zygosity
from foxp3_annot.interpretation import Assessment
from foxp3_annot.patient import Karyotype, Patient
from foxp3_annot.variant import Variant
from foxp3_annot.x_state import ShareBand, x_state


@dataclass(frozen=True)
class Member:
    """One sample of the run: whose it is, and what its file says of it. `sample` is its index in the file."""

    patient: Patient
    sex: Sex
    call_set: CallSet
    sample: int | None
    assessment: Assessment

    @property
    def place(self) -> tuple[str, str] | None:
        """Family and person; None where no pedigree names the sample."""
        family = self.patient.family
        return (family.pedigree.id, family.person) if family else None

    def carried(self) -> Iterator[Variant]:
        """Each small allele that a record shows; what neighbours make together is left out."""
        return (one.annotation.variant for one in self.assessment.findings if not one.members)


def with_states(members: Sequence[Member], gene: Gene) -> Iterator[FamilyRecord | None]:
    """For each sample the record of its family with the state of every allele that is carried in it; None without."""
    families: dict[str, list[Member]] = {}
    for one in members:
        if one.patient.family:
            families.setdefault(one.patient.family.pedigree.id, []).append(one)
    states = {id_: _Family(people, gene) for id_, people in families.items()}
    for one in members:
        family = one.patient.family
        yield replace(family, seen=states[family.pedigree.id].on(one.call_set.assembly)) if family else None


class _Family:
    """The samples of one family; its alleles are looked up once for each build."""

    def __init__(self, members: Sequence[Member], gene: Gene) -> None:
        self._members, self._gene = members, gene
        self._found: dict[Assembly, tuple[tuple[str, tuple[SeenIn, ...]], ...]] = {}

    def on(self, assembly: Assembly) -> tuple[tuple[str, tuple[SeenIn, ...]], ...]:
        """By SPDI on this build; an allele that has no equivalent there is left out."""
        if assembly not in self._found:
            placed = (self._on(variant, assembly) for one in self._members for variant in one.carried())
            alleles = sorted({one for one in placed if one}, key=lambda variant: variant.key)
            self._found[assembly] = tuple((one.spdi(), tuple(self._states(one))) for one in alleles)
        return self._found[assembly]

    def _on(self, variant: Variant, assembly: Assembly) -> Variant | None:
        same = variant.assembly is assembly
        return variant if same else annotate(variant, self._gene).other_build.variant

    def _states(self, variant: Variant) -> Iterator[SeenIn]:
        """In everyone who has a sample, in the order of the pedigree."""
        family = self._members[0].patient.family
        for person in family.pedigree.people if family else ():
            mine = [one for one in self._members if one.place and one.place[1] == person.id]
            found = [self._state(person.id, one, self._on(variant, one.call_set.assembly)) for one in mine]
            if found:
                yield agreed(person.id, found)

    def _state(self, person: str, member: Member, variant: Variant | None) -> SeenIn:
        state, basis = state_in(member, variant, self._gene)
        return SeenIn(person, state, basis)


def state_in(member: Member, variant: Variant | None, gene: Gene) -> tuple[AlleleState, Basis]:
    """How an allele of the build of the sample's file stands in one sample; None is one that the build cannot have.

    That it is absent takes a genotype called as reference in a record of the allele, or depth that excludes it.
    """
    if member.patient.may_be_donor:
        return AlleleState.NOT_ATTRIBUTABLE, Basis.TRANSPLANT
    if variant is None:
        return AlleleState.UNCLEAR, Basis.OTHER_BUILD
    for one in member.assessment.findings:
        if one.annotation.variant == variant and not one.members:
            if one.is_filtered:
                return AlleleState.UNCLEAR, Basis.FILTERED
            state = AlleleState.of(one.zygosity)
            return state, Basis.GENOTYPE if state.is_clear else Basis.OPEN_GENOTYPE
    states = set(_in_records(member, variant))
    if states:
        open_ = [one for one in states if not one[0].is_clear]
        return min(open_ or states, key=lambda one: one[1].code)
    coverage = None if member.sample is None else member.call_set.coverage.get(member.sample)
    found = {one.annotation.variant for one in member.assessment.findings}
    model = gene.on(member.call_set.assembly)
    if coverage and is_excluded(variant, coverage, found, member.sex, model, THRESHOLDS):
        return AlleleState.ABSENT, Basis.DEPTH
    return AlleleState.SILENT, Basis.NO_RECORD


def _in_records(member: Member, variant: Variant) -> Iterable[tuple[AlleleState, Basis]]:
    """What each record of an allele that the sample was not seen to carry says of the sample."""
    karyotype = member.patient.karyotype or Karyotype.of_sex(member.sex)
    for record in member.call_set.records:
        for allele in record.alleles:
            if allele.variant != variant or member.sample is None or not record.genotyped:
                continue
            call = record.calls.get(member.sample)
            state = (
                x_state(call.genotype, allele.number, karyotype, ShareBand.UNTOLD).zygosity if call else Zygosity.ABSENT
            )
            if state is not Zygosity.ABSENT:
                yield AlleleState.UNCLEAR, Basis.OPEN_GENOTYPE
            elif record.is_filtered:
                yield AlleleState.UNCLEAR, Basis.FILTERED
            else:
                yield AlleleState.ABSENT, Basis.REFERENCE
