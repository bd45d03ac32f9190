"""Adam (Kingma and Ba 2015) over a pack: a learning rate and an L2 penalty for each member."""

from typing import cast

import torch
from torch import Tensor, nn


class PackedAdam:
    """torch.optim.Adam on each member's part of the packed parameters, weight decay in the gradient.

    The fused form, one pass over parameters, gradients and moments.

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
        self._parts: list[list[Tensor]] = []
        groups = []
        for k, (rate, decay) in enumerate(zip(self.learning_rate, self.weight_decay, strict=True)):
            parts = {name: parameter.detach()[k] for name, parameter in self.parameters.items()}
            self._parts.append(list(parts.values()))
            for names, penalty in ((parts.keys() - self.undecayed, decay), (parts.keys() & self.undecayed, 0.0)):
                if names:
                    some = [part for name, part in parts.items() if name in names]
                    groups.append({"params": some, "lr": rate, "weight_decay": penalty})
        on_gpu = next(iter(self.parameters.values())).is_cuda
        self._adam = torch.optim.Adam(groups, fused=True, capturable=on_gpu)
        for k, parts_of_member in enumerate(self._parts):
            for name, part in zip(self.parameters, parts_of_member, strict=True):
                self._adam.state[part] = {
                    "step": torch.tensor(float(steps), device=part.device),
                    "exp_avg": first[name][k],
                    "exp_avg_sq": second[name][k],
                }

    @property
    def steps(self) -> int:
        """Steps taken."""
        return int(self._adam.state[self._parts[0][0]]["step"])

    def step(self) -> None:
        """Update every parameter; each must have a gradient."""
        for k, parts in enumerate(self._parts):
            for part, parameter in zip(parts, self.parameters.values(), strict=True):
                part.grad = cast("Tensor", parameter.grad)[k]
        self._adam.step()

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
