"""RLMRec (Ren et al. 2024, WWW; code HKUDS/RLMRec): IDs and text aligned by a loss over all items.

Mode `paper`: e_s = MLP(x), l - (l + d/2) // 2 - d/2 with LeakyReLU, Xavier-uniform; the item vector is [e_id ; e_s] and

    alignment * (1 - mean_i cos(e_s,i, e_id,i))

is added to each step's loss. This is the form whose parameter count is SpecTran's Table 5 to 0.01M. Mode `alphafuse`,
AlphaFuse's port: the item vector is e_id of size d, and the text acts through the loss alone, `contrastive` with
MLP(x_i) against e_id,i, or `generative` with MLP(e_id,i) against x_i, the MLP mirrored.

RLMRec itself is collaborative filtering on graphs: text never enters its item vectors, users have texts too, its losses
are InfoNCE in the batch at temperature 0.2 (weight 0.01), and `generative` masks a share of the nodes. None of that is
built; the cosine without negatives is AlphaFuse's.
"""

import torch
from torch import Tensor, nn

from spectran.config.methods import RLMRec
from spectran.models.features import ItemFeatures
from spectran.models.layers import PackedLinear
from spectran.models.members import Pack, xavier_uniform
from spectran.models.methods.method import ItemMethod, Step
from spectran.models.noise import PackedNoise
from spectran.models.tables import IdTable, with_padding


class RLMRecMethod(ItemMethod):
    """IDs, and a network between them and the text."""

    text: Tensor

    def __init__(self, options: RLMRec, pack: Pack, features: ItemFeatures, dim: int, noise: PackedNoise) -> None:
        super().__init__(len(pack))
        self.options = options
        text = torch.tensor(features.scaled(options.row_length), dtype=pack.dtype)
        self.register_buffer("text", text, persistent=False)
        self.width = dim // 2 if options.mode == "paper" else dim
        self.ids = IdTable(pack, features.n_items, self.width)
        ends = (text.shape[1], self.width) if options.loss == "contrastive" else (self.width, text.shape[1])
        hidden = sum(ends) // 2
        self.inner = PackedLinear(pack, "mlp.inner", ends[0], hidden, xavier_uniform)
        self.outer = PackedLinear(pack, "mlp.outer", hidden, ends[1], xavier_uniform)

    def semantic_table(self) -> Tensor:
        """MLP(X), shape (K, N, d / 2); in mode `alphafuse`, where no text enters, the item table's (K, N, d)."""
        return self._mapped(self._rows()) if self.options.mode == "paper" else self.ids.rows()

    def item_table(self) -> Tensor:
        """[E_id ; E_s] or E_id alone, shape (K, N + 1, d)."""
        if self.options.mode == "alphafuse":
            return self.ids.weight
        return with_padding(torch.cat([self.ids.rows(), self.semantic_table()], dim=-1))

    def auxiliary_loss(self, step: Step) -> Tensor:
        """The weighted mean of 1 - cos over all items, shape (K,)."""
        ids, mapped = step.table[:, :-1].split(self.width, dim=-1) if self.options.mode == "paper" else self._ends()
        cosines = nn.functional.cosine_similarity(mapped, ids, dim=-1)
        return self.options.alignment * (1 - cosines.mean(dim=1))

    def _ends(self) -> tuple[Tensor, Tensor]:
        """What mode `alphafuse` compares: one of ID and text as it is, and the other mapped to its space."""
        ids, text = self.ids.rows(), self._rows()
        return (ids, self._mapped(text)) if self.options.loss == "contrastive" else (text, self._mapped(ids))

    def _rows(self) -> Tensor:
        return self.text.expand(self.members, -1, -1)

    def _mapped(self, x: Tensor) -> Tensor:
        mapped: Tensor = self.outer(nn.functional.leaky_relu(self.inner(x)))
        return mapped
