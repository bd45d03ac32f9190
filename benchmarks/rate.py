"""The device's matrix rate: the best that any epoch could come near."""

from collections.abc import Iterator

import torch

from benchmarks.measurement import Measurement, measured, seconds
from benchmarks.settings import Settings

#: Sides of the square products tried.
SIDES = {"cpu": (512, 1024, 2048), "cuda": (4096, 8192)}
#: Products between two looks at the clock: a GPU's starting is not to count.
IN_A_ROW = {"cpu": 1, "cuda": 10}


def rate(settings: Settings, dtype: torch.dtype = torch.float32) -> float:
    """Best FLOP per second of a square matrix product over a few sizes and repetitions."""
    sides = (128,) if settings.quick else SIDES[settings.device.type]
    return max(_rate(settings.device, dtype, side, 1 if settings.quick else 5) for side in sides)


def _rate(device: torch.device, dtype: torch.dtype, side: int, times: int) -> float:
    # Ones take a GPU less power than real numbers do, and so run faster than any model could.
    generator = torch.Generator(device).manual_seed(0)
    a, b = (torch.randn(side, side, dtype=dtype, device=device, generator=generator) for _ in range(2))
    row = IN_A_ROW[device.type]
    out = torch.empty_like(a)

    def product() -> None:
        for _ in range(row):
            torch.mm(a, b, out=out)
        if device.type == "cuda":
            torch.cuda.synchronize(device)

    product()
    return row * 2 * side**3 / min(seconds(product) for _ in range(times))


def measure(settings: Settings) -> Iterator[Measurement]:
    """Rates of float32 and bfloat16 products."""
    for dtype in (torch.float32, torch.bfloat16):
        values = [rate(settings, dtype) / 1e9 for _ in range(settings.runs)]
        yield measured("rate", str(dtype).removeprefix("torch."), "matrix product, best size", values, "GFLOP/s")
