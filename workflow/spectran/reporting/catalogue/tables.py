"""Every table: `tables/<name>.py` has its `build(findings) -> Table`."""

from spectran.reporting.catalogue.items import Item
from spectran.reporting.catalogue.parts import SPECTRAN

TABLES: dict[str, Item] = {
    "failures": Item(
        "Failed cells",
        "Every cell of the study, and of its variants, that has no result, with the job that failed and why. Such a "
        "cell is left out of all tables and figures.",
    ),
    "table1": Item(
        "Table 1: the datasets",
        "Users, items and interactions after the protocol, beside the paper's Table 1. "
        "Difference is ours minus printed; density is in percent.",
    ),
    "filter_rounds": Item(
        "Every round of the filter",
        "What is left after each step that turns raw interactions into the dataset, in order.",
    ),
    "data_audit": Item(
        "Audit of the data",
        "What in the datasets and their splits bears on every method's numbers, measured on all users. Nothing is "
        "removed because of it: the protocol is the paper's. What each check means is below the table.",
    ),
    "table2": Item(
        "Table 2: ranking accuracy",
        "Mean over the seeds of the study, with the standard deviation where there is more than one. "
        "All users, full ranking over all items, ranked by the study's score. Best in bold, second underlined, within "
        "each backbone and column. † and ‡: SpecTran differs beyond the chance of users, and of users and seeds. Each "
        "number leads to the file of ranks that it is derived from.",
        "main",
    ),
    "table2_printed": Item(
        "Table 2 beside the printed numbers",
        "Ours, the number printed in the paper, the difference (ours minus printed), the same in percent of the "
        "printed number, and whether that is more than users and seeds alone may make.",
        "main",
    ),
    "verdicts": Item(
        "Are the printed numbers reproduced?",
        "How many of the numbers that the paper prints come out here, within the band that users and seeds alone may "
        "make, and how many above or below it; mean of the relative deviations, ours against printed.",
        "main",
    ),
    "comparisons": Item(
        "SpecTran against each method, user by user",
        "Paired tests on the same users, dataset and backbone. The methods of Table 2 are shown by one metric; the CSV "
        "has every metric, and the comparisons of Tables 3 and 4 and of the controls. † and ‡ as in Table 2.",
        "main",
    ),
    "variance": Item(
        "Users and seeds as sources of chance",
        "How far the mean of a cell may be off because other users were asked, or other seeds trained with. One metric "
        "is shown; the CSV has all.",
        SPECTRAN,
    ),
    "aggregates": Item(
        "All datasets and backbones together",
        "Each method over every dataset and backbone of Table 2, by one metric; the CSV has all (after Agarwal et al. "
        "2021, rliable).",
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
        "of each against the full SpecTran in percent. Best in bold, second underlined; † and ‡ as in Table 2.",
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
        "underlined, within each dimension; † and ‡ as in Table 2.",
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
        "under the same protocol as Table 2. Best in bold, second underlined, within each column; † and ‡ beside "
        "trained rows as in Table 2. The options that an "
        "untrained control chose by validation are in its choice.json, under “Where every number comes from”.",
        "controls",
    ),
    "collapse": Item(
        "Collapse of the semantic table",
        "Diagnostics at initialisation and after training, mean over the seeds; Base has no semantic table, "
        "so its item table stands in. The definitions are below the table.",
        SPECTRAN,
    ),
    "collapse_item": Item(
        "Collapse of the item table",
        "The same diagnostics (defined under the table before this one) of the table that the backbone reads and "
        "ranks with, after fusion with the ID table.",
        SPECTRAN,
    ),
    "embeddings": Item(
        "The text embeddings themselves",
        "Diagnostics of the frozen embedding matrix before any method, as it is and with its column means removed.",
    ),
    "groups": Item(
        "Accuracy in groups of items and users",
        "NDCG of the users of each group, and how far SpecTran is ahead of each method among them, with intervals. Who "
        "is in which group is below the table.",
        "main",
    ),
    "frellm4rec": Item(
        "FreLLM4Rec: accuracy and low frequencies",
        "By blocks of what they answer: every cell by full ranking, as all else here is ranked, and among sampled "
        "negatives, as the paper ranks; and the share of low graph frequencies in its hidden states. Mean over the "
        "seeds, with the standard deviation where there is more than one. Best in bold, second underlined, within each "
        "block and column.",
        "frellm4rec",
    ),
    "frellm4rec_open_questions": Item(
        "FreLLM4Rec: what its authors leave open",
        "Each answer is a cell, against FreLLM4Rec itself: a filter that learns its strength beside the best fixed "
        "ones, other item graphs, a language model drawn at random, one that is trained too, and the filter over time "
        "as the paper has it, which lets later items through.",
        "frellm4rec",
    ),
    "frellm4rec_locality": Item(
        "FreLLM4Rec: users whose sequences are not local",
        "The filter over time supposes that what follows each other belongs together. Users are grouped by how far "
        "that is true of them, from the least local.",
        "frellm4rec",
    ),
    "frellm4rec_graph": Item(
        "The item graphs",
        "What frequencies are frequencies of, and what the low-pass filter on items works on.",
        "frellm4rec",
    ),
    "sensitivity": Item(
        "The methods under other readings of the protocol",
        "Each variant is trained, tuned and chosen like the study itself and differs from it in what its name says. "
        "The last columns say whether the order of the methods is the study's.",
        "sensitivity",
    ),
    "tuning": Item(
        "The search of every cell",
        "How many points of the grid were tried, what they came to in validation, and how far they lie apart, beside "
        "how far the seeds of the chosen point lie apart.",
        SPECTRAN,
        searched=True,
    ),
    "choice": Item(
        "Chosen hyper-parameters",
        "The point of the grid with the best validation NDCG@20, and how many points were tried. The test split "
        "plays no part in the choice.",
    ),
    "cost": Item(
        "Cost of the run",
        "What the run itself took. Trainable parameters of one member; seconds that the final members of all seeds "
        "trained, the search not counted; seconds that one member takes to rank all items for all users. Members in "
        "packs of another size, on another device or with other threads round otherwise, which early stopping can make "
        "as large as the difference to another seed.",
    ),
}
