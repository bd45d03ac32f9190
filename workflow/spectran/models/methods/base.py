"""Base: the backbone alone with a trained ID table, the first row of SpecTran's Table 2.

The paper does not say how the table starts. N(0, 1) reproduces the printed row; N(0, 0.02^2) stops after a dozen
epochs.
"""

from torch import Tensor

from spectran.config.methods import Base
from spectran.models.features import ItemFeatures
from spectran.models.members import Pack
from spectran.models.methods.method import ItemMethod
from spectran.models.noise import PackedNoise
from spectran.models.tables import IdTable


class BaseMethod(ItemMethod):
    """The item table is the ID table."""

    def __init__(self, options: Base, pack: Pack, features: ItemFeatures, dim: int, noise: PackedNoise) -> None:
        super().__init__(len(pack))
        self.ids = IdTable(pack, features.n_items, dim)

    def item_table(self) -> Tensor:
        """E_id, shape (K, N + 1, d)."""
        return self.ids.weight
