"""What follows for the family from a disease-side finding, by zygosity and sex, each sentence with its sources."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from foxp3_annot.carrier_risk import NextChild
from foxp3_annot.catalogue import Citation
from foxp3_annot.genotype import Sex, Zygosity
from foxp3_annot.pack.vocabulary import Reading, SourceKind
from foxp3_annot.resources import read_table, resource_root


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
_TESTED_MOTHER = Statement(
    "If the mother carries the variant, each son has a 50 % chance of being affected and each daughter a 50 % "
    "chance of being a carrier; what the mother was found to have stands below.",
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


def inheritance(state: Zygosity, sex: Sex, *, mother_tested: bool = False) -> tuple[Statement, ...]:
    """What to tell the family of someone who carries a variant reported in IPEX in this state."""
    if state is Zygosity.HEMIZYGOUS:
        return (_X_LINKED, _TESTED_MOTHER if mother_tested else _CARRIER_MOTHER, _AFFECTED_FATHER)
    if sex is Sex.FEMALE and state is Zygosity.HETEROZYGOUS:
        return (_X_LINKED, _HETEROZYGOUS_FEMALE, _CARRIER_CHILDREN)
    if sex is Sex.FEMALE and state is Zygosity.HOMOZYGOUS:
        return (_X_LINKED, _HOMOZYGOUS_FEMALE, _CARRIER_CHILDREN)
    return (_X_LINKED,)


def recurrence(child: NextChild, mother: Fraction, father: Fraction, *, mother_tested: bool = False) -> Statement:
    """What a further child of a couple may get, in words that depend on who carries the variant.

    `mother` and `father` are the probabilities that they carry it, `mother_tested` tells that she was found without.
    """
    who = f"Children of {child.father or 'any father'} and {child.mother or 'any mother'}"
    figures = f"a son has it with {percent(child.son)}, a daughter carries it with {percent(child.daughter)}"
    if father == 1 and mother == 0:
        return Statement(
            f"{who}: the father has it on his only copy, so every daughter carries it and no son gets it from him.",
            ("genereviews_ipex",),
        )
    if mother == 1 and father == 0:
        return Statement(f"{who}: the mother carries it; {figures}.", ("genereviews_ipex",))
    if mother_tested and mother == 0 and father == 0:
        return Statement(
            f"{who}: neither carries it in the cells examined; {figures}, as far as gonadal mosaicism was taken into "
            "account. It is never excluded, and a further child can be tested before birth.",
            ("jeanpierre1992", "genereviews_ipex"),
        )
    if mother == 0 and father == 0:
        return Statement(f"{who}: by this pedigree neither carries it; {figures}.", ("haldane1935",))
    return Statement(
        f"{who}: the mother carries it with {percent(mother)}; {figures}. A test of the mother settles this.",
        ("haldane1935", "young2007"),
    )


def percent(share: Fraction) -> str:
    """A probability for a reader.

    >>> percent(Fraction(2, 3)), percent(Fraction(1, 2)), percent(Fraction(1, 5000))
    ('66.7 %', '50 %', 'less than 0.1 %')
    """
    if 0 < share < Fraction(1, 1000):
        return "less than 0.1 %"
    if Fraction(999, 1000) < share < 1:
        return "more than 99.9 %"
    return f"{float(share) * 100:.1f}".removesuffix(".0") + " %"


@cache
def family_sources() -> Mapping[str, Citation]:
    """The sources of the rules on families, by key."""
    kinds, readings = {one.code: one for one in SourceKind}, {one.code: one for one in Reading}
    return {
        row["key"]: Citation(
            row["key"],
            kinds[row["kind"]],
            row["pmid"],
            row["doi"],
            row["reference"],
            readings[row["read"]],
            row["url"],
            "facts cited",
        )
        for row in read_table(resource_root() / "rules" / "family_sources.tsv")
    }
