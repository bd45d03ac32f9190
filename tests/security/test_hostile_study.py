"""Names that lead out of the results folder, and texts that hide what they say, are refused when the study is read."""

import pytest

from spectran.io import replacing
from studies import changed, refusal

FORM = "a name of small letters, digits, - and _ (64 at most, a letter or digit first) expected"
OUTSIDE = [
    "../x",
    "a/b",
    "..",
    ".",
    "/tmp/x",
    "",
    "a\0b",
    "x" * 65,
    "а-b",
    "ⅰ",
    "a\u202eb",
    "~",
    "$HOME",
    "{x}",
    "*",
    "a b",
    "a;id",
    "`id`",
]
SYNTHETIC = {"label": "Toy", "source": "synthetic", "synthetic": {"users": 99, "items": 40}}


def block(name: str) -> dict:
    return {"main": {}, "frellm4rec": {"blocks": {name: {"label": "One"}}}}


def variant(name: str) -> dict:
    change = {"label": "Other", "changes": {"training": {"epochs": 1}}}
    return {"main": {}, "sensitivity": {"variants": {name: change}}}


#: What makes a folder or a name of a file below results/, as a study with this name in it.
NAMED = {
    "name": lambda name: {"name": name},
    "datasets": lambda name: {"datasets": {name: SYNTHETIC}},
    "backbones": lambda name: {"backbones": {name: {"kind": "sasrec"}}},
    "methods": lambda name: {"methods": {name: {"kind": "base"}}},
    "controls": lambda name: {"controls": {name: {"kind": "popularity"}}},
    "encoder.name": lambda name: {"encoder": {"preset": "minilm", "name": name}},
    "parts.frellm4rec.blocks": lambda name: {"parts": block(name)},
    "parts.sensitivity.variants": lambda name: {"parts": variant(name)},
}


@pytest.mark.parametrize("key", NAMED)
@pytest.mark.parametrize("name", OUTSIDE, ids=ascii)
def test_a_name_that_is_no_folder_is_refused_with_key_found_and_expected(key, name):
    line = next(line for line in refusal(changed(**NAMED[key](name))).splitlines()[1:] if FORM in line)
    assert line.startswith(f"  {key}")
    assert line.endswith(f"found {name!r}")


@pytest.mark.parametrize("key", NAMED)
@pytest.mark.parametrize("name", ["con", "nul", "com1", "lpt9"])
def test_names_of_devices_are_refused(key, name):
    said = refusal(changed(**NAMED[key](name)))
    assert f"another name expected, found {name!r}, which Windows keeps for a device" in said
    assert f"  {key}" in said


@pytest.mark.parametrize(
    "folder",
    ["..", "results/..", "results/../x", "/", "results//x", "results/.", "results/con", "results\0", "~/results", ""],
)
def test_results_cannot_leave_the_working_directory(folder):
    said = refusal(changed(results=folder))
    assert "  results: " in said
    assert f"found {folder!r}" in said or "'con', which Windows keeps" in said


@pytest.mark.parametrize("character", ["\0", "\x1b", "\x7f", "\x85", "\u202e", "\u2066", "\u2029"], ids=ascii)
@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("description", lambda text: {"description": text}),
        ("datasets.toy.label", lambda text: {"datasets": {"toy": SYNTHETIC | {"label": text}}}),
        ("methods.base.label", lambda text: {"methods": {"base": {"label": text}}}),
        ("encoder.model", lambda text: {"encoder": {"preset": "minilm", "model": text}}),
    ],
)
def test_text_that_does_not_show_what_it_is_is_refused(key, values, character):
    said = refusal(changed(**values(f"cod{character}gpj")))
    assert f"  {key}: text without control characters expected, found {character!a} in 'cod" in said


def test_a_link_in_the_results_is_replaced_not_followed(tmp_path):
    """What a rule writes takes the place of a link of its name; where that leads to stays as it is."""
    outside = tmp_path / "outside"
    outside.write_text("mine")
    place = tmp_path / "results/report/claims.json"
    place.parent.mkdir(parents=True)
    place.symlink_to(outside)
    with replacing(place) as temporary:
        temporary.write_text("theirs")
    assert (outside.read_text(), place.read_text(), place.is_symlink()) == ("mine", "theirs", False)
