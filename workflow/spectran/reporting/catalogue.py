"""What the report contains: every frame, table, figure and section by name. Light: the rules read it at parse time.

A new table `x` is a module `tables/x.py` with `build(findings) -> Table`, an entry here, and its name in a section;
a new figure likewise, with `data(findings)` and `draw(findings)`.
"""

from dataclasses import dataclass

#: Tidy frames made by `gather` (the fields of `frames.Frames`), each a Parquet file.
FRAMES = (
    "cells",
    "metrics",
    "choice",
    "cost",
    "spectrum",
    "collapse",
    "trials",
    "provenance",
    "datasets",
    "rounds",
    "embeddings",
)

#: Files of a cell that the report is made from.
CELL_FILES = (
    "ranks.parquet",
    "trials.parquet",
    "choice.json",
    "cost.json",
    "spectrum.parquet",
    "collapse.parquet",
    "provenance.json",
)

#: Other files that the page links to: the trained members of a cell, and below data/, text/ and spectra/ what says how
#: a dataset, its embeddings and their spectra came about.
MEMBERS = "members.safetensors"
DATA_FILES = ("statistics.json",)
TEXT_FILES = ("encoding.json",)
SPECTRA_FILES = ("spectrum.parquet", "diagnostics.json")


@dataclass(frozen=True)
class Item:
    """Title and caption of a table or figure."""

    title: str
    caption: str


@dataclass(frozen=True)
class Section:
    """One section of the page: an introduction, then tables and figures in this order."""

    anchor: str
    title: str
    intro: str
    items: tuple[str, ...]


TABLES: dict[str, Item] = {
    "table1": Item(
        "Table 1: the datasets",
        "Users, items and interactions after the protocol, beside the paper's Table 1. "
        "Difference is ours minus printed; density is in percent.",
    ),
    "filter_rounds": Item(
        "Every round of the filter",
        "What is left after each step that turns raw interactions into the dataset, in order.",
    ),
    "table2": Item(
        "Table 2: ranking accuracy",
        "Mean over the seeds of the study, with the standard deviation where there is more than one. "
        "All users, full ranking over all items, ranked by the study's score. Best in bold, second underlined, within "
        "each backbone and column. Each number leads to the file of ranks that it is derived from.",
    ),
    "table2_printed": Item(
        "Table 2 beside the printed numbers",
        "Ours, the number printed in the paper (Table 2; SpecTran's ablations from Table 3), the difference "
        "(ours minus printed) and the same in percent of the printed number.",
    ),
    "table2_score": Item(
        "Table 2 by the other ranking score",
        "The same trained members ranked by the score that the study does not use, and the change "
        "in percent that it makes.",
    ),
    "score_order": Item(
        "Does the ranking score change the order of the methods?",
        "Methods from best to worst by each score, and how many of all pairs stand the other way round.",
    ),
    "collapse": Item(
        "Collapse of the semantic table",
        "Diagnostics at initialisation and after training, mean over the seeds; Base has no semantic table, "
        "so its item table stands in. The definitions are below the table.",
    ),
    "collapse_item": Item(
        "Collapse of the item table",
        "The same diagnostics (defined under the table before this one) of the table that the backbone reads and "
        "ranks with, after fusion with the ID table.",
    ),
    "embeddings": Item(
        "The text embeddings themselves",
        "Diagnostics of the frozen embedding matrix before any method, as it is and with its column means removed; "
        "the diagnostics are defined under “Collapse of the semantic table”.",
    ),
    "choice": Item(
        "Chosen hyper-parameters",
        "The point of the grid with the best validation NDCG@20, and how many points were tried. The test split "
        "plays no part in the choice.",
    ),
    "cost": Item(
        "Cost",
        "Trainable parameters of one member; seconds that the final members of all seeds trained, the search not "
        "counted; seconds that one member takes to rank all items for all users.",
    ),
}

FIGURES: dict[str, Item] = {
    "figure1": Item(
        "Figure 1: cumulative share of the singular values",
        "Singular values of the covariance of the trained semantic table (before fusion, column means removed), "
        "added up from the largest and divided by their sum; mean over the seeds. A curve that rises at once has "
        "collapsed onto few directions. The dotted line marks the first ten. Base has no semantic table: its item "
        "table is drawn, dashed. Where a method joins text and ID by concatenation, its semantic table has half the "
        "columns and its curve ends there.",
    ),
    "spectra": Item(
        "The same, seen two other ways",
        "Left: the singular values of the centred semantic table itself (square roots of the ones above, up to a "
        "factor), which look far flatter. Right: the covariance of the item table, after fusion with the ID table. "
        "Base has no semantic table and is drawn dashed, with its item table on both sides.",
    ),
    "curves": Item(
        "Training curves",
        "Validation NDCG@20 after each epoch of the final members; a line a seed. The dot marks the epoch "
        "that is kept.",
    ),
}

SECTIONS: tuple[Section, ...] = (
    Section(
        "accuracy",
        "Accuracy",
        "HR@K counts how often the user's next item is among the first K of all items; NDCG@K also looks at its place.",
        ("table2", "table2_printed"),
    ),
    Section(
        "score",
        "Cosine or dot product",
        "The paper does not say whether items are ranked by cosine or by dot product. Both are recorded for "
        "every member.",
        ("table2_score", "score_order"),
    ),
    Section(
        "spectra",
        "Spectra and collapse",
        "A table has collapsed where a few directions carry nearly all of it.",
        ("figure1", "spectra", "collapse", "collapse_item", "embeddings"),
    ),
    Section(
        "training",
        "Training and cost",
        "Every method is tuned on the same grid and chosen by validation NDCG@20.",
        ("curves", "choice", "cost"),
    ),
    Section(
        "data",
        "Data",
        "Items without a title are dropped, users and items are reduced to a k-core, and the last interactions are "
        "kept; each user's last item is the test target, the one before it the validation target.",
        ("table1", "filter_rounds"),
    ),
)
