"""A file of spans: OTLP JSON lines (of the Collector, of `demo --export`), or an answer of Jaeger."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Sequence
from pathlib import Path

from traceutil import semconv
from traceutil.cli.errors import BadInput
from traceutil.view import jaeger
from traceutil.view.otlp import from_lines
from traceutil.view.spans import SpanData
from traceutil.view.wanted import Wanted

logger = logging.getLogger(__name__)


class FileSource:
    """All spans of a file, read at once; the file is read anew by a new source."""

    links = ""

    def __init__(self, path: Path) -> None:
        """
        Raises:
            BadInput: it holds no spans that we can read.
            OSError: it cannot be opened.
        """
        self.place = str(path)
        self._traces: dict[str, list[SpanData]] = {}
        for span in _read(path):
            self._traces.setdefault(span.trace_id, []).append(span)

    async def trace(self, trace_id: str) -> list[SpanData]:
        return self._traces.get(trace_id, [])

    async def naming(self, wanted: Wanted) -> list[SpanData]:
        named = (spans for spans in self._traces.values() if any(map(wanted.is_named_by, spans)))
        return [span for spans in named for span in spans]

    async def linking(self, spans: Sequence[SpanData]) -> list[str]:
        return linking(self._traces.values(), spans)


def linking(traces: Iterable[Sequence[SpanData]], spans: Sequence[SpanData]) -> list[str]:
    """Ids of those traces of which a root or an object span links to the trace of `spans`."""
    ours = {span.trace_id for span in spans}
    return [
        trace[0].trace_id
        for trace in traces
        if trace and trace[0].trace_id not in ours and any(_links_to(span, ours) for span in trace)
    ]


def _links_to(span: SpanData, ours: set[str]) -> bool:
    tells = span.parent_id is None or semconv.SPAN_TYPE in span.attributes
    return tells and any(link.trace_id in ours for link in span.links)


def _read(path: Path) -> list[SpanData]:
    try:
        text = path.read_text(encoding="utf-8-sig")
        answer = _json(text)
        if isinstance(answer, dict) and "data" in answer:
            return jaeger.from_answer(answer)
        return list(from_lines(_whole_lines(text, path)))
    except ValueError as error:  # not UTF-8 either
        raise BadInput(
            f"--from {path}: {error}; give OTLP JSON lines (traceutil demo --export FILE, the Collector's "
            "file exporter), or the JSON of a trace that Jaeger's page or query API gave you"
        ) from error


def _whole_lines(text: str, path: Path) -> list[str]:
    """All lines but one at the end that its writer was killed in, or is still writing."""
    lines = text.splitlines()
    if len(lines) > 1 and not text.endswith("\n") and _json(lines[-1]) is None:
        logger.warning("%s: its last line is cut off; the spans in it are left out", path)
        del lines[-1]
    return lines


def _json(text: str) -> object:
    """The whole text as one JSON value; None where it is none, such as several, one a line."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
