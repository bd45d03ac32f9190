"""Archives: round trip, equal bytes, tampering, and archives that must not be unpacked."""

import io
import json
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from provenance.made_results import CELL, OWN, PUBLISHED, RAW, STUDY, TABLE, reseal
from provenance.test_verify import flip
from spectran.io import sha256_of
from spectran.provenance.archive import UnsoundError, main, pack
from spectran.provenance.environment import REQUIREMENTS
from spectran.provenance.manifest import manifest
from spectran.provenance.results import open_results
from spectran.provenance.unpack import ArchiveError
from spectran.provenance.verify import main as verify_main
from spectran.provenance.verify import verify_archive


def packed(working: Path, out: Path, **options) -> Path:
    """The study in a working directory as an archive."""
    pack(open_results(working / "results"), STUDY, working / "study.yaml", out, **options)
    return out


@pytest.fixture(scope="session")
def archive(pristine, tmp_path_factory):
    return packed(pristine, tmp_path_factory.mktemp("archive") / "study.tar.gz")


@pytest.fixture
def bag(archive, tmp_path):
    """The archive, unpacked to be spoiled."""
    with tarfile.open(archive) as tar:
        tar.extractall(tmp_path / "bag", filter="data")
    return tmp_path / "bag/tiny-results"


def again(bag: Path, out: Path) -> Path:
    """Pack a spoiled bag again."""
    with tarfile.open(out, "w:gz") as tar:
        tar.add(bag, bag.name)
    return out


def said(archive: Path) -> list[str]:
    return [str(finding) for finding in verify_archive(archive).findings]


def test_what_is_packed_is_found_sound(archive):
    verdict = verify_archive(archive)
    assert verdict.findings == []
    assert verdict.summary[-1] == "2 files left out of the archive, so not checked"


def test_it_holds_results_study_inputs_and_packages_but_no_logs_state_or_raw_files(archive):
    with tarfile.open(archive) as tar:
        names = {name.removeprefix("tiny-results/data/") for name in tar.getnames()}
    assert {TABLE, f"{CELL}/ranks.parquet", f"{CELL}/provenance.json", "study.yaml", PUBLISHED, REQUIREMENTS} <= names
    assert not {RAW, OWN} & names
    assert not [name for name in names if "/.state" in name or "/logs/" in name or "/office/" in name]


def test_raw_files_and_own_tables_are_packed_on_request(pristine, tmp_path):
    whole = packed(pristine, tmp_path / "whole.tar.gz", raw=True)
    with tarfile.open(whole) as tar:
        assert {f"tiny-results/data/{path}" for path in (RAW, OWN)} <= set(tar.getnames())
    assert verify_archive(whole).summary[-1].startswith("code: ")


def test_equal_results_are_equal_bytes(pristine, working, archive, tmp_path):
    for path in working.rglob("*"):
        path.touch()  # another time
    (working / TABLE).chmod(0o600)
    assert packed(working, tmp_path / "other name.tar.gz").read_bytes() == archive.read_bytes()
    with tarfile.open(archive) as tar:
        assert {(m.uid, m.gid, m.uname, m.mtime, m.mode) for m in tar} == {(0, 0, "", 0, 0o644)}
    assert archive.read_bytes()[4:8] == bytes(4)  # no time in gzip's header


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="sha256sum is not there")
def test_sha256sum_understands_the_manifests(bag):
    for name in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        subprocess.run(["sha256sum", "--check", "--strict", "--quiet", name], cwd=bag, check=True)
    flip(bag / "data" / TABLE)
    assert subprocess.run(["sha256sum", "-c", "manifest-sha256.txt"], cwd=bag, check=False).returncode == 1


def test_the_bagit_library_understands_it(bag):
    bagit = pytest.importorskip("bagit", reason="the library bagit is not there")
    found = bagit.Bag(str(bag))
    assert found.validate()
    assert found.info["Results"] == "results"


def test_unsound_or_unfinished_results_are_not_packed(working, tmp_path):
    out = tmp_path / "x.tar.gz"
    flip(working / TABLE)
    with pytest.raises(UnsoundError, match=f"{TABLE}: corrupted or edited"):
        packed(working, out)
    for path in ("index.html", "index.provenance.json"):
        (working / "results/report" / path).unlink()
    with pytest.raises(UnsoundError, match=r"a finished study expected, found no record of results/report/index\.html"):
        packed(working, out)
    assert not out.exists()


@pytest.mark.parametrize("path", [TABLE, f"{CELL}/members.safetensors", PUBLISHED, "study.yaml"])
def test_a_changed_file_is_named_by_manifest_and_record(bag, tmp_path, path):
    with (bag / "data" / path).open("ab") as file:
        file.write(b"\n")
    found = said(again(bag, tmp_path / "x.tar.gz"))
    assert found[0].startswith(f"data/{path}: changed in the archive: sha256 ")
    if path != "study.yaml":
        assert any(line.startswith(f"{path}: corrupted or edited") for line in found)


def test_missing_and_extra_files_are_named(bag, tmp_path):
    (bag / "data" / TABLE).unlink()
    (bag / "data/results/report/extra.txt").write_text("x")
    found = said(again(bag, tmp_path / "x.tar.gz"))
    assert f"data/{TABLE}: missing from the archive, though its manifest lists it" in found
    assert "data/results/report/extra.txt: not in the archive's manifest" in found
    assert "results/report/extra.txt: not recorded: no job's record names it" in found


