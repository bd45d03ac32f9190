rule evaluation_cell:
    """Rank every user's test target with every final member. Only rules of this file read the test split."""
    input:
        unpack(tested_inputs),
        members=f"{CELL}/members.safetensors",
    output:
        ranks=f"{CELL}/ranks.parquet",
        provenance=f"{CELL}/ranks.provenance.json",
    log:
        f"{RESULTS}/logs/evaluation/cell/{{cell}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/evaluation/cell/{{cell}}.tsv"
    threads: STUDY.compute.threads
    resources:
        mem_mb=memory_of(ranking_mib),
        runtime=30,
        gpu=GPU.cell,
        attempt=attempt_of,
    params:
        settings=cell_settings,
        failed_before=failures_of(f"{RESULTS}/logs/evaluation/cell/{{cell}}.log"),
    message:
        "Ranking with {wildcards.cell}"
    script:
        "../scripts/evaluation_cell.py"


rule evaluation_control:
    """Rank every user's test target with an untrained control, by the same rule as trained members are ranked."""
    input:
        unpack(control_inputs),
        test=control_test,
        choice=f"{CONTROL}/choice.json",
    output:
        ranks=f"{CONTROL}/ranks.parquet",
        provenance=f"{CONTROL}/ranks.provenance.json",
    log:
        f"{RESULTS}/logs/evaluation/control/{CONTROL_NAME}.log",
    benchmark:
        f"{RESULTS}/benchmarks/evaluation/control/{CONTROL_NAME}.tsv"
    wildcard_constraints:
        control=only(STUDY.controls),
    threads: STUDY.compute.threads
    resources:
        mem_mb=control_memory,
        runtime=60,
        attempt=attempt_of,
    params:
        settings=control_numbers,
        failed_before=failures_of(
            f"{RESULTS}/logs/evaluation/control/{CONTROL_NAME}.log"
        ),
    message:
        "Ranking with {wildcards.control} on {wildcards.dataset}"
    script:
        "../scripts/evaluation_control.py"


rule evaluation_audit:
    """Look at the data before the results: duplicates, titles, times, cold items, overlap in time, order, popularity.

    Always of the leave-one-out split, whatever split the study evaluates.
    """
    input:
        catalogue=f"{RESULTS}/data/{{dataset}}/items.parquet",
        train=f"{RESULTS}/data/{{dataset}}/leave-one-out/train.parquet",
        valid=f"{RESULTS}/data/{{dataset}}/leave-one-out/valid.parquet",
        test=f"{RESULTS}/data/{{dataset}}/leave-one-out/test.parquet",
    output:
        record=f"{RESULTS}/audit/{{dataset}}/audit.json",
        popularity=f"{RESULTS}/audit/{{dataset}}/popularity.parquet",
        provenance=f"{RESULTS}/audit/{{dataset}}/audit.provenance.json",
    log:
        f"{RESULTS}/logs/evaluation/audit/{{dataset}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/evaluation/audit/{{dataset}}.tsv"
    threads: 1
    resources:
        mem_mb=growing(2000),
        runtime=10,
    params:
        groups=STUDY.groups.model_dump(mode="json"),
    message:
        "Auditing the data of {wildcards.dataset}"
    script:
        "../scripts/evaluation_audit.py"


rule evaluation_statistics:
    """Compare the reference with every other method, user by user and seed by seed, from stored ranks alone."""
    input:
        ranks=compared_ranks,
    output:
        comparisons=f"{RESULTS}/statistics/comparisons.parquet",
        variance=f"{RESULTS}/statistics/variance.parquet",
        aggregates=f"{RESULTS}/statistics/aggregates.parquet",
        groups=f"{RESULTS}/statistics/groups.parquet",
        provenance=f"{RESULTS}/statistics/statistics.provenance.json",
    log:
        f"{RESULTS}/logs/evaluation/statistics.log",
    benchmark:
        f"{RESULTS}/benchmarks/evaluation/statistics.tsv"
    threads: 1
    resources:
        mem_mb=growing(4000),
        runtime=120,
    params:
        study=STUDY.model_dump(mode="json"),
    message:
        "Comparing methods over users and seeds"
    script:
        "../scripts/evaluation_statistics.py"
