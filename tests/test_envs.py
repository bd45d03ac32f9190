"""The pinned environment: one list, the files made from it, and what is installed."""

import contextlib
import re
import tomllib
from importlib.metadata import Distribution, PackageNotFoundError, distribution

import pytest
import yaml
from packaging.requirements import Requirement

from envs.generate import CONDA, LISTS, generated, lines, normal
from workflow_runs import ROOT

ENVS = ROOT / "envs"
PINS = {name: group for name, group in tomllib.loads((ENVS / "pins.toml").read_text()).items() if name != "python"}
VERSIONS = {normal(name): version for group in PINS.values() for name, version in group.items()}
#: What pip takes beside the list where torch's own build asks for it, and what comes with Python.
UNPINNED = re.compile(r"nvidia-.*|cuda-.*|triton|setuptools")
#: Groups that `make setup` leaves out.
CLOUD = ("cloud", "cloud-test")
HINT = "; `python envs/generate.py` writes it"


def installed(*groups: str) -> dict[str, Distribution]:
    """What is installed of some groups."""
    found = {}
    for name in (name for group in groups for name in PINS[group]):
        with contextlib.suppress(PackageNotFoundError):
            found[name] = distribution(name)
    return found


@pytest.mark.parametrize("name", sorted(generated()))
def test_every_file_is_as_generated(name):
    assert (ENVS / name).read_text(encoding="utf-8") == generated()[name], name + HINT


def test_a_package_is_pinned_once_and_to_one_version():
    names = [normal(name) for group in PINS.values() for name in group]
    assert sorted(names) == sorted(set(names))
    assert all(re.fullmatch(r"\d[\w.]*", version) for version in VERSIONS.values()), "a local tag fits one machine only"
    assert not [name for name in names if UNPINNED.fullmatch(name)]


@pytest.mark.parametrize("group", PINS)
def test_what_is_installed_is_what_is_pinned(group):
    found = {name: made.version.partition("+")[0] for name, made in installed(group).items()}
    assert found.items() <= PINS[group].items()
    if group in CLOUD and found.keys() < PINS[group].keys():
        pytest.skip(f"envs/{group}.txt is not installed; `make test-kubernetes` has it")
    assert found.keys() == PINS[group].keys()


def test_what_a_package_needs_is_pinned_and_fits():
    for name, made in installed(*PINS).items():
        needs = [Requirement(line) for line in made.requires or []]
        for need in (need for need in needs if need.marker is None or need.marker.evaluate({"extra": ""})):
            version = VERSIONS.get(normal(need.name))
            assert version or UNPINNED.fullmatch(normal(need.name)), f"{name} needs {need}"
            assert version is None or need.specifier.contains(version, prereleases=True), f"{name} needs {need}"


def test_an_image_and_conda_leave_out_only_tools():
    everything = set(lines(PINS, tuple(PINS)))
    image, conda = (set(lines(PINS, groups)) for groups in (LISTS["image.txt"][0], CONDA))
    assert everything - image == set(lines(PINS, ("develop", "cloud-test")))
    assert everything - conda == set(lines(PINS, ("develop", *CLOUD)))


def test_the_conda_file_is_one_that_conda_reads():
    environment = yaml.safe_load((ENVS / "conda.yaml").read_text(encoding="utf-8"))
    python, pip, pins = environment["dependencies"]
    assert (python, pip, list(pins)) == ("python=3.11", "pip", ["pip"])
    assert pins["pip"] == lines(PINS, CONDA)


@pytest.mark.parametrize("name", ["Dockerfile", "apptainer.def"])
def test_all_that_an_image_takes_from_the_project_is_there(name):
    text = (ENVS / name).read_text(encoding="utf-8")
    taken = re.findall(r"^(?:COPY |    )([\w./]+) /(?:opt/spectran|tmp/image)\S*$", text, flags=re.MULTILINE)
    assert {"Snakefile", "config", "envs", "profiles", "report", "workflow", "envs/image.txt"} == set(taken)
    assert all((ROOT / path).exists() for path in taken)
    assert "python:3.11-slim" in text
    assert 'container: "docker://python:3.11-slim"' in (ROOT / "workflow/Snakefile").read_text(encoding="utf-8")


@pytest.mark.parametrize("profile", sorted(path.name for path in (ROOT / "profiles").iterdir()))
def test_the_plugins_of_every_profile_are_pinned(profile):
    settings = yaml.safe_load((ROOT / "profiles" / profile / "config.yaml").read_text(encoding="utf-8"))
    kinds = {"executor": "executor", "default-storage-provider": "storage"}
    named = {f"snakemake-{kind}-plugin-{settings[key]}" for key, kind in kinds.items() if key in settings}
    assert named <= VERSIONS.keys()
