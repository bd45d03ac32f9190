"""The SVD: it is one, signs and rank are fixed, and it survives the disk."""

import numpy as np
import pytest

from spectran.spectra.decomposition import Decomposition, decompose, unit_rows


@pytest.fixture
def embeddings():
    return (np.random.default_rng(0).normal(size=(30, 9)) + 1.0).astype(np.float32)


@pytest.mark.parametrize("form", ["raw", "centred"])
def test_it_is_the_svd_of_the_unit_rows(embeddings, form):
    found = decompose(embeddings, form)
    rows = embeddings / np.linalg.norm(embeddings.astype(float), axis=1, keepdims=True)
    if form == "centred":
        rows = rows - rows.mean(axis=0)
    assert pytest.approx(rows, abs=1e-12) == (found.U * found.S) @ found.V.T
    assert pytest.approx(np.eye(9), abs=1e-12) == found.U.T @ found.U
    assert pytest.approx(np.eye(9), abs=1e-12) == found.V.T @ found.V
    assert (np.diff(found.S) <= 0).all()


def test_signs_do_not_depend_on_lapack(embeddings):
    found = decompose(embeddings, "raw")
    largest = np.abs(found.V).argmax(axis=0)
    assert (found.V[largest, np.arange(found.rank)] > 0).all()
    reordered = decompose(embeddings[::-1], "raw")
    assert pytest.approx(found.V, abs=1e-10) == reordered.V


def test_duplicate_titles_lower_the_rank_and_share_their_row(embeddings):
    few = np.repeat(embeddings[:4], 5, axis=0)
    found = decompose(few, "raw")
    assert found.rank == 4
    assert found.U[0] == pytest.approx(found.U[4], abs=1e-12)
    assert decompose(few, "centred").rank == 3


def test_scale_of_a_row_does_not_matter(embeddings):
    scaled = embeddings * np.linspace(1, 90, 30, dtype=np.float32)[:, None]
    assert pytest.approx(decompose(embeddings, "raw").S, rel=1e-5) == decompose(scaled, "raw").S


def test_save_and_load_give_the_same_bytes(embeddings, tmp_path):
    decompose(embeddings, "raw").save(tmp_path / "a")
    decompose(embeddings, "raw").save(tmp_path / "b")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert np.array_equal(Decomposition.load(tmp_path / "a").U, decompose(embeddings, "raw").U)


@pytest.mark.parametrize("value", [0.0, np.nan, np.inf])
def test_rows_without_a_direction_are_refused_by_number(embeddings, value):
    embeddings[7] = value
    with pytest.raises(ValueError, match="the first is row 7"):
        unit_rows(embeddings)
