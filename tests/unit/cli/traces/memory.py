"""Spans made by hand, in a source that holds them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from traceutil import semconv
from traceutil.cli.traces.file import linking
from traceutil.view.spans import LinkData, SpanData
from traceutil.view.wanted import Wanted

WEB = Wanted("Deployment", "web", "default")


def trace_id(number: int) -> str:
    return f"{number:032x}"


def root(number: int, start: int, *links: tuple[int, str], name: str = "web", **more: Any) -> SpanData:
    """The object span of a Deployment, the root of trace `number`; `links`: (trace, why)."""
    attributes = {
        semconv.SPAN_TYPE: "object",
        semconv.REASON: "reached",
        semconv.K8S_NAMESPACE_NAME: "default",
        "k8s.deployment.name": name,
        **{f"traceutil.{key}": value for key, value in more.items()},
    }
    made = tuple(LinkData(trace_id(to), f"{to:016x}", {semconv.LINK: why}) for to, why in links)
    return SpanData(
        trace_id(number), f"{number:016x}", None, "Deployment", "deployment", start, start + 10,
        attributes=attributes, links=made,
    )  # fmt: skip


class Memory:
    """A source; `asked`: the ids of traces that were read, in order."""

    place, links = "memory", ""

    def __init__(self, *spans: SpanData) -> None:
        self.traces: dict[str, list[SpanData]] = {}
        for span in spans:
            self.traces.setdefault(span.trace_id, []).append(span)
        self.asked: list[str] = []

    async def trace(self, trace_id: str) -> list[SpanData]:
        self.asked.append(trace_id)
        return self.traces.get(trace_id, [])

    async def naming(self, wanted: Wanted) -> list[SpanData]:
        return [s for spans in self.traces.values() if any(map(wanted.is_named_by, spans)) for s in spans]

    async def linking(self, spans: Sequence[SpanData]) -> list[str]:
        return linking(self.traces.values(), spans)
