"""What did not arrive is counted, and holds up nothing."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Sequence
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from traceutil.sdk import Telemetry, setup

QUIET: dict[str, str] = {}


def emit(telemetry: Telemetry, count: int) -> None:
    tracer = telemetry.provider.get_tracer("t")
    for _ in range(count):
        tracer.start_span("x").end()


class Blocked(SpanExporter):
    """A collector that does not answer until it is told to."""

    def __init__(self, result: SpanExportResult = SpanExportResult.SUCCESS) -> None:
        self.entered = threading.Event()
        self.go = threading.Event()
        self.delivered = 0
        self._result = result

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self.entered.set()
        self.go.wait(10)
        self.delivered += len(spans)
        return self._result

    def shutdown(self) -> None: ...


FAST = {"OTEL_BSP_SCHEDULE_DELAY": "5"}


@pytest.mark.parametrize(
    ("arguments", "environ"),
    [
        pytest.param({"max_queue": 100}, FAST, id="given"),
        pytest.param({}, {**FAST, "OTEL_BSP_MAX_QUEUE_SIZE": "100"}, id="from the standard variable"),
    ],
)
def test_a_full_queue_counts_what_it_drops(arguments: dict[str, Any], environ: dict[str, str]) -> None:
    """Exactly, each exporter for itself; the queue is of 100 spans."""
    slow, quick = Blocked(), InMemorySpanExporter()
    telemetry = setup("test", exporters=[slow, quick], set_global=False, environ=environ, **arguments)
    emit(telemetry, 1)
    assert slow.entered.wait(5)
    for emitted in range(51, 300, 50):
        emit(telemetry, 50)
        deadline = time.monotonic() + 5
        while len(quick.get_finished_spans()) < emitted and time.monotonic() < deadline:
            time.sleep(0.002)
    assert telemetry.dropped == 150
    slow.go.set()
    assert telemetry.shutdown() == 150
    assert (slow.delivered, len(quick.get_finished_spans())) == (101, 251)


def test_what_could_not_be_exported_is_counted() -> None:
    failing = Blocked(SpanExportResult.FAILURE)
    failing.go.set()
    with setup("test", exporters=[failing], set_global=False, environ=QUIET) as telemetry:
        emit(telemetry, 7)
        telemetry.flush()
        assert telemetry.dropped == 7


@pytest.mark.parametrize("protocol", ["http/protobuf", "grpc"])
def test_a_dead_port_does_not_hold_up_the_shutdown(protocol: Any) -> None:
    """Within 5 s, and what was lost is counted."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    telemetry = setup("test", f"http://127.0.0.1:{port}", protocol, set_global=False, environ=QUIET)
    emit(telemetry, 10)
    began = time.monotonic()
    assert telemetry.shutdown(timeout=1.0) == 10
    assert time.monotonic() - began < 5
