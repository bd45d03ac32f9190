"""The benchmarks' own arithmetic, and a quick run of each topic; nothing here depends on how long anything takes."""

import math
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from benchmarks import flops, peak
from benchmarks.__main__ import TOPICS, main
from benchmarks.cells import METHODS, text_features
from benchmarks.data import TINY, corpus, made
from benchmarks.measurement import Measurement, in_turn, measured, ratios
from benchmarks.peers.client import PeerError, RecTools
from benchmarks.scaling import slope
from benchmarks.settings import Settings
from benchmarks.standin import OFFICE, TOYS, Size
from benchmarks.table import line, number
from spectran.io import read_json

CPU = torch.device("cpu")
#: Topics of this part of the package that a machine without a GPU can measure in a moment.
QUICK = ("rate", "epoch", "training", "grid", "ranking", "memory", "scaling")


def settings(folder: Path, **changes) -> Settings:
    given = {"data": None, "device": CPU, "threads": 1, "runs": 1, "quick": True, "rectools": None, "cache": folder}
    return Settings(**(given | changes))


def test_a_figure_is_a_median_with_its_range():
    found = measured("epoch", "case", "training", [3.0, 1.0, 8.0], "s")
    assert found == Measurement("epoch", "case", "training", 3.0, "s", 1.0, 8.0, 3)
    assert line(found).split() == ["epoch", "case", "training", "3.00", "s", "(1.00", "to", "8.00,", "3", "runs)"]


def test_works_take_turns_and_the_warm_up_is_not_counted():
    order = []
    times = in_turn([lambda: order.append("a"), lambda: order.append("b")], runs=2)
    assert order == ["a", "b"] * 3
    assert [len(found) for found in times] == [2, 2]
    assert ratios([4.0, 9.0], [2.0, 3.0]) == [2.0, 3.0]


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0.0"), (0.012345, "0.0123"), (1.234, "1.23"), (56.78, "56.8"), (12345.6, "12,346"), (-2.0, "-2.00")],
)
def test_numbers_have_three_digits(value, text):
    assert number(value) == text


def test_a_slope_is_the_exponent():
    assert slope([1, 2, 4], [3.0, 12.0, 48.0]) == pytest.approx(2.0)


def test_stand_ins_have_the_papers_sizes():
    assert (OFFICE.users, TOYS.users) == (4895, 19124)
    totals = [sum(n * (5 + place) for place, n in enumerate(size.lengths)) for size in (OFFICE, TOYS)]
    assert totals == [41462, 141630]
    assert Size.like_office(1000, 50).users == 1000


def test_a_stand_in_is_the_same_every_time(tmp_path):
    first = made(tmp_path / "a", "one", TINY)
    again = made(tmp_path / "b", "one", TINY)
    assert [(first.folder / name).read_bytes() for name in ("train.parquet", "valid.parquet")] == [
        (again.folder / name).read_bytes() for name in ("train.parquet", "valid.parquet")
    ]
    lengths = np.bincount([len(sequence) + 2 for sequence in first.train.sequences])[5:]
    assert tuple(lengths) == TINY.lengths
    assert not (first.folder / "test.parquet").exists()


@pytest.mark.real_data
def test_real_data_have_the_stand_ins_sizes(tmp_path):
    data = Path(__file__).parents[2] / "../shared/data"
    if not data.is_dir():
        pytest.skip("the real data are not beside the project (../shared/data)")
    found = corpus(settings(tmp_path, data=data, quick=False), "office")
    lengths = np.bincount([len(sequence) + 2 for sequence in found.train.sequences])[5:]
    assert found.name == "office"
    assert (tuple(lengths), found.train.n_items) == (OFFICE.lengths, OFFICE.items)


def test_text_has_the_features_that_a_method_reads(tmp_path):
    data = made(tmp_path, "tiny", TINY)
    text = text_features(data, 160, METHODS["spectran"])
    found = text.decomposition("raw", at_least=128)
    assert found.U.shape == (TINY.items, TINY.items)
    assert set(text.paths) == {"raw"}
    assert text_features(data, 160, METHODS["base"]).paths == {}


