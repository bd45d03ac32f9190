"""Writes every other file of this folder from pins.toml: `python envs/generate.py`."""

import re
import tomllib
from pathlib import Path
from string import Template

HERE = Path(__file__).parent
HEAD = "# Written by envs/generate.py from envs/pins.toml; change that."
#: Which groups go into which list for pip, and what it is for.
LISTS = {
    "requirements.txt": (("run", "cluster", "develop"), "What `make setup` installs."),
    "cloud.txt": (("cloud",), "On top of requirements.txt, for profiles/kubernetes."),
    "cloud-test.txt": (("cloud", "cloud-test"), "On top of requirements.txt, for `make test-kubernetes`."),
    "image.txt": (("run", "cluster", "cloud"), "What an image holds."),
}
#: Groups of the conda environment.
CONDA = ("run", "cluster")
TEMPLATES = HERE / "templates"


def lines(pins: dict[str, dict[str, str]], groups: tuple[str, ...]) -> list[str]:
    """Lines name==version of some groups, sorted by name as PEP 503 spells it."""
    chosen = {name: version for group in groups for name, version in pins[group].items()}
    return [f"{name}=={chosen[name]}" for name in sorted(chosen, key=normal)]


def normal(name: str) -> str:
    """A distribution's name as PEP 503 spells it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def files(pins: dict[str, dict[str, str]], python: str) -> dict[str, str]:
    """The text of every generated file by its name.

    Args:
        pins: version by distribution, by group.
        python: version of Python, as 3.11.
    """
    lists = {name: "\n".join([HEAD, f"# {what}", *lines(pins, groups)]) for name, (groups, what) in LISTS.items()}
    words = {"head": HEAD, "python": python, "pins": "\n".join(f"      - {line}" for line in lines(pins, CONDA))}
    templates = {path.name: Template(path.read_text(encoding="utf-8")) for path in sorted(TEMPLATES.iterdir())}
    return {name: f"{text}\n" for name, text in lists.items()} | {
        name: template.substitute(words) for name, template in templates.items()
    }


def generated() -> dict[str, str]:
    """The text of every file that this folder should have, by its name."""
    pins = tomllib.loads((HERE / "pins.toml").read_text(encoding="utf-8"))
    python = pins.pop("python")
    return files(pins, python)


if __name__ == "__main__":
    for name, text in generated().items():
        (HERE / name).write_text(text, encoding="utf-8")
