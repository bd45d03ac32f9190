"""Users who read alike: the nearest by the text of what they have in their histories."""

import torch
from torch import Tensor, nn

#: Cosines computed at a time: what stays in a processor's cache, and little beside what training takes.
COMPARED = 2**20
#: Cosines are compared in steps of this size, so that rounding does not order what is equal.
GRAIN = 2.0**-20


def similar_users(histories: Tensor, text: Tensor, count: int) -> Tensor:
    """The users with the largest cosine of mean item vectors, not the user itself; of equals those of lower index.

    Args:
        histories: item indices, shape (U, T), left-padded with N.
        text: item vectors of equal length, shape (N, l).
        count: how many; all others if there are fewer.

    Returns:
        User indices, the nearest first, shape (U, count).
    """
    users = len(histories)
    # Padding adds zeros, and the sum points where the mean does.
    sums = nn.functional.embedding_bag(histories, nn.functional.pad(text, (0, 0, 0, 1)), mode="sum")
    profiles = nn.functional.normalize(sums, dim=-1, out=sums)
    everyone = torch.arange(users, device=text.device)
    nearest = []
    for some in everyone.split(max(1, COMPARED // users)):
        steps = (profiles[some] @ profiles.T / GRAIN).round().long()
        # Different numbers, so that which are the largest does not depend on how they are found.
        order = steps * users + (users - 1 - everyone)
        order[torch.arange(len(some), device=text.device), some] = torch.iinfo(torch.long).min
        nearest.append(order.topk(min(count, users - 1)).indices)
    return torch.cat(nearest)
