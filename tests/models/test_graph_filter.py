"""The filter on the item graph against numpy, and any method's item table under it."""

import numpy as np
import pandas as pd
import pytest
import torch
from pydantic import ValidationError
from scipy import sparse

from small import DIM, METHODS, N_ITEMS, blueprint, data, features, member, sequences
from spectran.config.graph import GraphFilter, ItemGraph
from spectran.config.methods import LLMESR, Base, SpecTran
from spectran.data.sequences import Sequences
from spectran.models.counting import Shapes
from spectran.models.features import ItemFeatures
from spectran.models.graph_filter import PackedGraphFilter
from spectran.models.members import Pack
from spectran.models.methods.filtered import FilteredMethod
from spectran.spectra.cell import tables_of
from spectran.spectra.item_graph import item_graph, normalised
from spectran.spectra.low_pass import low_pass
from spectran.spectra.weights import write_weights

MEMBERS = (member(0), member(1), member(2))
#: Users' items; nobody has item 3.
TRAIN = Sequences([np.array(items) for items in ([0, 1, 2], [1, 2, 4], [5, 0], [4, 4, 1])], 6)
W = item_graph(TRAIN, ItemGraph())
S = normalised(W)


def build(graph=S, **options):
    return PackedGraphFilter(Pack(MEMBERS, torch.float64), "filter", GraphFilter(**options), graph)


def signals(*shape):
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("hops", [1, 2, 3])
@pytest.mark.parametrize("alpha", [0.0, 0.3, 0.7, 1.0])
def test_it_is_the_numpy_filter(alpha, hops):
    x = signals(3, 6, 4)
    found = build(alpha=alpha, hops=hops)(x)
    for mine, one in zip(found, x.numpy(), strict=True):
        np.testing.assert_allclose(mine, low_pass(S, one, alpha, hops), rtol=0, atol=1e-12)
        dense = np.linalg.matrix_power((1 - alpha) * np.eye(6) + alpha * S.toarray(), hops)
        np.testing.assert_allclose(mine, dense @ one, rtol=0, atol=1e-12)


@pytest.mark.parametrize("hops", [1, 3])
def test_alpha_zero_changes_nothing_and_alpha_one_leaves_nothing(hops):
    x = signals(3, 6, 4)
    assert torch.equal(build(alpha=0.0, hops=hops)(x), x)
    nothing = build(sparse.csr_array((6, 6)), alpha=1.0, hops=hops)(x)
    assert torch.equal(nothing, torch.zeros_like(x))


@pytest.mark.parametrize("hops", [1, 2])
def test_roots_of_degrees_pass_and_items_without_weight_keep_their_vectors(hops):
    x = torch.tensor(np.sqrt(W.sum(axis=1))).expand(3, -1)[..., None]
    torch.testing.assert_close(build(hops=hops)(x), x)
    lonely = normalised(item_graph(TRAIN, ItemGraph(self_loops=False)))
    x = signals(3, 6, 2)
    assert torch.equal(build(lonely, hops=hops)(x)[:, 3], x[:, 3])


def test_learned_strengths_are_each_members_own():
    module = build(learned=True, alpha=0.4, hops=2)
    with torch.no_grad():
        module.alpha.logit += torch.tensor([[-1.0], [0.0], [1.0]], dtype=torch.float64)
    x = signals(3, 6, 4)
    alphas = module.alpha.values().tolist()
    assert alphas[1] == pytest.approx(0.4)
    for mine, one, alpha in zip(module(x).detach(), x.numpy(), alphas, strict=True):
        np.testing.assert_allclose(mine, low_pass(S, one, alpha, 2), rtol=0, atol=1e-12)


@pytest.mark.parametrize("hops", [1, 3])
def test_gradients_are_finite_differences(hops):
    module = build(learned=True, hops=hops)
    logit = module.alpha.logit.detach().clone().requires_grad_()

    def of(x, logit):
        return torch.func.functional_call(module, {"alpha.logit": logit}, (x,))

    assert torch.autograd.gradcheck(of, (signals(3, 6, 2).requires_grad_(), logit))


@pytest.mark.parametrize("alpha", [0.0, 1.0])
def test_a_learned_strength_has_to_start_within(alpha):
    with pytest.raises(ValidationError, match=f"between 0 and 1 expected to learn it from, found {alpha:g}"):
        GraphFilter(alpha=alpha, learned=True)


def test_graphs_are_made_once_of_the_train_part(tmp_path):
    known = features(tmp_path)
    graph = known.item_graph(ItemGraph())
    assert known.item_graph(GraphFilter(alpha=0.1, hops=2)) is graph
    assert (abs(graph - normalised(item_graph(sequences(), ItemGraph()))) > 0).nnz == 0
    nearest = ItemGraph(graph="text-knn", neighbours=2)
    expected = normalised(item_graph(sequences(), nearest, known.embeddings()))
    assert (abs(known.item_graph(nearest) - expected) > 0).nnz == 0
    with pytest.raises(ValueError, match="made of the train part"):
        ItemFeatures(N_ITEMS).item_graph(ItemGraph())
    assert (Shapes(4).item_graph(ItemGraph()) != sparse.eye_array(4)).nnz == 0


