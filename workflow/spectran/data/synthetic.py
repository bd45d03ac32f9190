"""A seeded catalogue and its reviews, written in the raw form of the 2014 Amazon release.

The data are invented: they exist so that the whole workflow can be run and watched anywhere, on the same path as the
real release. Their numbers say nothing about the paper. `tastes` says what titles explain and what they do not.
"""

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from spectran.config.data import Synthetic
from spectran.data.catalogue import CATEGORIES, Catalogue, make_catalogue, make_codes
from spectran.data.lines import write_gzip_lines
from spectran.data.tastes import draw_purchases, make_tastes
from spectran.progress import Pace

_DAY = 86_400
#: First possible day of a first review, and how many days later the last possible one is.
_FIRST_DAY, _DAYS = 13_500, 2_000
#: Probability that the next review is of the same day, and the mean gap in days if it is not.
_SAME_DAY, _GAP = 0.15, 30.0

_log = logging.getLogger(__name__)


def synthesise(source: Synthetic, reviews: Path, metadata: Path) -> None:
    """Write both raw files. Equal settings give equal bytes."""
    for_catalogue, for_tastes, for_users = (
        np.random.default_rng(seed) for seed in np.random.SeedSequence(source.seed).spawn(3)
    )
    catalogue = make_catalogue(source.items, for_catalogue)
    tastes = make_tastes(catalogue, for_tastes)
    rows: list[tuple[str, str, int, float]] = []
    pace = Pace()
    for number, name in enumerate(make_codes(source.users, 13, for_users)):
        bought = draw_purchases(catalogue, tastes, for_users)
        day = _FIRST_DAY + int(for_users.integers(_DAYS))
        for item in bought:
            rows.append((catalogue.asin[item], f"A{name}", day * _DAY, float(for_users.choice([3, 4, 5]))))
            day += 0 if for_users.random() < _SAME_DAY else 1 + int(for_users.exponential(_GAP))
        if pace.due():
            _log.info("synthetic reviews: %d of %d users", number + 1, source.users)
    write_gzip_lines(reviews, _review_lines(rows))
    write_gzip_lines(metadata, _metadata_lines(catalogue))
    _log.info("synthetic data: %d users, %d items, %d reviews", source.users, source.items, len(rows))


def _review_lines(rows: list[tuple[str, str, int, float]]) -> Iterator[str]:
    """Strict JSON, grouped by item as in the release."""
    for asin, user, time, stars in sorted(rows):
        day = datetime.fromtimestamp(time, UTC)
        yield json.dumps(
            {
                "reviewerID": user,
                "asin": asin,
                "reviewerName": 'A "synthetic" reviewer',
                "helpful": [0, 0],
                "reviewText": "This review is synthetic.",
                "overall": stars,
                "summary": "Synthetic",
                "unixReviewTime": time,
                "reviewTime": f"{day.month:02d} {day.day}, {day.year}",
            }
        )


def _metadata_lines(catalogue: Catalogue) -> Iterator[str]:
    """Python dict literals, not JSON, as in the release; an item without a title has no such key."""
    for number, asin in enumerate(catalogue.asin):
        department, category = CATEGORIES[catalogue.category[number]]
        row: dict[str, object] = {"asin": asin}
        if catalogue.title[number]:
            row["title"] = catalogue.title[number]
        row |= {
            "price": float(catalogue.price[number]),
            "salesRank": {department.name: number + 1},
            "categories": [[department.name, category.name]],
        }
        yield repr(row)
