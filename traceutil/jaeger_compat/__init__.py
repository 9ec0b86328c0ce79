"""jaeger_client's API over OpenTelemetry: change the import, and the program goes on.

`from traceutil.jaeger_compat import Config` in place of `from jaeger_client import Config`, and likewise for
its modules `config`, `tracer`, `span`, `span_context`, `sampler`, `codecs`, `reporter`, `metrics` and
`constants`. Spans go out over OTLP; docs/from-jaeger-client.md says what becomes of every setting.
"""

from __future__ import annotations

from traceutil.jaeger_compat.config import Config
from traceutil.jaeger_compat.sampler import (
    ConstSampler,
    ProbabilisticSampler,
    RateLimitingSampler,
    RemoteControlledSampler,
)
from traceutil.jaeger_compat.span import Span
from traceutil.jaeger_compat.span_context import SpanContext
from traceutil.jaeger_compat.tracer import Tracer

__all__ = [
    "Config",
    "ConstSampler",
    "ProbabilisticSampler",
    "RateLimitingSampler",
    "RemoteControlledSampler",
    "Span",
    "SpanContext",
    "Tracer",
]
