"""Full ranking of all validation targets: ours, and a plain loop that sorts every user's scores."""

from collections.abc import Iterator

import torch
from torch import Tensor
from torch.nn import functional

from benchmarks.cells import BACKBONES, blueprint, pack_run, text_features, wait
from benchmarks.cells import METHODS as ALL_METHODS
from benchmarks.data import Corpus, corpus, datasets
from benchmarks.measurement import Measurement, in_turn, measured, ratios
from benchmarks.settings import Settings
from spectran.evaluation.ranking import Ranks, rank_targets
from spectran.training.data import TrainingData
from spectran.training.pack import PackRun

TOPIC = "ranking"
METHOD = "base"


def measure(settings: Settings) -> Iterator[Measurement]:
    """Every backbone on both datasets."""
    for dataset in datasets(settings):
        data = corpus(settings, dataset)
        for backbone in BACKBONES:
            yield from _cell(settings, data, backbone)


def _cell(settings: Settings, data: Corpus, backbone: str) -> Iterator[Measurement]:
    tensors = data.on(settings.device)
    plan = blueprint(backbone, METHOD, text_features(data, 1, ALL_METHODS[METHOD]))
    run = pack_run(plan, tensors, backbone, METHOD)
    run.model.eval()

    def ours() -> Ranks:
        ranks = rank_targets(run.model, tensors.known, tensors.validation, "cosine")
        wait(settings.device)
        return ranks

    def sorting() -> Tensor:
        ranks = by_sorting(run, tensors)
        wait(settings.device)
        return ranks

    fast, slow = in_turn([ours, sorting], settings.runs)
    users = len(tensors.validation)
    case = f"{data.name} {backbone} {METHOD}"
    yield measured(TOPIC, case, "users ranked a second, ours", [users / time for time in fast], "1/s")
    yield measured(TOPIC, case, "users ranked a second, sorting", [users / time for time in slow], "1/s")
    yield measured(TOPIC, case, "sorting / ours", ratios(slow, fast), "ratio")


@torch.no_grad()
def by_sorting(run: PackRun, data: TrainingData, batch: int = 256) -> Tensor:
    """Each target's place in its user's items, sorted by score: (U,) from 1; of the first member."""
    table = run.model.method.item_table()
    items = functional.normalize(table[0, :-1], dim=-1)
    ranks = []
    for rows, wanted in zip(data.known.split(batch), data.validation.split(batch), strict=True):
        users = run.model.user_vectors(rows.expand(len(table), -1, -1), table)[0]
        order = (users @ items.T).argsort(dim=1, descending=True)
        ranks.append(1 + (order == wanted[:, None]).int().argmax(dim=1))
    return torch.cat(ranks)
