"""Training a pack: epochs, validation, early stopping; members leave as they stop."""

import logging
import math
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
from torch import Tensor

from spectran.config.training import Evaluation, Training
from spectran.evaluation.metrics import per_user
from spectran.evaluation.ranking import rank_targets
from spectran.models.members import Member, Pack
from spectran.models.recommender import Blueprint
from spectran.progress import Progress
from spectran.sealed import load_tensors, save_tensors
from spectran.training.adam import PackedAdam
from spectran.training.data import TrainingData
from spectran.training.epoch import Steps, train_epoch
from spectran.training.graph import GraphedSteps
from spectran.training.outcome import Outcome, Row
from spectran.training.step import Learner

#: K of the validation metrics of every epoch, whatever the tables show.
CUTOFFS = (10, 20)
SELECTION = "ndcg@20"
CHECKPOINT = "checkpoint.safetensors"

_log = logging.getLogger(__name__)


@dataclass
class Record:
    """A member's book-keeping while it trains; see `Outcome` for the fields' meaning."""

    member: Member
    best: float = -1.0
    best_epoch: int = 0
    state: dict[str, Tensor] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    training_seconds: float = 0.0
    validation_seconds: float = 0.0
    diverged: bool = False


class PackRun:
    """One pack in training.

    Args:
        blueprint: what the models are.
        members: the members of the pack.
        data: train part and validation cases.
        training: epochs, patience, batch and loss.
        evaluation: score, ties and cutoffs of validation.
        graphs: replay steps as CUDA graphs, on a GPU.
    """

    def __init__(
        self,
        blueprint: Blueprint,
        members: tuple[Member, ...],
        data: TrainingData,
        training: Training,
        evaluation: Evaluation,
        *,
        graphs: bool = False,
    ) -> None:
        self.data, self.training, self.evaluation = data, training, evaluation
        device = data.sequences.device
        self.model = blueprint.build(members, device)
        self.records = [Record(member) for member in members]
        pack = Pack(members, blueprint.dtype)
        rate, decay = (pack.column(name).to(device) for name in ("learning_rate", "weight_decay"))
        self.adam = PackedAdam(self.model, rate, decay, self.model.undecayed())
        self.learner = Learner(self.model, self.adam, data, training)
        self.graphs = graphs and device.type == "cuda"
        self.steps: Steps = GraphedSteps(self.learner) if self.graphs else self.learner
        self.epoch = 0

    def advance(self, users: Tensor | None = None) -> None:
        """Train and validate one epoch.

        Args:
            users: whom to learn from, if not from everyone; see `train_epoch`.
        """
        self.epoch += 1
        members = len(self.records)
        start = time.perf_counter()
        losses = train_epoch(self.learner, self.epoch, self.steps, users).tolist()
        trained = time.perf_counter()
        metrics = self._validate()
        validated = time.perf_counter()
        for k, record in enumerate(self.records):
            record.training_seconds += (trained - start) / members
            record.validation_seconds += (validated - trained) / members
            self._note(k, record, losses[k], metrics[k])

    def stopped(self) -> list[bool]:
        """Which members have had their last epoch: the last of all, without patience left, or diverged."""
        last, patience = self.epoch >= self.training.epochs, self.training.patience
        return [last or r.diverged or self.epoch - r.best_epoch >= patience for r in self.records]

    def retire(self) -> list[Outcome]:
        """Give the members that have stopped; they leave the pack."""
        stopped = self.stopped()
        finished = [Outcome(**vars(record)) for record, stop in zip(self.records, stopped, strict=True) if stop]
        self.keep([k for k, stop in enumerate(stopped) if not stop])
        return finished

    def keep(self, places: list[int]) -> None:
        """Go on with the members at these places of the pack."""
        if len(places) < len(self.records):
            self.records = [self.records[k] for k in places]
            if places:  # the last ones leave nothing to train
                self.model.keep(places)
                self.adam.keep(places)
                self.steps = GraphedSteps(self.learner) if self.graphs else self.learner

    def save(self, path: Path, fingerprint: str) -> None:
        """Write everything the next epoch needs."""
        tensors = {f"parameter/{name}": parameter.data for name, parameter in self.model.named_parameters()}
        tensors |= {f"first/{name}": moment for name, moment in self.adam.first.items()}
        tensors |= {f"second/{name}": moment for name, moment in self.adam.second.items()}
        for k, record in enumerate(self.records):
            tensors |= {f"best{k}/{name}": tensor for name, tensor in record.state.items()}
        facts = [{n: v for n, v in vars(r).items() if n != "state"} | {"member": vars(r.member)} for r in self.records]
        save_tensors(path, tensors, {"fingerprint": fingerprint, "epoch": self.epoch, "records": facts})

    @classmethod
    def resume(
        cls,
        path: Path,
        fingerprint: str,
        blueprint: Blueprint,
        data: TrainingData,
        training: Training,
        evaluation: Evaluation,
        *,
        graphs: bool = False,
        among: Collection[Member] | None = None,
        at_most: int | None = None,
    ) -> "PackRun | None":
        """The run that `save` wrote under this fingerprint, or None.

        Of its members it goes on with the first `at_most` of those that are `among` the given ones; with all when left
        out. The others are not built: they may not fit.
        """
        found = load_tensors(path, fingerprint)
        if found is None:
            return None
        tensors, facts = found
        every = [Record(**(entry | {"member": Member(**entry["member"])})) for entry in facts["records"]]
        places = [k for k, record in enumerate(every) if among is None or record.member in among][:at_most]
        if not places:
            return None
        records = [every[k] for k in places]
        run = cls(blueprint, tuple(record.member for record in records), data, training, evaluation, graphs=graphs)
        run.records, run.epoch = records, facts["epoch"]
        steps = -(-len(data.sequences) // training.batch)
        device = data.sequences.device
        moments: dict[str, dict[str, Tensor]] = {"first": {}, "second": {}}
        for name, parameter in run.model.named_parameters():
            parameter.data = tensors[f"parameter/{name}"][places].to(device)
            for which, of in moments.items():
                of[name] = tensors[f"{which}/{name}"][places].to(device)
            for k, record in zip(places, records, strict=True):
                if record.best_epoch:  # else it diverged before it had one
                    record.state[name] = tensors[f"best{k}/{name}"]
        run.adam.restore(**moments, steps=run.epoch * steps)
        return run

    def _validate(self) -> list[Row]:
        self.model.eval()
        ranks = rank_targets(self.model, self.data.known, self.data.validation, self.evaluation.score)
        rows = []
        columns = (values.cpu().numpy() for values in (ranks.rank, ranks.ties, ranks.undefined()))
        for rank, ties, undefined in zip(*columns, strict=True):
            table = pd.DataFrame({"rank": rank, "ties": ties})
            means = per_user(table, CUTOFFS, self.evaluation.ties).mean()
            rows.append({str(name): math.nan if undefined else float(value) for name, value in means.items()})
        return rows

    def _note(self, k: int, record: Record, loss: float, metrics: Row) -> None:
        record.rows.append({"epoch": self.epoch, "loss": loss, **metrics})
        record.diverged = not (math.isfinite(loss) and math.isfinite(metrics[SELECTION]))
        if not record.diverged and metrics[SELECTION] > record.best:
            record.best, record.best_epoch = metrics[SELECTION], self.epoch
            parameters = self.model.named_parameters()
            record.state = {name: parameter.data[k].to("cpu", copy=True) for name, parameter in parameters}


def train_pack(run: PackRun, label: str, state: Path, fingerprint: str, checkpoint_seconds: float) -> Iterator[Outcome]:
    """Train until every member has stopped, with a checkpoint now and then; gives members as they finish.

    Args:
        run: a new or resumed run.
        label: name in progress lines.
        state: folder for the checkpoint and for members as they finish.
        fingerprint: identity of settings and inputs.
        checkpoint_seconds: least time between checkpoints.
    """
    progress = Progress(label, run.training.epochs, "epochs", done=run.epoch)
    saved = time.monotonic()
    yield from _leave(run, state, fingerprint)  # a stop may have come between the checkpoint and the members' files
    while run.records:
        run.advance()
        # Also before members leave: whenever a stop comes, those who stay were trained in the same company.
        leaving = any(run.stopped()) and len(run.records) > 1
        if leaving or time.monotonic() - saved >= checkpoint_seconds:
            run.save(state / CHECKPOINT, fingerprint)
            saved = time.monotonic()
        yield from _leave(run, state, fingerprint)
        if run.records:
            best = max(record.best for record in run.records)
            progress.advance(note=f"{len(run.records)} members, best validation {SELECTION} {best:.4f}")


def _leave(run: PackRun, state: Path, fingerprint: str) -> Iterator[Outcome]:
    """Those who have stopped, each in a file of its own."""
    for outcome in run.retire():
        if outcome.diverged:
            _log.warning("diverged in epoch %d (loss %g): %s", run.epoch, outcome.rows[-1]["loss"], outcome.member)
        outcome.save(state, fingerprint)
        yield outcome
