"""What arrived at a collector, as text to assert on."""

from __future__ import annotations

from typing import Any

from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from tests.unit.core.receivers import Received


def tree(received: Received) -> str:
    """All spans by parent: name, what it was about, how it went. Roots by object, siblings by start."""
    spans = sorted(received.spans, key=lambda span: span.start_time_unix_nano)
    ids = {span.span_id for span in spans}
    roots = sorted((span for span in spans if span.parent_span_id not in ids), key=_object)
    return "\n".join(line for root in roots for line in _lines(root, spans, 0, bool(root.parent_span_id)))


def _lines(span: Span, spans: list[Span], depth: int, orphan: bool = False) -> list[str]:
    lines = [f"{'  ' * depth}{_told(span)}{' (orphan)' if orphan else ''}"]
    for child in spans:
        if child.parent_span_id == span.span_id:
            lines += _lines(child, spans, depth + 1)
    return lines


def _object(span: Span) -> str:
    return str(attributes(span).get("traceutil.object.name"))


def _told(span: Span) -> str:
    said = attributes(span)
    if said.get("traceutil.span.type") == "object":
        return f"{span.name} {said['traceutil.object.name']}: {said['traceutil.reason']}"
    words = [span.name]
    if said.get("traceutil.cause"):
        words.append(f"[{said['traceutil.cause']}]")
    if said.get("traceutil.attempt", 1) > 1:
        words.append(f"#{said['traceutil.attempt']}")
    if "traceutil.outcome" in said:
        words.append(said["traceutil.outcome"])
    if span.status.code == Status.StatusCode.STATUS_CODE_ERROR:
        words.append(f"failed: {span.status.message}")
    return " ".join(words)


def attributes(span: Span) -> dict[str, Any]:
    """The span's attributes as Python values."""
    return {each.key: getattr(each.value, each.value.WhichOneof("value")) for each in span.attributes}


def named(received: Received, name: str) -> list[Span]:
    return [span for span in received.spans if span.name == name]


def object_spans(received: Received) -> list[Span]:
    return [span for span in received.spans if attributes(span).get("traceutil.span.type") == "object"]
