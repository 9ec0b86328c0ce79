"""The object span as its user holds it."""

from __future__ import annotations

from dataclasses import dataclass

from opentelemetry.trace import SpanContext

from traceutil.record import Record


@dataclass(frozen=True, slots=True)
class ObjectSpan:
    """The time from the write of an object's desired state until it is reached.

    `record` is None where the object carries none and everybody derives the same ids.
    `trace_id` and `span_id` are lower-case hex (32 and 16 digits).
    """

    context: SpanContext
    record: Record | None = None

    @property
    def trace_id(self) -> str:
        return f"{self.context.trace_id:032x}"

    @property
    def span_id(self) -> str:
        return f"{self.context.span_id:016x}"

    @property
    def open(self) -> bool:
        """Whether no end is recorded."""
        return self.record is None or self.record.end is None

    def url(self, jaeger: str = "http://localhost:16686") -> str:
        """Where Jaeger shows the trace. `jaeger`: its URL, or a template with `{trace_id}`."""
        if "{trace_id}" in jaeger:
            return jaeger.replace("{trace_id}", self.trace_id)
        return f"{jaeger.rstrip('/')}/trace/{self.trace_id}"
