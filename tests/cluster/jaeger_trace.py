"""A trace as Jaeger's query API tells it, with the questions that the tests ask of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any


@dataclass(frozen=True)
class Seen:
    """A span; `refs` are (CHILD_OF or FOLLOWS_FROM, trace id, span id)."""

    span_id: str
    name: str
    service: str
    tags: dict[str, Any]
    refs: tuple[tuple[str, str, str], ...]

    @property
    def parents(self) -> set[str]:
        return {span_id for kind, _, span_id in self.refs if kind == "CHILD_OF"}


@dataclass(frozen=True)
class SeenTrace:
    """An element of `data` in the answer of /api/traces."""

    raw: dict[str, Any]

    @property
    def trace_id(self) -> str:
        return str(self.raw["traceID"])

    @cached_property
    def spans(self) -> list[Seen]:
        services = {key: process["serviceName"] for key, process in self.raw["processes"].items()}
        return [
            Seen(
                span["spanID"],
                span["operationName"],
                services[span["processID"]],
                {tag["key"]: tag["value"] for tag in span["tags"]},
                tuple((ref["refType"], ref["traceID"], ref["spanID"]) for ref in span["references"]),
            )
            for span in self.raw["spans"]
        ]

    @property
    def services(self) -> set[str]:
        return {span.service for span in self.spans}

    @property
    def roots(self) -> list[Seen]:
        return [span for span in self.spans if not span.parents]

    @property
    def missing(self) -> set[str]:
        """Ids of parents that are not in the trace."""
        known = {span.span_id for span in self.spans}
        return {parent for span in self.spans for parent in span.parents} - known

    @property
    def warnings(self) -> list[str]:
        """What Jaeger found odd; that work ends after the object span which it brought to its end is not."""
        found = [warning for span in self.raw["spans"] for warning in span["warnings"] or ()]
        return [warning for warning in found if not warning.startswith("clock skew adjustment disabled")]

    @property
    def linked(self) -> set[str]:
        """Ids of the other traces that its roots link."""
        named = {trace_id for root in self.roots for kind, trace_id, _ in root.refs if kind == "FOLLOWS_FROM"}
        return named - {self.trace_id}
