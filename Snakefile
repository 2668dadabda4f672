# FOXP3 variants in sequencing output, annotated against the mutations reported in IPEX.
#
# One job reads one input file (calls or reads) and reports all its samples; a last one puts the reports into one table.
# The steps are subcommands of the program foxp3-annot. What is decided, is decided there: these files only name files.

from snakemake.utils import min_version

min_version("9.12")


configfile: "config/config.yaml"


report: "workflow/report/workflow.rst"


include: "workflow/rules/common.smk"
include: "workflow/rules/call.smk"
include: "workflow/rules/report.smk"
include: "workflow/rules/summary.smk"


rule all:
    default_target: True
    input:
        rules.summary.output,
        REPORTS,
