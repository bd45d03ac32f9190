"""Which members a cell needs: the points of the grid, then the chosen point with every seed."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import product

from spectran.config.backbones import Backbone
from spectran.config.methods import Method
from spectran.config.training import Training, Tuning
from spectran.models.members import Member


def search_members(tuning: Tuning, training: Training, method: Method, backbone: Backbone) -> list[Member]:
    """One member a point of the grid, the same grid for every method on a backbone.

    `id_scale` falls back to the method's own, `mask_ratio` to the backbone's; a backbone that masks nothing has 0.
    """
    scales = (method.id_scale,) if tuning.id_scale is None else tuning.id_scale
    own = backbone.masks()
    ratios = (own,) if tuning.mask_ratio is None or own == 0 else tuning.mask_ratio
    return [
        Member(tuning.seed, weight_decay, dropout, id_scale, training.learning_rate, mask_ratio)
        for weight_decay, dropout, id_scale, mask_ratio in product(tuning.weight_decay, tuning.dropout, scales, ratios)
    ]


def choose(validation: Mapping[Member, float]) -> Member:
    """The point with the best validation NDCG@20; the first of the grid among equals."""
    return max(validation, key=lambda member: validation[member])


def final_members(chosen: Member, seeds: tuple[int, ...]) -> list[Member]:
    """The chosen point with every declared seed."""
    return [replace(chosen, seed=seed) for seed in seeds]
