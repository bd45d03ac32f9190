"""Names and one-line definitions of the collapse diagnostics (computed in spectran.spectra)."""

#: Name in the files: (head of the column, digits, definition).
MEASURES: dict[str, tuple[str, int, str]] = {
    "top10_share": (
        "Top-10 share",
        3,
        "share of the covariance's ten largest singular values in the sum of all; Figure 1 at ten",
    ),
    "effective_rank": (
        "Effective rank",
        1,
        "exponential of the entropy of the centred table's singular values, scaled to sum 1",
    ),
    "rankme": ("RankMe", 1, "the same of the table as it is, column means kept (Garrido et al. 2023)"),
    "stable_rank": ("Stable rank", 1, "sum of the centred table's squared singular values over the largest square"),
    "participation_ratio": (
        "Participation ratio",
        1,
        "squared sum of the covariance's eigenvalues over the sum of their squares",
    ),
    "mean_cosine": ("Mean cosine", 3, "mean cosine similarity of two different rows; near 1 is a narrow cone"),
    "uniformity": (
        "Uniformity",
        2,
        "logarithm of the mean of exp(-2 |x - y|^2) over pairs of unit rows; lower is more even (Wang and Isola 2020)",
    ),
}
