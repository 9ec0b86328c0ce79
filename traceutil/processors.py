"""Span processors of `traceutil.sdk`: hold what is in work until it ends; count what was dropped."""

from __future__ import annotations

import threading

from opentelemetry.context import Context, get_value
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor, SynchronousMultiSpanProcessor

from traceutil.craft import STORED
from traceutil.losses import Losses
from traceutil.memory import Bounded
from traceutil.semconv import CHANGE, REASON, SPAN_TYPE
from traceutil.work import Work, current_work


def pipeline() -> SynchronousMultiSpanProcessor:
    """An empty pipeline, to which processors are added."""
    return SynchronousMultiSpanProcessor()  # type: ignore[no-untyped-call]


class HoldUntilWork(SpanProcessor):
    """Keeps the spans that end inside a reconcile until it ends: if it was no work, they vanish with it.

    They follow the span of the work itself, so that a process that is killed leaves no span without its
    parent. `on_end` receives a copy of the span, so they are told apart by span id, noted in `on_start`.
    """

    def __init__(self, inner: SpanProcessor) -> None:
        self._inner = inner
        # Bounded, for a span that is never ended (a reconcile that was no work) stays in it.
        self._inside: Bounded[int, Work] = Bounded(65_536)

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        current, context = current_work(), span.get_span_context()
        if current is not None and context is not None and not _is_crafted(parent_context):
            work = current.holder
            if span.parent is not None and work.keeps(span.parent.trace_id):
                self._inside.set(context.span_id, work)
        self._inner.on_start(span, parent_context)

    def on_end(self, span: ReadableSpan) -> None:
        context = span.get_span_context()
        work = self._inside.pop(context.span_id) if self._inside and context is not None else None
        if work is None:
            self._inner.on_end(span)
        elif not work.ended:
            work.hold(span.start_time or 0, span.end_time or 0, lambda: self._inner.on_end(span))
        elif work.is_exported:
            self._inner.on_end(span)

    def shutdown(self) -> None:
        self._inner.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._inner.force_flush(timeout_millis)


def _is_crafted(parent_context: Context | None) -> bool:
    """An object span: closed in whatever work was just going on, and no part of it."""
    return parent_context is not None and get_value(STORED, parent_context) is not None


class Promptly(SpanProcessor):
    """Flushes a queue when a span comes that nobody could export again: its object is about to be gone.

    The flush is made in a thread of its own, one at a time: whoever ended the span does not wait for it.
    """

    def __init__(self, inner: SpanProcessor) -> None:
        self._inner = inner
        self._asked = threading.Event()
        self._closed = False
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def on_end(self, span: ReadableSpan) -> None:
        self._inner.on_end(span)
        if _is_last_word(span):
            self._asked.set()
            with self._lock:
                if self._thread is None:
                    self._thread = threading.Thread(target=self._flush, name="traceutil-flush", daemon=True)
                    self._thread.start()

    def _flush(self) -> None:
        while self._asked.wait() and not self._closed:
            self._asked.clear()
            self._inner.force_flush()

    def shutdown(self) -> None:
        self._closed = True
        self._asked.set()
        self._inner.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._inner.force_flush(timeout_millis)


def _is_last_word(span: ReadableSpan) -> bool:
    """Whether the span is that of an object which is going, or of its deletion."""
    attributes = span.attributes or {}
    if attributes.get(SPAN_TYPE) != "object":
        return False
    return attributes.get(REASON) == "deleted" or attributes.get(CHANGE) == "deletion"


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
