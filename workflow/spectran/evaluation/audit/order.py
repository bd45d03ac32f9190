"""Check: how much the order of a history tells, by shuffling histories.

The idea is that of Woolridge et al. ("Sequence or Pseudo-Sequence?", PERSPECTIVES 2021) and Klenitskiy et al. ("Does It
Look Sequential?", RecSys 2024): a model that was fitted on sequences as they are ranks next items from histories as
they are and from shuffled ones; what it loses is what order told. Different from them: no trained model, but the
followers of the history's last item, counted in the train parts of all other users. The user's own are left out: a
shuffled history may end with an item whose own follower was counted, and what that loses has nothing to do with order.
Targets are validation targets, read after the train part.
"""

import numpy as np
from numpy.typing import NDArray

from spectran.data.sequences import Ids, Sequences
from spectran.evaluation.audit.follower_ranking import follower_metrics
from spectran.evaluation.audit.measure import Measure
from spectran.evaluation.audit.splits import Splits
from spectran.evaluation.audit.times import NO_TIMES, are_places
from spectran.evaluation.interval import mean_interval
from spectran.models.controls.markov import followers

CHECK = "order"

Values = NDArray[np.float64]

#: How often histories are shuffled, and the seed of all shuffles.
REPETITIONS, SEED = 10, 0
CUTOFF = 20
NDCG, HR = f"ndcg@{CUTOFF}", f"hr@{CUTOFF}"

_UNKNOWN = "cannot be said: no such target followed its last item anywhere else"


def order(splits: Splits) -> list[Measure]:
    """NDCG and HR of what followed the last item elsewhere, from true and from shuffled histories.

    NDCG is also told apart by whether the target is later than the item before it: among equal times the data's order
    is that of item numbers, and items of one purchase follow each other in the same order for everybody.
    """
    random = np.random.default_rng(SEED)
    counts = followers(splits.train)
    ends = [_last(splits.train), *(_any(splits.train, random) for _ in range(REPETITIONS))]
    true, *shuffled = (follower_metrics(splits.train, counts, end, splits.validation, CUTOFF) for end in ends)
    lost = true - sum(shuffled) / REPETITIONS
    found = []
    for metric in (NDCG, HR):
        name, means = metric.upper(), [metrics[metric].mean() for metrics in shuffled]
        found += [
            _metric(f"{name} in true order", true[metric].mean(), "of validation targets"),
            _metric(f"{name} shuffled", np.mean(means), f"mean of {REPETITIONS} shuffles"),
            _metric(f"{name} shuffled, standard deviation", np.std(means, ddof=1), f"over {REPETITIONS} shuffles"),
            *_lost(name, true[metric].to_numpy(), lost[metric].to_numpy()),
        ]
    return found + _by_time(splits, true[NDCG].to_numpy(), lost[NDCG].to_numpy())


def _by_time(splits: Splits, true: Values, lost: Values) -> list[Measure]:
    """NDCG and its loss of targets that are later than the item before, and of those that are not."""
    places, later = are_places(splits), splits.validation_is_later
    kinds = {"targets later than the item before": later, "targets at the time of the item before": ~later}
    found = []
    for words, of_kind in kinds.items():
        name, who = f"{NDCG.upper()} ({words})", np.zeros_like(of_kind) if places else of_kind
        note = NO_TIMES if places else "" if who.any() else "cannot be said: there is none"
        found.append(_metric(f"{name} in true order", true[who].mean() if who.any() else None, note))
        found += _lost(name, true[who], lost[who], note)
    return found


def _metric(measure: str, value: float | np.floating | None, note: str) -> Measure:
    return Measure(CHECK, measure, None if value is None else float(value), "metric", note)


def _lost(name: str, true: Values, lost: Values, unknown: str = "") -> list[Measure]:
    """What shuffling loses, as a share of the mean in true order, with Student's interval over users."""
    whole = float(true.mean()) if len(true) else 0.0
    measures = []
    for words, end in zip(("", ", 95 % low", ", 95 % high"), mean_interval(lost, 0.95), strict=True):
        value = end / whole if whole and np.isfinite(end) else None
        note = "share of that in true order" if value is not None else unknown or _UNKNOWN
        measures.append(Measure(CHECK, f"{name} lost by shuffling{words}", value, "share", note))
    return measures


def _last(train: Sequences) -> Ids:
    return np.array([sequence[-1] for sequence in train.sequences])


def _any(train: Sequences, random: np.random.Generator) -> Ids:
    """The last items of shuffled sequences: any item of each is as likely as any other."""
    lengths = np.array([len(sequence) for sequence in train.sequences])
    starts = np.cumsum(lengths) - lengths
    items: Ids = np.concatenate(train.sequences)[starts + random.integers(lengths)]
    return items
