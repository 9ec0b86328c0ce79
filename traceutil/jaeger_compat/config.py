"""jaeger_client's Config: the keys that it knows there, and what becomes of them here."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from typing import Any

import opentracing
from opentelemetry import trace
from opentracing import Format, ScopeManager

from traceutil.current import set_process_default
from traceutil.jaeger_compat import constants, variables
from traceutil.jaeger_compat.codecs import B3Codec, Codec, CompositeCodec, TextCodec, W3CCodec
from traceutil.jaeger_compat.notices import Notices, logger
from traceutil.jaeger_compat.reporter import BaseReporter, CompositeReporter, LoggingReporter, Reporter
from traceutil.jaeger_compat.sampler import (
    ConstSampler,
    ProbabilisticSampler,
    RateLimitingSampler,
    RemoteControlledSampler,
    Sampler,
)
from traceutil.jaeger_compat.settings import IGNORED, KNOWN, Keys, number
from traceutil.jaeger_compat.tracer import Tracer
from traceutil.jaeger_compat.variables import boolean

DEFAULT_REPORTING_HOST = "localhost"
DEFAULT_REPORTING_PORT = 6831


class Config(Keys):
    """A tracer's settings, usually read from YAML.

    Args:
        config: by key; see docs/from-jaeger-client.md.
        service_name: where `config` has no `service_name`; else `JAEGER_SERVICE_NAME`.
        validate: refuse keys that do not exist.
        metrics, metrics_factory, scope_manager: ignored, with a warning.
        environ: the variables.

    Raises:
        ValueError: no service name, or with `validate` a key that does not exist.
    """

    _initialized = False
    _initialized_lock = threading.Lock()

    def __init__(
        self,
        config: Mapping[str, Any],
        metrics: Any = None,
        service_name: str | None = None,
        metrics_factory: Any = None,
        validate: bool = False,
        scope_manager: ScopeManager | None = None,
        *,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        super().__init__(config, environ)
        unknown = [key for key in config if key not in KNOWN]
        if validate and unknown:
            raise ValueError(f"Unexpected keys found in config: {', '.join(unknown)}; use {', '.join(KNOWN)}")
        self.notices = Notices()
        for key in unknown:
            self.notices.say(key, "ignored; there is no such key")
        self.scope_manager = scope_manager
        self._metrics_factory = metrics_factory or metrics
        self._service_name = config.get("service_name", service_name) or environ.get("JAEGER_SERVICE_NAME")
        if not self._service_name:
            raise ValueError("service_name required in the config or param (or JAEGER_SERVICE_NAME)")

    @property
    def service_name(self) -> str:
        return str(self._service_name)

    @property
    def sampler(self) -> Sampler | None:
        """None: a remote one.

        Raises:
            ValueError: a type that does not exist, or a parameter that is no number of its kind.
        """
        own = self.config.get("sampler")
        if isinstance(own, Sampler):
            return own
        wanted = self.group("sampler") or variables.sampler_from(self._environ)
        kind, param = wanted.get("type"), wanted.get("param")
        if kind == constants.SAMPLER_TYPE_CONST:
            return ConstSampler(boolean(param, False))
        if kind == constants.SAMPLER_TYPE_PROBABILISTIC:
            return ProbabilisticSampler(number("sampler probabilistic: param", param, 0, 1))
        if kind in (constants.SAMPLER_TYPE_RATE_LIMITING, "rate_limiting"):
            return RateLimitingSampler(number("sampler ratelimiting: param", param, 0))
        if kind in (None, "", constants.SAMPLER_TYPE_REMOTE):
            return None
        raise ValueError(f"Unknown sampler type {kind}: use const, probabilistic, ratelimiting or remote")

    @property
    def propagation(self) -> dict[str, Codec]:
        """Codecs other than Jaeger's own, for HTTP headers.

        Raises:
            ValueError: a format that does not exist.
        """
        wanted = self.config.get("propagation") or self._environ.get("JAEGER_PROPAGATION") or "jaeger"
        names = wanted.split(",") if isinstance(wanted, str) else wanted
        if not isinstance(names, list | tuple):
            raise ValueError(f"propagation: {wanted!r}: use jaeger, b3 or w3c, or a list of them")
        found = [self._codec(str(name).strip().lower()) for name in names]
        if len(found) == 1 and isinstance(found[0], TextCodec):
            return {}
        return {Format.HTTP_HEADERS: found[0] if len(found) == 1 else CompositeCodec(*found)}

    def _codec(self, name: str) -> Codec:
        if name == "b3":
            return B3Codec()
        if name == "w3c":
            return W3CCodec()
        if name == "jaeger":
            return TextCodec(True, self.trace_id_header, self.baggage_header_prefix, self.debug_id_header)
        raise ValueError(f"Unknown propagation {name}: use jaeger, b3 or w3c, or several of them with commas")

    @staticmethod
    def initialized() -> bool:
        """Whether this process has its tracer."""
        with Config._initialized_lock:
            return Config._initialized

    def initialize_tracer(self, io_loop: Any = None) -> Tracer | None:
        """Make the tracer of this process: OpenTracing's global one, and OpenTelemetry's provider.

        Only the first call has an effect; any other warns and returns None.
        """
        with Config._initialized_lock:
            if Config._initialized:
                logger.warning("Jaeger tracer already initialized, skipping")
                return None
            Config._initialized = True
        tracer = self.new_tracer(io_loop)
        self._initialize_global_tracer(tracer)
        return tracer

    def new_tracer(self, io_loop: Any = None) -> Tracer:
        """A tracer that is nobody's global one.

        Raises:
            ValueError: a setting that cannot be used; the message names it.
        """
        self._say_ignored(io_loop)
        sampler = self.sampler
        if not self.enabled:
            sampler = ConstSampler(False)
        elif sampler is None:
            sampler = self._remote()
        logger.info("Using sampler %s", sampler)
        reporter: BaseReporter = Reporter(
            queue_capacity=self.configured_queue_size,
            flush_interval=self.configured_flush_interval,
            endpoint=variables.otlp_endpoint(self.configured_agent_host, self._environ, self.notices),
        )
        if self.logging:
            reporter = CompositeReporter(reporter, LoggingReporter(logger))
        return self.create_tracer(reporter, sampler)

    def create_tracer(self, reporter: BaseReporter, sampler: Sampler, throttler: Any = None) -> Tracer:
        """A tracer with these in place of the configured ones."""
        return Tracer(
            service_name=self.service_name,
            reporter=reporter,
            sampler=sampler,
            metrics_factory=self._metrics_factory,
            trace_id_header=self.trace_id_header,
            generate_128bit_trace_id=self.generate_128bit_trace_id,
            baggage_header_prefix=self.baggage_header_prefix,
            debug_id_header=self.debug_id_header,
            extra_codecs=self.propagation,
            tags=self.tags,
            max_tag_value_length=self.max_tag_value_length,
            max_traceback_length=self.max_traceback_length,
            throttler=throttler,
            scope_manager=self.scope_manager,
            notices=self.notices,
        )

    def _initialize_global_tracer(self, tracer: Tracer) -> None:
        opentracing.set_global_tracer(tracer)
        trace.set_tracer_provider(tracer.telemetry.provider)
        set_process_default(tracer.telemetry.tracer())
        logger.info("opentracing.tracer initialized to %s[app_name=%s]", tracer, self.service_name)

    def _remote(self) -> Sampler:
        sampler = RemoteControlledSampler(service_name=self.service_name)
        if not self._environ.get("OTEL_TRACES_SAMPLER"):
            self.notices.say(
                "sampler",
                "no agent is asked for a strategy, and one trace of a thousand is sampled, as there until an "
                "agent answers: use {'type': 'probabilistic', 'param': …}, or OTEL_TRACES_SAMPLER",
            )
        return sampler

    def _say_ignored(self, io_loop: Any) -> None:
        variables.say_ignored(self._environ, self.notices)
        if io_loop is not None:
            self.notices.say("io_loop", "ignored; remove it: spans are exported by a thread")
        for key, text in IGNORED.items():
            if key in self.config:
                self.notices.say(key, text)
