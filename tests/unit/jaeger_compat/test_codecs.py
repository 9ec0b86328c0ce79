"""How a context is spelled: vectors of `uber-trace-id`, baggage, B3 and W3C."""

from __future__ import annotations

from typing import Any

import pytest
from opentracing import (
    Format,
    InvalidCarrierException,
    SpanContextCorruptedException,
    UnsupportedFormatException,
)

from tests.unit.jaeger_compat.tracers import Kept
from traceutil.jaeger_compat import SpanContext
from traceutil.jaeger_compat.codecs import B3Codec, CompositeCodec, TextCodec, W3CCodec

LONG = 0x4BF92F3577B34DA6A3CE929D0E0E4736


def told(context: SpanContext | None) -> tuple[Any, ...] | None:
    return context and (context.trace_id, context.span_id, context.parent_id, context.flags, context.baggage)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("abc:1:0:1", (0xABC, 1, None, 1, {}), id="short ids, sampled"),
        pytest.param("abc:1:2:0", (0xABC, 1, 2, 0, {}), id="with a parent, not sampled"),
        pytest.param(f"{LONG:x}:f067aa0ba902b7:0:1", (LONG, 0xF067AA0BA902B7, None, 1, {}), id="128 bits"),
        pytest.param("0abc:01:0:01", (0xABC, 1, None, 1, {}), id="leading zeros"),
        pytest.param("ABC:1:0:3", (0xABC, 1, None, 3, {}), id="upper case, debug"),
        pytest.param("abc%3A1%3A0%3A1", (0xABC, 1, None, 1, {}), id="percent-encoded, as in a header"),
        pytest.param(["abc:1:0:1"], (0xABC, 1, None, 1, {}), id="a list of one"),
    ],
)
def test_an_uber_trace_id_is_read(value: Any, expected: tuple[Any, ...]) -> None:
    assert expected == told(TextCodec(url_encoding=True).extract({"Uber-Trace-Id": value}))


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("abc:1:0", id="three fields"),
        pytest.param("abc:1:0:1:1", id="five fields"),
        pytest.param("0:1:0:1", id="a trace id of zero"),
        pytest.param("abc:0:0:1", id="a span id of zero"),
        pytest.param("xyz:1:0:1", id="no hex"),
        pytest.param("-1:1:0:1", id="a sign"),
        pytest.param(f"1{LONG:x}0:1:0:1", id="more than 128 bits"),
        pytest.param("", id="nothing"),
        pytest.param(5, id="a number"),
        pytest.param(["a:1:0:1", "b:1:0:1"], id="a list of two"),
    ],
)
def test_what_is_malformed_is_refused(value: Any) -> None:
    """With OpenTracing's exception, as there."""
    with pytest.raises(SpanContextCorruptedException, match="malformed trace context"):
        TextCodec().extract({"uber-trace-id": value})


@pytest.mark.parametrize(
    ("context", "expected"),
    [
        pytest.param(SpanContext(0xABC, 1, None, 1), "abc:1:0:1", id="short, no parent"),
        pytest.param(SpanContext(LONG, 0xF0, 0xE0, 3), f"{LONG:x}:f0:e0:3", id="long, with a parent, debug"),
        pytest.param(SpanContext(0xABC, 1, None, 0), "abc:1:0:0", id="not sampled"),
    ],
)
def test_an_uber_trace_id_is_written(context: SpanContext, expected: str) -> None:
    """In hex without leading zeros."""
    carrier: dict[str, str] = {}
    TextCodec().inject(context, carrier)
    assert {"uber-trace-id": expected} == carrier


@pytest.mark.parametrize(
    ("url_encoding", "written"),
    [
        pytest.param(True, "a%20%26%20b", id="percent-encoded in HTTP headers"),
        pytest.param(False, "a & b", id="as it is in a text map"),
    ],
)
def test_baggage_goes_along(url_encoding: bool, written: str) -> None:
    """One header an item; read back in any case."""
    codec, carrier = TextCodec(url_encoding), dict[str, str]()
    codec.inject(SpanContext(0xABC, 1, None, 1, {"user": "a & b"}), carrier)
    assert written == carrier["uberctx-user"]
    found = codec.extract({key.upper(): value for key, value in carrier.items()})
    assert (0xABC, 1, None, 1, {"user": "a & b"}) == told(found)


