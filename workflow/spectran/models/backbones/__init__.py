"""Backbones: sequential recommenders that read and rank with an item table. One file each."""

from collections.abc import Callable

from spectran.config.backbones import Backbone as Options
from spectran.models.backbones.backbone import Backbone
from spectran.models.backbones.bert4rec import BERT4RecBackbone
from spectran.models.backbones.hstu import HSTUBackbone
from spectran.models.backbones.sasrec import SASRecBackbone
from spectran.models.members import Pack
from spectran.models.noise import PackedNoise

#: The code of each kind of backbone.
BACKBONES: dict[str, Callable[..., Backbone]] = {
    "bert4rec": BERT4RecBackbone,
    "sasrec": SASRecBackbone,
    "hstu": HSTUBackbone,
}


def build_backbone(options: Options, pack: Pack, dim: int, history: int, noise: PackedNoise) -> Backbone:
    """The packed backbone that `options` describe.

    Args:
        options: one of the typed option classes.
        pack: the members.
        dim: item dimension d.
        history: longest history T.
        noise: the pack's random numbers in training.
    """
    return BACKBONES[options.kind](options, pack, dim, history, noise)
