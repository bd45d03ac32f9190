"""Datasets: where the interactions and titles come from, and the protocol that turns them into splits."""

import re
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationInfo, field_validator

from spectran.config.base import Int, NonNegativeInt, PositiveInt, Section
from spectran.hiding import without_secrets

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Amazon(Section):
    """A category of the 2014 Amazon release, downloaded in its raw form."""

    category: Annotated[str, Field(pattern=r"^[A-Za-z0-9_]+$")]
    """The release's name of the category, e.g. Toys_and_Games."""
    mirrors: tuple[str, ...] = (
        "https://snap.stanford.edu/data/amazon/productGraph/categoryFiles",
        "https://mcauleylab.ucsd.edu/public_datasets/data/amazon/categoryFiles",
    )
    """Base URLs, tried in this order; reviews_<category>_5.json.gz and meta_<category>.json.gz are appended."""
    reviews_sha256: Sha256 | None = None
    """Checksum the reviews file must have; recorded, not checked, when null."""
    metadata_sha256: Sha256 | None = None
    """Checksum the metadata file must have; recorded, not checked, when null."""
    timeout_seconds: PositiveInt = 60
    """How long a mirror may stay silent, or give less than 1 kB a second, before it is tried again or left."""
    max_gigabytes: PositiveInt = 20
    """A file larger than this is refused."""
    max_hours: PositiveInt = 24
    """A download that takes longer is given up; what has come is kept, and the next run continues it."""

    @field_validator("mirrors")
    @classmethod
    def _http_only(cls, mirrors: tuple[str, ...]) -> tuple[str, ...]:
        wrong = [url for url in mirrors if not re.fullmatch(r"https?://[^/\s?#]+(/[^\s?#]*)?", url)]
        if wrong or not mirrors:
            found = [without_secrets(url) for url in wrong]
            raise ValueError(f"at least one http:// or https:// base URL expected, found {found or 'none'}")
        secret = next((url for url in mirrors if "@" in url.split("/")[2]), None)
        if secret:
            # It would stand in every record of the data, and in the report.
            raise ValueError(f"base URLs without user and password expected, found {without_secrets(secret)}")
        return tuple(url.rstrip("/") for url in mirrors)


class Files(Section):
    """A pair of tables of one's own, CSV (also .gz) or Parquet; paths are relative to the working directory."""

    interactions: str
    """Table with one interaction a row."""
    items: str
    """Table with one item a row; each item of the interactions needs one."""
    user_column: str = "user"
    """Column of the interactions with the user's id."""
    item_column: str = "item"
    """Column of both tables with the item's id."""
    timestamp_column: str = "timestamp"
    """Column of the interactions with an integer time (any unit; only the order counts)."""
    title_column: str = "title"
    """Column of the items with the title; empty where there is none."""

    @field_validator("interactions", "items")
    @classmethod
    def _known_format(cls, path: str) -> str:
        if not path.endswith((".csv", ".csv.gz", ".parquet")):
            raise ValueError(f"a .csv, .csv.gz or .parquet file expected, found {path!r}")
        return path

    @field_validator("item_column", "timestamp_column", "title_column")
    @classmethod
    def _another_column(cls, column: str, info: ValidationInfo) -> str:
        """Columns of one table differ; user and title may be called the same, for they are of two tables."""
        others = {"title_column": ["item_column"]}.get(str(info.field_name), ["user_column", "item_column"])
        same = [key for key in others if key != info.field_name and info.data.get(key) == column]
        if same:
            raise ValueError(f"another column than that of {same[0]} expected, found {column!r} for both")
        return column


class Synthetic(Section):
    """A seeded catalogue and its reviews, written in the raw Amazon form. Its numbers say nothing about the paper."""

    users: PositiveInt = 1500
    """Number of reviewers written (the 5-core keeps somewhat fewer)."""
    items: Annotated[Int, Field(ge=20)] = 600
    """Number of items written."""
    seed: Int = 2014
    """Seed of catalogue and tastes."""


class Expected(Section):
    """Statistics the prepared dataset must have; a mismatch stops the run with both numbers."""

    users: PositiveInt
    """Users after the protocol."""
    items: PositiveInt
    """Items after the protocol."""
    interactions: PositiveInt
    """Interactions after the protocol."""


class Dataset(Section):
    """One dataset: a label, one active source among those described, and what it must come out as."""

    label: str
    """Name shown in tables and figures."""
    row: str | None = None
    """Name of this dataset in the printed tables (config/published); the entry's own name when left out."""
    source: Literal["amazon", "files", "synthetic"]
    """Which of the sources below is read."""
    amazon: Amazon | None = None
    """Raw files of the 2014 Amazon release."""
    files: Files | None = None
    """A user's own pair of tables."""
    synthetic: Synthetic | None = None
    """A seeded catalogue made by this workflow."""
    expected: Expected | None = None
    """Statistics to check after preparation (the paper's Table 1, say)."""

    @field_validator("amazon", "files", "synthetic")
    @classmethod
    def _source_is_described(cls, section: Any, info: ValidationInfo) -> Any:
        if section is None and info.data.get("source") == info.field_name:
            raise ValueError(f"source is '{info.field_name}', but the section '{info.field_name}' is missing")
        return section


class Protocol(Section):
    """From interactions to splits (SpecTran section 4.1.1, as its Table 1 pins it down)."""

    min_title_length: NonNegativeInt = 2
    """Interactions with an item whose title is shorter than this many characters are dropped first."""
    core: Annotated[Int, Field(ge=4)] = 5
    """k of the iterative k-core: users and items keep at least this many interactions. A user needs 4: one input, and a
    target each for train, validation and test."""
    keep_last: Annotated[Int, Field(ge=4)] = 13
    """Interactions kept of each user, the last ones; at least those 4 (13 = 10 inputs + the three targets)."""
    history: PositiveInt = 10
    """Longest model input; the paper's maximum sequence length."""
    split: Literal["leave_one_out", "users"] = "leave_one_out"
    """What is tested: every user's last item (what the printed hit ratios fit), or the last items of a tenth of the
    users, of whom nothing is trained on (8:1:1, as the paper's text also says; AlphaFuse's cold-start users)."""
    split_seed: NonNegativeInt = 0
    """Seed of the order in which `users` deals them out."""

    @property
    def split_name(self) -> str:
        """Name of the split, and of its folder below a dataset's: leave-one-out, or users- and the seed."""
        return "leave-one-out" if self.split == "leave_one_out" else f"users-{self.split_seed}"
