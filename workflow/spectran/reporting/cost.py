"""Cost under one condition, tidy: ours (Table 5), and beside the paper's."""

import pandas as pd

from spectran.reporting.findings import Findings
from spectran.reporting.frames import KEYS
from spectran.reporting.printed import (
    PRINTED_BACKBONE,
    PRINTED_COST_DATASET,
    PRINTED_DIM,
    PRINTED_ENCODER,
    PRINTED_TEXT_DIM,
    deviations,
)


def costs(findings: Findings) -> pd.DataFrame:
    """One row a cell of the part `efficiency`.

    Returns:
        The columns of `frames.cells` and of `frames.efficiency`, epochs (that the cell's first seed trained until it
        stopped), and training_seconds (epoch_seconds times those epochs).
    """
    part = findings.part("efficiency")
    trials = part.frames.trials
    final = trials[(trials["phase"] == "final") & (trials["seed"] == part.study.seeds[0])]
    epochs = final.groupby(KEYS, as_index=False).agg(epochs=("epoch", "max"))
    data = part.labelled(part.frames.efficiency).merge(epochs, on=KEYS, how="left", validate="one_to_one")
    return data.assign(training_seconds=data["epoch_seconds"] * data["epochs"])


def compared_costs(findings: Findings) -> pd.DataFrame:
    """Ours beside the paper's Table 5, tidy.

    Parameters are counted at the paper's sizes, unless the cell has those very sizes. Seconds have a printed number on
    the paper's dataset only.

    Returns:
        The columns of `costs`, quantity (parameters in millions, training or inference in seconds), ours, printed,
        absolute and relative.
    """
    data = costs(findings)
    items = findings.printed.statistics.set_index("dataset_row")["items"]
    data = data.assign(
        parameters=[_parameters(row, findings, int(items[PRINTED_COST_DATASET])) / 1e6 for _, row in data.iterrows()]
    )
    tidy = data.assign(training=data["training_seconds"], inference=data["inference_seconds"]).melt(
        list(data.columns.drop("parameters")),
        ["parameters", "training", "inference"],
        var_name="quantity",
        value_name="ours",
    )
    tidy = tidy.sort_values("position", kind="stable", ignore_index=True)
    tidy = tidy.merge(findings.printed.cost, on=["method_row", "quantity"], how="left", validate="many_to_one")
    known = tidy["backbone_row"] == PRINTED_BACKBONE
    known &= (tidy["quantity"] == "parameters") | _same_sizes(tidy)
    return deviations(tidy.assign(printed=tidy["printed"].where(known)))


def _same_sizes(data: pd.DataFrame) -> "pd.Series[bool]":
    return (data["dataset_row"] == PRINTED_COST_DATASET) & ~data["synthetic"] & (data["dim"] == PRINTED_DIM)


def _parameters(row: "pd.Series[str]", findings: Findings, n_items: int) -> float:
    from spectran.models.counting import trainable_parameters  # torch, for the one table that counts

    study = findings.study
    if study.encoder.model == PRINTED_ENCODER and _same_sizes(row.to_frame().T).all():
        return float(row["trainable_parameters"])
    sizes = {"n_items": n_items, "dim": PRINTED_DIM, "text_dim": PRINTED_TEXT_DIM, "rank": PRINTED_TEXT_DIM}
    return trainable_parameters(study.backbones[row["backbone"]], study.methods[row["method"]], **sizes)
