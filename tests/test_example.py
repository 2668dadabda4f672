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


def test_the_example_has_nine_people_in_five_files() -> None:
    samples: list[str] = []
    files = [p for p in EXAMPLE.iterdir() if p.name.endswith((".vcf", ".vcf.gz", ".bcf"))]
    for path in files:
        with pysam.VariantFile(str(path)) as variants:
            samples += list(variants.header.samples)
    assert len(files) == 5
    assert len(samples) == len(set(samples)) == 9
