"""The Kubernetes profile plans a study, and its storage carries one: same bytes as without it. No cluster, no pod."""

import os
import re
import subprocess
import sys

import pytest

from object_storage.server import KEYS, missing, storage
from workflow_runs import ROOT, planned, result_bytes, run_study, snakemake, write_study

pytestmark = pytest.mark.object_storage
PREFIX = "spectran/"


@pytest.fixture(scope="module")
def bucket(tmp_path_factory):
    if reason := missing():
        pytest.skip(reason)
    with storage("studies", tmp_path_factory.mktemp("server") / "log") as made, pytest.MonkeyPatch.context() as patch:
        for name, value in KEYS.items():
            patch.setenv(name, value)
        yield made


def in_storage(folder, bucket, *arguments):
    """Snakemake with the profile; what it marks EDIT is said here."""
    edited = ("--default-storage-prefix", f"s3://{bucket.name}/{PREFIX}", "--storage-s3-endpoint-url", bucket.endpoint)
    profile = ("--workflow-profile", ROOT / "profiles/kubernetes", "--configfile", write_study(folder))
    return snakemake(*profile, "--directory", folder, *edited, "--max-jobs-per-timespan", "100/1s", *arguments)


def test_the_profile_plans_a_study(tmp_path, bucket):
    run = in_storage(tmp_path, bucket, "--dry-run")
    assert run.returncode == 0, run.stdout
    assert planned(run.stdout)["training_cell"] == 2


def test_a_study_through_object_storage_has_the_bytes_of_a_local_one(tmp_path, bucket):
    remote, local, fetched = (tmp_path / name for name in ("remote", "local", "fetched"))
    remote.mkdir()
    local.mkdir()
    here = ("--executor", "local", "--cores", "2")
    run = in_storage(remote, bucket, *here)
    assert run.returncode == 0, run.stdout
    again = in_storage(remote, bucket, *here, "--dry-run")
    assert "Nothing to be done" in again.stdout, again.stdout

    bucket.fetch(PREFIX, fetched)
    reference = run_study(local)
    assert reference.returncode == 0, reference.stdout
    assert result_bytes(fetched / "results") == result_bytes(local / "results")
    # Once it is all in one folder its links hold, and its records too.
    page = fetched / "results/report/index.html"
    links = {link for link in re.findall(r'href="(\.\./[^"#]+)"', page.read_text()) if "://" not in link}
    assert len(links) > 40
    assert not [link for link in links if not (page.parent / link).is_file()]
    checked = subprocess.run(
        [sys.executable, "-m", "spectran.provenance.verify", "results"],
        cwd=fetched,
        env=os.environ | {"PYTHONPATH": str(ROOT / "workflow")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "no findings" in checked.stdout, checked.stdout + checked.stderr


def test_a_storage_that_does_not_answer_is_said_before_anything_is_done(tmp_path, bucket):
    away = ("--storage-s3-endpoint-url", "http://127.0.0.1:9", "--storage-s3-retries", "1")
    run = in_storage(tmp_path, bucket, "--dry-run", *away)
    assert run.returncode == 1
    assert f"Failed to check existence of s3://{bucket.name}/{PREFIX}results" in run.stdout, run.stdout
