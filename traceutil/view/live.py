"""What live objects say of their traces: object spans from records and derived ids, contexts of others.

A span is exported when it has closed. Until then, and where the export was lost, the object itself tells
(docs/spec.md 3).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from traceutil import semconv
from traceutil.desired import State, desired_state_reached, reached_at
from traceutil.objects import Json, items, section, text
from traceutil.opening import derived_record
from traceutil.places import object_attributes
from traceutil.reading import classify, deadline_of, read_plain, read_record
from traceutil.record import Record, holds
from traceutil.report import FAILURES, service_of
from traceutil.settings import Settings
from traceutil.verdict import verdict
from traceutil.view.labels import IN_PROGRESS
from traceutil.view.relations import Relation
from traceutil.view.spans import LinkData, SpanData


@dataclass(frozen=True, slots=True)
class Told:
    """What one object says.

    `span`: its object span as far as the object tells, to now where it is open; None where it has none.
    `carried`: whether somebody wrote its record, or everybody derives it. `end`: when it closed (Unix ns),
    where that is known. `traces`: ids of the traces in which there may be more, the likeliest first.
    """

    record: Record | None
    span: SpanData | None
    traces: tuple[str, ...]
    carried: bool = False
    end: int | None = None

    @property
    def sampled(self) -> bool:
        """Whether anything of it is exported."""
        return self.record is None or bool(self.record.flags & 1)


def told(obj: Json, settings: Settings) -> Told:
    """What an object says of its own trace."""
    record, plain = read_record(obj, settings), read_plain(obj, settings)
    own = record if record is not None and holds(record, obj, cluster=settings.cluster) else None
    carried = own is not None
    alive = not section(obj, "metadata").get("deletionTimestamp")
    if not carried and alive and classify(obj, record, plain, settings) not in ("plain", "owner"):
        own = derived_record(obj, settings)
    traces = [f"{each.trace_id:032x}" for each in (own, record, plain) if each is not None]
    if record is not None and record.episode is not None:
        traces.append(f"{record.episode.trace_id:032x}")
    if derived := derived_record(obj, settings):
        traces.append(f"{derived.trace_id:032x}")
    unique = tuple(dict.fromkeys(traces))
    if own is None:
        return Told(None, None, unique)
    closed = _closed(own, obj, settings)
    return Told(own, _span(own, closed, obj), unique, carried, closed.known)


class _Closed(NamedTuple):
    """How far a span goes. `known`: when it closed, where anybody remembers."""

    end: int
    reason: str
    message: str = ""
    known: int | None = None


def _closed(record: Record, obj: Json, settings: Settings) -> _Closed:
    """By its record; else by what status says now, as its closer will see it (docs/spec.md 6)."""
    now, state = settings.clock(), desired_state_reached(obj)
    words = f"{state.reason}: {state.message}" if state.state is State.IN_PROGRESS else ""
    if record.end is not None:
        missing = words if record.reason == "overdue" else ""
        return _Closed(record.end, record.reason, missing, known=record.end)
    found = verdict(record, obj, state, now, deadline_of(text(obj, "kind"), settings))
    if found.end is None:
        return _Closed(max(now, record.start), IN_PROGRESS, words)
    known = reached_at(obj) if state.final else found.end
    end = found.end if known is None else max(known, record.start)
    return _Closed(end, found.reason, found.message, known)


def _span(record: Record, closed: _Closed, obj: Json) -> SpanData:
    kind = text(obj, "kind")
    more: dict[str, object] = {semconv.SPAN_TYPE: "object", semconv.REASON: closed.reason}
    if record.generation is not None:
        more[semconv.OBJECT_GENERATION] = record.generation
    if closed.message:
        more[semconv.MESSAGE] = closed.message
    return SpanData(
        f"{record.trace_id:032x}",
        f"{record.span_id:016x}",
        f"{record.parent_id:016x}" if record.parent_id else None,
        kind,
        service_of(kind),
        record.start,
        max(closed.end, record.start),
        status="error" if closed.reason in FAILURES else "unset",
        attributes={**object_attributes(obj), **more},
        links=tuple(
            LinkData(f"{link.trace_id:032x}", f"{link.span_id:016x}", {semconv.LINK: link.why})
            for link in record.links
        ),
        resource={semconv.SERVICE_NAME: service_of(kind)},
    )


def unexported(told: Iterable[Told], spans: Iterable[SpanData]) -> list[SpanData]:
    """The object spans that are told by objects alone, and belong to the traces of `spans`."""
    known = {(span.trace_id, span.span_id) for span in spans}
    traces = {trace_id for trace_id, _ in known}
    return [
        each.span
        for each in told
        if each.span is not None
        and each.span.trace_id in traces
        and (each.span.trace_id, each.span.span_id) not in known
    ]


def controller_of(obj: Json) -> Json | None:
    """The owner reference of the object's controller; None where nothing controls it."""
    references = items(section(obj, "metadata"), "ownerReferences")
    return next((each for each in references if each.get("controller") is True), None)


def below(owner: Json, objects: Iterable[Json]) -> list[Json]:
    """Those of `objects` that the owner owns, or that what it owns owns."""
    children: dict[str, list[Json]] = {}
    for obj in objects:
        for reference in items(section(obj, "metadata"), "ownerReferences"):
            children.setdefault(text(reference, "uid"), []).append(obj)
    found: dict[str, Json] = {}
    stack = [text(section(owner, "metadata"), "uid")]
    while stack:
        for obj in children.get(stack.pop(), ()):
            uid = text(section(obj, "metadata"), "uid")
            if uid not in found:
                found[uid] = obj
                stack.append(uid)
    return list(found.values())


def foreign(owned: Iterable[Json], ours: str, settings: Settings) -> Iterator[Relation]:
    """Traces that other controllers began: a fresh context without our record, on an object that is owned."""
    for obj in owned:
        plain = read_plain(obj, settings)
        if plain is None or classify(obj, read_record(obj, settings), plain, settings) != "plain":
            continue
        theirs = f"{plain.trace_id:032x}"
        if theirs != ours:
            yield Relation(
                "foreign", ours, theirs, f"{text(obj, 'kind')} {section(obj, 'metadata').get('name')}"
            )


def pruned(obj: Json, owned: Iterable[Json], ours: str, settings: Settings) -> Iterator[Relation]:
    """The trace from which somebody took the object's record: that of the newest object that it owns."""
    if _holding(obj, settings) is not None:
        return
    records = [(found, child) for child in owned if (found := _holding(child, settings)) is not None]
    if not records:
        return
    newest, child = max(records, key=lambda pair: pair[0].start)
    theirs = f"{newest.trace_id:032x}"
    if theirs != ours:
        yield Relation(
            "pruned", theirs, ours, f"{text(child, 'kind')} {section(child, 'metadata').get('name')}"
        )


def _holding(obj: Json, settings: Settings) -> Record | None:
    record = read_record(obj, settings)
    return record if record is not None and holds(record, obj, cluster=settings.cluster) else None
