"""Computed identifiers of an allele: the GA4GH VRS 2 digest, from the fully justified form."""

import base64
import hashlib
import json
from typing import Any

from foxp3_annot.assembly import build_of
from foxp3_annot.variant import Variant


def vrs_allele(variant: Variant) -> dict[str, Any]:
    """The variant as a VRS 2 Allele, with its identifiers.

    Positions are interbase. An insertion or deletion that repeats or removes reference sequence is a
    ReferenceLengthExpression, anything else a LiteralSequenceExpression (VRS 2.0, normalization of alleles).
    """
    location = {
        "type": "SequenceLocation",
        "sequenceReference": {"type": "SequenceReference", "refgetAccession": build_of(variant.assembly).refget},
        "start": variant.start - 1,
        "end": variant.end,
    }
    state = _state(variant)
    digest = _location_digest(location)
    inherent = {key: value for key, value in state.items() if key != "sequence" or len(state) == 2}
    identifier = _digest({"type": "Allele", "location": digest, "state": inherent})
    return {
        "id": f"ga4gh:VA.{identifier}",
        "type": "Allele",
        "digest": identifier,
        "location": {"id": f"ga4gh:SL.{digest}", **location},
        "state": state,
    }


def vrs_id(variant: Variant) -> str:
    """The VRS 2 identifier of the allele on its build.

    >>> from foxp3_annot.assembly import Assembly
    >>> vrs_id(Variant(Assembly.GRCH38, 49251480, "C", "T"))
    'ga4gh:VA.dbEyX09R1Ud6YBqqO3SYra5AZvZGsHsM'
    """
    identifier: str = vrs_allele(variant)["id"]
    return identifier


def _state(variant: Variant) -> dict[str, Any]:
    ref, alt = variant.ref, variant.alt
    subunit = 0
    if len(alt) < len(ref) and ref.startswith(alt):
        subunit = len(ref) - len(alt)
    elif ref and alt.startswith(ref):
        subunit = _inserted_subunit(ref, alt)
    if not subunit:
        return {"type": "LiteralSequenceExpression", "sequence": alt}
    return {
        "type": "ReferenceLengthExpression",
        "length": len(alt),
        "sequence": alt,
        "repeatSubunitLength": subunit,
    }


def _inserted_subunit(ref: str, alt: str) -> int:
    """The longest repeat of the reference's end, dividing the inserted length, that makes the insertion; 0 for none."""
    inserted = alt[len(ref) :]
    for length in range(min(len(inserted), len(ref)), 0, -1):
        if len(inserted) % length == 0 and inserted == ref[-length:] * (len(inserted) // length):
            return length
    return 0


def _location_digest(location: dict[str, Any]) -> str:
    return _digest({"type": "SequenceLocation"} | location)


def _digest(value: dict[str, Any]) -> str:
    """GA4GH computed digest: sha512t24u of the canonical JSON (RFC 8785)."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(hashlib.sha512(text.encode("utf-8")).digest()[:24]).decode("ascii")
