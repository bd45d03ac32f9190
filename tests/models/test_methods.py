"""Each method's item table against a plain, unpacked float64 reference written from the paper's formula."""

import math

import numpy as np
import pytest
import torch

from small import DIM, N_ITEMS, TEXT_DIM, features
from spectran.config.methods import AlphaFuse, Base, MoRec, SpecTran
from spectran.models.methods.spectran import SpecTranMethod, soft_shrink
from spectran.models.randomness import stream
from spectran.spectra.decomposition import FORMS, decompose
from two_members import MEMBERS, build, fused, parameter, stir, table_of


@pytest.fixture
def text(tmp_path):
    return features(tmp_path)


@pytest.mark.parametrize("k", [0, 1])
def test_base_is_the_id_table_at_its_scale(text, k):
    method = build(Base(), text)
    draw = torch.empty(N_ITEMS + 1, DIM, dtype=torch.float64).normal_(
        generator=stream(MEMBERS[k].seed, "init", "id_table")
    )
    assert table_of(method, k) == pytest.approx((MEMBERS[k].id_scale * draw[:-1]).numpy())


@pytest.mark.parametrize("activation", ["gelu", "none"])
@pytest.mark.parametrize("fusion", ["concat", "add", "text_only"])
def test_morec(text, fusion, activation):
    method = stir(build(MoRec(fusion=fusion, activation=activation), text))
    for k in range(2):
        X = text.embeddings() * math.sqrt(TEXT_DIM)
        W, b = parameter(method, "adapter.weight", k), parameter(method, "adapter.bias", k)
        semantic = X @ W + b
        if activation == "gelu":
            semantic *= 0.5 * (1 + np.vectorize(math.erf)(semantic / math.sqrt(2)))
        expected = fused(method, k, semantic, fusion)
        assert table_of(method, k) == pytest.approx(expected)
        assert expected.shape == (N_ITEMS, DIM)


