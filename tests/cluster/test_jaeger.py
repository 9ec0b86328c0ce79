"""Jaeger takes spans over both protocols of OTLP, and tells them again."""

from __future__ import annotations

import pytest

from tests.cluster.jaeger import Jaeger
from tests.embedded.demo.alone import eventually
from traceutil.cli.options import otlp_endpoint
from traceutil.sdk import setup


@pytest.mark.parametrize("address", ["otlp_http", "otlp_grpc"])
def test_spans_arrive(jaeger: Jaeger, address: str) -> None:
    """A span sent to the address of a protocol is found by its trace id and by its service."""
    endpoint, protocol = otlp_endpoint(getattr(jaeger, address))
    with setup(address, endpoint, protocol or "http/protobuf", set_global=False, environ={}) as telemetry:
        tracer = telemetry.provider.get_tracer("tests")
        with tracer.start_as_current_span("sent") as span:
            trace_id = f"{span.get_span_context().trace_id:032x}"
    found = eventually("the trace", lambda: jaeger.trace(trace_id), 10)
    assert ["sent"] == [each["operationName"] for each in found["spans"]]
    assert {address} <= jaeger.services()
    assert [trace_id] == [each["traceID"] for each in jaeger.traces(address)]


def test_a_trace_that_is_not_there(jaeger: Jaeger) -> None:
    """None, and no error: a test polls until it is there."""
    assert jaeger.trace("0" * 31 + "1") is None
