"""One reference model: an item table and an encoder."""

from collections.abc import Container

import torch
from torch import Tensor, nn

from benchmarks.reference.bert4rec import BERT4Rec
from benchmarks.reference.hstu import HSTU
from benchmarks.reference.items import ITEMS
from benchmarks.reference.sasrec import SASRec
from spectran.models.features import ItemFeatures
from spectran.models.recommender import Recommender

ENCODERS: dict[str, type[SASRec] | type[BERT4Rec] | type[HSTU]] = {
    "sasrec": SASRec,
    "bert4rec": BERT4Rec,
    "hstu": HSTU,
}


class Model(nn.Module):
    """A sequential recommender.

    Args:
        backbone: sasrec, bert4rec or hstu.
        method: base, morec or spectran.
        features: frozen text features.
        dim: d.
        history: longest input T.
        dropout: rate.
    """

    def __init__(
        self, backbone: str, method: str, features: ItemFeatures, *, dim: int, history: int, dropout: float
    ) -> None:
        super().__init__()
        self.method = ITEMS[method](features, dim)
        self.backbone = ENCODERS[backbone](dim, history, dropout)
        self.n_items = features.n_items

    def forward(self, inputs: Tensor, table: Tensor) -> Tensor:
        """Hidden states of inputs (B, T) with the item table (N + 1, d): (B, T, d)."""
        hidden: Tensor = self.backbone(self.backbone.embed(inputs, table), inputs != self.n_items)
        return hidden

    @torch.no_grad()
    def load_member(self, packed: Recommender, k: int = 0) -> None:
        """Take over the parameters of a pack's member.

        Raises:
            ValueError: if a parameter of one has no counterpart in the other.
        """
        theirs = dict(packed.named_parameters())
        for name, parameter in self.named_parameters():
            parameter.copy_(self.as_packed(name, theirs.pop(packed_name(name, theirs))[k]))
        if theirs:
            raise ValueError(f"a counterpart of every parameter expected, found none of {', '.join(theirs)}")

    def as_packed(self, name: str, tensor: Tensor) -> Tensor:
        """A parameter of this name, or its gradient, turned as the packed model has it."""
        return tensor.T if self._is_transposed(name) else tensor

    def _is_transposed(self, name: str) -> bool:
        """Whether it is a matrix of nn.Linear, which has (out, in) where the packed one has (in, out)."""
        owner, _, last = name.rpartition(".")
        return last == "weight" and isinstance(self.get_submodule(owner), nn.Linear)


def packed_name(name: str, names: Container[str]) -> str:
    """The packed model's name: its fused ID table is one level down, its positions and HSTU's matrix are parameters."""
    for known in (name, name.removesuffix(".weight"), name.replace("method.ids", "method.fuse.ids")):
        if known in names:
            return known
    raise ValueError(f"a counterpart of {name} expected, found none")
