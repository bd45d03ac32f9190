"""The README's script, which uses none of our code, finds our numbers in the same files."""

import re
import runpy
from pathlib import Path

import numpy as np
import pandas as pd

from evaluation.made_ranks import made_study, write_ranks
from spectran.evaluation.metrics import summarise
from spectran.evaluation.statistics.run import run_statistics

README = Path(__file__).parents[2] / "README.md"


def script():
    (found,) = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), flags=re.DOTALL)
    return found


def test_it_is_short_and_needs_no_code_of_ours():
    lines = [line for line in script().splitlines() if line]
    assert len(lines) <= 15
    assert set(re.findall(r"^(?:import|from) (\w+)", script(), flags=re.MULTILINE)) == {"numpy", "scipy"}
    assert "import numpy as np, pandas as pd" in lines
    assert "spectran." not in script()


def test_its_numbers_are_ours(tmp_path, monkeypatch, capsys):
    study = made_study()
    write_ranks(study, tmp_path / "results")
    run_statistics(study, tmp_path / "results", tmp_path / "results/statistics")
    (tmp_path / "script.py").write_text(script(), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    found = runpy.run_path("script.py")
    assert "NDCG@20" in capsys.readouterr().out

    ranks = pd.read_parquet("results/cells/synthetic/minilm/sasrec/spectran/d64/ranks.parquet")
    assert (ranks["ties"] > 0).any()
    summary = summarise(ranks, [20]).query("score == 'cosine'")
    metrics = ["hr@20", "ndcg@20"]
    np.testing.assert_allclose(found["seeds"].loc["mean"], summary[metrics].mean(), rtol=1e-12)
    np.testing.assert_allclose(found["seeds"].loc["std"], summary[metrics].std(), rtol=1e-12)

    comparisons = pd.read_parquet("results/statistics/comparisons.parquet").query("method == 'base'")
    ours = comparisons.set_index("metric").loc[metrics]
    test = found["test"]
    interval = test.confidence_interval(0.95)
    np.testing.assert_allclose(test.pvalue, ours["p_t"], rtol=1e-9)
    np.testing.assert_allclose((interval.low, interval.high), (ours["t_low"], ours["t_high"]), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(test.statistic * ours["se_users"], ours["difference"], rtol=1e-12)
