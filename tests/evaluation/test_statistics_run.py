"""All statistics of a study from its files: columns, parts and families, failed cells, and the same bytes again."""

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from scipy import stats

from evaluation.made_ranks import made_ranks, made_study, write_ranks
from spectran.config.cells import expand
from spectran.evaluation.metrics import per_user
from spectran.evaluation.statistics.frames import FRAMES
from spectran.evaluation.statistics.run import run_statistics
from spectran.evaluation.statistics.values import RanksError

WITHOUT = {"kind": "spectran", "attention": False, "row": "without_attention", "label": "w/o"}
WIDE = {
    "backbones": {"sasrec": {}, "hstu": {}},
    "methods": {"base": {}, "morec": {}, "spectran": {}, "without": WITHOUT},
    "parts": {
        "main": {"methods": ["base", "morec", "spectran"]},
        "ablation": {"backbones": ["sasrec"], "methods": ["base", "spectran", "without"]},
        "dimension": {"backbones": ["sasrec"], "methods": ["base", "spectran"], "dimensions": [16, 64]},
        "controls": {"backbones": ["hstu"], "methods": ["base", "without"]},
        "case_study": {"backbones": ["sasrec"], "methods": ["spectran"]},
    },
}
CELL = ["dataset", "encoder", "backbone", "method", "dim"]


def frames(study, results):
    run_statistics(study, results, results / "statistics")
    return {name: pd.read_parquet(results / "statistics" / f"{name}.parquet") for name in FRAMES}


@pytest.fixture(scope="module")
def wide(tmp_path_factory):
    study, results = made_study(**WIDE), tmp_path_factory.mktemp("wide")
    write_ranks(study, results)
    return study, results, frames(study, results)


def values(study, results, method, seed=None, score="cosine", backbone="sasrec"):
    path = results / f"cells/synthetic/minilm/{backbone}/{method}/d64/ranks.parquet"
    ranks = pd.read_parquet(path).query("score == @score").sort_values(["seed", "user"])
    metrics = per_user(ranks, study.evaluation.cutoffs)
    return metrics.assign(user=ranks["user"]).groupby("user").mean()


def test_columns_and_types_are_those_declared(wide):
    for name, table in wide[2].items():
        assert {column: str(kind) for column, kind in table.dtypes.items()} == FRAMES[name]
        assert len(table) > 0


def test_a_comparison_is_what_scipy_says_of_the_files(wide):
    study, results, found = wide
    reference, rival = (values(study, results, method) for method in ("spectran", "morec"))
    row = found["comparisons"].query("method == 'morec' and backbone == 'sasrec' and metric == 'ndcg@20'").iloc[0]
    theirs = stats.ttest_rel(reference["ndcg@20"], rival["ndcg@20"])
    interval = theirs.confidence_interval(0.95)
    differences = reference["ndcg@20"] - rival["ndcg@20"]
    assert row["p_t"] == pytest.approx(theirs.pvalue, rel=1e-9)
    assert (row["t_low"], row["t_high"]) == pytest.approx((interval.low, interval.high), rel=1e-9)
    assert row["difference"] == pytest.approx(differences.mean())
    assert row["relative"] == pytest.approx(100 * differences.mean() / rival["ndcg@20"].mean())
    assert row["effect_size"] == pytest.approx(differences.mean() / differences.std())
    assert (row["helped"], row["hurt"]) == pytest.approx(((differences > 1e-12).mean(), (differences < -1e-12).mean()))
    assert row["boot_low"] < row["difference"] < row["boot_high"]
    assert (row["reference"], row["users"], row["seeds"]) == ("spectran", 60, 3)
    assert row["se_total"] >= max(row["se_users"], row["se_seeds"])


def test_families_are_parts_and_metrics(wide):
    comparisons = wide[2]["comparisons"]
    cells = comparisons.groupby("part", sort=False).apply(lambda t: len(t.drop_duplicates(CELL)))
    # Two rivals on two backbones; two; base at two dimensions; the controls' part has no reference.
    assert cells.to_dict() == {"main": 4, "ablation": 2, "dimension": 2}
    for _, family in comparisons.groupby(["part", "metric"]):
        assert len(family) == cells[family["part"].iloc[0]]
        assert family["p_holm"].min() == pytest.approx(min(1, len(family) * family["p_t"].min()))
        assert (family["significant"] == (family["p_holm"] < 0.05)).all()
        assert (family["p_total_holm"] >= family["p_total"]).all()
    base = comparisons.query("method == 'base' and backbone == 'sasrec' and dim == 64 and metric == 'hr@10'")
    assert base["part"].tolist() == ["main", "ablation", "dimension"]
    assert (base["p_t"] == base["p_t"].iloc[0]).all()
    assert not (comparisons["method"] == "spectran").any()


def test_every_cell_has_its_variance_and_groups_in_the_order_of_the_study(wide):
    study, _, found = wide
    for name in ("variance", "groups"):
        keys = found[name][CELL].drop_duplicates()
        assert [tuple(key) for key in keys.to_numpy()] == [
            (cell.dataset, cell.encoder, cell.backbone, cell.method, cell.dim) for cell in expand(study)
        ]
    variance = found["variance"]
    assert (variance["low"] < variance["value"]).all()
    assert (variance["se_total"] >= variance["se_users"]).all()
    groups = found["groups"]
    reference = groups["method"] == "spectran"
    assert groups.loc[reference, "difference"].isna().all()
    assert groups.loc[~reference & (groups["users"] > 1), "difference_low"].notna().all()


