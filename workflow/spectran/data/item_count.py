"""The number of items N, which every part of a split says itself: who reads a part needs no other file to know it."""

from collections.abc import Hashable, Mapping
from typing import Any


def with_count(n_items: int) -> dict[Hashable | None, Any]:
    """What a part's `DataFrame.attrs` are; pandas keeps them in the metadata of a Parquet file, as PANDAS_ATTRS."""
    return {"items": n_items}


def item_count(attrs: Mapping[Hashable | None, Any]) -> int | None:
    """N by a part's `attrs`, None where they do not say it."""
    found = attrs.get("items")
    return found if isinstance(found, int) else None
