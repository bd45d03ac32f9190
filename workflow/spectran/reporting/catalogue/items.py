"""What a table, a figure or a section of the page is called and says."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Item:
    """Title and caption of a table or figure."""

    title: str
    caption: str
    part: str = ""
    """The part of the study that it shows, or `SPECTRAN`; "" if it is made whatever is run."""
    searched: bool = False
    """Whether it shows the search for hyper-parameters, and is made only where there is one."""


@dataclass(frozen=True)
class Section:
    """One section of the page: an introduction, then tables and figures in this order."""

    anchor: str
    title: str
    intro: str
    items: tuple[str, ...]
    before_results: bool = False
    """Whether it stands before claims and results: what a reader has to know first."""
