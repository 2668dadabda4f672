"""How much of a sample after a stem-cell transplant is the patient's own, from alleles which the two do not share.

Of cells of which a share h is the host's, with c copies of the gene each and an allele on a share a of them, the reads
that show the allele have the share (h c a + (1-h) c' a') / (h c + (1-h) c'), the donor's figures being primed. h is
estimated by the greatest binomial likelihood over all informative positions together; its interval holds all values
whose log likelihood is less than 1.92 below (95 %, Wilks). Where the sex of the donor is not known, one copy and two
are both reckoned with.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

STEPS = 1000
"""Steps between no host cell and none but host cells that are tried."""

WITHIN = 1.92
"""Half the 95 % quantile of the chi-squared distribution with one degree of freedom."""

NOISE = 0.001
"""Share of the reads that show an allele by error (Phred 30), so that one stray read excludes nothing."""


@dataclass(frozen=True, slots=True)
class InformativeAllele:
    """An allele whose shares on the copies of host and donor (0, 0.5 or 1) differ, and the reads that show it."""

    name: str
    spdi: str
    reads: int
    depth: int
    host: float
    donor: float


@dataclass(frozen=True)
class HostFraction:
    """The share of the cells that are the host's (0 to 1), with its 95 % interval."""

    alleles: tuple[InformativeAllele, ...]
    host_copies: int
    donor_copies: tuple[int, ...]

    @cached_property
    def _likelihoods(self) -> list[float]:
        return [max(self._of(step / STEPS, copies) for copies in self.donor_copies) for step in range(STEPS + 1)]

    def _of(self, host: float, donor_copies: int) -> float:
        return sum(_log_likelihood(one, host, self.host_copies, donor_copies) for one in self.alleles)

    @property
    def estimate(self) -> float:
        """The value with the greatest likelihood, to three decimals."""
        best = max(self._likelihoods)
        return self._likelihoods.index(best) / STEPS

    @property
    def interval(self) -> tuple[float, float]:
        """The least and the greatest value that the reads leave open."""
        best = max(self._likelihoods)
        inside = [step for step, one in enumerate(self._likelihoods) if one >= best - WITHIN]
        return inside[0] / STEPS, inside[-1] / STEPS


def expected_share(host: float, one: InformativeAllele, host_copies: int, donor_copies: int) -> float:
    """The share of reads that show an allele where a share of the cells is the host's.

    >>> expected_share(0.5, InformativeAllele("", "", 0, 0, 1, 0), 1, 2)  # a boy with cells of his mother
    0.3333333333333333
    """
    mine, theirs = host * host_copies, (1 - host) * donor_copies
    return (mine * one.host + theirs * one.donor) / (mine + theirs)


def _log_likelihood(one: InformativeAllele, host: float, host_copies: int, donor_copies: int) -> float:
    share = min(max(expected_share(host, one, host_copies, donor_copies), NOISE), 1 - NOISE)
    return one.reads * math.log(share) + (one.depth - one.reads) * math.log(1 - share)


def host_fraction(
    alleles: Sequence[InformativeAllele], host_copies: int, donor_copies: int | None
) -> HostFraction | None:
    """The host's share; None where no allele tells the two apart, or none has reads."""
    telling = tuple(one for one in alleles if one.host != one.donor and one.depth > 0)
    if not telling:
        return None
    return HostFraction(telling, host_copies, (donor_copies,) if donor_copies else (1, 2))
