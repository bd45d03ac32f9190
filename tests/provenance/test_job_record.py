"""What a job's record says."""

import hashlib
import json
import platform
import subprocess
from contextlib import chdir
from pathlib import Path

import pytest

from provenance.made_results import CELL, STUDY
from spectran.config.load import parse_study
from spectran.provenance import environment
from spectran.provenance.code import describe_code
from spectran.provenance.environment import describe_environment
from spectran.provenance.job import Job, recorded
from spectran.provenance.record import RecordError, identity_of, read_record, seeds_among
from spectran.provenance.spelling import plain, spelled
from workflow_runs import TINY


def a_job(**changes):
    fields = {"rule": "x", "wildcards": {}, "settings": {}, "study": STUDY, "inputs": ("in",), "outputs": ("out",)}
    return Job(**(fields | {"record": "x.provenance.json"} | changes))


def test_inputs_outputs_settings_and_seeds_are_recorded(pristine):
    record = read_record(pristine / CELL / "ranks.provenance.json")
    assert (record.rule, record.study, record.settings["label"]) == ("evaluation_cell", identity_of(STUDY), "a cell")
    content = (pristine / "results/data/toy/test.parquet").read_bytes()
    read = record.inputs["results/data/toy/test.parquet"]
    assert (read.sha256, read.bytes) == (hashlib.sha256(content).hexdigest(), len(content))
    assert list(record.outputs) == [f"{CELL}/ranks.parquet"]
    assert record.seeds == {"settings.seeds": [0, 1], "settings.tuning.seed": 7}
    assert (record.commit, record.clean, record.device) == ("0123456789abcdef", False, None)
    assert record.seconds >= 0


def test_inputs_are_as_they_were_before_the_work_and_empty_outputs_are_files_too(tmp_path):
    with chdir(tmp_path):
        Path("in").write_text("before")
        with recorded(a_job(beside=("not there", "beside")), lambda: ("cuda", "a GPU")):
            Path("in").write_text("after")
            Path("out").touch()
            Path("beside").touch()
        record = read_record(Path("x.provenance.json"))
    assert record.inputs["in"].sha256 == hashlib.sha256(b"before").hexdigest()
    assert record.outputs["out"].bytes == 0
    assert list(record.outputs) == ["beside", "out"]
    assert (record.device, record.gpu) == ("cuda", "a GPU")


def test_a_job_that_fails_leaves_no_record(tmp_path):
    def fail():
        with recorded(a_job(inputs=())):
            raise ZeroDivisionError

    with chdir(tmp_path), pytest.raises(ZeroDivisionError):
        fail()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda text: text.replace('"clean": false', '"clean": true'), "edited: the record's own sha256"),
        (lambda text: text[:100], "the record of a job expected"),
        (lambda _: "[]", "the record of a job expected"),
        (lambda _: '{"record_sha256": ""}', "record: Field required"),
    ],
    ids=["clean", "cut", "list", "empty"],
)
def test_an_edited_record_is_refused(working, edit, message):
    path = working / CELL / "provenance.json"
    path.write_text(edit(path.read_text()))
    with pytest.raises(RecordError, match=message) as caught:
        read_record(path)
    assert str(path) in str(caught.value)


def test_a_study_is_the_same_whatever_the_order_of_its_keys_and_with_its_defaults_written_out():
    turned = dict(reversed(TINY.items()))
    assert identity_of(parse_study(turned)) == identity_of(parse_study(STUDY.model_dump(mode="json")))
    other = parse_study(TINY | {"seeds": [1]})
    assert identity_of(other).sha256 != identity_of(STUDY).sha256


def test_seeds_are_found_at_any_depth():
    assert seeds_among({"a": {"seed": 1, "b": {"split_seed": 2}}, "seeds": (3,), "seed": None}) == {
        "a.seed": 1, "a.b.split_seed": 2, "seeds": (3,),
    }  # fmt: skip


def test_paths_are_spelled_for_readers_elsewhere(tmp_path, monkeypatch):
    monkeypatch.setattr(Path, "home", lambda: Path("/home/somebody"))
    working, project = tmp_path / "working", tmp_path / "project"
    cache = "/home/somebody/.cache/snakemake/source-cache/runtime-cache/tmp1/file"
    copy = f"{cache}{project}/workflow/rules/../../report/a.j2"
    cases = {
        "results/x": "results/x",
        f"{working}/own/x.csv": "own/x.csv",
        f"{project}/report/a.j2": "report/a.j2",
        copy: "report/a.j2",
        "/home/somebody/x.csv": "~/x.csv",
        "/data/x.csv": "/data/x.csv",
    }
    assert {path: spelled(path, working, project) for path in cases} == cases
    assert plain({"a": (1, None, Path("/home/somebody/m")), "b": True}) == {"a": [1, None, "~/m"], "b": True}


def test_the_environment_is_told_without_names_of_hosts_and_users(tmp_path):
    (tmp_path / "envs").mkdir()
    (tmp_path / "envs/requirements.txt").write_text("x==1\n")
    found = describe_environment(tmp_path)
    assert found.requirements_sha256 == hashlib.sha256(b"x==1\n").hexdigest()
    assert {"torch", "numpy", "scipy", "pandas", "transformers", "snakemake", "python"} <= found.versions.keys()
    assert found.platform == f"{platform.system()} {platform.machine()}"
    assert "/" not in json.dumps(found.model_dump())
    assert describe_environment(tmp_path / "nowhere").requirements_sha256 is None


def test_another_package_is_another_environment(monkeypatch):
    before = describe_environment().distributions_sha256
    every = list(environment.distributions())
    monkeypatch.setattr(environment, "distributions", lambda: reversed(every))
    assert describe_environment().distributions_sha256 == before
    monkeypatch.setattr(environment, "distributions", lambda: every[1:])
    assert describe_environment().distributions_sha256 != before


def test_a_commit_is_named_and_a_change_shows(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert describe_code(tmp_path) == {"commit": None, "clean": None}

    def git(*words):
        who = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
        subprocess.run(["git", "-C", tmp_path, *who, *words], check=True, capture_output=True)

    git("init")
    (tmp_path / "file").write_text("one")
    git("add", "file")
    git("commit", "-m", "first")
    assert describe_code(tmp_path)["clean"] is True
    assert len(describe_code(tmp_path)["commit"]) == 40
    (tmp_path / "untracked").write_text("")
    assert describe_code(tmp_path)["clean"] is True
    (tmp_path / "file").write_text("two")
    assert describe_code(tmp_path)["clean"] is False
