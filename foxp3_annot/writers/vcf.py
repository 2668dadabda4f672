"""The records of the locus as a sorted, indexed VCF with our annotation in INFO."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pysam

from foxp3_annot import __version__
from foxp3_annot.annotation_resource import NO_RESOURCES, AnnotationResources
from foxp3_annot.assembly import assembly_of_contig
from foxp3_annot.callset import CallSet
from foxp3_annot.interpretation import Described
from foxp3_annot.variant import Variant
from foxp3_annot.writers.files import staged

_FIELDS = {
    "FOXP3_HGVSG": "Genomic HGVS name",
    "FOXP3_HGVSC": "HGVS name on NM_014009.4",
    "FOXP3_HGVSP": "Predicted protein change",
    "FOXP3_CONSEQUENCE": "Sequence Ontology terms joined by &, the most severe first",
    "FOXP3_CLASS": "Classification of the curated variant that is this allele",
    "FOXP3_MATCH": "Closest level at which a curated variant was found",
    "FOXP3_ID": "Identifiers of the curated variants found at that level, joined by &",
}
_UNSAFE = re.compile(r"[%;=,\s\x00-\x1f\x7f]")


def write_annotated_vcf(
    target: Path,
    extract: Path,
    call_set: CallSet,
    described: dict[Variant, Described],
    resources: AnnotationResources = NO_RESOURCES,
) -> None:
    """Write `target` (BGZF) and its index; `extract` is the file that the call set was read from."""
    with pysam.VariantFile(str(extract)) as variants:
        header = variants.header
        for key, text in (_FIELDS | dict(_resource_fields(resources))).items():
            if key in header.info:  # of an earlier run: its versions would stay
                header.info.remove_header(key)
            header.add_line(f'##INFO=<ID={key},Number=A,Type=String,Description="{text} (foxp3_annot {__version__})">')
        ours = {record.ordinal: [allele.variant for allele in record.alleles] for record in call_set.records}
        kept = [(record.copy(), ours[ordinal]) for ordinal, record in enumerate(variants) if ordinal in ours]
        _declare_length(header, call_set)
        with staged(target) as stage, staged(Path(f"{target}.tbi")) as index_stage:
            with pysam.VariantFile(str(stage), "wz", header=header) as out:
                for record, alleles in sorted(kept, key=lambda item: (item[0].contig, item[0].pos)):
                    _annotate(record, alleles, described)
                    out.write(record)
            pysam.tabix_index(str(stage), preset="vcf", force=True, index=str(index_stage))


def _declare_length(header: Any, call_set: CallSet) -> None:
    """Give the contig of X its length where the input did not declare the contig."""
    declared = {line.get("ID"): line for line in header.records if line.key == "contig"}
    for name in {record.contig for record in call_set.records}:
        line = declared.get(name)
        if line is None and assembly_of_contig(name) in (None, call_set.assembly):
            header.add_line(f"##contig=<ID={name},length={call_set.assembly.x_length}>")


def _annotate(record: Any, alleles: list[Variant | None], described: dict[Variant, Described]) -> None:
    known = [described[variant] if variant else None for variant in alleles]
    if not any(known):
        return
    for key, value in _VALUES.items():
        record.info[key] = tuple(_encoded(value(one)) if one else "." for one in known)
    said = [dict(_resource_texts(one)) if one else {} for one in known]
    for key in next(filter(None, said), {}):
        record.info[key] = tuple(_encoded(texts.get(key, "")) for texts in said)


def _resource_fields(resources: AnnotationResources) -> Iterator[tuple[str, str]]:
    """The fields of the user's own resources, with what they mean."""
    for one in resources.resources:
        source = f"{one.title} on {one.assembly}"
        yield f"FOXP3_{one.name}_presence", f"Whether the allele is in {source}: found, absent or not_comparable"
        for kind in one.kinds:
            yield f"FOXP3_{one.name}_{kind.name}", f"{kind.meaning}; from {source}, several values joined by |"


def _resource_texts(one: Described) -> Iterator[tuple[str, str]]:
    for said in one.resources:
        yield f"FOXP3_{said.resource.name}_presence", said.presence.value
        for name, value in said.values().items():
            yield f"FOXP3_{said.resource.name}_{name}", "" if value is None else str(value)


_VALUES: dict[str, Callable[[Described], str]] = {
    "FOXP3_HGVSG": lambda one: one.annotation.hgvs_g,
    "FOXP3_HGVSC": lambda one: one.annotation.hgvs_c,
    "FOXP3_HGVSP": lambda one: one.annotation.hgvs_p,
    "FOXP3_CONSEQUENCE": lambda one: "&".join(term.term for term in one.annotation.consequences),
    "FOXP3_CLASS": lambda one: one.match.same_allele.classification.code if one.match.same_allele else "",
    "FOXP3_MATCH": lambda one: one.match.level.value,
    "FOXP3_ID": lambda one: "&".join(curated.id for curated in one.match.curated),
}


def _encoded(text: str) -> str:
    """Percent-encoded where VCF gives a character a meaning; `.` for nothing."""
    return _UNSAFE.sub(lambda match: f"%{ord(match[0]):02X}", text) or "."
