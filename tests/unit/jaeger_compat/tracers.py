"""A tracer that keeps its spans, and what OpenTelemetry saw of them."""

from __future__ import annotations

from typing import Any

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from traceutil.jaeger_compat import ConstSampler, Tracer
from traceutil.jaeger_compat.reporter import InMemoryReporter
from traceutil.jaeger_compat.sampler import Sampler


class Kept:
    """`kept.tracer`; `kept.reported`, its spans; `kept.exported`, OpenTelemetry's."""

    def __init__(self, sampler: Sampler | None = None, **arguments: Any) -> None:
        self._reporter = InMemoryReporter()
        self._exporter = InMemorySpanExporter()
        self.tracer = Tracer("test", self._reporter, sampler or ConstSampler(True), **arguments)
        self.tracer.telemetry.provider.add_span_processor(SimpleSpanProcessor(self._exporter))

    @property
    def reported(self) -> list[Any]:
        return self._reporter.get_spans()

    @property
    def exported(self) -> list[ReadableSpan]:
        return list(self._exporter.get_finished_spans())
