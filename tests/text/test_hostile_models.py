"""Model folders made to run code, to read other files, or to be no models at all."""

import json
import pickle
import shutil
import struct
import time
from pathlib import Path

import pytest
import torch

from spectran.config.backbones import LanguageModel
from spectran.models.language_models.loading import load
from spectran.text import hub
from spectran.text.model import load_model
from spectran.text.pretrained import ModelError
from spectran.text.weights import WeightsError, find_weights


@pytest.fixture
def folder(llama: Path, tmp_path: Path) -> Path:
    """A whole model, to be spoiled."""
    return Path(shutil.copytree(llama, tmp_path / "hostile"))


def read(encoder):
    return load_model(find_weights(encoder), encoder, torch.device("cpu"))


def changed(path: Path, **values: object) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


class _Evil:
    """Makes a file when it is unpickled."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.trace,)


@pytest.fixture
def trace(folder: Path, tmp_path: Path) -> Path:
    """A file that would be there, had code of the folder run."""
    made = tmp_path / "ran"
    source = f"from pathlib import Path\nPath({str(made)!r}).touch()\nclass C:\n    pass\n"
    for name in ("evil.py", "modeling_evil.py", "configuration_evil.py"):
        (folder / name).write_text(source)
    for name in ("pytorch_model.bin", "adapter_model.bin", "training_args.bin"):
        (folder / name).write_bytes(pickle.dumps(_Evil(made)))
    pickle.loads((folder / "training_args.bin").read_bytes())
    made.unlink()  # the trap works
    return made


def test_a_model_of_its_own_code_is_refused_and_not_run(decoder, folder, trace):
    changed(folder / "config.json", model_type="evil", auto_map={"AutoConfig": "evil.C", "AutoModel": "evil.C"})
    with pytest.raises(
        ModelError, match=r"^encoder\.model: .*config\.json: .* without code of the model's own expected$"
    ):
        read(decoder(model=str(folder)))
    backbone = LanguageModel.model_validate({"model": str(folder), "width": 32, "label": "Evil"})
    with pytest.raises(ModelError, match=r"^backbones\[Evil\]\.model: .* without code of the model's own expected$"):
        load(backbone, torch.float32)
    assert not trace.exists()


@pytest.mark.parametrize(
    "file", ["pytorch_model.bin", "../hostile/pytorch_model.bin", "../x.safetensors", "/x.safetensors"]
)
def test_an_index_cannot_name_pickles_or_files_elsewhere(decoder, folder, trace, file):
    (folder / "model.safetensors").unlink()
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": {"a": file}}))
    with pytest.raises(WeightsError, match=r"index\.json: files \*\.safetensors of this folder expected, found '"):
        find_weights(decoder(model=str(folder)))
    assert not trace.exists()


@pytest.mark.parametrize("text", ["{", "[]", '{"weight_map": []}', "{}"])
def test_an_index_that_is_none_is_named(decoder, folder, text):
    (folder / "model.safetensors").unlink()
    (folder / "model.safetensors.index.json").write_text(text)
    with pytest.raises(WeightsError, match=r"index\.json: an index with a weight_map of file names expected"):
        find_weights(decoder(model=str(folder)))


def test_an_adapter_is_not_laid_over_the_model(decoder, folder, trace):
    adapter = {"peft_type": "LORA", "base_model_name_or_path": "somebody/else", "target_modules": ["q_proj"]}
    (folder / "adapter_config.json").write_text(json.dumps(adapter))
    with pytest.raises(WeightsError, match=r"a model without adapter_config\.json expected; merge the adapter"):
        find_weights(decoder(model=str(folder)))
    assert not trace.exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04 not safetensors",
        struct.pack("<Q", 2**62) + b"{}",
        struct.pack("<Q", 200 * 2**20) + b"{" + b" " * 100,
        struct.pack("<Q", 6) + b"[[[[[[",
        struct.pack("<Q", 61) + b'{"a":{"dtype":"F32","shape":[9],"data_offsets":[0,99999999]}}',
    ],
    ids=["empty", "another format", "header beyond any size", "header too large", "no JSON", "data beyond the end"],
)
def test_weights_that_are_none_are_named(decoder, folder, content):
    (folder / "model.safetensors").write_bytes(content)
    with pytest.raises(ModelError, match=rf"^encoder\.model: whole safetensors files expected in {folder}: "):
        read(decoder(model=str(folder)))


@pytest.mark.parametrize("text", ["", "{", "[]", '{"model_type": 3}', "{}"])
def test_a_configuration_that_is_none_is_named(decoder, folder, text):
    (folder / "config.json").write_text(text)
    with pytest.raises(ModelError, match=r"config\.json: the configuration of a model that transformers knows"):
        read(decoder(model=str(folder)))


def test_a_hub_that_gives_without_end_is_left(decoder, monkeypatch, tmp_path):
    def endless(*_: object, **__: object) -> str:
        place = Path(hub.constants.HF_HUB_CACHE) / "models--some--model"
        place.mkdir(parents=True)
        with (place / "blob").open("wb") as file:
            while True:
                file.write(bytes(2**16))
                file.flush()
                time.sleep(0.005)

    monkeypatch.setattr(hub.constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(hub, "MOST_GIGABYTES", 0.001)
    monkeypatch.setattr(hub, "PATIENCE", 0.5)
    monkeypatch.setattr(hub, "snapshot_download", endless)
    expected = r"^encoder\.model: at most 0\.001 GB expected from the Hugging Face hub, found more of some/model"
    with pytest.raises(WeightsError, match=expected):
        find_weights(decoder(model="some/model"))
    assert sum(path.stat().st_size for path in tmp_path.rglob("blob")) < 20e6
