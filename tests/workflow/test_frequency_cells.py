"""A cell that reads another's item vectors: that one is trained first, and if it fails this one says so."""

import json

import numpy as np
import pandas as pd
import pytest

from workflow_runs import planned, run_study

pytestmark = [pytest.mark.workflow, pytest.mark.slow]

CELLS = "results/cells/toy/minilm/sasrec"
#: Its ID table leaves the numbers of float32 in the first epoch.
WILD = {"kind": "base", "label": "Wild", "id_scale": 1e38}
LOST = {"kind": "frellm4rec", "label": "Lost", "collaborative": {"method": "wild"}, "hidden": 16}
STUDY = {
    "methods": {"base": {}, "frellm4rec": {"hidden": 16}, "wild": WILD, "lost": LOST},
    "parts": {
        "main": None,
        "frellm4rec": {"blocks": {"both": {"label": "Both", "methods": ["frellm4rec", "lost"]}}},
    },
    "training": {"epochs": 2, "batch": 64},
}
#: Without a report, which is tested elsewhere.
WANTED = [
    f"{CELLS}/{name}/d8/{file}" for name in ("frellm4rec", "lost") for file in ("attenuation.parquet", "ranks.parquet")
]


def test_vectors_come_from_another_cell_or_it_is_said_why_they_do_not(tmp_path):
    run = run_study(tmp_path, *WANTED, **STUDY)
    assert run.returncode == 0, run.stdout
    jobs = planned(run.stdout)
    assert (jobs["training_cell"], jobs["spectra_collaborative"], jobs["spectra_attenuation"]) == (4, 2, 2)
    the_vectors_are_those_of_the_first_cell(tmp_path)
    frequencies_are_looked_at_without_the_test_split(tmp_path / CELLS / "frellm4rec/d8")
    the_other_one_names_the_cell_that_failed(tmp_path / CELLS / "lost/d8")
    jobs = planned(run_study(tmp_path, "--dry-run", *WANTED, **STUDY).stdout)
    assert jobs["training_cell"] == 2, "both that have failed, and neither of the others"


def the_vectors_are_those_of_the_first_cell(folder):
    cell = folder / CELLS / "base/d50"
    vectors = np.load(cell / "items.npy", allow_pickle=False)
    items = pd.read_parquet(folder / "results/data/toy/items.parquet")
    assert (vectors.dtype, vectors.shape) == (np.float32, (len(items), 50))
    record = json.loads((folder / CELLS / "frellm4rec/d8/provenance.json").read_text())
    assert f"{CELLS}/base/d50/items.npy" in record["inputs"]
    assert json.loads((cell / "items.provenance.json").read_text())["rule"] == "spectra_collaborative"


def frequencies_are_looked_at_without_the_test_split(cell):
    table = pd.read_parquet(cell / "attenuation.parquet")
    assert sorted(table["layer"].unique()) == [0, 1, 2]
    by_user = table[table["scope"] == "user"].groupby("layer")["energy"].sum()
    np.testing.assert_allclose(by_user, 1)
    assert json.loads((cell / "filters.json").read_text()) == {"alpha": {"0": pytest.approx(0.7)}, "cutoff": None}
    record = json.loads((cell / "attenuation.provenance.json").read_text())
    assert not [path for path in record["inputs"] if "test" in path]


def the_other_one_names_the_cell_that_failed(cell):
    source = f"{CELLS}/wild/d50/items.npy"
    record = json.loads((cell / "training_cell.failure.json").read_text())
    assert (record["label"], record["kind"]) == ("toy sasrec lost d8", "error")
    said = (
        f"{source} is empty, for the job that makes it failed: toy sasrec wild d50: loss or scores not finite: seed 0"
    )
    assert record["reason"].startswith(said)
    assert {path.name for path in cell.glob("*.failure.json")} == {"training_cell.failure.json"}
    assert (cell / "ranks.parquet").stat().st_size == (cell / "attenuation.parquet").stat().st_size == 0
