"""What a sample says after a transplant, as plain values of a report."""

from typing import Any

from foxp3_annot.transplant import AfterTransplant
from foxp3_annot.x_state import Attribution


def transplant_values(attribution: Attribution, after: AfterTransplant | None) -> dict[str, Any] | None:
    """The block of a report; None where no transplant is told. Everything in it follows from what was observed."""
    if after is None:
        return None
    host, state = after.host, after.donor_state
    return {
        "attribution": {
            "code": attribution.code,
            "is_patients": attribution.is_patients,
            "negative": attribution.negative,
            "sentence": attribution.sentence,
        },
        "host_fraction": {
            "estimate": host.estimate,
            "interval": list(host.interval),
            "alleles": [
                {
                    "name": one.name,
                    "spdi": one.spdi,
                    "reads": one.reads,
                    "depth": one.depth,
                    "host_share": one.host,
                    "donor_share": one.donor,
                }
                for one in host.alleles
            ],
            "host_copies": host.host_copies,
            "donor_copies": list(host.donor_copies),
        }
        if host
        else None,
        "donor_state": {"code": state.code, "label": state.label} if state else None,
        "donor_supposed_without": after.supposed,
        "sentences": list(after.sentences),
    }
