"""The softmax over all items against plain loops: one loss by one loss, and an epoch; and what it needs."""

import math
from itertools import pairwise

import pytest
import torch

from hidden import hidden_states
from small import BACKBONES, HISTORY, METHODS, N_ITEMS, Small, blueprint, data, member, sequences
from spectran.config.training import Compute, Evaluation, Training
from spectran.training.loss import full_softmax, info_nce
from spectran.training.pack import PackRun
from spectran.training.scores import candidate_scores

GENERATOR = torch.Generator().manual_seed(4)
HIDDEN = torch.randn(2, 3, 4, dtype=torch.float64, generator=GENERATOR)
TABLE = torch.randn(2, 7, 4, dtype=torch.float64, generator=GENERATOR)
TARGETS = torch.tensor([[0, 6, 3], [5, 5, 6]])
#: Fillings of either end of the catalogue beside real ones; some name the target, which counts all the same.
EXCLUDED = torch.tensor([[[0, 2, 7], [7, 7, 7], [1, 3, 6]], [[0, 1, 2], [5, 7, 7], [6, 7, 7]]])


def plain(hidden, table, target, excluded, similarity, temperature):
    """One loss, item by item."""

    def score(item):
        dot = math.fsum((hidden * item).tolist())
        return dot / (
            math.sqrt(math.fsum((hidden**2).tolist()) * math.fsum((item**2).tolist())) if similarity == "cosine" else 1
        )

    weights = [math.exp(score(item) / temperature) for item in table]
    counted = [weight for item, weight in enumerate(weights) if item == target or item not in excluded]
    return -math.log(weights[target] / math.fsum(counted))


@pytest.mark.parametrize("similarity", ["cosine", "dot"])
def test_it_equals_a_plain_loop(similarity):
    found = full_softmax(HIDDEN, TABLE, TARGETS, EXCLUDED, similarity, 0.3)
    for k in range(2):
        for p in range(3):
            one = HIDDEN[k, p], TABLE[k], TARGETS[k, p].item(), EXCLUDED[k, p].tolist()
            assert found[k, p].item() == pytest.approx(plain(*one, similarity, 0.3), rel=1e-12)


@pytest.mark.parametrize("similarity", ["cosine", "dot"])
def test_it_is_info_nce_with_every_other_item_once(similarity):
    others = [[sorted(set(range(7)) - {target}) for target in row] for row in TARGETS.tolist()]
    candidates = torch.cat([TARGETS[..., None], torch.tensor(others)], dim=-1)
    sampled = info_nce(candidate_scores(HIDDEN, TABLE, candidates, similarity), 0.3)
    found = full_softmax(HIDDEN, TABLE, TARGETS, TARGETS[..., None], similarity, 0.3)
    torch.testing.assert_close(found, sampled, rtol=1e-12, atol=1e-12)


def test_gradients_are_those_of_finite_differences_and_none_reaches_what_is_left_out():
    hidden, table = HIDDEN.clone().requires_grad_(), TABLE.clone().requires_grad_()
    assert torch.autograd.gradcheck(lambda h, t: full_softmax(h, t, TARGETS, EXCLUDED, "cosine", 0.3), (hidden, table))
    full_softmax(hidden, table, TARGETS[:, :1], EXCLUDED[:, :1], "dot", 0.3)[0].sum().backward()
    assert (table.grad[0, 2] == 0).all()
    assert (table.grad[0, [0, 1, 3, 4, 5, 6]].abs().sum(dim=1) > 0).all()


@pytest.mark.parametrize("exclude", ["target", "history"])
@pytest.mark.parametrize("backbone", ["sasrec", "hstu"])
def test_an_epoch_is_the_mean_over_real_targets(tmp_path, backbone, exclude):
    one = member(3, dropout=0.0)
    plan = blueprint(tmp_path, METHODS["spectran"], BACKBONES[backbone])
    training = Training(batch=64, negatives="all", exclude=exclude, temperature=0.2)
    run = PackRun(plan, (one,), data(), training, Evaluation())
    model = plan.build((one,))
    table = model.method.item_table().detach()
    losses = []
    for sequence in sequences().sequences:
        pairs = list(pairwise(sequence.tolist()))[-HISTORY:]
        ids = torch.full((1, 1, HISTORY), N_ITEMS)
        ids[0, 0, HISTORY - len(pairs) :] = torch.tensor([item for item, _ in pairs])
        hidden = hidden_states(model, ids, table).detach()[0, 0, HISTORY - len(pairs) :]
        left_out = set(sequence.tolist()) if exclude == "history" else set()
        losses += [
            plain(h, table[0, :-1], target, left_out, "cosine", 0.2)
            for h, (_, target) in zip(hidden, pairs, strict=True)
        ]
    run.advance()
    assert run.records[0].rows[0]["loss"] == pytest.approx(math.fsum(losses) / len(losses), rel=1e-10)


@pytest.mark.parametrize("backbone", BACKBONES)
def test_every_backbone_learns_with_it_and_packs_as_it_trains_alone(tmp_path, backbone):
    training = Training(batch=8, epochs=12, patience=12, negatives="all", exclude="history")
    members = [member(0), member(1, dropout=0.4)]
    packs = {
        pack: Small(tmp_path, METHODS["base"], BACKBONES[backbone], training, Compute(device="cpu", pack=pack))
        .schedule(f"pack{pack}")
        .train(members)
        for pack in (1, 2)
    }
    for one in members:
        alone, together = (packs[pack][one].rows for pack in (1, 2))
        assert [row["loss"] for row in alone] == pytest.approx([row["loss"] for row in together], rel=1e-9)
        assert alone[-1]["loss"] < 0.9 * alone[0]["loss"]


@pytest.mark.parametrize("negatives", [0, -1, "some", 6.4])
def test_a_positive_number_or_all_is_expected(negatives):
    with pytest.raises(ValueError, match="negatives"):
        Training(negatives=negatives)
