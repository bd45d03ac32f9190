"""LLM-ESR (Liu et al. 2024, NeurIPS; code liuqidong07/LLM-ESR): two views of an item, and similar users as teachers.

Item vector [id ; text]: an ID table that starts from the leading scores of the text's PCA (centred, not whitened), and
the text embedding through Linear(l, l // 2), Linear(l // 2, d / 2) without activation. Before the backbone, each view
of a sequence is replaced by a cross-attention of two heads, no residual: queries from the other view, keys and values
from its own. Two losses can be added to a step's:

    distillation * MSE(u, mean of its 10 most similar users' vectors, no gradient)
    item_alignment * (the contrast of the two views of the items in the step's histories)

Differences. The authors' SASRec has its causal mask commented out, and their cross-attention has none; with a loss at
every position that would show it the targets, so here it reads what the backbone may read. They run one encoder of
d / 2 on each view; here one of d reads both, as SpecTran's Table 5 supports (with `fusion_layer` to the digit). They
find similar users with an LLM's account of the user; here by the mean text vector of the last T train items. They scale
by sqrt(d) and add positions and dropout before the cross-attention, here the backbone does its own after it. Their PCA
scores are not scaled (`scale_start: false`). As with them, similar users are encoded with dropout. The two layers of
the adapter are multiplied before the text is: the same function for less work. AlphaFuse's port, whose two views are
both text by mistake, is not built.
"""

import torch
from torch import Tensor, nn

from spectran.config.methods import LLMESR
from spectran.models.attention import PackedAttention
from spectran.models.features import ItemFeatures
from spectran.models.layers import PackedLinear, product
from spectran.models.layout import Layout
from spectran.models.members import Pack, xavier_normal
from spectran.models.methods.method import ItemMethod, Step, UserEncoder
from spectran.models.noise import PackedNoise
from spectran.models.tables import IdTable, gather_rows, with_padding

HEADS = 2


class LLMESRMethod(ItemMethod):
    """An ID view and a text view, with cross-attention in a sequence and losses beside the main one."""

    text: Tensor

    def __init__(self, options: LLMESR, pack: Pack, features: ItemFeatures, dim: int, noise: PackedNoise) -> None:
        super().__init__(len(pack))
        self.options, self._features = options, features
        half = dim // 2
        text = torch.tensor(features.scaled(options.row_length), dtype=pack.dtype)
        self.register_buffer("text", text, persistent=False)
        self.inner = PackedLinear(pack, "adapter.inner", text.shape[1], text.shape[1] // 2)
        self.outer = PackedLinear(pack, "adapter.outer", text.shape[1] // 2, half)
        svd = features.decomposition("centred", at_least=half)
        scores = svd.U[:, :half] * svd.S[:half]
        self.ids = IdTable(pack, features.n_items, half, scores, scale_start=options.scale_start)

        def attention(name: str) -> PackedAttention:
            return PackedAttention(pack, name, half, HEADS, xavier_normal, noise=None, bias=False)

        self.text_to_id, self.id_to_text = attention("text_to_id"), attention("id_to_text")
        self.fusion = PackedLinear(pack, "fusion", dim, dim) if options.fusion_layer else nn.Identity()
        self._similar: Tensor | None = None
        self._everyone: Tensor | None = None

    def semantic_table(self) -> Tensor:
        """(X W_1 + b_1) W_2 + b_2, shape (K, N, d / 2)."""
        bias: Tensor = self.outer(self.inner(self.text.new_zeros(self.members, 1, self.text.shape[1])))
        both = self.inner.weight @ self.outer.weight
        return bias + product(self.text.expand(self.members, -1, -1), both, self.inner.products)

    def item_table(self) -> Tensor:
        """[E_id ; E_s], shape (K, N + 1, d)."""
        return with_padding(torch.cat([self.ids.rows(), self.semantic_table()], dim=-1))

    def in_context(self, x: Tensor, layout: Layout) -> Tensor:
        """Cross-attention both ways; see `ItemMethod.in_context`."""
        ids, text = x.chunk(2, dim=-1)
        rows = layout.rows
        views = [self.text_to_id(text, rows, ids, layout), self.id_to_text(ids, rows, text, layout)]
        mixed: Tensor = self.fusion(torch.cat(views, dim=-1))
        return mixed

    @torch.no_grad()
    def begin_epoch(self, model: UserEncoder, histories: Tensor, batch: int) -> None:
        """Find similar users, once; encode all users as they are at the epoch's start, where that teaches."""
        if not self.options.distillation:
            return
        if self._similar is None:
            self._similar = self._features.similar_users(histories, self.text, self.options.similar_users)
        if self.options.teacher == "epoch":
            table = model.method.item_table()  # a filter of it is not this method's own
            some = histories.split(batch)
            vectors = [model.user_vectors(users.expand(self.members, -1, -1), table) for users in some]
            everyone = torch.cat(vectors, dim=1)
            if self._everyone is None or self._everyone.shape != everyone.shape:
                self._everyone = everyone
            else:
                self._everyone.copy_(everyone)  # a CUDA graph reads the same memory

    def auxiliary_loss(self, step: Step) -> Tensor | None:
        """The weighted sum of the losses that are switched on, shape (K,)."""
        losses = []
        if self.options.distillation:
            student = step.model.user_vectors(step.histories[step.users], step.table)
            distance = (student - self._teacher(step)).square().mean(dim=(1, 2))
            losses.append(self.options.distillation * distance)
        if self.options.item_alignment:
            items = step.histories[step.users].flatten(1)
            ids, text = gather_rows(step.table, items).chunk(2, dim=-1)
            losses.append(self.options.item_alignment * contrast(text, ids, items < len(self.text)))
        return torch.stack(losses).sum(dim=0) if losses else None

    @torch.no_grad()
    def _teacher(self, step: Step) -> Tensor:
        """The mean vector of each user's similar users, shape (K, B, d)."""
        assert self._similar is not None, "an epoch begins with begin_epoch"
        similar = self._similar[step.users]
        if self._everyone is not None:
            return gather_rows(self._everyone, similar).mean(dim=2)
        vectors = [step.model.user_vectors(step.histories[users], step.table) for users in similar.unbind(dim=2)]
        return torch.stack(vectors).mean(dim=0)


def contrast(x: Tensor, y: Tensor, real: Tensor) -> Tensor:
    """Each row of x has to find its own of y among all, and the other way round, as far as rows differ.

    The authors' Contrastive_Loss2 at temperature 1, mean over real rows: cross entropy of softmax(x y^T), over rows and
    over columns, with the soft targets softmax((x x^T + y y^T) / 2).

    Args:
        x: shape (K, R, w).
        y: shape (K, R, w).
        real: rows that count, shape (K, R).

    Returns:
        Shape (K,).
    """
    hidden = ~(real[:, :, None] & real[:, None, :])
    lowest = torch.finfo(x.dtype).min
    logits = (x @ y.transpose(1, 2)).masked_fill(hidden, lowest)
    alike = ((x @ x.transpose(1, 2) + y @ y.transpose(1, 2)) / 2).masked_fill(hidden, lowest)
    targets = alike.softmax(dim=-1).masked_fill(hidden, 0.0)
    found = logits.log_softmax(dim=-1) + logits.log_softmax(dim=-2)
    return -(targets * found).sum(dim=(1, 2)) / (2 * real.sum(dim=1))
