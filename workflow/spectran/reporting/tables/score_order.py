"""Whether ranking by the other score changes the order of the methods."""

from spectran.reporting.findings import Findings, metric_label
from spectran.reporting.orders import orders
from spectran.reporting.render.table import Entry, Table


def build(findings: Findings) -> Table:
    """One row a metric, grouped by dataset and backbone."""
    data = orders(findings.part("main"))
    entries = []
    for row in data.to_dict("records"):
        head = (row["place"], metric_label(row["metric"]))
        swapped = f"{row['swapped']} of {row['pairs']}"
        entries += [
            Entry(head, ("", "Same order?"), "changes" if row["swapped"] else "same"),
            Entry(head, ("", "Pairs swapped"), swapped),
            Entry(head, ("", f"By {findings.score}"), row[findings.score]),
            Entry(head, ("", f"By {findings.other_score}"), row[findings.other_score]),
        ]
    prose = ("Same order?", f"By {findings.score}", f"By {findings.other_score}")
    return Table(tuple(entries), data, stub="Metric", prose=prose)
