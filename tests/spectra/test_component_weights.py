"""The case study's weights against loops over the definition, and the map of blocks against plain means."""

import itertools

import numpy as np
import pandas as pd
import pytest
import torch

from small import N_ITEMS, TEXT_DIM, blueprint, member
from spectran.config.methods import SpecTran
from spectran.spectra.weights import binned, component_weights, write_weights


def test_principal_and_subordinate_by_hand():
    mixing = np.array([[1.0, -2.0, 3.0, -4.0], [0.5, -5.0, -0.5, 0.25]])
    table = component_weights(mixing, np.array([-3.0, 6.0]))
    assert table["dimension"].tolist() == [1, 2]
    assert table["principal"].tolist() == [2.0, 1.0]
    assert table["subordinate"].tolist() == [7.0, 0.75]
    assert table["components"].tolist() == [2, 2]


@pytest.mark.parametrize("shape", [(3, 5), (7, 11), (128, 128), (130, 300)])
@pytest.mark.parametrize("bins", [4, 128])
def test_every_block_holds_the_mean_of_its_weights(shape, bins):
    mixing = np.random.default_rng(0).normal(size=shape)
    table = binned(mixing, bins)
    rows, columns = (
        np.append(np.unique(table[name]), size + 1)
        for name, size in zip(("dimension", "component"), shape, strict=True)
    )
    assert len(rows) - 1 == min(bins, shape[0])
    assert len(columns) - 1 == min(bins, shape[1])
    expected = [
        np.abs(mixing[top - 1 : bottom - 1, left - 1 : right - 1]).mean()
        for top, bottom in itertools.pairwise(rows)
        for left, right in itertools.pairwise(columns)
    ]
    np.testing.assert_allclose(table["weight"], expected, rtol=1e-12)


def test_files_hold_every_member_at_both_moments(tmp_path):
    members = (member(0), member(4))
    plan = blueprint(tmp_path, SpecTran(), dim=4)
    start, trained = plan.build(members), plan.build(members)
    with torch.no_grad():
        trained.method.taylor += 1.0
        trained.method.threshold += 0.005
    write_weights(tmp_path / "weights", tmp_path / "mixing", members, {"init": start, "trained": trained})
    weights, mixing = pd.read_parquet(tmp_path / "weights"), pd.read_parquet(tmp_path / "mixing")
    assert len(weights) == 2 * 2 * 4
    rank = min(N_ITEMS, TEXT_DIM)
    assert (weights["components"] == rank - 4).all()
    assert len(mixing) == 2 * 2 * 4 * rank
    for (seed, moment), group in weights.groupby(["seed", "moment"]):
        method, k = {"init": start, "trained": trained}[moment].method, [0, 4].index(seed)
        S, A = method.mixing()[k].detach().numpy(), method.positional()[k].detach().numpy()
        for i in range(4):
            row = group[group["dimension"] == i + 1].iloc[0]
            assert row["principal"] == pytest.approx(abs(S[i, i] + A[i]))
            assert row["subordinate"] == pytest.approx(sum(abs(S[i, j]) for j in range(4, rank)))
    zeros = mixing.assign(zero=mixing["weight"] == 0).groupby("moment")["zero"].any()
    assert zeros["trained"]
    assert not zeros["init"]
