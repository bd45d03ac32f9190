"""How a GPU computes, on a CPU: the same numbers, in shapes that the host knows, by steps that can be replayed."""

import pytest
import torch
from torch.fx.experimental.proxy_tensor import make_fx

from small import BACKBONES, METHODS, Small, member
from spectran.config.backbones import SASRec
from spectran.config.graph import GraphFilter
from spectran.config.methods import SpecTran
from spectran.config.temporal import TemporalFilter
from spectran.config.training import Training
from spectran.evaluation.ranking import rank_targets
from spectran.training import epoch as epochs
from spectran.training import scores
from spectran.training.epoch import train_epoch
from spectran.training.pack import PackRun

MEMBERS = (member(0, dropout=0.3, mask_ratio=0.2), member(1, dropout=0.1, weight_decay=1e-3, mask_ratio=0.6))
#: What a step has to make of a parameter that the step before has changed.
FILTERED_METHOD = {"filtered": SpecTran(graph_filter=GraphFilter(learned=True))}
FILTERED_BACKBONE = {"filtered": SASRec(temporal_filter=TemporalFilter(learned=True))}
#: Every method, every backbone; those that draw or keep something of their own in a step are recorded too.
CELLS = [(b, m) for b in BACKBONES for m in METHODS if b == "sasrec" or m == "llm-esr"]
RECORDED = [
    ("filtered", "filtered"),
    ("sasrec", "spectran"),
    ("sasrec", "unisrec"),
    ("bert4rec", "base"),
    ("hstu", "base"),
]


def run(folder, backbone, method, *, dense, **training):
    kinds = (METHODS | FILTERED_METHOD)[method], (BACKBONES | FILTERED_BACKBONE)[backbone]
    small = Small(folder, *kinds, training=Training(batch=16, negatives=5, **training))
    schedule = small.schedule()
    run = PackRun(schedule.blueprint, MEMBERS, schedule.data, schedule.training, schedule.evaluation)
    run.model.dense = dense
    return run


@pytest.fixture
def without_full_products(monkeypatch):
    """Candidates are scored by sparse products, and by gathering where dense."""
    monkeypatch.setattr(scores, "PRODUCT_ITEMS", 0)
    monkeypatch.setattr(scores, "PRODUCT_ITEMS_DENSE", 0)


@pytest.mark.parametrize(
    ("backbone", "method", "targets"),
    [(*cell, "every") for cell in CELLS] + [(backbone, "base", "last") for backbone in BACKBONES],
)
def test_dense_steps_give_the_same_numbers(tmp_path, backbone, method, targets, without_full_products, monkeypatch):
    monkeypatch.setattr(epochs, "GRAIN", 7)
    one, other = (run(tmp_path, backbone, method, dense=dense, targets=targets) for dense in (False, True))
    losses = [train_epoch(each.learner, 1) for each in (one, other)]
    torch.testing.assert_close(*losses, rtol=1e-10, atol=1e-10)
    pairs = zip(one.model.named_parameters(), other.model.parameters(), strict=True)
    for (name, mine), theirs in pairs:
        if "key.bias" not in name:  # which softmax forgets
            torch.testing.assert_close(mine, theirs, rtol=1e-8, atol=1e-8, msg=name)
    ranks = []
    for each in (one, other):
        each.model.eval()
        ranks.append(rank_targets(each.model, each.data.known, each.data.validation, "cosine"))
    assert torch.equal(ranks[0].rank, ranks[1].rank)


@pytest.mark.parametrize(("backbone", "method"), RECORDED)
def test_a_recorded_dense_step_can_be_replayed(tmp_path, backbone, method):
    """A graph of one step's tensor operations, run again for the others, trains what the steps themselves train.

    It stands for a CUDA graph: whatever a step would compute on the host or ask of the device would stay in it as the
    recorded step had it.
    """
    one, other = (run(tmp_path, backbone, method, dense=True) for _ in range(2))
    users = torch.arange(32).view(2, 16)
    for each in (one, other):
        each.model.train()
        each.model.noise.begin_epoch(1, 5)
        each.model.noise.set_step(4)
        each.model.noise.begin_step()
        each.model.method.begin_epoch(each.model, each.data.histories, 16)

    def step(users):
        return other.learner.step(users, 96)

    def replay(users):
        with torch.no_grad():
            return graph(users)

    for number in range(4):
        some = users.roll(number, dims=1).contiguous()
        for each in (one, other):
            each.model.noise.set_step(number)
        expected = one.learner.step(some, 96)
        if number == 1:  # recording runs the step too
            graph = make_fx(step)(some)
        else:
            found = step(some) if number == 0 else replay(some)
            torch.testing.assert_close(found, expected, rtol=1e-12, atol=1e-12)
    for (name, mine), theirs in zip(one.model.named_parameters(), other.model.parameters(), strict=True):
        torch.testing.assert_close(mine, theirs, rtol=1e-10, atol=1e-10, msg=name)
