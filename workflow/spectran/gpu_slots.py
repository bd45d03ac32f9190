"""Which GPU a job takes: places on the devices of one host, kept by locks on files, which end with the process.

Snakemake counts places and knows no devices. Here each device has as many places as cells share it, and a door. A job
that shares looks whether the door is open; a job that must be alone keeps it shut, from when it waits for those inside
to leave until it has ended, so that it is not overtaken for ever.
"""

import fcntl
import logging
import os
import platform
import stat
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

logger = logging.getLogger(__name__)

#: Seconds between two looks for a free place, and after which a job says that it waits.
LOOK, PATIENCE = 0.2, 5.0

#: Where schedulers name the allocation that a job runs in, tasks of job arrays included.
ALLOCATION = (
    "SLURM_JOB_ID",
    "PBS_JOBID",
    "LSB_JOBID",
    "LSB_JOBINDEX",
    "JOB_ID",
    "SGE_TASK_ID",
    "FLUX_JOB_ID",
    "OAR_JOB_ID",
)


class GpuPlaceError(ValueError):
    """The folder of locks is not safe to use."""


class Sharing(NamedTuple):
    """How this job, and every other one that may meet it, uses the GPUs.

    Attributes:
        devices: entries of CUDA_VISIBLE_DEVICES, at least one.
        places: jobs that may share a device.
        folder: of the locks.
        allocation: a scheduler's name for what it has given to this job, "" without one: numbers of devices may mean
            others in another allocation, so jobs of different ones never wait for each other.
    """

    devices: Sequence[str]
    places: int
    folder: Path
    allocation: str = ""

    def door(self, device: str) -> Path:
        """The lock that keeps others out of a device."""
        return self._lock(device, "door")

    def place(self, device: str, number: int) -> Path:
        """The lock of one place on a device."""
        return self._lock(device, str(number))

    def _lock(self, device: str, name: str) -> Path:
        return self.folder / quote(f"{self.allocation},{device},{name}", safe=",")


def allocation_of(environment: Mapping[str, str]) -> str:
    """What the scheduler calls the allocation that this process runs in; "" where no scheduler started it."""
    return "-".join(environment[name] for name in ALLOCATION if environment.get(name))


def lock_folder(parent: Path | None = None) -> Path:
    """The folder of this user's locks on this host, made where it is not there.

    Args:
        parent: where it is; None is the system's folder for temporary files.

    Raises:
        GpuPlaceError: if it is anything but a folder that belongs to this user and is open to nobody else.
    """
    folder = (parent or Path(tempfile.gettempdir())) / f"spectran-gpu-{platform.node()}-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or stat.S_IMODE(found.st_mode) & 0o077:
        raise GpuPlaceError(
            f"{folder}: a folder of user {os.getuid()} with mode 700 expected, found {stat.filemode(found.st_mode)} "
            f"of user {found.st_uid}; remove it, or set TMPDIR to another folder of this host"
        )
    return folder


def take(sharing: Sharing, *, whole: bool) -> str:
    """Wait for a place on a device and keep it until this process and all that it has forked are gone.

    Args:
        sharing: the devices, and how jobs share them.
        whole: take a device for this job alone: an empty one, or else the one with fewest others, once they have left.

    Returns:
        The device's entry.

    Raises:
        GpuPlaceError: if files cannot be locked where the locks are.
    """
    looks = _taken_whole(sharing) if whole else _taken(sharing)
    began, said = time.monotonic(), False
    while (device := next(looks)) is None:
        if not said and time.monotonic() - began > PATIENCE:
            logger.info("waiting for a GPU: other jobs are on %s", " and ".join(sharing.devices))
            said = True
        time.sleep(LOOK)
    logger.info("GPU %s%s", device, "" if whole else f", which {sharing.places} jobs may share")
    return device


def _taken(sharing: Sharing) -> Iterator[str | None]:
    """Looks for one place: the first place of every device, then the second of every device, and so on."""
    while True:
        with _alone(sharing):
            enterable = [device for device in sharing.devices if _is_free(sharing.door(device))]
            places = ((device, number) for number in range(sharing.places) for device in enterable)
            taken = next(
                (device for device, number in places if _lock(sharing.place(device, number)) is not None), None
            )
        yield taken


def _taken_whole(sharing: Sharing) -> Iterator[str | None]:
    """Looks for a device whose door can be shut, then for those inside to leave."""
    while (device := _shut_door(sharing)) is None:
        yield None
    left = set(range(sharing.places))
    while left := {number for number in left if _lock(sharing.place(device, number)) is None}:
        yield None
    yield device


def _shut_door(sharing: Sharing) -> str | None:
    """Shut the door of the device with most free places of those whose door is open."""
    with _alone(sharing):
        doors = [device for device in sharing.devices if _is_free(sharing.door(device))]
        if not doors:
            return None

        def room(device: str) -> int:
            return sum(_is_free(sharing.place(device, number)) for number in range(sharing.places))

        device = max(doors, key=room)
        _lock(sharing.door(device))
        return device


@contextmanager
def _alone(sharing: Sharing) -> Iterator[None]:
    """One job looks at a time: what it finds taken is taken, not looked at."""
    while (hall := _lock(sharing.folder / quote(f"{sharing.allocation},hall", safe=","))) is None:
        time.sleep(LOOK / 20)
    try:
        yield
    finally:
        os.close(hall)


def _is_free(path: Path) -> bool:
    descriptor = _lock(path)
    if descriptor is None:
        return False
    os.close(descriptor)
    return True


def _lock(path: Path) -> int | None:
    """Lock a file as long as the descriptor is open here or in a fork; None where another process has it locked."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    except OSError as error:
        os.close(descriptor)
        raise GpuPlaceError(
            f"{path}: a file that can be locked expected, found: {error.strerror}; set TMPDIR to a folder of this host"
        ) from None
    # Systems delete temporary files that nobody has touched for days.
    os.utime(descriptor)
    return descriptor
