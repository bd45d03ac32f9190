"""Marks: given below alpha after Holm's correction within a family, and nowhere else."""

import numpy as np
import pandas as pd

from spectran.evaluation.statistics.families import judged


def test_marks_follow_from_holm_within_part_and_metric():
    table = pd.DataFrame(
        {
            "part": ["main", "main", "main", "ablation"],
            "metric": ["ndcg@20", "ndcg@20", "hr@20", "ndcg@20"],
            "p_t": [0.02, 0.04, 0.04, 0.5],
            "p_total": [0.03, np.nan, 0.06, 0.01],
        }
    )
    found = judged(table, alpha=0.05)
    np.testing.assert_allclose(found["p_holm"], [0.04, 0.04, 0.04, 0.5])
    assert found["significant"].tolist() == [True, True, True, False]
    assert found["significant_total"].tolist()[1:] == [False, False, True], "no test, no mark"
    assert judged(table, alpha=0.03)["significant"].tolist() == [False, False, False, False]
