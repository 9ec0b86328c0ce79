"""A finished span as plain data: what every view draws from and every exporter file holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Status = Literal["unset", "ok", "error"]


@dataclass(frozen=True, slots=True)
class LinkData:
    """A link to another span. Ids are lower-case hex (32 and 16 digits)."""

    trace_id: str
    span_id: str
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EventData:
    """A span event; `time` in Unix nanoseconds."""

    name: str
    time: int
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SpanData:
    """One finished span. Times in Unix nanoseconds; `parent_id` is None for a root."""

    trace_id: str
    span_id: str
    parent_id: str | None
    name: str
    service: str
    start: int
    end: int
    status: Status = "unset"
    status_message: str = ""
    kind: str = "internal"
    attributes: Mapping[str, Any] = field(default_factory=dict)
    links: tuple[LinkData, ...] = ()
    events: tuple[EventData, ...] = ()
    resource: Mapping[str, Any] = field(default_factory=dict)

    @property
    def duration(self) -> int:
        """Nanoseconds from start to end."""
        return self.end - self.start
