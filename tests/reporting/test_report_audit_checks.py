"""Every check on the printed tables by hand values, and that another digit gives another outcome."""

from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import pytest

from reporting.made import PUBLISHED
from spectran.reporting.audit import CHECKS, audit
from spectran.reporting.audit.adapters import adapters_below
from spectran.reporting.audit.attention_ablation import attention_ablation
from spectran.reporting.audit.average import average
from spectran.reporting.audit.check import Check
from spectran.reporting.audit.component_weights import component_weights
from spectran.reporting.audit.density import density
from spectran.reporting.audit.dimension_trend import dimension_trend
from spectran.reporting.audit.duplicates import COPIED, SAME, duplicates, row_pairs
from spectran.reporting.audit.hit_ratios import all_users, tenth_of_users
from spectran.reporting.audit.improvement import improvement
from spectran.reporting.audit.noise import noise
from spectran.reporting.audit.paper import PaperTables, read_paper
from spectran.reporting.audit.parameters import parameters
from spectran.reporting.audit.worst_ablation import worst_ablation

NBSP = "\u00a0"


@pytest.fixture(scope="module")
def paper() -> PaperTables:
    return read_paper(PUBLISHED)


def changed(paper: PaperTables, table: str, column: str, value: float, **where: object) -> PaperTables:
    """The same tables with one cell replaced."""
    frame = getattr(paper, table).copy()
    hit = pd.concat([frame[key] == wanted for key, wanted in where.items()], axis=1).all(axis=1)
    assert hit.sum() == 1
    frame[column] = frame[column].where(~hit, value)
    return replace(paper, **{table: frame})


def row(check: Check, **where: object) -> "pd.Series":
    frame = check.details
    (found,) = [entry for _, entry in frame.iterrows() if all(entry[key] == value for key, value in where.items())]
    return found


def test_improvement(paper: PaperTables):
    check = improvement(paper)
    assert check.outcome == "agrees"
    assert check.recomputed == f"48 of 48 the same; 1.19{NBSP}% to 17.15{NBSP}%"
    assert "AlphaFuse in 32, RLMRec in 8, WhitenRec in 8." in check.evidence[1]
    first = row(check, backbone="BERT4Rec", dataset="Toy", metric="NDCG@10")
    assert first["recomputed"] == pytest.approx(100 * (0.0321 / 0.0274 - 1))


def test_average(paper: PaperTables):
    check = average(paper)
    assert (check.outcome, check.recomputed) == ("agrees", f"9.1731{NBSP}%")
    wanted = {"BERT4Rec": 9.15, "SASRec": 9.21, "HSTU": 9.16, "Toy": 11.98, "Beauty": 6.25, "Clothing": 8.22}
    wanted |= {"Office": 10.24, "NDCG@10": 8.82, "NDCG@20": 7.65, "HR@10": 11.44, "HR@20": 8.79}
    wanted |= {"median of the printed cells": 8.775, "ratio of the sums": 9.51, "mean gain over AlphaFuse alone": 11.06}
    for name, value in wanted.items():
        assert row(check, average=name)["percent"] == pytest.approx(value, abs=0.006), name


def test_adapters(paper: PaperTables):
    check = adapters_below(paper)
    assert check.outcome == "agrees"
    assert "MoRec in 2, UniSRec in 3, LLM-ESR in 17, RLMRec in 2, WhitenRec in 1 of 48" in check.evidence[0]
    assert "Toy with HSTU: MoRec, UniSRec, LLM-ESR, RLMRec" in check.evidence[1]


def test_density(paper: PaperTables):
    assert density(paper).outcome == "agrees"
    assert row(density(paper), dataset="Office")["recomputed"] == pytest.approx(100 * 41462 / (4895 * 2414))


@pytest.mark.parametrize(
    ("dataset", "tenth", "impossible"), [("Toy", 1912, 45), ("Beauty", 2233, 43), ("Clothing", 3923, 35)]
)
def test_no_dataset_is_a_tenth(paper: PaperTables, dataset: str, tenth: int, impossible: int):
    check = tenth_of_users(paper)
    found = row(check, dataset=dataset, source="Table 2", rule="rounded")
    assert found[["test_users", "values", "impossible", "outcome"]].tolist() == [tenth, 54, impossible, "disagrees"]


