"""Table 2 once more, ranked by the score that the study does not use, and what that changes."""

from spectran.reporting.findings import Findings, metric_label
from spectran.reporting.frames import KEYS
from spectran.reporting.render.numbers import signed, spread
from spectran.reporting.render.table import Entry, Table


def build(findings: Findings) -> Table:
    """Rows as in Table 2; columns: dataset and metric, each with the value and the change in percent."""
    findings = findings.part("main")
    other = findings.accuracy(findings.other_score)
    main = findings.accuracy(findings.score)[[*KEYS, "metric", "ours"]].rename(columns={"ours": "main"})
    data = other.merge(main, on=[*KEYS, "metric"], validate="one_to_one")
    data["change_percent"] = 100 * (data["ours"] - data["main"]) / data["main"].where(data["main"] > 0)
    data = findings.placed(data)
    entries = []
    for row in data.to_dict("records"):
        head, group = (row["place"], row["method_label"]), metric_label(row["metric"])
        link = f"{row['path']}/ranks.parquet"
        entries += [
            Entry(head, (group, findings.other_score), spread(row["ours"], row["sd"]), link=link),
            Entry(head, (group, "change, %"), signed(row["change_percent"], 1)),
        ]
    columns = {"ours": findings.other_score, "main": findings.score}
    tidy = data[[*KEYS, "method_label", "metric", "ours", "sd", "main", "change_percent"]].rename(columns=columns)
    return Table(tuple(entries), tidy, stub="Method", notes=(f"Changes are against {findings.score}.",))
