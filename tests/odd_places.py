"""A checkout that nobody can write, and a path that is hard on quoting."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from workflow_runs import ROOT

#: Spaces, letters that are not ASCII, a quote and what a shell would replace.
ODD = Path("ein Ordner mit Ümläuten") / "研究 it's $HOME"
#: What the workflow needs of the project to run.
NEEDED = ("Snakefile", "config", "envs", "profiles", "report", "workflow")


def bound_by_permissions() -> list[str]:
    """The start of a command that may write only what permissions let it write; nothing for those who are not root."""
    if os.geteuid() != 0:
        return []
    dropped = "-dac_override,-dac_read_search"
    command = ["setpriv", f"--bounding-set={dropped}", f"--inh-caps={dropped}"]
    if not shutil.which("setpriv") or subprocess.run([*command, "true"], check=False, capture_output=True).returncode:
        pytest.skip("permissions do not bind root, who cannot do without that here (setpriv)")
    return command


def read_only_checkout(folder: Path) -> Path:
    """A copy of what a run needs, in which nothing can be written."""
    folder.mkdir(parents=True)
    for name in NEEDED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name)
        else:
            shutil.copy2(ROOT / name, folder / name)
    for path in sorted(folder.rglob("*"), reverse=True):
        path.chmod(0o555 if path.is_dir() else 0o444)
    folder.chmod(0o555)
    return folder


def remove_checkout(folder: Path) -> None:
    """Remove it again."""
    for path in [folder, *folder.rglob("*")]:
        if path.is_dir():
            path.chmod(0o755)
    shutil.rmtree(folder)
