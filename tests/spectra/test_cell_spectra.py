"""Spectra of a cell, for every method: both tables, every member, in float64."""

from dataclasses import fields

import numpy as np
import pandas as pd
import pytest
import torch

from small import METHODS, N_ITEMS, blueprint, member
from spectran.spectra.cell import tables_of, write_spectra
from spectran.spectra.collapse import Collapse, diagnose

MEMBERS = (member(0), member(5))


@pytest.mark.parametrize("method", METHODS)
def test_files_hold_the_spectra_of_every_table(tmp_path, method):
    plan = blueprint(tmp_path, METHODS[method], dtype=torch.float32)
    start, trained = plan.build(MEMBERS), plan.build(MEMBERS).eval()
    with torch.no_grad():
        for parameter in trained.parameters():
            parameter += 0.1
    write_spectra(tmp_path, MEMBERS, {"init": start, "trained": trained})
    spectrum = pd.read_parquet(tmp_path / "spectrum.parquet")
    kinds = {"item", "semantic"} if METHODS[method].reads() else {"item"}
    assert set(spectrum["table"]) == kinds
    shown = spectrum[(spectrum["moment"] == "trained") & (spectrum["table"] == "item")]
    for k, one in enumerate(MEMBERS):
        table = trained.method.item_table()[k, :-1].detach().double().numpy()
        assert len(table) == N_ITEMS
        rows = shown[shown["seed"] == one.seed]
        np.testing.assert_allclose(rows["raw"], np.linalg.svd(table, compute_uv=False), rtol=1e-10)
        assert rows["index"].tolist() == list(range(1, len(rows) + 1))
    # a model that is to be trained has dropout and noise, which its spectra must not
    moments = {"init": plan.build(MEMBERS).eval(), "trained": trained}
    diagnosed = {
        (MEMBERS[k].seed, kind, moment): diagnose(table).as_dict()
        for moment, model in moments.items()
        for k, kind, table in tables_of(model)
    }
    tables = spectrum.groupby(["seed", "table", "moment"])[[field.name for field in fields(Collapse)]]
    assert len(tables) == len(diagnosed) == len(kinds) * 2 * 2
    for key, rows in tables:
        assert rows.drop_duplicates().to_dict("records") == [diagnosed[key]], "the same beside every singular value"
