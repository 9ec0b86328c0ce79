"""SpanData ↔ OTLP JSON lines, the format of the Collector's file exporter.

One ExportTraceServiceRequest per line, in the JSON mapping of opentelemetry-proto 1.x
(`docs/specification.md`, "JSON Protobuf Encoding"): camelCase keys, ids in hex, 64-bit
integers as strings, enums as numbers.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

from traceutil import semconv
from traceutil.view.spans import EventData, LinkData, SpanData, Status

_KINDS = ("unspecified", "internal", "server", "client", "producer", "consumer")
_STATUS: tuple[Status, ...] = ("unset", "ok", "error")
#: Spans of one line, so that a line stays small enough to hold in memory and to look at.
_BATCH = 500
_SCOPE = "traceutil"
#: What reading a document of another shape raises.
_MALFORMED = (ValueError, TypeError, AttributeError, KeyError, OverflowError, RecursionError)


def to_lines(spans: Iterable[SpanData]) -> Iterator[str]:
    """Spans as lines, without their line ends; those of one resource share a line."""
    groups: dict[str, list[SpanData]] = {}
    for span in spans:
        resource = {semconv.SERVICE_NAME: span.service, **span.resource}
        groups.setdefault(json.dumps(_attributes(resource)), []).append(span)
    for resource_json, members in groups.items():
        for index in range(0, len(members), _BATCH):
            batch = [_span(s) for s in members[index : index + _BATCH]]
            scope = {"scope": {"name": _SCOPE}, "spans": batch}
            resource_spans = {"resource": {"attributes": json.loads(resource_json)}, "scopeSpans": [scope]}
            yield json.dumps({"resourceSpans": [resource_spans]}, separators=(",", ":"), ensure_ascii=False)


def from_lines(lines: Iterable[str]) -> Iterator[SpanData]:
    """Spans from lines; empty ones are skipped. Raises ValueError, naming the line that is not OTLP JSON."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield from _request(json.loads(line))
        except _MALFORMED as error:
            raise ValueError(f"line {number} is not an OTLP JSON trace export: {_what(error)}") from error


def from_request(request: Any) -> list[SpanData]:
    """Spans from one request that is parsed already. Raises ValueError where it is none."""
    try:
        return list(_request(request))
    except _MALFORMED as error:
        raise ValueError(f"not an OTLP JSON trace export: {_what(error)}") from error


def _what(error: Exception) -> str:
    return f"{type(error).__name__}: {error}" if isinstance(error, KeyError) else str(error)


def plain(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Attributes as JSON-ready values: sequences as lists, anything unknown as text."""
    return {key: _plain(value) for key, value in attributes.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    return value if isinstance(value, str | bool | int | float) or value is None else str(value)


def _span(span: SpanData) -> dict[str, Any]:
    encoded: dict[str, Any] = {
        "traceId": span.trace_id,
        "spanId": span.span_id,
        "parentSpanId": span.parent_id or "",
        "name": span.name,
        "kind": _KINDS.index(span.kind) if span.kind in _KINDS else 0,
        "startTimeUnixNano": str(span.start),
        "endTimeUnixNano": str(span.end),
        "attributes": _attributes(span.attributes),
        "events": [
            {"timeUnixNano": str(e.time), "name": e.name, "attributes": _attributes(e.attributes)}
            for e in span.events
        ],
        "links": [
            {"traceId": k.trace_id, "spanId": k.span_id, "attributes": _attributes(k.attributes)}
            for k in span.links
        ],
        "status": {"code": _STATUS.index(span.status)},
    }
    if span.status_message:
        encoded["status"]["message"] = span.status_message
    return encoded


def _attributes(attributes: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"key": key, "value": _value(value)} for key, value in attributes.items() if value is not None]


def _value(value: Any) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, float):
        return {"doubleValue": value}
    if isinstance(value, list | tuple):
        return {"arrayValue": {"values": [_value(v) for v in value]}}
    return {"stringValue": str(value)}


def _request(request: Any) -> Iterator[SpanData]:
    if not isinstance(request, dict) or "resourceSpans" not in request:
        raise ValueError("it has no resourceSpans")
    for resource_spans in request["resourceSpans"]:
        resource = _parsed((resource_spans.get("resource") or {}).get("attributes"))
        for scope_spans in resource_spans.get("scopeSpans") or ():
            for span in scope_spans.get("spans") or ():
                yield _parsed_span(span, resource)


def _parsed_span(span: Mapping[str, Any], resource: dict[str, Any]) -> SpanData:
    status = span.get("status") or {}
    start = int(span.get("startTimeUnixNano") or 0)
    return SpanData(
        trace_id=hex_id(span["traceId"], 32),
        span_id=hex_id(span["spanId"], 16),
        parent_id=hex_id(span["parentSpanId"], 16) if span.get("parentSpanId") else None,
        name=str(span.get("name") or ""),
        service=str(resource.get(semconv.SERVICE_NAME, "")),
        start=start,
        end=max(int(span.get("endTimeUnixNano") or 0), start),
        status=cast(Status, _enum(status.get("code"), _STATUS, "STATUS_CODE_")),
        status_message=str(status.get("message") or ""),
        kind=_enum(span.get("kind"), _KINDS, "SPAN_KIND_"),
        attributes=_parsed(span.get("attributes")),
        links=tuple(
            LinkData(hex_id(k["traceId"], 32), hex_id(k["spanId"], 16), _parsed(k.get("attributes")))
            for k in span.get("links") or ()
        ),
        events=tuple(
            EventData(str(e.get("name") or ""), int(e.get("timeUnixNano") or 0), _parsed(e.get("attributes")))
            for e in span.get("events") or ()
        ),
        resource=resource,
    )


def hex_id(value: Any, digits: int, *, padded: bool = False) -> str:
    """An id in lower-case hex; `padded`: zeros in front may be missing.

    Raises:
        ValueError: it is no such id.
    """
    text = str(value).lower()
    if padded and text:
        text = text.zfill(digits)
    if len(text) != digits or set(text) - set("0123456789abcdef"):
        raise ValueError(f"{value!r} is not an id of {digits} hex digits")
    return text


def _enum(value: Any, names: tuple[str, ...], prefix: str) -> str:
    """An enum as number (the specification) or as name (older exporters); unknown ones are the first."""
    if isinstance(value, int) and 0 <= value < len(names):
        return names[value]
    name = str(value).removeprefix(prefix).lower()
    return name if name in names else names[0]


def _parsed(attributes: Any) -> dict[str, Any]:
    return {str(a["key"]): _any_value(a.get("value") or {}) for a in attributes or ()}


def _any_value(value: Mapping[str, Any]) -> Any:
    if "intValue" in value:
        return int(value["intValue"])
    if "doubleValue" in value:
        return float(value["doubleValue"])
    if "arrayValue" in value:
        return tuple(_any_value(v) for v in (value["arrayValue"] or {}).get("values") or ())
    if "kvlistValue" in value:
        return _parsed((value["kvlistValue"] or {}).get("values"))
    return next((value[key] for key in ("stringValue", "boolValue", "bytesValue") if key in value), "")
