"""Backbones: sequential recommenders that read and rank with an item table. One file each."""

from collections.abc import Callable

import torch
from torch import nn

from spectran.config.backbones import Backbone as Options
from spectran.config.backbones import TrainedBackbone
from spectran.models.backbones.backbone import Backbone
from spectran.models.backbones.bert4rec import BERT4RecBackbone
from spectran.models.backbones.hstu import HSTUBackbone
from spectran.models.backbones.language_model import LanguageModelBackbone
from spectran.models.backbones.sasrec import SASRecBackbone
from spectran.models.members import Pack
from spectran.models.noise import PackedNoise
from spectran.models.temporal_filter import Filtered, PackedTemporalFilter

#: The code of each kind of backbone.
BACKBONES: dict[str, Callable[..., Backbone]] = {
    "bert4rec": BERT4RecBackbone,
    "sasrec": SASRecBackbone,
    "hstu": HSTUBackbone,
    "language-model": LanguageModelBackbone,
}


def build_backbone(options: Options, pack: Pack, dim: int, history: int, noise: PackedNoise) -> Backbone:
    """The packed backbone that `options` describe, with a filter after each block if they say so.

    Args:
        options: one of the typed option classes.
        pack: the members.
        dim: item dimension d.
        history: longest history T.
        noise: the pack's random numbers in training.
    """
    backbone = BACKBONES[options.kind](options, pack, dim, history, noise)
    if isinstance(options, TrainedBackbone) and options.temporal_filter is not None:
        length = int(backbone.inputs_of(torch.tensor(history + 1)))
        filters = (
            PackedTemporalFilter(pack, f"blocks.{i}.temporal_filter", options.temporal_filter, length, noise)
            for i in range(len(backbone.blocks))
        )
        backbone.blocks = nn.ModuleList(map(Filtered, backbone.blocks, filters))
    return backbone
