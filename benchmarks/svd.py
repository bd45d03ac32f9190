"""The decomposition of text embeddings, ours against NumPy's and scikit-learn's, in seconds and in accuracy.

All get the same float64 unit rows. Errors are of singular values, relative, the largest of those that a method gives,
against LAPACK's values without vectors, which come of another algorithm (dqds, not divide and conquer) and are exact
to the last places. NumPy gives all vectors; scikit-learn's randomised SVD the first 128; its two PCAs decompose the
centred rows, once through the covariance, which squares small values away.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import PCA, TruncatedSVD
from threadpoolctl import threadpool_limits

from benchmarks.measurement import Measurement, in_turn, measured, ratios, seconds
from benchmarks.settings import Settings
from spectran.spectra.decomposition import decompose, unit_rows

TOPIC = "svd"
#: Items and text dimension: Office and Toys with MiniLM, Toys with LLaMA3-8B.
SIZES = ((2414, 384), (11924, 384), (11924, 4096))
TINY = ((200, 32),)
#: Components of the randomised SVD: the study's item dimension.
COMPONENTS = 128
#: Seconds of one decomposition; what would take longer is left out.
LIMIT = 60.0

_log = logging.getLogger(__name__)
Values = NDArray[np.float64]


@dataclass(frozen=True)
class Way:
    """One way to decompose: its name, what gives its singular values, and whether the rows are centred."""

    name: str
    run: Callable[[], Values]
    centred: bool


def measure(settings: Settings) -> Iterator[Measurement]:
    """Every size, the small ones first: they tell how long a large one will take."""
    with threadpool_limits(settings.threads):
        yield from _sizes(settings)


def _sizes(settings: Settings) -> Iterator[Measurement]:
    rate = 0.0
    for n_items, width in TINY if settings.quick else SIZES:
        expected = work(n_items, width) * rate
        if expected > LIMIT:
            _log.warning(
                "svd of %d x %d left out: about %.0f s expected, more than %.0f", n_items, width, expected, LIMIT
            )
            continue
        rows = unit_rows(made(n_items, width))
        once = seconds(lambda rows=rows: decompose(rows, "raw"))  # type: ignore[misc]
        rate = once / work(n_items, width)
        yield from _case(settings, rows, runs=settings.runs if once < 1 else 1)


def work(n_items: int, width: int) -> float:
    """About the FLOP of a thin SVD with vectors: 6 N l^2 + 20 l^3 (Golub and Van Loan, Matrix Computations, 8.6)."""
    return 6.0 * n_items * width**2 + 20.0 * width**3


def made(n_items: int, width: int) -> NDArray[np.float32]:
    """Vectors with a mean and a falling spectrum, as those of titles have."""
    rng = np.random.default_rng(0)
    falling = rng.standard_normal((n_items, width)) * np.arange(1, width + 1) ** -0.7
    turned = falling @ np.linalg.qr(rng.standard_normal((width, width)))[0] + 0.05
    return np.asarray(turned, dtype=np.float32)


def ways(rows: Values) -> list[Way]:
    """Ours, raw and centred, and theirs."""
    few = min(COMPONENTS, rows.shape[1] - 1)
    randomised = TruncatedSVD(few, algorithm="randomized", random_state=0)
    full, covariance = (PCA(svd_solver=solver) for solver in ("full", "covariance_eigh"))
    return [
        Way("ours", lambda: decompose(rows, "raw").S, centred=False),
        Way("numpy", lambda: np.linalg.svd(rows, full_matrices=False)[1], centred=False),
        Way("scikit-learn, randomised", lambda: _values(randomised.fit(rows)), centred=False),
        Way("ours, centred", lambda: decompose(rows, "centred").S, centred=True),
        Way("scikit-learn, full PCA", lambda: _values(full.fit(rows)), centred=True),
        Way("scikit-learn, PCA by covariance", lambda: _values(covariance.fit(rows)), centred=True),
    ]


def _case(settings: Settings, rows: Values, runs: int) -> Iterator[Measurement]:
    case = f"{rows.shape[0]} x {rows.shape[1]}, {settings.threads} threads"
    all_ways = ways(rows)
    times = in_turn([way.run for way in all_ways], runs, warm_up=int(runs > 1))
    exact = {
        False: np.linalg.svd(rows, compute_uv=False),
        True: np.linalg.svd(rows - rows.mean(axis=0), compute_uv=False),
    }
    ours = {False: times[0], True: times[3]}
    for way, taken in zip(all_ways, times, strict=True):
        yield measured(TOPIC, case, f"seconds, {way.name}", taken, "s")
        yield measured(
            TOPIC, case, f"largest relative error, {way.name}", [error(way.run(), exact[way.centred])], "ratio"
        )
        if not way.name.startswith("ours"):
            yield measured(TOPIC, case, f"ours faster than {way.name}", ratios(taken, ours[way.centred]), "ratio")


def error(found: Values, exact: Values) -> float:
    """Largest relative error of the singular values found; those at rounding's level have none to speak of."""
    kept = exact[: len(found)] > exact[0] * len(exact) * np.finfo(np.float32).eps
    return float(np.abs(found[kept] / exact[: len(found)][kept] - 1).max())


def _values(fitted: TruncatedSVD | PCA) -> Values:
    values: Values = fitted.singular_values_
    return values
