"""A table as LaTeX with booktabs, for a paper."""

import pandas as pd

from spectran.reporting.catalogue.items import Item
from spectran.reporting.render.table import Table

#: Characters with a meaning in LaTeX, and those that a plain pdflatex does not know. A replacement is never
#: looked at again, so the order does not matter.
_ESCAPES = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "&": r"\&",
        "%": r"\%",
        "$": r"\$",
        "#": r"\#",
        "_": r"\_",
        "{": r"\{",
        "}": r"\}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "<": r"\textless{}",
        ">": r"\textgreater{}",
        "−": "$-$",
        "±": r"$\pm$",
        "·": r"$\cdot$",
        "→": r"$\to$",
        "≻": r"$\succ$",
        "φ": r"$\phi$",
        "Σ": r"$\Sigma$",
        "ᵀ": r"$^{\top}$",
        "–": "--",
        "†": r"$\dagger$",
        "‡": r"$\ddagger$",
        "²": r"$^{2}$",
        "√": r"$\surd$",
        "\u00a0": "~",
    }
)
#: After a number without taking room, so that digits stay below each other.
_SIGNS = {"": "", "*": r"\rlap{$^{*}$}", "†": r"\rlap{$^{\dagger}$}", "‡": r"\rlap{$^{\ddagger}$}"}
_STYLES = {"best": "textbf:--rwrap;", "second": "underline:--rwrap;", "absent": "textit:--rwrap;"}


def escape(text: str) -> str:
    """Text that LaTeX prints as it stands."""
    return text.translate(_ESCAPES)


def to_latex(table: Table, item: Item, name: str) -> str:
    """The table as a `table` environment; needs the package booktabs only."""
    columns = pd.MultiIndex.from_tuples([(escape(group), escape(label)) for group, label in table.columns])
    rows = pd.MultiIndex.from_tuples([(escape(group), escape(label)) for group, label in table.rows])
    lines = [cells for _, group in table.lines() for _, cells in group]
    texts = [[escape(cell.text) + _SIGNS[cell.sign] for cell in line] for line in lines]
    text = pd.DataFrame(texts, index=rows, columns=columns)
    marks = pd.DataFrame([[_STYLES.get(cell.mark, "") for cell in line] for line in lines], index=rows, columns=columns)
    grouped_rows = any(group for group, _ in table.rows)
    if not grouped_rows:
        text, marks = text.droplevel(0), marks.droplevel(0)
    if not table.column_groups:
        text, marks = text.droplevel(0, axis="columns"), marks.droplevel(0, axis="columns")
    styler = text.style.apply(lambda _: marks, axis=None)
    return styler.to_latex(
        hrules=True,
        column_format=("ll" if grouped_rows else "l")
        + "".join("l" if label in table.prose else "r" for _, label in table.columns),
        multicol_align="c",
        multirow_align="naive",
        position_float="centering",
        caption=escape(f"{item.title}. {item.caption}"),
        label=f"tab:{name}",
    )