def test_aggregates_are_relative_to_the_bare_backbone(wide):
    study, results, found = wide
    rows = found["aggregates"].set_index(["method", "metric", "statistic"])
    expected = []
    for backbone in ("sasrec", "hstu"):
        own, base = (values(study, results, method, backbone=backbone) for method in ("morec", "base"))
        expected.append(own["hr@10"].mean() / base["hr@10"].mean())
    assert rows.loc[("morec", "hr@10", "mean"), "value"] == pytest.approx(np.mean(expected))
    assert rows.loc[("base", "hr@10", "mean"), "value"] == pytest.approx(1)
    chance = rows.loc[("base", "ndcg@10", "probability_of_improvement")]
    assert chance["cells"] == 2
    assert 0.5 < chance["low"] <= chance["value"] <= chance["high"] <= 1
    assert ("spectran", "ndcg@10", "probability_of_improvement") not in rows.index


def test_the_same_study_gives_the_same_bytes(wide, tmp_path):
    study, results, _ = wide
    run_statistics(study, results, tmp_path)
    for name in FRAMES:
        first = (results / "statistics" / f"{name}.parquet").read_bytes()
        assert (tmp_path / f"{name}.parquet").read_bytes() == first


def test_another_seed_moves_resamples_only(wide, tmp_path):
    _, results, found = wide
    other = made_study(**WIDE, statistics={"resamples": 500, "seed": 1})
    run_statistics(other, results, tmp_path)
    second = pd.read_parquet(tmp_path / "comparisons.parquet")
    drawn = ["boot_low", "boot_high", "p_randomisation"]
    assert (second[drawn] != found["comparisons"][drawn]).any().all()
    assert_frame_equal(second.drop(columns=drawn), found["comparisons"].drop(columns=drawn))


def test_a_failed_cell_is_left_out_and_said(tmp_path, caplog):
    study = made_study(**WIDE)
    write_ranks(study, tmp_path)
    failed = tmp_path / "cells/synthetic/minilm/sasrec/morec/d64/ranks.parquet"
    failed.write_bytes(b"")
    caplog.set_level("INFO")
    found = frames(study, tmp_path)
    assert f"{failed} is empty: a cell that failed is left out" in caplog.text
    for name in ("comparisons", "variance", "groups"):
        assert found[name].query("method == 'morec'")["backbone"].unique().tolist() == ["hstu"]
    morec = found["aggregates"].query("method == 'morec'")
    assert morec["cells"].tolist() == [1] * len(morec)


def test_without_its_reference_a_block_has_no_comparison(tmp_path):
    study = made_study()
    write_ranks(study, tmp_path)
    (tmp_path / "cells/synthetic/minilm/sasrec/spectran/d64/ranks.parquet").write_bytes(b"")
    found = frames(study, tmp_path)
    assert len(found["comparisons"]) == 0
    assert {column: str(kind) for column, kind in found["comparisons"].dtypes.items()} == FRAMES["comparisons"]
    assert found["groups"]["difference"].isna().all()
    assert set(found["aggregates"]["statistic"]) == {"mean", "iqm"}


def test_another_reference_and_none(tmp_path):
    study = made_study(methods={"base": {}, "morec": {}})
    write_ranks(study, tmp_path)
    assert len(frames(study, tmp_path)["comparisons"]) == 0
    named = made_study(methods={"base": {}, "morec": {}}, statistics={"reference": "morec", "resamples": 50})
    assert set(frames(named, tmp_path)["comparisons"]["reference"]) == {"morec"}


def test_a_study_without_a_main_part_has_no_aggregates(tmp_path):
    study = made_study(parts={"main": None, "ablation": {}})
    write_ranks(study, tmp_path)
    found = frames(study, tmp_path)
    assert len(found["aggregates"]) == 0
    assert set(found["comparisons"]["part"]) == {"ablation"}


def test_one_seed_says_nothing_of_other_trainings(tmp_path):
    study = made_study(seeds=[4])
    write_ranks(study, tmp_path)
    found = frames(study, tmp_path)
    comparisons = found["comparisons"]
    unknown = ["se_seeds", "se_total", "total_low", "total_high", "p_total", "p_total_holm"]
    assert comparisons[unknown].isna().all(axis=None)
    assert not comparisons["significant_total"].any()
    assert comparisons["p_holm"].notna().all()
    assert found["aggregates"][["low", "high"]].isna().all(axis=None)
    assert found["variance"][["sd_seeds", "se_total"]].isna().all(axis=None)
    assert found["variance"][["low", "high"]].notna().all(axis=None)


def test_methods_that_rank_alike_are_not_different(tmp_path):
    study = made_study()
    for cell in write_ranks(study, tmp_path):
        made_ranks(study.seeds, 60, 0).to_parquet(tmp_path / cell.path / "ranks.parquet", index=False)
    comparisons = frames(study, tmp_path)["comparisons"]
    assert (comparisons[["difference", "t_low", "boot_high"]] == 0).all(axis=None)
    assert (comparisons[["p_t", "p_randomisation", "p_total", "same"]] == 1).all(axis=None)
    assert comparisons["effect_size"].isna().all()


def test_ranks_of_other_users_are_named(tmp_path):
    study = made_study()
    write_ranks(study, tmp_path)
    path = tmp_path / "cells/synthetic/minilm/sasrec/morec/d64/ranks.parquet"
    made_ranks(study.seeds, 50, 0).to_parquet(path, index=False)
    with pytest.raises(RanksError, match=r"morec/d64/ranks\.parquet: the users and targets of .*spectran/d64"):
        run_statistics(study, tmp_path, tmp_path / "statistics")
