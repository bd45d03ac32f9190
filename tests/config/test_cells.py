"""Cells and parts: what a study expands to, and which parts cannot be run."""

from typing import Any

from spectran.config.cells import Cell, cells_of_parts, expand
from spectran.config.embedded import EMBEDDED
from spectran.config.load import parse_study, read_study
from studies import ROOT, changed, refusal


def test_heads_must_divide_the_dimensions():
    backbones = {name: {"kind": "sasrec", "heads": heads} for name, heads in {"three": 3, "four": 4, "five": 5}.items()}
    assert refusal(changed(backbones=backbones, dimensions=[60, 64])).endswith(
        "1 problem\n  parts: backbones.three cannot have dimension 64: it is no multiple of 3 heads; "
        "backbones.five cannot have dimension 64: it is no multiple of 5 heads"
    )


def parts_refusal(**parts: Any) -> str:
    return refusal(changed(parts=parts))


def test_a_part_names_entries_of_the_study():
    message = parts_refusal(main={}, ablation={"methods": ["base", "spectrum"]}, dimension={"backbones": ["gru"]})
    assert "parts: ablation.methods: one of base, morec, unisrec" in message
    assert "expected, found spectrum; dimension.backbones: one of bert4rec, sasrec, hstu expected, found gru" in message


def test_an_entry_in_no_part_is_refused():
    methods = [name for name in changed()["methods"] if name != "morec"]
    assert "methods.morec is in no part that is run" in parts_refusal(main={"methods": methods})
    assert "backbones.hstu is in no part" in parts_refusal(main={"backbones": ["bert4rec", "sasrec"]})


def test_an_entry_whose_cell_another_reads_is_in_use():
    """It is trained, though no part names it; of a method that no one reads nothing would come."""
    methods = {"base": {}, "frellm4rec": {}, "morec": {}}
    block = {"label": "One", "methods": ["frellm4rec"], "backbones": ["hstu"]}
    parts = {"main": None, "frellm4rec": {"blocks": {"one": block}}}
    studied = changed(methods=methods, parts=parts, backbones={"hstu": {}, "sasrec": {}})
    assert refusal(studied).endswith(
        "1 problem\n  parts: methods.morec is in no part that is run: name it in one, or leave it out"
    )
    del methods["morec"]
    cells = {(cell.backbone, cell.method, cell.dim) for cell in expand(parse_study(studied, "mine.yaml"))}
    assert cells == {("sasrec", "base", 50), ("hstu", "frellm4rec", 64)}


def test_a_study_without_parts_is_refused():
    assert "a study with no cells: at least one part expected" in parts_refusal(main=None)


def test_the_case_study_needs_spectran_with_attention():
    names = ["spectran-without-attention", "morec"]
    message = parts_refusal(main={}, case_study={"backbones": ["sasrec"], "methods": names})
    for name in names:
        assert f"case_study.methods: SpecTran with its attention expected, found {name}" in message


def test_dimensions_of_a_part_must_fit_too():
    message = parts_refusal(main={}, dimension={"backbones": ["bert4rec"], "dimensions": [15]})
    assert "parts: backbones.bert4rec cannot have dimension 15: it is no multiple of 2 heads" in message


def test_a_cell_of_two_parts_is_one_cell():
    study = parse_study(changed(parts={"main": {}, "dimension": {"dimensions": [64, 8, 16]}}))
    cells, parts = expand(study), cells_of_parts(study)
    assert len(cells) == len(set(cells)) == 3 * len(parts["main"])
    assert set(parts["main"]) < set(parts["dimension"])
    assert [cell.dim for cell in cells[:3]] == [64, 8, 16]


def test_cells_count_order_and_path():
    dataset = EMBEDDED["datasets"]["synthetic"]
    study = parse_study(
        changed(
            datasets={"b": dataset, "a": dataset},
            backbones={"sasrec": {}},
            methods={"spectran": {}, "base": {}},
            dimensions=[64, 16],
        )
    )
    cells = expand(study)
    assert len(cells) == len(set(cells)) == 8
    assert cells[0] == Cell("b", "minilm", "sasrec", "spectran", 64)
    assert [cell.dim for cell in cells[:2]] == [64, 16]
    assert [cell.dataset for cell in cells] == ["b"] * 4 + ["a"] * 4
    assert cells[0].path == "cells/b/minilm/sasrec/spectran/d64"
    assert [Cell.at(cell.path) for cell in cells] == cells


def test_paper_study_is_the_published_grid():
    study = read_study(ROOT / "config/paper.yaml")
    assert (study.training.epochs, study.training.patience, study.dimensions) == (200, 10, (128,))
    assert study.tuning.weight_decay == (1e-4, 1e-5, 1e-6, 0.0)
    assert study.tuning.dropout == (0.0, 0.1, 0.2, 0.3, 0.4, 0.5)
    assert study.tuning.mask_ratio == (0.2, 0.4, 0.6)
    main, ablation, dimension, trained_controls = 4 * 3 * 9, 4 * 3 * 4, 2 * 5 * 4, 4 * 5
    frequencies, sources = 4 * 35, 4
    assert len(expand(study)) == main + ablation + dimension + trained_controls + frequencies + sources
    assert {name: len(cells) for name, cells in cells_of_parts(study).items()} == {
        "main": main,
        "ablation": ablation + 4 * 3 * 2,
        "dimension": dimension + 2 * 5,
        "efficiency": 6,
        "case_study": 4,
        "controls": trained_controls + 4 * 3,
        "frellm4rec": frequencies + 4 * 2,
    }
