"""The whole report survives the loss of any cell, and says what is missing."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from reporting.made import PUBLISHED, make_report
from reporting.tree import PARTS, whole_study, write_controls, write_tree
from reporting.tree_protocol import READINGS
from spectran.config.cells import Cell, expand, variant_cells
from spectran.config.control_cells import ControlCell, expand_controls
from spectran.config.study import Study
from spectran.evaluation.statistics.run import run_statistics
from spectran.reporting.catalogue.figures import FIGURES
from spectran.reporting.catalogue.parts import shown
from spectran.reporting.catalogue.tables import TABLES
from spectran.reporting.claims import judge
from spectran.reporting.complete import IncompleteError, write_complete
from spectran.reporting.figures import draw, module
from spectran.reporting.figures.style import style
from spectran.reporting.findings import Findings
from spectran.reporting.gather import gather
from spectran.reporting.printed import read_printed
from spectran.reporting.render.html import table_page
from spectran.reporting.sources import cell_sources, control_sources, variant_sources
from spectran.reporting.tables import build
from spectran.supervision.ledger import Record, write_record

TEMPLATES = PUBLISHED.parents[1] / "report"
REASON = "took longer than compute.max_minutes, which is 5"
Lost = Callable[[Cell | ControlCell], bool]


def of(**wanted: object) -> Lost:
    """Cells with these values."""
    return lambda cell: all(getattr(cell, name, None) == value for name, value in wanted.items())


#: What is lost, by a name.
LOSSES: dict[str, Lost] = {
    "one cell of SpecTran": of(method="spectran", backbone="sasrec", dim=128, variant=""),
    "Base everywhere, and a backbone": lambda cell: name_of(cell) == "base" or getattr(cell, "backbone", "") == "hstu",
    "an adapter, an ablation and a control": lambda cell: name_of(cell) in {"rlmrec", "without_attention", "item-knn"},
    "all but Base": lambda cell: name_of(cell) != "base",
}
#: Where the figures are drawn too.
DRAWN = {"one cell of SpecTran", "all but Base"}


@pytest.fixture(scope="module")
def made() -> Study:
    """Every part on one printed dataset, most on one backbone."""
    whole = whole_study()
    parts = PARTS | {name: PARTS[name] | {"backbones": ["sasrec"]} for name in ("ablation", "case_study")}
    parts["dimension"] = PARTS["dimension"] | {"dimensions": [16, 128]}
    parts["sensitivity"] = PARTS["sensitivity"] | {"variants": {"last-target": READINGS["last-target"]}}
    datasets = {"toys": whole.model_dump(mode="json")["datasets"]["toys"]}
    return whole_study(datasets=datasets, parts=parts)


@pytest.fixture(scope="module")
def tree(made: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    results = write_tree(made, tmp_path_factory.mktemp("whole") / "results")
    write_controls(made, results)
    return results


@pytest.fixture(scope="module")
def one_lost(made: Study, tree: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Findings, Path]:
    """Findings without one cell of SpecTran, and their results."""
    folder = tmp_path_factory.mktemp("one")
    return what_is_left(made, tree, folder, LOSSES["one cell of SpecTran"]), folder / "results"


@pytest.fixture(scope="module")
def all_lost(made: Study, tree: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Findings, Path]:
    """Findings without any cell, and their results."""
    folder = tmp_path_factory.mktemp("all")
    return what_is_left(made, tree, folder, lambda cell: True), folder / "results"


def cells_of(made: Study) -> list[Cell | ControlCell]:
    return [*expand(made), *variant_cells(made), *expand_controls(made)]


def lose(results: Path, cell: Cell | ControlCell, rule: str = "training_cell", *names: str) -> None:
    """Leave the folder of a cell as a job that failed does: these files empty, or all."""
    folder = results / cell.path
    for path in [folder / name for name in names] or list(folder.iterdir()):
        path.write_bytes(b"")
    write_record(folder, Record(rule=rule, label=cell.path, kind="time", reason=REASON))


def what_is_left(made: Study, tree: Path, folder: Path, lost: Lost) -> Findings:
    results = folder / "results"
    shutil.copytree(tree, results)
    for cell in filter(lost, cells_of(made)):
        lose(results, cell)
    return findings_of(made, results)


def findings_of(made: Study, results: Path) -> Findings:
    run_statistics(made, results, results / "statistics")
    return Findings(made, gather(made, expand(made), results), read_printed(PUBLISHED))


@pytest.mark.parametrize("name", LOSSES)
def test_tables_and_claims_survive_the_loss_of(name: str, made: Study, tree: Path, tmp_path: Path):
    lost = LOSSES[name]
    findings = what_is_left(made, tree, tmp_path, lost)
    for table in shown(TABLES, made):
        built = build(table, findings)
        assert built.entries, table
        assert not [entry for entry in built.entries if re.search(r"\bnan\b|\binf\b", entry.text)], table
        assert not re.search(r"\bnan\b", " ".join(built.notes)), table
        table_page(built, TABLES[table], table, TEMPLATES)
    for figure in shown(FIGURES, made):
        assert isinstance(module(figure).data(findings), pd.DataFrame), figure
        if name in DRAWN:
            with style():
                draw(figure, findings)
    for verdict in judge(findings):
        assert verdict.outcome in {"holds", "fails", "undecided"}
        assert not re.search(r"\bnan\b", verdict.evidence), verdict

    failures = findings.frames.failures
    expected = {(getattr(c, "backbone", ""), name_of(c), getattr(c, "variant", "")) for c in cells_of(made) if lost(c)}
    assert set(failures[["backbone", "method", "variant"]].itertuples(index=False, name=None)) == expected
    ledger = build("failures", findings)
    assert sum(entry.text == REASON for entry in ledger.entries) == len(failures)
    with pytest.raises(IncompleteError, match=rf"^{len(failures)} of {len(cells_of(made))} cells failed\. All else is"):
        write_complete(tmp_path / "complete.json", findings, Path("index.html"))


def name_of(cell: Cell | ControlCell) -> str:
    return cell.control if isinstance(cell, ControlCell) else cell.method


def test_the_page_survives_the_loss_of_all(made: Study, all_lost: tuple[Findings, Path]):
    page = make_report(*all_lost)
    assert {verdict.outcome for verdict in judge(all_lost[0])} == {"undecided"}
    text = page.read_text(encoding="utf-8")
    assert text.count(REASON) == len(cells_of(made))
    for cell in cells_of(made):
        assert f'href="../{cell.path}/training_cell.failure.json"' in text
        assert f'href="../{cell.path}/ranks.parquet"' not in text


def test_a_failed_cell_is_listed_with_what_is_left_of_it(made: Study, one_lost: tuple[Findings, Path]):
    findings, results = one_lost
    sources = {source.folder: source for source in cell_sources(findings, results)}
    assert set(sources) == {cell.path for cell in expand(made)}
    lost = sources["cells/toys/minilm/sasrec/spectran/d128"]
    assert lost.label.endswith("SpecTran (failed)")
    assert lost.files == ("training_cell.failure.json",)
    whole = sources["cells/toys/minilm/sasrec/base/d128"]
    assert not whole.label.endswith("(failed)")
    assert "ranks.parquet" in whole.files
    assert len(variant_sources(findings, results)) == len(variant_cells(made))
    assert len(control_sources(findings, results)) == len(expand_controls(made))


def test_a_table_has_a_dash_and_a_note_for_it(one_lost: tuple[Findings, Path]):
    table = build("table2", one_lost[0])
    row = ("SASRec", "SpecTran")
    assert {entry.text for entry in table.entries if entry.row == row} == {"–"}
    assert not any(entry.link for entry in table.entries if entry.row == row)
    assert [name for group, name in table.rows if group == row[0]].index("SpecTran") == 3, "where it belongs"
    assert table.notes[-1].startswith(
        "Failed, so without numbers here: Toy · SASRec · d = 128 · SpecTran (training_cell)."
    )


def test_a_complete_run_says_so(made: Study, tree: Path, tmp_path: Path):
    findings = findings_of(made, tree)
    assert findings.frames.failures.empty
    write_complete(tmp_path / "complete.json", findings, Path("index.html"))
    assert json.loads((tmp_path / "complete.json").read_text()) == {"cells": len(cells_of(made)), "failed": 0}


def test_ten_cells_are_named_and_the_others_counted(made: Study, all_lost: tuple[Findings, Path], tmp_path: Path):
    findings, _ = all_lost
    with pytest.raises(IncompleteError) as caught:
        write_complete(tmp_path / "complete.json", findings, Path("results/report/index.html"))
    lines = str(caught.value).splitlines()
    assert "results/report/index.html shows what is missing" in lines[0]
    assert lines[1] == f"  Toy · SASRec · d = 128 · Base: time: {REASON}"
    assert lines[-1] == f"  and {len(cells_of(made)) - 10} more"
    assert len(lines) == 12
    assert not (tmp_path / "complete.json").exists()


def test_a_failed_measurement_takes_nothing_else_with_it(made: Study, tree: Path, tmp_path: Path):
    results = tmp_path / "results"
    shutil.copytree(tree, results)
    cell = next(cell for cell in expand(made) if cell.method == "spectran" and cell.dim == 128)
    lose(results, cell, "training_efficiency", "efficiency.json")
    lose(results, cell, "spectra_weights", "weights.parquet", "mixing.parquet")
    findings = findings_of(made, results)
    assert findings.frames.failures["rule"].tolist() == ["spectra_weights", "training_efficiency"]
    assert "spectran" not in set(findings.frames.efficiency["method"])
    whole = findings_of(made, tree).frames.metrics
    pd.testing.assert_frame_equal(findings.frames.metrics, whole)
    for table in ("table5", "table6", "table6_printed"):
        assert build(table, findings).entries
    with pytest.raises(IncompleteError, match=r"^1 of"):
        write_complete(tmp_path / "complete.json", findings, Path("index.html"))


def test_an_empty_file_without_a_record_is_in_the_ledger_too(made: Study, tree: Path, tmp_path: Path):
    results = tmp_path / "results"
    shutil.copytree(tree, results)
    cell = expand(made)[0]
    (results / cell.path / "ranks.parquet").write_bytes(b"")
    with pytest.raises(IncompleteError, match=r"Base: missing: no record"):
        write_complete(tmp_path / "complete.json", findings_of(made, results), Path("index.html"))
