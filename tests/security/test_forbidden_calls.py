"""No file of the project can run what a file or a study says: looked up in the syntax tree of each."""

import re

import pytest

from security.forbidden import forbidden
from workflow_runs import ROOT

SOURCES = sorted(path for folder in ("workflow", "benchmarks", ".ci") for path in (ROOT / folder).rglob("*.py"))
RULES = [ROOT / "Snakefile", ROOT / "workflow/Snakefile", *sorted((ROOT / "workflow/rules").glob("*.smk"))]


def test_no_source_calls_what_runs_data():
    assert len(SOURCES) > 200
    found = {
        name: bad
        for path in SOURCES
        if (bad := forbidden(path.read_text(encoding="utf-8"), name := path.relative_to(ROOT).as_posix()))
    }
    assert not found


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.name)
def test_no_rule_builds_a_command_or_holds_code(path):
    text = path.read_text(encoding="utf-8")
    directives = re.findall(r"^\s*(shell|run|notebook|wrapper|cwl|template_engine|script)\s*:(.*)$", text, re.MULTILINE)
    assert {name for name, _ in directives} <= {"script"}
    scripts = re.findall(r"^    script:\s*\n\s*(.*)$", text, flags=re.MULTILINE)
    assert len(scripts) == len(directives)
    assert all(re.fullmatch(r'"\.\./scripts/[a-z_]+\.py"', script) for script in scripts), scripts
    assert not re.search(r"\b(shell|eval|exec|os\.system|subprocess|pickle|lambda)\b", text)


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("import pickle", "import pickle"),
        ("from joblib import load", "import joblib"),
        ("import marshal as m", "import marshal"),
        ("eval(text)", "eval called"),
        ("compile(text, 'f', 'exec')", "compile called"),
        ("import os\nos.system('ls')", "os.system called"),
        ("from os import execvp as go\ngo('ls', [])", "os.execvp called"),
        ("import subprocess as s\ns.run(['ls'], shell=True)", "shell given"),
        ("import subprocess\nsubprocess.run(['ls'], shell=yes)", "shell given"),
        ("import subprocess\nsubprocess.run(f'ls {x}')", "as text"),
        ("import torch\ntorch.load(path)", "torch.load called"),
        ("from torch import load as f\nf(path)", "torch.load called"),
        ("import pandas as pd\npd.read_pickle(path)", "pandas.read_pickle called"),
        ("frame.to_pickle(path)", "to_pickle called"),
        ("import numpy as np\nnp.load(path)", "without allow_pickle"),
        ("import numpy as np\nnp.load(path, allow_pickle=True)", "allow_pickle given"),
        ("import yaml\nyaml.load(text, yaml.SafeLoader)", "yaml.load called"),
        ("Auto.from_pretrained(x, trust_remote_code=True)", "trust_remote_code given"),
        ("Auto.from_pretrained(x, **{'trust_remote_code': option})", "trust_remote_code given"),
        ("import tarfile\ntarfile.open(x).extractall()", "extractall called"),
        ("from markupsafe import Markup\nMarkup(label)", "markupsafe.Markup called"),
        ("import importlib\nimportlib.import_module(name)", "importlib.import_module called"),
    ],
)
def test_each_of_them_is_noticed(source, what):
    assert any(what in found for found in forbidden(source))


def test_what_is_allowed_is_let_through():
    source = """
import re, ast, subprocess, yaml, numpy as np
re.compile("x"); ast.literal_eval("1"); yaml.safe_load("a"); model.eval()
np.load("x", allow_pickle=False); subprocess.run(["git", x]); Auto.from_pretrained(x, trust_remote_code=False)
"""
    assert forbidden(source) == []
