"""What the workflow itself costs: starting a job, handing out jobs, and a cell's job beside the work in it.

Seconds of processor (user and system, of a process and all that it started) and of wall. `import torch` alone is the
floor under every job that trains or ranks. A job's own seconds are those of Snakemake's benchmark files; the work in it
is training and validation, from training.json.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from benchmarks.measurement import Measurement, measured
from benchmarks.settings import Settings, SkippedError
from spectran.io import read_json

TOPIC = "workflow"
ROOT = Path(__file__).parents[1]
#: What jobs of each kind import before they do anything; the first two are what no job can go below.
STARTS = {
    "python alone": "pass",
    "torch alone": "import torch",
    "data": "import scripts._job, spectran.data.prepare",
    "training": "import scripts._cell_job, spectran.training.job",
    "evaluation": "import scripts._cell_job, spectran.evaluation.cell",
    "statistics": "import scripts._job, spectran.evaluation.statistics.run",
    "report page": "import scripts._findings, spectran.reporting.claims, spectran.reporting.page",
    "figures": "import scripts._findings, spectran.reporting.figures.write",
}
QUICK_STARTS = ("python alone", "data")
#: Jobs that do nothing, with all that a rule of the workflow declares.
EMPTY_JOBS = """
rule all:
    input: expand("{number}.txt", number=range(int(config["jobs"])))
rule nothing:
    output: touch("{number}.txt")
    log: "{number}.log"
    benchmark: "{number}.tsv"
    threads: 1
    resources: mem_mb=1, runtime=1, gpu=0
    message: "Job {wildcards.number}"
    shell: ":"
"""


def measure(settings: Settings) -> Iterator[Measurement]:
    """Starts of jobs, handing out jobs, and a tiny cell's jobs.

    Raises:
        SkippedError: on a GPU, which has no part in any of it.
    """
    if settings.device.type == "cuda":
        raise SkippedError("starting jobs is the processor's; measure it with --device cpu")
    with tempfile.TemporaryDirectory() as folder:
        yield from _starts(settings)
        yield from _handing_out(settings, Path(folder))
        if not settings.quick:
            yield from _tiny_cell(settings, Path(folder))


def _starts(settings: Settings) -> Iterator[Measurement]:
    for kind in QUICK_STARTS if settings.quick else STARTS:
        yield from _both(f"start of a job, {kind}", [sys.executable, "-c", STARTS[kind]], settings.runs)


def _handing_out(settings: Settings, folder: Path) -> Iterator[Measurement]:
    few, many = (1, 3) if settings.quick else (10, 210)
    snakefile = folder / "Snakefile"
    snakefile.write_text(EMPTY_JOBS, encoding="utf-8")
    seconds = []
    for run in range(settings.runs):
        times = []
        for jobs in (few, many):
            place = folder / f"empty-{run}-{jobs}"
            command = ["--snakefile", str(snakefile), "--directory", str(place), "--config", f"jobs={jobs}"]
            times.append(
                _timed([sys.executable, "-m", "snakemake", "--cores", "1", "--scheduler", "greedy", *command])[0]
            )
        seconds.append((times[1] - times[0]) / (many - few))
    yield measured(TOPIC, "handing out a job", "processor seconds", seconds, "s")


def _tiny_cell(settings: Settings, folder: Path) -> Iterator[Measurement]:
    """Jobs of one small cell, run again and again, and the run that finds nothing to do."""
    study = _study(folder / "cell.yaml")
    cell = "cells/toy/minilm/sasrec/base/d8"
    command = _snakemake(folder, study, f"results/{cell}/ranks.parquet")
    _timed(command)
    jobs: dict[str, list[float]] = {"training": [], "evaluation": []}
    work = []
    for _ in range(settings.runs):
        _timed([*command, "--forcerun", "training_cell"])
        for stage, seconds in jobs.items():
            table = pd.read_csv(folder / f"results/benchmarks/{stage}/cell/{cell}.tsv", sep="\t")
            seconds.append(float(table["s"].iloc[0]))
        cost = read_json(folder / "results" / cell / "training.json")["cost"]
        work.append(float(cost["training_seconds"] + cost["inference_seconds"] * cost["member_epochs"]))
    yield measured(TOPIC, "a tiny cell, training", "seconds of the job", jobs["training"], "s")
    around = [job - inside for job, inside in zip(jobs["training"], work, strict=True)]
    yield measured(TOPIC, "a tiny cell, training", "of them not training", around, "s")
    yield measured(TOPIC, "a tiny cell, evaluation", "seconds of the job", jobs["evaluation"], "s")
    yield from _both("nothing to be done", command, settings.runs)


def _both(case: str, command: Sequence[str], runs: int) -> Iterator[Measurement]:
    """Processor and wall seconds of a command."""
    times = [_timed(command) for _ in range(runs)]
    yield measured(TOPIC, case, "processor seconds", [processor for processor, _ in times], "s")
    yield measured(TOPIC, case, "wall seconds", [wall for _, wall in times], "s")


def _timed(command: Sequence[str]) -> tuple[float, float]:
    """Processor and wall seconds of one run.

    Raises:
        RuntimeError: if the command fails, with what it printed.
    """
    start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = os.environ | {"PYTHONPATH": str(ROOT / "workflow"), "OMP_NUM_THREADS": "1"}
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if run.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{run.stdout}{run.stderr}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall


def _snakemake(folder: Path, study: Path, *targets: str) -> list[str]:
    """The workflow, on one core, in a working directory of its own."""
    options = ["--cores", "1", "--directory", str(folder), "--configfile", str(study)]
    return [sys.executable, "-m", "snakemake", *targets, *options]


def _study(path: Path) -> Path:
    """A study of one cell."""
    study: dict[str, Any] = {
        "name": "tiny",
        "description": "One cell.",
        "datasets": {"toy": {"label": "Toy", "source": "synthetic", "synthetic": {"users": 250, "items": 80}}},
        "encoder": {"preset": "minilm"},
        "backbones": {"sasrec": {}},
        "methods": {"base": {}},
        "dimensions": [8],
        "seeds": [0],
        "training": {"epochs": 3, "batch": 64},
        "compute": {"device": "cpu"},
    }
    path.write_text(yaml.safe_dump(study), encoding="utf-8")
    return path
