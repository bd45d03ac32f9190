"""Studies: what is accepted, what is refused and in which words."""

from contextlib import suppress
from typing import Annotated, Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from spectran.config.cells import cells_of_parts, expand
from spectran.config.data import Files
from spectran.config.document import sections
from spectran.config.embedded import EMBEDDED, TABLE2
from spectran.config.load import StudyError, parse_study, read_study
from spectran.config.study import Study
from spectran.config.text import PRESETS
from studies import ROOT, changed, refusal

SLUG = "a name of small letters, digits, - and _ (64 at most, a letter or digit first)"
SHIPPED = ["config", "office", "paper"]


def test_all_errors_at_once_each_with_key_found_and_expected():
    data = changed(
        nmae="x",
        dimensions=[64, 64],
        seeds=[],
        methods={},
        datasets={"x": {"source": "files"}},
        encoder={"preset": "minlm", "prompt": "bare"},
        training={"epochs": "many", "batch": 0},
    )
    del data["name"]
    first, *lines = refusal(data).splitlines()
    assert first == "mine.yaml: 11 problems"
    assert sorted(lines) == [
        "  datasets.x.files: source is 'files', but the section 'files' is missing",
        "  datasets.x.label: missing; this key must be given",
        "  dimensions: different values expected, found [64, 64]",
        "  encoder.preset: one of 'minilm' or 'llama3-8b' expected, found 'minlm'; did you mean 'minilm'?",
        "  encoder.prompt: prompt must contain {title} once, found 'bare'",
        "  methods: a study with no cells: methods must not be empty",
        "  name: missing; this key must be given",
        "  nmae: unknown key; did you mean 'name'?",
        "  seeds: a study with no cells: seeds must not be empty",
        "  training.batch: a number greater than 0 expected, found 0",
        "  training.epochs: a whole number expected, found 'many'",
    ]


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"dimensions": 64}, "dimensions: a list expected, found 64"),
        ({"seeds": {"a": 1}}, "seeds: a list expected, found a mapping of keys"),
        ({"methods": None}, "methods: a mapping of keys expected, found null"),
        ({"methods": {"base": 3}}, "methods.base: a mapping of keys expected, found 3"),
        ({"controls": {"ease": {"penalty": 5}}}, "controls.ease.penalty: a list expected, found 5"),
        ({"controls": {"ease": {"last": []}}}, "controls.ease.last: a list of different values expected, found []"),
        ({"controls": {"text-knn": {"last": ["x"]}}}, "controls.text-knn.last.0: a whole number expected, found 'x'"),
        ({"datasets": {"x": []}}, "datasets.x: a mapping of keys expected, found []"),
        ({"training": "fast"}, "training: a mapping of keys expected, found 'fast'"),
        ({"training": {1: 2}}, "training.1: a key of text expected, found 1"),
        ({"description": 5}, "description: text expected, found 5"),
        ({"compute": {"pack": "x"}}, "compute.pack: 'auto' or a whole number expected, found 'x'"),
        ({"compute": {"pack": 0}}, "compute.pack: 'auto' or a number greater than 0 expected, found 0"),
        ({"compute": {"pack": {}}}, "compute.pack: 'auto' or a whole number expected, found a mapping of keys"),
        ({"backbones": {"sasrec": {"heads": "x"}}}, "backbones.sasrec.heads: a whole number expected, found 'x'"),
        ({"methods": {"spectran": {"attention": 7}}}, "methods.spectran.attention: true or false expected, found 7"),
        ({"encoder": {"preset": ["x"]}}, "encoder.preset: one of 'minilm' or 'llama3-8b' expected, found ['x']"),
        ({"seeds": ["x" * 200]}, f"seeds.0: a whole number expected, found '{'x' * 76}..."),
        ({"datasets": {"Toys": EMBEDDED["datasets"]["synthetic"]}}, f"datasets.Toys: {SLUG} expected, found 'Toys'"),
    ],
)
def test_messages_are_in_plain_words_at_the_key_as_written(changes, line):
    assert refusal(changed(**changes)).splitlines() == ["mine.yaml: 1 problem", f"  {line}"]


