"""Groups of users whose metrics are also shown on their own."""

from typing import Annotated

from pydantic import Field

from spectran.config.base import PositiveInt, Section


class Groups(Section):
    """Who is in which group. All of it follows from stored ranks: another choice trains and ranks nothing again."""

    head_share: Annotated[float, Field(gt=0, lt=1)] = 0.2
    """Head targets are among this most popular share of the items of the catalogue (LLM-ESR's fifth), all others are
    tail."""
    short_history: PositiveInt = 5
    """A history is short with at most so many items before the test target (of those that the model reads), else
    long."""
