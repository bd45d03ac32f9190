"""What of a language model is trained after all: only that, each member its own, from the model as it is."""

import math

import pytest
import torch

from small import DIM, N_ITEMS, Small, data, member
from spectran.config.methods import Base
from spectran.config.training import Training
from spectran.models.features import ItemFeatures
from spectran.models.language_models.loading import load
from spectran.models.recommender import Blueprint
from spectran.text.pretrained import ModelError
from spectran.training.pack import PackRun
from tiny_language_models import saved

MEMBERS = (member(0, dropout=0.0), member(1, dropout=0.0))
WHOLE, LORA = {"last_blocks": 1}, {"lora_rank": 2, "lora_scale": 3.0}
BOTH = pytest.mark.parametrize("unfrozen", [WHOLE, LORA], ids=["last", "lora"])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("language-models")


def built(options, dtype=torch.float64):
    return Blueprint(options, Base(), DIM, 6, ItemFeatures(N_ITEMS), dtype).build(MEMBERS).eval()


def vectors(model):
    return model.user_vectors(data().known.expand(2, -1, -1)[:, :9], model.method.item_table())


@BOTH
@pytest.mark.parametrize("family", ["llama", "qwen2", "mistral", "bert"])
def test_it_starts_as_the_frozen_model(folder, family, unfrozen):
    frozen, trained = (built(saved(folder, family, **more)) for more in ({}, {"unfrozen": unfrozen}))
    torch.testing.assert_close(vectors(trained), vectors(frozen), rtol=1e-12, atol=1e-12)


def test_of_the_last_blocks_every_tensor_is_trained(folder):
    model = built(saved(folder, "llama", unfrozen={"last_blocks": 2}))
    names = {name for name, _ in model.backbone.unfrozen.named_parameters()}
    blocks = model.backbone.frozen.blocks
    assert names == {
        f"trained.{n}.{name.replace('.', '/')}" for n in (1, 2) for name, _ in blocks[n].named_parameters()
    }
    assert model.parameters_per_member() == (N_ITEMS + 1) * DIM + 2 * DIM + sum(
        parameter.numel() for n in (1, 2) for parameter in blocks[n].parameters()
    )


def test_lora_trains_two_factors_of_every_linear_map_of_every_block(folder):
    model = built(saved(folder, "bert", unfrozen=LORA))
    maps = 4 * 2 * (DIM + DIM) + 2 * 2 * (DIM + 12)  # query, key, value, output; inner width 12
    assert model.parameters_per_member() == (N_ITEMS + 1) * DIM + 2 * DIM + 3 * maps
    factors = dict(model.backbone.unfrozen.named_parameters())
    assert all((value == 0).all() for name, value in factors.items() if "lora_B" in name)
    first = factors["trained.0.attention/self/query/lora_A/default/weight"]
    assert first.abs().max() <= 1 / math.sqrt(DIM)
    assert first[0].std() > 0.1
    assert not torch.equal(first[0], first[1])


def test_lora_adds_the_scaled_product_to_each_map(folder):
    """Against the same model with the sum put into its weights."""
    model = built(saved(folder, "qwen2", unfrozen=LORA))
    generator = torch.Generator().manual_seed(5)
    factors = dict(model.backbone.unfrozen.named_parameters())
    for value in factors.values():
        value.data = torch.randn(value.shape, generator=generator, dtype=torch.float64)
    ours = vectors(model)
    for k in range(2):
        load.cache_clear()
        plain = built(saved(folder, "qwen2"))
        with torch.no_grad():
            for number, block in enumerate(plain.backbone.frozen.blocks):
                for name, module in block.named_modules():
                    if isinstance(module, torch.nn.Linear):
                        where = f"trained.{number}.{name.replace('.', '/')}"
                        a, b = (factors[f"{where}/lora_{which}/default/weight"][k] for which in "AB")
                        module.weight += 3.0 * b @ a
        torch.testing.assert_close(ours[k], vectors(plain)[k], rtol=1e-9, atol=1e-9)
    load.cache_clear()


@pytest.mark.parametrize("unfrozen", [None, WHOLE, LORA], ids=["frozen", "last", "lora"])
@pytest.mark.parametrize("family", ["llama", "bert"])
def test_the_frozen_model_is_the_same_bit_for_bit_after_training(folder, family, unfrozen, tmp_path):
    options = saved(folder, family, unfrozen=unfrozen, temporal_filter={"cutoff": 0.4, "learned": True})
    schedule = Small(tmp_path, Base(), options, Training(batch=16, negatives=5)).schedule()
    run = PackRun(schedule.blueprint, MEMBERS, schedule.data, schedule.training, schedule.evaluation)
    frozen = run.model.backbone.frozen
    before = {name: value.numpy().tobytes() for name, value in frozen.model.state_dict().items()}
    start = {name: value.detach().clone() for name, value in run.model.named_parameters()}
    run.advance()
    assert {name: value.numpy().tobytes() for name, value in frozen.model.state_dict().items()} == before
    assert all(parameter.grad is None for parameter in frozen.model.parameters())
    for name, value in run.model.named_parameters():
        moved = (value - start[name]).flatten(1).abs().amax(dim=1)
        assert (moved > 0).all(), name
    assert (unfrozen is None) == (not any("unfrozen" in name for name in start))


@pytest.mark.parametrize(("family", "unfrozen"), [("llama", WHOLE), ("gpt2", WHOLE), ("llama", LORA)])
def test_a_half_precision_model_trains_in_float32(folder, family, unfrozen):
    model = built(saved(folder, family, unfrozen=unfrozen, dtype="bfloat16"), torch.float32)
    found = vectors(model)
    found.sum().backward()
    for name, value in model.backbone.named_parameters():
        assert value.dtype == torch.float32
        assert torch.isfinite(value.grad).all(), name
    exact = vectors(built(saved(folder, family, unfrozen=unfrozen), torch.float32))
    assert 0 < (found - exact).abs().max() < 0.3


def test_more_blocks_than_there_are_are_refused(folder):
    with pytest.raises(ModelError, match=r"last_blocks: at most 3, found 4"):
        built(saved(folder, "llama", unfrozen={"last_blocks": 4}))


def test_lora_needs_linear_maps(folder):
    with pytest.raises(ModelError, match="linear maps expected"):
        built(saved(folder, "gpt2", unfrozen=LORA))
