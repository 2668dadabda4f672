"""What a variant does to a transcript, in Sequence Ontology terms."""

import enum


class Consequence(enum.Enum):
    """Sequence Ontology terms in the order of severity that Ensembl VEP uses, the most severe first."""

    SPLICE_ACCEPTOR = ("splice_acceptor_variant", "SO:0001574")
    SPLICE_DONOR = ("splice_donor_variant", "SO:0001575")
    STOP_GAINED = ("stop_gained", "SO:0001587")
    FRAMESHIFT = ("frameshift_variant", "SO:0001589")
    STOP_LOST = ("stop_lost", "SO:0001578")
    START_LOST = ("start_lost", "SO:0002012")
    INFRAME_INSERTION = ("inframe_insertion", "SO:0001821")
    INFRAME_DELETION = ("inframe_deletion", "SO:0001822")
    MISSENSE = ("missense_variant", "SO:0001583")
    PROTEIN_ALTERING = ("protein_altering_variant", "SO:0001818")
    SPLICE_DONOR_5TH_BASE = ("splice_donor_5th_base_variant", "SO:0001787")
    SPLICE_REGION = ("splice_region_variant", "SO:0001630")
    SPLICE_DONOR_REGION = ("splice_donor_region_variant", "SO:0002170")
    SPLICE_POLYPYRIMIDINE_TRACT = ("splice_polypyrimidine_tract_variant", "SO:0002169")
    START_RETAINED = ("start_retained_variant", "SO:0002019")
    STOP_RETAINED = ("stop_retained_variant", "SO:0001567")
    SYNONYMOUS = ("synonymous_variant", "SO:0001819")
    CODING_SEQUENCE = ("coding_sequence_variant", "SO:0001580")
    FIVE_PRIME_UTR = ("5_prime_UTR_variant", "SO:0001623")
    THREE_PRIME_UTR = ("3_prime_UTR_variant", "SO:0001624")
    INTRON = ("intron_variant", "SO:0001627")
    UPSTREAM = ("upstream_gene_variant", "SO:0001631")
    DOWNSTREAM = ("downstream_gene_variant", "SO:0001632")
    INTERGENIC = ("intergenic_variant", "SO:0001628")

    def __init__(self, term: str, so_id: str) -> None:
        self.term = term
        self.so_id = so_id

    def __hash__(self) -> int:
        return id(self)

    def __str__(self) -> str:
        return self.term

    @property
    def rank(self) -> int:
        """Place in the order of severity, 0 for the most severe."""
        return _RANKS[self]

    @property
    def changes_protein(self) -> bool:
        """Whether the protein that is made differs in sequence, or is not made."""
        return self in _CHANGES_PROTEIN

    @property
    def is_damaging_in_kind(self) -> bool:
        """Whether the term alone says that the normal protein is lost: truncation or a destroyed splice site."""
        return self in _DAMAGING


_RANKS = {consequence: rank for rank, consequence in enumerate(Consequence)}

_DAMAGING = frozenset(
    {
        Consequence.SPLICE_ACCEPTOR,
        Consequence.SPLICE_DONOR,
        Consequence.STOP_GAINED,
        Consequence.FRAMESHIFT,
        Consequence.STOP_LOST,
        Consequence.START_LOST,
    }
)

_CHANGES_PROTEIN = _DAMAGING | {
    Consequence.INFRAME_INSERTION,
    Consequence.INFRAME_DELETION,
    Consequence.MISSENSE,
    Consequence.PROTEIN_ALTERING,
}


def by_severity(consequences: set[Consequence]) -> tuple[Consequence, ...]:
    """The terms, the most severe first."""
    return tuple(sorted(consequences, key=_RANKS.__getitem__))
