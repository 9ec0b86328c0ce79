"""`JAEGER_*` variables: those of jaeger_client for Python, and those of Jaeger's other clients."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from traceutil.jaeger_compat.notices import Notices

#: Where OTLP over HTTP is received (OpenTelemetry protocol specification).
OTLP_PORT = 4318

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
_OTLP_HEADERS = "ignored; use OTEL_EXPORTER_OTLP_HEADERS=authorization=…"
_NO_AGENT = "ignored; use JAEGER_SAMPLER_TYPE, or OTEL_TRACES_SAMPLER: no agent is asked"
#: Variables that have no effect, and what has.
IGNORED = {
    "JAEGER_AGENT_PORT": "ignored; the agent's UDP port is gone: use OTEL_EXPORTER_OTLP_ENDPOINT",
    "JAEGER_USER": _OTLP_HEADERS,
    "JAEGER_PASSWORD": _OTLP_HEADERS,
    "JAEGER_AUTH_TOKEN": _OTLP_HEADERS,
    "JAEGER_SAMPLER_MANAGER_HOST_PORT": _NO_AGENT,
    "JAEGER_SAMPLING_ENDPOINT": _NO_AGENT,
}


def say_ignored(environ: Mapping[str, str], notices: Notices) -> None:
    """Warn of each variable that is set and has no effect."""
    for name, text in IGNORED.items():
        if environ.get(name):
            notices.say(name, text)


def tags_from(environ: Mapping[str, str]) -> dict[str, str]:
    """`JAEGER_TAGS`: `key=value`, comma-separated; `${NAME:default}` is the value of another variable.

    Raises:
        ValueError: a part without `=`.
    """
    found = {}
    for part in filter(None, environ.get("JAEGER_TAGS", "").split(",")):
        key, equals, value = part.partition("=")
        if not equals:
            raise ValueError(f"JAEGER_TAGS: {part!r}: use key=value, separated by commas")
        found[key.strip()] = _expanded(value.strip(), environ)
    return found


def _expanded(value: str, environ: Mapping[str, str]) -> str:
    if not (value.startswith("${") and value.endswith("}")):
        return value
    name, _, default = value[2:-1].partition(":")
    return environ.get(name, default)


def sampler_from(environ: Mapping[str, str]) -> dict[str, Any]:
    """`JAEGER_SAMPLER_TYPE` and `JAEGER_SAMPLER_PARAM` in the form of the key `sampler`."""
    found = {"type": environ.get("JAEGER_SAMPLER_TYPE"), "param": environ.get("JAEGER_SAMPLER_PARAM")}
    return {key: value for key, value in found.items() if value}


def otlp_endpoint(agent_host: str | None, environ: Mapping[str, str], notices: Notices) -> str | None:
    """Where spans go; None: as OpenTelemetry's own variables say, else the local collector.

    The host of `JAEGER_ENDPOINT`, else the agent's: a Jaeger collector on it receives OTLP too.
    """
    if any(environ.get(name) for name in _ENDPOINTS):
        return None
    thrift = urlsplit(environ.get("JAEGER_ENDPOINT", ""))
    if thrift.hostname:
        url = f"{thrift.scheme}://{_bracketed(thrift.hostname)}:{OTLP_PORT}"
        notices.say("JAEGER_ENDPOINT", f"Thrift is gone; spans go to {url}: use OTEL_EXPORTER_OTLP_ENDPOINT")
        return url
    if agent_host is None:
        return None
    url = f"http://{_bracketed(agent_host)}:{OTLP_PORT}"
    notices.say("reporting_host", f"the agent is gone; spans go to {url}: use OTEL_EXPORTER_OTLP_ENDPOINT")
    return url


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def boolean(value: Any, default: bool) -> bool:
    """As jaeger_client reads it: true, false, 1, 0 and none, in any case, also as text; else the default."""
    if value is None:
        return default
    text = str(value).strip().lower()
    return text in ("true", "1") if text in ("true", "1", "false", "0", "none") else default
