"""Span processors of `traceutil.sdk`: hold reads until work is known; count what was dropped."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from opentelemetry.context import Context
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor, SynchronousMultiSpanProcessor
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from traceutil.memory import Bounded
from traceutil.work import Work, current_work


def pipeline() -> SynchronousMultiSpanProcessor:
    """An empty pipeline, to which processors are added."""
    return SynchronousMultiSpanProcessor()  # type: ignore[no-untyped-call]


class HoldUntilWork(SpanProcessor):
    """Keeps the spans that end inside a reconcile until it is known to be work; else they vanish with it.

    `on_end` receives a copy of the span, so they are told apart by span id, noted in `on_start`.
    """

    def __init__(self, inner: SpanProcessor) -> None:
        self._inner = inner
        # Bounded, for a span that is never ended (a reconcile that was no work) stays in it.
        self._undecided: Bounded[int, Work] = Bounded(65_536)

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        current = current_work()
        work = None if current is None else current.decider
        if work is not None and not work.done and work.holds_reads and span.parent is not None:
            context = span.get_span_context()
            if context is not None and span.parent.trace_id == work.span_context.trace_id:
                self._undecided.set(context.span_id, work)
        self._inner.on_start(span, parent_context)

    def on_end(self, span: ReadableSpan) -> None:
        context = span.get_span_context()
        work = self._undecided.pop(context.span_id) if self._undecided and context is not None else None
        if work is None or work.done:
            self._inner.on_end(span)
        elif not work.ended:
            work.held.append(lambda: self._inner.on_end(span))

    def shutdown(self) -> None:
        self._inner.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._inner.force_flush(timeout_millis)


class Losses:
    """How many spans went into a queue, and came out of it at the collector."""

    def __init__(self, max_queue: int) -> None:
        self._lock = threading.Lock()
        self._max_queue = max_queue
        self.accepted = 0
        self.taken = 0
        self.delivered = 0
        self.overflowed = 0
        self.failed = 0
        self.closed = False

    def accept(self) -> None:
        """One span is about to be queued; a full queue drops its oldest."""
        with self._lock:
            self.accepted += 1
            if self.accepted - self.overflowed - self.taken > self._max_queue:
                self.overflowed += 1

    def exported(self, count: int, delivered: bool) -> None:
        with self._lock:
            if delivered:
                self.delivered += count
            else:
                self.failed += count

    def take(self, count: int) -> None:
        with self._lock:
            self.taken += count

    @property
    def dropped(self) -> int:
        """Spans that will not arrive. After shutdown that includes what was still queued."""
        if self.closed:
            return self.accepted - self.delivered
        return self.overflowed + self.failed


class CountingProcessor(SpanProcessor):
    """Counts the sampled spans that are handed to `inner`."""

    def __init__(self, inner: SpanProcessor, losses: Losses) -> None:
        self._inner = inner
        self._losses = losses

    def on_end(self, span: ReadableSpan) -> None:
        context = span.get_span_context()
        if context is not None and context.trace_flags.sampled:
            self._losses.accept()
            self._inner.on_end(span)

    def shutdown(self) -> None:
        self._inner.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._inner.force_flush(timeout_millis)


class CountingExporter(SpanExporter):
    """Counts what `inner` delivered and what it failed to deliver; its exceptions end here."""

    def __init__(self, inner: SpanExporter, losses: Losses) -> None:
        self._inner = inner
        self._losses = losses

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self._losses.take(len(spans))
        result = SpanExportResult.FAILURE
        try:
            result = self._inner.export(spans)
        finally:
            self._losses.exported(len(spans), result is SpanExportResult.SUCCESS)
        return result

    def shutdown(self) -> None:
        self._inner.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._inner.force_flush(timeout_millis)