def test_office_tells_all_users_from_a_tenth(paper: PaperTables):
    check = tenth_of_users(paper)
    assert check.outcome == "disagrees"
    found = row(check, dataset="Office", source="Table 2", rule="rounded")
    assert found[["test_users", "values", "impossible"]].tolist() == [489, 54, 52]
    check = all_users(paper)
    assert check.outcome == "agrees"
    found = row(check, dataset="Office", source="Table 2", rule="rounded")
    assert found[["test_users", "values", "impossible"]].tolist() == [4895, 54, 2]
    assert found["p"] == pytest.approx(3e-14, rel=0.2)
    found = row(check, dataset="Office", source="Table 3, ablations", rule="rounded")
    assert found[["values", "impossible"]].tolist() == [24, 0]
    assert found["p"] == pytest.approx(4e-8, rel=0.2)
    assert row(check, dataset="Toy", source="Table 2", rule="rounded")["outcome"] == "cannot be said"
    text = " ".join(check.evidence)
    assert "HR@10 0.0841 and Office BERT4Rec UniSRec HR@20 0.1425. All of these are possible if they were trunc" in text
    assert "of every n from 200 to 5,000 the smallest p is that of n = 4,895" in text


def test_the_copied_row_is_found(paper: PaperTables):
    check = duplicates(paper)
    assert check.outcome == "disagrees"
    assert check.evidence == (
        "Table 4 d = 128 RLMRec differs from Table 2 SASRec RLMRec (Toy and Beauty).",
        "Table 4 d = 128 RLMRec is digit for digit Table 2 SASRec WhitenRec (Toy and Beauty).",
    )
    pairs = row_pairs(paper)
    # Base and SpecTran of Table 3 on 3 backbones x 4 datasets; of Table 4 against Tables 2 and 3; AlphaFuse once.
    assert (pairs["kind"] == SAME).sum() == 2 * 3 * 4 + 2 * 2 * 2 + 2
    assert (pairs["kind"] == COPIED).sum() == 2


def test_duplicates_agree_once_the_row_is_mended(paper: PaperTables):
    wrong = (paper.dimensions["dim"] == 128) & (paper.dimensions["method"] == "RLMRec")
    assert duplicates(replace(paper, dimensions=paper.dimensions[~wrong])).outcome == "agrees"


def test_worst_ablation(paper: PaperTables):
    check = worst_ablation(paper)
    assert check.outcome == "disagrees"
    assert check.recomputed == "largest mean loss: without positional weights on BERT4Rec, SASRec and HSTU"
    assert "worse than every other ablation in 10 of 48 cells" in check.evidence[-1]
    wanted = {"BERT4Rec": (-10.5, -14.3, -29.0, -29.4), "SASRec": (-2.2, -8.3, -27.9, -32.6)}
    wanted |= {"HSTU": (-2.2, -6.2, -20.2, -28.9)}
    for backbone, values in wanted.items():
        found = check.details.loc[check.details["backbone"] == backbone, "mean_change_percent"]
        assert found.tolist() == pytest.approx(values, abs=0.06)
    table = paper.ablations
    gone = replace(paper, ablations=table[table["method"] != "without_positional_encoding"])
    assert worst_ablation(gone).outcome == "agrees"


def test_attention_ablation(paper: PaperTables):
    check = attention_ablation(paper)
    assert check.outcome == "cannot be said"
    assert "On SASRec and HSTU the loss is no larger than two such errors." in check.evidence[-1]
    table = paper.ablations
    only = replace(paper, ablations=table[table["backbone"] == "bert4rec"])
    assert attention_ablation(only).outcome == "agrees"
    better = table.assign(value=table["value"].where(table["method"] != "without_attention", 0.5))
    assert attention_ablation(replace(paper, ablations=better)).outcome == "disagrees"


def test_noise(paper: PaperTables):
    check = noise(paper)
    assert check.outcome == "cannot be said"
    assert check.details["error_all_users"].tolist() == pytest.approx([2.4, 2.4, 2.5, 4.3], abs=0.06)
    assert check.details["error_tenth"].tolist() == pytest.approx([7.5, 7.5, 8.1, 13.5], abs=0.06)
    assert check.recomputed.startswith("18 of 24 HR gains")
    many = paper.statistics.assign(users=10**7)
    assert noise(replace(paper, statistics=many)).outcome == "agrees"


