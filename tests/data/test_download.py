"""Downloads against a server that cuts, lies, changes and refuses."""

import gzip
import hashlib
import json
import random
import socket
from pathlib import Path

import httpx
import pytest

from data.server import Answer, Site
from spectran.config.data import Amazon
from spectran.data import download as module
from spectran.data.download import download
from spectran.data.errors import DataError
from spectran.data.partial import Partial
from spectran.data.transfer import InterruptedTransferError, RefusedError, transfer
from spectran.data.watch import Watch

NAME = "reviews_Tests_5.json.gz"
# incompressible, so that a cut is a cut of the body and not of its header
BODY = gzip.compress(random.Random(0).randbytes(50_000), mtime=0)
OTHER = gzip.compress(random.Random(1).randbytes(50_000), mtime=0)


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAUSE", 0.0)


def fetch(folder: Path, *mirrors: str, **options: object) -> Path:
    destination = folder / "reviews.json.gz"
    source = Amazon(category="Tests", mirrors=mirrors, **options)
    download(source, "reviews", destination, folder / "reviews.download.json")
    return destination


def failure(folder: Path, *mirrors: str, **options: object) -> str:
    with pytest.raises(DataError) as caught:
        fetch(folder, *mirrors, **options)
    assert not (folder / "reviews.json.gz").exists()
    assert not (folder / "reviews.download.json").exists()
    return str(caught.value)


def test_the_file_arrives_with_its_record_and_nothing_else(site: Site, tmp_path: Path):
    site.answers[f"/{NAME}"] = Answer(BODY)
    assert fetch(tmp_path, site.url).read_bytes() == BODY
    assert json.loads((tmp_path / "reviews.download.json").read_text()) == {
        "url": f"{site.url}/{NAME}",
        "bytes": len(BODY),
        "sha256": hashlib.sha256(BODY).hexdigest(),
    }
    assert sorted(path.name for path in tmp_path.iterdir()) == ["reviews.download.json", "reviews.json.gz"]


def test_the_metadata_have_the_releases_name(site: Site, tmp_path: Path):
    site.answers["/meta_Tests.json.gz"] = Answer(BODY)
    source = Amazon(category="Tests", mirrors=(site.url,), metadata_sha256=hashlib.sha256(BODY).hexdigest())
    download(source, "metadata", tmp_path / "m.json.gz", tmp_path / "m.json")
    assert (tmp_path / "m.json.gz").read_bytes() == BODY


def test_a_404_is_final_and_named(site: Site, tmp_path: Path):
    assert f"{site.url}/{NAME}: HTTP 404" in failure(tmp_path, site.url)
    assert len(site.requests) == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("kind", "body", "found"),
    [
        ("text/html; charset=utf-8", BODY, "an HTML page"),
        ("application/x-gzip", b"<!DOCTYPE html><p>Sorry", "starts with b'<!DOCTYPE html>"),
        ("application/x-gzip", b"", "starts with b''"),
    ],
)
def test_what_is_not_gzip_is_refused(site: Site, tmp_path: Path, kind: str, body: bytes, found: str):
    site.answers[f"/{NAME}"] = Answer(body, kind=kind)
    assert found in failure(tmp_path, site.url)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("tells_length", [True, False])
def test_a_truncated_gzip_is_refused(site: Site, tmp_path: Path, tells_length: bool):
    site.answers[f"/{NAME}"] = Answer(BODY[:-9], tells_length=tells_length)
    assert "cut short" in failure(tmp_path, site.url)
    assert not list(tmp_path.iterdir())


def test_a_damaged_gzip_is_refused(site: Site, tmp_path: Path):
    site.answers[f"/{NAME}"] = Answer(BODY[:-8] + b"\0\0\0\0" + BODY[-4:])
    assert "damaged" in failure(tmp_path, site.url)
    assert not list(tmp_path.iterdir())


def test_a_checksum_mismatch_shows_both_sums(site: Site, tmp_path: Path):
    site.answers[f"/{NAME}"] = Answer(BODY)
    message = failure(tmp_path, site.url, reviews_sha256="0" * 64)
    assert f"sha256 {'0' * 64} expected, found {hashlib.sha256(BODY).hexdigest()}" in message
    assert not list(tmp_path.iterdir())


def test_a_cut_connection_is_continued_by_range(site: Site, tmp_path: Path):
    site.answers[f"/{NAME}"] = Answer(BODY, cuts=[20_000, 10_000])
    assert fetch(tmp_path, site.url).read_bytes() == BODY
    assert [request[1:] for request in site.requests] == [(None, 200), ("bytes=20000-", 206), ("bytes=30000-", 206)]


def test_a_later_run_continues_what_an_earlier_one_left(site: Site, tmp_path: Path):
    site.answers[f"/{NAME}"] = Answer(BODY, cuts=[20_000, 0, 0, 0])
    message = failure(tmp_path, site.url)
    assert "(4 attempts)" in message
    assert "the next run continues it" in message
    assert (tmp_path / "reviews.json.gz.partial").stat().st_size == 20_000
    assert fetch(tmp_path, site.url).read_bytes() == BODY
    assert site.requests[-1][1:] == ("bytes=20000-", 206)
    assert not list(tmp_path.glob("*.partial*"))


