"""Two runs at the same time, of one read-only checkout in an odd path.

One imports the workflow as a module of another project, in a folder on another file system. The other is of a study
file outside the repository, with `--directory` in an odd path and `results` a link to another file system. Both are of
the same study of one's own tables, so both give the same bytes.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
import yaml

from odd_places import ODD, bound_by_permissions, read_only_checkout, remove_checkout
from spectran.provenance.results import open_results
from spectran.provenance.verify import verify
from workflow_runs import TINY, planned, result_bytes

pytestmark = [pytest.mark.workflow, pytest.mark.slow]
MEMORY = Path("/dev/shm")
PREFIX = "external/ré pro"
TABLES = {"interactions": "mes données/achats d'été $1.csv", "items": "mes données/titres.csv"}
STUDY = TINY | {
    "datasets": {"own": {"label": "Eigene Käufe", "source": "files", "files": TABLES}},
    "methods": {"spectran": {}},
    "training": {"epochs": 2, "batch": 64},
}
IMPORTER = """
configfile: "config.yaml"


module repro:
    snakefile:
        {snakefile!r}
    config:
        config["repro"]
    prefix:
        {prefix!r}


use rule * from repro as repro_*


rule best:
    default_target: True
    input:
        "{prefix}/results/report/tables/table2.csv",
        rules.repro_reporting_complete.output.complete,
    output:
        "best.csv",
    shell:
        "cp {{input[0]:q}} {{output}}"
