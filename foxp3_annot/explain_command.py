"""The command that says why a report says what it says of a variant."""

from pathlib import Path

import click

from foxp3_annot.console import told
from foxp3_annot.errors import InputError


@click.command()
@click.argument("report_file", type=click.Path(path_type=Path), metavar="REPORT.json")
@click.argument("words", nargs=-1, required=True, metavar="VARIANT...")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@told
def explain(report_file: Path, words: tuple[str, ...], as_json: bool) -> None:
    """Say why a report says what it says of a variant, or why it does not name it.

    Every gate is printed with its answer and its figures: records, filters, genotype and sex chromosomes, transplant,
    curated table, evidence, conclusion; for a variant that was not found, whether it is excluded and how surely.
    VARIANT is text as in `lookup`; put text that holds > into quotes.

    \b
    Examples:
      foxp3-annot explain results/reports/BOY.json "c.1150G>A"
      foxp3-annot explain results/reports/BOY.json chrX:49251480:C:T --json
    """
    from dataclasses import asdict

    from foxp3_annot.annotation import annotate
    from foxp3_annot.description import read_description
    from foxp3_annot.errors import Foxp3Error
    from foxp3_annot.knowledge import Knowledge
    from foxp3_annot.report.explain import explain as gates_of
    from foxp3_annot.report.explain import explain_text
    from foxp3_annot.report.json import read_report, report_json
    from foxp3_annot.report.replay import stored

    knowledge = Knowledge.shipped()
    values = read_report(report_file)
    try:
        assembly = stored(values, knowledge.gene).call_set.assembly
    except Foxp3Error as error:
        raise InputError(f"{report_file}: {error}") from error
    text = " ".join(words)
    try:
        found = read_description(text, knowledge.gene, assembly, catalogue=knowledge.catalogue).variants
    except InputError as error:
        try:  # a name that states the other build itself
            found = read_description(text, knowledge.gene, assembly.other, catalogue=knowledge.catalogue).variants
        except InputError:
            raise error from None
    answers = []
    for one in found:
        variant = one if one.assembly is assembly else annotate(one, knowledge.gene).other_build.variant
        if variant is None:
            raise InputError(f"{text}: has no equivalent on {assembly}, the build of the report")
        annotation = annotate(variant, knowledge.gene)
        gates = gates_of(values, variant.spdi(), (annotation.hgvs_c or "", annotation.hgvs_g))
        answers.append((f"{annotation.name} {annotation.hgvs_p}".strip(), annotation.hgvs_g, gates))
    if not as_json:
        for name, hgvs_g, gates in answers:
            click.echo(explain_text(f"{values['sample']['id']}: {name} ({hgvs_g})", gates), nl=False)
        return
    listed = [
        {"name": name, "hgvs_g": hgvs_g, "gates": [asdict(gate) | {"passed": gate.passed.value} for gate in gates]}
        for name, hgvs_g, gates in answers
    ]
    click.echo(report_json({"sample": values["sample"]["id"], "variants": listed}), nl=False)
