"""Scores of candidates: every way of scoring against a plain loop, their gradients, duplicates, packs, padding."""

import math
from functools import partial

import pytest
import torch

from spectran.training import scores
from spectran.training.scores import candidate_scores

K, P, C, N, DIM = 3, 7, 6, 9, 4
SIMILARITIES = pytest.mark.parametrize("similarity", ["cosine", "dot"])
#: Whether computed as on a GPU, and for how many items by a product with all of them.
WAYS = {"product": (False, N), "candidates": (False, N - 1), "gathered": (True, N - 1), "dense product": (True, N)}
EVERY_WAY = pytest.mark.parametrize("way", WAYS)


@pytest.fixture
def score(monkeypatch, way):
    """`candidate_scores` of one way, as what it calls tells."""
    dense, most = WAYS[way]
    monkeypatch.setattr(scores, "PRODUCT_ITEMS_DENSE" if dense else "PRODUCT_ITEMS", most)
    called = []
    for name in ("sampled_products", "sampled_cosines", "gather_rows"):
        function = getattr(scores, name)
        monkeypatch.setattr(scores, name, lambda *a, f=function, name=name: called.append(name) or f(*a))
    yield partial(candidate_scores, dense=dense)
    assert (called == []) == ("product" in way)
    assert (set(called) == {"gather_rows"}) == (way == "gathered")


def example():
    generator = torch.Generator().manual_seed(0)
    hidden = torch.randn(K, P, DIM, dtype=torch.float64, generator=generator)
    table = torch.randn(K, N + 1, DIM, dtype=torch.float64, generator=generator)
    table[:, -1] = 0.0
    candidates = torch.randint(N, (K, P, C), generator=generator)
    candidates[:, 0] = 5  # a place may have an item several times, and an item many places
    return hidden.requires_grad_(), table.requires_grad_(), candidates


def plain(hidden, table, candidates, similarity):
    """One score after another."""
    found = torch.empty(candidates.shape, dtype=torch.float64)
    for k in range(K):
        for p in range(P):
            for c in range(C):
                h, item = hidden[k, p].tolist(), table[k, candidates[k, p, c]].tolist()
                length = math.sqrt(math.fsum(x * x for x in h) * math.fsum(x * x for x in item))
                dot = math.fsum(x * y for x, y in zip(h, item, strict=True))
                found[k, p, c] = dot / length if similarity == "cosine" else dot
    return found


def weighted(found):
    """A sum in which every score has another weight."""
    return (found * torch.arange(found.numel()).view(found.shape).cos()).sum()


@SIMILARITIES
@EVERY_WAY
def test_it_equals_a_plain_loop(score, similarity):
    torch.testing.assert_close(score(*example(), similarity), plain(*example(), similarity), rtol=1e-12, atol=1e-12)


@SIMILARITIES
@EVERY_WAY
def test_gradients_are_those_of_gathered_vectors(score, similarity):
    hidden, table, candidates = example()
    vectors = torch.stack([rows[items] for rows, items in zip(table, candidates, strict=True)])
    if similarity == "cosine":
        expected = torch.nn.functional.cosine_similarity(vectors, hidden[:, :, None], dim=-1)
    else:
        expected = (vectors * hidden[:, :, None]).sum(dim=-1)
    theirs = torch.autograd.grad(weighted(expected), (hidden, table))
    ours = torch.autograd.grad(weighted(score(hidden, table, candidates, similarity)), (hidden, table))
    for one, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-12, atol=1e-12)
    assert ours[1].isfinite().all()
    assert (ours[1][:, -1] == 0).all(), "padding is no candidate"
    assert (ours[1][:, 5].abs().sum(dim=-1) > 0).all()


@SIMILARITIES
@EVERY_WAY
def test_gradients_are_those_of_finite_differences(score, similarity):
    hidden, table, candidates = example()
    table = (table.detach() + 0.1).requires_grad_()  # the length of zeros has no derivative
    assert torch.autograd.gradcheck(lambda h, t: score(h, t, candidates, similarity), (hidden, table))


@SIMILARITIES
@EVERY_WAY
def test_a_member_is_scored_as_alone(score, similarity):
    hidden, table, candidates = example()
    whole = score(hidden, table, candidates, similarity)
    for k in range(K):
        one = slice(k, k + 1)
        alone = score(hidden[one], table[one], candidates[one], similarity)
        torch.testing.assert_close(alone, whole[one], rtol=1e-12, atol=1e-12)


@SIMILARITIES
@EVERY_WAY
def test_there_may_be_more_candidates_than_items(score, similarity):
    hidden, table, candidates = example()
    candidates = candidates.repeat(1, 1, 3)
    assert candidates.shape[2] > N + 1
    found = score(hidden, table, candidates, similarity)
    torch.testing.assert_close(found, score(*example(), similarity).repeat(1, 1, 3), rtol=1e-12, atol=1e-12)
