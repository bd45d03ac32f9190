"""What every test may use."""

from pathlib import Path

import pytest
import torch

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    """Tests run side by side: one torch thread each."""
    torch.set_num_threads(1)


@pytest.fixture
def shared_data() -> Path:
    """The real Amazon data beside the project, where there are any."""
    if not (SHARED / "data").is_dir():
        pytest.skip("the real Amazon data are not beside this project (../shared/data)")
    return SHARED / "data"
