"""How many members of a pack fit into memory, estimated before any is built there."""

from spectran.config.training import Training
from spectran.models.members import Member
from spectran.models.recommender import Blueprint
from spectran.training.data import TrainingData
from spectran.training.loss import PRODUCT_ITEMS

#: Copies of a parameter: itself, its gradient, Adam's two moments, one of the optimiser's temporaries.
PARAMETER_COPIES = 5
#: Arrays of the size of a batch's hidden states that one block keeps for its backward pass (generous).
BLOCK_ARRAYS = 24
#: Arrays of the size of the item table, and of the candidates' scores or vectors, kept likewise.
TABLE_ARRAYS, CANDIDATE_ARRAYS = 6, 4
#: Share of free memory to plan with; the rest is for the allocator's gaps and for validation.
USABLE = 0.8


def member_bytes(blueprint: Blueprint, data: TrainingData, training: Training) -> int:
    """An upper estimate of one member's memory in training, in bytes."""
    one = Member(seed=0, weight_decay=0.0, dropout=0.0, id_scale=1.0, learning_rate=1e-3)
    parameters = blueprint.build((one,)).parameters_per_member()
    positions = min(training.batch, len(data.inputs)) * blueprint.history
    hidden = positions * blueprint.dim * BLOCK_ARRAYS * (blueprint.backbone.blocks + 1)
    per_position = data.n_items if data.n_items <= PRODUCT_ITEMS else (training.negatives + 1) * blueprint.dim
    candidates = positions * per_position * CANDIDATE_ARRAYS
    table = data.n_items * blueprint.dim * TABLE_ARRAYS
    return (parameters * PARAMETER_COPIES + hidden + candidates + table) * blueprint.dtype.itemsize


def members_that_fit(free: int, blueprint: Blueprint, data: TrainingData, training: Training) -> int:
    """How many members to train together with so many free bytes; at least one."""
    return max(1, int(free * USABLE) // member_bytes(blueprint, data, training))
