"""jaeger_client's Tracer: OpenTracing's API over OpenTelemetry's SDK."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from typing import Any

import opentracing
from opentelemetry.shim.opentracing_shim import SpanContextShim, TracerShim
from opentracing import Format, ScopeManager, UnsupportedFormatException

from traceutil.jaeger_compat import constants, starting
from traceutil.jaeger_compat.closing import Closed, in_background
from traceutil.jaeger_compat.codecs import Codec, TextCodec
from traceutil.jaeger_compat.notices import Notices
from traceutil.jaeger_compat.pipeline import pipeline
from traceutil.jaeger_compat.reporter import BaseReporter
from traceutil.jaeger_compat.sampler import Sampler
from traceutil.jaeger_compat.scope import ActiveSpan, ContextScopeManager
from traceutil.jaeger_compat.span import Span
from traceutil.jaeger_compat.span_context import SpanContext
from traceutil.jaeger_compat.values import Limits

_SCOPE = "traceutil.jaeger_compat"


class Tracer(TracerShim):
    """Starts spans, and carries their contexts.

    Args are those of jaeger_client 4.8. Ignored, with a warning: `metrics`, `metrics_factory`, `throttler`,
    `one_span_per_rpc` and `scope_manager`.

    Attributes:
        telemetry: the pipeline under it; `.dropped` says how many spans did not arrive.
    """

    def __init__(
        self,
        service_name: str,
        reporter: BaseReporter,
        sampler: Sampler,
        metrics: Any = None,
        metrics_factory: Any = None,
        trace_id_header: str = constants.TRACE_ID_HEADER,
        generate_128bit_trace_id: bool = False,
        baggage_header_prefix: str = constants.BAGGAGE_HEADER_PREFIX,
        debug_id_header: str = constants.DEBUG_ID_HEADER_KEY,
        one_span_per_rpc: bool = False,
        extra_codecs: Mapping[str, Codec] | None = None,
        tags: Mapping[str, Any] | None = None,
        max_tag_value_length: int = constants.MAX_TAG_VALUE_LENGTH,
        max_traceback_length: int = constants.MAX_TRACEBACK_LENGTH,
        throttler: Any = None,
        scope_manager: ScopeManager | None = None,
        *,
        notices: Notices | None = None,
    ) -> None:
        self.service_name = service_name
        self.reporter = reporter
        self.sampler = sampler
        self.debug_id_header = debug_id_header
        self.limits = Limits(max_tag_value_length, max_traceback_length)
        self.tags = {constants.JAEGER_HOSTNAME_TAG_KEY: socket.gethostname(), **(tags or {})}
        self.notices = notices or Notices()
        _say_ignored(self.notices, metrics or metrics_factory, throttler, one_span_per_rpc, scope_manager)
        names = (trace_id_header, baggage_header_prefix, debug_id_header)
        self.codecs: dict[str, Codec] = {
            Format.TEXT_MAP: TextCodec(False, *names),
            Format.HTTP_HEADERS: TextCodec(True, *names),
            **(extra_codecs or {}),
        }
        reporter.set_process(service_name, self.tags, max_tag_value_length)
        self.telemetry = pipeline(
            service_name, reporter, sampler, self.tags, short_ids=not generate_128bit_trace_id
        )
        super().__init__(self.telemetry.provider.get_tracer(_SCOPE))
        self._scope_manager = ContextScopeManager(self)

    @property
    def max_tag_value_length(self) -> int:
        return self.limits.text

    @property
    def max_traceback_length(self) -> int:
        return self.limits.traceback

    def start_span(
        self,
        operation_name: str | None = None,
        child_of: Span | SpanContext | None = None,
        references: list[opentracing.Reference] | opentracing.Reference | None = None,
        tags: Mapping[str, Any] | None = None,
        start_time: float | None = None,
        ignore_active_span: bool = False,
    ) -> Span:
        """Start a span: a child of `child_of`, else of the first of `references`, else of the active span.

        Args:
            tags: also read by the sampler; `span.kind` gives the kind, `sampling.priority` forces a decision.
            start_time: Unix seconds; None: now.
        """
        referenced = references if isinstance(references, list) else [references] if references else []
        found = [self._own(each.referenced_context) for each in referenced]
        contexts = [each for each in found if each is not None]
        parent = child_of
        if parent is None and not ignore_active_span:
            parent = self.active_span
        above = self._own(parent)
        if contexts and (above is None or not above.has_trace):
            above = contexts[0]
        links = [each for each in contexts if each is not above and each.has_trace]
        return starting.start(self, operation_name or "", above, links, dict(tags or {}), start_time)

    def start_active_span(
        self,
        operation_name: str | None = None,
        child_of: Span | SpanContext | None = None,
        references: list[opentracing.Reference] | opentracing.Reference | None = None,
        tags: Mapping[str, Any] | None = None,
        start_time: float | None = None,
        ignore_active_span: bool = False,
        finish_on_close: bool = True,
    ) -> ActiveSpan:
        """Start a span and make it active, here and for OpenTelemetry."""
        span = self.start_span(operation_name, child_of, references, tags, start_time, ignore_active_span)
        active: ActiveSpan = self._scope_manager.activate(span, finish_on_close)
        return active

    def inject(self, span_context: Span | SpanContext, format: Any, carrier: Any) -> None:
        """Write the context into a carrier.

        Raises:
            UnsupportedFormatException: neither TEXT_MAP nor HTTP_HEADERS.
            InvalidCarrierException: the carrier is no mutable mapping.
            ValueError: no context of ours.
        """
        found = self._own(span_context)
        if found is None:
            raise ValueError(f"{span_context!r}: use a Span or SpanContext")
        self._codec(format).inject(found, carrier)

    def extract(self, format: Any, carrier: Any) -> SpanContext | None:
        """The context in a carrier; None where there is none.

        Raises:
            UnsupportedFormatException, InvalidCarrierException: as `inject`.
            SpanContextCorruptedException: what is there is malformed.
        """
        return self._codec(format).extract(carrier)

    def close(self) -> Closed:
        """Deliver what is queued and stop, within 5 s, in a thread that the interpreter waits for."""
        self.sampler.close()
        self.reporter.close()
        return in_background(lambda: self.telemetry.shutdown() == 0)

    def report_span(self, span: Span) -> None:
        """A sampled span is finished."""
        self.reporter.report_span(span)

    def _codec(self, format: str) -> Codec:
        codec = self.codecs.get(format)
        if codec is None:
            raise UnsupportedFormatException(format)
        return codec

    def _own(self, found: Any) -> SpanContext | None:
        context = found.context if isinstance(found, opentracing.Span) else found
        if context is None or isinstance(context, SpanContext):
            return context
        if isinstance(context, SpanContextShim):
            return SpanContext.of(context.unwrap())
        return None


def _say_ignored(
    notices: Notices, metrics: Any, throttler: Any, one_span_per_rpc: bool, scope_manager: ScopeManager | None
) -> None:
    if metrics:
        notices.say("metrics_factory", "ignored; use tracer.telemetry.dropped for what was lost")
    if throttler:
        notices.say("throttler", "ignored; limit debug traces in the collector (tail_sampling)")
    if one_span_per_rpc:
        notices.say("one_span_per_rpc", "ignored; remove it: client and server have a span each")
    if scope_manager is not None:
        notices.say(
            "scope_manager",
            "ignored; remove it: OpenTelemetry's context follows threads, tasks and greenlets",
        )
