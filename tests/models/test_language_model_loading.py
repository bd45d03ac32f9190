"""Where a backbone's language model comes from, and which ones do not suit."""

import gc
import json
import shutil

import pytest
import torch
from transformers import BloomConfig, BloomModel, T5Config

from small import DIM, N_ITEMS, member
from spectran.config.backbones import LanguageModel
from spectran.config.methods import Base
from spectran.models.features import ItemFeatures
from spectran.models.language_models.loading import load
from spectran.models.recommender import Blueprint
from spectran.text import hub
from spectran.text.pretrained import ModelError
from spectran.text.weights import WeightsError
from tiny_language_models import saved

FLOAT64 = torch.float64


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("language-models")


def tensors(frozen):
    return {name: value.clone() for name, value in frozen.model.named_parameters()}


def same(a, b):
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


def loaded(options, dtype=FLOAT64):
    load.cache_clear()
    return load(options, dtype)


def test_random_twins_have_the_architecture_and_their_seeds_weights(folder):
    own = tensors(loaded(saved(folder, "llama")))
    first, again = (tensors(loaded(saved(folder, "llama", start="random"))) for _ in range(2))
    other = tensors(loaded(saved(folder, "llama", start="random", start_seed=1)))
    assert same(first, again)
    assert first.keys() == other.keys() == own.keys()
    weight = "layers.0.mlp.up_proj.weight"
    assert first[weight].std() == pytest.approx(0.4, rel=0.3)  # initializer_range
    assert not torch.allclose(first[weight], other[weight])
    assert not torch.allclose(first[weight], own[weight])


@pytest.mark.parametrize("options", [{"start": "random"}, {"unfrozen": {"lora_rank": 2}}, {}])
def test_loading_disturbs_no_other_draw(folder, options):
    options = saved(folder, "bert", **options)
    before = torch.get_rng_state()
    loaded(options)
    assert torch.equal(torch.get_rng_state(), before)


def test_a_random_twin_needs_the_configuration_only(folder, tmp_path, monkeypatch):
    source = saved(folder, "mistral").model
    (tmp_path / "bare").mkdir()
    shutil.copy(f"{source}/config.json", tmp_path / "bare")
    note = tmp_path / "asked"  # by another process

    def snapshot(model: str, revision: str | None, allow_patterns: list[str]) -> str:
        note.write_text(json.dumps({"model": model, "patterns": allow_patterns}))
        return str(tmp_path / "bare")

    monkeypatch.setattr(hub, "snapshot_download", snapshot)
    options = LanguageModel(model="someone/mistral", width=DIM, start="random")
    assert same(tensors(loaded(options)), tensors(loaded(saved(folder, "mistral", start="random"))))
    assert json.loads(note.read_text()) == {"model": "someone/mistral", "patterns": ["config.json"]}
    with pytest.raises(WeightsError, match="expected, found neither"):
        loaded(options.model_copy(update={"start": "pretrained"}))


def test_the_configuration_must_be_there(tmp_path):
    with pytest.raises(WeightsError, match=r"config\.json expected, found none"):
        loaded(LanguageModel(model=str(tmp_path), width=DIM, start="random"))


def test_words_and_heads_are_dropped_and_the_rest_is_frozen(folder):
    for family in ("bert", "llama"):
        frozen = loaded(saved(folder, family))
        names = set(tensors(frozen))
        assert not any("word" in name or "embed_tokens" in name or "pooler" in name for name in names)
        assert not any(parameter.requires_grad for parameter in frozen.model.parameters())
        assert not frozen.model.training
        assert {parameter.dtype for parameter in frozen.model.parameters()} == {FLOAT64}


def test_a_pack_that_is_built_again_shares_the_model(folder):
    blueprint = Blueprint(saved(folder, "llama"), Base(), DIM, 6, ItemFeatures(N_ITEMS), FLOAT64)
    first, second = (blueprint.build((member(seed),)).backbone.frozen for seed in (1, 2))
    assert first is second
    assert not any(isinstance(found, torch.nn.Module) for found in gc.get_referrers(first.model))


@pytest.mark.parametrize(("family", "longest"), [("mistral", 30), ("llama", 40), ("roberta", 38)])
def test_histories_longer_than_the_model_reads_are_refused(folder, family, longest):
    options = saved(folder, family)
    for history in (longest, longest + 1):
        blueprint = Blueprint(options, Base(), DIM, history, ItemFeatures(N_ITEMS), FLOAT64)
        if history == longest:
            blueprint.build((member(),))
        else:
            with pytest.raises(ValueError, match=f"at most {longest} items expected, .* found {longest + 1}"):
                blueprint.build((member(),))


def test_another_width_is_refused(folder):
    with pytest.raises(ModelError, match=rf"backbones\[LLM\]\.width: {DIM} expected for .*/llama, found 9"):
        loaded(saved(folder, "llama", width=9))


def test_an_encoder_decoder_is_refused(tmp_path):
    T5Config().save_pretrained(tmp_path)
    with pytest.raises(ModelError, match=r"backbones\[LLM\]\.model: .* found both"):
        loaded(LanguageModel(model=str(tmp_path), width=DIM, start="random"))


def test_a_model_whose_attention_cannot_be_ours_is_refused(tmp_path):
    BloomModel(BloomConfig(vocab_size=11, hidden_size=DIM, n_layer=2, n_head=2)).save_pretrained(tmp_path)
    with pytest.raises(ModelError, match=r"attention of transformers' own interface expected"):
        loaded(LanguageModel(model=str(tmp_path), width=DIM))


def test_weights_that_lack_a_parameter_are_refused(folder, tmp_path):
    shutil.copytree(saved(folder, "llama").model, tmp_path / "more")
    settings = json.loads((tmp_path / "more" / "config.json").read_text())
    (tmp_path / "more" / "config.json").write_text(json.dumps(settings | {"num_hidden_layers": 4, "layer_types": None}))
    with pytest.raises(ModelError, match=r"lacks \d+ parameters, layers\.3"):
        loaded(LanguageModel(model=str(tmp_path / "more"), width=DIM))


def test_offline_the_message_names_the_key(monkeypatch):
    def refuse(*_: object, **__: object) -> str:
        raise OSError(101, "Network is unreachable")

    monkeypatch.setattr(hub, "snapshot_download", refuse)
    with pytest.raises(WeightsError, match=r"backbones\[LLM\]\.model: the weights of Qwen/Qwen2\.5-7B are not on this"):
        loaded(LanguageModel(preset="qwen2.5-7b"))


@pytest.mark.parametrize("start", ["pretrained", "random"])
def test_minilm_comes_with_the_environment(start):
    frozen = loaded(LanguageModel(preset="minilm", start=start), torch.float32)
    assert len(frozen.blocks) == 6
    assert sum(parameter.numel() for parameter in frozen.blocks.parameters()) == 6 * (12 * 384**2 + 13 * 384)
