"""A hub that accepts and never answers, or trickles: given up in bounded time, with the model and a way out named."""

import json

import pytest
from huggingface_hub import constants

from faults.trickling import trickling
from spectran.config.text import Encoder
from spectran.supervision import run
from spectran.text import hub
from spectran.text.weights import WeightsError, find_weights

ENCODER = Encoder(preset="minilm", model="someone/model", package="no_such_package/model", sha256=None, revision="v1")
COMMIT = "0" * 40
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n"
SERVERS = {
    "silent": {},
    "trickling head": {"head": b"HTTP/1.1 ", "body": b"2"},
    "trickling": {"head": HEAD, "body": b" "},
}


@pytest.fixture(autouse=True)
def _soon(monkeypatch, tmp_path):
    monkeypatch.setattr(hub, "PATIENCE", 0.5)
    monkeypatch.setattr(run, "FAREWELL", 0.1)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("kind", SERVERS)
def test_it_is_given_up_and_the_model_is_named(monkeypatch, kind):
    with trickling(**SERVERS[kind]) as url:
        monkeypatch.setattr(constants, "ENDPOINT", url)
        with pytest.raises(WeightsError) as caught:
            find_weights(ENCODER)
    assert str(caught.value) == (
        f"encoder.model: the Hugging Face hub ({url}) gave nothing of someone/model for 0.5 s; what has come is kept, "
        "so start again later, or download the model elsewhere and point encoder.model at its folder, or use the "
        "preset minilm, whose weights come with the environment"
    )


def test_files_that_are_here_already_are_used(monkeypatch, tmp_path, caplog):
    cache = tmp_path / "models--someone--model"
    folder = cache / "snapshots" / COMMIT
    folder.mkdir(parents=True)
    (cache / "refs").mkdir()
    (cache / "refs" / "v1").write_text(COMMIT)
    (cache / "trees").mkdir()
    for name in ("config.json", "model.safetensors"):
        (folder / name).write_text("{}")
    with trickling() as url:
        monkeypatch.setattr(constants, "ENDPOINT", url)
        found = find_weights(ENCODER)
    assert (found.folder, found.origin, found.commit) == (folder, "hub", COMMIT)


def test_a_download_that_goes_on_slowly_is_waited_for(monkeypatch, tmp_path):
    """Longer than the patience, but never without a byte for as long."""
    import time
    from pathlib import Path

    def slow(*_: object, **__: object) -> str:
        blobs = tmp_path / "models--someone--model" / "blobs"
        blobs.mkdir(parents=True)
        for number in range(10):
            time.sleep(0.1)
            with (blobs / "x.incomplete").open("ab") as file:
                file.write(bytes(number))
        folder = tmp_path / "snapshot"
        folder.mkdir()
        for name in ("config.json", "model.safetensors"):
            (folder / name).write_text(json.dumps({}))
        return str(folder)

    monkeypatch.setattr(hub, "snapshot_download", slow)
    assert find_weights(ENCODER).folder == Path(tmp_path / "snapshot")
