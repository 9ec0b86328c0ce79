"""How a context is spelled in a carrier: Jaeger's own headers, B3, W3C, or several of them."""

from __future__ import annotations

import urllib.parse
from collections.abc import Mapping, MutableMapping
from string import hexdigits
from typing import Any, Protocol

from opentelemetry import baggage as otel_baggage
from opentelemetry.baggage.propagation import W3CBaggagePropagator
from opentracing import InvalidCarrierException, SpanContextCorruptedException

from traceutil.carriers.base import Malformed
from traceutil.carriers.w3c import format_traceparent, parse_traceparent, parse_tracestate
from traceutil.jaeger_compat.constants import (
    BAGGAGE_HEADER_KEY,
    BAGGAGE_HEADER_PREFIX,
    DEBUG_FLAG,
    DEBUG_ID_HEADER_KEY,
    SAMPLED_FLAG,
    TRACE_ID_HEADER,
)
from traceutil.jaeger_compat.span_context import SpanContext


class Codec(Protocol):
    """One spelling."""

    def inject(self, span_context: SpanContext, carrier: Any) -> None:
        """Write the context into a mutable mapping.

        Raises:
            InvalidCarrierException: `carrier` is none.
        """

    def extract(self, carrier: Any) -> SpanContext | None:
        """The context in a mapping; None where there is none.

        Raises:
            InvalidCarrierException: `carrier` is no mapping.
            SpanContextCorruptedException: what is there is malformed.
        """


class TextCodec:
    """`uber-trace-id`, `uberctx-…` and the two headers for requests made by hand, by any names.

    Args:
        url_encoding: for HTTP headers: values are percent-encoded.
    """

    def __init__(
        self,
        url_encoding: bool = False,
        trace_id_header: str = TRACE_ID_HEADER,
        baggage_header_prefix: str = BAGGAGE_HEADER_PREFIX,
        debug_id_header: str = DEBUG_ID_HEADER_KEY,
        baggage_header: str = BAGGAGE_HEADER_KEY,
    ) -> None:
        self._url_encoding = url_encoding
        self._trace_id_header = _header(trace_id_header)
        self._prefix = _header(baggage_header_prefix)
        self._debug_id_header = _header(debug_id_header)
        self._baggage_header = baggage_header

    def inject(self, span_context: SpanContext, carrier: Any) -> None:
        writable = _writable(carrier)
        writable[self._trace_id_header] = format_uber_trace_id(span_context)
        for key, value in span_context.baggage.items():
            writable[f"{self._prefix}{key}"] = urllib.parse.quote(value) if self._url_encoding else value

    def extract(self, carrier: Any) -> SpanContext | None:
        ids: tuple[int, int, int, int] | None = None
        items: dict[str, str] = {}
        debug_id: str | None = None
        for name, value in _lowered(carrier).items():
            if self._url_encoding and isinstance(value, str):
                value = urllib.parse.unquote(value)
            if name == self._trace_id_header:
                ids = parse_uber_trace_id(value)
            elif name.startswith(self._prefix):
                items[name.removeprefix(self._prefix)] = value
            elif name == self._debug_id_header:
                debug_id = value
            elif name == self._baggage_header:
                items |= _pairs(value)
        if ids is not None:
            return SpanContext(*ids, items, debug_id)
        if not items and not debug_id:
            return None
        return SpanContext(None, None, None, None, items, debug_id)


class B3Codec:
    """Zipkin's `X-B3-…` headers (github.com/openzipkin/b3-propagation). They carry no baggage."""

    def inject(self, span_context: SpanContext, carrier: Any) -> None:
        writable = _writable(carrier)
        writable["X-B3-TraceId"] = f"{span_context.trace_id or 0:016x}"
        writable["X-B3-SpanId"] = f"{span_context.span_id or 0:016x}"
        if span_context.parent_id is not None:
            writable["X-B3-ParentSpanId"] = f"{span_context.parent_id:016x}"
        flags = span_context.flags or 0
        if flags & DEBUG_FLAG:
            writable["X-B3-Flags"] = "1"
        elif flags & SAMPLED_FLAG:
            writable["X-B3-Sampled"] = "1"

    def extract(self, carrier: Any) -> SpanContext | None:
        headers = _lowered(carrier)
        if "x-b3-traceid" not in headers:
            return None
        parent = headers.get("x-b3-parentspanid")
        flags = SAMPLED_FLAG if headers.get("x-b3-sampled") == "1" else 0
        if headers.get("x-b3-flags") == "1":
            flags |= DEBUG_FLAG
        trace_id, span_id = _hex(headers["x-b3-traceid"], 32), _hex(headers.get("x-b3-spanid"), 16)
        return SpanContext(trace_id, span_id, _hex(parent, 16) if parent else None, flags)


