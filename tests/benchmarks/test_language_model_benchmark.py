"""The benchmark of language models: that it runs, names the models as they are, and skips what needs a GPU."""

from pathlib import Path

import pytest
import torch

from benchmarks.language_model import CONFIGURATIONS, measure
from benchmarks.settings import Settings, SkippedError
from spectran.config.language_models import SOURCES


def settings(cache: Path, *, quick: bool) -> Settings:
    return Settings(None, torch.device("cpu"), 1, 1, quick=quick, rectools=None, cache=cache)


def test_every_model_is_measured(tmp_path):
    found = list(measure(settings(tmp_path, quick=True)))
    names = {one.case.split(", ")[1].split(" ")[0] for one in found}
    assert names == {"minilm", *CONFIGURATIONS}
    assert all(one.value > 0 for one in found if one.unit == "1/s")
    assert {one.unit for one in found} >= {"1/s", "share", "MB"}
    assert sum("forward and backward" in one.what for one in found) == 4


def test_they_are_the_presets_at_full_size():
    assert set(CONFIGURATIONS) == set(SOURCES) - {"minilm"}
    for name, configuration in CONFIGURATIONS.items():
        assert configuration["hidden_size"] == SOURCES[name]["width"]


def test_parameters_by_hand():
    """As their cards say: 8.03, 7.62 and 7.24 billion with words and, untied, the head."""
    totals = {"llama-3.1-8b": 8.030, "qwen2.5-7b": 7.616, "mistral-7b": 7.242}
    for name, c in CONFIGURATIONS.items():
        d, inner, head = c["hidden_size"], c["intermediate_size"], c["hidden_size"] // c["num_attention_heads"]
        keys = c["num_key_value_heads"] * head
        bias = d + 2 * keys if c["model_type"] == "qwen2" else 0
        block = 2 * d * d + 2 * d * keys + 3 * d * inner + 2 * d + bias
        total = c["num_hidden_layers"] * block + 2 * c["vocab_size"] * d + d
        assert total / 1e9 == pytest.approx(totals[name], abs=6e-4)


def test_large_models_are_skipped_without_a_gpu(tmp_path, monkeypatch):
    monkeypatch.setattr("benchmarks.language_model._model", lambda *_: iter(()))
    with pytest.raises(SkippedError, match=r"llama-3\.1-8b, qwen2\.5-7b, mistral-7b at full size need a CUDA GPU"):
        list(measure(settings(tmp_path, quick=False)))
