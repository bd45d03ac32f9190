"""LoRA (Hu et al. 2021, arXiv 2106.09685), as the library peft puts it into a model."""

from typing import Any

from torch import nn

from spectran.config.language_models import Unfrozen
from spectran.text.pretrained import ModelError

#: What peft calls the two factors of an update.
FACTORS = ("lora_A.default.weight", "lora_B.default.weight")


def add_adapters(model: Any, blocks: nn.ModuleList, options: Unfrozen) -> None:
    """Give every linear map of every block an update of two factors, of the scale and rank in `options`.

    Raises:
        ModelError: if no block has a linear map.
    """
    # Here, since it takes half a second and few models need it.
    from peft import LoraConfig, inject_adapter_in_model

    linear = {module for module in blocks.modules() if isinstance(module, nn.Linear)}
    if not linear:
        raise ModelError(f"{type(model).__name__}: linear maps expected for LoRA, found none in its blocks")
    names = [name for name, module in model.named_modules() if module in linear]
    alpha: Any = options.lora_scale * options.lora_rank  # said to be whole, but only divided by the rank
    config = LoraConfig(r=options.lora_rank, lora_alpha=alpha, lora_dropout=0.0, target_modules=names)
    inject_adapter_in_model(config, model)
