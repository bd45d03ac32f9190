"""From a number of a table back to raw files."""

import pandas as pd
import pytest

from provenance.made_results import CELL, RAW, TABLE, reseal, table
from provenance.test_verify import flip
from spectran.io import write_parquet
from spectran.provenance.chain import by_rule, chain
from spectran.provenance.numbers import Match, NumberError, Shown, find
from spectran.provenance.origin import Origin, origin
from spectran.provenance.results import open_results
from spectran.provenance.trace import main, trace

NDCG, HR = table()["ours"].tolist()


def lines(working, number, **options):
    return list(trace(open_results(working / "results"), number, **options))


@pytest.mark.parametrize(
    ("text", "value", "shown"),
    [
        ("0.0420", 0.04204, True),
        (".0420", 0.04196, True),
        (".0420", 0.04206, False),
        ("0.042", 0.0424, True),
        ("3.1 %", 3.14, True),
        ("+3.1\u00a0%", 3.06, True),
        ("4.2 %", 0.042, True),
        ("−0.5", -0.46, True),
        ("0.5", -0.46, False),
        ("1,705,728", 1705728, True),
        ("1e-06", 0.000001, True),
        ("1.2e-5", 0.0000123, True),
        ("1.2e-5", 0.000013, False),
        ("0.0298 ± 0.0004", 0.02981, True),
        ("0.5", float("nan"), False),
        ("0", float("inf"), False),
    ],
)
def test_a_number_is_known_as_it_is_printed(text, value, shown):
    assert Shown.read(text).shows(value) is shown


@pytest.mark.parametrize("text", ["", "abc", "1.2.3", "%", "0x1", "nan", "1,70"])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(NumberError, match="a number as a table shows it expected"):
        Shown.read(text)


def test_the_cell_of_the_table_is_found_with_its_keys(pristine):
    tables = pristine / "results/report/tables"
    [match] = find(Shown.read(f"{NDCG:.4f}"), tables)
    assert (match.table, match.column, match.value) == ("table2", "ours", NDCG)
    names = {"dataset": "toy", "encoder": "minilm", "backbone": "sasrec", "method": "spectran"}
    assert match.keys == names | {"dim": 8, "metric": "ndcg@10"}
    with pytest.raises(NumberError, match=r"0\.9999 in a cell of any of 1 tables expected"):
        find(Shown.read("0.9999"), tables)
    with pytest.raises(NumberError, match=r"table table3 expected, found table2"):
        find(Shown.read("0.1"), tables, "table3")


def test_an_accuracy_is_recomputed_from_the_ranks_and_walked_to_the_raw_file(pristine):
    text = "\n".join(lines(pristine, f"{NDCG:.4f}"))
    assert "is shown in 1 place\n" in text
    assert f"from {CELL}/ranks.parquet" in text
    assert f"recomputed there (mean over 2 seeds of ndcg@10 ranked by cosine): {NDCG!r}, equal" in text
    assert_in_order(text)
    assert "reporting_" not in text
    assert text.count("code    0123456789ab, tree NOT clean") == 5
    assert "seeds   seeds [0, 1], tuning.seed 7" in text
    assert f"ok       {RAW}" in text
    assert "CHANGED" not in text
    assert text.endswith("     tuning:\n       seed: 7")


def assert_in_order(text):
    """Each job stands before those that made what it read; an import and a download read nothing of each other."""
    evaluated, trained, prepared, imported, downloaded = (
        text.index(f"{rule}, started")
        for rule in ("evaluation_cell", "training_cell", "data_prepare", "data_import", "data_download")
    )
    assert evaluated < trained < prepared < min(imported, downloaded)


@pytest.mark.parametrize("backwards", [False, True])
def test_jobs_stand_in_order_whatever_the_clocks_say(working, backwards):
    results = working / "results"
    records = open_results(results).records
    for place, record in enumerate(records):
        second = len(records) - place if backwards else 0
        reseal(working / record.record, started=f"2026-01-01T00:00:{second:02}.000+00:00")
    assert_in_order("\n".join(lines(working, f"{NDCG:.4f}")))


