"""The frames hold what the cells' files say, and a bad file is named."""

import json
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pandas as pd
import pytest

from reporting.tree import study, write_tree
from spectran.config.cells import expand
from spectran.reporting.catalogue.figures import FIGURES
from spectran.reporting.catalogue.files import FRAMES
from spectran.reporting.catalogue.sections import SECTIONS
from spectran.reporting.catalogue.tables import TABLES
from spectran.reporting.cell_files import ResultFileError
from spectran.reporting.cell_schemas import COLLAPSE, SPECTRUM
from spectran.reporting.findings import Findings
from spectran.reporting.frames import KEYS, Frames, read_frames, write_frames
from spectran.reporting.gather import gather
from spectran.reporting.measures import MEASURES


def test_metrics_are_those_worked_out_by_hand(findings: Findings):
    metrics = findings.frames.metrics.set_index(["dataset", "method", "seed", "score", "metric"])["value"]
    assert metrics["office", "spectran", 0, "cosine", "ndcg@10"] == pytest.approx(0.4)
    assert metrics["office", "spectran", 1, "cosine", "ndcg@10"] == pytest.approx(0.5)
    assert metrics["office", "base", 0, "cosine", "ndcg@10"] == pytest.approx(0.05)
    assert metrics["office", "base", 0, "cosine", "ndcg@20"] == pytest.approx((0.5 + 0.25) / 10)  # 1 / log2(16)
    assert metrics["office", "base", 0, "dot", "hr@20"] == pytest.approx(0.1)


def test_embeddings_have_every_measure_of_the_file_the_spectra_stage_writes(findings: Findings):
    embeddings = findings.frames.embeddings.set_index(["dataset", "form", "measure"])["value"]
    assert len(embeddings) == 2 * 2 * (1 + len(MEASURES))
    for form, rank, cosine in (("raw", 3, 0), ("centred", 2, -0.5)):
        assert embeddings["office", form, "rank"] == rank
        assert embeddings["office", form, "mean_cosine"] == pytest.approx(cosine, abs=1e-12)
        assert embeddings["office", form, "effective_rank"] == pytest.approx(2)


@pytest.mark.parametrize(
    ("harm", "message"),
    [
        (lambda found: found["centred"].pop("uniformity"), r"json, centred: keys \['uniformity'\] expected, found"),
        (lambda found: found.pop("raw"), r"diagnostics\.json: keys \['raw'\] expected, found"),
    ],
)
def test_a_measure_that_is_not_there_is_not_hidden(harm: Callable, message: str, tmp_path: Path):
    made = study()
    path = write_tree(made, tmp_path) / "spectra" / "made" / "minilm" / "diagnostics.json"
    found = json.loads(path.read_text(encoding="utf-8"))
    harm(found)
    path.write_text(json.dumps(found), encoding="utf-8")
    with pytest.raises(ResultFileError, match=message):
        gather(made, expand(made), tmp_path)


@pytest.mark.parametrize(
    ("best", "epochs", "at_limit"),
    [
        ({"0": 7, "1": 12}, {"0": 17, "1": 20}, 1),  # limit 20, patience 10
        ({"0": 11, "1": 20}, {"0": 20, "1": 20}, 2),
        ({"0": 10, "1": 9}, {"0": 20, "1": 19}, 0),  # ten epochs without a better one: patience, at the limit or not
    ],
)
def test_seeds_that_stopped_at_the_limit_are_counted(best: dict, epochs: dict, at_limit: int, tmp_path: Path):
    made = study(training={"epochs": 20, "patience": 10})
    first = write_tree(made, tmp_path) / expand(made)[0].path / "training.json"
    record = json.loads(first.read_text(encoding="utf-8"))
    record["choice"] |= {"best_epoch": best, "epochs": epochs}
    first.write_text(json.dumps(record), encoding="utf-8")
    assert gather(made, expand(made), tmp_path).choice["at_limit"].tolist() == [at_limit, 0, 0, 0, 0, 0]


