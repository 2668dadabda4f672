"""A new pack: a descriptor, empty tables, and a page that says what to do next."""

import json
import re
from collections.abc import Mapping
from pathlib import Path

from foxp3_annot.errors import InputError
from foxp3_annot.pack.descriptor import described_resources
from foxp3_annot.pack.folder import DESCRIPTOR
from foxp3_annot.pack.schema import ASSERTIONS, CASES, CITATIONS, FUNCTIONAL, VARIANTS

STARTING_TABLES = (VARIANTS, ASSERTIONS, FUNCTIONAL, CASES, CITATIONS)

_README = """# {title}

A pack of FOXP3 knowledge: rows that `foxp3-annot` shows beside the shipped ones. Tables are plain text, columns
separated by tabs; a spreadsheet may be used, if it saves tab-separated UTF-8.

## A first row, in four steps

1. `citations.tsv`: your source. An unpublished observation of your laboratory is one too:

   | key | kind | reference | read | licence |
   |---|---|---|---|---|
   | {key} | own_observation | {title}, internal record | full_text | {licence} |

2. `variants.tsv`: the variant, in `hgvs_c` alone and in any words that `foxp3-annot lookup` reads, as `c.1150G>A` or
   `chrX:49251480:C:T`. Leave every other cell empty.

3. `foxp3-annot knowledge check {folder} --fix` gives the row its id ({prefix}X0001), both builds, names and place.

4. `assertions.tsv`: what is said of it, under that id:

   | variant_id | classification | stated_as | assigner | date | citations | read |
   |---|---|---|---|---|---|---|
   | {prefix}X0001 | likely_pathogenic | likely pathogenic | {title} | {year} | {key} | full_text |

   Run `foxp3-annot knowledge check {folder} --fix` again. It says `sound` when nothing is left to do.

Then `foxp3-annot run calls.vcf.gz -o results --knowledge {folder}` shows your row in the reports, and
`foxp3-annot lookup c.1150G>A --knowledge {folder}` on the terminal.

## Rules

- A variant that the shipped tables have too keeps their id and all their statements; yours stand beside them, with the
  name of this pack. Where they point the other way, the variant counts as conflicting and is to be reviewed.
- Nothing from memory: `read` says what was read of the source for each row.
- Raise `version` and `created` in `{descriptor}` with every change, so that reports tell which version they used;
  `foxp3-annot knowledge diff OLD NEW` says what changed and `knowledge replay OLD NEW REPORT...` whom it concerns.
- The columns are explained by `foxp3-annot knowledge dictionary`.
"""


def new_pack(folder: Path, *, name: str, title: str, licence: str, prefix: str, created: str) -> Mapping[str, str]:
    """The files of a new pack, by name.

    Raises InputError where the folder holds something already, or a part of the descriptor is not as it must be.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"{folder}: exists and is not an empty folder; name a new one")
    if not re.fullmatch(r"[a-z0-9]+(?:[._-][a-z0-9]+)*", name):
        raise InputError(f"name '{name}': use small letters and digits, joined by . _ or - (--name)")
    if not re.fullmatch(r"[A-Z][A-Z0-9]{0,9}-?", prefix) or prefix == "F":
        raise InputError(f"prefix '{prefix}': use capital letters and digits, as LAB-, other than F (--prefix)")
    if not re.fullmatch(r"20[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])", created):
        raise InputError(f"created '{created}': write the day as 2026-11-21 (--created)")
    if not licence.strip():
        raise InputError("licence: name the terms of the pack, as CC-BY-4.0 (--licence)")
    descriptor = {
        "name": name,
        "title": title,
        "version": "1.0.0",
        "created": f"{created}T00:00:00Z",
        "id_prefix": prefix,
        "licenses": [{"name": licence}],
        "resources": described_resources(STARTING_TABLES),
    }
    files = {table.file: "\t".join(table.names) + "\n" for table in STARTING_TABLES}
    files[DESCRIPTOR] = json.dumps(descriptor, indent=2, ensure_ascii=False) + "\n"
    key = re.sub(r"[^a-z0-9]+", "_", name).strip("_")
    files["README.md"] = _README.format(
        title=title,
        key=key if key[:1].isalpha() else f"lab_{key}",
        licence=licence,
        prefix=prefix,
        folder=folder,
        year=created[:4],
        descriptor=DESCRIPTOR,
    )
    return files
