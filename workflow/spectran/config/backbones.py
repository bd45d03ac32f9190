"""Options of the sequential recommenders (one class a backbone)."""

from typing import Annotated, Any, Literal

from pydantic import Field, NonNegativeFloat, ValidationInfo, field_validator, model_validator

from spectran.config.base import PositiveInt, Section


class BackboneOptions(Section):
    """What every backbone has: its names, and blocks of attention heads."""

    label: str
    """Name shown in tables and figures."""
    row: str
    """Name of this backbone in the printed tables (config/published)."""
    blocks: PositiveInt = 2
    """Blocks, one after the other."""
    heads: PositiveInt = 1
    """Attention heads; must divide the dimension."""

    def fits(self, dim: int) -> str | None:
        """Why this item dimension cannot be, or None if it can."""
        return f"it is no multiple of {self.heads} heads" if dim % self.heads else None

    def masks(self) -> float:
        """Share of items that it learns from by masking them; 0 where it learns the next item."""
        return 0.0


class SASRec(BackboneOptions):
    """SASRec (Kang and McAuley 2018), in the two-block form whose parameter count the paper's Table 5 supports."""

    kind: Literal["sasrec"] = "sasrec"
    """Which backbone this entry configures; the entry's own name when left out."""
    label: str = "SASRec"
    row: str = "sasrec"
    form: Literal["paper", "alphafuse"] = "paper"
    """Blocks as in pmixer's code, or AlphaFuse's single one: no attention output projection, and a LayerNorm after the
    feed-forward net's residual; 1.59M parameters on Toys, which Table 5 excludes."""
    scale_input: bool = False
    """Multiply item vectors by sqrt(d) first, as the original does; off, since an adapter sets its own scale."""
    init: Literal["xavier_normal", "normal"] = "xavier_normal"
    """Weight matrices: Xavier-normal, or N(0, 0.02^2)."""

    @model_validator(mode="before")
    @classmethod
    def _one_block_is_meant(cls, data: Any) -> Any:
        return {"blocks": 1, **data} if isinstance(data, dict) and data.get("form") == "alphafuse" else data

    @field_validator("form")
    @classmethod
    def _one_block_is_said(cls, form: str, info: ValidationInfo) -> str:
        if form == "alphafuse" and info.data.get("blocks", 1) != 1:
            raise ValueError(f"AlphaFuse has one block: blocks 1 expected, found {info.data['blocks']}")
        return form


class BERT4Rec(BackboneOptions):
    """BERT4Rec (Sun et al. 2019): a two-way encoder that fills in masked items, in the form of RecBole."""

    kind: Literal["bert4rec"] = "bert4rec"
    """Which backbone this entry configures; the entry's own name when left out."""
    label: str = "BERT4Rec"
    row: str = "bert4rec"
    heads: PositiveInt = 2
    """Attention heads; must divide the dimension."""
    mask_ratio: Annotated[float, Field(gt=0, lt=1)] = 0.2
    """Share of the items masked in training, unless tuned; the least of the paper's three, and RecBole's default."""
    last_item_ratio: Annotated[float, Field(ge=0, le=1)] = 0.5
    """How often only a user's last item is masked, which is the question asked at test time; RecBole's ft_ratio."""
    mask_scale: NonNegativeFloat = 0.02
    """Standard deviation s of the [MASK] vector's N(0, s^2) start; 0.02 in both public codes."""
    output_transform: bool = True
    """Dense layer, GELU and LayerNorm after the last block, as in both public codes."""

    def masks(self) -> float:
        """The mask ratio."""
        return self.mask_ratio


class HSTU(BackboneOptions):
    """HSTU (Zhai et al. 2024): gated attention without softmax, with a learned bias of the relative position."""

    kind: Literal["hstu"] = "hstu"
    """Which backbone this entry configures; the entry's own name when left out."""
    label: str = "HSTU"
    row: str = "hstu"
    scale_input: bool = False
    """Multiply item vectors by sqrt(d) first, as the authors' code does; off, since an adapter sets its own scale."""
    position_bias: bool = True
    """Learn a number for each relative position, added to the scores; off is what the authors' code does untimed."""


#: Every backbone's options, told apart by `kind`. A new backbone adds its class here.
Backbone = Annotated[BERT4Rec | SASRec | HSTU, Field(discriminator="kind")]
