"""Adam (Kingma and Ba 2015) over a pack: a learning rate and an L2 penalty for each member."""

from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn
from torch.optim.adam import adam

BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8


@dataclass(frozen=True)
class Group:
    """What is updated alike: a member's part of some of the parameters, views into the packed tensors.

    Attributes:
        member: its place in the pack.
        names: the parameters.
        values: its part of each.
        first: of their first moments.
        second: of their second moments.
        steps: taken for each of them, on the device.
        rate: learning rate.
        decay: L2 penalty.
    """

    member: int
    names: tuple[str, ...]
    values: list[Tensor]
    first: list[Tensor]
    second: list[Tensor]
    steps: list[Tensor]
    rate: float
    decay: float


class PackedAdam:
    """torch.optim.Adam on each member's part of the packed parameters, weight decay in the gradient.

    The fused form, one pass over parameters, gradients and moments; torch's function of it, since its class imports
    the compiler, a second of every job.

    Attributes:
        first: running mean of the gradient, by parameter name, each (K, ...).
        second: running mean of its square, likewise.
    """

    def __init__(
        self, model: nn.Module, learning_rate: Tensor, weight_decay: Tensor, undecayed: frozenset[str] = frozenset()
    ) -> None:
        """Start from zero moments; rates and decays are of shape (K,); `undecayed` names parameters without decay."""
        self.undecayed = undecayed
        self.parameters = dict(model.named_parameters())
        self.learning_rate, self.weight_decay = learning_rate.tolist(), weight_decay.tolist()
        first, second = ({name: torch.zeros_like(value) for name, value in self.parameters.items()} for _ in range(2))
        self.restore(first, second, steps=0)

    def restore(self, first: dict[str, Tensor], second: dict[str, Tensor], steps: int) -> None:
        """Go on from these moments, with the parameters as they lie in memory now."""
        self.first, self.second = first, second
        exempt = tuple(name for name in self.parameters if name in self.undecayed)
        others = tuple(name for name in self.parameters if name not in self.undecayed)
        self._groups = [
            self._group(member, names, decay if names is others else 0.0, steps)
            for member, decay in enumerate(self.weight_decay)
            for names in (others, exempt)
            if names
        ]

    @property
    def steps(self) -> int:
        """Steps taken."""
        return int(self._groups[0].steps[0])

    @torch.no_grad()
    def step(self) -> None:
        """Update every parameter; each must have a gradient."""
        for group in self._groups:
            gradients = [cast("Tensor", self.parameters[name].grad)[group.member] for name in group.names]
            adam(
                group.values,
                gradients,
                group.first,
                group.second,
                [],
                group.steps,
                fused=True,
                capturable=group.values[0].is_cuda,
                amsgrad=False,
                beta1=BETA1,
                beta2=BETA2,
                lr=group.rate,
                weight_decay=group.decay,
                eps=EPSILON,
                maximize=False,
            )

    def zero_grad(self) -> None:
        """Forget gradients."""
        for parameter in self.parameters.values():
            parameter.grad = None

    def keep(self, indices: list[int]) -> None:
        """Keep the members at these places of the pack, whose parameters have been kept."""
        self.learning_rate = [self.learning_rate[k] for k in indices]
        self.weight_decay = [self.weight_decay[k] for k in indices]
        first, second = (
            {name: value[indices].clone() for name, value in of.items()} for of in (self.first, self.second)
        )
        self.restore(first, second, steps=self.steps)

    def _group(self, member: int, names: tuple[str, ...], decay: float, steps: int) -> Group:
        values = [self.parameters[name].detach()[member] for name in names]
        return Group(
            member,
            names,
            values,
            first=[self.first[name][member] for name in names],
            second=[self.second[name][member] for name in names],
            steps=[torch.tensor(float(steps), device=value.device) for value in values],
            rate=self.learning_rate[member],
            decay=decay,
        )
