"""Studies made wrong or changed on purpose, and what is said of them."""

import copy
from pathlib import Path
from typing import Any

import pytest

from spectran.config.embedded import BACKBONES, EMBEDDED, FREQUENCY_METHODS
from spectran.config.load import StudyError, parse_study

ROOT = Path(__file__).parents[1]


def changed(**values: Any) -> dict[str, Any]:
    """The embedded study without its parts (so that all of it is the main one), with some top-level keys replaced.

    Also without what only the part of FreLLM4Rec can have.
    """
    whole = copy.deepcopy(EMBEDDED)
    del whole["parts"]
    whole["backbones"] = {name: {} for name in BACKBONES}
    whole["methods"] = {name: options for name, options in whole["methods"].items() if name not in FREQUENCY_METHODS}
    return {**whole, **values}


def refusal(data: dict[str, Any]) -> str:
    """What a person reads who wrote this."""
    with pytest.raises(StudyError) as caught:
        parse_study(data, "mine.yaml")
    return str(caught.value)
