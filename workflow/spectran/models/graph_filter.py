"""FreLLM4Rec's low-pass filter on the item graph (G-LPF; arXiv 2508.10312, code models/llama_for_rec.py), packed.

X <- (I - alpha L)^hops X = ((1 - alpha) I + alpha S)^hops X, S = D^-1/2 W D^-1/2 and L = I - S. The authors' has one
hop and a fixed alpha; here alpha may be learned. `spectra/low_pass.py` is the same in numpy.
"""

from typing import Any

import torch
from torch import Tensor, nn

from spectran.config.graph import GraphFilter
from spectran.data.incidence import Sparse
from spectran.models.members import Pack
from spectran.models.share import PackedShare


class PackedGraphFilter(nn.Module):
    """K filters on one graph.

    Args:
        pack: the members.
        name: prefix of the parameter's name.
        options: of the filter.
        graph: S, symmetric, shape (N, N).
    """

    starts: Tensor
    columns: Tensor
    weights: Tensor

    def __init__(self, pack: Pack, name: str, options: GraphFilter, graph: Sparse) -> None:
        super().__init__()
        self.hops = options.hops
        self.alpha = PackedShare(pack, f"{name}.alpha", options.alpha, learned=options.learned)
        for part, values in (("starts", graph.indptr[:-1]), ("columns", graph.indices)):
            self.register_buffer(part, torch.tensor(values, dtype=torch.int32), persistent=False)
        self.register_buffer("weights", torch.tensor(graph.data, dtype=pack.dtype), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """Vectors of all items, (K, N, w) -> (K, N, w); just those for alpha 0."""
        alpha = self.alpha.values().view(-1, 1, 1)
        for _ in range(self.hops):
            neighbours: Tensor = _Product.apply(x, self.starts, self.columns, self.weights)  # type: ignore[no-untyped-call]
            x = torch.lerp(x, neighbours, alpha)
        return x


class _Product(torch.autograd.Function):
    """S x. Its gradient is S times the gradient, since S is symmetric; autograd would make one of S, too.

    Sums of an embedding's rows: twice as fast as torch's products with sparse matrices on a CPU.
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor, starts: Tensor, columns: Tensor, weights: Tensor) -> Tensor:
        ctx.save_for_backward(starts, columns, weights)
        return _product(x, starts, columns, weights)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None, None]:
        return _product(gradient.contiguous(), *ctx.saved_tensors), None, None, None


def _product(x: Tensor, starts: Tensor, columns: Tensor, weights: Tensor) -> Tensor:
    """(K, N, w) -> (K, N, w)."""
    return torch.stack(
        [nn.functional.embedding_bag(columns, one, starts, mode="sum", per_sample_weights=weights) for one in x]
    )
