"""The workflow's packed epoch and ranking against the plain loop of benchmarks/reference, in float64."""

import pytest
import torch

from benchmarks.reference.model import Model, packed_name
from benchmarks.reference.training import Loop, rank
from small import DIM, HISTORY, METHODS, N_ITEMS, N_USERS, blueprint, data, features, member
from spectran.config.backbones import HSTU, BERT4Rec, SASRec
from spectran.config.training import Evaluation, Training
from spectran.evaluation.ranking import rank_targets
from spectran.training import step
from spectran.training.epoch import train_epoch
from spectran.training.pack import PackRun

BACKBONES = {"sasrec": SASRec(), "bert4rec": BERT4Rec(heads=1), "hstu": HSTU()}
NEGATIVES = 5


@pytest.fixture(autouse=True)
def double():
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


class Pair:
    """The same model twice: as a member of a pack of two, and as the reference. The pack's draws are written down."""

    def __init__(self, folder, monkeypatch, backbone, method, batch=16, decay=0.0) -> None:
        members = member(3, dropout=0.0, weight_decay=decay), member(4, dropout=0.0)
        self.training = Training(batch=batch, negatives=NEGATIVES, learning_rate=1e-2)
        plan = blueprint(folder, METHODS[method], BACKBONES[backbone])
        self.run = PackRun(plan, members, data(), self.training, Evaluation())
        stir(self.run.model)
        self.model = Model(backbone, method, features(folder), dim=DIM, history=HISTORY, dropout=0.0)
        self.model.load_member(self.run.model)
        self.loop = Loop(self.model, data().sequences, self.training, decay)
        self.examples, self.negatives = [], []
        packed = self.run.model.backbone
        monkeypatch.setattr(packed, "examples", self.noting(self.examples, packed.examples), raising=False)
        monkeypatch.setattr(step, "negatives_from", self.noting(self.negatives, step.negatives_from))

    def noting(self, notes, function):
        def noted(*args, **kwargs):
            notes.append(function(*args, **kwargs))
            return notes[-1]

        return noted

    def train(self):
        """An epoch of both: the pack's mean over targets for its first member, and the reference's loss a step."""
        losses = train_epoch(self.run.learner, 1)
        plain = []
        for examples, negatives in zip(self.examples, self.negatives, strict=True):
            targets = examples.targets[0]
            learned = int((targets < N_ITEMS).sum())  # the pack has them first, in the same order
            plain.append(self.loop.step(examples.inputs[0], targets, negatives[0, :learned]))
        assert sum(len(examples.inputs[0]) for examples in self.examples) == N_USERS
        return losses[0].item(), plain


def stir(model):
    """Move every parameter from its start: where a gradient is zero, Adam would make steps of nothing but rounding."""
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter += 0.1 * torch.randn(parameter.shape, generator=generator).abs()
            if name.endswith("ids.weight"):
                parameter[:, -1] = 0.0


def parameters(pair):
    """Of the reference, and of the pack's first member brought into its form."""
    ours = {name: value.detach().clone() for name, value in pair.model.named_parameters()}
    pair.model.load_member(pair.run.model)
    return ours, {name: value.detach() for name, value in pair.model.named_parameters()}


@pytest.mark.parametrize("method", ["base", "morec", "spectran"])
@pytest.mark.parametrize("backbone", BACKBONES)
def test_an_epoch_of_three_steps_leaves_the_same_parameters(tmp_path, monkeypatch, backbone, method):
    pair = Pair(tmp_path, monkeypatch, backbone, method, decay=1e-2)
    before = {name: value.detach().clone() for name, value in pair.model.named_parameters()}
    _, losses = pair.train()
    assert len(losses) == 3
    plain, packed = parameters(pair)
    for name, value in plain.items():
        torch.testing.assert_close(packed[name], value, rtol=1e-9, atol=1e-9, msg=lambda text, n=name: f"{n}: {text}")
        assert not torch.equal(value, before[name]), name


@pytest.mark.parametrize("backbone", BACKBONES)
@pytest.mark.parametrize("method", ["base", "spectran"])
def test_a_step_has_the_same_loss_and_gradients(tmp_path, monkeypatch, backbone, method):
    pair = Pair(tmp_path, monkeypatch, backbone, method, batch=N_USERS)
    loss, losses = pair.train()
    assert losses == [pytest.approx(loss, rel=1e-12)]
    # After one step Adam's first moment is a tenth of the gradient.
    moments = {name: moment[0] / 0.1 for name, moment in pair.run.adam.first.items()}
    for name, parameter in pair.model.named_parameters():
        expected = pair.model.as_packed(name, parameter.grad)
        torch.testing.assert_close(moments[packed_name(name, moments)], expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("backbone", BACKBONES)
@pytest.mark.parametrize("method", ["base", "spectran"])
def test_ranks_are_the_same(tmp_path, monkeypatch, backbone, method):
    pair = Pair(tmp_path, monkeypatch, backbone, method)
    cases = data()
    packed = rank_targets(pair.run.model.eval(), cases.known, cases.validation, "cosine")
    ranks, ties = rank(pair.model, cases.known, cases.validation, batch=7)
    assert torch.equal(packed.rank[0], ranks)
    assert torch.equal(packed.ties[0], ties)
    assert len(ranks.unique()) > 5
