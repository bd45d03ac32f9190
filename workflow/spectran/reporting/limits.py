"""Cells whose training ended at the epoch limit, not by patience: their numbers are cut short."""

import pandas as pd

from spectran.reporting.findings import Findings


def limit_text(findings: Findings, backbone: str) -> str:
    """What is said of such a cell, whose backbone may have a limit of its own."""
    study = findings.study
    epochs = study.backbones[backbone].training.training(study.training).epochs
    return f"still improving at the limit of {epochs} epochs"


def limit_notes(findings: Findings) -> tuple[str, ...]:
    """A line for each limit that names all of them, or nothing."""
    data = findings.labelled(findings.frames.choice)
    data = data[data["at_limit"] > 0]
    texts = [limit_text(findings, backbone) for backbone in data["backbone"]]
    return tuple(
        f"Cut short, {text}, with some or all seeds: {'; '.join(_names(findings, rows))}."
        for text, rows in data.groupby(pd.Series(texts, index=data.index, dtype="str"), sort=False)
    )


def _names(findings: Findings, data: pd.DataFrame) -> list[str]:
    places = findings.placed(data).groupby("place", sort=False)
    return [f"{place}: {_methods(list(labels), findings)}" for place, labels in places["method_label"]]


def _methods(labels: list[str], findings: Findings) -> str:
    return "every method" if labels == findings.method_labels else ", ".join(labels)
