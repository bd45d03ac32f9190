"""Numbers as a reader sees them."""

import math

NONE = "–"


def fixed(value: float | None, digits: int = 4) -> str:
    """0.0298; a dash for nothing."""
    return NONE if value is None or math.isnan(value) else f"{value:.{digits}f}".replace("-", "−")


def signed(value: float | None, digits: int = 4) -> str:
    """+0.0011 or −0.0011 (a true minus sign), with no sign on what rounds to zero; a dash for nothing."""
    if value is None or math.isnan(value):
        return NONE
    rounded = round(value, digits)
    sign = "+" if rounded > 0 else "−" if rounded < 0 else ""
    return f"{sign}{abs(rounded):.{digits}f}"


def percent(value: float | None, digits: int = 1, *, sign: bool = False) -> str:
    """12.5 % with a space that does not break; a dash for nothing."""
    text = signed(value, digits) if sign else fixed(value, digits)
    return text if text == NONE else f"{text}\u00a0%"


def spread(mean: float, sd: float, digits: int = 4) -> str:
    """0.0298 ± 0.0004, or the mean alone where there is no spread."""
    return fixed(mean, digits) if math.isnan(sd) else f"{fixed(mean, digits)} ± {fixed(sd, digits)}"


def interval(value: float, low: float, high: float, digits: int = 4, *, sign: bool = False) -> str:
    """0.0298 [0.0211, 0.0385], or with signs; the value alone where its interval is not known, a dash for nothing."""
    write = signed if sign else fixed
    text = write(value, digits)
    known = not any(math.isnan(number) for number in (value, low, high))
    return f"{text} [{write(low, digits)}, {write(high, digits)}]" if known else text


def ends(low: float, high: float, digits: int = 4, *, sign: bool = False) -> str:
    """[0.0211, 0.0385], or with signs; a dash for nothing."""
    write = signed if sign else fixed
    return NONE if math.isnan(low) or math.isnan(high) else f"[{write(low, digits)}, {write(high, digits)}]"


def chance(p: float) -> str:
    """0.031, or < 0.001; a dash for nothing."""
    return "< 0.001" if p < 0.001 else fixed(p, 3)


def general(value: float | None) -> str:
    """0.001 or 1e-06, as short as it can be said; a dash for nothing."""
    return NONE if value is None or math.isnan(value) else f"{value:g}"


def count(value: float | None) -> str:
    """1,705,728; a dash for nothing."""
    return NONE if value is None or math.isnan(value) else f"{value:,.0f}".replace("-", "−")
