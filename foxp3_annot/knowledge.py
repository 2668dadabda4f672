"""What the program knows, read once and handed along."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from foxp3_annot.catalogue import Catalogue, catalogue_of, shipped_catalogue, shipped_pack
from foxp3_annot.errors import InputError
from foxp3_annot.gene import Gene, foxp3
from foxp3_annot.matching import Matcher
from foxp3_annot.pack.folder import Pack, read_pack
from foxp3_annot.pack.schema import CITATIONS

_SHOWN = 5


@dataclass(frozen=True)
class Knowledge:
    """The gene on both builds, the curated table, and the two set against each other."""

    gene: Gene
    catalogue: Catalogue

    @classmethod
    def shipped(cls) -> "Knowledge":
        """What comes with the program."""
        return cls(foxp3(), shipped_catalogue())

    @classmethod
    def with_packs(cls, folders: Sequence[Path]) -> "Knowledge":
        """The shipped tables and the packs in folders, in the order given.

        Raises InputError where a pack has a problem, or two packs share a name, an id_prefix, or the key of a source.
        """
        if not folders:
            return cls.shipped()
        packs: list[Pack] = []
        for folder in folders:
            pack = sound(read_pack(folder), shipped_pack())
            if pack.manifest.name in {other.manifest.name for other in packs}:
                raise InputError(f"{folder}: its name '{pack.manifest.name}' is that of another pack; rename one")
            for other in packs:
                _refuse_to_mix(folder, pack, other)
            packs.append(pack)
        return cls(foxp3(), catalogue_of([shipped_pack(), *packs], foxp3()))

    @classmethod
    def of_folder(cls, folder: Path) -> "Knowledge":
        """A version of the shipped tables from another folder; or the shipped ones and the pack in the folder."""
        pack = read_pack(folder)
        if not pack.manifest.is_shipped:
            return cls.with_packs([folder])
        return cls(foxp3(), catalogue_of([sound(pack, None)], foxp3()))

    @cached_property
    def matcher(self) -> Matcher:
        return Matcher.of(self.catalogue, self.gene)


def _refuse_to_mix(folder: Path, pack: Pack, other: Pack) -> None:
    """InputError where an id or a key would mean one thing in this pack and another in the other."""
    name, prefix = other.manifest.name, pack.manifest.id_prefix
    if prefix == other.manifest.id_prefix:
        raise InputError(f"{folder}: its id_prefix '{prefix}' is that of pack {name}; change one, and the ids with it")
    sources = {row["key"]: dict(row.cells) for row in other.of(CITATIONS)}
    for row in pack.of(CITATIONS):
        if sources.get(row["key"], row.cells) != row.cells:
            raise InputError(f"{folder}: source '{row['key']}' is another one in pack {name}; rename one")


def sound(pack: Pack, shipped: Pack | None) -> Pack:
    """The pack, if nothing is wrong with it; InputError with the first problems otherwise."""
    from foxp3_annot.curation.check import check

    problems = check(pack, foxp3(), shipped)
    if problems:
        shown = "\n".join(f"{pack.folder}/{problem}" for problem in problems[:_SHOWN])
        more = f" and {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else ""
        raise InputError(f"{shown}\n{pack.folder}: {_counted(len(problems))}{more}; see `foxp3-annot knowledge check`")
    return pack


def _counted(problems: int) -> str:
    return f"{problems} problem{'s' * (problems != 1)}"
