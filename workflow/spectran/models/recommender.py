"""A packed recommender: one method feeding one backbone, for K members at once."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from spectran.config.backbones import Backbone
from spectran.config.methods import Method
from spectran.models.backbones import build_backbone
from spectran.models.features import TextFeatures
from spectran.models.members import Member, Pack
from spectran.models.methods import build_method
from spectran.models.noise import PackedNoise


@dataclass(frozen=True)
class Blueprint:
    """Everything a model of a cell is built from, but for its members.

    Attributes:
        backbone: options of the backbone.
        method: options of the method.
        dim: item dimension d.
        history: longest input T.
        features: frozen text features.
        dtype: arithmetic of the model.
    """

    backbone: Backbone
    method: Method
    dim: int
    history: int
    features: TextFeatures
    dtype: torch.dtype = torch.float32

    def build(self, members: tuple[Member, ...], device: torch.device | None = None) -> "Recommender":
        """A freshly initialised model of these members."""
        model = Recommender(self, Pack(members, self.dtype))
        return model.to(device) if device is not None else model


class Recommender(nn.Module):
    """K models of one cell."""

    def __init__(self, blueprint: Blueprint, pack: Pack) -> None:
        super().__init__()
        self.noise = PackedNoise(pack)
        self.method = build_method(blueprint.method, pack, blueprint.features, blueprint.dim, self.noise)
        self.backbone = build_backbone(blueprint.backbone, pack, blueprint.dim, blueprint.history, self.noise)

    def forward(self, ids: Tensor, table: Tensor) -> Tensor:
        """Hidden states of a backbone's inputs: ids (K, B, T), item table (K, N + 1, d) -> (K, B, T, d)."""
        real = ids != table.shape[1] - 1
        allowed = self.backbone.allowed(real)
        x = self.method.in_context(self.backbone.embed(ids, table), allowed)
        hidden: Tensor = self.backbone(x, real, allowed)
        return hidden

    def user_vectors(self, histories: Tensor, table: Tensor) -> Tensor:
        """What finds each user's next item: histories (K, B, T), item table (K, N + 1, d) -> (K, B, d)."""
        hidden: Tensor = self(self.backbone.query(histories, table.shape[1] - 1), table)
        return hidden[:, :, -1]

    def undecayed(self) -> frozenset[str]:
        """Names of the parameters that weight decay leaves alone."""
        return frozenset(f"method.{name}" for name in self.method.undecayed())

    def parameters_per_member(self) -> int:
        """Trainable parameters of one member."""
        return sum(parameter[0].numel() for parameter in self.parameters())

    @torch.no_grad()
    def keep(self, indices: list[int]) -> None:
        """Keep the members at these places of the pack; the others are gone."""
        for parameter in self.parameters():
            parameter.data = parameter.data[indices].clone()
            parameter.grad = None
        self.noise.keep(indices)
        self.method.members = len(indices)
