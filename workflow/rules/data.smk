"""data: raw reviews and metadata, or a user's own tables, become numbered leave-one-out splits."""


rule data_download:
    output:
        data=f"{RESULTS}/data/{{dataset}}/raw/{{part}}.json.gz",
        record=f"{RESULTS}/data/{{dataset}}/raw/{{part}}.download.json",
    log:
        f"{RESULTS}/logs/data/download/{{dataset}}-{{part}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/data/download/{{dataset}}-{{part}}.tsv"
    wildcard_constraints:
        dataset=only(datasets_from("amazon")),
        part="reviews|metadata",
    threads: 1
    resources:
        mem_mb=500,
        runtime=240,
    params:
        source=source_settings,
    message:
        "Downloading the {wildcards.part} of {wildcards.dataset}"
    script:
        "../scripts/data_download.py"


rule data_synthesise:
    output:
        reviews=f"{RESULTS}/data/{{dataset}}/raw/reviews.json.gz",
        metadata=f"{RESULTS}/data/{{dataset}}/raw/metadata.json.gz",
    log:
        f"{RESULTS}/logs/data/synthesise/{{dataset}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/data/synthesise/{{dataset}}.tsv"
    wildcard_constraints:
        dataset=only(datasets_from("synthetic")),
    threads: 1
    resources:
        mem_mb=1000,
        runtime=20,
    params:
        source=source_settings,
    message:
        "Writing the synthetic reviews of {wildcards.dataset}"
    script:
        "../scripts/data_synthesise.py"


rule data_parse:
    input:
        reviews=f"{RESULTS}/data/{{dataset}}/raw/reviews.json.gz",
        metadata=f"{RESULTS}/data/{{dataset}}/raw/metadata.json.gz",
    output:
        interactions=f"{RESULTS}/data/{{dataset}}/parsed/interactions.parquet",
        catalogue=f"{RESULTS}/data/{{dataset}}/parsed/items.parquet",
    log:
        f"{RESULTS}/logs/data/parse/{{dataset}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/data/parse/{{dataset}}.tsv"
    wildcard_constraints:
        dataset=only(datasets_from("amazon") + datasets_from("synthetic")),
    threads: 1
    resources:
        mem_mb=4000,
        runtime=60,
    message:
        "Reading the raw reviews and titles of {wildcards.dataset}"
    script:
        "../scripts/data_parse.py"


rule data_import:
    input:
        unpack(own_tables),
    output:
        interactions=f"{RESULTS}/data/{{dataset}}/parsed/interactions.parquet",
        catalogue=f"{RESULTS}/data/{{dataset}}/parsed/items.parquet",
    log:
        f"{RESULTS}/logs/data/import/{{dataset}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/data/import/{{dataset}}.tsv"
    wildcard_constraints:
        dataset=only(datasets_from("files")),
    threads: 1
    resources:
        mem_mb=4000,
        runtime=60,
    params:
        source=source_settings,
    message:
        "Reading the tables of {wildcards.dataset}"
    script:
        "../scripts/data_import.py"


rule data_prepare:
    input:
        interactions=f"{RESULTS}/data/{{dataset}}/parsed/interactions.parquet",
        catalogue=f"{RESULTS}/data/{{dataset}}/parsed/items.parquet",
    output:
        users=f"{RESULTS}/data/{{dataset}}/users.parquet",
        catalogue=f"{RESULTS}/data/{{dataset}}/items.parquet",
        train=f"{RESULTS}/data/{{dataset}}/train.parquet",
        valid=f"{RESULTS}/data/{{dataset}}/valid.parquet",
        test=f"{RESULTS}/data/{{dataset}}/test.parquet",
        statistics=f"{RESULTS}/data/{{dataset}}/statistics.json",
    log:
        f"{RESULTS}/logs/data/prepare/{{dataset}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/data/prepare/{{dataset}}.tsv"
    threads: 1
    resources:
        mem_mb=4000,
        runtime=60,
    params:
        protocol=PREPARATION,
        expected=expected_statistics,
    message:
        "Filtering and splitting {wildcards.dataset}"
    script:
        "../scripts/data_prepare.py"
