"""What a sample says after a stem-cell transplant: whose cells it holds, and what the donor carries."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from foxp3_annot.chimerism import HostFraction, InformativeAllele, host_fraction
from foxp3_annot.family import AlleleState
from foxp3_annot.gene import GeneModel
from foxp3_annot.genotype import Sex
from foxp3_annot.observation import Evidence, Observed
from foxp3_annot.patient import Karyotype, Patient, PriorHsct
from foxp3_annot.variant import Variant

FEWEST_READS = 20
"""An allele with fewer reads at its place says too little of the share of cells."""

_SHARES = {
    AlleleState.HEMIZYGOUS: 1.0,
    AlleleState.HOMOZYGOUS: 1.0,
    AlleleState.HETEROZYGOUS: 0.5,
    AlleleState.ABSENT: 0.0,
}

EXCLUDED_IN_DNA = (
    "Alleles that this report calls excluded are excluded in this DNA, which may be the donor's; that says nothing of "
    "the patient."
)
ASK = (
    "Send material without blood cells (cultured fibroblasts, hair roots) to learn what the patient carries; saliva "
    "and buccal swabs hold blood cells of the donor."
)


@dataclass(frozen=True, slots=True)
class AfterTransplant:
    """What a sample says after a transplant. `supposed` is whether the donor is only supposed to lack the familial
    variant; `sentences` are for the reader, in order."""

    familial: str
    donor_state: AlleleState | None
    supposed: bool
    host: HostFraction | None
    sentences: tuple[str, ...]


def after_transplant(
    patient: Patient, observed: Observed, model: GeneModel, names: Mapping[str, str]
) -> AfterTransplant | None:
    """None where no transplant is told. `names` gives the name of an allele by its SPDI."""
    told = patient.transplant
    if told.prior is not PriorHsct.YES:
        return None
    states = dict(told.donor_states)
    donor_state = states.get(told.familial) if told.familial else None
    supposed = bool(told.familial) and donor_state not in _SHARES
    alleles = tuple(_informative(patient, observed, model, names))
    copies = observed.karyotype.copies
    donor_copies = Karyotype.of_sex(told.donor_sex).copies
    host = host_fraction(alleles, copies, donor_copies) if copies else None
    sentences = tuple(_sentences(patient, donor_state, supposed, host, names))
    return AfterTransplant(told.familial, donor_state, supposed, host, sentences)


def _informative(
    patient: Patient, observed: Observed, model: GeneModel, names: Mapping[str, str]
) -> Iterator[InformativeAllele]:
    """Alleles in which patient and donor differ: the familial one, and in a patient with one copy those that the donor
    has on every copy or on none."""
    told = patient.transplant
    states = dict(told.donor_states)
    counts = {one.allele.spdi(): _counts(one.evidence) for one in observed.variants}
    one_copy = observed.karyotype.copies == 1
    if told.familial:
        reads, depth = counts.get(told.familial) or _seen(told.familial, observed, model)
        if depth >= FEWEST_READS:
            donor = _SHARES.get(states.get(told.familial, AlleleState.ABSENT), 0.0)
            yield InformativeAllele(
                names.get(told.familial, told.familial), told.familial, reads, depth, 1.0 if one_copy else 0.5, donor
            )
    for spdi, state in told.donor_states:
        found = counts.get(spdi)
        if not one_copy or spdi == told.familial or found is None or found[1] < FEWEST_READS:
            continue
        reads, depth = found
        if state is AlleleState.ABSENT:
            yield InformativeAllele(names.get(spdi, spdi), spdi, reads, depth, 1.0, 0.0)
        elif _SHARES.get(state) == 1.0 and reads < depth:
            yield InformativeAllele(names.get(spdi, spdi), spdi, reads, depth, 0.0, 1.0)


def _counts(evidence: tuple[Evidence, ...]) -> tuple[int, int]:
    """Reads of an allele and all that were counted, from the record that gives the most; none where none does."""
    found = [
        (one.allele_depth, round(one.allele_depth / one.allele_fraction))
        for one in evidence
        if one.allele_depth and one.allele_fraction
    ]
    return max(found, key=lambda one: one[1], default=(0, 0))


def _seen(spdi: str, observed: Observed, model: GeneModel) -> tuple[int, int]:
    """The same from the counted reads, where there are any: an allele that no read shows has depth without reads."""
    if observed.coverage is None or observed.coverage.filters is None:
        return 0, 0
    _, position, ref, alt = spdi.split(":")
    variant = Variant.of(model.reference, int(position) + 1, ref, alt)
    seen = observed.coverage.seen_as.get(variant)
    if seen:
        return seen.reads, seen.depth
    (depth,) = observed.coverage.depths(variant.start, variant.start)
    return 0, depth or 0


def _sentences(
    patient: Patient,
    donor_state: AlleleState | None,
    supposed: bool,
    host: HostFraction | None,
    names: Mapping[str, str],
) -> Iterator[str]:
    told = patient.transplant
    if host:
        low, high = host.interval
        of = ", ".join(f"{one.name} ({one.reads} of {one.depth} reads)" for one in host.alleles)
        yield (
            f"Cells of the patient: {host.estimate:.1%} of this sample (95 % interval {low:.1%} to {high:.1%}), "
            f"by {of}."
        )
        if told.donor_sex is Sex.UNKNOWN:
            yield "The sex of the donor was not stated; both were reckoned with."
        if supposed:
            yield "This supposes that the donor lacks the familial variant, which was not shown."
    else:
        yield (
            "How much of this sample is the patient's own cannot be told: no allele of the locus with enough reads is "
            "known to tell patient and donor apart."
        )
    if told.familial and told.donor:
        name = names.get(told.familial, told.familial)
        if donor_state and donor_state.is_carried:
            yield f"The donor {told.donor} carries the familial variant {name} ({donor_state.label})."
        elif donor_state is AlleleState.ABSENT:
            yield f"The donor {told.donor} does not carry the familial variant {name}."
        else:
            yield f"Whether the donor {told.donor} carries the familial variant {name} was not shown."
    if patient.material.holds_blood:
        yield EXCLUDED_IN_DNA
        yield ASK
