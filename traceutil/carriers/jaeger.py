"""Jaeger clients: `uber-trace-id` = trace:span:parent:flags.

https://www.jaegertracing.io/docs/1.76/client-libraries/#tracespan-identity: hex without leading zeros,
trace ids of 64 or 128 bits, the parent's id deprecated, flags one byte (1 sampled, 2 debug), possibly
url-encoded as in HTTP headers.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from string import hexdigits
from typing import Any

from opentelemetry.trace import SpanContext, TraceFlags

from .base import Malformed, text

KEY = "uber-trace-id"

_SAMPLED = 0x01
_DEBUG = 0x02
_MAX_LENGTH = 128


class Jaeger:
    """Reads short and long ids; writes both zero-padded, and no parent."""

    name = "jaeger"
    keys: tuple[str, ...] = (KEY,)
    status_keys: tuple[str, ...] = ()

    def read(self, annotations: Mapping[str, Any], _status: Mapping[str, Any], /) -> SpanContext | None:
        """See `Carrier.read`. Jaeger's debug flag implies sampled; other bits mean nothing to W3C."""
        value = text(annotations, KEY)
        return None if value is None else parse_uber_trace_id(value)

    def write(self, context: SpanContext, annotations: MutableMapping[str, str]) -> None:
        """See `Carrier.write`."""
        annotations[KEY] = format_uber_trace_id(context)


def parse_uber_trace_id(value: str) -> SpanContext:
    """The remote span context in a value of `uber-trace-id`.

    Raises:
        Malformed: not four fields of hex, an id too long, or all zeros.
    """
    if len(value) > _MAX_LENGTH:
        raise Malformed(f"{KEY}: {len(value)} characters")
    fields = value.replace("%3A", ":").replace("%3a", ":").split(":")
    if len(fields) != 4:
        raise Malformed(f"{KEY}: {len(fields)} fields instead of four")
    trace_id, span_id, flags = _hex(fields[0], 32), _hex(fields[1], 16), _hex(fields[3], 2)
    if not trace_id or not span_id:
        raise Malformed(f"{KEY}: an id is all zeros")
    sampled = TraceFlags(_SAMPLED if flags & (_SAMPLED | _DEBUG) else 0)
    return SpanContext(trace_id, span_id, True, sampled)


def format_uber_trace_id(context: SpanContext) -> str:
    """The value of `uber-trace-id`; of the flags only "sampled" has a meaning there."""
    return f"{context.trace_id:032x}:{context.span_id:016x}:0:{context.trace_flags & _SAMPLED:x}"


def _hex(field: str, digits: int) -> int:
    if not 0 < len(field) <= digits or field.strip(hexdigits):
        raise Malformed(f"{KEY}: a field is not hex of at most {digits} digits")
    return int(field, 16)


CARRIER = Jaeger()
