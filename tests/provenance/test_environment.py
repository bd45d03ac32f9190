"""What a record says of packages, against the standard library's own parsing of their metadata."""

import hashlib
import re
from importlib.metadata import distributions, version

from spectran.provenance.environment import describe_environment


def test_names_and_versions_are_those_of_the_metadata(tmp_path):
    installed = {re.sub("[-_.]+", "-", found.name).lower(): found.version for found in distributions()}
    lines = "".join(f"{name}=={installed[name]}\n" for name in sorted(installed))
    found = describe_environment(tmp_path)
    assert found.distributions_sha256 == hashlib.sha256(lines.encode()).hexdigest()
    assert found.versions["torch"] == version("torch")
    assert found.requirements_sha256 is None


def test_a_package_whose_description_names_another_is_not_taken_for_it(tmp_path, monkeypatch):
    folder = tmp_path / "example-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text(
        "Metadata-Version: 2.1\nName:  Ex_ample \nVersion: 1.0\n\nName: other\nVersion: 2.0\n", encoding="utf-8"
    )
    monkeypatch.setattr("sys.path", [str(tmp_path)])
    assert describe_environment().distributions_sha256 == hashlib.sha256(b"ex-ample==1.0\n").hexdigest()
