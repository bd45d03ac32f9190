"""Table 5 beside the paper's printed numbers, with the deviation."""

from spectran.reporting.comparison import comparison_entries
from spectran.reporting.cost import compared_costs
from spectran.reporting.findings import Findings
from spectran.reporting.frames import KEYS
from spectran.reporting.printed import PRINTED_DIM, PRINTED_TEXT_DIM
from spectran.reporting.render.table import Table

#: Quantity: head of its columns.
QUANTITIES = {"parameters": "Parameters, millions", "training": "Training, s", "inference": "Inference, s"}


def build(findings: Findings) -> Table:
    """One row a method, grouped by dataset and backbone."""
    data = findings.part("efficiency").placed(compared_costs(findings))
    shown = data.assign(
        label=data["method_label"],
        quantity=data["quantity"].map(QUANTITIES),
        digits=2,
        link=(data["path"] + "/efficiency.json").where(data["quantity"] != "parameters", ""),
    )
    columns = [*KEYS, "method_label", "quantity", "ours", "printed", "absolute", "relative"]
    note = (
        "Our parameters are counted from shapes, with every option as in this study, for Toy's 11,757 items, "
        f"d = {PRINTED_DIM} and {PRINTED_TEXT_DIM:,} columns of text at full rank; no training is needed for that."
    )
    return Table(tuple(comparison_entries(shown)), data[columns], stub="Method", notes=(note,))
