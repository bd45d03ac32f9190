"""Peak memory of a piece of work, beyond what was held before it."""

import ctypes
import gc
from collections.abc import Callable
from pathlib import Path

import torch

STATUS, RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def peak_megabytes(device: torch.device, work: Callable[[], object]) -> float | None:
    """MB that `work` takes at most: of torch's allocations on a GPU, of the resident set on Linux, else None."""
    gc.collect()
    if device.type == "cuda":
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats(device)
        before = torch.cuda.memory_allocated(device)
        work()
        return (torch.cuda.max_memory_allocated(device) - before) / 2**20
    if not RESET.is_file():
        return None
    ctypes.CDLL(None).malloc_trim(0)  # what was freed before must not serve this work unseen
    RESET.write_text("5", encoding="ascii")  # the kernel's mark of the highest resident set starts again from here
    before_kb = _kilobytes("VmRSS")
    work()
    return (_kilobytes("VmHWM") - before_kb) / 2**10


def _kilobytes(name: str) -> int:
    lines = STATUS.read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))
