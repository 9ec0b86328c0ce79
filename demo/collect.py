"""The spans of a run: kept in memory, and who waits for one is told when it ends."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from traceutil.view.convert import from_readable_span
from traceutil.view.spans import SpanData


class Collector(SpanExporter):
    """Takes the batches as any exporter does: what the queue drops does not get here."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._spans: list[ReadableSpan] = []

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        with self._lock:
            self._spans.extend(spans)
        return SpanExportResult.SUCCESS

    @property
    def spans(self) -> list[SpanData]:
        """What has arrived."""
        with self._lock:
            arrived = list(self._spans)
        return [from_readable_span(span) for span in arrived]


class Ended(SpanProcessor):
    """The ids of all spans that have ended, before any queue."""

    def __init__(self) -> None:
        self._ids: set[int] = set()

    def on_end(self, span: ReadableSpan) -> None:
        context = span.get_span_context()
        if context is not None:
            self._ids.add(context.span_id)

    def __contains__(self, span_id: object) -> bool:
        return span_id in self._ids
