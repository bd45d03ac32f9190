"""Servers that lie about sizes, never end, lead elsewhere or pack a bomb; beyond tests/data/test_download.py."""

import gzip
import hashlib
from itertools import chain, repeat
from pathlib import Path

import httpx
import pytest

from security.raw_server import head, saying
from spectran.config.data import Amazon, Files
from spectran.data import download as module
from spectran.data import unzipped
from spectran.data.amazon import parse_amazon
from spectran.data.download import download
from spectran.data.errors import DataError
from spectran.data.files import read_files
from spectran.data.partial import Partial
from spectran.data.redirects import refuse_astray
from spectran.data.transfer import RefusedError, transfer
from spectran.data.watch import Watch
from studies import changed, refusal

BODY = gzip.compress(b'{"reviewerID": "A", "asin": "B", "unixReviewTime": 1}\n', mtime=0)
NAME = "reviews_Tests_5.json.gz"


@pytest.fixture(autouse=True)
def _one_attempt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ATTEMPTS", 1)
    monkeypatch.setattr(module, "PAUSE", 0.0)


@pytest.fixture
def small_bombs(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a bomb of a test need not be large."""
    monkeypatch.setattr(unzipped, "ANY_CASE", 10_000)


def failure(folder: Path, mirror: str, **options: object) -> str:
    source = Amazon(category="Tests", mirrors=(mirror,), **options)
    with pytest.raises(DataError) as caught:
        download(source, "reviews", folder / "reviews.json.gz", folder / "reviews.download.json")
    assert not (folder / "reviews.json.gz").exists()
    return str(caught.value)


def test_an_endless_stream_is_cut_at_the_cap(tmp_path: Path):
    with (
        saying(lambda _: chain([head("200 OK"), gzip.compress(b"")], repeat(bytes(2**16)))) as url,
        httpx.Client() as client,
        pytest.raises(RefusedError, match=r"^at most 9000000 bytes expected \(max_gigabytes\), found more$"),
    ):
        transfer(client, url, Partial(tmp_path / "x"), 9_000_000, Watch(5, 1))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (len(BODY) + 9, "without sending complete message body"),
        (len(BODY) - 9, "a whole gzip file expected, found one cut short"),
        (10**13, "at most 20000000000 bytes expected (max_gigabytes), found 10000000000000"),
        ("-1", "Content-Length"),
        ("1e3", "Content-Length"),
    ],
)
def test_a_wrong_length_is_noticed(length: object, said: str, tmp_path: Path):
    with saying(lambda _: [head("200 OK", Content_Length=length), BODY]) as url:
        assert said in failure(tmp_path, url)


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("file:///etc/passwd", "a redirection to http or https expected, found one to file:///etc/passwd"),
        ("ftp://example.org/x?key=1", "a redirection to http or https expected, found one to ftp://example.org/x\n"),
        ("data:text/plain,x", "a redirection to http or https expected, found one to data:"),
        ("http://169.254.169.254/latest", "to a public address expected, found one to http://169.254.169.254/latest"),
        ("http://me:pw@10.0.0.1/x", "a redirection to a public address expected, found one to http://10.0.0.1/x"),
        ("http://[::1]/x", "a redirection to a public address expected"),
        ("http://localhost:1/x", "a redirection to a public address expected"),
    ],
)
def test_a_redirection_astray_is_not_followed(target: str, said: str, tmp_path: Path):
    with saying(lambda _: [head("302 Found", Location=target)]) as url:
        assert said in failure(tmp_path, url) + "\n"


def test_a_redirection_on_the_same_host_is_followed(tmp_path: Path):
    def answer(request: str) -> list[bytes]:
        if request.startswith("GET /there"):
            return [head("200 OK", Content_Length=len(BODY)), BODY]
        return [head("302 Found", Location="/there")]

    with saying(answer) as url:
        source = Amazon(category="Tests", mirrors=(url,))
        download(source, "reviews", tmp_path / "reviews.json.gz", tmp_path / "reviews.download.json")
    assert (tmp_path / "reviews.json.gz").read_bytes() == BODY


def test_from_https_only_https_is_followed():
    def redirection(start: str, target: str) -> httpx.Response:
        return httpx.Response(302, headers={"location": target}, request=httpx.Request("GET", start))

    refuse_astray(redirection("https://a.org/x", "https://b.org/x"))
    refuse_astray(redirection("http://a.org/x", "https://b.org/x"))
    with pytest.raises(RefusedError, match=r"^a redirection to https expected, found one to http://a\.org/x$"):
        refuse_astray(redirection("https://a.org/x", "http://a.org/x"))


def test_the_checksum_is_looked_at_before_anything_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "Unzipped", lambda _: pytest.fail("unpacked"))
    found = hashlib.sha256(BODY).hexdigest()
    with saying(lambda _: [head("200 OK", Content_Length=len(BODY)), BODY]) as url:
        assert f"sha256 {'0' * 64} expected, found {found}" in failure(tmp_path, url, reviews_sha256="0" * 64)


@pytest.mark.usefixtures("small_bombs")
def test_a_bomb_is_refused_where_it_comes_in(tmp_path: Path):
    bomb = gzip.compress(bytes(10**6))
    with saying(lambda _: [head("200 OK", Content_Length=len(bomb)), bomb]) as url:
        said = failure(tmp_path, url)
    assert f"a file that unpacks to at most 100 times its {len(bomb)} bytes expected, found more" in said
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("small_bombs")
def test_a_bomb_is_refused_where_it_is_read(tmp_path: Path):
    reviews, table, items = tmp_path / "reviews.json.gz", tmp_path / "table.csv.gz", tmp_path / "items.csv"
    expected = r"a file that unpacks to at most 100 times its \d+ bytes expected, found more"
    reviews.write_bytes(gzip.compress(b'{"reviewerID": "A", "asin": "B", "unixReviewTime": 1}\n' * 10**5))
    with pytest.raises(DataError, match=rf"^{reviews}: {expected}$"):
        parse_amazon(reviews, reviews)
    table.write_bytes(gzip.compress(b"user,item,timestamp\n" + b"u,i,1\n" * 10**5))
    items.write_text("item,title\ni,x\n")
    with pytest.raises(DataError, match=rf"^{table}: {expected}$"):
        read_files(Files(interactions=str(table), items=str(items)))


def test_a_small_file_may_unpack_to_much(tmp_path: Path):
    """100 times is not asked of files that do no harm."""
    table, items = tmp_path / "table.csv.gz", tmp_path / "items.csv"
    table.write_bytes(gzip.compress(b"user,item,timestamp\n" + b"u,i,1\n" * 10**5))
    items.write_text("item,title\ni,x\n")
    assert len(read_files(Files(interactions=str(table), items=str(items)))[0]) == 10**5


@pytest.mark.parametrize(
    ("mirror", "found"),
    [
        ("https://me:s3cret-word@host/x", "'https://***@host/x'"),
        ("http://s3cret-word@host", "'http://***@host'"),
        ("https://host/x?key=s3cret-word", "'https://host/x?***'"),
        ("file:///s3cret", "file:///s3cret"),
        ("ftp://me:s3cret-word@host", "'ftp://***@host'"),
        ("https://host/ x", "'https://host/ x'"),
    ],
)
def test_mirrors_with_secrets_or_of_other_kinds_are_refused_without_showing_them(mirror: str, found: str):
    amazon = {"category": "Tests", "mirrors": [mirror]}
    said = refusal(changed(datasets={"toys": {"label": "Toys", "source": "amazon", "amazon": amazon}}))
    assert "  datasets.toys.amazon.mirrors: " in said
    assert "expected, found" in said
    assert found.strip("'") in said
    assert "s3cret-word" not in said
