"""Options of the low-pass filter over time (FreLLM4Rec's TFM)."""

from typing import Annotated, Literal

from pydantic import Field

from spectran.config.base import PositiveInt, Section


class TemporalFilter(Section):
    """TFM: a Butterworth low-pass filter over a sequence's places, after each block of a backbone."""

    form: Literal["causal", "circular"] = "causal"
    """causal: the digital filter run from left to right, as if the first item had always been there. circular: the
    paper's, a product in the frequency domain, whose outputs depend on later items, the training targets among them."""
    mode: Literal["replace", "residual"] = "replace"
    """Whether the filtered states replace a block's output, as in the paper, or are added to it."""
    order: PositiveInt = 2
    """Order n of the filter; 2 in the authors' code."""
    cutoff: Annotated[float, Field(gt=0, lt=1)] = 0.1
    """Cut-off frequency as a share of the highest one (Nyquist's), where half of the power passes. Continuous: the
    authors' is rounded to a frequency of the sequence, which for 10 places and 0.1 leaves the mean alone."""
    learned: bool = False
    """Train the cut-off too, one number a member and block, from this start."""
    dropout: Annotated[float, Field(ge=0, lt=1)] | None = 0.2
    """Dropout rate of what was filtered; 0.2 in the authors' code. null takes the member's own, tuned rate."""
