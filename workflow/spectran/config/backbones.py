"""Options of the sequential recommenders (one class a backbone)."""

from typing import Annotated, Literal, Union

from pydantic import Field

from spectran.config.base import PositiveInt, Section


class SASRec(Section):
    """SASRec (Kang and McAuley 2018), the two-block form whose parameter count the paper's Table 5 supports."""

    kind: Literal["sasrec"] = "sasrec"
    """Which backbone this entry configures; the entry's own name when left out."""
    label: str = "SASRec"
    """Name shown in tables and figures."""
    row: str = "sasrec"
    """Name of this backbone in the printed tables (config/published)."""
    blocks: PositiveInt = 2
    """Self-attention blocks."""
    heads: PositiveInt = 1
    """Attention heads; must divide the dimension."""
    scale_input: bool = False
    """Multiply item vectors by sqrt(d) first, as the original does; off, since an adapter sets its own scale."""
    init: Literal["xavier_normal", "normal"] = "xavier_normal"
    """Weight matrices: Xavier-normal, or N(0, 0.02^2)."""


#: Every backbone's options, told apart by `kind`. A new backbone adds its class to the union.
Backbone = Annotated[Union[SASRec], Field(discriminator="kind")]  # noqa: UP007
