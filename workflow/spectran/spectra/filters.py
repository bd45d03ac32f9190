"""The filters of a trained model: how strong they are, as configured or as learned."""

from pathlib import Path

from spectran.io import write_json
from spectran.models.graph_filter import PackedGraphFilter
from spectran.models.members import Member
from spectran.models.recommender import Recommender
from spectran.models.share import PackedShare
from spectran.models.temporal_filter import PackedTemporalFilter


def write_filters(path: Path, model: Recommender, members: tuple[Member, ...]) -> None:
    """Write filters.json: for every seed `alpha` of the graph filter and `cutoff` after each block.

    Null stands where the model has no such filter.

    Args:
        path: where it goes.
        model: K members.
        members: the members, for their seeds.
    """
    alphas = [part.alpha for part in model.modules() if isinstance(part, PackedGraphFilter)]
    cutoffs = [part.cutoff for part in model.modules() if isinstance(part, PackedTemporalFilter)]
    of_graph = {member.seed: _value(alphas[0], k) for k, member in enumerate(members)} if alphas else None
    of_time = {member.seed: [_value(one, k) for one in cutoffs] for k, member in enumerate(members)}
    write_json(path, {"alpha": of_graph, "cutoff": of_time if cutoffs else None})


def _value(share: PackedShare, k: int) -> float:
    values = share.values().numpy(force=True)
    # The shortest number that the model's arithmetic tells from its neighbours: 0.7, not 0.699999988.
    return float(str(values[k if len(values) > 1 else 0]))
