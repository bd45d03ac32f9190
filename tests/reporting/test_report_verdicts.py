"""Is a printed number reproduced? Bands worked out by hand, at their edges, with one seed, and without a result."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from reporting.handmade import METRICS, PARTS, by_hand, changed, published
from reporting.test_report_tables import entry
from spectran.reporting.findings import ABSENT, Findings
from spectran.reporting.headline import reproduced
from spectran.reporting.reproduction import with_verdicts
from spectran.reporting.tables import build

MAIN = {"main": {"methods": ["base", "spectran"], "backbones": ["sasrec"], "dimensions": [128]}}
ONE = {"backbones": {"sasrec": {}}, "controls": {}}
#: Table 2, Toy, SASRec, SpecTran, NDCG@10.
PRINTED = 0.0390
ROW, COLUMN = ("Toy · SASRec", "SpecTran"), ("NDCG@10", "verdict")


@pytest.fixture(scope="module")
def tables() -> Findings:
    """The parts that the paper prints numbers of."""
    return by_hand(published(parts={name: PARTS[name] for name in ("main", "ablation", "dimension")}, controls={}))


def main_only(seeds: int = 1, **changes: Any) -> Findings:
    return by_hand(published(seeds=seeds, **({"parts": MAIN} | ONE | changes)))


def with_values(findings: Findings, *values: float, se: float) -> Findings:
    """SpecTran's NDCG@10 with each seed, and its standard error over users."""

    def change(metrics: pd.DataFrame) -> pd.DataFrame:
        chosen = (metrics["method"] == "spectran") & (metrics["metric"] == "ndcg@10")
        for seed, value in enumerate(values):
            metrics.loc[chosen & (metrics["seed"] == seed), "value"] = value
        return metrics

    return changed(changed(findings, "metrics", change), "variance", lambda frame: frame.assign(se_users=se))


def judged(findings: Findings) -> pd.Series:
    data = with_verdicts(findings, findings.accuracy("cosine"))
    return data[(data["method"] == "spectran") & (data["metric"] == "ndcg@10")].iloc[0]


def test_printed_is_what_the_paper_says():
    assert judged(main_only())["printed"] == PRINTED


def test_the_band_of_two_seeds_by_hand():
    """Seeds 0.040 and 0.042: sd = 0.002 / sqrt 2, times 1 + 1/2: 3e-6; se 0.001: 1e-6; 1.96 * sqrt(4e-6) = 0.00392."""
    found = judged(with_values(main_only(2), 0.040, 0.042, se=0.001))
    assert found["band"] == pytest.approx(1.959964 * 0.002, rel=1e-6)
    assert found["verdict"] == "reproduced"  # 0.041 is 0.0020 above


def test_the_band_of_one_seed_is_of_users_alone():
    found = judged(with_values(main_only(), 0.041, se=0.001))
    assert found["band"] == pytest.approx(1.959964 * 0.001, rel=1e-6)
    assert found["verdict"] == "above"
    table = build("table2_printed", main_only())
    assert any("Here is one seed, so sd is unknown and left out" in note for note in table.notes)
    assert not any("Here is one seed" in note for note in build("table2_printed", main_only(2)).notes)


@pytest.mark.parametrize(
    ("offset", "expected"),
    [(0.00195, "reproduced"), (0.00197, "above"), (-0.00195, "reproduced"), (-0.00197, "below"), (0, "reproduced")],
)
def test_both_edges(offset: float, expected: str):
    made = with_values(main_only(), PRINTED + offset, se=0.001)
    assert judged(made)["verdict"] == expected
    table = build("table2_printed", made)
    assert entry(table, ROW, COLUMN).text == expected
    data = table.data[(table.data["method"] == "spectran") & (table.data["metric"] == "ndcg@10")].iloc[0]
    assert (data["se_users"], data["verdict"]) == (0.001, expected)


def test_the_confidence_is_the_study_s():
    made = with_values(main_only(statistics={"confidence": 0.5}), PRINTED, se=0.001)
    assert judged(made)["band"] == pytest.approx(0.6744898 * 0.001, rel=1e-6)
    assert any("z = 0.67" in note for note in build("table2_printed", made).notes)


def test_without_a_printed_number_or_an_error_there_is_no_verdict():
    made = main_only(
        methods={"base": {}, "own": {"kind": "morec", "label": "Own", "row": "Own"}}, parts={}, dimensions=[128]
    )
    table = build("table2_printed", made)
    assert entry(table, ("Toy · SASRec", "Own"), COLUMN).text == "–"
    gone = changed(made, "variance", lambda frame: frame[frame["method"] != "base"])
    assert entry(build("table2_printed", gone), ("Toy · SASRec", "Base"), COLUMN).text == "–"
    assert "Verdict" not in " ".join(build("table2_printed", gone).notes)