def test_a_spread_is_recomputed_too(pristine):
    sd = float(table()["sd"][0])
    assert f"recomputed there (std over 2 seeds of ndcg@10 ranked by cosine): {sd!r}, equal" in "\n".join(
        lines(pristine, f"{sd:.6f}")
    )


def test_files_that_are_not_as_they_were_are_marked(working):
    flip(working / RAW)
    (working / "results/data/toy/test.parquet").unlink()
    ranks = pd.read_parquet(working / CELL / "ranks.parquet")
    write_parquet(working / CELL / "ranks.parquet", ranks.assign(rank=1))
    text = "\n".join(lines(working, f"{NDCG:.4f}"))
    assert "1.0, NOT EQUAL" in text
    assert f"CHANGED  {RAW}" in text
    assert "MISSING  results/data/toy/test.parquet" in text
    (working / CELL / "ranks.parquet").unlink()
    assert "cannot be recomputed, for the file is not there" in "\n".join(lines(working, f"{NDCG:.4f}"))


def test_a_table_edited_by_hand_is_marked(working):
    edited = (working / TABLE).read_text().replace(repr(NDCG), "0.9")
    (working / TABLE).write_text(edited)
    text = "\n".join(lines(working, "0.9"))
    assert f"{TABLE} is NOT as a recorded job made it" in text
    assert f"{NDCG!r}, NOT EQUAL" in text


def test_a_printed_number_leads_to_the_paper_s_table(pristine):
    text = "\n".join(lines(pristine, ".0420"))
    assert "printed in the paper" in text
    assert "config/published/made.csv" in text


def test_several_places_are_listed_and_as_many_walked_as_asked_for(working):
    copy = working / "results/report/tables/another.csv"
    copy.write_text((working / TABLE).read_text())
    text = "\n".join(lines(working, f"{NDCG:.4f}"))
    assert "is shown in 2 places" in text
    assert text.index("1. table2.csv") < text.index("2. another.csv")
    assert text.count("recomputed there") == 1
    assert "\n".join(lines(working, f"{NDCG:.4f}", first=2)).count("recomputed there") == 2
    narrowed = "\n".join(lines(working, f"{NDCG:.4f}", table="another"))
    assert "is shown in 1 place" in narrowed
    assert "another.csv is NOT as a recorded job made it" in narrowed


@pytest.mark.parametrize(
    ("table", "file", "said"),
    [
        ("choice", "training.json", "read from it, under choice"),
        ("cost", "training.json", "read from it, under cost"),
        ("collapse", "spectrum.parquet", "read from it, beside each singular value of the table"),
        ("collapse_item", "spectrum.parquet", "read from it, beside each singular value of the table"),
        ("tuning", "trials.parquet", "read from it"),
    ],
)
def test_a_number_that_is_no_accuracy_leads_to_its_place_in_a_file(pristine, table, file, said):
    row = {"dataset": "toy", "encoder": "minilm", "backbone": "sasrec", "method": "spectran", "dim": 8}
    found = origin(Match(table, "value", 0.5, row), open_results(pristine / "results"))
    assert found == Origin(f"{CELL}/{file}", said)


def test_a_percentage_is_found_with_its_sign(pristine):
    assert "gain_percent: -3.14159" in "\n".join(lines(pristine, "−3.1 %"))


def test_jobs_of_one_rule_are_told_together_where_they_are_many(pristine):
    results = open_results(pristine / "results")
    jobs = chain(results, "results/report/index.html")
    assert next(job.rule for job in jobs) == "reporting_page"
    assert len(jobs) == len(results.records)
    assert [len(same) for same in by_rule(jobs + jobs, 1)] == [2] * len(jobs)
    assert [len(same) for same in by_rule(jobs, 1)] == [1] * len(jobs)


def test_the_command(pristine, monkeypatch, capsys):
    monkeypatch.chdir(pristine)
    assert main([f"{HR:.4f}", "--table", "table2", "--study", "study.yaml"]) == 0
    assert "hr@10" in capsys.readouterr().out
    assert main(["−77"]) == 1
    assert "ERROR: " in capsys.readouterr().err
