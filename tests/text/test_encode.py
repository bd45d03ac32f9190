"""The whole stage: bytes, provenance, interruption, refusal."""

import html
import io
import json
import logging
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from safetensors.torch import load_file, save_file

from spectran.config.text import Encoder
from spectran.config.training import Compute
from spectran.text.encode import VectorsError, encode_items
from spectran.text.model import LanguageModel, load_model
from spectran.text.titles import word
from spectran.text.weights import find_weights


@dataclass
class Run:
    """One run of the stage in a folder of its own."""

    folder: Path
    items: Path

    def __call__(self, encoder: Encoder) -> None:
        """Encode."""
        encode_items(self.items, encoder, Compute(device="cpu"), self.vectors, self.record, self.state)

    @property
    def vectors(self) -> Path:
        """The embeddings."""
        return self.folder / "embeddings.npy"

    @property
    def record(self) -> Path:
        """Their provenance."""
        return self.folder / "encoding.json"

    @property
    def state(self) -> Path:
        """The folder of finished shards."""
        return self.folder / ".shards"

    @property
    def outputs(self) -> tuple[bytes, bytes]:
        """The bytes of both outputs."""
        return self.vectors.read_bytes(), self.record.read_bytes()


@pytest.fixture
def run(tmp_path, items) -> Run:
    return Run(tmp_path / "run", items)


@pytest.fixture
def unbroken(tmp_path, items, decoder) -> tuple[bytes, bytes]:
    reference = Run(tmp_path / "reference", items)
    reference(decoder())
    return reference.outputs


class Stopped(BaseException):
    """An interruption: like Ctrl-C, it is no Exception."""


def stop_after(monkeypatch: pytest.MonkeyPatch, batches: int) -> list[int]:
    """Let the model encode this many batches, then stop it; gives the sizes of the batches encoded."""
    encode, sizes = LanguageModel.encode, []

    def counted(self: LanguageModel, rows: list[list[int]]) -> torch.Tensor:
        if len(sizes) == batches:
            raise Stopped
        sizes.append(len(rows))
        return encode(self, rows)

    monkeypatch.setattr(LanguageModel, "encode", counted)
    return sizes


def interrupt(run: Run, encoder: Encoder, batches: int) -> None:
    """Start a run and stop it after some batches."""
    with pytest.MonkeyPatch.context() as patch:
        stop_after(patch, batches)
        with pytest.raises(Stopped):
            run(encoder)


def distinct(titles: list[str]) -> int:
    """How many of the titles the model sees as different ones."""
    return len({tuple(title.split()[:11]) for title in titles})


def test_items_of_the_same_text_have_the_same_row_bit_by_bit(tmp_path, decoder, titles):
    """Each title stands at both ends, padded to some trimmed, and the batches are narrow enough to part the twins."""
    wanted = [*titles, *titles[::-1], *[f" {title} " for title in titles]]
    table = pd.DataFrame({"item": range(len(wanted)), "id": [f"B{n}" for n in range(len(wanted))], "title": wanted})
    table.to_parquet(tmp_path / "twins.parquet")
    run = Run(tmp_path / "run", tmp_path / "twins.parquet")
    run(decoder())
    vectors = np.load(run.vectors)
    for twins in (vectors[len(titles) : 2 * len(titles)][::-1], vectors[2 * len(titles) :]):
        assert twins.tobytes() == vectors[: len(titles)].tobytes()
    alone = Run(tmp_path / "alone", tmp_path / "alone.parquet")
    table[: len(titles)].to_parquet(alone.items)
    alone(decoder())
    assert np.load(alone.vectors).tobytes() == vectors[: len(titles)].tobytes()


def test_rows_are_items_whatever_the_batches(run, decoder, titles):
    run(decoder())
    vectors = np.load(run.vectors, allow_pickle=False)
    assert vectors.shape == (len(titles), 32)
    assert vectors.dtype == np.float32
    encoder = decoder()
    model = load_model(find_weights(encoder), encoder, torch.device("cpu"))
    singles = [model.encode([row])[0].numpy() for row in model.tokenise(word(titles, encoder).texts).ids]
    np.testing.assert_allclose(vectors, singles, atol=1e-5)
    run(decoder(batch_tokens=500, shard_items=1000))
    np.testing.assert_allclose(np.load(run.vectors), singles, atol=1e-5)


def test_provenance(run, decoder, titles, llama, tmp_path):
    run(decoder())
    text = run.record.read_text()
    record = json.loads(text)
    assert str(llama.parent) not in text
    assert str(tmp_path) not in text
    assert record["encoder"] == decoder().model_dump(mode="json") | {"model": "tiny-llama"}
    assert record["weights"]["from"] == "folder"
    assert len(record["weights"]["sha256"]["model.safetensors"]) == 64
    assert record["device"] == "cpu"
    assert set(record["versions"]) == {"torch", "transformers"}
    assert (record["items"], record["dimension"]) == (len(titles), 32)
    assert record["empty_titles"] == sum(not title for title in titles) == 3
    assert record["truncated_titles"] == 2
    texts = {html.unescape(title).strip() for title in titles}
    seen = {tuple(text.split()[:11]) for text in texts}
    assert record["distinct_texts"] == len(texts) < len(titles)
    assert record["encoded"] == len(seen)
    assert record["tokens"] == sum(1 + len(words) for words in seen)
    assert 0 < record["padding_share"] < 0.5


