"""A span that is active through OpenTracing is OpenTelemetry's current span, and the other way round."""

from __future__ import annotations

from contextvars import Token
from types import TracebackType
from typing import TYPE_CHECKING

from opentelemetry import baggage
from opentelemetry import context as otel
from opentelemetry.context import Context
from opentelemetry.trace import get_current_span, set_span_in_context
from opentracing import Scope, ScopeManager
from opentracing import Span as OpenTracingSpan

from traceutil.jaeger_compat.span import Span
from traceutil.jaeger_compat.span_context import SpanContext

if TYPE_CHECKING:
    from traceutil.jaeger_compat.tracer import Tracer

_SCOPE = otel.create_key("traceutil-jaeger-scope")


class ActiveSpan(Scope):
    """The time in which a span is active."""

    def __init__(self, manager: ScopeManager, span: Span, finish_on_close: bool) -> None:
        super().__init__(manager, span)
        self._finish_on_close = finish_on_close
        self._token: Token[Context] | None = None

    def attach(self) -> ActiveSpan:
        """From here on, in this thread or task. Baggage is OpenTelemetry's too."""
        span: Span = self.span
        context = otel.set_value(_SCOPE, self, set_span_in_context(span.unwrap()))
        for key, value in span.context.baggage.items():
            context = baggage.set_baggage(key, value, context)
        self._token = otel.attach(context)
        return self

    def close(self) -> None:
        """Activate what was active before; finish the span, if that was asked for."""
        if self._token is not None:
            otel.detach(self._token)
            self._token = None
        if self._finish_on_close:
            self.span.finish()

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> None:
        OpenTracingSpan._on_error(self.span, exc_type, exc_val, exc_tb)
        self.close()


class ContextScopeManager(ScopeManager):
    """Keeps the active span in OpenTelemetry's context, which follows threads, tasks and greenlets."""

    def __init__(self, tracer: Tracer) -> None:
        super().__init__()
        self._tracer = tracer

    def activate(self, span: Span, finish_on_close: bool) -> ActiveSpan:
        return ActiveSpan(self, span, finish_on_close).attach()

    @property
    def active(self) -> ActiveSpan | None:
        """The scope of the current span, also of one that OpenTelemetry's own API made current."""
        current = get_current_span()
        found = current.get_span_context()
        if not found.is_valid:
            return None
        scope = otel.get_value(_SCOPE)
        if isinstance(scope, ActiveSpan) and scope.span.unwrap() is current:
            return scope
        items = {key: str(value) for key, value in baggage.get_all().items()}
        context = SpanContext.of(found, items)
        return ActiveSpan(self, Span(context, self._tracer, "", current), finish_on_close=False)
