"""Trains a list of members as packs that fit the device, resuming what an interruption left."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from spectran.config.training import Compute, Evaluation, Training
from spectran.exhaustion import out_of_memory
from spectran.models.members import Member
from spectran.models.recommender import Blueprint
from spectran.training.data import TrainingData
from spectran.training.memory import Need, PackLimit, trial
from spectran.training.outcome import Outcome
from spectran.training.pack import CHECKPOINT, PackRun, train_pack
from spectran.training.peak import meter, release
from spectran.training.room import free_bytes

#: Members that `auto` trains together on a CPU: fewer operations for each; more members gain next to nothing.
CPU_PACK = 4

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Schedule:
    """Everything that training members of one cell needs.

    Attributes:
        blueprint: what the models are.
        data: train part and validation cases.
        training: how one member is trained.
        evaluation: how members are validated.
        compute: pack size and checkpoints.
        state: folder for checkpoints and finished members.
        fingerprint: identity of settings and inputs; other state is ignored.
        label: name in progress lines.
        limit: the largest pack, which a cell learns as it goes.
    """

    blueprint: Blueprint
    data: TrainingData
    training: Training
    evaluation: Evaluation
    compute: Compute
    state: Path
    fingerprint: str
    label: str
    limit: PackLimit = field(init=False, default_factory=PackLimit, compare=False)

    def train(self, members: list[Member]) -> dict[Member, Outcome]:
        """The outcome of every member, in the order given. What is already finished is not trained again.

        Where memory runs out the pack is halved, for the rest of the cell, and goes on from its last checkpoint.
        """
        done = {member: Outcome.load(self.state, member, self.fingerprint) for member in members}
        while pending := [member for member, outcome in done.items() if outcome is None]:
            for outcome in self._train_some(pending):
                done[outcome.member] = outcome
        return {member: outcome for member, outcome in done.items() if outcome is not None}

    def _train_some(self, pending: list[Member]) -> Iterator[Outcome]:
        """Outcomes of the next pack; it ends early where memory ran out and fewer can be tried."""
        size = self._pack_size(pending)
        run: PackRun | None = None
        try:
            run = self._resumed(pending, size) or PackRun(
                self.blueprint,
                tuple(pending[:size]),
                self.data,
                self.training,
                self.evaluation,
                graphs=self.compute.cuda_graphs,
            )
            yield from train_pack(run, self.label, self.state, self.fingerprint, self.compute.checkpoint_seconds)
        except (MemoryError, RuntimeError) as error:
            together = size if run is None else len(run.records)
            if together == 1 or not out_of_memory(error):
                raise
        else:
            (self.state / CHECKPOINT).unlink(missing_ok=True)
            return
        del run
        release(self.data.sequences.device)
        start = "its last checkpoint" if (self.state / CHECKPOINT).is_file() else "its start"
        fewer = self.limit.halve(together)
        _log.warning("%s: memory ran out with %d members; going on with %d from %s", self.label, together, fewer, start)

    def _resumed(self, pending: list[Member], size: int) -> PackRun | None:
        # A member may have finished just before the stop, and the pack may have to be smaller by now.
        return PackRun.resume(
            self.state / CHECKPOINT,
            self.fingerprint,
            self.blueprint,
            self.data,
            self.training,
            self.evaluation,
            graphs=self.compute.cuda_graphs,
            among=pending,
            at_most=size,
        )

    def _pack_size(self, pending: list[Member]) -> int:
        device, pack = self.data.sequences.device, self.compute.pack
        if pack == "auto":
            pack = len(pending) if device.type == "cuda" else CPU_PACK
        return self.limit.of(min(pack, len(pending)), lambda wanted: self._room(pending, wanted), self.label)

    def _room(self, pending: list[Member], wanted: int) -> tuple[int, Need | None]:
        """Free bytes, and what training takes in packs of at most so many."""
        device, graphs = self.data.sequences.device, self.compute.cuda_graphs
        ruler, free = meter(device), free_bytes(device, self.compute)
        parts = self.blueprint, self.data, self.training, self.evaluation, pending
        need = Need.measured(lambda count: ruler.peak(lambda: trial(*parts, count, graphs=graphs)), wanted)
        if need is None or device.type == "cuda":
            release(device)
        return free, need
