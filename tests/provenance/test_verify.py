"""Whatever becomes of a finished study's files is noticed, with the file named."""

import json
import shutil
from pathlib import Path

import pytest
import yaml

from provenance.made_results import CELL, CODE, OWN, PUBLISHED, RAW, STUDY, TABLE, reseal, write_results
from spectran.config.load import parse_study
from spectran.provenance.differences import differing
from spectran.provenance.results import ResultsError, open_results
from spectran.provenance.verify import main, verify
from workflow_runs import TINY

#: One of each kind: raw file, own table, the paper's numbers, split, weights, ranks, frame, table, page.
FILES = (
    RAW, OWN, PUBLISHED, "results/data/toy/test.parquet", f"{CELL}/members.safetensors", f"{CELL}/ranks.parquet",
    "results/report/data/metrics.parquet", TABLE, "results/report/index.html",
)  # fmt: skip
RECORDS = (f"{CELL}/provenance.json", f"{CELL}/ranks.provenance.json", "results/report/index.provenance.json")


def findings(working, study=None, **options):
    """What is said of the results in a working directory."""
    return [str(finding) for finding in verify(open_results(working / "results"), study, **options).findings]


def flip(path: Path) -> None:
    """Change one bit in the middle of a file."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def test_a_finished_study_is_found_as_it_was_made(pristine):
    verdict = verify(open_results(pristine / "results"), STUDY)
    assert verdict.findings == []
    assert verdict.summary[0] == "8 jobs and 20 files checked"


@pytest.mark.parametrize("clean", [True, False, None])
def test_the_code_and_its_tree_are_shown(tmp_path, clean):
    words = {True: "clean tree", False: "tree NOT clean", None: "no git checkout"}
    summary = verify(open_results(write_results(tmp_path, clean))).summary
    assert summary[1] == f"code: {CODE['commit']}, {words[clean]} (8 jobs)"


def test_results_that_are_a_link_to_elsewhere_are_found_as_they_were_made(working, tmp_path):
    (tmp_path / "disk").mkdir()
    (working / "results").rename(tmp_path / "disk/results")
    (working / "results").symlink_to(tmp_path / "disk/results")
    assert findings(working) == []


@pytest.mark.parametrize("path", FILES)
def test_a_deleted_file_is_named(working, path):
    (working / path).unlink()
    [found] = findings(working)
    assert found.startswith(f"{path}: deleted: sha256 ")


@pytest.mark.parametrize("path", FILES)
def test_one_wrong_bit_is_named(working, path):
    flip(working / path)
    [found] = findings(working)
    assert found.startswith(f"{path}: corrupted or edited: sha256 ")
    assert "found" in found


@pytest.mark.parametrize("path", FILES)
def test_an_edited_file_is_named(working, path):
    with (working / path).open("ab") as file:
        file.write(b"\n")
    [found] = findings(working)
    assert found.startswith(f"{path}: corrupted or edited: ")


@pytest.mark.parametrize("path", RECORDS)
def test_an_edited_record_is_named(working, path):
    (working / path).write_text((working / path).read_text().replace('"seconds": ', '"seconds": 9'))
    assert any(found.startswith(f"{path}: corrupted: edited: ") for found in findings(working))


@pytest.mark.parametrize("path", RECORDS)
def test_what_a_deleted_record_was_of_is_not_recorded(working, path):
    outputs = json.loads((working / path).read_text())["outputs"]
    (working / path).unlink()
    found = findings(working)
    for output in outputs:
        assert f"{output}: not recorded: no job's record names it" in found


def test_a_record_that_another_job_read_cannot_be_edited_though_sealed_again(working):
    path = f"{CELL}/provenance.json"
    reseal(working / path, clean=True)
    [found] = findings(working)
    assert found.startswith(f"{path}: corrupted or edited")
    assert "reporting_gather read it" in found


def test_a_result_of_another_version_of_its_input_is_named(working):
    path = f"{CELL}/ranks.provenance.json"
    content = json.loads((working / path).read_text())
    content["inputs"][f"{CELL}/members.safetensors"]["sha256"] = "0" * 64
    reseal(working / path, inputs=content["inputs"])
    [found] = findings(working)
    assert found.startswith(f"{CELL}/ranks.parquet: made from another version of {CELL}/members.safetensors: ")
    assert "000000000000 when evaluation_cell read it" in found


def test_a_file_that_no_job_made_is_named(working):
    (working / "results/report/tables/extra.csv").write_text("x")
    (working / "results/.hidden").write_text("x")
    assert findings(working) == ["results/report/tables/extra.csv: not recorded: no job's record names it"]


def test_a_job_made_again_by_another_rule_is_no_finding(working):
    """A dataset whose source changes leaves the record of the first source behind."""
    old = working / "results/data/toy/raw/reviews.provenance.json"
    again = working / "results/data/toy/raw/synthetic.provenance.json"
    shutil.copy(old, again)
    reseal(again, record=again.relative_to(working).as_posix(), rule="data_synthesise", started="9999")
    stale = json.loads(old.read_text())["outputs"] | {RAW: {"sha256": "0" * 64, "bytes": 1}}
    reseal(old, outputs=stale)
    assert findings(working) == []


def test_a_job_of_which_another_made_one_output_again_still_counts_for_the_others(working):
    old, again = (working / CELL / name for name in ("provenance.json", "again.provenance.json"))
    shutil.copy(old, again)
    made = json.loads(old.read_text())["outputs"]
    members, training = f"{CELL}/members.safetensors", f"{CELL}/training.json"
    reseal(again, record=again.relative_to(working).as_posix(), started="9999", outputs={members: made[members]})
    reseal(old, outputs={members: {"sha256": "0" * 64, "bytes": 1}, training: made[training]}, started="0001")
    flip(working / training)
    found = findings(working)
    assert [line.partition(":")[0] for line in found] == [f"{CELL}/provenance.json", training]


def test_files_left_out_are_not_asked_for(working):
    for path in (RAW, OWN):
        (working / path).unlink()
    assert findings(working, left_out={RAW, OWN}) == []


def test_results_are_checked_wherever_they_lie(working, tmp_path, monkeypatch):
    moved = shutil.copytree(working / "results", tmp_path / "elsewhere")
    assert verify(open_results(moved), left_out={OWN, PUBLISHED}).findings == []
    monkeypatch.chdir(working)
    assert verify(open_results(moved)).findings == []  # inputs from outside are found in the working directory
    (moved / "report/index.html").unlink()
    [found] = verify(open_results(moved)).findings
    assert found.path == "results/report/index.html"


def test_another_study_is_told_key_by_key(working):
    now = parse_study(TINY | {"training": {"epochs": 30, "batch": 64}, "seeds": [0, 5]})
    assert findings(working, now) == [
        "seeds: [0, 5] now, [0] when results/report/index.html was made",
        "training.epochs: 30 now, 8 when results/report/index.html was made",
    ]


def test_without_a_report_another_study_is_told_by_its_hash(working):
    shutil.rmtree(working / "results/report")
    assert findings(working, STUDY) == []
    [found] = findings(working, parse_study(TINY | {"seeds": [5]}))
    assert found.startswith("study: not the one of any job (tiny)")


def test_keys_on_one_side_differ_too():
    assert list(differing({"a": {"b": 1}, "c": 2}, {"a": {"b": 1, "d": 3}})) == [
        ("a.d", "nothing", 3),
        ("c", 2, "nothing"),
    ]


def test_no_results_are_refused_in_words(tmp_path):
    with pytest.raises(ResultsError, match="a folder of results expected"):
        open_results(tmp_path / "none")
    with pytest.raises(ResultsError, match="records of jobs"):
        open_results(tmp_path)


def test_the_command_prints_a_line_a_finding_and_says_so_by_its_status(working, monkeypatch, capsys):
    monkeypatch.chdir(working)
    assert main(["--study", "study.yaml"]) == 0
    assert capsys.readouterr().out.endswith("results: no findings\n")
    (working / TABLE).unlink()
    Path("study.yaml").write_text(yaml.safe_dump(TINY | {"seeds": [3]}))
    assert main(["results", "--study", "study.yaml"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"{TABLE}: deleted")
    assert lines[1].startswith("seeds: [3] now")
    assert lines[-1] == "results: 2 findings"
    assert main(["nowhere"]) == 1
    assert capsys.readouterr().err.startswith("ERROR: nowhere")
