"""Reading a variant from text: whatever papers, laboratories and databases write, back into normal form.

Understood are HGVS g., c., n. and p. names on the sequences of FOXP3, with the older forms of each; SPDI and the
columns of a VCF; IVS names and bare cDNA numbers; identifiers and older names of the curated table. All that a text
states is checked against the reference. A text that can mean several variants gives them all, each with a note.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from foxp3_annot.assembly import Assembly, build_of
from foxp3_annot.catalogue import Catalogue
from foxp3_annot.description import genomic, protein_changes
from foxp3_annot.description.coding import SYNONYMS, Count, bare, coding, introns, transcript_named
from foxp3_annot.description.curated import by_identifier, by_older_name
from foxp3_annot.description.protein_changes import agrees, parse_protein, protein
from foxp3_annot.description.reading import Alternative, Numbering, Question, Reading, joined
from foxp3_annot.description.wording import LONGEST, plain, shown
from foxp3_annot.effect import effect_of
from foxp3_annot.errors import DescriptionError, InputError, OutOfWindowError
from foxp3_annot.gene import Gene

__all__ = ["EXAMPLES", "Alternative", "Numbering", "Reading", "read_description"]

EXAMPLES = "chrX:49251480:C:T, NC_000023.11:g.49251480C>T, c.1150G>A, NM_014009.4:c.1150G>A, p.Ala384Thr"


def read_description(
    text: str,
    gene: Gene,
    assembly: Assembly | None = None,
    *,
    catalogue: Catalogue | None = None,
    numbering: Numbering | None = None,
) -> Reading:
    """The variants that `text` can mean; `assembly` is needed only where the text does not tell the build.

    A name that tells no build counts on GRCh38; LRG_62 is GRCh37. Identifiers and older names are looked up in
    `catalogue`. Numbers count as HGVS has them unless `numbering` says otherwise; a bare `1150G>A` needs it said.
    Raises DescriptionError for text that cannot be read, equals the reference or does not fit it.
    """
    question = Question(shown(text), gene, assembly, numbering, catalogue)
    if len(text) > LONGEST:
        raise question.refused(f"a description has at most {LONGEST} characters")
    try:
        found = joined(_alternatives(plain(text), question))
    except OutOfWindowError as error:
        raise question.refused(str(error)) from error
    if not found:
        raise DescriptionError(f"'{question.text}' is not understood; write a variant like one of {EXAMPLES}")
    return Reading(question.text, found)


def _alternatives(text: str, question: Question) -> Iterator[Alternative]:
    """By form, and by what a source has called it; an older name helps where the form says nothing that fits."""
    older = () if question.numbering not in (None, Numbering.HGVS) else tuple(by_older_name(text, question))
    try:
        yield from _by_form(*_without_build(text, question))
    except DescriptionError:
        if not older:
            raise
    yield from older


_BUILD = r"(?P<build>(?:GRCh|hg|b|NCBI ?)[0-9]{2}(?:\.p[0-9]+)?)"
_BUILD_FIRST = re.compile(rf"\(?{_BUILD}\)?[\s:,]+(?P<rest>.+)", re.I)
_BUILD_LAST = re.compile(rf"(?P<rest>.+)[\s,]\(?{_BUILD}\)?", re.I)


def _without_build(text: str, question: Question) -> tuple[str, Question]:
    """The text without a build named before or behind it, and the question on that build."""
    found = _BUILD_FIRST.fullmatch(text) or _BUILD_LAST.fullmatch(text)
    if not found:
        return text, question
    try:
        assembly = Assembly.parse(found["build"])
    except InputError as error:
        raise question.refused(str(error)) from None
    return found["rest"], question.on(assembly, found["build"])


def _by_form(text: str, question: Question) -> tuple[Alternative, ...]:
    text = re.sub(r"^(?:nt|bp)\.? ?(?=[0-9])", "", text, flags=re.I)
    for read in (by_identifier, _named, _placed):
        found = read(text, question)
        if found:
            return found
    return _unnamed(text, question)


def _placed(text: str, question: Question) -> tuple[Alternative, ...]:
    found = genomic.columns(text, question)
    if found:
        _refuse_numbering(question)
    return found


def _refuse_numbering(question: Question) -> None:
    if question.numbering not in (None, Numbering.HGVS):
        raise question.refused(f"a place on the chromosome has no {question.numbering.label}; leave out the option")


# --- names with a letter and a dot ----------------------------------------------------------------------

_PART = re.compile(r"(?<![A-Za-z0-9.])([cgnprm])\.", re.I)
_ACCESSION_AT_END = re.compile(r"\b[A-Z]{2}_[0-9]+(?:\.[0-9]+)?(?:\(FOXP3\))?\Z", re.I)
_SEPARATORS = " ,;:|/(["
_PLACE_LABEL = re.compile(r"\b(?:exon|intron|ex)[\s_]*-?[0-9]+\b", re.I)


@dataclass(frozen=True, slots=True)
class _Prefix:
    """What stands before a name: sequences, transcript, protein, gene; and a protein change given first."""

    sequence: str | None = None
    transcript: str | None = None
    protein: str | None = None
    changes: tuple[str, ...] = field(default=())


def _named(text: str, question: Question) -> tuple[Alternative, ...]:
    """A g., c., n. or p. name, with what stands before it, and a protein change beside it that must agree."""
    marks = list(_PART.finditer(text))
    if not marks:
        return ()
    prefix = _prefix(text[: marks[0].start()], question)
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    parts = [(mark[1].lower(), text[mark.end() : end]) for mark, end in zip(marks, ends, strict=True)]
    changes = list(prefix.changes) + [words for kind, words in parts if kind == "p"]
    primary = [(kind, words) for kind, words in parts if kind != "p"]
    if len(primary) > 1:
        raise question.refused("it holds several descriptions; look up one at a time")
    if not primary:
        return _protein_named(prefix, changes, question)
    kind, words = primary[0]
    if re.search(r"\)_|_\(|[0-9]\?|\?_|_\?", words):
        raise question.refused("a variant whose place is uncertain cannot be looked up")
    change, beside = _split(words)
    one = _dna_named(kind, prefix, change, question)
    for said in filter(None, [*changes, beside]):
        _check_beside(said, one, prefix, question)
    return (one,)


def _prefix(text: str, question: Question) -> _Prefix:
    prefix = _Prefix()
    for token in filter(None, re.split(r"[:()\[\]\s,;|/]+", _PLACE_LABEL.sub(" ", text))):
        if token.upper() in ("FOXP3", "HUMAN"):
            continue
        if genomic.is_sequence(token):
            prefix = replace(prefix, sequence=token)
        elif token.upper() in protein_changes.SYNONYMS:
            prefix = replace(prefix, protein=token)
        elif token.upper() in SYNONYMS or re.match(r"(?:[NX][MR]_|ENST|LRG_62t)[0-9]", token, re.I):
            prefix = replace(prefix, transcript=token)
        elif parse_protein(token):
            prefix = replace(prefix, changes=(*prefix.changes, token))
        else:
            raise question.refused(
                f"{token} is not supported; FOXP3 is on chrX, NC_000023.10, NC_000023.11 and LRG_62, and its names "
                "count on NM_014009.4, NM_014009.3, NM_001114377.1 and NP_054728.2"
            )
    return prefix


def _split(words: str) -> tuple[str, str]:
    """A change without spaces and brackets, and the protein change that may stand behind it in brackets."""
    words = _ACCESSION_AT_END.sub("", words.rstrip(_SEPARATORS)).strip(_SEPARATORS)
    change, _, beside = words.partition("(")
    parts = re.split(r"[\s,;:|/](?=[A-Za-z*]+[0-9]+[A-Za-z*=?])", change, maxsplit=1)
    if len(parts) == 2 and parse_protein(parts[1]):
        change, beside = parts
    change = re.sub(r"\s", "", change)
    return (change if "[" in change else change.rstrip("])")), beside.strip(")] ")


def _dna_named(kind: str, prefix: _Prefix, words: str, question: Question) -> Alternative:
    if kind in "rm":
        raise question.refused(f"{kind}. names are not of genomic DNA; give the c. or g. name")
    if prefix.protein:
        raise question.refused(f"{prefix.protein} is a protein; write p. behind it")
    if kind == "g":
        _refuse_numbering(question)
        return genomic.genomic(prefix.sequence, words, question)
    count, question = _count(kind, prefix, question)
    return coding(count, words, question)


def _count(kind: str, prefix: _Prefix, question: Question) -> tuple[Count, Question]:
    if kind == "n" and "." not in (prefix.transcript or ""):
        raise question.refused("n. positions differ between versions of a transcript; write NM_014009.4:n. and so on")
    on_gene = genomic.is_gene_sequence(prefix.sequence or "") or (prefix.transcript or "").upper().startswith("LRG_62")
    if on_gene:
        return Count(prefix.transcript, kind, Assembly.GRCH37), question
    if prefix.sequence:
        question = question.on(genomic.assembly_named(prefix.sequence), prefix.sequence)
    return Count(prefix.transcript, kind), question


def _check_beside(said: str, one: Alternative, prefix: _Prefix, question: Question) -> None:
    """A protein change given beside a c. or g. name must be the one that it makes."""
    said = said.strip(" ()[],;|")
    if said in ("", "?", "=", "0?", "0"):
        return
    name = parse_protein(said)
    if name is None:
        raise question.refused(f"'{said}' beside the name is not a protein change")
    build = build_of(one.variant.assembly)
    transcript = transcript_named(Count(prefix.transcript), replace(question, assembly=build))
    hgvs_p = effect_of(transcript, transcript.edit_of(one.variant)).hgvs_p
    if hgvs_p != "p.?" and not agrees(name, hgvs_p):
        made = f"makes {hgvs_p}" if hgvs_p else "changes no residue"
        raise question.refused(f"the text says {said}, but the change of DNA {made}; correct one of the two")


def _protein_named(prefix: _Prefix, changes: list[str], question: Question) -> tuple[Alternative, ...]:
    if prefix.transcript:
        raise question.refused(f"{prefix.transcript} is a transcript; a p. name stands behind NP_054728.2")
    if len(changes) > 1:
        raise question.refused("it holds several descriptions; look up one at a time")
    words = re.sub(r"\s", "", changes[0])
    name = parse_protein(words)
    if name is None:
        raise question.refused(
            f"the change '{words}' is not understood; write it like p.Ala384Thr, p.R337*, p.Lys250del, "
            "p.Leu76GlnfsTer53 or p.Ser181="
        )
    return protein(name, question)


# --- names without --------------------------------------------------------------------------------------


def _unnamed(text: str, question: Question) -> tuple[Alternative, ...]:
    """A protein change, an intron name or a bare cDNA change, perhaps behind the gene and with one beside it."""
    words = re.sub(r"^(?:FOXP3|NP_054728(?:\.2)?)[\s:]+", "", text, flags=re.I)
    change, beside = _split(words)
    name = parse_protein(re.sub(r"\s", "", words))
    if name:
        return protein(name, question)
    found: tuple[Alternative, ...] = introns(change, question)
    if not found:
        one = bare(change, question)
        found = (one,) if one else ()
    for one in found if beside else ():
        _check_beside(beside, one, _Prefix(), question)
    return found
