# The configuration and the sample sheet, checked before any job starts, and the names that follow from them.

from pathlib import Path

from snakemake.exceptions import WorkflowError
from snakemake.utils import validate

from foxp3_annot.errors import InputError
from foxp3_annot.pack.folder import files_of_pack
from foxp3_annot.readers.annotation_declaration import files_of
from foxp3_annot.readers.samples import call_set_names, read_sample_sheet
from foxp3_annot.writers.files import safe_name

validate(config, "../schemas/config.schema.json")

try:
    SHEET = read_sample_sheet(Path(config["samples"]), need_vcf=True)
    CALL_SETS = call_set_names(SHEET.files())  # input file -> its name in the results
    PACKS = [str(file) for folder in config.get("knowledge", []) for file in files_of_pack(Path(folder))]
    RESOURCES = files_of(Path(config["annotations"])) if config.get("annotations") else []
except InputError as error:
    raise WorkflowError(str(error)) from None

SAMPLES = {vcf: [] for vcf in CALL_SETS}
REGIONS = {vcf: [] for vcf in CALL_SETS}  # files of callable regions, each once
for row in SHEET.rows:
    SAMPLES[row.vcf].append(row.sample)
    if row.callable_regions and str(row.callable_regions) not in REGIONS[row.vcf]:
        REGIONS[row.vcf].append(str(row.callable_regions))


def index_of(vcf):
    """The index beside a file, which a job reads too; none where there is none, for a plain VCF needs none."""
    return [f"{vcf}{ending}" for ending in (".tbi", ".csi") if Path(f"{vcf}{ending}").exists()]


def reports_of(vcf, ending):
    """The reports of all samples that the sheet names for a file, in one format."""
    return [f"<results>/reports/{safe_name(sample)}.{ending}" for sample in SAMPLES[vcf]]
