"""Device and determinism of a torch job, set once before any tensor is made."""

import ctypes
import os

import torch

from spectran.config.training import Compute
from spectran.gpu import visible

#: glibc's mallopt: from which size on memory is mapped anew, and from which on what is free is given back.
M_MMAP_THRESHOLD, M_TRIM_THRESHOLD = -3, -1


class DeviceError(ValueError):
    """The study asks for a device that this machine does not have."""


def resolve(compute: Compute) -> torch.device:
    """The device of a study on this machine: `auto` takes CUDA where torch sees one.

    Raises:
        DeviceError: if the study asks for cuda and torch sees none; or for `auto`, and there is a GPU that a torch made
            for GPUs cannot use: to go on without it, unasked, would be slow and give other numbers.
    """
    if compute.device == "cuda" and not torch.cuda.is_available():
        raise DeviceError(
            "compute.device: cuda expected, but torch sees no CUDA device; "
            "use auto or cpu, or an environment with a CUDA build of torch on a machine with a GPU"
        )
    if compute.device == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda")
        if torch.version.cuda is not None and visible():
            raise DeviceError(
                "compute.device: auto, and there is a GPU, but torch cannot use it: it failed or went away, or its "
                "driver does not suit this torch (see nvidia-smi); set compute.device to cpu to go on without it"
            )
        return torch.device("cpu")
    return torch.device(compute.device)


def prepare(compute: Compute) -> torch.device:
    """Set threads and deterministic algorithms, and resolve the device.

    Raises:
        DeviceError: as `resolve` does.
    """
    device = resolve(compute)
    # cuBLAS is deterministic only with a fixed workspace, and reads this before its first call.
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    # What use_deterministic_algorithms(True) does, but for the compiler, which that imports: a second of every job.
    torch.set_deterministic_debug_mode("error")
    # Its other half, filling fresh memory with NaN, takes a seventh of a training epoch and finds only broken kernels.
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
    if compute.precision == "tf32":
        torch.backends.cuda.matmul.fp32_precision = "tf32"
    torch.set_num_threads(compute.threads)
    _keep_freed_memory()
    return device


def _keep_freed_memory() -> None:
    """Let the C library keep what is freed for the next step, where it is glibc.

    Else every array of megabytes is new pages from the system, and a step spends as long on page faults as on its work.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if os.name == "posix" else None
    if mallopt is not None:
        # The second is the most that older versions take.
        if not mallopt(M_MMAP_THRESHOLD, 2**30):
            mallopt(M_MMAP_THRESHOLD, 2**25)
        mallopt(M_TRIM_THRESHOLD, 2**31 - 1)
