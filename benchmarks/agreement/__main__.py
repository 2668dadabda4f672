"""How far our names and terms agree with independent programs: `python -m benchmarks.agreement`.

Prints a table and fails where a disagreement is not covered by benchmarks/names/disagreements.tsv, or where a class
of that list occurs more or less often than it says. `--write` renews its counts and examples.
"""

import argparse
import logging
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from benchmarks.agreement import biocommons, csq
from benchmarks.agreement.alleles import Allele, drawn, substitutions
from benchmarks.agreement.comparison import Comparison, Verdict, read_classes, table, write_classes
from benchmarks.agreement.panel import compare_clinvar, compare_panel, protein_field
from foxp3_annot.assembly import Assembly
from foxp3_annot.gene import GeneModel, foxp3

ROOT = Path(__file__).resolve().parents[2]
NAMES = ROOT / "benchmarks" / "names"
CLINVAR = ROOT / "tests" / "cases" / "clinvar_names.tsv"


def with_biocommons(model: GeneModel) -> Iterator[Comparison]:
    """g., c. and p. names of the substitutions of the transcript and of the drawn alleles of the window."""
    gene, transcript = foxp3(), model.transcript
    within = range(transcript.start, transcript.end)
    chosen = [one for one in substitutions(gene, model) if transcript.offset(one.start) in within]
    program = f"biocommons hgvs {biocommons.VERSION}"
    for allele, (named_g, named_c, named_p) in biocommons.names(model, [*chosen, *drawn(gene, model)]):
        ours = allele.ours
        coding = ours.hgvs_c.partition(":")[2]
        for field, one, two, example in (
            ("g. name", ours.hgvs_g.partition(":")[2], named_g, allele.spelling),
            ("c. name" if coding else "outside the transcript", coding, named_c, allele.spelling),
            (protein_field(ours.hgvs_p, named_p), ours.hgvs_p, named_p, f"{allele.spelling} {coding}"),
        ):
            yield Comparison(program, field, allele.kind, model.assembly.label, example, one, two)


def with_csq(model: GeneModel) -> Iterator[Comparison]:
    """Terms of every substitution of the window and of the drawn alleles; what only one says is compared."""
    gene = foxp3()
    alleles: list[Allele] = [*substitutions(gene, model), *drawn(gene, model)]
    for allele, ours, theirs in csq.terms(model, alleles):
        example = f"{allele.spelling} {allele.ours.hgvs_c.partition(':')[2]}"
        one, two = "&".join(sorted(ours - theirs)), "&".join(sorted(theirs - ours))
        yield Comparison(f"bcftools csq {csq.VERSION}", "terms", allele.kind, model.assembly.label, example, one, two)


def with_panel(model: GeneModel) -> Iterator[Comparison]:
    """The kept names of eleven programs, and those of ClinVar."""
    yield from compare_panel(NAMES / "panel.tsv", foxp3(), model.assembly)
    yield from compare_clinvar(CLINVAR, foxp3(), model.assembly)


JUDGES: tuple[Callable[[GeneModel], Iterator[Comparison]], ...] = (with_biocommons, with_csq, with_panel)


def compared(task: tuple[int, Assembly]) -> list[Comparison]:
    """All comparisons of one judge on one build."""
    logging.getLogger("hgvs").setLevel(logging.CRITICAL)
    judge, assembly = task
    return list(JUDGES[judge](foxp3().on(assembly)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--write", action="store_true", help="renew counts and examples of the kept list")
    chosen = parser.parse_args()
    verdict = Verdict(read_classes(NAMES / "disagreements.tsv"))
    tasks = [(judge, assembly) for judge in range(len(JUDGES)) for assembly in Assembly]
    with ProcessPoolExecutor() as pool:
        for comparisons in pool.map(compared, tasks):
            for one in comparisons:
                verdict.add(one)
    print("\n".join(table(verdict.scores)))
    if chosen.write:
        write_classes(NAMES / "disagreements.tsv", verdict.renewed())
        verdict.classes = read_classes(NAMES / "disagreements.tsv")
    for remark in verdict.remarks():
        print(remark)
    faults = verdict.faults()
    for fault in faults[:200]:
        print(fault, file=sys.stderr)
    sys.exit(f"{len(faults)} faults" if faults else 0)


if __name__ == "__main__":
    main()
