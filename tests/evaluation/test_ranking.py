"""Ranking by counting equals sorting by hand, ties and duplicates included."""

import pytest
import torch

from hidden import hidden_states
from small import METHODS, N_ITEMS, blueprint, data, member
from spectran.divergence import DivergedError
from spectran.evaluation import ranking
from spectran.evaluation.ranking import ITEMS, Ranks, count_ranks, count_scores, rank_targets


def brute_force(scores, target):
    """Rank and ties of one user by a plain loop."""
    higher = sum(1 for score in scores if score > scores[target])
    equal = sum(1 for item, score in enumerate(scores) if score == scores[target] and item != target)
    return 1 + higher, equal


def test_counting_equals_a_loop_with_ties():
    users = torch.randint(-2, 3, (2, 30, 4), generator=torch.Generator().manual_seed(0)).double()
    items = torch.randint(-2, 3, (2, 25, 4), generator=torch.Generator().manual_seed(1)).double()
    targets = torch.arange(30) % 25
    ranks = count_ranks(users, items, targets)
    for k in range(2):
        for u in range(30):
            scores = (items[k] @ users[k, u]).tolist()
            assert (ranks.rank[k, u].item(), ranks.ties[k, u].item()) == brute_force(scores, targets[u].item())
    assert ranks.ties.max() > 0


def test_items_with_equal_vectors_are_tied():
    items = torch.randn(1, 6, 4, generator=torch.Generator().manual_seed(0)).repeat(1, 3, 1)
    ranks = count_ranks(torch.randn(1, 5, 4), items, torch.arange(5))
    assert (ranks.ties == 2).all()


def test_nan_is_no_rank_and_its_member_is_told_apart():
    users = torch.ones(3, 2, 2)
    users[1, 1] = float("nan")
    items = torch.ones(3, 4, 2)
    items[2, 3] = float("nan")  # one item of many, and not the target
    ranks = count_ranks(users, items, torch.zeros(2, dtype=torch.long))
    assert ranks.rank.tolist() == [[1, 1], [1, 0], [0, 0]]
    assert ranks.undefined().tolist() == [False, True, True]
    with pytest.raises(DivergedError, match="a score is NaN"):
        ranks.checked()
    whole = Ranks(ranks.rank[:1], ranks.ties[:1])
    assert whole.checked() is whole


@pytest.mark.parametrize("score", ["cosine", "dot"])
def test_a_model_ranks_as_a_plain_loop_over_users_does(tmp_path, score):
    model = blueprint(tmp_path, METHODS["spectran"]).build((member(0), member(1))).eval()
    inputs = data()
    ranks = rank_targets(model, inputs.histories, inputs.validation, score, chunk=7)
    table = model.method.item_table().detach()
    for k in range(2):
        for u in (0, 13, 39):
            ids = inputs.histories[None, u : u + 1].expand(2, -1, -1)
            hidden = hidden_states(model, ids, table)[k, 0, -1]
            items = table[k, :N_ITEMS]
            scores = items @ hidden
            if score == "cosine":
                scores = scores / items.norm(dim=1)
            assert ranks.rank[k, u] == brute_force(scores.tolist(), inputs.validation[u].item())[0]


def test_the_padding_row_is_never_ranked(tmp_path):
    model = blueprint(tmp_path, METHODS["base"]).build((member(),)).eval()
    inputs = data()
    assert rank_targets(model, inputs.histories, inputs.validation, "cosine").rank.max() <= N_ITEMS


@pytest.mark.parametrize("n_items", [ITEMS - 1, ITEMS + 1, 2 * ITEMS + 3])
def test_blocks_of_items_give_the_ranks_of_all(n_items):
    """Every item comes three times, a third of the way on, so that equal vectors meet in different blocks."""
    generator = torch.Generator().manual_seed(0)
    some = torch.randn(2, -(-n_items // 3), 128, generator=generator)
    items = some.repeat(1, 3, 1)[:, :n_items]
    users = torch.randn(2, 300, 128, generator=generator)
    targets = torch.randint(n_items, (300,), generator=generator)
    ranks = count_ranks(users, items, targets)
    which = torch.arange(n_items) % some.shape[1]
    copies = torch.bincount(which)[which]
    assert torch.equal(ranks.ties, (copies[targets] - 1).expand(2, -1))
    scores = users.double() @ items.double().transpose(1, 2)
    own = scores.gather(-1, targets.expand(2, -1)[..., None])
    # Rounding may swap two items whose scores lie closer than it.
    near = ((scores - own).abs() < 1e-5).sum(-1) - copies[targets]
    higher = (scores > own + 1e-9).sum(-1)
    assert ((ranks.rank - 1 - higher).abs() <= near).all()
    assert (near == 0).float().mean() > 0.9


@pytest.mark.parametrize(("scores_held", "counted", "items_of_a_product"), [(1, 1, 3), (60, 25, 4), (2**23, 2**18, 7)])
def test_ranks_are_the_same_bits_whatever_is_held_at_a_time(monkeypatch, scores_held, counted, items_of_a_product):
    users = torch.randint(-2, 3, (2, 30, 4), generator=torch.Generator().manual_seed(0)).float()
    items = torch.randint(-2, 3, (2, 25, 4), generator=torch.Generator().manual_seed(1)).float()
    targets = torch.arange(30) % 25
    whole = count_scores(users @ items.transpose(1, 2), targets)
    largest = []
    monkeypatch.setattr(ranking, "COUNTED", counted)
    monkeypatch.setattr(ranking, "ITEMS", items_of_a_product)
    monkeypatch.setattr(
        ranking, "count_scores", lambda scores, of: largest.append(scores.numel()) or count_scores(scores, of)
    )
    at_once = max(1, scores_held // (2 * 25))
    pairs = zip(users.split(at_once, dim=1), targets.split(at_once), strict=True)
    found = Ranks.joined([count_ranks(some, items, of) for some, of in pairs])
    assert torch.equal(found.rank, whole.rank)
    assert torch.equal(found.ties, whole.ties)
    assert max(largest) <= max(counted, 2 * 25)  # never fewer than one user's scores
