# So that `snakemake --cores all` works from the root. A rule of an included file is never the default target,
# hence one of this file's own.
include: "workflow/Snakefile"


localrules:
    study,


rule study:
    input:
        rules.all.input,
    message:
        "The study is complete"
