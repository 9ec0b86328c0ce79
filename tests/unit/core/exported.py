"""What of exported spans the tables compare."""

from __future__ import annotations

from typing import Any

from opentelemetry.sdk.trace import ReadableSpan

from tests.unit.core.objects import ns
from traceutil.semconv import REASON
from traceutil.testing import CapturedSpans, FixedClock


def reason(span: ReadableSpan) -> Any:
    return dict(span.attributes or {})[REASON]


def essence(spans: CapturedSpans) -> list[Any]:
    return [
        (
            s.context,
            s.parent,
            s.start_time,
            s.end_time,
            dict(s.attributes or {}),
            s.links,
            dict(s.resource.attributes),
        )
        for s in spans
    ]


def restarted(seconds: float) -> CapturedSpans:
    """A new process whose start is so many seconds after the epoch."""
    return CapturedSpans(clock=FixedClock(ns(seconds)))
