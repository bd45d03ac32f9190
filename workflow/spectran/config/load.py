"""From a YAML file or a plain dictionary to a Study, with every error at once."""

from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from spectran.config.study import Study


class StudyError(ValueError):
    """The study cannot be run as written; the message lists every reason."""


def parse_study(data: dict[str, Any], origin: str = "study") -> Study:
    """Validate a plain dictionary.

    Raises:
        StudyError: with one line a problem, each naming the key, what was found and what was expected.
    """
    try:
        return Study.model_validate(data)
    except ValidationError as error:
        lines = [f"  {_key(detail['loc'])}: {detail['msg']}" for detail in error.errors()]
        count = f"{len(lines)} problem{'s' if len(lines) > 1 else ''}"
        raise StudyError("\n".join([f"{origin}: {count}", *lines])) from None


def read_study(path: Path) -> Study:
    """Read and validate a study file.

    Raises:
        StudyError: if the file is not YAML, not a mapping, or not a valid study.
    """
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise StudyError(f"{path}: cannot be read as YAML: {error}") from None
    if not isinstance(data, dict):
        raise StudyError(f"{path}: a mapping of keys expected, found {type(data).__name__}")
    return parse_study(data, str(path))


def _key(location: tuple[str | int, ...]) -> str:
    """The key as the study spells it: without the union's tag, which pydantic puts behind an entry's name."""
    if location[:1] and location[0] in {"methods", "backbones", "controls"}:
        location = location[:2] + location[3:]
    return ".".join(str(part) for part in location) or "study"
