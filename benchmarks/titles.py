"""Item titles: Office's and Toys' own, or made-up ones of about their lengths."""

import numpy as np
import pandas as pd

from benchmarks.settings import Settings

#: Made-up titles: so many, of 2 to 30 words of this vocabulary, 9 on average.
COUNT, WORDS, MEAN = 2000, 500, 9
#: For the tests of the benchmarks.
TINY = 40


def titles(settings: Settings, dataset: str) -> list[str]:
    """The titles of a dataset in the order of its items; a stand-in without data, and a small one where `quick`."""
    if settings.quick or settings.data is None:
        return made(TINY if settings.quick else COUNT)
    table = pd.read_csv(settings.data / dataset / "items.csv.gz", dtype=str, keep_default_na=False)
    return table["title"].tolist()


def made(count: int) -> list[str]:
    """Made-up titles, the same ones every time."""
    rng = np.random.default_rng(0)
    lengths = rng.poisson(MEAN, count).clip(2, 30)
    return [" ".join(f"word{word}" for word in rng.integers(0, WORDS, length)) for length in lengths]
