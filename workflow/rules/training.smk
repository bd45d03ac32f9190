rule training_cell:
    """Search, choose by validation, train the chosen point with every seed. The test split is no input."""
    input:
        unpack(training_inputs),
    output:
        trials=f"{CELL}/trials.parquet",
        members=f"{CELL}/members.safetensors",
        choice=f"{CELL}/choice.json",
        cost=f"{CELL}/cost.json",
        spectrum=f"{CELL}/spectrum.parquet",
        collapse=f"{CELL}/collapse.parquet",
        provenance=f"{CELL}/provenance.json",
    log:
        f"{RESULTS}/logs/training/cell/{CELL_NAME}.log",
    benchmark:
        f"{RESULTS}/benchmarks/training/cell/{CELL_NAME}.tsv"
    threads: STUDY.compute.threads
    resources:
        mem_mb=4000,
        runtime=240,
        gpu=GPUS,
    params:
        settings=cell_settings,
        label=cell_label,
        # Not an output: Snakemake deletes outputs of interrupted jobs, and these checkpoints must survive one.
        state=cell_state,
    message:
        "Training {wildcards.method} on {wildcards.backbone}, {wildcards.dataset}, d {wildcards.dim}"
    script:
        "../scripts/training_cell.py"