def counted(findings: Findings) -> pd.DataFrame:
    return build("verdicts", findings).data.set_index(["table", "dataset", "backbone"])


def test_counts_are_those_of_the_tables(tables: Findings):
    counts = counted(tables)
    for name, part in {"Table 2": "table2_printed", "Table 3": "table3_printed", "Table 4": "table4_printed"}.items():
        data = build(part, tables).data
        for (dataset, backbone), group in data.groupby(["dataset", "backbone"]):
            row = counts.loc[name, dataset, backbone]
            found = group["verdict"].value_counts()
            assert [row[v] for v in ("reproduced", "above", "below")] == [
                found.get(v, 0) for v in ("reproduced", "above", "below")
            ]
            assert row["printed"] == found.sum()
            assert row["missing"] == 0
            assert row["mean_relative"] == pytest.approx(group["relative"].mean())
            assert row["mean_size"] == pytest.approx(group["relative"].abs().mean())
    assert counts.loc["Table 2", "toys", "sasrec"]["printed"] == 9 * 4
    assert ("Table 4", "toys", "hstu") not in counts.index
    rows = build("verdicts", tables).rows
    assert rows == [
        *((table, f"Toy · {label}") for table in ("Table 2", "Table 3") for label in ("BERT4Rec", "SASRec", "HSTU")),
        ("Table 4", "Toy · SASRec"),
    ]


def test_a_cell_without_a_result_is_missing_not_forgotten():
    made = main_only()
    gone = changed(made, "metrics", lambda frame: frame[frame["method"] != "base"])
    row = counted(gone).loc["Table 2", "toys", "sasrec"]
    assert (row["printed"], row["missing"]) == (8, 4)
    assert "8 printed numbers of Tables 2 to 4: " in reproduced(gone)
    assert " and 4 missing (within" in reproduced(gone)
    assert "missing" not in reproduced(made)
    nothing = changed(made, "metrics", lambda frame: frame.head(0))
    row = counted(nothing).loc["Table 2", "toys", "sasrec"]
    assert (row["missing"], np.isnan(row["mean_relative"])) == (8, True)
    assert entry(build("verdicts", nothing), ("Table 2", "Toy · SASRec"), ("", "mean deviation, %")).text == "–"


def test_the_headline_counts_a_number_once(tables: Findings):
    """Base and SpecTran are in Tables 2 and 3, and four methods at d 128 in Tables 2 and 4."""
    table2, ablations, other_dimensions = 3 * 9 * 4, 3 * 4 * 4, 2 * 4 * 4
    assert reproduced(tables).startswith(f"{table2 + ablations + other_dimensions} printed numbers of Tables 2 to 4: ")
    numbers = build("verdicts", tables).data[["reproduced", "above", "below"]].to_numpy().sum()
    assert numbers > table2 + ablations + other_dimensions
    right = with_values(main_only(), PRINTED, se=9.0)
    assert ": 8 reproduced, 0 above and 0 below (within, above or below the band" in reproduced(right)


def test_synthetic_data_says_that_nothing_is_printed():
    toys = {"toys": {"label": "Toy", "source": "synthetic", "synthetic": {}}}
    made = by_hand(published(toys, parts=MAIN, **ONE))
    table = build("verdicts", made)
    assert entry(table, ("Table 2", "Toy · SASRec"), ("", "Printed numbers")).text == ABSENT
    assert table.notes == ()
    assert reproduced(made) == "The paper prints no number of these cells, so none is judged reproduced or not."
    printed = build("table2_printed", made)
    assert entry(printed, ("Toy · SASRec", "all rows"), COLUMN).text == "–"
    assert METRICS.keys() == set(printed.data["metric"])


def test_every_number_is_judged_by_its_own_error():
    made = main_only()
    errors = changed(made, "variance", lambda f: f.assign(se_users=np.where(f["method"] == "base", 9.0, 1e-9)))
    data = build("table2_printed", errors).data
    assert set(data.loc[data["method"] == "base", "verdict"]) == {"reproduced"}
    assert "reproduced" not in set(data.loc[data["method"] != "base", "verdict"])


def test_other_cutoffs_show_the_largest():
    made = main_only(evaluation={"cutoffs": [5, 50]})
    assert made.main_metric == "ndcg@50"
    assert main_only().main_metric == "ndcg@20"
