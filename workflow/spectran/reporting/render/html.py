"""Jinja2 as the report uses it: everything is escaped, everything must be defined."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from spectran.reporting.catalogue.items import Item
from spectran.reporting.render.table import Table


def environment(templates: Path) -> Environment:
    """Templates of the folder `templates`; style.css is put in as it stands (`css`)."""
    made = Environment(
        loader=FileSystemLoader(templates),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.globals["css"] = Markup((templates / "style.css").read_text(encoding="utf-8"))  # noqa: S704 - our own file
    return made


def table_page(table: Table, item: Item, name: str, templates: Path) -> str:
    """One table as a page of its own (for `snakemake --report`, where links to other files lead nowhere)."""
    return environment(templates).get_template("table.html.j2").render(name=name, item=item, table=table)