@pytest.mark.parametrize(
    ("key", "changes"),
    [
        ("dimensions.0", {"dimensions": [True]}),
        ("seeds.0", {"seeds": [False]}),
        ("training.epochs", {"training": {"epochs": True}}),
        ("methods.spectran.order", {"methods": {"spectran": {"order": True}}}),
        ("backbones.sasrec.heads", {"backbones": {"sasrec": {"heads": True}}}),
        ("encoder.shard_items", {"encoder": {"preset": "minilm", "shard_items": True}}),
        ("protocol.min_title_length", {"protocol": {"min_title_length": True}}),
        ("protocol.core", {"protocol": {"core": True}}),
    ],
)
def test_true_is_no_number(key, changes):
    value = "false" if key == "seeds.0" else "true"
    assert refusal(changed(**changes)).endswith(f"  {key}: a whole number expected, found {value}")


def test_no_key_of_any_section_takes_true_for_one():
    for section in sections():
        for key, field in section.model_fields.items():
            adapter = TypeAdapter(Annotated[field.annotation, *field.metadata, None])
            for value in (True, (True,)):
                with suppress(ValidationError):
                    taken = adapter.validate_python(value)
                    assert type(taken[0] if isinstance(taken, tuple) else taken) is not int, f"{section.__name__}.{key}"


def test_unknown_key_far_from_all_lists_the_known_ones():
    assert "known keys: weight_decay, dropout, id_scale, mask_ratio, seed" in refusal(changed(tuning={"zzz": 1}))


def test_unknown_key_inside_a_method_is_named_without_the_unions_tag():
    message = refusal(changed(methods={"spectran": {"atention": True}}))
    assert "methods.spectran.atention: unknown key; did you mean 'attention'?" in message


def test_unknown_method_is_refused_with_the_nearest():
    message = refusal(changed(methods={"spectrum": {}}))
    assert "methods.spectrum" in message
    assert "did you mean 'spectran'?" in message


@pytest.mark.parametrize("name", ["../x", "A", "", "a/b", "a b", "-a", "x" * 65, "a\n"])
@pytest.mark.parametrize("key", ["datasets", "methods", "backbones", "controls"])
def test_names_that_are_no_folder_names_are_refused(key, name):
    entry = next(iter(EMBEDDED[key].values()))
    kind = {} if key == "datasets" else {"kind": next(iter(EMBEDDED[key]))}
    assert "1 problem" in refusal(changed(**{key: {name: {**entry, **kind}}}))


@pytest.mark.parametrize("folder", ["/tmp/x", "../x", "results/../..", "out", "results/a/b"])
def test_results_stay_below_results(folder):
    assert "results" in refusal(changed(results=folder))


@pytest.mark.parametrize("key", ["datasets", "backbones", "methods", "dimensions", "seeds"])
def test_study_with_no_cells_is_refused(key):
    empty: Any = [] if key in {"dimensions", "seeds"} else {}
    assert f"a study with no cells: {key} must not be empty" in refusal(changed(**{key: empty}))


@pytest.mark.parametrize(("key", "values"), [("dimensions", [64, 64]), ("seeds", [1, 1])])
def test_repeated_values_are_refused(key, values):
    assert f"{key}: different values expected" in refusal(changed(**{key: values}))


@pytest.mark.parametrize("stage", ["data", "text", "spectra", "cells", "controls", "report", "logs", "benchmarks"])
def test_results_are_no_stage_folder_of_the_default_study(stage):
    assert f"results: another name expected, found 'results/{stage}'" in refusal(changed(results=f"results/{stage}"))


