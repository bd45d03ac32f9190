"""Whether this machine has a GPU, without importing torch: asked when the workflow is planned."""

from pathlib import Path

from spectran.config.training import Compute


def wants_gpu(compute: Compute, devices: Path = Path("/dev")) -> bool:
    """Whether a job of this study will use a GPU here: `cuda` always, `auto` where there is an NVIDIA device."""
    if compute.device == "auto":
        return any(devices.glob("nvidia[0-9]*"))
    return compute.device == "cuda"
