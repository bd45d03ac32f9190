"""The three sources through Snakemake itself, and what it leaves behind when the input is bad."""

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from data.server import Answer, Site, serving
from workflow_runs import ROOT, run_study, snakemake

pytestmark = pytest.mark.workflow
TABLES = ("interactions", "users", "items")
SHARED = ROOT.parent / "shared"


def files_study(folder: Path, **changes) -> dict:
    """A study of one's own tables in `folder`."""
    files = {"interactions": str(folder / "interactions.csv"), "items": str(folder / "items.csv"), **changes}
    return {"own": {"label": "Own", "source": "files", "files": files}}


def write_tables(folder: Path, interactions: list[tuple], items: list[tuple]) -> None:
    pd.DataFrame(interactions, columns=["user", "item", "timestamp"]).to_csv(folder / "interactions.csv", index=False)
    pd.DataFrame(items, columns=["item", "title"]).to_csv(folder / "items.csv", index=False)


def whole_tables() -> tuple[list[tuple], list[tuple]]:
    """Six users who each take the same six items."""
    interactions = [(f"u{u}", f"i{i}", 10 * u + i) for u in range(6) for i in range(6)]
    return interactions, [(f"i{i}", f"Title number {i}") for i in range(6)]


def left_behind(folder: Path) -> list[str]:
    """Data files, whole or half, that a failed run left."""
    results = folder / "results"
    return [
        path.relative_to(results).as_posix()
        for path in results.rglob("*")
        if path.is_file() and not {"logs", "benchmarks"} & set(path.relative_to(results).parts)
    ]


def test_own_tables_are_imported(tmp_path):
    write_tables(tmp_path, *whole_tables())
    run = run_study(tmp_path, "--until", "data_prepare", datasets=files_study(tmp_path))
    assert run.returncode == 0, run.stdout
    statistics = json.loads((tmp_path / "results/data/own/statistics.json").read_text())
    assert (statistics["users"], statistics["items"], statistics["interactions"]) == (6, 6, 36)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (
            lambda t: t[0].__setitem__(3, ("u0", "i3", "noon")),
            "interactions.csv, line 5: an integer expected in column 'timestamp', found 'noon'",
        ),
        (lambda t: t[1].pop(2), "i2"),
    ],
    ids=["timestamp", "item without a row"],
)
def test_bad_tables_give_one_message_and_leave_nothing(tmp_path, spoil, message):
    tables = whole_tables()
    spoil(tables)
    write_tables(tmp_path, *tables)
    run = run_study(tmp_path, "--until", "data_prepare", datasets=files_study(tmp_path))
    assert run.returncode != 0
    errors = [line for line in run.stdout.splitlines() if line.startswith("ERROR in data_import")]
    assert len(errors) == 1
    assert message in errors[0], errors[0]
    assert left_behind(tmp_path) == []


def test_a_missing_column_is_named(tmp_path):
    write_tables(tmp_path, *whole_tables())
    run = run_study(tmp_path, "--until", "data_prepare", datasets=files_study(tmp_path, title_column="name"))
    assert run.returncode != 0
    assert "items.csv" in run.stdout
    assert "'name'" in run.stdout
    assert left_behind(tmp_path) == []


def test_expected_statistics_stop_the_run_with_both_numbers(tmp_path):
    write_tables(tmp_path, *whole_tables())
    datasets = files_study(tmp_path)
    datasets["own"]["expected"] = {"users": 7, "items": 6, "interactions": 36}
    run = run_study(tmp_path, "--until", "data_prepare", datasets=datasets)
    assert run.returncode != 0
    error = next(line for line in run.stdout.splitlines() if line.startswith("ERROR in data_prepare"))
    assert "7" in error
    assert "6" in error
    assert not (tmp_path / "results/data/own/interactions.parquet").exists()


@pytest.fixture
def site(monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with serving() as running:
        yield running


def test_a_mirror_without_the_file_is_named_and_nothing_is_left(tmp_path, site: Site):
    amazon = {"category": "Toys", "mirrors": [site.url]}
    datasets = {"toys": {"label": "Toy", "source": "amazon", "amazon": amazon}}
    site.answers["/meta_Toys.json.gz"] = Answer(body=b"<html>moved</html>", kind="text/html")
    run = run_study(tmp_path, "--until", "data_prepare", datasets=datasets)
    assert run.returncode != 0
    assert f"{site.url}/reviews_Toys_5.json.gz" in run.stdout
    assert "404" in run.stdout
    assert "HTML" in run.stdout or "text/html" in run.stdout
    assert not [name for name in left_behind(tmp_path) if name.endswith(".gz")]


@pytest.mark.real_data
def test_office_is_the_same_from_tables_and_from_a_mirror(tmp_path, site: Site):
    """config/office.yaml on the real tables, and on the same data served in the raw form of the release."""
    if not SHARED.is_dir():
        pytest.skip("the real data are not beside the project (../shared/data)")
    command = [
        sys.executable,
        SHARED / "tools/make_amazon_mirror.py",
        SHARED / "data/office",
        "Office_Products",
        tmp_path,
    ]
    subprocess.run(list(map(str, command)), check=True)
    for name in ("reviews_Office_Products_5.json.gz", "meta_Office_Products.json.gz"):
        site.answers[f"/{name}"] = Answer(body=(tmp_path / name).read_bytes())
    tables = {name: str(SHARED / f"data/office/{name}.csv.gz") for name in ("interactions", "items")}
    choices = {
        "files": {"source": "files", "files": tables},
        "amazon": {"source": "amazon", "amazon": {"mirrors": [site.url]}},
    }
    written = {}
    for source, dataset in choices.items():
        run = snakemake(
            "--directory", tmp_path / source, "--configfile", ROOT / "config/office.yaml", "--cores", "2",
            "--config", f"datasets={json.dumps({'office': dataset})}", "--until", "data_prepare",
        )  # fmt: skip
        assert run.returncode == 0, run.stdout
        made = tmp_path / source / "results/office/data/office"
        written[source] = {name: (made / f"{name}.parquet").read_bytes() for name in TABLES}
        statistics = json.loads((made / "statistics.json").read_text())
        assert (statistics["users"], statistics["items"], statistics["interactions"]) == (4895, 2414, 41462)
    assert written["files"] == written["amazon"]
