"""FreLLM4Rec's fusion: the formula written out, what it reads, what it trains, and how many numbers that is."""

import numpy as np
import pytest
import torch

from small import DIM, N_ITEMS, TEXT_DIM, features, member, sequences
from spectran.config.backbones import SASRec
from spectran.config.graph import GraphFilter, ItemGraph
from spectran.config.methods import FreLLM4Rec, Source
from spectran.data.sequences import Sequences
from spectran.models.counting import trainable_parameters
from spectran.models.features import ItemFeatures
from spectran.models.members import Pack
from spectran.models.methods import build_method
from spectran.models.methods.frellm4rec import FreLLM4RecMethod
from spectran.models.noise import PackedNoise
from spectran.spectra.item_graph import item_graph, normalised
from spectran.spectra.matrix import unit_rows

WIDTH, HIDDEN = 5, 7
OPTIONS = FreLLM4Rec(collaborative=Source(dim=WIDTH), hidden=HIDDEN, graph_filter=GraphFilter(alpha=0.4))


def with_vectors(folder, vectors=None):
    """The small features with a train part, and item vectors of another cell, on disk."""
    if vectors is None:
        vectors = np.random.default_rng(8).normal(3.0, 2.0, size=(N_ITEMS, WIDTH))
    np.save(folder / "items.npy", vectors.astype(np.float32))
    made = features(folder)
    return ItemFeatures(N_ITEMS, {**made.paths, "collaborative": folder / "items.npy"}, train=sequences())


def built(folder, options=OPTIONS, *, members=1):
    pack = Pack(tuple(member(seed) for seed in range(members)), torch.float64)
    method = build_method(options, pack, with_vectors(folder), DIM, PackedNoise(pack))
    assert isinstance(method, FreLLM4RecMethod)
    return method


def plain_sides(method, k, S, folder):
    """The two sides of one member, in numpy."""
    own = {name: parameter[k].detach().numpy() for name, parameter in method.named_parameters()}

    def linear(name, x):
        return x @ own[f"{name}.weight"] + own[f"{name}.bias"]

    def normed(name, x):
        centred = x - x.mean(axis=1, keepdims=True)
        unit = centred / np.sqrt(x.var(axis=1, keepdims=True) + 1e-5)
        return unit * own[f"{name}.weight"] + own[f"{name}.bias"]

    vectors = np.load(folder / "items.npy").astype(np.float64)
    text = unit_rows(np.load(folder / "embeddings.npy")) * np.sqrt(TEXT_DIM)
    low_pass = 0.6 * np.eye(N_ITEMS) + 0.4 * S
    ids = normed("id_norm", low_pass @ linear("ids", vectors / vectors.std()))
    inner = np.maximum(linear("titles.0", text), 0)
    return ids, normed("title_norm", low_pass @ linear("titles.2", inner)), linear


@pytest.mark.parametrize("fusion", ["gate", "concat-mlp"])
def test_the_formula_written_out(tmp_path, fusion):
    method = built(tmp_path, OPTIONS.model_copy(update={"fusion": fusion}), members=2)
    with torch.no_grad():
        for parameter in method.parameters():
            parameter += 0.1 * torch.randn(parameter.shape, generator=torch.Generator().manual_seed(2))
    S = normalised(item_graph(sequences(), ItemGraph())).toarray()
    for k in range(2):
        ids, titles, linear = plain_sides(method, k, S, tmp_path)
        both = np.concatenate([ids, titles], axis=1)
        if fusion == "gate":
            gate = 1 / (1 + np.exp(-linear("gate", both)))
            expected = gate * ids + (1 - gate) * titles
        else:
            expected = linear("mix.2", np.maximum(linear("mix.0", both), 0))
        table = method.item_table()[k].detach().numpy()
        np.testing.assert_allclose(table[:-1], expected, rtol=1e-10, atol=1e-12)
        assert (table[-1] == 0).all()
        np.testing.assert_allclose(method.semantic_table()[k].detach().numpy(), titles, rtol=1e-10, atol=1e-12)


def test_without_a_graph_filter_it_is_that_of_strength_zero(tmp_path):
    none = built(tmp_path, OPTIONS.model_copy(update={"graph_filter": None}))
    zero = built(tmp_path, OPTIONS.model_copy(update={"graph_filter": GraphFilter(alpha=0.0)}))
    assert none.low_pass is None
    assert torch.equal(none.item_table(), zero.item_table())
    assert not torch.equal(none.item_table(), built(tmp_path).item_table())


