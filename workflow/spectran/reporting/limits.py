"""Cells whose training ended at the epoch limit, not by patience: their numbers are cut short."""

from spectran.reporting.findings import Findings


def limit_text(findings: Findings) -> str:
    """What is said of such a cell."""
    return f"still improving at the limit of {findings.study.training.epochs} epochs"


def limit_notes(findings: Findings) -> tuple[str, ...]:
    """A line that names all of them, or nothing."""
    data = findings.labelled(findings.frames.choice)
    data = data[data["at_limit"] > 0]
    if data.empty:
        return ()
    places = findings.placed(data).groupby("place", sort=False)
    names = [f"{place}: {_methods(list(labels), findings)}" for place, labels in places["method_label"]]
    return (f"Cut short, {limit_text(findings)}, with some or all seeds: {'; '.join(names)}.",)


def _methods(labels: list[str], findings: Findings) -> str:
    return "every method" if labels == findings.method_labels else ", ".join(labels)
