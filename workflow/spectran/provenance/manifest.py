"""Manifests of a BagIt archive: a hash and a path a line, as `sha256sum -c` reads them (RFC 8493, section 2)."""

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from spectran.io import sha256_of

MANIFEST = "manifest-sha256.txt"
TAG_MANIFEST = "tagmanifest-sha256.txt"

_LINE = re.compile(r"([0-9a-f]{64}) [ *](.+)")


def manifest(hashes: dict[str, str]) -> str:
    """Lines of hash, two spaces and path; line ends and % in a path are escaped as the RFC says."""
    return "".join(f"{hashes[path]}  {_escaped(path)}\n" for path in sorted(hashes))


def problems(top: Path) -> Iterator[tuple[str, str]]:
    """What the manifests of an unpacked archive say is missing, changed or not theirs: paths and sentences.

    Args:
        top: the archive's one folder.
    """
    listed: dict[str, str] = {}
    for name in (MANIFEST, TAG_MANIFEST):
        if (top / name).is_file():
            yield from _read(top / name, listed)
        else:
            yield name, "missing from the archive"
    for path, expected in listed.items():
        if not (top / path).is_file():
            yield path, "missing from the archive, though its manifest lists it"
        elif (found := sha256_of(top / path)) != expected:
            yield path, f"changed in the archive: sha256 {expected[:12]} expected by its manifest, found {found[:12]}"
    for path in sorted(file.relative_to(top).as_posix() for file in top.rglob("*") if file.is_file()):
        if path not in listed and path != TAG_MANIFEST:
            yield path, "not in the archive's manifest"


def _read(path: Path, listed: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Add the lines of a manifest to `listed`; what is wrong with the others."""
    for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").split("\n")[:-1], 1):
        found = _LINE.fullmatch(line)
        if found is None or found[2].startswith("/") or ".." in PurePosixPath(found[2]).parts:
            yield path.name, f"line {number}: a hash and a path in the archive expected, found {line[:80]!r}"
        else:
            listed[_unescaped(found[2])] = found[1]


def _escaped(path: str) -> str:
    return path.replace("%", "%25").replace("\n", "%0A").replace("\r", "%0D")


def _unescaped(path: str) -> str:
    return path.replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")
