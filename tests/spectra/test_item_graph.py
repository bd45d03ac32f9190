"""The item graph against brute force, and what holds of its normalised form."""

from itertools import combinations

import numpy as np
import pytest

from spectra.graphs import dense_laplacian, random_train, train_of
from spectran.config.graph import ItemGraph
from spectran.spectra import item_graph as module
from spectran.spectra.item_graph import item_graph, neighbouring, normalised
from spectran.spectra.matrix import MatrixError

GRAPHS = ("cooccurrence", "binary", "windowed", "text-knn")


def text(n_items: int = 25, width: int = 4) -> np.ndarray:
    return np.random.default_rng(1).normal(size=(n_items, width))


def weights_of(train, **options) -> np.ndarray:
    return item_graph(train, ItemGraph(**options), text(train.n_items)).toarray()


def test_users_who_have_both_items_by_hand():
    train = train_of([0, 1, 2, 1], [1, 3], [2, 0], n_items=5)
    expected = [[2, 1, 2, 0, 0], [1, 2, 1, 1, 0], [2, 1, 2, 0, 0], [0, 1, 0, 1, 0], [0, 0, 0, 0, 1]]
    assert weights_of(train).tolist() == expected
    without = weights_of(train, self_loops=False)
    assert without.tolist() == (np.array(expected) * (1 - np.eye(5))).tolist()


@pytest.mark.parametrize("self_loops", [True, False])
@pytest.mark.parametrize("graph", ["cooccurrence", "binary"])
def test_users_in_common_by_brute_force(graph, self_loops):
    train = random_train()
    expected = np.zeros((25, 25))
    for sequence in train.sequences:
        for one, other in combinations(sorted(set(sequence.tolist())), 2):
            expected[one, other] += 1
            expected[other, one] += 1
    if graph == "binary":
        expected = np.minimum(expected, 1)
    if self_loops:
        users = [sum(item in sequence for sequence in train.sequences) for item in range(25)]
        np.fill_diagonal(expected, [max(1, min(1, count) if graph == "binary" else count) for count in users])
    assert np.array_equal(weights_of(train, graph=graph, self_loops=self_loops), expected)


@pytest.mark.parametrize("window", [1, 2, 3, 20])
def test_windowed_pairs_by_brute_force(window):
    train = random_train()
    expected, found = np.zeros((25, 25)), []
    for user, sequence in enumerate(train.sequences):
        for first, second in combinations(range(len(sequence)), 2):
            one, other = sequence[first], sequence[second]
            if second - first <= window and one != other:
                expected[one, other] += 1
                expected[other, one] += 1
                found.append((user, one, other))
    assert np.array_equal(weights_of(train, graph="windowed", window=window, self_loops=False), expected)
    with_loops = weights_of(train, graph="windowed", window=window)
    assert np.array_equal(with_loops, expected + np.eye(25))
    assert sorted(zip(*neighbouring(train, window), strict=True)) == sorted(found)


@pytest.mark.parametrize("neighbours", [1, 3, 24, 60])
def test_nearest_titles_by_brute_force(neighbours, monkeypatch):
    monkeypatch.setattr(module, "BLOCK", 7)
    rows = text() / np.linalg.norm(text(), axis=1, keepdims=True)
    cosines = rows @ rows.T
    expected = np.zeros((25, 25))
    for one in range(25):
        others = sorted((other for other in range(25) if other != one), key=lambda other: -cosines[one, other])
        for other in others[:neighbours]:
            expected[one, other] = expected[other, one] = 1
    found = weights_of(random_train(), graph="text-knn", neighbours=neighbours)
    assert np.array_equal(found, expected + np.eye(25))


def test_the_length_of_a_title_s_vector_decides_nothing():
    options, train = ItemGraph(graph="text-knn", neighbours=3), random_train()
    scaled = text() * np.linspace(0.1, 9, 25)[:, None]
    assert (item_graph(train, options, text()) != item_graph(train, options, scaled)).nnz == 0


def test_titles_as_near_as_the_last_all_count():
    rows = np.array([[1.0, 0.1], [1, 0], [1, 0], [1, 0], [0, 1]])
    found = item_graph(train_of([0], n_items=5), ItemGraph(graph="text-knn", neighbours=1, self_loops=False), rows)
    assert found.toarray().tolist() == [
        [0, 1, 1, 1, 1],
        [1, 0, 1, 1, 0],
        [1, 1, 0, 1, 0],
        [1, 1, 1, 0, 0],
        [1, 0, 0, 0, 0],
    ]


