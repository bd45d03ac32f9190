"""UniSRec (Hou et al. 2022, KDD; code RUCAIBox/UniSRec): a gated mixture of linear experts on the text embedding.

With X the text embeddings, D dropout and G the gate,

    E_s = sum_e G_e (D(X) - b_e) W_e,   G = softmax(X W_g + eps (softplus(X W_n) + 0.01))

over 8 experts; eps ~ N(0, 1), one number an item and expert, in training only. W_e starts at N(0, 0.02^2), b_e, W_g and
W_n at zero. Not built: pre-training on other domains, and with it the contrast of sequences. Differences: the experts
share one dropout mask (the authors draw one for each), so that all of them are one product X [W_1 .. W_8]; a row of X
has length sqrt(l), as for MoRec; an item has one mask and one eps in a step, not one at every place where it occurs;
fusion is [E_id ; E_s], the form whose parameter count is the printed one to the digit (the authors add).
"""

import torch
from torch import Tensor, nn

from spectran.config.methods import UniSRec
from spectran.models.features import ItemFeatures
from spectran.models.layers import product
from spectran.models.members import Pack, constant, normal
from spectran.models.methods.adapter import AdapterMethod
from spectran.models.noise import PackedNoise

#: Least size of the gate's noise.
LEAST_NOISE = 0.01


class UniSRecMethod(AdapterMethod):
    """A mixture of experts, fused with IDs."""

    def __init__(self, options: UniSRec, pack: Pack, features: ItemFeatures, dim: int, noise: PackedNoise) -> None:
        super().__init__(options, pack, features.scaled(options.row_length), dim)
        columns, experts = self.text.shape[1], options.experts
        self.weight = pack.parameter("experts.weight", (columns, experts, self.width), normal(0.02))
        self.shift = pack.parameter("experts.shift", (experts, columns), constant(0.0))
        self.gate = pack.parameter("gate", (columns, experts), constant(0.0))
        self.gate_noise = (
            pack.parameter("gate_noise", (columns, experts), constant(0.0)) if options.noisy_gate else None
        )
        self.dropout = options.dropout
        self.products = pack.products
        self.noise = noise

    def gates(self) -> Tensor:
        """G, shape (K, N, experts)."""
        logits = self.text @ self.gate
        if self.training and self.gate_noise is not None:
            size = nn.functional.softplus(self.text @ self.gate_noise) + LEAST_NOISE
            logits = logits + self.noise.normal(logits.shape[1:], logits) * size
        return logits.softmax(dim=-1)

    def semantic_table(self) -> Tensor:
        """The mixture, shape (K, N, d / 2) when concatenated, else (K, N, d)."""
        text = self.noise.dropout(self.rows(), rate=self.dropout)
        shifts = torch.einsum("kel,klew->kew", self.shift, self.weight)
        experts = product(text, self.weight.flatten(2), self.products).unflatten(-1, shifts.shape[1:]) - shifts[:, None]
        return torch.einsum("kne,knew->knw", self.gates(), experts)
