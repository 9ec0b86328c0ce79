"""What a view is given: the outcome of a scenario, or of one change, and its spans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from traceutil.view.spans import SpanData


@dataclass(frozen=True, slots=True)
class Result:
    """Input of both the drawing and the JSON document.

    `state`: "reached", "failed", "superseded", "deleted", "overdue", "recovered" or "in progress".
    `api_requests`: how many requests by (verb, resource, controller), as counted at the server.
    `requests_added`: only where the same was also run without tracing.
    `notes`: what a reader must know beside the figures ("time compressed 10 times"); one line each.
    """

    scenario: str
    reached: bool
    state: str
    duration_seconds: float
    spans: Sequence[SpanData]
    dropped: int = 0
    api_requests: Mapping[tuple[str, str, str], int] = field(default_factory=dict)
    notes: Sequence[str] = ()
    requests_added: int | None = None

    @property
    def exit_code(self) -> int:
        """0 reached · 1 ended as a failure · 3 still in progress."""
        if self.reached:
            return 0
        return 3 if self.state == "in progress" else 1
