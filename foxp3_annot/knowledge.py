"""What the program knows, read once and handed along."""

from dataclasses import dataclass
from functools import cached_property

from foxp3_annot.catalogue import Catalogue, shipped_catalogue
from foxp3_annot.gene import Gene, foxp3
from foxp3_annot.matching import Matcher


@dataclass(frozen=True)
class Knowledge:
    """The gene on both builds, the curated table, and the two set against each other."""

    gene: Gene
    catalogue: Catalogue

    @classmethod
    def shipped(cls) -> "Knowledge":
        """What comes with the program."""
        return cls(foxp3(), shipped_catalogue())

    @cached_property
    def matcher(self) -> Matcher:
        return Matcher.of(self.catalogue, self.gene)