def test_work_is_counted_as_by_hand(tmp_path):
    """Three users with 3, 4 and 11 items to train on."""
    size = Size(140, (1, 1, 0, 0, 0, 0, 0, 0, 1))
    data = made(tmp_path, "tiny", size)
    d, positions = 128, 2 + 3 + 10
    keys = 3 + 6 + 55
    forward = 2 * (12 * d * d * positions + 4 * d * keys) + 2 * d * 65 * positions
    assert flops.epoch(data, "sasrec") == 3 * forward
    assert flops.epoch(data, "hstu") == 3 * (forward - 2 * 2 * d * d * positions)
    learned = {n: 0.5 + 0.5 * (0.2 * n + 0.8**n) for n in (3, 4, 11)}
    first, last = 24 * d * d * 18 + 4 * d * (9 + 16 + 121), 4 * d * d * 18
    forward = first + last + sum(t * (20 * d * d + 4 * d * n + 2 * d * d + 2 * d * 65) for n, t in learned.items())
    assert flops.epoch(data, "bert4rec") == pytest.approx(3 * forward)


@pytest.mark.skipif(not peak.RESET.is_file(), reason="only Linux tells the highest resident set of a piece of work")
def test_peak_memory_is_that_of_the_work():
    found = peak.peak_megabytes(CPU, lambda: torch.ones(50 * 2**18).sum())
    assert found == pytest.approx(50, abs=15)
    assert peak.peak_megabytes(CPU, lambda: None) < 15


@pytest.mark.slow
def test_a_quick_run_of_every_topic_gives_a_table_and_a_document(tmp_path, capsys):
    out = tmp_path / "out.json"
    given = ["--quick", "--runs", "1", "--device", "cpu", "--cache", str(tmp_path / "cache"), "--out", str(out)]
    main([*given, "--only", ",".join(QUICK), "--peers", str(tmp_path / "none")])
    document = read_json(out)
    found = [Measurement(**one) for one in document["measurements"]]
    assert {one.topic for one in found} == set(QUICK)
    assert all(math.isfinite(one.value) and one.low <= one.value <= one.high for one in found)
    assert document["machine"]["threads"] == 1
    assert document["quick"]
    assert not document["real_data"]
    printed = capsys.readouterr().out
    assert all(line(one) in printed for one in found)
    assert "RecTools is left out" in printed
    kinds = {one.case.split(",")[0].split()[-1] for one in found if one.topic == "training"}
    assert kinds == set(METHODS)


def test_what_cannot_be_measured_here_is_skipped_with_its_reason(tmp_path, capsys):
    out = tmp_path / "out.json"
    main(["--device", "cpu", "--only", "grid", "--cache", str(tmp_path), "--out", str(out)])
    assert "grid: skipped: needs a CUDA GPU" in capsys.readouterr().out
    assert read_json(out)["skipped"]["grid"].startswith("needs a CUDA GPU")


def test_data_that_are_not_there_are_named(tmp_path, capsys):
    out = tmp_path / "out.json"
    given = ["--device", "cpu", "--only", "ranking", "--cache", str(tmp_path), "--out", str(out)]
    main([*given, "--data", str(tmp_path / "none")])
    assert "none/office/interactions.csv.gz: no such file" in capsys.readouterr().out
    assert read_json(out)["measurements"] == []


def test_an_unknown_topic_is_refused(capsys):
    with pytest.raises(SystemExit):
        main(["--only", "epoch,speed"])
    assert f"some of {', '.join(TOPICS)} expected, found speed" in capsys.readouterr().err


def test_a_peer_that_ends_is_an_error_with_what_it_said(tmp_path):
    """This Python has no RecTools."""
    data = made(tmp_path, "tiny", TINY)
    with pytest.raises(PeerError, match="No module named 'pytorch_lightning'"):
        RecTools(settings(tmp_path, rectools=Path(sys.executable)), data, "sasrec")
