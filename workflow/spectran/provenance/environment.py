"""What a job ran in: packages and their versions. No names of hosts or users, no paths."""

import hashlib
import platform
import re
from importlib.metadata import Distribution, distributions
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from spectran.io import sha256_of
from spectran.provenance.code import PROJECT

#: Libraries whose versions are named; the others are in `distributions_sha256`.
LIBRARIES = ("torch", "numpy", "scipy", "statsmodels", "pandas", "pyarrow", "transformers", "snakemake")
REQUIREMENTS = "envs/requirements.txt"

_HEADER = re.compile(r"^(Name|Version): *(.*?) *$", re.MULTILINE)


class Environment(BaseModel):
    """Python packages of a job.

    Attributes:
        requirements_sha256: of the pinned list; None where there is none.
        distributions_sha256: of the sorted lines name==version of everything that is installed.
        versions: of Python and of the libraries that the numbers depend on most, where they are installed.
        platform: system and processor.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    requirements_sha256: str | None
    distributions_sha256: str
    versions: dict[str, str]
    platform: str


def describe_environment(project: Path = PROJECT) -> Environment:
    """The environment of this process."""
    installed = dict(map(_name_and_version, distributions()))
    lines = "".join(f"{name}=={version}\n" for name, version in sorted(installed.items()))
    requirements = project / REQUIREMENTS
    return Environment(
        requirements_sha256=sha256_of(requirements) if requirements.is_file() else None,
        distributions_sha256=hashlib.sha256(lines.encode()).hexdigest(),
        versions={name: installed[name] for name in LIBRARIES if name in installed}
        | {"python": platform.python_version()},
        platform=f"{platform.system()} {platform.machine()}",
    )


def _name_and_version(found: Distribution) -> tuple[str, str]:
    """Of an installed distribution; from its two header lines, for parsing all of them as mail takes half a second."""
    head = (found.read_text("METADATA") or "").partition("\n\n")[0]
    fields = dict(_HEADER.findall(head))
    if fields.keys() >= {"Name", "Version"}:
        return _normal(fields["Name"]), fields["Version"]
    return _normal(found.name), found.version


def _normal(name: str) -> str:
    """A distribution's name as PEP 503 spells it."""
    return re.sub(r"[-_.]+", "-", name).lower()
