"""What cells of FreLLM4Rec's part are to each other follows from their options alone."""

from typing import Any

import pytest

from reporting.handmade_frequencies import BACKBONES, METHODS, frequency_study
from spectran.config.cells import Cell
from spectran.config.frequency_cells import changes, frellm4rec_cells, model_of, reference_of
from spectran.config.study import Study

MINILM = "sentence-transformers/all-MiniLM-L6-v2"


def cell(backbone: str, method: str, dim: int = 384, dataset: str = "toys") -> Cell:
    return Cell(dataset, "minilm", backbone, method, dim)


@pytest.fixture(scope="module")
def study() -> Study:
    return frequency_study(datasets=2)


def test_frellm4rec_is_the_cell_with_both_filters(study: Study):
    assert frellm4rec_cells(study) == {
        ("toys", MINILM): cell("tfm", "frellm4rec"),
        ("beauty", MINILM): cell("tfm", "frellm4rec", dataset="beauty"),
    }
    assert reference_of(study, cell("llm", "fusion", dataset="beauty")) == cell("tfm", "frellm4rec", dataset="beauty")


def test_cells_without_a_language_model_are_held_against_the_dataset_s_first(study: Study):
    sasrec = cell("sasrec", "base", 64)
    assert model_of(study, sasrec) == ""
    assert reference_of(study, sasrec) == cell("tfm", "frellm4rec")


@pytest.mark.parametrize(
    ("backbone", "method", "found"),
    [
        ("tfm", "frellm4rec", set()),
        ("llm", "fusion", {"graph_filter", "temporal_filter"}),
        ("tfm", "fusion", {"graph_filter"}),
        ("tfm", "weak", {"graph_filter.alpha"}),
        ("half", "frellm4rec", {"temporal_filter.cutoff"}),
        ("learned", "chosen", {"graph_filter.learned", "temporal_filter.learned", "temporal_filter.cutoff"}),
        ("tfm", "binary", {"graph_filter.graph"}),
        ("drawn", "frellm4rec", {"start", "temporal_filter"}),
        ("lora", "frellm4rec", {"unfrozen"}),
        ("circular", "frellm4rec", {"temporal_filter.form"}),
    ],
)
def test_changes_are_named_by_their_options(backbone: str, method: str, found: set[str], study: Study):
    assert changes(study, cell("tfm", "frellm4rec"), cell(backbone, method)) == found


def test_seeds_of_a_random_start_and_training_make_no_other_kind_of_cell():
    backbones = {name: BACKBONES[name] for name in ("sasrec", "llm", "tfm", "drawn")}
    backbones["drawn"] = backbones["drawn"] | {"start_seed": 7, "training": {"epochs": 3}}
    methods = {name: METHODS[name] for name in ("base", "frellm4rec", "fusion")}
    made = frequency_study(
        backbones=backbones,
        methods=methods,
        parts=_parts({"backbones": ["llm", "tfm", "drawn"], "methods": ["frellm4rec", "fusion"]}),
    )
    assert changes(made, cell("llm", "fusion"), cell("drawn", "fusion")) == {"start"}


def _parts(block: dict[str, Any]) -> dict[str, Any]:
    source = {"label": "Source", "backbones": ["sasrec"], "methods": ["base"], "dimensions": [64]}
    blocks = {"source": source, "all": {"label": "All", "dimensions": [384]} | block}
    return {"main": None, "frellm4rec": {"blocks": blocks}}


def test_the_defaults_go_before_another_fixed_filter_whatever_comes_first():
    methods = {name: METHODS[name] for name in ("base", "weak", "frellm4rec")}
    backbones = {name: BACKBONES[name] for name in ("sasrec", "half", "tfm")}
    both = {"backbones": ["half", "tfm"], "methods": ["weak", "frellm4rec"]}
    made = frequency_study(methods=methods, backbones=backbones, parts=_parts(both))
    assert list(frellm4rec_cells(made).values()) == [cell("tfm", "frellm4rec")]
    one = _parts({"backbones": ["half"], "methods": ["weak"]})
    alone = frequency_study(
        methods={name: METHODS[name] for name in ("base", "weak")},
        backbones={name: BACKBONES[name] for name in ("sasrec", "half")},
        parts=one,
    )
    assert list(frellm4rec_cells(alone).values()) == [cell("half", "weak")]


@pytest.mark.parametrize("name", ["llm", "drawn-tfm", "learned", "circular", "lora"])
def test_what_is_not_frellm4rec_itself_is_no_reference(name: str):
    made = frequency_study(
        methods={name: METHODS[name] for name in ("base", "frellm4rec")},
        backbones={key: BACKBONES[key] for key in ("sasrec", name)},
        parts=_parts({"backbones": [name], "methods": ["frellm4rec"]}),
    )
    assert frellm4rec_cells(made) == {}
    assert reference_of(made, cell(name, "frellm4rec")) is None


def test_each_language_model_has_its_own():
    other = BACKBONES["tfm"] | {"model": "some/other", "label": "Other + TFM"}
    made = frequency_study(
        methods={name: METHODS[name] for name in ("base", "frellm4rec", "fusion")},
        backbones={"sasrec": {}, "tfm": BACKBONES["tfm"], "other": other},
        parts=_parts({"backbones": ["tfm", "other"], "methods": ["frellm4rec", "fusion"]}),
    )
    assert reference_of(made, cell("other", "fusion")) == cell("other", "frellm4rec")
    assert reference_of(made, cell("tfm", "fusion")) == cell("tfm", "frellm4rec")
