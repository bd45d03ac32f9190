"""Variants of the protocol: what they may change, what they come out as, and which cells they have."""

import copy
from typing import Any

import pytest

from spectran.config.cells import Cell, cells_of_parts, expand, settings_of, variant_cells
from spectran.config.load import parse_study
from spectran.config.study import Study
from studies import changed, refusal

VARIANTS: dict[str, Any] = {
    "last": {"label": "last target only", "changes": {"training": {"targets": "last"}}},
    "wide": {"label": "wide IDs", "changes": {"tuning": {"id_scale": [1.0]}}},
    "one-block": {"label": "one block", "changes": {"backbones": {"sasrec": {"blocks": 1}}}},
}


def with_variants(variants: dict[str, Any], **changes: Any) -> dict[str, Any]:
    part = {"backbones": ["sasrec"], "methods": ["base", "spectran"], "variants": variants}
    return changed(parts={"main": {}, "sensitivity": part}, **changes)


@pytest.fixture
def study() -> Study:
    return parse_study(with_variants(copy.deepcopy(VARIANTS)))


def test_a_variant_changes_what_it_names_and_nothing_else(study):
    cell = Cell("synthetic", "minilm", "sasrec", "spectran", 64)
    own = settings_of(study, cell).numbers()
    last = settings_of(study, Cell("synthetic", "minilm", "sasrec", "spectran", 64, "last")).numbers()
    assert last == own | {"training": own["training"] | {"targets": "last"}}
    block = settings_of(study, Cell("synthetic", "minilm", "sasrec", "spectran", 64, "one-block"))
    assert (block.backbone.blocks, block.training) == (1, study.training)
    assert study.under("wide").tuning.id_scale == (1.0,)
    assert study.under("") is study


def test_cells_of_variants_have_folders_of_their_own(study):
    cells = variant_cells(study)
    assert [cell.variant for cell in cells] == ["last"] * 2 + ["wide"] * 2 + ["one-block"] * 2
    assert cells[1].path == "sensitivity/last/synthetic/minilm/sasrec/spectran/d64"
    assert not {cell.path for cell in cells} & {cell.path for cell in expand(study)}
    assert [Cell.at(cell.path) for cell in cells] == cells
    assert (cells[1].label, expand(study)[0].label) == (
        "synthetic sasrec spectran d64 last",
        "synthetic bert4rec base d64",
    )
    assert [cell.method for cell in cells_of_parts(study)["sensitivity"]] == ["base", "spectran"]


def test_a_study_without_the_part_has_no_cells_of_variants():
    assert variant_cells(parse_study(changed())) == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"training": {"epochs": 0}}, "training.epochs: a number greater than 0 expected, found 0"),
        ({"training": {"epoch": 5}}, "training.epoch: unknown key; did you mean 'epochs'?"),
        ({"backbones": {"gru": {}}}, "backbones: one of bert4rec, sasrec, hstu expected, found gru"),
        ({"backbones": {"sasrec": {"heads": 3}}}, "backbones.sasrec cannot have dimension 64"),
        ({"seeds": {"a": 1}}, "one of protocol, training, tuning, backbones, methods expected, found seeds"),
        ({"protocol": {"core": 10}}, "protocol: one of split, split_seed expected, found core"),
        ({"training": 3}, "training: a mapping of keys expected, found 3"),
        ({}, "something to change expected, found nothing"),
    ],
)
def test_a_variant_that_cannot_be_is_refused_by_its_key(changes, said):
    message = refusal(with_variants({"odd": {"label": "odd", "changes": changes}}))
    assert "parts.sensitivity.variants.odd.changes: " in message
    assert said in message


def test_a_variant_is_a_name_of_a_folder():
    assert "variants" in refusal(with_variants({"../up": VARIANTS["last"]}))
