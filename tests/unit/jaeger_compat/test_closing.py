"""`close()` delivers what is queued, and its future says whether that went well."""

from __future__ import annotations

import asyncio
import socket

import pytest

from tests.unit.core.receivers import http_receiver
from tests.unit.jaeger_compat.configs import CONST, config
from traceutil.jaeger_compat import Tracer

#: Nothing goes out by itself while a test lasts.
SLOW = CONST | {"reporter_flush_interval": 3600}


def traced(monkeypatch: pytest.MonkeyPatch, url: str) -> Tracer:
    """A tracer with one finished span, which reports to `url`."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", url)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "0.5")
    tracer = config(SLOW, {"OTEL_EXPORTER_OTLP_ENDPOINT": url}).new_tracer()
    tracer.start_span("last").finish()
    return tracer


@pytest.mark.parametrize("awaited", [False, True], ids=["waited for", "awaited"])
def test_what_is_queued_is_delivered(monkeypatch: pytest.MonkeyPatch, awaited: bool) -> None:
    """And the future is true."""

    async def closed(tracer: Tracer) -> bool:
        return await tracer.close()

    with http_receiver() as received:
        tracer = traced(monkeypatch, received.url)
        assert [] == received.spans
        assert asyncio.run(closed(tracer)) if awaited else tracer.close().result(10)
        assert ["last"] == [span.name for span in received.spans]


def test_what_cannot_be_delivered_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """The future is false, the telemetry counts it, and nothing is raised."""
    with socket.create_server(("127.0.0.1", 0)) as gone:
        url = f"http://127.0.0.1:{gone.getsockname()[1]}"
    tracer = traced(monkeypatch, url)
    assert (False, 1) == (tracer.close().result(10), tracer.telemetry.dropped)


def test_closing_twice_is_harmless(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second time there is nothing to do."""
    with http_receiver() as received:
        tracer = traced(monkeypatch, received.url)
        assert [True, True] == [tracer.close().result(10), tracer.close().result(10)]
        assert 1 == len(received.spans)
