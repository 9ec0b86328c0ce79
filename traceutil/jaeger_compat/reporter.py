"""jaeger_client's reporters: where finished spans go, besides or instead of OTLP."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from traceutil.jaeger_compat.notices import logger as default_logger

if TYPE_CHECKING:
    from traceutil.jaeger_compat.span import Span


class BaseReporter:
    """Told of each sampled span as it is finished. Programs may derive their own."""

    #: Whether spans go out over OTLP.
    exports = False

    def report_span(self, span: Span) -> None:
        """A sampled span is finished."""

    def set_process(self, service_name: str, tags: dict[str, Any], max_length: int) -> None:
        """Whose spans they are."""

    def close(self) -> Future[bool]:
        """No more will come."""
        done: Future[bool] = Future()
        done.set_result(True)
        return done


class NullReporter(BaseReporter):
    """Nowhere."""


class InMemoryReporter(BaseReporter):
    """Into a list, for tests."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._spans: list[Span] = []

    def report_span(self, span: Span) -> None:
        with self._lock:
            self._spans.append(span)

    def get_spans(self) -> list[Span]:
        """All that were reported."""
        with self._lock:
            return list(self._spans)


class LoggingReporter(BaseReporter):
    """Into a log."""

    def __init__(self, logger: logging.Logger | None = None) -> None:
        self._logger = logger or default_logger

    def report_span(self, span: Span) -> None:
        self._logger.info("Reporting span %s", span)


class Reporter(BaseReporter):
    """Over OTLP.

    Args:
        channel: ignored; there it was the agent's.
        queue_capacity: spans that may wait; None: 32,768.
        flush_interval: seconds between exports; None: `OTEL_BSP_SCHEDULE_DELAY`, else 1.
        endpoint: None: `OTEL_EXPORTER_OTLP_ENDPOINT`, else the local collector.
    """

    exports = True

    def __init__(
        self,
        channel: Any = None,
        queue_capacity: int | None = None,
        flush_interval: float | None = None,
        endpoint: str | None = None,
        **_: Any,
    ) -> None:
        self.queue_capacity = queue_capacity
        self.flush_interval = flush_interval
        self.endpoint = endpoint


class CompositeReporter(BaseReporter):
    """To several."""

    def __init__(self, *reporters: BaseReporter) -> None:
        self.reporters = reporters

    def report_span(self, span: Span) -> None:
        for reporter in self.reporters:
            reporter.report_span(span)

    def set_process(self, service_name: str, tags: dict[str, Any], max_length: int) -> None:
        for reporter in self.reporters:
            reporter.set_process(service_name, tags, max_length)

    def close(self) -> Future[bool]:
        for reporter in self.reporters:
            reporter.close()
        return super().close()


def over_otlp(reporter: BaseReporter) -> Reporter | None:
    """The reporter that exports, among those that `reporter` stands for."""
    if isinstance(reporter, CompositeReporter):
        return next((found for each in reporter.reporters if (found := over_otlp(each)) is not None), None)
    return reporter if isinstance(reporter, Reporter) else None
