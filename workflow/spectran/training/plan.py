"""Which members a cell needs: the points of the grid, then the chosen point with every seed."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import product

from spectran.config.methods import Method
from spectran.config.training import Training, Tuning
from spectran.models.members import Member


def search_members(tuning: Tuning, training: Training, method: Method) -> list[Member]:
    """One member a point of the grid, the same grid for every method; `id_scale` falls back to the method's own."""
    scales = (method.id_scale,) if tuning.id_scale is None else tuning.id_scale
    return [
        Member(tuning.seed, weight_decay, dropout, id_scale, training.learning_rate)
        for weight_decay, dropout, id_scale in product(tuning.weight_decay, tuning.dropout, scales)
    ]


def choose(validation: Mapping[Member, float]) -> Member:
    """The point with the best validation NDCG@20; the first of the grid among equals."""
    return max(validation, key=lambda member: validation[member])


def final_members(chosen: Member, seeds: tuple[int, ...]) -> list[Member]:
    """The chosen point with every declared seed."""
    return [replace(chosen, seed=seed) for seed in seeds]
