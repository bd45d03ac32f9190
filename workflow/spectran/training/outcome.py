"""A finished member: its best parameters and its curve, kept in one file so that an interruption loses neither."""

import hashlib
import json
import logging
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from spectran.io import replacing
from spectran.models.members import Member

_log = logging.getLogger(__name__)

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


def save_tensors(path: Path, tensors: dict[str, Tensor], facts: dict[str, Any]) -> None:
    """Write tensors and facts into one safetensors file, which is whole or absent."""
    with replacing(path) as temporary:
        ready = {name: tensor.contiguous().cpu() for name, tensor in tensors.items()}
        save_file(ready, temporary, metadata={"facts": json.dumps(facts)})


def load_tensors(path: Path, fingerprint: str) -> tuple[dict[str, Tensor], dict[str, Any]] | None:
    """Read what `save_tensors` wrote, or None if there is no such file, it is damaged, or it is of other settings."""
    if not path.exists():
        return None
    try:
        with safe_open(path, framework="pt") as file:
            facts: dict[str, Any] = json.loads((file.metadata() or {})["facts"])
            if facts["fingerprint"] != fingerprint:
                return None
            # Copies lie in memory as the originals did: what a matrix product rounds to can depend on the alignment.
            return {name: file.get_tensor(name).clone() for name in file.keys()}, facts  # noqa: SIM118 - not a dict
    except (SafetensorError, KeyError, ValueError):
        _log.warning("%s: damaged, so its work is done again", path)
        return None
