"""The paper's preprocessing: title filter, iterative k-core, the last interactions of each user.

Source: SpecTran section 4.1.1, made exact by the counts of its Table 1, all twelve of which this reproduces.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

Codes = npt.NDArray[np.intp]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Count:
    """Size of the data after one step."""

    step: str
    users: int
    items: int
    interactions: int

    @classmethod
    def of(cls, step: str, interactions: pd.DataFrame) -> "Count":
        """Count the users and items that have interactions."""
        return cls(step, interactions["user"].nunique(), interactions["item"].nunique(), len(interactions))


def titled(items: pd.DataFrame, min_length: int) -> pd.DataFrame:
    """Keep items whose title, as written, has at least `min_length` characters; then trim the titles."""
    kept = items[items["title"].str.len() >= min_length]
    return kept.assign(title=kept["title"].str.strip())


def core_rounds(users: Codes, items: Codes, k: int) -> Iterator[Mask]:
    """Iterate the k-core: drop users and items with fewer than k interactions until none is left.

    In each round both are counted before either is dropped.

    Args:
        users: (n,) user of each interaction, coded 0, 1, ...
        items: (n,) item of each interaction, likewise.
        k: interactions that every user and item keeps at least.

    Yields:
        (n,) mask of what is left after each round that dropped something.
    """
    keep = np.ones(len(users), dtype=np.bool_)
    while True:
        of_user = np.bincount(users[keep], minlength=users.max(initial=-1) + 1)
        of_item = np.bincount(items[keep], minlength=items.max(initial=-1) + 1)
        stays = keep & (of_user[users] >= k) & (of_item[items] >= k)
        if np.array_equal(stays, keep):
            return
        keep = stays
        yield keep


def keep_last(interactions: pd.DataFrame, count: int) -> pd.DataFrame:
    """Keep each user's last `count` interactions.

    Among equal times the smaller item comes first in either direction: "last" is the head of (time descending, item
    ascending), and what is kept is then ordered by (user, time, item), all ascending. On the real Toys data only this
    tie rule gives the printed number of items.
    """
    newest_first = interactions.sort_values(["user", "timestamp", "item"], ascending=[True, False, True])
    kept = newest_first.groupby("user", sort=False).head(count)
    return kept.sort_values(["user", "timestamp", "item"]).reset_index(drop=True)


def apply_protocol(
    interactions: pd.DataFrame, items: pd.DataFrame, *, min_title_length: int, core: int, last: int
) -> tuple[pd.DataFrame, pd.DataFrame, list[Count]]:
    """Run the three steps.

    Args:
        interactions: columns user, item (text), timestamp.
        items: columns item, title (text).
        min_title_length: shortest title that counts as one.
        core: k of the k-core.
        last: interactions kept of each user.

    Returns:
        Interactions ordered by (user, time, item); the items in them, ordered by item, titles trimmed; and the counts
        before the first step and after each step, the k-core's rounds one by one.
    """
    counts = [Count.of("all", interactions)]
    catalogue = titled(items, min_title_length)
    left = interactions[interactions["item"].isin(catalogue["item"])]
    counts.append(Count.of("titled", left))
    with_title = left
    rounds = core_rounds(pd.factorize(left["user"])[0], pd.factorize(left["item"])[0], core)
    for number, mask in enumerate(rounds, start=1):
        left = with_title[mask]
        counts.append(Count.of(f"{core}-core, round {number}", left))
    left = keep_last(left, last)
    counts.append(Count.of(f"last {last}", left))
    catalogue = catalogue[catalogue["item"].isin(left["item"])].sort_values("item").reset_index(drop=True)
    return left, catalogue, counts
