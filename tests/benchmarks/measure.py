"""Ratios side by side in one run: the two sides take turns, and the medians of the turns are compared."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Ratio:
    """One row of the table: `ours` and `bare` in microseconds per call; `limit` is what the ratio may be."""

    name: str
    bare: float
    ours: float
    limit: float

    @property
    def ratio(self) -> float:
        return self.ours / self.bare

    @property
    def kept(self) -> bool:
        return self.ratio <= self.limit

    def row(self) -> str:
        mark = "ok" if self.kept else "TOO SLOW"
        figures = f"{self.bare:>8.2f} {self.ours:>8.2f} {self.ratio:>7.2f} {self.limit:>6.2f}"
        return f"{self.name:<58} {figures}  {mark}"


HEADER = f"{'microseconds per call (median of turns)':<58} {'bare':>8} {'ours':>8} {'ratio':>7} {'limit':>6}"


def compare(
    name: str,
    bare: Callable[[], object],
    ours: Callable[[], object],
    *,
    calls: int,
    limit: float,
    turns: int = 31,
) -> Ratio:
    """Run both in turns. Each function makes `calls` calls; the ratio is the median of the turns' ratios."""
    bare(), ours()
    pairs: list[tuple[float, float]] = []
    for turn in range(turns):
        order = (bare, ours) if turn % 2 else (ours, bare)
        taken = {id(side): _timed(side) for side in order}
        pairs.append((taken[id(bare)], taken[id(ours)]))
    bare_us = statistics.median(pair[0] for pair in pairs) / calls * 1e6
    ratio = statistics.median(ours_s / bare_s for bare_s, ours_s in pairs)
    return Ratio(name, bare_us, bare_us * ratio, limit)


def _timed(function: Callable[[], object]) -> float:
    gc.collect()
    gc.disable()
    start = time.perf_counter()
    function()
    taken = time.perf_counter() - start
    gc.enable()
    return taken
