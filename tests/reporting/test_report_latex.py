"""LaTeX that a compiler would take: balanced, escaped, as many cells as columns."""

import re
from dataclasses import replace

import pandas as pd
import pytest

from reporting.made import SPECTRAN_TABLES
from spectran.reporting.catalogue.items import Item
from spectran.reporting.catalogue.tables import TABLES
from spectran.reporting.findings import Findings
from spectran.reporting.render.latex import escape, to_latex
from spectran.reporting.render.table import Entry, Table
from spectran.reporting.tables import build


@pytest.mark.parametrize("name", SPECTRAN_TABLES)
def test_every_table_is_sound(name: str, whole: Findings):
    table = build(name, whole)
    check(to_latex(table, TABLES[name], name), len(table.columns) + (2 if any(g for g, _ in table.rows) else 1))


def check(latex: str, columns: int) -> None:
    bare = re.sub(r"\\\\|\\[&%$#_{}]", "", latex.replace(r"\\", "\n"))
    assert bare.count("{") == bare.count("}")
    assert latex.count(r"\begin{tabular}") == latex.count(r"\end{tabular}") == 1
    for rule in (r"\toprule", r"\midrule", r"\bottomrule"):
        assert latex.count(rule) == 1
    assert bare.count("$") % 2 == 0
    assert "%" not in bare
    assert "#" not in bare
    assert latex.isascii() or not re.search(r"[−±·→≻–\u00a0]", latex)
    body = latex.split(r"\toprule")[1].split(r"\bottomrule")[0]
    for line in filter(None, (line.strip() for line in body.replace(r"\midrule", "").split(r"\\"))):
        spans = sum(int(n) - 1 for n in re.findall(r"\\multicolumn\{(\d+)\}", line))
        assert len(re.findall(r"(?<!\\)&", line)) + 1 + spans == columns, line


def test_what_means_something_to_latex_is_escaped():
    assert escape(r"a & b_c 5% #1 {x} $y$ ~ ^ \ <s>") == (
        r"a \& b\_c 5\% \#1 \{x\} \$y\$ \textasciitilde{} \textasciicircum{} \textbackslash{} "
        r"\textless{}s\textgreater{}"
    )
    table = Table((Entry(("A_1 & B", "50 %"), ("x_y", "#"), "1 & 2"),), pd.DataFrame())
    latex = to_latex(table, Item("T & T", "100 % _"), "t")
    check(latex, 3)
    assert r"A\_1 \& B & 50 \% & 1 \& 2 \\" in latex
    assert r"\caption{T \& T. 100 \% \_}" in latex


def test_letters_of_the_shipped_labels_are_known_to_pdflatex():
    assert escape("φ(QKᵀ), D → Σ").isascii()


def test_marks(findings: Findings):
    latex = to_latex(build("table2", findings), TABLES["table2"], "table2")
    assert r"\textbf{0.4500 $\pm$ 0.0707}" in latex
    assert r"\underline{0.1500 $\pm$ 0.0000\rlap{$^{\dagger}$}}" in latex
    assert r"Improvement & +200.00~\% &" in latex  # SpecTran 0.45 over MoRec 0.15
    plain = replace(build("table2", findings), entries=(Entry(("", "a"), ("", "b"), "c"),))
    assert r"\begin{tabular}{lr}" in to_latex(plain, TABLES["table2"], "table2")