@pytest.mark.parametrize("method", METHODS)
def test_any_methods_item_table_can_be_filtered(tmp_path, method):
    options = GraphFilter(alpha=0.6, hops=2)
    plan, plain = (
        blueprint(tmp_path, METHODS[method].model_copy(update={"graph_filter": one})) for one in (options, None)
    )
    model, without = plan.build(MEMBERS).eval(), plain.build(MEMBERS).eval()
    assert isinstance(model.method, FilteredMethod)
    assert type(model.method.unfiltered()) is type(without.method.unfiltered()) is type(without.method)
    table, inner = model.method.item_table().detach(), without.method.item_table().detach()
    graph = plan.features.item_graph(options)
    for mine, rows in zip(table, inner.numpy(), strict=True):
        np.testing.assert_allclose(mine[:-1], low_pass(graph, rows[:-1], 0.6, 2), rtol=0, atol=1e-12)
    assert (table[:, -1] == 0).all()
    if (semantic := without.method.semantic_table()) is not None:
        assert torch.equal(model.method.semantic_table(), semantic)
    assert model.undecayed() == {name.replace("method.", "method.inner.") for name in without.undecayed()}
    assert model.parameters_per_member() == without.parameters_per_member()


def test_a_learned_strength_is_not_decayed(tmp_path):
    method = SpecTran(decay_scalars=False, graph_filter=GraphFilter(learned=True))
    model = blueprint(tmp_path, method).build(MEMBERS)
    own = {"method.inner.threshold", "method.inner.taylor", "method.graph_filter.alpha.logit"}
    assert model.undecayed() == own
    assert own < {name for name, _ in model.named_parameters()}


def test_what_follows_a_step_and_who_leaves_reaches_the_inner_method(tmp_path):
    model = blueprint(tmp_path, SpecTran(graph_filter=GraphFilter(learned=True))).build(MEMBERS)
    with torch.no_grad():
        model.method.inner.threshold -= 1.0
        model.method.graph_filter.alpha.logit += torch.tensor([[0.0], [1.0], [2.0]], dtype=torch.float64)
    model.method.after_step()
    assert (model.method.inner.threshold == 0).all()
    kept, table = model.method.graph_filter.alpha.values()[[2, 0]], model.method.item_table()[[2, 0]]
    model.keep([2, 0])
    assert model.method.members == model.method.inner.members == 2
    assert torch.equal(model.method.graph_filter.alpha.values(), kept)
    torch.testing.assert_close(model.method.item_table(), table)


def test_teachers_are_encoded_with_the_table_that_users_are(tmp_path):
    method = LLMESR(similar_users=3, teacher="epoch", graph_filter=GraphFilter())
    model = blueprint(tmp_path, method).build(MEMBERS).eval()
    model.method.begin_epoch(model, data().histories, 7)
    everyone = model.user_vectors(data().histories.expand(3, -1, -1), model.method.item_table())
    torch.testing.assert_close(model.method.inner._everyone, everyone)


def test_case_study_and_spectra_of_a_filtered_spectran(tmp_path):
    models = [
        blueprint(tmp_path, SpecTran(graph_filter=one)).build(MEMBERS) for one in (None, GraphFilter(learned=True))
    ]
    frames = []
    for place, model in enumerate(models):
        files = [tmp_path / f"{name}{place}" for name in ("weights", "mixing")]
        write_weights(*files, MEMBERS, {"init": model})
        frames.append([pd.read_parquet(file) for file in files])
    for plain, filtered in zip(*frames, strict=True):
        pd.testing.assert_frame_equal(plain, filtered)
    plain, filtered = ({(k, kind): table for k, kind, table in tables_of(model)} for model in models)
    assert plain.keys() == filtered.keys()
    np.testing.assert_array_equal(plain[1, "semantic"], filtered[1, "semantic"])
    assert plain[1, "item"].shape == filtered[1, "item"].shape == (N_ITEMS, DIM)
    assert not np.allclose(plain[1, "item"], filtered[1, "item"])


def test_gradient_reaches_the_ids_through_the_filter_and_no_padding_row(tmp_path):
    model = blueprint(tmp_path, Base(graph_filter=GraphFilter())).build(MEMBERS)
    model.method.item_table()[:, 4].sum().backward()
    gradient = model.method.inner.ids.weight.grad
    graph = model.method.graph_filter
    neighbours = low_pass(
        blueprint(tmp_path, Base()).features.item_graph(ItemGraph()), np.eye(N_ITEMS), 0.7, graph.hops
    )
    np.testing.assert_allclose(gradient[1, :-1, 2], neighbours[4], rtol=0, atol=1e-12)
    assert (gradient[:, -1] == 0).all()
