"""Programs as they were written for jaeger_client: processes of their own, and what a collector receives."""

from __future__ import annotations

import json
from typing import Any

from tests.unit.core.receivers import Received, http_receiver
from tests.unit.jaeger_compat.processes import ran, started


def tree(received: Received) -> set[tuple[str, str | None]]:
    """(name, name of the parent) of every span."""
    names = {span.span_id: span.name for span in received.spans}
    return {(span.name, names.get(span.parent_span_id)) for span in received.spans}


def attributes(pairs: Any) -> dict[str, Any]:
    """Attributes as a dict."""
    return {pair.key: getattr(pair.value, pair.value.WhichOneof("value")) for pair in pairs}


def test_a_first_program() -> None:
    """Parent and child, tags, kind, logs; the agent is gone, which is said once."""
    with http_receiver() as received:
        _, log = ran("hello", received.url)
    assert {("greet", None), ("whisper", "greet")} == tree(received)
    spans = {span.name: span for span in received.spans}
    greet = spans["greet"]
    expected = {"people": 2, "sampler.type": "const", "sampler.param": True}
    assert (expected, 2) == (attributes(greet.attributes), greet.kind)
    assert [("door", {"event": "door", "open": True})] == [
        (event.name, attributes(event.attributes)) for event in greet.events
    ]
    assert {"loud": False} == attributes(spans["whisper"].attributes)
    assert "shop" == attributes(received.requests[0].resource_spans[0].resource.attributes)["team"]
    assert 2 == sum("Reporting span" in line for line in log)
    assert [] == [line for line in log if "WARNING" in line]


def test_where_an_agent_was_named_otlp_goes_to_its_host() -> None:
    """And the one warning names the variable that replaces it."""
    _, log = ran("hello", None, OTEL_TRACES_EXPORTER="none")
    expected = (
        "jaeger_tracing WARNING reporting_host: the agent is gone; spans go to http://agent.example:4318: "
        "use OTEL_EXPORTER_OTLP_ENDPOINT"
    )
    assert [expected] == [line for line in log if "jaeger_tracing WARNING" in line]


def test_a_second_tracer_is_none() -> None:
    """As there: the first is OpenTracing's global tracer, the second call warns."""
    with http_receiver() as received:
        out, log = ran("twice", received.url)
    assert "True None True\n" == out
    assert ["jaeger_tracing WARNING Jaeger tracer already initialized, skipping"] == log


def test_a_trace_goes_from_client_to_server() -> None:
    """Over `uber-trace-id`, baggage beside it; the server has no sampler and follows the client."""
    with http_receiver() as received:
        server = started("serve", received.url)
        try:
            assert server.stdout is not None
            port = int(server.stdout.readline())
            out, _ = ran("ask", received.url, f"http://127.0.0.1:{port}/")
            _, err = server.communicate(timeout=30)
        finally:
            server.kill()
            server.wait()
    assert err.endswith("True\n")
    assert {("ask", None), ("answer", "ask"), ("look up", "answer")} == tree(received)
    spans = {span.name: span for span in received.spans}
    trace_id, span_id = int.from_bytes(spans["ask"].trace_id), int.from_bytes(spans["ask"].span_id)
    assert f"Grüße & co {trace_id:x}:{span_id:x}:0:1\n" == out
    assert trace_id < 2**64
    assert {"client", "server"} == received.services


def test_tasks_keep_their_active_spans_apart() -> None:
    """`close()` can be awaited; trace ids of 128 bits where asked for; the scope manager is not needed."""
    with http_receiver() as received:
        out, log = ran("tasks", received.url)
    steps = {("one", "all"), ("one inside", "one"), ("two", "all"), ("two inside", "two")}
    assert {("all", None), *steps} == tree(received)
    assert "True\n" == out
    assert all(int.from_bytes(span.trace_id) >= 2**64 for span in received.spans)
    assert 1 == len(log)
    assert log[0].startswith("scope_manager: ignored; remove it:")


def test_an_active_span_goes_on_in_objects() -> None:
    """What OpenTracing made active is written into an object, and a work span is active for OpenTracing."""
    with http_receiver() as received:
        out, _ = ran("deploy", received.url)
    spans = {span.name: span for span in received.spans}
    release = spans["release"]
    written = json.loads(out)["annotations"]["tracing.k8s.io/traceparent"]
    assert ["00", release.trace_id.hex(), release.span_id.hex()] == written.split("-")[:3]
    assert int(written.split("-")[3], 16) & 1
    assert spans["in between"].parent_span_id == spans["deploy.Check"].span_id
    assert {"release", "deploy.Check", "in between"} == set(spans)
