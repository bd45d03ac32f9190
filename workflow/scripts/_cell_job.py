"""What a script of a cell does: its work in a process of its own, and whatever ends it, outputs and a record."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from scripts._job import job
from scripts._rule import own_name
from spectran.config.cells import Cell
from spectran.config.training import Compute
from spectran.supervision.cell import CellJob
from spectran.supervision.ledger import failures_log, record_path
from spectran.supervision.run import Limits


def compute_of(snakemake: Any) -> Compute:
    """How the study lays its work on the machine."""
    return Compute.model_validate(snakemake.config.get("compute") or {})


def label_of(snakemake: Any) -> str:
    """The cell's name, or the control's, in messages and logs."""
    names = dict(snakemake.wildcards.items())
    return Cell.at(names["cell"]).label if "cell" in names else f"{names['dataset']} {names['control']}"


def cell_job(snakemake: Any, work: Callable[[], None], keep: tuple[str, ...] = ()) -> None:
    """Run a cell's job; where it fails its outputs are empty, but for those of these names if they are there.

    While attempts are left, what ran out of memory or was killed fails as any job does, so that Snakemake tries again.
    """
    compute, outputs = compute_of(snakemake), [Path(path) for path in snakemake.output]
    resources = dict(snakemake.resources.items())
    cell = CellJob(
        own_name(),
        label_of(snakemake),
        folder=outputs[0].parent,
        inputs=tuple(map(Path, snakemake.input)),
        outputs=tuple(outputs),
        kept=tuple(Path(snakemake.output[name]) for name in keep),
        failures=failures_log(Path(snakemake.log[0])),
        attempt=resources["attempt"],
        attempts=resources.get("attempts", 1),  # a profile says how many, together with `retries`
    )
    with job(snakemake, beside=[record_path(cell.folder, cell.rule)]) as log:
        failure = cell.run(work, Limits(compute.max_minutes, compute.max_memory_mb))
        if failure is not None:
            log.write(failure.traceback)
