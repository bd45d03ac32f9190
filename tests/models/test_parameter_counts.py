"""Parameter counts on Toys (N 11,757, d 128, l 4096) and Table 6 at initialisation; nothing is trained."""

import numpy as np
import pytest
import torch

from small import member
from spectran.config.backbones import SASRec
from spectran.config.methods import LLMESR, AlphaFuse, Base, LLMInit, MoRec, RLMRec, SpecTran, UniSRec, WhitenRec
from spectran.models.counting import trainable_parameters
from spectran.models.features import ItemFeatures
from spectran.models.members import Pack
from spectran.models.methods.spectran import SpecTranMethod
from spectran.models.noise import PackedNoise
from spectran.spectra.decomposition import Decomposition

N, D, L = 11_757, 128, 4_096
ENCODER = 200_704


def parameters(options, dim=D, text_dim=L, rank=L):
    return trainable_parameters(SASRec(), options, n_items=N, dim=dim, text_dim=text_dim, rank=rank)


def test_sasrec():
    assert parameters(Base()) == 1_705_728
    assert parameters(Base()) - (N + 1) * D == ENCODER


def test_sasrec_in_alphafuses_form():
    attention, feed_forward, norms, positions = 3 * (D * D + D), 2 * (D * D + D), 4 * 2 * D, 10 * D
    encoder = attention + feed_forward + norms + positions
    options = SASRec(form="alphafuse")
    sizes = {"n_items": N, "dim": D, "text_dim": L, "rank": L}
    assert trainable_parameters(options, Base(), **sizes) == (N + 1) * D + encoder == 1_589_888
    assert trainable_parameters(options, AlphaFuse(), **sizes) == 752_512 + encoder == 837_376


@pytest.mark.parametrize("dim", [16, 64])
def test_sasrec_formula(dim):
    assert parameters(Base(), dim) == (N + 1) * dim + 2 * (6 * dim**2 + 10 * dim) + 2 * dim + 10 * dim


def test_alphafuse():
    assert parameters(AlphaFuse()) == 752_512 + ENCODER == 953_216


def test_morec():
    assert parameters(MoRec()) == 752_512 + (L + 1) * 64 + ENCODER


def test_unisrec():
    assert parameters(UniSRec()) == 752_512 + 8 * (L * 64 + L) + 2 * 8 * L + ENCODER == 3_148_672
    assert parameters(UniSRec(noisy_gate=False)) == 3_148_672 - 8 * L


def test_rlmrec():
    hidden = (L + 64) // 2
    assert parameters(RLMRec()) == 752_512 + (L + 1) * hidden + (hidden + 1) * 64 + ENCODER == 9_608_160
    hidden = (L + D) // 2
    assert parameters(RLMRec(mode="alphafuse")) == 1_705_728 + (L + 1) * hidden + (hidden + 1) * D


def test_llm_esr():
    adapter = (L + 1) * (L // 2) + (L // 2 + 1) * 64
    assert parameters(LLMESR()) == 752_512 + adapter + 2 * (4 * 64 * 64 + 64) + ENCODER == 9_507_904
    assert parameters(LLMESR(fusion_layer=True)) == 9_507_904 + 16_512
    assert round((9_507_904 + 16_512) / 1e6, 2) == 9.52  # the printed count


def test_whitenrec():
    layers = (L + 1) * 512 + 513 * 256 + 257 * 128 + 129 * 64
    assert parameters(WhitenRec()) == 752_512 + layers + 2 * (512 + 256 + 128) + ENCODER == 3_225_152
    port = WhitenRec(head="linear_gelu", whitening="pca", fusion="text_only")
    assert parameters(port, rank=1000) == 1001 * D + ENCODER


def test_llminit():
    assert parameters(LLMInit()) == parameters(LLMInit(columns="pca")) == parameters(Base())


@pytest.mark.parametrize("key_dim", [None, 120])
def test_spectran(key_dim):
    options = SpecTran(key_dim=key_dim)
    found = parameters(options)
    assert found == 1_705_728 + (D + L) * (key_dim or D) + options.order + 2
    if key_dim == 120:
        assert round(found / 1e6, 2) == 2.21  # the printed count


@pytest.mark.parametrize(("rank", "expected"), [(4096, 358.8), (2414, 207.0)])
def test_subordinate_weights_at_initialisation(rank, expected):
    class Ranked(ItemFeatures):
        def decomposition(self, form, at_least):
            return Decomposition(np.zeros((1, rank)), np.linspace(2, 1, rank), np.zeros((1, rank)))

    seeds = tuple(member(seed) for seed in range(4))
    method = SpecTranMethod(SpecTran(fusion="text_only"), Pack(seeds), Ranked(1), D, PackedNoise(Pack(seeds)))
    subordinate = method.mixing()[:, :, D:].abs().sum(dim=-1)
    assert torch.mean(subordinate).item() == pytest.approx(expected, rel=0.01)