@pytest.mark.parametrize("learned", [False, True])
@pytest.mark.parametrize("fusion", ["gate", "concat-mlp"])
def test_the_number_of_parameters(fusion, learned):
    options = FreLLM4Rec(fusion=fusion, graph_filter=GraphFilter(learned=learned))
    backbone = SASRec()
    base = {"n_items": 30, "dim": 64, "text_dim": 96, "rank": 20}
    sequential = trainable_parameters(backbone, options, **base) - _of_items(64, 96, fusion=fusion, learned=learned)
    again = trainable_parameters(backbone, options, **(base | {"text_dim": 200}))
    assert again == sequential + _of_items(64, 200, fusion=fusion, learned=learned)
    blocks = 2 * (4 * (64 * 64 + 64) + 2 * (64 * 64 + 64) + 2 * 2 * 64)
    assert sequential == 10 * 64 + blocks + 2 * 64


def _of_items(d, width, *, fusion, learned):
    ids, titles, norms = 50 * d + d, width * 1000 + 1000 + 1000 * d + d, 2 * 2 * d
    gate, mix = 2 * d * d + d, 2 * d * 1000 + 1000 + 1000 * d + d
    return ids + titles + norms + (gate if fusion == "gate" else mix) + learned


def test_what_is_read_stays_as_it_is_and_all_else_learns(tmp_path):
    learned = OPTIONS.model_copy(update={"graph_filter": GraphFilter(learned=True)})
    method = built(tmp_path, learned)
    (method.item_table() ** 3).sum().backward()
    assert all(parameter.grad is not None and parameter.grad.abs().sum() > 0 for parameter in method.parameters())
    assert not any(buffer.requires_grad for buffer in method.buffers())
    assert not {"vectors", "text"} & method.state_dict().keys()


def test_the_scale_of_the_vectors_means_nothing(tmp_path):
    vectors = np.random.default_rng(3).normal(size=(N_ITEMS, WIDTH))
    small, large = (with_vectors(tmp_path, scale * vectors).collaborative(WIDTH) for scale in (1.0, 4.0))
    np.testing.assert_array_equal(small, large)
    assert small.std() == pytest.approx(1)
    assert (with_vectors(tmp_path, 0 * vectors).collaborative(WIDTH) == 0).all()


@pytest.mark.parametrize(
    ("shape", "bad", "message"),
    [
        ((N_ITEMS, WIDTH + 1), 0.0, f"items.npy: {WIDTH} columns of finite numbers expected, found {WIDTH + 1}"),
        ((N_ITEMS - 1, WIDTH), 0.0, f"items.npy: one row for each of {N_ITEMS} items expected, found {N_ITEMS - 1}"),
        ((N_ITEMS, WIDTH), np.nan, f"items.npy: {WIDTH} columns of finite numbers expected, found entries that are"),
    ],
)
def test_vectors_of_another_shape_are_refused(tmp_path, shape, bad, message):
    vectors = np.ones(shape)
    vectors[2, 3] += bad
    with pytest.raises(ValueError, match=message):
        with_vectors(tmp_path, vectors).collaborative(WIDTH)


def test_a_pack_starts_as_single_members_do(tmp_path):
    pack = built(tmp_path, OPTIONS, members=2)
    for k in range(2):
        alone = Pack((member(k),), torch.float64)
        single = build_method(OPTIONS, alone, with_vectors(tmp_path), DIM, PackedNoise(alone))
        torch.testing.assert_close(pack.item_table()[k], single.item_table()[0], rtol=0, atol=1e-14)
    pack.keep(1)
    assert pack.members == 1


def test_items_that_no_one_has_keep_their_vectors(tmp_path):
    made = with_vectors(tmp_path)
    unseen = ItemFeatures(N_ITEMS, made.paths, train=Sequences([np.array([0, 1])] * 2, N_ITEMS))
    pack = Pack((member(),), torch.float64)
    filtered, plain = (
        build_method(options, pack, unseen, DIM, PackedNoise(pack)).item_table()[0]
        for options in (OPTIONS, OPTIONS.model_copy(update={"graph_filter": None}))
    )
    assert torch.equal(filtered[2:], plain[2:])
    assert not torch.equal(filtered[:2], plain[:2])