def test_spectra_and_diagnostics_of_one_file_are_two_frames(findings: Findings):
    """A row a singular value without the diagnostics beside it, and a row a table and measure."""
    assert list(findings.frames.spectrum.columns) == [*KEYS, *SPECTRUM]
    collapse = findings.frames.collapse
    assert list(collapse.columns) == [*KEYS, *COLLAPSE]
    tables = findings.frames.spectrum[[*KEYS, "seed", "table", "moment"]].drop_duplicates()
    assert len(collapse) == len(tables) * len(MEASURES)
    assert not collapse.duplicated([*KEYS, "seed", "table", "moment", "measure"]).any()
    values = collapse.set_index(["method", "table", "moment", "measure"])["value"].sort_index()
    for table in ("semantic", "item"):
        for moment, own in (("init", 0.25), ("trained", 0.5)):
            assert set(values["spectran", table, moment, "rankme"]) == {1 + own}
            assert set(values["spectran", table, moment, "uniformity"]) == {6 + own}


def test_every_cell_is_there_once_in_the_study_s_order(findings: Findings):
    assert findings.frames.cells["path"].tolist() == [cell.path for cell in expand(findings.study)]
    assert findings.frames.cells["synthetic"].tolist() == [False] * 3 + [True] * 3


def test_equal_labels_are_told_apart(tmp_path: Path):
    made = study(methods={"base": {}, "again": {"kind": "base"}})
    frames = gather(made, expand(made), write_tree(made, tmp_path))
    assert frames.cells["method_label"].tolist()[:2] == ["Base (base)", "Base (again)"]


def test_frames_survive_their_files_byte_for_byte(findings: Findings, tmp_path: Path):
    write_frames(findings.frames, tmp_path / "a")
    back = read_frames(tmp_path / "a")
    write_frames(back, tmp_path / "b")
    for name in FRAMES:
        pd.testing.assert_frame_equal(getattr(back, name), getattr(findings.frames, name), check_dtype=False)
        assert (tmp_path / "a" / f"{name}.parquet").read_bytes() == (tmp_path / "b" / f"{name}.parquet").read_bytes()


def test_catalogue_is_in_step_with_itself():
    assert [field.name for field in fields(Frames)] == list(FRAMES)
    shown = [name for section in SECTIONS for name in section.items]
    assert sorted(shown) == sorted([*TABLES, *FIGURES])


def _drop_column(path: Path) -> None:
    pd.read_parquet(path).drop(columns="ties").to_parquet(path)


def _drop_measure(path: Path) -> None:
    pd.read_parquet(path).drop(columns="rankme").to_parquet(path)


def _without(part: str, key: str | None = None) -> Callable[[Path], None]:
    """Takes one part out of a JSON file, or a key of that part."""

    def harm(path: Path) -> None:
        record = json.loads(path.read_text(encoding="utf-8"))
        (record if key is None else record[part]).pop(key or part)
        path.write_text(json.dumps(record), encoding="utf-8")

    return harm


def _other_seed(path: Path) -> None:
    pd.read_parquet(path).assign(seed=7).to_parquet(path)


@pytest.mark.parametrize(
    ("name", "harm", "message"),
    [
        ("ranks.parquet", Path.unlink, r"ranks\.parquet: a Parquet file expected"),
        ("ranks.parquet", lambda path: path.write_text("no"), r"ranks\.parquet: a Parquet file expected"),
        ("ranks.parquet", _drop_column, r"ranks\.parquet: columns \['ties'\] expected, found"),
        ("ranks.parquet", _other_seed, r"ranks of the seeds \[0, 1\] expected, found \[7\]"),
        ("training.json", lambda path: path.write_text("{"), r"training\.json: a JSON file expected"),
        (
            "training.json",
            lambda path: path.write_text("[]"),
            r"training\.json: keys \['choice'\] expected, found list",
        ),
        ("training.json", _without("cost"), r"training\.json: keys \['cost'\] expected, found \['choice'\]"),
        (
            "training.json",
            _without("choice", "trials"),
            r"training\.json, choice: keys \['trials'\] expected, found \[",
        ),
        ("training.json", _without("cost", "pack"), r"training\.json, cost: keys \['pack'\] expected, found \["),
        ("spectrum.parquet", _drop_measure, r"spectrum\.parquet: columns \['rankme'\] expected, found"),
    ],
)
def test_a_bad_file_is_named(name: str, harm: Callable[[Path], None], message: str, tmp_path: Path):
    made = study()
    write_tree(made, tmp_path)
    harm(tmp_path / expand(made)[1].path / name)
    with pytest.raises(ResultFileError, match=message):
        gather(made, expand(made), tmp_path)