class W3CCodec:
    """`traceparent`, `tracestate` and `baggage` (W3C Trace Context, W3C Baggage)."""

    def __init__(self) -> None:
        self._baggage = W3CBaggagePropagator()

    def inject(self, span_context: SpanContext, carrier: Any) -> None:
        writable, context = _writable(carrier), span_context.unwrap()
        writable["traceparent"] = format_traceparent(context)
        if context.trace_state:
            writable["tracestate"] = context.trace_state.to_header()
        items = None
        for key, value in span_context.baggage.items():
            items = otel_baggage.set_baggage(key, value, items)
        if items is not None:
            self._baggage.inject(writable, items)

    def extract(self, carrier: Any) -> SpanContext | None:
        headers = _lowered(carrier)
        if "traceparent" not in headers:
            return None
        try:
            found = parse_traceparent(headers["traceparent"], parse_tracestate(headers.get("tracestate")))
        except Malformed as error:
            raise SpanContextCorruptedException(str(error)) from error
        items = otel_baggage.get_all(self._baggage.extract(headers))
        known = {key: str(value) for key, value in items.items()}
        return SpanContext.of(found, known)


class CompositeCodec:
    """Writes all, reads the first that is there."""

    def __init__(self, *codecs: Codec) -> None:
        self._codecs = codecs

    def inject(self, span_context: SpanContext, carrier: Any) -> None:
        for codec in self._codecs:
            codec.inject(span_context, carrier)

    def extract(self, carrier: Any) -> SpanContext | None:
        found = [context for codec in self._codecs if (context := codec.extract(carrier)) is not None]
        return next((each for each in found if each.has_trace), found[0] if found else None)


def format_uber_trace_id(context: SpanContext) -> str:
    """`trace:span:parent:flags` in hex without leading zeros, as jaeger_client writes it."""
    numbers = (context.trace_id, context.span_id, context.parent_id, context.flags)
    return ":".join(f"{number or 0:x}" for number in numbers)


def parse_uber_trace_id(value: Any) -> tuple[int, int, int, int]:
    """(trace id, span id, parent id, flags) of a header's value, or of a list with one.

    Raises:
        SpanContextCorruptedException: not four fields of hex, an id of zeros, or one that is too long.
    """
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    fields = value.split(":") if isinstance(value, str) else []
    if len(fields) != 4:
        raise SpanContextCorruptedException(f"malformed trace context {value!r}: not four fields")
    trace_id, span_id, parent_id = _hex(fields[0], 32), _hex(fields[1], 16), _hex(fields[2], 16)
    if not trace_id or not span_id:
        raise SpanContextCorruptedException(f"malformed trace context {value!r}: an id is zero")
    return trace_id, span_id, parent_id, _hex(fields[3], 2)


def _hex(text: Any, digits: int) -> int:
    if not isinstance(text, str) or not 0 < len(text) <= digits or text.strip(hexdigits):
        raise SpanContextCorruptedException(
            f"malformed trace context: {text!r} is not 1 to {digits} hex digits"
        )
    return int(text, 16)


def _header(name: str) -> str:
    return name.lower().replace("_", "-")


def _pairs(value: str) -> dict[str, str]:
    found = (part.strip().split("=") for part in value.split(","))
    return {pair[0]: pair[1] for pair in found if len(pair) == 2}


def _lowered(carrier: Any) -> dict[str, Any]:
    if not isinstance(carrier, Mapping) and not hasattr(carrier, "items"):
        raise InvalidCarrierException("the carrier is no mapping")
    return {str(key).lower(): value for key, value in carrier.items()}


def _writable(carrier: Any) -> MutableMapping[str, str]:
    if not isinstance(carrier, MutableMapping):
        raise InvalidCarrierException("the carrier is no mutable mapping")
    return carrier
