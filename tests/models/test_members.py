"""Packed parameters."""

import torch

from small import member
from spectran.models.members import Pack, normal


def test_parameters_have_a_member_axis():
    pack = Pack((member(0), member(1)))
    values = pack.parameter("x", (3, 4), normal(2.0))
    assert values.shape == (2, 3, 4)
    assert not torch.equal(values[0], values[1])
    assert torch.equal(values[1], Pack((member(1),)).parameter("x", (3, 4), normal(2.0))[0])
