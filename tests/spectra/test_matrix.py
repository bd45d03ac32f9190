"""The loader of the embedding matrix: unit rows in float64, and every fault named with its file."""

from pathlib import Path

import numpy as np
import pytest

from spectran.spectra.matrix import MatrixError, read_embeddings


def saved(path: Path, array: np.ndarray) -> Path:
    np.save(path, array)
    return path


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_rows_come_out_with_length_one_in_float64(dtype: type, tmp_path: Path):
    rows = read_embeddings(saved(tmp_path / "e.npy", np.array([[3, 4], [0, 2]], dtype=dtype)))
    assert rows.dtype == np.float64
    assert rows.tolist() == [[0.6, 0.8], [0.0, 1.0]]


def test_both_memory_orders_are_read(tmp_path: Path):
    array = np.arange(1.0, 7.0).reshape(2, 3)
    c, f = saved(tmp_path / "c.npy", array), saved(tmp_path / "f.npy", np.asfortranarray(array))
    assert np.array_equal(read_embeddings(c), read_embeddings(f))


@pytest.mark.parametrize("value", [0.0, np.nan, np.inf])
def test_a_row_without_a_direction_is_named(value: float, tmp_path: Path):
    array = np.ones((5, 3), dtype=np.float32)
    array[3] = value
    with pytest.raises(MatrixError, match=r"e\.npy: finite non-zero rows expected, found 1 others, .* row 3$"):
        read_embeddings(saved(tmp_path / "e.npy", array))


@pytest.mark.parametrize("shape", [(4,), (2, 2, 2), (0, 3), (3, 0)])
def test_another_shape_is_named(shape: tuple[int, ...], tmp_path: Path):
    with pytest.raises(MatrixError, match=r"e\.npy: a matrix of shape \(items, width\) expected, found shape \("):
        read_embeddings(saved(tmp_path / "e.npy", np.ones(shape)))


@pytest.mark.parametrize("dtype", [np.int64, np.bool_, "U3", np.complex128])
def test_other_types_are_named(dtype: str, tmp_path: Path):
    with pytest.raises(MatrixError, match=r"e\.npy: floating-point numbers expected, found"):
        read_embeddings(saved(tmp_path / "e.npy", np.ones((2, 2)).astype(dtype)))


def _pickled(path: Path) -> None:
    np.save(path, np.array([[{"a": 1}]], dtype=object))


def _archive(path: Path) -> None:
    with path.open("wb") as file:
        np.savez(file, np.ones((2, 2)))


def _cut_short(path: Path) -> None:
    np.save(path, np.ones((20, 20)))
    path.write_bytes(path.read_bytes()[:-100])


@pytest.mark.parametrize("content", [b"", b"\x80\x04N.", b"1,2\n3,4\n", _pickled, _archive, _cut_short])
def test_anything_else_is_refused_and_no_way_around_it_advised(content, tmp_path: Path):
    path = tmp_path / "e.npy"
    if callable(content):
        content(path)
    else:
        path.write_bytes(content)
    with pytest.raises(MatrixError, match=r"e\.npy: not a plain npy matrix") as caught:
        read_embeddings(path)
    assert "pickle" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_a_missing_file_is_named(tmp_path: Path):
    with pytest.raises(FileNotFoundError, match="absent"):
        read_embeddings(tmp_path / "absent.npy")
