"""FreLLM4Rec is compared with every cell of its part, across backbones, dimensions and numbers of seeds."""

from pathlib import Path

import numpy as np
import pytest

from reporting.handmade_frequencies import frequency_study
from spectran.config.cells import Cell, cells_of_parts
from spectran.config.study import Study
from spectran.evaluation.statistics.across import compare_across
from spectran.evaluation.statistics.comparison import compare
from spectran.evaluation.statistics.values import RanksError, Values

USERS = 40
FULL = Cell("toys", "minilm", "tfm", "frellm4rec", 384)
VANILLA = Cell("toys", "minilm", "llm", "fusion", 384)
SASREC = Cell("toys", "minilm", "sasrec", "base", 64)


@pytest.fixture(scope="module")
def study() -> Study:
    return frequency_study()


def values(seeds: int, number: int, users: int = USERS) -> Values:
    random = np.random.default_rng(number)
    names = np.stack([np.arange(users), np.ones(users, dtype=int)], axis=1)
    return Values(Path(f"{number}.parquet"), ("ndcg@10",), names, random.random((seeds, users, 1)))


def test_with_as_many_seeds_it_is_the_paired_comparison(study: Study):
    found = {FULL: values(2, 1), VANILLA: values(2, 2)}
    (table,) = compare_across(study, found)
    (plain,) = compare(found[FULL], [found[VANILLA]], study.statistics)
    for name in plain.columns:
        assert table[name].item() == plain[name].item(), name
    assert table[["backbone", "method", "part", "reference"]].iloc[0].tolist() == [
        *("llm", "fusion"),
        *("frellm4rec", "frellm4rec"),
    ]
    assert table["seeds"].item() == 2


def test_with_other_seeds_the_users_means_are_compared(study: Study):
    found = {FULL: values(1, 1), SASREC: values(3, 2), VANILLA: values(1, 3)}
    sasrec, vanilla = compare_across(study, found)
    differences = found[FULL].values[0, :, 0] - found[SASREC].values[:, :, 0].mean(axis=0)
    assert sasrec["difference"].item() == pytest.approx(differences.mean())
    assert sasrec["se_users"].item() == pytest.approx(differences.std(ddof=1) / np.sqrt(USERS))
    assert np.isnan(sasrec["p_total"].item())
    assert sasrec["backbone"].item() == "sasrec"
    assert vanilla["backbone"].item() == "llm"


def test_nothing_is_compared_where_frellm4rec_failed(study: Study):
    assert compare_across(study, {VANILLA: values(1, 1), SASREC: values(1, 2)}) == []
    assert compare_across(study, {}) == []


def test_other_users_are_refused(study: Study):
    with pytest.raises(RanksError, match=r"2\.parquet: the users and targets of 1\.parquet expected"):
        compare_across(study, {FULL: values(1, 1), VANILLA: values(1, 2, USERS - 1)})


def test_every_cell_of_the_part_has_a_row(study: Study):
    cells = cells_of_parts(study)["frellm4rec"]
    tables = compare_across(study, {cell: values(1, number) for number, cell in enumerate(cells)})
    assert len(tables) == len(cells) - 1
