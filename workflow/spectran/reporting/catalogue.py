"""What the report contains: every frame, table, figure and section by name. Light: the rules read it at parse time.

A new table `x` is a module `tables/x.py` with `build(findings) -> Table`, an entry here, and its name in a section;
a new figure likewise, with `data(findings)` and `draw(findings)`. What belongs to a part of the study is made only
where that part is run.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from spectran.config.study import Study

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
    "controls",
    "efficiency",
    "weights",
    "mixing",
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

#: Files that a cell has beside these where it belongs to a part of the study.
PART_FILES = {"efficiency": ("efficiency.json",), "case_study": ("weights.parquet", "mixing.parquet")}

#: Files of an untrained control on a dataset.
CONTROL_FILES = ("choice.json", "ranks.parquet")

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
    part: str = ""
    """The part of the study that it shows; "" if it is made whatever is run."""


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
        "main",
    ),
    "table2_printed": Item(
        "Table 2 beside the printed numbers",
        "Ours, the number printed in the paper, the difference (ours minus printed) and the same in percent of the "
        "printed number.",
        "main",
    ),
    "table2_score": Item(
        "Table 2 by the other ranking score",
        "The same trained members ranked by the score that the study does not use, and the change "
        "in percent that it makes.",
        "main",
    ),
    "score_order": Item(
        "Does the ranking score change the order of the methods?",
        "Methods from best to worst by each score, and how many of all pairs stand the other way round.",
        "main",
    ),
    "table3": Item(
        "Table 3: the ablations of SpecTran",
        "Accuracy as in Table 2 of the bare backbone, the full SpecTran and its ablations, and below it the change "
        "of each against the full SpecTran in percent. Best in bold, second underlined.",
        "ablation",
    ),
    "table3_printed": Item(
        "Table 3 beside the printed numbers",
        "As for Table 2; Base and SpecTran are printed alike in both.",
        "ablation",
    ),
    "table4": Item(
        "Table 4: the item dimension d",
        "Accuracy as in Table 2 at each dimension, and SpecTran's gain over AlphaFuse there. Best in bold, second "
        "underlined, within each dimension.",
        "dimension",
    ),
    "table4_printed": Item(
        "Table 4 beside the printed numbers",
        "As for Table 2. The paper gives Toy and Beauty; its rows at d = 128 are those of SASRec in Table 2, so the "
        "others are taken to be SASRec's too.",
        "dimension",
    ),
    "table5": Item(
        "Table 5: what each method costs",
        "Measured under one condition, which the notes state. Training time is the time of an epoch times the epochs "
        "that the cell's first seed trained until it stopped.",
        "efficiency",
    ),
    "table5_printed": Item(
        "Table 5 beside the printed numbers",
        "The paper's are for Toy. Parameters, in millions, are compared at its sizes; seconds only where the dataset "
        "is Toy, and even so they were taken on another machine.",
        "efficiency",
    ),
    "table6": Item(
        "Table 6: principal and subordinate components",
        "Weights that SpecTran gives to the spectral components of the text. With S = φ(QKᵀ) and positional weights A, "
        "dimension i has the principal weight |S_ii + A_ii| and the subordinate weight Σ |S_ij| over j > d; shown "
        "is the mean over dimensions and seeds. One principal component stands against many subordinate ones, so the "
        "weight of a single component is shown too. The share is that of the sum of both.",
        "case_study",
    ),
    "table6_printed": Item(
        "Table 6 beside the printed numbers",
        "Trained weights, mean over dimensions and seeds. The paper prints one number each and no definition; the "
        "one above is ours. Compared on SASRec, the backbone of its Table 5.",
        "case_study",
    ),
    "controls": Item(
        "Control rows",
        "What counting, linear algebra or text alone reach without training, and trained rows that the paper lacks, "
        "under the same protocol as Table 2. Best in bold, second underlined, within each column. The options that an "
        "untrained control chose by validation are in its choice.json, under “Where every number comes from”.",
        "controls",
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
        "Cost of the run",
        "What the run itself took. Trainable parameters of one member; seconds that the final members of all seeds "
        "trained, the search not counted; seconds that one member takes to rank all items for all users.",
    ),
}

FIGURES: dict[str, Item] = {
    "figure1": Item(
        "Figure 1: cumulative share of the singular values",
        "Singular values of the covariance of the trained semantic table (before fusion, column means removed), "
        "added up from the largest and divided by their sum; mean over the seeds. A curve that rises at once has "
        "collapsed onto few directions. The dotted line marks the first ten. Base has no semantic table: its item "
        "table is drawn, dashed. Where a method joins text and ID by concatenation, its semantic table has half the "
        "columns and its curve ends there. One backbone is drawn; the CSV has all.",
        "main",
    ),
    "spectra": Item(
        "The same, seen two other ways",
        "Left: the singular values of the centred semantic table itself (square roots of the ones above, up to a "
        "factor), which look far flatter. Right: the covariance of the item table, after fusion with the ID table. "
        "Base has no semantic table and is drawn dashed, with its item table on both sides. One backbone is drawn; "
        "the CSV has all.",
        "main",
    ),
    "curves": Item(
        "Training curves",
        "Validation NDCG@20 after each epoch of the final member of the first seed (the CSV has every seed). The dot "
        "marks the epoch that is kept.",
        "main",
    ),
    "ablation": Item(
        "What each part of SpecTran is worth",
        "NDCG at the largest K of the full SpecTran, its ablations and the bare backbone; mean over the seeds, with "
        "the standard deviation where there is more than one. Diamonds: the paper's Tables 2 and 3.",
        "ablation",
    ),
    "dimension": Item(
        "Accuracy against the item dimension",
        "NDCG and HR at the largest K; mean over the seeds, with the standard deviation where there is more than one. "
        "Both axes of accuracy start at zero. Diamonds in a method's colour: the paper's Table 4.",
        "dimension",
    ),
    "weights": Item(
        "The weight of every component",
        "Left: the trained |φ(QKᵀ)|, the mean over a block of neighbours and the seeds, from each spectral component "
        "(sorted from the largest singular value) to each output dimension; one logarithmic colour scale for all maps, "
        "and grey where a weight is exactly 0. The red line marks component d: what is right of it, a projection to d "
        "dimensions drops. Right: the positional weight of each of the first d components, before and after training.",
        "case_study",
    ),
    "rank_ndcg": Item(
        "Effective rank against accuracy",
        "A point a cell of Tables 2 and 3: effective rank of the trained item table, in percent of its width, and NDCG "
        "at the largest K; mean over the seeds. ρ is Spearman's rank correlation of the points of a dataset, which "
        "share data, backbones and methods and so are not independent. That two things go together does not say that "
        "one makes the other.",
        "main",
    ),
}

SECTIONS: tuple[Section, ...] = (
    Section(
        "accuracy",
        "Accuracy (Table 2)",
        "HR@K counts how often the user's next item is among the first K of all items; NDCG@K also looks at its place.",
        ("table2", "table2_printed"),
    ),
    Section(
        "ablations",
        "Ablation (Table 3)",
        "SpecTran with one of its parts taken away or replaced by something plainer.",
        ("table3", "ablation", "table3_printed"),
    ),
    Section(
        "dimensions",
        "Item dimension (Table 4)",
        "The same methods with narrower and wider item vectors.",
        ("table4", "dimension", "table4_printed"),
    ),
    Section(
        "efficiency",
        "Efficiency (Table 5)",
        "Cost measured again, apart from the training that made the other tables.",
        ("table5", "table5_printed"),
    ),
    Section(
        "case-study",
        "Case study (Table 6)",
        "Which components of the text SpecTran comes to use: the d principal ones, or those beyond, which a projection "
        "to d dimensions drops.",
        ("table6", "weights", "table6_printed"),
    ),
    Section(
        "control-rows",
        "Controls",
        "Rows that the paper lacks and that say what the others are worth.",
        ("controls",),
    ),
    Section(
        "score",
        "Cosine or dot product",
        "The paper does not say whether items are ranked by cosine or by dot product. Both are recorded for "
        "every member.",
        ("table2_score", "score_order"),
    ),
    Section(
        "collapsing",
        "Spectra and collapse (Figure 1)",
        "A table has collapsed where a few directions carry nearly all of it.",
        ("figure1", "spectra", "rank_ndcg", "collapse", "collapse_item", "embeddings"),
    ),
    Section(
        "training",
        "Training and cost",
        "Every method is tuned on the same grid and chosen by validation NDCG@20.",
        ("curves", "choice", "cost"),
    ),
    Section(
        "data",
        "Data (Table 1)",
        "Items without a title are dropped, users and items are reduced to a k-core, and the last interactions are "
        "kept; each user's last item is the test target, the one before it the validation target.",
        ("table1", "filter_rounds"),
    ),
)

#: What is missing from the page where a part of the study is not run.
PART_TITLES = {
    "main": "main (Table 2, ranking scores)",
    "ablation": "ablation (Table 3)",
    "dimension": "dimension (Table 4)",
    "efficiency": "efficiency (Table 5)",
    "case_study": "case_study (Table 6)",
    "controls": "controls",
}


def parts_shown(study: Study) -> tuple[str, ...]:
    """The parts that the report shows: those that are run, and `controls` where there are untrained ones alone."""
    run = {name for name, _ in study.parts.named()} | ({"controls"} if study.controls else set())
    return tuple(name for name in PART_TITLES if name in run)


def shown(items: Mapping[str, Item], study: Study) -> dict[str, Item]:
    """The tables or figures that are made for a study: those of no part, and of the parts that are run."""
    parts = {"", *parts_shown(study)}
    return {name: item for name, item in items.items() if item.part in parts}
