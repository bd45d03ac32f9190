"""InfoNCE: a value by hand, its direction, and its negatives."""

import math

import pytest
import torch

from small import METHODS, N_ITEMS, blueprint, data, member, sequences
from spectran.config.training import Evaluation, Training
from spectran.models.randomness import draw, keys_of, uniform
from spectran.training.loss import info_nce, negatives_from
from spectran.training.pack import PackRun
from spectran.training.scores import candidate_scores


def test_by_hand():
    scores = torch.tensor([[[0.07, 0.0, -0.07]]])
    expected = -math.log(math.e / (math.e + 1 + 1 / math.e))
    assert info_nce(scores, 0.07).item() == pytest.approx(expected, rel=1e-6)


def test_no_knowledge_costs_the_log_of_the_candidates():
    assert info_nce(torch.zeros(1, 3, 65), 0.07).tolist()[0] == pytest.approx([math.log(65)] * 3)


def test_descent_raises_the_target_above_the_negatives():
    hidden = torch.randn(1, 1, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(0)).requires_grad_()
    table = torch.randn(1, 6, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    candidates = torch.tensor([[[2, 0, 1, 3, 4]]])
    for _ in range(200):
        value = info_nce(candidate_scores(hidden, table, candidates, "cosine"), 0.07).sum()
        (gradient,) = torch.autograd.grad(value, hidden)
        hidden = (hidden - 0.05 * gradient).detach().requires_grad_()
    scores = candidate_scores(hidden, table, candidates, "cosine")[0, 0]
    assert scores.argmax() == 0


def drawn_numbers(seed, shape):
    rows, width = shape
    return uniform(draw(keys_of([seed], "test"), torch.arange(rows)[None], width))[0]


def negatives(targets, count, n_items):
    numbers = drawn_numbers(0, (len(targets), count))
    return negatives_from(numbers, torch.tensor(targets)[:, None], n_items)


def test_negatives_are_uniform_over_everything_but_the_target():
    drawn = negatives([0, 3, 6], 30_000, 7)
    for target, row in zip([0, 3, 6], drawn, strict=True):
        counts = torch.bincount(row, minlength=7)
        assert counts[target] == 0
        others = counts[torch.arange(7) != target].double()
        chi2 = ((others - 5000) ** 2 / 5000).sum()
        assert chi2 < 20.5  # 5 degrees of freedom, p = 0.001
    assert not torch.equal(drawn[0], drawn[1])


def test_padding_is_never_drawn_and_excludes_nothing():
    drawn = negatives([7], 5_000, 7)
    assert set(drawn.flatten().tolist()) == set(range(7))


@pytest.mark.parametrize("excluded", [[0, 1, 2], [4, 5, 6], [0, 3, 6], [2, 7, 7], [7, 7, 7]])
def test_excluded_items_are_never_drawn_and_the_rest_equally(excluded):
    drawn = negatives_from(drawn_numbers(1, (1, 28_000)), torch.tensor([excluded]), 7)[0]
    left = sorted(set(range(7)) - set(excluded))
    counts = torch.bincount(drawn, minlength=7)
    assert [item for item in range(7) if counts[item]] == left
    assert counts[left].double() / 28_000 == pytest.approx([1 / len(left)] * len(left), abs=0.015)


def test_the_history_can_be_excluded(tmp_path):
    inputs = data()
    assert inputs.seen.shape[0] == len(inputs.sequences)
    for row, history in zip(inputs.seen.tolist(), sequences().sequences, strict=True):
        assert [item for item in row if item < N_ITEMS] == sorted(set(history.tolist()))
    plan = blueprint(tmp_path, METHODS["base"])
    losses = []
    for exclude in ("target", "history"):
        run = PackRun(plan, (member(),), inputs, Training(exclude=exclude), Evaluation())
        run.advance()
        losses.append(run.records[0].rows[0]["loss"])
    assert losses[0] != losses[1]
