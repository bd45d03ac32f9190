"""Spectra of a cell, for every method: both tables, every member, in float64."""

import numpy as np
import pandas as pd
import pytest
import torch

from small import METHODS, N_ITEMS, blueprint, member
from spectran.spectra.cell import write_spectra

MEMBERS = (member(0), member(5))


@pytest.mark.parametrize("method", METHODS)
def test_files_hold_the_spectra_of_every_table(tmp_path, method):
    plan = blueprint(tmp_path, METHODS[method], dtype=torch.float32)
    start, trained = plan.build(MEMBERS), plan.build(MEMBERS).eval()
    with torch.no_grad():
        for parameter in trained.parameters():
            parameter += 0.1
    write_spectra(tmp_path, MEMBERS, {"init": start, "trained": trained})
    spectrum, collapse = (pd.read_parquet(tmp_path / f"{name}.parquet") for name in ("spectrum", "collapse"))
    kinds = {"item", "semantic"} if METHODS[method].reads() else {"item"}
    assert set(spectrum["table"]) == set(collapse["table"]) == kinds
    assert len(collapse) == len(kinds) * 2 * 2
    shown = spectrum[(spectrum["moment"] == "trained") & (spectrum["table"] == "item")]
    for k, one in enumerate(MEMBERS):
        table = trained.method.item_table()[k, :-1].detach().double().numpy()
        assert len(table) == N_ITEMS
        rows = shown[shown["seed"] == one.seed]
        np.testing.assert_allclose(rows["raw"], np.linalg.svd(table, compute_uv=False), rtol=1e-10)
