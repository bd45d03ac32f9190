"""Write one figure: SVG and PDF with the same bytes each time, and the numbers that it draws."""

import logging
from pathlib import Path

from spectran.io import replacing
from spectran.reporting.figures import draw, module
from spectran.reporting.figures.style import style
from spectran.reporting.findings import Findings
from spectran.reporting.render.csv import to_csv


def write_figure(name: str, findings: Findings, *, svg: Path, pdf: Path, csv: Path) -> None:
    """Draw the figure that the catalogue knows as `name`."""
    logging.getLogger("fontTools").setLevel(logging.WARNING)  # it tells every table of every font of a PDF
    with replacing(csv) as temporary:
        temporary.write_text(to_csv(module(name).data(findings)), encoding="utf-8", newline="\n")
    with style():
        drawn = draw(name, findings)
        with replacing(svg) as temporary:
            drawn.savefig(temporary, format="svg", metadata={"Date": None, "Creator": "spectran-workflow"})
        with replacing(pdf) as temporary:
            drawn.savefig(temporary, format="pdf", metadata={"CreationDate": None, "Creator": "spectran-workflow"})
