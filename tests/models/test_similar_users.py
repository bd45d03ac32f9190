"""Similar users against brute force, with ties."""

import math

import pytest
import torch

from spectran.models import similar_users as module
from spectran.models.similar_users import similar_users

N, USERS, HISTORY = 12, 30, 4


def brute_force(histories, text, count):
    means = []
    for history in histories.tolist():
        items = [item for item in history if item < N]
        means.append([math.fsum(text[i, j].item() for i in items) / len(items) for j in range(text.shape[1])])

    def dot(a, b):
        return math.fsum(x * y for x, y in zip(a, b, strict=True))

    def cosine(a, b):
        return dot(a, b) / math.sqrt(dot(a, a) * dot(b, b))

    found = []
    for user, mean in enumerate(means):
        others = [(-round(cosine(mean, other), 6), index) for index, other in enumerate(means) if index != user]
        found.append([index for _, index in sorted(others)[:count]])
    return found


def example(dtype):
    generator = torch.Generator().manual_seed(2)
    histories = torch.randint(N, (USERS, HISTORY), generator=generator)
    histories[::3, :2] = N
    histories[5] = histories[21].flip(0)  # the same items in another order
    histories[17] = histories[8] = histories[2]
    return histories, torch.nn.functional.normalize(torch.randn(N, 3, dtype=dtype, generator=generator), dim=1)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
@pytest.mark.parametrize("compared", [1, 7 * USERS, 2**20])
def test_it_equals_brute_force(monkeypatch, compared, dtype):
    monkeypatch.setattr(module, "COMPARED", compared)
    histories, text = example(dtype)
    found = similar_users(histories, text, 10).tolist()
    assert found == brute_force(histories, text.double(), 10)
    assert found[2][:2] == [8, 17]
    assert found[17][:2] == [2, 8]


def test_a_user_is_not_its_own_neighbour_and_few_users_are_enough():
    histories, text = example(torch.float64)
    found = similar_users(histories[:4], text, 10)
    assert [sorted(row) for row in found.tolist()] == [[1, 2, 3], [0, 2, 3], [0, 1, 3], [0, 1, 2]]
