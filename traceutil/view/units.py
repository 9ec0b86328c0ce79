"""Figures for people: durations, sizes, shares, and the ticks of a time axis."""

from __future__ import annotations

import re

NO_BREAK = "\u00a0"
#: The blank between a figure and its unit.
_FIGURE = re.compile(r"(?<=[0-9]) (?=%|m?s\b|µs|[KMGT]iB)")

MICRO, MILLI, SECOND = 1_000, 1_000_000, 1_000_000_000
MINUTE, HOUR = 60 * SECOND, 3600 * SECOND

#: Steps of a time axis that people count in.
_STEPS = tuple(
    base * unit
    for unit, bases in (
        (MILLI, (1, 2, 5, 10, 20, 50, 100, 200, 500)),
        (SECOND, (1, 2, 3, 5, 10, 15, 20, 30)),
        (MINUTE, (1, 2, 5, 10, 15, 30)),
        (HOUR, (1, 2, 3, 6, 12, 24)),
    )
    for base in bases
)

_SIZES = ("B", "KiB", "MiB", "GiB", "TiB")


def duration(ns: int) -> str:
    """Nanoseconds as `412 µs`, `41 ms`, `12.36 s`, `2m 05s` `3h 20m` or `9d 04h`: at most 7 columns."""
    if ns < 0:
        return "-" + duration(-ns)
    if ns < MILLI - MICRO // 2:
        return f"{round(ns / MICRO)} µs"
    if ns < SECOND - MILLI // 2:
        return f"{round(ns / MILLI)} ms"
    if ns < MINUTE - SECOND // 200:
        return f"{ns / SECOND:.2f} s"
    whole = round(ns / SECOND)
    if whole < 3600:
        return f"{whole // 60}m {whole % 60:02}s"
    if whole < 48 * 3600:
        return f"{whole // 3600}h {whole % 3600 // 60:02}m"
    days, hours = divmod(whole // 3600, 24)
    return f"{days}d {hours:02}h" if days < 100 else f"{days}d"


def brief(ns: int) -> str:
    """Three digits of a duration at most, as the end of an axis wants it: `12.4 s`."""
    if SECOND - MILLI // 2 <= ns < MINUTE - SECOND // 200:
        value = ns / SECOND
        return f"{value:.1f} s" if value != int(value) else f"{int(value)} s"
    return duration(ns)


def unbroken(text: str) -> str:
    """Text in which no line ends between a figure and its unit."""
    return _FIGURE.sub(NO_BREAK, text)


def share(part: float) -> str:
    """A share from 0 to 1 as whole per cents; what is not nothing never reads 0 %."""
    if 0 < part < 0.005:
        return "<1 %"
    return f"{round(part * 100)} %"


def size(count: int) -> str:
    """Bytes in binary units: `1.9 GiB`."""
    value, power = float(count), 0
    while value >= 1024 and power < len(_SIZES) - 1:
        value, power = value / 1024, power + 1
    return f"{value:.0f} {_SIZES[power]}" if value >= 10 or not power else f"{value:.1f} {_SIZES[power]}"


def ticks(total: int, width: int, spacing: int = 8) -> list[tuple[int, str]]:
    """The (column, label) pairs of an axis of `total` ns over `width` columns; its end is among them."""
    if total <= 0:
        return [(0, "0 s")]
    end = brief(total)
    last = max(width - len(end), 0)
    step = next((s for s in _STEPS if width * s / total >= spacing), total)
    marks = [(0, "0 s")]
    for moment in range(step, total, step):
        column = round(width * moment / total)
        label = _tick(moment, step)
        if column + len(label) + 2 > last:
            break
        marks.append((column, label))
    if last >= len(marks[0][1]) + 2:
        marks.append((last, end))
    return marks


def _tick(moment: int, step: int) -> str:
    for unit, name in ((HOUR, "h"), (MINUTE, "min"), (SECOND, "s")):
        if step >= unit:
            return f"{moment // unit} {name}" if moment % unit == 0 else duration(moment)
    return f"{moment // MILLI} ms" if moment < SECOND else f"{moment / SECOND:g} s"
