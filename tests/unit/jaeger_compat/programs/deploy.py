"""A deployment script of old, whose span now goes on in the cluster's objects."""

import json

import traceutil
from traceutil.jaeger_compat import Config

if __name__ == "__main__":
    tracer = Config(
        config={"sampler": {"type": "const", "param": 1}}, service_name="deploy"
    ).initialize_tracer()
    assert tracer is not None
    config_map = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "flags"}, "data": {"a": "1"}}
    with tracer.start_active_span("release"):
        traceutil.encode_context_into_object(config_map)
        other = {**config_map, "metadata": {"name": "other"}}
        with traceutil.start_span_from_object(other, "deploy.Check"), tracer.start_span("in between"):
            pass
    tracer.close()
    print(json.dumps(config_map["metadata"]))