"""


def write_tables(folder: Path) -> None:
    """Small tables at the places that the study names, relative to `folder`."""
    draw = random.Random(0)
    (folder / TABLES["items"]).parent.mkdir(parents=True)
    words = ("blue", "red", "pen", "paper", "ink", "desk", "lamp", "clip")
    titles = [f"{draw.choice(words)} {draw.choice(words)} {number}" for number in range(40)]
    items = pd.DataFrame({"item": [f"i{number}" for number in range(40)], "title": titles})
    events = [(f"u{u}", f"i{i}", t) for u in range(120) for t, i in enumerate(draw.sample(range(40), 8))]
    items.to_csv(folder / TABLES["items"], index=False)
    pd.DataFrame(events, columns=["user", "item", "timestamp"]).to_csv(folder / TABLES["interactions"], index=False)


@dataclass
class Finished:
    """Two finished runs.

    Attributes:
        checkout: the read-only one.
        importer: working directory of the project that imports the module.
        work: working directory of the other.
        environment: of both.
    """

    checkout: Path
    importer: Path
    work: Path
    environment: dict[str, str]

    @property
    def results(self) -> dict[str, Path]:
        return {"importer": self.importer / PREFIX / "results", "work": self.work / "results"}

    def command(self, name: str) -> list[str]:
        """What was run, from the root folder."""
        arguments = {
            "importer": [
                "--snakefile", self.importer / "Snakefile", "--directory", self.importer, "--config", "note=its own",
            ],
            "work": [
                "--snakefile", self.checkout / "Snakefile", "--directory", self.work,
                "--configfile", Path(self.environment["HOME"]) / "étude $2.yaml", "--max-jobs-per-timespan", "100/1s",
            ],
        }  # fmt: skip
        return [*bound_by_permissions(), sys.executable, "-m", "snakemake", "--cores", "1", *map(str, arguments[name])]

    def run(self, name: str, *arguments: str) -> subprocess.CompletedProcess:
        """Run it, with further arguments; everything it prints is in `stdout`."""
        return subprocess.run(
            [*self.command(name), *arguments],
            env=self.environment,
            cwd="/",
            timeout=1200,
            check=False,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def planned_again(self, name: str) -> str:
        """What a dry run prints now."""
        run = self.run(name, "--dry-run", "--rerun-triggers", "mtime", "params", "input")
        assert run.returncode == 0, run.stdout
        return run.stdout


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    bound_by_permissions()
    here = tmp_path_factory.mktemp("elsewhere")
    with tempfile.TemporaryDirectory(dir=MEMORY if os.access(MEMORY, os.W_OK) else None) as other:
        there = Path(other)
        runs = Finished(
            checkout=read_only_checkout(here / ODD / "checkout"),
            importer=there / ODD / "importer",
            work=here / ODD / "work",
            # One home for both: caches that are made at the first use are made by both at once.
            environment={"PATH": os.environ["PATH"], "HOME": str(here), "LC_ALL": "C", "HF_HUB_OFFLINE": "1"},
        )
        write_tables(runs.importer / PREFIX)
        whole = {"name": "the importer's own", "repro": STUDY}
        (runs.importer / "config.yaml").write_text(yaml.safe_dump(whole), encoding="utf-8")
        text = IMPORTER.format(snakefile=str(runs.checkout / "workflow/Snakefile"), prefix=PREFIX)
        (runs.importer / "Snakefile").write_text(text, encoding="utf-8")
        write_tables(runs.work)
        (here / "étude $2.yaml").write_text(yaml.safe_dump(STUDY), encoding="utf-8")
        (there / ODD / "results").mkdir()
        (runs.work / "results").symlink_to(there / ODD / "results")
        run_both(runs)
        yield runs
        remove_checkout(runs.checkout)


def run_both(runs: Finished) -> None:
    with ThreadPoolExecutor() as pool:
        waiting = {name: pool.submit(runs.run, name) for name in runs.results}
    for future in waiting.values():
        assert future.result().returncode == 0, future.result().stdout


def test_both_give_the_same_bytes(finished):
    imported, own_run = (result_bytes(folder) for folder in finished.results.values())
    assert set(imported) == set(own_run)
    assert [name for name, content in imported.items() if content != own_run[name]] == []
    assert "report/tables/table2.csv" in imported


def test_they_ran_at_the_same_time(finished):
    spans = []
    for folder in finished.results.values():
        started = [record.started for record in open_results(folder).records]
        spans.append((min(started), max(started)))
    assert max(first for first, _ in spans) < min(last for _, last in spans)


def test_all_that_the_module_makes_lies_under_its_prefix(finished):
    assert {path.name for path in finished.importer.iterdir()} == {
        "Snakefile", "config.yaml", "external", ".snakemake", "best.csv",
    }  # fmt: skip
    assert {path.name for path in (finished.importer / PREFIX).iterdir()} == {"results", "mes données"}
    assert (finished.importer / PREFIX / "results/logs/training/cell/cells/own/minilm/sasrec/spectran/d8.log").exists()


@pytest.mark.parametrize("name", ["importer", "work"])
def test_records_are_sound_and_call_rules_by_their_own_names(finished, name):
    results = open_results(finished.results[name])
    assert verify(results).findings == []
    assert {"data_import", "training_cell", "reporting_complete"} <= {record.rule for record in results.records}
    read = {path for record in results.records for path in record.inputs}
    assert (f"{PREFIX}/" if name == "importer" else "") + TABLES["items"] in read
    assert "config/published/table2.csv" in read


@pytest.mark.parametrize("name", ["importer", "work"])
def test_nothing_is_left_to_do_until_a_failure_is_noted(finished, name):
    assert "Nothing to be done" in finished.planned_again(name)
    log = finished.results[name] / "logs/training/cell/cells/own/minilm/sasrec/spectran/d8.failures.jsonl"
    log.write_text(json.dumps({"kind": "error"}) + "\n")
    rule = "repro_training_cell" if name == "importer" else "training_cell"
    try:
        assert planned(finished.planned_again(name)).get(rule) == 1
    finally:
        log.unlink()


def test_nothing_was_written_into_the_checkout(finished):
    assert not (finished.checkout / ".snakemake").exists()
    assert not (finished.checkout / "results").exists()
    assert not any(path.stat().st_mode & 0o222 for path in finished.checkout.rglob("*"))


def test_results_lay_on_another_file_system(finished):
    devices = [path.stat().st_dev for path in (finished.work, finished.work / "results")]
    if devices[0] == devices[1]:
        pytest.skip("there is no other file system to write on (/dev/shm)")
    assert not any(path.name.endswith(".part") for path in (finished.work / "results").rglob("*"))


def test_the_report_is_whole(finished):
    for folder in finished.results.values():
        assert "Eigene Käufe" in (folder / "report/index.html").read_text(encoding="utf-8")
        assert json.loads((folder / "report/complete.json").read_text(encoding="utf-8"))
