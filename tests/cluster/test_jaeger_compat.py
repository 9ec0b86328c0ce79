"""Programs that were written for jaeger_client, and what a real Jaeger tells of them."""

from __future__ import annotations

from typing import Any

from tests.cluster.jaeger import Jaeger
from tests.cluster.jaeger_trace import SeenTrace
from tests.embedded.demo.alone import eventually
from tests.unit.jaeger_compat.processes import ran, started


def test_client_and_server_are_one_trace(jaeger: Jaeger) -> None:
    """Two processes, `uber-trace-id` between them, ids of 64 bits: one tree, tags and kinds as Jaeger shows
    them."""
    server = started("serve", jaeger.otlp_http)
    try:
        assert server.stdout is not None
        port = int(server.stdout.readline())
        out, _ = ran("ask", jaeger.otlp_http, f"http://127.0.0.1:{port}/")
        server.communicate(timeout=30)
    finally:
        server.kill()
        server.wait()
    trace_id = f"{int(out.split()[-1].split(':')[0], 16):032x}"

    def whole() -> dict[str, Any] | None:
        found = jaeger.trace(trace_id)
        return found if found is not None and len(found["spans"]) == 3 else None

    trace = SeenTrace(eventually("the trace", whole, 15))
    spans = {span.name: span for span in trace.spans}
    assert {"client", "server"} == trace.services
    assert ["ask"] == [span.name for span in trace.roots]
    assert ({spans["ask"].span_id}, {spans["answer"].span_id}) == (
        spans["answer"].parents,
        spans["look up"].parents,
    )
    assert ("client", "server") == (spans["ask"].tags["span.kind"], spans["answer"].tags["span.kind"])
    assert ("probabilistic", 1) == (spans["ask"].tags["sampler.type"], spans["ask"].tags["sampler.param"])
