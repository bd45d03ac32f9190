"""SpecTran and FreLLM4Rec, reproduced: the library behind the workflow. It knows nothing of Snakemake."""

__version__ = "0.1.0"
