"""The shuffle test: by hand, against a plain loop, and what it must say of data with all order and with none."""

import math
from itertools import pairwise

import numpy as np
import pytest

from evaluation.handmade_splits import made, values
from spectran.evaluation.audit.follower_ranking import follower_metrics
from spectran.evaluation.audit.order import order
from spectran.models.controls.markov import followers


def ranked(sequences, last=None):
    train = made(sequences).train
    ends = np.array([sequence[-1] for sequence in train.sequences] if last is None else last)
    targets = made(sequences).validation
    return follower_metrics(train, followers(train), ends, targets, 20)


def test_ranks_by_hand():
    # 30 items. After item 2 others had 3 twice and 4 once; the first user's own 3 in its train part does not count.
    sequences = [[2, 3, 2, 3, 0], [2, 3, 7, 0], [2, 3, 8, 0], [2, 4, 9, 0], [29, 2, 3, 0], [28, 2, 4, 0]]
    metrics = ranked(sequences)
    assert metrics.iloc[0].tolist() == [1, 1]
    # The fifth's last item is 2: others had 3 three times, 4 once.
    assert metrics.iloc[4].tolist() == [1, 1]
    # The sixth wants 4, second to 3.
    assert metrics.iloc[5].tolist() == pytest.approx([1 / math.log2(3), 1])


def test_what_never_followed_shares_the_places_that_are_left():
    # 30 items; after item 0 others had 1 alone; 9 is among the 29 others: places 2 to 30, 19 of which count.
    metrics = ranked([[5, 0, 9, 29], [0, 1, 7, 29]])
    gains = sum(1 / math.log2(1 + place) for place in range(2, 21))
    assert metrics.iloc[0].tolist() == pytest.approx([gains / 29, 19 / 29])


def test_ranks_equal_a_plain_loop():
    rng = np.random.default_rng(3)
    sequences = [rng.integers(25, size=rng.integers(4, 9)).tolist() for _ in range(60)]
    sequences[0][0] = 24
    splits = made(sequences)
    last = [int(rng.choice(sequence)) for sequence in splits.train.sequences]
    metrics = ranked(sequences, last)
    for user in range(60):
        counts = np.zeros(25)
        for other, sequence in enumerate(splits.train.sequences):
            for before, after in pairwise(sequence):
                counts[after] += other != user and before == last[user]
        own = counts[splits.validation[user]]
        first = 1 + (counts > own).sum()
        places = np.arange(first, first + (counts == own).sum())
        assert metrics["hr@20"][user] == pytest.approx((places <= 20).mean())
        assert metrics["ndcg@20"][user] == pytest.approx(np.where(places <= 20, 1 / np.log2(1 + places), 0).mean())


def test_a_cycle_loses_nearly_all():
    # Item 7 k mod 500 is the k-th of everybody's round: the next item is certain in order. Of a shuffled history only
    # the true last of 20 items tells the target; after any other it is among 499 equals for places 2 to 500.
    starts = np.random.default_rng(0).integers(500, size=1000)
    found = values(order(made([[(7 * (start + step)) % 500 for step in range(22)] for start in starts])))
    assert found["NDCG@20 in true order"] == pytest.approx(1)
    assert found["NDCG@20 lost by shuffling"] == pytest.approx(1 - 1 / 20, abs=0.02)
    assert found["HR@20 lost by shuffling"] == pytest.approx((1 - 1 / 20) * (1 - 19 / 499), abs=0.02)


def test_without_order_nothing_is_lost_within_noise():
    """Tastes without order: 40 data sets; intervals must hold 0 as often as they say, and the mean loss must be 0."""
    outside, lost = 0, []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        tastes = rng.integers(10, size=300)
        sequences = [rng.choice(np.arange(10 * taste, 10 * taste + 10), size=8, replace=False) for taste in tastes]
        found = values(order(made([sequence.tolist() for sequence in sequences])))
        assert found["NDCG@20 in true order"] > 0.1  # co-occurrence does tell something
        lost.append(found["NDCG@20 lost by shuffling"])
        outside += not found["NDCG@20 lost by shuffling, 95 % low"] < 0 < found["NDCG@20 lost by shuffling, 95 % high"]
    assert outside <= 6  # 2 expected; 7 or more have a probability of 0.4 %
    assert abs(np.mean(lost)) < 3 * np.std(lost, ddof=1) / math.sqrt(40)


def test_targets_of_the_items_before_are_told_apart():
    cycle = [[0, 1, 2, 3], [1, 2, 3, 0], [2, 3, 0, 1], [3, 0, 1, 2]]
    later, same = [0, 100, 200, 300], [0, 100, 100, 300]
    found = values(order(made(cycle, [later, later, later, same])))
    # Item 2 follows 1 once elsewhere, 3 follows 2, 0 follows 3; after 0 comes 1 in the first user only.
    assert found["NDCG@20 (targets later than the item before) in true order"] == 1
    assert found["NDCG@20 (targets at the time of the item before) in true order"] == 1
    assert found["NDCG@20 (targets at the time of the item before) lost by shuffling, 95 % low"] is None
    found = values(order(made(cycle)))
    assert found["NDCG@20 (targets at the time of the item before) in true order"] is None
    assert found["NDCG@20 (targets later than the item before) in true order"] == found["NDCG@20 in true order"]


def test_nothing_to_lose_is_said():
    # Item 0 was followed by 24 other users' items, and 50 was not: the target's first place is the 25th.
    measures = order(made([[0, item, 0, 50, 49] for item in range(1, 26)]))
    lost = [measure for measure in measures if "lost" in measure.measure and "(" not in measure.measure]
    assert len(lost) == 6
    assert all(measure.value is None and measure.note.startswith("cannot be said: no such") for measure in lost)


def test_the_same_data_give_the_same_numbers():
    rng = np.random.default_rng(0)
    sequences = [rng.integers(30, size=7).tolist() for _ in range(50)]
    assert order(made(sequences)) == order(made(sequences))
