# The unit of work is the input file with all its samples: a cohort in one file is read once, whatever its size.
# Which samples a file holds stands in the sheet, not in the names of files, so each file has a rule of its own.

for number, (vcf, call_set) in enumerate(CALL_SETS.items(), start=1):

    rule:
        name:
            f"report_{number}"
        input:
            vcf=calls_of(vcf),
            index=[] if vcf in CALLED else index_of(vcf),
            genome=[] if vcf in CALLED else genome_of(vcf),
            sheet=config["samples"],
            pedigree=[str(PEDIGREE)] if PEDIGREE else [],
            relatives=[str(other) for other in relatives(vcf)],
            relatives_index=[path for other in relatives(vcf) for path in index_of(other)],
            callable=REGIONS[vcf],
            phenopackets=PHENOPACKETS[vcf],
            annotations=[str(path) for path in RESOURCES],
            knowledge=PACKS,
            beside=[str(other) for other in beside(vcf)],
            beside_index=[path for other in beside(vcf) for path in index_of(other)],
        output:
            vcf=f"<results>/annotated/{safe_name(call_set)}.vcf.gz",
            index=f"<results>/annotated/{safe_name(call_set)}.vcf.gz.tbi",
            json=reports_of(vcf, "json"),
            tsv=reports_of(vcf, "tsv"),
            alignments=alignments_of(vcf),
            callability=reports_of(vcf, "callability.tsv"),
            html=report(
                reports_of(vcf, "html"),
                caption="../report/sample.rst",
                category="Samples",
                labels={"file": call_set},
            ),
        log:
            f"<logs>/report/{safe_name(call_set)}.log",
        conda:
            "../envs/foxp3_annot.yaml"
        threads: 1
        resources:
            mem_mb=1000,
            runtime=60,
        params:
            call_set=call_set,
            assembly=config["assembly"],
            annotations=["--annotations", config["annotations"]] if RESOURCES else [],
            knowledge=[word for folder in config.get("knowledge", []) for word in ("--knowledge", folder)],
            reads=READ_OPTIONS if is_alignment_file(vcf) and vcf not in CALLED else [],
            beside=[word for other in beside(vcf) for word in ("--beside", str(other))],
            listed_as=["--listed-as", str(vcf)] if vcf in CALLED else [],
            families=[
                *(["--ped", str(PEDIGREE)] if PEDIGREE else []),
                *(word for name, value in ASSUMED for word in ("--assume", f"{name}={value}")),
                *(word for other in relatives(vcf) for word in ("--relatives", str(other))),
            ],
            results=subpath(output.vcf, ancestor=2),
        shell:
            "foxp3-annot report --samples {input.sheet:q} --call-set {params.call_set:q}"
            " --assembly {params.assembly:q} {params.annotations:q} {params.knowledge:q} {params.reads:q} {params.beside:q} {params.listed_as:q} {params.families:q}"
            " -o {params.results:q} -- {input.vcf:q} > {log:q} 2>&1"


# Rules that need reports take them from here. Given mere names, Snakemake would match each of them against every file
# of every cohort; with 20,000 samples in one file that alone took minutes.
REPORTS = [getattr(rules, f"report_{number}").output for number in range(1, len(CALL_SETS) + 1)]
