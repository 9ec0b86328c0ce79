"""Providers with a sampler, ours or OpenTelemetry's plain one, and what they export."""

from __future__ import annotations

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import Sampler

from traceutil.processors import pipeline
from traceutil.sdk import Provider


def provider(sampler: Sampler, *, ours: bool) -> tuple[TracerProvider, InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    if ours:
        processor = pipeline()
        processor.add_span_processor(SimpleSpanProcessor(exporter))
        return Provider(sampler, Resource({}), processor), exporter
    made = TracerProvider(sampler=sampler, shutdown_on_exit=False)
    made.add_span_processor(SimpleSpanProcessor(exporter))
    return made, exporter
