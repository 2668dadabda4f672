"""What patient and family bring to the weighing of a variant."""

from foxp3_annot.carrier_risk import Assumptions
from foxp3_annot.clinical import Clinical
from foxp3_annot.evidence.model import NO_FAMILY, NO_PHENOTYPE, DeNovo, FamilyEvidence, PhenotypeEvidence
from foxp3_annot.family import FamilyRecord
from foxp3_annot.patient import Patient
from foxp3_annot.phenotype import PhenotypeFit, judged
from foxp3_annot.segregation import Origin, family_counts
from foxp3_annot.segregation import judged as judged_in_family
from foxp3_annot.variant import Variant

_DE_NOVO = {"assumed": DeNovo.ASSUMED, "confirmed": DeNovo.CONFIRMED}
_INHERITED = (Origin.MATERNAL, Origin.PATERNAL)


def family_evidence(record: FamilyRecord | None, variant: Variant) -> FamilyEvidence:
    """What the relatives in the run show of an allele; nothing where none of them was looked at for it."""
    if record is None or variant.spdi() not in dict(record.seen):
        return NO_FAMILY
    given = Assumptions.of(record.settings)
    told = judged_in_family(record.person, record.pedigree, record.states_of(variant.spdi()), given, explains=False)
    counts = family_counts(told, parentage_tested=given.parentage_tested == 1)
    inherited = DeNovo.INHERITED if told.inherited.origin in _INHERITED else DeNovo.NOT_TOLD
    return FamilyEvidence(_DE_NOVO.get(counts.de_novo, inherited), counts.cosegregating_meioses, counts.non_segregating)


def phenotype_evidence(patient: Patient, clinical: Clinical) -> PhenotypeEvidence:
    """Whether the picture is that of IPEX, and by which terms. That other causes are excluded is never told by it."""
    if patient.phenotype is None:
        return NO_PHENOTYPE
    from foxp3_annot.phenotype_rules import phenotype_rules  # read only where a picture is told

    found = judged(patient.phenotype, clinical, (), phenotype_rules())
    core = {row.id for row in clinical.core}
    terms = tuple(one.term.label or one.term.id for one in found.present if one.term.id in core)
    return PhenotypeEvidence(found.fit is PhenotypeFit.FITS, terms)
