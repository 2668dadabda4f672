"""The engine on other genes: the test suite of bcftools csq.

`tests/cases/csq_suite.tsv` holds what csq expects of each of its records and our verdict: `agrees`,
`differs: reason` or `apart: reason` (nothing that the engine describes). Where the origin is `EXPL` or `output` the
suite states it for the record alone or in what the program printed, elsewhere in its field `EXP`.
"""

from collections import Counter, defaultdict
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from foxp3_annot.consequence import Consequence
from foxp3_annot.effect import effect_of, effect_of_haplotype
from foxp3_annot.errors import OutOfWindowError, ResourceError
from foxp3_annot.readers.models import read_gene_models
from foxp3_annot.transcript import Transcript
from foxp3_annot.variant import Variant

Case = dict[str, str]
GENOMES = Path(__file__).parent / "cases" / "csq_suite"

WORDS = {
    "splice_acceptor": Consequence.SPLICE_ACCEPTOR,
    "splice_donor": Consequence.SPLICE_DONOR,
    "stop_gained": Consequence.STOP_GAINED,
    "frameshift": Consequence.FRAMESHIFT,
    "stop_lost": Consequence.STOP_LOST,
    "start_lost": Consequence.START_LOST,
    "inframe_insertion": Consequence.INFRAME_INSERTION,
    "inframe_deletion": Consequence.INFRAME_DELETION,
    "inframe_altering": Consequence.PROTEIN_ALTERING,
    "missense": Consequence.MISSENSE,
    "splice_region": Consequence.SPLICE_REGION,
    "start_retained": Consequence.START_RETAINED,
    "stop_retained": Consequence.STOP_RETAINED,
    "synonymous": Consequence.SYNONYMOUS,
    "coding_sequence": Consequence.CODING_SEQUENCE,
    "5_prime_utr": Consequence.FIVE_PRIME_UTR,
    "3_prime_utr": Consequence.THREE_PRIME_UTR,
    "intron": Consequence.INTRON,
}
"""The words of csq. It has none for our other terms, nor says `intron` beside a splice term."""

VERDICTS = {"agrees": 115, "differs": 29, "apart": 36}
"""Of 180 rows: 161 records, 4 of them read once more with the records that they are combined with, 15 of the output."""

SPLICE = {Consequence.SPLICE_ACCEPTOR, Consequence.SPLICE_DONOR, Consequence.SPLICE_REGION}


@cache
def read(name: str) -> tuple[Transcript, ...]:
    return read_gene_models(GENOMES / f"{name}.gff3.gz", GENOMES / f"{name.split('~')[0]}.fa.gz")


def models(case: Case) -> dict[str, Transcript]:
    """The transcripts on the contig of a case, by accession without version."""
    here = (one for one in read(case["model"]) if str(one.reference.assembly) == case["contig"])
    return {one.accession.split(".")[0]: one for one in here}


def expectations(case: Case) -> dict[str, set[Consequence]]:
    """What csq says of each transcript; of all where it names none (as it does for introns and for nothing)."""
    said: dict[str, set[Consequence]] = defaultdict(set)
    for entry in case["expected"].split(",") if case["expected"] != "." else []:
        words, _, name, *_ = entry.split("|")
        said[name] |= {WORDS[word] for word in words.split("&") if word != "NMD_transcript"}
    for_all = said.pop("", set())
    return said or dict.fromkeys(models(case), for_all)


def found(case: Case, transcript: Transcript) -> set[Consequence]:
    """Our terms in the words of csq."""
    edits = []
    for allele in case["alleles"].split("+"):
        position, ref, alt = allele.split(":")
        variant = Variant.of(transcript.reference, int(position), ref, alt)
        edits.append(transcript.edit_of(variant))
    effect = effect_of_haplotype(transcript, edits) if len(edits) > 1 else effect_of(transcript, edits[0])
    terms = set(effect.consequences) & set(WORDS.values())
    return terms - {Consequence.INTRON} if terms & SPLICE else terms


def agrees(case: Case) -> bool:
    said = expectations(case)
    return bool(said) and all(found(case, models(case)[name]) == terms for name, terms in said.items())


def is_apart(case: Case) -> bool:
    """Whether there is nothing to describe: no allele as bases, no coding model, or bases beyond the sequence."""
    position, ref, alt = case["alleles"].split("+")[0].split(":", 2)
    if ref == alt or not set(alt) <= set("ACGT"):
        return True
    try:
        transcripts = models(case)
    except ResourceError:
        return True
    try:
        return not [Variant.of(t.reference, int(position), ref, alt) for t in transcripts.values()]
    except OutOfWindowError:
        return True


@pytest.mark.cases("csq_suite.tsv")
def test_record_of_the_suite(case: Case) -> None:
    verdict, _, reason = case["verdict"].partition(": ")
    assert (verdict == "agrees") == (not reason)
    assert is_apart(case) == (verdict == "apart")
    if verdict != "apart":
        assert agrees(case) == (verdict == "agrees")


def test_the_suite_is_whole(cases: Callable[[str], list[Case]]) -> None:
    rows = cases("csq_suite.tsv")
    assert len({row["case"] for row in rows}) == len(rows)
    assert Counter(row["verdict"].partition(":")[0] for row in rows) == VERDICTS
    files = {path.name for path in GENOMES.iterdir()} - {"README.md"}
    assert files == {f"{row['model'].split('~')[0]}.fa.gz" for row in rows} | {f"{r['model']}.gff3.gz" for r in rows}
