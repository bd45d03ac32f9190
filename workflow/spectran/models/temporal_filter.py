"""FreLLM4Rec's low-pass filter over time (TFM; arXiv 2508.10312, code models/projector.py), packed.

x <- dropout(F x) after each block, F the Butterworth filter over the real places of a sequence; there is no residual
unless `residual` is asked for. The authors multiply in the frequency domain over the padded length, which is a circular
convolution: outputs depend on later inputs, in training on the targets. That is the form `circular`, here over exactly
the real places. `causal`, the default, runs the digital filter from left to right. The cut-off is continuous, and can
be learned.
"""

import torch
from torch import Tensor, nn

from spectran.config.temporal import TemporalFilter
from spectran.models.layout import Layout, Places
from spectran.models.members import Pack
from spectran.models.noise import PackedNoise
from spectran.models.share import PackedShare
from spectran.models.tables import gather_rows
from spectran.spectra.butterworth import causal_matrix, circular_matrix


class PackedTemporalFilter(nn.Module):
    """K filters over time.

    Args:
        pack: the members.
        name: prefix of the parameter's name.
        options: of the filter.
        length: T, the longest sequence.
        noise: the pack's random numbers in training.
    """

    cached: Tensor | None

    def __init__(self, pack: Pack, name: str, options: TemporalFilter, length: int, noise: PackedNoise) -> None:
        super().__init__()
        self.options, self.length, self.noise = options, length, noise
        self.cutoff = PackedShare(pack, f"{name}.cutoff", options.cutoff, learned=options.learned)
        made = None
        if not options.learned:
            cutoff = torch.tensor([options.cutoff], dtype=torch.float64)
            made = matrices_by_length(options, cutoff, length).to(pack.dtype)
        self.register_buffer("cached", made, persistent=False)

    def matrices(self) -> Tensor:
        """What each place gets of each, for every number of real places at a sequence's end: (K or 1, T + 1, T, T).

        Zero at padding. That of no real place is that of one: the last place of an empty history is computed.
        """
        if self.cached is not None:
            return self.cached
        cutoff = self.cutoff.values()
        return matrices_by_length(self.options, cutoff, self.length).to(cutoff.dtype)

    def forward(self, x: Tensor, lengths: Tensor) -> Tensor:
        """Filter sequences.

        Args:
            x: left-padded, T or fewer places, shape (K, B, T, w).
            lengths: their real places, shape (K, B).

        Returns:
            Shape (K, B, T, w); what stands at padding means nothing.
        """
        length = x.shape[2]
        matrices = self.matrices()[:, : length + 1, -length:, -length:].flatten(2)
        own = gather_rows(matrices, lengths.reshape(len(matrices), -1)).view(*lengths.shape, length, length)
        filtered = self.noise.dropout(own @ x, rate=self.options.dropout)
        return x + filtered if self.options.mode == "residual" else filtered


class Filtered(nn.Module):
    """A backbone's block with a filter after it."""

    def __init__(self, block: nn.Module, temporal_filter: PackedTemporalFilter) -> None:
        super().__init__()
        self.block, self.temporal_filter = block, temporal_filter

    def forward(self, x: Tensor, layout: Layout, wanted: Places) -> Tensor:
        """Rows (K, R, d) -> wanted rows (K, P, d). The block computes all rows, for a filter reads them."""
        grid = layout.grid(self.block(x, layout, layout.rows), layout.rows)
        filtered: Tensor = self.temporal_filter(grid, layout.real.sum(dim=-1))
        return wanted.collect(filtered.flatten(1, 2))


def matrices_by_length(options: TemporalFilter, cutoff: Tensor, length: int) -> Tensor:
    """See `PackedTemporalFilter.matrices`: cut-offs (K,) and T -> (K, T + 1, T, T), float64."""
    counts = [max(1, count) for count in range(length + 1)]
    if options.form == "causal":
        whole = causal_matrix(length, cutoff, options.order)
        blocks = [whole[:, :count, :count] for count in counts]  # it does not read ahead: of fewer places it is a part
    else:
        blocks = [circular_matrix(count, cutoff, options.order) for count in counts]
    return torch.stack([nn.functional.pad(one, (length - one.shape[-1], 0) * 2) for one in blocks], dim=1)
