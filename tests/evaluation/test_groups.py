"""Groups of users: who is in which, what comes out by hand, and paired differences."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from spectran.config.groups import Groups
from spectran.evaluation.groups import GROUPS, group_differences, group_rows
from spectran.evaluation.rows import popularity_quantiles

HOW = {"cutoffs": [10], "ties": "expected", "groups": Groups(), "confidence": 0.95}
#: Five users: quantile, popularity and history of each.
USERS = {
    "user": [0, 1, 2, 3, 4],
    "target": [7, 8, 9, 7, 6],
    "history": [5, 6, 4, 10, 5],
    "popularity": [9, 3, 0, 9, 1],
    "popularity_quantile": np.array([0.0, 0.2, 0.9, 0.0, 0.5], dtype=np.float32),
}
#: By hand: the first and fourth target are head ones, for 0.2 is not below 0.2.
MEMBERS = {"head": [0, 3], "tail": [1, 2, 4], "cold": [2], "short": [0, 2, 4], "long": [1, 3]}


def table(*ranks_of_seeds, score="cosine", **changes):
    parts = [
        pd.DataFrame({**USERS, "seed": seed, "score": score, "rank": ranks, "ties": 0, **changes})
        for seed, ranks in enumerate(ranks_of_seeds)
    ]
    return pd.concat(parts, ignore_index=True)


def cell(rows, group, metric):
    return rows[(rows["group"] == group) & (rows["metric"] == metric)].iloc[0]


def test_values_by_hand():
    rows = group_rows(table([1, 3, 20, 3, 1], [1, 20, 20, 7, 1]), score="cosine", **HOW)
    assert rows["group"].tolist() == [group for group in GROUPS for _ in range(2)]
    assert rows["metric"].tolist() == ["ndcg@10", "hr@10"] * 5
    for group, members in MEMBERS.items():
        assert cell(rows, group, "hr@10")["users"] == len(members)
    # Means over seeds of users 0 .. 4: hr 1, .5, 0, 1, 1; ndcg 1, 1/4, 0, (1/2 + 1/3) / 2, 1.
    assert cell(rows, "head", "hr@10")["value"] == 1
    assert cell(rows, "tail", "hr@10")["value"] == pytest.approx(1.5 / 3)
    assert cell(rows, "head", "ndcg@10")["value"] == pytest.approx((1 + 5 / 12) / 2)
    assert cell(rows, "long", "ndcg@10")["value"] == pytest.approx((1 / 4 + 5 / 12) / 2)
    assert cell(rows, "short", "ndcg@10")["value"] == pytest.approx(2 / 3)


def test_the_interval_is_students_over_users_and_unknown_for_one():
    rows = group_rows(table([1, 3, 20, 3, 1], [1, 20, 20, 7, 1]), score="cosine", **HOW)
    tail = cell(rows, "tail", "hr@10")
    # .5, 0, 1: mean .5, sd .5; t(.975, 2) = 4.3027.
    half = 4.302652729911275 * 0.5 / math.sqrt(3)
    assert (tail["low"], tail["high"]) == pytest.approx((0.5 - half, 0.5 + half))
    cold = cell(rows, "cold", "hr@10")
    assert cold["value"] == 0
    assert math.isnan(cold["low"])
    assert math.isnan(cold["high"])


def test_nobody_in_a_group_is_said_and_has_no_numbers():
    rows = group_rows(table([1, 2, 3, 4, 5], popularity=2), score="cosine", **HOW)
    cold = rows[rows["group"] == "cold"]
    assert (cold["users"] == 0).all()
    assert cold[["value", "low", "high"]].isna().all(axis=None)


def test_other_bounds_make_other_groups():
    groups = Groups(head_share=0.7, short_history=4)
    rows = group_rows(table([1, 2, 3, 4, 5]), score="cosine", **(HOW | {"groups": groups}))
    assert [cell(rows, group, "hr@10")["users"] for group in GROUPS] == [4, 1, 1, 1, 4]


def test_an_item_on_the_border_is_outside_whatever_the_bound_is():
    for tenths in range(1, 10):
        counts = np.arange(10)[::-1]  # the k-th item has k / 10 of the items above it
        users = {"popularity_quantile": popularity_quantiles(counts), "popularity": counts, "target": range(10)}
        ranks = pd.DataFrame(
            {**users, "user": range(10), "history": 5, "seed": 0, "score": "own", "rank": 1, "ties": 0}
        )
        rows = group_rows(ranks, score="own", **(HOW | {"groups": Groups(head_share=tenths / 10)}))
        assert cell(rows, "head", "hr@10")["users"] == tenths


def test_quantiles_by_hand_equal_items_share_one():
    assert popularity_quantiles(np.array([3, 0, 9, 3, 1])).tolist() == pytest.approx([0.2, 0.8, 0, 0.2, 0.6])
    assert popularity_quantiles(np.array([4, 4])).tolist() == [0, 0]


def test_differences_are_paired_over_users():
    reference, other = table([1, 3, 20, 3, 1], [1, 20, 20, 7, 1]), table([1, 20, 20, 20, 11])
    rows = group_differences(reference, other, score="cosine", **HOW)
    # hr of the reference 1, .5, 0, 1, 1 and of the other 1, 0, 0, 0, 0.
    for group, differences in {"head": [0, 1], "tail": [0.5, 0, 1], "short": [0, 0, 1], "long": [0.5, 1]}.items():
        row = cell(rows, group, "hr@10")
        expected = stats.ttest_1samp(differences, 0).confidence_interval(0.95)
        assert row["difference"] == pytest.approx(np.mean(differences))
        assert (row["difference_low"], row["difference_high"]) == pytest.approx((expected.low, expected.high))
    cold = cell(rows, "cold", "hr@10")
    assert cold["difference"] == 0
    assert math.isnan(cold["difference_low"])


def test_the_reference_may_rank_by_another_score():
    reference, own = table([1, 3, 20, 3, 1]), table([1, 3, 20, 3, 1], score="own")
    rows = group_differences(reference, own, score="own", reference_score="cosine", **HOW)
    assert (rows["difference"] == 0).all()


def test_rows_in_another_order_change_nothing():
    ranks = table([1, 3, 20, 3, 1], [1, 20, 20, 7, 1])
    mixed = ranks.sample(frac=1, random_state=0)
    pd.testing.assert_frame_equal(
        group_rows(ranks, score="cosine", **HOW), group_rows(mixed, score="cosine", **HOW), check_exact=True
    )


def test_other_users_or_targets_are_refused():
    ranks = table([1, 2, 3, 4, 5])
    for other in (ranks[ranks["user"] != 2], ranks.assign(target=[7, 8, 9, 7, 5])):
        with pytest.raises(ValueError, match="same users and targets expected"):
            group_differences(ranks, other, score="cosine", **HOW)


def test_a_score_that_was_not_ranked_by_is_refused():
    with pytest.raises(ValueError, match=r"ranks by 'dot' expected, found by \['cosine'\] only"):
        group_rows(table([1, 2, 3, 4, 5]), score="dot", **HOW)
