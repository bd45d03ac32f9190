rule evaluation_cell:
    """Rank every user's test target with every final member. Only rules of this file read the test split."""
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


rule evaluation_control:
    """Rank every user's test target with an untrained control, by the same rule as trained members are ranked."""
    input:
        unpack(control_inputs),
        test=f"{RESULTS}/data/{{dataset}}/test.parquet",
        choice=f"{CONTROL}/choice.json",
    output:
        ranks=f"{CONTROL}/ranks.parquet",
    log:
        f"{RESULTS}/logs/evaluation/control/{CONTROL_NAME}.log",
    benchmark:
        f"{RESULTS}/benchmarks/evaluation/control/{CONTROL_NAME}.tsv"
    wildcard_constraints:
        control=only(STUDY.controls),
    threads: STUDY.compute.threads
    resources:
        # EASE on Clothing: 4.2 GB for its 22,948 x 22,948 weights, 0.6 GB for scores. Smaller data take far less, but
        # the number of items is known only when the data are.
        mem_mb=8000,
        runtime=60,
    params:
        settings=control_numbers,
        label=control_label,
    message:
        "Ranking with {wildcards.control} on {wildcards.dataset}"
    script:
        "../scripts/evaluation_control.py"
