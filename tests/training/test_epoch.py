"""The loss of an epoch against a plain loop over users and positions."""

import math
from itertools import pairwise

import pytest
import torch

from hidden import hidden_states
from plain_draws import integers
from small import HISTORY, METHODS, N_ITEMS, N_USERS, blueprint, data, member, sequences
from spectran.config.training import Evaluation, Training
from spectran.models.randomness import stream
from spectran.training.loss import negatives_from
from spectran.training.pack import PackRun

NEGATIVES, TEMPERATURE = 5, 0.07


def plain_loss(model, one, targets):
    """The mean over every learned target of -log softmax of its cosine among its own negatives."""
    table = model.method.item_table()[0].detach()
    order = torch.randperm(N_USERS, generator=stream(one.seed, "order", 1)).tolist()
    # Before the negatives come one draw of dropout at the input and three a block.
    numbers = torch.tensor(integers(one.seed, 1, 0, 1 + 2 * 3, N_USERS * HISTORY, NEGATIVES))
    losses = []
    for row, user in enumerate(order):
        history = sequences().sequences[user].tolist()
        pairs = list(pairwise(history))[-HISTORY:]
        ids = torch.full((1, 1, HISTORY), N_ITEMS)
        ids[0, 0, HISTORY - len(pairs) :] = torch.tensor([item for item, _ in pairs])
        hidden = hidden_states(model, ids, model.method.item_table()).detach()[0, 0]
        first = len(pairs) - 1 if targets == "last" else 0
        for place, (_, target) in enumerate(pairs):
            if place < first:
                continue
            position = HISTORY - len(pairs) + place
            drawn = negatives_from(numbers[row * HISTORY + position], torch.tensor([target]), N_ITEMS)
            vectors = table[[target, *drawn.tolist()]]
            scores = torch.nn.functional.cosine_similarity(hidden[position], vectors, dim=-1) / TEMPERATURE
            losses.append(-scores.log_softmax(dim=0)[0].item())
    return math.fsum(losses) / len(losses)


@pytest.mark.parametrize("targets", ["every", "last"])
@pytest.mark.parametrize("method", ["base", "spectran"])
def test_it_is_the_mean_over_real_targets(tmp_path, method, targets):
    one = member(3, dropout=0.0)
    plan = blueprint(tmp_path, METHODS[method])
    training = Training(batch=N_USERS, negatives=NEGATIVES, temperature=TEMPERATURE, targets=targets)
    run = PackRun(plan, (one,), data(), training, Evaluation())
    expected = plain_loss(plan.build((one,)), one, targets)
    run.advance()
    assert run.records[0].rows[0]["loss"] == pytest.approx(expected, rel=1e-10)
