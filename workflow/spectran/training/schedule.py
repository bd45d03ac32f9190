"""Trains a list of members as packs that fit the device, resuming what an interruption left."""

from dataclasses import dataclass
from pathlib import Path

import torch

from spectran.config.training import Compute, Evaluation, Training
from spectran.models.members import Member
from spectran.models.recommender import Blueprint
from spectran.training.data import TrainingData
from spectran.training.memory import gpu_peak, members_that_fit, trial
from spectran.training.outcome import Outcome
from spectran.training.pack import CHECKPOINT, PackRun, train_pack


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
    """

    blueprint: Blueprint
    data: TrainingData
    training: Training
    evaluation: Evaluation
    compute: Compute
    state: Path
    fingerprint: str
    label: str

    def train(self, members: list[Member]) -> dict[Member, Outcome]:
        """The outcome of every member, in the order given. What is already finished is not trained again."""
        done = {member: Outcome.load(self.state, member, self.fingerprint) for member in members}
        pending = [member for member, outcome in done.items() if outcome is None]
        while pending:
            for outcome in self._train_some(pending):
                done[outcome.member] = outcome
            (self.state / CHECKPOINT).unlink(missing_ok=True)
            pending = [member for member in pending if done[member] is None]
        return {member: outcome for member, outcome in done.items() if outcome is not None}

    def _train_some(self, pending: list[Member]) -> list[Outcome]:
        size = self._pack_size(pending)
        run = self._resumed(pending, size) or PackRun(
            self.blueprint, tuple(pending[:size]), self.data, self.training, self.evaluation
        )
        return train_pack(run, self.label, self.state, self.fingerprint, self.compute.checkpoint_seconds)

    def _resumed(self, pending: list[Member], size: int) -> PackRun | None:
        path = self.state / CHECKPOINT
        run = PackRun.resume(path, self.fingerprint, self.blueprint, self.data, self.training, self.evaluation)
        if run is None:
            return None
        # A member may have finished just before the stop, and the pack may have to be smaller by now.
        places = [k for k, record in enumerate(run.records) if record.member in pending]
        run.keep(places[:size])
        return run if run.records else None

    def _pack_size(self, pending: list[Member]) -> int:
        if self.compute.pack != "auto":
            return self.compute.pack
        device = self.data.sequences.device
        if device.type != "cuda" or len(pending) == 1:
            return 1
        free, _ = torch.cuda.mem_get_info(device)

        def peak(count: int) -> int:
            parts = self.blueprint, self.data, self.training, self.evaluation, pending
            return gpu_peak(device, lambda: trial(*parts, count))

        return min(len(pending), members_that_fit(free, peak))
