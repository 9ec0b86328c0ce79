"""Spans that come over OTLP are the spans that were sent."""

from __future__ import annotations

import aiohttp
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import Link, Status, StatusCode

from demo.receiver import receiving
from traceutil.view.convert import from_readable_span


async def test_what_is_sent_arrives() -> None:
    """Ids, times, status, attributes of every type, links and events."""
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracer = provider.get_tracer("test")
    with tracer.start_as_current_span("root") as root:
        links = [Link(root.get_span_context(), {"traceutil.link": "cause"})]
        attributes = {"text": "a", "yes": True, "count": 3, "share": 0.5, "many": ["a", "b"]}
        with tracer.start_as_current_span("child", links=links, attributes=attributes) as child:
            child.add_event("scaled", {"from": 2})
            child.set_status(Status(StatusCode.ERROR, "why"))
    sent = exporter.get_finished_spans()
    async with receiving() as receiver, aiohttp.ClientSession() as session:
        body = encode_spans(sent).SerializeToString()
        async with session.post(f"{receiver.url}/v1/traces", data=body) as response:
            assert 200 == response.status
        assert [from_readable_span(span) for span in sent] == receiver.spans
        assert [True, False] == [sent[0].context.span_id in receiver, 1 in receiver]
