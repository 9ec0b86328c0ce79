"""The SDK's ReadableSpan becomes SpanData, by its public attributes alone: no SDK is imported."""

from __future__ import annotations

from typing import Any, Literal, cast

from traceutil import semconv
from traceutil.view.spans import EventData, LinkData, SpanData, Status


def from_readable_span(span: Any) -> SpanData:
    """Convert an `opentelemetry.sdk.trace.ReadableSpan`; one that was not ended ends where it starts."""
    resource = dict(span.resource.attributes) if span.resource else {}
    start = span.start_time or 0
    return SpanData(
        trace_id=_hex(span.context.trace_id, 32),
        span_id=_hex(span.context.span_id, 16),
        parent_id=_hex(span.parent.span_id, 16) if span.parent else None,
        name=span.name,
        service=str(resource.get(semconv.SERVICE_NAME, "")),
        start=start,
        end=span.end_time or start,
        status=cast(Status, span.status.status_code.name.lower()),
        status_message=span.status.description or "",
        kind=span.kind.name.lower(),
        attributes=dict(span.attributes or {}),
        links=tuple(
            LinkData(
                _hex(link.context.trace_id, 32), _hex(link.context.span_id, 16), dict(link.attributes or {})
            )
            for link in span.links
        ),
        events=tuple(EventData(e.name, e.timestamp, dict(e.attributes or {})) for e in span.events),
        resource=resource,
    )


def _hex(value: int, digits: Literal[16, 32]) -> str:
    return format(value, f"0{digits}x")
