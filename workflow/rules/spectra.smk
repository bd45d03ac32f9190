rule spectra_decompose:
    """Float64 SVD of the unit-row embeddings, raw and centred, once per dataset and encoder."""
    input:
        embeddings=f"{RESULTS}/text/{{dataset}}/{{encoder}}/embeddings.npy",
    output:
        raw=f"{RESULTS}/spectra/{{dataset}}/{{encoder}}/decomposition-raw.safetensors",
        centred=f"{RESULTS}/spectra/{{dataset}}/{{encoder}}/decomposition-centred.safetensors",
        spectrum=f"{RESULTS}/spectra/{{dataset}}/{{encoder}}/spectrum.parquet",
        diagnostics=f"{RESULTS}/spectra/{{dataset}}/{{encoder}}/diagnostics.json",
        provenance=f"{RESULTS}/spectra/{{dataset}}/{{encoder}}/decomposition.provenance.json",
    log:
        f"{RESULTS}/logs/spectra/decompose/{{dataset}}/{{encoder}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/spectra/decompose/{{dataset}}/{{encoder}}.tsv"
    # Cells wait for it: before those that wait for nothing, or the last of these run alone.
    priority: 1
    threads: STUDY.compute.threads
    resources:
        mem_mb=growing(8000),
        runtime=60,
    message:
        "Decomposing {wildcards.encoder} embeddings of {wildcards.dataset}"
    script:
        "../scripts/spectra_decompose.py"


rule spectra_graph:
    """The item graph of a train part, and how local its users' sequences are. Nothing that is predicted is an input."""
    input:
        train=f"{RESULTS}/data/{{dataset}}/{{split}}/train.parquet",
    output:
        graph=f"{RESULTS}/spectra/{{dataset}}/graph/{{split}}/graph.json",
        locality=f"{RESULTS}/spectra/{{dataset}}/graph/{{split}}/locality.parquet",
        provenance=f"{RESULTS}/spectra/{{dataset}}/graph/{{split}}/graph.provenance.json",
    log:
        f"{RESULTS}/logs/spectra/graph/{{dataset}}-{{split}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/spectra/graph/{{dataset}}-{{split}}.tsv"
    wildcard_constraints:
        split=r"leave-one-out|users-\d+",
    threads: 1
    resources:
        mem_mb=growing(4000),
        runtime=60,
    message:
        "Describing the item graph of {wildcards.dataset}: {wildcards.split}"
    script:
        "../scripts/spectra_graph.py"


rule spectra_weights:
    """The case study: what a trained SpecTran gives to principal and to subordinate components."""
    input:
        unpack(training_inputs),
        members=f"{CELL}/members.safetensors",
    output:
        weights=f"{CELL}/weights.parquet",
        mixing=f"{CELL}/mixing.parquet",
        provenance=f"{CELL}/weights.provenance.json",
    log:
        f"{RESULTS}/logs/spectra/weights/{{cell}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/spectra/weights/{{cell}}.tsv"
    threads: STUDY.compute.threads
    resources:
        mem_mb=memory_of(ranking_mib),
        runtime=30,
        gpu=GPU.cell,
        attempt=attempt_of,
    params:
        settings=cell_settings,
        failed_before=failures_of(f"{RESULTS}/logs/spectra/weights/{{cell}}.log"),
    message:
        "Reading the weights of {wildcards.cell}"
    script:
        "../scripts/spectra_weights.py"


rule spectra_collaborative:
    """Item vectors of a trained cell's first seed, for a method of another cell that reads them."""
    input:
        unpack(training_inputs),
        members=f"{CELL}/members.safetensors",
    output:
        vectors=f"{CELL}/items.npy",
        provenance=f"{CELL}/items.provenance.json",
    log:
        f"{RESULTS}/logs/spectra/collaborative/{{cell}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/spectra/collaborative/{{cell}}.tsv"
    # Cells wait for it, which take longer than those that wait for nothing.
    priority: 1
    threads: STUDY.compute.threads
    resources:
        mem_mb=memory_of(ranking_mib),
        runtime=30,
        gpu=GPU.cell,
        attempt=attempt_of,
    params:
        settings=cell_settings,
        failed_before=failures_of(f"{RESULTS}/logs/spectra/collaborative/{{cell}}.log"),
    message:
        "Reading the item vectors of {wildcards.cell}"
    script:
        "../scripts/spectra_collaborative.py"


rule spectra_attenuation:
    """What becomes of graph frequencies from layer to layer of a trained cell, and the filters it has."""
    input:
        unpack(training_inputs),
        members=f"{CELL}/members.safetensors",
    output:
        attenuation=f"{CELL}/attenuation.parquet",
        filters=f"{CELL}/filters.json",
        provenance=f"{CELL}/attenuation.provenance.json",
    log:
        f"{RESULTS}/logs/spectra/attenuation/{{cell}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/spectra/attenuation/{{cell}}.tsv"
    threads: STUDY.compute.threads
    resources:
        mem_mb=memory_of(frequencies_mib),
        runtime=60,
        gpu=GPU.cell,
        attempt=attempt_of,
    params:
        settings=cell_settings,
        look=frequency_look(),
        failed_before=failures_of(f"{RESULTS}/logs/spectra/attenuation/{{cell}}.log"),
    message:
        "Looking at the graph frequencies of {wildcards.cell}"
    script:
        "../scripts/spectra_attenuation.py"
