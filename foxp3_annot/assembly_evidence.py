"""Which genome build a file counts on: what its header says, and failing that, what its reference bases say."""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

from foxp3_annot.assembly import (
    FIRST_CHROMOSOME_LENGTHS,
    T2T_FIRST_CHROMOSOME_LENGTH,
    T2T_X_ACCESSIONS,
    T2T_X_LENGTH,
    X_NAMES,
    Assembly,
    assembly_of_contig,
)
from foxp3_annot.errors import AssemblyError
from foxp3_annot.gene import Gene
from foxp3_annot.reference import Reference

HOW_TO_STATE = "state the build with --assembly GRCh37 or --assembly GRCh38 (or in column `assembly` of the sheet)"

_WORDS = {
    Assembly.GRCH37: re.compile(r"grch37|hg19|hs37|assembly19|build37|g1k_v37|(?<![a-z0-9])b37(?![0-9])"),
    Assembly.GRCH38: re.compile(r"grch38|hg38|hs38|assembly38|build38|(?<![a-z0-9])b38(?![0-9])"),
}
_T2T_WORDS = re.compile(r"chm13|t2t|(?<![a-z0-9])hs1(?![a-z0-9])")

DECISIVE_BASES = 5
"""Reference bases that must speak for one build and none against it: chance agreement is then 1 in 1,024."""


@dataclass(frozen=True, slots=True)
class ContigLine:
    """A `##contig` line: its name, length, and assembly tag where given."""

    name: str
    length: int | None
    assembly: str


@dataclass(frozen=True, slots=True)
class HeaderFacts:
    """What a header says that bears on the build. `references` are the values of reference and assembly lines."""

    contigs: tuple[ContigLine, ...]
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Clue:
    """One statement for a build, and where it was read."""

    assembly: Assembly
    basis: str


@dataclass(frozen=True, slots=True)
class ReferenceStatement:
    """The reference bases that a record states at a position (1-based)."""

    position: int
    bases: str


def decide(
    file: str,
    facts: HeaderFacts,
    statements: Iterable[ReferenceStatement],
    gene: Gene,
    stated: Assembly | None,
) -> tuple[Assembly, str]:
    """The build of a file and the basis of the decision.

    Raises AssemblyError where the file is on T2T-CHM13, where its statements contradict each other or the
    user's, and where nothing decides.
    """
    _refuse_t2t(file, facts)
    clues = header_clues(facts)
    found = {clue.assembly for clue in clues}
    if stated:
        if clues and stated not in found:
            raise AssemblyError(
                f"{file}: --assembly states {stated}, but the header speaks for {stated.other} "
                f"({clues[0].basis}); correct one of the two"
            )
        return stated, "stated by the user"
    if len(found) > 1:
        bases = "; ".join(f"{clue.assembly}: {clue.basis}" for clue in clues)
        raise AssemblyError(f"{file}: the header contradicts itself about the genome build ({bases}); {HOW_TO_STATE}")
    if found:
        return clues[0].assembly, clues[0].basis
    _refuse_strange_length(file, facts)
    return _from_bases(file, tuple(statements), gene)


@dataclass(frozen=True, slots=True)
class SequenceLine:
    """An `@SQ` line of an alignment file: name, length, and where given the checksum M5 and the tag AS."""

    name: str
    length: int
    md5: str = ""
    assembly: str = ""


def decide_by_sequences(
    file: str, sequences: tuple[SequenceLine, ...], stated: Assembly | None, verified: Assembly | None = None
) -> tuple[Assembly, str, str]:
    """The build of an alignment file, the basis of the decision, and the contig that is chromosome X.

    Length and, where given, M5 of that contig must agree with each other, with the build that the user states, and
    with `verified`, the build of a genome whose bases were compared. Raises AssemblyError with contig and length.
    """
    facts = HeaderFacts(tuple(ContigLine(one.name, one.length, one.assembly) for one in sequences), ())
    _refuse_t2t(file, facts)
    x = _chromosome_x(file, sequences)
    by_length = next((one for one in Assembly if one.x_length == x.length), None)
    by_md5 = next((one for one in Assembly if one.x_md5 == x.md5), None)
    where = f"{file}: contig {x.name} has length {x.length:,}"
    if by_length is None:
        raise AssemblyError(
            f"{where}, neither that of GRCh37 ({Assembly.GRCH37.x_length:,}) nor of GRCh38 "
            f"({Assembly.GRCH38.x_length:,}); align the reads to one of these and give that file"
        )
    if by_md5 not in (None, by_length):
        raise AssemblyError(f"{where}, that of {by_length}, but the checksum M5 of {by_md5}; correct the header")
    if x.md5 and by_md5 is None and verified is None:
        raise AssemblyError(
            f"{where}, that of {by_length}, but its checksum M5 {x.md5} is that of another sequence; give the "
            "genome with --genome so that its bases at FOXP3 can be compared"
        )
    for other, source in ((stated, "--assembly states"), (verified, "the genome given is")):
        if other not in (None, by_length):
            raise AssemblyError(f"{where}, that of {by_length}, but {source} {other}; correct one of the two")
    for clue in header_clues(facts):
        if clue.assembly is not by_length:
            raise AssemblyError(f"{where}, that of {by_length}, but {clue.basis} is that of {clue.assembly}")
    basis = f"length of contig {x.name}, {x.length:,}" + (f", and its checksum {x.md5}" if x.md5 else "")
    return by_length, basis, x.name


