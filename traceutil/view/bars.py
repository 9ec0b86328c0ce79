"""Bars over a time axis: `█` work, `░` waiting, `├─┤` until reached, `✗` failed, `…` open, `†` killed.

`┄` is what stands above the object that was asked for; there `…` says that it goes on beyond the axis.
"""

from __future__ import annotations

from dataclasses import dataclass

from traceutil.view.rows import Row
from traceutil.view.units import ticks

WORK, WAIT, FAILED, OPEN, KILLED = "█", "░", "✗", "…", "†"
CONTEXT, BEYOND = "┄", "…"


@dataclass(frozen=True, slots=True)
class Axis:
    """From `start` to `end` (Unix ns) over `width` columns."""

    start: int
    end: int
    width: int

    def columns(self, start: int, end: int) -> range:
        """The columns of an interval, clipped to the axis: at least one."""
        first = min(self._column(start), self.width - 1)
        return range(first, max(self._column(end), first + 1))

    def between(self, start: int, end: int) -> range:
        """The columns of an interval, clipped to the axis: none where it is too short to see."""
        return range(self._column(start), self._column(end))

    def _column(self, moment: int) -> int:
        total = self.end - self.start
        if total <= 0:
            return 0
        return min(max(round(self.width * (moment - self.start) / total), 0), self.width)

    def header(self) -> str:
        """The ticks, in `width` columns."""
        line = [" "] * self.width
        for column, label in ticks(self.end - self.start, self.width):
            line[column : column + len(label)] = label
        return "".join(line)[: self.width]


def bar(axis: Axis, row: Row) -> str:
    """The bar of a row, in `axis.width` columns."""
    if row.context:
        return _context(axis, row)
    if row.shape == "outage":
        columns = axis.columns(*row.intervals[0])
        return (" " * columns[0] + KILLED.ljust(len(columns), WAIT)).ljust(axis.width)
    if row.shape in ("object", "fold"):
        return _until_reached(axis, row)
    cells = [" "] * axis.width
    for wait in row.waits:
        for column in axis.columns(*wait) if row.shape == "wait" else axis.between(*wait):
            cells[column] = WAIT
    if row.shape == "wait":
        return "".join(cells)
    for interval in row.intervals:
        for column in axis.columns(*interval):
            cells[column] = WORK
    for moment in row.failures:
        cells[axis.columns(moment - 1, moment)[-1]] = FAILED
    last = axis.columns(*row.intervals[-1])[-1]
    drawn = "".join(cells)
    return next((b for note in row.notes if (b := _beside(drawn, note, last)) is not None), drawn)


def _context(axis: Axis, row: Row) -> str:
    """As much of the interval as is on the axis; that there is more of it is said by `…`."""
    ((start, end),) = row.intervals
    if end < axis.start or start > axis.end:
        return (BEYOND if end < axis.start else BEYOND.rjust(axis.width)).ljust(axis.width)
    columns = axis.columns(start, end)
    cells = [CONTEXT] * len(columns)
    if end > axis.end or row.open:
        cells[-1] = BEYOND
    elif row.failures:
        cells[-1] = FAILED
    if start < axis.start:
        cells[0] = BEYOND
    return (" " * columns[0] + "".join(cells)).ljust(axis.width)


def _until_reached(axis: Axis, row: Row) -> str:
    if len(row.intervals) > 1:
        return _one_after_the_other(axis, row)
    columns = axis.columns(*row.intervals[0])
    line = _line(columns, FAILED if row.failures else OPEN if row.open else "┤")
    before, after = " " * columns[0], " " * (axis.width - columns[-1] - 1)
    for note in row.notes:
        if len(columns) >= len(note) + 6:
            return before + f"├── {note} ".ljust(len(columns) - 1, "─") + line[-1] + after
        if (beside := _beside(before + line + after, note, columns[-1])) is not None:
            return beside
    return before + line + after


def _line(columns: range, end: str = "┤") -> str:
    return end if len(columns) == 1 else "├" + "─" * (len(columns) - 2) + end


def _one_after_the_other(axis: Axis, row: Row) -> str:
    cells = [" "] * axis.width
    for start, end in row.intervals:
        columns = axis.columns(start, end)
        cells[columns.start : columns.stop] = _line(columns, FAILED if end in row.failures else "┤")
    drawn, last = "".join(cells), axis.columns(*row.intervals[-1])[-1]
    return next((b for note in row.notes if (b := _beside(drawn, note, last)) is not None), drawn)


def _beside(cells: str, note: str, last: int) -> str | None:
    """The note right of the bar, else left of it; None where neither has room."""
    width = len(cells)
    first = width - len(cells.lstrip())
    if width - last - 2 >= len(note):
        return f"{cells[: last + 1]} {note}".ljust(width)
    return f"{note} ".rjust(first) + cells[first:] if first > len(note) else None
