"""Provenance: what a result's identity depends on, and what is said of the code."""

import subprocess

from spectran import provenance
from spectran.provenance import describe_code, describe_machine, fingerprint, hash_inputs


def test_the_fingerprint_is_of_settings_contents_and_arithmetic():
    one = fingerprint({"a": 1, "b": 2}, {"x": "hash"}, "cpu, 1 threads")
    assert one == fingerprint({"b": 2, "a": 1}, {"elsewhere/x": "hash"}, "cpu, 1 threads")
    others = [
        fingerprint({"a": 1, "b": 3}, {"x": "hash"}, "cpu, 1 threads"),
        fingerprint({"a": 1, "b": 2}, {"x": "other"}, "cpu, 1 threads"),
        fingerprint({"a": 1, "b": 2}, {"x": "hash"}, "cuda, 1 threads"),
    ]
    assert len({one, *others}) == 4


def test_other_code_is_another_fingerprint(monkeypatch):
    one = fingerprint({}, {}, "cpu")
    monkeypatch.setattr(provenance, "version_of_code", lambda: "other")
    assert fingerprint({}, {}, "cpu") != one


def test_inputs_are_hashed_by_content(tmp_path):
    (tmp_path / "x").write_bytes(b"abc")
    assert next(iter(hash_inputs([tmp_path / "x"]).values())).startswith("ba7816bf")


def test_a_commit_is_named_and_a_change_shows(tmp_path, monkeypatch):
    monkeypatch.setattr(provenance, "__file__", str(tmp_path / "provenance.py"))
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert describe_code() == {"commit": None, "clean": None}

    def git(*words):
        who = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
        subprocess.run(["git", "-C", tmp_path, *who, *words], check=True, capture_output=True)

    git("init")
    (tmp_path / "file").write_text("one")
    git("add", "file")
    git("commit", "-m", "first")
    assert describe_code()["clean"] is True
    assert len(describe_code()["commit"]) == 40
    (tmp_path / "file").write_text("two")
    assert describe_code()["clean"] is False


def test_nothing_personal_is_recorded():
    facts = str(describe_machine("cpu"))
    assert "torch" in facts
    assert "/" not in facts
