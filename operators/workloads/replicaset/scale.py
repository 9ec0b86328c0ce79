"""How many pods are missing or too many, and in what steps are they made?"""

from __future__ import annotations

from collections.abc import Iterator

#: No single reconcile makes or deletes more pods than this (replicaset controller's BurstReplicas).
BURST = 500


def difference(active: int, desired: int) -> int:
    """Pods to create (> 0) or to delete (< 0) now, at most BURST either way."""
    return max(-BURST, min(BURST, desired - active))


def slow_start(count: int, first: int = 1) -> Iterator[int]:
    """Batch sizes that add up to `count`: 1, 2, 4 … (controller's slowStartBatch).

    A quota or an admission webhook that refuses pods is found out by one request, not by hundreds; the
    caller stops at the first batch in which any create failed.
    """
    size = first
    while count > 0:
        batch = min(size, count)
        yield batch
        count -= batch
        size *= 2
