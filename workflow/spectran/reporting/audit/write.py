"""The audit as a JSON file and as one page: everything in it, nothing fetched, no script."""

from collections import Counter
from pathlib import Path
from typing import Any

from spectran.io import replacing, write_json
from spectran.reporting.audit import audit
from spectran.reporting.audit.check import Check
from spectran.reporting.audit.details import details_table
from spectran.reporting.audit.own_hit_ratios import own_hit_ratios
from spectran.reporting.audit.paper import read_paper
from spectran.reporting.findings import Findings
from spectran.reporting.render.html import environment

#: Longer details are folded away on the page.
SHORT = 12


def write_audit(page: Path, record: Path, findings: Findings, published: Path, templates: Path) -> None:
    """Check the printed tables and our own hit ratios, and write what came out.

    Args:
        page: HTML file, beside the report's index.html.
        record: JSON file with every check, its details included.
        findings: of the study; only its hit ratios are tested.
        published: folder of the printed tables (config/published).
        templates: folder of audit.html.j2 and its parts.

    Raises:
        PaperTableError: naming the published table and what is wrong with it.
    """
    checks, own = audit(read_paper(published)), own_hit_ratios(findings)
    write_json(
        record,
        {
            "study": findings.study.name,
            "checks": [as_record(check) for check in checks],
            "own": None if own is None else as_record(own),
        },
    )
    with replacing(page) as temporary:
        temporary.write_text(render_audit(findings, checks, own, templates), encoding="utf-8", newline="\n")


def render_audit(findings: Findings, checks: list[Check], own: Check | None, templates: Path) -> str:
    """The page as text; `own` is None where the study has no hit ratio."""
    cells = findings.frames.cells
    template = environment(templates).get_template("audit.html.j2")
    return template.render(
        study=findings.study,
        checks=checks,
        own=own,
        tally=Counter(check.outcome for check in checks),
        tables={check.name: details_table(check) for check in [*checks, *filter(None, [own])]},
        short=SHORT,
        synthetic=[str(label) for label in cells[cells["synthetic"]]["dataset_label"].unique()],
    )


def as_record(check: Check) -> dict[str, Any]:
    """A check as JSON knows it: details as a list of rows, nothing where a number is missing."""
    details = check.details.astype(object).where(check.details.notna(), None)
    rows = [{str(key): _plain(value) for key, value in row.items()} for row in details.to_dict("records")]
    kept = ("name", "title", "done", "printed", "recomputed", "outcome", "evidence")
    return {key: getattr(check, key) for key in kept} | {"details": rows}


def _plain(value: Any) -> Any:
    """A Python number for a NumPy one."""
    return value.item() if hasattr(value, "item") else value
