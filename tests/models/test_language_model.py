"""A language model that reads items, against transformers' own model on one unpadded sequence at a time."""

from functools import lru_cache

import pytest
import torch
from transformers import AutoModel

from small import DIM, N_ITEMS, member
from spectran.config.backbones import LanguageModel
from spectran.config.methods import Base
from spectran.config.temporal import TemporalFilter
from spectran.models.features import ItemFeatures
from spectran.models.recommender import Blueprint
from spectran.text.weights import find_weights
from tiny_language_models import FAMILIES, saved

N = N_ITEMS
#: Two members' histories, of other lengths, one empty.
IDS = torch.tensor(
    [
        [[N, N, N, N, 3, 4], [N, N, N, N, N, 2], [1, 2, 3, 4, 5, 6]],
        [[N, 8, 9, 3, 4, 4], [7, 1, 2, 2, 5, 0], [N, N, N, N, N, N]],
    ]
)
CAUSAL = TemporalFilter(cutoff=0.3)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("language-models")


def built(options, *, dtype=torch.float64, members=2, history=6, dense=False):
    """A model in evaluation mode."""
    blueprint = Blueprint(options, Base(), options.width, history, ItemFeatures(N), dtype)
    model = blueprint.build(tuple(map(member, range(members)))).eval()
    model.dense = dense
    return model


def table_of(model, *, dtype=torch.float64):
    """Item vectors that are no member's own."""
    rows = torch.randn(
        len(model.noise.members),
        N + 1,
        model.backbone.norm.weight.shape[1],
        generator=torch.Generator().manual_seed(2),
        dtype=dtype,
    )
    rows[:, -1] = 0
    return rows


def read(model, ids, table):
    """What the last norm makes of real places, NaN elsewhere: (K, B, T, d)."""
    real = ids != N
    layout = model.layout(real, real)
    hidden = model(ids, table, layout, layout.rows)
    return layout.grid(hidden, layout.rows).where(real[..., None], torch.nan)


@lru_cache
def theirs(folder):
    """Transformers' own model."""
    return AutoModel.from_pretrained(folder, dtype=torch.float64, attn_implementation="sdpa").eval()


def oracle(folder, vectors, matrix=None):
    """All hidden states that transformers' own model gives for one sequence (n, d), and the final ones.

    Encoders are asked to read from left to right, as decoders do. After each block a matrix (n, n), if there is one.
    """
    model, length = theirs(folder), len(vectors)
    causal = torch.full((1, 1, length, length), -torch.inf, dtype=torch.float64).triu(1)
    mask = causal if model.config.model_type in {"bert", "roberta"} else None
    blocks = next(module for module in model.modules() if isinstance(module, torch.nn.ModuleList))
    filtered = [] if matrix is None else blocks
    hooks = [block.register_forward_hook(lambda block, inputs, output: matrix @ output) for block in filtered]
    output = model(inputs_embeds=vectors[None], attention_mask=mask, output_hidden_states=True)
    for hook in hooks:
        hook.remove()
    return [state[0] for state in output.hidden_states], output.last_hidden_state[0]


@pytest.mark.parametrize("temporal_filter", [None, CAUSAL], ids=["plain", "filter"])
@pytest.mark.parametrize("dense", [False, True])
@pytest.mark.parametrize("family", FAMILIES)
def test_it_gives_what_the_model_gives_for_one_sequence_at_a_time(folder, family, dense, temporal_filter):
    """Padding, the batch's other sequences, other members and packing into rows change nothing."""
    options = saved(folder, family, temporal_filter=temporal_filter)
    model = built(options, dense=dense)
    table = table_of(model)
    ours = read(model, IDS, table)
    for k, b in ((0, 0), (0, 1), (0, 2), (1, 0), (1, 1)):
        items = IDS[k, b][IDS[k, b] != N]
        n = len(items)
        matrix = model.backbone.filters[0].matrices()[0, n, -n:, -n:] if temporal_filter else None
        _, final = oracle(options.model, table[k, items], matrix)
        expected = torch.nn.functional.layer_norm(final, (DIM,), eps=1e-8)
        torch.testing.assert_close(ours[k, b, -n:], expected, rtol=1e-10, atol=1e-10)
        assert expected.std() > 0.1


