"""RLMRec's two modes and their losses against plain loops."""

import math

import numpy as np
import pydantic
import pytest
import torch

from small import DIM, N_ITEMS, TEXT_DIM, features
from spectran.config.methods import RLMRec
from spectran.models.methods.method import Step
from two_members import build, parameter, stir, table_of


@pytest.fixture
def text(tmp_path):
    return features(tmp_path)


def mlp(method, k, x):
    inner = x @ parameter(method, "inner.weight", k) + parameter(method, "inner.bias", k)
    return np.where(inner > 0, inner, 0.01 * inner) @ parameter(method, "outer.weight", k) + parameter(
        method, "outer.bias", k
    )


def distance(a, b):
    """The mean of 1 - cos over items."""
    cosines = [x @ y / math.sqrt((x @ x) * (y @ y)) for x, y in zip(a, b, strict=True)]
    return 1 - math.fsum(cosines) / len(cosines)


def loss(method):
    """The auxiliary loss; it looks at nothing of a step but the table."""
    return method.auxiliary_loss(Step(None, method.item_table(), None, None))


def test_mode_paper(text):
    method = stir(build(RLMRec(alignment=0.3), text))
    assert method.inner.weight.shape[2] == (TEXT_DIM + DIM // 2) // 2
    for k in range(2):
        ids = parameter(method, "ids.weight", k)[:-1]
        semantic = mlp(method, k, text.embeddings() * math.sqrt(TEXT_DIM))
        assert ids.shape == semantic.shape == (N_ITEMS, DIM // 2)
        assert method.semantic_table()[k].detach().numpy() == pytest.approx(semantic)
        assert table_of(method, k) == pytest.approx(np.hstack([ids, semantic]))
        assert loss(method)[k].item() == pytest.approx(0.3 * distance(semantic, ids))


@pytest.mark.parametrize("direction", ["contrastive", "generative"])
def test_mode_alphafuse(text, direction):
    method = stir(build(RLMRec(mode="alphafuse", loss=direction), text))
    assert method.inner.weight.shape[2] == (TEXT_DIM + DIM) // 2
    for k in range(2):
        ids, rows = parameter(method, "ids.weight", k)[:-1], text.embeddings() * math.sqrt(TEXT_DIM)
        assert table_of(method, k) == pytest.approx(ids)
        ends = (mlp(method, k, rows), ids) if direction == "contrastive" else (mlp(method, k, ids), rows)
        assert loss(method)[k].item() == pytest.approx(0.1 * distance(*ends))
    loss(method).sum().backward()
    assert all(p.grad.abs().sum() > 0 for p in method.parameters())


def test_the_loss_pulls_ids_and_text_together(text):
    method = build(RLMRec(alignment=1.0), text)
    before = loss(method)
    before.sum().backward()
    with torch.no_grad():
        for p in method.parameters():
            p -= 0.01 * p.grad
    assert (loss(method) < before).all()


def test_what_cannot_be():
    assert "even number" in RLMRec().fits(7)
    assert RLMRec().fits(8) is None
    assert RLMRec(mode="alphafuse").fits(7) is None
    with pytest.raises(pydantic.ValidationError, match="contrastive expected in mode paper"):
        RLMRec(loss="generative")
