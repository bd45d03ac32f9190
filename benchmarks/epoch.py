"""A training epoch of one member, ours against the reference loop and RecTools, in turn; and with full evaluation."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from benchmarks import flops
from benchmarks.cells import BACKBONES, TINY_WIDTH, blueprint, pack_run, text_features
from benchmarks.cells import METHODS as ALL_METHODS
from benchmarks.data import Corpus, corpus, datasets
from benchmarks.measurement import Measurement, measured, ratios, seconds
from benchmarks.peers.client import RecTools
from benchmarks.rate import rate
from benchmarks.reference.client import Reference
from benchmarks.settings import Settings
from spectran.training.pack import PackRun
from spectran.training.schedule import CPU_PACK

TOPIC = "epoch"
#: Width of the text where a method reads it: MiniLM's.
WIDTH = 384
#: What is compared on each dataset; RecTools has no method but Base.
METHODS = {"office": ("base", "spectran"), "toys": ("base",)}


@dataclass
class Rounds:
    """Seconds of each run: training alone, and training with the full evaluation after it; of a pack, of one member."""

    ours: list[float] = field(default_factory=list)
    ours_evaluated: list[float] = field(default_factory=list)
    packed_evaluated: list[float] = field(default_factory=list)
    plain: list[float] = field(default_factory=list)
    plain_evaluated: list[float] = field(default_factory=list)
    peer: list[float] = field(default_factory=list)
    peer_ranking: list[float] = field(default_factory=list)


def measure(settings: Settings) -> Iterator[Measurement]:
    """Every backbone on Office and Toys."""
    best = rate(settings)
    for dataset in datasets(settings):
        data = corpus(settings, dataset)
        for backbone in BACKBONES:
            for method in METHODS[dataset]:
                yield from _cell(settings, data, backbone, method, best)


def _cell(settings: Settings, data: Corpus, backbone: str, method: str, best: float) -> Iterator[Measurement]:
    width = TINY_WIDTH if settings.quick else WIDTH
    text = text_features(data, width, ALL_METHODS[method])
    tensors = data.on(settings.device)
    plan = blueprint(backbone, method, text)
    run = pack_run(plan, tensors, backbone, method)
    pack = pack_run(plan, tensors, backbone, method, CPU_PACK)
    rounds = Rounds()
    with contextlib.ExitStack() as stack:
        reference = stack.enter_context(Reference(settings, data, backbone, method, width))
        with_peer = settings.rectools is not None and method == "base"
        peer = stack.enter_context(RecTools(settings, data, backbone)) if with_peer else None
        for number in range(settings.runs + 1):
            this = rounds if number else Rounds()  # the first is not counted
            ours(run, this)
            this.packed_evaluated.append(seconds(pack.advance) / CPU_PACK)
            this.plain.append(reference.epoch())
            this.plain_evaluated.append(this.plain[-1] + reference.rank())
            if peer is not None:
                this.peer.append(peer.epoch())
        if peer is not None:
            rounds.peer_ranking = [peer.rank() for _ in range(settings.runs)]
    case = f"{data.name} {backbone} {method}"
    yield from _figures(case, rounds)
    if method == "base":
        shares = [100 * flops.epoch(data, backbone) / time / best for time in rounds.ours]
        yield measured(TOPIC, case, "matrix work / matrix rate, ours", shares, "%")
        if rounds.peer:
            shares = [100 * flops.epoch(data, backbone) / time / best for time in rounds.peer]
            yield measured(TOPIC, case, "matrix work / matrix rate, RecTools", shares, "%")


def _figures(case: str, rounds: Rounds) -> Iterator[Measurement]:
    yield measured(TOPIC, case, "training, ours", rounds.ours, "s")
    yield measured(TOPIC, case, "training, reference", rounds.plain, "s")
    if rounds.peer:
        yield measured(TOPIC, case, "training, RecTools", rounds.peer, "s")
    yield measured(TOPIC, case, "training, reference / ours", ratios(rounds.plain, rounds.ours), "ratio")
    if rounds.peer:
        yield measured(TOPIC, case, "training, RecTools / ours", ratios(rounds.peer, rounds.ours), "ratio")
    yield measured(TOPIC, case, "with evaluation, ours", rounds.ours_evaluated, "s")
    yield measured(TOPIC, case, "with evaluation, reference", rounds.plain_evaluated, "s")
    both = ratios(rounds.plain_evaluated, rounds.ours_evaluated)
    yield measured(TOPIC, case, "with evaluation, reference / ours", both, "ratio")
    member, as_one = f"a member of {CPU_PACK} together", ratios(rounds.plain_evaluated, rounds.packed_evaluated)
    yield measured(TOPIC, case, f"with evaluation, {member}", rounds.packed_evaluated, "s")
    yield measured(TOPIC, case, f"with evaluation, reference / {member}", as_one, "ratio")
    if rounds.peer_ranking:
        yield measured(TOPIC, case, "recommending to all users, RecTools", rounds.peer_ranking, "s")


def ours(run: PackRun, rounds: Rounds) -> None:
    """One epoch of a pack with its validation, and training's part of it."""
    before = run.records[0].training_seconds
    count = len(run.records)
    rounds.ours_evaluated.append(seconds(run.advance))
    rounds.ours.append((run.records[0].training_seconds - before) * count)
