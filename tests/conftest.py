"""What every test may use."""

import pytest
import torch


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    """Tests run side by side: one torch thread each."""
    torch.set_num_threads(1)
