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
        mem_mb=8000,
        runtime=60,
    message:
        "Decomposing {wildcards.encoder} embeddings of {wildcards.dataset}"
    script:
        "../scripts/spectra_decompose.py"


rule spectra_weights:
    """The case study: what a trained SpecTran gives to principal and to subordinate components."""
    input:
        unpack(training_inputs),
        members=f"{CELL}/members.safetensors",
        choice=f"{CELL}/choice.json",
    output:
        weights=f"{CELL}/weights.parquet",
        mixing=f"{CELL}/mixing.parquet",
        provenance=f"{CELL}/weights.provenance.json",
    log:
        f"{RESULTS}/logs/spectra/weights/{CELL_NAME}.log",
    benchmark:
        f"{RESULTS}/benchmarks/spectra/weights/{CELL_NAME}.tsv"
    threads: STUDY.compute.threads
    resources:
        mem_mb=4000,
        runtime=30,
        gpu=GPU.cell,
    params:
        settings=cell_settings,
        label=cell_label,
        failed_before=failures_of(f"{RESULTS}/logs/spectra/weights/{CELL_NAME}.log"),
    message:
        "Reading the weights of {params.label}"
    script:
        "../scripts/spectra_weights.py"
