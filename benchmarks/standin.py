"""Stand-ins for the papers' data where those are not at hand: their users, items and lengths, made-up tastes."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

#: Shortest and longest sequence of the protocol: a 5-core, and the last 13.
SHORTEST, LONGEST = 5, 13


@dataclass(frozen=True)
class Size:
    """How large a dataset is.

    Attributes:
        items: items of the catalogue.
        lengths: users with 5, 6 ... 13 interactions.
    """

    items: int
    lengths: tuple[int, ...]

    @property
    def users(self) -> int:
        """Users in all."""
        return sum(self.lengths)

    @classmethod
    def like_office(cls, users: int, items: int) -> "Size":
        """Another number of users and items, with the lengths of Office as far as whole users allow."""
        office = np.array(OFFICE.lengths)
        ends = np.round(office.cumsum() / office.sum() * users).astype(int)
        return cls(items, tuple(np.diff(ends, prepend=0).tolist()))


#: As the protocol leaves them (SpecTran's Table 1; the lengths counted on the data).
OFFICE = Size(2414, (1293, 757, 438, 327, 269, 237, 160, 160, 1254))
TOYS = Size(11757, (6496, 3727, 2236, 1506, 1040, 771, 542, 422, 2384))


def interactions(size: Size, seed: int = 0) -> pd.DataFrame:
    """Interactions as the protocol leaves them: user, item (int32) and timestamp (int64), by user and time.

    Items are popular as 1 / (rank + 30), about as steep as on Office; nothing else is to be learned. A user may have an
    item twice, which the cost of an epoch does not depend on. The last item occurs: so many items a split of them has.
    """
    rng = np.random.default_rng(seed)
    lengths = rng.permutation(np.repeat(np.arange(SHORTEST, LONGEST + 1), size.lengths))
    weights = 1 / (np.arange(size.items) + 30)
    items = rng.choice(size.items, lengths.sum(), p=weights / weights.sum())
    numbers = rng.permutation(size.items)
    numbers = (numbers - numbers[items[0]] - 1) % size.items
    return pd.DataFrame(
        {
            "user": np.repeat(np.arange(size.users, dtype=np.int32), lengths),
            "item": numbers[items].astype(np.int32),
            "timestamp": np.concatenate([np.arange(length) for length in lengths]).astype(np.int64),
        }
    )
