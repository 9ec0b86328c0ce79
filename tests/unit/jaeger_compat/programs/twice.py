"""A program that initializes its tracer twice, as one does who imports it in two places."""

import logging

import opentracing

from traceutil.jaeger_compat import Config


def init() -> object:
    return Config(
        config={"sampler": {"type": "const", "param": True}}, service_name="twice"
    ).initialize_tracer()


if __name__ == "__main__":
    logging.basicConfig(format="%(name)s %(levelname)s %(message)s")
    print(init() is opentracing.global_tracer(), init(), Config.initialized())
