"""Jinja2 as the report uses it: everything is escaped, everything must be defined."""

import hashlib
from base64 import b64encode
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from spectran.reporting.catalogue.items import Item
from spectran.reporting.render.table import Table


def environment(templates: Path) -> Environment:
    """Templates of the folder `templates`; style.css is put in as it stands (`css`).

    A page's policy names the digest of its one style, by which nothing else on it is style or script.
    """
    made = Environment(
        loader=FileSystemLoader(templates),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.globals["css"] = Markup((templates / "style.css").read_text(encoding="utf-8"))  # noqa: S704 - our own file
    made.filters["digest"] = _digest
    return made


def _digest(style: str) -> str:
    """A style as Content-Security-Policy knows it."""
    return f"sha256-{b64encode(hashlib.sha256(style.encode()).digest()).decode('ascii')}"


def table_page(table: Table, item: Item, name: str, templates: Path) -> str:
    """One table as a page of its own (for `snakemake --report`, where links to other files lead nowhere)."""
    return environment(templates).get_template("table.html.j2").render(name=name, item=item, table=table)
