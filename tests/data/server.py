"""A small web server that can misbehave, and raw files to serve."""

import gzip
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread


@dataclass
class Answer:
    """What the server says to a path. `errors` and `cuts` are used up by one request each."""

    body: bytes = b""
    kind: str = "application/x-gzip"
    etag: str | None = '"one"'
    ranges: bool = True
    tells_length: bool = True
    errors: list[int] = field(default_factory=list)
    cuts: list[int] = field(default_factory=list)


@dataclass
class Site:
    """A running server: its address, its answers by path, and the (path, Range, status) of each request."""

    url: str
    answers: dict[str, Answer]
    requests: list[tuple[str, str | None, int]]


class _Handler(BaseHTTPRequestHandler):
    site: Site

    def do_GET(self) -> None:
        answer = self.site.answers.get(self.path, Answer(errors=[404]))
        if answer.errors:
            return self._say(answer, answer.errors.pop(0), b"no", "text/html")
        span = self.headers.get("Range")
        start = 0
        if span and answer.ranges and self.headers.get("If-Range") == answer.etag:
            start = int(span.removeprefix("bytes=").removesuffix("-"))
        return self._say(answer, 206 if start else 200, answer.body[start:], answer.kind, start)

    def _say(self, answer: Answer, status: int, body: bytes, kind: str, start: int = 0) -> None:
        self.site.requests.append((self.path, self.headers.get("Range"), status))
        self.send_response(status)
        self.send_header("Content-Type", kind)
        if answer.etag:
            self.send_header("ETag", answer.etag)
        if status == 206:
            self.send_header("Content-Range", f"bytes {start}-{len(answer.body) - 1}/{len(answer.body)}")
        if answer.tells_length:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: answer.cuts.pop(0)] if answer.cuts else body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's signature
        """Keep the test output clean."""


def write_lines(path: Path, lines: Iterable[str]) -> Path:
    """Write lines to a gzip file."""
    path.write_bytes(gzip.compress("".join(f"{line}\n" for line in lines).encode(), mtime=0))
    return path


@contextmanager
def serving() -> Iterator[Site]:
    """Run a server on a free port of this machine."""
    handler = type("Handler", (_Handler,), {})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        handler.site = Site(f"http://127.0.0.1:{server.server_port}", {}, [])
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield handler.site
        finally:
            server.shutdown()
            thread.join()
