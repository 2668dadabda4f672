"""Positions on a transcript: HGVS c. and n. names, IVS names, and the bare numbers of older papers."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from foxp3_annot.assembly import Assembly, build_of
from foxp3_annot.description.changes import Change, Ruler, applied, parse_change
from foxp3_annot.description.genomic import moved
from foxp3_annot.description.reading import Alternative, Numbering, Question, UnfitError
from foxp3_annot.errors import DescriptionError
from foxp3_annot.hgvs import hgvs_c, hgvs_g
from foxp3_annot.transcript import Exon, Transcript

SYNONYMS = {
    "LRG_62T1": "NM_014009.3",
    "ENST00000376207": "NM_014009.4",
    "ENST00000376207.10": "NM_014009.4",
}
"""Names of the embedded transcripts in other collections (resources/reference/transcripts.tsv says why)."""

ISOFORM_B = "NM_001114377"

_PLACE = re.compile(r"(?P<zone>[-*]?)(?P<number>[0-9]+)(?:(?P<sign>[+-])(?P<offset>[0-9]+))?")
_IVS_PLACE = r"(?:IVS)?(?P<{0}intron>-1|[0-9]{{1,2}})?(?P<{0}offset>[+-][0-9]{{1,6}})"
_IVS = re.compile(
    rf"IVS(?P<intron>-1|[0-9]{{1,2}})(?P<offset>[+-][0-9]{{1,6}})(?:_{_IVS_PLACE.format('last_')})?(?P<change>[^0-9+_].*)",
    re.I,
)
_OLD_RANGE = re.compile(r"(?P<first>[0-9]{1,9})[-_](?P<last>[0-9]{1,9})(?P<change>(?:del|dup|ins|inv).*)", re.I)


Nearby = tuple[str, Callable[[], Alternative]]
"""Another reading, and the words that recommend it."""


@dataclass(frozen=True, slots=True)
class Count:
    """What a text counts on: the transcript it names (None for NM_014009.4), in `c` or `n` positions.

    `assembly` is set for LRG_62, on which introns 1 and 6 are those of GRCh37.
    """

    transcript: str | None = None
    system: str = "c"
    assembly: Assembly | None = None


def coding(count: Count, words: str, question: Question) -> Alternative:
    """A c. or n. name; where it does not fit, the refusal names the nearby readings that would."""
    change = parse_change(words)
    if change is None:
        raise question.refused(f"the change '{words}' is not understood; {_remedy(words)}")
    try:
        return _read(count, change, question)
    except UnfitError as unfit:
        raise _with_hints(unfit, _nearby(count, words, change, question), question) from None


def bare(words: str, question: Question) -> Alternative | None:
    """A cDNA change without `c.`, as in `1338G>A`; None for other text. It needs a numbering."""
    words = _old_range(words)
    if parse_change(words) is None or not words[0].isdigit():
        return None
    if question.numbering:
        return coding(Count(), words, question)
    fitting = [f"{one.code} ({name})" for one in Numbering if (name := _name(Count(), words, question.counted(one)))]
    hint = f"it fits by {' and '.join(fitting)}" if fitting else "it fits by none of hgvs, mrna and jm2"
    raise question.refused(f"a number alone can be counted in several ways; say which with --numbering: {hint}")


def introns(words: str, question: Question) -> tuple[Alternative, ...]:
    """An IVS name by the numbers of papers, which count from the first coding exon, and by those of NM_014009.4.

    Nothing for other text. A reading whose base does not fit is left out.
    """
    found = _IVS.fullmatch(words)
    if not found:
        return ()
    last = found["last_intron"] or found["intron"]
    if last != found["intron"]:
        raise question.refused("the two positions lie in different introns")
    number = int(found["intron"])
    counts = {"as papers count, from the first coding exon": 1 if number == -1 else number + 1}
    if number != -1:
        counts["as NM_014009.4 counts its introns"] = number
    read: list[Alternative] = []
    refusals: list[str] = []
    for label, intron in counts.items():
        try:
            one = _in_intron(intron, found, question)
            read.append(replace(one, note=_and(f"intron {number} {label}", one.note)))
        except DescriptionError as error:
            refusals.append(f"{label}, {str(error).removeprefix(question.opening)}")
    if not read:
        raise question.refused("; ".join(refusals))
    return tuple(read)


# --- reading --------------------------------------------------------------------------------------------


def _read(count: Count, change: Change, question: Question) -> Alternative:
    model = question.gene.on(count.assembly or question.assembly or Assembly.GRCH38)
    transcript = transcript_named(count, question)
    notes = []
    if question.numbering and question.numbering is not Numbering.HGVS:
        change, note = _recounted(change, count, question)
        notes.append(note)
    if count.system == "c":
        change, note = _within_coding(change, transcript)
        notes += [note, *(_outside(transcript, place) for place in change.places)]
    index = _offset if count.system == "c" else _offset_of_n
    ruler = Ruler(model, transcript.strand, lambda place: index(transcript, place, question))
    one = applied(change, ruler, question)
    variant = moved(one.variant, question) if count.assembly else one.variant
    return Alternative(variant, _and(*notes, one.note))


def transcript_named(count: Count, question: Question) -> Transcript:
    """The transcript on the build that the text or the question states; refused where it is not ours."""
    model = question.gene.on(count.assembly or question.assembly or Assembly.GRCH38)
    if count.transcript is None:
        return model.transcript
    wanted = SYNONYMS.get(count.transcript.upper(), count.transcript.upper())
    for transcript in model.transcripts:
        if wanted in (transcript.accession, transcript.accession.split(".")[0]):
            return transcript
    known = ", ".join(transcript.accession for transcript in model.transcripts)
    raise question.refused(f"transcript {count.transcript} is not known; use one of {known}")


def _offset(transcript: Transcript, place: str, question: Question) -> int:
    """Offset of a c. position. Before the first and after the last base it is counted on along the genome."""
    found = _parts(place)
    start, end = transcript.coding_mrna
    number = int(found["number"])
    index = {"-": start - number, "*": end + number - 1, "": start + number - 1}[found["zone"]]
    if number == 0 or (not found["zone"] and index >= end):
        ends = f"its coding sequence ends at c.{end - start}" if number else "there is no c.0"
        raise question.unfit(f"c.{place} is not a position of {transcript.accession}: {ends}")
    return _offset_beside(transcript, index, found, f"c.{place}", question)


def _offset_of_n(transcript: Transcript, place: str, question: Question) -> int:
    """Offset of an n. position, which counts from the first base of the transcript."""
    found = _parts(place)
    index = int(found["number"]) - 1
    if found["zone"] or not 0 <= index < len(transcript.mrna):
        raise question.unfit(f"n.{place} is not a position of {transcript.accession}")
    return _offset_beside(transcript, index, found, f"n.{place}", question)


def _parts(place: str) -> re.Match[str]:
    found = _PLACE.fullmatch(place)
    assert found, "the grammar of changes lets no other place through"
    return found


def _offset_beside(transcript: Transcript, index: int, found: re.Match[str], name: str, question: Question) -> int:
    """The offset of a base of the mRNA, or of the intron base that is counted from it."""
    anchor = _offset_of_mrna(transcript, index)
    if not found["sign"]:
        return anchor
    distance = int(found["offset"])
    offset = anchor + distance if found["sign"] == "+" else anchor - distance
    for start, end in transcript.introns:
        if anchor == (start - 1 if found["sign"] == "+" else end) and start <= offset < end:
            return offset
    raise question.unfit(
        f"{name} does not lie in an intron of {transcript.accession}: {name[: -len(found['offset']) - 1]} is not the "
        "border of an exon, or the intron is shorter"
    )


def _offset_of_mrna(transcript: Transcript, index: int) -> int:
    if index < 0:
        return transcript.start + index
    for exon in transcript.exons:
        if index < len(exon):
            return exon.start + index
        index -= len(exon)
    return transcript.end + index


def _outside(transcript: Transcript, place: str) -> str:
    """A word on a c. position outside the transcript, which ClinVar uses and HGVS does not give."""
    found = _parts(place)
    start, end = transcript.coding_mrna
    beyond = int(found["number"]) - (start if found["zone"] == "-" else len(transcript.mrna) - end)
    if not found["zone"] or beyond <= 0:
        return ""
    side, border = "before the first", f"-{start}"
    if found["zone"] == "*":
        side, border = "behind the last", f"*{len(transcript.mrna) - end}"
    distance = "1 base" if beyond == 1 else f"{beyond} bases"
    return (
        f"c.{place} lies {distance} {side} base of {transcript.accession} (c.{border}); "
        "it was counted on along the genome, as ClinVar does, while HGVS gives no c. position there"
    )


def _within_coding(change: Change, transcript: Transcript) -> tuple[Change, str]:
    """A range that starts in the coding sequence and was counted on past its end, as older papers do."""
    start, end = transcript.coding_mrna
    length = end - start
    if not (change.first.isdigit() and change.last.isdigit() and int(change.first) <= length < int(change.last)):
        return change, ""
    last = f"*{int(change.last) - length}"
    return replace(change, last=last), f"c.{change.last} was counted on past the stop codon: it is c.{last}"


def _recounted(change: Change, count: Count, question: Question) -> tuple[Change, str]:
    """The change in the numbers of NM_014009, from those of an older numbering."""
    numbering = question.numbering
    assert numbering
    if count.system != "c" or (count.transcript or "").upper().startswith(ISOFORM_B):
        raise question.refused(f"{numbering.label} leads to c. positions of NM_014009 only")
    places = []
    for place in change.places:
        found = _parts(place)
        number = int(found["number"]) + numbering.base_shift
        if found["zone"] or int(found["number"]) == 0:
            raise question.refused(f"{numbering.label} has no position {place}; it counts from 1")
        number = number if number > 0 else number - 1
        places.append(f"{number}{place[len(found['number']) :]}")
    first, last = places[0], places[1] if change.last else ""
    moved_to = f"c.{first}_{last}" if last else f"c.{first}"
    written = "_".join(change.places)
    return replace(change, first=first, last=last), f"{written} by {numbering.label} is {moved_to}"


# --- introns --------------------------------------------------------------------------------------------


def _in_intron(number: int, found: re.Match[str], question: Question) -> Alternative:
    transcript = question.model.transcript
    if not 1 <= number < len(transcript.exons):
        raise question.refused(f"{transcript.accession} has no intron {number}")
    before, after = transcript.exons[number - 1], transcript.exons[number]
    places = [_beside(transcript, before, after, found["offset"])]
    if found["last_offset"]:
        places.append(_beside(transcript, before, after, found["last_offset"]))
    return coding(Count(), "_".join(places) + found["change"], question.counted(None))


def _beside(transcript: Transcript, before: Exon, after: Exon, offset: str) -> str:
    anchor = before.end - 1 if offset.startswith("+") else after.start
    return f"{transcript.coding_position(anchor)}{offset}"


# --- what else it could mean ----------------------------------------------------------------------------


def _nearby(count: Count, words: str, change: Change, question: Question) -> Iterator[Nearby]:
    """Other ways to read a text that does not fit, each with the words that recommend it."""
    build = question.assembly or Assembly.GRCH38
    if any("+" in place[1:] or "-" in place[1:] for place in change.places) and not count.assembly:
        other = replace(question, assembly=build.other)
        yield (
            f"it fits where introns are counted on {build.other} (--assembly {build.other})",
            lambda: _read(count, change, other),
        )
    for numbering in Numbering:
        if count.system == "c" and numbering is not (question.numbering or Numbering.HGVS):
            yield (
                f"by {numbering.label} it is {{}} ({numbering.option})",
                _reader(count, change, question.counted(numbering)),
            )
    if (count.transcript or "").upper().startswith(ISOFORM_B):
        yield "on NM_014009.4 it fits ({})", _reader(Count(), change, question)
    counted_on = _counted_on(change, question)
    if counted_on:
        yield f"counted on past the stop codon it is c.{counted_on.first}", _reader(count, counted_on, question)
    ranged = parse_change(_old_range(words))
    if ranged and ranged != change:
        yield "a range is written with an underscore ({})", _reader(count, ranged, question)
    if change.states_bases:
        yield (
            "these are bases of the plus strand, while c. names have those of the gene's strand ({})",
            _reader(count, change.complemented(), question),
        )


def _counted_on(change: Change, question: Question) -> Change | None:
    start, end = question.model.transcript.coding_mrna
    length = end - start
    if not change.states_bases or not all(place.isdigit() and int(place) > length for place in change.places):
        return None
    first, *last = (f"*{int(place) - length}" for place in change.places)
    return replace(change, first=first, last="".join(last))


def _reader(count: Count, change: Change, question: Question) -> Callable[[], Alternative]:
    return lambda: _read(count, change, question)


def _with_hints(unfit: UnfitError, nearby: Iterable[Nearby], question: Question) -> UnfitError:
    hints = []
    for hint, read in nearby:
        try:
            one = read()
        except DescriptionError:
            continue
        hints.append(hint.format(_called(one, question)))
    return UnfitError("; ".join([str(unfit), *hints]))


def _called(one: Alternative, question: Question) -> str:
    """The c. name, or the g. name where it has none."""
    model = question.gene.on(build_of(one.variant.assembly))
    return (hgvs_c(one.variant, model.transcript) or hgvs_g(one.variant, model.reference)).partition(":")[2]


def _name(count: Count, words: str, question: Question) -> str:
    """The c. name of a reading, empty where the text does not fit it."""
    change = parse_change(words)
    try:
        return _called(_read(count, change, question), question) if change else ""
    except DescriptionError:
        return ""


def _old_range(words: str) -> str:
    """`1481-1482delCT` with an underscore, and `del/ins` in one word; other words unchanged."""
    found = _OLD_RANGE.fullmatch(words)
    if not found or int(found["last"]) <= int(found["first"]):
        return words
    return f"{found['first']}_{found['last']}{found['change']}"


def _remedy(words: str) -> str:
    if re.fullmatch(r"[-*+_0-9]+[ACGT]?", words, re.I):
        return "it has a place but no change; put the text in quotes, since a shell takes > for itself"
    if ";" in words:
        return "look up one variant at a time"
    return "write it like 1150G>A, 748_750del, 1210dup, 227_228insT or 1117_1118delinsGC"


def _and(*notes: str) -> str:
    return "; ".join(filter(None, notes))
