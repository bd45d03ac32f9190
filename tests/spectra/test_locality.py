"""The locality of users' sequences by hand and by brute force."""

import numpy as np
import pytest

from spectra.graphs import random_train, train_of
from spectran.spectra.locality import locality


def brute_force(train, window: int) -> np.ndarray:
    sets, scores = [set(sequence.tolist()) for sequence in train.sequences], []
    for user, sequence in enumerate(train.sequences):
        others, closeness = sets[:user] + sets[user + 1 :], []
        for first in range(len(sequence)):
            for second in range(first + 1, min(first + window, len(sequence) - 1) + 1):
                i, j = sequence[first], sequence[second]
                if i == j:
                    continue
                both = sum(i in one and j in one for one in others)
                product = sum(i in one for one in others) * sum(j in one for one in others)
                closeness.append(both / np.sqrt(product) if product else 0.0)
        scores.append(np.mean(closeness) if closeness else np.nan)
    return np.array(scores)


def test_two_users_by_hand():
    """Of user 0's pairs, (0, 1) is the other's too, and item 2 is nobody else's; user 2 is alone with his."""
    train = train_of([0, 1, 2], [1, 0], [3, 4], n_items=5)
    assert locality(train).tolist() == [0.5, 1.0, 0.0]


def test_a_cosine_by_hand():
    """Apart from user 0, items 0 and 1 are of two users and of one, of whom one has both."""
    train = train_of([0, 1], [1, 2, 0], [0, 2], n_items=3)
    assert locality(train)[0] == pytest.approx(1 / np.sqrt(2))


@pytest.mark.parametrize("window", [1, 2, 5])
@pytest.mark.parametrize("seed", range(3))
def test_by_brute_force(seed, window):
    train = random_train(seed=seed)
    expected = brute_force(train, window)
    assert np.isfinite(expected).sum() > 40
    assert locality(train, window) == pytest.approx(expected, nan_ok=True, abs=1e-12)


def test_users_without_two_different_items_have_no_score():
    assert np.isnan(locality(train_of([0], [1, 1, 1], [2, 0], n_items=4))).tolist() == [True, True, False]


def test_what_a_user_does_himself_does_not_count():
    """However often he goes to and fro between two items that nobody else has."""
    assert locality(train_of([0, 1, 0, 1], [2, 3], n_items=4)).tolist() == [0.0, 0.0]
