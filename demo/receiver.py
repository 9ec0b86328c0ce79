"""A collector for one run: takes OTLP over HTTP from other processes, and keeps the spans."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.common.v1.common_pb2 import AnyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from traceutil import semconv
from traceutil.view.spans import EventData, LinkData, SpanData, Status

_STATUS: tuple[Status, ...] = ("unset", "ok", "error")
_KINDS = ("unspecified", "internal", "server", "client", "producer", "consumer")
#: An export's longest body, in bytes: several thousand spans.
_BODY_LIMIT = 64 * 1024 * 1024


class Receiver:
    """`async with receiving() as receiver: … receiver.url …; receiver.spans`."""

    def __init__(self) -> None:
        self.url = ""
        self.spans: list[SpanData] = []
        self._ids: set[int] = set()

    def __contains__(self, span_id: object) -> bool:
        return span_id in self._ids

    async def take(self, request: web.Request) -> web.Response:
        """POST /v1/traces (OTLP specification, "OTLP/HTTP", binary)."""
        body = await request.read()
        if body[:2] == b"\x1f\x8b" and request.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        for span in _spans(ExportTraceServiceRequest.FromString(body)):
            self.spans.append(span)
            self._ids.add(int(span.span_id, 16))
        answer = ExportTraceServiceResponse().SerializeToString()
        return web.Response(body=answer, content_type="application/x-protobuf")


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    """Listening on a free port of the loopback interface."""
    receiver, app = Receiver(), web.Application(client_max_size=_BODY_LIMIT)
    app.router.add_post("/v1/traces", receiver.take)
    runner = web.AppRunner(app, handle_signals=False, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield receiver
    finally:
        await runner.cleanup()


def _spans(request: ExportTraceServiceRequest) -> Iterator[SpanData]:
    for resource_spans in request.resource_spans:
        resource = _attributes(resource_spans.resource.attributes)
        for scope_spans in resource_spans.scope_spans:
            for span in scope_spans.spans:
                yield _span(span, resource)


def _span(span: Span, resource: dict[str, Any]) -> SpanData:
    return SpanData(
        trace_id=span.trace_id.hex(),
        span_id=span.span_id.hex(),
        parent_id=span.parent_span_id.hex() or None,
        name=span.name,
        service=str(resource.get(semconv.SERVICE_NAME, "")),
        start=span.start_time_unix_nano,
        end=span.end_time_unix_nano,
        status=_STATUS[span.status.code],
        status_message=span.status.message,
        kind=_KINDS[span.kind],
        attributes=_attributes(span.attributes),
        links=tuple(
            LinkData(each.trace_id.hex(), each.span_id.hex(), _attributes(each.attributes))
            for each in span.links
        ),
        events=tuple(
            EventData(each.name, each.time_unix_nano, _attributes(each.attributes)) for each in span.events
        ),
        resource=resource,
    )


def _attributes(pairs: Any) -> dict[str, Any]:
    return {each.key: _value(each.value) for each in pairs}


def _value(value: AnyValue) -> Any:
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return tuple(_value(each) for each in value.array_value.values)
    if kind == "kvlist_value":
        return _attributes(value.kvlist_value.values)
    return "" if kind is None else getattr(value, kind)
