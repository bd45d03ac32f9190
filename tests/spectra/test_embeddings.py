"""What the spectra stage leaves on disk for a dataset's embeddings."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from spectran.spectra.collapse import diagnose
from spectran.spectra.decomposition import FORMS, Decomposition
from spectran.spectra.embeddings import decompose_file
from spectran.spectra.matrix import MatrixError


def decomposed(folder: Path, embeddings: np.ndarray) -> dict[str, dict[str, float]]:
    np.save(folder / "embeddings.npy", embeddings)
    decompose_file(
        folder / "embeddings.npy",
        {form: folder / f"{form}.safetensors" for form in FORMS},
        folder / "spectrum.parquet",
        folder / "diagnostics.json",
    )
    return json.loads((folder / "diagnostics.json").read_text(encoding="utf-8"))


@pytest.fixture
def embeddings():
    """40 rows in a space of 4 dimensions that lies askew in 9, far from the origin: rank 4, and 4 when centred."""
    rng = np.random.default_rng(0)
    return ((rng.normal(size=(40, 4)) + np.array([3, 0, 0, 0])) @ rng.normal(size=(4, 9))).astype(np.float32)


def test_each_form_has_its_rank_and_its_own_measures(embeddings, tmp_path: Path):
    found = decomposed(tmp_path, embeddings)
    assert set(found) == {"raw", "centred"}
    rows = embeddings / np.linalg.norm(embeddings.astype(float), axis=1, keepdims=True)
    for form, table in (("raw", rows), ("centred", rows - rows.mean(axis=0))):
        expected = diagnose(table).as_dict()
        assert found[form].pop("rank") == 4
        assert found[form] == pytest.approx(expected, rel=1e-9)
    assert found["raw"]["mean_cosine"] > 0.3 > abs(found["centred"]["mean_cosine"])
    assert found["raw"]["rankme"] < found["centred"]["rankme"]
    assert found["raw"]["effective_rank"] == pytest.approx(found["centred"]["effective_rank"])


def test_the_spectrum_is_that_of_the_saved_decompositions(embeddings, tmp_path: Path):
    decomposed(tmp_path, embeddings)
    spectrum = pd.read_parquet(tmp_path / "spectrum.parquet")
    assert spectrum.columns.tolist() == ["form", "index", "singular_value"]
    for form in FORMS:
        one = spectrum[spectrum["form"] == form]
        assert one["index"].tolist() == [1, 2, 3, 4]
        assert np.array_equal(one["singular_value"], Decomposition.load(tmp_path / f"{form}.safetensors").S)


def test_same_bytes_twice(embeddings, tmp_path: Path):
    for turn in ("a", "b"):
        (tmp_path / turn).mkdir()
        decomposed(tmp_path / turn, embeddings)
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes(), path.name


def test_nan_is_named_with_file_and_row_and_nothing_is_left(embeddings, tmp_path: Path):
    embeddings[7, 2] = np.nan
    with pytest.raises(MatrixError, match=r"embeddings\.npy: finite non-zero rows expected.* row 7$"):
        decomposed(tmp_path, embeddings)
    assert [path.name for path in tmp_path.iterdir()] == ["embeddings.npy"]
