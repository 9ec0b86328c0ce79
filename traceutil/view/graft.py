"""A deletion's derived trace, put where it belongs: under the deletion's object span, in the deleter's trace.

A DELETE carries no context, so whoever else works on the terminating object works in a trace that everybody
derives alike (docs/spec.md 7). Its root has the span id of the deleter's own object span, which is never a
root; each links the other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from traceutil import semconv
from traceutil.view.spans import SpanData


def grafted(spans: Iterable[SpanData]) -> list[SpanData]:
    """The same spans; those of derived traces whose deleter's span is there have moved into its trace."""
    all_spans = list(spans)
    hosts = {
        link.trace_id: span.trace_id
        for span in all_spans
        if span.attributes.get(semconv.CHANGE) == "deletion" and span.parent_id is not None
        for link in span.links
        if link.span_id == span.span_id and link.trace_id != span.trace_id
    }
    roots = {(span.trace_id, span.span_id) for span in all_spans if span.trace_id not in hosts}
    moved = []
    for span in all_spans:
        host = hosts.get(span.trace_id)
        if host is None or host in hosts:
            moved.append(span)
        elif (host, span.span_id) not in roots:  # else the derived root, for which the deleter's stands
            links = tuple(link for link in span.links if link.trace_id != host)
            moved.append(replace(span, trace_id=host, links=links))
    return moved
