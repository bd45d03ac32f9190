"""Graph Fourier energies against dense eigen-decompositions and by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from spectra.graphs import dense_laplacian, random_train, train_of
from spectran.config.graph import ItemGraph
from spectran.spectra import graph_energy as module
from spectran.spectra.graph_energy import global_share, highest, local_energy, lowest
from spectran.spectra.item_graph import item_graph, normalised


def askew(n: int, seed: int = 0) -> sparse.csr_array:
    """Symmetric weights with no two frequencies alike."""
    half = np.triu(np.random.default_rng(seed).uniform(0.1, 1, size=(n, n)))
    return sparse.csr_array(half + half.T)


def states_of(*shape: int) -> np.ndarray:
    return np.random.default_rng(7).normal(size=shape)


def by_index(W: sparse.csr_array, items: np.ndarray, states: np.ndarray) -> np.ndarray:
    """Energy of each index by the textbook, of different items."""
    weights = W.toarray()[np.ix_(items, items)] * (1 - np.eye(len(items)))
    vectors = np.linalg.eigh(dense_laplacian(weights))[1]
    return ((vectors.T @ states) ** 2).sum(axis=1) / (states**2).sum()


@pytest.mark.parametrize("k", [10, 20])
def test_whole_indices_in_a_band_match_a_dense_decomposition(k):
    W, states = askew(30), states_of(k, 5)
    items = np.random.default_rng(1).permutation(30)[:k]
    expected = by_index(W, items, states).reshape(10, -1).sum(axis=1)
    assert local_energy(W, items, states) == pytest.approx(expected, abs=1e-12)


def test_an_index_that_straddles_bands_is_shared_out():
    W, states, items = askew(9), states_of(3, 2), np.array([4, 0, 7])
    e = by_index(W, items, states)
    assert local_energy(W, items, states, bands=2) == pytest.approx([e[0] + e[1] / 2, e[1] / 2 + e[2]])
    assert local_energy(W, items, states, bands=3) == pytest.approx(e)
    tenths = [*[0.3 * e[0]] * 3, 0.1 * e[0] + 0.2 * e[1], 0.3 * e[1], 0.3 * e[1], 0.2 * e[1] + 0.1 * e[2]]
    assert local_energy(W, items, states) == pytest.approx([*tenths, *[0.3 * e[2]] * 3])


@given(st.lists(st.integers(0, 24), min_size=1, max_size=14), st.integers(1, 12), st.booleans())
@settings(max_examples=60, deadline=None)
def test_energies_sum_to_one(items, bands, self_loops):
    W = item_graph(random_train(), ItemGraph(self_loops=self_loops))
    found = local_energy(W, np.array(items), states_of(len(items), 3), bands)
    if len(set(items)) < 3:
        assert found is None
    else:
        assert found.shape == (bands,)
        assert found.min() > -1e-12
        assert found.sum() == pytest.approx(1)


def test_energies_by_hand():
    """A path of three items has the vectors (1, r, 1)/2, (1, 0, -1)/r and (1, -r, 1)/2, r the root of 2."""
    W = item_graph(train_of([0, 1], [1, 2], n_items=3), ItemGraph())
    root = np.sqrt(2)
    for place, signal in enumerate(([1, root, 1], [1, 0, -1], [1, -root, 1])):
        energies = local_energy(W, np.array([0, 1, 2]), np.array(signal)[:, None], bands=3)
        assert energies == pytest.approx(np.eye(3)[place], abs=1e-12)


def test_self_loops_change_nothing_of_a_sub_graph():
    states, items = states_of(9, 3), np.arange(9)
    with_loops, without = (item_graph(random_train(), ItemGraph(self_loops=kept)) for kept in (True, False))
    assert np.array_equal(local_energy(with_loops, items, states), local_energy(without, items, states))


def test_an_item_twice_is_one_node_with_the_mean_of_its_states():
    W, states = askew(9), states_of(5, 2)
    merged = np.array([(states[0] + states[3]) / 2, states[1], (states[2] + states[4]) / 2, *states_of(0, 2)])
    found = local_energy(W, np.array([5, 2, 8, 5, 8]), states)
    assert found == pytest.approx(local_energy(W, np.array([5, 2, 8]), merged))


def test_equal_frequencies_share_their_energy():
    """All frequencies but 0 of a complete graph are one: no basis of them, and no numbering, is preferred."""
    W, states = sparse.csr_array(np.ones((4, 4))), states_of(4, 3)
    flat = (states.sum(axis=0) ** 2).sum() / 4 / (states**2).sum()
    found = local_energy(W, np.arange(4), states, bands=4)
    assert found == pytest.approx([flat, *[(1 - flat) / 3] * 3])
    alone = local_energy(sparse.csr_array((4, 4)), np.arange(4), states, bands=4)
    assert alone == pytest.approx([0.25] * 4)


def test_an_item_that_is_alone_in_a_sub_graph_is_a_low_frequency():
    W = item_graph(train_of([0, 1], [2], n_items=3), ItemGraph())
    energies = local_energy(W, np.array([0, 1, 2]), np.array([[0.0], [0.0], [1.0]]), bands=3)
    assert energies == pytest.approx([0.5, 0.5, 0])


def test_the_order_of_a_user_s_items_decides_nothing_of_the_energies():
    W = item_graph(random_train(), ItemGraph())
    items, states, order = np.arange(3, 12), states_of(9, 3), np.random.default_rng(0).permutation(9)
    assert local_energy(W, items[order], states[order]) == pytest.approx(local_energy(W, items, states), abs=1e-12)


@pytest.mark.parametrize("items", [[3], [3, 4], [3, 3, 4, 4]])
def test_fewer_than_three_items_have_no_frequencies(items):
    assert local_energy(askew(9), np.array(items), states_of(len(items), 2)) is None


def test_many_layers_at_once_are_each_alone():
    W, items, states = askew(9), np.array([1, 4, 4, 6, 0]), states_of(2, 3, 5, 4)
    together = local_energy(W, items, states)
    assert together.shape == (2, 3, 10)
    for place in np.ndindex(2, 3):
        assert together[place] == pytest.approx(local_energy(W, items, states[place]))


def test_states_that_are_all_zero_have_no_shares():
    states = np.stack([np.zeros((3, 2)), states_of(3, 2)])
    found = local_energy(askew(9), np.array([1, 2, 3]), states)
    assert np.isnan(found[0]).all()
    assert found[1].sum() == pytest.approx(1)


@pytest.mark.parametrize("whole", [0, 256])
def test_the_lowest_frequencies_match_a_dense_decomposition(whole, monkeypatch):
    monkeypatch.setattr(module, "WHOLE", whole)
    S = normalised(askew(40))
    values, vectors = np.linalg.eigh(np.eye(40) - S.toarray())
    found, columns = lowest(S, 7)
    assert found == pytest.approx(values[:7], abs=1e-10)
    assert columns.T @ columns == pytest.approx(np.eye(7), abs=1e-10)
    assert columns @ columns.T == pytest.approx(vectors[:, :7] @ vectors[:, :7].T, abs=1e-8)
    X = states_of(40, 3)
    share = ((vectors[:, :7].T @ X) ** 2).sum() / (X**2).sum()
    assert global_share(columns, X) == pytest.approx(share, abs=1e-10)
    assert highest(S) == pytest.approx(values[-1], abs=1e-7)


def test_every_component_has_its_zero_and_items_alone_have_none(monkeypatch):
    """Five equal components: a search through the whole graph may find a value once that is there five times."""
    monkeypatch.setattr(module, "WHOLE", 3)
    block = askew(12).toarray()
    W = sparse.csr_array(np.kron(np.diag([1, 1, 0, 1, 1, 1]), block))
    found, columns = lowest(normalised(W), 8)
    assert found[:5] == pytest.approx(np.zeros(5), abs=1e-12)
    second = np.linalg.eigvalsh(dense_laplacian(block))[1]
    assert found[5:] == pytest.approx([second] * 3)
    assert not columns[24:36].any()
    assert columns.T @ columns == pytest.approx(np.eye(8), abs=1e-10)


def test_at_most_one_fewer_than_there_are_items_with_a_neighbour():
    W = askew(5)
    values, vectors = lowest(normalised(W), 100)
    assert values.shape == (4,)
    assert vectors.shape == (5, 4)
    for few in (sparse.csr_array(np.eye(3)), sparse.csr_array((1, 1))):
        values, vectors = lowest(normalised(few), 100)
        assert values.shape == (0,)
        assert vectors.shape == (*few.shape[:1], 0)
        assert global_share(vectors, np.ones((few.shape[0], 2))) == 0


def test_the_whole_space_holds_all_energy_and_nothing_holds_none():
    X = states_of(6, 2)
    assert global_share(np.eye(6), X) == pytest.approx(1)
    assert global_share(np.eye(6)[:, :1], X) == pytest.approx((X[0] ** 2).sum() / (X**2).sum())
    assert np.isnan(global_share(np.eye(6), np.zeros((6, 2))))


def test_the_search_gives_the_same_bytes_twice(monkeypatch):
    monkeypatch.setattr(module, "WHOLE", 0)
    first, second = (lowest(normalised(askew(40)), 5) for _ in range(2))
    assert [array.tobytes() for array in first] == [array.tobytes() for array in second]
