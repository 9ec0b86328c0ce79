"""The `--output json` document: one per answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from traceutil.view import units
from traceutil.view.critical import critical_path
from traceutil.view.focus import focus_on
from traceutil.view.otlp import plain
from traceutil.view.relations import relations
from traceutil.view.result import Result
from traceutil.view.spans import SpanData
from traceutil.view.summary import summary
from traceutil.view.tree import Trace, build


def document(result: Result) -> dict[str, Any]:
    """The result as JSON-ready data. Times are Unix nanoseconds, `duration_seconds` a float."""
    traces = build(result.spans)
    answer: dict[str, Any] = {
        "scenario": result.scenario,
        "reached": result.reached,
        "state": result.state,
        "duration_seconds": round(result.duration_seconds, 6),
        "traces": [_trace(trace, result) for trace in traces],
        "relations": [
            {"why": each.why, "old": each.old, "new": each.new, "about": each.about}
            for each in relations(traces, result.relations)
        ],
        "orphans": sum(len(trace.orphans) for trace in traces),
        "api_requests": [
            {"verb": verb, "resource": resource, "controller": controller, "count": count}
            for (verb, resource, controller), count in sorted(result.api_requests.items())
        ],
        "notes": list(result.notes),
    }
    if result.dropped is not None:
        answer["dropped"] = result.dropped
    if result.outages:
        answer["outages"] = [
            {
                "controller": each.controller,
                "start_unix_nano": each.start,
                "end_unix_nano": each.end,
                "lost": list(each.lost),
            }
            for each in result.outages
        ]
    if result.subject is not None:
        answer["subject"] = result.subject
        answer["focus"] = _focus(traces, result)
    if result.requests_added is not None:
        answer["requests_added"] = result.requests_added
    return answer


def _focus(traces: Sequence[Trace], result: Result) -> dict[str, Any] | None:
    """What is told of the object that was asked for: its own path, not that of its trace."""
    whole = next((trace for trace in traces if result.subject in trace.nodes), None)
    if whole is None:
        return None
    focus = focus_on(whole, result.asked)
    path = critical_path(focus.trace)
    return {
        "trace_id": whole.trace_id,
        "span_id": focus.trace.main.span.span_id,
        "above": [node.span.span_id for node in focus.above],
        "start_unix_nano": focus.trace.start,
        "end_unix_nano": focus.trace.end,
        "why": " ".join(summary(focus, path)),
        "critical_path": [
            {
                "span_id": each.span.span_id,
                "start_unix_nano": each.start,
                "end_unix_nano": each.end,
                "waiting": each.waiting,
            }
            for each in path.segments
        ],
        "shares": [
            {
                "label": each.label,
                "share": round(each.share, 4),
                "duration_seconds": round(each.duration / units.SECOND, 6),
                "waiting": each.waiting,
            }
            for each in path.shares
        ],
    }


def _trace(trace: Trace, result: Result) -> dict[str, Any]:
    nodes = [node for root in trace.roots for node in root.walk()]
    answer: dict[str, Any] = {
        "trace_id": trace.trace_id,
        "root": trace.main.span.span_id,
        "spans": [_span(node.span) for node in nodes],
    }
    if result.jaeger:
        answer["url"] = result.url(trace.trace_id)
    return answer


def _span(span: SpanData) -> dict[str, Any]:
    return {
        "span_id": span.span_id,
        "parent_id": span.parent_id,
        "name": span.name,
        "service": span.service,
        "start_unix_nano": span.start,
        "end_unix_nano": span.end,
        "status": span.status,
        "attributes": plain(span.attributes),
        "links": [
            {"trace_id": link.trace_id, "span_id": link.span_id, "attributes": plain(link.attributes)}
            for link in span.links
        ],
    }
