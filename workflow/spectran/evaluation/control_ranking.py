"""Full ranking by an untrained control, counted as for trained members."""

import torch

from spectran.data.sequences import Ids
from spectran.evaluation.ranking import Ranks, count_scores
from spectran.models.controls.control import UntrainedControl


def rank_control(control: UntrainedControl, histories: Ids, targets: Ids, *, chunk: int = 1024) -> Ranks:
    """Rank every user's target by an untrained control's scores; Ranks of K = 1.

    Args:
        control: fitted.
        histories: item indices, shape (U, T), left-padded with N.
        targets: shape (U,).
        chunk: users at a time.
    """
    parts = []
    for start in range(0, len(targets), chunk):
        rows = slice(start, start + chunk)
        scores = torch.from_numpy(control.scores(histories[rows]))[None]
        parts.append(count_scores(scores, torch.from_numpy(targets[rows])))
    return Ranks.joined(parts).checked()
