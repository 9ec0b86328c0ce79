"""The verbs as functions: each calls the method of that name of the current tracer, documented there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from typing import Any

from opentelemetry.context import Context
from opentelemetry.trace import Link, Span, SpanKind

from traceutil.causes import Causes
from traceutil.current import current_tracer
from traceutil.desired import Convergence
from traceutil.episodes import Children
from traceutil.judging import Handled
from traceutil.object_span import ObjectSpan
from traceutil.objects import KubernetesObject, WritableObject
from traceutil.relation import Relation


def start_span_from_object(
    obj: KubernetesObject,
    name: str,
    *,
    relation: Relation | None = None,
    causes: Causes | Iterable[Link] = (),
    only_if_work: bool = False,
    since: int | None = None,
    context: Context | None = None,
    kind: SpanKind = SpanKind.INTERNAL,
    attributes: Mapping[str, Any] | None = None,
) -> AbstractContextManager[Span]:
    """A span for work on `obj`, current inside: `ObjectTracer.start_span_from_object`."""
    return current_tracer().start_span_from_object(
        obj,
        name,
        relation=relation,
        causes=causes,
        only_if_work=only_if_work,
        since=since,
        context=context,
        kind=kind,
        attributes=attributes,
    )


def encode_context_into_object(
    obj: WritableObject, *, live: KubernetesObject | None = None, context: Context | None = None
) -> None:
    """Write the context into what is about to be sent: `ObjectTracer.encode_context_into_object`."""
    current_tracer().encode_context_into_object(obj, live=live, context=context)


def context_json_patch(live: KubernetesObject, *, context: Context | None = None) -> list[dict[str, Any]]:
    """The context as RFC 6902 operations: `ObjectTracer.context_json_patch`."""
    return current_tracer().context_json_patch(live, context=context)


def context_from_object(obj: KubernetesObject, context: Context | None = None) -> Context:
    """The context that work on the object continues: `ObjectTracer.context_from_object`."""
    return current_tracer().context_from_object(obj, context)


def trace_until_reached(
    obj: WritableObject,
    *,
    live: KubernetesObject | None = None,
    deadline: float | None = None,
    closer: str | None = None,
    context: Context | None = None,
) -> ObjectSpan:
    """Open the object span, before the write: `ObjectTracer.trace_until_reached`."""
    return current_tracer().trace_until_reached(
        obj, live=live, deadline=deadline, closer=closer, context=context
    )


def trace_deletion(obj: KubernetesObject) -> ObjectSpan:
    """Open the object span of a deletion that this process makes: `ObjectTracer.trace_deletion`."""
    return current_tracer().trace_deletion(obj)


def end_if_reached(
    obj: KubernetesObject,
    *,
    patch: WritableObject | None = None,
    deleted: bool = False,
    handled: Handled | None = None,
    children: Children = tuple,
) -> Convergence:
    """Close the object's span if its time has come: `ObjectTracer.end_if_reached`."""
    return current_tracer().end_if_reached(
        obj, patch=patch, deleted=deleted, handled=handled, children=children
    )


def desired_state_reached(obj: KubernetesObject) -> Convergence:
    """Whether status reports actual == desired: `ObjectTracer.desired_state_reached`."""
    return current_tracer().desired_state_reached(obj)


def object_span(obj: KubernetesObject) -> ObjectSpan:
    """The recorded object span, else the derived one: `ObjectTracer.object_span`."""
    return current_tracer().object_span(obj)


def work_done() -> None:
    """The current reconcile did work: `ObjectTracer.work_done`."""
    current_tracer().work_done()
