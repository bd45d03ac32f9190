"""The benchmark of the SVD: every way decomposes the same rows, and what would take too long is left out."""

import numpy as np
import pytest
import torch

from benchmarks import svd
from benchmarks.settings import Settings
from spectran.spectra.decomposition import unit_rows

SETTINGS = Settings(None, torch.device("cpu"), 1, 1, quick=True, rectools=None)


def test_every_way_gives_the_singular_values_of_the_same_rows():
    rows = unit_rows(svd.made(60, 8))
    for way in svd.ways(rows):
        exact = np.linalg.svd(rows - rows.mean(axis=0) * way.centred, compute_uv=False)
        assert svd.error(way.run(), exact) < 1e-9, way.name


def test_an_error_is_relative_and_the_largest():
    assert svd.error(np.array([4.0, 1.1]), np.array([4.0, 1.0, 0.5])) == pytest.approx(0.1)
    assert svd.error(np.array([4.0, 1e-9]), np.array([4.0, 2e-9])) == 0  # rounding's level


def test_it_runs():
    found = list(svd.measure(SETTINGS))
    assert len(found) == 6 + 6 + 4
    assert all(one.value < 1e-9 for one in found if "ours" in one.what and one.what.startswith("largest"))


def test_what_would_take_too_long_is_left_out_and_said(monkeypatch, caplog):
    monkeypatch.setattr(svd, "TINY", ((50, 8), (50_000_000, 8000)))
    assert {one.case for one in svd.measure(SETTINGS)} == {"50 x 8, 1 threads"}
    assert "svd of 50000000 x 8000 left out: about" in caplog.text
