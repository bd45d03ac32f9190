"""Mirrors that trickle, and downloads that take too long."""

import gzip
import json
import random
from pathlib import Path

import pytest

from data.server import Answer, Site
from faults.trickling import trickling
from spectran.config.data import Amazon
from spectran.data import download as module
from spectran.data import watch as watches
from spectran.data.download import download
from spectran.data.errors import DataError
from spectran.data.watch import LongDownloadError, SlowTransferError, Watch

NAME = "reviews_Tests_5.json.gz"
BODY = gzip.compress(random.Random(0).randbytes(50_000), mtime=0)
HEAD = b'HTTP/1.1 200 OK\r\nContent-Type: application/x-gzip\r\nETag: "a"\r\nContent-Length: 1000000\r\n\r\n'


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1000.0]
    monkeypatch.setattr(watches.time, "monotonic", lambda: now[0])
    return now


def test_the_speed_is_that_of_the_last_while(clock: list[float]):
    watch = Watch(seconds=60, hours=24)
    watch.begin()
    clock[0] += 59
    watch.received(1)  # not yet
    clock[0] += 1
    watch.received(59_999)  # 60 kB in 60 s, just enough
    clock[0] += 60
    with pytest.raises(SlowTransferError, match=r"too slow: 59999 bytes in 60 s, at least 1000 a second expected"):
        watch.received(59_999)


def test_a_new_transfer_has_its_own_speed_but_the_download_one_time(clock: list[float]):
    watch = Watch(seconds=60, hours=1)
    clock[0] += 3000
    watch.begin()
    watch.received(1)
    clock[0] += 600
    with pytest.raises(LongDownloadError, match=r"not done after 1 hours \(max_hours\)"):
        watch.begin()
    with pytest.raises(LongDownloadError):
        watch.received(10**9)


def fetch(folder: Path, *mirrors: str, **options: object) -> Path:
    destination = folder / "reviews.json.gz"
    source = Amazon(category="Tests", mirrors=mirrors, timeout_seconds=1, **options)
    download(source, "reviews", destination, folder / "reviews.download.json")
    return destination


def test_a_mirror_that_trickles_is_left_for_the_next(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "ATTEMPTS", 1)
    site.answers[f"/{NAME}"] = Answer(BODY)
    with trickling(HEAD, BODY[:100]) as slow:
        assert fetch(tmp_path, slow, site.url).read_bytes() == BODY
    assert json.loads((tmp_path / "reviews.download.json").read_text())["url"] == f"{site.url}/{NAME}"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["reviews.download.json", "reviews.json.gz"]


def test_if_all_trickle_the_message_says_how_slow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "ATTEMPTS", 1)
    with trickling(HEAD, BODY[:100]) as slow, pytest.raises(DataError) as caught:
        fetch(tmp_path, slow)
    message = str(caught.value)
    assert f"{slow}/{NAME}: too slow: " in message
    assert "bytes in 1 s, at least 1000 a second expected" in message
    assert "What has come so far is kept; the next run continues it." in message


def test_a_download_beyond_its_time_asks_no_further_mirror(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    site.answers[f"/{NAME}"] = Answer(BODY)
    monkeypatch.setattr(module, "Watch", lambda seconds, hours: Watch(seconds, hours=-1))
    with pytest.raises(DataError, match=r"not done after -1 hours \(max_hours\)") as caught:
        fetch(tmp_path, f"{site.url}/a", site.url)
    assert str(caught.value).count("max_hours") == 1
    assert site.requests == []
