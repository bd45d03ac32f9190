"""Runs Snakemake on the workflow as a person would."""

import os
import re
import subprocess
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]

#: A study that walks the whole path in well under a minute.
TINY = {
    "name": "tiny",
    "description": "Two methods on a very small synthetic catalogue.",
    "datasets": {"toy": {"label": "Toy", "source": "synthetic", "synthetic": {"users": 250, "items": 80, "seed": 1}}},
    "encoder": {"preset": "minilm"},
    "backbones": {"sasrec": {}},
    "methods": {"base": {}, "spectran": {}},
    "dimensions": [8],
    "seeds": [0],
    "training": {"epochs": 8, "batch": 64},
    "compute": {"device": "cpu"},
}


def write_study(folder: Path, **changes) -> Path:
    """A study file in `folder`: TINY with some keys changed."""
    path = folder / "study.yaml"
    path.write_text(yaml.safe_dump(TINY | changes, allow_unicode=True), encoding="utf-8")
    return path


def snakemake(*arguments: str, cwd: Path = ROOT, timeout: int = 400) -> subprocess.CompletedProcess:
    """Run it; everything it prints is in `stdout`."""
    command = [sys.executable, "-m", "snakemake", *map(str, arguments)]
    environment = os.environ | {"HF_HUB_OFFLINE": "1", "PYTHONPATH": ""}
    return subprocess.run(
        command,
        cwd=cwd,
        env=environment,
        timeout=timeout,
        check=False,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def run_study(folder: Path, *arguments: str, **changes) -> subprocess.CompletedProcess:
    """Run a study in a working directory of its own."""
    study = write_study(folder, **changes)
    cores = [] if "--cores" in arguments else ["--cores", "2"]
    # Else every run waits at its end for as long as the default profile says.
    soon = ["--max-jobs-per-timespan", "100/1s"]
    return snakemake("--directory", folder, "--configfile", study, *cores, *soon, *arguments)


def planned(output: str) -> dict[str, int]:
    """Number of jobs of each rule, from what a run or dry run printed."""
    return {name: int(count) for name, count in re.findall(r"^(\w+)\s+(\d+)$", output, flags=re.MULTILINE)}


def result_bytes(results: Path) -> dict[str, bytes]:
    """Everything a study made, but what tells of the run itself: logs, times, and what shows them."""
    told = {"provenance", "training", "cost", "efficiency", "table5", "table5_printed"}
    skipped = {"logs", "benchmarks"}
    return {
        path.relative_to(results).as_posix(): path.read_bytes()
        for path in sorted(results.rglob("*"))
        if path.is_file()
        and path.stem not in told
        and not path.name.endswith("provenance.json")
        and path.name not in {"index.html", "claims.json"}
        and not skipped & set(path.relative_to(results).parts)
    }
