"""The cells that follow from others: names, places and consequence of an allele, the best reading of it."""

from collections.abc import Iterable

from foxp3_annot.annotation import Annotation, annotate
from foxp3_annot.assembly import Assembly
from foxp3_annot.callset import StructuralAllele
from foxp3_annot.gene import Gene, GeneModel
from foxp3_annot.structural import annotate_structural
from foxp3_annot.transcript import FeatureKind
from foxp3_annot.variant import Variant


def allele_text(variant: Variant, gene: Gene, assembly: Assembly) -> str:
    """`position:ref:alt`, left-aligned and minimal, as the tables write it."""
    edit = variant.vcf(gene.on(assembly).reference)
    return f"{edit.start}:{edit.ref}:{edit.alt}"


def variant_cells(variant: Variant, gene: Gene) -> dict[str, str]:
    """All derived cells of a variant given on GRCh38; `grch37` is empty where it has no place there."""
    annotation = annotate(variant, gene)
    other = annotation.other_build.variant
    return {
        "hgvs_c": short_name(annotation),
        "hgvs_p": annotation.hgvs_p,
        "grch38": allele_text(variant, gene, Assembly.GRCH38),
        "grch37": allele_text(other, gene, Assembly.GRCH37) if other else "",
        "feature": ", ".join(str(feature) for feature in annotation.features),
        "domain": ", ".join([d.name for d in annotation.domains] + [m.name for m in annotation.landmarks]),
        "consequence": ";".join(term.term for term in annotation.consequences),
    }


def short_name(annotation: Annotation) -> str:
    """The c. name without accession; empty outside the transcript."""
    return annotation.hgvs_c.partition(":")[2]


def stretch_features(start: int, end: int, model: GeneModel) -> str:
    """The exons met by a stretch of chromosome X; the intron that holds all of it where it meets none."""
    lesion = annotate_structural(StructuralAllele("DEL", start, end), model)
    if lesion.exons:
        return ", ".join(f"exon {number}" for number in lesion.exons)
    transcript = model.transcript
    within = start in model.window and end in model.window
    feature = transcript.feature(transcript.offset(start)) if within else None
    return str(feature) if feature and feature.kind is FeatureKind.INTRON else ""


def best_reading(codes: Iterable[str], order: list[str]) -> str:
    """The best of several codes of reading; empty where there is none."""
    return min((code for code in codes if code in order), key=order.index, default="")
