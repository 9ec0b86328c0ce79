"""Jaeger's query API (`/api/traces`) → SpanData: what the service answers, and what its page downloads.

The format is that of Jaeger's web page: times in Unix microseconds, a process for each resource, links as
references without attributes. What a link is there for is not told there; `relations` infers it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, cast

from traceutil import semconv
from traceutil.view.otlp import hex_id
from traceutil.view.spans import EventData, LinkData, SpanData, Status

_MICRO = 1_000
#: Tags that Jaeger makes of fields of an OTLP span.
_KIND, _STATUS, _DESCRIPTION, _ERROR = "span.kind", "otel.status_code", "otel.status_description", "error"
#: The attribute in which `/api/v3` tells warnings.
_WARNINGS = "@jaeger@warnings"
_FIELDS = frozenset(
    {_KIND, _STATUS, _DESCRIPTION, _ERROR, "internal.span.format", "otel.scope.name", "otel.scope.version"}
)


def from_answer(answer: Any) -> list[SpanData]:
    """The spans of all traces in one answer.

    Raises:
        ValueError: it is not an answer of the query API; says where it is not.
    """
    try:
        return [_span(span, trace) for trace in _traces(answer) for span in trace.get("spans") or ()]
    except (TypeError, AttributeError, KeyError, OverflowError, RecursionError) as error:
        what = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        raise ValueError(f"not an answer of Jaeger's query API: {what}") from error


def warnings(answer: Any) -> list[str]:
    """What Jaeger itself found odd: each once, in the order in which it is said.

    Raises:
        ValueError: it is not an answer of the query API.
    """
    found: list[str] = []
    for trace in _traces(answer):
        spans = trace.get("spans")
        for place in (trace, *(spans if isinstance(spans, list) else ())):
            said = place.get("warnings") if isinstance(place, dict) else None
            found += map(str, said) if isinstance(said, list) else ()
    return list(dict.fromkeys(found))


def without_warnings(span: SpanData) -> tuple[SpanData, tuple[str, ...]]:
    """A span of `/api/v3`, where Jaeger's warnings stand among the attributes; and the warnings."""
    if _WARNINGS not in span.attributes:
        return span, ()
    own = {key: value for key, value in span.attributes.items() if key != _WARNINGS}
    said = span.attributes[_WARNINGS]
    return replace(span, attributes=own), tuple(map(str, said if isinstance(said, tuple) else (said,)))


def _traces(answer: Any) -> list[Mapping[str, Any]]:
    if not isinstance(answer, dict) or "data" not in answer:
        raise ValueError("not an answer of Jaeger's query API: it has no data")
    data = answer["data"] or ()
    return [trace for trace in data if isinstance(trace, dict)] if isinstance(data, list | tuple) else []


def _span(span: Mapping[str, Any], trace: Mapping[str, Any]) -> SpanData:
    trace_id = hex_id(span["traceID"], 32, padded=True)
    tags = _tags(span.get("tags"))
    process = (trace.get("processes") or {}).get(span.get("processID")) or span.get("process") or {}
    resource = {semconv.SERVICE_NAME: str(process.get("serviceName") or ""), **_tags(process.get("tags"))}
    references = list(_references(span, trace_id))
    parent = _parent(references, trace_id)
    start = int(span.get("startTime") or 0) * _MICRO
    return SpanData(
        trace_id=trace_id,
        span_id=hex_id(span["spanID"], 16, padded=True),
        parent_id=None if parent is None else parent[1].span_id,
        name=str(span.get("operationName") or ""),
        service=str(resource[semconv.SERVICE_NAME]),
        start=start,
        end=start + max(int(span.get("duration") or 0), 0) * _MICRO,
        status=_status(tags),
        status_message=str(tags.get(_DESCRIPTION) or ""),
        kind=str(tags.get(_KIND) or "internal"),
        attributes={key: value for key, value in tags.items() if key not in _FIELDS},
        links=tuple(link for kind, link in references if parent is None or link is not parent[1]),
        events=tuple(_event(log) for log in span.get("logs") or ()),
        resource=resource,
    )


def _references(span: Mapping[str, Any], trace_id: str) -> Iterator[tuple[str, LinkData]]:
    """(type, what it names). Before there were references, a span had only its parent."""
    for each in span.get("references") or ():
        named = LinkData(hex_id(each["traceID"], 32, padded=True), hex_id(each["spanID"], 16, padded=True))
        yield str(each.get("refType") or ""), named
    if span.get("parentSpanID") and not span.get("references"):
        yield "CHILD_OF", LinkData(trace_id, hex_id(span["parentSpanID"], 16, padded=True))


def _parent(references: list[tuple[str, LinkData]], trace_id: str) -> tuple[str, LinkData] | None:
    """The first CHILD_OF within the trace, else the first FOLLOWS_FROM within it: Jaeger's own rule."""
    within = [each for each in references if each[1].trace_id == trace_id]
    for kind in ("CHILD_OF", "FOLLOWS_FROM"):
        for each in within:
            if each[0] == kind:
                return each
    return None


def _status(tags: Mapping[str, Any]) -> Status:
    code = str(tags.get(_STATUS) or "").lower()
    if code in ("ok", "error"):
        return cast(Status, code)
    return "error" if tags.get(_ERROR) in (True, "true") else "unset"


def _event(log: Mapping[str, Any]) -> EventData:
    fields = _tags(log.get("fields"))
    name = str(fields.pop("event", "") or "")
    return EventData(name, int(log.get("timestamp") or 0) * _MICRO, fields)


def _tags(tags: Any) -> dict[str, Any]:
    return {str(tag["key"]): _value(tag) for tag in tags or ()}


def _value(tag: Mapping[str, Any]) -> Any:
    """The value in its type; an array comes as its JSON in a string."""
    kind, value = tag.get("type"), tag.get("value")
    if kind == "int64":
        return int(cast(Any, value))  # a string where it is too large for a number of JavaScript
    if kind == "float64":
        return float(cast(Any, value))
    if kind == "string" and isinstance(value, str) and value.startswith("["):
        return _array(value)
    return value


def _array(value: str) -> Any:
    try:
        found = json.loads(value)
    except (ValueError, RecursionError):
        return value
    return tuple(found) if all(isinstance(each, str | bool | int | float) for each in found) else value
