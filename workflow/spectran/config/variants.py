"""Variants of the protocol: pieces of a study laid over it, for the sensitivity part."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from spectran.config.backbones import Backbone
from spectran.config.methods import Method

#: What a variant may change: sections as they are, and entries of these mappings.
SECTIONS = ("protocol", "training", "tuning")
ENTRIES: Mapping[str, TypeAdapter[Any]] = {"backbones": TypeAdapter(Backbone), "methods": TypeAdapter(Method)}
#: Of the protocol, what leaves users, items and titles as they are.
PROTOCOL = ("split", "split_seed")


class VariantError(ValueError):
    """A variant changes what it cannot, or to what it cannot."""


def laid_over(fields: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a study that a variant changes, with their new values.

    Args:
        fields: the study's own sections and entries, validated.
        changes: the piece of a study.

    Raises:
        VariantError: naming the key, what was found and what was expected.
    """
    found: dict[str, Any] = {}
    for name, change in changes.items():
        if not isinstance(change, dict):
            raise VariantError(f"{name}: a mapping of keys expected, found {change!r}")
        if name == "protocol" and (other := change.keys() - set(PROTOCOL)):
            raise VariantError(f"protocol: one of {', '.join(PROTOCOL)} expected, found {', '.join(sorted(other))}")
        if name in SECTIONS:
            found[name] = _validated(name, TypeAdapter(type(fields[name])), fields[name], change)
        elif name in ENTRIES:
            found[name] = fields[name] | {
                entry: _entry(name, entry, fields[name], options) for entry, options in change.items()
            }
        else:
            raise VariantError(f"one of {', '.join([*SECTIONS, *ENTRIES])} expected, found {name}")
    return found


def _entry(name: str, entry: str, known: Mapping[str, BaseModel], change: Any) -> Any:
    if entry not in known:
        raise VariantError(f"{name}: one of {', '.join(known)} expected, found {entry}")
    if not isinstance(change, dict):
        raise VariantError(f"{name}.{entry}: a mapping of keys expected, found {change!r}")
    return _validated(f"{name}.{entry}", ENTRIES[name], known[entry], change)


def _validated(place: str, adapter: TypeAdapter[Any], before: BaseModel, change: Mapping[str, Any]) -> Any:
    try:
        return adapter.validate_python(before.model_dump() | dict(change))
    except ValidationError as error:
        problems = [(detail["loc"][-1:], detail["msg"]) for detail in error.errors()]
        lines = [f"{'.'.join([place, *map(str, key)])}: {said}" for key, said in problems]
        raise VariantError("; ".join(lines)) from None
