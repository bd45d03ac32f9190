"""What a checkpoint is valid for: settings, contents of inputs, code and arithmetic."""

from spectran.provenance import fingerprint as module
from spectran.provenance.fingerprint import fingerprint, hash_inputs


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
    monkeypatch.setattr(module, "version_of_code", lambda: "other")
    assert fingerprint({}, {}, "cpu") != one


def test_inputs_are_hashed_by_content(tmp_path):
    (tmp_path / "x").write_bytes(b"abc")
    assert next(iter(hash_inputs([tmp_path / "x"]).values())).startswith("ba7816bf")
