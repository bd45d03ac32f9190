"""Adam (Kingma and Ba 2015) over a pack: a learning rate and an L2 penalty for each member."""

from typing import cast

import torch
from torch import Tensor, nn

BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8


class PackedAdam:
    """What K separate torch.optim.Adam would do, weight decay in the gradient, in one pass over packed parameters.

    Attributes:
        first: running mean of the gradient, by parameter name, each (K, ...).
        second: running mean of its square, likewise.
        steps: steps taken.
    """

    def __init__(
        self, model: nn.Module, learning_rate: Tensor, weight_decay: Tensor, undecayed: frozenset[str] = frozenset()
    ) -> None:
        """Start from zero moments; rates and decays are of shape (K,); `undecayed` names parameters without decay."""
        self.undecayed = undecayed
        self.parameters = dict(model.named_parameters())
        self.learning_rate, self.weight_decay = learning_rate, weight_decay
        self.decays = bool(weight_decay.any())  # asked once: on a GPU the question waits for all work before it
        self.first = {name: torch.zeros_like(parameter) for name, parameter in self.parameters.items()}
        self.second = {name: torch.zeros_like(parameter) for name, parameter in self.parameters.items()}
        self.steps = 0

    @torch.no_grad()
    def step(self) -> None:
        """Update every parameter; each must have a gradient."""
        self.steps += 1
        correction = (1 - BETA2**self.steps) ** 0.5
        for name, parameter in self.parameters.items():
            column = (-1, *[1] * (parameter.dim() - 1))
            gradient = cast("Tensor", parameter.grad)
            if self.decays and name not in self.undecayed:
                gradient = gradient.addcmul(parameter, self.weight_decay.view(column))
            first = self.first[name].lerp_(gradient, 1 - BETA1)
            second = self.second[name].mul_(BETA2).addcmul_(gradient, gradient, value=1 - BETA2)
            size = self.learning_rate.view(column) / (1 - BETA1**self.steps)
            parameter.sub_(size * first / (second.sqrt() / correction + EPSILON))

    def zero_grad(self) -> None:
        """Forget gradients."""
        for parameter in self.parameters.values():
            parameter.grad = None

    def keep(self, indices: list[int]) -> None:
        """Keep the members at these places of the pack."""
        self.learning_rate, self.weight_decay = self.learning_rate[indices], self.weight_decay[indices]
        for moments in (self.first, self.second):
            for name in moments:
                moments[name] = moments[name][indices].clone()
