"""A client: its context and baggage go out with the request."""

import sys
import urllib.request

import opentracing

from traceutil.jaeger_compat import Config

if __name__ == "__main__":
    config = Config(
        config={"sampler": {"type": "probabilistic", "param": 1}}, service_name="client", validate=True
    )
    tracer = config.initialize_tracer()
    assert tracer is not None
    with tracer.start_active_span("ask", tags={"span.kind": "client"}) as scope:
        scope.span.set_baggage_item("user", "Grüße & co")
        headers: dict[str, str] = {}
        tracer.inject(scope.span, opentracing.Format.HTTP_HEADERS, headers)
        with urllib.request.urlopen(
            urllib.request.Request(sys.argv[1], headers=headers), timeout=10
        ) as answer:
            print(answer.read().decode())
    tracer.close()
