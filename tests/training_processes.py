"""Finds the processes that train cells, to kill them."""

import contextlib
import time
from pathlib import Path

import psutil


def training(pid):
    """The process that trains each cell, below Snakemake: the child of the rule's script, which has the log open."""
    scripts = {process.pid: process for process in alive_below(pid) if runs_training(process)}
    found = {}
    for process in scripts.values():
        with contextlib.suppress(psutil.Error):
            # A process younger than that may be on its way to become another program, git for instance.
            if process.ppid() in scripts and time.time() - process.create_time() > 0.2:
                logs = [Path(file.path) for file in process.open_files() if "/logs/training/cell/" in file.path]
                found |= {log.parent.name: process for log in logs}
    return found


def alive_below(pid):
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.Error:
        return []


def runs_training(process):
    with contextlib.suppress(psutil.Error):
        words = process.cmdline()
        return len(words) > 1 and "python" in Path(words[0]).name and words[-1].endswith("training_cell.py")
    return False
