"""Parameter counts on Toys (N 11,757, d 128, l 4096) and Table 6 at initialisation; nothing is trained."""

import numpy as np
import pytest
import torch

from small import member
from spectran.config.backbones import SASRec
from spectran.config.methods import AlphaFuse, Base, MoRec, SpecTran
from spectran.models.features import TextFeatures
from spectran.models.members import Pack
from spectran.models.methods.spectran import SpecTranMethod
from spectran.models.recommender import Blueprint
from spectran.spectra.decomposition import Decomposition

N, D, L = 11_757, 128, 4_096
ENCODER = 200_704


class Shapes(TextFeatures):
    """Text features of the right shapes without the memory of the real ones."""

    def embeddings(self):
        return np.zeros((N, L))

    def decomposition(self, form, at_least):
        zero = np.zeros((N, L))
        return Decomposition(U=zero, S=np.linspace(2, 1, L), V=zero[:L])


def parameters(options, dim=D):
    return Blueprint(SASRec(), options, dim, 10, Shapes(N)).build((member(),)).parameters_per_member()


def test_sasrec():
    assert parameters(Base()) == 1_705_728
    assert parameters(Base()) - (N + 1) * D == ENCODER


@pytest.mark.parametrize("dim", [16, 64])
def test_sasrec_formula(dim):
    assert parameters(Base(), dim) == (N + 1) * dim + 2 * (6 * dim**2 + 10 * dim) + 2 * dim + 10 * dim


def test_alphafuse():
    assert parameters(AlphaFuse()) == 752_512 + ENCODER == 953_216


def test_morec():
    assert parameters(MoRec()) == 752_512 + (L + 1) * 64 + ENCODER


@pytest.mark.parametrize("key_dim", [None, 120])
def test_spectran(key_dim):
    options = SpecTran(key_dim=key_dim)
    found = parameters(options)
    assert found == 1_705_728 + (D + L) * (key_dim or D) + options.order + 2
    if key_dim == 120:
        assert round(found / 1e6, 2) == 2.21  # the printed count


@pytest.mark.parametrize(("rank", "expected"), [(4096, 358.8), (2414, 207.0)])
def test_subordinate_weights_at_initialisation(rank, expected):
    class Ranked(TextFeatures):
        def decomposition(self, form, at_least):
            return Decomposition(np.zeros((1, rank)), np.linspace(2, 1, rank), np.zeros((1, rank)))

    seeds = tuple(member(seed) for seed in range(4))
    method = SpecTranMethod(SpecTran(fusion="text_only"), Pack(seeds), Ranked(1), D)
    subordinate = method.mixing()[:, :, D:].abs().sum(dim=-1)
    assert torch.mean(subordinate).item() == pytest.approx(expected, rel=0.01)
