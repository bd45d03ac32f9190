"""Values given on the command line with the types that YAML would give them."""

from typing import Any

import yaml


def retype(config: dict[str, Any], overrides: dict[str, Any]) -> None:
    """Give the overridden keys of `config` their types, in place.

    Snakemake reads what stands inside a mapping of --config as text only: `{"epochs": 5}` comes as "5", null as "null".

    Args:
        config: the merged configuration, which holds the overrides already.
        overrides: what came from --config.
    """
    for key, value in overrides.items():
        if isinstance(value, dict) and isinstance(config.get(key), dict):
            retype(config[key], value)
        else:
            config[key] = _typed(value)


def _typed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _typed(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_typed(entry) for entry in value]
    if not isinstance(value, str):
        return value
    try:
        plain = yaml.safe_load(value)
    except yaml.YAMLError:
        return value
    # A text that looks like a date or a mapping is still a text.
    return plain if plain is None or isinstance(plain, (bool, int, float)) else value
