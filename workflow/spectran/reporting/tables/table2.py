"""Table 2: ranking accuracy by the study's score, laid out as in the paper."""

from spectran.reporting.findings import Findings, metric_label
from spectran.reporting.limits import limit_notes
from spectran.reporting.render.numbers import spread
from spectran.reporting.render.table import Entry, Mark, Table, place_marks

COLUMNS = [
    "dataset",
    "encoder",
    "backbone",
    "method",
    "dim",
    "method_label",
    "metric",
    "ours",
    "sd",
    "seeds",
    "printed",
    "absolute",
    "relative",
]


def build(findings: Findings) -> Table:
    """Rows: backbones and their methods; columns: datasets and metrics."""
    data = findings.accuracy(findings.score)
    marks: dict[int, Mark] = {}
    for _, column in data.groupby(["dataset", "backbone", "dim", "metric"], sort=False):
        marks |= dict(zip(column.index, place_marks(column["ours"]), strict=True))
    data["place"] = [findings.place_of(row, dataset=False) for _, row in data.iterrows()]
    entries = [
        Entry(
            (row["place"], row["method_label"]),
            (row["dataset_label"], metric_label(row["metric"])),
            spread(row["ours"], row["sd"]),
            mark=marks[index],
            link=f"{row['path']}/ranks.parquet",
        )
        for index, row in zip(data.index, data.to_dict("records"), strict=True)
    ]
    return Table(tuple(entries), data[COLUMNS], stub="Method", notes=(_seeds(findings), *limit_notes(findings)))


def _seeds(findings: Findings) -> str:
    seeds = findings.study.seeds
    what = (
        f"One seed ({seeds[0]}), so no spread over seeds is known" if len(seeds) == 1 else f"Mean of {len(seeds)} seeds"
    )
    return f"{what}. Ranked by {'cosine' if findings.score == 'cosine' else 'dot product'}."
