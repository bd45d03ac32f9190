"""The generated documents are in step with the typed configuration, and say what it does."""

import json
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from spectran.config.document import BEGIN, description, documents, schema, sections
from spectran.config.embedded import EMBEDDED, NOTES
from spectran.config.load import parse_study

ROOT = Path(__file__).parents[2]


def test_documents_are_in_step():
    stale = [path.name for path, text in documents(ROOT).items() if path.read_text(encoding="utf-8") != text]
    assert not stale, "run: PYTHONPATH=workflow python -m spectran.config.document"


def test_default_study_is_the_embedded_one():
    data = yaml.safe_load((ROOT / "config/config.yaml").read_text(encoding="utf-8"))
    assert parse_study(data) == parse_study(EMBEDDED)


def test_default_study_shows_every_key_with_its_meaning():
    text = (ROOT / "config/config.yaml").read_text(encoding="utf-8")
    flat = " ".join(line.strip().removeprefix("# ") for line in text.splitlines())
    shown = [section for section in sections() if section.__name__ not in {"Amazon", "Files", "Expected"}]
    for section in shown:
        for key in section.model_fields:
            if section.__name__ == "Dataset" and key in {"amazon", "files", "expected"}:
                continue
            assert f"{key}:" in text
            assert description(section, key) in flat
    assert max(map(len, text.splitlines())) <= 120


def test_another_preset_does_not_inherit_the_first_ones_values():
    """What `--config 'encoder={"preset": ...}'` does to the shipped file."""
    data = yaml.safe_load((ROOT / "config/config.yaml").read_text(encoding="utf-8"))
    data["encoder"]["preset"] = "llama3-8b"
    encoder = parse_study(data).encoder
    assert (encoder.name, encoder.package, encoder.pooling) == ("llama3-8b", None, "last_token")
    # 8.03 billion parameters of two bytes, and what is asked for any model.
    assert encoder.memory_mb * 2**20 > 2 * 8.03e9 + 4000 * 2**20


def test_notes_name_keys_that_exist():
    for path in NOTES:
        value = parse_study(EMBEDDED).model_dump()
        for part in path.split("."):
            value = value[part]


def test_every_key_has_a_meaning():
    assert len(sections()) > 10
    for section in sections():
        for key in section.model_fields:
            assert description(section, key)


@pytest.mark.parametrize("name", ["config", "office", "paper", "frellm4rec"])
def test_schema_accepts_shipped_studies(name):
    data = yaml.safe_load((ROOT / f"config/{name}.yaml").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema())
    assert [error.message for error in Draft202012Validator(schema()).iter_errors(data)] == []


@pytest.mark.parametrize(
    ("section", "key", "value"),
    [
        ("training", "epoch", 5),
        ("training", "epochs", 0),
        ("encoder", "preset", "bert"),
        ("datasets", "../x", EMBEDDED["datasets"]["synthetic"]),
        ("methods", "odd", {"attentoin": True}),
    ],
)
def test_schema_refuses(section, key, value):
    data = json.loads(json.dumps(EMBEDDED))
    data.setdefault(section, {})[key] = value
    assert list(Draft202012Validator(schema()).iter_errors(data))


def test_schema_accepts_an_empty_entry_and_refuses_a_bare_encoder():
    validator = Draft202012Validator(schema())
    assert validator.is_valid({**EMBEDDED, "methods": {"base": None}})
    assert not validator.is_valid({**EMBEDDED, "encoder": {"name": "x"}})


def test_readme_without_markers_is_refused(tmp_path):
    (tmp_path / "config").mkdir()
    (tmp_path / "config/README.md").write_text(BEGIN)
    with pytest.raises(ValueError, match="once each"):
        documents(tmp_path)
