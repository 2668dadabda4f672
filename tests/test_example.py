"""The bundled example is what its script makes."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pysam

EXAMPLE = Path(__file__).parents[1] / "resources" / "example"


def script() -> ModuleType:
    """The script as a module; dataclasses look their module up by name, so it must be registered."""
    spec = importlib.util.spec_from_file_location("make_example", EXAMPLE / "make_example.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["make_example"] = module
    spec.loader.exec_module(module)
    return module


def test_the_script_makes_the_files_that_are_there(tmp_path: Path) -> None:
    module = script()
    module.main(tmp_path)
    made = sorted(p.name for p in tmp_path.iterdir())
    assert made == sorted(p.name for p in EXAMPLE.iterdir() if p.suffix not in (".py", ".md") and p.is_file())
    for name in made:
        if name.endswith((".vcf", ".vcf.gz", ".bcf")):
            with pysam.VariantFile(str(tmp_path / name)) as one, pysam.VariantFile(str(EXAMPLE / name)) as two:
                assert [str(record) for record in one] == [str(record) for record in two]
                assert list(one.header.samples) == list(two.header.samples)
        if name.endswith(".bam"):
            with pysam.AlignmentFile(str(tmp_path / name)) as one, pysam.AlignmentFile(str(EXAMPLE / name)) as two:
                assert one.header.to_dict() == two.header.to_dict()
                assert [str(read) for read in one.fetch(until_eof=True)] == [
                    str(read) for read in two.fetch(until_eof=True)
                ]


def test_the_example_has_eleven_people_in_seven_files() -> None:
    samples: list[str] = []
    files = [p for p in EXAMPLE.iterdir() if p.name.endswith((".vcf", ".vcf.gz", ".bcf"))]
    for path in files:
        with pysam.VariantFile(str(path)) as variants:
            samples += list(variants.header.samples)
    reads = list(EXAMPLE.glob("*.bam"))
    for path in reads:
        with pysam.AlignmentFile(str(path), check_sq=False) as alignments:
            samples += [group["SM"] for group in alignments.header.to_dict()["RG"]]
    assert (len(files), len(reads)) == (5, 2)
    assert len(samples) == len(set(samples)) == 11
    assert sum(path.stat().st_size for path in EXAMPLE.glob("*.bam*")) < 400_000
