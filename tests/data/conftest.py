"""Fixtures of the data tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.server import Site, serving


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A local server, reached without any proxy in between."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with serving() as running:
        yield running


@pytest.fixture
def shared() -> Path:
    """The folder of real data beside the project."""
    folder = Path(__file__).resolve().parents[2] / "../shared"
    if not (folder / "data").is_dir():
        pytest.skip("the real data are not beside the project (../shared/data)")
    return folder.resolve()
