"""Options of the sequential recommenders (one class a backbone)."""

from abc import abstractmethod
from typing import Annotated, Any, Literal

from pydantic import Field, NonNegativeFloat, ValidationInfo, field_validator, model_validator

from spectran.config.base import NonNegativeInt, PositiveInt, Section
from spectran.config.language_models import SOURCES, Unfrozen
from spectran.config.temporal import TemporalFilter
from spectran.config.text import Model, filled_in
from spectran.config.training import OwnTraining


class BackboneOptions(Section):
    """What every backbone has: its names, and what may be done to any of them."""

    label: str
    """Name shown in tables and figures."""
    row: str
    """Name of this backbone in the printed tables (config/published)."""
    temporal_filter: TemporalFilter | None = None
    """FreLLM4Rec's low-pass filter over time after each block; null for none."""
    training: OwnTraining = OwnTraining()
    """Where cells of this backbone are trained otherwise than the study says."""

    @abstractmethod
    def fits(self, dim: int) -> str | None:
        """Why this item dimension cannot be, or None if it can."""

    def masks(self) -> float:
        """Share of items that it learns from by masking them; 0 where it learns the next item."""
        return 0.0


class TrainedBackbone(BackboneOptions):
    """What every backbone has that is trained from nothing: blocks of attention heads."""

    blocks: PositiveInt = 2
    """Blocks, one after the other."""
    heads: PositiveInt = 1
    """Attention heads; must divide the dimension."""

    def fits(self, dim: int) -> str | None:
        """Heads have the same number of columns."""
        return f"it is no multiple of {self.heads} heads" if dim % self.heads else None


class SASRec(TrainedBackbone):
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


class BERT4Rec(TrainedBackbone):
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


class HSTU(TrainedBackbone):
    """HSTU (Zhai et al. 2024): gated attention without softmax, with a learned bias of the relative position."""

    kind: Literal["hstu"] = "hstu"
    """Which backbone this entry configures; the entry's own name when left out."""
    label: str = "HSTU"
    row: str = "hstu"
    scale_input: bool = False
    """Multiply item vectors by sqrt(d) first, as the authors' code does; off, since an adapter sets its own scale."""
    position_bias: bool = True
    """Learn a number for each relative position, added to the scores; off is what the authors' code does untimed."""


class LanguageModel(BackboneOptions, Model):
    """A frozen language model that reads item vectors in the place of words, from left to right (FreLLM4Rec)."""

    kind: Literal["language-model"] = "language-model"
    """Which backbone this entry configures; the entry's own name when left out."""
    label: str = "LLM"
    row: str = "language_model"
    preset: Literal["minilm", "qwen2.5-7b", "llama-3.1-8b", "mistral-7b"] | None = None
    """Fills in model, package, sha256, width and dtype where they are not given: minilm for a laptop, the others for a
    GPU."""
    width: PositiveInt
    """Width of the model's hidden states, which the item dimension must be."""
    dtype: Literal["float32", "bfloat16", "float16"] = "float32"
    """Arithmetic of the frozen model; what is trained stays in float32."""
    start: Literal["pretrained", "random"] = "pretrained"
    """Pre-trained weights, or the same architecture drawn at random: a control that tells what pre-training gives."""
    start_seed: NonNegativeInt = 0
    """Seed of those random weights, the same for every member."""
    unfrozen: Unfrozen | None = None
    """What of the model is trained too; null keeps all of it frozen, as the authors do."""
    training: OwnTraining = OwnTraining(batch=128, learning_rate=5e-4, epochs=15, search=False)
    """As in the authors' runs, which tune nothing; without their warm-up and cosine decay."""

    @model_validator(mode="before")
    @classmethod
    def _fill_from_preset(cls, data: Any) -> Any:
        return filled_in(data, SOURCES)

    def fits(self, dim: int) -> str | None:
        """It reads vectors of its own width."""
        return None if dim == self.width else f"{self.width} expected, the width of {self.model}"


#: Every backbone's options, told apart by `kind`. A new backbone adds its class here.
Backbone = Annotated[BERT4Rec | SASRec | HSTU | LanguageModel, Field(discriminator="kind")]