@pytest.mark.parametrize(
    ("carrier", "expected"),
    [
        pytest.param({"jaeger-baggage": "a=1, b=2,c"}, (None, {"a": "1", "b": "2"}), id="baggage by hand"),
        pytest.param({"jaeger-debug-id": "me"}, ("me", {}), id="a debug id"),
    ],
)
def test_headers_for_a_request_by_hand(carrier: dict[str, str], expected: tuple[Any, ...]) -> None:
    found = TextCodec(url_encoding=True).extract(carrier)
    assert found is not None
    assert (False, *expected) == (found.has_trace, found.debug_id, found.baggage)


def test_headers_have_the_names_that_are_configured() -> None:
    """In any case, with dashes for underscores."""
    codec, carrier = TextCodec(False, "X_Trace", "X_Bag_"), dict[str, str]()
    codec.inject(SpanContext(0xABC, 1, None, 1, {"user": "me"}), carrier)
    assert {"x-trace": "abc:1:0:1", "x-bag-user": "me"} == carrier
    assert (0xABC, 1, None, 1, {"user": "me"}) == told(codec.extract(carrier))


CONTEXT = SpanContext(LONG, 0xF0, 0xE0, 1, {"user": "me"})
B3 = {
    "X-B3-TraceId": f"{LONG:x}",
    "X-B3-SpanId": "00000000000000f0",
    "X-B3-ParentSpanId": "00000000000000e0",
    "X-B3-Sampled": "1",
}
BOTH = CompositeCodec(B3Codec(), W3CCodec())
W3C = {"traceparent": f"00-{LONG:x}-00000000000000f0-01", "baggage": "user=me"}


@pytest.mark.parametrize(
    ("codec", "written", "read"),
    [
        pytest.param(B3Codec(), B3, (LONG, 0xF0, 0xE0, 1, {}), id="B3, which has no baggage"),
        pytest.param(W3CCodec(), W3C, (LONG, 0xF0, None, 1, {"user": "me"}), id="W3C, which has no parent"),
        pytest.param(BOTH, B3 | W3C, (LONG, 0xF0, 0xE0, 1, {}), id="both: the first is read"),
    ],
)
def test_other_formats(codec: Any, written: dict[str, str], read: tuple[Any, ...]) -> None:
    carrier: dict[str, str] = {}
    codec.inject(CONTEXT, carrier)
    assert written == carrier
    assert read == told(codec.extract({key.lower(): value for key, value in carrier.items()}))


@pytest.mark.parametrize(
    ("codec", "carrier"),
    [
        pytest.param(B3Codec(), {"x-b3-traceid": "xyz", "x-b3-spanid": "1"}, id="B3"),
        pytest.param(B3Codec(), {"x-b3-traceid": "1"}, id="B3 without a span"),
        pytest.param(W3CCodec(), {"traceparent": "00-1-1-01"}, id="W3C"),
    ],
)
def test_other_formats_refuse_what_is_malformed(codec: Any, carrier: dict[str, str]) -> None:
    with pytest.raises(SpanContextCorruptedException):
        codec.extract(carrier)


@pytest.mark.parametrize("codec", [TextCodec(), B3Codec(), W3CCodec()], ids=["jaeger", "b3", "w3c"])
def test_where_nothing_is_nothing_is_found(codec: Any) -> None:
    assert codec.extract({"accept": "*/*"}) is None
    for broken in (codec.extract, lambda carrier: codec.inject(CONTEXT, carrier)):
        with pytest.raises(InvalidCarrierException):
            broken(5)


def test_a_tracer_knows_two_formats() -> None:
    """A span will do in place of its context; anything else is named."""
    tracer = Kept().tracer
    span = tracer.start_span("s")
    for format in (Format.TEXT_MAP, Format.HTTP_HEADERS):
        carrier: dict[str, str] = {}
        tracer.inject(span, format, carrier)
        found = tracer.extract(format, carrier)
        assert told(span.context) == told(found)
    with pytest.raises(UnsupportedFormatException):
        tracer.inject(span, Format.BINARY, bytearray())
    with pytest.raises(UnsupportedFormatException):
        tracer.extract(Format.BINARY, bytearray())
    with pytest.raises(ValueError, match="use a Span or SpanContext"):
        tracer.inject("span", Format.TEXT_MAP, {})  # type: ignore[arg-type]
