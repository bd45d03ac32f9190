"""The one page: everything in it, nothing fetched, no script."""

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from spectran.io import replacing
from spectran.reporting.catalogue.figures import FIGURES
from spectran.reporting.catalogue.items import Item, Section
from spectran.reporting.catalogue.parts import SPECTRAN, shown
from spectran.reporting.catalogue.sections import SECTIONS
from spectran.reporting.catalogue.tables import TABLES
from spectran.reporting.claims.verdict import Verdict
from spectran.reporting.comparison import caution
from spectran.reporting.failures import failed_cells, summary
from spectran.reporting.findings import Findings
from spectran.reporting.frequency_outcomes import frequency_outcomes
from spectran.reporting.headline import not_run, outcomes, reproduced, run_summary, title
from spectran.reporting.render.html import environment
from spectran.reporting.render.table import Table
from spectran.reporting.sources import Source, cell_sources, control_sources, shared_sources, variant_sources
from spectran.reporting.tables import build

#: Rows of a table, or entries of a list, that a page shows at once; longer ones are folded.
MOST_ROWS = 60


@dataclass(frozen=True)
class Block:
    """A table, or a figure as a data URI."""

    name: str
    item: Item
    table: Table | None = None
    image: str = ""
    width: int = 0
    """Of the image, in CSS pixels."""


@dataclass(frozen=True)
class Filled:
    """A section of the catalogue with the blocks that the study has."""

    section: Section
    blocks: list[Block]


def render_page(
    findings: Findings, verdicts: list[Verdict], results: Path, templates: Path, *, stored: bool = False
) -> str:
    """The page as text.

    Args:
        findings: everything that is shown.
        verdicts: of the claims.
        results: the study's results folder, in which the figures lie already (report/figures).
        templates: folder of page.html.j2 and its parts.
        stored: whether files that the page links to are in object storage, and not looked for.
    """
    provenance = findings.frames.provenance
    sections = list(_sections(findings, results))
    return (
        environment(templates)
        .get_template("page.html.j2")
        .render(
            study=findings.study,
            root="../",
            title=title(findings),
            summary=run_summary(findings),
            sources=_sources(findings, None if stored else results),
            missing=failed_cells(findings),
            failures=summary(findings),
            outcomes=[*outcomes(findings), *frequency_outcomes(findings)],
            reproduced=reproduced(findings),
            synthetic=_synthetic(findings),
            verdicts=verdicts,
            caution=_caution(findings),
            not_run=not_run(findings),
            sections=sections,
            widths=_widths(sections),
            most_rows=MOST_ROWS,
            settings=yaml.safe_dump(
                findings.study.model_dump(mode="json"), sort_keys=False, allow_unicode=True, width=100
            ),
            commits=sorted(provenance["commit"].dropna().astype(str).unique()),
            dirty=bool(provenance["clean"].eq(False).any()),
            devices=sorted(provenance["device"].astype(str).unique()),
        )
    )


def write_page(
    path: Path, findings: Findings, verdicts: list[Verdict], templates: Path, *, stored: bool = False
) -> None:
    """Write the page to {results}/report/index.html; its links are relative to that place. See `render_page`."""
    text = render_page(findings, verdicts, path.parent.parent, templates, stored=stored)
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def _sections(findings: Findings, results: Path) -> Iterator[Filled]:
    """Those of which the study has anything."""
    tables, figures = shown(TABLES, findings.study), shown(FIGURES, findings.study)
    for section in SECTIONS:
        blocks = [
            Block(name, tables[name], table=build(name, findings))
            if name in tables
            else _figure(name, results / "report" / "figures" / f"{name}.svg")
            for name in section.items
            if name in tables or name in figures
        ]
        if blocks:
            yield Filled(section, blocks)


def _widths(sections: list[Filled]) -> str:
    """Rules that keep figures from becoming too small to read; the page's policy allows no style at the element."""
    figures = [block for filled in sections for block in filled.blocks if block.table is None]
    return "".join(f"#{block.name} img {{ min-width: {int(block.width * 0.77)}px; }}\n" for block in figures)


def _sources(findings: Findings, results: Path | None) -> dict[str, list[Source]]:
    """Lists of files by what they are of."""
    return {
        "Data, text and frames": shared_sources(findings, results),
        "Untrained controls": control_sources(findings, results),
        "Cells": cell_sources(findings, results),
        "Cells under variants of the protocol": variant_sources(findings, results),
    }


def _figure(name: str, svg: Path) -> Block:
    content = svg.read_bytes()
    points = re.search(rb'<svg[^>]* width="([0-9.]+)pt"', content)
    if points is None:
        raise ValueError(f"{svg}: an SVG file with a width in points expected")
    uri = f"data:image/svg+xml;base64,{base64.b64encode(content).decode('ascii')}"
    return Block(name, FIGURES[name], image=uri, width=round(float(points[1]) * 4 / 3))


def _caution(findings: Findings) -> str:
    compared = findings.part(SPECTRAN).accuracy(findings.score)["printed"].notna().any()
    return caution(findings) if compared else ""


def _synthetic(findings: Findings) -> list[str]:
    cells = findings.frames.cells
    return [str(label) for label in cells[cells["synthetic"]]["dataset_label"].unique()]
