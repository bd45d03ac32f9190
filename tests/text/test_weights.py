"""Where weights come from, and what is said when they cannot be had."""

import json
import shutil
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from huggingface_hub import constants, errors
from transformers import AutoModelForCausalLM

from spectran.config.text import PRESETS, Encoder
from spectran.io import sha256_of
from spectran.text import hub
from spectran.text.weights import WeightsError, find_weights

LLAMA = Encoder(preset="llama3-8b")


@pytest.fixture
def offline(monkeypatch, tmp_path):
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))


def test_a_folder_is_used_as_it_is(decoder, llama):
    found = find_weights(decoder())
    assert (found.folder, found.origin, found.commit) == (llama, "folder", None)
    assert found.files["model.safetensors"] == sha256_of(llama / "model.safetensors")
    assert {"config.json", "tokenizer.json"} <= set(found.files)


def test_the_package_is_found_without_running_its_code(monkeypatch, tmp_path, llama):
    package = tmp_path / "site" / "carrier"
    shutil.copytree(llama, package / "model")
    (package / "__init__.py").write_text("raise RuntimeError('imported')")
    monkeypatch.syspath_prepend(tmp_path / "site")
    encoder = Encoder(preset="minilm", package="carrier/model", sha256=None)
    assert find_weights(encoder).origin == "package"
    assert "carrier" not in sys.modules


def test_minilm_comes_with_the_environment():
    found = find_weights(Encoder(preset="minilm"))
    assert found.origin == "package"
    assert found.files["model.safetensors"] == PRESETS["minilm"]["sha256"]


def test_a_folder_named_by_the_study_wins_over_the_package(llama):
    assert find_weights(Encoder(preset="minilm", model=str(llama), sha256=None)).origin == "folder"


@pytest.mark.parametrize("package", ["a.b/model", "../x", "a/../b", "/etc"])
def test_a_package_is_a_module_and_folders_in_it(package):
    with pytest.raises(ValueError, match="package"):
        Encoder(preset="minilm", package=package)


def test_sharded_weights_are_all_hashed_and_their_absence_noticed(decoder, llama, tmp_path):
    folder = tmp_path / "sharded"
    shutil.copytree(llama, folder)
    (folder / "model.safetensors").unlink()
    AutoModelForCausalLM.from_pretrained(llama).save_pretrained(folder, max_shard_size="20KB")
    shards = sorted(folder.glob("model-*.safetensors"))
    assert len(shards) > 1
    found = find_weights(decoder(model=str(folder)))
    assert {shard.name for shard in shards} <= set(found.files)
    shards[1].unlink()
    with pytest.raises(WeightsError, match=f"incomplete, without {shards[1].name}"):
        find_weights(decoder(model=str(folder)))


def test_a_checksum_mismatch_names_the_file_and_both_sums(decoder, llama):
    found = sha256_of(llama / "model.safetensors")
    with pytest.raises(WeightsError, match=rf"model\.safetensors: sha256 {'0' * 64} expected .* found {found}"):
        find_weights(decoder(sha256="0" * 64))


def test_pickled_weights_are_not_read(decoder, llama, tmp_path):
    folder = tmp_path / "pickled"
    shutil.copytree(llama, folder)
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(WeightsError, match=r"model\.safetensors.* expected, found neither"):
        find_weights(decoder(model=str(folder)))


@pytest.mark.parametrize("model", ["/no/such/folder", "./weights", "~/no-such-folder", "a/b/c"])
def test_a_missing_folder_is_not_looked_for_on_the_hub(decoder, monkeypatch, model):
    monkeypatch.setattr(hub, "snapshot_download", lambda *_, **__: pytest.fail("asked the hub"))
    with pytest.raises(WeightsError, match="a folder with a model expected, found none"):
        find_weights(decoder(model=model))


def test_offline_without_the_package_one_message_says_what_to_do(offline):
    with pytest.raises(WeightsError) as caught:
        find_weights(Encoder(preset="minilm", package="no_such_package/model"))
    message = str(caught.value)
    assert "\n" not in message
    for part in ("all-MiniLM-L6-v2", "no_such_package/model is not installed", "encoder.model", "HF_HUB_OFFLINE"):
        assert part in message


def response(status: int) -> SimpleNamespace:
    return SimpleNamespace(status_code=status, headers={}, request=None)


@pytest.mark.parametrize(
    ("error", "parts"),
    [
        (errors.GatedRepoError("hf_secret", response=response(403)), ["licence", "hf auth login", "HF_TOKEN"]),
        (errors.HfHubHTTPError("hf_secret", response=response(401)), ["licence", "huggingface.co/meta-llama/Meta"]),
        (errors.RepositoryNotFoundError("hf_secret", response=response(404)), ["neither a folder here nor a model"]),
        (errors.RevisionNotFoundError("hf_secret", response=response(404)), ["encoder.revision"]),
        (errors.LocalEntryNotFoundError("hf_secret"), ["cannot be fetched", "encoder.model"]),
        (OSError(28, "No space left on device"), ["no space left on the disk", "HF_HOME"]),
        (errors.HfHubHTTPError("hf_secret", response=response(503)), ["status 503"]),
    ],
)
def test_each_refusal_of_the_hub_says_what_to_do_and_shows_no_token(monkeypatch, error, parts):
    def refuse(*_: object, **__: object) -> str:
        raise error

    monkeypatch.setattr(hub, "snapshot_download", refuse)
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    with pytest.raises(WeightsError) as caught:
        find_weights(LLAMA)
    message = str(caught.value)
    assert "meta-llama/Meta-Llama-3-8B" in message
    assert "\n" not in message
    assert "hf_secret" not in message
    for part in parts:
        assert part in message


def test_the_hub_is_asked_for_safetensors_of_the_revision_only(monkeypatch, tmp_path, llama):
    note = tmp_path / "asked"  # by another process

    def snapshot(model: str, revision: str | None, allow_patterns: list[str]) -> str:
        note.write_text(json.dumps({"model": model, "revision": revision, "patterns": allow_patterns}))
        return str(shutil.copytree(llama, tmp_path / "snapshots" / "abc123"))

    monkeypatch.setattr(hub, "snapshot_download", snapshot)
    found = find_weights(Encoder(preset="llama3-8b", revision="v1"))
    assert (found.origin, found.commit) == ("hub", "abc123")
    asked = json.loads(note.read_text())
    assert (asked["model"], asked["revision"]) == ("meta-llama/Meta-Llama-3-8B", "v1")
    wanted = ["model-00001-of-00004.safetensors", "model.safetensors.index.json", "tokenizer.json", "config.json"]
    assert all(any(Path(name).match(pattern) for pattern in asked["patterns"]) for name in wanted)
    refused = ["pytorch_model.bin", "original/consolidated.00.pth", "modeling.py"]
    assert not any(Path(name).match(pattern) for name in refused for pattern in asked["patterns"])
