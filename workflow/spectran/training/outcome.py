"""A finished member: its best parameters and its curve, kept in one file so that an interruption loses neither."""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from torch import Tensor

from spectran.models.members import Member
from spectran.sealed import load_tensors, save_tensors

Row = dict[str, float]


@dataclass(frozen=True)
class Outcome:
    """What training a member gave.

    Attributes:
        member: its seed and hyper-parameters.
        state: parameters of its best epoch, without the member axis.
        best: the best validation NDCG@20.
        best_epoch: the epoch that gave it, from 1.
        rows: one dictionary an epoch: epoch, loss and validation metrics.
        training_seconds: its share of the pack's training time.
        validation_seconds: its share of the pack's validation time.
        diverged: whether loss or validation of the last row is not finite; such a member stopped there, with no result.
    """

    member: Member
    state: dict[str, Tensor]
    best: float
    best_epoch: int
    rows: list[Row]
    training_seconds: float
    validation_seconds: float
    diverged: bool

    def save(self, folder: Path, fingerprint: str) -> None:
        """Write to the member's own file in `folder`."""
        save_tensors(folder / file_name(self.member), self.state, {"fingerprint": fingerprint, **self._facts()})

    @classmethod
    def load(cls, folder: Path, member: Member, fingerprint: str) -> "Outcome | None":
        """What `save` wrote for this member under this fingerprint, or None."""
        found = load_tensors(folder / file_name(member), fingerprint)
        if found is None:
            return None
        state, facts = found
        return cls(state=state, member=member, **{key: facts[key] for key in facts.keys() - {"fingerprint", "member"}})

    def _facts(self) -> dict[str, Any]:
        facts = {key: value for key, value in vars(self).items() if key != "state"}
        return facts | {"member": asdict(self.member)}


def file_name(member: Member) -> str:
    """A file name of the member's own."""
    key = json.dumps(asdict(member), sort_keys=True).encode()
    return f"member-{hashlib.blake2b(key, digest_size=8).hexdigest()}.safetensors"