@pytest.mark.parametrize("graph", GRAPHS)
def test_the_numbering_of_items_decides_nothing(graph):
    train, order = random_train(), np.random.default_rng(2).permutation(25)
    renamed = train_of(*(order[sequence].tolist() for sequence in train.sequences), n_items=25)
    moved = np.empty_like(text())
    moved[order] = text()
    before = item_graph(train, ItemGraph(graph=graph, neighbours=3), text()).toarray()
    after = item_graph(renamed, ItemGraph(graph=graph, neighbours=3), moved).toarray()
    assert np.array_equal(after[np.ix_(order, order)], before)


@pytest.mark.parametrize("self_loops", [True, False])
@pytest.mark.parametrize("graph", GRAPHS)
def test_symmetric_sorted_and_twice_the_same_bytes(graph, self_loops):
    options = ItemGraph(graph=graph, self_loops=self_loops, neighbours=3)
    first, second = (item_graph(random_train(), options, text()) for _ in range(2))
    for one, other in ((first, second), (normalised(first), normalised(second))):
        assert (one != one.T).nnz == 0
        assert one.has_canonical_format
        assert np.diff(one.indptr).min() >= (one is not first or self_loops)
        assert one.data.all()
        for name in ("data", "indices", "indptr"):
            assert getattr(one, name).tobytes() == getattr(other, name).tobytes()


@pytest.mark.parametrize("graph", GRAPHS)
@pytest.mark.parametrize("self_loops", [True, False])
def test_normalised_by_the_textbook(graph, self_loops):
    weights = item_graph(random_train(), ItemGraph(graph=graph, self_loops=self_loops, neighbours=2), text())
    S, L = normalised(weights).toarray(), dense_laplacian(weights.toarray())
    assert np.eye(25) - L == pytest.approx(S, abs=1e-15)
    values = np.linalg.eigvalsh(L)
    assert values[0] == pytest.approx(0, abs=1e-12)
    assert values[-1] <= 2 + 1e-12


@pytest.mark.parametrize("seed", range(5))
def test_frequencies_lie_between_0_and_1_with_self_loops(seed):
    values = np.linalg.eigvalsh(np.eye(25) - normalised(item_graph(random_train(seed=seed), ItemGraph())).toarray())
    assert values[0] > -1e-12
    assert values[-1] < 1 + 1e-12
    without = item_graph(random_train(seed=seed), ItemGraph(self_loops=False))
    assert np.linalg.eigvalsh(np.eye(25) - normalised(without).toarray())[-1] > 1.1


@pytest.mark.parametrize("self_loops", [True, False])
def test_an_item_that_nobody_has_keeps_its_vector(self_loops):
    for graph in ("cooccurrence", "binary", "windowed"):
        S = normalised(item_graph(random_train(), ItemGraph(graph=graph, self_loops=self_loops))).toarray()
        assert np.array_equal(S[23:], np.eye(25)[23:])
        assert np.array_equal(S[:, 23:], np.eye(25)[:, 23:])


@pytest.mark.parametrize("graph", GRAPHS)
def test_one_item_or_users_of_one_item_have_no_edge(graph):
    alone = item_graph(train_of([0], n_items=1), ItemGraph(graph=graph), np.ones((1, 2)))
    assert alone.toarray().tolist() == [[1]]
    if graph != "text-knn":
        singles = normalised(
            item_graph(train_of([0], [1], [1, 1], n_items=3), ItemGraph(graph=graph, self_loops=False))
        )
        assert np.array_equal(singles.toarray(), np.eye(3))
        pair = item_graph(train_of([0, 1], n_items=3), ItemGraph(graph=graph))
        assert pair.toarray().tolist() == [[1, 1, 0], [1, 1, 0], [0, 0, 1]]


def test_titles_that_are_missing_are_asked_for():
    options, train = ItemGraph(graph="text-knn"), random_train()
    with pytest.raises(ValueError, match="made of text embeddings, and none were given"):
        item_graph(train, options)
    with pytest.raises(ValueError, match="one row for each of 25 items expected, found 24"):
        item_graph(train, options, text()[:-1])
    with pytest.raises(MatrixError, match="finite non-zero rows expected"):
        item_graph(train, options, text() * 0)
