"""What planning is spared: the answers stay those of Snakemake and of smart_open."""

import gc
import inspect
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
import smart_open
from snakemake import common, resources

from spectran.planning import asked, plan_quickly

ROOT = Path(__file__).parents[1]
SCRIPTS = ("/a/rules/../scripts/x.py", "file:///a/b c.py", "https://host/x.py?y=1")


def memory(wildcards, attempt, *, more=1):
    return attempt * more


def test_a_function_that_is_asked_is_looked_at_once(monkeypatch):
    @asked
    def told(wildcards, attempt):
        return attempt

    monkeypatch.setattr(inspect, "signature", lambda *_: pytest.fail("looked up again"))
    given = common.get_input_function_aux_params(told, {"attempt": 2, "threads": 1})
    assert (told(None, **given), given) == (2, {"attempt": 2})


@pytest.fixture(scope="module")
def in_a_plan():
    """What a process that plans says of itself; its settings must not stay in this one."""
    paths = os.environ | {"PYTHONPATH": str(ROOT / "workflow")}
    said = subprocess.run([sys.executable, __file__], check=True, capture_output=True, text=True, env=paths).stdout
    return dict(line.split(": ", 1) for line in said.splitlines())


def test_resources_are_worked_out_as_ever(in_a_plan):
    evaluated = resources.Resource("mem_mb", memory).evaluate(None, attempt=3, threads=2, input=())
    assert in_a_plan["resource"] == str(evaluated.value) == "3"
    assert in_a_plan["parameters"] == str(list(inspect.signature(resources.Resource.evaluate).parameters)[1:])


def test_paths_of_scripts_are_parsed_as_ever_and_once(in_a_plan):
    assert in_a_plan["paths"] == str([smart_open.parse_uri(path) for path in SCRIPTS])
    assert in_a_plan["once"] == "True"


def test_the_collector_runs_seldom(in_a_plan):
    assert in_a_plan["collector"] == "(100000, 50, 50)"


def _said():
    plan_quickly()
    plan_quickly()  # a workflow and a module of it may be in one process
    resource = resources.Resource("mem_mb", memory)
    print("resource:", resource.evaluate(None, attempt=3, threads=2, input=()).value)
    print("parameters:", list(common.get_function_params(resource.evaluate)))
    print("paths:", [smart_open.parse_uri(path) for path in SCRIPTS])
    same = [smart_open.parse_uri(SCRIPTS[0]) for _ in range(3)]
    print("once:", all(one is other for one, other in pairwise(same)))
    print("collector:", gc.get_threshold())


if __name__ == "__main__":
    _said()
