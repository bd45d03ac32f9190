"""Stand-ins for text vectors: what they keep of the real ones and what they do not."""

import numpy as np
import pytest

from spectran.spectra.matrix import MatrixError
from spectran.text.surrogate import write_surrogate


@pytest.fixture
def embeddings(tmp_path):
    rows = np.random.default_rng(1).normal(size=(200, 12)).astype(np.float32) + 0.5
    np.save(tmp_path / "embeddings.npy", rows)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def made(folder, kind, name="made.npy"):
    write_surrogate(folder / "embeddings.npy", kind, folder / name)
    return np.load(folder / name)


def test_shuffled_vectors_are_the_same_ones_at_other_items(tmp_path, embeddings):
    shuffled = made(tmp_path, "shuffled")
    assert shuffled.shape == embeddings.shape
    np.testing.assert_allclose(np.sort(shuffled, axis=0), np.sort(embeddings, axis=0), atol=1e-6)
    assert (np.abs(shuffled - embeddings).max(axis=1) > 1e-3).mean() > 0.9


def test_random_vectors_have_nothing_of_them(tmp_path, embeddings):
    random = made(tmp_path, "random")
    assert random.shape == embeddings.shape
    assert random.dtype == np.float32
    assert abs(random.mean()) < 0.1
    assert random.std() == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize("kind", ["shuffled", "random"])
def test_they_are_the_same_bytes_each_time(tmp_path, embeddings, kind):
    made(tmp_path, kind, "a.npy")
    made(tmp_path, kind, "b.npy")
    assert (tmp_path / "a.npy").read_bytes() == (tmp_path / "b.npy").read_bytes()


def test_a_damaged_matrix_is_named_and_nothing_is_left(tmp_path):
    (tmp_path / "embeddings.npy").write_bytes(b"no matrix")
    with pytest.raises(MatrixError, match=r"embeddings\.npy"):
        write_surrogate(tmp_path / "embeddings.npy", "random", tmp_path / "made.npy")
    assert [path.name for path in tmp_path.iterdir()] == ["embeddings.npy"]
