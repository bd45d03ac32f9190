"""LLMInit's starts: which columns of the text, and at what scale."""

import math
from dataclasses import replace

import numpy as np
import pytest

from small import DIM, N_ITEMS, TEXT_DIM, blueprint, data, features
from spectran.config.methods import LLMInit
from spectran.config.training import Evaluation, Training
from spectran.training.pack import PackRun
from two_members import MEMBERS, build, table_of


@pytest.fixture
def text(tmp_path):
    return features(tmp_path)


def by_variance(rows):
    """Indices, ascending, of the d columns with the largest variance."""
    variance = [np.mean((column - column.mean()) ** 2) for column in rows.T]
    return sorted(sorted(range(TEXT_DIM), key=lambda j: -variance[j])[:DIM])


def test_columns_of_largest_variance_as_they_are(text):
    method = build(LLMInit(scale_start=False), text)
    expected = text.embeddings()[:, by_variance(text.embeddings())]
    for k in range(2):
        assert np.array_equal(table_of(method, k), expected)


def test_the_start_has_the_scale_of_the_tuning_grid(text):
    method = build(LLMInit(), text)
    raw = text.embeddings()[:, by_variance(text.embeddings())]
    for k, one in enumerate(MEMBERS):
        assert table_of(method, k).std() == pytest.approx(one.id_scale)
        assert table_of(method, k) == pytest.approx(raw * one.id_scale / raw.std())


def test_variance_over_the_most_popular_items(text):
    counts = np.zeros(N_ITEMS, dtype=np.int64)
    counts[[4, 9, 17]] = 5
    counts[[2, 20]] = 3
    method = build(LLMInit(scale_start=False, popular_fraction=0.19), replace(text, popularity=counts))
    # 4.37 items are five: of the two with three events, both; of those with none, none.
    chosen = text.embeddings()[[4, 9, 17, 2, 20]]
    assert np.array_equal(table_of(method, 0), text.embeddings()[:, by_variance(chosen)])
    assert by_variance(chosen) != by_variance(text.embeddings())
    with pytest.raises(ValueError, match="popularity, which is not known"):
        build(LLMInit(popular_fraction=0.2), replace(text, popularity=None))


def test_evenly_spaced_columns_and_centring(tmp_path):
    text = features(tmp_path, text_dim=3 * DIM + 2)
    method = build(LLMInit(columns="uniform", scale_start=False, centre=True), text)
    columns = text.embeddings()[:, [3 * i for i in range(DIM)]]
    assert table_of(method, 1) == pytest.approx(columns - columns.mean(axis=0))


@pytest.mark.parametrize("white", [True, False])
def test_principal_scores(text, white):
    method = build(LLMInit(columns="whitened_pca" if white else "pca", scale_start=False), text)
    E = text.embeddings() - text.embeddings().mean(axis=0)
    values, vectors = np.linalg.eigh(np.cov(E, rowvar=False))
    scores = (E @ vectors / (np.sqrt(values) if white else 1))[:, ::-1][:, :DIM]
    found = table_of(method, 0)
    assert found == pytest.approx(scores * np.sign((found * scores).sum(axis=0)))
    if white:
        assert np.allclose(found.var(axis=0, ddof=1), 1)
        assert math.isclose(found.std(), math.sqrt((N_ITEMS - 1) / N_ITEMS))


def test_the_padding_row_is_zero_and_all_else_is_trained(tmp_path):
    run = PackRun(blueprint(tmp_path, LLMInit()), MEMBERS, data(), Training(batch=16, negatives=5), Evaluation())
    assert [name for name, _ in run.model.method.named_parameters()] == ["ids.weight"]
    table = run.model.method.ids.weight
    before = table.detach().clone()
    for _ in range(2):
        run.advance()
    assert (before[:, :-1] != table[:, :-1]).all()
    assert (table[:, -1] == 0).all()
    assert (table.grad[:, -1] == 0).all()


@pytest.mark.parametrize("columns", ["variance", "uniform"])
def test_more_dimensions_than_text_columns_are_refused(text, columns):
    with pytest.raises(ValueError, match=r"embeddings\.npy: at least 16 columns expected .*found 12"):
        build(LLMInit(columns=columns), text, dim=16)


def test_what_each_start_reads():
    assert LLMInit().reads() == LLMInit(columns="uniform").reads() == {"embeddings"}
    assert LLMInit(columns="pca").reads() == LLMInit(columns="whitened_pca").reads() == {"centred"}
