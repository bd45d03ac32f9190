"""Methods: where item vectors come from. One file each."""

from collections.abc import Callable

from spectran.config.methods import FreLLM4Rec, Method
from spectran.models.features import ItemFeatures
from spectran.models.members import Pack
from spectran.models.methods.alphafuse import AlphaFuseMethod
from spectran.models.methods.base import BaseMethod
from spectran.models.methods.filtered import FilteredMethod
from spectran.models.methods.frellm4rec import FreLLM4RecMethod
from spectran.models.methods.llm_esr import LLMESRMethod
from spectran.models.methods.llminit import LLMInitMethod
from spectran.models.methods.method import ItemMethod
from spectran.models.methods.morec import MoRecMethod
from spectran.models.methods.rlmrec import RLMRecMethod
from spectran.models.methods.spectran import SpecTranMethod
from spectran.models.methods.unisrec import UniSRecMethod
from spectran.models.methods.whitenrec import WhitenRecMethod
from spectran.models.noise import PackedNoise

#: The code of each kind of method.
METHODS: dict[str, Callable[..., ItemMethod]] = {
    "base": BaseMethod,
    "morec": MoRecMethod,
    "unisrec": UniSRecMethod,
    "llm-esr": LLMESRMethod,
    "rlmrec": RLMRecMethod,
    "whitenrec": WhitenRecMethod,
    "llminit": LLMInitMethod,
    "alphafuse": AlphaFuseMethod,
    "spectran": SpecTranMethod,
    "frellm4rec": FreLLM4RecMethod,
}


def build_method(options: Method, pack: Pack, features: ItemFeatures, dim: int, noise: PackedNoise) -> ItemMethod:
    """The packed method that `options` describe, with a filter of its item table if they say so.

    FreLLM4Rec has its filter inside.

    Args:
        options: one of the typed option classes.
        pack: the members.
        features: frozen text features of the dataset.
        dim: item dimension d.
        noise: the pack's random numbers in training.
    """
    method = METHODS[options.kind](options, pack, features, dim, noise)
    if options.graph_filter is None or isinstance(options, FreLLM4Rec):
        return method
    return FilteredMethod(method, options.graph_filter, pack, features)