@pytest.mark.parametrize("standardise", [True, False])
def test_alphafuse(text, standardise):
    method = build(AlphaFuse(standardise=standardise), text)
    E = text.embeddings() - text.embeddings().mean(axis=0)
    values, vectors = np.linalg.eigh(np.cov(E, rowvar=False))
    order = np.argsort(values)[::-1][:DIM]
    scores = E @ vectors[:, order]
    if standardise:
        scores = scores / np.sqrt(values[order])
    for k in range(2):
        ids = parameter(method, "ids.weight", k)[:-1]
        assert ids.shape == (N_ITEMS, DIM // 2)
        found = table_of(method, k) - np.hstack([np.zeros((N_ITEMS, DIM // 2)), ids])
        signs = np.sign((found * scores).sum(axis=0))  # a singular vector's sign is free
        assert found == pytest.approx(scores * signs)
        if standardise:
            assert found.var(axis=0, ddof=1) == pytest.approx(np.ones(DIM))


@pytest.mark.parametrize("per_dimension", [True, False])
@pytest.mark.parametrize("positional", ["taylor", "singular_values", "identity", "none"])
@pytest.mark.parametrize("attention", [True, False])
@pytest.mark.parametrize("fusion", ["add", "concat", "text_only"])
def test_spectran(text, attention, positional, per_dimension, fusion):
    options = SpecTran(
        attention=attention,
        positional=positional,
        per_dimension=per_dimension,
        fusion=fusion,
        order=2,
        key_dim=5,
    )
    method = build(options, text)
    width = DIM // 2 if fusion == "concat" else DIM
    svd = text.decomposition("raw", 1)
    for k in range(2):
        with torch.no_grad():
            for p in method.parameters():
                p[k] += 0.1 * torch.rand(p[k].shape, dtype=torch.float64)
        W = np.zeros((width, svd.rank))
        if attention:
            Q, K, lam = (parameter(method, name, k) for name in ("query", "key", "threshold"))
            for i in range(width):
                for j in range(svd.rank):
                    x = sum(Q[i, a] * K[j, a] for a in range(5))
                    W[i, j] = math.copysign(max(abs(x) - lam[0], 0), x)
        for i in range(width):
            if positional == "taylor":
                alpha = parameter(method, "taylor", k)[i if per_dimension else 0]
                W[i, i] += svd.S[0] * sum(alpha[n] * (svd.S[i] / svd.S[0]) ** n for n in range(3))
            elif positional != "none":
                W[i, i] += svd.S[i] if positional == "singular_values" else 1.0
        semantic = svd.U @ W.T if attention or positional != "none" else svd.U[:, :width]
        assert table_of(method, k) == pytest.approx(fused(method, k, semantic, fusion))


def test_spectran_with_q_zero_and_alpha_one_is_the_svd_projection(text):
    method = build(SpecTran(fusion="text_only", order=3), text)
    with torch.no_grad():
        method.query.zero_()
        method.taylor.copy_(torch.tensor([0.0, 1.0, 0.0, 0.0], dtype=torch.float64))
    svd = text.decomposition("raw", DIM)
    assert table_of(method, 0) == pytest.approx(text.embeddings() @ svd.V[:, :DIM])


def test_scaled_scores_and_centring_are_what_they_say(text):
    plain, scaled = build(SpecTran(), text), build(SpecTran(scale_scores=True), text)
    assert isinstance(plain, SpecTranMethod)
    assert isinstance(scaled, SpecTranMethod)
    torch.testing.assert_close(scaled.mixing() * math.sqrt(DIM), plain.mixing())
    centred = build(SpecTran(centre=True), text)
    assert np.array_equal(centred.basis.numpy(), text.decomposition("centred", DIM).U)


def test_soft_shrink_by_hand_and_its_threshold_gets_gradient_at_zero():
    x = torch.tensor([-2.0, -0.5, 0.5, 3.0], dtype=torch.float64)
    threshold = torch.tensor(1.0, dtype=torch.float64)
    assert soft_shrink(x, threshold).tolist() == [-1, 0, 0, 2]
    zero = torch.zeros((), dtype=torch.float64, requires_grad=True)
    weight = torch.tensor([1.0, 10.0, 100.0, 1000.0], dtype=torch.float64)
    (soft_shrink(x, zero) * weight).sum().backward()
    assert zero.grad == -(x.sign() * weight).sum()


def test_the_threshold_is_kept_at_or_above_zero(text):
    method = build(SpecTran(), text)
    with torch.no_grad():
        method.threshold.copy_(torch.tensor([[-0.3], [0.25]]))
    method.after_step()
    assert method.threshold.flatten().tolist() == [0.0, 0.25]


def test_equal_titles_share_their_semantic_row(tmp_path):
    text = features(tmp_path)
    rows = np.load(text.paths["embeddings"])
    rows[5] = rows[2]
    np.save(text.paths["embeddings"], rows)
    for form in FORMS:
        decompose(rows, form).save(text.paths[form])
    for options in (MoRec(), AlphaFuse(), SpecTran()):
        method = build(options, text)
        semantic = method.semantic_table()[0].detach()
        torch.testing.assert_close(semantic[2], semantic[5])
        assert not torch.allclose(method.item_table()[0, 2], method.item_table()[0, 5])


@pytest.mark.parametrize("options", [AlphaFuse(), SpecTran()])
def test_a_rank_below_the_dimension_is_refused_by_name(text, options):
    with pytest.raises(ValueError, match=r"rank of at least 16 expected.*found 1[12]"):
        build(options, text, dim=16)


def test_features_of_another_catalogue_are_refused(text):
    wrong = type(text)(N_ITEMS + 1, text.paths)
    for options in (MoRec(), AlphaFuse()):
        with pytest.raises(ValueError, match="one row for each of 24 items expected, found 23"):
            build(options, wrong)


def test_a_feature_that_is_read_must_be_declared(text):
    bare = type(text)(N_ITEMS)
    for options, feature in ((MoRec(), "embeddings"), (AlphaFuse(), "centred"), (SpecTran(), "raw")):
        assert options.reads() == {feature}
        with pytest.raises(ValueError, match=f"reads '{feature}'"):
            build(options, bare)
    assert SpecTran(centre=True).reads() == {"centred"}


@pytest.mark.parametrize("threshold", ["shared", "per_dimension", "zero"])
def test_threshold_forms(text, threshold):
    method = build(SpecTran(threshold=threshold), text)
    shapes = {name: tuple(p.shape[1:]) for name, p in method.named_parameters()}
    assert shapes.get("threshold") == {"shared": (1,), "per_dimension": (DIM,), "zero": None}[threshold]
    scores = method.query @ method.key.transpose(1, 2)
    torch.testing.assert_close(method.mixing(), scores)  # lambda starts at zero
    if threshold == "per_dimension":
        with torch.no_grad():
            method.threshold[0, 3] = 1e3
        assert (method.mixing()[0, 3] == 0).all()
        assert (method.mixing()[0, 2] != 0).any()
    method.after_step()


def test_row_length_scales_singular_values_and_text(text):
    torch.testing.assert_close(
        build(SpecTran(row_length=3.0), text).positional(), 3.0 * build(SpecTran(), text).positional()
    )
    norms = build(MoRec(row_length=40.0), text).text.norm(dim=1)
    torch.testing.assert_close(norms, torch.full_like(norms, 40.0))


def test_decay_can_leave_lambda_and_the_coefficients_alone(text):
    assert build(SpecTran(), text).undecayed() == frozenset()
    assert build(SpecTran(decay_scalars=False), text).undecayed() == {"threshold", "taylor"}
