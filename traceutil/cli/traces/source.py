"""Where traces are read from: what `show` asks of a file and of Jaeger alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from traceutil.view.spans import SpanData
from traceutil.view.wanted import Wanted


class Source(Protocol):
    """Reads; raises BadInput where it cannot."""

    @property
    def place(self) -> str:
        """Where that is, for a sentence: `Jaeger at http://localhost:16686`."""

    @property
    def links(self) -> str:
        """The Jaeger whose page shows these traces (see `Result.jaeger`); empty where none does."""

    async def trace(self, trace_id: str) -> list[SpanData]:
        """The spans of one trace; none where it is not there."""

    async def naming(self, wanted: Wanted) -> list[SpanData]:
        """The spans of traces with work on the object, or its object span: at least of the newest."""

    async def linking(self, spans: Sequence[SpanData]) -> list[str]:
        """Ids of traces that link to these, which all are of one trace."""
