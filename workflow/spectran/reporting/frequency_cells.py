"""The cells of FreLLM4Rec's part, what each is to the others, and what the report says of it."""

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from spectran.config.backbones import SASRec
from spectran.config.cells import Cell
from spectran.config.frequency_cells import PART, changes, model_of, reference_of
from spectran.config.methods import Base, SpecTran
from spectran.config.parts import points
from spectran.config.statistics import REFERENCE_ROW
from spectran.config.study import AXES, Study
from spectran.reporting.findings import Findings
from spectran.reporting.frames import KEYS

#: Metric of the paper's claims.
METRIC = "ndcg@10"
#: Roles, and the options in which a cell of a role differs from FreLLM4Rec on the same language model.
FULL, VANILLA, RANDOM = "full", "vanilla", "random"
WITHOUT_GRAPH, WITHOUT_TEMPORAL = "without graph filter", "without temporal filter"
ALPHA, CUTOFF, LEARNED, GRAPH = "alpha", "cutoff", "learned", "graph"
TWIN, UNFROZEN, FORM, OTHER = "random twin", "unfrozen", "form", "other"
#: Roles of cells without a language model.
SASREC, SPECTRAN_CELL = "sasrec", "spectran"

_EXACTLY: dict[frozenset[str], str] = {
    frozenset(): FULL,
    frozenset({"graph_filter", "temporal_filter"}): VANILLA,
    frozenset({"graph_filter"}): WITHOUT_GRAPH,
    frozenset({"temporal_filter"}): WITHOUT_TEMPORAL,
    frozenset({"graph_filter", "temporal_filter", "start"}): RANDOM,
    frozenset({"graph_filter.alpha"}): ALPHA,
    frozenset({"temporal_filter.cutoff"}): CUTOFF,
    frozenset({"temporal_filter.form"}): FORM,
    frozenset({"unfrozen"}): UNFROZEN,
}
_LEARNED = {"graph_filter.learned", "temporal_filter.learned"}
_STARTS = {"graph_filter.alpha", "temporal_filter.cutoff"}
_GRAPHS = {"graph_filter.graph", "graph_filter.window", "graph_filter.neighbours", "graph_filter.self_loops"}
_TWINS = {"start", "graph_filter", "temporal_filter"}


def frequency_cells(findings: Findings) -> pd.DataFrame:
    """The cells of the part with their roles.

    Returns:
        The columns of `frames.cells`, model (the language model, "" for none), role, alpha and cutoff (what its options
        say; 0 and NaN where it has no such filter), and place (dataset, and model where a dataset has several).
    """
    part = findings.part(PART)
    study = part.study
    cells = [Cell(*row) for row in part.frames.cells[KEYS].itertuples(index=False, name=None)]
    models = [model_of(study, cell) for cell in cells]
    several = len({model for model in models if model}) > 1
    labels = part.frames.cells["dataset_label"]
    return part.frames.cells.assign(
        model=models,
        role=[role_of(study, cell) for cell in cells],
        alpha=[_option(study.methods[cell.method].graph_filter, "alpha") for cell in cells],
        cutoff=[_option(study.backbones[cell.backbone].temporal_filter, "cutoff") for cell in cells],
        place=[
            f"{label} · {model}" if several and model else label for label, model in zip(labels, models, strict=True)
        ],
    )


def role_of(study: Study, cell: Cell) -> str:
    """What a cell of the part is, from its options."""
    if not model_of(study, cell):
        return _without_model(study, cell)
    reference = reference_of(study, cell)
    if reference is None or model_of(study, reference) != model_of(study, cell):
        return OTHER
    changed = changes(study, reference, cell)
    if changed in _EXACTLY:
        return _EXACTLY[changed]
    if changed & _LEARNED and changed <= _LEARNED | _STARTS:
        return LEARNED
    if changed <= _GRAPHS:
        return GRAPH
    return TWIN if "start" in changed and changed <= _TWINS else OTHER


def metric_of(findings: Findings) -> str:
    """NDCG@10, the paper's; NDCG at the smallest K where the study has no 10."""
    return METRIC if METRIC in findings.metric_names else f"ndcg@{min(findings.study.evaluation.cutoffs)}"


