"""MoRec (Yuan et al. 2023, arXiv 2303.13835): E_s = GELU(X W + b).

X are the frozen text embeddings. The authors train the text encoder end to end; their two-stage form, used here and
in AlphaFuse's port (`AP` pipeline), puts a dense layer with GELU on frozen vectors, Xavier-normal, zero bias.
AlphaFuse scales unit vectors by 40, which is sqrt(1536) for the encoder it used; here a row has length sqrt(l), so
that entries are of size 1 for any encoder. The default fusion is [E_id ; E_s] of two halves, which the parameter
counts of SpecTran's Table 5 support for the adapter methods; AlphaFuse's port is `text_only`. Without the activation
it is a linear adapter, a control that the paper lacks.
"""

from torch import Tensor, nn

from spectran.config.methods import MoRec
from spectran.models.features import ItemFeatures
from spectran.models.layers import PackedLinear
from spectran.models.members import Pack
from spectran.models.methods.adapter import AdapterMethod
from spectran.models.noise import PackedNoise


class MoRecMethod(AdapterMethod):
    """A dense adapter with GELU, fused with IDs."""

    def __init__(self, options: MoRec, pack: Pack, features: ItemFeatures, dim: int, noise: PackedNoise) -> None:
        super().__init__(options, pack, features.scaled(options.row_length), dim)
        self.adapter = PackedLinear(pack, "adapter", self.text.shape[1], self.width)
        self.activation = nn.GELU() if options.activation == "gelu" else nn.Identity()

    def semantic_table(self) -> Tensor:
        """GELU(X W + b), shape (K, N, d / 2) when concatenated, else (K, N, d)."""
        semantic: Tensor = self.activation(self.adapter(self.rows()))
        return semantic
