"""Every figure: `figures/<name>.py` has its `data(findings)` and `draw(findings)`."""

from spectran.reporting.catalogue.items import Item

FIGURES: dict[str, Item] = {
    "popularity": Item(
        "How much falls on popular items",
        "Share of the train interactions, and of the test targets, that the most popular items have; popularity is "
        "counted in the train part. On the dotted diagonal all items would be alike; left of the dashed line is the "
        "head of the groups of items.",
    ),
    "group_differences": Item(
        "How far SpecTran is ahead, group by group",
        "Difference in NDCG of SpecTran and each other method (above 0, SpecTran is ahead), with its interval over the "
        "users of the group, paired. The groups are those of the table below. One backbone is drawn; the CSV has all.",
        "main",
    ),
    "attenuation": Item(
        "What becomes of low graph frequencies from layer to layer",
        "Left: the share of low frequencies of users' own item graphs in the hidden states, from the first block's "
        "input (0 %) to behind the last block (100 % of the depth); mean over users and seeds. Right: all frequencies "
        "behind the last block, in ten bands from the lowest. Whatever makes the states of a sequence alike raises the "
        "share, whichever items these are: the filter over time does so by itself.",
        "frellm4rec",
    ),
    "sweeps": Item(
        "How strong should the filters be?",
        "Left: strength α of the low-pass filter on the item graph; 0 is without it. Right: cut-off ω_c of the filter "
        "over time as a share of the highest frequency; the hollow dot at the right is without it. Diamonds: cells "
        "whose filters learned their strength, at the mean that they learned. Dotted: the language model without "
        "either filter. Bars: standard deviation over the seeds, where there is more than one.",
        "frellm4rec",
    ),
    "retention": Item(
        "Accuracy against the low frequencies that are kept",
        "A point a cell that reads with a language model: low-frequency share behind the last block in percent of that "
        "in the first block's input, and accuracy by full ranking. Filled: the cells of both sweeps, from which the "
        "claim about a peak is judged.",
        "frellm4rec",
    ),
    "locality": Item(
        "Accuracy by the locality of users' sequences",
        "Groups of users as in the table below, from the least local on the left; bars are intervals over users.",
        "frellm4rec",
    ),
    "readings": Item(
        "Every method under each reading of the protocol",
        "A row a variant, a dot a method, mean over the seeds; a thin line follows each method from reading to "
        "reading, so that lines which cross are methods that change places. The first row is the study itself.",
        "sensitivity",
    ),
    "search": Item(
        "What a larger search finds",
        "Expected best validation NDCG@20 of n trials drawn at random, without replacement, from the trials of the "
        "search, and a band of one standard deviation over such draws, drawn as far as any draw can go. Exact, from "
        "the order of the trials (after Dodge et al. 2019, who draw with replacement, as if a point of the grid could "
        "be tried twice). At the right end all trials are drawn: the point that was chosen. A trial that diverged "
        "counts as 0.",
        "main",
        searched=True,
    ),
    "differences": Item(
        "SpecTran minus each method",
        "A panel a dataset and backbone, on its own scale; a row a method: NDCG@20 (else NDCG at the largest K) of "
        "SpecTran minus that method. Thick: interval over users, with the seeds as they are. Thin: interval over users "
        "and seeds, unknown with one seed. Filled dots differ from 0 beyond the chance of users (†: Holm's correction "
        "over all comparisons of the metric, so that an interval clear of 0 may belong to a hollow dot). Right of the "
        "line SpecTran is ahead.",
        "main",
    ),
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
