"""A first program: a span, its child, and what was said in them."""

import logging

from traceutil.jaeger_compat import Config


def main() -> None:
    logging.basicConfig(format="%(name)s %(levelname)s %(message)s", level=logging.INFO)
    config = Config(
        config={
            "sampler": {"type": "const", "param": 1},
            "local_agent": {"reporting_host": "agent.example", "reporting_port": 6831},
            "tags": {"team": "shop"},
            "logging": True,
        },
        service_name="hello",
        validate=True,
    )
    tracer = config.initialize_tracer()
    assert tracer is not None
    with tracer.start_span("greet", tags={"span.kind": "server", "people": 2}) as span:
        span.log_kv({"event": "door", "open": True})
        with tracer.start_span("whisper", child_of=span) as child:
            child.set_tag("loud", False)
    tracer.close()


if __name__ == "__main__":
    main()
