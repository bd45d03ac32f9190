"""Attenuation: against users looked at one by one and a dense decomposition, and what is read and what is not."""

import json

import numpy as np
import pandas as pd
import pytest
import torch

from small import HISTORY, N_ITEMS, blueprint, member, sequences
from spectran.config.backbones import HSTU, BERT4Rec, SASRec
from spectran.config.graph import GraphFilter, ItemGraph
from spectran.config.methods import Base
from spectran.config.temporal import TemporalFilter
from spectran.data.sequences import Sequences
from spectran.models.features import ItemFeatures
from spectran.models.recommender import Blueprint
from spectran.spectra import attenuation as module
from spectran.spectra.attenuation import Look, attenuation, nodes_of, write_attenuation
from spectran.spectra.filters import write_filters
from spectran.spectra.graph_energy import local_energy
from spectran.spectra.item_graph import item_graph, normalised

CPU = torch.device("cpu")
MEMBERS = (member(4), member(9))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("features")


def built(folder, backbone=None, method=None, train=None, members=MEMBERS):
    made = blueprint(folder, method or Base(), backbone)
    features = ItemFeatures(N_ITEMS, made.features.paths, train=train or sequences())
    model = Blueprint(made.backbone, made.method, made.dim, HISTORY, features, torch.float64)
    return model.build(members).eval()


def states_of(model, k, sequence):
    """One member's hidden states of one user without padding, by hooks on its blocks: (layers, T, d)."""
    found = []
    blocks = model.backbone.blocks
    hooks = [blocks[0].register_forward_pre_hook(lambda _, inputs: found.append(inputs[0]))]
    hooks += [block.register_forward_hook(lambda _, inputs, output: found.append(output)) for block in blocks]
    ids = torch.as_tensor(sequence).expand(len(MEMBERS), 1, -1)
    real = torch.ones_like(ids, dtype=torch.bool)
    table = model.method.item_table()
    layout = model.layout(real, real)
    with torch.no_grad():
        model(ids, table, layout, layout.rows)
    for hook in hooks:
        hook.remove()
    return torch.stack(found)[:, k].numpy()


def standardised(X):
    return (X - X.mean(axis=-1, keepdims=True)) / X.std(axis=-1, keepdims=True)


def wide(table, scope):
    """Energies of a scope: members x layers x bands."""
    rows = table[table["scope"] == scope].sort_values(["seed", "layer", "band"])
    return rows["energy"].to_numpy().reshape(rows["seed"].nunique(), rows["layer"].nunique(), -1)


def looked_at(train, length=HISTORY):
    return [sequence[-length:] for sequence in train.sequences if len(np.unique(sequence[-length:])) >= 3]


@pytest.mark.parametrize("backbone", [SASRec(), BERT4Rec(), HSTU(), SASRec(temporal_filter=TemporalFilter())])
def test_users_one_by_one_give_the_same(folder, backbone):
    """Their states in batches with padding, and the mean of their energies."""
    model, train = built(folder, backbone), sequences()
    found = attenuation(model, train, Look(HISTORY), CPU)
    weights = item_graph(train, ItemGraph())
    for k in range(2):
        energies = [local_energy(weights, s, standardised(states_of(model, k, s))) for s in looked_at(train)]
        np.testing.assert_allclose(wide(found, "user")[k], np.mean(energies, axis=0), atol=1e-9)
    assert found.groupby("layer").size().to_dict() == dict.fromkeys(range(3), 2 * 11)
    assert set(found["users"]) == {len(looked_at(train))}
    np.testing.assert_allclose(wide(found, "user").sum(axis=-1), 1)


def test_the_whole_graph_by_a_dense_decomposition(folder):
    model, train = built(folder), sequences()
    found = wide(attenuation(model, train, Look(HISTORY, lowest=5), CPU), "global")
    L = np.eye(N_ITEMS) - normalised(item_graph(train, ItemGraph())).toarray()
    values, vectors = np.linalg.eigh(L)
    assert values[5] - values[4] > 1e-6, "five must be well-defined"
    for k in range(2):
        states = [standardised(states_of(model, k, sequence)) for sequence in looked_at(train)]
        for layer in range(3):
            rows = [[] for _ in range(N_ITEMS)]
            for sequence, X in zip(looked_at(train), states, strict=True):
                for item, x in zip(sequence, X[layer], strict=True):
                    rows[item].append(x)
            means = np.array([np.mean(row, axis=0) if row else np.zeros(8) for row in rows])
            share = ((vectors[:, :5].T @ means) ** 2).sum() / (means**2).sum()
            assert found[k, layer, 0] == pytest.approx(share)


