"""jaeger_client's Span over an OpenTelemetry span."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from opentelemetry import trace
from opentelemetry.shim.opentracing_shim import SpanShim
from opentelemetry.trace import Status, StatusCode
from opentracing.ext import tags as ext_tags

from traceutil.jaeger_compat.codecs import format_uber_trace_id
from traceutil.jaeger_compat.constants import DEBUG_FLAG, SAMPLED_FLAG
from traceutil.jaeger_compat.notices import logger
from traceutil.jaeger_compat.span_context import SpanContext
from traceutil.jaeger_compat.values import attribute, event, nanoseconds

if TYPE_CHECKING:
    from traceutil.jaeger_compat.tracer import Tracer


class Span(SpanShim):
    """One piece of work. Leaving it as a context manager finishes it; only `start_active_span` activates it.

    Attributes:
        operation_name: its name.
        start_time, end_time: Unix seconds; the end is None until it is finished.
    """

    def __init__(
        self,
        context: SpanContext,
        tracer: Tracer,
        operation_name: str,
        otel_span: trace.Span,
        start_time: float | None = None,
    ) -> None:
        super().__init__(tracer, context, otel_span)
        self.operation_name = operation_name
        self.start_time = start_time or time.time()
        self.end_time: float | None = None
        self.finished = False

    def set_operation_name(self, operation_name: str) -> Span:
        self.operation_name = operation_name
        super().set_operation_name(operation_name)
        return self

    def finish(self, finish_time: float | None = None) -> None:
        """End it, and hand it to the reporter if it is sampled. `finish_time`: Unix seconds; None: now."""
        if self.finished:
            if self.is_sampled():
                logger.warning("Span has already been finished; will not be reported again.")
            return
        self.finished = True
        self.end_time = finish_time or time.time()
        self.unwrap().end(None if finish_time is None else nanoseconds(finish_time))
        if self.is_sampled():
            self.tracer.report_span(self)

    def set_tag(self, key: str, value: Any) -> Span:
        """Set an attribute. `error` sets the status; `sampling.priority` can only be obeyed at the start."""
        if key == ext_tags.SAMPLING_PRIORITY:
            self._set_priority(value)
        elif key == ext_tags.ERROR:
            failed = value is True or str(value).lower() == "true"
            self.unwrap().set_status(Status(StatusCode.ERROR if failed else StatusCode.UNSET))
        else:
            self.unwrap().set_attribute(key, attribute(value, self.tracer.limits))
        return self

    def _set_priority(self, value: Any) -> None:
        wanted = str(value) not in ("0", "False")
        if wanted != self.is_sampled():
            self.tracer.notices.say(
                "sampling.priority",
                "is obeyed among the tags of start_span alone, for sampling is decided there",
            )

    def log_kv(self, key_values: Any, timestamp: float | None = None) -> Span:
        """Add an event, named by its key `event`. `timestamp`: Unix seconds; None: now."""
        name, attributes = event(key_values, self.tracer.limits)
        at = None if timestamp is None else nanoseconds(timestamp)
        self.unwrap().add_event(name, attributes, at)
        return self

    def set_baggage_item(self, key: str, value: str | None) -> Span:
        """Set what travels on to children and over `inject`, and log that it was set; None removes it."""
        before = self.get_baggage_item(key)
        self._context = self.context.with_baggage_item(key, value)
        fields = {"event": "baggage", "key": key, "value": value}
        return self.log_kv(fields | ({"override": "true"} if before else {}))

    def get_baggage_item(self, key: str) -> str | None:
        return self.context.baggage.get(key)

    def is_sampled(self) -> bool:
        return bool((self.flags or 0) & SAMPLED_FLAG)

    def is_debug(self) -> bool:
        return bool((self.flags or 0) & DEBUG_FLAG)

    def info(self, message: str, payload: Any = None) -> Span:
        """Deprecated, there too: `log_kv`."""
        return self.log_kv({"event": message} | ({"payload": payload} if payload else {}))

    def error(self, message: str, payload: Any = None) -> Span:
        """Deprecated, there too: `set_tag("error", True)` and `log_kv`."""
        self.set_tag(ext_tags.ERROR, True)
        return self.info(message, payload)

    @property
    def context(self) -> SpanContext:
        found: SpanContext = self._context
        return found

    @property
    def tracer(self) -> Tracer:
        found: Tracer = self._tracer
        return found

    @property
    def trace_id(self) -> int | None:
        return self.context.trace_id

    @property
    def span_id(self) -> int | None:
        return self.context.span_id

    @property
    def parent_id(self) -> int | None:
        return self.context.parent_id

    @property
    def flags(self) -> int | None:
        return self.context.flags

    def __repr__(self) -> str:
        return f"{format_uber_trace_id(self.context)} {self.tracer.service_name}.{self.operation_name}"
