"""Shares of members: fixed, or learned from a start."""

import pytest
import torch
from torch import nn

from small import member
from spectran.models.members import Pack
from spectran.models.share import PackedShare, learned_shares

PACK = Pack((member(0), member(1), member(2)), torch.float64)


@pytest.mark.parametrize("start", [0.0, 0.3, 1.0])
def test_a_fixed_one_is_exactly_what_is_given(start):
    share = PackedShare(PACK, "share", start, learned=False)
    assert share.values().tolist() == [start]
    assert not list(share.parameters())


@pytest.mark.parametrize("start", [0.05, 0.5, 0.9])
def test_a_learned_one_starts_there_and_is_each_members_own(start):
    share = PackedShare(PACK, "share", start, learned=True)
    assert share.values().tolist() == pytest.approx([start] * 3, rel=1e-12)
    share.values()[1].backward()
    assert share.logit.grad.flatten().tolist() == pytest.approx([0, start * (1 - start), 0])
    with torch.no_grad():
        share.logit += torch.tensor([[-30.0], [0.0], [30.0]], dtype=torch.float64)
    assert share.values()[0] > 0
    assert share.values()[2] <= 1


def test_learned_ones_are_found_by_name():
    model = nn.Module()
    model.inner = nn.Module()
    model.fixed = PackedShare(PACK, "a", 0.2, learned=False)
    model.inner.learned = PackedShare(PACK, "b", 0.2, learned=True)
    assert learned_shares(model) == {"inner.learned.logit"} == {name for name, _ in model.named_parameters()}
