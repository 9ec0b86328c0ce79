"""What all verbs share: the settings, where spans go, and what this process remembers."""

from __future__ import annotations

from typing import Any

from opentelemetry.context import Context
from opentelemetry.trace import SpanContext, TracerProvider, get_current_span

from traceutil.attempts import Attempts
from traceutil.closing import Closer
from traceutil.craft import Crafter, global_provider
from traceutil.memory import Bounded
from traceutil.places import Place
from traceutil.settings import Settings
from traceutil.work import Work, WorkSpan

SCOPE = "traceutil"


class VerbBase:
    """State of one `ObjectTracer`."""

    def __init__(self, provider: TracerProvider | None, settings: Settings) -> None:
        self.settings = settings
        self._provider = provider
        self._tracer = None if provider is None else provider.get_tracer(SCOPE)
        self._holds = None if provider is None else _holds_reads(provider)
        self._first_key = settings.read[0].keys[0]
        self._attempts = Attempts()
        self._places: Bounded[tuple[Any, ...], Place] = Bounded(8_192)
        self._closer = Closer(settings, Crafter(self._get_provider, settings.health))

    @property
    def _holds_reads(self) -> bool:
        """Whether the provider keeps what ends inside work until the work ends (`traceutil.sdk` does)."""
        return self._holds if self._holds is not None else _holds_reads(self._get_provider())

    def _get_provider(self) -> TracerProvider:
        return self._provider if self._provider is not None else global_provider()

    def _context_to_write(self, work: Work | None, context: Context | None) -> SpanContext:
        if work is not None:
            return work.object_context
        span = get_current_span(context)
        return span.object_context if isinstance(span, WorkSpan) else span.get_span_context()


def _holds_reads(provider: TracerProvider) -> bool:
    return bool(getattr(provider, "traceutil_holds_reads", False))
