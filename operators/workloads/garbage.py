"""Collect garbage less often: what these processes hold is JSON, which has no cycles."""

from __future__ import annotations

import gc

#: Allocations before a collection of the youngest, and how many of each before the next older one. With
#: Python's own (700, 10, 10) a quarter of the CPU time at 1,000 pods went into walking objects that stay.
THRESHOLDS = (500_000, 10, 100)


def collect_less() -> None:
    """Call it once everything is imported: that is never walked again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
