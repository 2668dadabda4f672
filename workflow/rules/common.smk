# The configuration and the sample sheet, checked before any job starts, and the names that follow from them.

from pathlib import Path

from snakemake.exceptions import WorkflowError
from snakemake.utils import validate

from foxp3_annot.errors import InputError
from foxp3_annot.gene import foxp3
from foxp3_annot.pack.folder import files_of_pack
from foxp3_annot.readers.alignments import is_alignment_file, region_of
from foxp3_annot.readers.annotation_declaration import files_of
from foxp3_annot.readers.families import with_families
from foxp3_annot.readers.samples import call_set_names, read_sample_sheet
from foxp3_annot.writers.files import safe_name

validate(config, "../schemas/config.schema.json")

try:
    PEDIGREE = Path(config["ped"]) if config.get("ped") else None
    ASSUMED = [(name, str(value)) for name, value in sorted(config.get("assume", {}).items())]
    SHEET = with_families(read_sample_sheet(Path(config["samples"]), need_vcf=True), PEDIGREE, ASSUMED)
    CALL_SETS = call_set_names(SHEET.files())  # input file -> its name in the results
    PACKS = [str(file) for folder in config.get("knowledge", []) for file in files_of_pack(Path(folder))]
    RESOURCES = files_of(Path(config["annotations"])) if config.get("annotations") else []
except InputError as error:
    raise WorkflowError(str(error)) from None

FAMILIES = {}  # input file -> the families that it has samples of
for row in SHEET.rows:
    if row.patient.family:
        FAMILIES.setdefault(row.vcf, set()).add(row.patient.family.pedigree.id)

SAMPLES = {vcf: [] for vcf in CALL_SETS}
REGIONS = {vcf: [] for vcf in CALL_SETS}  # files of callable regions, each once
PHENOPACKETS = {vcf: [] for vcf in CALL_SETS}
for row in SHEET.rows:
    SAMPLES[row.vcf].append(row.sample)
    if row.callable_regions and str(row.callable_regions) not in REGIONS[row.vcf]:
        REGIONS[row.vcf].append(str(row.callable_regions))
    if row.phenopacket:
        PHENOPACKETS[row.vcf].append(str(row.phenopacket))


CALLER = config.get("caller", "bcftools")
GENOME = config.get("genome")
CALLED = {vcf: name for vcf, name in CALL_SETS.items() if CALLER != "bcftools" and is_alignment_file(vcf)}
if CALLED and not GENOME:
    raise WorkflowError(f"`caller: {CALLER}` needs the genome that reads were aligned to; name it in key `genome`")

# The options of `foxp3-annot report` that bear on reads.
READ_OPTIONS = [
    word for key, value in config.get("reads", {}).items() for word in (f"--{key.replace('_', '-')}", str(value))
]
if GENOME:
    READ_OPTIONS += ["--genome", GENOME]
if not config.get("mini_bam", True):
    READ_OPTIONS += ["--no-mini-bam"]


def relatives(vcf):
    """Other files with people of the same families, read for what they carry."""
    mine = FAMILIES.get(vcf, set())
    return [other for other in CALL_SETS if other != vcf and mine & FAMILIES.get(other, set())]


def index_of(vcf):
    """The index beside a file, which a job reads too; none where there is none, for a plain VCF needs none."""
    named = [Path(f"{vcf}{ending}") for ending in (".tbi", ".csi", ".bai", ".crai")]
    if is_alignment_file(vcf):
        named += [vcf.with_suffix(ending) for ending in (".bai", ".csi", ".crai")]
    return [str(path) for path in named if path.exists()]


def genome_of(vcf):
    """The genome and its indices, for files that hold reads."""
    if not GENOME or not is_alignment_file(vcf):
        return []
    return [GENOME, *(f"{GENOME}{ending}" for ending in (".fai", ".gzi") if Path(f"{GENOME}{ending}").exists())]


def alignments_of(vcf):
    """The reads of the locus that are kept, for each sample."""
    if not is_alignment_file(vcf) or vcf in CALLED or not config.get("mini_bam", True):
        return []
    return [f"<results>/alignments/{safe_name(sample)}.bam{end}" for sample in SAMPLES[vcf] for end in ("", ".bai")]


def calls_of(vcf):
    """What a report is made from: the calls of another caller, or the file itself."""
    return f"<results>/calls/{safe_name(CALLED[vcf])}.g.vcf.gz" if vcf in CALLED else str(vcf)


COMPARED = [
    vcf for vcf in CALL_SETS if is_alignment_file(vcf) and vcf not in CALLED and config.get("compare_depth", True)
]
MOST_COMPARED = 20


def beside(vcf):
    """Other files of reads, whose depth that of captured reads is held against."""
    return [other for other in COMPARED if other != vcf][:MOST_COMPARED] if vcf in COMPARED else []


def only_males(vcf):
    """Whether all samples of a file are declared male, so that it can be called with one copy."""
    return all(row.sex.value == "male" for row in SHEET.rows if row.vcf == vcf)


def region_in(vcf):
    """The locus as the file spells it; a file that cannot be read stops the workflow with its reason."""
    try:
        return region_of(vcf, foxp3())
    except InputError as error:
        raise WorkflowError(str(error)) from None


def reports_of(vcf, ending):
    """The reports of all samples that the sheet names for a file, in one format."""
    return [f"<results>/reports/{safe_name(sample)}.{ending}" for sample in SAMPLES[vcf]]
