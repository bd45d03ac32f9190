"""A finished study in miniature: every kind of file, recorded as jobs record theirs, in a second."""

import json
from contextlib import chdir
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pandas as pd
import yaml

from spectran.config.load import parse_study
from spectran.evaluation.metrics import summarise
from spectran.io import write_json, write_parquet
from spectran.provenance import job as job_module
from spectran.provenance.environment import describe_environment
from spectran.provenance.job import Job, recorded
from spectran.provenance.record import Record, write_record
from workflow_runs import TINY

STUDY = parse_study(TINY)
CELL = "results/cells/toy/minilm/sasrec/spectran/d8"
RAW = "results/data/toy/raw/reviews.json.gz"
OWN = "tables/own.csv"
PUBLISHED = "config/published/made.csv"  # no name of the project's own, which would be found in its place
SETTINGS = {"seeds": [0, 1], "tuning": {"seed": 7}, "evaluation": {"score": "cosine", "ties": "expected"}}
CODE = {"commit": "0123456789abcdef", "clean": False}
RANKS = pd.DataFrame(
    {
        "user": np.tile(np.arange(6), 4),
        "seed": np.repeat([0, 1], 12),
        "score": np.tile(np.repeat(["cosine", "dot"], 6), 2),
        "rank": [1, 2, 5, 9, 30, 3, 2, 2, 7, 9, 30, 4, 1, 1, 5, 9, 30, 3, 2, 3, 7, 9, 30, 4],
        "ties": 0,
    }
)
TABLE = "results/report/tables/table2.csv"


def write_results(folder: Path, clean: bool | None = False) -> Path:
    """Make the study in the working directory `folder`; its results folder."""
    environment = describe_environment()
    with (
        chdir(folder),
        patch.object(job_module, "describe_code", lambda: CODE | {"clean": clean}),
        patch.object(job_module, "describe_environment", lambda: environment),
    ):
        for path, text in {OWN: "user,item\n1,2\n", PUBLISHED: "table,printed\n2,0.0420\n"}.items():
            Path(path).parent.mkdir(parents=True)
            Path(path).write_text(text)
        Path("study.yaml").write_text(yaml.safe_dump(TINY))
        _data()
        _cell()
        _report()
        for path in ("results/logs/x.log", "results/benchmarks/x.tsv", f"{CELL}/.state/x", "results/office/data/x"):
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            Path(path).write_text("of a run, or of another study")
    return folder / "results"


def record(rule, inputs, outputs, provenance, settings=None, wildcards=None):
    """A job's context, as the scripts' wrapper makes it."""
    return recorded(Job(rule, wildcards or {}, settings or {}, STUDY, tuple(inputs), tuple(outputs), provenance))


def _write(path: str, content: bytes) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_bytes(content)


def _data() -> None:
    data = "results/data/toy"
    with record("data_download", [], [RAW], f"{data}/raw/reviews.provenance.json", {"source": {"seed": 3}}):
        _write(RAW, b"raw reviews")
    with record("data_import", [OWN], [f"{data}/parsed/items.parquet"], f"{data}/parsed/tables.provenance.json"):
        _write(f"{data}/parsed/items.parquet", b"parsed")
    outputs = [f"{data}/train.parquet", f"{data}/test.parquet"]
    with record("data_prepare", [RAW, f"{data}/parsed/items.parquet"], outputs, f"{data}/splits.provenance.json"):
        _write(outputs[0], b"train")
        _write(outputs[1], b"test")


def _cell() -> None:
    settings = {"settings": SETTINGS, "label": "a cell"}
    inputs, members = ["results/data/toy/train.parquet"], f"{CELL}/members.safetensors"
    with record("training_cell", inputs, [members, f"{CELL}/training.json"], f"{CELL}/provenance.json", settings):
        _write(members, b"members of a cell")
        write_json(Path(f"{CELL}/training.json"), {"cost": {"device": "cpu"}})
    inputs, ranks = [*inputs, "results/data/toy/test.parquet", members], f"{CELL}/ranks.parquet"
    with record("evaluation_cell", inputs, [ranks], f"{CELL}/ranks.provenance.json", settings):
        write_parquet(Path(ranks), RANKS)


def _report() -> None:
    report, frame = "results/report", "results/report/data/metrics.parquet"
    settings = {"study": STUDY.model_dump(mode="json")}
    inputs = [f"{CELL}/ranks.parquet", f"{CELL}/provenance.json"]
    with record("reporting_gather", inputs, [frame], f"{report}/data/frames.provenance.json", settings):
        _write(frame, b"frame")
    with record("reporting_tables", [frame, PUBLISHED], [TABLE], f"{report}/tables/tables.provenance.json", settings):
        _write(TABLE, table().to_csv(index=False).encode())
    with record("reporting_page", [TABLE], [f"{report}/index.html"], f"{report}/index.provenance.json", settings):
        _write(f"{report}/index.html", b"<p>page</p>")


def table() -> pd.DataFrame:
    """Table 2 of the one cell."""
    by_seed = summarise(RANKS, [10]).query("score == 'cosine'")
    keys = {"dataset": "toy", "encoder": "minilm", "backbone": "sasrec", "method": "spectran", "dim": 8}
    rows = [
        keys | {"metric": metric, "ours": by_seed[metric].mean(), "sd": by_seed[metric].std(), "seeds": 2}
        for metric in ("ndcg@10", "hr@10")
    ]
    return pd.DataFrame(rows).assign(printed=[0.0420, 0.5], gain_percent=[-3.14159, 12.0])


def reseal(path: Path, **changes) -> None:
    """Change a record as somebody would who knows how it is sealed."""
    content = json.loads(path.read_text())
    content.pop("record_sha256")
    write_record(path, Record.model_validate(content | changes))
