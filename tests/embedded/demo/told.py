"""A story's document, with the questions that the tests ask of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tests.embedded.demo.command import Answer

FOUR = {"deployment", "replicaset", "scheduler", "kubelet"}


@dataclass(frozen=True)
class Span:
    """A span of the document, in its own trace."""

    raw: dict[str, Any]
    trace_id: str

    @property
    def name(self) -> str:
        return str(self.raw["name"])

    @property
    def reason(self) -> Any:
        return self.raw["attributes"].get("traceutil.reason")

    @property
    def seconds(self) -> float:
        return float(self.raw["end_unix_nano"] - self.raw["start_unix_nano"]) / 1e9

    @property
    def links(self) -> set[tuple[str, str, str]]:
        """(why, trace id, span id)."""
        return {
            (str(each["attributes"]["traceutil.link"]), each["trace_id"], each["span_id"])
            for each in self.raw["links"]
        }

    @property
    def is_object(self) -> bool:
        return bool(self.raw["attributes"].get("traceutil.span.type") == "object")

    def __getitem__(self, attribute: str) -> Any:
        return self.raw["attributes"].get(attribute)


@dataclass(frozen=True)
class Told:
    """How a story ended."""

    answer: Answer

    @cached_property
    def document(self) -> dict[str, Any]:
        found = self.answer.document
        assert isinstance(found, dict)
        return found

    @cached_property
    def traces(self) -> list[list[Span]]:
        return [[Span(raw, trace["trace_id"]) for raw in trace["spans"]] for trace in self.document["traces"]]

    @property
    def roots(self) -> list[Span]:
        return [
            next(span for span in spans if span.raw["span_id"] == trace["root"])
            for trace, spans in zip(self.document["traces"], self.traces, strict=True)
        ]

    def named(self, name: str) -> list[Span]:
        return [span for spans in self.traces for span in spans if span.name == name]

    def parentless(self) -> Iterator[Span]:
        """Spans whose parent is not in their trace: roots and orphans."""
        for spans in self.traces:
            known = {span.raw["span_id"] for span in spans}
            yield from (span for span in spans if span.raw["parent_id"] not in known)

    def requests(self, verb: str, resource: str, controller: str) -> int:
        """How many the server counted."""
        return sum(
            each["count"]
            for each in self.document["api_requests"]
            if (verb, resource, controller) == (each["verb"], each["resource"], each["controller"])
        )

    def shape(self) -> list[Any]:
        """The traces as trees of (name, service, reason, pod), times and ids left out."""
        return [self._below(spans, None) for spans in self.traces]

    def _below(self, spans: list[Span], parent: str | None) -> list[Any]:
        return sorted(
            (
                span.name,
                span.raw["service"],
                str(span.reason),
                str(span["k8s.pod.name"]),
                self._below(spans, span.raw["span_id"]),
            )
            for span in spans
            if span.raw["parent_id"] == parent
        )
