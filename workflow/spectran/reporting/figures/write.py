"""Write one figure: SVG and PDF with the same bytes each time, and the numbers that it draws."""

import logging
from pathlib import Path

from spectran.io import replacing
from spectran.reporting.figures import draw, module
from spectran.reporting.figures.style import style
from spectran.reporting.findings import Findings


def write_figure(name: str, findings: Findings, *, svg: Path, pdf: Path, csv: Path) -> None:
    """Draw the figure that the catalogue knows as `name`."""
    logging.getLogger("fontTools").setLevel(logging.WARNING)  # it tells every table of every font of a PDF
    with replacing(csv) as temporary:
        module(name).data(findings).to_csv(temporary, index=False, lineterminator="\n")
    with style():
        drawn = draw(name, findings)
        with replacing(svg) as temporary:
            drawn.savefig(temporary, format="svg", metadata={"Date": None, "Creator": "spectran-workflow"})
        with replacing(pdf) as temporary:
            drawn.savefig(temporary, format="pdf", metadata={"CreationDate": None, "Creator": "spectran-workflow"})
