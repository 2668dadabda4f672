"""The `knowledge` commands: check, start, show, count, compare and import knowledge tables, and replay reports."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from foxp3_annot.console import progress, told
from foxp3_annot.errors import InputError

if TYPE_CHECKING:
    from foxp3_annot.pack.folder import Pack, Problem

FOLDER = click.Path(path_type=Path)


@click.group()
def knowledge() -> None:
    """Work on the tables of what is known: the shipped ones and packs of your own.

    \b
    Examples:
      foxp3-annot knowledge new our-pack
      foxp3-annot knowledge check our-pack --fix
      foxp3-annot knowledge show c.1150G>A
    """


def _shipped_folder() -> Path:
    from foxp3_annot.resources import resource_root

    return resource_root() / "knowledge"


def _shipped_beside(pack: "Pack") -> "Pack | None":
    """The shipped tables, to which the rows of a pack may refer; None for a version of those tables themselves."""
    from foxp3_annot.catalogue import shipped_pack

    return None if pack.manifest.is_shipped else shipped_pack()


@knowledge.command()
@click.argument("folder", required=False, type=FOLDER, metavar="[DIR]")
@click.option("--fix", is_flag=True, help="Fill empty derived cells, give ids, sort rows; nothing else is changed.")
@told
def check(folder: Path | None, fix: bool) -> None:
    """Prove the tables of a folder: form, bases, names, both builds, sources, people; all problems at once.

    Without DIR the shipped tables are checked. Exit status: 0 sound, 1 problems, 2 cannot be read.

    \b
    Example:
      foxp3-annot knowledge check our-pack --fix
    """
    from foxp3_annot.curation.check import check as problems_of
    from foxp3_annot.gene import foxp3
    from foxp3_annot.pack.folder import read_pack

    folder = folder or _shipped_folder()
    pack = read_pack(folder)
    unfilled = _fixed(folder, pack) if fix else ()
    if fix:
        pack = read_pack(folder)
    found = problems_of(pack, foxp3(), _shipped_beside(pack))
    told_already = {(one.file, one.column, one.value) for one in unfilled}
    shown = [*unfilled, *(one for one in found if (one.file, one.column, one.value) not in told_already)]
    for problem in shown:
        click.echo(f"{folder / problem.file}{str(problem)[len(problem.file) :]}")
    rows = sum(map(len, pack.rows.values()))
    if shown:
        click.echo(f"{folder}: {len(shown)} problem{'s' * (len(shown) != 1)} in {rows:,} rows", err=True)
        sys.exit(1)
    click.echo(f"{folder}: sound ({rows:,} rows in {len(pack.rows)} tables)")


def _fixed(folder: Path, pack: "Pack") -> tuple["Problem", ...]:
    """Write the completed tables; what could not be filled is returned."""
    from foxp3_annot.catalogue import shipped_catalogue
    from foxp3_annot.curation.complete import complete
    from foxp3_annot.gene import foxp3

    if pack.unread:
        said = "\n".join(f"{folder}/{problem}" for problem in pack.unread[:10])
        raise InputError(f"{said}\n{folder}: not changed, since a part could not be read and would be lost")
    shipped = _shipped_beside(pack)
    done = complete(pack, foxp3(), shipped_catalogue() if shipped else None, shipped)
    _write(folder, {name: text for name, text in done.files.items() if _differs(folder / name, text)})
    for line in done.filled:
        click.echo(f"filled {line}")
    return done.problems


def _differs(path: Path, text: str) -> bool:
    return not path.exists() or path.read_bytes() != text.encode()


def _write(folder: Path, files: Mapping[str, str]) -> None:
    from foxp3_annot.writers.files import write_text

    for name, text in files.items():
        write_text(folder / name, text)


@knowledge.command()
@click.argument("folder", type=FOLDER, metavar="DIR")
@click.option("--name", help="Name of the pack in reports; the folder's name otherwise.")
@click.option("--title", help="What the pack is, in a line.")
@click.option("--licence", default="not for redistribution", show_default=True, help="Terms of the pack, as CC-BY-4.0.")
@click.option("--prefix", default="LAB-", show_default=True, help="What ids of its rows start with.")
@click.option("--created", metavar="YYYY-MM-DD", help="Day of this version; today otherwise.")
@told
def new(folder: Path, name: str | None, title: str | None, licence: str, prefix: str, created: str | None) -> None:
    """Start a pack of your own: a folder with a descriptor, empty tables, and a page on the first row.

    \b
    Example:
      foxp3-annot knowledge new our-pack --title "Genetics Utrecht" --prefix UTR-
    """
    import datetime
    import re

    from foxp3_annot.curation.scaffold import new_pack

    name = name or re.sub(r"[^a-z0-9]+", "-", folder.resolve().name.lower()).strip("-") or "our-pack"
    title = " ".join((title or name).split())
    try:
        day = datetime.date.fromisoformat(created).isoformat() if created else datetime.date.today().isoformat()
    except ValueError as error:
        raise InputError(f"--created {created}: write a day as 2026-11-21") from error
    _write(folder, new_pack(folder, name=name, title=title, licence=licence, prefix=prefix, created=day))
    click.echo(f"{folder}: a pack named {name}; {folder / 'README.md'} says how its first row is added")


@knowledge.command()
@click.argument("words", nargs=-1, required=True, metavar="VARIANT...")
@click.option("--knowledge", "packs", multiple=True, type=FOLDER, metavar="DIR", help="Pack of your own.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@told
def show(words: tuple[str, ...], packs: tuple[Path, ...], as_json: bool) -> None:
    """All that the tables hold on a variant, a structural lesion (FS...) or an unplaced mutation (FU...).

    \b
    Examples:
      foxp3-annot knowledge show c.1150G>A
      foxp3-annot knowledge show FS0001
    """
    from foxp3_annot.curation.dossier import dossier, dossier_text
    from foxp3_annot.knowledge import Knowledge
    from foxp3_annot.report.json import report_json

    found = dossier(" ".join(words), Knowledge.with_packs(packs))
    click.echo(report_json(found) if as_json else dossier_text(found), nl=False)


@knowledge.command()
@click.option("--knowledge", "packs", multiple=True, type=FOLDER, metavar="DIR", help="Pack of your own.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@told
def stats(packs: tuple[Path, ...], as_json: bool) -> None:
    """What the tables hold, in numbers: by class, by what was read, by kind of source.

    \b
    Example:
      foxp3-annot knowledge stats --knowledge our-pack
    """
    from foxp3_annot.curation.statistics import statistics, statistics_text
    from foxp3_annot.knowledge import Knowledge
    from foxp3_annot.report.json import report_json

    known = Knowledge.with_packs(packs)
    values = statistics(known.catalogue, known.gene)
    click.echo(report_json(values) if as_json else statistics_text(values), nl=False)


@knowledge.command()
@click.argument("old", type=FOLDER)
@click.argument("new", type=FOLDER)
@told
def diff(old: Path, new: Path) -> None:
    """What changed between two versions of the tables or of a pack, allele by allele.

    \b
    Example:
      foxp3-annot knowledge diff our-pack-1.0 our-pack
    """
    from foxp3_annot.curation.compare import ChangeKind, compare, compare_rows
    from foxp3_annot.knowledge import Knowledge
    from foxp3_annot.pack.folder import read_pack

    changes = compare(Knowledge.of_folder(old).catalogue, Knowledge.of_folder(new).catalogue)
    rows = compare_rows(read_pack(old), read_pack(new))
    for change in (*changes, *rows):
        click.echo(str(change))
    counts = [(kind.value, sum(change.kind is kind for change in changes)) for kind in ChangeKind]
    counts.append(("in other tables", len(rows)))
    click.echo("; ".join(f"{count} {kind}" for kind, count in counts if count) or "no difference")


@knowledge.command()
@click.argument("old", type=FOLDER)
@click.argument("new", type=FOLDER)
@click.argument("reports", nargs=-1, required=True, type=FOLDER, metavar="REPORT.json...")
@click.option("-o", "--output", type=FOLDER, help="Folder for the reports as they are under NEW (JSON).")
@told
def replay(old: Path, new: Path, reports: tuple[Path, ...], output: Path | None) -> None:
    """Which stored sample reports change with the knowledge, computed from the reports alone.

    Each report is made again under OLD and under NEW, and the differences are printed as a table: report, sample,
    variant, what, before, after. A report that OLD does not give back as it stands is named on standard error.

    \b
    Example:
      foxp3-annot knowledge replay our-pack-1.0 our-pack results/reports/*.json -o replayed
    """
    from foxp3_annot.errors import Foxp3Error
    from foxp3_annot.knowledge import Knowledge
    from foxp3_annot.report.changes import changes_between
    from foxp3_annot.report.json import read_report, report_json
    from foxp3_annot.report.replay import replayed
    from foxp3_annot.writers.files import write_text
    from foxp3_annot.writers.tables import table

    before, after = Knowledge.of_folder(old), Knowledge.of_folder(new)
    rows: list[dict[str, str]] = []
    changed = 0
    made: dict[str, str] = {}
    for path in reports:
        progress(f"replaying {path.name}")
        stored = read_report(path)
        try:
            one, two = replayed(stored, before), replayed(stored, after)
        except Foxp3Error as error:
            raise InputError(f"{path}: {error}") from error
        if changes_between(stored, one):
            click.echo(f"{path}: differs from what {old} gives; it was made with other knowledge", err=True)
        changes = changes_between(one, two)
        changed += bool(changes)
        rows += [
            {
                "report": path.name,
                "sample": change.sample,
                "variant": change.hgvs_c,
                "what": change.what.label,
                "before": change.before,
                "after": change.after,
            }
            for change in changes
        ]
        if path.name in made:
            raise InputError(f"{path}: another report given has the same file name; replay them apart")
        made[path.name] = report_json(two)
    click.echo(table(("report", "sample", "variant", "what", "before", "after"), rows), nl=False)
    if output:
        for name, text in made.items():
            write_text(output / name, text)
    click.echo(f"{changed} of {len(reports)} reports change", err=True)


@knowledge.command()
@told
def dictionary() -> None:
    """Print the data dictionary of the tables, as Markdown.

    \b
    Example:
      foxp3-annot knowledge dictionary > dictionary.md
    """
    from foxp3_annot.curation.dictionary import dictionary as printed

    click.echo(printed(), nl=False)


@knowledge.group(name="import")
def import_() -> None:
    """Propose rows from files of public databases that you have downloaded; nothing is overwritten."""


@import_.command()
@click.argument("file", type=FOLDER)
@click.option("-o", "--output", required=True, type=FOLDER, help="New folder for the proposed pack.")
@click.option("--knowledge", "packs", multiple=True, type=FOLDER, metavar="DIR", help="Pack of your own.")
@told
def clinvar(file: Path, output: Path, packs: tuple[Path, ...]) -> None:
    """Compare a ClinVar VCF or variant_summary.txt with the tables and propose what is new, as a pack.

    Beside the pack stands comparison.md: every record with its verdict, those that disagree first.

    \b
    Example:
      foxp3-annot knowledge import clinvar clinvar.vcf.gz -o clinvar-proposal
    """
    from foxp3_annot.curation.clinvar import (
        Verdict,
        compare_with_clinvar,
        comparison_page,
        proposal,
        without_record,
    )
    from foxp3_annot.curation.scaffold import new_pack
    from foxp3_annot.knowledge import Knowledge
    from foxp3_annot.readers.clinvar import read_clinvar

    known = Knowledge.with_packs(packs)
    progress(f"reading {file.name}")
    records = read_clinvar(file, known.gene)
    compared = compare_with_clinvar(records, known.catalogue)
    dates = [record.evaluated for record in records if len(record.evaluated) == 10]
    files = dict(
        new_pack(
            output,
            name="clinvar-proposal",
            title=f"Proposed from {file.name}",
            licence="public domain",
            prefix="CLINVAR-",
            created=max(dates, default="2026-01-01"),
        )
    )
    files |= proposal(compared, known.gene, "CLINVAR-", file.name)
    files["comparison.md"] = comparison_page(compared, without_record(records, known.catalogue), file.name)
    _write(output, files)
    counts = [(verdict.value, sum(one.verdict is verdict for one in compared)) for verdict in Verdict]
    click.echo(f"{len(records)} records: " + "; ".join(f"{count} {what}" for what, count in counts if count))
    click.echo(f"{output}: proposed rows, and comparison.md")
