"""Whitening: unit variance on every kept component, and nothing blown up."""

import numpy as np
import pytest

from spectran.spectra.decomposition import decompose
from spectran.spectra.whitening import whiten


def embeddings(n_items, text_dim, seed=0):
    """Correlated columns whose variances fall by a factor of a hundred."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n_items, text_dim)) * np.geomspace(1, 0.1, text_dim) @ rng.normal(size=(text_dim, text_dim))


@pytest.mark.parametrize(("n_items", "text_dim"), [(50, 8), (9, 30), (30, 30)])
def test_components_are_uncorrelated_and_of_unit_variance(n_items, text_dim):
    svd = decompose(embeddings(n_items, text_dim), "centred")
    assert svd.rank == min(n_items - 1, text_dim)
    pca = whiten(svd, "pca", 0.0)
    assert np.cov(pca, rowvar=False) == pytest.approx(np.eye(svd.rank), abs=1e-9)
    zca = whiten(svd, "zca", 0.0)
    assert zca.shape == (n_items, text_dim)
    assert np.isfinite(zca).all()
    # Turned back to the text's axes: all of the variance that there is, and none elsewhere.
    assert np.cov(zca, rowvar=False) == pytest.approx(svd.V @ svd.V.T, abs=1e-9)
    assert zca @ svd.V == pytest.approx(pca)


def test_epsilon_is_a_share_of_the_largest_variance():
    svd = decompose(embeddings(40, 6), "centred")
    variance = svd.S**2 / 39
    found = whiten(svd, "pca", 0.5).var(axis=0, ddof=1)
    assert found == pytest.approx(variance / (variance + 0.5 * variance[0]))
    assert whiten(svd, "pca", 1e-5).var(axis=0, ddof=1) == pytest.approx(np.ones(6), abs=0.02)


def test_equal_rows_stay_equal_and_add_no_component():
    rows = embeddings(20, 30)
    rows[10:] = rows[:10]
    svd = decompose(rows, "centred")
    assert svd.rank == 9
    white = whiten(svd, "zca", 1e-5)
    assert white[10:] == pytest.approx(white[:10])
    assert np.abs(white).max() < 20
