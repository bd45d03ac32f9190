"""Diagnostics against closed forms, brute force and an independent formula."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spectran.spectra.collapse import (
    covariance_spectrum,
    cumulative_share,
    diagnose,
    effective_rank,
    mean_cosine,
    participation_ratio,
    rankme,
    singular_values,
    stable_rank,
    uniformity,
)


@pytest.fixture
def table():
    return np.random.default_rng(0).normal(size=(50, 6)) + 1.0


@pytest.mark.parametrize("measure", [effective_rank, rankme, stable_rank, participation_ratio])
def test_a_flat_spectrum_has_full_rank_and_a_single_value_rank_one(measure):
    assert measure(np.full(7, 3.0)) == pytest.approx(7, rel=1e-5)
    assert measure(np.array([5.0, 0, 0, 0])) == pytest.approx(1, abs=1e-4)


def test_known_spectrum():
    values = np.array([2.0, 1.0, 1.0])
    assert effective_rank(values) == pytest.approx(2**1.5)  # entropy of (1/2, 1/4, 1/4) is 1.5 bit
    assert stable_rank(values) == pytest.approx(6 / 4)
    assert participation_ratio(values) == pytest.approx(36 / 18)
    assert cumulative_share(values) == pytest.approx([0.5, 0.75, 1.0])


def test_zero_tables_are_of_rank_zero_not_nan():
    facts = diagnose(np.zeros((4, 3))).as_dict()
    assert facts["effective_rank"] == facts["stable_rank"] == facts["participation_ratio"] == 0
    assert all(math.isfinite(value) for value in facts.values())


def test_covariance_spectrum_is_numpys(table):
    expected = np.sort(np.linalg.eigvalsh(np.cov(table, rowvar=False)))[::-1]
    assert covariance_spectrum(table) == pytest.approx(expected)
    assert singular_values(table, centred=True) ** 2 / 49 == pytest.approx(expected)


def test_pairwise_measures_equal_brute_force(table):
    unit = table / np.linalg.norm(table, axis=1, keepdims=True)
    pairs = [(i, j) for i in range(50) for j in range(50) if i != j]
    assert mean_cosine(table) == pytest.approx(np.mean([unit[i] @ unit[j] for i, j in pairs]))
    energy = np.mean([np.exp(-2 * np.sum((unit[i] - unit[j]) ** 2)) for i, j in pairs])
    assert uniformity(table, chunk=7) == pytest.approx(np.log(energy))


def test_rotation_and_scale_change_nothing(table):
    rotation = np.linalg.qr(np.random.default_rng(1).normal(size=(6, 6)))[0]
    before, after = diagnose(table).as_dict(), diagnose(3.0 * table @ rotation).as_dict()
    assert after == pytest.approx(before, rel=1e-6)


def test_top10_share_counts_ten_components():
    spectrum = np.ones(20)
    table = np.linalg.qr(np.random.default_rng(2).normal(size=(100, 21)) - 0.0)[0]
    table -= table.mean(axis=0)
    left = np.linalg.svd(table, full_matrices=False)[0][:, :20]
    assert diagnose(left * spectrum).top10_share == pytest.approx(0.5, abs=0.02)


def test_nan_is_refused():
    with pytest.raises(ValueError, match="1 values that are not"):
        diagnose(np.array([[1.0, np.nan], [1.0, 2.0]]))


@given(st.lists(st.floats(0.0, 1e3), min_size=1, max_size=12).filter(lambda v: sum(v) > 1e-3))
def test_ranks_lie_between_one_and_the_length(values):
    spectrum = np.sort(np.array(values))[::-1]
    for measure in (effective_rank, stable_rank, participation_ratio):
        assert 1 - 1e-9 <= measure(spectrum) <= len(values) + 1e-9
    share = cumulative_share(spectrum)
    assert (np.diff(share) >= -1e-12).all()
    assert share[-1] == pytest.approx(1)
