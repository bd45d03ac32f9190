"""FreLLM4Rec's part from the files of its cells to the page, with fewer seeds on its language models than the study."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from reporting.handmade_frequencies import BLOCKS, frequency_study
from reporting.made import PUBLISHED, TEMPLATES, make_findings
from spectran.config.cells import expand
from spectran.config.study import Study
from spectran.evaluation.statistics.run import run_statistics
from spectran.reporting.catalogue.figures import FIGURES
from spectran.reporting.catalogue.files import graph_files
from spectran.reporting.catalogue.parts import shown
from spectran.reporting.catalogue.tables import TABLES
from spectran.reporting.cell_files import ResultFileError
from spectran.reporting.claims import judge
from spectran.reporting.figures import draw
from spectran.reporting.figures.style import style
from spectran.reporting.findings import Findings
from spectran.reporting.frames import KEYS, write_frames
from spectran.reporting.gather import gather
from spectran.reporting.locality_groups import GROUPED, grouped
from spectran.reporting.page import render_page
from spectran.reporting.printed import read_printed
from spectran.reporting.sources import cell_sources
from spectran.reporting.tables import build
from spectran.supervision.ledger import Record, write_record

#: Fewer cells than the hand-made study: reading and drawing takes its time.
CHOSEN = {name: BLOCKS[name] for name in ("references", "ablation", "learned")}
#: As many negatives as there are items, so that nothing is sampled.
EVERY = 5000
FULL = "cells/toys/minilm/tfm/frellm4rec/d384"


def made_study(**changes: Any) -> Study:
    part = {"main": {"backbones": ["sasrec"], "methods": ["base", "spectran"]}}
    part |= {"frellm4rec": {"blocks": CHOSEN, "sampled_negatives": EVERY}}
    return frequency_study(blocks=CHOSEN, parts=part, **changes)


@pytest.fixture(scope="module")
def made() -> Study:
    return made_study()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("frequencies")


@pytest.fixture(scope="module")
def findings(made: Study, folder: Path) -> Findings:
    return make_findings(made, folder)


@pytest.fixture(scope="module")
def results(findings: Findings, folder: Path) -> Path:
    """Where the files of `findings` lie."""
    return folder / "results"


def of(frame: pd.DataFrame, backbone: str, method: str) -> pd.DataFrame:
    return frame[(frame["backbone"] == backbone) & (frame["method"] == method) & (frame["dim"] != 50)]


def test_a_backbone_s_own_seeds_are_expected(findings: Findings):
    seeds = findings.frames.metrics.groupby("backbone")["seed"].unique().map(list)
    assert seeds["tfm"] == [0]
    assert seeds["sasrec"] == [0, 1]
    assert findings.seed_counts == [1, 2]


def test_among_all_items_sampled_metrics_are_those_of_full_ranking(findings: Findings):
    sampled = findings.frames.sampled
    full = findings.frames.metrics.query("score == 'cosine'")
    both = sampled.merge(full, on=[*KEYS, "seed", "metric"], suffixes=("", "_full"), validate="one_to_one")
    assert len(both) == len(sampled) > 0
    np.testing.assert_allclose(both["value"], both["value_full"], rtol=1e-9)


def test_frequencies_and_filters_are_those_of_the_files(findings: Findings):
    frame = findings.frames.frequencies
    own = of(frame, "llm", "fusion")
    assert len(own) == 7 * 11
    assert own.query("layer == 6 and scope == 'user' and band < 3")["energy"].sum() == pytest.approx(0.1)
    filters = of(findings.frames.filters, "learned", "chosen")
    assert filters.query("parameter == 'alpha'")[["seed", "block", "value"]].to_numpy().tolist() == [[0, 0, 0.42]]
    assert filters.query("parameter == 'cutoff'")["block"].tolist() == [1, 2, 3, 4, 5, 6]
    assert of(findings.frames.filters, "llm", "fusion").empty


def test_users_are_grouped_by_locality(findings: Findings):
    """Users 1 .. 9 at 0.1 .. 0.9; borders 0.3, 0.5, 0.7. FreLLM4Rec finds users 0, 1 (first) and 2 (third)."""
    frame = findings.frames.locality.query("metric == 'ndcg@10'")
    full, vanilla = of(frame, "tfm", "frellm4rec"), of(frame, "llm", "fusion")
    assert full["users"].tolist() == [3, 2, 2, 2]
    assert full["value"].tolist() == pytest.approx([0.5, 0, 0, 0])
    assert full[["lowest", "highest"]].to_numpy().tolist()[0] == pytest.approx([0.1, 0.3])
    assert full["difference"].isna().all()
    assert vanilla["difference"].tolist() == pytest.approx([0.5, 0, 0, 0])  # base ranks user 1 at 15
    assert of(frame, "sasrec", "spectran")["difference"].iloc[3] == pytest.approx(-0.25)  # the second seed finds user 9


def test_equal_users_stay_together_and_empty_groups_are_left_out():
    users = pd.DataFrame({"m": [1.0, 2.0, 3.0, 4.0, 5.0]})
    locality = pd.Series([0.0, 0.0, 0.0, 0.0, 1.0])
    found = grouped(users, None, locality, 4, 0.95)
    assert list(found.columns) == list(GROUPED)
    assert found[["group", "users", "value"]].to_numpy().tolist() == [[1, 4, 2.5], [4, 1, 5.0]]
    nobody = grouped(users, None, pd.Series([np.nan] * 5), 4, 0.95)
    assert nobody.empty
    assert list(nobody.columns) == list(GROUPED)


def test_facts_of_the_graph_are_numbered(findings: Findings):
    facts = findings.frames.graphs.set_index(["dataset", "fact"])["value"]
    assert facts["toys", "edges"] == 50_000
    assert facts["toys", "lowest_eigenvalue_2"] == 0.01234


def test_cells_are_compared_across_backbones_and_dimensions(findings: Findings):
    tests = findings.frames.comparisons.query("part == 'frellm4rec' and metric == 'ndcg@10'")
    vanilla, sasrec = of(tests, "llm", "fusion").iloc[0], of(tests, "sasrec", "spectran").iloc[0]
    assert vanilla["difference"] == pytest.approx(0.25 - 0.05)
    assert vanilla["reference"] == "frellm4rec"
    assert sasrec["difference"] == pytest.approx(0.25 - 0.45)  # the mean of two seeds
    assert sasrec["seeds"] == 1
    assert np.isnan(sasrec["se_total"])
    assert of(tests, "tfm", "frellm4rec").empty
    main = findings.frames.comparisons.query("part == 'main'")
    assert set(main["seeds"]) == {2}


def test_a_seed_that_a_backbone_does_not_have_is_refused(made: Study, results: Path, tmp_path: Path):
    copy = shutil.copytree(results, tmp_path / "results")
    path = copy / FULL / "ranks.parquet"
    ranks = pd.read_parquet(path)
    pd.concat([ranks, ranks.assign(seed=1)]).to_parquet(path)
    with pytest.raises(ResultFileError, match=r"ranks of the seeds \[0\] expected, found \[0, 1\]"):
        gather(made, expand(made), copy)


@pytest.mark.parametrize(
    ("name", "harm", "message"),
    [
        (f"{FULL}/attenuation.parquet", Path.unlink, r"attenuation\.parquet: a Parquet file expected"),
        (f"{FULL}/filters.json", lambda path: path.write_text("{}"), r"filters\.json: keys \['alpha', 'cutoff'\] exp"),
        ("spectra/toys/graph/leave-one-out/graph.json", lambda path: path.write_text("{}"), r"graph\.json: keys \['it"),
        ("spectra/toys/graph/leave-one-out/locality.parquet", Path.unlink, r"locality\.parquet: a Parquet file expec"),
        (
            f"{FULL}/ranks.parquet",
            lambda path: pd.read_parquet(path).assign(rank=9999).to_parquet(path),
            r"frellm4rec/d384/ranks\.parquet: places 1 \.\. 2415",
        ),
    ],
)
def test_a_bad_file_is_named(
    name: str, harm: Callable[[Path], object], message: str, made: Study, results: Path, tmp_path: Path
):
    copy = shutil.copytree(results, tmp_path / "results")
    harm(copy / name)
    with pytest.raises(ResultFileError, match=message):
        gather(made, expand(made), copy)


def test_the_page_of_the_part_alone_leads_to_its_files(tmp_path: Path):
    findings = make_findings(frequency_study(blocks=CHOSEN), tmp_path)
    report = tmp_path / "results" / "report"
    write_frames(findings.frames, report / "data")
    (report / "figures").mkdir()
    for name in shown(FIGURES, findings.study):
        (report / "figures" / f"{name}.svg").write_text('<svg width="300pt"></svg>')
    text = render_page(findings, judge(findings), report.parent, TEMPLATES)
    for name in (*shown(TABLES, findings.study), *shown(FIGURES, findings.study)):
        assert f'<figure id="{name}"' in text, name
    assert 'href="#second-paper"' in text
    ids = re.findall(r' id="([^"]+)"', text)
    assert len(set(ids)) == len(ids)
    for name in (*graph_files(findings.study), f"{FULL}/attenuation.parquet", f"{FULL}/filters.json"):
        assert f'href="../{name}"' in text, name
    assert "<title>FreLLM4Rec reproduced on Toy" in text
    assert "Toy: item graph" in text


def test_the_cell_that_frellm4rec_reads_is_in_no_part(findings: Findings, results: Path):
    source = next(one for one in cell_sources(findings, results) if one.folder == "cells/toys/minilm/sasrec/base/d50")
    assert "attenuation.parquet" not in source.files
    assert graph_files(frequency_study(parts={"main": {}}, **_plain())) == []


def _plain() -> dict[str, Any]:
    return {"methods": {"base": {}}, "backbones": {"sasrec": {}}}


@pytest.mark.parametrize("lost", ["tfm/frellm4rec/d384", "all"])
def test_the_report_survives_the_loss_of(lost: str, made: Study, results: Path, tmp_path: Path):
    copy = shutil.copytree(results, tmp_path / "results")
    for cell in expand(made):
        if lost == "all" or cell.path.endswith(lost):
            _lose(copy / cell.path)
    findings = _again(made, copy)
    for name in shown(TABLES, made):
        built = build(name, findings)
        assert built.entries, name
        assert not [entry for entry in built.entries if re.search(r"\bnan\b|\binf\b", entry.text)], name
    for name, item in FIGURES.items():
        if item.part == "frellm4rec":
            with style():
                draw(name, findings)
    for verdict in judge(findings):
        assert lost != "all" or verdict.outcome == "undecided"
        assert not re.search(r"\bnan\b", verdict.evidence), verdict


def test_a_failed_look_at_frequencies_takes_nothing_else_with_it(made: Study, results: Path, tmp_path: Path):
    copy = shutil.copytree(results, tmp_path / "results")
    _lose(copy / FULL, "attenuation.parquet", "filters.json")
    findings = _again(made, copy)
    pd.testing.assert_frame_equal(findings.frames.metrics, _again(made, results).frames.metrics)
    assert "Failed, so without" in build("frellm4rec", findings).notes[-1]
    assert not any("Failed, so without" in note for note in build("table2", findings).notes)


def test_limits_of_epochs_are_those_of_the_backbone(findings: Findings):
    """The record says 12 epochs; language models may have 6."""
    choice = findings.frames.choice.set_index(["backbone", "method"])["at_limit"]
    assert choice["tfm", "frellm4rec"] == 1
    table = build("choice", findings)
    texts = {entry.text for entry in table.entries if entry.row[1] == "FreLLM4Rec"}
    assert "7 of 12; still improving at the limit of 6 epochs" in texts
    assert any("still improving at the limit of 6 epochs" in note for note in build("frellm4rec", findings).notes)


def test_a_language_model_in_the_main_part_is_not_resampled_with_other_backbones(tmp_path: Path):
    """Aggregates are of as many seeds everywhere."""
    block = {"label": "All", "backbones": ["sasrec"], "methods": ["base"], "dimensions": [64]}
    part = {"main": {"dimensions": [384]}, "frellm4rec": {"blocks": {"all": block}}}
    methods = {"base": {}, "spectran": {}}
    llm = {"sasrec": {}, "llm": frequency_study().backbones["llm"].model_dump(mode="json")}
    study = frequency_study(parts=part, methods=methods, backbones=llm)
    frames = make_findings(study, tmp_path).frames
    assert set(frames.aggregates["cells"]) == {1}
    assert set(frames.variance.query("backbone == 'llm'")["seeds"]) == {1}


def _lose(folder: Path, *names: str) -> None:
    for path in [folder / name for name in names] or list(folder.iterdir()):
        path.write_bytes(b"")
    rule = "spectra_attenuation" if names else "training_cell"
    write_record(folder, Record(rule=rule, label=folder.name, kind="time", reason="took too long"))


def _again(made: Study, results: Path) -> Findings:
    run_statistics(made, results, results / "statistics")
    return Findings(made, gather(made, expand(made), results), read_printed(PUBLISHED))
