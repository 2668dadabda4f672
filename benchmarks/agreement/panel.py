"""The kept names: eleven programs on alleles that are easy to get wrong, and ClinVar."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from benchmarks.agreement.comparison import Comparison
from foxp3_annot.annotation import Annotation, annotate
from foxp3_annot.assembly import Assembly
from foxp3_annot.description import read_description
from foxp3_annot.errors import DescriptionError
from foxp3_annot.gene import Gene
from foxp3_annot.hgvs import hgvs_c
from foxp3_annot.variant import Variant

NO_CHANGE = ("", "p.?", "p.=", "p.(=)")
"""Protein names that say no change: nothing, not predictable, none."""


def compare_panel(path: Path, gene: Gene, assembly: Assembly) -> Iterator[Comparison]:
    """Every row: is it the same allele, is it the name that VEP and most programs prefer, is it VEP's term."""
    for row in _rows(path):
        found = _annotated(gene, assembly, row)
        kind = "rows under a policy" if row["policy"] else "plain rows"
        coding, terms = _coding(found), _by_program(row["terms"])
        named_c, named_p = _by_program(row["c_names"]), _by_program(row["p_names"])

        def asked(judge: str, field: str, ours: str, theirs: str, kind: str = kind, example: str = "") -> Comparison:
            return Comparison(judge, field, kind, assembly.label, example, ours, theirs)

        example = f"chrX:{found.vcf.start}:{found.vcf.ref}:{found.vcf.alt}"
        for program, name in named_c.items() if coding else ():
            same = coding if _is_same_allele(name, found.variant, gene, assembly) else name
            yield asked(program, "same allele", coding, same, example=example)
        for judge, their_c, their_p in (
            ("Ensembl VEP", named_c.get("vep", ""), named_p.get("vep", "")),
            ("majority of programs", row["c_majority"], row["p_majority"]),
        ):
            ours, theirs = found.hgvs_p, predicted(their_p)
            yield asked(judge, "c. name" if coding else "outside the transcript", coding, their_c, example=example)
            yield asked(judge, protein_field(ours, theirs), ours, theirs, example=f"{example} {coding}")
        ours = found.most_severe.term
        yield asked("Ensembl VEP", "most severe term", ours, terms["vep"], example=f"{example} {coding}")


def compare_clinvar(path: Path, gene: Gene, assembly: Assembly) -> Iterator[Comparison]:
    """The names that ClinVar gives, each on the transcript on which ClinVar names it."""
    build = assembly.label
    for row in _rows(path):
        column = f"{build.lower()}_pos"
        model = gene.on(assembly)
        position = int(row[column])
        if model.reference.fetch(position, position + len(row["ref"]) - 1) != row["ref"]:
            continue  # VCV001283592: the base that is the variant on one build is the reference of the other
        found = _annotated(gene, assembly, row)
        theirs = row["hgvs_c"] if assembly is Assembly.GRCH38 else row["grch37_hgvs_c"]
        named = {t.accession: hgvs_c(found.variant, t).partition(":")[2] for t in model.transcripts}
        if row["transcript"] in named and (theirs or assembly is Assembly.GRCH38):
            kind = "on NM_014009.4" if row["transcript"] == "NM_014009.4" else "on other transcripts"
            yield Comparison("ClinVar", "c. name", kind, build, row["vcv"], named[row["transcript"]], theirs)
        elif assembly is Assembly.GRCH38:
            yield Comparison("ClinVar", "g. name", "outside", build, row["vcv"], found.hgvs_g, row["hgvs_c"])
        ours, theirs = found.hgvs_p, predicted(row["hgvs_p"])
        field = protein_field(ours, theirs)
        yield Comparison("ClinVar", field, "all", build, f"{row['vcv']} {_coding(found)}", ours, theirs)


def protein_field(ours: str, theirs: str) -> str:
    """Whether both name a change of the protein or at most one does."""
    both = ours not in NO_CHANGE and theirs not in NO_CHANGE
    return "p. name" if both else "p. name or none"


def predicted(protein: str) -> str:
    """A protein name in the parentheses of a prediction, as some programs write it and others do not."""
    return re.sub(r"^p\.([^(?=].*)$", r"p.(\1)", protein)


def _annotated(gene: Gene, assembly: Assembly, row: dict[str, str]) -> Annotation:
    position = int(row[f"{assembly.label.lower()}_pos"])
    return annotate(Variant.of(gene.on(assembly).reference, position, row["ref"], row["alt"]), gene)


def _coding(found: Annotation) -> str:
    return found.hgvs_c.partition(":")[2]


def _is_same_allele(name: str, variant: Variant, gene: Gene, assembly: Assembly) -> bool:
    """Whether a c. name, read back, is the variant; repeats (`c.5_9A[7]`) are read as what they spell out."""
    written_out = re.sub(r"([ACGT]+)\[(\d+)\]$", lambda found: f"delins{found[1] * int(found[2])}", name)
    try:
        return read_description(f"NM_014009.4:{written_out}", gene, assembly).variants == (variant,)
    except DescriptionError:
        return False


def _by_program(cell: str) -> dict[str, str]:
    """`name=program,program|name=program` as program to name."""
    found = {}
    for part in cell.split("|") if cell else ():
        name, _, programs = part.rpartition("=")
        found.update(dict.fromkeys(programs.split(","), name))
    return found


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
