"""A download that is not whole yet: what has come so far, and what it belongs to."""

from dataclasses import asdict, dataclass
from pathlib import Path

import httpx

from spectran.io import read_json, write_json


@dataclass(frozen=True)
class Note:
    """Which version of which file a partial download belongs to."""

    url: str
    validator: str | None
    """Strong ETag, else Last-Modified, else None: what If-Range needs to be sure that the file is still the same."""
    bytes: int | None
    """Size of the whole file, where the server tells it."""

    @classmethod
    def of(cls, url: str, response: httpx.Response) -> "Note":
        """Read the note from the headers of an answer that gives the whole file."""
        etag = response.headers.get("etag")
        strong = etag if etag and not etag.startswith("W/") else None
        length = response.headers.get("content-length", "")
        return cls(url, strong or response.headers.get("last-modified"), int(length) if length.isdigit() else None)


class Partial:
    """The files `<name>.partial` and `<name>.partial.json` beside a destination. They survive an interruption."""

    def __init__(self, destination: Path) -> None:
        self.body = destination.with_name(f"{destination.name}.partial")
        self._note = destination.with_name(f"{destination.name}.partial.json")

    def resumable(self, url: str) -> tuple[Note | None, int]:
        """The note and the bytes that are here, if they came from `url` and can be continued safely; else None, 0."""
        try:
            note, size = Note(**read_json(self._note)), self.body.stat().st_size
        except (OSError, ValueError, TypeError):  # absent or damaged: start again
            return None, 0
        too_long = note.bytes is not None and size > note.bytes
        if note.url != url or note.validator is None or not size or too_long:
            return None, 0
        return note, size

    def begin(self, note: Note) -> None:
        """Forget what is here and start a file described by `note`."""
        self.body.unlink(missing_ok=True)
        write_json(self._note, asdict(note))

    def finish(self, destination: Path) -> None:
        """Give the whole file its final name."""
        self.body.replace(destination)
        self.discard()

    def discard(self) -> None:
        """Remove everything."""
        self.body.unlink(missing_ok=True)
        self._note.unlink(missing_ok=True)
