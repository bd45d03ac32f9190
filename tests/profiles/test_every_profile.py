"""Every profile plans the default study, and repeats what it takes the place of."""

from importlib.util import find_spec

import pytest
import yaml

from workflow_runs import ROOT, planned, snakemake, write_study

pytestmark = pytest.mark.workflow
PROFILES = {path.parent.name: yaml.safe_load(path.read_text()) for path in (ROOT / "profiles").glob("*/config.yaml")}
PLUGINS = {
    "slurm": "snakemake_executor_plugin_slurm",
    "cluster-generic": "snakemake_executor_plugin_cluster_generic",
}
#: All but `default`, which tests of the whole workflow use.
RETRIED = PROFILES.keys() - {"default"}


# Kubernetes asks its storage even then: tests/object_storage.
@pytest.mark.parametrize("name", sorted(RETRIED - {"kubernetes"}))
def test_it_plans_the_study(tmp_path, name):
    if name in PLUGINS and not find_spec(PLUGINS[name]):
        pytest.skip(f"{PLUGINS[name]} is not installed")
    study = write_study(tmp_path, compute={"device": "cuda"})
    profile = ("--workflow-profile", ROOT / "profiles" / name)
    run = snakemake(*profile, "--dry-run", "--directory", tmp_path, "--configfile", study, "--cores", "2")
    assert run.returncode == 0, run.stdout
    assert planned(run.stdout)["training_cell"] == 2


@pytest.mark.parametrize("name", sorted(RETRIED))
def test_a_profile_that_tries_again_says_so_to_cells(name):
    assert PROFILES[name]["default-resources"]["attempts"] == PROFILES[name]["retries"] + 1


@pytest.mark.parametrize("name", sorted(RETRIED))
def test_a_profile_takes_the_place_of_the_default_one_and_repeats_it(name):
    own = {"resources", "max-jobs-per-timespan"}
    default = {key: value for key, value in PROFILES["default"].items() if key not in own}
    assert default.items() <= {key: value for key, value in PROFILES[name].items() if key in default}.items()
