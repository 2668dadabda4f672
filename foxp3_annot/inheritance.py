"""What follows for the family from a disease-side finding, by zygosity and sex, each sentence with its sources."""

from dataclasses import dataclass

from foxp3_annot.genotype import Sex, Zygosity


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence for the reader, and the keys of the citations that it rests on."""

    sentence: str
    citations: tuple[str, ...]


_X_LINKED = Statement(
    "IPEX is inherited X-linked recessively: boys who carry a disease-causing variant on their one X chromosome "
    "are affected.",
    ("genereviews_ipex",),
)
_CARRIER_MOTHER = Statement(
    "If the mother carries the variant, each son has a 50 % chance of being affected and each daughter a 50 % "
    "chance of being a carrier; de novo variants occur, so test the mother before counselling.",
    ("genereviews_ipex",),
)
_AFFECTED_FATHER = Statement(
    "An affected male passes the variant to all of his daughters and to none of his sons.", ("genereviews_ipex",)
)
_HETEROZYGOUS_FEMALE = Statement(
    "Typical IPEX has not been reported in heterozygous females; one carrier mother with type 1 diabetes is on record.",
    ("genereviews_ipex", "gambineri2018"),
)
_CARRIER_CHILDREN = Statement(
    "Each son of a carrier has a 50 % chance of being affected, each daughter a 50 % chance of being a carrier; "
    "boys at risk can be tested before or right after birth.",
    ("genereviews_ipex",),
)
_HOMOZYGOUS_FEMALE = Statement(
    "A female with the variant on both X chromosomes may be affected; check first that a deletion on the other "
    "chromosome or a karyotype with one X does not make a heterozygous variant look homozygous.",
    ("genereviews_ipex",),
)


def inheritance(state: Zygosity, sex: Sex) -> tuple[Statement, ...]:
    """What to tell the family of someone who carries a variant reported in IPEX in this state."""
    if state is Zygosity.HEMIZYGOUS:
        return (_X_LINKED, _CARRIER_MOTHER, _AFFECTED_FATHER)
    if sex is Sex.FEMALE and state is Zygosity.HETEROZYGOUS:
        return (_X_LINKED, _HETEROZYGOUS_FEMALE, _CARRIER_CHILDREN)
    if sex is Sex.FEMALE and state is Zygosity.HOMOZYGOUS:
        return (_X_LINKED, _HOMOZYGOUS_FEMALE, _CARRIER_CHILDREN)
    return (_X_LINKED,)
