"""What is wrong with a section, in the words of the person who wrote the study."""

import re
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

#: Form of a name that becomes a folder.
SLUG = r"^[a-z0-9][a-z0-9_-]{0,63}$"
_FORMS = {SLUG: "a name of small letters, digits, - and _ (64 at most, a letter or digit first)"}

#: pydantic's error types, as what it expected.
_EXPECTED = {
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "finite_number": "a finite number",
    "greater_than": "a number greater than {gt:g}",
    "greater_than_equal": "a number of at least {ge:g}",
    "less_than": "a number less than {lt:g}",
    "less_than_equal": "a number of at most {le:g}",
    "string_type": "text",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "a mapping of keys",
    "model_type": "a mapping of keys",
    "model_attributes_type": "a mapping of keys",
    "invalid_key": "a key of text",
}


def problems(error: ValidationError, data: Any, known: list[str]) -> list[InitErrorDetails]:
    """The problems of one section, each at the key that the study spells, those of its subsections as they are.

    Args:
        error: what pydantic found.
        data: the section as given.
        known: its keys.
    """
    found: dict[tuple[Any, ...], list[Any]] = {}
    for detail in error.errors():
        place = detail["loc"] if detail["type"] == "study" else _without_member(detail["loc"], data)
        found.setdefault(place, []).append(detail)
    return [
        InitErrorDetails(
            type=PydanticCustomError("study", "{message}", {"message": _message(details, known)}),
            loc=place[:-1] if place[-1:] == ("[key]",) else place,
            input=details[0]["input"],
        )
        for place, details in found.items()
    ]


def _without_member(location: tuple[int | str, ...], data: Any) -> tuple[int | str, ...]:
    """Without the member of a union ("constrained-int", say), which pydantic puts behind the key as if it were one."""
    if len(location) < 2 or not isinstance(location[-1], str) or location[-1] == "[key]":
        return location
    for part in location[:-1]:
        data = data[part]
    return location if isinstance(data, dict) and location[-1] in data else location[:-1]


def _message(details: list[Any], known: list[str]) -> str:
    """What was expected at one key (by each member of a union) and what was found."""
    first = details[0]
    if first["type"] in {"study", "value_error"}:
        return str(first["msg"]).removeprefix("Value error, ")
    if first["type"] == "missing":
        return "missing; this key must be given"
    if first["type"] == "extra_forbidden":
        return f"unknown key; {_nearest(first['loc'][0], known) or 'known keys: ' + ', '.join(known)}"
    expected = " or ".join(_expected(detail) for detail in details)
    value = first["ctx"]["tag"] if first["type"] == "union_tag_invalid" else first["input"]
    hint = _nearest(value, re.findall(r"'([^']*)'", expected))
    return f"{expected} expected, found {_shown(value)}{hint and '; ' + hint}"


def _expected(detail: Any) -> str:
    context = detail.get("ctx", {})
    if detail["type"] in {"literal_error", "union_tag_invalid"}:
        choices = str(context.get("expected", context.get("expected_tags")))
        return choices if choices.count("'") == 2 else f"one of {choices}"
    if detail["type"] == "string_pattern_mismatch":
        return _FORMS.get(context["pattern"], f"text of the form {context['pattern']}")
    return _EXPECTED[detail["type"]].format(**context) if detail["type"] in _EXPECTED else str(detail["msg"])


def _nearest(word: Any, choices: list[str]) -> str:
    nearest = get_close_matches(str(word), choices, n=1, cutoff=0.5)
    return f"did you mean '{nearest[0]}'?" if nearest else ""


def _shown(value: Any) -> str:
    """A value as YAML users know it, and no longer than a line."""
    if isinstance(value, dict):
        return "a mapping of keys"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
