"""The paper's preprocessing: title filter, iterative k-core, the last interactions of each user.

Source: SpecTran section 4.1.1, made exact by the counts of its Table 1, all twelve of which this reproduces.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

Codes = npt.NDArray[np.integer]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Count:
    """Size of the data after one step."""

    step: str
    users: int
    items: int
    interactions: int

    @classmethod
    def of(cls, step: str, users: Codes, items: Codes) -> "Count":
        """Count the users and items that have interactions, of the codes of each interaction."""
        found = [int(np.count_nonzero(np.bincount(codes))) for codes in (users, items)]
        return cls(step, found[0], found[1], len(users))


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


def keep_last(users: Codes, items: Codes, times: Codes, count: int) -> npt.NDArray[np.intp]:
    """Rows of each user's last `count` interactions, in order of (user, time, item), all ascending.

    Among equal times the smaller item comes first in either direction: "last" is the head of (time descending, item
    ascending). On the real Toys data only this tie rule gives the printed number of items.

    Args:
        users: (n,) user of each interaction, coded 0, 1, ... in the order of their ids.
        items: (n,) item of each interaction, likewise.
        times: (n,) its time.
        count: interactions kept of each user.
    """
    order = np.lexsort((items, ~times, users))  # ~time falls as time rises, and 64 bits hold it
    starts = np.bincount(users, minlength=1).cumsum()
    starts -= np.bincount(users, minlength=1)
    kept: npt.NDArray[np.intp] = order[np.arange(len(order)) - starts[users[order]] < count]
    ascending: npt.NDArray[np.intp] = kept[np.lexsort((items[kept], times[kept], users[kept]))]
    return ascending


def apply_protocol(
    interactions: pd.DataFrame, items: pd.DataFrame, *, min_title_length: int, core: int, last: int
) -> tuple[pd.DataFrame, pd.DataFrame, list[Count]]:
    """Run the three steps.

    Args:
        interactions: columns user, item (categories in ascending order of the ids), timestamp.
        items: columns item, title (text).
        min_title_length: shortest title that counts as one.
        core: k of the k-core.
        last: interactions kept of each user.

    Returns:
        Interactions ordered by (user, time, item); the items in them, ordered by item, titles trimmed; and the counts
        before the first step and after each step, the k-core's rounds one by one.
    """
    users, bought = (interactions[name].cat.codes.to_numpy() for name in ("user", "item"))
    counts = [Count.of("all", users, bought)]
    catalogue = titled(items, min_title_length)
    ids = interactions["item"].cat.categories
    rows = np.flatnonzero(ids.isin(catalogue["item"])[bought])
    users, bought = users[rows], bought[rows]
    counts.append(Count.of("titled", users, bought))
    left = np.ones(len(rows), dtype=np.bool_)
    for number, mask in enumerate(core_rounds(users, bought, core), start=1):
        left = mask
        counts.append(Count.of(f"{core}-core, round {number}", users[left], bought[left]))
    rows, users, bought = rows[left], users[left], bought[left]
    kept = keep_last(users, bought, interactions["timestamp"].to_numpy()[rows], last)
    counts.append(Count.of(f"last {last}", users[kept], bought[kept]))
    there = np.zeros(len(ids), dtype=np.bool_)
    there[bought[kept]] = True
    catalogue = catalogue[catalogue["item"].isin(ids[there])].sort_values("item").reset_index(drop=True)
    return interactions.iloc[rows[kept]].reset_index(drop=True), catalogue, counts
