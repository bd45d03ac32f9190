"""Sections of the page, in their order."""

from spectran.reporting.catalogue.items import Section

SECTIONS: tuple[Section, ...] = (
    Section(
        "ledger",
        "What failed",
        "A cell that fails, runs out of memory or time, or diverges is recorded with its reason, and all others go on.",
        ("failures",),
        before_results=True,
    ),
    Section(
        "data",
        "The data and its audit (Table 1)",
        "Items without a title are dropped, users and items are reduced to a k-core, and the last interactions are "
        "kept; each user's last item is the test target, the one before it the validation target. What in the data "
        "bears on every method's numbers is measured before any result is shown.",
        ("table1", "filter_rounds", "data_audit", "popularity"),
        before_results=True,
    ),
    Section(
        "accuracy",
        "Accuracy (Table 2)",
        "HR@K counts how often the user's next item is among the first K of all items; NDCG@K also looks at its place.",
        ("table2", "verdicts", "table2_printed"),
    ),
    Section(
        "significance",
        "Is the difference real?",
        "Would another draw of users, or another training, have turned it around? All of it follows from the stored "
        "ranks; tests are paired, on the same users.",
        ("comparisons", "differences", "variance", "aggregates"),
    ),
    Section(
        "user-groups",
        "Who gains? Groups of items and users",
        "A mean over all users hides who it is made of: popular and rare items, short and long histories.",
        ("group_differences", "groups"),
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
        "readings-of-the-protocol",
        "How much does the protocol decide?",
        "The paper leaves parts of its protocol open. The same methods again, under other readings of it: a difference "
        "between methods that is smaller than what a reading changes says little about the methods.",
        ("readings", "sensitivity"),
    ),
    Section(
        "second-paper",
        "FreLLM4Rec: language models and graph frequencies",
        "The second paper says that language models lose the low frequencies of the item graph, which collaborative "
        "signal is made of, layer by layer, and that two low-pass filters repair it: one on the item graph (G-LPF), "
        "one over time after each layer (TFM).",
        (
            "frellm4rec",
            "attenuation",
            "retention",
            "sweeps",
            "frellm4rec_open_questions",
            "locality",
            "frellm4rec_locality",
            "frellm4rec_graph",
        ),
    ),
    Section(
        "equal-tuning",
        "Tuning: the same for every method",
        "Every method is tuned on the same grid, with the same number of trials, and chosen by validation NDCG@20; the "
        "test split plays no part.",
        ("search", "tuning", "choice"),
    ),
    Section(
        "training",
        "Training and cost",
        "How the chosen members were trained, and what that took.",
        ("curves", "cost"),
    ),
)
