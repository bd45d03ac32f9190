"""Download one raw file of the 2014 Amazon release from the first mirror that gives it whole."""

import gzip
import logging
import time
import zlib
from pathlib import Path
from typing import Literal

import httpx

from spectran.config.data import Amazon
from spectran.data.errors import DataError
from spectran.data.partial import Partial
from spectran.data.redirects import refuse_astray
from spectran.data.transfer import InterruptedTransferError, transfer
from spectran.data.unzipped import OverfullError, Unzipped
from spectran.data.watch import LongDownloadError, Watch
from spectran.io import sha256_of, write_json

Part = Literal["reviews", "metadata"]

#: Attempts at one mirror; each continues where the one before it was cut.
ATTEMPTS = 4
#: Seconds before the second attempt; doubled before each further one.
PAUSE = 1.0

_log = logging.getLogger(__name__)


class BadContentError(DataError):
    """All bytes came, but they are not the file that was expected."""


def file_name(source: Amazon, part: Part) -> str:
    """The release's name of the reviews (5-core) or metadata file of a category."""
    return f"reviews_{source.category}_5.json.gz" if part == "reviews" else f"meta_{source.category}.json.gz"


def download(source: Amazon, part: Part, destination: Path, record: Path) -> None:
    """Download one file and write {url, bytes, sha256} beside it.

    Mirrors are tried in order. What has come of a cut download stays beside the destination as `<name>.partial` and
    is continued, also by a later run. The file gets its name only after its length, the checksums inside the gzip
    stream and the pinned sha256 were found right. Proxies and certificates come from the environment (httpx).

    Raises:
        DataError: if no mirror gives a whole file; names each URL and why it failed.
    """
    destination.parent.mkdir(parents=True, exist_ok=True)
    name = file_name(source, part)
    pinned = source.reviews_sha256 if part == "reviews" else source.metadata_sha256
    partial, watch = Partial(destination), Watch(source.timeout_seconds, source.max_hours)
    failures = []
    hooks = {"response": [refuse_astray]}
    with httpx.Client(timeout=source.timeout_seconds, follow_redirects=True, event_hooks=hooks) as client:
        for url in (f"{mirror}/{name}" for mirror in source.mirrors):
            try:
                found = _from_mirror(client, url, partial, source.max_gigabytes * 10**9, pinned, watch)
            except DataError as error:
                _log.info("%s: %s", url, error)
                failures.append(f"  {url}: {error}")
                if isinstance(error, LongDownloadError):
                    break
                continue
            size = partial.body.stat().st_size
            partial.finish(destination)
            write_json(record, {"url": url, "bytes": size, "sha256": found})
            _log.info("%s: %d bytes, sha256 %s", url, size, found)
            return
    kept = "\nWhat has come so far is kept; the next run continues it." if partial.body.exists() else ""
    raise DataError("\n".join([f"{name}: no mirror gave a whole file", *failures]) + kept)


def _from_mirror(
    client: httpx.Client, url: str, partial: Partial, max_bytes: int, pinned: str | None, watch: Watch
) -> str:
    """Bring a whole, checked file from one mirror into the partial file; returns its sha256."""
    attempt = 0
    while True:
        attempt += 1
        resumed = False
        try:
            note, resumed = transfer(client, url, partial, max_bytes, watch)
            return _check(partial.body, note.bytes, pinned)
        except InterruptedTransferError as error:
            if attempt == ATTEMPTS:
                raise InterruptedTransferError(f"{error} ({ATTEMPTS} attempts)") from None
            _log.info("%s: %s; attempt %d of %d follows", url, error, attempt + 1, ATTEMPTS)
            time.sleep(PAUSE * 2 ** (attempt - 1))
        except BadContentError:
            partial.discard()
            if not resumed or attempt == ATTEMPTS:  # a whole file that is wrong stays wrong
                raise
            _log.info("%s: the continued file is damaged, starting again", url)


def _check(path: Path, size: int | None, pinned: str | None) -> str:
    found_size = path.stat().st_size
    if size is not None and found_size != size:
        raise BadContentError(f"{size} bytes expected, found {found_size}")
    # First of all, for nothing else is known of what others have sent.
    found = sha256_of(path)
    if pinned is not None and found != pinned:
        raise BadContentError(f"sha256 {pinned} expected, found {found}")
    try:
        with Unzipped(path) as file:
            while file.read(2**20):
                pass
    except OverfullError as error:
        raise BadContentError(str(error)) from None
    except EOFError:
        raise BadContentError(f"a whole gzip file expected, found one cut short ({found_size} bytes)") from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise BadContentError(f"a whole gzip file expected, found a damaged one ({error})") from None
    return found
