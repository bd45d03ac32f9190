"""The small recorded study: one made, copied for each test that spoils it."""

import shutil

import pytest

from provenance.made_results import write_results


@pytest.fixture(scope="session")
def pristine(tmp_path_factory):
    """Working directory of the study; not to be changed."""
    folder = tmp_path_factory.mktemp("recorded")
    write_results(folder)
    return folder


@pytest.fixture
def working(pristine, tmp_path):
    """A copy to spoil."""
    return shutil.copytree(pristine, tmp_path / "working")
