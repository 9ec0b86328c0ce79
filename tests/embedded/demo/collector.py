"""A small collector: takes OTLP over HTTP and keeps the spans."""

from __future__ import annotations

import gzip
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, Span

from traceutil.view.spans import LinkData, SpanData


class OtlpCollector:
    """`with OtlpCollector() as collector: … collector.url …; collector.spans`."""

    def __init__(self) -> None:
        outer = self
        self._lock = threading.Lock()
        self._requests: list[tuple[str, ExportTraceServiceRequest]] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.headers.get("Content-Encoding") == "gzip":
                    body = gzip.decompress(body)
                with outer._lock:
                    outer._requests.append((self.path, ExportTraceServiceRequest.FromString(body)))
                answer = ExportTraceServiceResponse().SerializeToString()
                self.send_response(200)
                self.send_header("Content-Type", "application/x-protobuf")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, format: str, *args: object) -> None:
                """Nothing: a test's output is its own."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def paths(self) -> set[str]:
        """Where the exporters posted to."""
        with self._lock:
            return {path for path, _ in self._requests}

    @property
    def arrived(self) -> list[tuple[Resource, Span]]:
        """Every span that arrived, as often as it did, in the order of arrival."""
        with self._lock:
            requests = [request for _, request in self._requests]
        return [
            (resource_spans.resource, span)
            for request in requests
            for resource_spans in request.resource_spans
            for scope_spans in resource_spans.scope_spans
            for span in scope_spans.spans
        ]

    @property
    def spans(self) -> list[SpanData]:
        """What arrived, with ids, times, names, services and links."""
        with self._lock:
            requests = [request for _, request in self._requests]
        return [
            _span(span, _service(resource_spans))
            for request in requests
            for resource_spans in request.resource_spans
            for scope_spans in resource_spans.scope_spans
            for span in scope_spans.spans
        ]

    def __enter__(self) -> OtlpCollector:
        self._thread.start()
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _service(resource_spans: ResourceSpans) -> str:
    found = {each.key: each.value.string_value for each in resource_spans.resource.attributes}
    return str(found["service.name"])


def _span(span: Span, service: str) -> SpanData:
    return SpanData(
        trace_id=span.trace_id.hex(),
        span_id=span.span_id.hex(),
        parent_id=span.parent_span_id.hex() or None,
        name=span.name,
        service=service,
        start=span.start_time_unix_nano,
        end=span.end_time_unix_nano,
        attributes={each.key: each.value.string_value for each in span.attributes},
        links=tuple(LinkData(each.trace_id.hex(), each.span_id.hex()) for each in span.links),
    )
