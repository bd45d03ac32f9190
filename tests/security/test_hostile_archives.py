"""Archives made to do harm while they are unpacked: beyond names that lead out (tests/provenance/test_archive.py)."""

import gzip
import io
import tarfile
import tracemalloc
from pathlib import Path

import pytest

from spectran.provenance import unpack
from spectran.provenance.unpack import ArchiveError, unpacked

ABOUT = "at most 1048576 bytes about one file expected, found more"


def refused(archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """What is said; nothing is left where it was unpacked."""
    place = tmp_path / "place"
    place.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(place))
    with pytest.raises(ArchiveError) as caught, unpacked(archive):
        pass
    assert not list(place.iterdir())
    assert str(caught.value).startswith(f"{archive}: ")
    return str(caught.value).removeprefix(f"{archive}: ")


def member(name: str, kind: bytes = tarfile.REGTYPE, size: int = 0, **more: object) -> bytes:
    """A header; its content follows."""
    made = tarfile.TarInfo(name)
    made.type, made.size = kind, size
    for key, value in more.items():
        setattr(made, key, value)
    return made.tobuf(tarfile.PAX_FORMAT)


def written(path: Path, *parts: bytes) -> Path:
    path.write_bytes(gzip.compress(b"".join(parts) + bytes(1024), compresslevel=1))
    return path


@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK])
def test_a_header_that_fills_memory_is_refused(kind, tmp_path, monkeypatch):
    size = 64 * 2**20
    archive = written(tmp_path / "x.tar.gz", member("a/x", kind, size), bytes(size), member("a/bagit.txt"))
    assert archive.stat().st_size < size / 100
    tracemalloc.start()
    assert refused(archive, tmp_path, monkeypatch) == ABOUT
    assert tracemalloc.get_traced_memory()[1] < size / 8
    tracemalloc.stop()


def test_a_map_of_holes_that_fills_memory_is_refused(tmp_path, monkeypatch):
    """GNU's sparse format 1.0: the number of holes, and where they are, stand before the content."""
    holes = b"9999999\n" + b"1\n" * 2**20
    facts = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.realsize": "9"}
    archive = written(tmp_path / "x.tar.gz", member("a/x", size=len(holes), pax_headers=facts), holes)
    assert refused(archive, tmp_path, monkeypatch) == ABOUT


def test_a_file_that_is_all_hole_counts_as_what_it_unpacks_to(tmp_path, monkeypatch):
    facts = {"GNU.sparse.map": "0,0", "GNU.sparse.size": str(10**15), "GNU.sparse.numblocks": "0"}
    archive = written(tmp_path / "x.tar.gz", member("a/x", pax_headers=facts))
    assert refused(archive, tmp_path, monkeypatch) == "more than 100 GB unpacked; a larger limit may be given"


def test_too_many_members_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(unpack, "MOST_FILES", 3)
    archive = written(tmp_path / "x.tar.gz", *(member(f"a/{n}", tarfile.DIRTYPE) for n in range(4)))
    assert refused(archive, tmp_path, monkeypatch) == "more than 3 files"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a/" + "b/" * 1500 + "c", tarfile.REGTYPE),
        ("a/dev", tarfile.CHRTYPE),
        ("a/dev", tarfile.BLKTYPE),
        ("a/odd", b"Z"),
        ("..", tarfile.REGTYPE),
        ("a/\\\\server\\share", tarfile.REGTYPE),
    ],
    ids=["deep", "character device", "block device", "unknown type", "parent", "share"],
)
def test_what_is_no_plain_file_is_refused(name, kind, tmp_path, monkeypatch):
    archive = written(tmp_path / "x.tar.gz", member(name, kind))
    said = refused(archive, tmp_path, monkeypatch)
    assert said.startswith("a plain file in the archive's folder expected, found ")


def test_a_list_of_files_that_fills_memory_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(unpack, "MOST_TAGS", 100)
    tags = [("bagit.txt", 1), ("bag-info.txt", 1), ("manifest-sha256.txt", 101)]
    blocks = [member(f"a/{name}", size=size) + b"x".ljust(512) for name, size in tags]
    archive = written(tmp_path / "x.tar.gz", *blocks)
    assert refused(archive, tmp_path, monkeypatch) == "manifest-sha256.txt of at most 100 bytes expected, found 101"


def test_an_honest_archive_with_long_names_is_read(tmp_path):
    with tarfile.open(tmp_path / "x.tar.gz", "w:gz", format=tarfile.PAX_FORMAT) as tar:
        for name in ("bagit.txt", "bag-info.txt", "manifest-sha256.txt", "data/" + "ä" * 120):
            content = b"Results: results\nStudy: study.yaml\n" if name == "bag-info.txt" else b""
            made = tarfile.TarInfo(f"a/{name}")
            made.size = len(content)
            tar.addfile(made, io.BytesIO(content))
    with unpacked(tmp_path / "x.tar.gz") as bag:
        assert [path.name for path in bag.payload.iterdir()] == ["ä" * 120]
