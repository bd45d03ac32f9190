"""Untrained controls: each equals brute force from its formula, and none trips over rare users and items."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from small import N_ITEMS, STUDY, features, sequences
from spectran.config.controls import ControlOptions, Ease, ItemKnn, Markov, Popularity, TextKnn
from spectran.data.sequences import Sequences
from spectran.evaluation.control_ranking import rank_control
from spectran.evaluation.metrics import per_user
from spectran.models.controls import CONTROLS, fit_control, fitted_by, window
from spectran.models.features import ItemFeatures

NO_TEXT = ItemFeatures(N_ITEMS)
#: Two users with one item, a user with an item twice, and items 7 and 8 that nobody has.
ODD = Sequences([np.array(row) for row in ([0, 1, 2], [1, 2, 1, 3], [4], [2], [0, 2, 5, 6, 1])], 9)
#: Rows: padded, repeated, never seen, nothing at all.
HISTORIES = np.array([[9, 0, 1], [1, 2, 1], [9, 9, 7], [9, 9, 9]])


def owned(rows, n_items):
    """The binary user-item matrix by a plain loop."""
    matrix = np.zeros((len(rows), n_items))
    for row, items in zip(matrix, rows, strict=True):
        row[[item for item in items if item < n_items]] = 1
    return matrix


def test_popularity_by_hand():
    scores = fit_control("popularity", ODD, NO_TEXT, {}).scores(HISTORIES)
    assert scores.tolist() == [[2, 4, 4, 1, 1, 1, 1, 0, 0]] * 4


def test_markov_equals_a_plain_loop():
    train = sequences()
    scores = fit_control("markov", train, NO_TEXT, {"back_off": False}).scores(train.histories(4))
    for row, sequence in zip(scores, train.sequences, strict=True):
        expected = np.zeros(N_ITEMS)
        for other in train.sequences:
            for before, after in pairwise(other):
                expected[after] += before == sequence[-1]
        assert row.tolist() == expected.tolist()


def test_markov_backs_off_to_popularity_below_every_follower():
    scores = fit_control("markov", ODD, NO_TEXT, {"back_off": True}).scores(HISTORIES)
    # After item 1: item 2 twice, item 3 once; the others by their counts 2, 4, 1, 1, 1, 0, 0 over the largest plus one.
    assert scores[0].tolist() == pytest.approx([0.4, 0.8, 2, 1, 0.2, 0.2, 0.2, 0, 0])
    assert np.array_equal(scores[2], scores[3])
    assert (scores[3] < 1).all()


@pytest.mark.parametrize(("neighbours", "shrinkage"), [(1, 0.0), (2, 3.5), (N_ITEMS, 1.0)])
@pytest.mark.parametrize("train", [sequences(), ODD], ids=["plain", "odd"])
def test_item_knn_equals_a_plain_loop(train, neighbours, shrinkage):
    n = train.n_items
    users = [{u for u, items in enumerate(train.sequences) if item in items} for item in range(n)]
    similarity = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            if i != j and users[i] & users[j]:
                size = (len(users[i]) * len(users[j])) ** 0.5 + shrinkage
                similarity[i, j] = len(users[i] & users[j]) / size
    for row in similarity:
        row[row < sorted(row)[-min(neighbours, n)]] = 0
    histories = np.vstack([train.histories(3), np.full((1, 3), n)])
    control = fit_control("item-knn", train, NO_TEXT, {"neighbours": neighbours, "shrinkage": shrinkage})
    for row, history in zip(control.scores(histories), histories, strict=True):
        expected = sum((similarity[item] for item in set(history.tolist()) - {n}), np.zeros(n))
        assert row == pytest.approx(expected)


def test_the_numbering_of_items_decides_nothing_in_item_knn():
    train = sequences()
    order = np.random.default_rng(0).permutation(N_ITEMS)
    renamed = Sequences([order[sequence] for sequence in train.sequences], N_ITEMS)
    point = {"neighbours": 2, "shrinkage": 1.0}
    ours = fit_control("item-knn", train, NO_TEXT, point).scores(np.array([[3, 8]]))
    theirs = fit_control("item-knn", renamed, NO_TEXT, point).scores(order[[[3, 8]]])
    assert theirs[0, order] == pytest.approx(ours[0])


@pytest.mark.parametrize("penalty", [0.5, 20.0])
@pytest.mark.parametrize("train", [sequences(), ODD], ids=["plain", "odd"])
def test_ease_solves_every_columns_ridge_problem_with_its_own_weight_held_at_zero(train, penalty):
    """Steck 2019: the least of ||X - X B||^2 + lambda ||B||^2 with diag(B) = 0, column by column."""
    X = owned(train.sequences, train.n_items)
    B = np.zeros((train.n_items, train.n_items))
    for j in range(train.n_items):
        others = [i for i in range(train.n_items) if i != j]
        Z = X[:, others]
        B[others, j] = np.linalg.solve(Z.T @ Z + penalty * np.eye(len(others)), Z.T @ X[:, j])
    histories = np.vstack([train.histories(4), np.full((1, 4), train.n_items)])
    control = fit_control("ease", train, NO_TEXT, {"penalty": penalty})
    assert control.weights == pytest.approx(B, abs=1e-12)
    assert control.scores(histories) == pytest.approx(owned(histories, train.n_items) @ B, abs=1e-12)


def test_text_knn_by_hand(tmp_path):
    np.save(tmp_path / "e.npy", np.array([[2.0, 0.0], [0.0, 3.0], [1.0, 1.0], [4.0, 0.0]]))
    text = ItemFeatures(4, {"embeddings": tmp_path / "e.npy"})
    control = fit_control("text-knn", Sequences([np.array([0, 1])], 4), text, {})
    half = 0.5**0.5
    scores = control.scores(np.array([[4, 0], [0, 1], [0, 0], [4, 4]]))
    assert scores[0].tolist() == pytest.approx([1, 0, half, 1])
    assert scores[1].tolist() == pytest.approx([0.5, 0.5, half, 0.5])
    assert scores[2].tolist() == pytest.approx([1, 0, half, 1])
    assert scores[3].tolist() == [0, 0, 0, 0]


def test_text_knn_scores_equal_titles_exactly_alike(tmp_path):
    rng = np.random.default_rng(0)
    titles = rng.normal(size=(50, 384)).astype(np.float32)
    np.save(tmp_path / "e.npy", titles[rng.integers(50, size=301)])
    text = ItemFeatures(301, {"embeddings": tmp_path / "e.npy"})
    control = fit_control("text-knn", Sequences([], 301), text, {})
    # A plain product of the two matrices rounds some of them apart, most of all for one user at a time.
    for users in (1, 33):
        for row in control.scores(rng.integers(301, size=(users, 3))):
            assert len(np.unique(row)) <= 50


def test_text_knn_refuses_embeddings_of_other_items(tmp_path):
    text = ItemFeatures(5, features(tmp_path).paths)
    with pytest.raises(ValueError, match=r"embeddings\.npy: one row for each of 5 items expected, found 23"):
        fit_control("text-knn", Sequences([np.array([0])], 5), text, {})


@pytest.mark.parametrize(("last", "expected"), [(1, [[1], [1], [7], [9]]), (None, HISTORIES.tolist())])
def test_the_window_leaves_the_latest_items(last, expected):
    point = {"penalty": 1.0, "last": last}
    assert window(HISTORIES, point).tolist() == expected
    assert window(HISTORIES, {}).tolist() == HISTORIES.tolist()
    assert fitted_by(point) == {"penalty": 1.0}


@pytest.mark.parametrize("options", [Popularity(), Markov(), ItemKnn(), Ease(), TextKnn()], ids=lambda o: o.kind)
def test_every_point_of_every_control_gives_finite_scores_for_odd_users_and_items(options, tmp_path):
    text = features(tmp_path, n_items=9) if options.reads() else ItemFeatures(9)
    for point in options.points():
        scores = fit_control(options.kind, ODD, text, point).scores(HISTORIES)
        assert scores.shape == (4, 9)
        assert scores.dtype == np.float64
        assert np.isfinite(scores).all()


def test_a_control_that_scores_all_items_alike_hits_k_times_in_n():
    even = Sequences([np.arange(N_ITEMS)], N_ITEMS)
    histories, targets = np.zeros((40, 2), dtype=np.int64), np.arange(40) % N_ITEMS
    ranks = rank_control(fit_control("popularity", even, NO_TEXT, {}), histories, targets, chunk=7)
    table = pd.DataFrame({"rank": ranks.rank[0].numpy(), "ties": ranks.ties[0].numpy()})
    assert per_user(table, [5])["hr@5"].tolist() == pytest.approx([5 / N_ITEMS] * 40)


def test_a_grid_is_the_product_of_its_lists_in_their_order():
    assert Popularity().points() == [{}]
    assert Markov().points() == [{"back_off": True}, {"back_off": False}]
    points = ItemKnn(neighbours=(5, 9), shrinkage=(0.0,), last=(2, None)).points()
    assert [tuple(point.values()) for point in points] == [(5, 0, 2), (5, 0, None), (9, 0, 2), (9, 0, None)]


def test_every_kind_of_control_has_options_and_code_and_is_in_the_published_study():
    kinds = {options.model_fields["kind"].default for options in ControlOptions.__subclasses__()}
    assert kinds == set(CONTROLS) == {control.kind for control in STUDY.controls.values()}
    assert [name for name, control in STUDY.controls.items() if control.reads()] == ["text-knn"]
