"""A small HTTP service that continues the trace of who asks it, once."""

import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

import opentracing
from opentracing.ext import tags

from traceutil.jaeger_compat import Config


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        tracer = opentracing.global_tracer()
        caller = tracer.extract(opentracing.Format.HTTP_HEADERS, dict(self.headers))
        with tracer.start_active_span(
            "answer", child_of=caller, tags={tags.SPAN_KIND: tags.SPAN_KIND_RPC_SERVER}
        ) as scope:
            body = f"{scope.span.get_baggage_item('user')} {self.headers['uber-trace-id']}".encode()
            with tracer.start_active_span("look up"):
                pass
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None: ...


if __name__ == "__main__":
    tracer = Config(config={}, service_name="server").initialize_tracer()
    assert tracer is not None
    server = HTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_port, flush=True)
    server.handle_request()
    print(tracer.close().result(10), file=sys.stderr)
