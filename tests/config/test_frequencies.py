"""What FreLLM4Rec's part adds to a study: blocks, language models, filters, cells whose item vectors are read."""

import copy
from typing import Any

import pytest

from spectran.config.cells import Cell, cells_of_parts, expand, settings_of, source_of
from spectran.config.embedded import EMBEDDED
from spectran.config.load import parse_study
from studies import changed, refusal

LLM = {"kind": "language-model", "preset": "minilm"}


def study(**values: Any) -> dict[str, Any]:
    """A study with that part alone: a language model, and SASRec to compare with."""
    part = {
        "blocks": {
            "llm": {"label": "LLM", "backbones": ["llm"], "methods": ["frellm4rec"], "dimensions": [384]},
            "other": {"label": "SASRec", "backbones": ["sasrec"], "methods": ["base"], "dimensions": [64]},
        }
    }
    whole = {
        "backbones": {"llm": LLM, "sasrec": {}},
        "methods": {"base": {}, "frellm4rec": {}},
        "parts": {"main": None, "frellm4rec": part},
    }
    return changed(**(whole | values))


def test_blocks_are_joined_and_the_cell_that_is_read_comes_along():
    parsed = parse_study(study())
    cells = [Cell("synthetic", "minilm", *place) for place in (("llm", "frellm4rec", 384), ("sasrec", "base", 64))]
    source = Cell("synthetic", "minilm", "sasrec", "base", 50)
    assert cells_of_parts(parsed) == {"frellm4rec": cells}
    assert expand(parsed) == [*cells, source]
    assert [source_of(parsed, cell) for cell in cells] == [source, None]


def test_a_cell_of_two_blocks_is_one_cell():
    cells = cells_of_parts(parse_study(copy.deepcopy(EMBEDDED)))["frellm4rec"]
    assert len(cells) == len(set(cells)) == 13


def test_a_language_model_trains_as_it_says_and_the_others_as_the_study_does():
    own = {"epochs": 3, "seeds": 2, "search": False}
    parsed = parse_study(study(backbones={"llm": LLM | {"training": own}, "sasrec": {}}))
    of_llm, of_sasrec = (settings_of(parsed, cell) for cell in cells_of_parts(parsed)["frellm4rec"])
    assert (of_llm.training.epochs, of_llm.training.batch, of_llm.seeds) == (3, parsed.training.batch, (0, 1))
    assert (of_llm.tuning.dropout, of_llm.tuning.id_scale) == ((0.1,), (1.0,))
    assert (of_sasrec.training, of_sasrec.tuning, of_sasrec.seeds) == (parsed.training, parsed.tuning, parsed.seeds)


def test_a_graph_of_titles_reads_them():
    methods = {"base": {"graph_filter": {"graph": "text-knn"}}, "frellm4rec": {}}
    assert parse_study(study(methods=methods)).methods["base"].reads() == {"embeddings"}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"dimensions": [64], "parts": {"main": {}}},
            "backbones.llm cannot have dimension 64: 384 expected",
        ),
        (
            {"methods": {"base": {}, "frellm4rec": {"collaborative": {"backbone": "gru"}}}},
            "methods.frellm4rec.collaborative.backbone: one of llm, sasrec expected, found gru",
        ),
        (
            {"methods": {"base": {}, "frellm4rec": {"collaborative": {"method": "frellm4rec"}}}},
            "methods.frellm4rec.collaborative.method: one of base expected, found frellm4rec",
        ),
        (
            {"methods": {"base": {}, "frellm4rec": {"collaborative": {"backbone": "llm"}}}},
            "methods.frellm4rec.collaborative.dim: 50 cannot be: 384 expected",
        ),
        ({"methods": {"base": {"graph_filter": {"alpha": 1.5}}, "frellm4rec": {}}}, "methods.base.graph_filter.alpha"),
        (
            {"backbones": {"llm": LLM | {"unfrozen": {"last_blocks": 1, "lora_rank": 2}}, "sasrec": {}}},
            "either last_blocks or lora_rank above 0 expected, found 1 and 2",
        ),
        ({"backbones": {"llm": {"kind": "language-model"}, "sasrec": {}}}, "backbones.llm.width"),
        (
            {"backbones": {"llm": LLM | {"temporal_filter": {"cutoff": 1.0}}, "sasrec": {}}},
            "backbones.llm.temporal_filter.cutoff",
        ),
        ({"parts": {"main": None, "frellm4rec": {"blocks": {}}}}, "blocks must not be empty"),
        (
            {"parts": {"main": None, "frellm4rec": {"blocks": {"x": {"label": "x", "methods": ["gru"]}}}}},
            "frellm4rec.blocks.x.methods: one of base, frellm4rec expected, found gru",
        ),
    ],
)
def test_what_cannot_be_is_refused_by_its_key(changes, message):
    assert message in refusal(study(**changes))