@pytest.mark.parametrize(
    ("columns", "key", "other"),
    [
        ({"user_column": "item"}, "item_column", "user_column"),
        ({"item_column": "user"}, "item_column", "user_column"),
        ({"user_column": "timestamp"}, "timestamp_column", "user_column"),
        ({"timestamp_column": "item"}, "timestamp_column", "item_column"),
        ({"item_column": "title"}, "title_column", "item_column"),
    ],
)
def test_columns_of_one_table_differ(columns, key, other):
    files = {"interactions": "a.csv", "items": "b.csv", **columns}
    message = refusal(changed(datasets={"x": {"label": "X", "source": "files", "files": files}}))
    assert "1 problem" in message
    assert f"  datasets.x.files.{key}: another column than that of {other} expected" in message


def test_user_and_title_may_have_the_same_column_name():
    assert Files(interactions="a.csv", items="b.csv", user_column="name", title_column="name").title_column == "name"


@pytest.mark.parametrize("key", ["core", "keep_last"])
def test_a_user_keeps_at_least_an_input_and_three_targets(key):
    assert f"protocol.{key}: a number of at least 4 expected, found 3" in refusal(changed(protocol={key: 3}))
    assert getattr(parse_study(changed(protocol={key: 4})).protocol, key) == 4


def test_a_datasets_printed_name_may_be_given():
    dataset = EMBEDDED["datasets"]["synthetic"]
    datasets = parse_study(changed(datasets={"a": dataset, "b": {**dataset, "row": "toys"}})).datasets
    assert [entry.row for entry in datasets.values()] == [None, "toys"]


def test_active_source_must_be_described():
    dataset = {"label": "X", "source": "files", "synthetic": {}}
    assert "the section 'files' is missing" in refusal(changed(datasets={"x": dataset}))


@pytest.mark.parametrize("prompt", ["no place", "{title} {title}"])
def test_prompt_needs_one_place_for_the_title(prompt):
    assert "{title} once" in refusal(changed(encoder={"preset": "minilm", "prompt": prompt}))


def test_kind_is_the_name_unless_given():
    study = parse_study(EMBEDDED)
    assert study.methods["morec"].kind == "morec"
    assert study.methods["spectran-identity"].kind == "spectran"
    assert parse_study(changed(methods={"base": None})).methods["base"].kind == "base"


def test_preset_fills_only_what_is_not_given():
    encoder = parse_study(changed(encoder={"preset": "minilm", "max_length": 32})).encoder
    assert encoder.max_length == 32
    assert encoder.sha256 == PRESETS["minilm"]["sha256"]


def test_another_model_does_not_inherit_the_presets_weights():
    """With the preset's package, the package's model would be encoded under the other one's name."""
    encoder = parse_study(changed(encoder={"preset": "minilm", "model": "intfloat/e5-small"})).encoder
    assert (encoder.package, encoder.sha256, encoder.pooling) == (None, None, "mean")
    own = {"package": "mine/model", "sha256": "0" * 64}
    encoder = parse_study(changed(encoder={"preset": "minilm", "model": "x/y", **own})).encoder
    assert (encoder.package, encoder.sha256) == ("mine/model", "0" * 64)


def test_the_presets_own_model_keeps_its_weights():
    model = PRESETS["minilm"]["model"]
    encoder = parse_study(changed(encoder={"preset": "minilm", "model": model})).encoder
    assert (encoder.package, encoder.sha256) == (PRESETS["minilm"]["package"], PRESETS["minilm"]["sha256"])


def test_a_study_is_frozen():
    study = parse_study(EMBEDDED)
    with pytest.raises(ValidationError, match="frozen"):
        study.name = "other"
    with pytest.raises(ValidationError, match="frozen"):
        study.training.epochs = 1


@pytest.mark.parametrize("text", ["[1, 2]", "a: [", ""])
def test_a_file_that_is_no_mapping_is_refused_by_name(tmp_path, text):
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    with pytest.raises(StudyError, match=r"mine\.yaml"):
        read_study(path)


