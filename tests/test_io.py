"""Writing: whole or not at all, and equal values are equal bytes."""

import os

import numpy as np
import pandas as pd
import pytest
from safetensors.numpy import save_file

from spectran.io import read_json, remove_leftovers, replacing, sha256_of, write_json, write_parquet


def test_a_failure_leaves_the_old_file_and_no_half(tmp_path):
    path = tmp_path / "deep" / "file"
    with replacing(path) as temporary:
        temporary.write_text("old")

    def fail():
        with replacing(path) as temporary:
            temporary.write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert path.read_text() == "old"
    assert [entry.name for entry in path.parent.iterdir()] == ["file"]


def test_others_may_read_it_as_any_other_file(tmp_path):
    (tmp_path / "plain").touch()
    for name in ("whole", "again"):
        with replacing(tmp_path / name) as temporary:
            save_file({"a": np.zeros(3)}, temporary)
    expected = (tmp_path / "plain").stat().st_mode
    assert [(tmp_path / name).stat().st_mode for name in ("whole", "again")] == [expected] * 2


def test_what_a_killed_process_left_is_removed_and_nothing_else(tmp_path):
    left = [".a[1].json.7.part", ".a[1].json.77.part"]
    others = ["a[1].json", ".a1.json.7.part", "a[1].json.part", ".b.json.7.part"]
    for name in (*left, *others):
        (tmp_path / name).touch()
    remove_leftovers(tmp_path / "a[1].json")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(others)


def test_json_is_sorted_and_refuses_nan(tmp_path):
    write_json(tmp_path / "a", {"b": 1, "a": "ü"})
    assert (tmp_path / "a").read_text(encoding="utf-8") == '{\n  "a": "ü",\n  "b": 1\n}\n'
    assert read_json(tmp_path / "a") == {"a": "ü", "b": 1}
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_json(tmp_path / "b", {"x": float("nan")})
    assert not (tmp_path / "b").exists()


def test_equal_tables_are_equal_bytes(tmp_path):
    table = pd.DataFrame({"x": [1.5, 2.0], "y": ["a", "b"]})
    for name in "ab":
        write_parquet(tmp_path / name, table)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "a"), table)


def test_sha256(tmp_path):
    (tmp_path / "x").write_bytes(b"abc")
    assert sha256_of(tmp_path / "x") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_contents_reach_the_disk_before_the_name_does(tmp_path, monkeypatch):
    """Else a power cut may leave the name with an empty file."""
    path, order = tmp_path / "a", []
    sync = os.fsync
    monkeypatch.setattr(os, "fsync", lambda file: (order.append((os.fstat(file).st_size, path.exists())), sync(file)))
    with replacing(path) as temporary:
        temporary.write_text("whole")
    assert order == [(5, False)]
    assert path.read_text() == "whole"
