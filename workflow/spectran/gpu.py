"""Which GPUs there are, and what jobs ask of them, without importing torch: for planning the workflow."""

import os
import re
from collections.abc import Mapping
from itertools import takewhile
from pathlib import Path
from typing import NamedTuple

from spectran.config.training import Compute

#: What CUDA_VISIBLE_DEVICES may name: a device's number, or the identity of a card or of a part of one.
DEVICE = re.compile(r"\d+|(GPU|MIG)-\S+")


class Places(NamedTuple):
    """Snakemake's resource `gpu`: how many places on a GPU a job asks for; 0 where none is used."""

    cell: int
    """A cell's job: one of the places that share a GPU."""
    whole: int
    """A job that fills a GPU, or is timed on it: all places of one GPU."""


def places(compute: Compute, given: int | None, devices: Path = Path("/dev")) -> Places:
    """What jobs ask for.

    Args:
        compute: the study's.
        given: places on all GPUs together that Snakemake was told of; None where it counts none, as on a cluster, so
            that a job asks for a GPU of its own.
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


def visible(environment: Mapping[str, str] = os.environ, devices: Path = Path("/dev")) -> tuple[str, ...]:
    """The GPUs that this process may use, each as CUDA_VISIBLE_DEVICES names it.

    Args:
        environment: where CUDA_VISIBLE_DEVICES, if a person or a scheduler has set it, says which. Like CUDA, nothing
            that follows an entry that names no device is read ("-1" hides all that follow).
        devices: where the system lists its devices. CUDA counts those it finds from 0, whatever their own numbers.
    """
    said = environment.get("CUDA_VISIBLE_DEVICES")
    if said is None:
        return tuple(map(str, range(len(list(devices.glob("nvidia[0-9]*"))))))
    entries = takewhile(DEVICE.fullmatch, (entry.strip() for entry in said.split(",")))
    return tuple(dict.fromkeys(entries))
