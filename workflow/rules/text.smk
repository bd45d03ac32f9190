"""Titles to one frozen embedding matrix per dataset and encoder."""


rule text_encode:
    input:
        catalogue=f"{RESULTS}/data/{{dataset}}/items.parquet",
    output:
        embeddings=f"{RESULTS}/text/{{dataset}}/{{encoder}}/embeddings.npy",
        record=f"{RESULTS}/text/{{dataset}}/{{encoder}}/encoding.json",
        provenance=f"{RESULTS}/text/{{dataset}}/{{encoder}}/embeddings.provenance.json",
    log:
        f"{RESULTS}/logs/text/{{dataset}}-{{encoder}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/text/{{dataset}}-{{encoder}}.tsv"
    wildcard_constraints:
        dataset=only(STUDY.datasets),
        encoder=only([STUDY.encoder.name]),
    threads: STUDY.compute.threads
    resources:
        mem_mb=growing(STUDY.encoder.memory_mb),
        runtime=240,
        gpu=GPU.whole,
    params:
        encoder=STUDY.encoder.model_dump(mode="json", exclude={"memory_mb"}),
    message:
        "Encoding the titles of {wildcards.dataset} with {wildcards.encoder}"
    script:
        "../scripts/text_encode.py"


rule text_surrogate:
    """Vectors in place of the titles' own, for control rows: the same ones dealt out anew, or random ones."""
    input:
        embeddings=f"{RESULTS}/text/{{dataset}}/{{encoder}}/embeddings.npy",
    output:
        embeddings=f"{RESULTS}/text/{{dataset}}/{{encoder}}-{{vectors}}/embeddings.npy",
        provenance=f"{RESULTS}/text/{{dataset}}/{{encoder}}-{{vectors}}/embeddings.provenance.json",
    log:
        f"{RESULTS}/logs/text/{{dataset}}-{{encoder}}-{{vectors}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/text/{{dataset}}-{{encoder}}-{{vectors}}.tsv"
    wildcard_constraints:
        dataset=only(STUDY.datasets),
        encoder=only([STUDY.encoder.name]),
        vectors="shuffled|random",
    # Cells wait for it: before those that wait for nothing, or the last of these run alone.
    priority: 1
    threads: 1
    resources:
        mem_mb=growing(4000),
        runtime=30,
    message:
        "Making {wildcards.vectors} vectors in place of {wildcards.encoder}'s, {wildcards.dataset}"
    script:
        "../scripts/text_surrogate.py"