def test_padding_share_by_hand(run, decoder):
    """One batch for three rare lengths, 12, 9 and 8 tokens, for two would cost more; and one for each common length."""
    words = [f"word{n}" for n in range(20)]
    texts = [words[:11], words[:8], *[words[n : n + 7] for n in range(13)], *[[word] for word in words]]
    table = pd.DataFrame({"item": range(35), "id": range(35), "title": [" ".join(text) for text in texts]})
    table.to_parquet(run.items)
    run(decoder(batch_tokens=10_000, shard_items=1000))
    record = json.loads(run.record.read_text())
    assert record["tokens"] == 12 + 9 + 13 * 8 + 20 * 2
    assert record["padding_share"] == pytest.approx(1 - 165 / (2 * 12 + 13 * 8 + 20 * 2), abs=1e-6)
    assert record["batch_tokens"] == 10_000


def test_batches_are_as_large_as_the_device_likes(run, decoder):
    run(decoder(batch_tokens="auto"))
    record = json.loads(run.record.read_text())
    assert record["batch_tokens"] == 1024
    assert record["encoder"]["batch_tokens"] == "auto"


def test_where_memory_runs_out_batches_are_halved(run, decoder, unbroken, monkeypatch, caplog):
    encode, widths = LanguageModel.encode, []

    def short(self: LanguageModel, rows: list[list[int]]) -> torch.Tensor:
        tokens = max(map(len, rows)) * len(rows)
        widths.append(tokens)
        if tokens > 40:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return encode(self, rows)

    monkeypatch.setattr(LanguageModel, "encode", short)
    run(decoder(batch_tokens=200))
    np.testing.assert_allclose(np.load(run.vectors), np.load(io.BytesIO(unbroken[0])), atol=1e-5)
    assert sum(tokens > 40 for tokens in widths) in {1, 2}
    assert "text: memory ran out; batches of at most" in caplog.text
    assert "not 200" in caplog.text


def test_the_same_bytes_each_time_and_no_state_left(run, decoder, unbroken):
    run(decoder())
    assert run.outputs == unbroken
    assert not run.state.exists()
    assert sorted(path.name for path in run.folder.iterdir()) == ["embeddings.npy", "encoding.json"]


@pytest.mark.parametrize("batches", [0, 1, 5, 9])
def test_interrupted_and_resumed_equals_unbroken(run, decoder, unbroken, titles, batches):
    interrupt(run, decoder(), batches=batches)
    assert not run.vectors.exists()
    finished = len(list(run.state.glob("shard-*.safetensors")))
    assert finished == 0 or batches > 1
    with pytest.MonkeyPatch.context() as patch:
        sizes = stop_after(patch, -1)
        run(decoder())
    assert sum(sizes) == distinct(titles) - 7 * finished
    assert run.outputs == unbroken
    if batches == 9:
        assert finished >= 2


def test_shards_of_other_settings_or_damaged_ones_are_not_used(run, decoder, unbroken, titles, caplog):
    interrupt(run, decoder(prompt="word7 {title}"), batches=9)
    assert list(run.state.glob("shard-*.safetensors"))
    caplog.set_level(logging.INFO)
    interrupt(run, decoder(), batches=9)
    assert f"{distinct(titles)} distinct titles to encode, 0 found finished" in caplog.text
    shard = min(run.state.glob("shard-*.safetensors"))
    shard.write_bytes(shard.read_bytes()[:-7])
    run(decoder())
    assert run.outputs == unbroken


def test_shards_of_other_titles_are_not_used(run, decoder, titles, caplog):
    interrupt(run, decoder(), batches=9)
    table = pd.read_parquet(run.items)
    table["title"] = titles[::-1]
    table.to_parquet(run.items)
    caplog.set_level(logging.INFO)
    run(decoder())
    assert "0 found finished" in caplog.text


def test_vectors_with_nan_are_refused_naming_the_item(run, decoder, llama, tmp_path, titles):
    folder = tmp_path / "nan"
    shutil.copytree(llama, folder)
    tensors = load_file(folder / "model.safetensors")
    tensors["model.embed_tokens.weight"][4 + 19] = float("nan")
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    titles = ["word1", "word1", *titles]  # twins in front: an item's number is not that of its text
    table = pd.DataFrame({"item": range(len(titles)), "id": [f"B{n:04d}" for n in range(len(titles))], "title": titles})
    table.to_parquet(run.items)
    first = next(n for n, title in enumerate(titles) if "word19" in title)
    with pytest.raises(VectorsError, match=rf"NaN or infinite .* item B{first:04d} \('{titles[first]}'\)"):
        run(decoder(model=str(folder), shard_items=1000))
    assert not run.vectors.exists()
    assert not run.record.exists()
    assert not list(run.state.glob("shard-*.safetensors"))


def test_progress_is_shown(run, decoder, titles, caplog):
    caplog.set_level(logging.INFO)
    run(decoder())
    assert f"text: {distinct(titles)}/{distinct(titles)} titles" in caplog.text
