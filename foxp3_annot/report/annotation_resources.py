"""What the user's own resources say, as plain values and as sentences, the same in every output."""

from typing import Any

from foxp3_annot.annotation_resource import AnnotationValues, Resource


def annotation_values(said: AnnotationValues) -> dict[str, Any]:
    """What one resource says of one variant; a value is null where it gives none, and all are where it is absent."""
    return {
        "name": said.resource.name,
        "version": said.resource.version,
        "assembly": said.resource.assembly.label,
        "presence": said.presence.value,
        "sentence": said.sentence,
        "values": said.values(),
        "records": [list(row) for row in said.rows],
    }


def resource_values(resource: Resource) -> dict[str, Any]:
    """What a resource is, for the provenance: enough to know it again and to read its values."""
    return {
        "name": resource.name,
        "version": resource.version,
        "assembly": resource.assembly.label,
        "file": resource.file.name,
        "bytes": resource.file.size,
        "locus_records": resource.file.records,
        "locus_records_sha256": resource.file.records_sha256,
        "values": [{"name": kind.name, "role": kind.role.code, "meaning": kind.meaning} for kind in resource.kinds],
    }


def sentence_of(said: dict[str, Any]) -> str:
    """What `annotation_values` holds, in a line: where the variant is, and each value that there is."""
    given = [f"{name} {value}" for name, value in said["values"].items() if value is not None]
    return f"{said['sentence']}: {', '.join(given)}" if given else said["sentence"]
