"""A row of the drawing, and how a tree of rows gets its guides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from traceutil.view.result import Outage
from traceutil.view.tree import Node

Shape = Literal["object", "work", "wait", "fold", "outage"]


@dataclass(slots=True)
class Row:
    """What one line shows. Times in Unix ns; `waited` and `took` in ns, None where nothing is to be said."""

    label: str
    shape: Shape
    service: str
    intervals: tuple[tuple[int, int], ...]
    critical: bool = False
    waits: tuple[tuple[int, int], ...] = ()
    waited: int | None = None
    took: int | None = None
    at_most: bool = False  #: `took` is that of the slowest of several
    failures: tuple[int, ...] = ()  #: the ends of those intervals that ended in failure
    open: bool = False  #: it has not closed: it goes on beyond what is drawn
    context: bool = False  #: it stands above what is looked at, to say where that belongs
    notes: tuple[str, ...] = ()  #: how an object span closed: the longest wording that fits is shown
    nodes: tuple[Node, ...] = ()  #: what it stands for: one span, several that were folded, none for a wait
    below: list[Row] = field(default_factory=list)


def outage_row(outage: Outage) -> Row:
    """The time in which a controller was not there."""
    times = (outage.start, outage.end)
    return Row(
        f"† {outage.controller} killed", "outage", outage.controller, (times,), took=times[1] - times[0]
    )


def with_guides(roots: Sequence[Row]) -> Iterator[tuple[str, Row]]:
    """Every row, parents first, with the guide that joins it to its parent."""
    stack = [("", "", row) for row in reversed(roots)]
    while stack:
        guide, indent, row = stack.pop()
        yield guide, row
        for index, child in reversed(list(enumerate(row.below))):
            last = index == len(row.below) - 1
            stack.append((indent + ("└─ " if last else "├─ "), indent + ("   " if last else "│  "), child))
