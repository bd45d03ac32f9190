"""Files that are younger than the clock says."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from spectran.provenance.future import FutureInputError, refuse_future
from workflow_runs import ROOT


@pytest.mark.parametrize(("ahead", "refused"), [(-1000, False), (0, False), (30, False), (90, True), (10**8, True)])
def test_a_minute_is_tolerated(tmp_path: Path, ahead: int, refused: bool):
    path = tmp_path / "train.parquet"
    path.touch()
    os.utime(path, (time.time(), time.time() + ahead))
    if not refused:
        refuse_future([path])
        return
    with pytest.raises(FutureInputError, match=rf"{path}: a file from the past expected, found one of \d{{4}}-\d\d-"):
        refuse_future([tmp_path, path])


def test_the_clock_of_a_whole_process_may_go_back(tmp_path: Path):
    faketime = shutil.which("faketime")
    if faketime is None:
        pytest.skip("faketime is not installed")
    path = tmp_path / "train.parquet"
    path.touch()
    work = "import sys; from pathlib import Path; from spectran.provenance.future import refuse_future as refuse; "
    command = [faketime, "-f", "-2d", sys.executable, "-c", f"{work}refuse([Path(sys.argv[1])])", path]
    run = subprocess.run(
        command, env=os.environ | {"PYTHONPATH": str(ROOT / "workflow")}, capture_output=True, text=True, check=False
    )
    assert f"FutureInputError: {path}: a file from the past expected, found one of " in run.stderr
