"""The frame of the untrained controls: what their ranks say, or nothing, with the same columns."""

from pathlib import Path

import pandas as pd
import pytest

from reporting.tree import study, write_tree
from spectran.config.cells import expand
from spectran.config.control_cells import expand_controls
from spectran.reporting.cell_files import ResultFileError
from spectran.reporting.gather import gather

COLUMNS = ["dataset", "encoder", "control", "control_label", "metric", "value"]


def gathered(folder: Path, controls: dict) -> pd.DataFrame:
    made = study(controls=controls)
    write_tree(made, folder)
    for number, cell in enumerate(expand_controls(made), start=1):
        path = folder / cell.path / "ranks.parquet"
        path.parent.mkdir(parents=True)
        table = {"user": [0, 1], "seed": 0, "score": "own", "rank": [number, 30], "ties": [0, 0]}
        pd.DataFrame(table).to_parquet(path)
    return gather(made, expand(made), folder).controls


def test_values_are_those_of_the_ranks_in_the_studys_order(tmp_path):
    frame = gathered(tmp_path, {"markov": {}, "ease": {}, "ease-strong": {"kind": "ease", "penalty": [1000.0]}})
    assert list(frame.columns) == COLUMNS
    hits = frame[frame["metric"] == "ndcg@10"]
    assert hits["dataset"].tolist() == ["office"] * 3 + ["made"] * 3
    assert hits["control"].tolist() == ["markov", "ease", "ease-strong"] * 2
    assert hits["control_label"].tolist()[:3] == ["Markov (last item)", "EASE (ease)", "EASE (ease-strong)"]
    # One of two users at rank 1, and so on: 1 / log2(1 + 1) / 2; the third control of office has rank 3.
    assert hits["value"].tolist()[0] == pytest.approx(0.5)
    assert hits["value"].tolist()[2] == pytest.approx(0.25)


def test_a_study_without_controls_has_an_empty_frame_of_the_same_kind(tmp_path):
    empty = gathered(tmp_path / "none", {})
    full = gathered(tmp_path / "some", {"markov": {}})
    assert len(empty) == 0
    assert len(full) == 2 * 4
    assert empty.dtypes.to_dict() == full.dtypes.to_dict()


def test_a_missing_file_is_named(tmp_path):
    made = study(controls={"markov": {}})
    write_tree(made, tmp_path)
    with pytest.raises(ResultFileError, match=r"controls/office/minilm/markov/ranks\.parquet: a Parquet file expected"):
        gather(made, expand(made), tmp_path)