@pytest.mark.parametrize("answer", [{"ranges": False}, {"etag": None}, {"etag": 'W/"weak"'}])
def test_a_server_that_cannot_continue_starts_again(site: Site, tmp_path: Path, answer: dict[str, object]):
    site.answers[f"/{NAME}"] = Answer(BODY, cuts=[20_000], **answer)
    assert fetch(tmp_path, site.url).read_bytes() == BODY
    assert [request[2] for request in site.requests] == [200, 200]


def test_a_file_that_changed_meanwhile_starts_again(site: Site, tmp_path: Path):
    site.answers[f"/{NAME}"] = Answer(BODY, cuts=[20_000, 0, 0, 0])
    failure(tmp_path, site.url)
    site.answers[f"/{NAME}"] = Answer(OTHER, etag='"two"')
    assert fetch(tmp_path, site.url).read_bytes() == OTHER


def test_a_part_that_went_bad_starts_again(site: Site, tmp_path: Path):
    site.answers[f"/{NAME}"] = Answer(BODY, cuts=[20_000, 0, 0, 0])
    failure(tmp_path, site.url)
    (tmp_path / "reviews.json.gz.partial").write_bytes(BODY[:100] + bytes(19_900))
    assert fetch(tmp_path, site.url).read_bytes() == BODY


def test_a_range_of_a_file_of_another_size_is_not_added(site: Site, tmp_path: Path):
    site.answers[f"/{NAME}"] = Answer(BODY, cuts=[20_000, 0, 0, 0])
    failure(tmp_path, site.url)
    site.answers[f"/{NAME}"] = Answer(BODY + OTHER)  # the same ETag, wrongly
    partial = Partial(tmp_path / "reviews.json.gz")
    with httpx.Client() as client, pytest.raises(InterruptedTransferError, match="starting again"):
        transfer(client, f"{site.url}/{NAME}", partial, max_bytes=10**9, watch=Watch(60, 1))
    assert not list(tmp_path.iterdir())


def test_a_part_from_another_mirror_is_not_continued(site: Site, tmp_path: Path):
    site.answers[f"/a/{NAME}"] = Answer(BODY, cuts=[20_000, 0, 0, 0])
    site.answers[f"/b/{NAME}"] = Answer(OTHER)
    failure(tmp_path, f"{site.url}/a")
    assert fetch(tmp_path, f"{site.url}/b").read_bytes() == OTHER
    assert [request[1:] for request in site.requests if request[0] == f"/b/{NAME}"] == [(None, 200)]


def test_a_temporary_error_is_tried_again(site: Site, tmp_path: Path):
    site.answers[f"/{NAME}"] = Answer(BODY, errors=[503, 429])
    assert fetch(tmp_path, site.url).read_bytes() == BODY
    assert [request[2] for request in site.requests] == [503, 429, 200]


def test_the_next_mirror_is_taken_and_recorded(site: Site, tmp_path: Path):
    site.answers[f"/html/{NAME}"] = Answer(b"<html>", kind="text/html")
    site.answers[f"/good/{NAME}"] = Answer(BODY)
    assert fetch(tmp_path, f"{site.url}/gone", f"{site.url}/html", f"{site.url}/good").read_bytes() == BODY
    assert json.loads((tmp_path / "reviews.download.json").read_text())["url"] == f"{site.url}/good/{NAME}"


def test_a_mirror_that_fails_leaves_the_part_of_another(site: Site, tmp_path: Path):
    site.answers[f"/html/{NAME}"] = Answer(b"<html>", kind="text/html")
    site.answers[f"/good/{NAME}"] = Answer(BODY, cuts=[20_000, 0, 0, 0])
    mirrors = (f"{site.url}/html", f"{site.url}/good")
    failure(tmp_path, *mirrors)
    assert fetch(tmp_path, *mirrors).read_bytes() == BODY
    assert site.requests[-1][1:] == ("bytes=20000-", 206)


def test_one_message_names_every_mirror_and_reason(site: Site, tmp_path: Path):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        closed = f"http://127.0.0.1:{unused.getsockname()[1]}"
        site.answers[f"/html/{NAME}"] = Answer(b"<html>", kind="text/html")
        lines = failure(tmp_path, closed, f"{site.url}/html").splitlines()
    assert lines[0] == f"{NAME}: no mirror gave a whole file"
    assert lines[1].startswith(f"  {closed}/{NAME}: ")
    assert "refused" in lines[1]
    assert lines[2].startswith(f"  {site.url}/html/{NAME}: a gzip file expected, found an HTML page")
    assert len(lines) == 3


def test_a_silent_mirror_times_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "ATTEMPTS", 1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        mirror = f"http://127.0.0.1:{silent.getsockname()[1]}"
        assert "no answer in time (ReadTimeout)" in failure(tmp_path, mirror, timeout_seconds=1)


@pytest.mark.parametrize(("tells_length", "found"), [(True, len(BODY)), (False, "more")])
def test_a_file_beyond_the_cap_is_refused(site: Site, tmp_path: Path, tells_length: bool, found: object):
    site.answers[f"/{NAME}"] = Answer(BODY, tells_length=tells_length)
    with httpx.Client() as client, pytest.raises(RefusedError, match=rf"at most 10000 bytes .* found {found}"):
        transfer(client, f"{site.url}/{NAME}", Partial(tmp_path / "x"), max_bytes=10_000, watch=Watch(60, 1))
    assert not list(tmp_path.iterdir())
