"""The workflow plans every shipped study and is clean to Snakemake's own linters."""

import re
import subprocess
import sys

import pytest
import yaml

from spectran.config.cells import expand, variant_cells
from spectran.config.load import parse_study, read_study
from spectran.config.study import Study
from workflow_runs import ROOT, planned, snakemake, write_study

pytestmark = pytest.mark.workflow
STUDIES = sorted(path.name for path in (ROOT / "config").glob("*.yaml"))


def cells_of(study: Study) -> int:
    return len(expand(study)) + len(variant_cells(study))


@pytest.mark.parametrize("study", STUDIES)
def test_every_shipped_study_is_planned(tmp_path, study):
    path = ROOT / "config" / study
    run = snakemake("--dry-run", "--directory", tmp_path, "--configfile", path)
    assert run.returncode == 0, run.stdout
    cells = cells_of(read_study(path))
    jobs = planned(run.stdout)
    assert jobs["training_cell"] == jobs["evaluation_cell"] == cells
    assert jobs["text_encode"] == len(read_study(path).datasets)


def test_without_a_study_file_the_default_is_run(tmp_path):
    run = snakemake("--dry-run", "--directory", tmp_path)
    assert run.returncode == 0, run.stdout
    assert planned(run.stdout)["training_cell"] == cells_of(read_study(ROOT / "config" / "config.yaml"))


def test_the_sensitivity_part_can_be_laid_over_the_published_study(tmp_path):
    files = [ROOT / "config" / "paper.yaml", ROOT / "config" / "parts" / "sensitivity.yaml"]
    run = snakemake("--dry-run", "--directory", tmp_path, "--configfile", *files)
    assert run.returncode == 0, run.stdout
    whole, part = (yaml.safe_load(path.read_text(encoding="utf-8")) for path in files)
    both = parse_study(whole | {"parts": whole["parts"] | part["parts"]})
    assert planned(run.stdout)["training_cell"] == cells_of(both) == cells_of(parse_study(whole)) + 28


def test_a_given_study_is_not_merged_with_the_default_one(tmp_path):
    run = snakemake("--dry-run", "--directory", tmp_path, "--configfile", write_study(tmp_path))
    assert planned(run.stdout)["training_cell"] == 2
    assert "synthetic/minilm" not in run.stdout


def test_cells_that_share_a_gpu_need_as_many_places(tmp_path):
    study = write_study(tmp_path, compute={"device": "cuda", "cells_per_gpu": 2})
    alone = snakemake("--dry-run", "--directory", tmp_path, "--configfile", study)
    assert alone.returncode == 1
    assert "compute.cells_per_gpu: 2 needs --resources gpu=2, found gpu=1" in alone.stdout
    shared = snakemake("--dry-run", "--directory", tmp_path, "--configfile", study, "--resources", "gpu=2")
    assert shared.returncode == 0, shared.stdout


def test_lint_is_clean():
    run = snakemake("--lint")
    assert run.returncode == 0, run.stdout
    assert "good condition" in run.stdout


def test_snakefmt_is_clean():
    command = [sys.executable, "-m", "snakefmt", "--check", "Snakefile", "workflow"]
    run = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr


def test_every_rule_with_a_script_says_what_it_needs():
    for path in (ROOT / "workflow" / "rules").glob("*.smk"):
        for rule in re.split(r"^rule ", path.read_text(), flags=re.MULTILINE)[1:]:
            for key in ("input", "output", "log", "benchmark", "threads", "resources", "message", "script"):
                name = rule.split(":")[0]
                assert re.search(rf"^    {key}:", rule, flags=re.MULTILINE) or (name, key) in WITHOUT, (path, name, key)


#: Rules whose inputs come from outside the workflow.
WITHOUT = {("data_download", "input"), ("data_synthesise", "input")}


def test_a_wrong_study_is_refused_at_once_with_every_reason(tmp_path):
    study = write_study(tmp_path, trainng={}, dimensions=[8, -1], methods={"spectrum": {}})
    run = snakemake("--dry-run", "--directory", tmp_path, "--configfile", study)
    assert run.returncode != 0
    assert "trainng: unknown key; did you mean 'training'?" in run.stdout
    assert "dimensions.1: a number greater than 0 expected, found -1" in run.stdout
    assert "methods.spectrum: one of" in run.stdout
    assert "Traceback" not in run.stdout


def test_a_study_with_no_cells_is_refused(tmp_path):
    run = snakemake("--dry-run", "--directory", tmp_path, "--configfile", write_study(tmp_path, methods={}))
    assert run.returncode != 0
    assert "a study with no cells: methods must not be empty" in run.stdout
