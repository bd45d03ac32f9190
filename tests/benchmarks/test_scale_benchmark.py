"""The benchmarks of scale: the made-up tables are what they say, every stage runs on them, and figures come of it."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import torch

from benchmarks import many, planning, scale
from benchmarks.bare_plan import SAME
from benchmarks.many import write_made
from benchmarks.scale_stage import STAGES
from benchmarks.settings import Settings, SkippedError
from spectran.config.load import parse_study
from spectran.reporting.catalogue.files import CELL_RECORDS
from workflow_runs import ROOT

SETTINGS = Settings(data=None, device=torch.device("cpu"), threads=1, runs=1, quick=True, rectools=None)
USERS = 300


def test_tables_are_the_same_every_time_and_of_the_size_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(many, "PIECE", 70)  # five pieces, the last one smaller
    for name in ("a", "b"):
        write_made(tmp_path / name, USERS)
    for name in ("interactions.parquet", "items.parquet"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    events, items = (pd.read_parquet(tmp_path / "a" / f"{name}.parquet") for name in ("interactions", "items"))
    lengths = events.groupby("user").size()
    assert (len(lengths), len(items)) == (USERS, USERS // 2)
    assert (lengths.min(), lengths.max()) == (many.SHORTEST, many.LONGEST)
    assert set(events["item"]) <= set(items["item"])


def test_every_stage_runs_on_what_the_one_before_made(tmp_path: Path):
    write_made(tmp_path, USERS)
    facts = {stage: run(tmp_path) for stage, run in STAGES.items()}
    assert facts["prepare"]["users"] == facts["read"]["users"] == USERS
    assert facts["prepare"]["items"] > 0.9 * USERS / 2
    assert facts["steps"]["a step"] > 0
    assert facts["ranking"]["a user"] > 0
    assert len(pd.read_parquet(tmp_path / "ranks.parquet")) == 2 * USERS


@pytest.mark.slow
def test_figures_of_a_stage_and_its_slope(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(scale, "STAGES", ("import",))
    found = {(one.case, one.what): one.value for one in scale.measure(SETTINGS)}
    assert found["import, 400 users", "interactions"] > found["import, 200 users", "interactions"]
    assert found["import, 400 users", "processor seconds"] > 0
    assert ("import, 200 to 400 users", "log-log slope") in found
    with pytest.raises(SkippedError, match="--device cpu"):
        next(scale.measure(replace(SETTINGS, device=torch.device("cuda"))))


@pytest.mark.parametrize("shape", [*planning.SHAPES.items(), *planning.TINY.items()])
def test_studies_have_the_cells_they_are_named_for(shape):
    cells, (methods, backbones, dimensions, datasets) = shape
    made = parse_study(planning.study(methods, backbones, dimensions, datasets))
    assert len(made.methods) * len(made.backbones) * len(made.dimensions) * len(made.datasets) == cells


def test_the_bare_snakefile_has_as_many_files_a_cell_as_the_rules():
    outputs = [
        (ROOT / "workflow/rules" / name).read_text().partition("    output:\n")[2].partition("    log:")[0].count('=f"')
        for name in ("training.smk", "evaluation.smk")
    ]
    assert outputs == [SAME.trained, SAME.ranked]
    assert len(CELL_RECORDS) == SAME.reported


@pytest.mark.workflow
@pytest.mark.slow
def test_planning_gives_seconds_and_memory():
    found = {(one.case, one.what): one.value for one in planning.measure(replace(SETTINGS, cells=4))}
    bare = [f"4 cells, bare Snakefile, {files}" for files in ("as many files", "one file in, one out")]
    assert {case for case, _ in found} == {"4 cells", *bare}
    assert found["4 cells", "processor seconds"] > 0
    assert found["4 cells", "peak memory"] > 10
