"""A method dropped in as CONTRIBUTING.md says: the page's own code, in a copy of the project, runs from end to end."""

import os
import re
import shutil
import subprocess
import sys

import pandas as pd
import pytest

from workflow_runs import ROOT, snakemake, write_study

KIND, OPTIONS, CODE = "random-projection", "RandomProjection", "RandomProjectionMethod"
METHODS = {"base": {}, KIND: {}}


def block(name):
    """The fenced block of the page whose first line is `# name: path`: the path and the text below."""
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    found = re.findall(rf"```\w+\n# {name}: (\S+)\n(.*?)```", page, flags=re.DOTALL)
    assert len(found) == 1, f"one block '{name}' expected"
    return found[0]


def edit(path, mark, new):
    """Put `new` before the only place where `mark` stands."""
    text = path.read_text(encoding="utf-8")
    assert text.count(mark) == 1, f"{path.name}: {mark!r}"
    path.write_text(text.replace(mark, new + mark), encoding="utf-8")


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    copy = tmp_path_factory.mktemp("drop in") / "project"
    left_out = shutil.ignore_patterns("results", ".git", ".venv", ".snakemake", "*cache*", "benchmarks")
    shutil.copytree(ROOT, copy, ignore=left_out)
    options, options_code = block("options")
    edit(copy / options, "#: Every method's options", f"{options_code}\n\n")
    edit(copy / options, ',\n    Field(discriminator="kind"),\n]', f" | {OPTIONS}")
    code, method = block("code")
    (copy / code).write_text(method, encoding="utf-8")
    registry = (copy / code).parent / "__init__.py"
    edit(registry, "from spectran.models.methods.rlmrec", f"from {_module(code)} import {CODE}\n")
    edit(registry, '    "base": BaseMethod,\n', f'    "{KIND}": {CODE},\n')
    study, entry = block("study")
    edit(copy / study, "  morec: {}\n", entry)
    edit(copy / study, "morec, unisrec, llm-esr, rlmrec, whitenrec, llminit", f"{KIND}, ")
    return copy


def _module(path):
    return path.removeprefix("workflow/").removesuffix(".py").replace("/", ".")


def test_it_keeps_every_contract(project):
    contracts = [project / "tests/contracts", "-k", KIND, "-q", "-p", "no:cacheprovider"]
    command = [sys.executable, "-m", "pytest", *map(str, contracts)]
    run = subprocess.run(
        command, cwd=project, env=os.environ | {"PYTHONPATH": ""}, check=False, text=True, capture_output=True
    )
    assert run.returncode == 0, run.stdout[-3000:]
    passed = re.search(r"(\d+) passed", run.stdout)
    assert passed
    assert int(passed[1]) > 20, "the contracts did not find the new method"


@pytest.mark.slow
def test_it_runs_through_the_workflow(project, tmp_path):
    study = write_study(tmp_path, methods=METHODS)
    run = snakemake("--directory", tmp_path, "--configfile", study, "--cores", "2", cwd=project)
    assert run.returncode == 0, run.stdout[-3000:]
    table = pd.read_csv(tmp_path / "results/report/tables/table2.csv")
    assert set(table["method"]) == set(METHODS)
    assert "Random projection" in (tmp_path / "results/report/index.html").read_text(encoding="utf-8")
