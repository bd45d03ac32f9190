"""What a benchmark ran on: figures without it mean little. No names of hosts or users, no paths."""

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch

from benchmarks.settings import Settings
from spectran.provenance.code import describe_code

PROCESSOR = Path("/proc/cpuinfo")


def describe(settings: Settings) -> dict[str, Any]:
    """Processor, memory, versions, GPU, date and commit."""
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "code": describe_code(),
        "processor": processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30, 1),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "torch": version("torch"),
        "threads": settings.threads,
        "device": settings.device.type,
        "gpu": torch.cuda.get_device_name(settings.device) if settings.device.type == "cuda" else None,
        "load": round(os.getloadavg()[0], 2),
    }


def processor() -> str:
    """Model of the processor, as Linux tells it, and what torch uses of it."""
    models = [line.partition(":")[2].strip() for line in _lines() if line.startswith("model name")]
    return f"{models[0] if models else platform.processor()} ({torch.backends.cpu.get_cpu_capability()})"


def _lines() -> list[str]:
    return PROCESSOR.read_text(encoding="utf-8").splitlines() if PROCESSOR.is_file() else []
