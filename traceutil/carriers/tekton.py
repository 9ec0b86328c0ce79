"""Tekton: a JSON map of headers per kind of run, and a copy in `status.spanContext`."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import Any, Literal, TypeAlias

from opentelemetry.trace import SpanContext

from .base import Malformed, text
from .jsonmap import format_json, parse_headers, parse_json
from .w3c import format_traceparent

Run: TypeAlias = Literal["pipelinerun", "taskrun", "customrun"]

#: From this size on, in bytes, Tekton's own annotation is refused.
MAX_BYTES = 1024
STATUS_KEY = "spanContext"
#: A PipelineRun's annotations are copied to its TaskRuns and CustomRuns, so the nearest comes first.
RUNS: tuple[Run, ...] = ("taskrun", "customrun", "pipelinerun")


class Tekton:
    """Reads all of Tekton's keys and then status; writes the key of one kind of run, never status.

    Args:
        run: the kind of object that is written to.
    """

    name = "tekton"
    keys: tuple[str, ...] = tuple(f"tekton.dev/{run}SpanContext" for run in RUNS)
    status_keys: tuple[str, ...] = (STATUS_KEY,)

    def __init__(self, run: Run = "pipelinerun") -> None:
        self._key = f"tekton.dev/{run}SpanContext"

    def read(self, annotations: Mapping[str, Any], status: Mapping[str, Any], /) -> SpanContext | None:
        """See `Carrier.read`. One key that is malformed does not hide the next."""
        malformed: Malformed | None = None
        for source in (*self.keys, STATUS_KEY):
            try:
                context = _from_status(status) if source == STATUS_KEY else _from_key(annotations, source)
            except Malformed as error:
                malformed = error
                continue
            if context is not None:
                return context
        if malformed is not None:
            raise malformed
        return None

    def write(self, context: SpanContext, annotations: MutableMapping[str, str]) -> None:
        """See `Carrier.write`. A tracestate that would pass Tekton's limit is left out."""
        value = format_json(context)
        if len(value.encode()) >= MAX_BYTES:
            value = f'{{"traceparent":"{format_traceparent(context)}"}}'
        annotations[self._key] = value


def _from_key(annotations: Mapping[str, Any], key: str) -> SpanContext | None:
    value = text(annotations, key)
    if value is None:
        return None
    if len(value.encode("utf-8", "replace")) >= MAX_BYTES:
        raise Malformed(f"{key}: {MAX_BYTES} bytes or more")
    return parse_json(value)


def _from_status(status: Mapping[str, Any]) -> SpanContext | None:
    headers = status.get(STATUS_KEY)
    return None if headers is None else parse_headers(headers)


CARRIER = Tekton()
