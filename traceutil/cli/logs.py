"""Structured logs on stderr, as text or JSON, each line with the trace that it belongs to."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any, Literal, TextIO

from opentelemetry import trace

#: The SDK's own lines, many for each batch that fails. What was lost is told once.
EXPORTERS = ("opentelemetry.exporter", "opentelemetry.sdk._shared_internal")
_LEVELS = (logging.WARNING, logging.INFO, logging.DEBUG)


def configure(
    style: Literal["text", "json"] = "text",
    *,
    verbosity: int = 0,
    stream: TextIO | None = None,
    hushed: tuple[str, ...] = (),
) -> logging.Handler:
    """Send the root logger's records to `stream` (stderr), in place of what an earlier call set up.

    `verbosity` 0 is warnings, 1 information, 2 everything; `hushed`: loggers whose names begin so are not
    shown. Returns the handler.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter() if style == "json" else TextFormatter())
    handler.set_name("traceutil")
    handler.addFilter(lambda record: not record.name.startswith(hushed))
    root = logging.getLogger()
    for earlier in [h for h in root.handlers if h.get_name() == "traceutil"]:
        root.removeHandler(earlier)
    root.addHandler(handler)
    root.setLevel(_LEVELS[max(0, min(verbosity, len(_LEVELS) - 1))])
    return handler


def current_ids() -> dict[str, str]:
    """`trace_id` and `span_id` of the current span, in hex; empty without one."""
    context = trace.get_current_span().get_span_context()
    if not context.is_valid:
        return {}
    return {
        "trace_id": trace.format_trace_id(context.trace_id),
        "span_id": trace.format_span_id(context.span_id),
    }


class JsonFormatter(logging.Formatter):
    """A JSON object per line: time (RFC 3339, UTC), level, logger, message, trace_id, span_id, exception."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **current_ids(),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


class TextFormatter(logging.Formatter):
    """`12:00:01.250 WARNING scheduler: no node fits  trace=4bf9… span=00f0…`."""

    def format(self, record: logging.LogRecord) -> str:
        time = datetime.fromtimestamp(record.created).astimezone().strftime("%H:%M:%S.%f")[:-3]
        ids = current_ids()
        tail = f"  trace={ids['trace_id']} span={ids['span_id']}" if ids else ""
        line = f"{time} {record.levelname} {record.name}: {record.getMessage()}{tail}"
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line
