"""A cell's job leaves its outputs made or empty, its failure beside them, and a line in the log of failures."""

import json
import os
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from spectran.divergence import DivergedError
from spectran.io import replacing
from spectran.supervision.cell import CellJob, TryAgainError
from spectran.supervision.failure import Failure
from spectran.supervision.ledger import Record, count_failures, failures_log, read_failures, write_record
from spectran.supervision.run import Limits

FREE = Limits()


@pytest.fixture
def job(tmp_path: Path) -> CellJob:
    folder = tmp_path / "cell"
    folder.mkdir()
    (tmp_path / "train.parquet").write_bytes(b"rows")
    (folder / "members.safetensors").write_text("{}")
    return CellJob(
        "evaluation_cell",
        "toy sasrec base d8",
        folder,
        inputs=(tmp_path / "train.parquet", folder / "members.safetensors"),
        outputs=(folder / "trials.parquet", folder / "ranks.parquet"),
        kept=(folder / "trials.parquet",),
        failures=failures_log(tmp_path / "logs" / "d8.log"),
    )


def both(job: CellJob) -> None:
    for path in job.outputs:
        path.write_text("made")


def diverge(job: CellJob) -> None:
    both(job)
    raise DivergedError("seed 1 in epoch 2")


def sizes(job: CellJob) -> list[int]:
    return [path.stat().st_size for path in job.outputs]


def test_what_succeeds_has_its_outputs_and_no_record(job: CellJob):
    assert job.run(lambda: both(job), FREE) is None
    assert sizes(job) == [4, 4]
    assert read_failures(job.folder) == []
    assert count_failures(job.failures) == 0


def test_what_fails_has_empty_outputs_and_a_record(job: CellJob):
    assert job.run(lambda: diverge(job), FREE).kind == "diverged"
    assert sizes(job) == [4, 0]  # what there is of the trials is of use
    (record,) = read_failures(job.folder)
    assert record.model_dump() == {
        "rule": "evaluation_cell",
        "label": "toy sasrec base d8",
        "kind": "diverged",
        "reason": "seed 1 in epoch 2",
    }


def test_nothing_is_kept_that_is_not_there(job: CellJob):
    job.run(lambda: [][0], FREE)
    assert sizes(job) == [0, 0]


def test_every_failure_is_counted_and_a_success_takes_the_record_away(job: CellJob):
    first = job.folder / "evaluation_cell.failure.json"
    job.run(lambda: diverge(job), FREE)
    bytes_before = first.read_bytes()
    job.run(lambda: diverge(job), FREE)
    assert first.read_bytes() == bytes_before, "the record tells of the time"
    assert count_failures(job.failures) == 2
    assert all("time" in json.loads(line) for line in job.failures.read_text().splitlines())
    job.run(lambda: both(job), FREE)
    assert read_failures(job.folder) == []
    assert count_failures(job.failures) == 2
    assert job.failures.name == "d8.failures.jsonl"


def test_after_an_earlier_job_that_failed_nothing_is_done(job: CellJob, caplog: pytest.LogCaptureFixture):
    job.run(lambda: diverge(job), FREE)
    (job.folder / "members.safetensors").write_bytes(b"")
    assert job.run(lambda: pytest.fail("work was done"), FREE) is None
    assert sizes(job) == [0, 0]
    assert read_failures(job.folder) == []
    assert "members.safetensors is empty" in caplog.text


def test_an_empty_file_of_another_cell_is_this_one_s_failure_with_the_reason_there(job: CellJob):
    other = job.folder.parent / "other"
    other.mkdir()
    (other / "items.npy").write_bytes(b"")
    record = Record(rule="training_cell", label="toy sasrec base d50", kind="diverged", reason="seed 0 in epoch 1")
    write_record(other, record)
    dependent = replace(job, inputs=(*job.inputs, other / "items.npy"))
    failure = dependent.run(lambda: pytest.fail("work was done"), FREE)
    said = f"{other}/items.npy is empty, for the job that makes it failed: toy sasrec base d50: seed 0 in epoch 1"
    assert failure == Failure("error", said)
    assert sizes(job) == [0, 0]
    assert [found.reason for found in read_failures(job.folder)] == [said]
    assert count_failures(job.failures) == 1


def test_an_earlier_job_of_the_same_cell_has_said_so_already(job: CellJob):
    (job.folder.parent / "train.parquet").write_bytes(b"")
    (job.folder / "members.safetensors").write_bytes(b"")
    assert job.run(lambda: pytest.fail("work was done"), FREE) is None
    assert read_failures(job.folder) == []


@pytest.mark.parametrize("then", ["fails", "succeeds"])
def test_what_a_killed_process_had_half_written_is_removed(job: CellJob, then: str):
    def die() -> None:
        with replacing(job.outputs[1]) as temporary:
            temporary.write_text("half")
            os.kill(os.getpid(), signal.SIGKILL)

    if then == "succeeds":  # a run that was killed with its supervisor left this
        (job.folder / ".ranks.parquet.77.part").write_text("half")
    job.run(die if then == "fails" else lambda: both(job), FREE)
    assert list(job.folder.glob(".*")) == []


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"rule": "a", "label": "b", "kind": "lost", "reason": "c"}'])
def test_a_bad_record_is_named(tmp_path: Path, text: str):
    (tmp_path / "training_cell.failure.json").write_text(text)
    with pytest.raises(ValueError, match=r"training_cell\.failure\.json: the record of a failure expected"):
        read_failures(tmp_path)


def exhausted(job: CellJob) -> None:
    both(job)
    bytearray(2**33)


def killed(job: CellJob) -> None:
    both(job)
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize(
    ("work", "limits", "kind"),
    [(killed, FREE, "killed")] + ([(exhausted, Limits(memory_mb=4000), "memory")] if sys.platform == "linux" else []),
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_more_memory_may_mend_fails_the_job_until_its_last_attempt(job: CellJob, work, limits: Limits, kind: str):
    for attempt in (1, 2):
        with pytest.raises(TryAgainError, match=rf"^toy sasrec base d8: attempt {attempt} of 3 failed \({kind}\): \w+"):
            replace(job, attempt=attempt, attempts=3).run(lambda: work(job), limits)
        assert [path.exists() for path in job.outputs] == [False, False], "Snakemake takes a job with outputs for done"
        assert [record.kind for record in read_failures(job.folder)] == [kind]
        assert count_failures(job.failures) == 0, "a cell that then succeeds would be trained once more"
    last = replace(job, attempt=3, attempts=3)
    assert last.run(lambda: work(job), limits).kind == kind
    assert sizes(job) == [4, 0]
    assert count_failures(job.failures) == 1
    assert last.run(lambda: both(job), FREE) is None
    assert read_failures(job.folder) == []


def test_what_would_fail_again_is_not_tried_again(job: CellJob):
    first = replace(job, attempt=1, attempts=3)
    assert first.run(lambda: diverge(job), FREE).kind == "diverged"
    assert first.run(lambda: time.sleep(60), Limits(minutes=0.002)).kind == "time"
    assert sizes(job) == [4, 0]
