"""Archives in BagIt layout (RFC 8493): a folder data/ with the files, and manifests of their hashes."""

import hashlib
import io
import tarfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from gzip import GzipFile
from pathlib import Path
from typing import IO

from spectran.io import replacing
from spectran.provenance.manifest import MANIFEST, TAG_MANIFEST, manifest

DECLARATION = "bagit.txt"
INFO = "bag-info.txt"
VERSION = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"


def write_bag(out: Path, name: str, payload: Iterable[tuple[str, Path]], info: Sequence[tuple[str, str]]) -> int:
    """Write a gzipped tar file with one bag; equal files and facts give equal bytes.

    Every file is read once: what the manifest says is the hash of the very bytes that went in.

    Args:
        out: the archive, complete or not there.
        name: the bag's one folder.
        payload: names below data/ and the files, in the order in which they are packed.
        info: labels and values of bag-info.txt, which may repeat a label.

    Returns:
        Number of files below data/.
    """
    hashes, size = {}, 0
    with replacing(out) as temporary, _deterministic_tar(temporary) as tar:
        for inner, path in payload:
            member = f"data/{inner}"
            hashes[member] = _add_file(tar, f"{name}/{member}", path)
            size += path.stat().st_size
        facts = [*info, ("Payload-Oxum", f"{size}.{len(hashes)}")]
        tags = {
            DECLARATION: VERSION,
            INFO: "".join(f"{label}: {value}\n" for label, value in facts),
            MANIFEST: manifest(hashes),
        }
        tags[TAG_MANIFEST] = manifest({tag: hashlib.sha256(text.encode()).hexdigest() for tag, text in tags.items()})
        for tag, text in tags.items():
            content = text.encode()
            tar.addfile(_member(f"{name}/{tag}", len(content)), io.BytesIO(content))
    return len(hashes)


@contextmanager
def _deterministic_tar(path: Path) -> Iterator[tarfile.TarFile]:
    with (
        path.open("wb") as file,
        GzipFile(filename="", mode="wb", fileobj=file, mtime=0, compresslevel=6) as packed,
        tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as tar,
    ):
        yield tar


def _member(name: str, size: int) -> tarfile.TarInfo:
    """A plain file of nobody's, of no time."""
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o644
    return member


def _add_file(tar: tarfile.TarFile, name: str, path: Path) -> str:
    with path.open("rb") as file:
        reader = _Hashing(file)
        tar.addfile(_member(name, path.stat().st_size), reader)
    return reader.hash.hexdigest()


class _Hashing(io.RawIOBase):
    """Reads a file and hashes what is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self.hash = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        piece = self._file.read(size)
        self.hash.update(piece)
        return piece
