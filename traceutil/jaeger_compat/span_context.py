"""jaeger_client's SpanContext: ids as numbers, baggage, and the OpenTelemetry context that it stands for."""

from __future__ import annotations

from collections.abc import Mapping

from opentelemetry import trace
from opentelemetry.shim.opentracing_shim import SpanContextShim
from opentelemetry.trace import TraceFlags

from traceutil.jaeger_compat.constants import DEBUG_FLAG, SAMPLED_FLAG


class SpanContext(SpanContextShim):
    """Immutable. Without ids it only brings baggage, or a debug id, to the root that begins from it.

    Args:
        trace_id, span_id, parent_id: None where there is none.
        flags: 1 sampled, 2 debug.
        debug_id: the value of the header `jaeger-debug-id`.
        otel: the OpenTelemetry context that it stands for; None: one of these ids, which came from afar.
    """

    def __init__(
        self,
        trace_id: int | None,
        span_id: int | None,
        parent_id: int | None = None,
        flags: int | None = 0,
        baggage: Mapping[str, str] | None = None,
        debug_id: str | None = None,
        *,
        otel: trace.SpanContext | None = None,
    ) -> None:
        sampled = TraceFlags(SAMPLED_FLAG if (flags or 0) & (SAMPLED_FLAG | DEBUG_FLAG) else 0)
        super().__init__(otel or trace.SpanContext(trace_id or 0, span_id or 0, True, sampled))
        self.trace_id = trace_id
        self.span_id = span_id
        self.parent_id = parent_id or None
        self.flags = flags
        self.debug_id = debug_id
        self._items = dict(baggage or {})

    @classmethod
    def of(cls, context: trace.SpanContext, baggage: Mapping[str, str] | None = None) -> SpanContext:
        """That of an OpenTelemetry span."""
        flags = SAMPLED_FLAG if context.trace_flags.sampled else 0
        return cls(context.trace_id, context.span_id, None, flags, baggage, otel=context)

    @property
    def baggage(self) -> dict[str, str]:  # type: ignore[override]  # the shim's is an OpenTelemetry context
        """What travels with the trace."""
        return self._items

    @property
    def has_trace(self) -> bool:
        """Whether there is a trace to continue."""
        return bool(self.trace_id and self.span_id and self.flags is not None)

    def with_baggage_item(self, key: str, value: str | None) -> SpanContext:
        """The same with one item set, or removed where `value` is None."""
        items = {each: kept for each, kept in self._items.items() if each != key}
        if value is not None:
            items[key] = value
        ids = (self.trace_id, self.span_id, self.parent_id, self.flags)
        return SpanContext(*ids, items, self.debug_id, otel=self.unwrap())