@pytest.mark.parametrize("family", FAMILIES)
def test_states_are_the_models_own(folder, family):
    """The last one is before the model's last norm, which transformers does not show."""
    options = saved(folder, family)
    model = built(options)
    table, real = table_of(model), IDS != N
    layout = model.layout(real, real)
    states = model.backbone.states(model.backbone.embed(layout.rows.values(IDS.flatten(1)), table), layout)
    assert len(states) == 4
    expected, final = oracle(options.model, table[1, IDS[1, 1]])
    for number, state in enumerate(states):
        ours = layout.grid(state, layout.rows)[1, 1]
        if number < 3:
            torch.testing.assert_close(ours, expected[number], rtol=1e-10, atol=1e-10)
        elif family in {"bert", "roberta"}:
            torch.testing.assert_close(ours, final, rtol=1e-10, atol=1e-10)
        else:
            assert not torch.allclose(ours, final)


@pytest.mark.parametrize("temporal_filter", [None, CAUSAL])
@pytest.mark.parametrize("family", FAMILIES)
def test_no_place_reads_a_later_one(folder, family, temporal_filter):
    model = built(saved(folder, family, temporal_filter=temporal_filter))
    table = table_of(model).requires_grad_()
    full = IDS[:, 2:].clone()
    full[1] = torch.tensor([9, 10, 11, 12, 13, 14])
    full[0] = torch.tensor([1, 2, 3, 4, 5, 6])
    hidden = read(model, full, table)
    for place in range(6):
        (gradient,) = torch.autograd.grad(
            hidden[:, 0, place].sum(0) @ torch.arange(1.0, DIM + 1).double(), table, retain_graph=True
        )
        lengths = gradient[[[0], [1]], full[:, 0]].norm(dim=-1)
        assert (lengths[:, place + 1 :] == 0).all()
        assert (lengths[:, : place + 1] > 0).all()


def test_the_circular_filter_does_read_later_places(folder):
    model = built(saved(folder, "llama", temporal_filter=TemporalFilter(form="circular")))
    table = table_of(model).requires_grad_()
    read(model, IDS, table)[1, 1, 0, 0].backward()
    assert table.grad[1, IDS[1, 1, -1]].norm() > 0


