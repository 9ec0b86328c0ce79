"""KEP-0034: `trace.kubernetes.io/context`, base64 of OpenCensus' binary span context.

https://github.com/census-instrumentation/opencensus-specs/blob/master/encodings/BinaryEncoding.md:
a version byte 0, then fields in ascending order, each an id byte and its bytes: 0 trace id (16),
1 span id (8), 2 options (1). Parsing stops at the first field that is not known.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping, MutableMapping
from typing import Any

from opentelemetry.trace import SpanContext, TraceFlags

from .base import Malformed, text

KEY = "trace.kubernetes.io/context"

_FIELD_SIZES = {0: 16, 1: 8, 2: 1}
_MAX_LENGTH = 1024


class OpenCensus:
    """KEP-0034's dialect; the options byte is taken as the trace flags."""

    name = "opencensus"
    keys: tuple[str, ...] = (KEY,)
    status_keys: tuple[str, ...] = ()

    def read(self, annotations: Mapping[str, Any], _status: Mapping[str, Any], /) -> SpanContext | None:
        """See `Carrier.read`."""
        value = text(annotations, KEY)
        return None if value is None else parse_binary(_from_base64(value))

    def write(self, context: SpanContext, annotations: MutableMapping[str, str]) -> None:
        """See `Carrier.write`."""
        annotations[KEY] = b64encode(format_binary(context)).decode("ascii")


def parse_binary(data: bytes) -> SpanContext:
    """The remote span context in OpenCensus' binary encoding.

    Raises:
        Malformed: another version, a field cut short, or an id missing or all zeros.
    """
    if not data or data[0] != 0:
        raise Malformed("opencensus: not version 0")
    fields = {0: 0, 1: 0, 2: 0}
    position = 1
    while position < len(data) and (size := _FIELD_SIZES.get(data[position])):
        content = data[position + 1 : position + 1 + size]
        if len(content) != size:
            raise Malformed("opencensus: a field is cut short")
        fields[data[position]] = int.from_bytes(content, "big")
        position += 1 + size
    context = SpanContext(fields[0], fields[1], True, TraceFlags(fields[2]))
    if not context.is_valid:
        raise Malformed("opencensus: an id is missing or all zeros")
    return context


def format_binary(context: SpanContext) -> bytes:
    """29 bytes: version, trace id, span id, options."""
    trace_id, span_id = context.trace_id.to_bytes(16, "big"), context.span_id.to_bytes(8, "big")
    return b"\x00\x00" + trace_id + b"\x01" + span_id + b"\x02" + bytes([context.trace_flags & 0xFF])


def _from_base64(value: str) -> bytes:
    if len(value) > _MAX_LENGTH:
        raise Malformed(f"opencensus: {len(value)} characters")
    try:
        return b64decode(value, validate=True)
    except ValueError:
        raise Malformed("opencensus: not base64") from None


CARRIER = OpenCensus()
