"""Variants by what the curated table calls them: its ids, rs numbers, ClinVar records and older names."""

import re
from collections.abc import Callable, Iterator

from foxp3_annot.catalogue import CuratedVariant
from foxp3_annot.description.reading import Alternative, Question

_OWN = re.compile(r"FX[0-9]{1,6}", re.I)
_RS = re.compile(r"(?:dbSNP[: ]*)?(rs[0-9]{1,12})", re.I)
_VCV = re.compile(r"(?:ClinVar[: ]*)?VCV0*([0-9]{1,9})(?:\.[0-9]{1,4})?", re.I)
_CLINVAR = re.compile(r"ClinVar(?: ?Variation)?(?: ?ID)?[: #]*0*([0-9]{1,9})", re.I)
_ELSEWHERE = re.compile(r"(?:RCV|SCV|CA|COSM|COSV|OMIM|MIM|HGMD|C[MSDI])[: ]*[0-9.]+", re.I)


def by_identifier(text: str, question: Question) -> tuple[Alternative, ...]:
    """The curated variants under an identifier; nothing for text that is none."""
    wanted = text.upper()
    if _OWN.fullmatch(text) or any(wanted in _ids(curated) for curated in _variants(question)):
        return _found(wanted, lambda curated: wanted in _ids(curated), question)
    rs = _RS.fullmatch(text)
    if rs:
        rsid = rs[1].lower()
        return _found(rsid, lambda curated: curated.rsid == rsid, question)
    record = _VCV.fullmatch(text) or _CLINVAR.fullmatch(text)
    if record:
        vcv = f"VCV{int(record[1]):09d}"
        return _found(vcv, lambda curated: curated.clinvar_vcv == vcv, question)
    if _ELSEWHERE.fullmatch(text):
        raise question.refused(
            "identifiers of this kind are not in the curated table; give an rs or VCV number or a c. name"
        )
    if text.isdigit():
        raise question.refused(f"a number alone is no variant; write ClinVar:{text[:9]} for a record of ClinVar")
    return ()


def by_older_name(text: str, question: Question) -> Iterator[Alternative]:
    """Curated variants that a source has called this."""
    wanted = _folded(text)
    for curated in _variants(question):
        if wanted in map(_folded, curated.legacy_names):
            yield Alternative(
                curated.alleles[question.model.assembly],
                f"called so in a source of {curated.id}",
            )


def _variants(question: Question) -> tuple[CuratedVariant, ...]:
    return question.catalogue.variants if question.catalogue else ()


def _ids(curated: CuratedVariant) -> tuple[str, ...]:
    """The ids of a variant in the shipped tables and in packs, in capital letters."""
    return tuple(id_.upper() for id_ in (curated.id, *curated.other_ids))


def _folded(name: str) -> str:
    return re.sub(r"\s", "", name).casefold()


def _found(identifier: str, is_it: Callable[[CuratedVariant], bool], question: Question) -> tuple[Alternative, ...]:
    if question.catalogue is None:
        raise question.refused("identifiers are looked up in the curated table, which was not given")
    rows = [curated for curated in question.catalogue.variants if is_it(curated)]
    if not rows:
        raise question.refused(
            f"{identifier} is not among the {len(question.catalogue.variants)} curated variants; "
            "give a c. or g. name, or the columns of a VCF"
        )
    note = "{0.id} of the curated table"
    if identifier.startswith("rs"):
        note += "; an rs number names a place, and other alleles of it may share the number"
    return tuple(Alternative(row.alleles[question.model.assembly], note.format(row)) for row in rows)
