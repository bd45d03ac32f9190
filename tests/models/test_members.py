"""Random streams and packed dropout."""

import pytest
import torch

from small import member
from spectran.models.layers import PackedDropout
from spectran.models.members import Pack, normal, stream


def draw(*key):
    return torch.rand(1000, generator=stream(*key))


def test_streams_depend_on_seed_and_purpose_alone():
    assert torch.equal(draw(0, "order", 1), draw(0, "order", 1))
    others = [draw(1, "order", 1), draw(0, "order", 2), draw(0, "negatives", 1), draw(0, "init", "order")]
    for other in others:
        assert abs(torch.corrcoef(torch.stack([draw(0, "order", 1), other]))[0, 1]) < 0.1


def test_a_stream_is_the_same_in_every_release():
    assert stream(0, "order", 1).initial_seed() == 2961819992523135983


def dropped(members, epoch=1, shape=(50, 40)):
    layer = PackedDropout(Pack(tuple(members)))
    layer.train()
    layer.begin_epoch(epoch, torch.device("cpu"))
    return layer(torch.ones(len(members), *shape))


def test_each_member_has_its_own_rate_and_keeps_the_mean():
    out = dropped([member(0, dropout=0.0), member(1, dropout=0.5), member(2, dropout=0.1)], shape=(300, 300))
    assert (out[0] == 1).all()
    for k, rate in ((1, 0.5), (2, 0.1)):
        assert (out[k] == 0).float().mean().item() == pytest.approx(rate, abs=0.01)
        assert out[k].mean().item() == pytest.approx(1, abs=0.01)


def test_a_mask_does_not_depend_on_the_company():
    together = dropped([member(0, dropout=0.3), member(1, dropout=0.4)])
    assert torch.equal(together[1], dropped([member(1, dropout=0.4)])[0])
    assert not torch.equal(together[1], dropped([member(1, dropout=0.4)], epoch=2)[0])


def test_parameters_have_a_member_axis():
    pack = Pack((member(0), member(1)))
    values = pack.parameter("x", (3, 4), normal(2.0))
    assert values.shape == (2, 3, 4)
    assert not torch.equal(values[0], values[1])
    assert torch.equal(values[1], Pack((member(1),)).parameter("x", (3, 4), normal(2.0))[0])
