"""What tracing lost, refused or could not read: counted, never raised."""

from __future__ import annotations

import threading
from collections import Counter
from typing import Literal

#: What is counted. `malformed`: an annotation that claims to be a context and is none, by carrier; a
#: deadline that is none.
#: `oversized`: a write refused at 256 KiB. `unversioned`: a record that could not ride because the
#: status write had no resourceVersion. `foreign_owner`: our key is owned by another manager.
#: `unheard`: a request of a client that an integration failed to listen to; it was made all the same.
#: `untraced`: something of kopf's that could not be traced; it took its course all the same.
#: `prev_dropped`: superseded spans beyond the bound. `unsampled_crafted`: a foreign provider dropped a
#: span with a fixed id.
Loss = Literal[
    "malformed",
    "oversized",
    "unversioned",
    "foreign_owner",
    "prev_dropped",
    "unheard",
    "unsampled_crafted",
    "untraced",
]


class Health:
    """Counters of one `ObjectTracer`, safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[tuple[Loss, str]] = Counter()

    def count(self, loss: Loss, detail: str = "", by: int = 1) -> None:
        """Add `by` to the counter of `loss`; `detail` is low-cardinality (a carrier, a kind)."""
        with self._lock:
            self._counts[loss, detail] += by

    def total(self, loss: Loss) -> int:
        """How often `loss` was counted, over all details."""
        with self._lock:
            return sum(count for (name, _), count in self._counts.items() if name == loss)

    def snapshot(self) -> dict[tuple[Loss, str], int]:
        """A copy of all counters by (loss, detail)."""
        with self._lock:
            return dict(self._counts)
