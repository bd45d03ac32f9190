"""A method built for two members, and what one of them holds: what the oracles of methods share."""

import numpy as np
import torch

from small import DIM, member
from spectran.models.members import Pack
from spectran.models.methods import build_method
from spectran.models.noise import PackedNoise

MEMBERS = (member(3), member(4, id_scale=0.1))


def build(options, text, dim=DIM):
    """The method in float64, as it is in evaluation."""
    pack = Pack(MEMBERS, torch.float64)
    return build_method(options, pack, text, dim, PackedNoise(pack)).eval()


def stir(method):
    """Move every parameter away from its start, which may be zero; padding rows stay."""
    generator = torch.Generator().manual_seed(11)
    with torch.no_grad():
        for name, parameter in method.named_parameters():
            parameter += 0.1 * torch.randn(parameter.shape, dtype=torch.float64, generator=generator)
            if name.endswith("ids.weight"):
                parameter[:, -1] = 0.0
    return method


def table_of(method, k):
    """Member k's item table without the padding row."""
    table = method.item_table()[k].detach().numpy()
    assert (table[-1] == 0).all()
    return table[:-1]


def parameter(method, name, k):
    """Member k's part of a parameter."""
    return dict(method.named_parameters())[name][k].detach().numpy()


def fused(method, k, semantic, fusion):
    """The item table of this semantic table and the member's IDs."""
    if fusion == "text_only":
        return semantic
    ids = parameter(method, "fuse.ids.weight", k)[:-1]
    return ids + semantic if fusion == "add" else np.hstack([ids, semantic])
