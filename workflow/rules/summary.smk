# All reports in one table. The program takes their names from the sheet: a command line would end at 128 kB.


rule summary:
    input:
        reports=[reports.json for reports in REPORTS],
        sheet=config["samples"],
    output:
        report("<results>/summary.tsv", caption="../report/summary.rst", category="Summary"),
    log:
        "<logs>/summary.log",
    conda:
        "../envs/foxp3_annot.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=60,
    params:
        reports=subpath(input[0], parent=True),
    shell:
        "foxp3-annot summarise --samples {input.sheet:q} --reports-dir {params.reports:q} -o {output:q} > {log:q} 2>&1"
