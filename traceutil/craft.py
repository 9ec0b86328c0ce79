"""Export a span whose ids were fixed earlier, perhaps by another process, hours ago.

With the user's own provider, limits and processors: our tracer gets a public `id_generator` that hands out
the recorded ids, and the span is started and ended at the recorded times.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol, runtime_checkable

from opentelemetry import trace
from opentelemetry.context import Context, create_key, set_value
from opentelemetry.trace import (
    Link,
    NonRecordingSpan,
    Span,
    SpanContext,
    Status,
    StatusCode,
    TracerProvider,
    set_span_in_context,
)

from traceutil.derive import Ids
from traceutil.health import Health
from traceutil.ids import FIXED, FixedIds

#: In the context of a crafted span: its stored context, for a sampler that obeys its flags.
STORED = create_key("traceutil-stored-context")
SCOPE = "traceutil.object_spans"


@runtime_checkable
class _Crafting(Protocol):
    """A tracer of the SDK: its id generator is public."""

    id_generator: Any

    def start_span(
        self,
        name: str,
        context: Context | None = None,
        *,
        attributes: dict[str, Any],
        links: Sequence[Link],
        start_time: int,
    ) -> Span: ...


class SpanEvent(NamedTuple):
    """Something that happened during a span, at `time` (Unix ns)."""

    name: str
    time: int
    attributes: dict[str, int]


class Crafter:
    """Exports object spans, each with the resource of its kind where the provider can give one."""

    def __init__(self, provider: Callable[[], TracerProvider], health: Health) -> None:
        self._provider = provider
        self._health = health
        self._tracers: dict[tuple[int, str], _Crafting] = {}

    def export(
        self,
        name: str,
        context: SpanContext,
        parent_id: int,
        *,
        service: str,
        start: int,
        end: int,
        attributes: dict[str, Any],
        links: Sequence[Link] = (),
        events: Sequence[SpanEvent] = (),
        error: str | None = None,
    ) -> None:
        """Start and end one span with the given ids and times (Unix ns). `error`: why it failed, if it did.

        A span whose stored flags say "not sampled" is not exported.
        """
        if not context.trace_flags.sampled:
            return
        tracer = self._tracer(service)
        if tracer is None:
            return
        token = FIXED.set(Ids(context.trace_id, context.span_id))
        try:
            span = tracer.start_span(
                name, _parent(context, parent_id), attributes=attributes, links=links, start_time=start
            )
        finally:
            FIXED.reset(token)
        if not span.is_recording():
            self._health.count("unsampled_crafted", name)
        for event in events:
            span.add_event(event.name, event.attributes, event.time)
        if error is not None:
            span.set_status(Status(StatusCode.ERROR, error))
        span.end(max(start, end))

    def _tracer(self, service: str) -> _Crafting | None:
        provider = self._provider()
        key = (id(provider), service)
        tracer = self._tracers.get(key)
        if tracer is None:
            for_service = getattr(provider, "for_service", None)
            source = provider if for_service is None else for_service(service)
            fresh: object = source.get_tracer(SCOPE)
            if not isinstance(fresh, _Crafting):  # no SDK is configured: nothing would be exported
                return None
            tracer = fresh
            tracer.id_generator = FixedIds()
            self._tracers[key] = tracer
        return tracer


def _parent(context: SpanContext, parent_id: int) -> Context:
    base = set_value(STORED, context, Context())
    if not parent_id:
        return base
    parent = SpanContext(context.trace_id, parent_id, True, context.trace_flags, context.trace_state)
    return set_span_in_context(NonRecordingSpan(parent), base)


def global_provider() -> TracerProvider:
    """OpenTelemetry's global provider, looked up at each use: it may be set after we are made."""
    return trace.get_tracer_provider()
