"""What a job does not use it does not import: seconds of every job's start."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

WORKFLOW = Path(__file__).parents[1] / "workflow"

PREPARED = (
    "from spectran.config.training import Compute; from spectran.device import prepare; prepare(Compute(device='cpu'))"
)
#: torch's own class of the optimiser imports the compiler.
STEPPED = (
    "import torch; from spectran.training.adam import PackedAdam; model = torch.nn.Linear(1, 1); "
    "adam = PackedAdam(model, torch.ones(1), torch.zeros(1)); model(torch.ones(1, 1)).sum().backward(); adam.step()"
)
#: Of each kind of job, what it runs first, and packages that it must do without.
KINDS = {
    "planning": (
        "import spectran.config.load, spectran.gpu, spectran.supervision.ledger, spectran.reporting.catalogue.files",
        {"torch", "pandas", "scipy", "matplotlib", "transformers", "snakemake"},
    ),
    "data": (
        "import scripts._job, spectran.data.prepare, spectran.data.split, spectran.data.synthetic",
        {"torch", "scipy", "matplotlib", "transformers"},
    ),
    "training": (
        f"import scripts._cell_job, spectran.training.job; {PREPARED}; {STEPPED}",
        {"torch._dynamo", "torch._inductor", "sympy", "scipy", "matplotlib", "transformers"},
    ),
    "evaluation": (
        f"import scripts._cell_job, spectran.evaluation.cell; {PREPARED}",
        {"torch._dynamo", "torch._inductor", "sympy", "scipy", "matplotlib", "transformers"},
    ),
    "statistics": ("import scripts._job, spectran.evaluation.statistics.run", {"torch", "matplotlib"}),
    "reporting": (
        "import scripts._findings, spectran.reporting.gather, spectran.reporting.claims, spectran.reporting.page",
        {"torch", "matplotlib", "transformers"},
    ),
    "figures": ("import scripts._findings, spectran.reporting.figures.write", {"torch", "transformers"}),
}


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_imported_in_vain(kind):
    work, forbidden = KINDS[kind]
    code = f"{work}; import json, sys; print(json.dumps(sorted(sys.modules)))"
    run = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": str(WORKFLOW)},
        capture_output=True,
        text=True,
        check=True,
        timeout=100,
    )
    assert forbidden & set(json.loads(run.stdout)) == set()


JOB = """
import gc, sys
from pathlib import Path
from contextlib import nullcontext
from types import SimpleNamespace
import {first} as first
import scripts._job as module

module.record_of = lambda *_: nullcontext()
before = gc.isenabled(), gc.get_freeze_count()
with module.job(SimpleNamespace(log=[sys.argv[1]], rule="any", resources={{}}, output=[])):
    print(*before, gc.isenabled(), gc.get_freeze_count() > 10_000)
"""


@pytest.mark.parametrize("first", ["scripts._job", "scripts._cell_job", "scripts._findings"])
def test_garbage_is_looked_for_in_what_a_job_makes_not_in_what_it_imports(first, tmp_path):
    run = subprocess.run(
        [sys.executable, "-c", JOB.format(first=first), tmp_path / "log"],
        env=os.environ | {"PYTHONPATH": str(WORKFLOW)},
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert run.stdout.split() == ["False", "0", "True", "True"], run.stderr
