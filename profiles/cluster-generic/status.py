#!/usr/bin/env python3
"""Prints whether a job is running (or waiting), a success, or failed."""

import re
import subprocess
import sys
import time

#: Tries, and seconds between them, while the scheduler does not answer.
TRIES, PAUSE = 5, 10.0
WAITING = {"PENDING", "CONFIGURING", "RUNNING", "COMPLETING", "SUSPENDED", "REQUEUED", "RESIZING", "SIGNALING"}


def state(job: str) -> str | None:
    """EDIT: the scheduler's word for what has become of a job; None where it does not answer.

    scontrol knows a job for some minutes after its end (MinJobAge); then accounts are asked, where a site keeps any.
    """
    for asked in (["scontrol", "show", "job", job], ["sacct", "-nXPo", "State", "-j", job]):
        try:
            answer = subprocess.run(asked, check=True, capture_output=True, text=True).stdout  # noqa: S603
        except (OSError, subprocess.CalledProcessError):
            continue
        if found := re.search(r"(?:JobState=|^)([A-Z_]+)", answer):
            return found[1]
    return None


def main(job: str) -> str:
    """What Snakemake wants to be told; a job that nobody knows has failed."""
    for _ in range(TRIES):
        found = state(job)
        if found is not None:
            return "success" if found == "COMPLETED" else "running" if found in WAITING else "failed"
        time.sleep(PAUSE)
    return "failed"


if __name__ == "__main__":
    print(main(sys.argv[1]))  # noqa: T201
