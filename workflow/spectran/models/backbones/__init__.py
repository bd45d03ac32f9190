"""Backbones: sequential recommenders that read and rank with an item table. One file each."""

from torch import nn

from spectran.config.backbones import Backbone
from spectran.models.backbones.sasrec import SASRecBackbone
from spectran.models.layers import PackedDropout
from spectran.models.members import Pack

#: The code of each kind of backbone.
BACKBONES = {"sasrec": SASRecBackbone}


def build_backbone(options: Backbone, pack: Pack, dim: int, history: int, dropout: PackedDropout) -> nn.Module:
    """The packed backbone that `options` describe.

    Args:
        options: one of the typed option classes.
        pack: the members.
        dim: item dimension d.
        history: longest input T.
        dropout: the pack's dropout.
    """
    return BACKBONES[options.kind](options, pack, dim, history, dropout)
