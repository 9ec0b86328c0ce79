"""W3C Trace Context in annotations: `tracing.k8s.io/traceparent` and `…/tracestate` (KEP-5915).

Read and written at every reconcile, so the parse is by slices; the grammar is that of
https://www.w3.org/TR/trace-context-2/#traceparent-header.
"""

from __future__ import annotations

from binascii import unhexlify
from collections.abc import Mapping, MutableMapping
from struct import Struct
from struct import error as StructError
from typing import Any

from opentelemetry.trace import SpanContext, TraceFlags, TraceState

from .base import Malformed

PREFIX = "tracing.k8s.io/"

_LENGTH = 55
_MAX_LENGTH = 512
_MAX_TRACESTATE = 8_192
_FLAGS = {f"{bits:02x}": TraceFlags(bits) for bits in range(256)}
_NO_STATE = TraceState()
_three_words = Struct(">QQQ").unpack


def parse_traceparent(value: str, state: TraceState = _NO_STATE) -> SpanContext:
    """The remote span context that a `traceparent` names, its flags (8 bits) as they stand.

    Version 00 must match exactly. Of a later version the fields of version 00 are used and whatever
    follows a further dash is ignored (W3C Trace Context 2, "Versioning of traceparent").

    Raises:
        Malformed: anything else, including version ff, ids of zeros, and upper case.
    """
    if not isinstance(value, str):
        raise Malformed(f"traceparent: {type(value).__name__} instead of a string")
    if len(value) != _LENGTH:
        value = _as_version_00(value)
    try:
        version, trace_digits, span_digits, bits = value.split("-")
        flags = _FLAGS[bits]
        digits = trace_digits + span_digits
        high, low, span_id = _three_words(unhexlify(digits))
    except (ValueError, KeyError, StructError):
        raise Malformed("traceparent: not version-traceid-spanid-flags in lower-case hex") from None
    if version != "00":
        return parse_traceparent(_as_version_00(value), state)
    if len(span_digits) != 16 or digits.lower() != digits:
        raise Malformed("traceparent: a field has the wrong length or upper-case digits")
    trace_id = high << 64 | low
    if not trace_id or not span_id:
        raise Malformed("traceparent: an id is all zeros")
    return SpanContext(trace_id, span_id, True, flags, state)


def _as_version_00(value: str) -> str:
    version = value[:2]
    if not _LENGTH <= len(value) <= _MAX_LENGTH or version not in _FLAGS:
        raise Malformed(f"traceparent: {len(value)} characters, or no version")
    if version in {"00", "ff"}:
        raise Malformed(f"traceparent: version {version} of {len(value)} characters")
    if len(value) > _LENGTH and value[_LENGTH] != "-":
        raise Malformed("traceparent: no dash after the flags")
    return "00" + value[2:_LENGTH]


def format_traceparent(context: SpanContext) -> str:
    """The `traceparent` (version 00) of a valid span context; all eight flag bits are kept."""
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"


def parse_tracestate(value: Any) -> TraceState:
    """The trace state of a header; empty where it breaks the grammar: it never invalidates a context."""
    if not isinstance(value, str) or not value or len(value) > _MAX_TRACESTATE:
        return _NO_STATE
    return TraceState.from_header([value])


class TraceparentCarrier:
    """A `traceparent` under one key and, where the dialect has one, a `tracestate` under another."""

    status_keys: tuple[str, ...] = ()

    def __init__(self, name: str, traceparent: str, tracestate: str | None = None) -> None:
        self.name = name
        self.keys: tuple[str, ...] = (traceparent,) if tracestate is None else (traceparent, tracestate)
        self._traceparent = traceparent
        self._tracestate = tracestate

    def __repr__(self) -> str:
        return f"<carrier {self.name}: {', '.join(self.keys)}>"

    def read(self, annotations: Mapping[str, Any], _status: Mapping[str, Any], /) -> SpanContext | None:
        """See `Carrier.read`. A tracestate alone is no context; a bad one is dropped."""
        value = annotations.get(self._traceparent)
        if not value:
            return None
        if self._tracestate is not None and (state := annotations.get(self._tracestate)):
            return parse_traceparent(value, parse_tracestate(state))
        return parse_traceparent(value)

    def write(self, context: SpanContext, annotations: MutableMapping[str, str]) -> None:
        """See `Carrier.write`. A tracestate that belonged to another context is removed."""
        annotations[self._traceparent] = format_traceparent(context)
        if self._tracestate is None:
            return
        if context.trace_state:
            annotations[self._tracestate] = context.trace_state.to_header()
        elif self._tracestate in annotations:
            del annotations[self._tracestate]


class W3C(TraceparentCarrier):
    """KEP-5915's dialect under any prefix; an empty prefix gives the bare header names."""

    def __init__(self, prefix: str = PREFIX, name: str = "w3c") -> None:
        super().__init__(name, prefix + "traceparent", prefix + "tracestate")


CARRIER = W3C()
