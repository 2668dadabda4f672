# Other callers for BAM and CRAM files, by `caller` in the configuration: a gVCF of the locus, from which the report is
# made. Each file needs an index. The containers are used with --software-deployment-method apptainer (or conda).

for number, (vcf, call_set) in enumerate(CALLED.items(), start=1):

    if CALLER == "deepvariant":

        rule:
            name:
                f"call_{number}"
            input:
                reads=str(vcf),
                index=index_of(vcf),
                genome=genome_of(vcf),
            output:
                calls=f"<results>/calls/{safe_name(call_set)}.g.vcf.gz",
                variants=temp(f"<results>/calls/{safe_name(call_set)}.vcf.gz"),
            log:
                f"<logs>/call/{safe_name(call_set)}.log",
            container:
                "docker://google/deepvariant:1.8.0"
            threads: 4
            resources:
                mem_mb=8000,
                runtime=60,
            params:
                region=region_in(vcf),
                model=config.get("deepvariant_model", "WGS"),
                haploid=["--haploid_contigs", region_in(vcf).rsplit(":", 1)[0]] if only_males(vcf) else [],
            shell:
                "run_deepvariant --model_type={params.model:q} --ref={input.genome[0]:q} --reads={input.reads:q}"
                " --regions={params.region:q} {params.haploid:q} --output_vcf={output.variants:q}"
                " --output_gvcf={output.calls:q} --num_shards={threads} > {log:q} 2>&1"

    else:

        rule:
            name:
                f"call_{number}"
            input:
                reads=str(vcf),
                index=index_of(vcf),
                genome=genome_of(vcf),
            output:
                calls=f"<results>/calls/{safe_name(call_set)}.g.vcf.gz",
            log:
                f"<logs>/call/{safe_name(call_set)}.log",
            conda:
                "../envs/gatk.yaml"
            container:
                "docker://broadinstitute/gatk:4.6.1.0"
            threads: 1
            resources:
                mem_mb=4000,
                runtime=60,
            params:
                region=region_in(vcf),
                copies=1 if only_males(vcf) else 2,
            shell:
                "gatk HaplotypeCaller -R {input.genome[0]:q} -I {input.reads:q} -L {params.region:q}"
                " --sample-ploidy {params.copies} -ERC GVCF -O {output.calls:q} > {log:q} 2>&1"
