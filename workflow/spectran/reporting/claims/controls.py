"""Claims that the control rows decide; the paper has none of them."""

import pandas as pd

from spectran.config.methods import SpecTran
from spectran.reporting.claims.chance import beyond_chance
from spectran.reporting.claims.verdict import Verdict, caution, sample
from spectran.reporting.findings import Findings, metric_label
from spectran.reporting.gains import changes
from spectran.reporting.render.numbers import fixed, percent


def vectors_matter(findings: Findings) -> Verdict:
    """SpecTran on random or shuffled vectors is below SpecTran on the titles', in every place and metric."""
    claim = (
        "vectors_matter",
        "What the titles say matters: SpecTran with random or shuffled vectors is below SpecTran with the titles'.",
        "this workflow (control); the paper has no such row",
    )
    part = findings.part("controls")
    methods = part.study.methods.items()
    stand_ins = [name for name, options in methods if isinstance(options, SpecTran) and options.vectors != "titles"]
    table = changes(part.accuracy(part.score))
    table = table[table["method"].isin(stand_ins)]
    if table.empty:
        return Verdict(*claim, "undecided", "SpecTran, and SpecTran with random or shuffled vectors, are needed.")
    lines = [
        f"{label} below in {int((group['ours'] < group['full_value']).sum())} of {len(group)}, mean change "
        f"{percent(group['change_percent'].mean(), sign=True)}"
        for label, group in table.groupby("method_label", sort=False)
    ]
    below = bool((table["ours"] < table["full_value"]).all())
    evidence = f"{'; '.join(lines)}.{beyond_chance(findings, 'controls', table)}"
    evidence += caution(findings.study, table["change_percent"])
    return Verdict(*claim, "holds" if below else "fails", evidence)


def trained_beat_untrained(findings: Findings) -> Verdict:
    """Every trained method of Table 2 is above every untrained control, in every place and metric."""
    claim = (
        "trained_beat_untrained",
        "Every trained method is above every untrained control.",
        "this workflow (control); the paper has no such row",
    )
    main, controls = findings.part("main"), findings.frames.controls
    table = main.accuracy(main.score)
    table = table[table["method_row"].isin(findings.printed.methods)]
    both = table.merge(controls[["dataset", "metric", "control_label", "value"]], on=["dataset", "metric"])
    if both.empty:
        return Verdict(*claim, "undecided", "A trained method and an untrained control are needed.")
    lines = [
        f"{label} in {int((group['ours'] > group['value']).sum())} of {len(group)}"
        for label, group in both.groupby("control_label", sort=False)
    ]
    lost = both[both["ours"] <= both["value"]]
    evidence = f"Trained methods are above {'; '.join(lines)} comparisons (dataset x backbone x method x metric)."
    if not lost.empty:
        evidence += f" Not above: {sample([_told(main, row) for _, row in lost.iterrows()])}."
    gaps = 100 * (both["ours"] / both["value"].where(both["value"] > 0) - 1)
    return Verdict(*claim, "holds" if lost.empty else "fails", evidence + caution(findings.study, gaps))


def _told(main: Findings, row: "pd.Series[str]") -> str:
    where = f"{row['method_label']} on {main.place_of(row)} {metric_label(row['metric'])}"
    return f"{where}: {fixed(float(row['ours']))} against {row['control_label']} {fixed(float(row['value']))}"
