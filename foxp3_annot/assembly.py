"""The two supported genome builds, and the ways in which files spell chromosome X."""

import enum
from dataclasses import dataclass

from foxp3_annot.errors import InputError


@dataclass(frozen=True, slots=True)
class Contig:
    """A sequence that is neither build of chromosome X: a name for people and an accession for descriptions.

    The engine takes any reference and transcript as values; this is what names them where they are not ours.
    """

    label: str
    accession: str

    def __str__(self) -> str:
        return self.label


class Assembly(enum.Enum):
    """A genome build, with the facts of its chromosome X (NCBI assembly reports GRCh37.p13 and GRCh38.p14).

    `refget` is the GA4GH refget accession of the whole chromosome.
    """

    GRCH37 = (
        "GRCh37",
        "NC_000023.10",
        155_270_560,
        "7e0e2e580297b7764e31dbc80c2540dd",
        "SQ.v7noePfnNpK8ghYXEqZ9NukMXW7YeNsm",
    )
    GRCH38 = (
        "GRCh38",
        "NC_000023.11",
        156_040_895,
        "2b3a55ff7f58eb308420c8a9b11cac50",
        "SQ.w0WZEvgJF0zf_P4yyTzjjv9oW1z61HHP",
    )

    def __init__(self, label: str, accession: str, x_length: int, x_md5: str, refget: str) -> None:
        self.label = label
        self.accession = accession
        self.x_length = x_length
        self.x_md5 = x_md5
        self.refget = refget

    def __str__(self) -> str:
        return self.label

    @property
    def other(self) -> "Assembly":
        return Assembly.GRCH38 if self is Assembly.GRCH37 else Assembly.GRCH37

    @classmethod
    def parse(cls, text: str) -> "Assembly":
        """The build that a user or a file names, however it spells it.

        >>> Assembly.parse("hg19").label
        'GRCh37'
        """
        key = text.strip().lower()
        for assembly, names in SPELLINGS.items():
            if key in names:
                return assembly
        raise InputError(f"'{text}' is not a supported genome build; use GRCh37 or GRCh38")


SPELLINGS: dict[Assembly, tuple[str, ...]] = {
    Assembly.GRCH37: ("grch37", "hg19", "b37", "hs37d5", "grch37.p13", "g1k_v37"),
    Assembly.GRCH38: ("grch38", "hg38", "b38", "hs38", "hs38dh", "grch38.p14"),
}
"""Spellings of the builds in lower case, as users and headers write them."""

FIRST_CHROMOSOME_LENGTHS: dict[int, Assembly] = {249_250_621: Assembly.GRCH37, 248_956_422: Assembly.GRCH38}
"""Length of chromosome 1, for headers that leave out chromosome X (NCBI assembly reports)."""

T2T_X_LENGTH = 154_259_566
T2T_X_ACCESSIONS = ("NC_060947.1", "CP068255.2")
T2T_FIRST_CHROMOSOME_LENGTH = 248_387_328
"""T2T-CHM13v2.0 (NCBI GCF_009914755.1); recognised in order to be refused."""

UNVERSIONED_X_NAMES = ("chrX", "X", "23", "chr23")
"""Contig names of chromosome X that do not tell the build."""

X_NAMES: tuple[str, ...] = (*UNVERSIONED_X_NAMES, *(assembly.accession for assembly in Assembly))
"""Every contig name under which records of chromosome X are looked for."""


def build_of(sequence: Assembly | Contig) -> Assembly:
    """The build that a sequence is; TypeError for one that is none, which has no other build to lift to."""
    if isinstance(sequence, Assembly):
        return sequence
    raise TypeError(f"{sequence} is not a supported genome build")


def assembly_of_contig(name: str) -> Assembly | None:
    """The build that a contig name states by itself, if it does (`NC_000023.11` does, `chrX` does not)."""
    return next((assembly for assembly in Assembly if assembly.accession == name), None)
