"""Inputs that are no longer what their job made: cut by a power failure, corrupted by a disk, or edited."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from spectran.provenance.record import SUFFIX, Digest


class ChangedInputError(ValueError):
    """A file that a job is to read is not the one that an earlier job made."""


def refuse_changed(inputs: Mapping[str, Digest], paths: Mapping[str, Path]) -> None:
    """Compare what a job is to read with what the records beside it say was made.

    A file that no readable record in its folder names is left to its reader. Of several records that name it one that
    fits is enough, whichever is later: clocks may have gone back between them.

    Args:
        inputs: contents of every input, by its path as records spell it.
        paths: where each of them lies.

    Raises:
        ChangedInputError: naming every file that is another than the one made, and what to do.
    """
    lines = []
    for spelling, found in inputs.items():
        made = [(rule, outputs[spelling]) for rule, outputs in _records(paths[spelling].parent) if spelling in outputs]
        if made and all(_differs(found, digest) for _, digest in made):
            rule, digest = made[-1]
            expected = f"sha256 {str(digest.get('sha256'))[:12]}, {digest.get('bytes')} bytes, expected"
            lines.append(
                f"{paths[spelling]}: corrupted or edited since {rule} made it: {expected}, "
                f"found {found.sha256[:12]}, {found.bytes} bytes"
            )
    _records.cache_clear()
    if lines:
        again = "delete it and start again: it is made anew" if len(lines) == 1 else "delete them and start again"
        raise ChangedInputError("\n".join([*lines, again]))


def _differs(found: Digest, made: Mapping[str, Any]) -> bool:
    return (found.sha256, found.bytes) != (made.get("sha256"), made.get("bytes"))


@cache
def _records(folder: Path) -> list[tuple[str, dict[str, Any]]]:
    """Rule and outputs of every record in a folder; whether they are as they were written is for `verify` to check."""
    found = []
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        try:
            content = json.loads(path.read_bytes())
            outputs = content["outputs"]
            rule = str(content["rule"])
        except (OSError, ValueError, KeyError, TypeError):
            continue
        if isinstance(outputs, dict):
            found.append((rule, {name: made for name, made in outputs.items() if isinstance(made, dict)}))
    return found
