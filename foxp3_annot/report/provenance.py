"""On what basis a report was made: versions, checksums, command and settings, with no clock in it."""

import platform
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from foxp3_annot import __version__
from foxp3_annot.annotation_resource import NO_RESOURCES, AnnotationResources
from foxp3_annot.callset import CallSetOutline
from foxp3_annot.catalogue import Catalogue
from foxp3_annot.gene import Gene
from foxp3_annot.pack.folder import SHIPPED_NAME
from foxp3_annot.report.annotation_resources import resource_values
from foxp3_annot.report.evidence import rules_values
from foxp3_annot.report.phenotype import picture_rules_values

LIBRARIES = ("pysam", "biopython", "jinja2", "click")


@dataclass(frozen=True, slots=True)
class Settings:
    """How the program was called: the command line without output places, what the configuration set, and
    the resources that were given.
    """

    command: str
    configuration: dict[str, str]
    resources: AnnotationResources = NO_RESOURCES


@cache
def versions() -> dict[str, str]:
    """The versions of the program and of what it is built on."""
    from importlib.metadata import version  # slow to load, and needed only where a report is made

    return {"foxp3_annot": __version__, "python": platform.python_version()} | {
        name: version(name) for name in LIBRARIES
    }


def pack_options(names: Iterable[str]) -> str:
    """The end of the command that names the packs beside the shipped one."""
    return "".join(f" --knowledge {name}" for name in names if name != SHIPPED_NAME)


def provenance(call_set: CallSetOutline, gene: Gene, catalogue: Catalogue, settings: Settings) -> dict[str, Any]:
    """The provenance block of a report."""
    model = gene.on(call_set.assembly)
    return {
        "versions": dict(versions()),
        "command": settings.command + pack_options(manifest.name for manifest, _ in catalogue.packs),
        "configuration": dict(sorted(settings.configuration.items())),
        "input": {
            "file": call_set.source.name,
            "bytes": call_set.source.size,
            "sha256": call_set.source.sha256,
            "locus_records_sha256": call_set.source.extract_sha256,
        },
        "reference": {
            "assembly": model.assembly.label,
            "chromosome": model.assembly.accession,
            "window": f"{model.window.start}-{model.window.end}",
            "transcript": model.transcript.accession,
            "protein": model.transcript.protein_accession,
            "digest": gene.digest,
        },
        "knowledge": {
            "variants": len(catalogue.variants),
            "packs": [
                {
                    "name": manifest.name,
                    "version": manifest.version,
                    "created": manifest.created,
                    "licence": manifest.licence,
                    "sha256": digest,
                }
                for manifest, digest in catalogue.packs
            ],
        },
        "rules": [rules_values(), picture_rules_values()],
        "annotations": [resource_values(one) for one in settings.resources.resources],
    }
