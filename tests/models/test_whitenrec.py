"""WhitenRec's network on whitened text against a plain reference."""

import math

import numpy as np
import pytest

from small import DIM, N_ITEMS, TEXT_DIM, features
from spectran.config.methods import WhitenRec
from two_members import build, fused, parameter, stir, table_of


def whitened(text, form, epsilon):
    """X U (S + epsilon s_1)^(-1/2) of the covariance U S U^T, times U^T for ZCA."""
    E = text.embeddings() - text.embeddings().mean(axis=0)
    values, vectors = np.linalg.eigh(np.cov(E, rowvar=False))
    half = E @ vectors / np.sqrt(values + epsilon * values.max())
    return half @ vectors.T if form == "zca" else half[:, ::-1]


def normalised(x, weight, bias):
    centred = x - x.mean(axis=1, keepdims=True)
    return centred / np.sqrt((centred**2).mean(axis=1, keepdims=True) + 1e-5) * weight + bias


@pytest.mark.parametrize("fusion", ["concat", "add", "text_only"])
@pytest.mark.parametrize("hidden", [(), (5,), (7, 6, 5)])
def test_mlp_on_zca(tmp_path, fusion, hidden):
    text = features(tmp_path)
    method = stir(build(WhitenRec(fusion=fusion, hidden=hidden), text))
    for k in range(2):
        x = whitened(text, "zca", 1e-5)
        for i in range(len(hidden)):
            layer, norm = f"head.{3 * i}", f"head.{3 * i + 2}"
            x = np.maximum(x @ parameter(method, f"{layer}.weight", k) + parameter(method, f"{layer}.bias", k), 0)
            x = normalised(x, parameter(method, f"{norm}.weight", k), parameter(method, f"{norm}.bias", k))
        last = f"head.{3 * len(hidden)}"
        semantic = x @ parameter(method, f"{last}.weight", k) + parameter(method, f"{last}.bias", k)
        assert semantic.shape == (N_ITEMS, DIM // 2 if fusion == "concat" else DIM)
        assert table_of(method, k) == pytest.approx(fused(method, k, semantic, fusion))


def test_the_port_of_alphafuse(tmp_path):
    text = features(tmp_path)
    method = stir(build(WhitenRec(whitening="pca", head="linear_gelu", fusion="text_only", epsilon=0.0), text))
    x = whitened(text, "pca", 0.0)
    found = method.text.numpy()
    signs = np.sign((found * x).sum(axis=0))  # a singular vector's sign is free
    assert found == pytest.approx(x * signs)
    assert x.shape == (N_ITEMS, TEXT_DIM)
    for k in range(2):
        z = x * signs @ parameter(method, "head.0.weight", k) + parameter(method, "head.0.bias", k)
        assert table_of(method, k) == pytest.approx(z * 0.5 * (1 + np.vectorize(math.erf)(z / math.sqrt(2))))


def test_fewer_items_than_text_columns(tmp_path):
    method = build(WhitenRec(), features(tmp_path, text_dim=3 * N_ITEMS))
    assert method.text.shape == (N_ITEMS, 3 * N_ITEMS)
    assert method.item_table().isfinite().all()


def test_one_column_cannot_be_halved():
    assert "two halves" in WhitenRec().fits(1)
    assert WhitenRec(fusion="add").fits(1) is None
