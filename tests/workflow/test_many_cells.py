"""Planning many cells: what a cell depends on is worked out once, and only files that are gone are named."""

import pstats
import subprocess
import sys

import pytest
import yaml

from benchmarks.planning import study
from workflow_runs import ROOT, planned

pytestmark = pytest.mark.workflow
METHODS, BACKBONES, DIMENSIONS, DATASETS = 4, 2, 2, 2
CELLS = METHODS * BACKBONES * DIMENSIONS * DATASETS
VARIANT = {"label": "patience", "changes": {"training": {"patience": 2}}}


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    """Calls of each function of ours while a study of 32 cells and 4 of a variant is planned, and what was printed."""
    folder = tmp_path_factory.mktemp("many")
    made = study(METHODS, BACKBONES, DIMENSIONS, DATASETS)
    sensitivity = {"methods": ["base"], "backbones": ["sasrec-0"], "variants": {"short": VARIANT}}
    made |= {"parts": {"main": {}, "sensitivity": sensitivity}}
    (folder / "study.yaml").write_text(yaml.safe_dump(made), encoding="utf-8")
    options = ["--dry-run", "--cores", "2", "--directory", folder, "--configfile", folder / "study.yaml"]
    command = [sys.executable, "-m", "cProfile", "-o", folder / "profile", "-m", "snakemake", *options]
    run = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    calls = {}
    for (file, _, name), (_, count, *_) in pstats.Stats(str(folder / "profile")).stats.items():
        if "spectran" in file:
            calls[name] = calls.get(name, 0) + count
    return calls, planned(run.stdout)


def test_every_cell_is_planned(plan):
    jobs = plan[1]
    assert jobs["training_cell"] == jobs["evaluation_cell"] == CELLS + DIMENSIONS * DATASETS


def test_settings_are_made_once_a_cell_and_variants_once(plan):
    calls = plan[0]
    assert calls["settings_of"] == calls["numbers"] == CELLS + DIMENSIONS * DATASETS
    # while the study is checked, for all cells together, and for each of the variant's own cells
    assert calls["laid_over"] == 2 + DIMENSIONS * DATASETS
    assert calls["parse_study"] == 1
    assert calls["missing_files"] == 1
