"""A Snakefile of two jobs a cell, as the project's has, and nothing in them: what a plan takes at the least."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Files:
    """Files of a cell's two jobs: the one trains, the other ranks, and the report reads what they made.

    Attributes:
        shared: inputs of both that all cells share.
        trained: outputs of the first.
        read: how many of these the second reads.
        ranked: outputs of the second.
        reported: how many of all outputs the report reads.
    """

    shared: int
    trained: int
    read: int
    ranked: int
    reported: int


#: As many as the project's rules have, and as few as there can be.
SAME = Files(shared=3, trained=5, read=1, ranked=2, reported=2)
LEAST = Files(shared=1, trained=1, read=1, ranked=1, reported=1)


def snakefile(cells: int, files: Files) -> str:
    """A Snakefile of so many cells, with the project's settings of the collector; a dry run needs no other file."""
    shared, trained, ranked = (
        [f"{kind}{number}" for number in range(count)]
        for kind, count in (("shared", files.shared), ("trained", files.trained), ("ranked", files.ranked))
    )
    reported = [*ranked[:1], *trained][: files.reported]
    return f"""
import atexit
import gc

gc.set_threshold(100_000, 50, 50)
atexit.register(gc.freeze)


rule report:
    input:
        [f"cells/{{cell}}/{{name}}" for cell in range({cells}) for name in {reported}],


rule data:
    output:
        {shared},
    shell:
        "touch {{output}}"

{_rule("train", shared, trained)}
{_rule("rank", [*shared, *(f"cells/{{cell}}/{name}" for name in trained[: files.read])], ranked)}
"""


def _rule(name: str, inputs: list[str], outputs: list[str]) -> str:
    return f"""
rule {name}:
    input:
        {inputs},
    output:
        {[f"cells/{{cell}}/{output}" for output in outputs]},
    log:
        "logs/{name}/{{cell}}.log",
    benchmark:
        "benchmarks/{name}/{{cell}}.tsv"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        settings={{"name": "a cell"}},
    message:
        "{name} {{wildcards.cell}}"
    shell:
        "touch {{output}}"
"""
