"""Write every table in its three forms."""

from pathlib import Path

from spectran.io import replacing
from spectran.reporting.catalogue.parts import shown
from spectran.reporting.catalogue.tables import TABLES
from spectran.reporting.findings import Findings
from spectran.reporting.render.csv import to_csv
from spectran.reporting.render.html import table_page
from spectran.reporting.render.latex import to_latex
from spectran.reporting.tables import build


def write_tables(findings: Findings, folder: Path, templates: Path) -> None:
    """Write each table that the study has to `folder` as CSV (full precision), LaTeX and a small page."""
    for name, item in shown(TABLES, findings.study).items():
        table = build(name, findings)
        _write(folder / f"{name}.csv", to_csv(table.data))
        _write(folder / f"{name}.tex", to_latex(table, item, name))
        _write(folder / f"{name}.html", table_page(table, item, name, templates))


def _write(path: Path, text: str) -> None:
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")
