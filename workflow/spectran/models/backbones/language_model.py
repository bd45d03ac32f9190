"""A frozen language model as a backbone (FreLLM4Rec, arXiv 2508.10312; code models/llama_for_rec.py), packed.

Item vectors stand in the place of words. Any Hugging Face decoder, or encoder of BERT's kind, of the item dimension's
width; each place reads itself and the real ones before it, an encoder's too, and positions count from the first real
item. After each block the filter over time, if there is one; after the model's own last norm a trained LayerNorm, as in
the authors' code. Everything else is frozen, unless `unfrozen` says otherwise, and without dropout. One pass serves all
members, whose sequences are rows of real places: padding takes no work.

Differences from the authors' code: padding takes no part, where theirs on the right goes through the filter too; BERT's
kind is possible, which they do not try; attention is computed by our own function, the same one but for rounding.
"""

import torch
from torch import Tensor, nn

from spectran.config.backbones import LanguageModel
from spectran.models.backbones.backbone import Backbone
from spectran.models.language_models.frozen import Call, Frozen
from spectran.models.layers import PackedLayerNorm
from spectran.models.layout import Layout, Places
from spectran.models.members import Pack
from spectran.models.noise import PackedNoise
from spectran.models.temporal_filter import PackedTemporalFilter


class LanguageModelBackbone(Backbone):
    """K readers of item histories that share one frozen model."""

    def __init__(self, options: LanguageModel, pack: Pack, dim: int, history: int, noise: PackedNoise) -> None:
        super().__init__()
        # Here, since a job without a language model should not import transformers.
        from spectran.models.language_models.loading import load
        from spectran.models.language_models.unfrozen import PackedBlocks

        dtype = pack.dtype if pack.dtype == torch.float64 else getattr(torch, options.dtype)
        self.frozen: Frozen = load(options, dtype)
        if history > self.frozen.longest:
            raise ValueError(
                f"protocol: histories of at most {self.frozen.longest} items expected, which {options.model} reads; "
                f"found {history}"
            )
        self.unfrozen = None if options.unfrozen is None else PackedBlocks(pack, self.frozen, options.unfrozen)
        self.filters = nn.ModuleList()
        if options.temporal_filter is not None:
            self.filters.extend(
                PackedTemporalFilter(pack, f"filters.{i}", options.temporal_filter, history, noise)
                for i in range(len(self.frozen.blocks))
            )
        self.norm = PackedLayerNorm(pack, "norm", dim)

    def forward(self, x: Tensor, layout: Layout, wanted: Places) -> Tensor:
        """See `Backbone.forward`."""
        hidden = self.frozen.read(x, layout, lambda call, states: self._block(call, states, layout))
        normed: Tensor = self.norm(layout.pick(hidden, wanted))
        return normed

    @torch.no_grad()
    def states(self, x: Tensor, layout: Layout) -> list[Tensor]:
        """See `Backbone.states`. An encoder adds positions to its input and norms it before the first block."""
        found: list[Tensor] = []

        def turn(call: Call, states: Tensor) -> Tensor:
            if not found:
                found.append(states.to(x.dtype))
            after = self._block(call, states, layout)
            found.append(after.to(x.dtype))
            return after

        self.frozen.read(x, layout, turn)
        return found

    def _block(self, call: Call, states: Tensor, layout: Layout) -> Tensor:
        """A block, and the filter after it: (K, R, d) -> (K, R, d)."""
        after: Tensor = call(states) if self.unfrozen is None else self.unfrozen(call, states)
        if not self.filters:
            return after
        grid = layout.grid(after.to(self.norm.weight.dtype), layout.rows)
        filtered: Tensor = self.filters[call.number](grid, layout.real.sum(dim=-1))
        return layout.rows.collect(filtered.flatten(1, 2)).to(after.dtype)