def accuracy_of(findings: Findings, metric: str, *, failed: bool = False) -> pd.DataFrame:
    """The cells with one metric by full ranking: the columns of `frequency_cells`, ours, sd and seeds."""
    part = findings.part(PART)
    table = part.accuracy(part.score)
    values = table.loc[table["metric"] == metric, [*KEYS, "ours", "sd", "seeds"]]
    return frequency_cells(findings).merge(values, on=KEYS, how="left" if failed else "inner", validate="one_to_one")


def compared(findings: Findings, metric: str) -> pd.DataFrame:
    """Each cell against the FreLLM4Rec of its language model (of the dataset's first, without one), by one metric.

    Returns:
        The columns of `accuracy_of`; reference (ours of FreLLM4Rec), change_percent of it, and the ends low_percent and
        high_percent of Student's interval over users; p_holm and significant (over users, Holm's correction over the
        part's comparisons by this metric); se_percent. NaN and false for FreLLM4Rec itself, or where it failed.
    """
    part, table = findings.part(PART), accuracy_of(findings, metric)
    tests = part.frames.comparisons
    tests = tests[(tests["part"] == PART) & (tests["metric"] == metric)]
    columns = ["difference", "t_low", "t_high", "se_users", "p_holm", "significant"]
    table = table.merge(tests[[*KEYS, *columns]], on=KEYS, how="left", validate="one_to_one")
    base = (table["ours"] + table["difference"]).where(lambda values: values > 0)
    return table.assign(
        reference=base,
        change_percent=-100 * table["difference"] / base,
        low_percent=-100 * table["t_high"] / base,
        high_percent=-100 * table["t_low"] / base,
        se_percent=100 * table["se_users"] / base,
        significant=table["significant"].eq(True),
    )


def first_of(cells: pd.DataFrame, *roles: str) -> pd.DataFrame:
    """The first cell of each role in each place, in the order of the roles within a dataset."""
    order: Mapping[str, int] = {role: number for number, role in enumerate(roles)}
    chosen = cells[cells["role"].isin(order)].drop_duplicates(["dataset", "place", "role"])
    datasets = {name: number for number, name in enumerate(cells["dataset"].unique())}
    keys: dict[str, Callable[[Any], int]] = {"dataset": datasets.__getitem__, "role": order.__getitem__}
    return chosen.sort_values(["dataset", "role"], key=lambda column: column.map(keys[str(column.name)]), kind="stable")


def places(cells: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The cells of each dataset and language model, by place, beside those of the dataset that have none."""
    found = {}
    for _, own in cells.groupby("dataset", sort=False):
        alone = own["model"] == ""
        for place, rows in own[~alone].groupby("place", sort=False) if (~alone).any() else own.groupby("place"):
            found[str(place)] = own[alone | own.index.isin(rows.index)]
    return found


def blocks(findings: Findings) -> dict[str, list[Cell]]:
    """The cells of each block of the part, by its label, in the order of the study."""
    study, part = findings.study, findings.study.parts.frellm4rec
    axes = {axis: tuple(getattr(study, axis)) for axis in AXES}
    return {
        block.label: [
            Cell(dataset, study.encoder.name, backbone, method, dim)
            for dataset, backbone, method, dim in points(block, axes)
        ]
        for block in (part.blocks.values() if part else ())
    }


def cell_label(row: Mapping[Any, Any]) -> str:
    """Backbone and method, for the eye."""
    return f"{row['backbone_label']} · {row['method_label']}"


def _without_model(study: Study, cell: Cell) -> str:
    backbone, method = study.backbones[cell.backbone], study.methods[cell.method]
    if not isinstance(backbone, SASRec) or backbone.temporal_filter or method.graph_filter:
        return OTHER
    if isinstance(method, Base):
        return SASREC
    return SPECTRAN_CELL if isinstance(method, SpecTran) and method.row == REFERENCE_ROW else OTHER


def _option(options: Any, name: str) -> float:
    """An option of a filter; of no filter, alpha 0 (the identity) and no cut-off."""
    if options is None:
        return 0.0 if name == "alpha" else float("nan")
    return float(getattr(options, name))
