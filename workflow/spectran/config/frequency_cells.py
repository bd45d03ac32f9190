"""What the cells of FreLLM4Rec's study are to each other, told from their options and not from their names."""

from collections.abc import Iterator, Mapping
from typing import Any

from spectran.config.backbones import LanguageModel
from spectran.config.cells import Cell, cells_of_parts
from spectran.config.graph import GraphFilter, ItemGraph
from spectran.config.methods import FreLLM4Rec
from spectran.config.study import Study
from spectran.config.temporal import TemporalFilter

#: Name of the part.
PART = "frellm4rec"
#: What is told of a cell by other means, or does not make another cell of it: names, and how long it is trained.
_UNTOLD = {"label", "row", "preset", "training", "start_seed"}


def frellm4rec_cells(study: Study) -> dict[tuple[str, str], Cell]:
    """FreLLM4Rec itself on each dataset and language model (by its `model`): what the other cells are compared with.

    A pre-trained model with nothing of it unfrozen, a causal temporal filter and a low-pass filter on the co-occurrence
    graph, neither of them learned: the first cell with both at their defaults, else the first.
    """
    found: dict[tuple[str, str], tuple[int, Cell]] = {}
    for cell in cells_of_parts(study).get(PART, []):
        changed = _from_default(study, cell)
        if changed is None:
            continue
        place = (cell.dataset, model_of(study, cell))
        if place not in found or changed < found[place][0]:
            found[place] = changed, cell
    return {place: cell for place, (_, cell) in found.items()}


def reference_of(study: Study, cell: Cell) -> Cell | None:
    """The cell of `frellm4rec_cells` that this one is compared with: of its language model, else the dataset's first.

    None where the part has no such cell.
    """
    known = frellm4rec_cells(study)
    first = next((own for (dataset, _), own in known.items() if dataset == cell.dataset), None)
    return known.get((cell.dataset, model_of(study, cell)), first)


def model_of(study: Study, cell: Cell) -> str:
    """The language model that the cell reads with; "" if it reads with none."""
    backbone = study.backbones[cell.backbone]
    return backbone.model if isinstance(backbone, LanguageModel) else ""


def changes(study: Study, reference: Cell, cell: Cell) -> frozenset[str]:
    """The options in which a cell differs from another, "graph_filter.alpha" say; "graph_filter" where one has none."""
    axes = ((study.backbones, "backbone"), (study.methods, "method"))
    return frozenset(
        name
        for known, axis in axes
        for name in _changed(*(known[getattr(one, axis)].model_dump(exclude=_UNTOLD) for one in (reference, cell)))
    )


def _changed(first: Mapping[str, Any], second: Mapping[str, Any]) -> Iterator[str]:
    for key in dict.fromkeys([*first, *second]):
        old, new = first.get(key), second.get(key)
        if isinstance(old, dict) and isinstance(new, dict):
            yield from (f"{key}.{inner}" for inner in _changed(old, new))
        elif old != new:
            yield key


def _from_default(study: Study, cell: Cell) -> int | None:
    """How many of FreLLM4Rec's two filters are not at their defaults; None where the cell is something else."""
    backbone, method = study.backbones[cell.backbone], study.methods[cell.method]
    if not isinstance(backbone, LanguageModel) or not isinstance(method, FreLLM4Rec):
        return None
    temporal, graph = backbone.temporal_filter, method.graph_filter
    if temporal is None or graph is None or temporal.learned or graph.learned or backbone.unfrozen is not None:
        return None
    if backbone.start != "pretrained" or temporal.form != "causal" or graph.graph != ItemGraph().graph:
        return None
    return (temporal != TemporalFilter()) + (graph != GraphFilter())
