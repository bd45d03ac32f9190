"""The low-pass filter against the dense spectral filter, and what it leaves unchanged."""

import numpy as np
import pytest

from spectra.graphs import dense_laplacian, random_train
from spectran.config.graph import ItemGraph
from spectran.spectra.item_graph import item_graph, normalised
from spectran.spectra.low_pass import low_pass

ALPHAS, HOPS = (0.1, 0.5, 0.7, 1.0), (1, 2, 3)


@pytest.fixture(params=[True, False], ids=["self loops", "no self loops"])
def weights(request):
    return item_graph(random_train(), ItemGraph(self_loops=request.param))


def signals(n_items: int = 25) -> np.ndarray:
    return np.random.default_rng(4).normal(size=(n_items, 3))


@pytest.mark.parametrize("hops", HOPS)
def test_alpha_0_is_the_identity(weights, hops):
    assert np.array_equal(low_pass(normalised(weights), signals(), 0.0, hops), signals())


@pytest.mark.parametrize("hops", HOPS)
@pytest.mark.parametrize("alpha", ALPHAS)
def test_the_polynomial_is_the_spectral_filter(weights, alpha, hops):
    values, vectors = np.linalg.eigh(dense_laplacian(weights.toarray()))
    expected = vectors @ np.diag((1 - alpha * values) ** hops) @ vectors.T @ signals()
    assert low_pass(normalised(weights), signals(), alpha, hops) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("hops", HOPS)
@pytest.mark.parametrize("alpha", ALPHAS)
def test_the_root_of_the_degrees_passes_unchanged(weights, alpha, hops):
    flat = np.sqrt(weights.sum(axis=1))[:, None]
    assert low_pass(normalised(weights), flat, alpha, hops) == pytest.approx(flat, abs=1e-12)


def test_an_item_without_a_neighbour_keeps_its_vector(weights):
    kept = low_pass(normalised(weights), signals(), 0.7, 2)
    assert np.abs(kept[23:] - signals()[23:]).max() < 1e-15
    assert np.abs(kept[:23] - signals()[:23]).min() > 1e-6


def test_two_items_by_hand():
    S = np.full((2, 2), 0.5)
    assert low_pass(S, np.array([[1.0], [0.0]]), 0.5, 1).tolist() == [[0.75], [0.25]]
    assert low_pass(S, np.array([[1.0], [0.0]]), 0.5, 2).tolist() == [[0.625], [0.375]]


def test_its_argument_is_left_as_it_is(weights):
    X = signals()
    low_pass(normalised(weights), X, 0.7, 3)
    assert np.array_equal(X, signals())
