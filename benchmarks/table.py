"""Measurements as lines of text."""

import math

from benchmarks.measurement import Measurement


def line(found: Measurement) -> str:
    """One figure with its range, as "1.62 s (1.58 to 1.70, 5 runs)"."""
    value = f"{number(found.value)} {found.unit}"
    runs = f"({number(found.low)} to {number(found.high)}, {found.runs} runs)" if found.runs > 1 else ""
    return f"{found.topic:<9} {found.case:<42} {found.what:<44} {value:>16} {runs}".rstrip()


def number(value: float) -> str:
    """Three significant digits, with an exponent only where it is very small."""
    if value == 0 or not math.isfinite(value):
        return str(value)
    if abs(value) < 1e-4:
        return f"{value:.2e}"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:,.{digits}f}"
