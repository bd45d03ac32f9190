"""Titles to one frozen embedding matrix per dataset and encoder."""


rule text_encode:
    input:
        catalogue=f"{RESULTS}/data/{{dataset}}/items.parquet",
    output:
        embeddings=f"{RESULTS}/text/{{dataset}}/{{encoder}}/embeddings.npy",
        record=f"{RESULTS}/text/{{dataset}}/{{encoder}}/encoding.json",
    log:
        f"{RESULTS}/logs/text/{{dataset}}-{{encoder}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/text/{{dataset}}-{{encoder}}.tsv"
    wildcard_constraints:
        dataset=only(STUDY.datasets),
        encoder=only([STUDY.encoder.name]),
    threads: STUDY.compute.threads
    resources:
        mem_mb=4000,
        runtime=240,
        gpu=GPUS,
    params:
        encoder=STUDY.encoder.model_dump(mode="json"),
        # Finished shards: a folder that outlives a failed job, which is why it is no output.
        state=f"{RESULTS}/text/{{dataset}}/{{encoder}}/.shards",
    message:
        "Encoding the titles of {wildcards.dataset} with {wildcards.encoder}"
    script:
        "../scripts/text_encode.py"