def test_dimension_trend(paper: PaperTables):
    check = dimension_trend(paper)
    assert check.outcome == "disagrees"
    means = check.details.groupby(["against", "d"])["gain_percent"].mean()
    assert means["AlphaFuse"].sort_index(ascending=False).tolist() == pytest.approx(
        [10.6, 8.1, 10.6, 12.6, 17.8], abs=0.06
    )
    assert means["RLMRec as printed", 128] == pytest.approx(27.5, abs=0.06)
    assert means["RLMRec with Table 2's row at d = 128", 128] == pytest.approx(37.1, abs=0.06)
    table = paper.dimensions
    grows = table.assign(value=table["value"].where(table["method"] != "SpecTran", 100.0 / table["dim"]))
    assert dimension_trend(replace(paper, dimensions=grows)).outcome == "agrees"


def test_component_weights(paper: PaperTables):
    check = component_weights(paper)
    assert check.outcome == "disagrees"
    toy = row(check, dataset="Toy")
    assert toy["subordinate_components"] == 3968
    assert toy["subordinate_mean"] == pytest.approx(169.2 / 3968)
    assert row(check, dataset="Office")["subordinate_components"] == 2414 - 128
    assert "Office 51.60 against 52.93" in check.evidence[-1]
    small = replace(paper, weights=paper.weights.assign(principal=0.001))
    assert component_weights(small).outcome == "agrees"


def test_parameters(paper: PaperTables):
    check = parameters(paper)
    wanted = {"SASRec": 1_705_728, "UniSRec": 3_148_672, "RLMRec": 9_608_160, "LLM-ESR": 9_507_904}
    for method, count in wanted.items():
        assert row(check, method=method)["ours"] == count, method
    assert row(check, method="SASRec")["agreement"] == "the same, truncated"
    assert row(check, method="SpecTran")["ours"] == 1_705_728 + (128 + 4096) * 128 + 3 + 2
    assert row(check, method="SpecTran")["agreement"] == "differs"
    assert row(check, method="SpecTran, key_dim 120")["agreement"] == "the same, rounded"
    assert check.outcome == "disagrees"
    assert check.evidence[:2] == ("The printed digits are met by 4 of 6 rows.", "Not met: LLM-ESR and SpecTran.")


def test_a_row_that_no_method_has_is_skipped_and_named(paper: PaperTables):
    named = paper.cost.assign(method=paper.cost["method"].replace("RLMRec", "Unknown"))
    check = parameters(replace(paper, cost=named))
    assert row(check, method="Unknown")["agreement"] == "no method of this workflow"
    assert any(line.startswith("Not compared") and "Unknown" in line for line in check.evidence)


@pytest.mark.parametrize(
    ("check", "table", "column", "value", "where"),
    [
        (improvement, "improvement", "value", 17.16, {"backbone": "bert4rec", "dataset": "toys", "metric": "ndcg@10"}),
        (average, "improvement", "value", 17.65, {"backbone": "bert4rec", "dataset": "toys", "metric": "ndcg@10"}),
        (density, "statistics", "density_percent", 0.0631, {"dataset": "toys"}),
        (density, "statistics", "users", 4905, {"dataset": "office"}),
        (all_users, "statistics", "users", 4894, {"dataset": "office"}),
    ],
)
def test_another_digit_is_noticed(
    check: Callable[[PaperTables], Check], table: str, column: str, value: float, where: dict, paper: PaperTables
):
    assert check(paper).outcome == "agrees"
    assert check(changed(paper, table, column, value, **where)).outcome == "disagrees"


def test_another_digit_of_a_row_printed_twice_is_noticed(paper: PaperTables):
    where = {"backbone": "hstu", "method": "Base", "dataset": "office", "metric": "hr@20"}
    check = duplicates(changed(paper, "ablations", "value", 0.9999, **where))
    assert "Table 3 HSTU Base differs from Table 2 HSTU Base (Office)." in check.evidence


def test_adapters_that_are_never_below(paper: PaperTables):
    table = paper.accuracy
    low = table.assign(value=table["value"].where(table["method"] != "Base", 0.0001))
    assert adapters_below(replace(paper, accuracy=low)).outcome == "disagrees"


def test_every_check_has_its_own_name_and_rows(paper: PaperTables):
    checks = audit(paper)
    assert len({check.name for check in checks}) == len(CHECKS)
    for check in checks:
        assert not check.details.duplicated(list(check.keys)).any(), check.name
        assert set(check.formats) <= set(check.details), check.name
        assert check.evidence, check.name
