"""WhitenRec (Zhang et al. 2024, ICDE): E_s = network(whitened text embeddings).

No code was found under that name. ZCA as in the first author's next work (lzz0007/DWSRec), from the SVD of the centred
embeddings, with a small epsilon and a cut at the numerical rank: the closest codes have neither, and AlphaFuse's port
divides by about 1e-17 where there are fewer items than text columns. SpecTran calls the network "a mapping adapter on
whitened embeddings" and prints 3.23M parameters, which no single layer meets; l - 512 - 256 - 128 - d/2 with ReLU, then
LayerNorm, after each hidden layer does (3,225,152), and is a guess for all that. AlphaFuse's port is `whitening: pca`,
`head: linear_gelu`, `fusion: text_only`. The second view of the paper (whitening in groups) is not built.
"""

from itertools import pairwise

from torch import Tensor, nn

from spectran.config.methods import WhitenRec
from spectran.models.features import ItemFeatures
from spectran.models.layers import PackedLayerNorm, PackedLinear
from spectran.models.members import Pack
from spectran.models.methods.adapter import AdapterMethod
from spectran.models.noise import PackedNoise

EPS = 1e-5


class WhitenRecMethod(AdapterMethod):
    """A network on whitened text, fused with IDs."""

    def __init__(self, options: WhitenRec, pack: Pack, features: ItemFeatures, dim: int, noise: PackedNoise) -> None:
        super().__init__(options, pack, features.whitened(options.whitening, options.epsilon), dim)
        widths = [self.text.shape[1], *(options.hidden if options.head == "mlp" else ()), self.width]
        layers: list[nn.Module] = []
        for i, (n_in, n_out) in enumerate(pairwise(widths)):
            layers += [PackedLinear(pack, f"head.{i}", n_in, n_out)]
            if i < len(widths) - 2:
                layers += [nn.ReLU(), PackedLayerNorm(pack, f"head.{i}.norm", n_out, EPS)]
        if options.head == "linear_gelu":
            layers += [nn.GELU()]
        self.head = nn.Sequential(*layers)

    def semantic_table(self) -> Tensor:
        """The network's output, shape (K, N, d / 2) when concatenated, else (K, N, d)."""
        semantic: Tensor = self.head(self.rows())
        return semantic
