"""What a page is given to draw: the rows of each trace, parents first, as JSON-ready data.

Times are nanoseconds from the start of their trace: JavaScript's numbers do not hold Unix nanoseconds.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from traceutil.view import headline, labels, units
from traceutil.view.critical import CriticalPath, critical_path
from traceutil.view.focus import Focus, focus_on
from traceutil.view.fold import rows, unfold
from traceutil.view.otlp import plain
from traceutil.view.result import Result
from traceutil.view.rows import Row
from traceutil.view.spans import SpanData
from traceutil.view.summary import summary
from traceutil.view.tree import Trace, build

#: Stages and waits that stand alone above the drawing; what is shorter is summed up.
SHARES = 6
#: JavaScript's largest safe integer.
_SAFE = 2**53 - 1
#: What is invisible, or turns text around: all but tab and line feed.
_INVISIBLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


def page_data(result: Result) -> dict[str, Any]:
    """The whole answer; nothing in it depends on when, where or in which order it was made."""
    traces = build(result.spans)
    services = headline.services(traces)
    foci = [focus_on(trace, result.asked) for trace in traces]
    return {
        "subject": result.subject,
        "services": [visible(service) for service in services],
        "traces": [
            {
                "relations": list(
                    headline.relations(trace, traces[:index], traces[index + 1 :], result.relations)
                ),
                **_trace(foci[index], services, result),
            }
            for index, trace in enumerate(traces)
        ],
    }


def visible(text: str) -> str:
    """Text in which control and direction characters are spelled out: nothing steers the reader's eye."""
    return _INVISIBLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


class _Resources:
    """The resources of a trace: few, each shared by many spans, so that spans name them by number."""

    def __init__(self) -> None:
        self.table: list[dict[str, Any]] = []
        self._numbers: dict[str, int] = {}

    def number(self, span: SpanData) -> int:
        """Its number in the table."""
        resource = _values(span.resource)
        key = repr(resource)
        if key not in self._numbers:
            self._numbers[key] = len(self.table)
            self.table.append(resource)
        return self._numbers[key]


def _trace(focus: Focus, services: Sequence[str], result: Result) -> dict[str, Any]:
    trace, path = focus.whole, critical_path(focus.trace)
    resources = _Resources()
    drawn = list(_rows(trace, path, services, resources, trace.above(result.asked)))
    return {
        "id": trace.trace_id,
        "url": result.url(trace.trace_id) if result.jaeger else None,
        "title": headline.title(focus.trace),
        "why": units.unbroken(" ".join(summary(focus, path))),
        "start": str(trace.start),
        "length": trace.end - trace.start,
        "focus": _offsets([(focus.trace.start, focus.trace.end)], trace.start)[0] if focus.narrowed else None,
        "shares": _shares(path, services),
        "resources": resources.table,
        "rows": drawn,
    }


def _shares(path: CriticalPath, services: Sequence[str]) -> list[dict[str, Any]]:
    """What the critical path consists of, the largest first."""
    shown = [
        {
            "label": labels.clean(share.label),
            "share": round(share.share, 4),
            "took": units.duration(share.duration),
            "waiting": share.waiting is not None,
            "service": services.index(share.spans[0].service),
            "span": max(share.spans, key=lambda s: s.duration).span_id,
        }
        for share in path.shares[:SHARES]
    ]
    rest = path.shares[SHARES:]
    if rest:
        took = units.duration(sum(s.duration for s in rest))
        more = {"label": f"{len(rest)} more", "share": round(sum(s.share for s in rest), 4), "took": took}
        shown.append(more)
    return shown


def _rows(
    trace: Trace,
    path: CriticalPath,
    services: Sequence[str],
    resources: _Resources,
    kept: frozenset[str],
) -> Iterator[dict[str, Any]]:
    """Rows as the terminal draws them, then what it folds; depth is bounded only by the input."""
    start = trace.start
    on_path = _segments(path, start)
    spans: list[str] = []
    known = {service: index for index, service in enumerate(services)}
    stack = [(row, -1) for row in reversed(rows(trace.roots, path.span_ids, kept=kept))]
    while stack:
        row, parent = stack.pop()
        below = row.below or unfold(row, path.span_ids)
        drawn = _row(row, start, known)
        if row.below:
            drawn["open"] = True
        span_id = ""
        if row.shape == "wait":
            drawn["path"] = on_path.get((spans[parent], True), [])
        elif len(row.nodes) == 1:
            span = row.nodes[0].span
            span_id = span.span_id
            drawn["path"] = on_path.get((span_id, False), [])
            drawn["span"] = {**_span(span, start), "resource": resources.number(span)}
        yield {
            "parent": parent,
            **{key: value for key, value in drawn.items() if value not in ([], None, "")},
        }
        stack.extend((each, len(spans)) for each in reversed(below))
        spans.append(span_id)


def _segments(path: CriticalPath, start: int) -> dict[tuple[str, bool], list[list[int]]]:
    """The stretches of the path by span, apart from them its wait for readiness: `[from, to, waited]`."""
    found: dict[tuple[str, bool], list[list[int]]] = {}
    for each in path.segments:
        stretch = [each.start - start, each.end - start, int(each.waiting is not None)]
        found.setdefault((each.span.span_id, each.waiting == "readiness"), []).append(stretch)
    return found


def _row(row: Row, start: int, services: Mapping[str, int]) -> dict[str, Any]:
    took = None if row.took is None else f"{'≤ ' if row.at_most else ''}{units.duration(row.took)}"
    return {
        "label": row.label,
        "shape": row.shape,
        "service": services[row.service],
        "critical": row.critical or None,
        "intervals": _offsets(row.intervals, start),
        "waits": _offsets(row.waits, start),
        "waited": units.duration(row.waited) if row.waited else None,
        "took": took,
        "failures": [end - start for end in row.failures],
        "note": next(iter(row.notes), None),
        "folded": len(row.nodes) if len(row.nodes) > 1 else None,
    }


def _offsets(intervals: Iterable[tuple[int, int]], start: int) -> list[list[int]]:
    return [[first - start, last - start] for first, last in intervals]


def _span(span: SpanData, start: int) -> dict[str, Any]:
    """What the panel shows; empty parts are left out."""
    whole = {
        "id": span.span_id,
        "parent": span.parent_id,
        "name": visible(span.name),
        "kind": span.kind if span.kind != "internal" else None,
        "status": span.status if span.status != "unset" else None,
        "message": visible(span.status_message),
        "attributes": _values(span.attributes),
        "events": [
            {"name": visible(e.name), "at": e.time - start, "attributes": _values(e.attributes)}
            for e in span.events
        ],
        "links": [
            {"trace": k.trace_id, "span": k.span_id, "attributes": _values(k.attributes)} for k in span.links
        ],
    }
    return {key: value for key, value in whole.items() if value not in (None, "", [], {})}


def _values(attributes: Mapping[str, Any]) -> dict[str, Any]:
    return {visible(str(key)): _value(value) for key, value in sorted(plain(attributes).items())}


def _value(value: Any) -> Any:
    """What JSON and JavaScript hold as it is; the rest as text."""
    if isinstance(value, list):
        return [_value(each) for each in value]
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > _SAFE:
        return str(value)
    return value
