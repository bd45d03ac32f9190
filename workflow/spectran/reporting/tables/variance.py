"""How sure the mean of every cell is: users and seeds as two sources of chance."""

from spectran.reporting.catalogue.parts import SPECTRAN
from spectran.reporting.findings import Findings, metric_label
from spectran.reporting.frames import KEYS
from spectran.reporting.render.numbers import ends, fixed, percent
from spectran.reporting.render.table import Entry, Table, nothing


def build(findings: Findings) -> Table:
    """One row a cell, by the main metric; the tidy form has all metrics, and seeds_share."""
    findings = findings.part(SPECTRAN)
    metric = findings.main_metric
    table = findings.labelled(findings.by_metric(findings.frames.variance))
    share = 1 - table["se_users"] ** 2 / table["se_total"].where(table["se_total"] > 0) ** 2
    data = findings.placed(table.assign(seeds_share=share))
    entries = []
    for row in data[data["metric"] == metric].to_dict("records"):
        head, link = (row["place"], row["method_label"]), f"{row['path']}/ranks.parquet"
        texts = {
            metric_label(metric): fixed(row["value"]),
            "se, users": fixed(row["se_users"], 5),
            "sd, seeds": fixed(row["sd_seeds"], 5),
            "se, both": fixed(row["se_total"], 5),
            "interval": ends(row["low"], row["high"]),
            "share of seeds": percent(100 * row["seeds_share"], 0),
        }
        entries += [
            Entry(head, ("", column), text, link=link if column == metric_label(metric) else "")
            for column, text in texts.items()
        ]
    columns = [*KEYS, "method_label", *findings.frames.variance.columns.difference(KEYS, sort=False), "seeds_share"]
    return Table(tuple(entries) or nothing("Cells"), data[columns], stub="Method", notes=(_note(findings),))


def _note(findings: Findings) -> str:
    confidence = percent(100 * findings.study.statistics.confidence, 0)
    if len(findings.study.seeds) == 1:
        return (
            f"One seed: nothing tells how far another training would have come out. The interval ({confidence}) is "
            "over users alone, and too narrow."
        )
    return (
        f"se, users: standard error of the mean for other users and the same {len(findings.study.seeds)} seeds. sd, "
        "seeds: standard deviation of the seeds' means, which is that of one run. se, both: for other users and other "
        f"seeds (two-way analysis of variance); the interval ({confidence}, Student's) is of it. Share of seeds: part "
        "of its square that the seeds add to that of the users, 1 − (se users / se both)²; the mean of fewer seeds has "
        "a larger one."
    )
