"""A packed recommender: one method feeding one backbone, for K members at once."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from spectran.config.backbones import Backbone
from spectran.config.methods import Method
from spectran.models.backbones import build_backbone
from spectran.models.features import ItemFeatures
from spectran.models.layout import Layout, Places, real_first
from spectran.models.members import Member, Pack
from spectran.models.methods import build_method
from spectran.models.noise import PackedNoise
from spectran.models.share import learned_shares


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
        products: see `Pack`.
    """

    backbone: Backbone
    method: Method
    dim: int
    history: int
    features: ItemFeatures
    dtype: torch.dtype = torch.float32
    products: torch.dtype | None = None

    def build(self, members: tuple[Member, ...], device: torch.device | None = None) -> "Recommender":
        """A freshly initialised model of these members."""
        device = device or torch.device("cpu")
        return Recommender(self, Pack(members, self.dtype, self.products), dense=device.type == "cuda").to(device)


class Recommender(nn.Module):
    """K models of one cell.

    Attributes:
        dense: how to compute. As a GPU wants it: dense products, and shapes that the host knows without asking the
            device what is padding. Else as a CPU wants it: only what is needed. The numbers are the same.
    """

    def __init__(self, blueprint: Blueprint, pack: Pack, *, dense: bool = False) -> None:
        super().__init__()
        self.dense = dense
        self.noise = PackedNoise(pack)
        self.method = build_method(blueprint.method, pack, blueprint.features, blueprint.dim, self.noise)
        self.backbone = build_backbone(blueprint.backbone, pack, blueprint.dim, blueprint.history, self.noise)

    def layout(self, real: Tensor, computed: Tensor, rows: int | None = None) -> Layout:
        """Which places of a batch to compute.

        Args:
            real: places that are not padding, shape (K, B, T).
            computed: places to compute, the real ones among them; shape (K, B, T).
            rows: how many, at least the largest number of a member's; counted when left out.
        """
        flat = computed.flatten(1)
        places = Places.of(real_first(flat, count=rows), flat.shape[1])
        return Layout(real, places, self.backbone.allowed(real), self.dense)

    def forward(self, ids: Tensor, table: Tensor, layout: Layout, wanted: Places) -> Tensor:
        """Hidden states of wanted places of a backbone's inputs: ids (K, B, T), table (K, N + 1, d) -> (K, P, d)."""
        x = self.backbone.embed(layout.rows.values(ids.flatten(1)), table)
        hidden: Tensor = self.backbone(self.method.in_context(x, layout), layout, wanted)
        return hidden

    def user_vectors(self, histories: Tensor, table: Tensor) -> Tensor:
        """What finds each user's next item: histories (K, B, T), item table (K, N + 1, d) -> (K, B, d)."""
        n_items = table.shape[1] - 1
        ids = self.backbone.query(histories, n_items)
        real = ids != n_items
        users, length = ids.shape[1:]
        computed = real.clone()
        computed[..., -1] = True  # of a user of whom nothing is known, too
        ends = torch.arange(length - 1, users * length, length, device=ids.device).expand(len(ids), -1)
        rows = users * length if self.dense else None
        layout = self.layout(real, computed, rows)
        vectors: Tensor = self(ids, table, layout, Places.of(ends, users * length))
        return vectors

    def undecayed(self) -> frozenset[str]:
        """Names of the parameters that weight decay leaves alone: some of the method's, and all learned shares."""
        return frozenset(f"method.{name}" for name in self.method.undecayed()) | learned_shares(self)

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
        self.backbone.keep(indices)
        self.method.keep(len(indices))
