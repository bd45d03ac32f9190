rule evaluation_cell:
    """Rank every user's test target with every final member. The only rule that reads the test split."""
    input:
        unpack(training_inputs),
        test=f"{RESULTS}/data/{{dataset}}/test.parquet",
        members=f"{CELL}/members.safetensors",
        choice=f"{CELL}/choice.json",
    output:
        ranks=f"{CELL}/ranks.parquet",
    log:
        f"{RESULTS}/logs/evaluation/cell/{CELL_NAME}.log",
    benchmark:
        f"{RESULTS}/benchmarks/evaluation/cell/{CELL_NAME}.tsv"
    threads: STUDY.compute.threads
    resources:
        mem_mb=4000,
        runtime=30,
        gpu=GPUS,
    params:
        settings=cell_settings,
        label=cell_label,
    message:
        "Ranking with {wildcards.method} on {wildcards.backbone}, {wildcards.dataset}, d {wildcards.dim}"
    script:
        "../scripts/evaluation_cell.py"
