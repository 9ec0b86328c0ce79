"""The keys of jaeger_client's Config that are values: their defaults and their variables."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from traceutil.jaeger_compat import constants
from traceutil.jaeger_compat.variables import boolean, tags_from

#: Every key that exists: those that jaeger_client validates, and those that it reads besides.
KNOWN = (
    "service_name", "enabled", "logging", "tags", "sampler", "propagation", "trace_id_header",
    "baggage_header_prefix", "debug_id_header", "generate_128bit_trace_id", "max_tag_value_length",
    "max_traceback_length", "reporter_queue_size", "reporter_flush_interval", "reporter_batch_size",
    "local_agent", "sampling_refresh_interval", "max_operations", "throttler", "metrics",
)  # fmt: skip

_NO_AGENT = "ignored; no agent is asked for a strategy: use sampler, or OTEL_TRACES_SAMPLER"
#: Spans in a queue, seconds between exports, characters in a tag: at most.
_MOST_SPANS, _LONGEST = 10_000_000, 86_400
_MOST_CHARACTERS = 1 << 30
#: Keys that have no effect, and what has.
IGNORED = {
    "reporter_batch_size": "ignored; a batch holds up to 2,048 spans: use reporter_flush_interval",
    "sampling_refresh_interval": _NO_AGENT,
    "max_operations": _NO_AGENT,
    "throttler": "ignored; limit debug traces in the collector (tail_sampling)",
    "metrics": "ignored; use tracer.telemetry.dropped for what was lost",
}


class Keys:
    """Reads keys, and where they are absent the variables."""

    def __init__(self, config: Mapping[str, Any], environ: Mapping[str, str]) -> None:
        self.config = config
        self._environ = environ

    @property
    def enabled(self) -> bool:
        """False: nothing is sampled."""
        disabled = boolean(self._environ.get("JAEGER_DISABLED"), False)
        return boolean(self.config.get("enabled"), not disabled)

    @property
    def logging(self) -> bool:
        """Whether each span is also logged."""
        default = boolean(self._environ.get("JAEGER_REPORTER_LOG_SPANS"), False)
        return boolean(self.config.get("logging"), default)

    @property
    def tags(self) -> dict[str, Any]:
        """Of the process; those of `JAEGER_TAGS` go first."""
        return {**self.group("tags"), **tags_from(self._environ)}

    @property
    def trace_id_header(self) -> str:
        return str(self.config.get("trace_id_header", constants.TRACE_ID_HEADER))

    @property
    def baggage_header_prefix(self) -> str:
        return str(self.config.get("baggage_header_prefix", constants.BAGGAGE_HEADER_PREFIX))

    @property
    def debug_id_header(self) -> str:
        return str(self.config.get("debug_id_header", constants.DEBUG_ID_HEADER_KEY))

    @property
    def generate_128bit_trace_id(self) -> bool:
        """False: trace ids of 64 bits."""
        default = boolean(self._environ.get("JAEGER_TRACEID_128BIT"), False)
        return boolean(self.config.get("generate_128bit_trace_id"), default)

    @property
    def max_tag_value_length(self) -> int:
        """Characters."""
        return self._whole("max_tag_value_length", constants.MAX_TAG_VALUE_LENGTH)

    @property
    def max_traceback_length(self) -> int:
        """Characters."""
        return self._whole("max_traceback_length", constants.MAX_TRACEBACK_LENGTH)

    @property
    def configured_queue_size(self) -> int | None:
        """Spans that may wait for export, where that is set."""
        for name, size in (
            ("reporter_queue_size", self.config.get("reporter_queue_size")),
            ("JAEGER_REPORTER_MAX_QUEUE_SIZE", self._environ.get("JAEGER_REPORTER_MAX_QUEUE_SIZE")),
        ):
            if size:
                return int(number(name, size, 1, _MOST_SPANS))
        return None

    @property
    def configured_flush_interval(self) -> float | None:
        """Seconds between exports, where that is set. (`JAEGER_REPORTER_FLUSH_INTERVAL`: milliseconds.)"""
        seconds = self.config.get("reporter_flush_interval")
        if seconds is not None:
            return number("reporter_flush_interval", seconds, 0.001, _LONGEST)
        name = "JAEGER_REPORTER_FLUSH_INTERVAL"
        milliseconds = self._environ.get(name)
        return number(name, milliseconds, 1, _LONGEST * 1000) / 1000 if milliseconds else None

    @property
    def configured_agent_host(self) -> str | None:
        """Where the agent was, where that is set."""
        host = self.group("local_agent").get("reporting_host")
        return host or self._environ.get("JAEGER_AGENT_HOST") or None

    def local_agent_group(self) -> Mapping[str, Any] | None:
        """The key `local_agent`, of which `reporting_host` alone has an effect."""
        return self.config.get("local_agent")

    def group(self, key: str) -> Mapping[str, Any]:
        """A key that has keys of its own; none where it is absent.

        Raises:
            ValueError: it is something else.
        """
        value = self.config.get(key) or {}
        if isinstance(value, Mapping):
            return value
        raise ValueError(f"{key}: {value!r}: use a mapping")

    def _whole(self, key: str, default: int) -> int:
        value = self.config.get(key)
        return default if value is None else int(number(key, value, 0, _MOST_CHARACTERS))


def number(name: str, value: Any, least: float, most: float = math.inf) -> float:
    """A number, also as text.

    Raises:
        ValueError: it is none, or out of this range; the message names key or variable, and the range.
    """
    try:
        found = float(value)
    except (TypeError, ValueError, OverflowError):
        found = math.nan
    if least <= found <= most:
        return found
    upto = f" to {most}" if most < math.inf else ""
    raise ValueError(f"{name}: {value!r}: use a number from {least}{upto}")
