"""What a view is given: the outcome of a scenario, or of one change, and its spans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from traceutil.view.relations import Relation
from traceutil.view.spans import SpanData


@dataclass(frozen=True, slots=True)
class Outage:
    """A controller was killed at `start`, and another at work in its place at `end` (Unix ns).

    `lost`: the ids of the spans that it had begun and that never arrived.
    """

    controller: str
    start: int
    end: int
    lost: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """Input of both the drawing and the JSON document.

    `scenario`: what it is about: a story by its name, or an object.
    `state`: "reached", "failed", "superseded", "deleted", "overdue", "recovered" or "in progress".
    `api_requests`: how many requests by (verb, resource, controller), as counted at the server.
    `dropped`: spans that were lost on their way; None where nobody can tell.
    `relations`: how traces stand to each other, where no link says so; the links say the rest.
    `subject`: the id of the span that was asked for; `earlier`: of other spans of the same object. None of
    them ever folds away.
    `jaeger`: base URL of the Jaeger that has the traces, or a template of links with `{trace_id}`; empty
    where none has them.
    `requests_added`: only where the same was also run without tracing.
    `outages`: of controllers that were killed.
    `notes`: what a reader must know beside the figures ("time compressed 10 times"); one line each.
    """

    scenario: str
    reached: bool
    state: str
    duration_seconds: float
    spans: Sequence[SpanData]
    dropped: int | None = 0
    api_requests: Mapping[tuple[str, str, str], int] = field(default_factory=dict)
    notes: Sequence[str] = ()
    requests_added: int | None = None
    relations: Sequence[Relation] = ()
    subject: str | None = None
    earlier: Sequence[str] = ()
    jaeger: str = ""
    outages: Sequence[Outage] = ()

    @property
    def asked(self) -> tuple[str, ...]:
        """Ids of all spans of what was asked for."""
        return (*self.earlier, *(() if self.subject is None else (self.subject,)))

    def url(self, trace_id: str) -> str:
        """Where Jaeger shows a trace."""
        if "{trace_id}" in self.jaeger:
            return self.jaeger.replace("{trace_id}", trace_id)
        return f"{self.jaeger.rstrip('/')}/trace/{trace_id}"

    @property
    def exit_code(self) -> int:
        """0 reached · 1 ended as a failure · 3 still in progress."""
        if self.reached:
            return 0
        return 3 if self.state == "in progress" else 1
