"""Tokens and passwords reach no log, record, report or terminal."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from security.raw_server import head, saying
from spectran.hiding import without_secrets
from spectran.supervision.failure import Failure
from workflow_runs import ROOT, snakemake, write_study

TOKEN, KEY, PASSWORD, SIGNATURE = "hf_SeCrEtToKeN", "wJalrXUtnFEMI/K7MDENG", "p4ss-w0rd", "sIgNaTuRe-0f-a-link"
SECRETS = (TOKEN, KEY, PASSWORD, SIGNATURE)


@pytest.fixture(autouse=True)
def _secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a person's shell has them."""
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", KEY)
    monkeypatch.setenv("SNAKEMAKE_STORAGE_S3_SECRET_KEY", KEY)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"https://me:{PASSWORD}@host/x?sig={SIGNATURE}&b=c, more", "https://***@host/x?*** more"),
        ("s3://key:a@b@host/x", "s3://***@host/x"),
        (f"Authorization: Bearer {TOKEN}.", "Authorization: Bearer ***."),
        (f"{KEY}{TOKEN}", "******"),
        (
            'HTTP Request: GET http://host/x?a=b "HTTP/1.1 200 OK"',
            'HTTP Request: GET http://host/x?*** "HTTP/1.1 200 OK"',
        ),
        ("https://host/a@b and me@host?", "https://host/a@b and me@host?"),
        ("results/data/x.json, line 3: a number expected", "results/data/x.json, line 3: a number expected"),
    ],
)
def test_what_is_hidden_and_what_is_not(text, shown):
    assert without_secrets(text) == shown


def test_variables_that_are_no_secrets_are_not_hidden(monkeypatch):
    monkeypatch.setenv("TOKENIZERS_PARALLELISM", "results-folder")
    monkeypatch.setenv("A_TOKEN", "short")
    assert without_secrets("short results-folder") == "short results-folder"


def test_a_failed_cell_s_reason_and_traceback_are_without_secrets():
    def work() -> None:
        raise RuntimeError(f"https://me:{PASSWORD}@host says {TOKEN}")

    with pytest.raises(RuntimeError) as caught:
        work()
    failure = Failure.of(caught.value)
    assert "in work" in failure.traceback
    assert failure.reason == "RuntimeError: https://***@host says ***"
    assert not any(secret in failure.traceback for secret in SECRETS)


def test_a_value_that_no_key_is_for_is_not_shown(tmp_path):
    """A token given with --config by mistake."""
    study = write_study(tmp_path)
    run = snakemake("--dry-run", "--directory", tmp_path, "--configfile", study, "--config", f"hf_token={TOKEN}")
    assert run.returncode != 0
    assert "hf_token: unknown key; " in run.stdout
    assert TOKEN not in run.stdout
    assert not found_in(tmp_path)


def found_in(folder: Path) -> list[str]:
    """Files below it, hidden ones too, with a secret in them."""
    return [
        f"{path.relative_to(folder)}: {secret}"
        for path in folder.rglob("*")
        if path.is_file()
        for secret in SECRETS
        if secret.encode() in path.read_bytes() or secret in path.name
    ]


@pytest.mark.slow
@pytest.mark.workflow
def test_no_file_and_no_line_of_a_run_holds_a_secret(tmp_path, monkeypatch):
    """A hub and a mirror that are asked with secrets, and that say them back; jobs that fail, and jobs that do not."""
    asked: list[str] = []

    def answer(request: str) -> list[bytes]:
        asked.append(request)
        if "/mirror/" in request:
            return [head("302 Found", Location=f"/signed?X-Amz-Signature={SIGNATURE}")]
        said = json.dumps({"error": f"the token {TOKEN} and the key {KEY} are not good"}).encode()
        fields = {"Content_Type": "application/json", "X_Error_Message": f"bad token {TOKEN}"}
        return [head("401 Unauthorized", Content_Length=len(said), **fields), said]

    amazon = {"category": "Tests", "mirrors": []}
    with saying(answer) as url:
        monkeypatch.setenv("HF_ENDPOINT", url)
        monkeypatch.setenv("HF_HOME", str(tmp_path / "home"))
        monkeypatch.setenv("http_proxy", url.replace("://", f"://me:{PASSWORD}@"))
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        amazon["mirrors"] = [f"{url}/mirror", "http://mirror.invalid/x"]
        targets = ["results/text/toy/far/embeddings.npy", "results/data/toys/raw/reviews.json.gz"]
        toy = {"label": "Toy", "source": "synthetic", "synthetic": {"users": 120, "items": 40, "seed": 1}}
        study = write_study(
            tmp_path,
            datasets={"toy": toy, "toys": {"label": "Toys", "source": "amazon", "amazon": amazon}},
            encoder={"preset": "minilm", "name": "far", "model": "someone/model"},
        )
        options = ["--directory", tmp_path, "--configfile", study, "--cores", "2", *targets]
        run = subprocess.run(
            [sys.executable, "-m", "snakemake", *map(str, options)],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": "", "HF_HUB_OFFLINE": "0"},
            check=False,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
    assert run.returncode != 0
    assert any(TOKEN in request for request in asked), "the hub was not asked with the token"
    assert any("mirror.invalid" in request and "Proxy-Authorization" in request for request in asked)
    assert any(SIGNATURE in request for request in asked), "the signed address was not asked"
    assert "ERROR in text_encode" in run.stdout
    assert "ERROR in data_download" in run.stdout
    assert not [secret for secret in SECRETS if secret in run.stdout], run.stdout
    assert (tmp_path / "results/data/toy/interactions.provenance.json").is_file()
    assert list((tmp_path / ".snakemake/log").glob("*.log"))
    assert not found_in(tmp_path)
