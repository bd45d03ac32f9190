"""What came out of one place of the study, in a sentence."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Outcome:
    """One dataset, and what else tells its cells from others', in a sentence."""

    place: str
    synthetic: bool
    sentence: str
