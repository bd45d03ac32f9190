"""Where a job that asks for a GPU gets one."""

import os
from typing import Any

from spectran.config.load import parse_study
from spectran.gpu import visible
from spectran.gpu_slots import Sharing, allocation_of, lock_folder, take


def take_gpu(snakemake: Any) -> None:
    """Wait for a place on a GPU until this process ends, and show torch that GPU alone, where there is any to use."""
    wanted = dict(snakemake.resources.items()).get("gpu", 0)
    if wanted < 1:
        return
    compute, devices = parse_study(snakemake.config).compute, visible()
    if compute.device == "cpu" or not devices:
        return
    sharing = Sharing(devices, compute.cells_per_gpu, lock_folder(), allocation_of(os.environ))
    os.environ["CUDA_VISIBLE_DEVICES"] = take(sharing, whole=wanted >= compute.cells_per_gpu)
