"""The encoding benchmark: its work by hand, its loops against each other, and that it runs."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from transformers import LlamaConfig

from benchmarks import encoding
from benchmarks.encoding import TINY, measure, ours, padding, padding_of, plain, random_llama, work
from benchmarks.settings import Settings
from benchmarks.titles import made

CPU = torch.device("cpu")


@pytest.fixture
def settings(tmp_path) -> Settings:
    return Settings(None, CPU, 1, 1, quick=True, rectools=None, cache=tmp_path)


@pytest.fixture(scope="module")
def model():
    """The tiny decoder in float64, so that ways to batch cannot hide behind rounding."""
    torch.manual_seed(0)
    tiny = random_llama(TINY, CPU)
    tiny.model.double()
    return tiny


def test_both_loops_give_the_same_vectors(model):
    texts = made(70)
    np.testing.assert_allclose(ours(model, texts), plain(model, texts), atol=1e-5)


def test_work_by_hand():
    """Four heads of 8, two of keys; an inner width of 40; two layers; no head, no embedding."""
    config = LlamaConfig(
        vocab_size=30522, hidden_size=32, intermediate_size=40, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2,
    )  # fmt: skip
    layer = 2 * 32 * 32 + 2 * 32 * 16 + 3 * 32 * 40
    by_hand = sum(2 * 2 * layer * tokens + 2 * 2 * 32 * tokens**2 for tokens in (3, 10))
    decoder = random_llama(config, CPU)
    assert work(decoder, [3, 10]) == by_hand
    twice = replace(decoder, encoder=decoder.encoder.model_copy(update={"pooling": "mean"}))
    assert work(twice, [3, 10]) == by_hand + sum(2 * 2 * 32 * tokens**2 for tokens in (3, 10))


def test_padding_by_hand(model):
    assert padding_of([[4, 4], [5, 1]]) == pytest.approx(1 - 14 / 18)
    assert padding(model, [7] * 100 + [3] * 50) == 0


def test_every_case_runs_and_no_loop_of_ours_is_left_out(settings):
    found = list(measure(settings))
    assert {one.case.split(",")[0] for one in found} == {"office", "toys"}
    shares = [one.value for one in found if "utilisation" in one.what]
    assert len(shares) == 6
    assert all(share > 0 for share in shares)
    assert {one.unit for one in found} == {"1/s", "share", "ratio"}


@pytest.mark.slow
def test_sentence_transformers_answers_in_a_process_of_its_own(settings):
    pytest.importorskip("sentence_transformers")
    with encoding.sentence_transformers(settings, made(3)) as peer:
        assert 0 < peer.ask("encode") < 60
