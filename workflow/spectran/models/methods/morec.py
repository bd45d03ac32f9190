"""MoRec (Yuan et al. 2023, arXiv 2303.13835): E_s = GELU(X W + b).

X are the frozen text embeddings. The authors train the text encoder end to end; their two-stage form, used here and
in AlphaFuse's port (`AP` pipeline), puts a dense layer with GELU on frozen vectors, Xavier-normal, zero bias.
AlphaFuse scales unit vectors by 40, which is sqrt(1536) for the encoder it used; here a row has length sqrt(l), so
that entries are of size 1 for any encoder. The default fusion is [E_id ; E_s] of two halves, which the parameter
counts of SpecTran's Table 5 support for the adapter methods; AlphaFuse's port is `text_only`.
"""

import math

import torch
from torch import Tensor

from spectran.config.methods import MoRec
from spectran.models.features import TextFeatures
from spectran.models.layers import PackedLinear
from spectran.models.members import Pack
from spectran.models.methods.method import ItemMethod
from spectran.models.tables import Fuse, semantic_width


class MoRecMethod(ItemMethod):
    """A dense adapter with GELU, fused with IDs."""

    text: Tensor

    def __init__(self, options: MoRec, pack: Pack, features: TextFeatures, dim: int) -> None:
        super().__init__(len(pack))
        text = torch.as_tensor(features.embeddings(), dtype=pack.dtype)
        self.register_buffer("text", text * (options.row_length or math.sqrt(text.shape[1])), persistent=False)
        self.adapter = PackedLinear(pack, "adapter", text.shape[1], semantic_width(options.fusion, dim))
        self.fuse = Fuse(pack, features.n_items, dim, options.fusion)

    def semantic_table(self) -> Tensor:
        """GELU(X W + b), shape (K, N, d / 2) when concatenated, else (K, N, d)."""
        text = self.text.expand(self.members, -1, -1)
        return torch.nn.functional.gelu(self.adapter(text))

    def item_table(self) -> Tensor:
        """The fused table, shape (K, N + 1, d)."""
        table: Tensor = self.fuse(self.semantic_table())
        return table
