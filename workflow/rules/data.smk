"""data: raw reviews and metadata, or a user's own tables, become numbered interactions and splits."""


rule data_download:
    output:
        data=f"{RESULTS}/data/{{dataset}}/raw/{{part}}.json.gz",
        record=f"{RESULTS}/data/{{dataset}}/raw/{{part}}.download.json",
        provenance=f"{RESULTS}/data/{{dataset}}/raw/{{part}}.provenance.json",
    log:
        f"{RESULTS}/logs/data/download/{{dataset}}-{{part}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/data/download/{{dataset}}-{{part}}.tsv"
    wildcard_constraints:
        dataset=only(datasets_from("amazon")),
        part="reviews|metadata",
    threads: 1
    resources:
        mem_mb=growing(500),
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
        provenance=f"{RESULTS}/data/{{dataset}}/raw/synthetic.provenance.json",
    log:
        f"{RESULTS}/logs/data/synthesise/{{dataset}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/data/synthesise/{{dataset}}.tsv"
    wildcard_constraints:
        dataset=only(datasets_from("synthetic")),
    threads: 1
    resources:
        mem_mb=growing(1000),
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
        provenance=f"{RESULTS}/data/{{dataset}}/parsed/tables.provenance.json",
    log:
        f"{RESULTS}/logs/data/parse/{{dataset}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/data/parse/{{dataset}}.tsv"
    wildcard_constraints:
        dataset=only(datasets_from("amazon") + datasets_from("synthetic")),
    threads: 1
    resources:
        mem_mb=growing(4000),
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
        provenance=f"{RESULTS}/data/{{dataset}}/parsed/tables.provenance.json",
    log:
        f"{RESULTS}/logs/data/import/{{dataset}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/data/import/{{dataset}}.tsv"
    wildcard_constraints:
        dataset=only(datasets_from("files")),
    threads: 1
    resources:
        mem_mb=growing(4000),
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
        interactions=f"{RESULTS}/data/{{dataset}}/interactions.parquet",
        statistics=f"{RESULTS}/data/{{dataset}}/statistics.json",
        provenance=f"{RESULTS}/data/{{dataset}}/interactions.provenance.json",
    log:
        f"{RESULTS}/logs/data/prepare/{{dataset}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/data/prepare/{{dataset}}.tsv"
    threads: 1
    resources:
        mem_mb=growing(4000),
        runtime=60,
    params:
        protocol=PREPARATION,
        expected=expected_statistics,
    message:
        "Filtering and numbering {wildcards.dataset}"
    script:
        "../scripts/data_prepare.py"


rule data_split:
    """Made where it is asked for: a variant's split changes neither the study's own nor the catalogue."""
    input:
        f"{RESULTS}/data/{{dataset}}/interactions.parquet",
    output:
        train=f"{RESULTS}/data/{{dataset}}/{{split}}/train.parquet",
        valid=f"{RESULTS}/data/{{dataset}}/{{split}}/valid.parquet",
        test=f"{RESULTS}/data/{{dataset}}/{{split}}/test.parquet",
        provenance=f"{RESULTS}/data/{{dataset}}/{{split}}/splits.provenance.json",
    log:
        f"{RESULTS}/logs/data/split/{{dataset}}-{{split}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/data/split/{{dataset}}-{{split}}.tsv"
    wildcard_constraints:
        split=r"leave-one-out|users-\d+",
    threads: 1
    resources:
        mem_mb=growing(2000),
        runtime=20,
    message:
        "Splitting {wildcards.dataset}: {wildcards.split}"
    script:
        "../scripts/data_split.py"
