"""Presets of language models as backbones, and what of one may be trained."""

from typing import Any

from pydantic import PositiveFloat, model_validator

from spectran.config.base import NonNegativeInt, Section
from spectran.config.text import PRESETS as ENCODERS

#: What a preset fills in where the study says nothing: FreLLM4Rec's three models, and one that fits on a laptop.
SOURCES: dict[str, dict[str, Any]] = {
    "minilm": {key: ENCODERS["minilm"][key] for key in ("model", "package", "sha256", "dtype")} | {"width": 384},
    "qwen2.5-7b": {"model": "Qwen/Qwen2.5-7B", "width": 3584, "dtype": "bfloat16"},
    "llama-3.1-8b": {"model": "meta-llama/Llama-3.1-8B", "width": 4096, "dtype": "bfloat16"},
    "mistral-7b": {"model": "mistralai/Mistral-7B-v0.1", "width": 4096, "dtype": "bfloat16"},
}


class Unfrozen(Section):
    """What of a language model is trained, for each member on its own: its last blocks, or LoRA in all of them."""

    last_blocks: NonNegativeInt = 0
    """So many blocks at the end are trained in full."""
    lora_rank: NonNegativeInt = 0
    """Rank of a LoRA update (Hu et al. 2021; the library peft) of every linear map of every block; 0 for none."""
    lora_scale: PositiveFloat = 1.0
    """LoRA's alpha / rank."""

    @model_validator(mode="after")
    def _one_of_them(self) -> "Unfrozen":
        if (self.last_blocks > 0) == (self.lora_rank > 0):
            raise ValueError(
                f"either last_blocks or lora_rank above 0 expected, found {self.last_blocks} and {self.lora_rank}"
            )
        return self
