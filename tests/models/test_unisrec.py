"""UniSRec's mixture of experts against a plain loop."""

import math

import numpy as np
import pytest
import scipy.stats
import torch

from plain_draws import integers, kept
from small import DIM, N_ITEMS, TEXT_DIM, features
from spectran.config.methods import UniSRec
from two_members import MEMBERS, build, fused, parameter, stir, table_of

EXPERTS = 3


def mixture(method, k, text, mask, noise):
    """sum_e G_e (D(x) - b_e) W_e, item by item and expert by expert."""
    W, b, Wg = (parameter(method, name, k) for name in ("weight", "shift", "gate"))
    rows = []
    for n in range(N_ITEMS):
        x = text[n] * math.sqrt(TEXT_DIM)
        logits = x @ Wg
        if noise is not None:
            logits = logits + noise[n] * (np.log1p(np.exp(x @ parameter(method, "gate_noise", k))) + 0.01)
        gate = np.exp(logits) / np.exp(logits).sum()
        rows.append(sum(gate[e] * ((x * mask[n] - b[e]) @ W[:, e]) for e in range(EXPERTS)))
    return np.array(rows)


@pytest.mark.parametrize("fusion", ["concat", "add", "text_only"])
def test_the_item_table_in_evaluation(tmp_path, fusion):
    text = features(tmp_path)
    method = stir(build(UniSRec(fusion=fusion, experts=EXPERTS), text))
    for k in range(2):
        semantic = mixture(method, k, text.embeddings(), np.ones((N_ITEMS, TEXT_DIM)), None)
        assert semantic.shape == (N_ITEMS, DIM // 2 if fusion == "concat" else DIM)
        assert method.semantic_table()[k].detach().numpy() == pytest.approx(semantic)
        assert table_of(method, k) == pytest.approx(fused(method, k, semantic, fusion))


@pytest.mark.parametrize("noisy", [True, False])
def test_in_training_each_item_has_a_mask_and_noise_of_its_own(tmp_path, noisy):
    text = features(tmp_path)
    method = stir(build(UniSRec(experts=EXPERTS, dropout=0.25, noisy_gate=noisy), text)).train()
    method.noise.begin_epoch(7, 3)
    method.noise.set_step(2)
    method.noise.begin_step()
    found = method.semantic_table()
    for k, one in enumerate(MEMBERS):
        mask = kept(one.seed, 7, 2, 0, N_ITEMS, TEXT_DIM, 0.25)
        drawn = integers(one.seed, 7, 2, 1, N_ITEMS, EXPERTS)
        noise = scipy.stats.norm.ppf((drawn + 0.5) / 2**31) if noisy else None
        assert 0.1 < (mask == 0).mean() < 0.4
        assert found[k].detach().numpy() == pytest.approx(mixture(method, k, text.embeddings(), mask, noise))
    assert ("gate_noise" in dict(method.named_parameters())) == noisy


def test_experts_start_small_and_gates_equal(tmp_path):
    method = build(UniSRec(), features(tmp_path, text_dim=200))
    assert torch.equal(method.gates(), torch.full((2, N_ITEMS, 8), 1 / 8, dtype=torch.float64))
    assert method.weight.std().item() == pytest.approx(0.02, rel=0.05)
    assert not method.shift.any()
