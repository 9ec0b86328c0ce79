"""The trace that a release hangs in: the pipeline's, by `TRACEPARENT`, and one span over many objects."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from opentelemetry.context import Context
from opentelemetry.trace import (
    INVALID_SPAN,
    Span,
    Status,
    StatusCode,
    TracerProvider,
    get_current_span,
    set_span_in_context,
)
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from traceutil import ObjectSpan
from traceutil.semconv import ERROR_TYPE, OUTCOME, RELEASE_OBJECTS, SPAN_TYPE

NAME = "Release"

logger = logging.getLogger(__name__)


def parent_from(environ: Mapping[str, str]) -> Context:
    """What `TRACEPARENT` and `TRACESTATE` name (OpenTelemetry: context in environment variables).

    One that is malformed is warned of, and is none (W3C Trace Context).
    """
    found = {
        name: environ[name.upper()] for name in ("traceparent", "tracestate") if environ.get(name.upper())
    }
    context = TraceContextTextMapPropagator().extract(found, context=Context())
    if "traceparent" in found and not get_current_span(context).get_span_context().is_valid:
        logger.warning(
            "TRACEPARENT=%r is ignored: it is no traceparent of W3C Trace Context; this trace has no parent",
            found["traceparent"],
        )
    return context


class Release:
    """One span over all the objects of a command, where they are several; exported if it opened any trace."""

    def __init__(self, provider: TracerProvider, parent: Context, objects: int) -> None:
        self._provider = provider
        self._parent = parent
        self._objects = objects
        self._span: Span = INVALID_SPAN

    def begin(self) -> Context:
        """Start it, when everything is checked. Returns where object spans are opened."""
        if self._objects < 2:
            return self._parent
        attributes: dict[str, str | int] = {SPAN_TYPE: "release", RELEASE_OBJECTS: self._objects}
        tracer = self._provider.get_tracer("traceutil.apply")
        self._span = tracer.start_span(NAME, self._parent, attributes=attributes)
        return set_span_in_context(self._span, self._parent)

    @property
    def span(self) -> ObjectSpan | None:
        """The release's own span, or None where there is one object alone, or nothing was tried."""
        context = self._span.get_span_context()
        return ObjectSpan(context) if context.is_valid else None

    def end(self, *, failure: str = "", cancelled: bool = False) -> None:
        """Export it. Without this it never is: a release that changed nothing leaves no span."""
        if failure:
            self._span.set_status(Status(StatusCode.ERROR, failure))
            self._span.set_attribute(ERROR_TYPE, failure)
        if cancelled:
            self._span.set_attribute(OUTCOME, "cancelled")
        self._span.end()
