"""What a batch of a backbone that learns the next item is made of."""

import pytest
import torch

from small import DIM
from spectran.config.backbones import SASRec
from spectran.models.backbones import build_backbone
from spectran.models.members import Member, Pack
from spectran.models.noise import PackedNoise

N = 9
PACK = Pack((Member(seed=0, weight_decay=0.0, dropout=0.0, id_scale=1.0, learning_rate=1e-3),))


def examples(rows, *, last_only=False):
    backbone = build_backbone(SASRec(), PACK, DIM, 3, PackedNoise(PACK))
    found = backbone.examples(torch.tensor([rows]), N, last_only=last_only)
    return found.inputs[0].tolist(), found.targets[0].tolist()


def test_inputs_and_targets_are_each_item_and_its_follower():
    inputs, targets = examples([[2, 3, 4, 5], [N, N, 6, 7]])
    assert inputs == [[2, 3, 4], [N, N, 6]]
    assert targets == [[3, 4, 5], [N, N, 7]]


def test_the_first_item_is_no_target():
    assert examples([[N, N, N, 6]])[1] == [[N, N, N]]


@pytest.mark.parametrize("rows", [[[2, 3, 4, 5], [N, N, 6, 7]]])
def test_only_the_last_item_is_a_target_if_so_asked(rows):
    assert examples(rows, last_only=True)[1] == [[N, N, 5], [N, N, 7]]
