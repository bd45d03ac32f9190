"""Whether this machine has a GPU, and what jobs ask of it, without importing torch: for planning the workflow."""

from pathlib import Path
from typing import NamedTuple

from spectran.config.training import Compute


class Places(NamedTuple):
    """Snakemake's resource `gpu`: how many places on the GPU a job asks for; 0 where none is used."""

    cell: int
    """A cell's job: one of the places that share the GPU."""
    whole: int
    """A job that fills the GPU, or is timed on it: all of them."""


def places(compute: Compute, given: int | None, devices: Path = Path("/dev")) -> Places:
    """What jobs ask for.

    Args:
        compute: the study's.
        given: places that Snakemake was told of; None where it counts none, so that a job asks for a GPU of its own.
        devices: where the system lists its devices.

    Raises:
        ValueError: if there are fewer places than cells are to share the GPU.
    """
    if not wants_gpu(compute, devices):
        return Places(0, 0)
    wanted = compute.cells_per_gpu
    if given is None:
        return Places(1, 1)
    if given < wanted:
        raise ValueError(f"compute.cells_per_gpu: {wanted} needs --resources gpu={wanted}, found gpu={given}")
    return Places(1, wanted)


def wants_gpu(compute: Compute, devices: Path = Path("/dev")) -> bool:
    """Whether a job of this study will use a GPU here: `cuda` always, `auto` where there is an NVIDIA device."""
    if compute.device == "auto":
        return any(devices.glob("nvidia[0-9]*"))
    return compute.device == "cuda"
