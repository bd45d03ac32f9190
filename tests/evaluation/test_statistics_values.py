"""Ranks as arrays of seeds, users and metrics: the order of rows is nothing, and what is wrong is named."""

import numpy as np
import pandas as pd
import pytest

from evaluation.made_ranks import made_ranks
from spectran.evaluation.metrics import summarise
from spectran.evaluation.statistics.values import RanksError, read_ranks, values_of

SEEDS = (5, 0, 2)


@pytest.fixture
def path(tmp_path):
    made_ranks(SEEDS, 30, 1).to_parquet(tmp_path / "ranks.parquet", index=False)
    return tmp_path / "ranks.parquet"


def test_shuffled_rows_come_in_the_order_of_seeds_and_users(path):
    ranks = read_ranks(path, "cosine")
    values = values_of(ranks, path, SEEDS, [10, 20], "expected")
    assert values.values.shape == (3, 30, 4)
    assert values.metrics == ("ndcg@10", "hr@10", "ndcg@20", "hr@20")
    assert values.users.tolist() == [[user, user % 7] for user in range(30)]
    summary = summarise(ranks, [10, 20]).set_index("seed")
    for place, seed in enumerate(SEEDS):
        expected = summary.loc[seed, list(values.metrics)].to_numpy(dtype=float)
        assert values.seed_means()[place] == pytest.approx(expected, abs=1e-15)
    row = ranks[(ranks["seed"] == 0) & (ranks["user"] == 17)].iloc[0]
    places = np.arange(row["rank"], row["rank"] + row["ties"] + 1)
    assert values.values[1, 17, 3] == pytest.approx((places <= 20).mean())


def test_the_empty_file_of_a_failed_cell_has_no_ranks(tmp_path):
    (tmp_path / "ranks.parquet").touch()
    assert read_ranks(tmp_path / "ranks.parquet", "cosine") is None


@pytest.mark.parametrize(
    ("harm", "message"),
    [
        (lambda t: t.drop(columns="ties"), r"columns \['ties'\] expected, found \['user'"),
        (lambda t: t[t["seed"] != 2], r"ranks of the seeds \[0, 2, 5\] expected, found \[0, 5\]"),
        (lambda t: t[~((t["seed"] == 2) & (t["user"] == 4))], "the same users and targets with every seed expected"),
        (lambda t: t.assign(target=t["target"] + (t["seed"] == 2)), "the same users and targets with every seed"),
        (lambda t: pd.concat([t, t]), "one row a user and seed, of two users at least, expected"),
        (lambda t: t[t["user"] == 3], "of two users at least"),
        (lambda t: t[t["score"] == "dot"], "ranks by 'cosine' expected, found none"),
    ],
)
def test_what_is_wrong_is_named(path, harm, message):
    harm(pd.read_parquet(path)).to_parquet(path, index=False)
    with pytest.raises(RanksError, match=rf"ranks\.parquet: .*{message}"):
        values_of(read_ranks(path, "cosine"), path, SEEDS, [10], "expected")


def test_a_cut_off_file_is_named(path):
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(RanksError, match=r"ranks\.parquet: a Parquet file with a column 'score' expected"):
        read_ranks(path, "cosine")
