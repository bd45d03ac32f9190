"""How much memory a cell may still take."""

from collections.abc import Iterator
from pathlib import Path

import psutil
import torch

from spectran.config.training import Compute


def free_bytes(device: torch.device, compute: Compute) -> int:
    """Bytes that this process may take, beyond what it holds.

    On a GPU what is free, and no more than the cell's part where cells share it. On a CPU what the system could give
    without swapping, within `max_memory_mb` and the limits of the process's control groups, as containers and batch
    systems set them (version 2).
    """
    if device.type == "cuda":
        free, total = torch.cuda.mem_get_info(device)
        return int(min(free, total // compute.cells_per_gpu))
    rooms = [int(psutil.virtual_memory().available), *control_group_rooms()]
    if compute.max_memory_mb is not None:
        info = psutil.Process().memory_info()
        # What the system's limit counts; elsewhere nothing keeps it, and the resident set comes closest.
        rooms.append(compute.max_memory_mb * 2**20 - int(info.data if hasattr(info, "data") else info.rss))
    return max(0, min(rooms))


def control_group_rooms(
    process: Path = Path("/proc/self/cgroup"), root: Path = Path("/sys/fs/cgroup")
) -> Iterator[int]:
    """Bytes left in each control group of this process that has a limit; page cache does not count as taken."""
    lines = process.read_text(encoding="utf-8").splitlines() if process.is_file() else []
    for line in lines:
        if line.startswith("0::"):
            group = root / line.removeprefix("0::/")
            for folder in (group, *(above for above in group.parents if above.is_relative_to(root))):
                yield from _room(folder)


def _room(group: Path) -> Iterator[int]:
    limit, taken = group / "memory.max", group / "memory.stat"
    if limit.is_file() and taken.is_file() and (most := limit.read_text(encoding="ascii").strip()) != "max":
        stat = dict(line.split() for line in taken.read_text(encoding="ascii").splitlines())
        yield int(most) - int(stat["anon"])
