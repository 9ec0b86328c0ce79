"""What nobody could export again leaves the process at once."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from traceutil.sdk import setup
from traceutil.semconv import CHANGE, REASON, SPAN_TYPE


class Arrivals(SpanExporter):
    """Tells when something arrived."""

    def __init__(self) -> None:
        self.some = threading.Event()

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self.some.set()
        return SpanExportResult.SUCCESS


@pytest.mark.parametrize(
    ("attributes", "prompt"),
    [
        pytest.param({REASON: "deleted"}, True, id="an object span that its deletion ended"),
        pytest.param({REASON: "reached", CHANGE: "deletion"}, True, id="the span of a deletion"),
        pytest.param({REASON: "reached"}, False, id="an end that stands on the object waits for the batch"),
    ],
)
def test_what_is_gone_with_its_object_does_not_wait(attributes: dict[str, str], prompt: bool) -> None:
    """The batch's own delay is an hour here."""
    arrivals = Arrivals()
    environ = {"OTEL_BSP_SCHEDULE_DELAY": "3600000"}
    with setup("test", exporters=[arrivals], set_global=False, environ=environ) as telemetry:
        span = telemetry.provider.get_tracer("test").start_span("Pod", attributes=attributes)
        span.set_attribute(SPAN_TYPE, "object")
        span.end()
        assert prompt == arrivals.some.wait(10 if prompt else 0.2)
