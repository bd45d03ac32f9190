"""One attempt to bring one gzip file from one URL, continuing an earlier attempt where that is safe."""

import logging
import re
from collections.abc import Iterator

import httpx

from spectran.data.errors import DataError
from spectran.data.partial import Note, Partial
from spectran.data.watch import SlowTransferError, Watch
from spectran.full_disk import naming_full_disk
from spectran.progress import Pace

GZIP_MAGIC = b"\x1f\x8b"
#: Answers that may be different a moment later; every other answer but 200 and 206 is final.
_TEMPORARY = frozenset({408, 425, 429, 500, 502, 503, 504})

_log = logging.getLogger(__name__)


class RefusedError(DataError):
    """This URL does not give the file; asking again will not help."""


class InterruptedTransferError(DataError):
    """The transfer failed on the way; asking again may continue it."""


def transfer(client: httpx.Client, url: str, partial: Partial, max_bytes: int, watch: Watch) -> tuple[Note, bool]:
    """Bring what is missing of `url` into the partial file.

    An earlier part is continued by HTTP Range with If-Range, so that a file that has changed meanwhile starts again;
    so does one whose server ignores Range. An earlier part is given up only once bytes of its successor have come.

    Returns:
        The description of the file, and whether an earlier part of it was continued.

    Raises:
        RefusedError: on a final HTTP error, an HTML page, a body that is not gzip, or more than `max_bytes`.
        InterruptedTransferError: on time-outs, cut connections, too little speed and temporary HTTP errors.
        LongDownloadError: if the download has taken too long.
        FullDiskError: if there is no room; what has come is kept.
    """
    watch.begin()
    note, have = partial.resumable(url)
    if note is not None and have == note.bytes:
        return note, True
    headers = {"Accept-Encoding": "identity"}
    if note is not None and note.validator is not None:
        headers |= {"Range": f"bytes={have}-", "If-Range": note.validator}
    try:
        with client.stream("GET", url, headers=headers) as response:
            _refuse_errors(response, partial, continuing=note is not None)
            if note is None or response.status_code == httpx.codes.OK:
                return _receive_whole(response, url, partial, max_bytes, watch), False
            _refuse_other_range(response, note, have, partial)
            _log.info("%s: continuing after %.1f MB", url, have / 1e6)
            _write(_watched(response, watch), partial, note, have, max_bytes)
            return note, True
    except (httpx.UnsupportedProtocol, httpx.TooManyRedirects, httpx.InvalidURL) as error:
        raise RefusedError(str(error)) from None
    except SlowTransferError as error:
        raise InterruptedTransferError(str(error)) from None
    except httpx.TimeoutException as error:
        raise InterruptedTransferError(f"no answer in time ({type(error).__name__})") from None
    except httpx.HTTPError as error:
        raise InterruptedTransferError(str(error) or type(error).__name__) from None


def _refuse_errors(response: httpx.Response, partial: Partial, *, continuing: bool) -> None:
    status = f"HTTP {response.status_code} {response.reason_phrase}".rstrip()
    if response.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
        partial.discard()
        raise InterruptedTransferError(f"{status}: the part that is here fits no longer, starting again")
    if response.status_code in _TEMPORARY:
        raise InterruptedTransferError(status)
    wanted = {httpx.codes.OK, httpx.codes.PARTIAL_CONTENT} if continuing else {httpx.codes.OK}
    if response.status_code not in wanted:
        raise RefusedError(status)
    kind = response.headers.get("content-type", "")
    if "html" in kind.lower():
        raise RefusedError(f"a gzip file expected, found an HTML page (content type {kind})")


def _refuse_other_range(response: httpx.Response, note: Note, have: int, partial: Partial) -> None:
    """A 206 answer must continue exactly where we are, in a file of the size we know."""
    found = response.headers.get("content-range", "")
    match = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", found)
    same_size = match is not None and (note.bytes is None or match[2] in {"*", str(note.bytes)})
    if match is None or int(match[1]) != have or not same_size:
        partial.discard()
        raise InterruptedTransferError(f"bytes from {have} of {note.bytes} asked for, found {found!r}; starting again")


def _receive_whole(response: httpx.Response, url: str, partial: Partial, max_bytes: int, watch: Watch) -> Note:
    note = Note.of(url, response)
    if note.bytes is not None and note.bytes > max_bytes:
        raise RefusedError(f"at most {max_bytes} bytes expected (max_gigabytes), found {note.bytes}")
    chunks = _watched(response, watch)
    head = b""
    for chunk in chunks:
        head += chunk
        if len(head) >= len(GZIP_MAGIC):
            break
    if not head.startswith(GZIP_MAGIC):
        raise RefusedError(f"a gzip file expected, found a body that starts with {head[:40]!r}")
    partial.begin(note)
    _write(_chain(head, chunks), partial, note, 0, max_bytes)
    return note


def _watched(response: httpx.Response, watch: Watch) -> Iterator[bytes]:
    for chunk in response.iter_raw():
        watch.received(len(chunk))
        yield chunk


def _chain(head: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield head
    yield from rest


def _write(chunks: Iterator[bytes], partial: Partial, note: Note, have: int, max_bytes: int) -> None:
    pace = Pace()
    whole = f" of {note.bytes / 1e6:.1f}" if note.bytes else ""
    kept = "what has come is kept, and continued by the next run"
    with naming_full_disk(partial.body, kept), partial.body.open("ab") as file:
        for chunk in chunks:
            have += len(chunk)
            if have > max_bytes:
                partial.discard()
                raise RefusedError(f"at most {max_bytes} bytes expected (max_gigabytes), found more")
            file.write(chunk)
            if pace.due():
                _log.info("%s: %.1f%s MB", note.url, have / 1e6, whole)
