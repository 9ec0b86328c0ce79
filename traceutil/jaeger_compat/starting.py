"""How a span starts: its parent, its kind, and what forces the sampler."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from opentelemetry.context import Context, set_value
from opentelemetry.trace import Link, NonRecordingSpan, SpanKind, set_span_in_context
from opentracing.ext import tags as ext_tags

from traceutil.jaeger_compat.constants import DEBUG_FLAG, SAMPLED_FLAG
from traceutil.jaeger_compat.deciding import FORCED
from traceutil.jaeger_compat.span import Span
from traceutil.jaeger_compat.span_context import SpanContext
from traceutil.jaeger_compat.values import attribute, nanoseconds

if TYPE_CHECKING:
    from traceutil.jaeger_compat.tracer import Tracer

_KINDS = {
    ext_tags.SPAN_KIND_RPC_CLIENT: SpanKind.CLIENT,
    ext_tags.SPAN_KIND_RPC_SERVER: SpanKind.SERVER,
    ext_tags.SPAN_KIND_PRODUCER: SpanKind.PRODUCER,
    ext_tags.SPAN_KIND_CONSUMER: SpanKind.CONSUMER,
}


def start(
    tracer: Tracer,
    name: str,
    parent: SpanContext | None,
    links: Sequence[SpanContext],
    tags: dict[str, Any],
    start_time: float | None,
) -> Span:
    """Start a span under `parent` (None, or one without ids: a root). `start_time`: Unix seconds."""
    kind = _KINDS.get(tags.get(ext_tags.SPAN_KIND, ""))
    if kind is not None:
        del tags[ext_tags.SPAN_KIND]
    error = tags.pop(ext_tags.ERROR, None)
    forced = priority(tags.pop(ext_tags.SAMPLING_PRIORITY, None))
    if parent is not None and not parent.has_trace and parent.debug_id:
        forced = True
        tags[tracer.debug_id_header] = parent.debug_id
    otel_span = tracer.unwrap().start_span(
        name,
        _context(parent, forced),
        kind or SpanKind.INTERNAL,
        {key: attribute(value, tracer.limits) for key, value in tags.items()},
        [Link(each.unwrap()) for each in links],
        None if start_time is None else nanoseconds(start_time),
    )
    found = otel_span.get_span_context()
    above = parent if parent is not None and parent.has_trace else None
    flags = SAMPLED_FLAG if found.trace_flags.sampled else 0
    if flags and (forced or (above is not None and (above.flags or 0) & DEBUG_FLAG)):
        flags |= DEBUG_FLAG
    context = SpanContext(
        found.trace_id,
        found.span_id,
        None if above is None else above.span_id,
        flags,
        None if parent is None else parent.baggage,
        otel=found,
    )
    span = Span(context, tracer, name, otel_span, start_time)
    if error is not None:
        span.set_tag(ext_tags.ERROR, error)
    return span


def priority(value: Any) -> bool | None:
    """What the tag `sampling.priority` asks for: above 0 yes, 0 no; None: nothing that is a number."""
    try:
        return None if value is None else int(value) > 0
    except (TypeError, ValueError):
        return None


def _context(parent: SpanContext | None, forced: bool | None) -> Context:
    context = Context()
    if parent is not None and parent.has_trace:
        context = set_span_in_context(NonRecordingSpan(parent.unwrap()), context)
    return context if forced is None else set_value(FORCED, forced, context)
