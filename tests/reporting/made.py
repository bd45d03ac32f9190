"""The findings and the report of a made-up study, by the same calls as the rules make."""

from pathlib import Path

from reporting.tree import write_controls, write_tree
from spectran.config.cells import expand
from spectran.config.study import Study
from spectran.reporting.audit.write import write_audit
from spectran.reporting.catalogue.figures import FIGURES
from spectran.reporting.catalogue.parts import shown
from spectran.reporting.catalogue.tables import TABLES
from spectran.reporting.claims import write_claims
from spectran.reporting.claims.load import read_claims
from spectran.reporting.figures.write import write_figure
from spectran.reporting.findings import Findings
from spectran.reporting.frames import write_frames
from spectran.reporting.gather import gather
from spectran.reporting.page import write_page
from spectran.reporting.printed import read_printed
from spectran.reporting.render.write import write_tables

ROOT = Path(__file__).parents[2]
PUBLISHED = ROOT / "config" / "published"
TEMPLATES = ROOT / "report"
#: What belongs to SpecTran's parts or to no part; FreLLM4Rec's has a study of its own (`handmade_frequencies`).
SPECTRAN_TABLES = [name for name, item in TABLES.items() if item.part != "frellm4rec"]
SPECTRAN_FIGURES = [name for name, item in FIGURES.items() if item.part != "frellm4rec"]


def make_findings(made: Study, folder: Path) -> Findings:
    """Write the tree of a study and gather it."""
    results = write_tree(made, folder / "results")
    write_controls(made, results)
    return Findings(made, gather(made, expand(made), results), read_printed(PUBLISHED))


def make_report(findings: Findings, results: Path) -> Path:
    """Everything that the rules write to results/report, by the same calls."""
    report = results / "report"
    write_frames(findings.frames, report / "data")
    write_tables(findings, report / "tables", TEMPLATES)
    for name in shown(FIGURES, findings.study):
        paths = {kind: report / "figures" / f"{name}.{kind}" for kind in ("svg", "pdf", "csv")}
        write_figure(name, findings, **paths)
    write_claims(report / "claims.json", findings)
    write_audit(report / "audit.html", report / "audit.json", findings, PUBLISHED, TEMPLATES)
    write_page(report / "index.html", findings, read_claims(report / "claims.json"), TEMPLATES)
    return report / "index.html"
