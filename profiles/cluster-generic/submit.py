#!/usr/bin/env python3
"""Submits a job script of Snakemake's and prints the job's id."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

#: What a job prints, beside its log in the results.
LOGS = Path(".snakemake/cluster")


def command(rule: str, threads: int, resources: dict[str, Any]) -> list[str]:
    """EDIT: what submits a script. `mem_mb` is in MiB, `runtime` in minutes, `gpu` counts places (0 for none)."""
    asked = [
        "sbatch",
        "--parsable",
        f"--job-name={rule}",
        f"--output={LOGS}/{rule}-%j.log",
        f"--cpus-per-task={threads}",
        f"--mem={resources['mem_mb']}",
        f"--time={resources['runtime']}",
    ]
    return [*asked, "--partition=gpu", f"--gres=gpu:{resources['gpu']}"] if resources.get("gpu") else asked


def main(script: str) -> int:
    """Submit it; Snakemake writes what a job needs into its second line."""
    said = Path(script).read_text(encoding="utf-8").splitlines()[1]
    job = json.loads(said.removeprefix("# properties = "))
    LOGS.mkdir(parents=True, exist_ok=True)
    asked = command(job["rule"], job["threads"], job["resources"])
    return subprocess.run([*asked, script], check=False).returncode  # noqa: S603 - no shell


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