def test_a_manifest_made_to_fit_is_noticed_by_tag_manifest_and_record(bag, tmp_path):
    flip(bag / "data" / TABLE)
    lines = dict(reversed(line.split("  ")) for line in (bag / "manifest-sha256.txt").read_text().splitlines())
    fitting = lines | {f"data/{TABLE}": sha256_of(bag / "data" / TABLE)}
    (bag / "manifest-sha256.txt").write_text(manifest(fitting))
    found = said(again(bag, tmp_path / "x.tar.gz"))
    assert found[0].startswith("manifest-sha256.txt: changed in the archive")
    assert found[1].startswith(f"{TABLE}: corrupted or edited")


def test_an_archive_of_another_study_is_noticed(bag, tmp_path):
    study = bag / "data/study.yaml"
    study.write_text(study.read_text().replace("epochs: 8", "epochs: 9"))
    assert "training.epochs: 9 now, 8 when results/report/index.html was made" in said(
        again(bag, tmp_path / "x.tar.gz")
    )


def test_records_in_an_archive_lead_to_no_file_outside_it(bag, tmp_path):
    record = bag / "data" / CELL / "provenance.json"
    secret = tmp_path / "secret"
    secret.write_text("x")
    content = json.loads(record.read_text())
    inputs = {
        str(secret): {"sha256": sha256_of(secret), "bytes": 1},
        f"../../{secret.name}": {"sha256": "", "bytes": 0},
    }
    reseal(record, inputs=content["inputs"] | inputs)
    found = said(again(bag, tmp_path / "x.tar.gz"))
    assert any(line.startswith(f"{secret}: deleted") for line in found)
    assert any(line.startswith("../../secret: deleted") for line in found)


def forged(out: Path, *members: tuple[str, bytes, bytes, str]) -> Path:
    """An archive with members of any name, type and link."""
    with tarfile.open(out, "w:gz") as tar:
        for name, kind, content, link in members:
            member = tarfile.TarInfo(name)
            member.type, member.size, member.linkname = kind, len(content), link
            tar.addfile(member, io.BytesIO(content))
    return out


FILE = ("a/bagit.txt", tarfile.REGTYPE, b"x", "")


@pytest.mark.parametrize(
    "member",
    [
        ("a/../../outside", tarfile.REGTYPE, b"x", ""),
        ("/outside", tarfile.REGTYPE, b"x", ""),
        ("outside", tarfile.REGTYPE, b"x", ""),
        ("b/outside", tarfile.REGTYPE, b"x", ""),
        ("a\\..\\outside", tarfile.REGTYPE, b"x", ""),
        ("a/link", tarfile.SYMTYPE, b"", "/etc/passwd"),
        ("a/link", tarfile.LNKTYPE, b"", "a/bagit.txt"),
        ("a/pipe", tarfile.FIFOTYPE, b"", ""),
        FILE,
    ],
    ids=["climbs", "absolute", "beside", "two folders", "backslash", "symlink", "hard link", "pipe", "twice"],
)
def test_an_archive_that_leads_out_of_its_folder_is_refused(tmp_path, monkeypatch, member):
    (tmp_path / "deep/er").mkdir(parents=True)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "deep/er"))
    with pytest.raises(ArchiveError, match=r"a plain file in the archive's folder expected|each file once, expected"):
        verify_archive(forged(tmp_path / "x.tar.gz", FILE, member))
    assert [path.name for path in tmp_path.rglob("*") if path.name != "x.tar.gz"] == ["deep", "er"]


def test_an_archive_larger_than_the_limit_is_refused(archive):
    with pytest.raises(ArchiveError, match="more than 1e-06 GB unpacked"):
        verify_archive(archive, most_gigabytes=1e-6)


def test_what_is_no_archive_is_refused_in_words(archive, bag, tmp_path):
    path = tmp_path / "x.tar.gz"
    path.write_bytes(archive.read_bytes()[:5000])
    with pytest.raises(ArchiveError, match=r"a whole \.tar\.gz archive expected"):
        verify_archive(path)
    path.write_bytes(b"no archive")
    with pytest.raises(ArchiveError, match=r"a whole \.tar\.gz archive expected"):
        verify_archive(path)
    (bag / "bag-info.txt").write_text("Results: ../..\nStudy: study.yaml\n")
    with pytest.raises(ArchiveError, match="label Results and a place in data/ expected"):
        verify_archive(again(bag, path))
    (bag / "bagit.txt").unlink()
    with pytest.raises(ArchiveError, match=r"BagIt archive with bagit\.txt expected"):
        verify_archive(again(bag, path))


def test_the_commands_say_what_they_did(working, monkeypatch, capsys):
    monkeypatch.chdir(working)
    assert main(["x.tar.gz", "--study", "study.yaml"]) == 0
    assert f"left out: {RAW}\n" in capsys.readouterr().out
    assert verify_main(["x.tar.gz"]) == 0
    assert capsys.readouterr().out.endswith("x.tar.gz: no findings\n")
    assert main(["nowhere", "x.tar.gz", "--study", "study.yaml"]) == 1
    assert capsys.readouterr().err.startswith("ERROR: nowhere: a folder of results expected")
