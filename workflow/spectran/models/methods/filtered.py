"""Any method with FreLLM4Rec's low-pass filter on the item graph, of its item table."""

from torch import Tensor

from spectran.config.graph import GraphFilter
from spectran.models.features import ItemFeatures
from spectran.models.graph_filter import PackedGraphFilter
from spectran.models.layout import Layout
from spectran.models.members import Pack
from spectran.models.methods.method import ItemMethod, Step, UserEncoder
from spectran.models.tables import with_padding


class FilteredMethod(ItemMethod):
    """The inner method but for the item table, which a loss that the method adds sees filtered, too."""

    def __init__(self, inner: ItemMethod, options: GraphFilter, pack: Pack, features: ItemFeatures) -> None:
        super().__init__(len(pack))
        self.inner = inner
        self.graph_filter = PackedGraphFilter(pack, "graph_filter", options, features.item_graph(options))

    def unfiltered(self) -> ItemMethod:
        """The inner method."""
        return self.inner

    def semantic_table(self) -> Tensor | None:
        """The inner method's, which is not filtered."""
        return self.inner.semantic_table()

    def item_table(self) -> Tensor:
        """The inner method's, filtered, shape (K, N + 1, d)."""
        return with_padding(self.graph_filter(self.inner.item_table()[:, :-1]))

    def in_context(self, x: Tensor, layout: Layout) -> Tensor:
        """As the inner method does it."""
        return self.inner.in_context(x, layout)

    def keep(self, members: int) -> None:
        """Go on with so many members."""
        super().keep(members)
        self.inner.keep(members)

    def begin_epoch(self, model: UserEncoder, histories: Tensor, batch: int) -> None:
        """As the inner method does it."""
        self.inner.begin_epoch(model, histories, batch)

    def auxiliary_loss(self, step: Step) -> Tensor | None:
        """The inner method's, of the filtered table."""
        return self.inner.auxiliary_loss(step)

    def undecayed(self) -> frozenset[str]:
        """The inner method's."""
        return frozenset(f"inner.{name}" for name in self.inner.undecayed())

    def after_step(self) -> None:
        """As the inner method does it."""
        self.inner.after_step()
