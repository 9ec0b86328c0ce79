"""The trace that a release hangs in: the pipeline's, by `TRACEPARENT`, and one span over many objects."""

from __future__ import annotations

from collections.abc import Mapping

from opentelemetry.context import Context
from opentelemetry.trace import (
    INVALID_SPAN,
    Span,
    Status,
    StatusCode,
    TracerProvider,
    set_span_in_context,
)
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from traceutil import ObjectSpan
from traceutil.semconv import ERROR_TYPE, OUTCOME, RELEASE_OBJECTS, SPAN_TYPE

NAME = "Release"


def parent_from(environ: Mapping[str, str]) -> Context:
    """What `TRACEPARENT` and `TRACESTATE` name (OpenTelemetry: context in environment variables)."""
    found = {
        name: environ[name.upper()] for name in ("traceparent", "tracestate") if environ.get(name.upper())
    }
    return TraceContextTextMapPropagator().extract(found, context=Context())


class Release:
    """One span over all the objects of a command, where they are several; exported if anything was written.

    `context` is where object spans are opened.
    """

    def __init__(self, provider: TracerProvider, parent: Context, objects: int) -> None:
        self._span: Span = INVALID_SPAN
        self.context = parent
        if objects > 1:
            attributes: dict[str, str | int] = {SPAN_TYPE: "release", RELEASE_OBJECTS: objects}
            self._span = provider.get_tracer("traceutil.apply").start_span(
                NAME, parent, attributes=attributes
            )
            self.context = set_span_in_context(self._span, parent)

    @property
    def span(self) -> ObjectSpan | None:
        """The release's own span, or None where there is one object alone."""
        context = self._span.get_span_context()
        return ObjectSpan(context) if context.is_valid else None

    def end(self, *, failure: str = "", cancelled: bool = False) -> None:
        """Export it. What was never ended is never exported: a release that wrote nothing leaves no span."""
        if failure:
            self._span.set_status(Status(StatusCode.ERROR, failure))
            self._span.set_attribute(ERROR_TYPE, failure)
        if cancelled:
            self._span.set_attribute(OUTCOME, "cancelled")
        self._span.end()
