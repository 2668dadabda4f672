"""FOXP3 variants from sequencing output, annotated against the mutations reported in IPEX."""

__version__ = "0.1.0"
