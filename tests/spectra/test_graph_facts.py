"""What the rule of the item graph writes, and that nothing it should predict is among what it reads."""

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from made_splits import TEST, VALIDATION, write_part, write_splits
from small import N_USERS, ROOT, sequences
from spectra.graphs import random_train, train_of
from spectran.config.data import Files, Protocol
from spectran.config.graph import ItemGraph
from spectran.data.files import read_files
from spectran.data.prepare import prepare
from spectran.data.split import leave_one_out
from spectran.data.tables import write_tables
from spectran.spectra.graph_facts import graph_facts, write_graph_facts
from spectran.spectra.item_graph import item_graph
from spectran.spectra.locality import locality


def written(folder: Path) -> tuple[bytes, bytes]:
    """Bytes of graph.json and of locality.parquet for the splits of a folder."""
    outputs = folder / "graph.json", folder / "locality.parquet"
    write_graph_facts(folder / "train.parquet", *outputs)
    graph, scores = (path.read_bytes() for path in outputs)
    return graph, scores


def test_facts_by_hand():
    facts = graph_facts(item_graph(train_of([0, 1, 2], [1, 0], [3, 4], [5], n_items=7), ItemGraph()))
    lowest = facts.pop("lowest_eigenvalues")
    assert facts.pop("largest_eigenvalue") == pytest.approx(1)
    assert facts == {"items": 7, "edges": 4, "isolated_items": 2, "components": 2, "mean_degree": 8 / 7}
    assert lowest[:2] == pytest.approx([0, 0], abs=1e-12)
    assert len(lowest) == 4


def test_self_loops_are_no_edges():
    with_loops, without = (
        graph_facts(item_graph(random_train(), ItemGraph(self_loops=kept))) for kept in (True, False)
    )
    assert with_loops["isolated_items"] == without["isolated_items"] == 2
    assert with_loops["edges"] == without["edges"] > 0
    assert with_loops["largest_eigenvalue"] < 1 + 1e-9 < without["largest_eigenvalue"] < 2


def test_every_user_of_the_train_part_has_a_row(tmp_path):
    write_splits(tmp_path)
    written(tmp_path)
    table = pd.read_parquet(tmp_path / "locality.parquet")
    assert table.columns.tolist() == ["user", "locality"]
    assert table["user"].tolist() == list(range(N_USERS))
    assert np.array_equal(table["locality"], locality(sequences()), equal_nan=True)


def test_users_who_are_evaluated_alone_leave_a_gap(tmp_path):
    rows = pd.DataFrame({"user": [2, 2, 5, 5, 9], "item": [0, 1, 1, 0, 2]})
    write_part(tmp_path / "train.parquet", rows, n_items=4)
    graph, _ = written(tmp_path)
    assert json.loads(graph)["items"] == 4
    table = pd.read_parquet(tmp_path / "locality.parquet")
    assert table["user"].tolist() == [2, 5, 9]
    assert table["locality"][:2].tolist() == [1, 1]
    assert table["locality"].isna().tolist() == [False, False, True]


def test_neither_validation_nor_test_targets_enter(tmp_path):
    write_splits(tmp_path)
    before = written(tmp_path)
    for name, targets in (("valid", VALIDATION), ("test", TEST)):
        write_part(tmp_path / f"{name}.parquet", pd.DataFrame({"user": range(N_USERS), "item": targets[::-1]}))
    assert written(tmp_path) == before
    for name in ("valid", "test"):
        (tmp_path / f"{name}.parquet").unlink()
    assert written(tmp_path) == before
    train = pd.read_parquet(tmp_path / "train.parquet")
    train.assign(item=train["item"].to_numpy()[::-1]).to_parquet(tmp_path / "train.parquet")
    assert all(old != new for old, new in zip(before, written(tmp_path), strict=True))


def test_the_rule_is_given_the_train_part_alone():
    text = (ROOT / "workflow/rules/spectra.smk").read_text(encoding="utf-8")
    rule = text.split("rule spectra_graph:")[1].split("\nrule ")[0]
    inputs = re.search(r"    input:\n(.*?)    output:", rule, flags=re.DOTALL)[1]
    assert re.findall(r"(\w+\.\w+)\"", inputs) == ["train.parquet"]
    assert inputs.count("\n") == 1
    assert "params" not in rule


def test_a_file_that_someone_edited_is_named(tmp_path):
    write_splits(tmp_path)
    train = pd.read_parquet(tmp_path / "train.parquet")
    train.assign(item=99).to_parquet(tmp_path / "train.parquet")
    with pytest.raises(ValueError, match=r"train\.parquet: items 0 \.\.\. 22 expected, found 99"):
        written(tmp_path)
    assert not (tmp_path / "graph.json").exists()


@pytest.mark.real_data
def test_office_by_joining_tables(tmp_path):
    data = Path(__file__).resolve().parents[2] / "../shared/data/office"
    if not data.is_dir():
        pytest.skip("the real data are not beside the project (../shared/data)")
    source = Files(interactions=str(data / "interactions.csv.gz"), items=str(data / "items.csv.gz"))
    tables = tmp_path / "interactions.parquet", tmp_path / "titles.parquet"
    write_tables(read_files(source), *tables)
    prepared = prepare(*tables, Protocol(), None)
    leave_one_out(prepared.interactions).write(tmp_path)
    graph, _ = written(tmp_path)
    facts = json.loads(graph)
    rows = pd.read_parquet(tmp_path / "train.parquet")[["user", "item"]].drop_duplicates()
    both = rows.merge(rows, on="user").query("item_x < item_y")
    assert facts["items"] == 2414
    assert facts["edges"] == len(both[["item_x", "item_y"]].drop_duplicates())
    assert facts["isolated_items"] == 2414 - pd.concat([both["item_x"], both["item_y"]]).nunique() == 18
    assert facts["largest_eigenvalue"] == pytest.approx(1)
    scores = pd.read_parquet(tmp_path / "locality.parquet")["locality"]
    assert scores.between(0, 1).all()
