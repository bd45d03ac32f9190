"""Which jobs ask for a GPU, and for how much of it."""

import pytest

from spectran.config.training import Compute
from spectran.gpu import places, wants_gpu


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


@pytest.mark.parametrize(
    ("device", "cells", "given", "expected"),
    [
        ("cpu", 3, 1, (0, 0)),
        ("cuda", 1, 1, (1, 1)),
        ("cuda", 3, 3, (1, 3)),
        ("cuda", 3, 4, (1, 3)),
        ("cuda", 3, None, (1, 1)),
    ],
)
def test_a_cell_asks_for_one_place_and_what_fills_the_gpu_for_all(device, cells, given, expected):
    assert places(Compute(device=device, cells_per_gpu=cells), given) == expected


def test_fewer_places_than_cells_are_refused_in_words():
    with pytest.raises(ValueError, match=r"compute\.cells_per_gpu: 3 needs --resources gpu=3, found gpu=1"):
        places(Compute(device="cuda", cells_per_gpu=3), 1)
