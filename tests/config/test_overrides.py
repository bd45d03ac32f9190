"""What --config says, with the types of YAML."""

import pytest

from spectran.config.overrides import retype
from workflow_runs import ROOT, planned, snakemake


def test_texts_become_what_yaml_would_make_of_them():
    said = {"training": {"epochs": "5", "learning_rate": "0.003"}, "parts": {"dimension": "null"}, "dimensions": ["8"]}
    config = {
        "name": "5",
        "training": {"batch": 64} | said["training"],
        **{k: said[k] for k in ("parts", "dimensions")},
    }
    retype(config, said)
    assert config == {
        "name": "5",
        "training": {"batch": 64, "epochs": 5, "learning_rate": 0.003},
        "parts": {"dimension": None},
        "dimensions": [8],
    }


@pytest.mark.parametrize("text", ["SpecTran, D → Σ", "2020-01-01", "{title}", "a: b", "", "it's"])
def test_other_texts_stay_as_they_are(text):
    config = {"encoder": {"prompt": text}}
    retype(config, {"encoder": {"prompt": text}})
    assert config == {"encoder": {"prompt": text or None}}


@pytest.mark.workflow
def test_the_command_line_changes_numbers_and_switches_parts_off(tmp_path):
    arguments = ["--directory", tmp_path, "-n", "--configfile", ROOT / "config/config.yaml", "--config"]
    both = ['training={"epochs": 5}', 'parts={"dimension": null, "efficiency": null}']
    whole, less = (snakemake(*arguments, *settings) for settings in (both[:1], both))
    assert (whole.returncode, less.returncode) == (0, 0), whole.stdout + less.stdout
    assert "training_efficiency" in planned(whole.stdout)
    assert "training_efficiency" not in planned(less.stdout)
    assert planned(less.stdout)["training_cell"] == planned(whole.stdout)["training_cell"] - 8
