"""Who buys what after what in the synthetic data.

What titles explain: each user favours a few categories, and in every department one brand and one describing word;
purchases lead to the following category (a camera to a camera case). What titles do not explain: how popular an item
is, and a low-rank factor of users and items that is drawn apart from everything else. The rest is noise. The strengths
were set once, by eye, so that no part drowns another; no model was looked at.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from spectran.data.catalogue import CATEGORIES, Catalogue
from spectran.data.vocabulary import DEPARTMENTS

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.intp]

#: Log-odds that a favoured brand and a favoured describing word add.
_BRAND, _ATTRIBUTE = 1.5, 0.8
#: Standard deviations of log-popularity and of the collaborative factor's log-odds; the factor's rank.
_POPULARITY, _FACTOR, _RANK = 0.6, 1.0, 6
#: Probabilities of a step: stay in the category, go on to the one that follows, choose by popularity alone.
_STAY, _FOLLOW, _STRAY = 0.35, 0.3, 0.05
#: Favoured categories of a user.
_FAVOURITES = 4
#: Purchases: at least 5 but for a few users, who have 2 to 4; the rest is gamma distributed.
_SHORT, _SHAPE, _SCALE, _LONGEST = 0.03, 1.1, 4.0, 60


@dataclass(frozen=True)
class Tastes:
    """What decides the purchases; items that nobody reviews have a popularity of minus infinity."""

    popularity: Floats
    """(N,) log-odds of each item."""
    item_factor: Floats
    """(N, r) the items' side of the collaborative factor."""
    follow: Integers
    """(C,) category that follows each category."""


def make_tastes(catalogue: Catalogue, random: np.random.Generator) -> Tastes:
    """Draw what all users share. One item in 50, at least one, is never reviewed."""
    count = len(catalogue.asin)
    popularity = random.normal(0.0, _POPULARITY, size=count)
    popularity[random.permutation(count)[: -(-count // 50)]] = -np.inf
    numbers = {(department.name, category.name): at for at, (department, category) in enumerate(CATEGORIES)}
    follow = np.array([numbers[department.name, category.follow] for department, category in CATEGORIES])
    return Tastes(popularity, random.normal(size=(count, _RANK)), follow)


def draw_length(random: np.random.Generator, items: int) -> int:
    """Draw how many items a user buys."""
    length = int(random.integers(2, 5)) if random.random() < _SHORT else 5 + int(random.gamma(_SHAPE, _SCALE))
    return min(length, _LONGEST, items // 2)


def draw_purchases(catalogue: Catalogue, tastes: Tastes, random: np.random.Generator) -> list[int]:
    """Draw one user's purchases in order, no item twice.

    Returns:
        Item numbers.
    """
    count = len(catalogue.asin)
    favourites = random.choice(len(CATEGORIES), size=_FAVOURITES, replace=False)
    share = random.dirichlet(np.full(_FAVOURITES, 0.7))
    brand = random.integers(catalogue.brand.max() + 1, size=len(DEPARTMENTS))[catalogue.department]
    word = random.integers(catalogue.attribute.max() + 1, size=len(DEPARTMENTS))[catalogue.department]
    factor = tastes.item_factor @ random.normal(0.0, _FACTOR / np.sqrt(_RANK), size=_RANK)
    odds = tastes.popularity + factor + _BRAND * (catalogue.brand == brand) + _ATTRIBUTE * (catalogue.attribute == word)
    open_items = np.isfinite(tastes.popularity)
    bought: list[int] = []
    for _ in range(draw_length(random, count)):
        move = random.random()
        category = favourites[random.choice(_FAVOURITES, p=share)]
        if bought and move < _STAY:
            category = catalogue.category[bought[-1]]
        elif bought and move < _STAY + _FOLLOW:
            category = tastes.follow[catalogue.category[bought[-1]]]
        candidates = open_items & (catalogue.category == category)
        if move > 1.0 - _STRAY or not candidates.any():
            candidates = open_items
        among = np.flatnonzero(candidates)
        scores = (tastes.popularity if move > 1.0 - _STRAY else odds)[among]
        item = int(among[np.argmax(scores + random.gumbel(size=among.size))])
        open_items[item] = False
        bought.append(item)
    return bought
