"""What is told of the person, as plain values of a report, and read back from them."""

from typing import Any

from foxp3_annot.genotype import Sex
from foxp3_annot.patient import Karyotype, Material, Patient, PriorHsct, Transplant
from foxp3_annot.report.family import record_of, record_values
from foxp3_annot.report.phenotype import picture_of, picture_values


def patient_values(patient: Patient) -> dict[str, Any]:
    """The block of a report; `patient_of` reads it back."""
    transplant = patient.transplant
    return {
        "karyotype": patient.karyotype.code if patient.karyotype else None,
        "prior_hsct": transplant.prior.value,
        "donor_sex": transplant.donor_sex.value,
        "donor": transplant.donor,
        "material": patient.material.code,
        "family": record_values(patient.family) if patient.family else None,
        "phenotype": picture_values(patient.phenotype),
    }


def patient_of(values: dict[str, Any]) -> Patient:
    """The person that a block of a report describes. Raises ValueError where the block contradicts itself."""
    return Patient(
        Karyotype.parse(values["karyotype"]) if values["karyotype"] else None,
        Transplant(PriorHsct(values["prior_hsct"]), Sex(values["donor_sex"]), values["donor"]),
        Material.parse(values["material"]),
        record_of(values["family"]) if values["family"] else None,
        picture_of(values["phenotype"]),
    )
