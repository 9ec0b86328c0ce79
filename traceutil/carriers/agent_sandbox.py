"""agent-sandbox: a JSON map of headers under `opentelemetry.io/trace-context`."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import Any

from opentelemetry.trace import SpanContext

from .base import text
from .jsonmap import format_json, parse_json

KEY = "opentelemetry.io/trace-context"


class AgentSandbox:
    """One annotation; `{}` and a map without traceparent mean that there is no context."""

    name = "agent-sandbox"
    keys: tuple[str, ...] = (KEY,)
    status_keys: tuple[str, ...] = ()

    def read(self, annotations: Mapping[str, Any], _status: Mapping[str, Any], /) -> SpanContext | None:
        """See `Carrier.read`."""
        value = text(annotations, KEY)
        return None if value is None else parse_json(value)

    def write(self, context: SpanContext, annotations: MutableMapping[str, str]) -> None:
        """See `Carrier.write`."""
        annotations[KEY] = format_json(context)


CARRIER = AgentSandbox()
