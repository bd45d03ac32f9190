"""The rules of the report keep their logs where the other stages do: by stage, then rule."""

import re

import pytest

from reporting.made import ROOT

RULES = (ROOT / "workflow" / "rules" / "reporting.smk").read_text(encoding="utf-8")


@pytest.mark.parametrize("rule", re.findall(r"^rule reporting_(\w+):", RULES, re.MULTILINE))
def test_logs_and_benchmarks_lie_under_the_rule_s_name(rule: str):
    body = RULES.split(f"rule reporting_{rule}:")[1].split("\nrule ")[0]
    assert f'f"{{RESULTS}}/logs/reporting/{rule}.log"' in body
    assert f'f"{{RESULTS}}/benchmarks/reporting/{rule}.tsv"' in body


def test_names_are_imported_once():
    common = (ROOT / "workflow" / "rules" / "common.smk").read_text(encoding="utf-8")
    assert "CELL_FILES" in common
    assert not re.search(r"^from .* import .*CELL_FILES", RULES, re.MULTILINE)
