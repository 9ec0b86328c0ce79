"""Multigres: a traceparent, and beside it the Unix second at which it was written."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, MutableMapping
from typing import Any

from opentelemetry.trace import SpanContext

from .w3c import TraceparentCarrier, format_traceparent

TRACEPARENT = "multigres.com/traceparent"
WRITTEN_AT = "multigres.com/traceparent-ts"

_SECOND = 1_000_000_000


class Multigres(TraceparentCarrier):
    """The time stays as it is while the context does: writing the same context twice writes the same bytes.

    Args:
        clock: Unix time in nanoseconds.
    """

    def __init__(self, clock: Callable[[], int] = time.time_ns) -> None:
        super().__init__("multigres", TRACEPARENT)
        self.keys = (TRACEPARENT, WRITTEN_AT)
        self._clock = clock

    def write(self, context: SpanContext, annotations: MutableMapping[str, str]) -> None:
        """See `Carrier.write`."""
        value = format_traceparent(context)
        if annotations.get(TRACEPARENT) == value and WRITTEN_AT in annotations:
            return
        annotations[TRACEPARENT] = value
        annotations[WRITTEN_AT] = str(self._clock() // _SECOND)


def written_at(annotations: Mapping[str, Any]) -> int | None:
    """When the context was written, in Unix nanoseconds; None where the object does not say."""
    value = annotations.get(WRITTEN_AT)
    if isinstance(value, str) and len(value) <= 12 and value.isascii() and value.isdigit():
        return int(value) * _SECOND
    return None


CARRIER = Multigres()