def test_a_file_that_is_not_there_is_refused_by_name(tmp_path):
    with pytest.raises(StudyError, match=r"absent\.yaml"):
        read_study(tmp_path / "absent.yaml")


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_studies_parse_and_their_rows_are_printed_ones(name):
    study = read_study(ROOT / f"config/{name}.yaml")
    tables = ROOT / "config/published"
    printed = set(pd.read_csv(tables / "table2.csv")["method"]) | set(pd.read_csv(tables / "table3.csv")["variant"])
    parts = cells_of_parts(study)
    compared = {cell.method for name in ("main", "ablation", "dimension") for cell in parts.get(name, [])}
    rows = {study.methods[name].row for name in compared}
    assert rows <= printed
    backbones = {study.backbones[cell.backbone].row for cell in parts["main"]}
    assert backbones <= set(pd.read_csv(tables / "table2.csv")["backbone"])
    baselines = set(pd.read_csv(tables / "table2.csv")["method"])
    assert baselines <= rows
    assert len(rows - baselines) == 4


@pytest.mark.parametrize("name", ["office", "paper"])
def test_expected_statistics_are_the_printed_ones(name):
    printed = pd.read_csv(ROOT / "config/published/table1.csv").set_index("dataset")
    for key, dataset in read_study(ROOT / f"config/{name}.yaml").datasets.items():
        assert dataset.expected is not None
        assert dataset.expected.model_dump() == printed.loc[key, ["users", "items", "interactions"]].to_dict()


def test_office_study_switches_to_files_by_one_key():
    data = read_study(ROOT / "config/office.yaml").model_dump(mode="json")
    data["datasets"]["office"]["source"] = "files"
    assert parse_study(data).datasets["office"].source == "files"


SLUGS = st.from_regex(r"\A[a-z0-9][a-z0-9_-]{0,10}\Z")
METHODS = st.one_of(
    st.fixed_dictionaries({"kind": st.sampled_from([name for name in TABLE2 if name != "spectran"])}),
    st.fixed_dictionaries(
        {"kind": st.just("spectran")},
        optional={
            "attention": st.booleans(),
            "positional": st.sampled_from(["taylor", "singular_values", "identity", "none"]),
            "order": st.integers(1, 9),
            "key_dim": st.none() | st.integers(1, 512),
            "id_scale": st.floats(0, 10),
        },
    ),
)
STUDIES = st.fixed_dictionaries(
    {
        "name": SLUGS,
        "description": st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), max_size=20),
        "datasets": st.dictionaries(SLUGS, st.just(EMBEDDED["datasets"]["synthetic"]), min_size=1, max_size=3),
        "encoder": st.fixed_dictionaries(
            {"preset": st.sampled_from(sorted(PRESETS))}, optional={"max_length": st.integers(2, 99)}
        ),
        "backbones": st.just({"sasrec": {}}),
        "methods": st.dictionaries(SLUGS, METHODS, min_size=1, max_size=4),
        "dimensions": st.lists(st.integers(1, 250).map(lambda n: 4 * n), min_size=1, max_size=3, unique=True),
        "seeds": st.lists(st.integers(0, 99), min_size=1, max_size=3, unique=True),
    },
    optional={
        "tuning": st.fixed_dictionaries(
            {"dropout": st.lists(st.floats(0, 0.9), min_size=1, max_size=3, unique=True)},
            optional={"id_scale": st.none() | st.lists(st.floats(0, 2), min_size=1, max_size=2, unique=True)},
        )
    },
)


@given(STUDIES)
def test_dumping_and_parsing_a_study_is_the_identity(data):
    study = parse_study(data)
    assert parse_study(study.model_dump(mode="json")) == study
    assert Study.model_validate_json(study.model_dump_json()) == study
    axes = (study.datasets, study.backbones, study.methods, study.dimensions)
    assert len(set(expand(study))) == pd.Series([len(axis) for axis in axes]).prod()
