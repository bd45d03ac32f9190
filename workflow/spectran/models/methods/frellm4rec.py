"""FreLLM4Rec (arXiv 2508.10312; code BDML-lab/FreLLM4Rec): trained collaborative vectors C and text X, both low-passed.

    id = LN(G(C W_c + b_c)),   text = LN(G(MLP(X))),   g = sigmoid([id ; text] W_g + b_g),   g * id + (1 - g) * text

with a sigmoid gate for every dimension, the MLP l - 1000 - d with ReLU, Xavier-normal, and G the low-pass filter
(I - alpha L)^hops on the graph of items (G-LPF; `models/graph_filter.py`). C is the item table of a cell that was
trained before, which is SASRec of width 50 in the authors' runs, and stays as it is. This is the item side alone: the
language model that reads these vectors, and TFM after its layers, are a backbone and its option, so that any method may
meet them and this one any backbone.

Differences from the authors' code: their graph is made of the test file's histories, which hold the validation targets,
ours of the train part; C is scaled so that the standard deviation of its entries is 1, and text to entries of size 1,
since the scale of neither means anything here; theirs are the last hidden states of the same language model, which
after right padding belong to a padding token for all titles but the longest; items are ranked by the study's score and
learned by its loss, of the same fused table in both (as theirs).
"""

import torch
from torch import Tensor, nn

from spectran.config.methods import FreLLM4Rec
from spectran.models.features import ItemFeatures
from spectran.models.graph_filter import PackedGraphFilter
from spectran.models.layers import PackedLayerNorm, PackedLinear
from spectran.models.members import Pack
from spectran.models.methods.method import ItemMethod
from spectran.models.noise import PackedNoise
from spectran.models.tables import with_padding

EPS = 1e-5


class FreLLM4RecMethod(ItemMethod):
    """A fusion of two frozen views of the items, which alone is trained."""

    vectors: Tensor
    text: Tensor

    def __init__(self, options: FreLLM4Rec, pack: Pack, features: ItemFeatures, dim: int, noise: PackedNoise) -> None:
        super().__init__(len(pack))
        vectors = features.collaborative(options.collaborative.dim)
        text = features.scaled(options.row_length)
        for name, matrix in {"vectors": vectors, "text": text}.items():
            self.register_buffer(name, torch.tensor(matrix, dtype=pack.dtype), persistent=False)
        self.ids = PackedLinear(pack, "ids", vectors.shape[1], dim)
        self.titles = _mlp(pack, "titles", text.shape[1], options.hidden, dim)
        graph = options.graph_filter
        # One for both views: what is learned of its strength is learned from both.
        self.low_pass = PackedGraphFilter(pack, "low_pass", graph, features.item_graph(graph)) if graph else None
        self.id_norm = PackedLayerNorm(pack, "id_norm", dim, EPS)
        self.title_norm = PackedLayerNorm(pack, "title_norm", dim, EPS)
        gated = options.fusion == "gate"
        self.gate = PackedLinear(pack, "gate", 2 * dim, dim) if gated else None
        self.mix = None if gated else _mlp(pack, "mix", 2 * dim, options.hidden, dim)

    def semantic_table(self) -> Tensor:
        """The text's side before the two meet, shape (K, N, d)."""
        return self._side(self.text, self.titles, self.title_norm)

    def item_table(self) -> Tensor:
        """Both sides, gated or mixed by an MLP; shape (K, N + 1, d)."""
        ids, titles = self._side(self.vectors, self.ids, self.id_norm), self.semantic_table()
        both = torch.cat([ids, titles], dim=-1)
        if self.mix is not None:
            return with_padding(self.mix(both))
        assert self.gate is not None
        return with_padding(torch.lerp(titles, ids, torch.sigmoid(self.gate(both))))

    def _side(self, frozen: Tensor, mapped: nn.Module, norm: nn.Module) -> Tensor:
        """One view, mapped, low-passed and normed: (N, columns) -> (K, N, d)."""
        rows = mapped(frozen.expand(self.members, -1, -1))
        side: Tensor = norm(rows if self.low_pass is None else self.low_pass(rows))
        return side


def _mlp(pack: Pack, name: str, n_in: int, hidden: int, n_out: int) -> nn.Sequential:
    inner = PackedLinear(pack, f"{name}.inner", n_in, hidden)
    return nn.Sequential(inner, nn.ReLU(), PackedLinear(pack, f"{name}.outer", hidden, n_out))