def test_states_as_they_are(folder):
    model, train = built(folder), sequences()
    found = attenuation(model, train, Look(HISTORY, standardise=False), CPU)
    weights = item_graph(train, ItemGraph())
    energies = [local_energy(weights, s, states_of(model, 1, s)) for s in looked_at(train)]
    np.testing.assert_allclose(wide(found, "user")[1], np.mean(energies, axis=0), atol=1e-9)


def test_chunks_change_nothing(folder, monkeypatch):
    model, train = built(folder), sequences()
    whole = attenuation(model, train, Look(HISTORY), CPU)
    monkeypatch.setattr(module, "USERS", 3)
    pd.testing.assert_frame_equal(attenuation(model, train, Look(HISTORY), CPU), whole, rtol=1e-12)


def test_nodes_are_the_items_that_are_read():
    train = Sequences([np.array([4, 5, 4]), np.array([0, 1, 2, 3, 1]), np.array([6, 5, 4])], 7)
    inputs, nodes = nodes_of(train, Look(4))
    assert inputs.tolist() == nodes.tolist() == [[1, 2, 3, 1], [7, 6, 5, 4]]
    assert nodes_of(train, Look(4, users=1))[0].tolist() == [[1, 2, 3, 1]]


def test_nodes_may_be_the_items_that_come_next():
    """The last one has no next item in the train part; another split must not tell it."""
    train = Sequences([np.array([0, 1, 2, 3, 1]), np.array([6, 5, 4]), np.array([3, 6, 5, 4])], 7)
    inputs, nodes = nodes_of(train, Look(4, node="next"))
    assert inputs.tolist() == [[0, 1, 2, 3], [7, 3, 6, 5]]
    assert nodes.tolist() == [[1, 2, 3, 1], [7, 6, 5, 4]]


def test_states_stand_for_the_items_that_come_next(folder):
    model, train = built(folder), sequences()
    found = attenuation(model, train, Look(HISTORY, node="next"), CPU)
    weights = item_graph(train, ItemGraph())
    pairs = [(s[-HISTORY - 1 :][:-1], s[-HISTORY:] if len(s) > HISTORY else s[1:]) for s in train.sequences]
    energies = [local_energy(weights, after, standardised(states_of(model, 0, s))) for s, after in pairs]
    energies = [energy for energy in energies if energy is not None]
    np.testing.assert_allclose(wide(found, "user")[0], np.mean(energies, axis=0), atol=1e-9)


def test_without_three_items_there_is_nothing_to_tell(folder):
    train = Sequences([np.array([0, 1]), np.array([2, 3, 2])], N_ITEMS)
    with pytest.raises(ValueError, match=r"3 different items among the last 6 of the train part expected, found none"):
        attenuation(built(folder), train, Look(HISTORY), CPU)


def test_the_file_names_seeds_and_its_bytes_are_the_same_again(folder, tmp_path):
    for name in ("one", "two"):
        write_attenuation(tmp_path / name, built(folder), MEMBERS, sequences(), Look(HISTORY), CPU)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    table = pd.read_parquet(tmp_path / "one")
    assert table.columns.tolist() == ["seed", "layer", "scope", "band", "energy", "users"]
    assert set(table["seed"]) == {4, 9}


@pytest.mark.parametrize(
    ("method", "backbone", "expected"),
    [
        (Base(), SASRec(), {"alpha": None, "cutoff": None}),
        (Base(graph_filter=GraphFilter(alpha=0.25)), SASRec(), {"alpha": {"4": 0.25, "9": 0.25}, "cutoff": None}),
        (
            Base(graph_filter=GraphFilter(alpha=0.7, learned=True)),
            SASRec(temporal_filter=TemporalFilter(cutoff=0.5, learned=True)),
            {"alpha": {"4": 0.7, "9": 0.9}, "cutoff": {"4": [0.5, 0.5], "9": [0.5, 0.1]}},
        ),
    ],
)
def test_filters_in_force(folder, tmp_path, method, backbone, expected):
    model = built(folder, backbone, method)
    with torch.no_grad():  # of what is learned, the second member's has moved
        for name, parameter in model.named_parameters():
            if name.endswith("alpha.logit"):
                parameter[1] = np.log(9)
            if name.endswith("blocks.1.temporal_filter.cutoff.logit"):
                parameter[1] = -np.log(9)
    write_filters(tmp_path / "filters.json", model, MEMBERS)
    found = json.loads((tmp_path / "filters.json").read_text())
    assert found.keys() == expected.keys()
    for name, values in expected.items():
        assert (found[name] is None) == (values is None)
        for seed, value in (values or {}).items():
            assert found[name][seed] == pytest.approx(value)
