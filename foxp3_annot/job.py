"""What is asked: input files, their names and builds, what the sheet says of their samples, and how reads count."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from foxp3_annot.assembly import Assembly
from foxp3_annot.errors import InputError
from foxp3_annot.genotype import Sex
from foxp3_annot.patient import Karyotype
from foxp3_annot.readers.alignments import ReadSettings, is_alignment_file
from foxp3_annot.readers.samples import SampleRow, SampleSheet


@dataclass(frozen=True)
class Job:
    """One input file, its name, the build where it is stated, and what the sheet says of its samples.

    With `only_listed` samples that no row names get no report. `callable_regions` is the BED file that holds for
    samples whose row names none; `pedigree` is the file from which the families of its rows come.
    """

    path: Path
    name: str
    assembly: Assembly | None = None
    rows: tuple[SampleRow, ...] = ()
    only_listed: bool = False
    settings: ReadSettings = field(default_factory=ReadSettings)
    callable_regions: Path | None = None
    pedigree: Path | None = None

    @property
    def is_alignment(self) -> bool:
        """Whether the file holds reads."""
        return is_alignment_file(self.path)

    def row_of(self, name_in_file: str) -> SampleRow | None:
        """What the sheet says of a sample of the file."""
        return next((row for row in self.rows if row.name_in_file == name_in_file), None)

    def sex_of(self, name_in_file: str, stated: Mapping[str, Sex]) -> Sex:
        """The sex of a sample: as stated on the command line under any of its names, else from the sheet."""
        for key in self.names_of(name_in_file):
            if key in stated:
                return stated[key]
        row = self.row_of(name_in_file)
        return row.sex if row else Sex.UNKNOWN

    def karyotype_of(self, name_in_file: str, stated: Mapping[str, Sex]) -> Karyotype:
        """The sex chromosomes of a sample: those of its row, else those usual for its sex."""
        row = self.row_of(name_in_file)
        declared = row.patient.karyotype if row else None
        return declared or Karyotype.of_sex(self.sex_of(name_in_file, stated))

    def names_of(self, name_in_file: str) -> tuple[str, str]:
        """The names under which the sex of a sample can be stated, the longer first."""
        row = self.row_of(name_in_file)
        id_ = row.sample if row else name_in_file
        return f"{self.name}.{id_}", id_


def jobs_of(
    names: Mapping[Path, str],
    sheet: SampleSheet,
    assembly: Assembly | None,
    *,
    only_listed: bool = False,
    settings: ReadSettings | None = None,
    listed_as: Path | None = None,
    callable_regions: Path | None = None,
    pedigree: Path | None = None,
) -> list[Job]:
    """A job for each file. A build stated in a row counts for its file; rows of one file must not differ.

    With `listed_as` the rows are those of another file, from which this one was made.
    """
    jobs = []
    for path, name in names.items():
        rows = sheet.of_file(listed_as or path)
        stated = {row.assembly for row in rows if row.assembly and row.vcf}
        if len(stated) > 1:
            raise InputError(f"{path}: the rows of the sample sheet state different builds for this file; keep one")
        settings = settings or ReadSettings()
        jobs.append(
            Job(path, name, next(iter(stated), assembly), rows, only_listed, settings, callable_regions, pedigree)
        )
    return jobs


def jobs_beside(
    paths: Iterable[Path], sheet: SampleSheet, assembly: Assembly | None, settings: ReadSettings
) -> list[Job]:
    """Files of which only the depth is wanted; InputError for one that holds no reads."""
    paths = list(dict.fromkeys(paths))
    for path in paths:
        if not is_alignment_file(path):
            raise InputError(f"--beside {path}: depth is counted in reads; name a BAM or CRAM file")
    return jobs_of({path: path.stem for path in paths}, sheet, assembly, settings=settings)