def _chromosome_x(file: str, sequences: tuple[SequenceLine, ...]) -> SequenceLine:
    """The sequence that is chromosome X: by its length or checksum, else by its name."""
    exact = [one for one in sequences if _is_x_of_a_build(one)]
    named = [one for one in sequences if one.name in X_NAMES]
    found = exact or named
    if not found:
        some = ", ".join(f"{one.name} ({one.length:,})" for one in sequences[:3])
        raise AssemblyError(
            f"{file}: none of its {len(sequences)} contigs is chromosome X of GRCh37 or GRCh38 (it has {some}"
            f"{', ...' if len(sequences) > 3 else ''}); align the reads to one of these and give that file"
        )
    if len(found) > 1:
        raise AssemblyError(
            f"{file}: contigs {found[0].name} ({found[0].length:,}) and {found[1].name} ({found[1].length:,}) could "
            "both be chromosome X; align the reads to one genome and give that file"
        )
    return found[0]


def _is_x_of_a_build(one: SequenceLine) -> bool:
    return any(one.length == assembly.x_length or one.md5 == assembly.x_md5 for assembly in Assembly)


def header_clues(facts: HeaderFacts) -> list[Clue]:
    """Every statement of the header about the build, the most trustworthy first."""
    clues: list[Clue] = []
    for contig in facts.contigs:
        by_name = assembly_of_contig(contig.name)
        if by_name:
            clues.append(Clue(by_name, f"contig name {contig.name}"))
        if contig.name in X_NAMES:
            clues += [
                Clue(assembly, f"length of contig {contig.name}, {contig.length:,}")
                for assembly in Assembly
                if contig.length == assembly.x_length
            ]
    for contig in facts.contigs:
        if contig.name in ("chr1", "1") and contig.length in FIRST_CHROMOSOME_LENGTHS:
            assembly = FIRST_CHROMOSOME_LENGTHS[contig.length]
            clues.append(Clue(assembly, f"length of contig {contig.name}, {contig.length:,}"))
    tags = sorted({contig.assembly for contig in facts.contigs if contig.assembly})
    clues += [Clue(found, f"assembly tag '{tag}'") for tag in tags if (found := _named(tag))]
    clues += [Clue(found, f"header line '{line}'") for line in facts.references if (found := _named(line))]
    return clues


def _named(text: str) -> Assembly | None:
    """The build that a text names; None where it names none or both."""
    found = [assembly for assembly, words in _WORDS.items() if words.search(text.lower())]
    return found[0] if len(found) == 1 else None


def _refuse_t2t(file: str, facts: HeaderFacts) -> None:
    for contig in facts.contigs:
        if (
            contig.name in T2T_X_ACCESSIONS
            or (contig.name in X_NAMES and contig.length == T2T_X_LENGTH)
            or (contig.name in ("chr1", "1") and contig.length == T2T_FIRST_CHROMOSOME_LENGTH)
            or _T2T_WORDS.search(contig.assembly.lower())
        ):
            _refuse(file, f"contig {contig.name}")
    for line in facts.references:
        if _T2T_WORDS.search(line.lower()) and not _named(line):
            _refuse(file, f"header line '{line}'")


def _refuse(file: str, basis: str) -> None:
    raise AssemblyError(
        f"{file}: is on T2T-CHM13 ({basis}), which is not supported; call or lift over to GRCh38 and give that file"
    )


def _refuse_strange_length(file: str, facts: HeaderFacts) -> None:
    for contig in facts.contigs:
        if contig.name in X_NAMES and contig.length is not None:
            raise AssemblyError(
                f"{file}: contig {contig.name} has length {contig.length:,}, neither that of GRCh37 "
                f"({Assembly.GRCH37.x_length:,}) nor of GRCh38 ({Assembly.GRCH38.x_length:,}); "
                f"if the header is wrong, {HOW_TO_STATE}"
            )


def _from_bases(file: str, statements: tuple[ReferenceStatement, ...], gene: Gene) -> tuple[Assembly, str]:
    support = {assembly: _support(statements, gene.on(assembly).reference) for assembly in Assembly}
    for assembly, agreeing in support.items():
        if agreeing - max(support[assembly.other], 0) >= DECISIVE_BASES:
            return assembly, f"{agreeing:g} reference bases of its records"
    if not any(overlapping_bases(gene.on(a).reference, s) for a in Assembly for s in statements):
        raise AssemblyError(
            f"{file}: the header does not tell the genome build, and there is no record in the FOXP3 locus whose "
            f"reference bases could; {HOW_TO_STATE}"
        )
    seen = ", ".join(
        f"{assembly}: " + ("contradicted" if math.isinf(value) else f"{value:g} bases agree")
        for assembly, value in support.items()
    )
    raise AssemblyError(
        f"{file}: the header does not tell the genome build and the reference bases of its records in the "
        f"FOXP3 locus do not decide it ({seen}); {HOW_TO_STATE}"
    )


def _support(statements: tuple[ReferenceStatement, ...], reference: Reference) -> float:
    """How many stated bases agree with a reference; minus infinity where one disagrees."""
    agreeing = 0
    for statement in statements:
        overlap = overlapping_bases(reference, statement)
        if overlap and overlap[0] != overlap[1]:
            return -math.inf
        agreeing += _stated_within(reference, statement)
    return agreeing


def _stated_within(reference: Reference, statement: ReferenceStatement) -> int:
    """How many bases a record states within the window; N states nothing."""
    return sum(
        base != "N" and position in reference.window
        for position, base in enumerate(statement.bases, start=statement.position)
    )


def overlapping_bases(reference: Reference, statement: ReferenceStatement) -> tuple[str, str] | None:
    """The stated bases that lie in the window, and the reference's; N states nothing. None outside the window."""
    start = max(statement.position, reference.window.start)
    end = min(statement.position + len(statement.bases) - 1, reference.window.end)
    if start > end:
        return None
    stated = statement.bases[start - statement.position : end - statement.position + 1]
    there = reference.fetch(start, end)
    stated = "".join(base if one == "N" else one for one, base in zip(stated, there, strict=True))
    return stated, there
