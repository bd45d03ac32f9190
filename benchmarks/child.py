"""A process of its own, and what it took: processor and wall seconds, and its largest resident set."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]


#: Starts a command and prints what it took. A process counts the memory of the one that started it as its own, so that
#: is a small one, without site-packages.
STARTER = """
import json, resource, subprocess, sys
code = subprocess.run(sys.argv[2:]).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN)
with open(sys.argv[1], "w") as file:
    json.dump([used.ru_utime + used.ru_stime, used.ru_maxrss / 1024], file)
sys.exit(code)
"""


@dataclass(frozen=True)
class Usage:
    """What a process took.

    Attributes:
        processor: seconds of user and system, those of its own children too: what other work on the machine changes
            least.
        wall: seconds.
        megabytes: its largest resident set, or its largest child's.
        output: what it printed.
    """

    processor: float
    wall: float
    megabytes: float
    output: str


def run(command: Sequence[str]) -> Usage:
    """Run a command in the repository's root, with one thread of the numerical libraries.

    Raises:
        RuntimeError: if it fails, with what it printed.
    """
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "workflow")])}
    environment |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    with tempfile.NamedTemporaryFile("r") as found:
        start = time.perf_counter()
        starter = [sys.executable, "-S", "-c", STARTER, found.name]
        done = subprocess.run(
            [*starter, *command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        wall = time.perf_counter() - start
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
        processor, megabytes = json.load(found)
    return Usage(processor, wall, megabytes, done.stdout)
