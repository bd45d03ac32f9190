"""A control's choice: by validation alone, every point of its grid on record."""

import pandas as pd
import pytest

from made_splits import VALIDATION, write_splits
from small import HISTORY, N_ITEMS, STUDY, sequences
from spectran.config.control_cells import ControlSettings
from spectran.config.controls import Ease, ItemKnn, Popularity, TextKnn
from spectran.evaluation.control_ranking import rank_control
from spectran.evaluation.metrics import per_user
from spectran.io import read_json
from spectran.models.controls import fit_control
from spectran.models.features import ItemFeatures
from spectran.training.control import ControlInputs, run_control_choice

GRID = Ease(penalty=(1000.0, 0.1, 5.0), last=(1, None))


def settings(control=GRID):
    return ControlSettings(control=control, history=HISTORY, ties="expected")


def chosen(folder, inputs, control=GRID):
    run_control_choice(settings(control), inputs, choice=folder / "choice.json", label="control")
    return read_json(folder / "choice.json")


def test_every_point_is_on_record_with_the_ndcg_of_its_own_fit(tmp_path):
    choice = chosen(tmp_path, write_splits(tmp_path))
    train = sequences()
    expected = []
    for penalty in GRID.penalty:
        for last in GRID.last:
            control = fit_control("ease", train, ItemFeatures(N_ITEMS), {"penalty": penalty})
            ranks = rank_control(control, train.histories(last or HISTORY), VALIDATION)
            table = {"rank": ranks.rank[0].numpy(), "ties": ranks.ties[0].numpy()}
            value = per_user(pd.DataFrame(table), [20])["ndcg@20"].mean()
            expected.append({"penalty": penalty, "last": last, "validation_ndcg@20": pytest.approx(value)})
    assert choice["points"] == expected
    best = max(choice["points"], key=lambda point: point["validation_ndcg@20"])
    assert (
        choice["validation_ndcg@20"]
        == best["validation_ndcg@20"]
        > min(point["validation_ndcg@20"] for point in choice["points"])
    )
    assert choice["chosen"] == {name: best[name] for name in ("penalty", "last")}


def test_the_first_of_equal_points_is_chosen(tmp_path):
    # Either number of neighbours is more than there are items: the same control twice.
    grid = ItemKnn(neighbours=(99, 50), shrinkage=(1.0,), last=(2,))
    assert chosen(tmp_path, write_splits(tmp_path), grid)["chosen"]["neighbours"] == 99


def test_the_test_split_plays_no_part(tmp_path):
    parts = []
    for name, test in (("a", VALIDATION * 0), ("b", VALIDATION)):
        folder = tmp_path / name
        folder.mkdir()
        chosen(folder, write_splits(folder, test=test))
        parts.append((folder / "choice.json").read_bytes())
    assert parts[0] == parts[1]
    (tmp_path / "a" / "test.parquet").unlink()
    chosen(tmp_path / "a", write_splits(tmp_path / "a"))


def test_a_control_without_a_grid_is_validated_too(tmp_path):
    choice = chosen(tmp_path, write_splits(tmp_path), Popularity())
    assert choice["chosen"] == {}
    assert choice["points"] == [{"validation_ndcg@20": choice["validation_ndcg@20"]}]


def test_only_what_a_control_reads_is_taken_from_a_rules_inputs(tmp_path):
    files = {name: str(tmp_path / name) for name in ("train", "valid", "embeddings", "test", "choice")}
    assert ControlInputs.of(files, settings()).embeddings is None
    assert ControlInputs.of(files, settings(TextKnn())).embeddings == tmp_path / "embeddings"


def test_a_label_changes_none_of_the_numbers():
    assert "label" not in settings().numbers()["control"]
    assert settings().numbers() == settings(GRID.model_copy(update={"label": "Mine"})).numbers()
    assert {control.label for control in STUDY.controls.values()} >= {"EASE", "Text kNN"}
