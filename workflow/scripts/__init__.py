"""One script a rule: snakemake object in, one library call, outputs out."""
