"""Which jobs ask for a GPU."""

import pytest

from spectran.config.training import Compute
from spectran.gpu import wants_gpu


@pytest.mark.parametrize(
    ("device", "files", "expected"),
    [
        ("auto", [], False),
        ("auto", ["nvidiactl"], False),
        ("auto", ["nvidia0"], True),
        ("cpu", ["nvidia0"], False),
        ("cuda", [], True),
    ],
)
def test_auto_asks_where_there_is_one(tmp_path, device, files, expected):
    for name in files:
        (tmp_path / name).touch()
    assert wants_gpu(Compute(device=device), tmp_path) is expected
