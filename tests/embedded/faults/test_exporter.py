"""A broken collector: the end comes in time, and what was lost is counted and told, with its reason."""

from __future__ import annotations

import logging
import socket
import time
from typing import Any

import pytest

from tests.embedded.demo.alone import eventually
from tests.embedded.faults.collectors import (
    Collector,
    Fault,
    cuts_the_answer,
    cuts_the_request,
    cuts_the_status,
    drips,
    rejects,
    says,
    silent,
    sound,
)
from tests.lateness import Lateness
from traceutil.sdk import Telemetry, setup

pytestmark = pytest.mark.slow

#: What the end may take, in seconds.
LONGEST = 5.0
QUICK = {"OTEL_BSP_SCHEDULE_DELAY": "20"}


def emit(telemetry: Telemetry, count: int) -> None:
    tracer = telemetry.provider.get_tracer("tests")
    for _ in range(count):
        tracer.start_span("work").end()


def seconds_to_end(telemetry: Telemetry) -> float:
    began = time.monotonic()
    with Lateness() as late:
        telemetry.shutdown()
    return time.monotonic() - began - late.seconds


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        pytest.param(silent, "no answer in time", id="one that never answers"),
        pytest.param(drips, "not sent before the end", id="one whose answer never ends"),
        pytest.param(says("400 Bad Request"), "HTTP 400 Bad Request", id="400"),
        pytest.param(says("404 Not Found"), "HTTP 404 Not Found", id="404: another service's port"),
        pytest.param(says("401 Unauthorized"), "HTTP 401 Unauthorized", id="401"),
        pytest.param(
            says("429 Too Many Requests", "Retry-After: 60\r\n"),
            "HTTP 429 Too Many Requests",
            id="429 that asks for more patience than there is",
        ),
        pytest.param(says("500 Internal Server Error"), "HTTP 500 Internal Server Error", id="500"),
        pytest.param(says("503 Service Unavailable"), "HTTP 503 Service Unavailable", id="503"),
        pytest.param(says("302 Found", "Location: /login\r\n"), "HTTP 302 Found", id="a redirect"),
        pytest.param(rejects, "rejected by the collector", id="200 with all spans rejected"),
        pytest.param(cuts_the_request, "connection broken", id="one that cuts requests"),
        pytest.param(cuts_the_answer, "connection broken", id="one that cuts its answers"),
        pytest.param(cuts_the_status, "connection broken", id="one that cuts them in the first line"),
    ],
)
def test_it_ends_in_time(fault: Fault, why: str, caplog: pytest.LogCaptureFixture) -> None:
    """Within 5 s of shutdown, all seven spans counted, one line that says how many and why."""
    with Collector(fault) as collector, caplog.at_level(logging.WARNING, "traceutil.sdk"):
        telemetry = setup("test", collector.url, set_global=False, environ=QUICK)
        emit(telemetry, 7)
        eventually("the first request", lambda: collector.started)
        assert seconds_to_end(telemetry) < LONGEST
        assert {why: 7} == telemetry.losses
    told = [each.getMessage() for each in caplog.records if each.name == "traceutil.sdk"]
    assert [f"7 spans were lost: 7 {why}"] == told


def test_grpc_that_nobody_answers(caplog: pytest.LogCaptureFixture) -> None:
    """The same over gRPC: nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    telemetry = setup("test", f"http://127.0.0.1:{port}", "grpc", set_global=False, environ=QUICK)
    emit(telemetry, 7)
    eventually("the first failure", lambda: telemetry.dropped)
    assert seconds_to_end(telemetry) < LONGEST
    assert {"gRPC UNAVAILABLE": 7} == telemetry.losses


def test_grpc_that_is_silent() -> None:
    """A listener that takes the connection and says nothing, not even HTTP/2."""
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"http://127.0.0.1:{mute.getsockname()[1]}"
        telemetry = setup("test", url, "grpc", set_global=False, environ=QUICK)
        emit(telemetry, 7)
        assert seconds_to_end(telemetry) < LONGEST
        assert 7 == telemetry.dropped


def test_a_queue_that_overflows_says_so() -> None:
    """The collector holds the first batch, and the queue has room for 100: the oldest go."""
    with Collector(silent) as collector:
        telemetry = setup("test", collector.url, max_queue=100, set_global=False, environ=QUICK)
        emit(telemetry, 1)
        eventually("the first batch", lambda: collector.started)
        emit(telemetry, 250)
        assert {"the queue was full": 150} == telemetry.losses
        collector.released.set()
        telemetry.shutdown()
    assert ({"the queue was full": 150}, 101) == (telemetry.losses, collector.spans)


@pytest.mark.parametrize(
    ("timeout", "recovered"),
    [
        pytest.param(30.0, 8, id="within an export's time all that was tried arrives after all"),
        pytest.param(0.2, 1, id="beyond it only what came later"),
    ],
)
def test_the_collector_comes_back(timeout: float, recovered: int, caplog: pytest.LogCaptureFixture) -> None:
    """What is recovered is what one export, with its own retries, can wait for; and what was still queued."""
    with Collector(says("503 Service Unavailable")) as collector:
        arguments: dict[str, Any] = {"export_timeout": timeout, "set_global": False, "environ": QUICK}
        telemetry = setup("test", collector.url, **arguments)
        emit(telemetry, 7)
        lost = 8 - recovered
        eventually("a refusal", lambda: collector.answered and telemetry.dropped == lost)
        collector.fault = sound
        emit(telemetry, 1)
        eventually("what can be recovered", lambda: collector.spans == recovered)
        assert lost == telemetry.shutdown()
    told = [each.getMessage() for each in caplog.records if each.name == "traceutil.exporting"]
    gone = [
        "spans do not arrive: HTTP 503 Service Unavailable",
        f"spans arrive again; {lost} were lost meanwhile",
    ]
    assert (gone if lost else []) == told
