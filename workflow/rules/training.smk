rule training_cell:
    """Search, choose by validation, train the chosen point with every seed. The test split is no input."""
    input:
        unpack(training_inputs),
    output:
        trials=f"{CELL}/trials.parquet",
        members=f"{CELL}/members.safetensors",
        training=f"{CELL}/training.json",
        spectrum=f"{CELL}/spectrum.parquet",
        provenance=f"{CELL}/provenance.json",
    log:
        f"{RESULTS}/logs/training/cell/{{cell}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/training/cell/{{cell}}.tsv"
    threads: STUDY.compute.threads
    resources:
        mem_mb=memory_of(training_mib),
        runtime=240,
        gpu=GPU.cell,
        attempt=attempt_of,
    params:
        settings=cell_settings,
        failed_before=failures_of(f"{RESULTS}/logs/training/cell/{{cell}}.log"),
    message:
        "Training {wildcards.cell}"
    script:
        "../scripts/training_cell.py"


rule training_control:
    """Fit an untrained control at every point of its own small grid; choose by validation. The test split is no input."""
    input:
        unpack(control_inputs),
    output:
        choice=f"{CONTROL}/choice.json",
        provenance=f"{CONTROL}/choice.provenance.json",
    log:
        f"{RESULTS}/logs/training/control/{CONTROL_NAME}.log",
    benchmark:
        f"{RESULTS}/benchmarks/training/control/{CONTROL_NAME}.tsv"
    wildcard_constraints:
        control=only(STUDY.controls),
    threads: STUDY.compute.threads
    resources:
        mem_mb=control_memory,
        runtime=240,
        attempt=attempt_of,
    params:
        settings=control_numbers,
        failed_before=failures_of(f"{RESULTS}/logs/training/control/{CONTROL_NAME}.log"),
    message:
        "Choosing {wildcards.control} on {wildcards.dataset}"
    script:
        "../scripts/training_control.py"


rule training_efficiency:
    """Seconds and memory of one member, alone on the machine: what runs beside it would be measured too."""
    input:
        unpack(training_inputs),
        members=f"{CELL}/members.safetensors",
    output:
        f"{CELL}/efficiency.json",
        provenance=f"{CELL}/efficiency.provenance.json",
    log:
        f"{RESULTS}/logs/training/efficiency/{{cell}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/training/efficiency/{{cell}}.tsv"
    # All cores are kept for it, though torch uses `compute.threads` of them.
    threads: ALL_CORES
    resources:
        mem_mb=memory_of(measuring_mib),
        runtime=60,
        gpu=GPU.whole,
        attempt=attempt_of,
    params:
        settings=cell_settings,
        epochs=STUDY.parts.efficiency and STUDY.parts.efficiency.epochs,
        repeats=STUDY.parts.efficiency and STUDY.parts.efficiency.repeats,
        failed_before=failures_of(f"{RESULTS}/logs/training/efficiency/{{cell}}.log"),
    message:
        "Measuring {wildcards.cell}"
    script:
        "../scripts/training_efficiency.py"
