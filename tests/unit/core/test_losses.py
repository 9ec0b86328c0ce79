"""What did not arrive is counted, and holds up nothing."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from typing import Any

import pytest
import requests
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTracePartialSuccess,
    ExportTraceServiceResponse,
)
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from traceutil.answers import in_words, rejected
from traceutil.losses import Losses, sentence, summed
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


@pytest.mark.parametrize(
    ("reasons", "expected"),
    [
        pytest.param({}, "", id="nothing lost, nothing said"),
        pytest.param({"HTTP 503": 1}, "1 span was lost: 1 HTTP 503", id="one span"),
        pytest.param(
            {"HTTP 503": 1200, "the queue was full": 3},
            "1,203 spans were lost: 1,200 HTTP 503, 3 the queue was full",
            id="several reasons in their order",
        ),
    ],
)
def test_losses_in_a_sentence(reasons: dict[str, int], expected: str) -> None:
    assert expected == sentence(reasons)


def test_losses_add_up() -> None:
    """What was queued is delivered, or lost for a reason; what nobody tried counts at the end."""
    one, other = Losses(max_queue=2), Losses(max_queue=2)
    for _ in range(5):
        one.accept()
    one.take(1)
    one.exported(0, 1, "HTTP 503")
    other.accept()
    other.take(1)
    other.exported(1)
    assert {"the queue was full": 3, "HTTP 503": 1} == summed([one, other])
    one.closed = other.closed = True
    assert {"the queue was full": 3, "HTTP 503": 1, "not sent before the end": 1} == summed([one, other])


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        pytest.param(requests.ConnectTimeout("slow"), "no connection in time", id="a slow network"),
        pytest.param(requests.ReadTimeout("slow"), "no answer in time", id="a slow collector"),
        pytest.param(requests.exceptions.SSLError("certificate"), "TLS failed", id="TLS"),
        pytest.param(
            requests.ConnectionError("[Errno 111] Connection refused"),
            "connection refused",
            id="nobody there",
        ),
        pytest.param(requests.ConnectionError("reset by peer"), "connection broken", id="a reset"),
        pytest.param(requests.exceptions.InvalidURL("?"), "InvalidURL in the exporter", id="anything else"),
    ],
)
def test_what_went_wrong_in_words(error: requests.RequestException, expected: str) -> None:
    """Few and fixed, so that they can be counted by."""
    assert expected == in_words(error)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(b"", 0, id="an empty answer took all"),
        pytest.param(b"\xff{", 0, id="what cannot be read took all: the status said so"),
        pytest.param(
            ExportTraceServiceResponse(
                partial_success=ExportTracePartialSuccess(rejected_spans=3)
            ).SerializeToString(),
            3,
            id="a partial success says how many it did not take",
        ),
    ],
)
def test_what_a_collector_did_not_take(content: bytes, expected: int) -> None:
    assert expected == rejected(content)


def test_a_program_that_ends_delivers_what_is_queued() -> None:
    """Without a word to the SDK: the exit does it, and says what was lost."""
    program = (
        "from traceutil.sdk import setup\n"
        "t = setup('test', 'http://127.0.0.1:1', set_global=False, environ={})\n"
        "t.provider.get_tracer('t').start_span('x').end()\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert (0, "1 span was lost: 1 connection refused") == (done.returncode, done.stderr.splitlines()[-1])