@pytest.mark.parametrize("temporal_filter", [None, CAUSAL])
@pytest.mark.parametrize("family", ["llama", "bert"])
def test_padding_and_company_change_nothing(folder, family, temporal_filter):
    model = built(saved(folder, family, temporal_filter=temporal_filter))
    table = table_of(model)
    together = read(model, IDS, table)
    alone = read(model, IDS[:, :1], table)
    torch.testing.assert_close(together[:, :1], alone, equal_nan=True, rtol=1e-12, atol=1e-12)
    trimmed = read(model, IDS[:, :2, -5:][:1].expand(2, -1, -1), table)
    torch.testing.assert_close(trimmed[0], together[0, :2, -5:], equal_nan=True, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("family", ["llama", "bert"])
@pytest.mark.parametrize("history", [1, 2])
def test_short_and_empty_histories(folder, family, history):
    model = built(saved(folder, family, temporal_filter=CAUSAL), history=history)
    table, ids = table_of(model), IDS[..., -history:]
    vectors = model.user_vectors(ids, table)
    assert vectors.shape == (2, 3, DIM)
    assert torch.isfinite(vectors).all()
    torch.testing.assert_close(vectors[:, :2], read(model, ids, table)[:, :2, -1], rtol=1e-12, atol=1e-12)


def test_a_gpus_way_to_rank_gives_the_same(folder):
    options = saved(folder, "mistral", temporal_filter=CAUSAL)
    table = table_of(built(options))
    vectors = [built(options, dense=dense).user_vectors(IDS, table) for dense in (False, True)]
    torch.testing.assert_close(*vectors, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("dense", [False, True])
@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_a_model_in_half_precision_is_near_and_gives_float32(folder, dtype, dense):
    exact = built(saved(folder, "llama", temporal_filter=CAUSAL), dtype=torch.float32, dense=dense)
    half = built(saved(folder, "llama", temporal_filter=CAUSAL, dtype=dtype), dtype=torch.float32, dense=dense)
    table = table_of(exact, dtype=torch.float32).requires_grad_()
    a, b = (read(model, IDS, table) for model in (exact, half))
    assert half.backbone.frozen.dtype == getattr(torch, dtype)
    assert b.dtype == torch.float32
    assert 0 < (a - b).nan_to_num().abs().max() < 0.3
    b.nan_to_num().sum().backward()
    assert torch.isfinite(table.grad).all()


def test_rows_of_padding_are_not_computed(folder, monkeypatch):
    model = built(saved(folder, "llama"), members=1)
    shapes = []
    inner = model.backbone.frozen.model.layers[0].mlp
    hook = inner.register_forward_pre_hook(lambda _, inputs: shapes.append(inputs[0].shape))
    read(model, IDS[:1], table_of(model))
    hook.remove()
    assert shapes == [(1, 2 + 1 + 6, DIM)]


def test_nothing_of_the_model_is_a_parameter(folder):
    model = built(saved(folder, "llama"))
    assert {name for name, _ in model.backbone.named_parameters()} == {"norm.weight", "norm.bias"}
    assert set(model.backbone.state_dict()) == {"norm.weight", "norm.bias"}
    filtered = built(saved(folder, "llama", temporal_filter=TemporalFilter(learned=True)))
    names = {f"filters.{number}.cutoff.logit" for number in range(3)}
    assert {name for name, _ in filtered.backbone.named_parameters()} == {"norm.weight", "norm.bias"} | names


def test_nothing_of_a_batch_stays_with_the_shared_model(folder):
    """Also where a block fails."""
    model = built(saved(folder, "llama"))
    blocks = model.backbone.frozen.blocks
    before = [set(vars(block)) for block in blocks]
    read(model, IDS, table_of(model))
    with pytest.raises(ZeroDivisionError):
        model.backbone.frozen.read(table_of(model)[:, :9], model.layout(IDS != N, IDS != N), lambda *_: 1 / 0)
    assert [set(vars(block)) for block in blocks] == before


def test_minilm_reads_items():
    """The one that comes with the environment, in float32 as the default study has it."""
    options = LanguageModel(preset="minilm")
    model = built(options, dtype=torch.float32, members=1)
    table = table_of(model, dtype=torch.float32)
    ours = read(model, IDS[:1], table)
    for b, length in ((0, 2), (2, 6)):
        _, final = oracle(find_weights(options).folder, table[0, IDS[0, b, -length:]].double())
        expected = torch.nn.functional.layer_norm(final, (384,), eps=1e-8).float()
        torch.testing.assert_close(ours[0, b, -length:], expected, rtol=0, atol=1e-4)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU here")
def test_a_gpu_gives_the_same_and_a_pack_built_on_the_processor_later_still_works(folder):
    options = saved(folder, "llama", temporal_filter=CAUSAL, unfrozen={"last_blocks": 1})
    model = built(options, dense=True)
    table = table_of(model)
    before = model.user_vectors(IDS, table)
    on_gpu = model.to("cuda").user_vectors(IDS.cuda(), table.cuda()).cpu()
    torch.testing.assert_close(on_gpu, before, rtol=1e-9, atol=1e-9)
    torch.testing.assert_close(built(options).user_vectors(IDS, table), before, rtol=1e-12, atol=1e-12)
